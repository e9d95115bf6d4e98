package millicast

import (
	"fmt"
	"log/slog"
)

// A structured log in JSON would encode these as for the API, with the secrets
// in them. So they log as text.

// LogValue masks the token's secrets in structured logs.
func (t PublishToken) LogValue() slog.Value { return textValue(t) }

// LogValue masks the restream keys in structured logs.
func (c PublishTokenCreate) LogValue() slog.Value { return textValue(c) }

// LogValue masks the restream keys in structured logs.
func (u PublishTokenUpdate) LogValue() slog.Value { return textValue(u) }

// LogValue masks the restream key in structured logs.
func (r Restream) LogValue() slog.Value { return textValue(r) }

func textValue(value any) slog.Value { return slog.StringValue(fmt.Sprintf("%+v", value)) }

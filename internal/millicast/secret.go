package millicast

import (
	"fmt"
	"io"
	"log/slog"
)

const masked = "(masked)"

// Secret is a text that must never be printed: a token's secret, an SRT
// passphrase, a restream key. Every fmt verb and slog print it masked; JSON
// carries it as it is, because that is how it reaches the API.
type Secret string

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// Format prints the mask for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) {
	if s == "" {
		return
	}
	_, _ = io.WriteString(f, masked)
}

// LogValue masks the secret in structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(s)) }

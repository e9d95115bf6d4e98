package millicast

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecret_isNeverPrinted(t *testing.T) {
	t.Parallel()
	secret := Secret(hidden)
	restream := []Restream{{URL: "rtmp://example.com", Key: secret}}
	for _, value := range []any{
		secret,
		&secret,
		[]Secret{secret},
		map[string]Secret{"key": secret},
		struct{ Key Secret }{secret},
		PublishToken{ID: 7, Token: secret, SRTPassphrase: &secret, Restream: restream},
		&PublishToken{ID: 7, Token: secret, SRTPassphrase: &secret, Restream: restream},
		PublishTokenCreate{Restream: Set(restream)},
		&PublishTokenUpdate{Restream: Set(restream)},
		Set(restream),
		Set(secret),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%X", "% x", "%d", "%10s", "%t"} {
			if text := fmt.Sprintf(verb, value); shows(text) {
				t.Errorf("%s of %T: %s", verb, value, text)
			}
		}
		if text := fmt.Sprint(value) + fmt.Sprintln(value); shows(text) {
			t.Errorf("%T: %s", value, text)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "value", value)
		if shows(log.String()) {
			t.Errorf("slog as text of %T: %s", value, log.String())
		}
	}
}

func TestSecret_isMaskedInJSONLogs(t *testing.T) {
	t.Parallel()
	secret := Secret(hidden)
	restream := []Restream{{Key: secret}}
	for _, value := range []any{
		secret,
		PublishToken{Token: secret, SRTPassphrase: &secret, Restream: restream},
		&PublishToken{Token: secret},
		restream[0],
		PublishTokenCreate{Restream: Set(restream)},
		PublishTokenUpdate{Restream: Set(restream)},
	} {
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", value)
		if shows(log.String()) || !strings.Contains(log.String(), `"value":"`) {
			t.Errorf("slog as JSON of %T: %s", value, log.String())
		}
	}
}

func TestSecret_mask(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprintf("%v|%+v|%s|%q", Secret("a"), Secret("b"), Secret("c"), Secret("")); got != "(masked)|(masked)|(masked)|" {
		t.Errorf("got %s", got)
	}
}

func TestSecret_reachesTheAPI(t *testing.T) {
	t.Parallel()
	sent, err := json.Marshal(PublishTokenUpdate{Restream: Set([]Restream{{URL: "u", Key: "hidden-text"}})})
	if err != nil || string(sent) != `{"restream":[{"url":"u","key":"hidden-text"}]}` {
		t.Errorf("got %s, %v", sent, err)
	}
	var token PublishToken
	if err := json.Unmarshal([]byte(`{"token":"hidden-text","srtPassphrase":null}`), &token); err != nil {
		t.Fatal(err)
	}
	if token.Token.Reveal() != "hidden-text" || token.SRTPassphrase != nil {
		t.Errorf("got %q, %v", token.Token.Reveal(), token.SRTPassphrase)
	}
}

// hidden is the text of every secret in these tests.
const hidden = "hidden-text"

// shows reports whether text has it in it, as it is or as hexadecimals.
func shows(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, hidden) || strings.Contains(text, fmt.Sprintf("%x", hidden)) ||
		strings.Contains(text, fmt.Sprintf("% x", hidden))
}

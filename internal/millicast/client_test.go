package millicast

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		secret string
		opt    Option
		says   string
	}{
		"no secret":            {"", WithBulkRead(true), "the API secret is empty"},
		"secret with newline":  {testSecret + "\n", WithBulkRead(true), "line break"},
		"secret with space":    {"Bearer " + testSecret, WithBulkRead(true), "a space"},
		"secret beyond ASCII":  {testSecret + "é", WithBulkRead(true), "another character"},
		"base URL":             {testSecret, WithBaseURL("api.example.com"), "write it like https://"},
		"no timeout":           {testSecret, WithRequestTimeout(0), "longer than 0"},
		"fewer than 0 retries": {testSecret, WithMaxRetries(-1), "0 or more"},
		"negative wait":        {testSecret, WithRetryWait(-1, 1), "0 or more"},
		"waits swapped":        {testSecret, WithRetryWait(2*time.Second, time.Second), "the longest no shorter"},
		"waits too long":       {testSecret, WithRetryWait(0, time.Hour), "5m0s or less"},
	} {
		_, err := New(test.secret, test.opt)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %q", name, err, test.says)
		}
		if err != nil && strings.Contains(err.Error(), testSecret) {
			t.Errorf("%s: shows the secret: %v", name, err)
		}
	}
}

func TestNew_zeroWaitsAreAllowed(t *testing.T) {
	t.Parallel()
	c := newTestClient(t, WithTransport(answers(says(503, busy), says(200, token7))), WithRetryWait(0, 0))
	if err := get7(t.Context(), c); err != nil {
		t.Error(err)
	}
}

func TestClient_printsNoSecret(t *testing.T) {
	t.Parallel()
	c := newTestClient(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, value := range []any{c, *c, c.PublishTokens, *c.PublishTokens} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, testSecret) || strings.Contains(text, fmt.Sprintf("%x", testSecret)) {
				t.Errorf("%s shows the secret: %s", verb, text)
			}
		}
	}
}

func TestClient_trimsTheBaseURLAndKeepsItsPath(t *testing.T) {
	t.Parallel()
	var path string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.Path
		reply(200, token7)(w, r)
	})
	WithBaseURL(c.transport.baseURL + "/gateway//")(&c.transport.options)
	if err := get7(t.Context(), c); err != nil || path != "/gateway/api/publish_token/7" {
		t.Errorf("got %q, %v", path, err)
	}
}

func TestValidateBaseURL(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		DefaultBaseURL, "https://api.example.com:8443/prefix", "HTTPS://api.example.com", "https://[2001:db8::1]",
		"http://localhost:8080", "http://LOCALHOST", "http://127.0.0.1:1", "http://127.8.9.10", "http://[::1]:8080",
	} {
		if err := ValidateBaseURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, says := range map[string]string{
		"":                               "no scheme or no host",
		"api.example.com":                "no scheme or no host",
		"localhost:8080":                 "no scheme or no host",
		"https://":                       "no scheme or no host",
		"https:api.example.com":          "no scheme or no host",
		"http://api.example.com":         "write https",
		"http://128.0.0.1":               "write https",
		"http://localhost.example.com":   "write https",
		"http://[::2]":                   "write https",
		"ftp://api.example.com":          "write https",
		"https://me:pass@example.com":    "remove everything up to the @",
		"https://me:pass@exa mple.com":   "not a URL",
		"https://api.example.com?x=1":    "remove the ?",
		"https://api.example.com/?":      "remove the ?",
		"https://api.example.com#x":      "remove the #",
		"https://api.example.com/#":      "remove the #",
		"https://api.example.com:port":   "not a URL",
		"https://api.example.com/\x00\n": "not a URL",
	} {
		err := ValidateBaseURL(bad)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v, want %q", bad, err, says)
		}
		if err != nil && strings.Contains(err.Error(), "pass") {
			t.Errorf("%q: shows the password: %v", bad, err)
		}
	}
}

package millicast

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestError_said(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		body   string
		said   string
	}{
		{"field", 400, noToken7, "tokenId: No publish token with id: 7"},
		{"fields, sorted", 400, `{"status":"fail","data":{"page":"bad page","cluster":"bad cluster"}}`, "cluster: bad cluster; page: bad page"},
		{"field with messages", 400, `{"status":"fail","data":{"label":["too long","too odd"]}}`, "label: too long; label: too odd"},
		{
			"errors and message", 400, `{"status":"fail","data":{"errors":{"name":["required"],"page":["1 to 9","a number"]},"message":"Validation errors"}}`,
			"Validation errors; name: required; page: 1 to 9; page: a number",
		},
		{"errors as texts", 400, `{"status":"fail","data":{"errors":{"page":"must be greater than 0"}}}`, "page: must be greater than 0"},
		{"errors as list", 400, `{"status":"fail","data":{"errors":["one","two"]}}`, "one; two"},
		{"message", 400, `{"status":"fail","data":{"message":"Stream name X not found"}}`, "Stream name X not found"},
		{"text", 400, `{"status":"fail","data":"no"}`, "no"},
		{"list", 400, `{"status":"fail","data":["no","never"]}`, "no; never"},
		{"nested", 400, `{"status":"fail","data":{"restream":[{"url":"bad"},{"key":["short"]}]}}`, "restream.key: short; restream.url: bad"},
		{"values that are no texts", 400, `{"status":"fail","data":{"max":10,"ok":false,"none":null}}`, "max: 10; ok: false"},
		{"no data", 400, `{"status":"fail"}`, "an answer without a message"},
		{"null data", 400, `{"status":"fail","data":null}`, "an answer without a message"},
		{"error", 500, `{"status":"error","message":"simple error reason","code":500,"data":{"additional":"more"}}`, "simple error reason; additional: more"},
		{"error with a code", 500, `{"status":"error","message":"oops","code":1234,"data":null}`, "oops; code 1234"},
		{"error with a code that is a text", 500, `{"status":"error","message":"oops","code":"E1"}`, "oops; code: E1"},
		{"message twice", 500, `{"status":"error","message":"oops","data":{"message":"oops"}}`, "oops"},
		{"problem details", 400, `{"title":"One or more errors","status":400,"errors":{"label":["bad"]}}`, "label: bad; status: 400; title: One or more errors"},
		{"no envelope", 400, `["a"]`, "a"},
		{"fail with 200", 200, noToken7, "tokenId: No publish token with id: 7"},
		{"error with 200", 200, `{"status":"error","message":"oops"}`, "oops"},
		{"web page", 502, "\n<!DOCTYPE html><html><head><TITLE>502\n Bad &amp; Gateway</TITLE></head>", "an HTML page titled 502 Bad & Gateway"},
		{"web page without title", 502, "<html></html>", "an HTML page without a title"},
		{"empty", 502, "", "an empty answer"},
		{"white space", 502, " \n", "an empty answer"},
		{"text, not JSON", 502, "upstream\tconnect\x1b[31m error\n\u202e\xff", "upstream connect[31m error"},
		{"long text", 502, strings.Repeat("é", 300), strings.Repeat("é", 200) + "…"},
		{"XML", 502, "<Error><Code>x</Code></Error>", "<Error><Code>x</Code></Error>"},
		{"broken JSON", 502, `{"status":"error",`, `{"status":"error",`},
		{"JSON and more", 502, `{"message":"a"} b`, `{"message":"a"} b`},
		{"byte order mark", 500, "\uFEFF" + `{"message":"a"}`, "a"},
		{"lines", 400, `{"status":"fail","data":"a\r\nb\u0000c"}`, "a bc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := errorOf(t, put7(t.Context(), serve(t, reply(test.status, test.body), WithMaxRetries(0))))
			if e.Said() != test.said || e.Status != test.status || e.Attempts != 1 {
				t.Errorf("got %q\nwant %q\nin %+v", e.Said(), test.said, e)
			}
			want := fmt.Sprintf("PUT /api/v2/publish_token/{tokenId}: HTTP %d: %s", test.status, test.said)
			if e.Error() != want {
				t.Errorf("got %q\nwant %q", e.Error(), want)
			}
		})
	}
}

func TestError_boundsWhatIsSaid(t *testing.T) {
	t.Parallel()
	body := `{"status":"fail","data":[` + strings.Repeat(`"`+strings.Repeat("a", 5000)+`",`, 500) + `"b"]}`
	e := errorOf(t, put7(t.Context(), serve(t, reply(400, body))))
	if n := len(e.Said()); n > maxTexts*(maxText+10) {
		t.Errorf("%d characters", n)
	}
	deep := strings.Repeat(`{"`+strings.Repeat("a", 100)+`":`, 9000) + `"b"` + strings.Repeat("}", 9000)
	e = errorOf(t, put7(t.Context(), serve(t, reply(400, deep))))
	if n := len(e.Said()); n > 1000 || !strings.HasSuffix(e.Said(), ": b") {
		t.Errorf("%d characters", n)
	}
}

func TestError_countsAttempts(t *testing.T) {
	t.Parallel()
	e := errorOf(t, put7(t.Context(), serve(t, reply(503, busy), WithMaxRetries(2))))
	if want := "PUT /api/v2/publish_token/{tokenId}: HTTP 503: try later (3 attempts)"; e.Error() != want {
		t.Errorf("got %q, want %q", e, want)
	}
}

func TestError_masksSecrets(t *testing.T) {
	t.Parallel()
	const key, longer, odd = "restream-key", "restream-key-and-more", `odd "key" & <more>`
	update := PublishTokenUpdate{Restream: Set([]Restream{{Key: key}, {Key: longer}, {Key: odd}, {Key: "four"}})}
	create := PublishTokenCreate{Restream: update.Restream}
	for name, text := range map[string]string{
		"fail":  `{"status":"fail","data":{"` + testSecret + `":"x ` + key + `, ` + longer + ` four","message":"odd \"key\" & <more>"}}`,
		"plain": testSecret + " " + key + " " + longer + ` odd \"key\" \u0026 \u003cmore\u003e odd+%22key%22+%26+%3Cmore%3E`,
		"page":  "<html><title>" + testSecret + " odd &#34;key&#34; &amp; &lt;more&gt;</title>",
		"split": testSecret[:5] + "\x00\xff" + testSecret[5:],
		"cut":   strings.Repeat("a", maxPlain-5) + testSecret,
	} {
		c := serve(t, reply(400, text))
		_, updateErr := c.PublishTokens.Update(t.Context(), 7, update)
		_, createErr := c.PublishTokens.Create(t.Context(), create)
		for _, err := range []error{updateErr, createErr} {
			said := fmt.Sprintf("%v %+v %s %q %s %+v", err, err, err, err, errorOf(t, err).Said(), *errorOf(t, err))
			for _, hidden := range []string{testSecret, "api-s", key, "and-more", "odd"} {
				if strings.Contains(said, hidden) {
					t.Errorf("%s: shows %q: %s", name, hidden, said)
				}
			}
			if name == "fail" && !strings.Contains(said, "x (masked), (masked) four") {
				t.Errorf("%s: got %s", name, said)
			}
		}
	}
}

func TestError_aSuccessIsNeverShown(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"status":"success","data":{"id":7,"token":"hidden-text"`,
		`{"status":"success","data":{"id":"hidden-text"}}`,
		`{"status":"success","data":{"id":7,"addedOn":"hidden-text"}}`,
		`{"status":"success","data":"hidden-text"}`,
		`{"status":"hidden-text"}`,
		`hidden-text`,
	} {
		e := errorOf(t, put7(t.Context(), serve(t, reply(200, body))))
		if strings.Contains(fmt.Sprintf("%+v %v", e, e.Err), "hidden-text") || !IsUncertain(e) || IsRefused(e) {
			t.Errorf("%s: got %v", body, e)
		}
	}
}

func TestError_masksTransportErrors(t *testing.T) {
	t.Parallel()
	api := answers(breaks(errors.New("proxy says: " + testSecret)))
	err := reprioritize7(t.Context(), newTestClient(t, WithTransport(api)))
	for ; err != nil; err = errors.Unwrap(err) {
		if strings.Contains(err.Error(), testSecret) {
			t.Errorf("got %v", err)
		}
	}
}

func TestIsUnauthorized(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{401: true, 403: true, 400: false, 404: false, 500: false} {
		err := get7(t.Context(), serve(t, reply(status, "")))
		if IsUnauthorized(err) != want || IsUnauthorized(fmt.Errorf("wrapped: %w", err)) != want {
			t.Errorf("%d: IsUnauthorized is %v", status, !want)
		}
	}
}

func TestKinds_ofOtherErrors(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("x"), http.ErrServerClosed, &Error{}} {
		if IsGone(err) || IsUnauthorized(err) || IsRefused(err) || IsUncertain(err) || IsNoLiveMonitoring(err) {
			t.Errorf("%v is of a kind", err)
		}
	}
}

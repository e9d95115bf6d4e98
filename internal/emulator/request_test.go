package emulator_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

func TestRequests_areLogged(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.at(1500)
	id := a.create(minimal)
	a.call(200, "GET", tokens+"/list"+page1, nil)
	a.call(400, "PUT", v2(id), `{"priority":null,"label":""}`)

	log := a.Requests()
	if len(log) != 3 {
		t.Fatalf("%d requests, want 3", len(log))
	}
	if r := log[0]; r.Method != "POST" || r.Route != tokens || r.Status != 200 || string(r.Body) != minimal ||
		!slices.Equal(r.Keys, []string{"label", "streams"}) || r.UserAgent != "emulator-test" || !r.At.Equal(epoch.Add(1500*time.Millisecond)) {
		t.Errorf("the create is %+v", r)
	}
	if r := log[1]; r.Query.Get("itemsOnPage") != "100" || r.Body != nil || r.Keys != nil {
		t.Errorf("the list is %+v", r)
	}
	if r := log[2]; r.Route != "/api/v2/publish_token/{tokenId}" || r.Path != v2(id) || r.Status != 400 || !slices.Equal(r.Keys, []string{"label", "priority"}) {
		t.Errorf("the update is %+v", r)
	}
	if got := a.Writes(); len(got) != 2 || got[1].Method != "PUT" {
		t.Errorf("the writes are %+v", got)
	}
	if a.Count("", "") != 3 || a.Count("GET", "") != 1 || a.Count("", tokens) != 1 || a.Count("PUT", tokens) != 0 {
		t.Error("the counts are wrong")
	}
	a.ResetRequests()
	if a.Requests() != nil {
		t.Error("the log was not reset")
	}
}

// Every call bears the API secret.
func TestAuthorization_isRequired(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithSecret("the-secret"))
	for _, header := range []string{"", "the-secret", "Bearer", "Bearer other", "bearer the-secret", "Basic the-secret"} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", a.url+"/api/cluster", nil)
		if err != nil {
			t.Fatal(err)
		}
		if header != "" {
			req.Header.Set("Authorization", header)
		}
		r, err := a.do(req)
		if err != nil {
			t.Fatal(err)
		}
		if r.status != 401 || r.body["status"] != "error" || r.body["message"] == "" {
			t.Errorf("%q: got %d %s", header, r.status, r.raw)
		}
	}
	a.call(200, "GET", "/api/cluster", nil)
}

// A request with a body needs Content-Type: application/json.
func TestContentType_isRequired(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]int{"": 415, "text/plain": 415, "application/json": 200, "application/json; charset=utf-8": 200} {
		t.Run(contentType, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			req, err := http.NewRequestWithContext(t.Context(), "POST", a.url+tokens, strings.NewReader(minimal))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+a.Secret())
			if contentType != "" {
				req.Header.Set("Content-Type", contentType)
			}
			r, err := a.do(req)
			if err != nil {
				t.Fatal(err)
			}
			if r.status != want {
				t.Errorf("got %d, want %d: %s", r.status, want, r.raw)
			}
		})
	}
}

func TestBody_thatIsNotJSONIsRefused(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, body := range []string{"", "{", "nonsense", `{"label":"a"} trailing`} {
		a.call(400, "POST", tokens, body)
	}
	a.call(413, "POST", tokens, `"`+strings.Repeat("x", 1<<20)+`"`)
	a.call(400, "POST", "/api/stream/stop/all", `{}`)
}

// Names that the API does not have are refused and recorded.
func TestViolation_isRecorded(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		method, path, body string
		status             int
		want               string
	}{
		"route":           {"GET", "/api/nothing", "", 404, "GET /api/nothing is no route of the API"},
		"method":          {"PUT", "/api/publish_token", "{}", 404, "PUT /api/publish_token is no route of the API"},
		"property":        {"POST", tokens, `{"label":"a","streams":[{"streamName":"a"}],"lable":"b"}`, 400, "POST /api/publish_token has an unknown property lable"},
		"nested property": {"POST", tokens, `{"label":"a","streams":[{"streamName":"a","regex":true}]}`, 400, "POST /api/publish_token has an unknown property streams.0.regex"},
		"in a cascade":    {"POST", tokens, `{"label":"a","streams":[{"streamName":"a"}],"geoCascade":{"enabled":true}}`, 400, "POST /api/publish_token has an unknown property geoCascade.enabled"},
		"query parameter": {"GET", tokens + "/list" + page1 + "&size=5", "", 400, "GET /api/publish_token/list has an unknown query parameter size"},
		"on a bare route": {"GET", "/api/cluster?page=1", "", 400, "GET /api/cluster has an unknown query parameter page"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := openUnchecked(t)
			var body any
			if c.body != "" {
				body = c.body
			}
			a.call(c.status, c.method, c.path, body)
			if got := a.Violations(); len(got) != 1 || got[0] != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if len(a.Tokens()) != 0 {
				t.Error("the work was done")
			}
		})
	}
}

// Values that the API refuses are no violations: tests send them on purpose.
func TestViolation_isNotABadValue(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.call(400, "POST", tokens, `{"label":""}`)
	a.call(400, "GET", v1(99), nil)
	a.call(400, "GET", tokens+"/list?page=x", nil)
	if got := a.Violations(); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

// recorder is a TB that keeps what it is told.
type recorder struct {
	cleanups []func()
	errors   []string
}

func (r *recorder) Helper()                        {}
func (r *recorder) Cleanup(f func())               { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, _ ...any) { r.errors = append(r.errors, format) }
func (r *recorder) Fatalf(format string, _ ...any) { r.errors = append(r.errors, format) }

func TestStart_failsTheTestForAViolation(t *testing.T) {
	t.Parallel()
	tb := &recorder{}
	a := newAccount(t)
	a.Server = emulator.Start(tb)
	a.url = a.URL()
	a.call(404, "GET", "/api/nothing", nil)
	for _, cleanup := range tb.cleanups {
		cleanup()
	}
	if len(tb.errors) != 1 {
		t.Errorf("it failed the test %d times, want once", len(tb.errors))
	}
	if _, err := a.send("GET", "/api/cluster", nil); err == nil {
		t.Error("it still listens")
	}
}

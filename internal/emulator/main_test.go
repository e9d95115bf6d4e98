package emulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// epoch is when the clock of a test begins.
var epoch = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// clock is a clock that a test moves by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// at moves the clock to an instant after the epoch, in milliseconds.
func (c *clock) at(ms int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = epoch.Add(time.Duration(ms) * time.Millisecond)
}

// account is a server with a clock moved by hand, and a client for it.
type account struct {
	*emulator.Server
	*clock
	t      *testing.T
	url    string
	client *http.Client
}

// open starts a server for a test, which fails on a violation.
func open(t *testing.T, opts ...emulator.Option) *account {
	t.Helper()
	a := newAccount(t)
	a.Server = emulator.Start(t, append([]emulator.Option{emulator.WithClock(a.Now)}, opts...)...)
	a.url = a.URL()
	return a
}

// openUnchecked starts a server for a test that violates the description.
func openUnchecked(t *testing.T) *account {
	t.Helper()
	a := newAccount(t)
	a.Server = emulator.New(emulator.WithClock(a.Now))
	listener := httptest.NewServer(a.Server)
	t.Cleanup(listener.Close)
	a.url = listener.URL
	return a
}

func newAccount(t *testing.T) *account {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &account{t: t, clock: &clock{now: epoch}, client: &http.Client{Transport: transport}}
}

// reply is an answer of the emulator.
type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any // nil if it is no JSON object
}

// data returns what the envelope holds, as an object.
func (r reply) data() map[string]any { return object(r.body["data"]) }

// object returns a JSON value as an object, nil if it is none.
func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}

// list returns what the envelope holds, as a list.
func (r reply) list() []any {
	data, _ := r.body["data"].([]any)
	return data
}

// send calls the API. The body may be a string of JSON or a value.
func (a *account) send(method, path string, body any) (reply, error) {
	a.t.Helper()
	var payload io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		payload = strings.NewReader(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			a.t.Fatal(err)
		}
		payload = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, payload)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.Secret())
	req.Header.Set("User-Agent", "emulator-test")
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return a.do(req)
}

func (a *account) do(req *http.Request) (reply, error) {
	resp, err := a.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	r := reply{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &r.body) // not all answers are JSON
	return r, err
}

// call calls the API and wants a status.
func (a *account) call(status int, method, path string, body any) reply {
	a.t.Helper()
	r, err := a.send(method, path, body)
	if err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
	if r.status != status {
		a.t.Fatalf("%s %s: status %d, want %d: %s", method, path, r.status, status, r.raw)
	}
	return r
}

// create creates a token with the call and returns its id.
func (a *account) create(body string) int64 {
	a.t.Helper()
	id, ok := a.call(200, "POST", "/api/publish_token", body).data()["id"].(float64)
	if !ok {
		a.t.Fatal("the answer to a create has no id")
	}
	return int64(id)
}

// token creates a token for one stream as by the dashboard.
func (a *account) token(label, stream string, priority *int32) int64 {
	return a.CreateToken(emulator.TokenSeed{Label: label, Streams: []emulator.Stream{{Name: stream}}, Priority: priority})
}

// stored returns a token that has to be there.
func (a *account) stored(id int64) emulator.Token {
	a.t.Helper()
	token, ok := a.Token(id)
	if !ok {
		a.t.Fatalf("token %d does not exist", id)
	}
	return token
}

// onAir returns the label of the token on air, and "" for no picture.
func (a *account) onAir() string {
	spans := a.Timeline(show, "").Spans
	if len(spans) == 0 {
		return ""
	}
	return spans[len(spans)-1].Label
}

// wantSpans compares a timeline with spans written as label and length in ms.
func (a *account) wantSpans(timeline emulator.Timeline, want ...span) {
	a.t.Helper()
	var got []span
	for _, s := range timeline.Spans {
		got = append(got, span{s.Label, int(s.Duration().Milliseconds())})
	}
	if len(got) != len(want) {
		a.t.Fatalf("got %v, want %v\n%v", got, want, timeline)
	}
	for i := range want {
		if got[i] != want[i] {
			a.t.Fatalf("span %d: got %v, want %v\n%v", i, got[i], want[i], timeline)
		}
	}
}

// span is what was on air, "" for no picture, and for how many milliseconds.
type span struct {
	label string
	ms    int
}

const (
	tokens = "/api/publish_token"
	page1  = "?page=1&itemsOnPage=100"
)

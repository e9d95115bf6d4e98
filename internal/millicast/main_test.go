package millicast

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const testSecret = "api-secret-0123456789"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve returns a Client of a server that answers with handler, and that waits
// next to nothing between attempts.
func serve(t *testing.T, handler http.HandlerFunc, opts ...Option) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newTestClient(t, append([]Option{WithBaseURL(server.URL)}, opts...)...)
}

func newTestClient(t *testing.T, opts ...Option) *Client {
	t.Helper()
	quick := []Option{WithRetryWait(time.Microsecond, time.Millisecond)}
	c, err := New(testSecret, append(quick, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// reply answers every request with a status and a body.
func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const (
	token7   = `{"status":"success","data":{"id":7,"label":"studio","token":"token-secret"}}`
	noToken7 = `{"status":"fail","data":{"tokenId":"No publish token with id: 7"}}`
	busy     = `{"status":"error","message":"try later"}`
)

// script is a transport that gives one answer after the other, the last one
// for ever, without a network. It works with the fake clock of testing/synctest.
type script struct {
	mu      sync.Mutex
	answers []func(*http.Request) (*http.Response, error)
	times   []time.Time
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	answer := s.answers[min(len(s.times), len(s.answers)-1)]
	s.times = append(s.times, time.Now())
	s.mu.Unlock()
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body)
		_ = req.Body.Close()
	}
	return answer(req)
}

// sent is how many requests came.
func (s *script) sent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.times)
}

// answers makes a script of answers.
func answers(answers ...func(*http.Request) (*http.Response, error)) *script {
	return &script{answers: answers}
}

// says is an answer of a script. The headers are names and values in turn.
func says(status int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		header := http.Header{}
		for i := 0; i < len(headers); i += 2 {
			header.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
	}
}

// breaks is an answer of a script that never comes.
func breaks(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// stalls is an answer of a script that comes too late.
func stalls(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// cut is an answer of a script whose body breaks off.
func cut(status int) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		body := io.MultiReader(strings.NewReader(`{"status":"succ`), brokenReader{})
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(body), Request: req}, nil
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func errorOf(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %T %v, want an *Error", err, err)
	}
	return e
}

func get7(ctx context.Context, c *Client) error {
	_, err := c.PublishTokens.Get(ctx, 7)
	return err
}

func put7(ctx context.Context, c *Client) error {
	_, err := c.PublishTokens.Update(ctx, 7, PublishTokenUpdate{Label: Set("studio")})
	return err
}

func delete7(ctx context.Context, c *Client) error { return c.PublishTokens.Delete(ctx, 7) }

func disable7(ctx context.Context, c *Client) error {
	_, err := c.PublishTokens.Disable(ctx, 7)
	return err
}

func reprioritize7(ctx context.Context, c *Client) error {
	_, err := c.Streams.Reprioritize(ctx, 7, 1)
	return err
}

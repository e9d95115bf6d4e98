package millicast

import (
	"bytes"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestTransport_headers(t *testing.T) {
	t.Parallel()
	var got http.Header
	var length int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, length = r.Header, r.ContentLength
		reply(200, token7)(w, r)
	}, WithUserAgent("tester/1.2 (+https://example.com)"))

	wantHeaders := func(contentType string) {
		t.Helper()
		for name, want := range map[string]string{
			"Authorization": "Bearer " + testSecret,
			"Accept":        "application/json",
			"User-Agent":    "tester/1.2 (+https://example.com)",
			"Content-Type":  contentType,
		} {
			if got.Get(name) != want {
				t.Errorf("%s: got %q, want %q", name, got.Get(name), want)
			}
		}
	}
	if err := get7(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	wantHeaders("")
	if err := put7(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	wantHeaders("application/json")
	_ = c.PublishTokens.SyncRestream(t.Context(), 7)
	wantHeaders("")
	if length != 0 {
		t.Errorf("a call without a body has %d bytes", length)
	}
}

func TestTransport_neverFollowsARedirect(t *testing.T) {
	t.Parallel()
	var reached atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	t.Cleanup(elsewhere.Close)
	host := strings.TrimPrefix(elsewhere.URL, "http://")

	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, call := range []callFunc{get7, put7, reprioritize7} {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", elsewhere.URL+"/x?token="+testSecret)
				w.WriteHeader(status)
			})
			e := errorOf(t, call(t.Context(), c))
			text := e.Error()
			if e.Status != status || !strings.Contains(text, host) || !strings.Contains(text, "base_url") || strings.Contains(text, testSecret) {
				t.Errorf("%d: got %v", status, e)
			}
			if !strings.Contains(e.Said(), host) || IsUncertain(e) || IsGone(e) || IsRefused(e) {
				t.Errorf("%d: said %q", status, e.Said())
			}
		}
	}
	if reached.Load() {
		t.Error("the redirect was followed")
	}
}

func TestTransport_redirectToNowhere(t *testing.T) {
	t.Parallel()
	e := errorOf(t, get7(t.Context(), serve(t, reply(302, ""))))
	if e.Status != 302 || !strings.Contains(e.Error(), "base_url") {
		t.Errorf("got %v", e)
	}
}

func TestTransport_boundsTheAnswer(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		_, _ = w.Write(bytes.Repeat([]byte(" "), maxBody))
		_, _ = io.WriteString(w, token7)
	})
	e := errorOf(t, get7(t.Context(), c))
	if requests.Load() != 1 || !strings.Contains(e.Error(), "longer than 16 MiB") {
		t.Errorf("%d requests: %v", requests.Load(), e)
	}
}

func TestTransport_retriesATruncatedAnswer(t *testing.T) {
	t.Parallel()
	for name, truncate := range map[string]http.HandlerFunc{
		"with a length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"status":"success"`)
		},
		"in chunks": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"status":"success"`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"before the header": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if requests.Add(1) == 1 {
					truncate(w, r)
					return
				}
				reply(200, token7)(w, r)
			})
			if err := get7(t.Context(), c); err != nil || requests.Load() != 2 {
				t.Errorf("%d requests: %v", requests.Load(), err)
			}
		})
	}
}

func TestTransport_timesOutAStalledAnswer(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) > 1 {
			reply(200, token7)(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"status":`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}, WithRequestTimeout(300*time.Millisecond))
	if err := get7(t.Context(), c); err != nil || requests.Load() < 2 {
		t.Errorf("%d requests: %v", requests.Load(), err)
	}
}

func TestTransport_aLostAnswerToAPostIsNotSentAgain(t *testing.T) {
	t.Parallel()
	var posts atomic.Int32
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			reply(200, token7)(w, r)
			return
		}
		posts.Add(1)
		panic(http.ErrAbortHandler)
	})
	// The call before makes the POST go over a used connection, where net/http
	// itself may send again what it takes for safe.
	if err := get7(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for i, call := range []callFunc{
		reprioritize7,
		func(ctx context.Context, c *Client) error { return c.PublishTokens.SyncRestream(ctx, 7) },
		func(ctx context.Context, c *Client) error {
			_, err := c.PublishTokens.Create(ctx, PublishTokenCreate{Label: "studio"})
			return err
		},
	} {
		if err := call(t.Context(), c); !IsUncertain(err) || posts.Load() != int32(i+1) {
			t.Errorf("sent %d times: %v", posts.Load(), err)
		}
	}
}

func TestTransport_aPostIsSentAgainWhereNobodyListens(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	e := errorOf(t, reprioritize7(t.Context(), newTestClient(t, WithBaseURL("http://"+address), WithMaxRetries(2))))
	if e.Attempts != 3 || e.Status != 0 || IsUncertain(e) || !strings.Contains(e.Said(), "refused") {
		t.Errorf("got %v, said %q", e, e.Said())
	}
}

func TestTransport_aBadCertificateIsFinal(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(reply(200, token7))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	e := errorOf(t, put7(t.Context(), newTestClient(t, WithBaseURL(server.URL))))
	if e.Attempts != 1 || IsUncertain(e) || !strings.Contains(e.Error(), "certificate") {
		t.Errorf("got %v", e)
	}
}

func TestTransport_tellsOfEveryAttempt(t *testing.T) {
	t.Parallel()
	type key struct{}
	slow := func(answer func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error) {
		return func(req *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return answer(req)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		var calls []Call
		api := answers(
			slow(breaks(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: testSecret}})),
			slow(says(503, busy)), slow(says(200, `{"status":"success","data":{"streamName":"a/b?c"}}`)))
		c := newTestClient(t, WithTransport(api), WithCallLogger(func(ctx context.Context, call Call) {
			calls = append(calls, call)
			if ctx.Value(key{}) != "mine" {
				t.Error("it is not the caller's context")
			}
		}))
		ctx := context.WithValue(t.Context(), key{}, "mine")
		if _, err := c.Streams.Get(ctx, "a/b?c"); err != nil {
			t.Fatal(err)
		}
		const route = "/api/monitoring/streams/{streamName}"
		if want := []Call{
			{"GET", route, 0, time.Second, 1, "dial tcp: lookup (masked): no such host"},
			{"GET", route, 503, time.Second, 2, ""},
			{"GET", route, 200, time.Second, 3, ""},
		}; !slices.Equal(calls, want) {
			t.Errorf("got %+v, want %+v", calls, want)
		}
	})
}

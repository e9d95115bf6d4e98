package millicast

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

type callFunc = func(context.Context, *Client) error

var (
	refused = breaks(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED})
	noHost  = breaks(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.test"}})
	noProxy = breaks(&net.OpError{Op: "proxyconnect", Net: "tcp", Err: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}})
	reset   = breaks(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET})
	badCert = breaks(&tls.CertificateVerificationError{Err: errors.New("unknown authority")})
)

func TestRetry_whatIsAttemptedAgain(t *testing.T) {
	t.Parallel()
	reading := []callFunc{get7}
	repeatable := []callFunc{get7, put7, delete7, disable7}
	posts := []callFunc{reprioritize7}
	all := append(repeatable, posts...)

	for _, test := range []struct {
		name      string
		answer    func(*http.Request) (*http.Response, error)
		calls     []callFunc
		again     bool
		uncertain bool
	}{
		{"429", says(429, busy), all, true, false},
		{"429 cut", cut(429), all, true, false},
		{"connection refused", refused, all, true, false},
		{"no such host", noHost, all, true, false},
		{"proxy refused", noProxy, all, true, false},
		{"502", says(502, ""), repeatable, true, true},
		{"503", says(503, busy), repeatable, true, true},
		{"504", says(504, busy), repeatable, true, true},
		{"503 cut", cut(503), repeatable, true, true},
		{"reset", reset, repeatable, true, true},
		{"closed", breaks(io.EOF), repeatable, true, true},
		{"stall", stalls, repeatable, true, true},
		{"200 cut", cut(200), repeatable, true, true},
		{"400 cut", cut(400), repeatable, true, true},
		{"502", says(502, ""), posts, false, true},
		{"503", says(503, busy), posts, false, true},
		{"504", says(504, busy), posts, false, true},
		{"reset", reset, posts, false, true},
		{"closed", breaks(io.EOF), posts, false, true},
		{"stall", stalls, posts, false, true},
		{"200 cut", cut(200), posts, false, true},
		{"500", says(500, busy), all, false, true},
		{"501", says(501, busy), reading, false, true},
		{"408", says(408, busy), all, false, true},
		{"401", says(401, busy), all, false, false},
		{"403", says(403, busy), all, false, false},
		{"409", says(409, busy), all, false, false},
		{"400", says(400, `{"status":"fail","data":{"label":"too long"}}`), all, false, false},
		{"404", says(404, ""), all, false, false},
		{"bad certificate", badCert, all, false, false},
		{"redirect", says(307, "", "Location", "https://elsewhere.test/"), all, false, false},
		{"not JSON", says(200, "<html>"), all, false, true},
		{"empty", says(200, ""), all, false, true},
	} {
		for _, call := range test.calls {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					api := answers(test.answer)
					c := newTestClient(t, WithTransport(api), WithMaxRetries(3))

					e := errorOf(t, call(t.Context(), c))
					want := 1
					if test.again {
						want = 4
					}
					if api.sent() != want || e.Attempts != want {
						t.Errorf("%s: sent %d times, says %d attempts, want %d: %v", e.Method, api.sent(), e.Attempts, want, e)
					}
					if want := test.uncertain && e.Method != http.MethodGet; IsUncertain(e) != want {
						t.Errorf("%s: IsUncertain is %v, want %v: %v", e.Method, !want, want, e)
					}
				})
			})
		}
	}
}

func TestRetry_succeedsInTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := answers(reset, says(503, busy), cut(200), says(429, busy), says(200, token7))
		c := newTestClient(t, WithTransport(api))
		token, err := c.PublishTokens.Get(t.Context(), 7)
		if err != nil || token.Label != "studio" || api.sent() != 5 {
			t.Errorf("got %v, %v after %d attempts", token, err, api.sent())
		}
	})
}

func TestRetry_uncertaintyOfAnEarlierAttemptStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := answers(reset, says(400, `{"status":"fail","data":{"removeTokenStreams":"no such stream"}}`))
		err := put7(t.Context(), newTestClient(t, WithTransport(api)))
		if !IsUncertain(err) || !IsRefused(err) {
			t.Errorf("uncertain %v, refused %v: %v", IsUncertain(err), IsRefused(err), err)
		}
	})
}

func TestRetry_waitsDouble(t *testing.T) {
	t.Parallel()
	const shortest, longest = time.Second, 5 * time.Second
	synctest.Test(t, func(t *testing.T) {
		api := answers(says(503, busy))
		c := newTestClient(t, WithTransport(api), WithRetryWait(shortest, longest), WithMaxRetries(6))
		_ = get7(t.Context(), c)
		for i, most := range []time.Duration{2 * time.Second, 4 * time.Second, longest, longest, longest, longest} {
			wait := api.times[i+1].Sub(api.times[i])
			if wait < shortest || wait > most {
				t.Errorf("wait %d took %s, want %s to %s", i+1, wait, shortest, most)
			}
		}
	})
}

func TestRetry_retryAfter(t *testing.T) {
	t.Parallel()
	// The fake clock of synctest begins here.
	in17s := time.Date(2000, 1, 1, 0, 0, 17, 0, time.UTC).Format(http.TimeFormat)
	for _, test := range []struct {
		header string
		wait   time.Duration
	}{
		{"17", 17 * time.Second},
		{in17s, 17 * time.Second},
		{"0", time.Microsecond},
		{"Fri, 31 Dec 1999 23:59:59 GMT", time.Microsecond},
	} {
		t.Run(test.header, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := answers(says(429, busy, "Retry-After", test.header), says(200, token7))
				if err := get7(t.Context(), newTestClient(t, WithTransport(api))); err != nil {
					t.Fatal(err)
				}
				if wait := api.times[1].Sub(api.times[0]); wait != test.wait {
					t.Errorf("waited %s, want %s", wait, test.wait)
				}
			})
		})
	}
}

func TestRetry_unreadableRetryAfterIsNone(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", "soon", "-1", "1.5", "99999999999999999999"} {
		if wait, ok := retryAfter(http.Header{"Retry-After": {value}}); ok {
			t.Errorf("%q: got %s, want none", value, wait)
		}
	}
}

func TestRetry_givesUpWhenTheWaitIsTooLong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, retryAfter string
		timeout          time.Duration
	}{
		{"beyond the deadline", "60", 30 * time.Second},
		{"beyond reason", "86400", 30 * 24 * time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := answers(says(429, busy, "Retry-After", test.retryAfter))
				c := newTestClient(t, WithTransport(api))
				ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
				defer cancel()

				// The first call has the API's answer. The second is not even sent.
				for attempts := 1; attempts >= 0; attempts-- {
					began := time.Now()
					e := errorOf(t, get7(ctx, c))
					if took := time.Since(began); took != 0 {
						t.Errorf("gave up after %s, want at once", took)
					}
					if e.Status != 429 || e.Attempts != attempts || api.sent() != 1 || IsUncertain(e) {
						t.Errorf("got %+v, sent %d", e, api.sent())
					}
					if errors.Is(e, context.DeadlineExceeded) {
						t.Errorf("the deadline is not over yet: %v", e)
					}
					if !strings.Contains(e.Error(), "the next attempt would be due in") {
						t.Errorf("does not say why: %v", e)
					}
				}
			})
		})
	}
}

func TestRetry_429PausesAllCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := answers(says(429, busy, "Retry-After", "20"), says(200, token7))
		c := newTestClient(t, WithTransport(api))
		began := time.Now()
		errs := make(chan error, 2)
		go func() { errs <- get7(t.Context(), c) }()
		time.Sleep(time.Second)
		go func() { errs <- put7(t.Context(), c) }()
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		for _, sent := range api.times[1:] {
			if after := sent.Sub(began); after != 20*time.Second {
				t.Errorf("sent after %s, want 20s", after)
			}
		}
	})
}

func TestRetry_aPauseMayGrow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g gate
		began := time.Now()
		g.shut(10 * time.Second)
		time.AfterFunc(5*time.Second, func() { g.shut(20 * time.Second) })
		time.AfterFunc(6*time.Second, func() { g.shut(time.Second) })
		if err := g.pass(t.Context()); err != nil || time.Since(began) != 25*time.Second {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
		g.shut(10 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := g.pass(ctx); !errors.Is(err, context.Canceled) || time.Since(began) != 26*time.Second {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
	})
}

func TestRetry_503PausesOnlyItsCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := answers(says(503, busy, "Retry-After", "20"), says(200, token7))
		c := newTestClient(t, WithTransport(api))
		first := make(chan error)
		go func() { first <- get7(t.Context(), c) }()
		synctest.Wait()
		began := time.Now()
		if err := put7(t.Context(), c); err != nil || time.Since(began) != 0 {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
	})
}

func TestRetry_cancelStopsAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		status int
		said   string
	}{
		"during an attempt":  {stalls, 0, "nothing (context canceled)"},
		"during a wait":      {says(503, busy), 503, "try later"},
		"during a 429 pause": {says(429, busy, "Retry-After", "60"), 429, "try later"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, WithTransport(answers(test.answer)), WithRetryWait(time.Minute, time.Minute))
				ctx, cancel := context.WithCancel(t.Context())
				began := time.Now()
				time.AfterFunc(5*time.Second, cancel)
				err := get7(ctx, c)
				if took := time.Since(began); took != 5*time.Second || !errors.Is(err, context.Canceled) {
					t.Errorf("got %v after %s", err, took)
				}
				if e := errorOf(t, err); e.Status != test.status || e.Said() != test.said || e.Attempts != 1 {
					t.Errorf("got %+v, said %q", e, e.Said())
				}
			})
		})
	}
}

func TestRetry_cancelledBeforeTheCall(t *testing.T) {
	t.Parallel()
	api := answers(says(200, token7))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := reprioritize7(ctx, newTestClient(t, WithTransport(api)))
	if !errors.Is(err, context.Canceled) || IsUncertain(err) || api.sent() != 0 {
		t.Errorf("got %v, uncertain %v, sent %d", err, IsUncertain(err), api.sent())
	}
}

func TestRetry_anAttemptsTimeoutIsNotTheCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := answers(stalls)
		c := newTestClient(t, WithTransport(api), WithRequestTimeout(3*time.Second), WithMaxRetries(1))
		err := get7(t.Context(), c)
		if errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no complete answer within 3s") {
			t.Errorf("got %v", err)
		}
		if took := api.times[1].Sub(api.times[0]); took < 3*time.Second {
			t.Errorf("the second attempt came after %s", took)
		}
	})
}

func TestRetry_theCallersDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := reprioritize7(ctx, newTestClient(t, WithTransport(answers(stalls))))
		if !errors.Is(err, context.DeadlineExceeded) || !IsUncertain(err) {
			t.Errorf("got %v, uncertain %v", err, IsUncertain(err))
		}
	})
}

func TestRetry_aSlowDialIsCertain(t *testing.T) {
	t.Parallel()
	// The error of a dial that timed out counts as context.DeadlineExceeded.
	timeout := breaks(&net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded})
	synctest.Test(t, func(t *testing.T) {
		api := answers(timeout, says(200, `{"status":"success","data":{"stoppingLevel":"Token"}}`))
		if err := reprioritize7(t.Context(), newTestClient(t, WithTransport(api))); err != nil {
			t.Error(err)
		}
	})
}

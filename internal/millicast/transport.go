package millicast

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// maxBody bounds an answer. A page of 100 tokens is far below a tenth of it.
const maxBody = 16 << 20

// transport carries the attempts of all calls of a Client.
type transport struct {
	options
	// secret is a function because fmt prints what fields hold, but no closure.
	secret func() Secret
	pause  gate
	clock  serverClock
}

func newTransport(secret Secret, o options) *transport {
	if o.base == nil {
		o.base = newPool()
	}
	return &transport{options: o, secret: func() Secret { return secret }}
}

// newPool returns the connections of a Client: not shared with others, so that
// closing them is nobody else's concern.
func newPool() *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		// A dial that ends before the attempt does is known to have sent nothing.
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        32,
		MaxIdleConnsPerHost: 32,
		// Shorter than load balancers wait: a POST on a connection that the other
		// side just closed can't be sent again.
		IdleConnTimeout: 30 * time.Second,
	}
}

func (t *transport) closeIdle() {
	if pool, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		pool.CloseIdleConnections()
	}
}

// answer is what one attempt brought: a status with a whole body, or an error.
// A redirect has both a status and an error.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error
}

var errTooLarge = fmt.Errorf("the answer is longer than %d MiB", maxBody>>20)

// redirectError is an answer that points elsewhere.
type redirectError struct{ host string }

func (e redirectError) Error() string {
	if e.host == "" {
		return "the answer is a redirect to nowhere, which is not followed: check base_url"
	}
	return fmt.Sprintf("the answer is a redirect to the host %s, which is not followed: check base_url", e.host)
}

// attempt sends a request once and reads all of its answer within the timeout.
func (t *transport) attempt(req *http.Request) answer {
	ctx, cancel := context.WithTimeout(req.Context(), t.timeout)
	defer cancel()

	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return answer{err: t.explain(req.Context(), ctx, err)}
	}
	defer func() { _ = resp.Body.Close() }()

	t.clock.learn(resp.Header)
	got := answer{status: resp.StatusCode, header: resp.Header}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		got.err = redirectError{}
		if to, err := resp.Location(); err == nil {
			got.err = redirectError{host: to.Host}
		}
		return got
	}

	got.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case len(got.body) > maxBody:
		return answer{err: errTooLarge}
	case err != nil && req.Context().Err() == nil && isBusy(resp.StatusCode):
		// The status says it all, whatever became of the text.
		return got
	case err != nil:
		return answer{err: fmt.Errorf("the answer broke off: %w", t.explain(req.Context(), ctx, err))}
	}
	return got
}

// explain turns the error of an attempt into that of the caller's context, if
// it is to blame, or into one that tells of the attempt's timeout.
func (t *transport) explain(caller, attempt context.Context, err error) error {
	switch {
	case caller.Err() != nil:
		return caller.Err()
	case attempt.Err() != nil && !neverSent(err):
		return fmt.Errorf("no complete answer within %s", t.timeout)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the connection was closed: %w", io.ErrUnexpectedEOF)
	default:
		return err
	}
}

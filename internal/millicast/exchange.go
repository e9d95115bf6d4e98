package millicast

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// exchange is one call with all of its attempts. It serves one goroutine.
type exchange struct {
	transport *transport
	call      call

	attempts  int
	last      answer
	uncertain bool          // an attempt may have been carried out
	wait      time.Duration // before the next attempt
	gaveUp    error         // why there was no further attempt; nil: none was due
}

// run makes the call and returns the body of an HTTP success, or an [*Error].
func (e *exchange) run(ctx context.Context) ([]byte, error) {
	req, err := e.request(ctx)
	if err != nil {
		return nil, e.failure(err)
	}
	// The client is made anew for each call because its hooks are the call's
	// own. Connections are in the transport, which all calls share.
	client := &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: e},
		RetryMax:     e.transport.maxRetries,
		CheckRetry:   func(ctx context.Context, _ *http.Response, _ error) (bool, error) { return e.again(ctx), nil },
		Backoff:      func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return e.wait },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := client.Do(req)
	if resp != nil {
		_ = resp.Body.Close()
	}
	switch {
	case ctx.Err() != nil && err != nil:
		return nil, e.failure(ctx.Err())
	case e.last.err != nil:
		return nil, e.failure(e.last.err)
	case err != nil:
		return nil, e.failure(err)
	case e.last.status < 200 || e.last.status > 299:
		return nil, e.failure(e.gaveUp)
	}
	return e.last.body, nil
}

func (e *exchange) request(ctx context.Context) (*retryablehttp.Request, error) {
	target, body, err := e.call.request(e.transport.baseURL)
	if err != nil {
		return nil, err
	}
	// A nil []byte in an interface would count as a body.
	var rawBody any
	if body != nil {
		rawBody = body
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, e.call.method, target, rawBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+e.transport.secret().Reveal())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", e.transport.userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// RoundTrip makes one attempt, for the HTTP client of run. It keeps what came
// of it in e, because the layers above lose a part of that.
func (e *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if err := e.transport.pause.pass(ctx); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		// An answer of an earlier attempt stays: it is why this one had to wait.
		if e.attempts == 0 && ctx.Err() == nil {
			e.last.status = http.StatusTooManyRequests
		}
		e.last.err = err
		return nil, err
	}

	e.attempts++
	began := time.Now()
	e.last = e.transport.attempt(req)
	e.uncertain = e.uncertain || e.last.uncertain()
	e.log(ctx, time.Since(began))
	if e.last.err != nil {
		return nil, e.last.err
	}
	return &http.Response{
		Status:     http.StatusText(e.last.status),
		StatusCode: e.last.status,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     e.last.header,
		Body:       io.NopCloser(bytes.NewReader(nil)),
		Request:    req,
	}, nil
}

// again decides whether there is another attempt, and after what wait.
func (e *exchange) again(ctx context.Context) bool {
	if ctx.Err() != nil || !e.call.retryable(e.last) {
		return false
	}
	e.wait = e.transport.waitAfter(e.attempts, e.last)
	if e.last.status == http.StatusTooManyRequests {
		e.transport.pause.shut(e.wait)
	}
	if e.attempts > e.transport.maxRetries {
		return false
	}
	e.gaveUp = worthWaiting(ctx, e.wait)
	return e.gaveUp == nil
}

func (e *exchange) log(ctx context.Context, took time.Duration) {
	if e.transport.logCall == nil {
		return
	}
	line := Call{
		Method:   e.call.method,
		Route:    e.call.route,
		Status:   e.last.status,
		Duration: took,
		Attempt:  e.attempts,
	}
	if e.last.err != nil {
		line.Err = e.mask().line(e.last.err.Error(), 200)
	}
	e.transport.logCall(ctx, line)
}

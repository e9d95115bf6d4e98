package millicast

import (
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

// retryable reports whether the call may be attempted again after a. The
// package documentation has the table.
func (k call) retryable(a answer) bool {
	switch {
	case a.err == nil && a.status == http.StatusTooManyRequests:
		return true
	case a.err == nil:
		return k.repeatable() && isBusy(a.status)
	case isFinal(a.err):
		return false
	default:
		return k.repeatable() || neverSent(a.err)
	}
}

// uncertain reports whether the API may have carried the call out although a
// is no success.
func (a answer) uncertain() bool {
	switch {
	case a.err != nil:
		var redirect redirectError
		var wait waitError
		return !neverSent(a.err) && !errors.As(a.err, &redirect) && !errors.As(a.err, &wait)
	default:
		return a.status >= 500 || a.status == http.StatusRequestTimeout
	}
}

// isBusy reports whether a status says that the same request may succeed soon.
func isBusy(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

// isFinal reports whether an attempt's error would come again.
func isFinal(err error) bool {
	var redirect redirectError
	var wait waitError
	var certificate *tls.CertificateVerificationError
	return errors.Is(err, errTooLarge) || errors.As(err, &redirect) ||
		errors.As(err, &wait) || errors.As(err, &certificate)
}

// neverSent reports whether an attempt certainly ended before its request was
// written: there was no connection, or not to the right host.
func neverSent(err error) bool {
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return true
	}
	// Through a proxy the dial's error is inside another one.
	var op *net.OpError
	for errors.As(err, &op) {
		if op.Op == "dial" {
			return true
		}
		err = op.Err
	}
	return false
}

// waitAfter returns how long to wait after the nth attempt: as long as the
// answer's Retry-After says, else a random part of a time that doubles.
func (t *transport) waitAfter(n int, a answer) time.Duration {
	if d, ok := retryAfter(a.header); ok {
		return max(d, t.waitMin)
	}
	limit := t.waitMax
	if shift := min(n, 30); t.waitMin < t.waitMax>>shift {
		limit = t.waitMin << shift
	}
	return t.waitMin + rand.N(limit-t.waitMin+1)
}

// retryAfter reads the header Retry-After: seconds, or an HTTP date.
func retryAfter(header http.Header) (time.Duration, bool) {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(time.Until(date), 0), true
	}
	return 0, false
}

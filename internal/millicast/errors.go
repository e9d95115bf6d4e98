package millicast

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Error is a call that did not succeed. Calls return it as a pointer. Secrets
// are masked in all of its texts: the API secret, and those that the request
// carried.
type Error struct {
	Method string
	Route  string // the path's template, such as "/api/publish_token/{tokenId}"

	// Status is the HTTP status of the last answer. 0: there was none.
	Status int

	// Code is the API's own number for the error. 0: not said.
	Code int

	// Message is what the API said that is not about a field, or a description
	// of an answer that is not the API's, such as "an HTML page titled ...".
	Message string

	// Fields are what the API said about fields of the request, by field.
	Fields []FieldError

	// Attempts is how often the request was sent. 0: never.
	Attempts int

	// Err is why there is no answer, why it can't be read or why there was no
	// further attempt. nil: the answer says it all.
	Err error

	failed    bool // the API refused the request: status "fail"
	gone      bool
	uncertain bool
}

// FieldError is what the API said about one field of a request. There may be
// several about the same.
type FieldError struct {
	Field   string // nested ones are joined by dots
	Message string
}

// Said returns all that the API said, on one line. If it said nothing, it
// returns why that is so.
func (e *Error) Said() string {
	var parts []string
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	for _, field := range e.Fields {
		parts = append(parts, field.Field+": "+field.Message)
	}
	if e.Code != 0 && e.Code != e.Status {
		parts = append(parts, fmt.Sprintf("code %d", e.Code))
	}
	if len(parts) > 0 {
		return strings.Join(parts, "; ")
	}
	if e.Err != nil {
		return "nothing (" + e.Err.Error() + ")"
	}
	return "nothing"
}

// Error returns the call, the status, all that the API said and the number of
// attempts, on one line.
func (e *Error) Error() string {
	parts := []string{strings.TrimSpace(e.Method + " " + e.Route)}
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", e.Status))
	}
	if e.Message != "" || len(e.Fields) > 0 || e.Err == nil {
		parts = append(parts, e.Said())
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	text := strings.Join(parts, ": ")
	if e.Attempts > 1 {
		text += fmt.Sprintf(" (%d attempts)", e.Attempts)
	}
	return text
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// IsGone reports whether err says that the token or stream of the call does
// not exist. That is HTTP 400 with the API's sentence for it and the id or name
// that was asked for, or HTTP 404, unless that is a web page, which the API does
// not send. No other 400 counts. On the monitoring routes only the sentence
// counts: there 404 may as well mean that the account lacks LiveMonitoring.
func IsGone(err error) bool {
	e, ok := asError(err)
	return ok && e.gone
}

// IsUnauthorized reports whether the API does not accept the API secret, or
// not for this call: HTTP 401 and 403.
func IsUnauthorized(err error) bool {
	e, ok := asError(err)
	return ok && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
}

// IsSecretRejected reports whether the API does not accept the API secret at
// all: HTTP 401.
func IsSecretRejected(err error) bool {
	e, ok := asError(err)
	return ok && e.Status == http.StatusUnauthorized
}

// IsRateLimited reports whether the API was called too often: HTTP 429.
func IsRateLimited(err error) bool {
	e, ok := asError(err)
	return ok && e.Status == http.StatusTooManyRequests
}

// IsRedirect reports whether the answer points somewhere else: HTTP 3xx. The
// client never goes there, since it would carry the API secret along.
func IsRedirect(err error) bool {
	e, ok := asError(err)
	return ok && e.Status >= 300 && e.Status < 400
}

// IsRefused reports whether the API understood the request and did not want
// it, for another reason than [IsGone].
func IsRefused(err error) bool {
	e, ok := asError(err)
	return ok && e.failed && !e.gone
}

// IsUncertain reports whether the API may have carried out the request, or not:
// the connection broke, an attempt timed out, the answer was a server error, or a
// success that can't be read. It is also true if that happened to an earlier
// attempt than the one that err tells of. It is false for a GET, which changes
// nothing.
func IsUncertain(err error) bool {
	e, ok := asError(err)
	return ok && e.uncertain && e.Method != http.MethodGet
}

// IsNoLiveMonitoring reports whether a call that needs the account feature
// LiveMonitoring failed in a way that may be for want of it. How the API words
// that is not documented, so it is true for any 4xx of these calls other than
// 401, 408, 425, 429 and the sentence for a missing stream (see [IsGone]), and
// for 501. It is true for 403, then together with [IsUnauthorized]. The caller
// loses nothing by using [PublishTokensClient.ActiveIDs] instead.
func IsNoLiveMonitoring(err error) bool {
	e, ok := asError(err)
	if !ok || e.gone || !isMonitoring(e.Route) {
		return false
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	case http.StatusNotImplemented:
		return true
	default:
		return e.failed || e.Status >= 400 && e.Status < 500
	}
}

func asError(err error) (*Error, bool) {
	var e *Error
	return e, errors.As(err, &e)
}

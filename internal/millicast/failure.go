package millicast

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// failure describes how the exchange ended. err, which may be nil, is why
// there is no answer or no further attempt.
func (e *exchange) failure(err error) *Error {
	m := e.mask()
	failure := &Error{
		Method:    e.call.method,
		Route:     e.call.route,
		Status:    e.last.status,
		Attempts:  e.attempts,
		uncertain: e.uncertain,
	}
	if err != nil {
		failure.Err = newCause(m, err)
	}
	// A redirect's text is not the API's.
	if e.last.status == 0 || e.last.err != nil && e.last.body == nil {
		return failure
	}

	words := parseWords(e.last)
	words.fill(failure, m)
	failure.failed = words.status == "fail" && (e.last.status == http.StatusBadRequest || e.last.status == http.StatusOK)
	switch e.last.status {
	case http.StatusBadRequest:
		failure.gone = words.status == "fail" && e.call.saysGone(words.texts)
	case http.StatusNotFound:
		failure.gone = e.call.params != nil && !isMonitoring(e.call.route) && !words.page
	}
	return failure
}

// unreadable describes an HTTP success that err says is none.
func (e *exchange) unreadable(err error) *Error {
	words := parseWords(e.last)
	// The API may report a failure with HTTP 200 too. Only status "fail" says
	// that it has done nothing.
	if words.status == "fail" {
		return e.failure(nil)
	}
	e.uncertain = true
	if words.status == "error" {
		return e.failure(nil)
	}
	// Its words are not shown: a success may hold secrets.
	if words.page || len(words.message) == 0 && words.plain == emptyAnswer {
		err = errors.New("it is " + words.plain)
	}
	return &Error{
		Method:    e.call.method,
		Route:     e.call.route,
		Status:    e.last.status,
		Attempts:  e.attempts,
		Err:       newCause(e.mask(), fmt.Errorf("unusable answer: %w", err)),
		uncertain: true,
	}
}

// cause is the text of an error with the secrets masked. It leads on only to
// what callers ask for: whether their own context ended. An attempt's timeout
// must not be taken for that, and the texts of the chain are not masked.
type cause struct {
	text  string
	ended error // the error of the caller's context, or nil
}

func newCause(m mask, err error) cause {
	c := cause{text: m.line(err.Error(), maxText)}
	if err == context.Canceled || err == context.DeadlineExceeded { //nolint:errorlint // timeouts of the network are wrapped and must not count
		c.ended = err
	}
	return c
}

func (c cause) Error() string { return c.text }

func (c cause) Unwrap() error { return c.ended }

var invalidToken = regexp.MustCompile(`^Invalid TokenId \((\d+)\) for AccountId \([^()]*\)$`)

// saysGone reports whether one of texts is a sentence by which the API says
// that what the call is about does not exist. Another id than the call's is not
// trusted: dropping a token that exists would be worse than failing.
func (k call) saysGone(texts []string) bool {
	for _, text := range texts {
		text = strings.TrimSpace(text)
		if id, ok := k.params["tokenId"]; ok {
			match := invalidToken.FindStringSubmatch(text)
			if text == fmt.Sprintf("No publish token with id: %d", id) || match != nil && match[1] == fmt.Sprint(id) {
				return true
			}
		}
		for _, name := range k.streamNames() {
			if text == "Stream name "+name+" not found" {
				return true
			}
		}
	}
	return false
}

// streamNames returns how the API may name the call's stream.
func (k call) streamNames() []string {
	if name, ok := k.params["streamName"]; ok {
		return []string{fmt.Sprint(name)}
	}
	if id, ok := k.params["streamId"]; ok {
		_, name, _ := strings.Cut(fmt.Sprint(id), "/")
		return []string{fmt.Sprint(id), name}
	}
	return nil
}

package emulator

import (
	"cmp"
	"net/http"
	"time"
)

// FaultKind says what goes wrong with a call.
type FaultKind string

// The kinds of fault.
const (
	FaultStatus     FaultKind = "status"      // Status is answered; the work is not done
	FaultDropBefore FaultKind = "drop before" // the connection is closed; the work is not done
	FaultDropAfter  FaultKind = "drop after"  // the work is done; the connection is closed before the answer
	FaultTruncate   FaultKind = "truncate"    // the work is done; the answer breaks off half way
	FaultHTML       FaultKind = "html"        // a page of HTML is answered with Status; the work is not done
	FaultSlow       FaultKind = "slow"        // the work is done; the answer comes after Delay
	FaultBody       FaultKind = "body"        // Body is answered with 200; the work is not done
)

// Fault is something that goes wrong with some calls of a route.
type Fault struct {
	Method     string // "": any
	Route      string // template, such as "/api/publish_token/{tokenId}"; "": any
	Call       int    // the matching call that it begins with, counted from 1 and from the injection; 0: the first
	Times      int    // how many calls in a row; 0: one; -1: all
	Kind       FaultKind
	Status     int           // 0: 500 for FaultStatus, 502 for FaultHTML, 200 for FaultBody
	RetryAfter string        // value of the Retry-After header; "": none
	Delay      time.Duration // real time before the answer, of any kind of fault
	Body       string        // "": one in the API's form
}

// injected is a fault that waits for its calls.
type injected struct {
	Fault
	seen int // matching calls so far
}

// Inject adds a fault. Of several that strike the same call the first one
// injected does; all of them count the call.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &injected{Fault: f})
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// strike counts a call and returns the fault that strikes it, or nil.
func (s *Server) strike(method, route string) *Fault {
	var struck *Fault
	for _, f := range s.faults {
		if !matches(f.Method, method) || !matches(f.Route, route) {
			continue
		}
		f.seen++
		first, times := max(f.Call, 1), f.Times
		if times == 0 {
			times = 1
		}
		if struck == nil && f.seen >= first && (times < 0 || f.seen < first+times) {
			struck = new(f.Fault)
		}
	}
	return struck
}

// replaces returns the answer that a fault gives instead of doing the work, and
// false if the work is done.
func (f *Fault) replaces() (reply, bool) {
	switch f.Kind {
	case FaultStatus:
		status := cmp.Or(f.Status, http.StatusInternalServerError)
		body := []byte(f.Body)
		if f.Body == "" {
			body = errored(status, "injected fault").encode()
		}
		return reply{status: status, contentType: jsonType, body: body, retryAfter: f.RetryAfter}, true
	case FaultHTML:
		status := cmp.Or(f.Status, http.StatusBadGateway)
		body := f.Body
		if body == "" {
			body = "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n"
		}
		return reply{status: status, contentType: "text/html; charset=utf-8", body: []byte(body), retryAfter: f.RetryAfter}, true
	case FaultBody:
		return reply{status: cmp.Or(f.Status, http.StatusOK), contentType: jsonType, body: []byte(f.Body), retryAfter: f.RetryAfter}, true
	case FaultDropBefore:
		return reply{dropped: true}, true
	case FaultDropAfter, FaultTruncate, FaultSlow:
		return reply{}, false
	}
	return reply{}, false
}

package emulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Request is a call that the emulator got.
type Request struct {
	At        time.Time       `json:"at"`
	Method    string          `json:"method"`
	Route     string          `json:"route"` // template, such as "/api/publish_token/{tokenId}"; "" if unknown
	Path      string          `json:"path"`  // as sent, escapes and all
	Query     url.Values      `json:"query,omitempty"`
	Keys      []string        `json:"keys,omitempty"`  // sorted top-level keys of the JSON body
	Body      json.RawMessage `json:"body,omitempty"`  // nil if the body was empty or no JSON
	Status    int             `json:"status"`          // 0 while under way, and if nothing was answered
	Fault     string          `json:"fault,omitempty"` // kind of the fault that was injected
	UserAgent string          `json:"userAgent,omitempty"`
}

// newRequest returns the log entry of a call. The decoded body is returned too.
func newRequest(r *http.Request, route string, body []byte) (*Request, any) {
	entry := &Request{
		Method:    r.Method,
		Route:     route,
		Path:      r.URL.EscapedPath(),
		Query:     r.URL.Query(),
		UserAgent: r.UserAgent(),
	}
	var value any
	if json.Unmarshal(body, &value) == nil {
		entry.Body = body
	}
	if object, ok := value.(map[string]any); ok {
		entry.Keys = slices.Sorted(maps.Keys(object))
	}
	return entry, value
}

// Requests returns the calls so far in the order they came in.
func (s *Server) Requests() []Request {
	return s.requestsWhere(func(Request) bool { return true })
}

// Writes returns the calls so far other than GET.
func (s *Server) Writes() []Request {
	return s.requestsWhere(func(r Request) bool { return r.Method != http.MethodGet })
}

// Count returns how many calls of a route there were so far. An empty method or
// route stands for any.
func (s *Server) Count(method, route string) int {
	return len(s.requestsWhere(func(r Request) bool { return matches(method, r.Method) && matches(route, r.Route) }))
}

// ResetRequests forgets the calls so far.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

func (s *Server) requestsWhere(match func(Request) bool) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Request
	for _, entry := range s.log {
		if match(*entry) {
			found = append(found, *entry)
		}
	}
	return found
}

// matches reports whether a pattern, empty for any, stands for a value.
func matches(pattern, value string) bool { return pattern == "" || pattern == value }

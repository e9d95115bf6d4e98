package emulator

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	jsonType = "application/json"
	maxBody  = 1 << 20 // bytes of a request
)

// reply is an answer in bytes, with what is done to it on the way.
type reply struct {
	status      int
	contentType string
	retryAfter  string
	body        []byte
	dropped     bool // nothing is sent
	truncated   bool // half of the body is sent
}

// ServeHTTP answers a call of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// exchange is a call on its way through the server.
type exchange struct {
	entry    *Request
	op       *operation // nil: no route of the API
	body     []byte
	value    any  // the body decoded; nil if it is no JSON
	tooLarge bool // the body is cut
}

// route returns the handler of a described path, or of all others for "".
func (s *Server) route(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := readExchange(w, r, path)
		fault := s.enter(x.entry)
		s.sleep(r, s.latency)

		var out reply
		var replaced bool
		if fault != nil {
			out, replaced = fault.replaces()
		}
		if !replaced {
			out = s.answer(x)
		}
		if fault != nil {
			s.sleep(r, fault.Delay)
			out.dropped = out.dropped || fault.Kind == FaultDropAfter
			out.truncated = fault.Kind == FaultTruncate
		}
		s.leave(x.entry, out)
		out.send(w)
	}
}

// readExchange reads a call of a described path, or of any other for "".
func readExchange(w http.ResponseWriter, r *http.Request, path string) *exchange {
	x := new(exchange)
	var err error
	x.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if x.tooLarge = errors.As(err, &tooLarge); err != nil && !x.tooLarge {
		panic(http.ErrAbortHandler) // the client has gone
	}
	if path != "" {
		x.op, _ = findOperation(path, r)
	}
	if x.op == nil {
		path = "" // the path may be known, but not with this method
	}
	x.entry, x.value = newRequest(r, path, x.body)
	return x
}

// enter logs a call and returns the fault that strikes it, or nil.
func (s *Server) enter(entry *Request) *Fault {
	w := s.lock()
	defer s.mu.Unlock()
	entry.At = w.now
	s.log = append(s.log, entry)
	fault := s.strike(entry.Method, entry.Route)
	if fault != nil {
		entry.Fault = string(fault.Kind)
	}
	return fault
}

// leave logs what a call is answered, before it is: a client that has its
// answer finds it in the log.
func (s *Server) leave(entry *Request, out reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !out.dropped {
		entry.Status = out.status
	}
}

// answer does the work of a call, or refuses it.
func (s *Server) answer(x *exchange) reply {
	refusal, unknown := s.refuse(x)
	for _, name := range unknown {
		s.violate("%s %s has an unknown %s", x.entry.Method, x.entry.Route, name)
	}
	if x.op == nil {
		s.violate("%s %s is no route of the API", x.entry.Method, x.entry.Path)
	}

	out := reply{contentType: jsonType}
	if refusal != nil {
		out.status, out.body = refusal.status, refusal.encode()
	} else {
		out.status, out.body = s.work(call{operation: x.op, body: x.body})
	}

	if s.checksAnswers && x.op != nil {
		if err := x.op.checkAnswer(out.status, http.Header{"Content-Type": {jsonType}}, out.body); err != nil {
			s.violate("%v", err)
		}
	}
	// These come after the check, which rightly knows nothing of them.
	if s.world.shape.unknown {
		out.body = withUnknown(out.body)
	}
	return out
}

// work does the work of a call. The answer is encoded before another call can
// change what it shows.
func (s *Server) work(c call) (status int, body []byte) {
	w := s.lock()
	defer s.mu.Unlock()
	a := calls[c.id](w, c)
	return a.status, a.encode()
}

// refuse returns the answer to a call that is not even tried, or nil, and the
// names in it that the description does not have.
func (s *Server) refuse(x *exchange) (refusal *answer, unknown []string) {
	switch {
	case x.op == nil:
		return errored(http.StatusNotFound, "No such route: "+x.entry.Method+" "+x.entry.Path), nil
	case x.op.input.Request.Header.Get("Authorization") != "Bearer "+s.secret:
		return errored(http.StatusUnauthorized, "The API secret is missing or wrong."), nil
	case x.tooLarge:
		return errored(http.StatusRequestEntityTooLarge, "The request is too large."), nil
	}

	unknown = x.op.unknownNames(x.value)
	refusal = x.op.checkRequest(x.body)
	if refusal == nil && len(unknown) > 0 {
		refusal = failed(map[string]any{"message": fmt.Sprintf("Not known: %q", unknown)})
	}
	return refusal, unknown
}

// violate records a violation.
func (s *Server) violate(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
}

// sleep waits for real time to pass, unless the client or the server goes.
func (s *Server) sleep(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-s.closed:
	}
}

// send writes the reply, or what is to get through of it.
func (out reply) send(w http.ResponseWriter) {
	if out.dropped {
		drop(w)
	}
	header := w.Header()
	header.Set("Content-Type", out.contentType)
	header.Set("Content-Length", strconv.Itoa(len(out.body)))
	if out.retryAfter != "" {
		header.Set("Retry-After", out.retryAfter)
	}
	w.WriteHeader(out.status)
	if out.truncated {
		_, _ = w.Write(out.body[:len(out.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(out.body) // a client that has gone is no concern
}

// drop closes the connection of a call that gets no answer. It does not return.
func drop(w http.ResponseWriter) {
	// With nothing at all sent, an HTTP client may call again by itself, unseen by
	// whoever counts calls. The beginning of an answer keeps it from that.
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_, _ = io.WriteString(conn, "HTTP/1.1 ")
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler)
}

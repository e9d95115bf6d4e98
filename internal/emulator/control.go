package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Control returns the handler of the routes under /_emulator/, with which a
// user looks at the broadcast and starts and stops encoders. They are no part
// of the API, ask for no secret, and answer to the loopback interface only.
//
//	GET    /_emulator/timeline       every viewer's timeline
//	GET    /_emulator/requests       the calls so far
//	GET    /_emulator/encoders       the encoders and what they are doing
//	POST   /_emulator/encoders       start an encoder, given as in a seed
//	DELETE /_emulator/encoders/{id}  stop an encoder
//
// The timeline is JSON for a caller that accepts it.
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_emulator/timeline", s.serveTimeline)
	mux.HandleFunc("GET /_emulator/requests", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, append([]Request{}, s.Requests()...))
	})
	mux.HandleFunc("GET /_emulator/encoders", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.Encoders())
	})
	mux.HandleFunc("POST /_emulator/encoders", s.serveStartEncoder)
	mux.HandleFunc("DELETE /_emulator/encoders/{id}", s.serveStopEncoder)
	return loopbackOnly(mux)
}

// Timelines returns the timeline of every viewer, by stream and source.
func (s *Server) Timelines() []Timeline {
	w := s.lock()
	defer s.mu.Unlock()
	timelines := make([]Timeline, 0, len(w.viewers))
	for v := range maps.Values(w.viewers) {
		timelines = append(timelines, v.timeline())
	}
	slices.SortFunc(timelines, func(a, b Timeline) int {
		return slices.Compare([]string{a.Stream, a.Source}, []string{b.Stream, b.Source})
	})
	return timelines
}

func (s *Server) serveTimeline(w http.ResponseWriter, r *http.Request) {
	timelines := s.Timelines()
	if strings.Contains(r.Header.Get("Accept"), jsonType) {
		writeJSON(w, http.StatusOK, timelines)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	for _, t := range timelines {
		_, _ = fmt.Fprintln(w, t)
	}
}

func (s *Server) serveStartEncoder(w http.ResponseWriter, r *http.Request) {
	// A page in a browser cannot send this type to another origin unasked.
	if r.Header.Get("Content-Type") != jsonType {
		http.Error(w, "Content-Type is not "+jsonType, http.StatusUnsupportedMediaType)
		return
	}
	var encoder Encoder
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&encoder); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if encoder.Stream == "" || encoder.TokenID == 0 && encoder.TokenLabel == "" {
		http.Error(w, "an encoder needs a stream, and a tokenId or a tokenLabel", http.StatusBadRequest)
		return
	}
	state, _ := s.Encoder(s.StartEncoder(encoder))
	writeJSON(w, http.StatusCreated, state)
}

func (s *Server) serveStopEncoder(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if _, ok := s.Encoder(EncoderID(id)); err != nil || !ok {
		http.Error(w, "no such encoder", http.StatusNotFound)
		return
	}
	s.StopEncoder(EncoderID(id))
	state, _ := s.Encoder(EncoderID(id))
	writeJSON(w, http.StatusOK, state)
}

// loopbackOnly refuses callers on other machines.
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			http.Error(w, "only for this machine", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(value) // a client that has gone is no concern
}

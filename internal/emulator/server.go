package emulator

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"
)

// TB is the part of testing.TB that [Start] needs.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Server is an emulated account. It is an [http.Handler] and safe for use by
// several goroutines.
type Server struct {
	secret           string
	latency          time.Duration
	monitoringStatus int
	clock            func() time.Time
	seeds            []Seed
	checksAnswers    bool

	url    string
	mux    *http.ServeMux
	closed chan struct{} // closed by close: calls that sleep wake up

	mu         sync.Mutex // guards what is below
	world      *world
	log        []*Request
	faults     []*injected
	violations []string
}

// New returns a server that does not listen.
func New(opts ...Option) *Server {
	s := &Server{
		secret:           "emulator-secret",
		monitoringStatus: defaultMonitoringStatus,
		clock:            time.Now,
		mux:              http.NewServeMux(),
		closed:           make(chan struct{}),
		world:            newWorld(),
	}
	for _, opt := range opts {
		opt(s)
	}
	for path := range description().Paths.Map() {
		s.mux.Handle(path, s.route(path))
	}
	s.mux.Handle("/", s.route(""))

	s.world.now = s.clock()
	for _, seed := range s.seeds {
		s.Seed(seed)
	}
	return s
}

// Start returns a server that listens on the loopback interface until the test
// is over. It checks its own answers. Each violation fails the test: an unknown
// route, query parameter or JSON property in a request, and an answer of its own
// that does not fit the description.
func Start(tb TB, opts ...Option) *Server {
	tb.Helper()

	s := New(append([]Option{WithResponseChecks()}, opts...)...)
	listener := httptest.NewServer(s)
	s.url = listener.URL
	tb.Cleanup(func() {
		close(s.closed)
		listener.Close()
		for _, violation := range s.Violations() {
			tb.Errorf("emulator: %s", violation)
		}
	})
	return s
}

// lock locks the server and brings its world up to date.
func (s *Server) lock() *world {
	s.mu.Lock()
	s.world.advance(s.clock())
	return s.world
}

// URL returns the base URL of a server made by [Start], without a slash at the end.
func (s *Server) URL() string { return s.url }

// Secret returns the API secret.
func (s *Server) Secret() string { return s.secret }

// Account returns the account id.
func (s *Server) Account() string { return s.world.account }

// Violations returns what was asked or answered outside the description so far,
// in words.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// SetLiveMonitoring switches the account feature LiveMonitoring on or off.
func (s *Server) SetLiveMonitoring(on bool) {
	w := s.lock()
	defer s.mu.Unlock()
	w.monitoringOff = s.monitoringStatus
	if on {
		w.monitoringOff = 0
	}
}

// CreateToken creates a token as by the dashboard and returns its id. The seed
// is not checked.
func (s *Server) CreateToken(seed TokenSeed) int64 {
	w := s.lock()
	defer s.mu.Unlock()
	return w.seedToken(seed)
}

// Token returns the token with an id.
func (s *Server) Token(id int64) (Token, bool) {
	w := s.lock()
	defer s.mu.Unlock()
	token, ok := w.tokens[id]
	if !ok {
		return Token{}, false
	}
	return token.clone(), true
}

// TokenByLabel returns the token with a label, the oldest if there are several.
func (s *Server) TokenByLabel(label string) (Token, bool) {
	w := s.lock()
	defer s.mu.Unlock()
	token, ok := w.findToken(0, label)
	if !ok || label == "" {
		return Token{}, false
	}
	return token.clone(), true
}

// Tokens returns all tokens in the order of their ids.
func (s *Server) Tokens() []Token {
	w := s.lock()
	defer s.mu.Unlock()
	tokens := make([]Token, 0, len(w.tokens))
	for _, token := range w.sortedTokens() {
		tokens = append(tokens, token.clone())
	}
	slices.SortFunc(tokens, func(a, b Token) int { return int(a.ID - b.ID) })
	return tokens
}

// SetPriority changes the stored priority of a token as by the dashboard; nil
// unsets it. Nothing changes on air.
func (s *Server) SetPriority(id int64, priority *int32) {
	s.UpdateToken(id, func(t *Token) { t.Priority = priority })
}

// UpdateToken changes a token as by the dashboard. The change is not checked and
// must not call the server. A token that does not exist is left at that.
func (s *Server) UpdateToken(id int64, change func(*Token)) {
	w := s.lock()
	defer s.mu.Unlock()
	stored, ok := w.tokens[id]
	if !ok {
		return
	}
	token := stored.clone()
	change(&token)
	token.ID = id
	w.put(token.clone())
}

// DeleteToken deletes a token as by the dashboard. Its feeds end at once.
func (s *Server) DeleteToken(id int64) {
	w := s.lock()
	defer s.mu.Unlock()
	w.remove(id)
}

// StartEncoder starts an encoder.
func (s *Server) StartEncoder(e Encoder) EncoderID {
	w := s.lock()
	defer s.mu.Unlock()
	return w.startEncoder(e)
}

// StopEncoder ends an encoder's feed, if any, and keeps it from coming back.
func (s *Server) StopEncoder(id EncoderID) {
	w := s.lock()
	defer s.mu.Unlock()
	w.stopEncoder(id)
}

// RestartEncoder ends an encoder's feed, if any, and has it connect again after
// its ReconnectAfter, with the secret that it has. An encoder that was stopped,
// or never reconnects by itself, comes back too.
func (s *Server) RestartEncoder(id EncoderID) {
	w := s.lock()
	defer s.mu.Unlock()
	w.restartEncoder(id)
}

// Encoders returns all encoders, stopped ones too, in the order they were started.
func (s *Server) Encoders() []EncoderState {
	w := s.lock()
	defer s.mu.Unlock()
	return w.encoderStates()
}

// Encoder returns what an encoder is doing.
func (s *Server) Encoder(id EncoderID) (EncoderState, bool) {
	w := s.lock()
	defer s.mu.Unlock()
	e, ok := w.encoders[id]
	if !ok {
		return EncoderState{}, false
	}
	return e.state(), true
}

// Feeds returns the live feeds of a stream in the order they connected.
func (s *Server) Feeds(stream string) []Feed {
	w := s.lock()
	defer s.mu.Unlock()
	return w.liveFeeds(stream)
}

// Timeline returns what viewers of one source of a stream got to see so far.
// Time without a picture counts until now, also if the show is over.
func (s *Server) Timeline(stream, source string) Timeline {
	w := s.lock()
	defer s.mu.Unlock()
	v, ok := w.viewers[viewerKey{stream, source}]
	if !ok {
		return Timeline{Stream: stream, Source: source}
	}
	return v.timeline()
}

// Disconnections returns every end of a feed so far, in order.
func (s *Server) Disconnections() []Disconnection {
	w := s.lock()
	defer s.mu.Unlock()
	return slices.Clone(w.disconnections)
}

// MaxAway returns how many encoders of a stream were away at the same time at
// most, because a reprioritize had disconnected them and they were not back yet.
func (s *Server) MaxAway(stream string) int {
	w := s.lock()
	defer s.mu.Unlock()
	return w.away[stream].most
}

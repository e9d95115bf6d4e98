package emulator

import (
	"fmt"
	"slices"
	"time"
)

// defaultReconnect is how long an encoder takes to reconnect if it does not say.
const defaultReconnect = 300 * time.Millisecond

// Encoder describes a simulated encoder: what it publishes, and how it behaves
// when it is disconnected.
type Encoder struct {
	TokenID    int64  // the token whose secret it holds
	TokenLabel string // instead of TokenID: the token with this label, as soon as there is one
	Stream     string
	SourceID   string // "": the main source
	Cluster    string // "": the token's origin cluster, or the account's default

	// Priority is the priority= of the encoder's publishing URL. It overrides the
	// token's. nil: the URL has none.
	Priority *int32

	ConnectAfter    time.Duration // from its start to its first attempt
	ReconnectAfter  time.Duration // from a disconnection, or a refusal, to the next attempt; 0: 300 ms
	NeverReconnects bool          // stays away once it was disconnected
	StaysStopped    bool          // stays away after a call that stops its stream; other disconnections it gets over
}

// EncoderID names an encoder of a [Server].
type EncoderID int

// EncoderState is an encoder and what it is doing.
type EncoderState struct {
	Encoder  Encoder   `json:"encoder"` // as it was started
	ID       EncoderID `json:"id"`
	Running  bool      `json:"running"`  // started and not stopped
	Live     bool      `json:"live"`     // has a feed
	TokenID  int64     `json:"tokenId"`  // the token whose secret it holds; 0 until there is one
	FeedID   FeedID    `json:"feedId"`   // of its feed now; "" if none
	Connects int       `json:"connects"` // how many feeds it has had
	Refused  string    `json:"refused"`  // why its last attempt was refused; "" if it was not
}

// encoder is an encoder at work. It holds the secret that its token had when it
// first saw the token.
type encoder struct {
	Encoder
	id       EncoderID
	running  bool
	feed     *feed // nil: not connected
	attempt  int   // the attempt to come; earlier ones are called off
	tokenID  int64 // 0 until its token exists
	secret   string
	connects int
	refused  string
	away     bool // reprioritized and not back yet
}

// startEncoder adds an encoder and lets it connect.
func (w *world) startEncoder(config Encoder) EncoderID {
	config.Priority = clonePointer(config.Priority)
	if config.ReconnectAfter <= 0 {
		config.ReconnectAfter = defaultReconnect
	}
	e := &encoder{Encoder: config, id: EncoderID(len(w.encoders) + 1), running: true}
	w.encoders[e.id] = e
	w.equip(e)
	w.connectAfter(e, max(config.ConnectAfter, 0))
	return e.id
}

// stopEncoder switches an encoder off for good, or until it is restarted.
func (w *world) stopEncoder(id EncoderID) {
	e, ok := w.encoders[id]
	if !ok {
		return
	}
	e.running = false
	e.attempt++
	w.returned(e)
	if e.feed != nil {
		w.disconnect(e.feed, CauseEncoder)
	}
}

// restartEncoder ends an encoder's feed, if any, and has it connect again.
func (w *world) restartEncoder(id EncoderID) {
	e, ok := w.encoders[id]
	if !ok {
		return
	}
	w.stopEncoder(id)
	e.running = true
	w.connectAfter(e, e.ReconnectAfter)
}

// equip gives an encoder its token's secret, once. A secret that changes later
// does not reach it.
func (w *world) equip(e *encoder) {
	if e.secret != "" {
		return
	}
	if token, ok := w.findToken(e.TokenID, e.TokenLabel); ok {
		e.tokenID, e.secret = token.ID, token.Secret
	}
}

// connectAfter schedules an encoder's next attempt and calls off any other.
func (w *world) connectAfter(e *encoder, d time.Duration) {
	e.attempt++
	attempt := e.attempt
	connect := func() {
		if e.attempt == attempt {
			w.tryConnect(e)
		}
	}
	if d == 0 {
		connect()
		return
	}
	w.after(d, connect)
}

// tryConnect connects an encoder, or has it try again later.
func (w *world) tryConnect(e *encoder) {
	w.equip(e)
	token, ok := w.tokens[e.tokenID]
	if e.refused = w.refusal(e, token, ok); e.refused == "" {
		w.connect(e, token)
		return
	}
	if !e.NeverReconnects || e.connects == 0 {
		w.connectAfter(e, e.ReconnectAfter)
	}
}

// refusal says why an encoder may not start to publish, and "" if it may.
func (w *world) refusal(e *encoder, token *Token, ok bool) string {
	switch {
	case !ok:
		return "no such token"
	case token.Secret != e.secret:
		return "the token has another secret by now"
	case !token.IsActive:
		return "the token is not active"
	case token.ExpiresOn != nil && !w.now.Before(*token.ExpiresOn):
		return "the token has expired"
	case !token.mayPublish(e.Stream):
		return fmt.Sprintf("the token may not publish the stream %q", e.Stream)
	default:
		return ""
	}
}

// awayCount counts the encoders of a stream that a reprioritize disconnected.
type awayCount struct{ now, most int }

// left notes that a reprioritize disconnected an encoder.
func (w *world) left(e *encoder) {
	count := w.away[e.Stream]
	count.now++
	count.most = max(count.most, count.now)
	w.away[e.Stream] = count
	e.away = true
}

// returned notes that an encoder is back, or is not expected any more.
func (w *world) returned(e *encoder) {
	if !e.away {
		return
	}
	count := w.away[e.Stream]
	count.now--
	w.away[e.Stream] = count
	e.away = false
}

// state returns what an encoder is doing.
func (e *encoder) state() EncoderState {
	state := EncoderState{
		Encoder:  e.Encoder,
		ID:       e.id,
		Running:  e.running,
		TokenID:  e.tokenID,
		Connects: e.connects,
		Refused:  e.refused,
	}
	state.Encoder.Priority = clonePointer(e.Priority)
	if e.feed != nil {
		state.Live, state.FeedID = true, e.feed.id
	}
	return state
}

// encoderStates returns all encoders in the order they were started.
func (w *world) encoderStates() []EncoderState {
	states := make([]EncoderState, 0, len(w.encoders))
	for _, e := range w.encoders {
		states = append(states, e.state())
	}
	slices.SortFunc(states, func(a, b EncoderState) int { return int(a.ID - b.ID) })
	return states
}

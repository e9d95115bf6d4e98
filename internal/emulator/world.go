package emulator

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// world is the account: its tokens and clusters, and what is being broadcast.
// It knows the rules but neither HTTP nor locks.
type world struct {
	account        string
	shape          shape
	defaults       []func(*Token) // what an answer to a create starts from
	monitoringOff  int            // status of the monitoring routes without LiveMonitoring, else 0
	defaultCluster string
	switchover     time.Duration // how long viewers wait for the next feed

	now    time.Time
	events []event // by time

	tokens map[int64]*Token
	nextID int64
	byName []*Token // all tokens by label and id; nil when out of date

	encoders       map[EncoderID]*encoder
	live           []*feed // in the order of connection
	ended          []*feed // in the order of their end
	viewers        map[viewerKey]*viewer
	disconnections []Disconnection
	away           map[string]awayCount // by stream
}

func newWorld() *world {
	return &world{
		account:        "Abcde0",
		defaultCluster: autoCluster,
		switchover:     500 * time.Millisecond,
		nextID:         firstTokenID,
		tokens:         make(map[int64]*Token),
		encoders:       make(map[EncoderID]*encoder),
		viewers:        make(map[viewerKey]*viewer),
		away:           make(map[string]awayCount),
	}
}

// newToken returns a token with the defaults of the API, which is not stored yet.
func (w *world) newToken() Token {
	token := Token{
		ID:             w.nextID,
		Secret:         newSecret(32),
		SRTPassphrase:  newSecret(16),
		AddedOn:        w.now.UTC().Truncate(time.Microsecond),
		IsActive:       true,
		Multisource:    true,
		LowLatencyRTMP: true,
	}
	for _, change := range w.defaults {
		change(&token)
	}
	return token
}

// put stores a token that is new or has changed.
func (w *world) put(token Token) {
	w.tokens[token.ID] = &token
	w.nextID = max(w.nextID, token.ID+1)
	w.byName = nil
}

// expireAfter sets when a new token expires.
func (t *Token) expireAfter(seconds int64) {
	t.ExpiresOn = new(t.AddedOn.Add(time.Duration(seconds) * time.Second))
}

// seedToken stores a token that is not created by a call.
func (w *world) seedToken(seed TokenSeed) int64 {
	token := w.newToken()
	token.Label = seed.Label
	token.Streams = seed.Streams
	token.Priority = seed.Priority
	token.OriginCluster = seed.OriginCluster
	token.Secret = cmp.Or(seed.Secret, token.Secret)
	token.IsActive = !seed.Inactive
	token.GeoCascade = seed.GeoCascade
	token.Restreams = seed.Restreams
	if seed.Expires > 0 {
		token.expireAfter(seed.Expires)
	}
	w.put(token.clone())
	return token.ID
}

// remove deletes a token and ends its feeds at once.
func (w *world) remove(id int64) {
	delete(w.tokens, id)
	w.byName = nil
	w.disconnectWhere(CauseDelete, func(f *feed) bool { return f.tokenID == id })
}

// sortedTokens returns all tokens by label, and by id among equal labels. The
// caller must not change the slice.
func (w *world) sortedTokens() []*Token {
	if w.byName == nil {
		w.byName = slices.SortedFunc(maps.Values(w.tokens), func(a, b *Token) int {
			return cmp.Or(strings.Compare(a.Label, b.Label), cmp.Compare(a.ID, b.ID))
		})
	}
	return w.byName
}

// findToken returns the token that an encoder is meant to publish with: the one
// with the id, or else the one with the label and the lowest id.
func (w *world) findToken(id int64, label string) (*Token, bool) {
	if id != 0 || label == "" {
		token, ok := w.tokens[id]
		return token, ok
	}
	for _, token := range w.sortedTokens() {
		if token.Label == label {
			return token, true
		}
	}
	return nil, false
}

package millicast

import (
	"encoding/json"
	"maps"
	"time"
)

// knownFor is how long a token is known after the call began that read it.
const knownFor = 60 * time.Second

// moment is when something began: its place in the order of all reads and
// writes of the Client, and the time.
type moment struct {
	order uint64
	at    time.Time
}

func (m moment) isOver(after time.Duration) bool { return time.Since(m.at) > after }

// knownTokens keeps what was read, as JSON, by token id. It knows what is too
// old to be kept. It is guarded by the lock of [tokenReads].
type knownTokens struct {
	order   uint64
	changed uint64 // the order of the last begin or end of a write of any token
	tokens  map[int64]knownToken
	written map[int64]uint64 // the order of the last begin or end of a write
	writing map[int64]int    // writes under way
}

type knownToken struct {
	raw   json.RawMessage
	began moment
}

func newKnownTokens() knownTokens {
	return knownTokens{tokens: map[int64]knownToken{}, written: map[int64]uint64{}, writing: map[int64]int{}}
}

// begin returns the moment for a read that begins now.
func (k *knownTokens) begin() moment {
	k.order++
	return moment{order: k.order, at: time.Now()}
}

func (k *knownTokens) get(id int64) (json.RawMessage, bool) {
	token, ok := k.tokens[id]
	return token.raw, ok && !token.began.isOver(knownFor)
}

// isCurrent reports whether a read that began at that moment saw all that this
// Client has written.
func (k *knownTokens) isCurrent(id int64, began moment) bool {
	return k.writing[id] == 0 && began.order > k.written[id]
}

// learn keeps the result of a call for one token: its JSON, or nil and an error.
func (k *knownTokens) learn(id int64, began moment, raw json.RawMessage, err error) {
	switch {
	case raw != nil:
		k.put(id, began, raw)
	case IsGone(err):
		k.drop(id, began)
	}
}

// put keeps a token, unless something later is known.
func (k *knownTokens) put(id int64, began moment, raw json.RawMessage) {
	if k.isCurrent(id, began) && began.order > k.tokens[id].began.order {
		k.tokens[id] = knownToken{raw: raw, began: began}
	}
}

// drop forgets a token, unless something later is known.
func (k *knownTokens) drop(id int64, began moment) {
	if began.order > k.tokens[id].began.order {
		delete(k.tokens, id)
	}
}

// write notes that a write of each token begins (+1) or ends (-1).
func (k *knownTokens) write(change int, ids []int64) {
	k.order++
	k.changed = k.order
	for _, id := range ids {
		k.written[id] = k.order
		k.writing[id] += change
		if k.writing[id] == 0 {
			delete(k.writing, id)
		}
		delete(k.tokens, id)
	}
}

// prune forgets what is known no longer.
func (k *knownTokens) prune() {
	maps.DeleteFunc(k.tokens, func(_ int64, token knownToken) bool { return token.began.isOver(knownFor) })
}

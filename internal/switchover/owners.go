package switchover

import "sync"

// Owners remembers, for one run, what sets the priority of which token. A
// priority has one owner: two would undo each other's work in every apply, and
// disconnect encoders each time.
type Owners struct {
	mu      sync.Mutex
	tokens  map[int64]string
	streams map[string]string
	ending  map[int64]bool // tokens whose owner is about to put another priority back
}

// Claim records an owner of a token's priority. If another one was there before,
// that one stays, and is returned with true.
func (o *Owners) Claim(tokenID int64, owner string) (other string, conflict bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if held, ok := o.tokens[tokenID]; ok && held != owner {
		return held, true
	}
	if o.tokens == nil {
		o.tokens = map[int64]string{}
	}
	o.tokens[tokenID] = owner
	return "", false
}

// ClaimStream is Claim for the order of a whole stream.
func (o *Owners) ClaimStream(stream, owner string) (other string, conflict bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if held, ok := o.streams[stream]; ok && held != owner {
		return held, true
	}
	if o.streams == nil {
		o.streams = map[string]string{}
	}
	o.streams[stream] = owner
	return "", false
}

// End records that the owner of a token's priority will put another one back. It
// returns the owner that goes on with the token, if there is one.
func (o *Owners) End(tokenID int64) (next string, conflict bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ending == nil {
		o.ending = map[int64]bool{}
	}
	o.ending[tokenID] = true
	next, conflict = o.tokens[tokenID]
	return next, conflict
}

// Ends reports whether somebody will put another priority back on a token.
func (o *Owners) Ends(tokenID int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ending[tokenID]
}

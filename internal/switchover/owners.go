package switchover

import "sync"

// Owners remembers, for one run, what sets the priority of which token. A
// priority has one owner: two would undo each other's work in every apply, and
// disconnect encoders each time.
type Owners struct {
	mu     sync.Mutex
	tokens map[int64]string
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

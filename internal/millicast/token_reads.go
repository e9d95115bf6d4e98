package millicast

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Read returns a token like [PublishTokensClient.Get], but may answer from a
// list that it loaded up to 60 s ago. Use it where many tokens are read in a row.
//
// The first reads are single calls. After that, a read that finds nothing may
// load the next 100 tokens of the account's list instead, as long as no more
// pages have been loaded than single calls made, for a token or to sign in. So
// reads never cost more than twice the calls of one Get each, and far fewer when
// most of the account's tokens are read: 1,000 of 1,000 cost some 20. Reads at the
// same time share what is under way.
//
// What this Client has written is never read back stale; what others have
// written can be, for 60 s. Only a call for the token itself decides that it is
// gone.
func (p *PublishTokensClient) Read(ctx context.Context, id int64) (PublishToken, error) {
	if !p.c.transport.bulkRead {
		return p.Get(ctx, id)
	}
	for ctx.Err() == nil {
		step := p.c.reads.next(id)
		switch {
		case step.known != nil:
			return p.decodeKnown(ctx, id, step.known)
		case step.load != nil:
			p.loadPage(ctx, step.load)
		case step.lead != nil:
			return p.lead(ctx, id, step.lead)
		case step.follow != nil:
			if await(ctx, step.follow.landed) && step.follow.shared {
				return step.follow.result()
			}
		default:
			brief, stop := context.WithTimeout(ctx, patience)
			await(brief, step.landing)
			stop()
		}
	}
	e := &exchange{transport: p.c.transport, call: getToken(id)}
	return PublishToken{}, e.failure(ctx.Err())
}

// patience is how long a read waits for what others have under way before it asks
// what to do anew. A call for another token that hangs is not waited for any longer.
const patience = time.Second

// await waits until done is closed, and reports false if ctx ended before.
func await(ctx context.Context, done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

func getToken(id int64) call {
	return call{method: http.MethodGet, route: "/api/publish_token/{tokenId}", params: params{"tokenId": id}}
}

// decodeKnown makes a copy for each reader, so that none sees another's changes.
func (p *PublishTokensClient) decodeKnown(ctx context.Context, id int64, raw json.RawMessage) (PublishToken, error) {
	var token PublishToken
	if json.Unmarshal(raw, &token) != nil {
		// A call for this token alone says best what is wrong with it.
		return p.Get(ctx, id)
	}
	return token, nil
}

// flight is a call for one token that several readers may wait for. The leader
// makes it under its own context; should that end, the others do it anew.
type flight struct {
	began  moment
	landed chan struct{} // closed at the end; what follows is not to be read before

	shared bool // there is a result for all
	raw    json.RawMessage
	err    error
}

func (f *flight) result() (PublishToken, error) {
	if f.err != nil {
		return PublishToken{}, f.err
	}
	var token PublishToken
	err := json.Unmarshal(f.raw, &token)
	return token, err
}

func (p *PublishTokensClient) lead(ctx context.Context, id int64, f *flight) (PublishToken, error) {
	defer p.c.reads.land(id, f)
	token, err := do[PublishToken](ctx, p.c, getToken(id))
	f.raw, f.err = encodeKnown(token, err), err
	f.shared = f.raw != nil || err != nil && ctx.Err() == nil
	return token, err
}

// encodeKnown returns what to keep of a call's result: nothing of an error.
func encodeKnown(token PublishToken, err error) json.RawMessage {
	if err != nil {
		return nil
	}
	raw, _ := json.Marshal(token) // it came out of JSON; if it fails, nothing is kept
	return raw
}

// tokenReads decides how each read gets its token.
type tokenReads struct {
	mu      sync.Mutex
	known   knownTokens
	flights map[int64]*flight
	sweep   *sweep[int64]
}

func newTokenReads() *tokenReads {
	return &tokenReads{known: newKnownTokens(), flights: map[int64]*flight{}, sweep: newSweep[int64]()}
}

// readStep is what a read has to do next. One of the fields is set.
type readStep struct {
	known   json.RawMessage  // use this
	load    *pageLoad[int64] // load this page, then ask again
	lead    *flight          // make this call
	follow  *flight          // wait for this call of another read
	landing <-chan struct{}  // wait for a call of another read, then ask again
}

func (r *tokenReads) next(id int64) readStep {
	r.mu.Lock()
	defer r.mu.Unlock()
	if raw, ok := r.known.get(id); ok {
		if r.sweep.seen[id] {
			r.sweep.spared++
		}
		return readStep{known: raw}
	}
	if f := r.flights[id]; f != nil && r.known.isCurrent(id, f.began) {
		return readStep{follow: f}
	}
	if r.sweep.isOver(knownFor) {
		r.sweep = newSweep[int64]()
		r.known.prune()
	}
	if r.sweep.mayLoad(r.pagesAllowed()) {
		return readStep{load: r.sweep.load(r.known.begin())}
	}
	if r.sweep.loading > 0 {
		return readStep{landing: r.sweep.landed}
	}
	if r.sweep.paysOff() {
		for _, f := range r.flights {
			if !f.began.isOver(patience) {
				return readStep{landing: f.landed}
			}
		}
	}
	f := &flight{began: r.known.begin(), landed: make(chan struct{})}
	r.flights[id] = f
	return readStep{lead: f}
}

// pagesAllowed is how many pages the single calls made so far allow: as many. Those
// that were not for a token, such as the sign-in, count once a page has spared a
// call. Before that, a few tokens of a large account would cost more than two calls
// each, the sign-in included.
func (r *tokenReads) pagesAllowed() int {
	if r.sweep.spared > 0 {
		return r.sweep.calls + r.sweep.besides
	}
	return r.sweep.calls
}

// besides takes note of a single call that was not for a token.
func (r *tokenReads) besides() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep.besides++
}

// begin returns the moment for a read that begins now.
func (r *tokenReads) begin() moment {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known.begin()
}

// learn keeps the result of a call for one token that began at that moment.
func (r *tokenReads) learn(id int64, began moment, raw json.RawMessage, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.learn(id, began, raw, err)
}

// learnAll keeps tokens that were read together.
func (r *tokenReads) learnAll(began moment, tokens []listedToken) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, token := range tokens {
		r.known.put(token.id, began, token.raw)
	}
}

// isStillSo reports whether the whole list, as it was read at that moment, may
// serve other reads: it is young, and nothing was written since.
func (r *tokenReads) isStillSo(began moment) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return began.order > r.known.changed && !began.isOver(knownFor)
}

// land ends a flight.
func (r *tokenReads) land(id int64, f *flight) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.learn(id, f.began, f.raw, f.err)
	// A write may have made way for a later flight.
	if r.flights[id] == f {
		delete(r.flights, id)
	}
	r.sweep.calls++
	close(f.landed)
}

// write marks tokens as being written until the returned function is called.
// No answer to a read that began before that is kept. Without ids it is a token
// that is yet to be made.
func (r *tokenReads) write(ids ...int64) (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.write(+1, ids)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.known.write(-1, ids)
	}
}

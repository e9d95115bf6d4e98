package millicast

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// clockTolerance is how much older than its create a token may seem: both
	// times are rounded, and the API is more than one machine.
	clockTolerance = 5 * time.Second

	// maxLooks is how often a create whose answer was lost looks for its token.
	maxLooks = 3
)

// Created is what [PublishTokensClient.CreateOnce] has made. Resumed says that
// it was there before, half made: its settings may not be what was asked for.
type Created struct {
	PublishToken
	Resumed bool
}

// LostCreateError is a create of which nobody knows whether it was carried out.
type LostCreateError struct {
	// Since is when the create began, by the API's clock, for a later
	// [PublishTokensClient.Recover].
	Since time.Time

	// Candidates are the tokens that it may have made: none or several.
	Candidates []PublishToken

	// Look is why looking for them failed. nil: it did not.
	Look error

	// Err is the error of the create.
	Err error
}

func (e *LostCreateError) Error() string {
	return fmt.Sprintf("%v; %d tokens may be the one", e.Err, len(e.Candidates))
}

// Unwrap returns the error of the create.
func (e *LostCreateError) Unwrap() error { return e.Err }

// CreateOnce makes a new token and never a second one. If the answer is lost, it
// looks for the token that was made meanwhile and returns that. If it can't tell
// which that is, or whether there is one, the error is a [*LostCreateError].
//
// A token of [PublishTokensClient.Resume] is taken instead of making one. Where
// that token can't be read, its id is returned along with the error.
//
// Creates that look alike go one after the other.
func (p *PublishTokensClient) CreateOnce(ctx context.Context, create PublishTokenCreate) (Created, error) {
	creations := p.c.creations
	done, err := creations.turn(ctx, Likeness(create))
	if err != nil {
		e := &exchange{transport: p.c.transport, call: createToken(create)}
		return Created{}, e.failure(err)
	}
	defer done()

	for id, ok := creations.takeHalfMade(Likeness(create)); ok; id, ok = creations.takeHalfMade(Likeness(create)) {
		token, err := p.Get(ctx, id)
		if IsGone(err) {
			continue
		}
		token.ID = id
		return Created{PublishToken: token, Resumed: true}, err
	}

	since := p.c.transport.clock.now()
	token, err := p.Create(ctx, create)
	switch {
	case err == nil:
		creations.claim([]PublishToken{token})
		return Created{PublishToken: token}, nil
	case IsUncertain(err):
		return p.recoverNow(ctx, create, &LostCreateError{Since: since, Err: err})
	default:
		return Created{}, err
	}
}

// recoverNow looks for the token of a create whose answer was just lost. The
// API may still be at it.
func (p *PublishTokensClient) recoverNow(ctx context.Context, create PublishTokenCreate, lost *LostCreateError) (Created, error) {
	for n := range maxLooks {
		if n > 0 && pauseFor(ctx, p.c.transport.waitMin<<n) != nil {
			break
		}
		lost.Candidates, lost.Look = p.Recover(ctx, create, lost.Since)
		if len(lost.Candidates) > 1 {
			break
		}
		if len(lost.Candidates) == 1 {
			// A list may tell less of a token than the answer to its create.
			token, err := p.Get(ctx, lost.Candidates[0].ID)
			token.ID = lost.Candidates[0].ID
			return Created{PublishToken: token}, err
		}
	}
	return Created{}, lost
}

// Recover returns the tokens that a create may have made whose answer was lost:
// those with its label and streams, made since, and not by another create of
// this Client. If it is one, the caller has it for itself: no other Recover
// returns it again.
func (p *PublishTokensClient) Recover(ctx context.Context, create PublishTokenCreate, since time.Time) ([]PublishToken, error) {
	list := p.ListByLabel(ctx, create.Label)
	if slices.ContainsFunc(create.Streams, func(s StreamName) bool { return s.IsRegex }) {
		list = p.List(ctx) // The other one leaves such tokens out.
	}
	var candidates []PublishToken
	for token, err := range list {
		if err != nil {
			return nil, err
		}
		if couldBe(token, create, since) {
			candidates = append(candidates, token)
		}
	}
	return p.c.creations.claim(candidates), nil
}

// couldBe reports whether a create that began at an instant may have made the
// token.
func couldBe(token PublishToken, create PublishTokenCreate, since time.Time) bool {
	return token.Label == create.Label &&
		streamsText(token.Streams) == streamsText(create.Streams) &&
		!token.AddedOn.Before(since.Add(-clockTolerance))
}

// Resume says that a half-made token exists: the next create like this one
// takes it instead of making one.
func (p *PublishTokensClient) Resume(create PublishTokenCreate, id int64) {
	p.c.creations.addHalfMade(Likeness(create), id)
}

// Resumes reports whether a create like this one would take a half-made token.
func (p *PublishTokensClient) Resumes(create PublishTokenCreate) bool {
	return p.c.creations.hasHalfMade(Likeness(create))
}

// Likeness is equal for creates whose tokens can't be told apart later: what
// else they ask for can be changed, and these have the same label, streams and
// time to live.
func Likeness(create PublishTokenCreate) string {
	return fmt.Sprintf("%q %s %v", create.Label, streamsText(create.Streams), create.Expires)
}

// streamsText is equal for equal sets of streams.
func streamsText(streams []StreamName) string {
	texts := make([]string, 0, len(streams))
	for _, s := range streams {
		texts = append(texts, fmt.Sprintf("%q/%v", s.StreamName, s.IsRegex))
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

// creations keeps the creates of a Client apart.
type creations struct {
	mu       sync.Mutex
	turns    map[string]*semaphore.Weighted // by likeness
	claimed  map[int64]bool                 // tokens that belong to a create
	halfMade map[string][]int64             // by likeness
}

func newCreations() *creations {
	return &creations{turns: map[string]*semaphore.Weighted{}, claimed: map[int64]bool{}, halfMade: map[string][]int64{}}
}

// turn waits until no create that looks alike is under way. An error is ctx's.
func (c *creations) turn(ctx context.Context, likeness string) (done func(), err error) {
	c.mu.Lock()
	turn, ok := c.turns[likeness]
	if !ok {
		turn = semaphore.NewWeighted(1)
		c.turns[likeness] = turn
	}
	c.mu.Unlock()
	if err := turn.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { turn.Release(1) }, nil
}

// claim returns the tokens that belong to no create yet. If it is one, it does
// from now on.
func (c *creations) claim(tokens []PublishToken) []PublishToken {
	c.mu.Lock()
	defer c.mu.Unlock()
	tokens = slices.DeleteFunc(tokens, func(t PublishToken) bool { return c.claimed[t.ID] })
	if len(tokens) == 1 {
		c.claimed[tokens[0].ID] = true
	}
	return tokens
}

func (c *creations) addHalfMade(likeness string, id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.halfMade[likeness], id) {
		c.halfMade[likeness] = append(c.halfMade[likeness], id)
	}
}

func (c *creations) hasHalfMade(likeness string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.halfMade[likeness]) > 0
}

func (c *creations) takeHalfMade(likeness string) (id int64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := c.halfMade[likeness]
	if len(ids) == 0 {
		return 0, false
	}
	c.halfMade[likeness] = ids[1:]
	return ids[0], true
}

// pauseFor waits, or returns the error of ctx as soon as it ends.
func pauseFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

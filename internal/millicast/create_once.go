package millicast

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// clockTolerance is how much older than its create a token may seem, since the
	// API is more than one machine.
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

// Attempt is one create under way: what it takes to find its token later, should
// the answer never come.
type Attempt struct {
	// Since is when it began, by the API's clock.
	Since time.Time `json:"since"`

	// Before are tokens that look like the one to come and were there already, as
	// far as this Client has made them.
	Before []int64 `json:"before,omitempty"`
}

// Encode returns the attempt as a JSON object.
func (a Attempt) Encode() []byte {
	encoded, err := json.Marshal(a)
	if err != nil {
		panic("millicast: an attempt of plain values did not encode: " + err.Error())
	}
	return encoded
}

// DecodeAttempt reads what [Attempt.Encode] wrote.
func DecodeAttempt(encoded []byte) (Attempt, error) {
	var a Attempt
	err := json.Unmarshal(encoded, &a)
	return a, err
}

// Recovered is what [PublishTokensClient.Recover] has found.
type Recovered struct {
	// ID is the token that the create has made. 0: none was found, or it can't be told
	// which one it is.
	ID int64

	// Candidates are the tokens that it may be, where it can't be told.
	Candidates []PublishToken
}

// LostCreateError is a create of which nobody knows whether it was carried out.
type LostCreateError struct {
	Attempt

	// Candidates are the tokens that it may have made. None: it was not found.
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
// Creates that look alike go one after the other. begin, which may be nil, hears
// of the attempt right before its call.
func (p *PublishTokensClient) CreateOnce(ctx context.Context, create PublishTokenCreate, begin func(Attempt)) (Created, error) {
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

	attempt := Attempt{Since: p.c.transport.clock.now(), Before: creations.claimedLike(Likeness(create))}
	if begin != nil {
		begin(attempt)
	}
	token, err := p.Create(ctx, create)
	switch {
	case err == nil:
		creations.claim(token.ID, Likeness(create))
		return Created{PublishToken: token}, nil
	case IsUncertain(err):
		return p.recoverNow(ctx, create, &LostCreateError{Attempt: attempt, Err: err})
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
		found, err := p.Recover(ctx, create, lost.Attempt)
		lost.Candidates, lost.Look = found.Candidates, err
		if len(found.Candidates) > 0 {
			break
		}
		if found.ID != 0 {
			// A list may tell less of a token than the answer to its create.
			token, err := p.Get(ctx, found.ID)
			token.ID = found.ID
			return Created{PublishToken: token}, err
		}
	}
	return Created{}, lost
}

// Recover looks for the token of an attempt whose answer was lost: one with the
// label and streams of its create, made since it began, and neither there before
// nor made by another create of this Client. It is found if there is exactly one;
// then the caller has it for itself, and no other Recover finds it again.
//
// A token that was made seconds before is never found: it may be somebody else's.
// It is a candidate if there is no other, since clocks may differ.
func (p *PublishTokensClient) Recover(ctx context.Context, create PublishTokenCreate, attempt Attempt) (Recovered, error) {
	list := p.ListByLabel(ctx, create.Label)
	if slices.ContainsFunc(create.Streams, func(s StreamName) bool { return s.IsRegex }) {
		list = p.List(ctx) // The other one leaves such tokens out.
	}
	var since, shortlyBefore []PublishToken
	for token, err := range list {
		if err != nil {
			return Recovered{}, err
		}
		switch attempt.origin(create, token) {
		case madeSince:
			since = append(since, token)
		case madeShortlyBefore:
			shortlyBefore = append(shortlyBefore, token)
		}
	}
	return p.c.creations.choose(since, shortlyBefore, Likeness(create)), nil
}

// origin is where a token may come from, as seen from an attempt.
type origin int

const (
	madeElsewhere origin = iota
	madeShortlyBefore
	madeSince
)

// origin holds a token against the attempt of a create.
func (a Attempt) origin(create PublishTokenCreate, token PublishToken) origin {
	if looks := Looks(create.Label, create.Streams); looks != Looks(token.Label, token.Streams) || slices.Contains(a.Before, token.ID) {
		return madeElsewhere
	}
	// Lists have times of whole seconds.
	switch began := a.Since.Truncate(time.Second); {
	case !token.AddedOn.Before(began):
		return madeSince
	case !token.AddedOn.Before(began.Add(-clockTolerance)):
		return madeShortlyBefore
	default:
		return madeElsewhere
	}
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
	return fmt.Sprintf("%s %v", Looks(create.Label, create.Streams), create.Expires)
}

// Looks is equal for tokens of the same label and streams. That is all that a
// token tells later of the create that made it.
func Looks(label string, streams []StreamName) string {
	return fmt.Sprintf("%q %s", label, streamsText(streams))
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
	claimed  map[int64]string               // tokens that belong to a create, with its likeness
	halfMade map[string][]int64             // by likeness
}

func newCreations() *creations {
	return &creations{turns: map[string]*semaphore.Weighted{}, claimed: map[int64]string{}, halfMade: map[string][]int64{}}
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

// claim says that a token belongs to a create.
func (c *creations) claim(id int64, likeness string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.claimed[id] = likeness
}

// claimedLike returns the tokens that belong to creates which look alike.
func (c *creations) claimedLike(likeness string) []int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []int64
	for id, like := range c.claimed {
		if like == likeness {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// choose claims the only token made since a create began that belongs to no
// other.
func (c *creations) choose(since, shortlyBefore []PublishToken, likeness string) Recovered {
	c.mu.Lock()
	defer c.mu.Unlock()
	free := func(tokens []PublishToken) []PublishToken {
		return slices.DeleteFunc(tokens, func(t PublishToken) bool { return c.claimed[t.ID] != "" })
	}
	since, shortlyBefore = free(since), free(shortlyBefore)
	switch len(since) {
	case 0:
		return Recovered{Candidates: shortlyBefore}
	case 1:
		c.claimed[since[0].ID] = likeness
		return Recovered{ID: since[0].ID}
	default:
		return Recovered{Candidates: since}
	}
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

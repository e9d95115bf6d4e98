package millicast

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// maxLooks is how often a create whose answer was lost looks for its token.
const maxLooks = 3

// Created is what [PublishTokensClient.CreateOnce] has made. Resumed says that
// it was there before, half made: its settings may not be what was asked for.
type Created struct {
	PublishToken
	Resumed bool
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
		case madeElsewhere:
		}
	}
	return p.c.creations.choose(since, shortlyBefore, Likeness(create)), nil
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

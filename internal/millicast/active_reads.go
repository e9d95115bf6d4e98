package millicast

import (
	"context"
	"slices"
	"sync"
)

// ReadActiveIDs returns what [PublishTokensClient.ActiveIDs] does, but may answer
// from a call of up to 5 s ago. Use it where many tokens are looked at in a row,
// and [PublishTokensClient.ActiveIDsNow] where one is about to be deleted.
func (p *PublishTokensClient) ReadActiveIDs(ctx context.Context) ([]int64, error) {
	return p.activeIDs(ctx, func(r *activeRound) bool { return p.c.live.isStillSo(r.began) })
}

// ActiveIDsNow returns what [PublishTokensClient.ActiveIDs] does, by a call that
// began after this one did. Many that ask at the same time share one: of two
// calls under way, the second is the answer to all who asked during the first.
func (p *PublishTokensClient) ActiveIDsNow(ctx context.Context) ([]int64, error) {
	asked := p.c.live.now()
	return p.activeIDs(ctx, func(r *activeRound) bool { return r.began.order > asked.order })
}

// activeIDs returns the result of the last round if it will do, else that of
// the next.
func (p *PublishTokensClient) activeIDs(ctx context.Context, willDo func(*activeRound) bool) ([]int64, error) {
	if !p.c.transport.bulkRead {
		return p.ActiveIDs(ctx)
	}
	for ctx.Err() == nil {
		round, leads := p.c.active.enter(p.c.live.now, willDo)
		if leads {
			round.ids, round.err = p.ActiveIDs(ctx)
			round.shared = round.err == nil || ctx.Err() == nil
			close(round.landed)
			return slices.Clone(round.ids), round.err
		}
		if await(ctx, round.landed) && round.shared && willDo(round) {
			return slices.Clone(round.ids), round.err
		}
	}
	e := &exchange{transport: p.c.transport, call: activeTokens}
	return nil, e.failure(ctx.Err())
}

// activeReads makes one call at a time for all who ask for the active tokens.
type activeReads struct {
	mu   sync.Mutex
	last *activeRound // nil: none was begun
}

// activeRound is a call that several may wait for. The leader makes it under its
// own context; should that end, the others do it anew.
type activeRound struct {
	began  moment
	landed chan struct{} // closed at the end; what follows is not to be read before

	shared bool // there is a result for all
	ids    []int64
	err    error
}

// enter returns the round to wait for, or one that the caller has to lead. A
// round that is under way and will not do is waited for all the same: the next
// one then serves everybody who came meanwhile.
func (r *activeReads) enter(now func() moment, willDo func(*activeRound) bool) (round *activeRound, leads bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last != nil {
		if !r.last.isOver() || r.last.err == nil && r.last.shared && willDo(r.last) {
			return r.last, false
		}
	}
	r.last = &activeRound{began: now(), landed: make(chan struct{})}
	return r.last, true
}

func (r *activeRound) isOver() bool {
	select {
	case <-r.landed:
		return true
	default:
		return false
	}
}

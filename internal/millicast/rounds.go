package millicast

import (
	"context"
	"sync"
)

// rounds make one call at a time for all who want the same.
type rounds[T any] struct {
	mu   sync.Mutex
	last *round[T] // nil: none was begun
}

// round is a call that several may wait for. The leader makes it under its own
// context; should that end, the others do it anew.
type round[T any] struct {
	began  moment
	landed chan struct{} // closed at the end; what follows is not to be read before

	shared bool // there is a result for all
	result T
	err    error
}

// get returns the result of the last round if it will do, else that of the next.
// Whoever makes the call gets its result in any case. If ctx ends before there is
// one, the error is that of ctx.
func (r *rounds[T]) get(ctx context.Context, now func() moment, willDo func(began moment) bool, call func(context.Context) (T, error)) (T, error) {
	for ctx.Err() == nil {
		last, leads := r.enter(now, willDo)
		if leads {
			last.result, last.err = call(ctx)
			last.shared = last.err == nil || ctx.Err() == nil
			close(last.landed)
			return last.result, last.err
		}
		if await(ctx, last.landed) && last.shared && willDo(last.began) {
			return last.result, last.err
		}
	}
	var none T
	return none, ctx.Err()
}

// enter returns the round to wait for, or one that the caller has to lead. A
// round that is under way and will not do is waited for all the same: the next
// one then serves everybody who came meanwhile.
func (r *rounds[T]) enter(now func() moment, willDo func(began moment) bool) (_ *round[T], leads bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last != nil && (!r.last.isOver() || r.last.shared && r.last.err == nil && willDo(r.last.began)) {
		return r.last, false
	}
	r.last = &round[T]{began: now(), landed: make(chan struct{})}
	return r.last, true
}

func (r *round[T]) isOver() bool {
	select {
	case <-r.landed:
		return true
	default:
		return false
	}
}

package millicast

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// longestWait is the longest that a call waits because the API asks for it.
// Beyond that an error that says so serves people better than silence.
const longestWait = 5 * time.Minute

// gate makes all calls of a Client wait when the API says that they are too many.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

// shut keeps the gate shut for at least d from now.
func (g *gate) shut(d time.Duration) {
	until := time.Now().Add(d)
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.until) {
		g.until = until
	}
}

func (g *gate) remaining() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Until(g.until)
}

// pass waits until the gate is open. It returns an error at once if that is
// too far away, and the context's error if ctx ends first.
func (g *gate) pass(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// Another call may shut the gate for longer meanwhile.
	for d := g.remaining(); d > 0; d = g.remaining() {
		if err := worthWaiting(ctx, d); err != nil {
			return err
		}
		timer := time.NewTimer(d)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
	return nil
}

// worthWaiting returns an error if nothing can come of waiting for d.
func worthWaiting(ctx context.Context, d time.Duration) error {
	if d > longestWait {
		return waitError{fmt.Sprintf("the next attempt would be due in %s, which is too long to wait", d.Round(time.Second))}
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return waitError{fmt.Sprintf("the next attempt would be due in %s, after the call's deadline", d.Round(time.Millisecond))}
	}
	return nil
}

// waitError says why a wait was not begun.
type waitError struct{ text string }

func (e waitError) Error() string { return e.text }

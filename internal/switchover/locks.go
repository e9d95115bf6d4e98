package switchover

import (
	"context"
	"math"
	"slices"
	"sync"

	"golang.org/x/sync/semaphore"
)

// streamLocks gives one change at a time a stream. A token whose streams are
// not known by name (a regular expression) takes them all.
type streamLocks struct {
	all *semaphore.Weighted // 1 for a change of named streams, everything for one of unknown streams

	mu    sync.Mutex
	names map[string]*semaphore.Weighted
}

func newStreamLocks() *streamLocks {
	return &streamLocks{all: semaphore.NewWeighted(math.MaxInt64), names: map[string]*semaphore.Weighted{}}
}

// lock waits for the streams and returns the function that gives them back. An
// error is ctx's.
func (l *streamLocks) lock(ctx context.Context, names []string, unknown bool) (func(), error) {
	weight := int64(1)
	if unknown {
		weight = math.MaxInt64
	}
	if err := l.all.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	held := []func(){func() { l.all.Release(weight) }}
	unlock := func() {
		for _, release := range slices.Backward(held) {
			release()
		}
	}

	// Everybody takes the names in the same order, so that no two wait for each other.
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		one := l.of(name)
		if err := one.Acquire(ctx, 1); err != nil {
			unlock()
			return nil, err
		}
		held = append(held, func() { one.Release(1) })
	}
	return unlock, nil
}

func (l *streamLocks) of(name string) *semaphore.Weighted {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, ok := l.names[name]
	if !ok {
		one = semaphore.NewWeighted(1)
		l.names[name] = one
	}
	return one
}

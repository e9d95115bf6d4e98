package switchover

import (
	"context"
	"sync"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// aheadAtOnce is how many reads may be under way ahead of their time.
const aheadAtOnce = 8

// ahead makes reads that are likely to be asked for, all at the same time, so
// that what follows waits for one answer instead of several in a row.
type ahead[K comparable, V any] struct {
	read  func(context.Context, K) (V, error)
	begun map[K]*aheadRead[V]
}

type aheadRead[V any] struct {
	done  chan struct{} // closed at the end; what follows is not to be read before
	value V
	err   error
}

// readAhead begins to read keys. The returned function has to be called; it ends
// the reads that nobody waited for.
func readAhead[K comparable, V any](ctx context.Context, read func(context.Context, K) (V, error), keys []K) (*ahead[K, V], func()) {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead[K, V]{read: read, begun: map[K]*aheadRead[V]{}}
	var reads sync.WaitGroup
	turns := make(chan struct{}, aheadAtOnce)
	for _, key := range keys {
		if a.begun[key] != nil {
			continue
		}
		r := &aheadRead[V]{done: make(chan struct{})}
		a.begun[key] = r
		reads.Go(func() {
			defer close(r.done)
			turns <- struct{}{}
			defer func() { <-turns }()
			if r.err = ctx.Err(); r.err == nil {
				r.value, r.err = read(ctx, key)
			}
		})
	}
	return a, func() { cancel(); reads.Wait() }
}

// get returns what was read ahead, and reads what was not.
func (a *ahead[K, V]) get(ctx context.Context, key K) (V, error) {
	r := a.begun[key]
	if r == nil {
		return a.read(ctx, key)
	}
	<-r.done
	return r.value, r.err
}

// lookAlong reads a token and, at the same time, what is live on the streams
// that it is expected to publish. What it publishes besides is read after that.
func (o *Operator) lookAlong(ctx context.Context, id int64, expected []string, token readToken, stream readStream) (View, error) {
	if o.noMonitoring.Load() || len(expected) > maxSingleReads {
		expected = nil
	}
	streams, end := readAhead(ctx, stream, expected)
	defer end()
	found, err := token(ctx, id)
	if err != nil {
		return View{}, err
	}
	return o.lookThrough(ctx, found, streams.get)
}

// readToken reads one token.
type readToken func(ctx context.Context, id int64) (millicast.PublishToken, error)

// Outlook is a look for the words of a plan, as by [Operator.LookAt], at what an
// earlier reading says is there to be seen: all of it is read at the same time.
type Outlook struct {
	o      *Operator
	id     int64
	names  []string
	tokens *ahead[int64, millicast.PublishToken]
	end    func()
}

// LookOut begins to read a token, what is live on its streams and the tokens that
// were live on them, all as far as a memory of it tells. End has to be called.
func (o *Operator) LookOut(ctx context.Context, tokenID int64, memory Memory) *Outlook {
	l := &Outlook{o: o, id: tokenID}
	ids := []int64{tokenID}
	if memory.TokenID == tokenID {
		for _, feed := range memory.Live {
			ids, l.names = append(ids, feed.TokenID), append(l.names, feed.Stream)
		}
	}
	l.tokens, l.end = readAhead(ctx, o.client.PublishTokens.Read, ids)
	return l
}

// End ends the reads that were not waited for.
func (l *Outlook) End() { l.end() }

// View returns what was read of the token and its streams.
func (l *Outlook) View(ctx context.Context) (View, error) {
	return l.o.lookAlong(ctx, l.id, l.names, l.tokens.get, l.o.client.Streams.Read)
}

// Labels is [Operator.Labels] of the view.
func (l *Outlook) Labels(ctx context.Context, view View) map[int64]string {
	return labels(ctx, view, l.tokens.get)
}

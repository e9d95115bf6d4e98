package switchover

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

const (
	// listedAtOnce is how many streams one call for the list of live streams brings.
	listedAtOnce = 100

	// shortestList is what a walk through the list costs: a page, and an empty one
	// that says that there is no more.
	shortestList = 2
)

// poller looks for all changes that wait for their feeds at the same time, so
// that the number of calls grows with time, not with the number of changes. A
// change that waits alone looks for itself. Several share readings of the list of
// live streams, as long as that takes fewer calls than a look of each.
type poller struct {
	o   *Operator
	gap time.Duration // between the begins of two readings

	mu      sync.Mutex
	waiting int // changes
	looks   int // calls that a look of each of them takes
	walk    int // calls that the list takes, as far as is known

	next  *round    // the reading that will begin next; nil: nobody asked for one
	last  *round    // the one that began last; nil: there was none
	pause time.Time // until then everybody looks for itself: the list failed
}

// round is a reading for all that asked before it began. Its leader makes it,
// under its own context; should that end, the others ask anew.
type round struct {
	tokens []millicast.PublishToken
	began  time.Time
	done   chan struct{} // closed at the end; what follows is not to be read before

	abandoned bool
	err       error
	seen      snapshot
}

func newPoller(o *Operator) *poller {
	return &poller{o: o, gap: o.pollInterval / 10, walk: shortestList}
}

// join says that a change begins to wait. It has to call the returned function
// when it waits no longer.
func (p *poller) join(token millicast.PublishToken) (leave func()) {
	note := func(waiting, looks int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.waiting += waiting
		p.looks += looks
	}
	looks := len(token.Streams)
	if !readsOneByOne(token) {
		looks = shortestList
	}
	note(+1, looks)
	return func() { note(-1, -looks) }
}

// look returns what is live on the streams of a token, by a reading that begins
// after the call.
func (p *poller) look(ctx context.Context, token millicast.PublishToken) (View, error) {
	for {
		r, leads := p.enter(token)
		if r == nil {
			return p.o.lookFresh(ctx, token)
		}
		if leads {
			p.lead(ctx, r)
		}
		select {
		case <-ctx.Done():
			return View{}, ctx.Err()
		case <-r.done:
		}
		if r.abandoned {
			continue
		}
		if r.err != nil {
			return View{}, r.err
		}
		if view, ok := r.seen.view(token); ok {
			return view, nil
		}
		return p.o.lookFresh(ctx, token)
	}
}

// enter returns the round that is to begin next, and whether the caller has to
// lead it. nil: a look of its own is cheaper.
func (p *poller) enter(token millicast.PublishToken) (r *round, leads bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	walk := p.walk
	if p.o.noMonitoring.Load() {
		walk = 1
	}
	if p.waiting < 2 || p.looks <= walk || time.Now().Before(p.pause) {
		return nil, false
	}
	if p.next == nil {
		p.next, leads = &round{done: make(chan struct{})}, true
	}
	p.next.tokens = append(p.next.tokens, token)
	return p.next, leads
}

func (p *poller) lead(ctx context.Context, r *round) {
	defer close(r.done)
	most, err := p.begin(ctx)
	if err == nil {
		r.seen, err = p.o.takeSnapshot(ctx, r.tokens, most)
	}
	r.abandoned = err != nil && ctx.Err() != nil
	if r.abandoned {
		return
	}

	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.pause = time.Now().Add(p.o.pollInterval)
	}
	// A refusal may be of the list alone: then everybody looks for itself.
	if err != nil && !millicast.IsNoLiveMonitoring(err) && !millicast.IsUnauthorized(err) && !millicast.IsRefused(err) {
		r.err = err
	}
	if r.seen.walk > 0 {
		p.walk = max(r.seen.walk, shortestList)
	}
}

// begin waits until the next round may begin, closes it to those who come later,
// and returns how many calls it may take.
func (p *poller) begin(ctx context.Context) (most int, err error) {
	p.mu.Lock()
	last := p.last
	p.mu.Unlock()
	if last != nil {
		err = p.waitFor(ctx, last)
	}

	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.next
	p.next = nil
	if err != nil {
		return 0, err
	}
	r.began = time.Now()
	p.last = r
	return p.looks, nil
}

// waitFor waits until the next round may follow the last one. A reading that
// hangs does not hold up the next for ever.
func (p *poller) waitFor(ctx context.Context, last *round) error {
	if err := sleep(ctx, time.Until(last.began.Add(p.gap))); err != nil {
		return err
	}
	patience := time.NewTimer(time.Until(last.began.Add(p.o.pollInterval)))
	defer patience.Stop()
	select {
	case <-last.done:
	case <-patience.C:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// snapshot is what one reading saw of all live streams, or of the active tokens.
type snapshot struct {
	monitored bool
	streams   []millicast.Stream
	complete  bool // no live stream is missing
	walk      int  // calls that the list takes. 0: not known; more than allowed if it was not read to the end
	active    []int64
	taken     bool
}

// takeSnapshot reads the list of live streams, until it has seen those of all
// tokens or most calls are made.
func (o *Operator) takeSnapshot(ctx context.Context, tokens []millicast.PublishToken, most int) (snapshot, error) {
	if o.noMonitoring.Load() {
		active, err := o.client.PublishTokens.ActiveIDs(ctx)
		return snapshot{active: active, taken: err == nil}, err
	}

	missing, all := map[string]bool{}, false
	for _, token := range tokens {
		all = all || !readsOneByOne(token)
		for _, name := range token.Streams {
			missing[name.StreamName] = true
		}
	}
	seen := snapshot{monitored: true, taken: true}
	for stream, err := range o.client.Streams.ListLive(ctx) {
		if err != nil {
			return snapshot{}, err
		}
		seen.streams = append(seen.streams, stream)
		delete(missing, stream.StreamName)
		if len(missing) == 0 && !all {
			return seen, nil
		}
		if len(seen.streams) == most*listedAtOnce {
			seen.walk = most + 1
			return seen, nil
		}
	}
	o.monitoring.Store(true)
	seen.complete = true
	seen.walk = (len(seen.streams)+listedAtOnce-1)/listedAtOnce + 1
	return seen, nil
}

// view returns what is live on a token's streams, and false if the snapshot can't
// tell.
func (s snapshot) view(token millicast.PublishToken) (View, bool) {
	view := View{Token: token, Monitored: s.monitored}
	if !s.monitored {
		// Which of its streams an active token feeds takes calls of its own.
		return view, s.taken && !slices.Contains(s.active, token.ID)
	}

	var own []millicast.Stream
	for _, stream := range s.streams {
		named := slices.ContainsFunc(token.Streams, func(n millicast.StreamName) bool { return n.StreamName == stream.StreamName })
		if readsOneByOne(token) && named || !readsOneByOne(token) && isFeeding(token, stream) {
			own = append(own, stream)
		}
	}
	view.feeds, view.Live = liveFeeds(own)
	return view, s.complete || readsOneByOne(token) && len(own) == len(token.Streams)
}

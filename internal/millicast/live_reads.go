package millicast

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// liveFor is how long a reading of a stream serves other reads, counted from the
// begin of its call.
const liveFor = 5 * time.Second

// Read returns what is live on a stream like [StreamsClient.Get], but may answer
// from a list of the live streams, or another read, of up to 5 s ago. Use it
// where many streams are read in a row, and Get where one is about to be changed.
// A stream on which nothing is live is no error: it comes without live feeds.
//
// When it loads a page of the list instead of making a call for the one stream is
// decided as by [PublishTokensClient.Read], so it never takes more than twice the
// calls of one Get each. That a stream is missing from the list proves that it is
// not live only if the whole list is one page; otherwise a call for the stream
// decides.
//
// What this Client has disconnected is never read back as live from before: see
// [StreamsClient.Changing].
func (s *StreamsClient) Read(ctx context.Context, name string) (Stream, error) {
	if !s.c.transport.bulkRead {
		return s.getLive(ctx, name)
	}
	for ctx.Err() == nil {
		step := s.c.live.next(name)
		switch {
		case step.known != nil:
			return step.known.clone(), nil
		case step.load != nil:
			s.loadPage(ctx, step.load)
		case step.lead != nil:
			return s.lead(ctx, name, step.lead)
		case step.follow != nil:
			if await(ctx, step.follow.landed) && step.follow.shared {
				return step.follow.stream.clone(), step.follow.err
			}
		default:
			await(ctx, step.landing)
		}
	}
	e := &exchange{transport: s.c.transport, call: getStream(name)}
	return Stream{}, e.failure(ctx.Err())
}

// Changing says that feeds are about to be disconnected, and come back, until the
// returned function is called. Meanwhile [StreamsClient.Read] makes a call for
// each read, and keeps nothing; later it forgets what was read before.
func (s *StreamsClient) Changing() (end func()) { return s.c.live.change() }

// getLive reads one stream. One that is gone is one on which nothing is live.
func (s *StreamsClient) getLive(ctx context.Context, name string) (Stream, error) {
	stream, err := s.Get(ctx, name)
	if IsGone(err) {
		return Stream{StreamName: name}, nil
	}
	return stream, err
}

func (s Stream) clone() Stream {
	s.Clusters, s.Feeds = slices.Clone(s.Clusters), slices.Clone(s.Feeds)
	return s
}

// streamFlight is a call for one stream that several readers may wait for. The
// leader makes it under its own context; should that end, the others do it anew.
type streamFlight struct {
	began  moment
	landed chan struct{} // closed at the end; what follows is not to be read before

	shared bool // there is a result for all
	stream Stream
	err    error
}

func (s *StreamsClient) lead(ctx context.Context, name string, f *streamFlight) (Stream, error) {
	stream, err := s.getLive(ctx, name)
	f.stream, f.err, f.shared = stream, err, err == nil || ctx.Err() == nil
	s.c.live.land(name, f)
	return stream.clone(), err
}

// loadPage loads a page for all readers. An error is not this read's: a call for
// the stream itself follows.
func (s *StreamsClient) loadPage(ctx context.Context, load *pageLoad[string]) {
	r := s.c.live
	streams, err := page[Stream](ctx, s.c, streamListRoute, liveInOrder(), load.number)

	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && ctx.Err() != nil {
		load.sweep.leave(load.number)
		return
	}
	names := make([]string, 0, len(streams))
	for _, stream := range streams {
		r.put(stream.StreamName, stream, load.began)
		names = append(names, stream.StreamName)
	}
	load.sweep.land(names, err)
}

// liveReads decides how each read gets its stream.
type liveReads struct {
	mu       sync.Mutex
	order    uint64
	known    map[string]knownStream
	flights  map[string]*streamFlight
	sweep    *sweep[string]
	changed  uint64 // the order of the last begin or end of a change
	changing int    // changes under way
}

type knownStream struct {
	stream Stream
	began  moment
}

func newLiveReads() *liveReads {
	return &liveReads{known: map[string]knownStream{}, flights: map[string]*streamFlight{}, sweep: newSweep[string]()}
}

// streamStep is what a read has to do next. One of the fields is set.
type streamStep struct {
	known   *Stream           // use this
	load    *pageLoad[string] // load this page, then ask again
	lead    *streamFlight     // make this call
	follow  *streamFlight     // wait for this call of another read
	landing <-chan struct{}   // wait for a page of another read, then ask again
}

func (r *liveReads) next(name string) streamStep {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.known[name]; ok && r.isFresh(known.began) {
		return streamStep{known: &known.stream}
	}
	if f := r.flights[name]; f != nil && r.isCurrent(f.began) {
		return streamStep{follow: f}
	}
	if r.sweep.pages > 0 && !r.isFresh(r.sweep.began) {
		r.sweep = newSweep[string]()
		maps.DeleteFunc(r.known, func(_ string, known knownStream) bool { return !r.isFresh(known.began) })
	}
	switch {
	case r.sweep.isWhole():
		return streamStep{known: &Stream{StreamName: name}}
	case r.changing == 0 && r.sweep.mayLoad(r.sweep.calls):
		return streamStep{load: r.sweep.load(r.begin())}
	case r.sweep.loading > 0:
		return streamStep{landing: r.sweep.landed}
	}
	f := &streamFlight{began: r.begin(), landed: make(chan struct{})}
	r.flights[name] = f
	return streamStep{lead: f}
}

// now is begin for who does not hold the lock.
func (r *liveReads) now() moment {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.begin()
}

// isStillSo reports whether what began at that moment may serve other reads.
func (r *liveReads) isStillSo(began moment) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.isFresh(began)
}

// begin returns the moment for a read that begins now.
func (r *liveReads) begin() moment {
	r.order++
	return moment{order: r.order, at: time.Now()}
}

// isCurrent reports whether nothing was changed since a read began.
func (r *liveReads) isCurrent(began moment) bool {
	return r.changing == 0 && began.order > r.changed
}

func (r *liveReads) isFresh(began moment) bool {
	return r.isCurrent(began) && !began.isOver(liveFor)
}

// put keeps a stream, unless something later is known.
func (r *liveReads) put(name string, stream Stream, began moment) {
	if r.isCurrent(began) && began.order > r.known[name].began.order {
		r.known[name] = knownStream{stream: stream, began: began}
	}
}

// land ends a flight.
func (r *liveReads) land(name string, f *streamFlight) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.err == nil {
		r.put(name, f.stream, f.began)
	}
	if r.flights[name] == f {
		delete(r.flights, name)
	}
	r.sweep.calls++
	close(f.landed)
}

func (r *liveReads) change() (end func()) {
	note := func(change int) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.order++
		r.changed, r.changing = r.order, r.changing+change
	}
	note(+1)
	return func() { note(-1) }
}

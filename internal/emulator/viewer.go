package emulator

import "time"

// viewerKey names what a viewer watches: one source of one stream.
type viewerKey struct{ stream, source string }

// viewer watches one source of one stream from its first feed on, and notes
// what is on air.
type viewer struct {
	world      *world
	key        viewerKey
	onAir      *feed // nil: no picture
	switchover int   // the switchover under way; earlier ones are called off
	moving     bool  // a switchover is under way
	spans      []Span
}

// viewerOf returns the viewer that a feed is for.
func (w *world) viewerOf(f *feed) *viewer {
	key := viewerKey{f.stream, f.source}
	v, ok := w.viewers[key]
	if !ok {
		v = &viewer{world: w, key: key}
		w.viewers[key] = v
	}
	return v
}

// connected has the viewer look at a feed that has just come in. A higher one
// takes over at once, with no gap. Among equals the one on air stays.
func (v *viewer) connected(f *feed) {
	switch {
	case v.moving:
		// What is on air next is decided when the switchover is over.
	case v.onAir == nil, outranks(f.priority, v.onAir.priority):
		v.show(f)
	}
}

// lost has the viewer cope with the end of a feed. If it was the one on air,
// moving to the next one takes a while.
func (v *viewer) lost(f *feed) {
	if v.onAir == f {
		v.show(nil)
	}
	if v.onAir != nil {
		return
	}
	if v.best() == nil {
		// Nothing to move to: the next feed that connects is shown at once.
		v.moving = false
		v.switchover++
		return
	}
	if !v.moving {
		v.move()
	}
}

// move starts a switchover to the best feed there is when it completes.
func (v *viewer) move() {
	v.moving = true
	v.switchover++
	number := v.switchover
	v.world.after(v.world.switchover, func() {
		if v.switchover == number {
			v.moving = false
			v.show(v.best())
		}
	})
}

// best returns the live feed with the highest priority, the first to connect
// among equals, or nil.
func (v *viewer) best() *feed {
	var best *feed
	for _, f := range v.world.live {
		if (viewerKey{f.stream, f.source}) == v.key && (best == nil || outranks(f.priority, best.priority)) {
			best = f
		}
	}
	return best
}

// show puts a feed on air, or nothing for nil, and notes it.
func (v *viewer) show(f *feed) {
	v.onAir = f
	now := v.world.now
	if last := len(v.spans) - 1; last >= 0 {
		v.spans[last].To = now
		// What lasted no time was never seen.
		if v.spans[last].From.Equal(now) {
			v.spans = v.spans[:last]
		}
	}

	span := Span{From: now}
	if f != nil {
		span.TokenID, span.Label, span.Cluster, span.Feed = f.tokenID, f.label, f.cluster, f.id
	}
	// A gap of no length joins what was around it only if that was the same feed.
	if last := len(v.spans) - 1; last >= 0 && v.spans[last].Feed == span.Feed {
		v.spans[last].To = time.Time{}
		return
	}
	v.spans = append(v.spans, span)
}

// timeline returns what was on air until now.
func (v *viewer) timeline() Timeline {
	t := Timeline{Stream: v.key.stream, Source: v.key.source, To: v.world.now}
	t.Spans = append(t.Spans, v.spans...)
	if len(t.Spans) > 0 {
		t.Spans[len(t.Spans)-1].To = t.To
		t.From = t.Spans[0].From
	}
	return t
}

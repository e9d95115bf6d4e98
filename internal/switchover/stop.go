package switchover

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// ErrNoAccount says that a stream can't be named to the API: the account id is
// not known, and no live feed tells it.
var ErrNoAccount = errors.New("the account id is not known")

// Stopped is what stopping a stream has done.
type Stopped struct {
	Before View // what was live
	Called bool // false: nothing was live, or the API certainly did nothing

	// After is the last look. A feed in it that was not there before has come
	// back by itself.
	After View

	// StillRuns says that a feed of before is live although the API said that the
	// stream was stopped.
	StillRuns bool
}

// Stop disconnects every feed of a stream. It calls nothing if nothing is live,
// and waits until the feeds are gone. Encoders that reconnect by themselves
// come back. It makes one call: if the answer is lost it looks whether the feeds
// are gone, because a second call could cut off encoders that are back already.
//
// Errors: [ErrNoAccount], where nothing was called; [*CallError] for the API's
// own, where [Stopped.Called] tells.
func (o *Operator) Stop(ctx context.Context, stream string) (Stopped, error) {
	unlock, err := o.locks.lock(ctx, []string{stream}, false)
	if err != nil {
		return Stopped{}, &CallError{Tried: "Waiting for another change of " + stream, Err: err}
	}
	defer unlock()

	view, err := o.lookFresh(ctx, tokenOf(stream))
	if err != nil {
		return Stopped{}, &CallError{Tried: "Reading what is live on " + stream, Err: err}
	}
	stopped := Stopped{Before: view, After: view}
	if view.Monitored && len(view.Live) == 0 {
		o.progress(ctx, "nothing is live on "+stream)
		return stopped, nil
	}
	id := o.streamID(view, stream)
	if id == "" {
		return stopped, ErrNoAccount
	}

	defer o.client.Streams.Changing()()
	o.progress(ctx, "stopping all feeds of "+stream)
	_, err = o.client.Streams.Stop(ctx, id)
	stopped.Called = err == nil || millicast.IsUncertain(err)
	switch failed := (&CallError{Tried: "Stopping " + id, Err: err}); {
	case err == nil:
		return stopped, o.awaitStop(ctx, stream, &stopped)
	case !stopped.Called || ctx.Err() != nil:
		return stopped, failed
	default:
		o.progress(ctx, "the answer for "+stream+" was lost: looking whether the call was carried out")
		if lookErr := o.awaitStop(ctx, stream, &stopped); lookErr != nil || !stopped.shows() {
			return stopped, failed
		}
		return stopped, nil
	}
}

// shows reports whether the feeds of before were seen and are gone.
func (s Stopped) shows() bool { return len(s.Before.Live) > 0 && s.gone() }

// gone reports whether none of the feeds of before is left. Without
// LiveMonitoring one that is back can't be told from one that still runs.
func (s Stopped) gone() bool {
	if s.Before.Monitored && s.After.Monitored {
		return !s.StillRuns
	}
	return len(s.After.Live) == 0
}

// CanStop reports whether a stream can be named to the API.
func (o *Operator) CanStop(view View, stream string) bool { return o.streamID(view, stream) != "" }

// streamID returns ACCOUNT/NAME, or nothing if nobody says which account it is.
func (o *Operator) streamID(view View, stream string) string {
	if o.accountID != "" {
		return o.accountID + "/" + stream
	}
	i := slices.IndexFunc(view.feeds, func(feed liveFeed) bool { return feed.StreamID != "" })
	if i < 0 {
		return ""
	}
	return view.feeds[i].StreamID
}

// awaitStop looks until the feeds of before are gone, or should be.
func (o *Operator) awaitStop(ctx context.Context, stream string, stopped *Stopped) error {
	for range gracePolls {
		view, err := o.lookFresh(ctx, tokenOf(stream))
		if err != nil {
			return &CallError{Tried: "Reading what is live on " + stream + " after the call", Err: err}
		}
		stopped.After = view
		stopped.StillRuns = stillRuns(view.feeds, stopped.Before.feeds)
		if stopped.gone() {
			o.progress(ctx, fmt.Sprintf("%d feeds of %s were stopped", len(stopped.Before.Live), stream))
			return nil
		}
		if err := sleep(ctx, o.pollInterval); err != nil {
			return &CallError{Tried: "Waiting until the feeds of " + stream + " are gone", Err: err}
		}
	}
	return nil
}

package switchover

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrNoAccount says that a stream can't be named to the API: the account id is
// not known, and no live feed tells it.
var ErrNoAccount = errors.New("the account id is not known")

// Stopped is what stopping a stream has done.
type Stopped struct {
	Before View // what was live
	Called bool // false: nothing was live

	// After is the last look. A feed in it that was not there before has come
	// back by itself.
	After View

	// StillRuns says that a feed of before is live although the API said that the
	// stream was stopped.
	StillRuns bool
}

// Stop disconnects every feed of a stream. It calls nothing if nothing is live,
// and waits until the feeds are gone. Encoders that reconnect by themselves
// come back.
//
// Errors: [ErrNoAccount], where nothing was called; [*CallError] for the API's own.
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
	if _, err := o.client.Streams.Stop(ctx, id); err != nil {
		return stopped, &CallError{Tried: "Stopping " + id, Err: err}
	}
	stopped.Called = true
	return stopped, o.awaitStop(ctx, stream, &stopped)
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
		if !stopped.StillRuns {
			o.progress(ctx, fmt.Sprintf("%d feeds of %s were stopped", len(stopped.Before.feeds), stream))
			return nil
		}
		if err := sleep(ctx, o.pollInterval); err != nil {
			return &CallError{Tried: "Waiting until the feeds of " + stream + " are gone", Err: err}
		}
	}
	return nil
}

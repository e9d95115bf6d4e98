package switchover

import (
	"context"
	"slices"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// maxSingleReads is up to how many streams of a token are read one by one. A
// token with more of them, or with a regular expression, is looked up in the
// list of live streams.
const maxSingleReads = 3

// View is what was stored and live at one moment, as far as one token matters.
type View struct {
	Token millicast.PublishToken

	// Live are the live feeds of all tokens on the streams that the token feeds.
	// Where Monitored is false only their TokenID and Stream are known.
	Live []failover.Feed

	// Monitored is false if the account has no LiveMonitoring: then the API says
	// which tokens are active, not what is on air or with which priority.
	Monitored bool

	feeds []liveFeed // Monitored only
}

type liveFeed struct {
	stream string
	millicast.Feed
}

// Streams returns the names, and regular expressions, that the token publishes.
func (v View) Streams() []string {
	names := make([]string, 0, len(v.Token.Streams))
	for _, stream := range v.Token.Streams {
		names = append(names, stream.StreamName)
	}
	slices.Sort(names)
	return names
}

// Priority returns the priority that is stored on the token.
func (v View) Priority() failover.Priority { return failover.PriorityOf(v.Token.Priority) }

// IsLive reports whether the token has a live feed.
func (v View) IsLive() bool {
	return slices.ContainsFunc(v.Live, func(f failover.Feed) bool { return f.TokenID == v.Token.ID })
}

// HasSeveralStreams reports whether a reprioritization may disconnect more than
// one stream.
func (v View) HasSeveralStreams() bool {
	return len(v.Token.Streams) > 1 || hasRegex(v.Token)
}

func hasRegex(token millicast.PublishToken) bool {
	return slices.ContainsFunc(token.Streams, func(s millicast.StreamName) bool { return s.IsRegex })
}

// Look reads what is stored on a token and live on its streams, fresh. Expected
// are the names of the streams that it publishes, as far as they are known: they
// save a wait.
func (o *Operator) Look(ctx context.Context, tokenID int64, expected ...string) (View, error) {
	return o.lookAlong(ctx, tokenID, expected, o.client.PublishTokens.Get, o.client.Streams.Get)
}

// LookAt reads what is live on the streams of a token that was just read. It is
// for words and refreshes: what it says can be seconds old, because many looks
// share their calls. Nothing is changed on the strength of it.
func (o *Operator) LookAt(ctx context.Context, token millicast.PublishToken) (View, error) {
	return o.lookThrough(ctx, token, o.client.Streams.Read)
}

// lookFresh reads what is live now.
func (o *Operator) lookFresh(ctx context.Context, token millicast.PublishToken) (View, error) {
	return o.lookThrough(ctx, token, o.client.Streams.Get)
}

// readStream reads what is live on one stream.
type readStream func(ctx context.Context, name string) (millicast.Stream, error)

func (o *Operator) lookThrough(ctx context.Context, token millicast.PublishToken, read readStream) (View, error) {
	view := View{Token: token}
	if !o.noMonitoring.Load() {
		streams, err := o.liveStreams(ctx, token, read)
		if err == nil {
			o.monitoring.Store(true)
			view.Monitored = true
			view.feeds, view.Live = liveFeeds(streams)
			return view, nil
		}
		if !millicast.IsNoLiveMonitoring(err) || !o.confirmNoMonitoring(ctx) {
			return View{}, err
		}
		o.noMonitoring.Store(true)
	}
	return o.lookAtActive(ctx, view)
}

// confirmNoMonitoring asks for a second opinion, since the API does not say how
// it refuses: an answer that is no more than a passing fault must not hide which
// feed is on air.
func (o *Operator) confirmNoMonitoring(ctx context.Context) bool {
	if o.monitoring.Load() {
		return false
	}
	for _, err := range o.client.Streams.ListLive(ctx) {
		return millicast.IsNoLiveMonitoring(err)
	}
	return false
}

// LookAtStream reads what is live on one stream, with the caveat of
// [Operator.LookAt]. The view has no token.
func (o *Operator) LookAtStream(ctx context.Context, name string) (View, error) {
	return o.LookAt(ctx, tokenOf(name))
}

// tokenOf stands for any token of a stream.
func tokenOf(stream string) millicast.PublishToken {
	return millicast.PublishToken{Streams: []millicast.StreamName{{StreamName: stream}}}
}

// liveStreams reads the streams that the token may be feeding.
func (o *Operator) liveStreams(ctx context.Context, token millicast.PublishToken, read readStream) ([]millicast.Stream, error) {
	var streams []millicast.Stream
	if readsOneByOne(token) {
		for _, name := range token.Streams {
			stream, err := read(ctx, name.StreamName)
			if millicast.IsGone(err) {
				continue // Not live within the hour.
			}
			if err != nil {
				return nil, err
			}
			streams = append(streams, stream)
		}
		return streams, nil
	}

	for stream, err := range o.client.Streams.ListLive(ctx) {
		if err != nil {
			return nil, err
		}
		if isFeeding(token, stream) {
			streams = append(streams, stream)
		}
	}
	return streams, nil
}

func readsOneByOne(token millicast.PublishToken) bool {
	return !hasRegex(token) && len(token.Streams) <= maxSingleReads
}

// isFeeding reports whether a token has a live feed on a stream.
func isFeeding(token millicast.PublishToken, stream millicast.Stream) bool {
	return slices.ContainsFunc(stream.Feeds, func(f millicast.Feed) bool { return f.Active && f.TokenID == token.ID })
}

func liveFeeds(streams []millicast.Stream) (feeds []liveFeed, live []failover.Feed) {
	for _, stream := range streams {
		for _, feed := range stream.Feeds {
			if !feed.Active {
				continue
			}
			feeds = append(feeds, liveFeed{stream: stream.StreamName, Feed: feed})
			live = append(live, failover.Feed{
				TokenID:  feed.TokenID,
				Stream:   stream.StreamName,
				Source:   feed.SourceID,
				Priority: failover.PriorityOf(feed.Priority),
				OnAir:    feed.IsRedundant != nil && !*feed.IsRedundant,
			})
		}
	}
	return feeds, live
}

// lookAtActive fills the view from the ids of the active tokens, which every
// account can read. It can't tell sources, priorities or what is on air.
func (o *Operator) lookAtActive(ctx context.Context, view View) (View, error) {
	if o.accountID != "" && !hasRegex(view.Token) {
		for _, stream := range view.Token.Streams {
			ids, err := o.client.PublishTokens.ActiveIDsOfStream(ctx, o.accountID+"/"+stream.StreamName)
			if err != nil {
				return View{}, err
			}
			view.Live = append(view.Live, activeFeeds(stream.StreamName, ids)...)
		}
		return o.distrustAccount(ctx, view)
	}

	active, err := o.client.PublishTokens.ActiveIDs(ctx)
	if err != nil {
		return View{}, err
	}
	if view.Token.ID != 0 && !slices.Contains(active, view.Token.ID) {
		return view, nil
	}
	for _, stream := range view.Token.Streams {
		var ids []int64
		if !stream.IsRegex {
			if ids, err = o.activeOf(ctx, stream.StreamName, active); err != nil {
				return View{}, err
			}
		}
		if view.Token.ID != 0 && !slices.Contains(ids, view.Token.ID) {
			ids = append(ids, view.Token.ID)
		}
		view.Live = append(view.Live, activeFeeds(stream.StreamName, ids)...)
	}
	return view, nil
}

// distrustAccount holds what the API says of single streams against all active
// tokens. With a wrong account id it says that nobody is live: then the token
// counts as live, alone, on all its streams.
func (o *Operator) distrustAccount(ctx context.Context, view View) (View, error) {
	if view.Token.ID == 0 || view.IsLive() {
		return view, nil
	}
	active, err := o.client.PublishTokens.ActiveIDs(ctx)
	if err != nil {
		return View{}, err
	}
	if !slices.Contains(active, view.Token.ID) {
		return view, nil
	}
	view.Live = nil
	for _, stream := range view.Token.Streams {
		view.Live = append(view.Live, activeFeeds(stream.StreamName, []int64{view.Token.ID})...)
	}
	return view, nil
}

// activeOf returns the active tokens that publish this stream and no other: of
// those that publish more, being active says nothing about this one.
func (o *Operator) activeOf(ctx context.Context, stream string, active []int64) ([]int64, error) {
	var ids []int64
	for token, err := range o.client.PublishTokens.ListByStreamName(ctx, stream) {
		if err != nil {
			return nil, err
		}
		only := len(token.Streams) == 1 && !token.Streams[0].IsRegex && token.Streams[0].StreamName == stream
		if only && slices.Contains(active, token.ID) {
			ids = append(ids, token.ID)
		}
	}
	return ids, nil
}

func activeFeeds(stream string, ids []int64) []failover.Feed {
	feeds := make([]failover.Feed, 0, len(ids))
	for _, id := range ids {
		feeds = append(feeds, failover.Feed{TokenID: id, Stream: stream})
	}
	return feeds
}

// Labels returns the labels of the tokens that have a live feed in the view. It
// is for words: a token whose label can't be read is left out.
func (o *Operator) Labels(ctx context.Context, view View) map[int64]string {
	return labels(ctx, view, o.client.PublishTokens.Read)
}

func labels(ctx context.Context, view View, read readToken) map[int64]string {
	labels := map[int64]string{view.Token.ID: view.Token.Label}
	for _, feed := range view.Live {
		if _, ok := labels[feed.TokenID]; ok {
			continue
		}
		if token, err := read(ctx, feed.TokenID); err == nil {
			labels[feed.TokenID] = token.Label
		}
	}
	return labels
}

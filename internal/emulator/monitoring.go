package emulator

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// liveTime is the layout of times in monitoring.
const liveTime = "2006-01-02T15:04:05.000Z"

// streamAnswer is a stream that is live, or was within the hour.
type streamAnswer struct {
	StreamID           string        `json:"streamId"` // ACCOUNT/NAME
	StreamName         string        `json:"streamName"`
	ClusterID          string        `json:"clusterId"`
	Clusters           []string      `json:"clusters"`
	SecureStream       bool          `json:"secureStream"`
	IsRecordingAllowed bool          `json:"isRecordingAllowed"`
	Multisource        bool          `json:"multisource"`
	Live               bool          `json:"live"`
	StartTime          string        `json:"startTime"`
	EndTime            field[string] `json:"endTime,omitzero"`
	ViewerCount        int64         `json:"viewerCount"`
	HasRedundant       bool          `json:"hasRedundant"`
	Restreaming        bool          `json:"restreaming"`
	Feeds              []feedAnswer  `json:"feeds"`

	started, ended time.Time
}

// feedAnswer is what one encoder sends, or sent.
type feedAnswer struct {
	StreamID           string                      `json:"streamId"`
	FeedID             FeedID                      `json:"feedId"`
	ClusterID          string                      `json:"clusterId"`
	SourceID           field[string]               `json:"sourceId,omitzero"`
	ServerID           string                      `json:"serverId"`
	Active             bool                        `json:"active"`
	StartTime          string                      `json:"startTime"`
	EndTime            field[string]               `json:"endTime,omitzero"`
	IsRecordingAllowed bool                        `json:"isRecordingAllowed"`
	PacketLoss         float64                     `json:"packetLoss"`
	IsRedundant        field[bool]                 `json:"isRedundant,omitzero"` // viewers do not get it
	Priority           field[int32]                `json:"priority,omitzero"`
	TokenID            int64                       `json:"tokenId"`
	Restreams          field[[]feedRestreamAnswer] `json:"restreams,omitzero"`
	TrackDetails       []struct{}                  `json:"trackDetails"`
}

// feedRestreamAnswer is an endpoint that a feed is, or was, forwarded to.
type feedRestreamAnswer struct {
	Label  field[string]         `json:"label,omitzero"`
	Index  int                   `json:"index"`
	URL    string                `json:"url"`
	Active bool                  `json:"active"`
	Events []restreamEventAnswer `json:"events"`
}

type restreamEventAnswer struct {
	Started string        `json:"started"`
	Ended   field[string] `json:"ended,omitzero"`
}

// getStream answers one stream. Names are exact.
func (w *world) getStream(c call) *answer {
	if w.monitoringOff != 0 {
		return w.noMonitoring()
	}
	name := c.path("streamName")
	stream, ok := w.recentStreams()[name]
	if !ok {
		return noStream(name)
	}
	return succeeded(stream)
}

// noMonitoring answers for an account without the feature. Which status the API
// has for that is not known.
func (w *world) noMonitoring() *answer {
	return errored(w.monitoringOff, "The feature LiveMonitoring is not enabled for this account.")
}

// listStreams answers one page of the streams that match.
func (w *world) listStreams(c call) *answer {
	if w.monitoringOff != 0 {
		return w.noMonitoring()
	}
	var found []*streamAnswer
	for _, stream := range w.recentStreams() {
		if stream.matches(c) {
			found = append(found, stream)
		}
	}
	order := streamOrder(c.query("sortBy", "Live"), w.now)
	slices.SortFunc(found, func(a, b *streamAnswer) int {
		by := order(a, b)
		if descending := c.flag("isDescending"); descending == nil || *descending {
			by = -by
		}
		return cmp.Or(by, strings.Compare(a.StreamID, b.StreamID))
	})

	perPage := c.number("itemsOnPage", 10)
	items := append([]*streamAnswer{}, page(c, found, perPage)...)
	type pagination struct {
		TotalItems  int `json:"totalItems"`
		TotalPages  int `json:"totalPages"`
		ItemsOnPage int `json:"itemsOnPage"`
	}
	return succeeded(struct {
		Pagination pagination      `json:"pagination"`
		Data       []*streamAnswer `json:"data"`
	}{pagination{len(found), (len(found) + perPage - 1) / perPage, len(items)}, items})
}

// matches reports whether the filters of a listing let a stream through.
func (a *streamAnswer) matches(c call) bool {
	for name, value := range map[string]bool{
		"isActive":           a.Live,
		"isSecure":           a.SecureStream,
		"isMultisource":      a.Multisource,
		"hasRedundant":       a.HasRedundant,
		"isRecordingAllowed": a.IsRecordingAllowed,
		"isRestreaming":      a.Restreaming,
	} {
		if wanted := c.flag(name); wanted != nil && *wanted != value {
			return false
		}
	}
	if clusters := c.values["cluster"]; len(clusters) > 0 && !slices.ContainsFunc(a.Clusters, func(id string) bool { return slices.Contains(clusters, id) }) {
		return false
	}
	// No stream is transcoded here.
	return !c.values.Has("transcoderId") && strings.Contains(a.StreamName, c.query("searchSubstring", ""))
}

// streamOrder returns how streams compare by a property.
func streamOrder(by string, now time.Time) func(a, b *streamAnswer) int {
	number := func(of func(*streamAnswer) int64) func(a, b *streamAnswer) int {
		return func(a, b *streamAnswer) int { return cmp.Compare(of(a), of(b)) }
	}
	flag := func(of func(*streamAnswer) bool) func(a, b *streamAnswer) int {
		return number(func(a *streamAnswer) int64 {
			if of(a) {
				return 1
			}
			return 0
		})
	}
	switch by {
	case "StreamId":
		return func(a, b *streamAnswer) int { return strings.Compare(a.StreamID, b.StreamID) }
	case "Cluster":
		return func(a, b *streamAnswer) int { return strings.Compare(a.ClusterID, b.ClusterID) }
	case "StartTime":
		return func(a, b *streamAnswer) int { return a.started.Compare(b.started) }
	case "Duration":
		return number(func(a *streamAnswer) int64 {
			if a.Live {
				return int64(now.Sub(a.started))
			}
			return int64(a.ended.Sub(a.started))
		})
	case "ViewerCount":
		return number(func(a *streamAnswer) int64 { return a.ViewerCount })
	case "Restream":
		return flag(func(a *streamAnswer) bool { return a.Restreaming })
	default: // Live
		return flag(func(a *streamAnswer) bool { return a.Live })
	}
}

// recentStreams returns the streams that are live or ended within the hour, by
// name. Their feeds are in the order of connection.
func (w *world) recentStreams() map[string]*streamAnswer {
	w.ended = slices.DeleteFunc(w.ended, func(f *feed) bool { return !f.end.Add(recent).After(w.now) })

	feeds := append(slices.Clone(w.ended), w.live...)
	slices.SortStableFunc(feeds, func(a, b *feed) int { return a.start.Compare(b.start) })
	streams := make(map[string]*streamAnswer)
	for _, f := range feeds {
		stream, ok := streams[f.stream]
		if !ok {
			stream = &streamAnswer{
				StreamID:    w.account + "/" + f.stream,
				StreamName:  f.stream,
				ClusterID:   f.cluster,
				Multisource: f.multi,
				StartTime:   f.start.UTC().Format(liveTime),
				started:     f.start,
			}
			streams[f.stream] = stream
		}
		w.addFeed(stream, f)
	}
	for stream := range maps.Values(streams) {
		stream.EndTime = optional[string](w.shape, nil)
		if !stream.Live {
			stream.EndTime = optional(w.shape, new(stream.ended.UTC().Format(liveTime)))
		}
		stream.Clusters = shuffle(w.shape, stream.Clusters)
	}
	return streams
}

// addFeed adds a feed to the answer about its stream.
func (w *world) addFeed(stream *streamAnswer, f *feed) {
	s := w.shape
	a := feedAnswer{
		StreamID:           stream.StreamID,
		FeedID:             f.id,
		ClusterID:          f.cluster,
		SourceID:           nonzero(s, f.source),
		ServerID:           f.cluster + "-emulated",
		Active:             f.isLive(),
		StartTime:          f.start.UTC().Format(liveTime),
		EndTime:            optional[string](s, nil),
		IsRecordingAllowed: f.recorded,
		IsRedundant:        optional[bool](s, nil),
		Priority:           optional(s, f.priority),
		TokenID:            f.tokenID,
		Restreams:          w.feedRestreams(f),
		TrackDetails:       []struct{}{},
	}
	if f.isLive() {
		onAir := w.viewerOf(f).onAir == f
		a.IsRedundant = optional(s, new(!onAir))
		stream.Live = true
		stream.HasRedundant = stream.HasRedundant || !onAir
		stream.Restreaming = stream.Restreaming || len(f.restreams) > 0
		if onAir {
			stream.ViewerCount++
			stream.ClusterID = f.cluster
		}
	} else {
		a.EndTime = optional(s, new(f.end.UTC().Format(liveTime)))
		if f.end.After(stream.ended) {
			stream.ended = f.end
		}
	}
	if !slices.Contains(stream.Clusters, f.cluster) {
		stream.Clusters = append(stream.Clusters, f.cluster)
	}
	stream.SecureStream = stream.SecureStream || f.secure
	stream.IsRecordingAllowed = stream.IsRecordingAllowed || f.recorded
	stream.Feeds = append(stream.Feeds, a)
}

// feedRestreams writes where a feed is, or was, forwarded to.
func (w *world) feedRestreams(f *feed) field[[]feedRestreamAnswer] {
	if len(f.restreams) == 0 {
		return optional[[]feedRestreamAnswer](w.shape, nil)
	}
	answers := make([]feedRestreamAnswer, 0, len(f.restreams))
	for i, r := range f.restreams {
		event := restreamEventAnswer{r.start.UTC().Format(liveTime), optional[string](w.shape, nil)}
		if !r.end.IsZero() {
			event.Ended = optional(w.shape, new(r.end.UTC().Format(liveTime)))
		}
		answers = append(answers, feedRestreamAnswer{optional(w.shape, r.Label), i, r.URL, r.end.IsZero(), []restreamEventAnswer{event}})
	}
	return optional(w.shape, &answers)
}

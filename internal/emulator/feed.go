package emulator

import (
	"crypto/rand"
	"fmt"
	"slices"
	"time"
)

// recent is how long the API remembers a feed that has ended.
const recent = time.Hour

// FeedID names one connection of an encoder. Each connection has its own.
type FeedID string

// Feed is a live feed: what one encoder sends.
type Feed struct {
	ID       FeedID
	Encoder  EncoderID
	TokenID  int64
	Stream   string
	Source   string
	Cluster  string
	Priority *int32 // fixed when it connected; nil: unset
	Since    time.Time
	OnAir    bool // viewers get it
}

// Cause says why a feed ended.
type Cause string

// The causes of a disconnection.
const (
	CauseReprioritize Cause = "reprioritize"
	CauseStop         Cause = "stop"
	CauseDelete       Cause = "delete"
	CauseEncoder      Cause = "encoder" // the encoder was stopped or restarted
)

// Disconnection is the end of a feed.
type Disconnection struct {
	At      time.Time
	TokenID int64
	Stream  string
	Source  string
	Encoder EncoderID
	Feed    FeedID
	Cause   Cause
	OnAir   bool // viewers got it until then
}

// feed is one connection of an encoder, live or ended. What the token says is
// taken over when it connects.
type feed struct {
	id        FeedID
	encoder   *encoder
	tokenID   int64
	label     string
	stream    string
	source    string
	cluster   string
	priority  *int32
	start     time.Time
	end       time.Time // zero while live
	secure    bool
	recorded  bool
	multi     bool
	restreams []feedRestream
}

// feedRestream is an endpoint that a feed is, or was, forwarded to.
type feedRestream struct {
	Restream
	start time.Time
	end   time.Time // zero while it runs
}

// outranks reports whether viewers get a feed with priority a rather than one
// with priority b. Unset is below every number.
func outranks(a, b *int32) bool {
	if a == nil || b == nil {
		return a != nil && b == nil
	}
	return *a > *b
}

// connect gives an encoder a feed.
func (w *world) connect(e *encoder, token *Token) {
	f := &feed{
		id:       newFeedID(),
		encoder:  e,
		tokenID:  token.ID,
		label:    token.Label,
		stream:   e.Stream,
		source:   e.SourceID,
		cluster:  w.placeOf(e, token),
		priority: token.Priority,
		start:    w.now,
		secure:   token.SubscribeRequiresAuth,
		recorded: token.Record,
		multi:    token.Multisource,
	}
	if e.Priority != nil {
		f.priority = e.Priority
	}
	f.forward(token.Restreams, w.now)

	e.feed = f
	e.connects++
	w.returned(e)
	w.live = append(w.live, f)
	w.viewerOf(f).connected(f)
}

// placeOf returns the cluster that an encoder publishes to.
func (w *world) placeOf(e *encoder, token *Token) string {
	for _, cluster := range []string{e.Cluster, token.OriginCluster, w.defaultCluster} {
		if cluster != "" && cluster != autoCluster {
			return cluster
		}
	}
	return knownClusters[0].ID
}

// forward makes the endpoints in force those of a token's restream list.
func (f *feed) forward(restreams []Restream, now time.Time) {
	f.endRestreams(now)
	for _, r := range restreams {
		if r.Enabled == nil || *r.Enabled {
			f.restreams = append(f.restreams, feedRestream{Restream: r, start: now})
		}
	}
}

func (f *feed) endRestreams(now time.Time) {
	for i := range f.restreams {
		if f.restreams[i].end.IsZero() {
			f.restreams[i].end = now
		}
	}
}

// isLive reports whether the feed has not ended.
func (f *feed) isLive() bool { return f.end.IsZero() }

// disconnect ends a live feed. Its encoder comes back as it is made to.
func (w *world) disconnect(f *feed, cause Cause) {
	viewer := w.viewerOf(f)
	w.disconnections = append(w.disconnections, Disconnection{
		At:      w.now,
		TokenID: f.tokenID,
		Stream:  f.stream,
		Source:  f.source,
		Encoder: f.encoder.id,
		Feed:    f.id,
		Cause:   cause,
		OnAir:   viewer.onAir == f,
	})

	f.end = w.now
	f.endRestreams(w.now)
	w.live = slices.DeleteFunc(w.live, func(other *feed) bool { return other == f })
	w.ended = append(w.ended, f)
	viewer.lost(f)

	e := f.encoder
	e.feed = nil
	if cause == CauseReprioritize {
		w.left(e)
	}
	if e.running && !e.NeverReconnects && !(cause == CauseStop && e.StaysStopped) {
		w.connectAfter(e, e.ReconnectAfter)
	}
}

// disconnectWhere ends the live feeds that match, in the order they connected,
// and returns how many there were.
func (w *world) disconnectWhere(cause Cause, match func(*feed) bool) int {
	var matching []*feed
	for _, f := range w.live {
		if match(f) {
			matching = append(matching, f)
		}
	}
	for _, f := range matching {
		w.disconnect(f, cause)
	}
	return len(matching)
}

// liveFeeds returns the live feeds of a stream in the order they connected.
func (w *world) liveFeeds(stream string) []Feed {
	var feeds []Feed
	for _, f := range w.live {
		if f.stream != stream {
			continue
		}
		feeds = append(feeds, Feed{
			ID:       f.id,
			Encoder:  f.encoder.id,
			TokenID:  f.tokenID,
			Stream:   f.stream,
			Source:   f.source,
			Cluster:  f.cluster,
			Priority: clonePointer(f.priority),
			Since:    f.start,
			OnAir:    w.viewerOf(f).onAir == f,
		})
	}
	return feeds
}

// newFeedID returns a random UUID.
func newFeedID() FeedID {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return FeedID(fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]))
}

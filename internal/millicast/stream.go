package millicast

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Stream is a stream that is live, or ended within the hour, with its feeds.
type Stream struct {
	StreamID     string     `json:"streamId"` // ACCOUNT/NAME
	StreamName   string     `json:"streamName"`
	ClusterID    string     `json:"clusterId"`
	Clusters     []string   `json:"clusters"`
	Live         bool       `json:"live"`
	StartTime    *time.Time `json:"startTime"`
	EndTime      *time.Time `json:"endTime"`
	ViewerCount  int64      `json:"viewerCount"`
	HasRedundant *bool      `json:"hasRedundant"`
	Restreaming  *bool      `json:"restreaming"`
	Multisource  bool       `json:"multisource"`
	Feeds        []Feed     `json:"feeds"`
}

// Feed is what one encoder sends, or sent, for a stream.
type Feed struct {
	FeedID      string     `json:"feedId"`
	StreamID    string     `json:"streamId"`
	ClusterID   string     `json:"clusterId"`
	SourceID    string     `json:"sourceId"`
	SimulcastID string     `json:"simulcastId"`
	TokenID     int64      `json:"tokenId"`
	Active      bool       `json:"active"`
	StartTime   *time.Time `json:"startTime"`
	EndTime     *time.Time `json:"endTime"`

	// IsRedundant is false for the feed that viewers get. nil: not said.
	IsRedundant *bool `json:"isRedundant"`

	// Priority is fixed when the feed connects. nil: unset, or not said.
	Priority *int32 `json:"priority"`
}

// StoppingLevel says what a call disconnected.
type StoppingLevel string

// The stopping levels of the API. StoppedNone means that nothing was live.
const (
	StoppedAccount StoppingLevel = "Account"
	StoppedStream  StoppingLevel = "Stream"
	StoppedFeed    StoppingLevel = "Feed"
	StoppedServer  StoppingLevel = "Server"
	StoppedToken   StoppingLevel = "Token"
	StoppedNone    StoppingLevel = "None"
)

// StreamsClient has the calls for streams. Get it from [Client.Streams].
type StreamsClient struct{ c *Client }

// Get reads what is live on one stream. It needs the account feature
// LiveMonitoring: see [IsNoLiveMonitoring]. A stream that was not live within
// the hour is an error for which [IsGone] is true.
func (s *StreamsClient) Get(ctx context.Context, name string) (Stream, error) {
	return do[Stream](ctx, s.c, getStream(name))
}

func getStream(name string) call {
	return call{method: http.MethodGet, route: "/api/monitoring/streams/{streamName}", params: params{"streamName": name}}
}

// ListLive yields the streams that are live now, a page of 100 at a time. It
// needs the account feature LiveMonitoring: see [IsNoLiveMonitoring].
func (s *StreamsClient) ListLive(ctx context.Context) iter.Seq2[Stream, error] {
	return pages[Stream](ctx, s.c, streamListRoute, liveInOrder())
}

// streamListRoute lists the streams of the account.
const streamListRoute = "/api/monitoring/streams"

// liveInOrder asks a list of streams for the live ones, in an order that holds
// still while its pages are read.
func liveInOrder() url.Values {
	return url.Values{"isActive": {"true"}, "sortBy": {"StreamId"}, "isDescending": {"false"}}
}

// Reprioritize stores a priority on a token and disconnects all of its live
// feeds, on every stream, also when the priority is the same as before. The
// encoders have to reconnect by themselves. It is never sent twice for one call,
// unless the API is certain to have done nothing.
func (s *StreamsClient) Reprioritize(ctx context.Context, tokenID int64, priority int32) (StoppingLevel, error) {
	defer s.c.reads.write(tokenID)()
	defer s.Changing()()
	got, err := do[stopped](ctx, s.c, call{method: http.MethodPost, route: "/api/stream/reprioritize", params: params{"tokenId": tokenID}, body: struct {
		TokenID        int64 `json:"tokenId"`
		UpdatePriority int32 `json:"updatePriority"`
	}{tokenID, priority}})
	return got.level(), err
}

// Stop disconnects every feed of a stream, given as ACCOUNT/NAME.
func (s *StreamsClient) Stop(ctx context.Context, streamID string) (StoppingLevel, error) {
	defer s.Changing()()
	got, err := do[stopped](ctx, s.c, call{method: http.MethodPost, route: "/api/stream/stop", params: params{"streamId": streamID}, body: struct {
		StreamID string `json:"streamId"`
	}{streamID}})
	return got.level(), err
}

type stopped struct {
	StoppingLevel *StoppingLevel `json:"stoppingLevel"`
}

func (s stopped) level() StoppingLevel {
	if s.StoppingLevel == nil {
		return StoppedNone
	}
	return *s.StoppingLevel
}

func (s Stream) key() string { return s.StreamID }

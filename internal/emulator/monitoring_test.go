package emulator_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// stream returns what monitoring says of a stream, and of its feeds.
func (a *account) stream(name string) (stream map[string]any, feeds []map[string]any) {
	a.t.Helper()
	stream = a.call(200, "GET", "/api/monitoring/streams/"+url.PathEscape(name), nil).data()
	list, _ := stream["feeds"].([]any)
	for _, item := range list {
		f, _ := item.(map[string]any)
		feeds = append(feeds, f)
	}
	return stream, feeds
}

func TestGetStream_hasTheLiveFeeds(t *testing.T) {
	t.Parallel()
	a := open(t)
	main, spare := a.token("main", show, new(int32(0))), a.token("spare", show, nil)
	a.StartEncoder(emulator.Encoder{TokenID: main, Stream: show, Cluster: "fra-1"})
	a.StartEncoder(emulator.Encoder{TokenID: spare, Stream: show, SourceID: "", Cluster: "lon-1", ConnectAfter: 1500 * time.Millisecond})
	a.at(2000)
	stream, feeds := a.stream(show)
	for key, want := range map[string]any{
		"streamId": "Abcde0/show", "streamName": show, "live": true, "hasRedundant": true, "clusterId": "fra-1",
		"startTime": "2026-03-01T12:00:00.000Z", "clusters": []any{"fra-1", "lon-1"},
	} {
		if fmt.Sprint(stream[key]) != fmt.Sprint(want) {
			t.Errorf("%s is %v, want %v", key, stream[key], want)
		}
	}
	if len(feeds) != 2 {
		t.Fatalf("%d feeds, want 2", len(feeds))
	}
	if f := feeds[0]; f["tokenId"] != float64(main) || f["priority"] != float64(0) || f["isRedundant"] != false || f["active"] != true || f["clusterId"] != "fra-1" {
		t.Errorf("the feed on air is %v", f)
	}
	f := feeds[1]
	if f["tokenId"] != float64(spare) || f["isRedundant"] != true || f["startTime"] != "2026-03-01T12:00:01.500Z" {
		t.Errorf("the redundant feed is %v", f)
	}
	// What is unset is left out.
	for _, key := range []string{"priority", "sourceId", "endTime"} {
		if value, ok := f[key]; ok {
			t.Errorf("the redundant feed has %s %v", key, value)
		}
	}
}

// Feeds that ended within the hour are there, not active and with an end; each
// connection is a feed of its own.
func TestGetStream_remembersFeedsForAnHour(t *testing.T) {
	t.Parallel()
	a := open(t)
	encoder := a.StartEncoder(emulator.Encoder{TokenID: a.token("main", show, nil), Stream: show, SourceID: "side"})
	a.at(1000)
	a.RestartEncoder(encoder)
	a.at(2000)
	_, feeds := a.stream(show)
	if len(feeds) != 2 || feeds[0]["feedId"] == feeds[1]["feedId"] || feeds[0]["sourceId"] != "side" {
		t.Fatalf("got %v, want two feeds", feeds)
	}
	if f := feeds[0]; f["active"] != false || f["endTime"] != "2026-03-01T12:00:01.000Z" || f["isRedundant"] != nil {
		t.Errorf("the ended feed is %v", f)
	}

	a.StopEncoder(encoder)
	a.at(3_600_999)
	if stream, feeds := a.stream(show); stream["live"] != false || stream["endTime"] != "2026-03-01T12:00:02.000Z" || len(feeds) != 2 {
		t.Errorf("just within the hour it is %v", stream)
	}
	a.at(3_602_000)
	a.call(400, "GET", "/api/monitoring/streams/show", nil)
}

// A missing stream is a 400.
func TestGetStream_missing(t *testing.T) {
	t.Parallel()
	r := open(t).call(400, "GET", "/api/monitoring/streams/nowhere", nil)
	if r.body["status"] != "fail" || r.data()["message"] != "Stream name nowhere not found" {
		t.Errorf("got %s", r.raw)
	}
}

func TestGetStream_takesEscapedNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"container1/a", "a b", "50%", "a%2Fb", "ü?#", "a//b"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			a.StartEncoder(emulator.Encoder{TokenID: a.token("main", name, nil), Stream: name})
			if stream, _ := a.stream(name); stream["streamName"] != name {
				t.Errorf("got %v", stream["streamName"])
			}
		})
	}
}

// Both monitoring routes need the account feature LiveMonitoring.
func TestMonitoring_canBeOff(t *testing.T) {
	t.Parallel()
	routes := []string{"/api/monitoring/streams", "/api/monitoring/streams/show"}
	a := open(t, emulator.WithoutLiveMonitoring())
	for _, route := range routes {
		if r := a.call(403, "GET", route, nil); r.body["status"] != "error" || r.body["message"] == "" {
			t.Errorf("got %s", r.raw)
		}
	}
	a.StartEncoder(emulator.Encoder{TokenID: a.token("main", show, nil), Stream: show})
	a.SetLiveMonitoring(true)
	for _, route := range routes {
		a.call(200, "GET", route, nil)
	}
	a.SetLiveMonitoring(false)
	a.call(403, "GET", routes[0], nil)

	b := open(t, emulator.WithoutLiveMonitoring(), emulator.WithMonitoringOffStatus(402))
	b.call(402, "GET", routes[0], nil)
}

func TestListStreams_filtersSortsAndPages(t *testing.T) {
	t.Parallel()
	a := open(t)
	for i, name := range []string{"b", "a", "c"} {
		id := a.CreateToken(emulator.TokenSeed{Label: name, Streams: []emulator.Stream{{Name: name}}, Restreams: []emulator.Restream{{URL: "rtmp://x", Key: "12345"}}[:i/2]})
		encoder := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: name, Cluster: []string{"fra-1", "lon-1", "fra-1"}[i], ConnectAfter: time.Duration(i) * time.Second})
		if name == "b" {
			a.at(500)
			a.StopEncoder(encoder)
		}
	}
	a.at(5000)
	for query, want := range map[string]string{
		"":                                        "[a c b]",
		"?isActive=true":                          "[a c]",
		"?isActive=false":                         "[b]",
		"?sortBy=StreamId&isDescending=false":     "[a b c]",
		"?sortBy=StartTime&isDescending=false":    "[b a c]",
		"?sortBy=Duration":                        "[a c b]",
		"?sortBy=Cluster":                         "[a b c]",
		"?sortBy=ViewerCount&isDescending=false":  "[b a c]",
		"?sortBy=Restream":                        "[c a b]",
		"?isRestreaming=true":                     "[c]",
		"?cluster=lon-1&cluster=phx-1":            "[a]",
		"?searchSubstring=c":                      "[c]",
		"?hasRedundant=true":                      "[]",
		"?isMultisource=false":                    "[]",
		"?isSecure=false&isRecordingAllowed=true": "[]",
		"?transcoderId=t":                         "[]",
		"?page=2&itemsOnPage=2":                   "[b]",
		"?page=3&itemsOnPage=2":                   "[]",
	} {
		data := a.call(200, "GET", "/api/monitoring/streams"+query, nil).data()
		names := []any{}
		list, _ := data["data"].([]any)
		for _, item := range list {
			stream, _ := item.(map[string]any)
			names = append(names, stream["streamName"])
		}
		if got := fmt.Sprint(names); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	a.call(400, "GET", "/api/monitoring/streams?page=0", nil)
	a.call(400, "GET", "/api/monitoring/streams?sortBy=Mood", nil)
}

// A changed restream list reaches running broadcasts only after a sync.
func TestSyncRestreams_reachesRunningBroadcasts(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.create(`{"label":"main","streams":[{"streamName":"show"}],"restream":[{"url":"rtmp://a","key":"12345"},{"url":"rtmp://off","key":"12345","enabled":false}]}`)
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	restreams := func() string {
		_, feeds := a.stream(show)
		var active []any
		list, _ := feeds[0]["restreams"].([]any)
		for _, item := range list {
			if r, _ := item.(map[string]any); r["active"] == true {
				active = append(active, r["url"])
			}
		}
		return fmt.Sprint(active)
	}
	a.call(200, "PUT", v2(id), `{"restream":[{"url":"rtmp://b","key":"12345"}]}`)
	if got := restreams(); got != "[rtmp://a]" {
		t.Errorf("before the sync it goes to %s", got)
	}
	if done := a.call(200, "POST", v1(id)+"/restream/sync", nil); done.body["data"] != true {
		t.Errorf("got %s", done.raw)
	}
	if got := restreams(); got != "[rtmp://b]" {
		t.Errorf("after the sync it goes to %s", got)
	}
}

// A stop takes ACCOUNT/NAME and stops all feeds of the stream.
func TestStopStream(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.StartEncoder(emulator.Encoder{TokenID: a.token("one", "a/b", nil), Stream: "a/b"})
	a.StartEncoder(emulator.Encoder{TokenID: a.token("two", "a/b", nil), Stream: "a/b", SourceID: "side"})
	a.StartEncoder(emulator.Encoder{TokenID: a.token("three", show, nil), Stream: show})
	for _, c := range []struct{ id, want string }{{"Abcde0/a/b", "Stream"}, {"Abcde0/a/b", "None"}, {"Abcde0/none", "None"}} {
		if got := a.call(200, "POST", "/api/stream/stop", map[string]string{"streamId": c.id}).data()["stoppingLevel"]; got != c.want {
			t.Errorf("%s: got %v, want %s", c.id, got, c.want)
		}
	}
	if gone := a.Disconnections(); len(gone) != 2 || gone[0].Cause != emulator.CauseStop || gone[1].Source != "side" {
		t.Errorf("got %+v", gone)
	}
	a.at(300)
	if len(a.Feeds("a/b")) != 2 {
		t.Error("the encoders did not come back")
	}
	for _, id := range []string{"show", "Other0/show", "Abcde0/", ""} {
		a.call(400, "POST", "/api/stream/stop", map[string]string{"streamId": id})
	}
}

func TestStopAllStreams(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.StartEncoder(emulator.Encoder{TokenID: a.token("one", "a", nil), Stream: "a"})
	a.StartEncoder(emulator.Encoder{TokenID: a.token("two", "b", nil), Stream: "b"})
	for _, want := range []string{"Account", "None"} {
		if got := a.call(200, "POST", "/api/stream/stop/all", nil).data()["stoppingLevel"]; got != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

func TestClusters(t *testing.T) {
	t.Parallel()
	a := open(t)
	data := a.call(200, "GET", "/api/cluster", nil).data()
	clusters, _ := data["availableClusters"].([]any)
	first, _ := clusters[0].(map[string]any)
	if data["defaultCluster"] != "auto" || len(clusters) != 8 || first["id"] != "iad-1" || first["rtmp"] != "rtmp-iad-1.millicast.com" || first["srt"] != "srt-iad-1.millicast.com" {
		t.Errorf("got %v", data)
	}
	if got := a.call(200, "PUT", "/api/cluster", `{"defaultCluster":"fra-1"}`).data()["defaultCluster"]; got != "fra-1" {
		t.Errorf("the default is %v after a change to fra-1", got)
	}
	a.call(400, "PUT", "/api/cluster", `{"defaultCluster":"nowhere-1"}`)
	a.call(400, "PUT", "/api/cluster", `{"defaultCluster":""}`)
}

package millicast

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// listClient returns a Client that knows the live streams of a list.
func listClient(t *testing.T, api *broadcast) *Client {
	t.Helper()
	c := newTestClient(t, WithTransport(api))
	for i := range 4 {
		_, _ = c.Streams.Read(t.Context(), fmt.Sprint("asked-", i))
	}
	if api.pages == 0 || api.pages > api.gets {
		t.Fatalf("%d pages, %d gets", api.pages, api.gets)
	}
	return c
}

// TestReadStream_calls counts the calls for reading streams of which some are live.
func TestReadStream_calls(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ reads, live, most int }{
		{1, 1, 1},
		{10, 10, 10},
		{100, 100, 14},
		{100, 0, 14},
		{100, 50, 14},
		{1000, 1000, 30},
		{10, 5000, 10},
	} {
		t.Run(fmt.Sprintf("%d with %d live", test.reads, test.live), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := newBroadcast(test.live)
				names := make([]string, test.reads)
				for i := range names {
					names[i] = streamName(i)
				}
				readStreams(t, newTestClient(t, WithTransport(api)), names)
				t.Logf("%d calls: %d gets, %d pages", api.calls, api.gets, api.pages)
				if api.calls > test.most || api.pages > api.gets {
					t.Errorf("%d calls: %d gets, %d pages; want at most %d", api.calls, api.gets, api.pages, test.most)
				}
			})
		})
	}
}

func TestReadStream_callsWithoutBulk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBroadcast(1)
		c := newTestClient(t, WithTransport(api), WithBulkRead(false))
		readStreams(t, c, []string{streamName(0), streamName(0), streamName(1), streamName(1)})
		if api.gets != 4 || api.calls != 4 {
			t.Errorf("%d calls, %d gets", api.calls, api.gets)
		}
	})
}

func TestReadStream_knowsAStreamFor5Seconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBroadcast(50)
		c := listClient(t, api)
		api.set(streamName(9), "f2")
		wantFeed(t, c, streamName(9), "f1")
		time.Sleep(6 * time.Second)
		wantFeed(t, c, streamName(9), "f2")
	})
}

// A stream may move between two pages, and be on neither.
func TestReadStream_aStreamThatALongListLacksIsAskedFor(t *testing.T) {
	t.Parallel()
	for live, asked := range map[int]int{99: 0, 100: 1, 250: 1} {
		t.Run(fmt.Sprint(live), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := newBroadcast(live)
				c := listClient(t, api)
				names := make([]string, 20)
				for i := range names {
					names[i] = streamName(i)
				}
				readStreams(t, c, names)
				gets := api.gets
				api.set("late", "f1")
				wantFeed(t, c, "late", map[int]string{0: "", 1: "f1"}[asked])
				if api.gets-gets != asked {
					t.Errorf("%d calls for a stream that the list lacks, want %d", api.gets-gets, asked)
				}
			})
		})
	}
}

func TestReadStream_seesWhatWasDisconnected(t *testing.T) {
	t.Parallel()
	for name, disconnect := range map[string]callFunc{"reprioritize": reprioritize7, "stop": stop, "delete": delete7} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := newBroadcast(50)
				c := listClient(t, api)
				wantFeed(t, c, streamName(3), "f1")
				_ = disconnect(t.Context(), c)
				wantFeed(t, c, streamName(3), "f2")
			})
		})
	}
}

func TestReadStream_keepsNothingWhileFeedsComeAndGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBroadcast(50)
		c := listClient(t, api)
		end := c.Streams.Changing()
		for _, feed := range []string{"f2", "f3"} {
			api.set(streamName(3), feed)
			wantFeed(t, c, streamName(3), feed)
		}
		pages := api.pages
		readStreams(t, c, []string{streamName(1), streamName(2), streamName(4)})
		if api.pages != pages {
			t.Error("a page was loaded that nobody may use")
		}
		end()
		api.set(streamName(3), "f4")
		wantFeed(t, c, streamName(3), "f4")
	})
}

func TestReadStream_aListThatFailsIsNoError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newBroadcast(50)
		api.pageStatus = 403
		c := newTestClient(t, WithTransport(api))
		names := make([]string, 30)
		for i := range names {
			names[i] = streamName(i)
		}
		readStreams(t, c, names)
		if api.gets != len(names) || api.pages != 1 {
			t.Errorf("%d gets, %d pages", api.gets, api.pages)
		}
	})
}

func TestReadStream_oneThatGoesAwayTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	for name, alone := range map[string]bool{"a call": true, "a page": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := newBroadcast(50)
				c := newTestClient(t, WithTransport(api))
				if !alone {
					wantFeed(t, c, streamName(1), "f1")
				}
				ctx, cancel := context.WithCancel(t.Context())
				var group sync.WaitGroup
				group.Go(func() {
					if _, err := c.Streams.Read(ctx, streamName(7)); !errors.Is(err, context.Canceled) {
						t.Errorf("got %v", err)
					}
				})
				synctest.Wait()
				for range 3 {
					group.Go(func() { wantFeed(t, c, streamName(7), "f1") })
				}
				synctest.Wait()
				cancel()
				group.Wait()
			})
		})
	}
}

package millicast

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// broadcast is a transport that stands for an account's live streams, by name
// with a feed id. Its answers tell of the moment when the request came, and take
// some time to arrive.
type broadcast struct {
	mu   sync.Mutex
	live map[string]string

	calls, gets, pages int
	takes              time.Duration
	pageStatus         int
}

func newBroadcast(streams int) *broadcast {
	b := &broadcast{live: map[string]string{}, takes: 50 * time.Millisecond, pageStatus: 200}
	for i := range streams {
		b.live[streamName(i)] = "f1"
	}
	return b
}

func streamName(i int) string { return fmt.Sprintf("stream-%05d", i) }

func (b *broadcast) set(name, feed string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.live[name] = feed
	if feed == "" {
		delete(b.live, name)
	}
}

func (b *broadcast) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	status, body := b.answer(req)
	select {
	case <-time.After(b.takes):
		return says(status, body)(req)
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

func (b *broadcast) answer(req *http.Request) (status int, body string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	switch {
	case req.Method != http.MethodGet:
		for name := range b.live {
			b.live[name] = "f2"
		}
		return 200, `{"status":"success","data":{"stoppingLevel":"Token"}}`
	case req.URL.Path == streamListRoute:
		b.pages++
		var streams []string
		for name := range b.live {
			streams = append(streams, b.stream(name))
		}
		slices.Sort(streams)
		number, _ := strconv.Atoi(req.URL.Query().Get("page"))
		from := min((number-1)*pageSize, len(streams))
		return b.pageStatus, `{"status":"success","data":[` + strings.Join(streams[from:min(from+pageSize, len(streams))], ",") + `]}`
	}
	b.gets++
	name := req.URL.Path[strings.LastIndex(req.URL.Path, "/")+1:]
	if b.live[name] == "" {
		return 400, fmt.Sprintf(`{"status":"fail","data":{"message":"Stream name %s not found"}}`, name)
	}
	return 200, `{"status":"success","data":` + b.stream(name) + `}`
}

func (b *broadcast) stream(name string) string {
	return fmt.Sprintf(`{"streamId":"acc/%[1]s","streamName":%[1]q,"live":true,"feeds":[{"feedId":%[2]q,"active":true}]}`, name, b.live[name])
}

// readStreams reads streams with ten readers at the same time.
func readStreams(t *testing.T, c *Client, names []string) {
	t.Helper()
	work := make(chan string)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for name := range work {
				if stream, err := c.Streams.Read(t.Context(), name); err != nil || stream.StreamName != name {
					t.Errorf("stream %s: got %q, %v", name, stream.StreamName, err)
				}
			}
		})
	}
	for _, name := range names {
		work <- name
	}
	close(work)
	group.Wait()
}

func wantFeed(t *testing.T, c *Client, name, want string) {
	t.Helper()
	stream, err := c.Streams.Read(t.Context(), name)
	got := ""
	if len(stream.Feeds) > 0 {
		got = stream.Feeds[0].FeedID
	}
	if err != nil || got != want {
		t.Errorf("%s: got feed %q, %v, want %q", name, got, err, want)
	}
}

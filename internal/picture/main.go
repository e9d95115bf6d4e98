// Command picture draws a failover: which encoder is live with which priority,
// and what viewers get, before, during and after a standby is raised. What it
// draws is the timeline of an emulated broadcast.
//
//	go run ./internal/picture
//
// It writes one file for light pages and one for dark ones.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const (
	stream    = "main_stream"
	second    = time.Second
	call      = 4 * second // when the standby is raised
	reconnect = 3 * second // how long its encoder takes
	end       = 12 * second
)

// folder is where the files are, seen from the root of the repository.
const folder = ".github/pictures"

func main() {
	pictures, err := draw()
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	for name, svg := range pictures {
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), svg, 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

// draw returns the files by name.
func draw() (map[string][]byte, error) {
	b, err := broadcast()
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"failover-light.svg": svg(b, light), "failover-dark.svg": svg(b, dark)}, nil
}

// connection is one feed of an encoder, from its connection to its end.
type connection struct {
	from, to time.Duration
	priority int32
}

// lane is an encoder and its feeds.
type lane struct {
	name  string
	feeds []connection
}

// span is what viewers got: the feed of a lane, or -1 for no picture.
type span struct {
	from, to time.Duration
	lane     int
}

// show is a broadcast as it was.
type show struct {
	lanes   []lane
	viewers []span
	gap     time.Duration
}

// broadcast lets three encoders publish a stream, raises the second above the
// first, and returns what happened. Its clock is moved by hand, so it is the same
// each time.
func broadcast() (show, error) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now := begin
	srv := emulator.New(emulator.WithClock(func() time.Time { return now }))

	b := show{lanes: []lane{{name: "iad"}, {name: "phx"}, {name: "lon"}}}
	index := map[int64]int{}
	var ids []int64
	for i, l := range b.lanes {
		id := srv.CreateToken(emulator.TokenSeed{
			Label: stream + " " + l.name, Priority: new(int32(30 - 10*i)), Streams: []emulator.Stream{{Name: stream}},
		})
		ids, index[id] = append(ids, id), i
		srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: stream, ReconnectAfter: reconnect})
	}

	open := map[emulator.FeedID]int{} // the number of a feed in its lane
	for ; now.Sub(begin) <= end; now = now.Add(second / 10) {
		if now.Sub(begin) == call {
			if err := reprioritize(srv, ids[1], 40); err != nil {
				return show{}, err
			}
		}
		for _, feed := range srv.Feeds(stream) {
			l := &b.lanes[index[feed.TokenID]]
			n, ok := open[feed.ID]
			if !ok {
				n = len(l.feeds)
				open[feed.ID] = n
				l.feeds = append(l.feeds, connection{from: feed.Since.Sub(begin), priority: *feed.Priority})
			}
			l.feeds[n].to = now.Sub(begin)
		}
	}
	for _, d := range srv.Disconnections() {
		b.lanes[index[d.TokenID]].feeds[open[d.Feed]].to = d.At.Sub(begin)
	}

	timeline := srv.Timeline(stream, "")
	b.gap = timeline.Gap()
	for _, s := range timeline.Spans {
		at := -1
		if s.HasPicture() {
			at = index[s.TokenID]
		}
		b.viewers = append(b.viewers, span{from: s.From.Sub(begin), to: min(s.To.Sub(begin), end), lane: at})
	}
	return b, nil
}

func reprioritize(srv *emulator.Server, id int64, priority int32) error {
	body, err := json.Marshal(map[string]any{"tokenId": id, "updatePriority": priority})
	if err != nil {
		return err
	}
	req := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/api/stream/reprioritize", bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+srv.Secret())
	answer := httptest.NewRecorder()
	srv.ServeHTTP(answer, req)
	if answer.Code != http.StatusOK {
		return fmt.Errorf("reprioritizing: %d %s", answer.Code, answer.Body)
	}
	return nil
}

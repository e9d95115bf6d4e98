package emulator_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// State is safe under concurrency: callers, the dashboard, encoders and those
// who look on all work at the same time.
func TestServer_isSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	const workers, rounds = 8, 10
	a := open(t)
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for round := range rounds {
				label := fmt.Sprintf("w%d-%d", worker, round)
				a.at(100 * round)
				encoder := a.StartEncoder(emulator.Encoder{TokenLabel: label, Stream: show, ReconnectAfter: time.Millisecond})
				r, err := a.send("POST", tokens, `{"label":"`+label+`","streams":[{"streamName":"show"}]}`)
				if err != nil || r.status != 200 {
					t.Errorf("create: %v, %s", err, r.raw)
					return
				}
				token, ok := a.TokenByLabel(label)
				if !ok {
					t.Errorf("no token %s", label)
					return
				}
				a.SetPriority(token.ID, new(int32(round)))
				for _, c := range []struct {
					method, path string
					body         any
				}{
					{"POST", "/api/stream/reprioritize", fmt.Sprintf(`{"tokenId":%d,"updatePriority":%d}`, token.ID, worker)},
					{"GET", tokens + "/list" + page1, nil},
					{"GET", tokens + "/active/all", nil},
					{"PUT", v2(token.ID), `{"priority":null}`},
					{"GET", v1(token.ID), nil},
				} {
					if r, err := a.send(c.method, c.path, c.body); err != nil || r.status != 200 {
						t.Errorf("%s %s: %v, %s", c.method, c.path, err, r.raw)
					}
				}
				_, _, _ = a.Timeline(show, ""), a.Feeds(show), a.Requests()
				if round%2 == 0 {
					a.StopEncoder(encoder)
					a.DeleteToken(token.ID)
				}
			}
		})
	}
	wg.Wait()

	if got, want := len(a.Tokens()), workers*rounds/2; got != want {
		t.Errorf("%d tokens are left, want %d", got, want)
	}
	if got, want := a.Count("", ""), workers*rounds*6; got != want {
		t.Errorf("%d requests are logged, want %d", got, want)
	}
	// The spans follow each other without holes.
	timeline := a.Timeline(show, "")
	for i := 1; i < len(timeline.Spans); i++ {
		if !timeline.Spans[i].From.Equal(timeline.Spans[i-1].To) {
			t.Fatalf("a hole before span %d\n%v", i, timeline)
		}
	}
}

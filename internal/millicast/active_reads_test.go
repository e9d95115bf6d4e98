package millicast

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// activeAPI is a transport that knows one active token: as many as there were
// calls before. Its answers tell of the moment when the request came.
type activeAPI struct {
	mu    sync.Mutex
	calls int64
	fails bool
}

const activeTakes = 50 * time.Millisecond

func (a *activeAPI) RoundTrip(req *http.Request) (*http.Response, error) {
	a.mu.Lock()
	a.calls++
	status, body := 200, `{"status":"success","data":{"tokenIds":[`+strconv.FormatInt(a.calls, 10)+`]}}`
	if a.fails {
		status, body = 400, `{"status":"fail","data":{"message":"no"}}`
	}
	a.mu.Unlock()
	select {
	case <-time.After(activeTakes):
		return says(status, body)(req)
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

func TestActiveIDsNow_sharesACallThatBeganAfterAllAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &activeAPI{}
		c := newTestClient(t, WithTransport(api))
		got := make([][]int64, 11)
		var group sync.WaitGroup
		ask := func(i int) {
			group.Go(func() {
				var err error
				if got[i], err = c.PublishTokens.ActiveIDsNow(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		ask(0)
		synctest.Wait() // Its call is under way: what that will say may be too old for the others.
		for i := range 10 {
			ask(i + 1)
		}
		group.Wait()

		if api.calls != 2 || !slices.Equal(got[0], []int64{1}) {
			t.Errorf("%d calls; the first says %v", api.calls, got[0])
		}
		for i, ids := range got[1:] {
			if !slices.Equal(ids, []int64{2}) {
				t.Errorf("%d got %v: not by the second call", i+1, ids)
			}
		}
		got[1][0] = 99
		if got[2][0] == 99 {
			t.Error("readers see each other's changes")
		}
	})
}

func TestActiveIDsNow_isNeverOld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &activeAPI{}
		c := newTestClient(t, WithTransport(api))
		for want := range int64(5) {
			if ids, err := c.PublishTokens.ActiveIDsNow(t.Context()); err != nil || !slices.Equal(ids, []int64{want + 1}) {
				t.Errorf("got %v, %v", ids, err)
			}
		}
	})
}

func TestReadActiveIDs_knowsThemFor5Seconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &activeAPI{}
		c := newTestClient(t, WithTransport(api))
		want := func(calls int64) {
			t.Helper()
			if ids, err := c.PublishTokens.ReadActiveIDs(t.Context()); err != nil || !slices.Equal(ids, []int64{calls}) {
				t.Errorf("got %v, %v after %d calls", ids, err, api.calls)
			}
		}
		want(1)
		time.Sleep(liveFor - activeTakes)
		want(1)
		time.Sleep(time.Millisecond)
		want(2)
		c.Streams.Changing()()
		want(3)
	})
}

func TestReadActiveIDs_withoutBulk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &activeAPI{}
		c := newTestClient(t, WithTransport(api), WithBulkRead(false))
		for range 3 {
			if _, err := c.PublishTokens.ReadActiveIDs(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if api.calls != 3 {
			t.Errorf("%d calls, want 3", api.calls)
		}
	})
}

func TestActiveIDsNow_oneThatGoesAwayTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &activeAPI{}
		c := newTestClient(t, WithTransport(api))
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := c.PublishTokens.ActiveIDsNow(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		for range 3 {
			group.Go(func() {
				if _, err := c.PublishTokens.ActiveIDsNow(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		cancel()
		group.Wait()
		if api.calls != 2 {
			t.Errorf("%d calls, want 2", api.calls)
		}
	})
}

func TestActiveIDsNow_aFailureIsNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &activeAPI{fails: true}
		c := newTestClient(t, WithTransport(api))
		if _, err := c.PublishTokens.ReadActiveIDs(t.Context()); err == nil {
			t.Error("a refusal is no error")
		}
		api.fails = false
		if _, err := c.PublishTokens.ReadActiveIDs(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

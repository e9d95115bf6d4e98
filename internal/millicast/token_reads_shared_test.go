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

func TestRead_sharesACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(50)
		c := newTestClient(t, WithTransport(api))
		tokens := make([]PublishToken, 20)
		var group sync.WaitGroup
		for i := range tokens {
			group.Go(func() {
				var err error
				if tokens[i], err = c.PublishTokens.Read(t.Context(), 7); err != nil {
					t.Error(err)
				}
				tokens[i].Streams[0].StreamName = fmt.Sprint(i)
			})
		}
		group.Wait()
		if api.calls != 1 {
			t.Errorf("%d calls, want 1", api.calls)
		}
		for i, token := range tokens {
			if token.Streams[0].StreamName != fmt.Sprint(i) {
				t.Error("readers see each other's changes")
			}
		}
	})
}

func TestRead_oneThatGoesAwayTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	for name, alone := range map[string]bool{"a call": true, "a page": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := newAccount(50)
				c := newTestClient(t, WithTransport(api))
				if !alone {
					wantLabel(t, c, 1, "v1")
				}
				ctx, cancel := context.WithCancel(t.Context())
				var group sync.WaitGroup
				group.Go(func() {
					if err := read7(ctx, c); !errors.Is(err, context.Canceled) {
						t.Errorf("got %v", err)
					}
				})
				synctest.Wait()
				for range 3 {
					group.Go(func() { wantLabel(t, c, 7, "v1") })
				}
				synctest.Wait()
				began := time.Now()
				cancel()
				group.Wait()
				// The others share one call in place of the one that was given up.
				if most := map[bool]int{true: 2, false: 3}[alone]; api.calls != most {
					t.Errorf("%d calls, want %d", api.calls, most)
				}
				if took := time.Since(began); took > api.pageTakes {
					t.Errorf("took %s", took)
				}
			})
		})
	}
}

func TestRead_aWaiterCanGoAway(t *testing.T) {
	t.Parallel()
	for name, alone := range map[string]bool{"a call": true, "a page": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := newAccount(50)
				c := newTestClient(t, WithTransport(api))
				if !alone {
					wantLabel(t, c, 1, "v1")
				}
				var group sync.WaitGroup
				group.Go(func() { wantLabel(t, c, 7, "v1") })
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
				defer cancel()
				began := time.Now()
				if err := read7(ctx, c); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 10*time.Millisecond {
					t.Errorf("got %v after %s", err, time.Since(began))
				}
				if e := errorOf(t, read7(ctx, c)); e.Attempts != 0 || e.Route != getToken(7).route {
					t.Errorf("got %+v", e)
				}
				group.Wait()
			})
		})
	}
}

func TestRead_aFailureIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := answers(stalls)
		c := newTestClient(t, WithTransport(api), WithMaxRetries(0))
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				if e := errorOf(t, read7(t.Context(), c)); e.Attempts != 1 {
					t.Errorf("got %v", e)
				}
			})
		}
		group.Wait()
		if api.sent() != 1 {
			t.Errorf("%d calls, want 1", api.sent())
		}
	})
}

// TestRead_aPageThatWasGivenUpIsLoadedLater has one of two readers of pages go
// away, and then reads all of its page.
func TestRead_aPageThatWasGivenUpIsLoadedLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(300)
		c := newTestClient(t, WithTransport(api))
		var group sync.WaitGroup
		for id := range int64(5) {
			group.Go(func() { wantLabel(t, c, id+1, "v1") })
		}
		group.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		group.Go(func() { _, _ = c.PublishTokens.Read(ctx, 250) })
		synctest.Wait()
		cancel()
		group.Wait()
		wantLabel(t, c, 299, "v1")
		wantLabel(t, c, 50, "v1")
		if api.gets != 5 || api.pages != 4 {
			t.Errorf("%d gets, %d pages", api.gets, api.pages)
		}
	})
}

// Where pages have most tokens, reads make one single call at a time. One that
// hangs holds up nobody else.
func TestRead_waitsBrieflyForACallForAnotherToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(400)
		api.hangs = 150
		c := newTestClient(t, WithTransport(api))
		readAll(t, c, api.order[:10], 1)

		go func() { _, _ = c.PublishTokens.Read(t.Context(), api.hangs) }()
		synctest.Wait()
		began := time.Now()
		readAll(t, c, []int64{160}, 1)
		if took := time.Since(began); took > 2*patience+api.getTakes {
			t.Errorf("the read took %s", took)
		}
		if api.pages != 1 || api.gets != 3 {
			t.Errorf("%d pages, %d gets", api.pages, api.gets)
		}
	})
}

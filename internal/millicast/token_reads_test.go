package millicast

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// bulkClient returns a Client that knows the tokens of a list.
func bulkClient(t *testing.T, api *account) *Client {
	t.Helper()
	c := newTestClient(t, WithTransport(api))
	readAll(t, c, api.order[:2], 1)
	if api.pages != 1 {
		t.Fatalf("%d pages", api.pages)
	}
	return c
}

func wantLabel(t *testing.T, c *Client, id int64, want string) {
	t.Helper()
	token, err := c.PublishTokens.Read(t.Context(), id)
	if err != nil || token.Label != want {
		t.Errorf("got %q, %v, want %q", token.Label, err, want)
	}
}

func TestRead_knowsATokenFor60Seconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(50)
		began := time.Now()
		c := bulkClient(t, api)
		api.set(9, "v2")
		time.Sleep(time.Until(began.Add(59 * time.Second)))
		wantLabel(t, c, 9, "v1")
		time.Sleep(2 * time.Second)
		wantLabel(t, c, 9, "v2")
	})
}

func TestRead_aGetIsFreshAndKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(50)
		c := bulkClient(t, api)
		api.set(9, "v2")
		wantLabel(t, c, 9, "v1")
		if token, err := c.PublishTokens.Get(t.Context(), 9); err != nil || token.Label != "v2" {
			t.Errorf("got %v, %v", token, err)
		}
		calls := api.calls
		wantLabel(t, c, 9, "v2")
		if api.calls != calls {
			t.Errorf("%d calls for what is known", api.calls-calls)
		}
	})
}

// writes are all the calls that change token 7.
var writes = map[string]callFunc{
	"update":  put7,
	"disable": disable7,
	"reprioritize": func(ctx context.Context, c *Client) error {
		_, err := c.Streams.Reprioritize(ctx, 7, 1)
		return err
	},
}

func TestRead_seesWhatIsWritten(t *testing.T) {
	t.Parallel()
	for name, write := range writes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := newAccount(50)
				c := bulkClient(t, api)
				wantLabel(t, c, 7, "v1")
				if err := write(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				wantLabel(t, c, 7, "written")
			})
		})
	}
}

func TestRead_seesADeletion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := bulkClient(t, newAccount(50))
		wantLabel(t, c, 7, "v1")
		if err := delete7(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if err := read7(t.Context(), c); !IsGone(err) {
			t.Errorf("got %v", err)
		}
	})
}

// TestRead_aPageUnderWayDoesNotHideAWrite has a write begin and end while a page
// with the older token is on its way.
func TestRead_aPageUnderWayDoesNotHideAWrite(t *testing.T) {
	t.Parallel()
	for name, write := range writes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := newAccount(50)
				c := newTestClient(t, WithTransport(api))
				wantLabel(t, c, 1, "v1")
				page := make(chan struct{})
				go func() {
					defer close(page)
					wantLabel(t, c, 2, "v1")
				}()
				synctest.Wait()
				if err := write(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				<-page
				if api.pages != 1 {
					t.Fatalf("%d pages", api.pages)
				}
				wantLabel(t, c, 7, "written")
				wantLabel(t, c, 8, "v1")
			})
		})
	}
}

// TestRead_aCallUnderWayDoesNotHideAWrite has a write begin and end while a
// call for the token is on its way, and a second read wait for that.
func TestRead_aCallUnderWayDoesNotHideAWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(50)
		api.getTakes = time.Second
		c := newTestClient(t, WithTransport(api))
		var group sync.WaitGroup
		group.Go(func() { _ = read7(t.Context(), c) })
		synctest.Wait()
		api.mu.Lock()
		api.getTakes = 10 * time.Millisecond
		api.mu.Unlock()
		if err := put7(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		wantLabel(t, c, 7, "written")
		group.Wait()
		wantLabel(t, c, 7, "written")
	})
}

// TestRead_aReadDuringAWriteIsNotKept has the answer of a read that began while
// a write was under way arrive after it.
func TestRead_aReadDuringAWriteIsNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(50)
		c := newTestClient(t, WithTransport(api))
		end := c.reads.write(7)
		wantLabel(t, c, 7, "v1")
		api.set(7, "v2")
		end()
		wantLabel(t, c, 7, "v2")
	})
}

func TestRead_anOldPageDoesNotHideAGet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(50)
		c := newTestClient(t, WithTransport(api))
		wantLabel(t, c, 1, "v1")
		var group sync.WaitGroup
		group.Go(func() { wantLabel(t, c, 2, "v1") })
		synctest.Wait()
		api.set(7, "v2")
		if err := get7(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		group.Wait()
		if api.pages != 1 {
			t.Fatalf("%d pages", api.pages)
		}
		wantLabel(t, c, 7, "v2")
	})
}

func TestRead_confirmsThatATokenIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(50)
		c := newTestClient(t, WithTransport(api))
		readAll(t, c, api.order, 1)
		for range 2 {
			_, err := c.PublishTokens.Read(t.Context(), 1000)
			if e := errorOf(t, err); !IsGone(err) || e.Attempts != 1 || e.Route != "/api/publish_token/{tokenId}" {
				t.Errorf("got %v", err)
			}
		}
		// A token that the list lacks although it exists.
		api.set(1001, "hidden")
		wantLabel(t, c, 1001, "hidden")
	})
}

func TestRead_aTokenThatIsGoneIsForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(50)
		c := bulkClient(t, api)
		api.mu.Lock()
		delete(api.labels, 7)
		api.mu.Unlock()
		wantLabel(t, c, 7, "v1")
		if err := get7(t.Context(), c); !IsGone(err) {
			t.Errorf("got %v", err)
		}
		if err := read7(t.Context(), c); !IsGone(err) {
			t.Errorf("got %v", err)
		}
	})
}

func TestRead_worksWithoutTheList(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 403, 500} {
		synctest.Test(t, func(t *testing.T) {
			api := newAccount(100)
			api.pageStatus = status
			ids := api.order
			api.order = nil
			readAll(t, newTestClient(t, WithTransport(api)), ids, 10)
			if api.gets != 100 || api.pages != 1 {
				t.Errorf("%d: %d gets, %d pages", status, api.gets, api.pages)
			}
		})
	}
}

func TestRead_aTokenThatTheListGarblesIsReadAlone(t *testing.T) {
	t.Parallel()
	api := answers(
		says(200, `{"status":"success","data":{"id":1}}`),
		says(200, `{"status":"success","data":[{"id":1},{"id":7,"label":["studio"]},{"id":8,"label":"camera"}]}`),
		says(200, token7))
	c := newTestClient(t, WithTransport(api))
	wantLabel(t, c, 1, "")
	wantLabel(t, c, 7, "studio")
	wantLabel(t, c, 7, "studio")
	wantLabel(t, c, 8, "camera")
	if api.sent() != 3 {
		t.Errorf("%d calls, want 3", api.sent())
	}
}

// TestRead_neverStale reads and writes at random and holds every read to the
// last write that ended before it began.
func TestRead_neverStale(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		synctest.Test(t, func(t *testing.T) {
			const tokens = 5
			api := newAccount(250)
			c := newTestClient(t, WithTransport(api))
			var mu sync.Mutex
			ended := map[int64]bool{}
			var group sync.WaitGroup
			for worker := range uint64(8) {
				random := rand.New(rand.NewPCG(seed, worker))
				group.Go(func() {
					for range 40 {
						time.Sleep(time.Duration(random.Int64N(int64(300 * time.Millisecond))))
						id := random.Int64N(tokens) + 1
						if worker == 0 {
							if random.IntN(5) == 0 {
								_, _ = c.PublishTokens.Update(t.Context(), id, PublishTokenUpdate{Label: Set("written")})
								mu.Lock()
								ended[id] = true
								mu.Unlock()
							}
							continue
						}
						mu.Lock()
						written := ended[id]
						mu.Unlock()
						token, err := c.PublishTokens.Read(t.Context(), id)
						if err != nil || written && token.Label != "written" {
							t.Errorf("seed %d: token %d is %q, %v", seed, id, token.Label, err)
						}
						_, _ = c.PublishTokens.Read(t.Context(), random.Int64N(250)+1)
					}
				})
			}
			group.Wait()
		})
	}
}

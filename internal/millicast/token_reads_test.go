package millicast

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// account is a transport that stands for an account's tokens. Its answers tell
// of the moment when the request came, and take some time to arrive.
type account struct {
	mu     sync.Mutex
	labels map[int64]string
	order  []int64 // as the list has them

	calls, gets, pages  int
	getTakes, pageTakes time.Duration
	pageStatus          int
}

func newAccount(size int) *account {
	a := &account{labels: map[int64]string{}, getTakes: 50 * time.Millisecond, pageTakes: 200 * time.Millisecond, pageStatus: 200}
	for id := range int64(size) {
		a.labels[id+1] = "v1"
		a.order = append(a.order, id+1)
	}
	return a
}

func (a *account) set(id int64, label string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.labels[id] = label
}

func (a *account) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	status, body, takes := a.answer(req)
	select {
	case <-time.After(takes):
		return says(status, body)(req)
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

func (a *account) answer(req *http.Request) (status int, body string, takes time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls++
	if req.URL.Path == tokenListRoute {
		a.pages++
		number, _ := strconv.Atoi(req.URL.Query().Get("page"))
		from := min((number-1)*pageSize, len(a.order))
		var tokens []string
		for _, id := range a.order[from:min(from+pageSize, len(a.order))] {
			tokens = append(tokens, a.token(id))
		}
		return a.pageStatus, `{"status":"success","data":[` + strings.Join(tokens, ",") + `]}`, a.pageTakes
	}
	id := int64(7)
	if !strings.HasPrefix(req.URL.Path, "/api/stream/") && req.Method != http.MethodPatch {
		id, _ = strconv.ParseInt(req.URL.Path[strings.LastIndex(req.URL.Path, "/")+1:], 10, 64)
	}
	if _, ok := a.labels[id]; !ok {
		return 400, fmt.Sprintf(`{"status":"fail","data":{"tokenId":"No publish token with id: %d"}}`, id), a.getTakes
	}
	if req.Method == http.MethodGet {
		a.gets++
	} else {
		a.labels[id] = "written"
		if req.Method == http.MethodDelete {
			delete(a.labels, id)
			a.order = slices.DeleteFunc(a.order, func(other int64) bool { return other == id })
			return 200, `{"status":"success","data":true}`, a.getTakes
		}
	}
	return 200, `{"status":"success","data":` + a.token(id) + `}`, a.getTakes
}

func (a *account) token(id int64) string {
	return fmt.Sprintf(`{"id":%d,"label":%q,"streams":[{"streamName":"s"}]}`, id, a.labels[id])
}

// readAll reads tokens with so many readers at the same time.
func readAll(t *testing.T, c *Client, ids []int64, readers int) {
	t.Helper()
	work := make(chan int64)
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			for id := range work {
				if token, err := c.PublishTokens.Read(t.Context(), id); err != nil || token.ID != id {
					t.Errorf("token %d: got %d, %v", id, token.ID, err)
				}
			}
		})
	}
	for _, id := range ids {
		work <- id
	}
	close(work)
	group.Wait()
}

// TestRead_calls counts the calls for reading some of an account's tokens.
func TestRead_calls(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ reads, size, readers, most int }{
		{1000, 1000, 10, 25},
		{1000, 1000, 1, 25},
		{1000, 1000, 100, 125},
		{1000, 1050, 10, 36},
		{1, 1, 1, 1},
		{10, 10, 1, 2},
		{10, 10, 10, 10},
		{50, 50, 10, 12},
		{100, 100, 10, 12},
		{101, 101, 10, 14},
		{500, 1000, 10, 30},
		{1000, 10000, 10, 220},
		{100, 10000, 10, 150},
		{10, 10000, 10, 10},
		{10, 10000, 1, 20},
		{20, 10000, 10, 40},
		{10000, 10000, 10, 220},
		{5000, 10000, 10, 220},
	} {
		t.Run(fmt.Sprintf("%d of %d by %d", test.reads, test.size, test.readers), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(3) {
				synctest.Test(t, func(t *testing.T) {
					api := newAccount(test.size)
					ids := slices.Clone(api.order)
					rand.New(rand.NewPCG(seed, 0)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
					began := time.Now()
					readAll(t, newTestClient(t, WithTransport(api)), ids[:test.reads], test.readers)

					t.Logf("%d calls: %d gets, %d pages, in %s", api.calls, api.gets, api.pages, time.Since(began))
					if api.calls > test.most || api.calls > 2*test.reads || api.pages > api.gets {
						t.Errorf("%d calls: %d gets, %d pages; want at most %d", api.calls, api.gets, api.pages, test.most)
					}
				})
			}
		})
	}
}

func TestRead_callsWithoutBulk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(100)
		c := newTestClient(t, WithTransport(api), WithBulkRead(false))
		readAll(t, c, slices.Concat(api.order, api.order), 10)
		if api.gets != 200 || api.calls != 200 {
			t.Errorf("%d calls, %d gets", api.calls, api.gets)
		}
	})
}

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

// TestRead_neverStale reads and writes at random and holds every read to the
// last write that ended before it began.
func TestRead_neverStale(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
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

package millicast

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// labels looks through an account.
func labels(ctx context.Context, t *testing.T, c *Client) map[int64]string {
	t.Helper()
	found := map[int64]string{}
	for token, err := range c.PublishTokens.ReadAll(ctx) {
		if err != nil {
			t.Errorf("got %v", err)
		}
		found[token.ID] = token.Label
	}
	return found
}

func TestReadAll_sharesOneWalk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(250)
		c := newTestClient(t, WithTransport(api))
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if got := labels(t.Context(), t, c); len(got) != 250 || got[7] != "v1" {
					t.Errorf("%d tokens, %q", len(got), got[7])
				}
			})
		}
		group.Wait()
		labels(t.Context(), t, c)
		readAll(t, c, api.order, 10)
		if api.calls != 4 { // Three pages, and an empty one.
			t.Errorf("%d calls, want 4", api.calls)
		}

		time.Sleep(knownFor)
		labels(t.Context(), t, c)
		if api.calls != 8 {
			t.Errorf("%d calls after 60 s, want 8", api.calls)
		}
	})
}

func TestReadAll_seesWhatIsWritten(t *testing.T) {
	t.Parallel()
	for name, write := range writes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newTestClient(t, WithTransport(newAccount(50)))
				labels(t.Context(), t, c)
				if err := write(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				if got := labels(t.Context(), t, c); got[7] != "written" {
					t.Errorf("got %q", got[7])
				}
			})
		})
	}
}

// growing is an account in which a token can be made.
type growing struct{ *account }

func (g growing) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodPost {
		return g.account.RoundTrip(req)
	}
	_ = req.Body.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.labels[51] = "new"
	g.order = append(g.order, 51)
	return says(200, `{"status":"success","data":`+g.token(51)+`}`)(req)
}

// TestReadAll_seesATokenThatIsMade has a creation begin and end while a walk is
// under way: what that brings can't hold the new token.
func TestReadAll_seesATokenThatIsMade(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, WithTransport(growing{newAccount(50)}))
		var group sync.WaitGroup
		group.Go(func() { labels(t.Context(), t, c) })
		synctest.Wait()
		if _, err := c.PublishTokens.Create(t.Context(), PublishTokenCreate{}); err != nil {
			t.Fatal(err)
		}
		if got := labels(t.Context(), t, c); got[51] != "new" {
			t.Error("a look through the account misses a token that was made before it")
		}
		group.Wait()
	})
}

func TestReadAll_oneThatGoesAwayTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, WithTransport(newAccount(50)))
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			for _, err := range c.PublishTokens.ReadAll(ctx) {
				var told *Error
				if !errors.Is(err, context.Canceled) || !errors.As(err, &told) {
					t.Errorf("got %v", err)
				}
			}
		})
		synctest.Wait()
		group.Go(func() {
			if got := labels(t.Context(), t, c); len(got) != 50 {
				t.Errorf("%d tokens", len(got))
			}
		})
		synctest.Wait()
		cancel()
		group.Wait()
	})
}

func TestReadAll_withoutBulk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(50)
		c := newTestClient(t, WithTransport(api), WithBulkRead(false))
		labels(t.Context(), t, c)
		labels(t.Context(), t, c)
		if api.calls != 4 {
			t.Errorf("%d calls, want 4", api.calls)
		}
	})
}

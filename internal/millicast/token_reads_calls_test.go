package millicast

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

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
		{5000, 5000, 10, 100},
		{10000, 10000, 10, 220},
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

// terraformWorks is what Terraform does for a token besides reading it. Ten at a
// time, that is fast.
func terraformWorks(id int64) { time.Sleep(time.Duration(20+id%41) * time.Millisecond) }

// TestRead_callsPromised holds the table of docs/guides/scale.md, however long a
// call for a token, or for a page, takes. The first call is the sign-in.
func TestRead_callsPromised(t *testing.T) {
	t.Parallel()
	for _, promise := range []struct{ reads, size, most int }{
		{1, 1, 2},
		{10, 10000, 20},
		{20, 10000, 40},
		{100, 100, 16},
		{100, 10000, 200},
		{1000, 1000, 30},
		{1000, 10000, 210},
		{5000, 5000, 100},
	} {
		for _, takes := range []struct{ get, page time.Duration }{
			{0, 0},
			{50 * time.Millisecond, 50 * time.Millisecond},
			{50 * time.Millisecond, 300 * time.Millisecond},
		} {
			t.Run(fmt.Sprintf("%d of %d, %s and %s", promise.reads, promise.size, takes.get, takes.page), func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(3) {
					synctest.Test(t, func(t *testing.T) {
						api := newAccount(promise.size)
						api.getTakes, api.pageTakes = takes.get, takes.page
						ids := slices.Clone(api.order)
						rand.New(rand.NewPCG(seed, 2)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
						c := newTestClient(t, WithTransport(api))
						if _, err := c.Clusters.Get(t.Context()); err != nil {
							t.Fatal(err)
						}
						readAllWith(t, c, ids[:promise.reads], 10, terraformWorks)
						t.Logf("%d calls: %d gets, %d pages", api.calls, api.gets, api.pages)
						if api.calls > promise.most || api.pages > api.gets {
							t.Errorf("%d calls: %d gets, %d pages; promised are %d", api.calls, api.gets, api.pages, promise.most)
						}
					})
				}
			})
		}
	}
}

// A token may be read by two resources, its own and its priority's. The second read
// takes no call, and is no reason to load more pages for the others.
func TestRead_callsForTokensThatAreReadTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := newAccount(10000)
		c := newTestClient(t, WithTransport(api))
		if _, err := c.Clusters.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, id := range api.order[len(api.order)-10:] {
			readAll(t, c, []int64{id, id}, 1)
		}
		if api.calls != 20 {
			t.Errorf("%d calls: %d gets, %d pages", api.calls, api.gets, api.pages)
		}
	})
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

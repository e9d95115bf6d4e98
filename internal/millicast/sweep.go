package millicast

import (
	"context"
	"encoding/json"
	"time"
)

// maxAtOnce is how many pages of the list may load at the same time.
const maxAtOnce = 4

// sweep is one walk through a list whose elements have a key of type K. It is
// given up, and another may begin, when its first page is too old to be used. It
// is guarded by the lock of its owner.
type sweep[K comparable] struct {
	began   moment // of the first page
	calls   int    // single calls made since the sweep before
	besides int    // single calls that were for nothing of the list, such as the sign-in
	spared  int    // reads that its pages have spared a call
	pages   int    // pages asked for
	next    int    // the next page to ask for
	again   []int  // pages whose reader went away
	loading int    // pages under way
	atOnce  int    // pages that may be under way
	done    bool   // there is nothing more to load
	failed  bool   // a page could not be loaded
	full    bool   // a page was as long as a page can be
	newsy   int    // pages that brought something new
	seen    map[K]bool

	// landed is closed, and replaced, whenever a page is no longer under way.
	landed chan struct{}
}

// pageLoad is one page of a sweep under way.
type pageLoad[K comparable] struct {
	sweep  *sweep[K]
	began  moment
	number int
}

func newSweep[K comparable]() *sweep[K] {
	return &sweep[K]{next: 1, atOnce: 1, seen: map[K]bool{}, landed: make(chan struct{})}
}

func (s *sweep[K]) isOver(after time.Duration) bool { return s.pages > 0 && s.began.isOver(after) }

// isWhole reports whether the pages are certain to hold the whole list as it was
// at one moment: all of it was on one page. Between two pages an element may
// move from the later to the earlier, and be missed.
func (s *sweep[K]) isWhole() bool {
	return s.done && !s.failed && !s.full && s.newsy <= 1 && s.loading == 0 && len(s.again) == 0
}

// paysOff reports whether most reads find what they want among what was loaded,
// and there is more to load. One single call at a time is enough then: it allows the
// next page, which is likely to have what others want.
func (s *sweep[K]) paysOff() bool { return !s.done && s.spared > s.calls }

// mayLoad reports whether the next page may be loaded, if so many are allowed.
func (s *sweep[K]) mayLoad(allowed int) bool {
	return !s.done && s.pages < allowed && s.loading < s.atOnce
}

// load takes the next page.
func (s *sweep[K]) load(began moment) *pageLoad[K] {
	if s.pages == 0 {
		s.began = began
	}
	s.pages++
	s.loading++
	number := s.next
	if n := len(s.again); n > 0 {
		number, s.again = s.again[n-1], s.again[:n-1]
	} else {
		s.next++
	}
	return &pageLoad[K]{sweep: s, began: began, number: number}
}

// land takes note of what a page brought. The number of pages at once grows
// while pages are full, so that a long list takes few waits in a row while a
// short one costs few calls beyond its end.
func (s *sweep[K]) land(keys []K, err error) {
	s.loading--
	news := false
	for _, key := range keys {
		news = news || !s.seen[key]
		s.seen[key] = true
	}
	s.failed = s.failed || err != nil
	s.full = s.full || len(keys) >= pageSize
	if news {
		s.newsy++
	}
	switch {
	case err != nil, !news:
		// An error, the end of the list, or an API that repeats itself.
		s.done = true
	case len(keys) < pageSize:
		s.atOnce = 1
	default:
		s.atOnce = min(2*s.atOnce, maxAtOnce)
	}
	s.signal()
}

// leave gives a page back whose reader went away.
func (s *sweep[K]) leave(number int) {
	s.loading--
	s.again = append(s.again, number)
	s.signal()
}

func (s *sweep[K]) signal() {
	close(s.landed)
	s.landed = make(chan struct{})
}

// loadPage loads a page for all readers. An error is not this read's: a call for
// the token itself follows.
func (p *PublishTokensClient) loadPage(ctx context.Context, load *pageLoad[int64]) {
	r := p.c.reads
	tokens, err := page[listedToken](ctx, p.c, tokenListRoute, inOrderOfCreation(nil), load.number)

	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && ctx.Err() != nil {
		load.sweep.leave(load.number)
		return
	}
	ids := make([]int64, 0, len(tokens))
	for _, token := range tokens {
		r.known.put(token.id, load.began, token.raw)
		ids = append(ids, token.id)
	}
	load.sweep.land(ids, err)
}

// listedToken is a token of a list, decoded no further than to its id.
type listedToken struct {
	id  int64
	raw json.RawMessage
}

func (t *listedToken) UnmarshalJSON(data []byte) error {
	var token struct {
		ID int64 `json:"id"`
	}
	err := json.Unmarshal(data, &token)
	*t = listedToken{id: token.ID, raw: append(json.RawMessage(nil), data...)}
	return err
}

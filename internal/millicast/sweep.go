package millicast

import (
	"context"
	"encoding/json"
)

// maxAtOnce is how many pages of the list may load at the same time.
const maxAtOnce = 4

// sweep is one walk through the list of tokens. It is given up, and another may
// begin, when its first page is too old to be used. It is guarded by the lock of
// [tokenReads].
type sweep struct {
	began   moment // of the first page
	calls   int    // single calls made since the sweep before
	pages   int    // pages asked for: never more than calls
	next    int    // the next page to ask for
	again   []int  // pages whose reader went away
	loading int    // pages under way
	atOnce  int    // pages that may be under way
	done    bool   // there is nothing more to load
	seen    map[int64]bool

	// landed is closed, and replaced, whenever a page is no longer under way.
	landed chan struct{}
}

// pageLoad is one page of a sweep under way.
type pageLoad struct {
	sweep  *sweep
	began  moment
	number int
}

func newSweep() *sweep {
	return &sweep{next: 1, atOnce: 1, seen: map[int64]bool{}, landed: make(chan struct{})}
}

func (s *sweep) isOver() bool { return s.pages > 0 && s.began.isOver() }

func (s *sweep) mayLoad() bool {
	return !s.done && s.pages < s.calls && s.loading < s.atOnce
}

// load takes the next page.
func (s *sweep) load(began moment) *pageLoad {
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
	return &pageLoad{sweep: s, began: began, number: number}
}

// land takes note of what a page brought. The number of pages at once grows
// while pages are full, so that a long list takes few waits in a row while a
// short one costs few calls beyond its end.
func (s *sweep) land(tokens []listedToken, err error) {
	s.loading--
	news := false
	for _, token := range tokens {
		news = news || !s.seen[token.id]
		s.seen[token.id] = true
	}
	switch {
	case err != nil, !news:
		// An error, the end of the list, or an API that repeats itself.
		s.done = true
	case len(tokens) < pageSize:
		s.atOnce = 1
	default:
		s.atOnce = min(2*s.atOnce, maxAtOnce)
	}
	s.signal()
}

// leave gives a page back whose reader went away.
func (s *sweep) leave(number int) {
	s.loading--
	s.again = append(s.again, number)
	s.signal()
}

func (s *sweep) signal() {
	close(s.landed)
	s.landed = make(chan struct{})
}

// loadPage loads a page for all readers. An error is not this read's: a call for
// the token itself follows.
func (p *PublishTokensClient) loadPage(ctx context.Context, load *pageLoad) {
	r := p.c.reads
	tokens, err := page[listedToken](ctx, p.c, tokenListRoute, inOrderOfCreation(nil), load.number)

	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && ctx.Err() != nil {
		load.sweep.leave(load.number)
		return
	}
	for _, token := range tokens {
		r.known.put(token.id, load.began, token.raw)
	}
	load.sweep.land(tokens, err)
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

package failover

import (
	"fmt"
	"math"
)

// Token is one token of a stream, at its place in a wanted order.
type Token struct {
	ID     int64
	Stored Priority
}

// Assignment is the priority that a token shall have.
type Assignment struct {
	TokenID  int64
	Priority Priority
	Changed  bool // Reprioritize has to be called
}

// room is how far apart new numbers are where they can be, so that a later
// change finds some in between.
const room = 10

// rank is a token with what it occupies and what it costs to call.
type rank struct {
	Token
	cost      int64
	low, high int64 // of the stored number and those of its live feeds
	unset     bool  // all of it is unset
	mixed     bool  // some of it is unset
}

// Assign returns a priority for each token, strictly falling along the order, so
// that the calls which reach it are the cheapest: as few tokens on air as
// possible, then as few standbys, then as few idle ones. A token that is not
// called keeps what it has. Live are the live feeds of all tokens, also on other
// streams that a call would disconnect.
//
// A token counts by what is stored and by what its feeds of the stream connected
// with: both have to fit the order, now and after a restart. Feeds with an
// explicit priority do not count, since no call changes them.
//
// Tokens i < j of the order can both stay if p(i)-p(j) >= j-i, for then those
// between them find numbers. The ones that stay are the heaviest chain under
// that relation, found in quadratic time. Only the last may stay unset: unset is
// below every number, and two that are unset tie.
//
// The error says that a token is named twice.
func Assign(stream string, order []Token, live []Feed) ([]Assignment, error) {
	ranks, err := ranksOf(stream, order, newStage(live))
	if err != nil {
		return nil, err
	}
	assignments := make([]Assignment, len(ranks))
	for i, r := range ranks {
		assignments[i] = Assignment{TokenID: r.ID, Priority: r.Stored}
	}
	numbered := ranks
	if len(ranks) == 1 {
		return assignments, nil // Whatever it has, it is first and last.
	}
	if n := len(ranks); n > 0 && ranks[n-1].unset {
		numbered = ranks[:n-1]
	}

	stays := heaviestChain(numbered, len(ranks))
	above := gap{edge: math.MaxInt32 + 1}
	for i := 0; i < len(numbered); i++ {
		first := i
		for i < len(numbered) && !stays[i] {
			i++
		}
		below := gap{edge: math.MinInt32 - 1}
		if i < len(numbered) {
			below = gap{edge: numbered[i].high, taken: true}
		}
		for k, n := range between(above, below, i-first) {
			assignments[first+k].Priority = Number(n)
			assignments[first+k].Changed = true
		}
		if i < len(numbered) {
			above = gap{edge: numbered[i].low, taken: true}
		}
	}
	return assignments, nil
}

func ranksOf(stream string, order []Token, s *stage) ([]rank, error) {
	ranks := make([]rank, 0, len(order))
	named := make(map[int64]bool, len(order))
	n := int64(len(order))
	for _, token := range order {
		if named[token.ID] {
			return nil, fmt.Errorf("token %d is named twice", token.ID)
		}
		named[token.ID] = true

		r := rank{Token: token, cost: 1, low: math.MaxInt64, high: math.MinInt64, unset: true}
		r.occupy(token.Stored)
		for _, at := range s.of[token.ID] {
			// One call for a token on air costs more than all others together, and
			// one for a standby more than all for idle ones.
			r.cost = max(r.cost, n+1)
			if at.holdsTop(token.ID) {
				r.cost = (n + 1) * (n + 1)
			}
			for _, i := range at.own[token.ID] {
				if at.stream == stream && !at.feeds[i].Explicit {
					r.occupy(at.feeds[i].Priority)
				}
			}
		}
		ranks = append(ranks, r)
	}
	return ranks, nil
}

func (r *rank) occupy(p Priority) {
	n, set := p.Get()
	if !set {
		r.mixed = true
		return
	}
	r.unset = false
	r.low, r.high = min(r.low, int64(n)), max(r.high, int64(n))
}

// heaviestChain marks the tokens that stay. Of an order of places, only the token
// at the last place may be unset in part.
func heaviestChain(ranks []rank, places int) []bool {
	n := len(ranks)
	best, from := make([]int64, n), make([]int, n)
	last := -1
	for j, r := range ranks {
		from[j] = -1
		if r.mixed && j < places-1 || r.high+int64(j) > math.MaxInt32 || r.low-int64(n-1-j) < math.MinInt32 {
			continue // It leaves no numbers for those before it, or after it.
		}
		best[j] = r.cost
		for i := range j {
			if best[i] > 0 && best[i]+r.cost > best[j] && ranks[i].low-r.high >= int64(j-i) {
				best[j], from[j] = best[i]+r.cost, i
			}
		}
		if last < 0 || best[j] > best[last] {
			last = j
		}
	}

	stays := make([]bool, n)
	for ; last >= 0; last = from[last] {
		stays[last] = true
	}
	return stays
}

// gap is one end of a run of free numbers: the number just outside of it, which
// is taken by a token or is the end of int32.
type gap struct {
	edge  int64
	taken bool
}

// between returns count falling numbers between two ends. They keep close to the
// one that is taken, the lower first; with none they start at 10.
func between(above, below gap, count int) []int32 {
	numbers := make([]int32, count)
	free := above.edge - below.edge - 1
	for k := range numbers {
		var n int64
		switch up := int64(count - k); {
		case free < room*int64(count):
			n = above.edge - (free+1)*int64(k+1)/int64(count+1)
		case below.taken:
			n = below.edge + room*up
		case above.taken:
			n = above.edge - room*int64(k+1)
		default:
			n = room * up
		}
		numbers[k] = int32(n)
	}
	return numbers
}

package failover

import (
	"cmp"
	"slices"
)

// Source is one source of a stream and who is on air there.
type Source struct {
	Stream string
	Source string
	OnAir  Air
}

// Sources returns who is on air on every source that has a live feed, in the
// order of stream and source.
func Sources(live []Feed) []Source {
	var sources []Source
	for _, s := range newStage(live).sources {
		sources = append(sources, Source{Stream: s.stream, Source: s.name, OnAir: s.air})
	}
	return sources
}

// stage is what is live, source by source.
type stage struct {
	sources []*source
	of      map[int64][]*source // by token: the sources that it feeds
}

type source struct {
	stream string
	name   string
	feeds  []Feed
	own    map[int64][]int // by token: its feeds
	air    Air
}

func newStage(live []Feed) *stage {
	sorted := slices.Clone(live)
	slices.SortStableFunc(sorted, func(a, b Feed) int {
		return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Source, b.Source))
	})
	s := &stage{of: map[int64][]*source{}}
	for _, feed := range sorted {
		last := len(s.sources) - 1
		if last < 0 || s.sources[last].stream != feed.Stream || s.sources[last].name != feed.Source {
			s.sources = append(s.sources, &source{stream: feed.Stream, name: feed.Source, own: map[int64][]int{}})
			last++
		}
		at := s.sources[last]
		if len(at.own[feed.TokenID]) == 0 {
			s.of[feed.TokenID] = append(s.of[feed.TokenID], at)
		}
		at.own[feed.TokenID] = append(at.own[feed.TokenID], len(at.feeds))
		at.feeds = append(at.feeds, feed)
	}
	for _, at := range s.sources {
		at.air = OnAir(at.feeds)
	}
	return s
}

// impacts foresees a reprioritization of a token to a priority.
func (s *stage) impacts(tokenID int64, to Priority) []Impact {
	var impacts []Impact
	for _, at := range s.of[tokenID] {
		impact := Impact{Stream: at.stream, Source: at.name, Feeds: len(at.own[tokenID]), Before: at.air, During: at.without(tokenID)}
		impact.After = afterReturn(impact.During, at.back(tokenID, to))
		impact.Verdict = verdict(impact, tokenID, at.holdsTop(tokenID))
		impacts = append(impacts, impact)
	}
	return impacts
}

// carryOut is impacts, and then it is so.
func (s *stage) carryOut(tokenID int64, to Priority) []Impact {
	impacts := s.impacts(tokenID, to)
	for i, at := range s.of[tokenID] {
		back := at.back(tokenID, to)
		for k, feed := range at.own[tokenID] {
			at.feeds[feed] = back[k]
		}
		at.air = impacts[i].After
	}
	return impacts
}

// without says who is on air while the token's feeds are away.
func (at *source) without(tokenID int64) Air {
	if at.air.TokenID != tokenID && !at.air.Ambiguous {
		return at.air
	}
	var others []Feed
	for _, feed := range at.feeds {
		if feed.TokenID != tokenID {
			others = append(others, feed)
		}
	}
	return OnAir(others)
}

// back returns the token's feeds as they reconnect.
func (at *source) back(tokenID int64, to Priority) []Feed {
	feeds := make([]Feed, 0, len(at.own[tokenID]))
	for _, i := range at.own[tokenID] {
		feed := at.feeds[i]
		feed.OnAir = false
		if !feed.Explicit {
			feed.Priority = to
		}
		feeds = append(feeds, feed)
	}
	return feeds
}

// holdsTop reports whether the token may be the one that viewers get: it is on
// air, or ties with the one that is.
func (at *source) holdsTop(tokenID int64) bool {
	return at.air.TokenID == tokenID || at.air.Ambiguous && slices.ContainsFunc(at.own[tokenID], func(i int) bool {
		return at.feeds[i].Priority.Compare(at.air.Priority) == 0
	})
}

// afterReturn says who is on air once feeds are back at a source whose picture
// the feed named in during holds.
func afterReturn(during Air, back []Feed) Air {
	best := OnAir(back)
	if during.TokenID == 0 {
		return best
	}
	switch best.Priority.Compare(during.Priority) {
	case 1:
		return best
	case 0:
		// What happens on a tie is not documented; that the running feed stays is a guess.
		during.Ambiguous = true
		return during
	default:
		return during
	}
}

func verdict(impact Impact, tokenID int64, onAir bool) Verdict {
	switch {
	case impact.During.TokenID == 0:
		return OffAir
	case onAir:
		return Cut
	case impact.After.TokenID == tokenID:
		return TakesOver
	default:
		return Unnoticed
	}
}

package failover

import (
	"cmp"
	"slices"
)

// Feed is one live feed of a stream.
type Feed struct {
	TokenID  int64
	Stream   string
	Source   string // "" for the only source of a stream
	Priority Priority

	// OnAir says that the API named this feed as the one that viewers get.
	OnAir bool

	// Explicit says that the priority comes from the encoder's publish address
	// (priority=). Such a feed comes back with the same one, whatever its token says.
	Explicit bool
}

// Air is who holds the picture of one source of a stream.
type Air struct {
	TokenID   int64 // 0: nobody
	Priority  Priority
	Ambiguous bool // several feeds of different tokens tie at the top
}

// Verdict says what viewers notice of a change, from nothing to the worst.
type Verdict int

const (
	// Unnoticed: the feed on air is not touched and stays on air.
	Unnoticed Verdict = iota
	// TakesOver: a standby comes back higher than the feed on air, which still
	// runs. Viewers change over without a gap.
	TakesOver
	// Cut: the feed on air is disconnected while a standby is live. Viewers are
	// moved to the standby; how long that takes is not published.
	Cut
	// OffAir: the only live feed is disconnected. Viewers have no picture until
	// the encoder has reconnected.
	OffAir
)

// Impact is what one source of a stream goes through when a token is
// reprioritized.
type Impact struct {
	Stream string
	Source string

	Before Air // now
	During Air // while the token's feeds are away
	After  Air // when they are back

	Feeds   int // how many feeds of the token are disconnected
	Verdict Verdict
}

// Reprioritize returns what happens to each stream and source that the token
// feeds, in the order of their names, when the token's live feeds are
// disconnected and come back with the priority to. Live are all live feeds of
// those streams, other tokens' included. No feed of the token: no impact.
func Reprioritize(live []Feed, tokenID int64, to Priority) []Impact {
	var impacts []Impact
	for _, group := range bySource(live) {
		var others, back []Feed
		for _, feed := range group {
			if feed.TokenID != tokenID {
				others = append(others, feed)
				continue
			}
			if !feed.Explicit {
				feed.Priority = to
			}
			feed.OnAir = false
			back = append(back, feed)
		}
		if len(back) == 0 {
			continue
		}

		impact := Impact{
			Stream: group[0].Stream,
			Source: group[0].Source,
			Before: OnAir(group),
			During: OnAir(others),
			Feeds:  len(back),
		}
		impact.After = afterReturn(impact.During, others, back)
		impact.Verdict = verdict(impact, tokenID, holdsTop(group, tokenID, impact.Before))
		impacts = append(impacts, impact)
	}
	return impacts
}

// OnAir says which of the feeds of one source viewers get: the one that the API
// names, else the one with the highest priority.
func OnAir(feeds []Feed) Air {
	if len(feeds) == 0 {
		return Air{}
	}
	var named []Feed
	for _, feed := range feeds {
		if feed.OnAir {
			named = append(named, feed)
		}
	}
	if len(named) > 0 {
		feeds = named
	}
	best := slices.MaxFunc(feeds, func(a, b Feed) int { return a.Priority.Compare(b.Priority) })
	air := Air{TokenID: best.TokenID, Priority: best.Priority}
	for _, feed := range feeds {
		if feed.TokenID != best.TokenID && feed.Priority.Compare(best.Priority) == 0 {
			air.Ambiguous = true
		}
	}
	return air
}

// afterReturn says who is on air once feeds have come back to a source whose
// picture the feed named in during holds.
func afterReturn(during Air, others, back []Feed) Air {
	if len(others) == 0 {
		return OnAir(back)
	}
	best := OnAir(back)
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

// holdsTop reports whether the token may be the one that viewers get: it is on
// air, or ties with the one that is.
func holdsTop(group []Feed, tokenID int64, air Air) bool {
	if air.TokenID == tokenID {
		return true
	}
	return air.Ambiguous && slices.ContainsFunc(group, func(feed Feed) bool {
		return feed.TokenID == tokenID && feed.Priority.Compare(air.Priority) == 0
	})
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

func bySource(feeds []Feed) [][]Feed {
	sorted := slices.Clone(feeds)
	slices.SortStableFunc(sorted, compareSource)
	var groups [][]Feed
	for i, feed := range sorted {
		if i == 0 || compareSource(sorted[i-1], feed) != 0 {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], feed)
	}
	return groups
}

func compareSource(a, b Feed) int {
	return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Source, b.Source))
}

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
	for _, group := range bySource(live) {
		sources = append(sources, Source{Stream: group[0].Stream, Source: group[0].Source, OnAir: OnAir(group)})
	}
	return sources
}

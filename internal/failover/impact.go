package failover

import "slices"

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
	return newStage(live).impacts(tokenID, to)
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

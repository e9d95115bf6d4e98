package switchover

import (
	"slices"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// Change is a priority that a token shall have, stored and on its live feeds.
type Change struct {
	TokenID  int64
	Priority int32

	// Expected is the stored priority that the plan was based on. nil: the token
	// did not exist then.
	Expected *failover.Priority

	// LookOnly says that the plan foresaw no call. If one is needed, that is a
	// [*ChangedError].
	LookOnly bool

	AllowInterruption    bool
	AllowMultipleStreams bool

	// WaitForReconnect says to wait until every feed that was disconnected is back.
	WaitForReconnect bool

	// Foreseen is the worst that the plan said viewers would notice. nil: it could
	// not say.
	Foreseen *failover.Verdict

	// Explicit are the feeds known to have a priority in their publish address.
	Explicit []ExplicitFeed

	// Begin hears, right before the call, what it is based on. nil: nobody does.
	Begin func(View)

	// Streams are the names of the token's streams as far as the caller knows
	// them. They save a call.
	Streams []string
}

// ExplicitFeed is a source of a token's stream that came back from a
// reprioritization with another priority, so its encoder has priority= in the
// publish address.
type ExplicitFeed struct {
	Stream   string `json:"stream"`
	Source   string `json:"source"`
	Priority string `json:"priority"` // a number, or "unset" where the API names none
}

// Decision is what a change means for what a view saw.
type Decision struct {
	View     View
	Priority failover.Priority // wanted

	// Needed says that a call has to be made: the stored priority differs, or a
	// live feed connected before the token got its priority.
	Needed bool

	// Outdated are the live feeds of the token that have another priority and
	// would get the wanted one by reconnecting.
	Outdated []failover.Feed

	// Explicit are the live feeds of the token that keep another priority
	// whatever is stored.
	Explicit []failover.Feed

	// Impacts says what viewers see if the call is made.
	Impacts []failover.Impact

	// CannotReturn says why the token's encoders could not reconnect: "" if they can.
	CannotReturn string
}

// Decide compares a wanted priority with what a view saw of its token. Explicit
// are the feeds known to have a priority of their own. It makes no calls.
func Decide(view View, wanted failover.Priority, explicit []ExplicitFeed) Decision {
	live := slices.Clone(view.Live)
	decision := Decision{
		View:         view,
		Priority:     wanted,
		Needed:       view.Priority().Compare(wanted) != 0,
		CannotReturn: cannotReturn(view.Token, time.Now()),
	}

	for i, feed := range live {
		if feed.TokenID != view.Token.ID || !view.Monitored || feed.Priority.Compare(wanted) == 0 {
			continue
		}
		if isExplicit(feed, explicit) {
			live[i].Explicit = true
			decision.Explicit = append(decision.Explicit, feed)
			continue
		}
		decision.Outdated = append(decision.Outdated, feed)
		decision.Needed = true
	}
	decision.Impacts = failover.Reprioritize(live, view.Token.ID, wanted)
	return decision
}

// cannotReturn says what keeps new broadcasts of a token out. Running ones are
// left alone by it, so the token may well be live.
func cannotReturn(token millicast.PublishToken, now time.Time) string {
	if token.ID == 0 {
		return ""
	}
	return orderToken(token).CannotReturn(now)
}

// CannotReturn says why the token lets no new broadcast in: "" if it does.
func (t OrderToken) CannotReturn(now time.Time) string {
	switch {
	case t.Disabled:
		return "it is disabled (is_active is false)"
	case t.ExpiresOn != nil && !t.ExpiresOn.After(now):
		return "it expired on " + t.ExpiresOn.UTC().Format(time.RFC3339)
	default:
		return ""
	}
}

// Prune returns the feeds of explicit that may still have a priority of their
// own: one that is live again with another number has none any more.
func Prune(explicit []ExplicitFeed, view View) []ExplicitFeed {
	if !view.Monitored {
		return explicit
	}
	return prune(explicit, view.Token.ID, view.Live)
}

func prune(explicit []ExplicitFeed, tokenID int64, live []failover.Feed) []ExplicitFeed {
	return slices.DeleteFunc(slices.Clone(explicit), func(e ExplicitFeed) bool {
		seen, same := false, false
		for _, feed := range live {
			if feed.TokenID == tokenID && feed.Stream == e.Stream && feed.Source == e.Source {
				seen, same = true, same || feed.Priority.String() == e.Priority
			}
		}
		return seen && !same
	})
}

func isExplicit(feed failover.Feed, known []ExplicitFeed) bool {
	return slices.Contains(known, explicitFeed(feed.Stream, feed.Source, feed.Priority))
}

func explicitFeed(stream, source string, priority failover.Priority) ExplicitFeed {
	return ExplicitFeed{Stream: stream, Source: source, Priority: priority.String()}
}

// Refusal returns why the change must not be made as it is: nil, or a
// [*RefusedError] that says which guard holds it back.
func (d Decision) Refusal(change Change) error {
	if !d.Needed {
		return nil
	}
	if d.CannotReturn != "" && d.View.IsLive() {
		return &RefusedError{Reason: CannotReturn, Decision: d}
	}
	if d.View.HasSeveralStreams() && !change.AllowMultipleStreams {
		return &RefusedError{Reason: SeveralStreams, Decision: d}
	}
	if d.Interrupts() && !change.AllowInterruption {
		return &RefusedError{Reason: Interruption, Decision: d}
	}
	return nil
}

// Notice is the worst that viewers notice of the call; -1 if nothing that is
// live is disconnected.
func (d Decision) Notice() failover.Verdict {
	worst := failover.Verdict(-1)
	for _, impact := range d.Impacts {
		worst = max(worst, impact.Verdict)
	}
	return worst
}

// Interrupts reports whether the call would take a stream off the air.
func (d Decision) Interrupts() bool {
	return slices.ContainsFunc(d.Impacts, func(i failover.Impact) bool { return i.Verdict == failover.OffAir })
}

// InEffect reports whether the wanted priority is stored and on all live feeds
// that can have it. known is false where LiveMonitoring is off and a feed is
// live: nobody can tell then.
func (d Decision) InEffect() (inEffect, known bool) {
	if d.Needed {
		return false, true
	}
	return true, d.View.Monitored || !d.View.IsLive()
}

package switchover

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// lookOnce fills the outcome of a change that is not waited for.
func (o *Operator) lookOnce(ctx context.Context, outcome *Outcome) error {
	view, err := o.Look(ctx, outcome.Decision.View.Token.ID)
	if err != nil {
		return &CallError{Tried: "Reading " + describe(outcome.Decision.View.Token) + " after the call", Err: err}
	}
	outcome.After = view
	return nil
}

// awaitReturn waits until as many feeds of the token are live on every stream
// and source as were before the call, then checks their priority and what is on
// air.
func (o *Operator) awaitReturn(ctx context.Context, outcome *Outcome) error {
	before := outcome.Decision.View
	token := outcome.After.Token
	if !before.IsLive() {
		return o.lookOnce(ctx, outcome)
	}

	defer o.poller.join(token)()
	var missing []Missing
	patience := gracePolls
	wait := o.pollInterval / 4
	if !before.Monitored {
		wait = o.pollInterval // A feed that is still going down can't be told from one that is back.
	}
	for ; ; wait = min(2*wait, o.pollInterval) {
		if err := sleep(ctx, wait); err != nil {
			return &NotBackError{Missing: missing, View: outcome.After, Err: err}
		}
		view, err := o.poller.look(ctx, token)
		switch {
		case err != nil && ctx.Err() != nil:
			return &NotBackError{Missing: missing, View: outcome.After, Err: ctx.Err()}
		case millicast.IsUnauthorized(err), millicast.IsRefused(err):
			return &CallError{Tried: "Waiting for the encoders of " + describe(token) + " to reconnect", Err: err}
		case err != nil:
			continue // The encoders come back whether or not this reading got through.
		}
		outcome.After = view
		if missing = notBack(before, view); len(missing) > 0 {
			continue
		}

		outcome.NotOnAir = notOnAir(outcome.Decision, view)
		if len(outcome.NotOnAir) == 0 || patience == 0 {
			break
		}
		patience--
	}

	o.progress(ctx, fmt.Sprintf("the feeds of token %d are back", token.ID))
	return o.checkPriorities(ctx, outcome)
}

// notBack returns the sources that have fewer live feeds of the token than
// before the call.
func notBack(before, now View) []Missing {
	var missing []Missing
	if !now.Monitored {
		for _, feed := range before.Live {
			if feed.TokenID == before.Token.ID && !slices.ContainsFunc(now.Live, func(f failover.Feed) bool {
				return f.TokenID == feed.TokenID && f.Stream == feed.Stream
			}) {
				missing = append(missing, Missing{Stream: feed.Stream})
			}
		}
		return missing
	}

	old := before.ownFeeds()
	count := map[Missing]int{}
	for _, feed := range old {
		count[Missing{Stream: feed.stream, Source: feed.SourceID}]++
	}
	for _, feed := range now.ownFeeds() {
		// A connection that was there before has not been restarted, unless it
		// shows the new priority all the same.
		asBefore := slices.ContainsFunc(old, func(f liveFeed) bool {
			return f.sameConnection(feed) && failover.PriorityOf(f.Priority).Compare(failover.PriorityOf(feed.Priority)) == 0
		})
		if !asBefore {
			count[Missing{Stream: feed.stream, Source: feed.SourceID}]--
		}
	}
	for source, n := range count {
		if n > 0 {
			missing = append(missing, source)
		}
	}
	slices.SortFunc(missing, func(a, b Missing) int {
		return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Source, b.Source))
	})
	return missing
}

// notOnAir returns the sources on which somebody else is on air than the
// decision foresaw. Ties are left out: what happens there is not documented.
func notOnAir(decision Decision, now View) []failover.Impact {
	if !now.Monitored {
		return nil
	}
	var wrong []failover.Impact
	for _, impact := range decision.Impacts {
		if impact.After.Ambiguous {
			continue
		}
		var group []failover.Feed
		for _, feed := range now.Live {
			if feed.Stream == impact.Stream && feed.Source == impact.Source {
				group = append(group, feed)
			}
		}
		if failover.OnAir(group).TokenID != impact.After.TokenID {
			wrong = append(wrong, impact)
		}
	}
	return wrong
}

// checkPriorities finds the feeds that came back with a priority of their own.
func (o *Operator) checkPriorities(ctx context.Context, outcome *Outcome) error {
	if !outcome.After.Monitored {
		return nil
	}
	outcome.Explicit = Prune(outcome.Explicit, outcome.After)
	var found []ExplicitFeed
	for _, feed := range outcome.After.ownFeeds() {
		priority := failover.PriorityOf(feed.Priority)
		if priority.Compare(outcome.Decision.Priority) == 0 {
			continue
		}
		explicit := explicitFeed(feed.stream, feed.SourceID, priority)
		if !slices.Contains(outcome.Explicit, explicit) {
			found = append(found, explicit)
		}
	}
	if len(found) == 0 {
		return nil
	}

	// The feed may have another priority because the token has.
	token, err := o.client.PublishTokens.Get(ctx, outcome.After.Token.ID)
	if err != nil {
		return &CallError{Tried: "Reading " + describe(outcome.After.Token) + " after its encoder has reconnected", Err: err}
	}
	outcome.After.Token = token
	if outcome.After.Priority().Compare(outcome.Decision.Priority) != 0 {
		return &ChangedError{What: WhileWaiting, Expected: outcome.Decision.Priority, Decision: Decision{View: outcome.After, Priority: outcome.Decision.Priority}}
	}
	outcome.Explicit = append(outcome.Explicit, found...)
	return &ExplicitPriorityError{Decision: outcome.Decision, Feeds: found}
}

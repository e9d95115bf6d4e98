package switchover

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

const (
	// gracePolls is how many polls a change that should be visible is given before
	// it counts as not made.
	gracePolls = 5
)

// Outcome is what a change has done.
type Outcome struct {
	Decision Decision // what it was based on

	// Called says that the priority was stored and the feeds disconnected. It is
	// also true where that is not certain, because an answer was lost.
	Called bool

	// Uncertain says that the answer was lost, and that the call did not show.
	Uncertain bool

	// After is the last look at the token and its streams.
	After View

	// Explicit are all feeds now known to have a priority of their own.
	Explicit []ExplicitFeed

	// NotOnAir are the sources on which viewers get another feed than expected,
	// although everything is back.
	NotOnAir []failover.Impact
}

// Reprioritize makes sure that a token and its live feeds have a priority. It
// calls nothing if they do, refuses what a guard forbids, and otherwise makes
// one call and waits for the disconnected feeds. The changes of one stream go
// one after the other, the waiting included.
//
// Errors: [*RefusedError] and [*ChangedError], where nothing was called;
// [*NotBackError] and [*ExplicitPriorityError], where the priority is stored;
// [*CallError] for the API's own, where [Outcome.Called] tells.
func (o *Operator) Reprioritize(ctx context.Context, change Change) (Outcome, error) {
	unlock, view, err := o.lockAndLook(ctx, change)
	if err != nil {
		return Outcome{}, err
	}
	defer unlock()
	return o.carryOut(ctx, view, change)
}

// carryOut makes a change of streams that are locked and were just read.
func (o *Operator) carryOut(ctx context.Context, view View, change Change) (outcome Outcome, err error) {
	change.Explicit = Prune(change.Explicit, view)
	decision := Decide(view, failover.Number(change.Priority), change.Explicit)
	outcome = Outcome{Decision: decision, After: view, Explicit: change.Explicit}
	if !decision.Needed {
		return outcome, nil
	}
	if change.Expected != nil && view.Priority().Compare(*change.Expected) != 0 {
		return outcome, &ChangedError{Expected: *change.Expected, Decision: decision}
	}
	if change.LookOnly {
		return outcome, &ChangedError{What: LiveFeeds, Expected: decision.Priority, Decision: decision}
	}
	if err := decision.Refusal(change); err != nil {
		return outcome, err
	}
	// A standby that has come in since is disconnected as well; the feed on air is
	// not, unless the plan said so.
	if view.Monitored && change.Foreseen != nil && decision.Notice() > max(*change.Foreseen, failover.TakesOver) {
		return outcome, &ChangedError{What: LiveFeeds, Expected: view.Priority(), Decision: decision}
	}

	defer o.client.Streams.Changing()()
	if change.Begin != nil {
		change.Begin(view)
	}
	o.progress(ctx, fmt.Sprintf("reprioritizing token %d from %s to %d", change.TokenID, view.Priority(), change.Priority))
	if outcome.Called, err = o.call(ctx, decision); err != nil {
		outcome.Uncertain = outcome.Called
		return outcome, err
	}
	outcome.After.Token.Priority = &change.Priority
	if !change.WaitForReconnect {
		return outcome, o.lookOnce(ctx, &outcome)
	}
	return outcome, o.awaitReturn(ctx, &outcome)
}

// Unset clears the stored priority of a token, which counts when its streams
// restart: Reprioritize Stream can't clear. Only Expected of change is used.
func (o *Operator) Unset(ctx context.Context, change Change) (Outcome, error) {
	unlock, view, err := o.lockAndLook(ctx, change)
	if err != nil {
		return Outcome{}, err
	}
	defer unlock()

	outcome := Outcome{Decision: Decision{View: view}, After: view}
	if change.Expected != nil && view.Priority().Compare(*change.Expected) != 0 {
		return outcome, &ChangedError{Expected: *change.Expected, Decision: outcome.Decision}
	}
	_, err = o.client.PublishTokens.Update(ctx, change.TokenID, millicast.PublishTokenUpdate{Priority: millicast.Null[int32]()})
	if err != nil {
		return outcome, &CallError{Tried: fmt.Sprintf("Clearing the priority of publish token %d", change.TokenID), Err: err}
	}
	outcome.Called = true
	return outcome, nil
}

// lockAndLook takes the token's streams and reads them. It looks after it has
// the lock: what was live before another change of the stream proves nothing.
func (o *Operator) lockAndLook(ctx context.Context, change Change) (func(), View, error) {
	tried := fmt.Sprintf("Reading publish token %d and what is live on its streams", change.TokenID)

	names, unknown := change.Streams, false
	if len(names) == 0 {
		token, err := o.client.PublishTokens.Read(ctx, change.TokenID)
		if err != nil {
			return nil, View{}, &CallError{Tried: tried, Err: err}
		}
		names, unknown = View{Token: token}.Streams(), hasRegex(token)
	}

	for {
		unlock, err := o.locks.lock(ctx, names, unknown)
		if err != nil {
			return nil, View{}, &CallError{Tried: "Waiting for other changes of " + strings.Join(names, ", "), Err: err}
		}
		expected := names
		if unknown {
			expected = nil // Some of them are regular expressions.
		}
		view, err := o.Look(ctx, change.TokenID, expected...)
		if err != nil {
			unlock()
			return nil, View{}, &CallError{Tried: tried, Err: err}
		}
		covered := !slices.ContainsFunc(view.Streams(), func(name string) bool { return !slices.Contains(names, name) })
		if unknown || covered && !hasRegex(view.Token) {
			return unlock, view, nil
		}
		unlock()
		names, unknown = view.Streams(), hasRegex(view.Token)
	}
}

// call makes the call, once. If the answer is lost it looks whether the call was
// carried out: to send it again could disconnect the encoders twice, since the
// first may still be on its way. called is true unless it is certain that nothing
// was done.
func (o *Operator) call(ctx context.Context, decision Decision) (called bool, err error) {
	token := decision.View.Token
	priority, _ := decision.Priority.Get()
	_, err = o.client.Streams.Reprioritize(ctx, token.ID, priority)
	if err == nil {
		return true, nil
	}
	failed := &CallError{Tried: fmt.Sprintf("Reprioritizing %s to %d", describe(token), priority), Err: err}
	if !millicast.IsUncertain(err) {
		return false, failed
	}
	if ctx.Err() != nil {
		return true, failed
	}
	o.progress(ctx, fmt.Sprintf("the answer for token %d was lost: looking whether the call was carried out", token.ID))
	if done, lookErr := o.wasCarriedOut(ctx, decision); lookErr != nil || !done {
		return true, failed
	}
	return true, nil
}

// wasCarriedOut looks until the call shows, or until it should have shown.
func (o *Operator) wasCarriedOut(ctx context.Context, decision Decision) (bool, error) {
	for range gracePolls {
		if err := sleep(ctx, o.pollInterval); err != nil {
			return false, err
		}
		view, err := o.Look(ctx, decision.View.Token.ID)
		if err != nil {
			return false, err
		}
		stored := view.Priority().Compare(decision.Priority) == 0
		// Without LiveMonitoring the stored priority is all there is to see. The
		// call stores before it disconnects, and it was not stored before.
		if stored && (!view.Monitored || !stillRuns(view.feeds, decision.View.ownFeeds())) {
			return true, nil
		}
	}
	return false, nil
}

// stillRuns reports whether one of the old feeds has not been disconnected.
func stillRuns(now, old []liveFeed) bool {
	return slices.ContainsFunc(old, func(feed liveFeed) bool {
		return slices.ContainsFunc(now, feed.sameConnection)
	})
}

// sameConnection reports whether two readings are of one connection.
func (f liveFeed) sameConnection(other liveFeed) bool {
	sameStart := f.StartTime == nil || other.StartTime == nil || f.StartTime.Equal(*other.StartTime)
	return f.FeedID == other.FeedID && f.TokenID == other.TokenID && f.stream == other.stream && sameStart
}

// ownFeeds returns the live feeds of the view's token.
func (v View) ownFeeds() []liveFeed {
	var own []liveFeed
	for _, feed := range v.feeds {
		if feed.TokenID == v.Token.ID {
			own = append(own, feed)
		}
	}
	return own
}

func describe(token millicast.PublishToken) string {
	return fmt.Sprintf("publish token %d (%q)", token.ID, token.Label)
}

// sleep waits, or returns the error of ctx as soon as it ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

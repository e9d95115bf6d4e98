package switchover

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
)

// OrderChange is the priorities that the tokens of a stream shall have.
type OrderChange struct {
	Stream      string
	Assignments []failover.Assignment // for every token, the primary first

	// Stored are the priorities that the plan was based on, by token. A token that
	// is not in it did not exist then.
	Stored map[int64]failover.Priority

	// Foreseen is the worst that the plan said viewers would notice.
	Foreseen failover.Verdict

	AllowInterruption    bool
	AllowMultipleStreams bool
	WaitForReconnect     bool

	// Explicit are the feeds known to have a priority of their own, by token.
	Explicit map[int64][]ExplicitFeed
}

// OrderOutcome is what a change of an order has done.
type OrderOutcome struct {
	Called    []int64   // the tokens that were reprioritized, in that order
	Uncertain int64     // the token of a call whose answer was lost, and that did not show; 0: none
	View      OrderView // the last one
	Explicit  map[int64][]ExplicitFeed

	// NotOnAir are the sources on which viewers get another feed in the end than
	// was foreseen before the first call.
	NotOnAir []failover.Impact
}

// OrderChangedError says that what the plan was based on is no longer so.
// Nothing more was called.
type OrderChangedError struct {
	View OrderView

	// Tokens are those whose stored priority is not the planned-for one. None: what
	// is live has changed, so that viewers would notice more than the plan said.
	Tokens []int64
}

func (e *OrderChangedError) Error() string {
	if len(e.Tokens) == 0 {
		return "what is live on " + e.View.Stream + " has changed"
	}
	return fmt.Sprintf("the priorities of %v have changed", e.Tokens)
}

// OrderRefusedError says that a guard refused a change before anything was
// called: see [RefusedError].
type OrderRefusedError struct {
	Reason Reason
	View   OrderView
	Steps  []failover.Step
	Token  int64 // the token that the guard is about
}

func (e *OrderRefusedError) Error() string {
	return fmt.Sprintf("token %d must not be reprioritized", e.Token)
}

// Reorder puts the tokens of a stream in order: one call at a time, each of them
// waited for and verified as by [Operator.Reprioritize]. It stops at the first
// that does not come true; the outcome says which were made.
//
// Errors: [*OrderRefusedError], where nothing was called; [*OrderChangedError],
// where nothing more was; and those of [Operator.Reprioritize].
func (o *Operator) Reorder(ctx context.Context, change OrderChange) (OrderOutcome, error) {
	ids := make([]int64, 0, len(change.Assignments))
	for _, a := range change.Assignments {
		ids = append(ids, a.TokenID)
	}
	unlock, view, err := o.lockOrder(ctx, change.Stream, ids)
	if err != nil {
		return OrderOutcome{}, err
	}
	defer unlock()

	change.Explicit = pruneAll(change.Explicit, view)
	outcome := OrderOutcome{View: view, Explicit: maps.Clone(change.Explicit)}
	steps, err := arrange(view, change)
	if err != nil {
		return outcome, err
	}
	for _, step := range steps {
		if err := o.takeStep(ctx, change, step, &outcome); err != nil {
			return outcome, err
		}
	}
	if len(steps) > 0 {
		after, err := o.LookAtOrder(ctx, change.Stream, ids, true)
		if err != nil {
			return outcome, &CallError{Tried: "Reading the tokens of " + change.Stream + " after the last call", Err: err}
		}
		outcome.View = after
		outcome.NotOnAir = orderNotOnAir(steps, after)
	}
	return outcome, nil
}

// orderNotOnAir holds what the steps foresaw for each source against what is on
// air in the end.
func orderNotOnAir(steps []failover.Step, now OrderView) []failover.Impact {
	if !now.Monitored {
		return nil
	}
	var wrong []failover.Impact
	for _, source := range failover.Sources(now.Live) {
		var last *failover.Impact
		for _, step := range steps {
			for _, impact := range step.Impacts {
				if impact.Stream == source.Stream && impact.Source == source.Source {
					last = &impact
				}
			}
		}
		if last != nil && !last.After.Ambiguous && last.After.TokenID != source.OnAir.TokenID {
			wrong = append(wrong, *last)
		}
	}
	return wrong
}

// lockOrder takes the stream, and whatever else its tokens publish, and reads
// them under the lock.
func (o *Operator) lockOrder(ctx context.Context, stream string, ids []int64) (func(), OrderView, error) {
	names, unknown := []string{stream}, false
	for {
		unlock, err := o.locks.lock(ctx, names, unknown)
		if err != nil {
			return nil, OrderView{}, &CallError{Tried: "Waiting for other changes of " + stream, Err: err}
		}
		view, err := o.LookAtOrder(ctx, stream, ids, true)
		if err != nil {
			unlock()
			return nil, OrderView{}, &CallError{Tried: "Reading the tokens of " + stream + " and what is live on it", Err: err}
		}
		covered := true
		for _, token := range view.Tokens {
			for _, s := range token.Streams {
				covered = covered && (unknown || !s.Regex && slices.Contains(names, s.Name))
				names, unknown = append(names, s.Name), unknown || s.Regex
			}
		}
		if covered {
			return unlock, view, nil
		}
		unlock()
	}
}

// arrange holds the plan against what is there now, and returns the calls.
func arrange(view OrderView, change OrderChange) ([]failover.Step, error) {
	var changed []int64
	for _, a := range change.Assignments {
		token, ok := view.Token(a.TokenID)
		expected, planned := change.Stored[a.TokenID]
		if !a.Changed && !planned {
			expected, planned = a.Priority, true
		}
		if !ok || planned && token.Stored != expected {
			changed = append(changed, a.TokenID)
		}
	}
	if len(changed) > 0 {
		return nil, &OrderChangedError{View: view, Tokens: changed}
	}

	steps := view.Arrange(change.Assignments, change.Explicit)
	if failover.Worst(steps) > change.Foreseen {
		return nil, &OrderChangedError{View: view}
	}
	return steps, RefuseOrder(view, steps, change.AllowInterruption, change.AllowMultipleStreams)
}

// RefuseOrder returns why the calls must not be made as they are: nil, or an
// [*OrderRefusedError] that says which guard holds them back.
func RefuseOrder(view OrderView, steps []failover.Step, allowInterruption, allowMultipleStreams bool) error {
	for _, step := range steps {
		token, _ := view.Token(step.TokenID)
		if len(step.Impacts) > 0 && token.CannotReturn(time.Now()) != "" {
			return &OrderRefusedError{Reason: CannotReturn, View: view, Steps: steps, Token: step.TokenID}
		}
		several := len(token.Streams) > 1 || slices.ContainsFunc(token.Streams, func(s OrderStream) bool { return s.Regex })
		if several && !allowMultipleStreams {
			return &OrderRefusedError{Reason: SeveralStreams, View: view, Steps: steps, Token: step.TokenID}
		}
		if step.Verdict() == failover.OffAir && !allowInterruption {
			return &OrderRefusedError{Reason: Interruption, View: view, Steps: steps, Token: step.TokenID}
		}
	}
	return nil
}

// takeStep looks again, and makes one call of a change.
func (o *Operator) takeStep(ctx context.Context, change OrderChange, step failover.Step, outcome *OrderOutcome) error {
	token, known := outcome.View.Token(step.TokenID)
	view, err := o.Look(ctx, step.TokenID, token.names()...)
	if err != nil {
		return &CallError{Tried: fmt.Sprintf("Reading publish token %d and what is live on its streams", step.TokenID), Err: err}
	}
	number, _ := step.Priority.Get()
	one := Change{
		TokenID:              step.TokenID,
		Priority:             number,
		AllowInterruption:    change.AllowInterruption,
		AllowMultipleStreams: change.AllowMultipleStreams,
		WaitForReconnect:     change.WaitForReconnect,
		Explicit:             change.Explicit[step.TokenID],
	}
	if known {
		one.Expected = &token.Stored
	}
	// Viewers may have been moved to another feed while the last call was waited for.
	if view.Monitored && Decide(view, step.Priority, one.Explicit).Notice() > max(step.Verdict(), failover.TakesOver) {
		return &OrderChangedError{View: outcome.View.live(view)}
	}
	done, err := o.carryOut(ctx, view, one)
	switch {
	case done.Uncertain:
		outcome.Uncertain = step.TokenID
	case done.Called:
		outcome.Called = append(outcome.Called, step.TokenID)
		outcome.View = outcome.View.after(step)
	}
	outcome.Explicit[step.TokenID] = done.Explicit
	var changed *ChangedError
	if errors.As(err, &changed) && changed.What != WhileWaiting {
		view := outcome.View.stored(step.TokenID, changed.Decision.View.Priority())
		if changed.What == StoredPriority {
			return &OrderChangedError{View: view, Tokens: []int64{step.TokenID}}
		}
		return &OrderChangedError{View: view.live(changed.Decision.View)}
	}
	return err
}

// after returns the view with the priority of a step stored.
func (v OrderView) after(step failover.Step) OrderView { return v.stored(step.TokenID, step.Priority) }

func (v OrderView) stored(tokenID int64, priority failover.Priority) OrderView {
	v.Tokens = slices.Clone(v.Tokens)
	for i, token := range v.Tokens {
		if token.ID == tokenID {
			v.Tokens[i].Stored = priority
		}
	}
	return v
}

// live returns the view with what is live now.
func (v OrderView) live(now View) OrderView {
	v.Monitored, v.Live = now.Monitored, now.Live
	return v
}

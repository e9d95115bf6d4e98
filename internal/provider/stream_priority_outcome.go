package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// memoryKey is where the private state keeps the memory of a resource.
const memoryKey = "memory"

type keyReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type keyWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func loadMemory(ctx context.Context, private keyReader) (switchover.Memory, diag.Diagnostics) {
	encoded, diags := private.GetKey(ctx, memoryKey)
	memory, err := switchover.DecodeMemory(encoded)
	if err != nil {
		diags.Append(privateStateDiagnostic(err))
	}
	return memory, diags
}

func privateStateDiagnostic(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Invalid private state", "What this resource keeps in its private state can't be read.\n\n"+
		"Import the resource again. If nobody edited the state, report it at "+issuesURL+".\n\nCause: "+err.Error())
}

func storeMemory(ctx context.Context, private keyWriter, memory switchover.Memory) diag.Diagnostics {
	return private.SetKey(ctx, memoryKey, memory.Encode())
}

// switches reports whether an update has something to put on the live feeds,
// and is not only about guards and timeouts.
func (m *streamPriorityModel) switches(state *streamPriorityModel) bool {
	return !m.Priority.Equal(state.Priority) || state.InEffect.Equal(types.BoolValue(false))
}

// settle takes over what a change has left behind. The priority stays the
// planned one: either it is stored, or an error was returned.
func (m *streamPriorityModel) settle(ctx context.Context, outcome switchover.Outcome) diag.Diagnostics {
	inEffect := switchover.Decide(outcome.After, priorityOf(m.Priority), outcome.Explicit)
	priority := m.Priority
	diags := m.refresh(ctx, inEffect)
	m.Priority = priority
	return diags
}

// carryOut makes a change and reports in diags how it went. ok is false if
// nothing was done, so that the state must stay as it was.
func (r *streamPriorityResource) carryOut(ctx context.Context, verb string, change switchover.Change, plannedInEffect types.Bool, diags *diag.Diagnostics) (outcome switchover.Outcome, ok bool) {
	if diags.HasError() {
		return outcome, false
	}
	// The plan said that nothing has to be called. If that is no longer so, nobody
	// has reviewed what the call would do.
	change.LookOnly = !plannedInEffect.IsUnknown()

	outcome, err := r.services.operator.Reprioritize(ctx, change)
	if err != nil {
		diags.Append(switchDiagnostic(verb, err, r.labels(ctx, change.TokenID)))
		return outcome, outcome.Called
	}
	if len(outcome.NotOnAir) > 0 {
		diags.Append(notOnAirDiagnostic(outcome, r.labels(ctx, change.TokenID)))
	}
	if outcome.Called && change.WaitForReconnect && !outcome.After.Monitored && outcome.After.IsLive() {
		diags.Append(unverifiedDiagnostic(outcome))
	}
	return outcome, true
}

// labels looks up names for the words of an error. The context of the change
// may be over by then.
func (r *streamPriorityResource) labels(ctx context.Context, id int64) tokenLabels {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), labelTimeout)
	defer cancel()
	view, err := r.view(ctx, id)
	if err != nil {
		return nil
	}
	return r.services.operator.Labels(ctx, view)
}

// labelTimeout bounds the look-up of names for an error message.
const labelTimeout = 5 * time.Second

func notOnAirDiagnostic(outcome switchover.Outcome, labels tokenLabels) diag.Diagnostic {
	var lines []string
	for _, impact := range outcome.NotOnAir {
		lines = append(lines, fmt.Sprintf("  %s: expected %s", sourceName(impact.Stream, impact.Source), airWords(impact.After, labels)))
	}
	return diag.WithPath(path.Root("priority"), diag.NewWarningDiagnostic("Another feed is on air than expected",
		fmt.Sprintf("The priority of %s is stored and its feeds are back, but viewers get another feed:\n\n%s\n\nSeen last:\n\n%s\n\n"+
			"Somebody may have changed another token meanwhile. Run terraform plan to see who has which priority.",
			labels.name(outcome.After.Token.ID), strings.Join(lines, "\n"), whoHasWhat(outcome.After, labels))))
}

func unverifiedDiagnostic(outcome switchover.Outcome) diag.Diagnostic {
	return diag.WithPath(path.Root("priority"), diag.NewWarningDiagnostic("Switch is not verified",
		fmt.Sprintf("%s has the priority %s, and a live feed again. LiveMonitoring is off on this account, so it can't be verified "+
			"that every source is back, that the feeds have the new priority, or what is on air.\n\nWatch the stream, or ask for LiveMonitoring.",
			capital(tokenName(outcome.After.Token.ID, outcome.After.Token.Label)), outcome.Decision.Priority)))
}

func inEffectOf(decision switchover.Decision) types.Bool {
	inEffect, known := decision.InEffect()
	if !known {
		return types.BoolNull()
	}
	return types.BoolValue(inEffect)
}

func explicitFeeds(feeds []failover.Feed) []switchover.ExplicitFeed {
	explicit := make([]switchover.ExplicitFeed, 0, len(feeds))
	for _, feed := range feeds {
		explicit = append(explicit, switchover.ExplicitFeed{Stream: feed.Stream, Source: feed.Source, Priority: feed.Priority.String()})
	}
	return explicit
}

func isGone(err error) bool {
	var call *switchover.CallError
	return errors.As(err, &call) && millicast.IsGone(call.Err)
}

// withTimeout applies one of the resource's timeouts to the operation.
func withTimeout(ctx context.Context, configured func(context.Context, time.Duration) (time.Duration, diag.Diagnostics), fallback time.Duration, diags *diag.Diagnostics) (context.Context, context.CancelFunc) {
	timeout, timeoutDiags := configured(ctx, fallback)
	diags.Append(timeoutDiags...)
	return context.WithTimeout(ctx, timeout)
}

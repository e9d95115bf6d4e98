package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// ModifyPlan plans the priorities, and tells the reviewer what viewers will see.
func (r *streamFailoverResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !r.services.known() || req.Plan.Raw.IsNull() {
		return
	}
	var plan, state streamFailoverModel
	creating := req.State.Raw.IsNull()
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if !creating {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	memory, diags := loadOrderMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || plan.StreamName.IsUnknown() {
		return
	}
	if !creating && !plan.StreamName.Equal(state.StreamName) {
		return // It is replaced: Terraform asks again for the plan of the new one.
	}
	order, known := plan.order()
	if !known {
		r.warnUnknown(ctx, plan.StreamName.ValueString(), &resp.Diagnostics)
		return
	}
	if !r.claim(plan.StreamName.ValueString(), order, &resp.Diagnostics) {
		return
	}
	if !creating && plan.TokenIDs.Equal(state.TokenIDs) && !state.InOrder.Equal(types.BoolValue(false)) {
		plan.Priorities, plan.PrimaryTokenID, plan.ReprioritizedTokenIDs, plan.InOrder = state.Priorities, state.PrimaryTokenID, state.ReprioritizedTokenIDs, state.InOrder
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	if creating {
		memory = r.services.operator.RecallOrder(plan.StreamName.ValueString())
		memory.Seen = nil
		// The deletion of the resource that is replaced gets what the plan keeps here,
		// and hands it on to the creation.
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, memoryKey, memory.Encode())...)
	}
	r.planOrder(ctx, &plan, order, memory, resp)
}

// planOrder fills in what is known of a change, and says it in words.
func (r *streamFailoverResource) planOrder(ctx context.Context, plan *streamFailoverModel, order []int64, memory switchover.OrderMemory, resp *resource.ModifyPlanResponse) {
	stream := plan.StreamName.ValueString()
	view, err := r.planView(ctx, stream, order, memory)
	if err != nil {
		resp.Diagnostics.Append(apiDiagnostic("plan", "stream failover", fmt.Sprintf("Reading the tokens of %s and what is live on it failed.", stream), err))
		return
	}
	resp.Diagnostics.Append(elementDiagnostics(view, order, time.Now())...)
	if resp.Diagnostics.HasError() {
		return
	}
	planned, err := view.Plan(order, memory.Explicit)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("token_ids"), "Invalid order", "The tokens can't be put in this order: "+err.Error()+".\n\nName each token once.")
		return
	}
	plan.plan(planned)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)

	labels := r.labels(ctx, view)
	if err := switchover.RefuseOrder(view, planned.Steps, plan.AllowInterruption.ValueBool(), plan.AllowMultipleStreams.ValueBool()); err != nil {
		resp.Diagnostics.Append(orderDiagnostic("plan", stream, switchover.OrderOutcome{}, err, labels))
		return
	}
	if summary, detail, ok := orderWords(view, planned, labels); ok {
		resp.Diagnostics.AddAttributeWarning(path.Root("token_ids"), summary, detail)
	}
	if different, ok := geoDiagnostic(view); ok && memory.Seen == nil { // A refresh has said it.
		resp.Diagnostics.Append(different)
	}
	resp.Diagnostics.Append(r.unlisted(ctx, view, planned, labels, r.isReviewed(stream, memory))...)
}

// isReviewed reports whether the plan is made once more right before it is
// applied: then the refresh that it is made from was another run's. It is the
// same with -refresh=false.
func (r *streamFailoverResource) isReviewed(stream string, memory switchover.OrderMemory) bool {
	return memory.Seen != nil && r.services.operator.RecallOrder(stream).Seen == nil
}

// planView is the view that the last refresh kept, with what it lacks, or a new
// one. What the refresh kept is the same when the plan is made once more right
// before it is applied, so that both say the same.
func (r *streamFailoverResource) planView(ctx context.Context, stream string, order []int64, memory switchover.OrderMemory) (switchover.OrderView, error) {
	if memory.Seen == nil {
		return r.services.operator.LookAtOrder(ctx, stream, order, false)
	}
	view := *memory.Seen
	missing := slices.DeleteFunc(slices.Clone(order), func(id int64) bool {
		_, ok := view.Token(id)
		return ok
	})
	tokens, err := r.services.operator.OrderTokens(ctx, missing)
	view.Tokens = slices.DeleteFunc(append(slices.Clone(view.Tokens), tokens...), func(t switchover.OrderToken) bool {
		return !slices.Contains(order, t.ID)
	})
	return view, err
}

// unlisted reports the tokens outside of the order that will outrank its primary.
// To find those that are not live takes a look through the account, which a
// switch does not wait for once more after it was reviewed.
func (r *streamFailoverResource) unlisted(ctx context.Context, view switchover.OrderView, plan failover.Plan, labels tokenLabels, reviewed bool) diag.Diagnostics {
	var diags diag.Diagnostics
	var tokens []switchover.OrderToken
	var err error
	if !reviewed {
		tokens, err = r.services.operator.TokensOf(ctx, view.Stream, fitsPattern)
	}
	if err != nil {
		diags.AddAttributeWarning(path.Root("token_ids"), "Unable to look for tokens outside of the order",
			fmt.Sprintf("Whether other tokens publish %s and outrank its primary could not be found out.\n\nRun terraform plan again.\n\n%s", view.Stream, apiSaid(err)))
		return diags
	}
	primary := plan.Assignments[0]
	var above []switchover.OrderToken
	for _, token := range tokens {
		listed := slices.ContainsFunc(plan.Assignments, func(a failover.Assignment) bool { return a.TokenID == token.ID })
		if !listed && token.Stored.Compare(primary.Priority) >= 0 {
			above = append(above, token)
		}
	}
	for _, feed := range view.LiveOn() {
		listed := slices.ContainsFunc(plan.Assignments, func(a failover.Assignment) bool { return a.TokenID == feed.TokenID })
		known := slices.ContainsFunc(above, func(t switchover.OrderToken) bool { return t.ID == feed.TokenID })
		if !listed && !known && view.Monitored && feed.Priority.Compare(primary.Priority) >= 0 {
			above = append(above, switchover.OrderToken{ID: feed.TokenID, Label: labels[feed.TokenID], Stored: feed.Priority})
		}
	}
	if len(above) > 0 {
		token, _ := view.Token(primary.TokenID)
		token.Stored = primary.Priority
		diags.Append(unlistedDiagnostic(view.Stream, token, above))
	}
	return diags
}

// warnUnknown says that a reviewer can't see what viewers will: a token of the
// order is created in the same apply.
func (r *streamFailoverResource) warnUnknown(ctx context.Context, stream string, diags *diag.Diagnostics) {
	view, err := r.services.operator.LookAtStream(ctx, stream)
	if err != nil || len(view.Live) == 0 {
		return
	}
	diags.AddAttributeWarning(path.Root("token_ids"), "Order is not known yet",
		fmt.Sprintf("%s is live, and token_ids holds a token that is created in this apply, so the plan can't say what viewers will see. The guards hold all the same.\n\n"+
			"To review the switch, apply the new token first, and then plan the order.", stream))
}

// refreshWarnings say what a refresh found that is no difference to the order.
func (r *streamFailoverResource) refreshWarnings(ctx context.Context, view switchover.OrderView, memory switchover.OrderMemory) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, token := range view.Tokens {
		var known []switchover.ExplicitFeed
		for _, feed := range view.Live {
			explicit := switchover.ExplicitFeed{Stream: feed.Stream, Source: feed.Source, Priority: feed.Priority.String()}
			if feed.TokenID == token.ID && slices.Contains(memory.Explicit[token.ID], explicit) {
				known = append(known, explicit)
			}
		}
		if len(known) > 0 {
			diags.AddAttributeWarning(path.Root("token_ids"), "Feed ignores the priority of its token", explicitWords(tokenName(token.ID, token.Label), known))
		}
		if reason := unfit(token, view.Stream, time.Now()); reason != "" {
			diags.AddAttributeWarning(path.Root("token_ids"), "Publish token can't publish the stream",
				fmt.Sprintf("%s is in the order of %s, but %s.\n\nRemove it from token_ids, or put that right.", capital(tokenName(token.ID, token.Label)), view.Stream, reason))
		}
	}
	if different, ok := geoDiagnostic(view); ok {
		diags.Append(different)
	}

	// Only what is live: to find the rest takes a look through the account, which
	// is made for a change of the order.
	primary, ok := view.Token(memory.Order[0])
	var above []switchover.OrderToken
	for _, feed := range view.LiveOn() {
		listed := slices.Contains(memory.Order, feed.TokenID) || slices.ContainsFunc(above, func(t switchover.OrderToken) bool { return t.ID == feed.TokenID })
		if ok && view.Monitored && !listed && feed.Priority.Compare(primary.Stored) >= 0 {
			above = append(above, switchover.OrderToken{ID: feed.TokenID, Label: r.labels(ctx, view)[feed.TokenID], Stored: feed.Priority})
		}
	}
	if len(above) > 0 {
		diags.Append(unlistedDiagnostic(view.Stream, primary, above))
	}
	return diags
}

// findOrder is the order of a stream's tokens as it is.
func (r *streamFailoverResource) findOrder(ctx context.Context, stream string) ([]int64, diag.Diagnostics) {
	var diags diag.Diagnostics
	var tokens []millicast.PublishToken
	for token, err := range r.services.client.PublishTokens.ListByStreamName(ctx, stream) {
		if err != nil {
			diags.Append(apiDiagnostic("import", "stream failover", fmt.Sprintf("Listing the publish tokens of stream %q failed.", stream), err))
			return nil, diags
		}
		if publishesByName(token, stream) {
			tokens = append(tokens, token)
		}
	}
	if len(tokens) == 0 {
		diags.AddError("Invalid import id", fmt.Sprintf("No token of this account publishes stream %q by its name.\n\n"+
			"Import with the name of a stream, without the account. Tokens that publish it through a regular expression are not found: write the resource instead.", stream))
		return nil, diags
	}
	slices.SortFunc(tokens, compareRank)
	var order []int64
	var ties []string
	for i, token := range tokens {
		order = append(order, token.ID)
		if i > 0 && failover.PriorityOf(token.Priority) == failover.PriorityOf(tokens[i-1].Priority) {
			ties = append(ties, fmt.Sprintf("  %s and %s: %s", tokenName(tokens[i-1].ID, tokens[i-1].Label), tokenName(token.ID, token.Label), failover.PriorityOf(token.Priority)))
		}
	}
	if len(ties) > 0 {
		diags.AddWarning("Tokens tie", fmt.Sprintf("These tokens of %s have the same priority, so which of them viewers get is not documented:\n\n%s\n\n"+
			"The next plan breaks the tie, and says what that disconnects.", stream, strings.Join(ties, "\n")))
	}
	return order, diags
}

func (r *streamFailoverResource) labels(ctx context.Context, view switchover.OrderView) tokenLabels {
	labels := orderLabels(view)
	for _, feed := range view.Live {
		if _, ok := labels[feed.TokenID]; ok {
			continue
		}
		if token, err := r.services.client.PublishTokens.Read(ctx, feed.TokenID); err == nil {
			labels[feed.TokenID] = token.Label
		}
	}
	return labels
}

func orderLabels(view switchover.OrderView) tokenLabels {
	labels := tokenLabels{}
	for _, token := range view.Tokens {
		labels[token.ID] = token.Label
	}
	return labels
}

func orderUnverifiedDiagnostic(view switchover.OrderView) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("token_ids"), "Switch is not verified",
		fmt.Sprintf("The tokens of %s are in order. LiveMonitoring is off on this account, so it can't be verified that every source is back, "+
			"that the feeds have the new priorities, or what is on air.\n\nWatch the stream, or ask for LiveMonitoring.", view.Stream))
}

func orderText(order []int64) string {
	return strings.Join(strings.Fields(fmt.Sprint(order)), ", ")
}

func orderNotOnAirDiagnostic(outcome switchover.OrderOutcome, labels tokenLabels) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("token_ids"), "Another feed is on air than expected",
		fmt.Sprintf("The tokens of %s are in order and their feeds are back, but viewers get another feed than the plan foresaw:\n\n%s\n\n"+
			"Somebody may have changed another token meanwhile. Run terraform plan to see who has which priority.",
			outcome.View.Stream, orderState(outcome.View, labels)))
}

func loadOrderMemory(ctx context.Context, private keyReader) (switchover.OrderMemory, diag.Diagnostics) {
	encoded, diags := private.GetKey(ctx, memoryKey)
	memory, err := switchover.DecodeOrderMemory(encoded)
	if err != nil {
		diags.Append(privateStateDiagnostic(err))
	}
	return memory, diags
}

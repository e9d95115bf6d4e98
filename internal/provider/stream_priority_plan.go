package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// ModifyPlan tells the reviewer what viewers will see, and refuses what the
// guards forbid as early as that can be known.
func (r *streamPriorityResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !r.services.known() {
		return
	}
	memory, diags := loadMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	var plan, state streamPriorityModel
	creating, destroying := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	if !creating {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if destroying {
		resp.Diagnostics.Append(r.planDestroy(ctx, state, memory)...)
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !creating && !plan.TokenID.Equal(state.TokenID) {
		// It is replaced: this is the end for the old token. Terraform asks again for
		// the plan of the new one.
		resp.Diagnostics.Append(r.planDestroy(ctx, state, memory)...)
		return
	}
	if plan.TokenID.IsUnknown() || !plan.Priority.IsUnknown() && !r.claim(plan, &resp.Diagnostics) {
		return
	}

	if !creating {
		plan.PreviousPriority, plan.StreamNames, plan.InEffect = state.PreviousPriority, state.StreamNames, state.InEffect
		if !plan.switches(&state) {
			resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
			return
		}
		// The streams of the token may change in the same apply.
		plan.StreamNames, plan.InEffect = types.SetUnknown(types.StringType), types.BoolUnknown()
	}
	if plan.Priority.IsUnknown() {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	r.planSwitch(ctx, &plan, memory, creating, resp)
}

// planSwitch fills in what is known of a change, and says it in words.
func (r *streamPriorityResource) planSwitch(ctx context.Context, plan *streamPriorityModel, memory switchover.Memory, creating bool, resp *resource.ModifyPlanResponse) {
	id := plan.TokenID.ValueInt64()
	look := r.services.operator.LookOut(ctx, id, memory)
	defer look.End()
	view, err := look.View(ctx)
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic("plan", id, err))
		return
	}
	resumed := false
	if creating {
		memory, resumed = r.resume(id, memory, view.Priority())
		if resumed {
			// The deletion of the resource that is replaced gets what the plan keeps
			// here, and hands it on to the creation.
			continued := memory
			continued.Continued = true
			resp.Diagnostics.Append(storeMemory(ctx, resp.Private, continued)...)
		}
	}

	change, diags := plan.change(ctx, memory.Explicit)
	resp.Diagnostics.Append(diags...)
	decision := switchover.Decide(view, failover.Number(change.Priority), change.Explicit)
	if !decision.Needed {
		plan.InEffect = inEffectOf(decision)
	}
	if creating && !resumed && view.Priority().Compare(decision.Priority) != 0 {
		// Terraform plans a creation once more right before it, and stops if this is
		// not the same then. There is no other way to notice that somebody changed the
		// priority since the plan.
		plan.PreviousPriority = int32Of(view.Priority())
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	if !decision.Needed {
		return
	}

	labels := tokenLabels(look.Labels(ctx, view))
	if err := decision.Refusal(change); err != nil {
		resp.Diagnostics.Append(switchDiagnostic("plan", err, labels))
		return
	}
	if summary, detail, ok := planWords(decision, labels); ok {
		resp.Diagnostics.AddAttributeWarning(path.Root("priority"), summary, detail)
	}
}

// resume returns what is known of the token of a new resource, if it replaces one
// for the same token: from the reading or the deletion of that one, or from what
// Terraform hands on of it. So does one whose creation was cut short.
func (r *streamPriorityResource) resume(id int64, prior switchover.Memory, stored failover.Priority) (switchover.Memory, bool) {
	if memory, ok := r.services.operator.Recall(id); ok {
		return memory, true
	}
	if prior.Created && prior.TokenID == id {
		return prior, true
	}
	memory, ok := r.services.recallKilled(id, stored)
	if ok {
		r.services.operator.Remember(id, memory)
	}
	return memory, ok
}

// planDestroy says what restoring the previous priority will do.
func (r *streamPriorityResource) planDestroy(ctx context.Context, state streamPriorityModel, memory switchover.Memory) diag.Diagnostics {
	var diags diag.Diagnostics
	if state.OnDestroy.ValueString() != onDestroyRestore {
		return diags
	}
	id := state.TokenID.ValueInt64()
	if !memory.Created {
		diags.Append(notRememberedDiagnostic(id))
		return diags
	}

	view, err := r.view(ctx, id)
	if millicast.IsGone(err) {
		return diags
	}
	if err != nil {
		diags.Append(readDiagnostic("plan", id, err))
		return diags
	}
	labels := tokenLabels(r.services.operator.Labels(ctx, view))
	previous := failover.PriorityOf(memory.Previous)
	switch {
	case view.Priority() == previous:
		return diags
	case view.Priority() != failover.Number(memory.Applied):
		diags.Append(leftAloneDiagnostic(labels.name(id), failover.Number(memory.Applied), view.Priority()))
		return diags
	case previous == (failover.Priority{}):
		if view.IsLive() {
			diags.Append(unsetLaterDiagnostic(labels.name(id), view.Priority()))
		}
		return diags
	}

	if _, conflict := r.services.owners.End(id); conflict {
		diags.Append(endingDiagnostic(path.Root("on_destroy"), id))
		return diags
	}
	change, changeDiags := state.change(ctx, memory.Explicit)
	diags.Append(changeDiags...)
	change.Priority, _ = previous.Get()
	decision := switchover.Decide(view, previous, change.Explicit)
	if err := decision.Refusal(change); err != nil {
		diags.Append(switchDiagnostic("plan", err, labels))
		return diags
	}
	if summary, detail, ok := planWords(decision, labels); ok {
		diags.AddWarning(summary, "on_destroy is \"restore\". "+detail)
	}
	return diags
}

// restore puts the remembered priority back, unless somebody changed it since.
func (r *streamPriorityResource) restore(ctx context.Context, state streamPriorityModel, memory switchover.Memory) diag.Diagnostics {
	change, diags := state.change(ctx, memory.Explicit)
	change.Expected = new(failover.Number(memory.Applied))

	var outcome switchover.Outcome
	var err error
	if memory.Previous == nil {
		outcome, err = r.services.operator.Unset(ctx, change)
	} else {
		change.Priority = *memory.Previous
		outcome, err = r.services.operator.Reprioritize(ctx, change)
	}

	var changed *switchover.ChangedError
	switch {
	case err == nil || isGone(err):
	case errors.As(err, &changed) && !outcome.Called:
		if found := changed.Decision.View.Priority(); found != failover.PriorityOf(memory.Previous) {
			diags.Append(leftAloneDiagnostic(tokenName(change.TokenID, changed.Decision.View.Token.Label), changed.Expected, found))
		}
	case outcome.Called && outcome.After.Priority() == failover.PriorityOf(memory.Previous):
		// The priority is back, and this resource can't do more: an error would keep it.
		found := switchDiagnostic("restore", err, r.labels(ctx, change.TokenID))
		diags.AddWarning(found.Summary(), found.Detail())
	default:
		diags.Append(switchDiagnostic("restore", err, r.labels(ctx, change.TokenID)))
	}
	return diags
}

func notRememberedDiagnostic(id int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Priority is kept",
		fmt.Sprintf("on_destroy is \"restore\", but this resource was imported, so it does not know which priority publish token %d had before. "+
			"The priority stays as it is.\n\nTo change it, do so in the configuration before the resource is destroyed.", id))
}

func leftAloneDiagnostic(name string, set, found failover.Priority) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Priority is left alone",
		fmt.Sprintf("on_destroy is \"restore\", but somebody changed the priority of %s since: this resource set %s, and it is %s now. "+
			"It stays as it is.\n\nIf it should be another, change it in the dashboard or in the configuration that owns it now.", name, set, found))
}

func unsetLaterDiagnostic(name string, now failover.Priority) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Priority is cleared when the stream restarts",
		fmt.Sprintf("on_destroy is \"restore\", and the priority of %s was unset before. It is cleared without disconnecting anything: "+
			"live feeds keep %s until their encoder restarts.\n\nRestart the encoder when viewers can spare it, if that should count sooner.", name, now))
}

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// expiryTolerance is how far, in seconds, an expires_in that an import has
// worked out of two rounded times may be off.
const expiryTolerance = 5

// publishTokenPlan is a planned update of a token.
type publishTokenPlan struct {
	config, state publishTokenModel
	plan          *publishTokenModel
	imported      bool // and not updated since
	pending       bool // running broadcasts don't have the restream list yet
}

// restream fills in the keys of the planned list.
func (p publishTokenPlan) restream(ctx context.Context) (diags diag.Diagnostics) {
	p.plan.Restream, diags = planRestream(ctx, p.config.Restream, p.plan.Restream, p.state.Restream)
	return diags
}

// ModifyPlan works out what a change will change, and tells the reviewer what
// it means for broadcasts that are live.
func (r *publishTokenResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		var state publishTokenModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if !resp.Diagnostics.HasError() {
			resp.Diagnostics.Append(r.planEnd(ctx, &state, state.deleteRefusal)...)
		}
		return
	}

	pending, diags := marked(ctx, req.Private, markRestreamPending)
	resp.Diagnostics.Append(diags...)
	if !pending && req.Plan.Raw.Equal(req.State.Raw) {
		// Most tokens of most plans: what follows would find nothing to say.
		var id types.Int64
		var configured types.Int32
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("priority"), &configured)...)
		r.claimPriority(id, configured, &resp.Diagnostics)
		return
	}

	var plan publishTokenModel
	p := publishTokenPlan{plan: &plan, pending: pending}
	resp.Diagnostics.Append(req.Config.Get(ctx, &p.config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		resp.Diagnostics.Append(p.restream(ctx)...)
		plan.Token = plannedSecret(plan.Token, true, plan.StoreToken)
		plan.SRTPassphrase = plannedSecret(plan.SRTPassphrase, true, plan.StoreToken, plan.DisplaySRTPassphrase)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		resp.Diagnostics.Append(r.planKept(ctx, p, resp.Private)...)
		return
	}
	resp.Diagnostics.Append(req.State.Get(ctx, &p.state)...)
	p.imported, diags = marked(ctx, req.Private, markImported)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	if p.replaces() {
		resp.RequiresReplace.Append(path.Root("expires_in"))
		resp.Diagnostics.Append(r.planEnd(ctx, &p.state, p.state.replaceRefusal)...)
		return
	}
	resp.Diagnostics.Append(p.restream(ctx)...)
	p.computed()
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	resp.Diagnostics.Append(p.checkStreams(ctx)...)
	if p.pending {
		// Not on the attribute: a CLI would print its lines, and a key may be there.
		resp.Diagnostics.AddWarning("Restream list is not in force yet",
			fmt.Sprintf("The restream list of %s is stored, but bringing it to its running broadcasts failed: they may still use the old one.\n\n"+
				"This apply tries again. If it keeps failing, restart the broadcasts.", p.state.name()))
	}
	if p.rotationSkipped() {
		resp.Diagnostics.AddAttributeWarning(path.Root("rotation_trigger"), "Secret is not rotated",
			fmt.Sprintf("%s was just imported, so this first rotation_trigger is stored, and the secret stays as it is.\n\n"+
				"To make a new secret, change the value once more after this apply.", capital(p.state.name())))
	}
	if !r.claimPriority(p.state.ID, p.config.Priority, &resp.Diagnostics) || resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.liveWarnings(ctx, p)...)
}

// planEnd tells, or refuses, the end of a token that has a live feed.
func (r *publishTokenResource) planEnd(ctx context.Context, state *publishTokenModel, refusal func(live string) (summary, detail string)) diag.Diagnostics {
	var diags diag.Diagnostics
	if !r.services.known() {
		return diags
	}
	live, err := r.wasLive(ctx, state.ID.ValueInt64())
	switch {
	case err != nil && state.ForceDestroy.ValueBool():
		diags.Append(state.unverifiedLiveness("If it has one, deleting it ends the broadcast at once.\n\nLook for it in the dashboard before you apply.", err))
	case err != nil:
		diags.Append(state.unverifiedLiveness("The apply checks again before it deletes the token, and stops if it has one.\n\nRun terraform plan again to know it before.", err))
	case live && state.ForceDestroy.ValueBool():
		diags.Append(state.cutWarning(r.liveOn(ctx, state)))
	case live:
		diags.AddError(refusal(r.liveOn(ctx, state)))
	}
	return diags
}

// replaces reports whether the change can only be had with a new token.
func (p publishTokenPlan) replaces() bool {
	planned, prior := p.plan.ExpiresIn, p.state.ExpiresIn
	if planned.Equal(prior) {
		return false
	}
	if p.imported && given(planned) && given(prior) {
		off := int64(planned.ValueInt32()) - int64(prior.ValueInt32())
		return off > expiryTolerance || off < -expiryTolerance
	}
	return true
}

// rotates reports whether the apply makes a new secret.
func (p publishTokenPlan) rotates() bool {
	trigger := p.plan.RotationTrigger
	return !trigger.IsNull() && !trigger.Equal(p.state.RotationTrigger) && !p.rotationSkipped()
}

// rotationSkipped reports a first trigger of an imported token. It has a secret
// that encoders use, and writing down its configuration should not change it.
func (p publishTokenPlan) rotationSkipped() bool {
	return p.imported && p.state.RotationTrigger.IsNull() && !p.plan.RotationTrigger.IsNull()
}

// computed marks as unknown what the change will change.
func (p publishTokenPlan) computed() {
	plan, state := p.plan, p.state
	fresh := p.rotates() || !plan.StoreToken.Equal(state.StoreToken)
	plan.Token = plannedSecret(state.Token, fresh, plan.StoreToken)
	fresh = fresh || !plan.DisplaySRTPassphrase.Equal(state.DisplaySRTPassphrase)
	plan.SRTPassphrase = plannedSecret(state.SRTPassphrase, fresh, plan.StoreToken, plan.DisplaySRTPassphrase)

	// A sync that is still to be made needs an update, also if nothing else does.
	if p.pending || !plan.GeoCascade.Equal(state.GeoCascade) || !plan.OriginCluster.Equal(state.OriginCluster) ||
		!plan.AllowedCountries.Equal(state.AllowedCountries) || !plan.DeniedCountries.Equal(state.DeniedCountries) ||
		!plan.EnableUTCInsertion.Equal(state.EnableUTCInsertion) {
		plan.EffectiveSettings = types.ObjectUnknown(publishTokenEffectiveSettingsType.AttrTypes)
	}
}

// plannedSecret returns what a secret will be: null unless all conditions for
// keeping it are true, else the prior one unless a fresh one has to be read.
func plannedSecret(prior types.String, fresh bool, conditions ...types.Bool) types.String {
	planned := prior
	if fresh {
		planned = types.StringUnknown()
	}
	for _, condition := range conditions {
		switch {
		case condition.IsUnknown():
			planned = types.StringUnknown()
		case !condition.ValueBool():
			return types.StringNull()
		}
	}
	return planned
}

// checkStreams refuses what streams edited by difference can't do.
func (p publishTokenPlan) checkStreams(ctx context.Context) diag.Diagnostics {
	if raw, err := p.plan.Streams.ToTerraformValue(ctx); err != nil || !raw.IsFullyKnown() {
		return nil // A stream that is not known yet may be one that stays.
	}
	change, diags := p.plan.streamsChange(ctx, p.state)
	if !change.possible() {
		diags.AddAttributeError(path.Root("streams"), "Unable to change streams",
			fmt.Sprintf("The stream %q of %s can't turn from a name into a regular expression, or back, while no other stream of the token stays: "+
				"it is removed before it is added again, and a token is never without a stream.\n\n"+
				"Add another stream and apply, then make this change, and remove the other stream after that.",
				change.again[0].StreamName, p.state.name()))
	}
	return diags
}

// claimPriority makes the token's configuration the owner of its priority, if
// it sets one. It returns false, with an error, if something else owns it.
func (r *publishTokenResource) claimPriority(id types.Int64, configured types.Int32, diags *diag.Diagnostics) bool {
	if r.services == nil || !given(id) || !given(configured) {
		return true
	}
	other, conflict := r.services.owners.Claim(id.ValueInt64(), ownerToken)
	if conflict {
		diags.Append(conflictDiagnostic(path.Root("priority"), id.ValueInt64(), ownerToken, other))
	}
	return !conflict
}

// liveWarnings tells what an update means for a broadcast that is live. It
// asks the API only if there is something to tell.
func (r *publishTokenResource) liveWarnings(ctx context.Context, p publishTokenPlan) diag.Diagnostics {
	warnings := p.warnings()
	if len(warnings) == 0 || !r.services.known() {
		return nil
	}
	var diags diag.Diagnostics
	live, err := r.wasLive(ctx, p.state.ID.ValueInt64())
	if err != nil {
		diags.Append(p.state.unverifiedLiveness("If it has one, this applies:\n\n"+details(warnings), err))
		return diags
	}
	if live {
		diags.Append(warnings...)
	}
	return diags
}

// warnings are what the update means if the token has a live feed.
func (p publishTokenPlan) warnings() diag.Diagnostics {
	var diags diag.Diagnostics
	name := p.state.name()
	if given(p.config.Priority) && changed(p.plan.Priority, p.state.Priority) {
		diags.AddAttributeWarning(path.Root("priority"), "Priority takes effect when the feed restarts",
			fmt.Sprintf("%s has a live feed. Its new priority %d is stored, and nothing changes on air until the encoder restarts the feed.\n\n"+
				"To switch viewers with this apply, remove the line priority here and set it in a millicast_stream_priority resource.",
				capital(name), p.plan.Priority.ValueInt32()))
	}
	if p.rotates() {
		diags.AddAttributeWarning(path.Root("rotation_trigger"), "Secret of a live token is rotated",
			fmt.Sprintf("%s has a live feed, which goes on. From then on its old secret is refused: an encoder that has to reconnect, be it "+
				"because the feed is reprioritized or because of a fault, stays off the air until it has the new one.\n\n"+
				"Give the encoder the new secret right after this apply, before the stream is reprioritized or restarted.", capital(name)))
	}
	if p.state.IsActive.ValueBool() && !p.plan.IsActive.IsUnknown() && !p.plan.IsActive.ValueBool() {
		diags.AddAttributeWarning(path.Root("is_active"), "Running broadcast goes on",
			fmt.Sprintf("%s has a live feed. Setting is_active to false keeps new broadcasts out and leaves this one running.\n\n"+
				"Stop the encoder to end it. If the feed is lost, it can't come back.", capital(name)))
	}
	return diags
}

// details joins the details of diagnostics.
func details(diags diag.Diagnostics) string {
	var text []string
	for _, d := range diags {
		text = append(text, d.Detail())
	}
	return strings.Join(text, "\n\n")
}

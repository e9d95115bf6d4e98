package provider

import (
	"context"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/journal"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

var (
	_ resource.ResourceWithConfigure      = (*publishTokenResource)(nil)
	_ resource.ResourceWithIdentity       = (*publishTokenResource)(nil)
	_ resource.ResourceWithImportState    = (*publishTokenResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*publishTokenResource)(nil)
	_ resource.ResourceWithValidateConfig = (*publishTokenResource)(nil)
)

// ownerToken names the resource as the owner of a priority.
const ownerToken = "the line priority of a millicast_publish_token resource"

// NewPublishTokenResource returns the millicast_publish_token resource.
func NewPublishTokenResource() resource.Resource { return &publishTokenResource{} }

// publishTokenResource manages a token. What its plan says is in publish_token_plan.go.
type publishTokenResource struct{ services *services }

func (r *publishTokenResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_publish_token"
}

func (r *publishTokenResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = publishTokenSchema(ctx)
}

func (r *publishTokenResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tokenIdentitySchema(identityID)
}

func (r *publishTokenResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.services, _ = req.ProviderData.(*services)
}

func (r *publishTokenResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config publishTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(config.validate(ctx)...)
	}
}

func (r *publishTokenResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config, plan publishTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	create, diags := plan.createRequest(ctx, config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "create", "publish token") {
		return
	}
	ctx, cancel := withTimeout(ctx, plan.Timeouts.Create, publishTokenTimeout, &resp.Diagnostics)
	defer cancel()

	settled, ok := r.takeKilled(ctx, create, &resp.Diagnostics)
	if !ok {
		return
	}
	defer settled()
	var note journal.Note
	defer func() { r.services.end(ctx, note) }()
	created, err := r.services.client.PublishTokens.CreateOnce(ctx, create, func(attempt millicast.Attempt) {
		note = r.services.begin(ctx, noteCreate, looks(create), attempt)
	})
	if err != nil {
		r.createFailed(ctx, created, err, req, resp)
		return
	}

	// The id is in the state before anything else can fail: a half-made token is
	// finished by the next apply then, not lost.
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), created.ID)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityID, types.Int64Value(created.ID))...)
	current := plan
	resp.Diagnostics.Append(current.refresh(ctx, created.PublishToken)...)
	r.claimPriority(current.ID, config.Priority, &resp.Diagnostics)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(r.finish(ctx, publishTokenPlan{config: config, state: current, plan: &plan}, &current, created.Resumed, resp.Private)...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &current)...)
	if resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(mark(ctx, resp.Private, markUnfinished)...)
	}
}

func (r *publishTokenResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state publishTokenModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	// What a lost answer to a create has left has no id, and an identity all the same: 0.
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityID, types.Int64Value(state.ID.ValueInt64()))...)
	imported, diags := marked(ctx, req.Private, markImported)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "read", "publish token") {
		return
	}
	remarked, diags := r.services.remark(ctx, state.ID.String(), resp.Private)
	resp.Diagnostics.Append(diags...)
	imported = imported || remarked
	ctx, cancel := withTimeout(ctx, state.Timeouts.Read, readTimeout, &resp.Diagnostics)
	defer cancel()

	if !r.readUnfinished(ctx, &state, req, resp) {
		return
	}
	token, err := r.services.client.PublishTokens.Read(ctx, state.ID.ValueInt64())
	if millicast.IsGone(err) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(apiDiagnostic("read", "publish token", "Reading "+state.name()+" failed.", err))
		return
	}

	before := state
	resp.Diagnostics.Append(state.refresh(ctx, token)...)
	if imported {
		state.deriveExpiry(token)
	}
	if !reflect.DeepEqual(state, before) {
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
	resp.Diagnostics.Append(r.offer(ctx, state, resp.Private)...)
}

func (r *publishTokenResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan publishTokenModel
	p := publishTokenPlan{plan: &plan}
	resp.Diagnostics.Append(req.Config.Get(ctx, &p.config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &p.state)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityID, p.state.ID)...)
	imported, diags := marked(ctx, req.Private, markImported)
	resp.Diagnostics.Append(diags...)
	pending, diags := marked(ctx, req.Private, markRestreamPending)
	resp.Diagnostics.Append(diags...)
	p.imported, p.pending = imported, pending
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "update", "publish token") ||
		!r.claimPriority(p.state.ID, p.config.Priority, &resp.Diagnostics) {
		return
	}
	ctx, cancel := withTimeout(ctx, plan.Timeouts.Update, publishTokenTimeout, &resp.Diagnostics)
	defer cancel()

	syncs := p.pending || restreamChanged(plan.Restream, p.state.Restream)
	if syncs || imported {
		defer r.services.end(ctx, r.services.begin(ctx, noteUpdate, p.state.ID.String(), updateNote{Imported: imported, Restream: syncs}))
	}
	updated, diags := r.update(ctx, p, resp)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if syncs {
		resp.Diagnostics.Append(r.syncRestream(ctx, updated, resp.Private)...)
	}
	r.services.journal.Forget(noteUpdate, p.state.ID.String())
	resp.Diagnostics.Append(unmark(ctx, resp.Private, markImported)...)
	resp.Diagnostics.Append(unmark(ctx, resp.Private, markUnfinished)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &updated)...)
}

// update makes the calls of a change and returns what the token is then.
func (r *publishTokenResource) update(ctx context.Context, p publishTokenPlan, resp *resource.UpdateResponse) (publishTokenModel, diag.Diagnostics) {
	updated := *p.plan
	requests, diags := updated.updateRequests(ctx, p.config, p.state, p.rotates())
	if diags.HasError() {
		return updated, diags
	}

	var token millicast.PublishToken
	var err error
	for i, request := range requests {
		answer, err := r.services.client.PublishTokens.Update(ctx, p.state.ID.ValueInt64(), request)
		if err != nil {
			diags.Append(apiDiagnostic("update", "publish token", "Changing "+p.state.name()+" failed.", err))
			if i > 0 {
				diags.Append(p.state.refresh(ctx, token)...)
				diags.Append(resp.State.Set(ctx, &p.state)...)
			}
			if millicast.IsUncertain(err) && !request.Restream.IsZero() {
				// The next refresh may find the list stored, and nothing left to change.
				diags.Append(mark(ctx, resp.Private, markRestreamPending)...)
			}
			return updated, diags
		}
		token = answer
	}
	if len(requests) == 0 {
		if !updated.unread() {
			return updated, diags
		}
		if token, err = r.services.client.PublishTokens.Get(ctx, p.state.ID.ValueInt64()); err != nil {
			diags.Append(apiDiagnostic("update", "publish token", "Reading "+p.state.name()+" failed.", err))
			return updated, diags
		}
	}
	diags.Append(updated.refresh(ctx, token)...)
	updated.keepPlanned(*p.plan)
	return updated, diags
}

// syncRestream brings a changed restream list to running broadcasts. If that
// fails, a mark says so until it has worked: every plan is a change then, and
// the next apply tries again.
func (r *publishTokenResource) syncRestream(ctx context.Context, m publishTokenModel, private keyWriter) diag.Diagnostics {
	if live, err := r.isLive(ctx, m.ID.ValueInt64()); err == nil && !live {
		return unmark(ctx, private, markRestreamPending)
	}
	err := r.services.client.PublishTokens.SyncRestream(ctx, m.ID.ValueInt64())
	if err == nil {
		return unmark(ctx, private, markRestreamPending)
	}
	diags := mark(ctx, private, markRestreamPending)
	diags.Append(apiDiagnostic("sync restream of", "publish token",
		fmt.Sprintf("The restream list of %s is stored, but bringing it to its running broadcasts failed: they still use the old one. "+
			"The next apply tries again, also if nothing else has changed.", m.name()), err))
	return diags
}

func (r *publishTokenResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state publishTokenModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "delete", "publish token") {
		return
	}
	kept, diags := r.keeps(ctx, state, req.Private)
	resp.Diagnostics.Append(diags...)
	if kept || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := withTimeout(ctx, state.Timeouts.Delete, publishTokenTimeout, &resp.Diagnostics)
	defer cancel()

	if !state.ForceDestroy.ValueBool() {
		live, err := r.isLive(ctx, state.ID.ValueInt64())
		switch {
		case err != nil:
			resp.Diagnostics.Append(apiDiagnostic("delete", "publish token",
				fmt.Sprintf("Whether %s has a live feed could not be verified. Deleting it would end the broadcast at once, so it was not deleted.", state.name()), err))
			return
		case live:
			resp.Diagnostics.AddError(state.deleteRefusal(r.liveOn(ctx, &state)))
			return
		}
	}
	if err := r.services.client.PublishTokens.Delete(ctx, state.ID.ValueInt64()); err != nil && !millicast.IsGone(err) {
		resp.Diagnostics.Append(apiDiagnostic("delete", "publish token", "Deleting "+state.name()+" failed.", err))
		return
	}
	r.services.journal.Forget(noteUpdate, state.ID.String())
}

func (r *publishTokenResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, diags := importedTokenID(ctx, req, identityID)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "import", "publish token") {
		return
	}
	// The refresh that follows would word a missing token less clearly.
	token, err := r.services.client.PublishTokens.Get(ctx, id)
	if err != nil {
		resp.Diagnostics.Append(apiDiagnostic("import", "publish token", fmt.Sprintf("Reading publish token %d failed.", id), err))
		return
	}
	r.services.journal.Forget(noteCreate, millicast.Looks(token.Label, token.Streams))
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(mark(ctx, resp.Private, markImported)...)
}

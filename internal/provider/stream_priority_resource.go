package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

var (
	_ resource.ResourceWithConfigure   = (*streamPriorityResource)(nil)
	_ resource.ResourceWithIdentity    = (*streamPriorityResource)(nil)
	_ resource.ResourceWithImportState = (*streamPriorityResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*streamPriorityResource)(nil)
)

const (
	switchTimeout = 5 * time.Minute
	readTimeout   = 2 * time.Minute
)

// NewStreamPriorityResource returns the millicast_stream_priority resource.
func NewStreamPriorityResource() resource.Resource { return &streamPriorityResource{} }

type streamPriorityResource struct{ services *services }

func (r *streamPriorityResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_stream_priority"
}

func (r *streamPriorityResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The priority of one publish token, with effect now: it is stored, and the token's live feeds are disconnected, " +
			"so that their encoders reconnect with it. Viewers get the live feed with the highest priority.",
		Attributes: map[string]schema.Attribute{
			"token_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the publish token. Another id replaces the resource; the token itself is never replaced or deleted.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.RequiresReplace()},
			},
			"priority": schema.Int32Attribute{
				MarkdownDescription: "From -2147483648 to 2147483647; the highest wins. A change disconnects every live feed of the token. " +
					"To move viewers without a gap, raise the standby instead of lowering the token on air.",
				Required: true,
			},
			"allow_interruption": schema.BoolAttribute{
				MarkdownDescription: "Disconnect a feed also where no other token has a live feed of that stream and source, so that viewers have no picture until its encoder is back. Default: `false`.",
				Optional:            true, Computed: true, Default: booldefault.StaticBool(false),
			},
			"allow_multiple_streams": schema.BoolAttribute{
				MarkdownDescription: "Accept a token that publishes several streams or a regular expression: its feeds are disconnected on all of them. Default: `false`.",
				Optional:            true, Computed: true, Default: booldefault.StaticBool(false),
			},
			"wait_for_reconnect": schema.BoolAttribute{
				MarkdownDescription: "Wait until every disconnected feed is back with the new priority. Without it the apply ends after the call, and nothing keeps the next change of the stream from disconnecting another feed meanwhile. Default: `true`.",
				Optional:            true, Computed: true, Default: booldefault.StaticBool(true),
			},
			"on_destroy": schema.StringAttribute{
				MarkdownDescription: "`keep` leaves the priority as it is. `restore` puts `previous_priority` back, with the same guards, unless somebody else changed the priority since. Default: `keep`.",
				Optional:            true, Computed: true, Default: stringdefault.StaticString(onDestroyKeep),
				Validators: []validator.String{stringvalidator.OneOf(onDestroyKeep, onDestroyRestore)},
			},
			"timeouts": timeoutsAttribute(ctx, timeouts.Opts{
				Create:            true,
				Read:              true,
				Update:            true,
				Delete:            true,
				CreateDescription: "How long creating may take, waiting for the encoders included, as a Go duration such as `90s`. Default: `5m`.",
				ReadDescription:   "How long a refresh may take, as a Go duration such as `90s`. Default: `2m`.",
				UpdateDescription: "How long a change may take, waiting for the encoders included, as a Go duration such as `90s`. Default: `5m`.",
				DeleteDescription: "How long restoring the previous priority may take, as a Go duration such as `90s`. Default: `5m`.",
			}),
			"stream_names": schema.SetAttribute{
				MarkdownDescription: "What the token publishes: stream names, and regular expressions as they are.",
				ElementType:         types.StringType,
				Computed:            true,
			},
			"previous_priority": schema.Int32Attribute{
				MarkdownDescription: "The priority before this resource took over. Null if it was unset, or after an import.",
				Computed:            true,
			},
			"in_effect": schema.BoolAttribute{
				MarkdownDescription: "Whether all live feeds of the token have the priority. False if one connected before the token got it, for example after somebody used Update Token; the next apply puts it right. " +
					"A feed whose publish address has a `priority=` of its own does not count. Null where it can't be told, because LiveMonitoring is off.",
				Computed: true,
			},
		},
	}
}

func (r *streamPriorityResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tokenIdentitySchema(identityTokenID)
}

func (r *streamPriorityResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.services, _ = req.ProviderData.(*services)
}

func (r *streamPriorityResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan streamPriorityModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "create", "stream priority") {
		return
	}
	ctx, cancel := withTimeout(ctx, plan.Timeouts.Create, switchTimeout, &resp.Diagnostics)
	defer cancel()
	if !r.claim(plan, &resp.Diagnostics) {
		return
	}

	memory, resumed := r.services.operator.Recall(plan.TokenID.ValueInt64())
	change, diags := plan.change(ctx, memory.Explicit)
	resp.Diagnostics.Append(diags...)
	if !plan.PreviousPriority.IsUnknown() && !resumed {
		change.Expected = new(priorityOf(plan.PreviousPriority))
	}
	defer r.services.note(ctx, &change, memory)()
	outcome, ok := r.carryOut(ctx, "create", change, plan.InEffect, &resp.Diagnostics)
	if !ok {
		return
	}

	if plan.PreviousPriority.IsUnknown() {
		plan.PreviousPriority = int32Of(outcome.Decision.View.Priority())
		if resumed {
			plan.PreviousPriority = types.Int32PointerValue(memory.Previous)
		}
	}
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityTokenID, plan.TokenID)...)
	resp.Diagnostics.Append(plan.settle(ctx, outcome)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	memory = switchover.Memory{
		Created:  true,
		Previous: plan.PreviousPriority.ValueInt32Pointer(),
		Applied:  plan.Priority.ValueInt32(),
		Explicit: outcome.Explicit,
	}
	resp.Diagnostics.Append(storeMemory(ctx, resp.Private, memory.Seen(outcome.After))...)
	r.services.journal.Forget(notePriority, plan.TokenID.String())
}

func (r *streamPriorityResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state streamPriorityModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityTokenID, state.TokenID)...)
	memory, diags := loadMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "read", "stream priority") {
		return
	}
	ctx, cancel := withTimeout(ctx, state.Timeouts.Read, readTimeout, &resp.Diagnostics)
	defer cancel()

	id := state.TokenID.ValueInt64()
	view, err := r.view(ctx, id)
	if millicast.IsGone(err) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic("read", id, err))
		return
	}

	if killed, ok := r.services.recallKilled(id, view.Priority()); ok && !memory.Created {
		memory = killed
	}
	memory = memory.Seen(view)
	if memory.Created {
		r.services.operator.Remember(id, memory)
	}
	decision := switchover.Decide(view, view.Priority(), memory.Explicit)
	if len(decision.Explicit) > 0 {
		resp.Diagnostics.AddAttributeWarning(path.Root("priority"), "Feed ignores the priority of its token",
			explicitWords(tokenName(id, view.Token.Label), explicitFeeds(decision.Explicit)))
	}
	resp.Diagnostics.Append(state.refresh(ctx, decision)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	resp.Diagnostics.Append(storeMemory(ctx, resp.Private, memory)...)
}

func (r *streamPriorityResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state streamPriorityModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityTokenID, state.TokenID)...)
	memory, diags := loadMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "update", "stream priority") {
		return
	}
	ctx, cancel := withTimeout(ctx, plan.Timeouts.Update, switchTimeout, &resp.Diagnostics)
	defer cancel()

	if !plan.switches(&state) {
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
		return
	}
	if !r.claim(plan, &resp.Diagnostics) {
		return
	}
	change, diags := plan.change(ctx, memory.Explicit)
	resp.Diagnostics.Append(diags...)
	change.Expected = new(priorityOf(state.Priority))
	change.Foreseen = memory.Foresee(change.Priority)
	if memory.Created {
		defer r.services.note(ctx, &change, memory)()
	}
	outcome, ok := r.carryOut(ctx, "update", change, plan.InEffect, &resp.Diagnostics)
	if !ok {
		return
	}
	memory.Explicit = outcome.Explicit
	memory.Applied = plan.Priority.ValueInt32()
	memory = memory.Seen(outcome.After)
	resp.Diagnostics.Append(plan.settle(ctx, outcome)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(storeMemory(ctx, resp.Private, memory)...)
	r.services.journal.Forget(notePriority, plan.TokenID.String())
}

func (r *streamPriorityResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state streamPriorityModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	memory, diags := loadMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "delete", "stream priority") {
		return
	}
	if memory.Continued {
		memory.Continued = false
		r.services.operator.Remember(state.TokenID.ValueInt64(), memory)
		return // It is replaced for the same token: the new one goes on where this one stopped.
	}
	if state.OnDestroy.ValueString() != onDestroyRestore || !memory.Created {
		return
	}
	ctx, cancel := withTimeout(ctx, state.Timeouts.Delete, switchTimeout, &resp.Diagnostics)
	defer cancel()
	resp.Diagnostics.Append(r.restore(ctx, state, memory)...)
	if !resp.Diagnostics.HasError() {
		r.services.journal.Forget(notePriority, state.TokenID.String())
	}
}

func (r *streamPriorityResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, diags := importedTokenID(ctx, req, identityTokenID)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "import", "stream priority") {
		return
	}
	if _, err := r.services.client.PublishTokens.Get(ctx, id); err != nil {
		resp.Diagnostics.Append(readDiagnostic("import", id, err))
		return
	}
	for name, value := range importedStreamPriority(id) {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// importedStreamPriority is what is known of a resource before it is read.
func importedStreamPriority(id int64) map[string]any {
	return map[string]any{
		"token_id":               id,
		"allow_interruption":     false,
		"allow_multiple_streams": false,
		"wait_for_reconnect":     true,
		"on_destroy":             onDestroyKeep,
	}
}

// view reads a token, in bulk where that is cheaper, and what is live.
func (r *streamPriorityResource) view(ctx context.Context, id int64) (switchover.View, error) {
	token, err := r.services.client.PublishTokens.Read(ctx, id)
	if err != nil {
		return switchover.View{}, err
	}
	return r.services.operator.LookAt(ctx, token)
}

// claim makes this resource the owner of its token's priority. Two that want the
// same number do not fight.
func (r *streamPriorityResource) claim(m streamPriorityModel, diags *diag.Diagnostics) bool {
	id, owner := m.TokenID.ValueInt64(), fmt.Sprintf("a millicast_stream_priority resource with priority %d", m.Priority.ValueInt32())
	other, conflict := r.services.owners.Claim(id, owner)
	if conflict {
		diags.Append(conflictDiagnostic(path.Root("token_id"), id, owner, other))
		return false
	}
	if r.services.owners.Ends(id) {
		diags.Append(endingDiagnostic(path.Root("token_id"), id))
		return false
	}
	return true
}

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

var (
	_ resource.ResourceWithConfigure   = (*streamFailoverResource)(nil)
	_ resource.ResourceWithIdentity    = (*streamFailoverResource)(nil)
	_ resource.ResourceWithImportState = (*streamFailoverResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*streamFailoverResource)(nil)
)

// NewStreamFailoverResource returns the millicast_stream_failover resource.
func NewStreamFailoverResource() resource.Resource { return &streamFailoverResource{} }

type streamFailoverResource struct{ services *services }

func (r *streamFailoverResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_stream_failover"
}

func (r *streamFailoverResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The order of all publish tokens of one stream, the primary first. The provider picks the priorities: " +
			"with the fewest disconnections that reach the order, one after the other, and never of the feed on air if any choice of numbers avoids it.",
		Attributes: map[string]schema.Attribute{
			"stream_name": schema.StringAttribute{
				MarkdownDescription: "Name of the stream, without the account. 1 to 128 characters. Another name replaces the resource, which changes nothing on air.",
				Required:            true,
				Validators:          []validator.String{streamNameLength()},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"token_ids": schema.ListAttribute{
				MarkdownDescription: "Ids of the publish tokens in the order in which viewers shall get their feeds, the primary first. Each of them publishes the stream, is active, and has not expired. No repeats.",
				ElementType:         types.Int64Type,
				Required:            true,
				Validators: []validator.List{
					listvalidator.SizeAtLeast(1),
					listvalidator.UniqueValues(),
					listvalidator.ValueInt64sAre(int64validator.AtLeast(1)),
				},
			},
			"allow_interruption": schema.BoolAttribute{
				MarkdownDescription: "Disconnect a feed also where no other token has a live feed of that source, so that viewers have no picture until its encoder is back. Default: `false`.",
				Optional:            true, Computed: true, Default: booldefault.StaticBool(false),
			},
			"allow_multiple_streams": schema.BoolAttribute{
				MarkdownDescription: "Accept that a token which publishes several streams, or a regular expression, is disconnected on all of them. Default: `false`.",
				Optional:            true, Computed: true, Default: booldefault.StaticBool(false),
			},
			"wait_for_reconnect": schema.BoolAttribute{
				MarkdownDescription: "Wait after each call until every disconnected feed is back with its new priority. Without it the next call may disconnect another feed meanwhile. Default: `true`.",
				Optional:            true, Computed: true, Default: booldefault.StaticBool(true),
			},
			"timeouts": timeoutsAttribute(ctx, timeouts.Opts{
				Create:            true,
				Read:              true,
				Update:            true,
				CreateDescription: "How long creating may take, waiting for all encoders included, as a Go duration such as `90s`. Default: `5m`.",
				ReadDescription:   "How long a refresh may take, as a Go duration such as `90s`. Default: `2m`.",
				UpdateDescription: "How long a change may take, waiting for all encoders included, as a Go duration such as `90s`. Default: `5m`.",
			}),
			"priorities": schema.MapAttribute{
				MarkdownDescription: "The priority of each token, by its id. Null for a last one that may stay unset.",
				ElementType:         types.Int32Type,
				Computed:            true,
			},
			"primary_token_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the primary: the first of `token_ids`.",
				Computed:            true,
			},
			"reprioritized_token_ids": schema.ListAttribute{
				MarkdownDescription: "Ids of the tokens that the last change of the order reprioritized, in that order: their live feeds are disconnected.",
				ElementType:         types.Int64Type,
				Computed:            true,
			},
			"in_order": schema.BoolAttribute{
				MarkdownDescription: "Whether the tokens are in this order, by what is stored and on all live feeds. False if somebody changed that; the next apply puts it right. " +
					"Numbers that changed without changing the order do not count.",
				Computed: true,
			},
		},
	}
}

func (r *streamFailoverResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		identityStreamName: identityschema.StringAttribute{
			Description:       "Name of the stream, without the account.",
			RequiredForImport: true,
		},
	}}
}

func (r *streamFailoverResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.services, _ = req.ProviderData.(*services)
}

func (r *streamFailoverResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan streamFailoverModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "create", "stream failover") {
		return
	}
	ctx, cancel := withTimeout(ctx, plan.Timeouts.Create, switchTimeout, &resp.Diagnostics)
	defer cancel()

	memory := r.services.operator.RecallOrder(plan.StreamName.ValueString())
	memory.Seen = nil
	memory, ok := r.carryOut(ctx, "create", &plan, memory, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityStreamName, plan.StreamName)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, memoryKey, memory.Encode())...)
}

func (r *streamFailoverResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state streamFailoverModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityStreamName, state.StreamName)...)
	memory, diags := loadOrderMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "read", "stream failover") {
		return
	}
	ctx, cancel := withTimeout(ctx, state.Timeouts.Read, readTimeout, &resp.Diagnostics)
	defer cancel()

	stream := state.StreamName.ValueString()
	if memory.Order == nil {
		memory.Order, _ = state.order()
	}
	view, err := r.services.operator.LookAtOrder(ctx, stream, memory.Order, false)
	if err != nil {
		resp.Diagnostics.Append(apiDiagnostic("read", "stream failover", fmt.Sprintf("Reading the tokens of %s and what is live on it failed.", stream), err))
		return
	}
	if len(view.Tokens) == 0 {
		resp.State.RemoveResource(ctx)
		return
	}
	if len(memory.Explicit) == 0 {
		memory.Explicit = r.services.recallOrder(stream)
	}
	memory = memory.Saw(view)
	r.services.operator.RememberOrder(stream, memory)
	resp.Diagnostics.Append(r.refreshWarnings(ctx, view, memory)...)
	if err := state.refresh(view, memory); err != nil {
		resp.Diagnostics.AddError("Unable to read stream failover", "The tokens of "+stream+" can't be ranked: "+err.Error()+".\n\nThis is a bug in the provider. Please report it at "+issuesURL+".")
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, memoryKey, memory.Encode())...)
}

func (r *streamFailoverResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state streamFailoverModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(identify(ctx, resp.Identity, identityStreamName, state.StreamName)...)
	memory, diags := loadOrderMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.services.require(&resp.Diagnostics, "update", "stream failover") {
		return
	}
	ctx, cancel := withTimeout(ctx, plan.Timeouts.Update, switchTimeout, &resp.Diagnostics)
	defer cancel()

	if plan.TokenIDs.Equal(state.TokenIDs) && !plan.InOrder.IsUnknown() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
		return
	}
	memory, ok := r.carryOut(ctx, "update", &plan, memory, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, memoryKey, memory.Encode())...)
}

// Delete only forgets: the priorities stay as they are.
func (r *streamFailoverResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state streamFailoverModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	memory, diags := loadOrderMemory(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if !resp.Diagnostics.HasError() && r.services.known() {
		r.services.operator.RememberOrder(state.StreamName.ValueString(), memory)
	}
}

func (r *streamFailoverResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if !r.services.require(&resp.Diagnostics, "import", "stream failover") {
		return
	}
	stream := req.ID
	if stream == "" && req.Identity != nil {
		var name types.String
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root(identityStreamName), &name)...)
		stream = name.ValueString()
	}
	order, diags := r.findOrder(ctx, stream)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	for name, value := range map[string]any{
		"stream_name":            stream,
		"token_ids":              idList(order),
		"allow_interruption":     false,
		"allow_multiple_streams": false,
		"wait_for_reconnect":     true,
	} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// carryOut puts the tokens in the planned order and reports in diags how that
// went. ok is false if nothing was done, so that the state must stay as it was.
func (r *streamFailoverResource) carryOut(ctx context.Context, verb string, plan *streamFailoverModel, memory switchover.OrderMemory, diags *diag.Diagnostics) (_ switchover.OrderMemory, ok bool) {
	order, _ := plan.order()
	if diags.HasError() || !r.claim(plan.StreamName.ValueString(), order, diags) {
		return memory, false
	}
	change := switchover.OrderChange{
		Stream:               plan.StreamName.ValueString(),
		Foreseen:             failover.OffAir,
		AllowInterruption:    plan.AllowInterruption.ValueBool(),
		AllowMultipleStreams: plan.AllowMultipleStreams.ValueBool(),
		WaitForReconnect:     plan.WaitForReconnect.ValueBool(),
		Explicit:             memory.Explicit,
	}
	assignments, assignDiags := plan.assignments(ctx)
	diags.Append(assignDiags...)
	change.Assignments = assignments
	if memory.Seen != nil {
		change.Stored = map[int64]failover.Priority{}
		for _, token := range memory.Seen.Tokens {
			change.Stored[token.ID] = token.Stored
		}
		change.Foreseen = failover.Worst(memory.Seen.Arrange(assignments, memory.Explicit))
	}

	if len(memory.Explicit) > 0 {
		defer r.services.end(ctx, r.services.begin(ctx, noteOrder, change.Stream, memory))
	}
	outcome, err := r.services.operator.Reorder(ctx, change)
	if err != nil {
		diags.Append(orderDiagnostic(verb, change.Stream, outcome, err, r.labels(context.WithoutCancel(ctx), outcome.View)))
		if len(outcome.Called) == 0 && outcome.Uncertain == 0 {
			return memory, false
		}
		plan.ReprioritizedTokenIDs = idList(outcome.Called)
	}
	r.services.journal.Forget(noteOrder, change.Stream)
	memory.Explicit, memory.Order = outcome.Explicit, order
	memory = memory.Saw(outcome.View)
	found := *plan
	if err := found.refresh(outcome.View, memory); err != nil {
		diags.AddError("Unable to "+verb+" stream failover", err.Error())
	}
	if diags.HasError() {
		*plan = found
		plan.InOrder = types.BoolValue(false)
		return memory, true
	}
	// The rest is as it was planned, or the calls would not have been made.
	plan.InOrder = found.InOrder
	if len(outcome.NotOnAir) > 0 {
		diags.Append(orderNotOnAirDiagnostic(outcome, r.labels(ctx, outcome.View)))
	}
	if len(outcome.Called) > 0 && !outcome.View.Monitored && len(outcome.View.Live) > 0 {
		diags.Append(orderUnverifiedDiagnostic(outcome.View))
	}
	return memory, true
}

// claim makes the order the owner of its tokens' priorities.
func (r *streamFailoverResource) claim(stream string, order []int64, diags *diag.Diagnostics) bool {
	owner := fmt.Sprintf("the millicast_stream_failover resource of %s with the order %s", stream, orderText(order))
	if other, conflict := r.services.owners.ClaimStream(stream, owner); conflict {
		diags.AddAttributeError(path.Root("stream_name"), "Stream has two orders",
			fmt.Sprintf("%s is put in order twice: by %s and by %s. They would move viewers back and forth in every apply.\n\nRemove one of them.", stream, owner, other))
		return false
	}
	free := true
	for i, id := range order {
		if other, conflict := r.services.owners.Claim(id, owner); conflict {
			diags.Append(conflictDiagnostic(path.Root("token_ids").AtListIndex(i), id, owner, other))
			free = false
		}
		if r.services.owners.Ends(id) {
			diags.Append(endingDiagnostic(path.Root("token_ids").AtListIndex(i), id))
			free = false
		}
	}
	return free
}

package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

var (
	_ action.ActionWithConfigure  = (*stopStreamAction)(nil)
	_ action.ActionWithModifyPlan = (*stopStreamAction)(nil)
)

// NewStopStreamAction returns the action millicast_stop_stream.
func NewStopStreamAction() action.Action { return &stopStreamAction{} }

// stopStreamAction takes a stream off the air. That is what it is for, so there
// is no guard but the plan's words.
type stopStreamAction struct{ services *services }

type stopStreamModel struct {
	StreamName types.String `tfsdk:"stream_name"`
}

func (a *stopStreamAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_stop_stream"
}

func (a *stopStreamAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Takes a stream off the air: disconnects every feed of it, whichever token published it. " +
			"An encoder that reconnects by itself brings the stream back; to keep it off, set `is_active = false` on its tokens first.",
		Attributes: map[string]schema.Attribute{
			"stream_name": schema.StringAttribute{
				MarkdownDescription: "Name of the stream, without the account. 1 to 128 characters. Where the provider's `account_id` is not set, " +
					"the account is taken from the live stream, which needs the account feature LiveMonitoring.",
				Required:   true,
				Validators: []validator.String{streamNameLength()},
			},
		},
	}
}

func (a *stopStreamAction) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.services, _ = req.ProviderData.(*services)
}

// ModifyPlan tells the reviewer who will be cut off.
func (a *stopStreamAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var config stopStreamModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || !a.services.known() || config.StreamName.IsUnknown() {
		return
	}
	stream := config.StreamName.ValueString()
	view, err := a.services.operator.LookAtStream(ctx, stream)
	switch {
	case err != nil:
		resp.Diagnostics.Append(apiDiagnostic("read", "stream", fmt.Sprintf("Reading what is live on %s failed.", stream), err))
	case view.Monitored && len(view.Live) == 0:
	case !a.services.operator.CanStop(view, stream):
		resp.Diagnostics.Append(noAccountDiagnostic(stream))
	default:
		resp.Diagnostics.AddAttributeWarning(path.Root("stream_name"), "Stream will be stopped",
			fmt.Sprintf("Every feed of %s is disconnected, and viewers have no picture:\n\n%s\n\n"+
				"An encoder that reconnects by itself brings the stream back. To keep it off, set is_active to false on its tokens first.",
				stream, whoIsLive(view, a.services.operator.Labels(ctx, view))))
	}
}

func (a *stopStreamAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config stopStreamModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || !a.services.require(&resp.Diagnostics, "stop", "stream") {
		return
	}
	send := func(message string) { resp.SendProgress(action.InvokeProgressEvent{Message: message}) }
	ctx, cancel := context.WithTimeout(withProgress(ctx, send), switchTimeout)
	defer cancel()

	stream := config.StreamName.ValueString()
	stopped, err := a.services.operator.Stop(ctx, stream)
	var call *switchover.CallError
	switch {
	case errors.Is(err, switchover.ErrNoAccount):
		resp.Diagnostics.Append(noAccountDiagnostic(stream))
	case errors.As(err, &call) && stopped.Called && !millicast.IsUncertain(err):
		resp.Diagnostics.AddWarning("Stop is not verified",
			fmt.Sprintf("The API said that %s was stopped. %s failed.\n\n"+
				"Watch the stream before you run the action again: that would cut off encoders that are back.\n\n%s", stream, call.Tried, apiSaid(call.Err)))
	case errors.As(err, &call):
		resp.Diagnostics.Append(callDiagnostic("stop", "stream", call))
	case err != nil:
		resp.Diagnostics.Append(apiDiagnostic("stop", "stream", "Stopping "+stream+" failed.", err))
	case stopped.StillRuns:
		resp.Diagnostics.AddError("Stream still runs",
			fmt.Sprintf("The API said that %s was stopped, but a feed that was live before still is:\n\n%s\n\n"+
				"Stop the encoder, or run the action again.", stream, whoIsLive(stopped.After, a.services.operator.Labels(ctx, stopped.After))))
	case stopped.Called && stopped.After.Monitored && len(stopped.After.Live) > 0:
		resp.Diagnostics.AddWarning("Stream is live again",
			fmt.Sprintf("Every feed of %s was disconnected, and an encoder has reconnected by itself:\n\n%s\n\n"+
				"To keep the stream off, set is_active to false on its tokens, then run the action again.",
				stream, whoIsLive(stopped.After, a.services.operator.Labels(ctx, stopped.After))))
	case stopped.Called && len(stopped.After.Live) > 0:
		resp.Diagnostics.AddWarning("Stop is not verified",
			fmt.Sprintf("The API said that %s was stopped. LiveMonitoring is off on this account, so it can't be told whether these still run or have reconnected:\n\n%s\n\n"+
				"Watch the stream. To keep it off, set is_active to false on its tokens, then run the action again.",
				stream, whoIsLive(stopped.After, a.services.operator.Labels(ctx, stopped.After))))
	}
}

func noAccountDiagnostic(stream string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("stream_name"), "Account id is not known",
		fmt.Sprintf("The API stops a stream by its id ACCOUNT/%s, and no live feed says which account it is.\n\n"+
			"Set account_id in the provider block, or the environment variable %s.", stream, envAccountID))
}

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

var (
	_ action.ActionWithConfigure  = (*reprioritizeStreamAction)(nil)
	_ action.ActionWithModifyPlan = (*reprioritizeStreamAction)(nil)
)

// NewReprioritizeStreamAction returns the action millicast_reprioritize_stream.
func NewReprioritizeStreamAction() action.Action { return &reprioritizeStreamAction{} }

// reprioritizeStreamAction does once what millicast_stream_priority keeps up.
type reprioritizeStreamAction struct{ services *services }

type reprioritizeStreamModel struct {
	TokenID              types.Int64 `tfsdk:"token_id"`
	Priority             types.Int32 `tfsdk:"priority"`
	AllowInterruption    types.Bool  `tfsdk:"allow_interruption"`
	AllowMultipleStreams types.Bool  `tfsdk:"allow_multiple_streams"`
	WaitForReconnect     types.Bool  `tfsdk:"wait_for_reconnect"`
}

// change is what the configuration asks for. An action has no defaults in its
// schema, so null is the default here.
func (m *reprioritizeStreamModel) change() switchover.Change {
	return switchover.Change{
		TokenID:              m.TokenID.ValueInt64(),
		Priority:             m.Priority.ValueInt32(),
		AllowInterruption:    m.AllowInterruption.ValueBool(),
		AllowMultipleStreams: m.AllowMultipleStreams.ValueBool(),
		WaitForReconnect:     m.WaitForReconnect.IsNull() || m.WaitForReconnect.ValueBool(),
	}
}

func (a *reprioritizeStreamAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_reprioritize_stream"
}

func (a *reprioritizeStreamAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Gives a publish token a priority, once and with effect now: it is stored, and the token's live feeds are disconnected, " +
			"so that their encoders reconnect with it. For the moment when a pull request is too slow; it has the same guards as the resource " +
			"`millicast_stream_priority`, and is no owner of the priority. Nothing is disconnected where the token and its live feeds have the priority already.",
		Attributes: map[string]schema.Attribute{
			"token_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the publish token.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"priority": schema.Int32Attribute{
				MarkdownDescription: "From -2147483648 to 2147483647; the highest wins. To move viewers without a gap, raise the standby instead of lowering the token on air.",
				Required:            true,
			},
			"allow_interruption": schema.BoolAttribute{
				MarkdownDescription: "Disconnect a feed also where no other token has a live feed of that stream and source, so that viewers have no picture until its encoder is back. Default: `false`.",
				Optional:            true,
			},
			"allow_multiple_streams": schema.BoolAttribute{
				MarkdownDescription: "Accept a token that publishes several streams or a regular expression: its feeds are disconnected on all of them. Default: `false`.",
				Optional:            true,
			},
			"wait_for_reconnect": schema.BoolAttribute{
				MarkdownDescription: "Wait, for up to five minutes, until every disconnected feed is back with the new priority. Default: `true`.",
				Optional:            true,
			},
		},
	}
}

func (a *reprioritizeStreamAction) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.services, _ = req.ProviderData.(*services)
}

// ModifyPlan tells the reviewer what viewers will see, and refuses what the
// guards forbid.
func (a *reprioritizeStreamAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var config reprioritizeStreamModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || !a.services.known() || config.TokenID.IsUnknown() || config.Priority.IsUnknown() {
		return
	}
	change := config.change()
	view, err := a.services.operator.Look(ctx, change.TokenID)
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic("plan", change.TokenID, err))
		return
	}
	decision := switchover.Decide(view, failover.Number(change.Priority), nil)
	if !decision.Needed {
		return
	}
	labels := tokenLabels(a.services.operator.Labels(ctx, view))
	// A guard that is not known yet may lift what it would refuse; Invoke looks again.
	if err := decision.Refusal(change); err != nil && !config.AllowInterruption.IsUnknown() && !config.AllowMultipleStreams.IsUnknown() {
		resp.Diagnostics.Append(switchDiagnostic("plan", err, labels))
		return
	}
	if summary, detail, ok := planWords(decision, labels); ok {
		resp.Diagnostics.AddAttributeWarning(path.Root("priority"), summary, detail)
	}
}

func (a *reprioritizeStreamAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config reprioritizeStreamModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || !a.services.require(&resp.Diagnostics, "invoke", "reprioritization") {
		return
	}
	send := func(message string) { resp.SendProgress(action.InvokeProgressEvent{Message: message}) }
	ctx, cancel := context.WithTimeout(withProgress(ctx, send), switchTimeout)
	defer cancel()

	change := config.change()
	outcome, err := a.services.operator.Reprioritize(ctx, change)
	labels := (&streamPriorityResource{services: a.services}).labels(ctx, change.TokenID)
	if err != nil {
		resp.Diagnostics.Append(invokeDiagnostic(err, labels))
		return
	}
	if len(outcome.NotOnAir) > 0 {
		resp.Diagnostics.Append(notOnAirDiagnostic(outcome, labels))
	}
	if outcome.Called && change.WaitForReconnect && !outcome.After.Monitored && outcome.After.IsLive() {
		resp.Diagnostics.Append(unverifiedDiagnostic(outcome))
	}
	send(outcomeWords(outcome, change, labels))
}

// outcomeWords is the last progress message of an action that went well.
func outcomeWords(outcome switchover.Outcome, change switchover.Change, labels tokenLabels) string {
	name := labels.name(change.TokenID)
	switch {
	case !outcome.Called:
		return fmt.Sprintf("%s and its live feeds have the priority %d already: nothing was disconnected", name, change.Priority)
	case change.WaitForReconnect && outcome.Decision.View.IsLive():
		return fmt.Sprintf("%s has the priority %d, and its feeds are back", name, change.Priority)
	default:
		return fmt.Sprintf("%s has the priority %d", name, change.Priority)
	}
}

// invokeDiagnostic is switchDiagnostic for an action, which has no timeouts to
// raise and remembers nothing.
func invokeDiagnostic(err error, labels tokenLabels) diag.Diagnostic {
	var notBack *switchover.NotBackError
	var explicit *switchover.ExplicitPriorityError
	var call *switchover.CallError
	switch {
	case errors.As(err, &notBack):
		name := labels.name(notBack.View.Token.ID)
		missing := notBack.View.Streams()
		if len(notBack.Missing) > 0 {
			missing = nil
		}
		for _, feed := range notBack.Missing {
			missing = append(missing, sourceName(feed.Stream, feed.Source))
		}
		return diag.NewErrorDiagnostic("Feed has not come back",
			fmt.Sprintf("The priority of %s is stored, and its feeds were disconnected. These were not back when the waiting ended:\n\n  %s\n\n"+
				"Look at the encoder: it has to reconnect by itself. Running the action again looks at it again, and does not disconnect it a second time.\n\n"+
				"Last seen:\n\n%s", name, strings.Join(missing, "\n  "), whoHasWhat(notBack.View, labels)))
	case errors.As(err, &explicit):
		name := labels.name(explicit.Decision.View.Token.ID)
		return diag.NewAttributeErrorDiagnostic(path.Root("priority"), "Feed came back with another priority",
			fmt.Sprintf("%s was reprioritized to %s, and its feeds have reconnected.\n\n%s Running the action again would disconnect the feed once more and change nothing.",
				capital(name), explicit.Decision.Priority, ownPriorityWords(name, explicit.Feeds)))
	case errors.As(err, &call):
		return callDiagnostic("invoke", "reprioritization", call)
	default:
		return switchDiagnostic("set", err, labels)
	}
}

// callDiagnostic is apiDiagnostic for a call of an action. A plan has nothing to
// say of one whose answer was lost.
func callDiagnostic(verb, noun string, call *switchover.CallError) diag.Diagnostic {
	if !millicast.IsUncertain(call.Err) {
		return apiDiagnostic(verb, noun, call.Tried+" failed.", call.Err)
	}
	return diag.NewErrorDiagnostic(fmt.Sprintf("Unable to %s %s", verb, noun),
		fmt.Sprintf("%s failed: the answer was lost.\n\n"+
			"It was not sent a second time, because the first may have been carried out, or may still be. "+
			"Wait a minute and look who is on air; run the action again only if nothing has changed.\n\n%s", call.Tried, apiSaid(call.Err)))
}

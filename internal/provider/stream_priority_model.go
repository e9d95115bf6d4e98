package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// What on_destroy can be.
const (
	onDestroyKeep    = "keep"
	onDestroyRestore = "restore"
)

type streamPriorityModel struct {
	TokenID              types.Int64    `tfsdk:"token_id"`
	Priority             types.Int32    `tfsdk:"priority"`
	AllowInterruption    types.Bool     `tfsdk:"allow_interruption"`
	AllowMultipleStreams types.Bool     `tfsdk:"allow_multiple_streams"`
	WaitForReconnect     types.Bool     `tfsdk:"wait_for_reconnect"`
	OnDestroy            types.String   `tfsdk:"on_destroy"`
	Timeouts             timeouts.Value `tfsdk:"timeouts"`

	StreamNames      types.Set   `tfsdk:"stream_names"`
	PreviousPriority types.Int32 `tfsdk:"previous_priority"`
	InEffect         types.Bool  `tfsdk:"in_effect"`
}

// change is what the configuration asks for. The guards are the user's.
func (m *streamPriorityModel) change(ctx context.Context, explicit []switchover.ExplicitFeed) (switchover.Change, diag.Diagnostics) {
	change := switchover.Change{
		TokenID:              m.TokenID.ValueInt64(),
		Priority:             m.Priority.ValueInt32(),
		AllowInterruption:    m.AllowInterruption.ValueBool(),
		AllowMultipleStreams: m.AllowMultipleStreams.ValueBool(),
		WaitForReconnect:     m.WaitForReconnect.ValueBool(),
		Explicit:             explicit,
	}
	if m.StreamNames.IsNull() || m.StreamNames.IsUnknown() {
		return change, nil
	}
	diags := m.StreamNames.ElementsAs(ctx, &change.Streams, false)
	return change, diags
}

// refresh takes over what was read: the priority as it is stored, and whether
// it is on the live feeds.
func (m *streamPriorityModel) refresh(ctx context.Context, decision switchover.Decision) diag.Diagnostics {
	m.Priority = int32Of(decision.View.Priority())
	inEffect, known := decision.InEffect()
	m.InEffect = types.BoolNull()
	if known {
		m.InEffect = types.BoolValue(inEffect)
	}
	var diags diag.Diagnostics
	m.StreamNames, diags = types.SetValueFrom(ctx, types.StringType, decision.View.Streams())
	return diags
}

// int32Of turns unset into null.
func int32Of(p failover.Priority) types.Int32 {
	if n, ok := p.Get(); ok {
		return types.Int32Value(n)
	}
	return types.Int32Null()
}

// priorityOf turns null into unset.
func priorityOf(v types.Int32) failover.Priority { return failover.PriorityOf(v.ValueInt32Pointer()) }

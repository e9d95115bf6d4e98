package provider

import (
	"context"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

type streamFailoverModel struct {
	StreamName           types.String   `tfsdk:"stream_name"`
	TokenIDs             types.List     `tfsdk:"token_ids"`
	AllowInterruption    types.Bool     `tfsdk:"allow_interruption"`
	AllowMultipleStreams types.Bool     `tfsdk:"allow_multiple_streams"`
	WaitForReconnect     types.Bool     `tfsdk:"wait_for_reconnect"`
	Timeouts             timeouts.Value `tfsdk:"timeouts"`

	Priorities            types.Map   `tfsdk:"priorities"`
	PrimaryTokenID        types.Int64 `tfsdk:"primary_token_id"`
	ReprioritizedTokenIDs types.List  `tfsdk:"reprioritized_token_ids"`
	InOrder               types.Bool  `tfsdk:"in_order"`
}

// order returns the ids of token_ids, and false if one of them is not known yet.
func (m *streamFailoverModel) order() ([]int64, bool) { return idsOf(m.TokenIDs) }

// plan fills in what is planned: the priorities, and who is called.
func (m *streamFailoverModel) plan(plan failover.Plan) {
	priorities := make(map[string]attr.Value, len(plan.Assignments))
	for _, a := range plan.Assignments {
		priorities[strconv.FormatInt(a.TokenID, 10)] = int32Of(a.Priority)
	}
	called := make([]int64, 0, len(plan.Steps))
	for _, step := range plan.Steps {
		called = append(called, step.TokenID)
	}
	m.Priorities = types.MapValueMust(types.Int32Type, priorities)
	m.PrimaryTokenID = types.Int64Value(plan.Assignments[0].TokenID)
	m.ReprioritizedTokenIDs = idList(called)
	m.InOrder = types.BoolValue(true)
	if len(called) > 0 {
		m.InOrder = types.BoolUnknown() // It takes calls, so that there is something to apply.
	}
}

// assignments is plan the other way round.
func (m *streamFailoverModel) assignments(ctx context.Context) ([]failover.Assignment, diag.Diagnostics) {
	var priorities map[string]types.Int32
	diags := m.Priorities.ElementsAs(ctx, &priorities, false)
	order, _ := m.order()
	called, _ := idsOf(m.ReprioritizedTokenIDs)
	assignments := make([]failover.Assignment, 0, len(order))
	for _, id := range order {
		assignments = append(assignments, failover.Assignment{
			TokenID:  id,
			Priority: priorityOf(priorities[strconv.FormatInt(id, 10)]),
			Changed:  slices.Contains(called, id),
		})
	}
	return assignments, diags
}

// refresh takes over what was read of the tokens that are left, and whether they
// are in order, as stored and on their live feeds.
func (m *streamFailoverModel) refresh(view switchover.OrderView, memory switchover.OrderMemory) error {
	order := slices.DeleteFunc(slices.Clone(memory.Order), func(id int64) bool {
		_, ok := view.Token(id)
		return !ok
	})
	if len(order) == 0 {
		return nil
	}
	plan, err := view.Plan(order, memory.Explicit)
	if err != nil {
		return err
	}
	priorities := make(map[string]attr.Value, len(order))
	for _, id := range order {
		token, _ := view.Token(id)
		priorities[strconv.FormatInt(id, 10)] = int32Of(token.Stored)
	}
	m.TokenIDs = idList(order)
	m.Priorities = types.MapValueMust(types.Int32Type, priorities)
	m.PrimaryTokenID = types.Int64Value(order[0])
	m.InOrder = types.BoolValue(len(plan.Steps) == 0)
	if m.ReprioritizedTokenIDs.IsNull() || m.ReprioritizedTokenIDs.IsUnknown() {
		m.ReprioritizedTokenIDs = idList(nil)
	}
	return nil
}

func idList(ids []int64) types.List {
	values := make([]attr.Value, 0, len(ids))
	for _, id := range ids {
		values = append(values, types.Int64Value(id))
	}
	return types.ListValueMust(types.Int64Type, values)
}

func idsOf(list types.List) ([]int64, bool) {
	if list.IsUnknown() {
		return nil, false
	}
	ids := make([]int64, 0, len(list.Elements()))
	for _, element := range list.Elements() {
		id, ok := element.(types.Int64)
		if !ok || id.IsUnknown() {
			return nil, false
		}
		ids = append(ids, id.ValueInt64())
	}
	return ids, true
}

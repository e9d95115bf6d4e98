package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// publishTokenRestreamModel is an element of restream, in the resource.
type publishTokenRestreamModel struct {
	Label        types.String `tfsdk:"label"`
	URL          types.String `tfsdk:"url"`
	Key          types.String `tfsdk:"key"`
	KeyWO        types.String `tfsdk:"key_wo"` // in the configuration only
	KeyWOVersion types.Int64  `tfsdk:"key_wo_version"`
	Enabled      types.Bool   `tfsdk:"enabled"`
}

// publishTokenRestreamType is its type, as the schema has it.
var publishTokenRestreamType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"label":          types.StringType,
	"url":            types.StringType,
	"key":            types.StringType,
	"key_wo":         types.StringType,
	"key_wo_version": types.Int64Type,
	"enabled":        types.BoolType,
}}

// restreamModels returns the elements of a list: none of one that is null or
// unknown, and none unless all are known.
func restreamModels(ctx context.Context, list types.List) ([]publishTokenRestreamModel, diag.Diagnostics) {
	if !given(list) || slices.ContainsFunc(list.Elements(), func(v attr.Value) bool { return !given(v) }) {
		return nil, nil
	}
	var models []publishTokenRestreamModel
	diags := list.ElementsAs(ctx, &models, false)
	return models, diags
}

// refreshRestream takes over what the API has, apart from keys. A key comes into
// the state from the configuration, or right after an import, and is kept as
// long as the API has it; so one that came by key_wo can never get there. A key
// that somebody else has set shows as null.
func refreshRestream(ctx context.Context, prior types.List, api []millicast.Restream, imported bool) (types.List, diag.Diagnostics) {
	if len(api) == 0 && len(prior.Elements()) == 0 && !prior.IsUnknown() {
		return prior, nil // Null and empty are the same to the API.
	}
	before, diags := restreamModels(ctx, prior)
	models := make([]publishTokenRestreamModel, 0, len(api))
	for i, r := range api {
		key := types.StringValue(r.Key.Reveal())
		known := slices.ContainsFunc(before, func(m publishTokenRestreamModel) bool { return m.Key.Equal(key) })
		model := publishTokenRestreamModel{
			Label:   stringOrNull(value(r.Label)),
			URL:     types.StringValue(r.URL),
			Enabled: types.BoolValue(r.Enabled == nil || *r.Enabled),
		}
		switch {
		case known || imported:
			model.Key = key
		case i < len(before):
			model.KeyWOVersion = before[i].KeyWOVersion
		}
		models = append(models, model)
	}
	list, more := types.ListValueFrom(ctx, publishTokenRestreamType, models)
	diags.Append(more...)
	return list, diags
}

// restreamsOf returns the endpoints of a planned list, never nil. Keys that are
// write-only are in the configuration, which has the same elements.
func restreamsOf(ctx context.Context, planned, config types.List) ([]millicast.Restream, diag.Diagnostics) {
	models, diags := restreamModels(ctx, planned)
	configured, more := restreamModels(ctx, config)
	diags.Append(more...)
	restreams := make([]millicast.Restream, 0, len(models))
	for i, r := range models {
		key := r.Key
		if key.IsNull() && i < len(configured) {
			key = configured[i].KeyWO
		}
		restreams = append(restreams, millicast.Restream{
			Label:   r.Label.ValueStringPointer(),
			URL:     r.URL.ValueString(),
			Key:     millicast.Secret(key.ValueString()),
			Enabled: r.Enabled.ValueBoolPointer(),
		})
	}
	return restreams, diags
}

// hasWriteOnlyKey reports whether a list has a key that is not in the state.
func hasWriteOnlyKey(list types.List) bool {
	return slices.ContainsFunc(list.Elements(), func(element attr.Value) bool {
		object, ok := element.(types.Object)
		return ok && object.Attributes()["key"].IsNull()
	})
}

// restreamChanged reports a change that the API would see.
func restreamChanged(planned, prior types.List) bool {
	return changed(planned, prior) && len(planned.Elements())+len(prior.Elements()) > 0
}

// planRestream works out the keys of a planned list: those of the configuration,
// null for those that are write-only, and those of the state for the elements
// that have neither. That is how a configuration is generated for an import: a
// sensitive attribute is left null in it.
func planRestream(ctx context.Context, config, planned, state types.List) (types.List, diag.Diagnostics) {
	models, diags := restreamModels(ctx, planned)
	configured, more := restreamModels(ctx, config)
	diags.Append(more...)
	prior, more := restreamModels(ctx, state)
	diags.Append(more...)
	if len(models) == 0 || len(configured) != len(models) {
		return planned, diags
	}

	missing := -1
	for i := range models {
		models[i].Key = configured[i].Key
		if !configured[i].Key.IsNull() || !configured[i].KeyWO.IsNull() {
			continue
		}
		if i < len(prior) && prior[i].URL.Equal(models[i].URL) {
			models[i].Key = prior[i].Key
		}
		if models[i].Key.IsNull() && missing < 0 {
			missing = i
		}
	}
	list, more := types.ListValueFrom(ctx, publishTokenRestreamType, models)
	diags.Append(more...)
	// Only a list that is sent needs every key.
	if missing >= 0 && restreamChanged(list, state) {
		diags.AddAttributeError(path.Root("restream").AtListIndex(missing).AtName("key"), "Missing stream key",
			fmt.Sprintf("The endpoint %s has neither key nor key_wo, and no key of it is known from before.\n\n"+
				"Add key, or key_wo with key_wo_version.", models[missing].URL.String()))
	}
	return list, diags
}

// validateRestream checks that an element has one way to its key at most.
func (m *publishTokenModel) validateRestream(ctx context.Context) diag.Diagnostics {
	models, diags := restreamModels(ctx, m.Restream)
	for i, r := range models {
		at := path.Root("restream").AtListIndex(i)
		switch {
		case !r.Key.IsNull() && !r.KeyWO.IsNull():
			diags.AddAttributeError(at.AtName("key_wo"), "Conflicting stream keys",
				"An endpoint has one stream key: in key, which is kept in the state, or in key_wo, which is not.\n\nRemove key or key_wo.")
		case !r.KeyWO.IsNull() && r.KeyWOVersion.IsNull():
			diags.AddAttributeError(at.AtName("key_wo_version"), "Missing version of a write-only key",
				"Terraform can't tell whether key_wo has changed.\n\nAdd key_wo_version = 1, and raise it whenever the key changes.")
		case r.KeyWO.IsNull() && !r.KeyWOVersion.IsNull():
			diags.AddAttributeError(at.AtName("key_wo_version"), "Missing write-only key",
				"key_wo_version says which key_wo is meant, and there is none.\n\nAdd key_wo, or remove key_wo_version.")
		}
	}
	return diags
}

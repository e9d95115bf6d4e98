package provider

import (
	"context"
	"math"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// publishTokenModel is the resource. What is not in publishTokenSettings is
// what data sources don't have: secrets, and what only the provider knows.
type publishTokenModel struct {
	publishTokenSettings

	ExpiresIn       types.Int32    `tfsdk:"expires_in"`
	Restream        types.List     `tfsdk:"restream"`
	StoreToken      types.Bool     `tfsdk:"store_token"`
	RotationTrigger types.String   `tfsdk:"rotation_trigger"`
	ForceDestroy    types.Bool     `tfsdk:"force_destroy"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`

	Token         types.String `tfsdk:"token"`
	SRTPassphrase types.String `tfsdk:"srt_passphrase"`
}

// publishTokenSettings is what resource and data sources have in common.
type publishTokenSettings struct {
	ID       types.Int64  `tfsdk:"id"`
	Label    types.String `tfsdk:"label"`
	Streams  types.Set    `tfsdk:"streams"`
	Priority types.Int32  `tfsdk:"priority"`
	IsActive types.Bool   `tfsdk:"is_active"`

	SubscribeRequiresAuth types.Bool   `tfsdk:"subscribe_requires_auth"`
	Record                types.Bool   `tfsdk:"record"`
	Clip                  types.Bool   `tfsdk:"clip"`
	Multisource           types.Bool   `tfsdk:"multisource"`
	EnableThumbnails      types.Bool   `tfsdk:"enable_thumbnails"`
	DisplaySRTPassphrase  types.Bool   `tfsdk:"display_srt_passphrase"`
	LowLatencyRTMP        types.Bool   `tfsdk:"low_latency_rtmp"`
	DRM                   types.Bool   `tfsdk:"drm"`
	EnableUTCInsertion    types.Bool   `tfsdk:"enable_utc_insertion"`
	EncoderProfileID      types.String `tfsdk:"encoder_profile_id"`

	GeoCascade         types.Object `tfsdk:"geo_cascade"`
	AllowedOrigins     types.Set    `tfsdk:"allowed_origins"`
	AllowedIPAddresses types.Set    `tfsdk:"allowed_ip_addresses"`
	BindIPsOnUsage     types.Int64  `tfsdk:"bind_ips_on_usage"`
	OriginCluster      types.String `tfsdk:"origin_cluster"`
	AllowedCountries   types.Set    `tfsdk:"allowed_countries"`
	DeniedCountries    types.Set    `tfsdk:"denied_countries"`

	AddedOn           types.String `tfsdk:"added_on"`
	ExpiresOn         types.String `tfsdk:"expires_on"`
	EffectiveSettings types.Object `tfsdk:"effective_settings"`
}

// publishTokenStreamModel is an element of streams.
type publishTokenStreamModel struct {
	StreamName types.String `tfsdk:"stream_name"`
	IsRegex    types.Bool   `tfsdk:"is_regex"`
}

// publishTokenGeoCascadeModel is geo_cascade.
type publishTokenGeoCascadeModel struct {
	IsEnabled types.Bool `tfsdk:"is_enabled"`
	Clusters  types.Set  `tfsdk:"clusters"`
}

// publishTokenEffectiveSettingsModel is effective_settings.
type publishTokenEffectiveSettingsModel struct {
	OriginCluster      types.String `tfsdk:"origin_cluster"`
	AllowedCountries   types.Set    `tfsdk:"allowed_countries"`
	DeniedCountries    types.Set    `tfsdk:"denied_countries"`
	GeoCascade         types.Object `tfsdk:"geo_cascade"`
	EnableUTCInsertion types.Bool   `tfsdk:"enable_utc_insertion"`
}

// The types of the nested attributes, as the schemas have them.
var (
	publishTokenStreamType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"stream_name": types.StringType,
		"is_regex":    types.BoolType,
	}}
	publishTokenGeoCascadeType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"is_enabled": types.BoolType,
		"clusters":   types.SetType{ElemType: types.StringType},
	}}
	publishTokenEffectiveSettingsType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"origin_cluster":       types.StringType,
		"allowed_countries":    types.SetType{ElemType: types.StringType},
		"denied_countries":     types.SetType{ElemType: types.StringType},
		"geo_cascade":          publishTokenGeoCascadeType,
		"enable_utc_insertion": types.BoolType,
	}}
)

// allClusters is what the API takes an absent list of clusters for.
const allClusters = "all"

// refresh takes over what the API has. What it can't tell stays: expires_in,
// store_token, rotation_trigger, force_destroy and timeouts.
func (m *publishTokenModel) refresh(ctx context.Context, token millicast.PublishToken) diag.Diagnostics {
	imported := m.Label.IsNull() // and this is the first read since
	diags := m.publishTokenSettings.refresh(ctx, token)

	restream, more := refreshRestream(ctx, m.Restream, token.Restream, imported)
	diags.Append(more...)
	m.Restream = restream

	// An import leaves these null.
	if m.StoreToken.IsNull() {
		m.StoreToken = types.BoolValue(true)
	}
	if m.ForceDestroy.IsNull() {
		m.ForceDestroy = types.BoolValue(false)
	}

	m.Token, m.SRTPassphrase = types.StringNull(), types.StringNull()
	if !m.StoreToken.ValueBool() {
		return diags
	}
	m.Token = types.StringValue(token.Token.Reveal())
	m.SRTPassphrase = srtPassphrase(token)
	return diags
}

// srtPassphrase returns the passphrase, if the token shows it.
func srtPassphrase(token millicast.PublishToken) types.String {
	if token.SRTPassphrase == nil || !token.DisplaySRTPassphrase {
		return types.StringNull()
	}
	return stringOrNull(token.SRTPassphrase.Reveal())
}

// deriveExpiry works expires_in out of the token's times, for a resource that
// was imported: the API does not keep what was asked for.
func (m *publishTokenModel) deriveExpiry(token millicast.PublishToken) {
	if !m.ExpiresIn.IsNull() || token.ExpiresOn == nil {
		return
	}
	seconds := math.Round(token.ExpiresOn.Sub(token.AddedOn).Seconds())
	if seconds >= 1 && seconds <= math.MaxInt32 {
		m.ExpiresIn = types.Int32Value(int32(seconds))
	}
}

// keepPlanned puts back what the plan had promised and somebody else changed
// since. The next refresh shows it.
func (m *publishTokenModel) keepPlanned(plan publishTokenModel) {
	keep(&m.Priority, plan.Priority)
	keep(&m.AddedOn, plan.AddedOn)
	keep(&m.ExpiresOn, plan.ExpiresOn)
	keep(&m.EffectiveSettings, plan.EffectiveSettings)
	keep(&m.Token, plan.Token)
	keep(&m.SRTPassphrase, plan.SRTPassphrase)
}

// unread reports whether the plan left something for the API to tell.
func (m *publishTokenModel) unread() bool {
	return m.Priority.IsUnknown() || m.EffectiveSettings.IsUnknown() || m.Token.IsUnknown() || m.SRTPassphrase.IsUnknown()
}

// keep puts a planned value back unless it was unknown.
func keep[T attr.Value](value *T, planned T) {
	if !planned.IsUnknown() {
		*value = planned
	}
}

// refresh takes over what the API has. Where it has several ways to say the
// same, the way that m has already is kept.
func (m *publishTokenSettings) refresh(ctx context.Context, token millicast.PublishToken) diag.Diagnostics {
	var diags, more diag.Diagnostics

	m.ID = types.Int64Value(token.ID)
	m.Label = types.StringValue(token.Label)
	m.Streams, more = streamSet(ctx, token.Streams)
	diags.Append(more...)
	m.Priority = types.Int32PointerValue(token.Priority)
	m.IsActive = types.BoolValue(token.IsActive)

	m.SubscribeRequiresAuth = types.BoolValue(token.SubscribeRequiresAuth)
	m.Record = types.BoolValue(token.Record)
	m.Clip = types.BoolValue(token.Clip)
	m.Multisource = types.BoolValue(token.Multisource)
	m.EnableThumbnails = types.BoolValue(token.EnableThumbnails)
	m.DisplaySRTPassphrase = types.BoolValue(token.DisplaySRTPassphrase)
	m.LowLatencyRTMP = types.BoolValue(token.LowLatencyRTMP)
	m.DRM = types.BoolValue(token.DRM)
	m.EnableUTCInsertion = types.BoolPointerValue(token.EnableUTCInsertion)
	m.EncoderProfileID = stringOrNull(value(token.EncoderProfileID))

	m.GeoCascade, more = refreshGeoCascade(ctx, m.GeoCascade, token.GeoCascade)
	diags.Append(more...)
	m.AllowedOrigins = stringSet(token.AllowedOrigins)
	m.AllowedIPAddresses = stringSet(token.AllowedIPAddresses)
	m.OriginCluster = stringOrNull(token.OriginCluster)
	m.AllowedCountries = stringSet(token.AllowedCountries)
	m.DeniedCountries = stringSet(token.DeniedCountries)
	if bound := value(token.BindIPsOnUsage); bound != 0 || m.BindIPsOnUsage.ValueInt64() != 0 {
		m.BindIPsOnUsage = int64OrNull(bound)
	}

	m.AddedOn = timeOrNull(&token.AddedOn)
	m.ExpiresOn = timeOrNull(token.ExpiresOn)
	m.EffectiveSettings, more = effectiveSettingsObject(ctx, token.EffectiveSettings)
	diags.Append(more...)
	return diags
}

// streamNames returns the names and patterns of the streams, sorted, and
// whether there is a pattern among them.
func (m *publishTokenSettings) streamNames(ctx context.Context) (names []string, regex bool) {
	streams, _ := streamsOf(ctx, m.Streams)
	for _, s := range streams {
		names = append(names, s.StreamName)
		regex = regex || s.IsRegex
	}
	slices.Sort(names)
	return names, regex
}

// refreshGeoCascade keeps the clusters of a prior object while cascading is
// off: the API ignores them then, and need not return them.
func refreshGeoCascade(ctx context.Context, prior types.Object, api *millicast.GeoCascade) (types.Object, diag.Diagnostics) {
	if api == nil {
		return geoCascadeObject(ctx, nil)
	}
	geo := millicast.GeoCascade{IsEnabled: api.IsEnabled, Clusters: api.Clusters}
	var diags diag.Diagnostics
	if off := api.IsEnabled != nil && !*api.IsEnabled; off && given(prior) {
		before, more := geoCascadeOf(ctx, prior)
		diags.Append(more...)
		geo.Clusters = before.Clusters
	}
	if len(geo.Clusters) == 0 {
		geo.Clusters = []string{allClusters}
	}
	object, more := geoCascadeObject(ctx, &geo)
	diags.Append(more...)
	return object, diags
}

// geoCascadeObject returns geo_cascade just as the API has it.
func geoCascadeObject(ctx context.Context, api *millicast.GeoCascade) (types.Object, diag.Diagnostics) {
	if api == nil {
		return types.ObjectNull(publishTokenGeoCascadeType.AttrTypes), nil
	}
	return types.ObjectValueFrom(ctx, publishTokenGeoCascadeType.AttrTypes, publishTokenGeoCascadeModel{
		IsEnabled: types.BoolPointerValue(api.IsEnabled),
		Clusters:  stringSet(api.Clusters),
	})
}

// effectiveSettingsObject returns effective_settings.
func effectiveSettingsObject(ctx context.Context, api *millicast.EffectiveSettings) (types.Object, diag.Diagnostics) {
	if api == nil {
		return types.ObjectNull(publishTokenEffectiveSettingsType.AttrTypes), nil
	}
	geo, diags := geoCascadeObject(ctx, api.GeoCascade)
	object, more := types.ObjectValueFrom(ctx, publishTokenEffectiveSettingsType.AttrTypes, publishTokenEffectiveSettingsModel{
		OriginCluster:      stringOrNull(value(api.OriginCluster)),
		AllowedCountries:   stringSet(api.AllowedCountries),
		DeniedCountries:    stringSet(api.DeniedCountries),
		GeoCascade:         geo,
		EnableUTCInsertion: types.BoolPointerValue(api.EnableUTCInsertion),
	})
	diags.Append(more...)
	return object, diags
}

// streamSet returns streams.
func streamSet(ctx context.Context, streams []millicast.StreamName) (types.Set, diag.Diagnostics) {
	models := make([]publishTokenStreamModel, 0, len(streams))
	for _, s := range streams {
		models = append(models, publishTokenStreamModel{StreamName: types.StringValue(s.StreamName), IsRegex: types.BoolValue(s.IsRegex)})
	}
	return types.SetValueFrom(ctx, publishTokenStreamType, models)
}

// stringSet returns a set, an empty one for an absent list.
func stringSet(values []string) types.Set {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	elements := make([]attr.Value, 0, len(values))
	for _, v := range values {
		elements = append(elements, types.StringValue(v))
	}
	return types.SetValueMust(types.StringType, elements)
}

// int64OrNull turns 0, which the API uses for unset, into null.
func int64OrNull(n int64) types.Int64 {
	if n == 0 {
		return types.Int64Null()
	}
	return types.Int64Value(n)
}

// value returns what p points to, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

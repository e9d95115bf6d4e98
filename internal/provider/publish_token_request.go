package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// createRequest sends every setting that has a default of its own, so that a
// default which the API changes one day changes no new token. is_active is
// missing: a create has no such property. Write-only values are in config.
func (m *publishTokenModel) createRequest(ctx context.Context, config publishTokenModel) (millicast.PublishTokenCreate, diag.Diagnostics) {
	streams, diags := streamsOf(ctx, m.Streams)
	restream, more := restreamsOf(ctx, m.Restream, config.Restream)
	diags.Append(more...)
	geo, more := geoCascadeOf(ctx, m.GeoCascade)
	diags.Append(more...)

	create := millicast.PublishTokenCreate{
		Label:                 m.Label.ValueString(),
		Streams:               streams,
		SubscribeRequiresAuth: millicast.Set(m.SubscribeRequiresAuth.ValueBool()),
		Record:                millicast.Set(m.Record.ValueBool()),
		Clip:                  millicast.Set(m.Clip.ValueBool()),
		Multisource:           millicast.Set(m.Multisource.ValueBool()),
		EnableThumbnails:      millicast.Set(m.EnableThumbnails.ValueBool()),
		DisplaySRTPassphrase:  millicast.Set(m.DisplaySRTPassphrase.ValueBool()),
		LowLatencyRTMP:        millicast.Set(m.LowLatencyRTMP.ValueBool()),
		DRM:                   millicast.Set(m.DRM.ValueBool()),
		Restream:              millicast.Set(restream),
		AllowedOrigins:        millicast.Set(stringsOf(ctx, m.AllowedOrigins, &diags)),
		AllowedIPAddresses:    millicast.Set(stringsOf(ctx, m.AllowedIPAddresses, &diags)),
		AllowedCountries:      millicast.Set(stringsOf(ctx, m.AllowedCountries, &diags)),
		DeniedCountries:       millicast.Set(stringsOf(ctx, m.DeniedCountries, &diags)),
	}
	if given(m.ExpiresIn) {
		create.Expires = millicast.Set(m.ExpiresIn.ValueInt32())
	}
	if given(m.Priority) {
		create.Priority = millicast.Set(m.Priority.ValueInt32())
	}
	if given(m.EnableUTCInsertion) {
		create.EnableUTCInsertion = millicast.Set(m.EnableUTCInsertion.ValueBool())
	}
	if given(m.EncoderProfileID) {
		create.EncoderProfileID = millicast.Set(m.EncoderProfileID.ValueString())
	}
	if geo != nil {
		create.GeoCascade = millicast.Set(*geo)
	}
	if m.BindIPsOnUsage.ValueInt64() > 0 {
		create.BindIPsOnUsage = millicast.Set(m.BindIPsOnUsage.ValueInt64())
	}
	if given(m.OriginCluster) {
		create.OriginCluster = millicast.Set(m.OriginCluster.ValueString())
	}
	return create, diags
}

// updateRequests returns what takes the token from state to m: no request if
// nothing changes for the API, and two if a stream turns from a name into a
// regular expression or back. Streams are removed by name alone, so such a
// stream has to be gone before it is added again. Write-only values are in config.
func (m *publishTokenModel) updateRequests(ctx context.Context, config, state publishTokenModel, rotate bool) ([]millicast.PublishTokenUpdate, diag.Diagnostics) {
	var diags diag.Diagnostics
	update := m.settingsUpdate(ctx, config, state, &diags)
	if rotate {
		update.RefreshToken = millicast.Set(true)
	}

	streams, more := m.streamsChange(ctx, state)
	diags.Append(more...)
	var requests []millicast.PublishTokenUpdate
	if len(streams.again) != 0 {
		// The rest waits for the second request: if that fails, all of it is
		// still in the next plan.
		requests = append(requests, millicast.PublishTokenUpdate{AddTokenStreams: unlessEmpty(streams.add), RemoveTokenStreams: unlessEmpty(streams.remove)})
		update.AddTokenStreams = millicast.Set(streams.again)
	} else {
		update.AddTokenStreams, update.RemoveTokenStreams = unlessEmpty(streams.add), unlessEmpty(streams.remove)
	}
	if !update.IsEmpty() {
		requests = append(requests, update)
	}
	return requests, diags
}

// settingsUpdate has what differs, apart from the streams.
func (m *publishTokenModel) settingsUpdate(ctx context.Context, config, state publishTokenModel, diags *diag.Diagnostics) millicast.PublishTokenUpdate {
	update := millicast.PublishTokenUpdate{
		IsActive:              changedBool(m.IsActive, state.IsActive),
		SubscribeRequiresAuth: changedBool(m.SubscribeRequiresAuth, state.SubscribeRequiresAuth),
		Record:                changedBool(m.Record, state.Record),
		Clip:                  changedBool(m.Clip, state.Clip),
		Multisource:           changedBool(m.Multisource, state.Multisource),
		EnableThumbnails:      changedBool(m.EnableThumbnails, state.EnableThumbnails),
		DisplaySRTPassphrase:  changedBool(m.DisplaySRTPassphrase, state.DisplaySRTPassphrase),
		LowLatencyRTMP:        changedBool(m.LowLatencyRTMP, state.LowLatencyRTMP),
		DRM:                   changedBool(m.DRM, state.DRM),
		AllowedOrigins:        changedStrings(ctx, m.AllowedOrigins, state.AllowedOrigins, diags),
		AllowedIPAddresses:    changedStrings(ctx, m.AllowedIPAddresses, state.AllowedIPAddresses, diags),
		AllowedCountries:      changedStrings(ctx, m.AllowedCountries, state.AllowedCountries, diags),
		DeniedCountries:       changedStrings(ctx, m.DeniedCountries, state.DeniedCountries, diags),
	}
	if changed(m.Label, state.Label) {
		update.Label = millicast.Set(m.Label.ValueString())
	}
	if changed(m.Priority, state.Priority) {
		update.Priority = millicast.SetOrNull(m.Priority.ValueInt32Pointer())
	}
	if changed(m.EnableUTCInsertion, state.EnableUTCInsertion) {
		update.EnableUTCInsertion = millicast.SetOrNull(m.EnableUTCInsertion.ValueBoolPointer())
	}
	if changed(m.EncoderProfileID, state.EncoderProfileID) {
		update.EncoderProfileID = millicast.SetOrNull(m.EncoderProfileID.ValueStringPointer())
	}
	if changed(m.GeoCascade, state.GeoCascade) {
		geo, more := geoCascadeOf(ctx, m.GeoCascade)
		diags.Append(more...)
		update.GeoCascade = millicast.SetOrNull(geo)
	}
	// Here the API has no null: its words for unset are 0 and "".
	if changed(m.BindIPsOnUsage, state.BindIPsOnUsage) {
		update.BindIPsOnUsage = millicast.Set(m.BindIPsOnUsage.ValueInt64())
	}
	if changed(m.OriginCluster, state.OriginCluster) {
		update.OriginCluster = millicast.Set(m.OriginCluster.ValueString())
	}
	if restreamChanged(m.Restream, state.Restream) {
		restream, more := restreamsOf(ctx, m.Restream, config.Restream)
		diags.Append(more...)
		update.Restream = millicast.Set(restream)
	}
	return update
}

// streamsChange is a change of the streams, by difference.
type streamsChange struct {
	remove []string               // names, as the API wants them
	add    []millicast.StreamName // in the same request
	again  []millicast.StreamName // added after their names were removed
	stays  bool                   // the token has a stream between the requests
}

// possible is false if the token would have no stream for a moment, which the
// API does not allow.
func (c streamsChange) possible() bool { return len(c.again) == 0 || c.stays }

// streamsChange returns what takes the streams from state to m.
func (m *publishTokenModel) streamsChange(ctx context.Context, state publishTokenModel) (streamsChange, diag.Diagnostics) {
	planned, diags := streamsOf(ctx, m.Streams)
	current, more := streamsOf(ctx, state.Streams)
	diags.Append(more...)

	var change streamsChange
	for _, s := range current {
		if !slices.Contains(planned, s) {
			change.remove = append(change.remove, s.StreamName)
		}
	}
	for _, s := range planned {
		switch {
		case slices.Contains(change.remove, s.StreamName):
			change.again = append(change.again, s)
			continue
		case !slices.Contains(current, s):
			change.add = append(change.add, s)
		}
		change.stays = true
	}
	return change, diags
}

// streamsOf returns the known streams of a set in the order of their names.
func streamsOf(ctx context.Context, set types.Set) ([]millicast.StreamName, diag.Diagnostics) {
	var diags diag.Diagnostics
	streams := make([]millicast.StreamName, 0, len(set.Elements()))
	for _, element := range set.Elements() {
		object, ok := element.(types.Object)
		if !ok || object.IsNull() || object.IsUnknown() {
			continue
		}
		var stream publishTokenStreamModel
		diags.Append(object.As(ctx, &stream, basetypes.ObjectAsOptions{})...)
		if stream.StreamName.IsUnknown() || stream.IsRegex.IsUnknown() {
			continue
		}
		streams = append(streams, millicast.StreamName{StreamName: stream.StreamName.ValueString(), IsRegex: stream.IsRegex.ValueBool()})
	}
	slices.SortFunc(streams, func(a, b millicast.StreamName) int { return cmp.Compare(a.StreamName, b.StreamName) })
	return streams, diags
}

// geoCascadeOf returns what an object says, or nil if it is null or unknown.
func geoCascadeOf(ctx context.Context, object types.Object) (*millicast.GeoCascade, diag.Diagnostics) {
	if object.IsNull() || object.IsUnknown() {
		return nil, nil
	}
	var geo publishTokenGeoCascadeModel
	diags := object.As(ctx, &geo, basetypes.ObjectAsOptions{})
	return &millicast.GeoCascade{IsEnabled: geo.IsEnabled.ValueBoolPointer(), Clusters: stringsOf(ctx, geo.Clusters, &diags)}, diags
}

// stringsOf returns the elements of a set, never nil: an empty list has to
// reach the API as [].
func stringsOf(ctx context.Context, set types.Set, diags *diag.Diagnostics) []string {
	values := make([]string, 0, len(set.Elements()))
	if !set.IsNull() && !set.IsUnknown() {
		diags.Append(set.ElementsAs(ctx, &values, false)...)
	}
	slices.Sort(values)
	return values
}

// changedBool sends a value if it has changed.
func changedBool(planned, prior types.Bool) millicast.Field[bool] {
	if !changed(planned, prior) {
		return millicast.Field[bool]{}
	}
	return millicast.Set(planned.ValueBool())
}

// changedStrings sends a set, be it empty, if it has changed.
func changedStrings(ctx context.Context, planned, prior types.Set, diags *diag.Diagnostics) millicast.Field[[]string] {
	if !changed(planned, prior) {
		return millicast.Field[[]string]{}
	}
	return millicast.Set(stringsOf(ctx, planned, diags))
}

// unlessEmpty sends a list unless it is empty.
func unlessEmpty[T any](values []T) millicast.Field[[]T] {
	if len(values) == 0 {
		return millicast.Field[[]T]{}
	}
	return millicast.Set(values)
}

// changed reports a change that is known. An unknown value is one that the
// provider is to find out, not one to send.
func changed(planned, prior attr.Value) bool { return !planned.IsUnknown() && !planned.Equal(prior) }

// given reports whether a value is neither null nor unknown.
func given(v attr.Value) bool { return !v.IsNull() && !v.IsUnknown() }

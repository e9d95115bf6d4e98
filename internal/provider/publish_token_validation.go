package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// validate checks what one attribute alone can't tell. Whatever is unknown is
// taken to be right.
func (m *publishTokenModel) validate(ctx context.Context) diag.Diagnostics {
	diags := m.validateStreams(ctx)
	diags.Append(m.validateGeoCascade(ctx)...)
	diags.Append(m.validateRestream(ctx)...)

	if m.Record.ValueBool() && m.Clip.ValueBool() {
		diags.AddAttributeError(path.Root("clip"), "Conflicting record and clip",
			"A token either records its streams or allows clips of them.\n\nRemove record or clip.")
	}
	if filled(m.AllowedCountries) && filled(m.DeniedCountries) {
		diags.AddAttributeError(path.Root("denied_countries"), "Conflicting lists of countries",
			"Either some countries are allowed and all others are denied, or the other way round.\n\nRemove allowed_countries or denied_countries.")
	}
	if filled(m.AllowedIPAddresses) && m.BindIPsOnUsage.ValueInt64() > 0 {
		diags.AddAttributeError(path.Root("bind_ips_on_usage"), "Conflicting restrictions of IP addresses",
			"A token is bound either to listed addresses or to the first ones that use it.\n\nRemove allowed_ip_addresses or bind_ips_on_usage.")
	}
	return diags
}

// validateStreams looks for names that are there twice, and compiles regular
// expressions.
func (m *publishTokenModel) validateStreams(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	seen := make(map[string]bool)
	for _, element := range m.Streams.Elements() {
		object, ok := element.(types.Object)
		if !ok || !given(object) {
			continue
		}
		var stream publishTokenStreamModel
		diags.Append(object.As(ctx, &stream, basetypes.ObjectAsOptions{})...)
		if !given(stream.StreamName) {
			continue
		}

		name := stream.StreamName.ValueString()
		if seen[name] {
			diags.AddAttributeError(path.Root("streams"), "Conflicting streams",
				fmt.Sprintf("The stream_name %q is there twice, as a name and as a regular expression.\n\nRemove one of the two.", name))
		}
		seen[name] = true
		if !stream.IsRegex.ValueBool() {
			continue
		}
		if _, err := compilePattern(name); err != nil {
			diags.AddAttributeError(path.Root("streams").AtSetValue(element).AtName("stream_name"), "Invalid regular expression",
				fmt.Sprintf("The stream_name %q is no regular expression: %s.\n\n"+
					"Correct it, or remove is_regex if it is the name of a stream.", name, patternProblem(err)))
		}
	}
	return diags
}

// validateGeoCascade refuses a cascade to nowhere.
func (m *publishTokenModel) validateGeoCascade(ctx context.Context) diag.Diagnostics {
	if !given(m.GeoCascade) {
		return nil
	}
	var geo publishTokenGeoCascadeModel
	diags := m.GeoCascade.As(ctx, &geo, basetypes.ObjectAsOptions{})
	if given(geo.Clusters) && len(geo.Clusters.Elements()) == 0 {
		diags.AddAttributeError(path.Root("geo_cascade").AtName("clusters"), "Invalid geo cascade",
			"It has no cluster to cascade to.\n\n"+
				"List clusters, or remove the line clusters: without it all of them count where the cascade is enabled.")
	}
	return diags
}

// patternProblem leaves out what the sentence around it says already.
func patternProblem(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// filled reports whether a set is known and has elements.
func filled(set types.Set) bool { return given(set) && len(set.Elements()) > 0 }

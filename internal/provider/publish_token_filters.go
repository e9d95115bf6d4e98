package provider

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// publishTokenFilters say which tokens to list. What is null admits every token.
type publishTokenFilters struct {
	StreamName types.String `tfsdk:"stream_name"`
	Label      types.String `tfsdk:"label"`
	Cluster    types.String `tfsdk:"cluster"`
}

// tokens makes the narrowest call that misses nothing; all is the widest. What it
// yields has to be filtered again: the API may match parts of names.
func (f publishTokenFilters) tokens(ctx context.Context, client *millicast.PublishTokensClient, includeRegex bool, all func(context.Context) iter.Seq2[millicast.PublishToken, error]) iter.Seq2[millicast.PublishToken, error] {
	switch {
	case !f.StreamName.IsNull() && !includeRegex:
		return client.ListByStreamName(ctx, f.StreamName.ValueString())
	case f.StreamName.IsNull() && !f.Cluster.IsNull():
		return client.ListByCluster(ctx, f.Cluster.ValueString())
	default:
		return all(ctx)
	}
}

// admits reports whether a token fits all filters.
func (f publishTokenFilters) admits(token millicast.PublishToken, includeRegex bool, diags *diag.Diagnostics) bool {
	return (f.Label.IsNull() || f.Label.ValueString() == token.Label) &&
		(f.Cluster.IsNull() || f.Cluster.ValueString() == clusterOf(token)) &&
		(f.StreamName.IsNull() || publishesByName(token, f.StreamName.ValueString()) ||
			includeRegex && publishesByRegex(token, f.StreamName.ValueString(), diags))
}

// publishesByName reports whether the token has the stream among its names.
func publishesByName(token millicast.PublishToken, stream string) bool {
	return slices.Contains(token.Streams, millicast.StreamName{StreamName: stream})
}

// publishesByRegex reports whether a regular expression of the token fits the
// stream. One that can't be evaluated is taken not to fit, with a warning: it
// may be somebody else's, and must not break this configuration.
func publishesByRegex(token millicast.PublishToken, stream string, diags *diag.Diagnostics) bool {
	for _, s := range token.Streams {
		if !s.IsRegex {
			continue
		}
		fits, err := patternFits(s.StreamName, stream)
		if err != nil {
			diags.AddAttributeWarning(path.Root("include_regex"), "Unable to evaluate a regular expression",
				fmt.Sprintf("The stream %q of %s is taken not to fit %q: %s.\n\n"+
					"Correct it in the dashboard, or in the configuration that has this token, if it should fit.",
					s.StreamName, tokenName(token.ID, token.Label), stream, patternProblem(err)))
		}
		if fits {
			return true
		}
	}
	return false
}

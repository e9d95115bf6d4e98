package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// maxStreamLookups bounds the calls that are made to name a stream in a
// message.
const maxStreamLookups = 5

// wasLive reports whether the token has a live feed, or had one seconds ago. It
// is for the words of a plan.
func (r *publishTokenResource) wasLive(ctx context.Context, id int64) (bool, error) {
	ids, err := r.services.client.PublishTokens.ReadActiveIDs(ctx)
	return slices.Contains(ids, id), err
}

// isLive reports whether the token has a live feed now.
func (r *publishTokenResource) isLive(ctx context.Context, id int64) (bool, error) {
	ids, err := r.services.client.PublishTokens.ActiveIDsNow(ctx)
	return slices.Contains(ids, id), err
}

// liveOn says on which streams a live token has a feed, as the end of a
// sentence. Where that can't be told with a few calls, it names all that the
// token may publish.
func (r *publishTokenResource) liveOn(ctx context.Context, m *publishTokenModel) string {
	names, regex := m.streamNames(ctx)
	live := names
	if regex {
		live = nil
	} else if len(names) > 1 {
		live = r.liveStreams(ctx, m.ID.ValueInt64(), names)
	}
	switch len(live) {
	case 0:
		return "a live feed on a stream that it may publish: " + quoted(names)
	case 1:
		return "a live feed on the stream " + quoted(live)
	default:
		return "live feeds on the streams " + quoted(live)
	}
}

// liveStreams returns those of the streams on which the token has a feed, or
// nothing if it can't be told.
func (r *publishTokenResource) liveStreams(ctx context.Context, id int64, names []string) []string {
	if len(names) > maxStreamLookups {
		return nil
	}
	var live []string
	for _, name := range names {
		stream, err := r.services.client.Streams.Get(ctx, name)
		if err != nil {
			continue // It was not live lately, or LiveMonitoring is off.
		}
		for _, feed := range stream.Feeds {
			if feed.TokenID == id && feed.Active {
				live = append(live, name)
				break
			}
		}
	}
	return live
}

// quoted lists names in a sentence.
func quoted(names []string) string {
	words := make([]string, 0, len(names))
	for _, name := range names {
		words = append(words, fmt.Sprintf("%q", name))
	}
	return strings.Join(words, ", ")
}

// name names the token in a sentence.
func (m *publishTokenModel) name() string { return tokenName(m.ID.ValueInt64(), m.Label.ValueString()) }

// deleteRefusal says why a token with a live feed is not deleted. It ends with
// the line that overrides it.
func (m *publishTokenModel) deleteRefusal(live string) (summary, detail string) {
	return "Unable to delete publish token",
		fmt.Sprintf("%s has %s. Deleting it ends the broadcast at once.\n\n"+
			"Stop the encoder, then run this again. Or accept that the broadcast ends, with the line below, applied before the destroy:\n\n"+
			"  force_destroy = true", capital(m.name()), live)
}

// replaceRefusal is deleteRefusal for a change that needs a new token.
func (m *publishTokenModel) replaceRefusal(live string) (summary, detail string) {
	return "Unable to replace publish token",
		fmt.Sprintf("%s has %s. A change of expires_in replaces the token, and deleting the old one ends the broadcast at once.\n\n"+
			"Stop the encoder, or take the change back, then run this again. Or accept that the broadcast ends, with the line below, "+
			"applied before the change:\n\n"+
			"  force_destroy = true", capital(m.name()), live)
}

// cutWarning says in the plan which broadcast an accepted deletion ends.
func (m *publishTokenModel) cutWarning(live string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Broadcast will be cut",
		fmt.Sprintf("%s has %s. Deleting it ends the broadcast at once, as force_destroy allows.\n\n"+
			"Stop the encoder first if viewers should not see it break off.", capital(m.name()), live))
}

// unverifiedLiveness is for a check in the plan that failed: the change itself
// may be all right.
func (m *publishTokenModel) unverifiedLiveness(what string, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Unable to check for live feeds",
		fmt.Sprintf("Whether %s has a live feed could not be verified. %s\n\n%s", m.name(), what, apiSaid(err)))
}

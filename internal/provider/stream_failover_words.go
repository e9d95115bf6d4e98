package provider

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// orderWords tells the whole story of a switch: who is on air before and after
// it, what is disconnected, and what viewers see. ok is false if nothing is live.
func orderWords(view switchover.OrderView, plan failover.Plan, labels tokenLabels) (summary, detail string, ok bool) {
	if len(view.Live) == 0 {
		return "", "", false
	}
	worst := failover.Worst(plan.Steps)
	primary := plan.Assignments[0].TokenID
	primaryLive := slices.ContainsFunc(view.LiveOn(), func(f failover.Feed) bool { return f.TokenID == primary })
	calls := callWords(view, plan, labels)
	if len(calls) == 0 && (primaryLive || len(view.LiveOn()) == 0) {
		return "", "", false
	}

	summary = map[failover.Verdict]string{
		failover.Unnoticed: "Standby feeds will be disconnected",
		failover.TakesOver: "Viewers will be switched to another feed",
		failover.Cut:       "The feed on air will be cut",
		failover.OffAir:    "Viewers will lose the picture",
	}[worst]
	if !primaryLive && worst == failover.Unnoticed {
		summary = "The new primary is not live"
	}

	blocks := []string{fmt.Sprintf("Putting the tokens of %s in this order, the primary first:\n\n%s", view.Stream, rankWords(plan, labels))}
	if len(calls) > 0 {
		blocks = append(blocks, strings.Join(calls, "\n"))
	}
	for _, source := range failover.Sources(view.Live) {
		blocks = append(blocks, sourceWords(view.Stream, source, plan, labels, len(plan.Steps) > 0))
	}
	if !primaryLive && len(view.LiveOn()) > 0 {
		until := "viewers get it as soon as it is"
		if worst == failover.Unnoticed {
			until = "viewers stay where they are until it is"
		}
		blocks = append(blocks, fmt.Sprintf("%s, the new primary, is not live: %s.", capital(labels.name(primary)), until))
	}
	if !view.Monitored {
		blocks = append(blocks, "LiveMonitoring is off on this account, so who is on air is a guess by the stored priorities, and can't be verified.")
	}
	return summary, strings.Join(blocks, "\n\n"), true
}

func rankWords(plan failover.Plan, labels tokenLabels) string {
	var lines []string
	for i, a := range plan.Assignments {
		line := fmt.Sprintf("  %d. %s, priority %s", i+1, labels.name(a.TokenID), a.Priority)
		if a.Changed {
			line += " (new)"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// callWords says what is disconnected, in that order. Tokens that are not live
// have nothing to disconnect.
func callWords(view switchover.OrderView, plan failover.Plan, labels tokenLabels) []string {
	var lines []string
	for _, step := range plan.Steps {
		feeds := 0
		for _, feed := range view.Live {
			if feed.TokenID == step.TokenID {
				feeds++
			}
		}
		if feeds == 0 {
			continue
		}
		lead := "  disconnected  "
		if len(lines) > 0 {
			lead = "  then          "
		}
		lines = append(lines, lead+disconnectedWords(feeds, labels.name(step.TokenID)))
	}
	return lines
}

// sourceWords says what becomes of one source.
func sourceWords(stream string, source failover.Source, plan failover.Plan, labels tokenLabels, called bool) string {
	after, worst, switches := source.OnAir, failover.Unnoticed, 0
	var cutFrom failover.Impact
	for _, step := range plan.Steps {
		for _, impact := range step.Impacts {
			if impact.Stream != source.Stream || impact.Source != source.Source {
				continue
			}
			if impact.Verdict > worst {
				worst, cutFrom = impact.Verdict, impact
			}
			if impact.Verdict != failover.Unnoticed {
				switches++
			}
			after = impact.After
		}
	}
	lines := []string{"  on air now    " + airWords(source.OnAir, labels)}
	if source.Source != "" {
		lines = append([]string{"  source        " + source.Source}, lines...)
	}
	if source.Stream != stream {
		lines = append([]string{"  stream        " + source.Stream}, lines...)
	}
	if !called {
		return strings.Join(lines, "\n")
	}
	lines = append(lines, "  on air after  "+airWords(after, labels))
	var viewers string
	switch worst {
	case failover.Unnoticed:
		viewers = "notice nothing: the feed on air is not touched"
	case failover.TakesOver:
		viewers = "change over without a gap, once"
		if switches > 1 {
			viewers = fmt.Sprintf("change over without a gap, %d times", switches)
		}
	case failover.Cut:
		viewers = "are moved to " + labels.name(cutFrom.During.TokenID) + " when the feed is cut; how long that takes is not published"
	default:
		viewers = "have no picture until the encoder of " + labels.name(after.TokenID) + " has reconnected: no other feed is live"
	}
	return strings.Join(append(lines, "  viewers       "+viewers), "\n")
}

// elementDiagnostics says which tokens have no place in the order, each on its
// element.
func elementDiagnostics(view switchover.OrderView, order []int64, now time.Time) diag.Diagnostics {
	var diags diag.Diagnostics
	for i, id := range order {
		at := path.Root("token_ids").AtListIndex(i)
		token, ok := view.Token(id)
		if !ok {
			diags.AddAttributeError(at, "No such publish token",
				fmt.Sprintf("There is no publish token %d in this account.\n\nRemove it from token_ids, or correct the id.", id))
			continue
		}
		if reason := unfit(token, view.Stream, now); reason != "" {
			diags.AddAttributeError(at, "Publish token can't publish the stream",
				fmt.Sprintf("%s has no place in the order of %s: %s.\n\nRemove it from token_ids, or put that right and apply it before this.", capital(tokenName(id, token.Label)), view.Stream, reason))
		}
	}
	return diags
}

// unfit says why a token can't start to publish a stream: "" if it can.
func unfit(token switchover.OrderToken, stream string, now time.Time) string {
	if !slices.ContainsFunc(token.Streams, func(s switchover.OrderStream) bool {
		return !s.Regex && s.Name == stream || s.Regex && fitsPattern(s.Name, stream)
	}) {
		return "it does not publish that stream"
	}
	return token.CannotReturn(now)
}

// fitsPattern takes a pattern that does not compile here for one that fits
// nothing: it may belong to somebody else in the account.
func fitsPattern(pattern, stream string) bool {
	fits, err := patternFits(pattern, stream)
	return err == nil && fits
}

// unlistedDiagnostic reports the tokens that are not in the order and outrank
// its primary.
func unlistedDiagnostic(stream string, primary switchover.OrderToken, above []switchover.OrderToken) diag.Diagnostic {
	var lines []string
	for _, token := range above {
		lines = append(lines, fmt.Sprintf("  %s, priority %s", tokenName(token.ID, token.Label), token.Stored))
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("token_ids"), "A token outside of the order outranks its primary",
		fmt.Sprintf("These tokens publish %s, are not in token_ids, and tie with or rank above the primary, %s with priority %s:\n\n%s\n\n"+
			"Viewers get them whenever they are live. Add them to token_ids, or lower their priority.",
			stream, tokenName(primary.ID, primary.Label), primary.Stored, strings.Join(lines, "\n")))
}

// geoDiagnostic reports tokens of one stream with different geo-cascade settings.
func geoDiagnostic(view switchover.OrderView) (diag.Diagnostic, bool) {
	var lines []string
	settings := map[string]bool{}
	for _, token := range view.Tokens {
		settings[token.GeoCascade] = true
		lines = append(lines, fmt.Sprintf("  %s: %s", tokenName(token.ID, token.Label), token.GeoCascade))
	}
	if len(settings) < 2 {
		return nil, false
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("token_ids"), "Geo-cascade settings differ",
		fmt.Sprintf("The tokens of %s have different geo-cascade settings, and the platform wants them equal:\n\n%s\n\n"+
			"Give geo_cascade of these tokens the same value.", view.Stream, strings.Join(lines, "\n"))), true
}

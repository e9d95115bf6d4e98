package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// tokenLabels are the labels of tokens by id, for words.
type tokenLabels map[int64]string

func (l tokenLabels) name(id int64) string { return tokenName(id, l[id]) }

// planWords says what viewers will see of a change, and who is on air before
// and after it. ok is false if nothing that is live is touched.
func planWords(decision switchover.Decision, labels tokenLabels) (summary, detail string, ok bool) {
	if !decision.Needed || !decision.View.IsLive() {
		return "", "", false
	}
	head := changeWords(decision, labels)
	if !decision.View.Monitored {
		return "A live feed will be disconnected", head + ":\n\n" + unmonitoredWords(decision, labels), true
	}

	var blocks []string
	worst := failover.Unnoticed
	for _, impact := range decision.Impacts {
		worst = max(worst, impact.Verdict)
		blocks = append(blocks, impactWords(impact, decision, labels))
	}
	return summaries[worst], head + ":\n\n" + strings.Join(blocks, "\n\n"), true
}

var summaries = map[failover.Verdict]string{
	failover.Unnoticed: "A standby feed will be disconnected",
	failover.TakesOver: "Viewers will be switched to another feed",
	failover.Cut:       "The feed on air will be cut",
	failover.OffAir:    "Viewers will lose the picture",
}

func changeWords(decision switchover.Decision, labels tokenLabels) string {
	name := labels.name(decision.View.Token.ID)
	if decision.View.Priority().Compare(decision.Priority) == 0 {
		return fmt.Sprintf("Putting the stored priority %s of %s on its live feeds", decision.Priority, name)
	}
	return fmt.Sprintf("Reprioritizing %s from %s to %s", name, decision.View.Priority(), decision.Priority)
}

// impactWords is one indented block, which Terraform prints without wrapping.
func impactWords(impact failover.Impact, decision switchover.Decision, labels tokenLabels) string {
	lines := []string{
		"  stream        " + sourceName(impact.Stream, impact.Source),
		"  on air now    " + airWords(impact.Before, labels),
		"  on air after  " + airWords(impact.After, labels),
		"  disconnected  " + disconnectedWords(impact.Feeds, labels.name(decision.View.Token.ID)),
	}
	for i, line := range viewerWords(impact, decision, labels) {
		lead := "  viewers       "
		if i > 0 {
			lead = strings.Repeat(" ", len(lead))
		}
		lines = append(lines, lead+line)
	}
	return strings.Join(lines, "\n")
}

func sourceName(stream, source string) string {
	if source == "" {
		return stream
	}
	return stream + ", source " + source
}

func airWords(air failover.Air, labels tokenLabels) string {
	if air.TokenID == 0 {
		return "nobody"
	}
	words := fmt.Sprintf("%s, priority %s", labels.name(air.TokenID), air.Priority)
	if air.Ambiguous {
		words += ", or another with the same priority: which one is not documented"
	}
	return words
}

func disconnectedWords(feeds int, name string) string {
	if feeds == 1 {
		return "1 feed of " + name
	}
	return fmt.Sprintf("%d feeds of %s", feeds, name)
}

func viewerWords(impact failover.Impact, decision switchover.Decision, labels tokenLabels) []string {
	own := decision.View.Token.ID
	switch impact.Verdict {
	case failover.Unnoticed:
		return []string{"notice nothing: the feed on air is not touched"}
	case failover.TakesOver:
		return []string{
			"change over without a gap: the feed on air runs on",
			"until " + labels.name(own) + " is back and takes over",
		}
	case failover.Cut:
		lines := []string{
			"are moved to " + labels.name(impact.During.TokenID) + " when the feed is cut;",
			"how long that takes is not published",
		}
		if impact.After.TokenID == own {
			return append(lines, "and back again when its encoder has reconnected")
		}
		if n, ok := impact.Before.Priority.Get(); ok && !impact.Before.Ambiguous {
			lines = append(lines, fmt.Sprintf("Raising %s above %d instead would spare them that", labels.name(impact.During.TokenID), n))
		}
		return lines
	default:
		return []string{
			"have no picture until the encoder has reconnected:",
			"no other feed is live",
		}
	}
}

func unmonitoredWords(decision switchover.Decision, labels tokenLabels) string {
	return "  " + strings.Join([]string{
		"LiveMonitoring is off on this account, so it can't be verified which feed",
		"is on air, which sources are live, or with which priority feeds come back.",
		"Known is who has a live feed: " + activeWords(decision.View, labels) + ".",
		"The feeds of " + labels.name(decision.View.Token.ID) + " are disconnected.",
	}, "\n  ")
}

func activeWords(view switchover.View, labels tokenLabels) string {
	var ids []int64
	for _, feed := range view.Live {
		ids = append(ids, feed.TokenID)
	}
	slices.Sort(ids)
	var names []string
	for _, id := range slices.Compact(ids) {
		names = append(names, labels.name(id))
	}
	return strings.Join(names, ", ")
}

// whoHasWhat lists the live feeds of a view and their priorities, and what is
// stored on its token.
func whoHasWhat(view switchover.View, labels tokenLabels) string {
	return fmt.Sprintf("  stored    %s: %s\n", labels.name(view.Token.ID), view.Priority()) + whoIsLive(view, labels)
}

// whoIsLive lists the live feeds of a view and their priorities.
func whoIsLive(view switchover.View, labels tokenLabels) string {
	var lines []string
	for _, feed := range view.Live {
		if !view.Monitored {
			lines = append(lines, fmt.Sprintf("  live      %s on %s", labels.name(feed.TokenID), feed.Stream))
			continue
		}
		state := "standby"
		if feed.OnAir {
			state = "on air"
		}
		lines = append(lines, fmt.Sprintf("  %-8s  %s on %s: %s", state, labels.name(feed.TokenID), sourceName(feed.Stream, feed.Source), feed.Priority))
	}
	if len(view.Live) == 0 {
		lines = append(lines, "  live      nobody")
	}
	return strings.Join(lines, "\n")
}

// explicitWords says which feeds ignore their token's priority.
func explicitWords(name string, feeds []switchover.ExplicitFeed) string {
	return ownPriorityWords(name, feeds) + " Until then nothing is disconnected again for this."
}

func ownPriorityWords(name string, feeds []switchover.ExplicitFeed) string {
	var lines []string
	for _, feed := range feeds {
		lines = append(lines, fmt.Sprintf("  %s: priority %s", sourceName(feed.Stream, feed.Source), feed.Priority))
	}
	return "The encoder of " + name + " publishes with a priority of its own, so its feed ignores the token's:\n\n" +
		strings.Join(lines, "\n") + "\n\n" +
		"Remove priority= from the publish address of the encoder and restart it."
}

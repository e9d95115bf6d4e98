package provider

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// orderDiagnostic puts the error of a changed order into words. What had been
// called before it happened is said too.
func orderDiagnostic(verb, stream string, outcome switchover.OrderOutcome, err error, labels tokenLabels) diag.Diagnostic {
	var (
		refused *switchover.OrderRefusedError
		changed *switchover.OrderChangedError
		call    *switchover.CallError
	)
	switch {
	case errors.As(err, &refused):
		return orderRefusedDiagnostic(refused, labels)
	case errors.As(err, &changed):
		return diag.NewAttributeErrorDiagnostic(path.Root("token_ids"), "Stream changed since the plan",
			fmt.Sprintf("%s, so what the plan said about viewers is no longer true. %s\n\n%s\n\nRun terraform plan again, and apply what it says then.",
				orderChangedWords(changed, labels), doneWords(outcome, labels), orderState(changed.View, labels)))
	case errors.As(err, &call):
		return apiDiagnostic(verb, "stream failover", fmt.Sprintf("%s failed, while putting the tokens of %s in order. %s", call.Tried, stream, doneWords(outcome, labels)), call.Err)
	}
	one := switchDiagnostic(verb, err, labels)
	return diag.NewErrorDiagnostic(one.Summary(), fmt.Sprintf("Putting the tokens of %s in order has stopped. %s\n\n%s", stream, doneWords(outcome, labels), one.Detail()))
}

func orderRefusedDiagnostic(err *switchover.OrderRefusedError, labels tokenLabels) diag.Diagnostic {
	name := labels.name(err.Token)
	if err.Reason == switchover.SeveralStreams {
		token, _ := err.View.Token(err.Token)
		var names []string
		for _, stream := range token.Streams {
			names = append(names, stream.Name)
		}
		return diag.NewAttributeErrorDiagnostic(path.Root("token_ids"), "Several streams would be disconnected",
			fmt.Sprintf("The order of %s takes a reprioritization of %s, which would disconnect its feeds on all of its streams: %s.\n\n"+
				"Give each stream a publish token of its own, or accept that all are disconnected with the line:\n\n  allow_multiple_streams = true",
				err.View.Stream, name, strings.Join(names, ", ")))
	}
	if err.Reason == switchover.CannotReturn {
		token, _ := err.View.Token(err.Token)
		return diag.NewAttributeErrorDiagnostic(path.Root("token_ids"), "Encoder could not reconnect",
			fmt.Sprintf("The order of %s takes a reprioritization of %s, which would disconnect its live feed, and its encoder could not reconnect: %s. Nothing was disconnected.\n\n"+
				"Remove it from token_ids, or let new broadcasts of it in first.", err.View.Stream, name, token.CannotReturn(time.Now())))
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("token_ids"), "Viewers would lose the picture",
		fmt.Sprintf("The order of %s takes a reprioritization of %s, which has the only live feed: viewers would have no picture until its encoder has reconnected.\n\n"+
			"Start a second encoder first, or accept the interruption with the line:\n\n  allow_interruption = true", err.View.Stream, name))
}

func orderChangedWords(err *switchover.OrderChangedError, labels tokenLabels) string {
	if len(err.Tokens) == 0 {
		return "What is live on " + err.View.Stream + " has changed since the plan"
	}
	var names []string
	for _, id := range err.Tokens {
		names = append(names, labels.name(id))
	}
	return "Somebody changed the priority of " + strings.Join(names, " and ") + " since the plan"
}

func doneWords(outcome switchover.OrderOutcome, labels tokenLabels) string {
	lost := ""
	if outcome.Uncertain != 0 {
		lost = "Whether " + labels.name(outcome.Uncertain) + " was reprioritized is not certain. "
	}
	if len(outcome.Called) == 0 {
		if lost != "" {
			return lost + "The next plan reads what is there."
		}
		return "Nothing was disconnected."
	}
	var names []string
	for _, id := range outcome.Called {
		names = append(names, labels.name(id))
	}
	return lost + "Done so far: " + strings.Join(names, ", then ") + ". The next apply does only the rest."
}

// orderState lists who has what.
func orderState(view switchover.OrderView, labels tokenLabels) string {
	var lines []string
	for _, token := range view.Tokens {
		lines = append(lines, fmt.Sprintf("  stored    %s: %s", labels.name(token.ID), token.Stored))
	}
	for _, source := range failover.Sources(view.Live) {
		lines = append(lines, fmt.Sprintf("  on air    %s: %s", sourceName(source.Stream, source.Source), airWords(source.OnAir, labels)))
	}
	if len(view.Live) == 0 {
		lines = append(lines, "  live      nobody")
	}
	return strings.Join(lines, "\n")
}

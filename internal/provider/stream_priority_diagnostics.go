package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// switchDiagnostic puts the error of a switchover into words, on the attribute
// that the reader can change.
func switchDiagnostic(verb string, err error, labels tokenLabels) diag.Diagnostic {
	var (
		refused  *switchover.RefusedError
		changed  *switchover.ChangedError
		notBack  *switchover.NotBackError
		explicit *switchover.ExplicitPriorityError
		call     *switchover.CallError
	)
	switch {
	case errors.As(err, &refused):
		return refusedDiagnostic(refused, labels)
	case errors.As(err, &changed):
		return changedDiagnostic(changed, labels)
	case errors.As(err, &notBack):
		return notBackDiagnostic(verb, notBack, labels)
	case errors.As(err, &explicit):
		return diag.NewAttributeErrorDiagnostic(path.Root("priority"), "Feed came back with another priority",
			fmt.Sprintf("%s was reprioritized to %s, and its feeds have reconnected.\n\n%s",
				capital(labels.name(explicit.Decision.View.Token.ID)), explicit.Decision.Priority,
				explicitWords(labels.name(explicit.Decision.View.Token.ID), explicit.Feeds)))
	case errors.As(err, &call):
		return apiDiagnostic(verb, "stream priority", call.Tried+" failed.", call.Err)
	default:
		return apiDiagnostic(verb, "stream priority", "Changing the priority failed.", err)
	}
}

func changedDiagnostic(err *switchover.ChangedError, labels tokenLabels) diag.Diagnostic {
	view := err.Decision.View
	name := labels.name(view.Token.ID)
	summary, what := "Priority changed since the plan",
		fmt.Sprintf("The plan was made when %s had the priority %s. It has %s now, and nothing was disconnected", name, err.Expected, view.Priority())
	switch err.What {
	case switchover.LiveFeeds:
		summary, what = "Live feeds changed since the plan",
			fmt.Sprintf("Viewers would notice more of a reprioritization of %s than the plan said, because other feeds are live or on air now. Nothing was disconnected", name)
	case switchover.WhileWaiting:
		summary, what = "Priority changed while waiting",
			fmt.Sprintf("%s was reprioritized to %s, and somebody changed its priority to %s while its encoder reconnected", capital(name), err.Expected, view.Priority())
	case switchover.StoredPriority:
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("priority"), summary,
		fmt.Sprintf("%s:\n\n%s\n\nRun terraform plan again, and apply what it says then.", what, whoHasWhat(view, labels)))
}

func refusedDiagnostic(err *switchover.RefusedError, labels tokenLabels) diag.Diagnostic {
	view := err.Decision.View
	head := changeWords(err.Decision, labels)
	if err.Reason == switchover.SeveralStreams {
		return diag.NewAttributeErrorDiagnostic(path.Root("token_id"), "Several streams would be disconnected",
			fmt.Sprintf("%s would disconnect its feeds on all of its streams: %s.\n\n"+
				"Give each stream a publish token of its own, or accept that all are disconnected with the line:\n\n  allow_multiple_streams = true",
				head, streamWords(view)))
	}
	if err.Reason == switchover.CannotReturn {
		return diag.NewAttributeErrorDiagnostic(path.Root("priority"), "Encoder could not reconnect",
			fmt.Sprintf("%s would disconnect its live feed, and its encoder could not reconnect: %s.\n\n"+
				"Raise the token that viewers shall get instead, or let new broadcasts of this one in first.", head, err.Decision.CannotReturn))
	}
	var streams []string
	for _, impact := range err.Decision.Impacts {
		if impact.During.TokenID == 0 {
			streams = append(streams, sourceName(impact.Stream, impact.Source))
		}
	}
	cause := "No other feed of it is live."
	if !view.Monitored {
		cause = "No other token is known to have a live feed of it, and LiveMonitoring is off on this account, so it can't be verified."
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("priority"), "Viewers would lose the picture",
		fmt.Sprintf("%s would take %s off the air until the encoder has reconnected. %s\n\n"+
			"Start a second encoder first, or accept the interruption with the line:\n\n  allow_interruption = true",
			head, strings.Join(streams, " and "), cause))
}

func streamWords(view switchover.View) string {
	var names []string
	for _, stream := range view.Token.Streams {
		name := stream.StreamName
		if stream.IsRegex {
			name += " (a regular expression)"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func notBackDiagnostic(verb string, err *switchover.NotBackError, labels tokenLabels) diag.Diagnostic {
	name := labels.name(err.View.Token.ID)
	var missing []string
	for _, feed := range err.Missing {
		missing = append(missing, "  "+sourceName(feed.Stream, feed.Source))
	}
	waited := "The timeout of this resource passed before its feeds were back:"
	if errors.Is(err.Err, context.Canceled) {
		waited = "The run was interrupted before its feeds were back:"
	}
	if len(missing) == 0 {
		missing = []string{"  " + strings.Join(err.View.Streams(), "\n  ")}
	}
	next := "When it is back, run terraform apply again: it is not disconnected a second time. " +
		"If encoders need longer here, raise create and update in the timeouts of this resource."
	if verb == "restore" {
		next = "The previous priority is back all the same, and nothing is left to do here."
	}
	return diag.NewErrorDiagnostic("Feed has not come back",
		fmt.Sprintf("The priority of %s is stored, and its feeds were disconnected. %s\n\n%s\n\n"+
			"Look at the encoder: it has to reconnect by itself. %s\n\nLast seen:\n\n%s",
			name, waited, strings.Join(missing, "\n"), next, whoHasWhat(err.View, labels)))
}

// goneDiagnostic is for a token that the configuration names and the account
// does not have.
func goneDiagnostic(verb string, id int64, err error) diag.Diagnostic {
	return diag.WithPath(path.Root("token_id"),
		apiDiagnostic(verb, "stream priority", fmt.Sprintf("There is no publish token %d in this account.", id), err))
}

// readDiagnostic is for a token or stream that could not be read.
func readDiagnostic(verb string, id int64, err error) diag.Diagnostic {
	if millicast.IsGone(err) {
		return goneDiagnostic(verb, id, err)
	}
	return apiDiagnostic(verb, "stream priority", fmt.Sprintf("Reading publish token %d and what is live on its streams failed.", id), err)
}

// conflictDiagnostic says that two things in one configuration own a priority.
func conflictDiagnostic(attribute path.Path, id int64, one, other string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(attribute, "Priority has two owners",
		fmt.Sprintf("The priority of publish token %d is set twice: by %s and by %s. They would undo each other's work, and disconnect encoders, in every apply.\n\n"+
			"Remove one of them. To keep this one, remove %s.", id, one, other, definite(other)))
}

// definite turns the "a resource" of a sentence into "the resource" of the next.
func definite(name string) string {
	if rest, ok := strings.CutPrefix(name, "a "); ok {
		return "the " + rest
	}
	return strings.Replace(name, " of a ", " of its ", 1)
}

// endingDiagnostic says that a resource that is destroyed in the same plan would
// undo what another one sets.
func endingDiagnostic(attribute path.Path, id int64) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(attribute, "Priority would be put back by another resource",
		fmt.Sprintf("A millicast_stream_priority resource with on_destroy = \"restore\" is destroyed in this plan, and would put the previous priority of publish token %d back, "+
			"while another resource takes that priority over. Viewers would be moved back and forth.\n\n"+
			"Set on_destroy = \"keep\" in the one that is destroyed, apply that, and then make this change.", id))
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

const issuesURL = "https://github.com/millicast/terraform-provider-millicast/issues"

// apiDiagnostic is the only place that turns an API error into words: the
// summary "Unable to <verb> <noun>", then what was tried (on which token or
// stream), what to do next, and what the API said.
func apiDiagnostic(verb, noun, tried string, err error) diag.Diagnostic {
	paragraphs := []string{tried, nextStep(err), apiSaid(err)}
	return diag.NewErrorDiagnostic(fmt.Sprintf("Unable to %s %s", verb, noun), strings.Join(paragraphs, "\n\n"))
}

// nextStep says what the reader should do, by the class of the error.
func nextStep(err error) string {
	var apiErr *millicast.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "The run was interrupted. Run terraform apply again: what is done already is not done twice."
	case errors.Is(err, context.DeadlineExceeded) && !millicast.IsUncertain(err):
		return "The timeout of this resource passed. Raise it in timeouts if the API is slow today, then apply again."
	case millicast.IsUnauthorized(err):
		return "Set " + envAPISecret + ", or api_secret in the provider block, to a valid API secret of this account, then run this again."
	case millicast.IsGone(err):
		return "Check that the id or name is right and belongs to the account of this API secret."
	case millicast.IsRateLimited(err):
		return "The API limits how often it may be called. Wait a minute, or run terraform with a lower -parallelism, then apply again."
	case millicast.IsRefused(err):
		return "Change what the API objects to, then apply again."
	case millicast.IsRedirect(err):
		return "Check base_url: the provider never follows a redirect, because it would carry the API secret along."
	case millicast.IsUncertain(err):
		return "It is not certain whether the API has carried this out. Run terraform plan: it reads what is there now and says what is left to do."
	case !errors.As(err, &apiErr):
		return "This is a bug in the provider. Please report it at " + issuesURL + "."
	default:
		return "Run this again. If it fails the same way, look at the status page of the service, then check base_url and the network between here and there."
	}
}

func apiSaid(err error) string {
	var apiErr *millicast.Error
	if !errors.As(err, &apiErr) {
		return "Cause: " + err.Error()
	}
	said := "API said: " + apiErr.Said()
	details := []string{apiErr.Method + " " + apiErr.Route}
	if apiErr.Status != 0 {
		details = append(details, fmt.Sprintf("HTTP %d", apiErr.Status))
	}
	if apiErr.Attempts > 1 {
		details = append(details, fmt.Sprintf("%d attempts", apiErr.Attempts))
	}
	return said + " (" + strings.Join(details, ", ") + ")"
}

// tokenName names a token in a sentence.
func tokenName(id int64, label string) string {
	if label == "" {
		return fmt.Sprintf("publish token %d", id)
	}
	return fmt.Sprintf("publish token %d (%q)", id, label)
}

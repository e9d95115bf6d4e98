package provider

import (
	"context"
	"net/url"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// baseURLValidator accepts https, and plain http to a loopback host.
type baseURLValidator struct{}

func (baseURLValidator) Description(context.Context) string {
	return "must be an https URL, or http to a loopback host"
}

func (v baseURLValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (baseURLValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := millicast.ValidateBaseURL(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid base URL", baseURLProblem(err))
	}
}

func baseURLProblem(err error) string {
	return "The API can't be called there: " + err.Error() + ".\n\n" +
		"Leave base_url out for " + millicast.DefaultBaseURL + ", or set it, or the variable " + envBaseURL + ", to an https URL. Plain http is accepted only to a loopback host."
}

// positiveDurationValidator accepts Go durations above zero.
type positiveDurationValidator struct{}

func (positiveDurationValidator) Description(context.Context) string {
	return "must be a duration above zero, such as 30s"
}

func (v positiveDurationValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (positiveDurationValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || d <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration", durationProblem(req.ConfigValue))
	}
}

func durationProblem(value types.String) string {
	return "The value " + value.String() + " is not a duration above zero.\n\nWrite a number and a unit, such as 30s or 1m30s."
}

// accountIDForm is a stream id's part before the slash.
var accountIDForm = regexp.MustCompile(`^[^/\s]+$`)

func accountIDValidator() validator.String {
	return stringvalidator.RegexMatches(accountIDForm, "must be the account id alone, such as Abcde0, without a stream name")
}

// streamNameLength is the API's limit for the name of a stream.
func streamNameLength() validator.String { return stringvalidator.UTF8LengthBetween(1, maxNameLength) }

// addressValidator accepts what has a scheme and a host.
type addressValidator struct{}

func (addressValidator) Description(context.Context) string {
	return "must be an address with a scheme and a host, such as rtmp://live.example.com/app"
}

func (v addressValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (addressValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || req.ConfigValue.ValueString() == "" {
		return // That it must not be empty is said by its length.
	}
	if address, err := url.Parse(req.ConfigValue.ValueString()); err != nil || address.Scheme == "" || address.Host == "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid address",
			"The value "+req.ConfigValue.String()+" has no scheme or no host.\n\nWrite the whole address, such as rtmp://live.example.com/app.")
	}
}

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"golang.org/x/text/language"
)

// countryValidator accepts ISO 3166-1 alpha-2 codes in upper case.
type countryValidator struct{}

func (countryValidator) Description(context.Context) string {
	return "must be an ISO 3166-1 alpha-2 country code in upper case, such as US"
}

func (v countryValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (countryValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	code := req.ConfigValue.ValueString()
	country, ok := countryCode(code)
	switch {
	case ok && country == code:
	case ok:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid country code",
			fmt.Sprintf("The code %q is not the country's ISO 3166-1 alpha-2 code.\n\nWrite %q.", code, country))
	default:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid country code",
			fmt.Sprintf("No country has the code %q.\n\nWrite the ISO 3166-1 alpha-2 code of a country, two letters in upper case such as \"US\".", code))
	}
}

// notAssigned are codes that the table of regions takes for countries, and that
// ISO 3166-1 reserves, has withdrawn, or leaves to users.
const notAssigned = "AC AN CP CS DG FQ NT PC SU TA XK YU"

// noISO3166 is what language.Region.ISO3 says of codes that are reserved, but
// assigned to no country.
const noISO3166 = "ZZZ"

// countryCode returns the code of the country that s means, be it in lower
// case, in three letters, or a code that others than ISO use.
func countryCode(s string) (string, bool) {
	region, err := language.ParseRegion(strings.TrimSpace(s))
	if err != nil {
		return "", false
	}
	region = region.Canonicalize()
	if !region.IsCountry() || region.ISO3() == noISO3166 {
		return "", false
	}
	code := region.String()
	return code, !strings.Contains(notAssigned, code)
}

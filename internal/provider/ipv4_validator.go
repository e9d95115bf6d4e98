package provider

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// ipv4Validator accepts IPv4 addresses, and blocks of them in CIDR notation.
type ipv4Validator struct{}

func (ipv4Validator) Description(context.Context) string {
	return "must be an IPv4 address or an IPv4 block in CIDR notation"
}

func (v ipv4Validator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (ipv4Validator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is4() {
		return
	}
	if block, err := netip.ParsePrefix(text); err == nil && block.Addr().Is4() {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid IP address",
		fmt.Sprintf("%q is neither an IPv4 address nor a block of them.\n\nWrite an address such as \"198.51.100.7\" or a block such as \"198.51.100.0/24\".", text))
}

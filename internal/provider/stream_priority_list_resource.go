package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// NewStreamPriorityListResource returns the list resource millicast_stream_priority.
func NewStreamPriorityListResource() list.ListResource {
	return &tokenListResource{
		suffix: "_stream_priority",
		noun:   "stream priorities",
		description: "Finds the priorities of the publish tokens that fit all of the given filters; without one, of all tokens of the account. " +
			"Tokens whose priority is unset are left out: there is nothing to take over. What is live is not looked up, so `in_effect` is null in what it finds.",
		identity: identityTokenID,
		admits:   func(token millicast.PublishToken) bool { return token.Priority != nil },
		fill:     fillStreamPriority,
	}
}

// fillStreamPriority makes the resource as an import does, without a look at
// what is live.
func fillStreamPriority(ctx context.Context, token millicast.PublishToken, found *tfsdk.Resource) diag.Diagnostics {
	var diags diag.Diagnostics
	for name, value := range importedStreamPriority(token.ID) {
		diags.Append(found.SetAttribute(ctx, path.Root(name), value)...)
	}
	diags.Append(found.SetAttribute(ctx, path.Root("priority"), types.Int32PointerValue(token.Priority))...)
	diags.Append(found.SetAttribute(ctx, path.Root("stream_names"), switchover.View{Token: token}.Streams())...)
	return diags
}

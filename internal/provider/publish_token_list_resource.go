package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// NewPublishTokenListResource returns the list resource millicast_publish_token.
func NewPublishTokenListResource() list.ListResource {
	return &tokenListResource{
		suffix:      "_publish_token",
		noun:        "publish tokens",
		description: "Finds the publish tokens that fit all of the given filters; without one, all tokens of the account. Secrets are not in what it finds.",
		identity:    identityID,
		admits:      func(millicast.PublishToken) bool { return true },
		fill:        fillPublishToken,
	}
}

// fillPublishToken makes the resource as an import does, without secrets.
func fillPublishToken(ctx context.Context, token millicast.PublishToken, found *tfsdk.Resource) diag.Diagnostics {
	var model publishTokenModel
	diags := found.SetAttribute(ctx, path.Root("id"), token.ID)
	diags.Append(found.Get(ctx, &model)...)
	if diags.HasError() {
		return diags
	}
	// Only a resource that was just imported has no label, and takes the keys over.
	model.Label = types.StringValue(token.Label)
	diags.Append(model.refresh(ctx, token)...)
	model.deriveExpiry(token)
	model.Token, model.SRTPassphrase = types.StringNull(), types.StringNull()
	diags.Append(found.Set(ctx, &model)...)
	return diags
}

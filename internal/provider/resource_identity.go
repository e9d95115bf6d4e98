package provider

import (
	"context"
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Identity attributes: the one by which each resource is told from all others
// of its type in an account.
const (
	identityID         = "id"          // of millicast_publish_token
	identityTokenID    = "token_id"    // of millicast_stream_priority
	identityStreamName = "stream_name" // of millicast_stream_failover
)

// tokenIdentitySchema describes the identity of a resource that there is at
// most once for each token.
func tokenIdentitySchema(attribute string) identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		attribute: identityschema.Int64Attribute{
			Description:       "Id of the publish token.",
			RequiredForImport: true,
		},
	}}
}

// identify sets the one attribute of an identity. A state from before there were
// identities gets its identity in the next read, and a read has to set it also
// where the object is gone: without one the framework refuses the answer.
func identify(ctx context.Context, identity *tfsdk.ResourceIdentity, attribute string, value attr.Value) diag.Diagnostics {
	if identity == nil || value.IsNull() || value.IsUnknown() {
		return nil
	}
	return identity.SetAttribute(ctx, path.Root(attribute), value)
}

// importedTokenID returns the id that an import asks for, by its text or by the
// identity.
func importedTokenID(ctx context.Context, req resource.ImportStateRequest, attribute string) (int64, diag.Diagnostics) {
	var diags diag.Diagnostics
	text := req.ID
	if text == "" && req.Identity != nil {
		var id types.Int64
		diags.Append(req.Identity.GetAttribute(ctx, path.Root(attribute), &id)...)
		if !id.IsNull() {
			text = id.String()
		}
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if !diags.HasError() && (err != nil || id < 1 || strconv.FormatInt(id, 10) != text) {
		diags.AddError("Invalid import id", fmt.Sprintf("%q is not the id of a publish token.\n\n"+
			"Import with the number that the dashboard, or the data source millicast_publish_tokens, shows for the token, such as 12345.", text))
	}
	return id, diags
}

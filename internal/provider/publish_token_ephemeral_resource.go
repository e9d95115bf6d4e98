package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*publishTokenEphemeralResource)(nil)

// NewPublishTokenEphemeralResource returns the ephemeral resource millicast_publish_token.
func NewPublishTokenEphemeralResource() ephemeral.EphemeralResource {
	return &publishTokenEphemeralResource{}
}

// publishTokenEphemeralResource reads the secrets of a token that exists. It
// creates nothing, so there is nothing to renew or to close.
type publishTokenEphemeralResource struct{ services *services }

type publishTokenEphemeralModel struct {
	ID            types.Int64  `tfsdk:"id"`
	Token         types.String `tfsdk:"token"`
	SRTPassphrase types.String `tfsdk:"srt_passphrase"`
}

func (e *publishTokenEphemeralResource) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_publish_token"
}

func (e *publishTokenEphemeralResource) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The secrets of a publish token that exists, for write-only attributes and provider configurations. " +
			"They are read in each plan and apply, and are neither in the plan file nor in the state.",
		Attributes: map[string]schema.Attribute{
			"id": schema.Int64Attribute{
				MarkdownDescription: "Id of the token.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"token": schema.StringAttribute{
				MarkdownDescription: "Secret with which encoders publish.",
				Computed:            true,
				Sensitive:           true,
			},
			"srt_passphrase": schema.StringAttribute{
				MarkdownDescription: "Passphrase for encrypted SRT. Null unless the token's `display_srt_passphrase` is `true`.",
				Computed:            true,
				Sensitive:           true,
			},
		},
	}
}

func (e *publishTokenEphemeralResource) Configure(_ context.Context, req ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse) {
	e.services, _ = req.ProviderData.(*services)
}

func (e *publishTokenEphemeralResource) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var data publishTokenEphemeralModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() || !e.services.require(&resp.Diagnostics, "read", "publish token") {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()

	// Not from a list page: the secret may have been rotated a moment ago.
	token, err := e.services.client.PublishTokens.Get(ctx, data.ID.ValueInt64())
	if err != nil {
		resp.Diagnostics.Append(apiDiagnostic("read", "publish token", fmt.Sprintf("Reading publish token %d failed.", data.ID.ValueInt64()), err))
		return
	}
	data.Token = types.StringValue(token.Token.Reveal())
	data.SRTPassphrase = srtPassphrase(token)
	resp.Diagnostics.Append(resp.Result.Set(ctx, &data)...)
}

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

var (
	_ datasource.DataSourceWithConfigure        = (*publishTokenDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*publishTokenDataSource)(nil)
)

// NewPublishTokenDataSource returns the millicast_publish_token data source.
func NewPublishTokenDataSource() datasource.DataSource { return &publishTokenDataSource{} }

// publishTokenDataSource reads one token, by its id or its label.
type publishTokenDataSource struct{ services *services }

func (d *publishTokenDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_publish_token"
}

func (d *publishTokenDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := publishTokenDataAttributes()
	attributes["id"] = schema.Int64Attribute{
		MarkdownDescription: "Id of the token. Set exactly one of `id` and `label`.",
		Optional:            true,
		Computed:            true,
		Validators:          []validator.Int64{int64validator.AtLeast(1)},
	}
	attributes["label"] = schema.StringAttribute{
		MarkdownDescription: "Name of the token in the dashboard, the whole of it and in the same case. Set exactly one of `id` and `label`. " +
			"Looking for a label reads the list of all tokens, 100 with each call; it is an error if several have the label.",
		Optional:   true,
		Computed:   true,
		Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, maxNameLength)},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One publish token, by its id or its label. Secrets are not in it.",
		Attributes:          attributes,
	}
}

func (d *publishTokenDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.services, _ = req.ProviderData.(*services)
}

func (d *publishTokenDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("label"))}
}

func (d *publishTokenDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data publishTokenDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() || !d.services.require(&resp.Diagnostics, "read", "publish token") {
		return
	}

	var token millicast.PublishToken
	var diags diag.Diagnostics
	if data.ID.IsNull() {
		token, diags = d.byLabel(ctx, data.Label.ValueString())
	} else {
		token, diags = d.byID(ctx, data.ID.ValueInt64())
	}
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(data.refresh(ctx, token)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

// byID reads a token, in bulk where that is cheaper.
func (d *publishTokenDataSource) byID(ctx context.Context, id int64) (token millicast.PublishToken, diags diag.Diagnostics) {
	token, err := d.services.client.PublishTokens.Read(ctx, id)
	if err != nil {
		diags.Append(diag.WithPath(path.Root("id"), apiDiagnostic("read", "publish token", fmt.Sprintf("Reading publish token %d failed.", id), err)))
	}
	return token, diags
}

// byLabel goes through all tokens: the API's search leaves out those that have
// a regular expression among their streams, and so can't tell whether there is
// one token with the label or several.
func (d *publishTokenDataSource) byLabel(ctx context.Context, label string) (token millicast.PublishToken, diags diag.Diagnostics) {
	var ids []string
	for candidate, err := range d.services.client.PublishTokens.ReadAll(ctx) {
		if err != nil {
			diags.Append(apiDiagnostic("read", "publish token", fmt.Sprintf("Looking for the publish token with the label %q failed.", label), err))
			return token, diags
		}
		if candidate.Label == label {
			token, ids = candidate, append(ids, fmt.Sprint(candidate.ID))
		}
	}
	switch len(ids) {
	case 1:
	case 0:
		diags.AddAttributeError(path.Root("label"), "Unable to find publish token",
			fmt.Sprintf("No publish token of this account has the label %q.\n\nCompare it with the dashboard, letter by letter: case counts.", label))
	default:
		diags.AddAttributeError(path.Root("label"), "Several publish tokens have this label",
			fmt.Sprintf("The label %q belongs to the publish tokens %s.\n\nSet id to one of them instead of label.", label, strings.Join(ids, ", ")))
	}
	return token, diags
}

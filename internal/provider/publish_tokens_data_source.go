package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

var (
	_ datasource.DataSourceWithConfigure      = (*publishTokensDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*publishTokensDataSource)(nil)
)

// NewPublishTokensDataSource returns the millicast_publish_tokens data source.
func NewPublishTokensDataSource() datasource.DataSource { return &publishTokensDataSource{} }

// publishTokensDataSource lists the tokens that fit its filters.
type publishTokensDataSource struct{ services *services }

// publishTokensModel has the filters and what they found.
type publishTokensModel struct {
	publishTokenFilters

	ActiveOnly   types.Bool `tfsdk:"active_only"`
	IncludeRegex types.Bool `tfsdk:"include_regex"`

	Tokens []publishTokenDataModel `tfsdk:"tokens"`
	IDs    []int64                 `tfsdk:"ids"`
}

func (d *publishTokensDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_publish_tokens"
}

func (d *publishTokensDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The publish tokens that fit all of the given filters, in the order in which viewers would get their feeds. " +
			"Without a filter, all tokens of the account. Secrets are not in it.",
		Attributes: map[string]schema.Attribute{
			"stream_name": schema.StringAttribute{
				MarkdownDescription: "Only tokens that may publish this stream, by its whole name. " +
					"A token that has a regular expression among its streams is left out, even if the name is there too, unless `include_regex` is `true`.",
				Optional:   true,
				Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, maxNameLength)},
			},
			"label": schema.StringAttribute{
				MarkdownDescription: "Only tokens with this label, the whole of it and in the same case.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.UTF8LengthBetween(1, maxNameLength)},
			},
			"cluster": schema.StringAttribute{
				MarkdownDescription: "Only tokens that publish to this cluster, such as `phx-1`, by their own setting or by the account's default.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"active_only": schema.BoolAttribute{
				MarkdownDescription: "Only tokens that have a live feed, on whichever of their streams. Default: `false`.",
				Optional:            true,
			},
			"include_regex": schema.BoolAttribute{
				MarkdownDescription: "Also tokens that have regular expressions among their streams, if one fits the whole of `stream_name`. " +
					"Needs `stream_name`, and reads the list of all tokens, 100 with each call. Default: `false`.",
				Optional: true,
			},
			"tokens": schema.ListNestedAttribute{
				MarkdownDescription: "The tokens: highest priority first, unset last, then by id.",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: publishTokenDataAttributes()},
			},
			"ids": schema.ListAttribute{
				MarkdownDescription: "Ids of the tokens, in the same order.",
				ElementType:         types.Int64Type,
				Computed:            true,
			},
		},
	}
}

func (d *publishTokensDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.services, _ = req.ProviderData.(*services)
}

func (d *publishTokensDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config publishTokensModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if config.IncludeRegex.ValueBool() && config.StreamName.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("include_regex"), "Missing stream_name",
			"The provider looks for regular expressions that fit a stream, and no stream is named.\n\nSet stream_name, or remove include_regex.")
	}
}

func (d *publishTokensDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data publishTokensModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() || !d.services.require(&resp.Diagnostics, "read", "publish tokens") {
		return
	}
	tokens, diags := d.find(ctx, data)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	slices.SortFunc(tokens, compareRank)
	data.Tokens, data.IDs = []publishTokenDataModel{}, []int64{}
	for _, token := range tokens {
		var model publishTokenDataModel
		resp.Diagnostics.Append(model.refresh(ctx, token)...)
		data.Tokens, data.IDs = append(data.Tokens, model), append(data.IDs, token.ID)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

// find lists the tokens that fit, in the order of the API.
func (d *publishTokensDataSource) find(ctx context.Context, data publishTokensModel) (found []millicast.PublishToken, diags diag.Diagnostics) {
	active := make(map[int64]bool)
	if data.ActiveOnly.ValueBool() {
		ids, err := d.services.client.PublishTokens.ReadActiveIDs(ctx)
		if err != nil {
			diags.Append(apiDiagnostic("read", "publish tokens", "Reading which tokens have a live feed failed.", err))
			return nil, diags
		}
		for _, id := range ids {
			active[id] = true
		}
	}
	for token, err := range data.tokens(ctx, d.services.client.PublishTokens, data.IncludeRegex.ValueBool(), d.services.client.PublishTokens.ReadAll) {
		if err != nil {
			diags.Append(apiDiagnostic("read", "publish tokens", "Reading the list of publish tokens failed.", err))
			return nil, diags
		}
		if data.admits(token, data.IncludeRegex.ValueBool(), &diags) && (!data.ActiveOnly.ValueBool() || active[token.ID]) {
			found = append(found, token)
		}
	}
	return found, diags
}

// compareRank sorts tokens by the order in which viewers get their feeds.
func compareRank(a, b millicast.PublishToken) int {
	return cmp.Or(
		failover.PriorityOf(b.Priority).Compare(failover.PriorityOf(a.Priority)),
		cmp.Compare(a.ID, b.ID),
	)
}

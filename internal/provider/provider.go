// Package provider is what Terraform sees: schemas, models, plans and
// diagnostics. It decides nothing about streams (internal/failover), carries
// nothing out (internal/switchover) and speaks no HTTP (internal/millicast).
package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int32validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ provider.ProviderWithActions            = (*millicastProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*millicastProvider)(nil)
	_ provider.ProviderWithFunctions          = (*millicastProvider)(nil)
	_ provider.ProviderWithListResources      = (*millicastProvider)(nil)
)

type millicastProvider struct {
	version string

	// journalDir is where notes of what is under way are kept. "": nowhere.
	journalDir string

	// Tests shorten these; zero means the defaults of the packages below.
	retryWait    time.Duration
	pollInterval time.Duration
}

type providerModel struct {
	APISecret      types.String `tfsdk:"api_secret"`
	BaseURL        types.String `tfsdk:"base_url"`
	AccountID      types.String `tfsdk:"account_id"`
	RequestTimeout types.String `tfsdk:"request_timeout"`
	MaxRetries     types.Int32  `tfsdk:"max_retries"`
	BulkRead       types.Bool   `tfsdk:"bulk_read"`
}

// New returns a constructor of the provider for a release version, which the
// API sees in the User-Agent.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &millicastProvider{version: version, journalDir: journalDir()} }
}

func (p *millicastProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "millicast"
	resp.Version = p.version
}

func (p *millicastProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages publish tokens of Dolby OptiView Real-time Streaming (Millicast), and switches live streams " +
			"between redundant encoders as a reviewed change.",
		Attributes: map[string]schema.Attribute{
			"api_secret": schema.StringAttribute{
				MarkdownDescription: "API secret of the account. Environment: `MILLICAST_API_SECRET`. Required in one of the two places.",
				Optional:            true,
				Sensitive:           true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "Where the API is. It must be https; plain http is accepted only to a loopback host, for the emulator. " +
					"Environment: `MILLICAST_BASE_URL`. Default: `https://api.millicast.com`.",
				Optional:   true,
				Validators: []validator.String{baseURLValidator{}},
			},
			"account_id": schema.StringAttribute{
				MarkdownDescription: "Account id, such as `Abcde0`. Needed only where a stream id `ACCOUNT/NAME` is built. " +
					"Environment: `MILLICAST_ACCOUNT_ID`.",
				Optional:   true,
				Validators: []validator.String{accountIDValidator()},
			},
			"request_timeout": schema.StringAttribute{
				MarkdownDescription: "How long one attempt of a request may take, as a Go duration such as `45s`. Default: `30s`.",
				Optional:            true,
				Validators:          []validator.String{positiveDurationValidator{}},
			},
			"max_retries": schema.Int32Attribute{
				MarkdownDescription: "Attempts after the first, for requests that are safe to repeat. 0 to 20. Default: `4`.",
				Optional:            true,
				Validators:          []validator.Int32{int32validator.Between(0, 20)},
			},
			"bulk_read": schema.BoolAttribute{
				MarkdownDescription: "Serve refreshes from list pages of 100 tokens where that takes fewer calls. Default: `true`.",
				Optional:            true,
			},
		},
	}
}

func (p *millicastProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	services, diags := p.connect(ctx, config, req.TerraformVersion)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.DataSourceData = services
	resp.ResourceData = services
	resp.EphemeralResourceData = services
	resp.ListResourceData = services
	resp.ActionData = services
}

func (p *millicastProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		NewPublishTokenResource,
		NewStreamFailoverResource,
		NewStreamPriorityResource,
	}
}

func (p *millicastProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		NewClustersDataSource,
		NewPublishTokenDataSource,
		NewPublishTokensDataSource,
		NewStreamDataSource,
		NewStreamPrimaryDataSource,
	}
}

func (p *millicastProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		NewPublishTokenEphemeralResource,
	}
}

func (p *millicastProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		NewPublishTokenListResource,
		NewStreamPriorityListResource,
	}
}

func (p *millicastProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		NewReprioritizeStreamAction,
		NewStopStreamAction,
	}
}

func (p *millicastProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		NewRTMPStreamKeyFunction,
		NewRTMPURLFunction,
		NewSRTURLFunction,
		NewViewerURLFunction,
		NewWHIPURLFunction,
	}
}

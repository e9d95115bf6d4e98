package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

var _ list.ListResourceWithConfigure = (*tokenListResource)(nil)

// tokenListResource lists the resources of a type that has at most one for
// each publish token. All of them come from the pages of one list.
type tokenListResource struct {
	services *services

	suffix      string // of the type's name
	noun        string
	description string
	identity    string // attribute with the token's id

	admits func(millicast.PublishToken) bool
	// fill makes the resource as it is after an import.
	fill func(context.Context, millicast.PublishToken, *tfsdk.Resource) diag.Diagnostics
}

// tokenListModel is the configuration of a list block.
type tokenListModel struct {
	publishTokenFilters

	Active types.Bool `tfsdk:"active"`
}

func (l *tokenListResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + l.suffix
}

func (l *tokenListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: l.description,
		Attributes: map[string]schema.Attribute{
			"stream_name": schema.StringAttribute{
				MarkdownDescription: "Only tokens that may publish this stream, by its whole name. " +
					"A token that has a regular expression among its streams is left out, even if the name is there too.",
				Optional:   true,
				Validators: []validator.String{streamNameLength()},
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
			"active": schema.BoolAttribute{
				MarkdownDescription: "`true`: only tokens that have a live feed, on whichever of their streams. `false`: only those that have none.",
				Optional:            true,
			},
		},
	}
}

func (l *tokenListResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	l.services, _ = req.ProviderData.(*services)
}

func (l *tokenListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config tokenListModel
	diags := req.Config.Get(ctx, &config)
	if diags.HasError() || !l.services.require(&diags, "list", l.noun) {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) { l.list(ctx, req, config, push) }
}

// list pushes what fits until the limit is reached. Pages after that are not read.
func (l *tokenListResource) list(ctx context.Context, req list.ListRequest, config tokenListModel, push func(list.ListResult) bool) {
	client := l.services.client.PublishTokens
	failed := func(tried string, err error) {
		push(list.ListResult{Diagnostics: diag.Diagnostics{apiDiagnostic("list", l.noun, tried, err)}})
	}
	var active []int64
	if !config.Active.IsNull() {
		var err error
		if active, err = client.ActiveIDs(ctx); err != nil {
			failed("Reading which tokens have a live feed failed.", err)
			return
		}
	}

	var pushed int64
	for token, err := range config.tokens(ctx, client, false, client.List) {
		if err != nil {
			failed("Reading the list of publish tokens failed.", err)
			return
		}
		if !l.admits(token) || !config.admits(token, false, nil) ||
			!config.Active.IsNull() && config.Active.ValueBool() != slices.Contains(active, token.ID) {
			continue
		}
		if pushed++; !push(l.result(ctx, req, token)) || pushed == req.Limit {
			return
		}
	}
}

func (l *tokenListResource) result(ctx context.Context, req list.ListRequest, token millicast.PublishToken) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = fmt.Sprintf("%s (%d)", token.Label, token.ID)
	result.Diagnostics.Append(identify(ctx, result.Identity, l.identity, types.Int64Value(token.ID))...)
	if req.IncludeResource {
		result.Diagnostics.Append(l.fill(ctx, token, result.Resource)...)
	}
	return result
}

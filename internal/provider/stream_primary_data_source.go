package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

var _ datasource.DataSourceWithConfigure = (*streamPrimaryDataSource)(nil)

// NewStreamPrimaryDataSource returns the millicast_stream_primary data source.
func NewStreamPrimaryDataSource() datasource.DataSource { return &streamPrimaryDataSource{} }

type streamPrimaryDataSource struct{ services *services }

type streamPrimaryModel struct {
	StreamName types.String `tfsdk:"stream_name"`
	Cluster    types.String `tfsdk:"cluster"`

	TokenID           types.Int64         `tfsdk:"token_id"`
	Label             types.String        `tfsdk:"label"`
	Priority          types.Int32         `tfsdk:"priority"`
	OriginCluster     types.String        `tfsdk:"origin_cluster"`
	Ambiguous         types.Bool          `tfsdk:"ambiguous"`
	RedundantTokenIDs []int64             `tfsdk:"redundant_token_ids"`
	Tokens            []primaryTokenModel `tfsdk:"tokens"`
	Live              types.Bool          `tfsdk:"live"`
	OnAirTokenID      types.Int64         `tfsdk:"on_air_token_id"`
	MatchesOnAir      types.Bool          `tfsdk:"matches_on_air"`
}

type primaryTokenModel struct {
	ID            types.Int64  `tfsdk:"id"`
	Label         types.String `tfsdk:"label"`
	Priority      types.Int32  `tfsdk:"priority"`
	OriginCluster types.String `tfsdk:"origin_cluster"`
	IsActive      types.Bool   `tfsdk:"is_active"`
}

func (d *streamPrimaryDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_stream_primary"
}

func (d *streamPrimaryDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Which publish token is the primary of a stream, the one with the highest priority, and whether that is the one that viewers get now. " +
			"Tokens with a regular expression among their streams are not considered.",
		Attributes: map[string]schema.Attribute{
			"stream_name": schema.StringAttribute{
				MarkdownDescription: "Name of the stream, without the account. 1 to 128 characters.",
				Required:            true,
				Validators:          []validator.String{streamNameLength()},
			},
			"cluster": schema.StringAttribute{
				MarkdownDescription: "Consider only tokens that publish to this cluster, such as `phx-1`, by their own setting or by the account's.",
				Optional:            true,
			},
			"token_id":       schema.Int64Attribute{Computed: true, MarkdownDescription: "Id of the primary: the highest priority; on a tie, the lowest id, and `ambiguous` is true."},
			"label":          schema.StringAttribute{Computed: true, MarkdownDescription: "Label of the primary."},
			"priority":       schema.Int32Attribute{Computed: true, MarkdownDescription: "Stored priority of the primary. Null if unset."},
			"origin_cluster": schema.StringAttribute{Computed: true, MarkdownDescription: "Cluster that the primary publishes to, by its own setting or by the account's."},
			"ambiguous": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether another token has the same priority as the primary. " +
				"Which of them viewers get is not documented: give them different priorities."},
			"redundant_token_ids": schema.ListAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: "Ids of the other tokens, in the order in which they would take over."},
			"tokens": schema.ListNestedAttribute{
				MarkdownDescription: "All tokens of the stream, the primary first.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":             schema.Int64Attribute{Computed: true, MarkdownDescription: "Id of the token."},
					"label":          schema.StringAttribute{Computed: true, MarkdownDescription: "Label of the token."},
					"priority":       schema.Int32Attribute{Computed: true, MarkdownDescription: "Stored priority. Null if unset."},
					"origin_cluster": schema.StringAttribute{Computed: true, MarkdownDescription: "Cluster that it publishes to, by its own setting or by the account's."},
					"is_active":      schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether new broadcasts are let in."},
				}},
			},
			"live": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the stream has a live feed."},
			"on_air_token_id": schema.Int64Attribute{Computed: true, MarkdownDescription: "Id of the token whose feed viewers get. " +
				"Null if the stream is not live, if its sources come from different tokens, or if LiveMonitoring is off."},
			"matches_on_air": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether viewers get the primary, on every live source. " +
				"Null if the stream is not live, or if LiveMonitoring is off."},
		},
	}
}

func (d *streamPrimaryDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.services, _ = req.ProviderData.(*services)
}

func (d *streamPrimaryDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data streamPrimaryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() || !d.services.require(&resp.Diagnostics, "read", "primary of a stream") {
		return
	}
	name := data.StreamName.ValueString()

	tokens, err := d.tokens(ctx, name, data.Cluster)
	if err != nil {
		resp.Diagnostics.Append(apiDiagnostic("read", "primary of a stream", fmt.Sprintf("Listing the publish tokens of stream %q failed.", name), err))
		return
	}
	if len(tokens) == 0 {
		where := ""
		if !data.Cluster.IsNull() {
			where = fmt.Sprintf(" to cluster %q", data.Cluster.ValueString())
		}
		resp.Diagnostics.AddAttributeError(path.Root("stream_name"), "No publish token for the stream",
			fmt.Sprintf("No token of this account publishes stream %q%s by its name.\n\nCheck the spelling. "+
				"Tokens that publish it through a regular expression are found by millicast_publish_tokens with include_regex = true.", name, where))
		return
	}
	view, err := d.services.operator.LookAtStream(ctx, name)
	if err != nil {
		resp.Diagnostics.Append(apiDiagnostic("read", "primary of a stream", fmt.Sprintf("Reading what is live on stream %q failed.", name), err))
		return
	}
	data.rank(tokens)
	data.live(view)
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

// tokens returns the tokens of the stream, the highest priority first. The API
// may match parts of names, so names are compared again.
func (d *streamPrimaryDataSource) tokens(ctx context.Context, stream string, cluster types.String) ([]millicast.PublishToken, error) {
	var tokens []millicast.PublishToken
	for token, err := range d.services.client.PublishTokens.ListByStreamName(ctx, stream) {
		if err != nil {
			return nil, err
		}
		publishes := slices.ContainsFunc(token.Streams, func(s millicast.StreamName) bool { return !s.IsRegex && s.StreamName == stream })
		if publishes && (cluster.IsNull() || clusterOf(token) == cluster.ValueString()) {
			tokens = append(tokens, token)
		}
	}
	slices.SortFunc(tokens, compareRank)
	return tokens, nil
}

func (m *streamPrimaryModel) rank(tokens []millicast.PublishToken) {
	primary := tokens[0]
	m.TokenID = types.Int64Value(primary.ID)
	m.Label = types.StringValue(primary.Label)
	m.Priority = types.Int32PointerValue(primary.Priority)
	m.OriginCluster = stringOrNull(clusterOf(primary))
	m.Ambiguous = types.BoolValue(len(tokens) > 1 && failover.PriorityOf(tokens[1].Priority) == failover.PriorityOf(primary.Priority))
	m.RedundantTokenIDs = []int64{}
	for i, token := range tokens {
		if i > 0 {
			m.RedundantTokenIDs = append(m.RedundantTokenIDs, token.ID)
		}
		m.Tokens = append(m.Tokens, primaryTokenModel{
			ID:            types.Int64Value(token.ID),
			Label:         types.StringValue(token.Label),
			Priority:      types.Int32PointerValue(token.Priority),
			OriginCluster: stringOrNull(clusterOf(token)),
			IsActive:      types.BoolValue(token.IsActive),
		})
	}
}

func (m *streamPrimaryModel) live(view switchover.View) {
	m.Live = types.BoolValue(len(view.Live) > 0)
	m.OnAirTokenID, m.MatchesOnAir = types.Int64Null(), types.BoolNull()
	if !view.Monitored || len(view.Live) == 0 {
		return
	}
	sources := failover.Sources(view.Live)
	first, same, matches := sources[0].OnAir.TokenID, true, true
	for _, source := range sources {
		same = same && source.OnAir.TokenID == first
		matches = matches && source.OnAir.TokenID == m.TokenID.ValueInt64()
	}
	if same {
		m.OnAirTokenID = types.Int64Value(first)
	}
	m.MatchesOnAir = types.BoolValue(matches)
}

// clusterOf is where a token publishes to: its own setting, or the account's.
func clusterOf(token millicast.PublishToken) string {
	if token.OriginCluster == "" && token.EffectiveSettings != nil && token.EffectiveSettings.OriginCluster != nil {
		return *token.EffectiveSettings.OriginCluster
	}
	return token.OriginCluster
}

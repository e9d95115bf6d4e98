package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

var _ datasource.DataSourceWithConfigure = (*streamDataSource)(nil)

// NewStreamDataSource returns the millicast_stream data source.
func NewStreamDataSource() datasource.DataSource { return &streamDataSource{} }

type streamDataSource struct{ services *services }

type streamModel struct {
	StreamName     types.String      `tfsdk:"stream_name"`
	Live           types.Bool        `tfsdk:"live"`
	LiveMonitoring types.Bool        `tfsdk:"live_monitoring"`
	StartTime      types.String      `tfsdk:"start_time"`
	Feeds          []streamFeedModel `tfsdk:"feeds"`
}

type streamFeedModel struct {
	TokenID   types.Int64  `tfsdk:"token_id"`
	SourceID  types.String `tfsdk:"source_id"`
	ClusterID types.String `tfsdk:"cluster_id"`
	Priority  types.Int32  `tfsdk:"priority"`
	OnAir     types.Bool   `tfsdk:"on_air"`
	StartTime types.String `tfsdk:"start_time"`
}

func (d *streamDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_stream"
}

func (d *streamDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "What is live on a stream now: its feeds, which of them viewers get, and which stand by. A stream that is not live is no error.",
		Attributes: map[string]schema.Attribute{
			"stream_name": schema.StringAttribute{
				MarkdownDescription: "Name of the stream, without the account. 1 to 128 characters.",
				Required:            true,
				Validators:          []validator.String{streamNameLength()},
			},
			"live": schema.BoolAttribute{
				MarkdownDescription: "Whether the stream has a live feed.",
				Computed:            true,
			},
			"live_monitoring": schema.BoolAttribute{
				MarkdownDescription: "Whether the account has the feature LiveMonitoring. Without it only `token_id` of each feed is known.",
				Computed:            true,
			},
			"start_time": schema.StringAttribute{
				MarkdownDescription: "When the stream went live, in RFC 3339. Null if it is not live, or that is not known.",
				Computed:            true,
			},
			"feeds": schema.ListNestedAttribute{
				MarkdownDescription: "The live feeds, by source, then by priority with the highest first, then by token id.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"token_id":   schema.Int64Attribute{Computed: true, MarkdownDescription: "Id of the publish token that the encoder uses."},
					"source_id":  schema.StringAttribute{Computed: true, MarkdownDescription: "Source of a multi-source stream. Null for the only source."},
					"cluster_id": schema.StringAttribute{Computed: true, MarkdownDescription: "Cluster that the feed comes in at, such as `phx-1`."},
					"priority":   schema.Int32Attribute{Computed: true, MarkdownDescription: "Priority that the feed connected with. Null if unset."},
					"on_air":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether viewers get this feed. Null where it can't be told."},
					"start_time": schema.StringAttribute{Computed: true, MarkdownDescription: "When the feed connected, in RFC 3339."},
				}},
			},
		},
	}
}

func (d *streamDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.services, _ = req.ProviderData.(*services)
}

func (d *streamDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data streamModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() || !d.services.require(&resp.Diagnostics, "read", "stream") {
		return
	}
	if err := d.read(ctx, &data); err != nil {
		resp.Diagnostics.Append(apiDiagnostic("read", "stream", fmt.Sprintf("Reading what is live on stream %q failed.", data.StreamName.ValueString()), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

func (d *streamDataSource) read(ctx context.Context, data *streamModel) error {
	name := data.StreamName.ValueString()
	stream, err := d.services.client.Streams.Read(ctx, name)
	switch {
	case err == nil:
		data.refresh(stream)
		return nil
	case !millicast.IsNoLiveMonitoring(err):
		return err
	}

	view, err := d.services.operator.LookAtStream(ctx, name)
	if err != nil {
		return err
	}
	data.refresh(millicast.Stream{})
	data.LiveMonitoring = types.BoolValue(false)
	data.Live = types.BoolValue(len(view.Live) > 0)
	for _, feed := range view.Live {
		data.Feeds = append(data.Feeds, streamFeedModel{TokenID: types.Int64Value(feed.TokenID)})
	}
	return nil
}

// refresh takes over a stream's live feeds. Omitted: what changes with every
// reading, such as the number of viewers.
func (m *streamModel) refresh(stream millicast.Stream) {
	m.LiveMonitoring = types.BoolValue(true)
	m.StartTime = types.StringNull()
	m.Feeds = []streamFeedModel{}
	feeds := slices.DeleteFunc(slices.Clone(stream.Feeds), func(f millicast.Feed) bool { return !f.Active })
	slices.SortFunc(feeds, func(a, b millicast.Feed) int {
		return cmp.Or(
			cmp.Compare(a.SourceID, b.SourceID),
			failover.PriorityOf(b.Priority).Compare(failover.PriorityOf(a.Priority)),
			cmp.Compare(a.TokenID, b.TokenID),
		)
	})
	for _, feed := range feeds {
		model := streamFeedModel{
			TokenID:   types.Int64Value(feed.TokenID),
			SourceID:  stringOrNull(feed.SourceID),
			ClusterID: stringOrNull(feed.ClusterID),
			Priority:  types.Int32PointerValue(feed.Priority),
			OnAir:     types.BoolNull(),
			StartTime: timeOrNull(feed.StartTime),
		}
		if feed.IsRedundant != nil {
			model.OnAir = types.BoolValue(!*feed.IsRedundant)
		}
		m.Feeds = append(m.Feeds, model)
	}
	m.Live = types.BoolValue(len(feeds) > 0)
	if len(feeds) > 0 {
		m.StartTime = timeOrNull(stream.StartTime)
	}
}

// stringOrNull turns the empty string, which the API uses for "none", into null.
func stringOrNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// timeOrNull is RFC 3339 in UTC and whole seconds: the API gives fractions in
// some answers and not in others for the same instant.
func timeOrNull(t *time.Time) types.String {
	if t == nil || t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Truncate(time.Second).Format(time.RFC3339))
}

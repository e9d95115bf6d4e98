package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

var _ datasource.DataSourceWithConfigure = (*clustersDataSource)(nil)

// NewClustersDataSource returns the millicast_clusters data source.
func NewClustersDataSource() datasource.DataSource { return &clustersDataSource{} }

// clustersDataSource lists the clusters of the account.
type clustersDataSource struct{ services *services }

// clustersModel is the data source.
type clustersModel struct {
	DefaultCluster types.String   `tfsdk:"default_cluster"`
	Clusters       []clusterModel `tfsdk:"clusters"`
}

// clusterModel is one cluster.
type clusterModel struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	RTMP        types.String `tfsdk:"rtmp"`
	SRT         types.String `tfsdk:"srt"`
	City        types.String `tfsdk:"city"`
	Region      types.String `tfsdk:"region"`
	Country     types.String `tfsdk:"country"`
	Transcoding types.Bool   `tfsdk:"transcoding"`
}

func (d *clustersDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_clusters"
}

func (d *clustersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The clusters that encoders of this account can publish to.",
		Attributes: map[string]schema.Attribute{
			"default_cluster": text("Id of the cluster that tokens without an `origin_cluster` publish to. `auto` is the one nearest to the encoder."),
			"clusters": schema.ListNestedAttribute{
				MarkdownDescription: "Available clusters, in the order of the API.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":      text("Id, such as `phx-1`: what `origin_cluster` takes."),
					"name":    text("Name, such as `Phoenix`."),
					"rtmp":    text("Host for publishing over RTMP."),
					"srt":     text("Host for publishing over SRT."),
					"city":    text("City where the cluster stands. Null if not known."),
					"region":  text("Region, such as a state, where the cluster stands. Null if not known."),
					"country": text("Name of the country where the cluster stands. Null if not known."),
					"transcoding": schema.BoolAttribute{
						MarkdownDescription: "Whether the cluster can transcode. Null if not known.",
						Computed:            true,
					},
				}},
			},
		},
	}
}

func (d *clustersDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.services, _ = req.ProviderData.(*services)
}

func (d *clustersDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	if !d.services.require(&resp.Diagnostics, "read", "clusters") {
		return
	}
	clusters, err := d.services.client.Clusters.Get(ctx)
	if err != nil {
		resp.Diagnostics.Append(apiDiagnostic("read", "clusters", "Reading the clusters of the account failed.", err))
		return
	}
	data := clustersModel{DefaultCluster: stringOrNull(clusters.DefaultCluster), Clusters: []clusterModel{}}
	for _, cluster := range clusters.AvailableClusters {
		data.Clusters = append(data.Clusters, newClusterModel(cluster))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}

// newClusterModel takes over what the API says of a cluster.
func newClusterModel(cluster millicast.Cluster) clusterModel {
	model := clusterModel{
		ID:   types.StringValue(cluster.ID),
		Name: types.StringValue(cluster.Name),
		RTMP: stringOrNull(cluster.RTMP),
		SRT:  stringOrNull(cluster.SRT),
	}
	if location := cluster.Location; location != nil {
		model.City = stringOrNull(value(location.City))
		model.Region = stringOrNull(value(location.Region))
		model.Country = stringOrNull(value(location.Country))
	}
	if cluster.Features != nil {
		model.Transcoding = types.BoolValue(cluster.Features.Transcoding)
	}
	return model
}

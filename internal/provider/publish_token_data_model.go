package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// publishTokenDataModel is a token in the data sources. Omitted: every secret,
// which is the token's, its SRT passphrase and the restream keys.
type publishTokenDataModel struct {
	publishTokenSettings

	Restream types.List `tfsdk:"restream"`
}

// publishTokenRestreamDataModel is an element of restream, without its key.
type publishTokenRestreamDataModel struct {
	Label   types.String `tfsdk:"label"`
	URL     types.String `tfsdk:"url"`
	Enabled types.Bool   `tfsdk:"enabled"`
}

// publishTokenRestreamDataType is its type, as the schema has it.
var publishTokenRestreamDataType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"label":   types.StringType,
	"url":     types.StringType,
	"enabled": types.BoolType,
}}

// refresh takes over what the API has.
func (m *publishTokenDataModel) refresh(ctx context.Context, token millicast.PublishToken) diag.Diagnostics {
	diags := m.publishTokenSettings.refresh(ctx, token)
	models := make([]publishTokenRestreamDataModel, 0, len(token.Restream))
	for _, r := range token.Restream {
		models = append(models, publishTokenRestreamDataModel{
			Label:   stringOrNull(value(r.Label)),
			URL:     types.StringValue(r.URL),
			Enabled: types.BoolValue(r.Enabled == nil || *r.Enabled),
		})
	}
	restream, more := types.ListValueFrom(ctx, publishTokenRestreamDataType, models)
	diags.Append(more...)
	m.Restream = restream
	return diags
}

// publishTokenDataAttributes describes a token as the data sources have it.
func publishTokenDataAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
	}
	texts := func(description string) schema.SetAttribute {
		return schema.SetAttribute{MarkdownDescription: description, ElementType: types.StringType, Computed: true}
	}
	geoCascade := func(description string) schema.SingleNestedAttribute {
		return schema.SingleNestedAttribute{
			MarkdownDescription: description,
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"is_enabled": flag("Whether the streams are cascaded. Null if the account's setting applies."),
				"clusters":   texts("Ids of the clusters. `all` stands for every cluster."),
			},
		}
	}
	return map[string]schema.Attribute{
		"id":    schema.Int64Attribute{MarkdownDescription: "Id of the token.", Computed: true},
		"label": text("Name of the token in the dashboard."),
		"streams": schema.SetNestedAttribute{
			MarkdownDescription: "Streams that the token may publish.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"stream_name": text("Name of the stream, or a regular expression that fits whole names."),
				"is_regex":    flag("Whether `stream_name` is a regular expression."),
			}},
		},
		"priority": schema.Int32Attribute{
			MarkdownDescription: "Stored priority: feeds that connect from now on get it, unless their publish address has one of its own. Null if unset, which ranks below every number.",
			Computed:            true,
		},
		"is_active":               flag("Whether new broadcasts may start with this token."),
		"subscribe_requires_auth": flag("Whether viewers need a subscribe token."),
		"record":                  flag("Whether the streams are recorded."),
		"clip":                    flag("Whether clips can be made of the streams while they are live."),
		"multisource":             flag("Whether one stream may have several sources."),
		"enable_thumbnails":       flag("Whether thumbnails of the streams are sent to the account's webhooks."),
		"display_srt_passphrase":  flag("Whether the dashboard shows the passphrase for encrypted SRT."),
		"low_latency_rtmp":        flag("Whether streams that come in over RTMP are handled for low latency."),
		"drm":                     flag("Whether the streams are protected by DRM."),
		"enable_utc_insertion":    flag("Whether UTC timestamps are put into the streams. Null if the account's setting applies."),
		"encoder_profile_id":      text("Id of the encoder profile for transcoding. Null if there is none."),
		"geo_cascade":             geoCascade("Clusters to which the streams are cascaded. Null if the account's setting applies."),
		"restream": schema.ListNestedAttribute{
			MarkdownDescription: "Endpoints to which the streams are forwarded, without their keys.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"label":   text("Name of the endpoint. Null if it has none."),
				"url":     text("Address of the endpoint."),
				"enabled": flag("Whether streams are forwarded to the endpoint."),
			}},
		},
		"allowed_origins":      texts("Domains from which the token may be used to publish. Empty if from any."),
		"allowed_ip_addresses": texts("IPv4 addresses and CIDR blocks from which the token may be used to publish. Empty if from any."),
		"bind_ips_on_usage":    schema.Int64Attribute{MarkdownDescription: "To how many IP addresses, the first that use it, the token is bound. Null if it is not.", Computed: true},
		"origin_cluster":       text("Id of the cluster that encoders publish to. Null if the account's default applies."),
		"allowed_countries":    texts("Countries whose viewers may watch, as ISO 3166-1 alpha-2 codes. Empty if the token has no such list."),
		"denied_countries":     texts("Countries whose viewers may not watch, as ISO 3166-1 alpha-2 codes. Empty if the token has no such list."),
		"added_on":             text("When the token was created, in RFC 3339 format."),
		"expires_on":           text("When the token expires, in RFC 3339 format. Null if it never does."),
		"effective_settings": schema.SingleNestedAttribute{
			MarkdownDescription: "Settings in force: the token's, or the account's where the token has none.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"origin_cluster":       text("Cluster that encoders publish to."),
				"allowed_countries":    texts("Countries whose viewers may watch. Empty if all may."),
				"denied_countries":     texts("Countries whose viewers may not watch."),
				"geo_cascade":          geoCascade("Clusters to which the streams are cascaded."),
				"enable_utc_insertion": flag("Whether UTC timestamps are put into the streams."),
			},
		},
	}
}

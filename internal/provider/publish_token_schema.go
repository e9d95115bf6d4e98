package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int32validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int32planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// publishTokenTimeout bounds a change of a publish token, retries included.
const publishTokenTimeout = 5 * time.Minute

// Limits of the API.
const (
	maxNameLength     = 128
	maxRestreams      = 10
	maxRestreamText   = 2048
	minRestreamKey    = 5
	maxRestreamKey    = 512
	maxBindIPsOnUsage = 4294967295
)

// publishTokenSchema describes the resource: what is required, what is optional,
// what is computed.
func publishTokenSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Manages a publish token: the credential with which encoders publish one or more streams, " +
			"and the settings of what they publish.",
		Attributes: map[string]schema.Attribute{
			"label": schema.StringAttribute{
				MarkdownDescription: "Name of the token in the dashboard. 1 to 128 characters; it need not be unique. Changed in place.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.UTF8LengthBetween(1, maxNameLength)},
			},
			"streams": schema.SetNestedAttribute{
				MarkdownDescription: "Streams that the token may publish. At least one. Streams are added and removed in place.",
				Required:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: publishTokenStreamAttributes()},
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues()},
			},

			"priority": schema.Int32Attribute{
				MarkdownDescription: "Priority of the feeds that connect with this token: among the live feeds of a stream, viewers get the one with the highest. " +
					"Any 32-bit number, negative ones too; unset ranks below every number. A new value is only stored: a feed that is live keeps the old one " +
					"until its encoder reconnects. To switch viewers at once, leave this out and use `millicast_stream_priority`. " +
					"Left out, the provider neither sets nor plans the priority, and shows what it is; removing it from the configuration leaves the number as it is.",
				Optional:      true,
				Computed:      true,
				PlanModifiers: []planmodifier.Int32{int32planmodifier.UseStateForUnknown()},
			},
			"is_active": defaultedBool(true, "Whether new broadcasts may start with this token. `false` keeps them out and leaves running ones alone."),
			"expires_in": schema.Int32Attribute{
				MarkdownDescription: "Seconds from the creation of the token until it expires. At least 1. Left out, it never does. " +
					"A running broadcast outlives the expiry, a new one can't start. The API takes this only when it creates a token, so a change replaces the token.",
				Optional:   true,
				Validators: []validator.Int32{int32validator.AtLeast(1)},
			},
			"subscribe_requires_auth": defaultedBool(false, "Whether viewers need a subscribe token."),
			"record":                  defaultedBool(false, "Whether the streams are recorded. Excludes `clip`."),
			"clip":                    defaultedBool(false, "Whether clips can be made of the streams while they are live. Excludes `record`."),
			"multisource":             defaultedBool(true, "Whether one stream may have several sources, told apart by their source ids."),
			"enable_thumbnails":       defaultedBool(false, "Whether thumbnails of the streams are sent to the account's webhooks."),
			"display_srt_passphrase":  defaultedBool(false, "Whether the dashboard shows, and the API returns, the passphrase for encrypted SRT. See `srt_passphrase`."),
			"low_latency_rtmp":        defaultedBool(true, "Whether streams that come in over RTMP are handled for low latency."),
			"drm":                     defaultedBool(false, "Whether the streams are protected by DRM."),
			"enable_utc_insertion": schema.BoolAttribute{
				MarkdownDescription: "Whether UTC timestamps are put into the streams. Left out or removed, the account's setting applies.",
				Optional:            true,
			},
			"encoder_profile_id": schema.StringAttribute{
				MarkdownDescription: "Id of the encoder profile for transcoding. Left out or removed, there is none.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"geo_cascade": schema.SingleNestedAttribute{
				MarkdownDescription: "Clusters to which the streams are cascaded, nearer to their viewers. Left out or removed, the account's setting applies. " +
					"Tokens that publish the same stream need the same settings here.",
				Optional:   true,
				Attributes: publishTokenGeoCascadeAttributes(),
			},
			"restream": schema.ListNestedAttribute{
				MarkdownDescription: "Endpoints to which the streams are forwarded. At most 10. Left out or removed, there are none. A change also reaches broadcasts that are running.",
				Optional:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: publishTokenRestreamAttributes()},
				Validators:          []validator.List{listvalidator.SizeAtMost(maxRestreams), listvalidator.NoNullValues()},
			},
			"allowed_origins": defaultedSet("Domains from which the token may be used to publish, such as `studio.example.com` or `*.example.com`. "+
				"Default: none, which means from any.", stringvalidator.LengthAtLeast(1)),
			"allowed_ip_addresses": defaultedSet("IPv4 addresses and CIDR blocks from which the token may be used to publish. Has no effect on RTMP. "+
				"Default: none, which means from any. Excludes `bind_ips_on_usage`.", ipv4Validator{}),
			"bind_ips_on_usage": schema.Int64Attribute{
				MarkdownDescription: "Binds the token to the first so many IP addresses that use it. 0 to 4294967295; left out, removed or 0, it is not bound. " +
					"Has no effect on RTMP. Excludes `allowed_ip_addresses`.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(0, maxBindIPsOnUsage)},
			},
			"origin_cluster": schema.StringAttribute{
				MarkdownDescription: "Id of the cluster that encoders publish to, such as `phx-1`, or `auto` for the one nearest to the encoder. " +
					"Left out or removed, the account's default applies. The data source `millicast_clusters` lists the ids.",
				Optional:   true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"allowed_countries": defaultedSet("Countries whose viewers may watch, all others may not, as upper-case ISO 3166-1 alpha-2 codes such as `US`. "+
				"Overrides the account's list. Default: none. Excludes `denied_countries`.", countryValidator{}),
			"denied_countries": defaultedSet("Countries whose viewers may not watch, as upper-case ISO 3166-1 alpha-2 codes such as `US`. "+
				"Overrides the account's list. Default: none. Excludes `allowed_countries`.", countryValidator{}),
			"store_token": defaultedBool(true, "Whether `token` and `srt_passphrase` are kept in the state. `false` removes them from it."),
			"rotation_trigger": schema.StringAttribute{
				MarkdownDescription: "Any text. A new one makes a new secret for the same token; the old secret stops working for new broadcasts and " +
					"running ones go on. Removing it changes nothing. So does setting it for the first time on a token that was just imported.",
				Optional: true,
			},
			"force_destroy": defaultedBool(false, "Whether the token may be deleted, or replaced, while it has a live feed. That ends the broadcast at once, "+
				"so it is refused otherwise. It must be applied before the destroy."),
			"timeouts": timeoutsAttribute(ctx, timeouts.Opts{
				Create:            true,
				Read:              true,
				Update:            true,
				Delete:            true,
				CreateDescription: "How long creating may take, as a Go duration such as `90s`. Default: `5m`.",
				ReadDescription:   "How long a refresh may take, as a Go duration such as `90s`. Default: `2m`.",
				UpdateDescription: "How long a change may take, as a Go duration such as `90s`. Default: `5m`.",
				DeleteDescription: "How long deleting may take, as a Go duration such as `90s`. Default: `5m`.",
			}),

			"token": schema.StringAttribute{
				MarkdownDescription: "Secret with which encoders publish. Null if `store_token` is `false`.",
				Computed:            true,
				Sensitive:           true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"srt_passphrase": schema.StringAttribute{
				MarkdownDescription: "Passphrase for encrypted SRT. Null unless `display_srt_passphrase` is `true`, and if `store_token` is `false`.",
				Computed:            true,
				Sensitive:           true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"added_on": schema.StringAttribute{
				MarkdownDescription: "When the token was created, in RFC 3339 format.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"expires_on": schema.StringAttribute{
				MarkdownDescription: "When the token expires, in RFC 3339 format. Null if it never does.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"effective_settings": schema.SingleNestedAttribute{
				MarkdownDescription: "Settings in force: the token's, or the account's where the token has none.",
				Computed:            true,
				PlanModifiers:       []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
				Attributes:          publishTokenEffectiveSettingsAttributes(),
			},
			"id": schema.Int64Attribute{
				MarkdownDescription: "Id of the token.",
				Computed:            true,
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
		},
	}
}

// publishTokenStreamAttributes describes an element of streams.
func publishTokenStreamAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"stream_name": schema.StringAttribute{
			MarkdownDescription: "Name of the stream, or a regular expression that fits whole names. 1 to 128 characters.",
			Required:            true,
			Validators:          []validator.String{stringvalidator.UTF8LengthBetween(1, maxNameLength)},
		},
		"is_regex": defaultedBool(false, "Whether `stream_name` is a regular expression, in the dialect of .NET."),
	}
}

// publishTokenGeoCascadeAttributes describes geo_cascade.
func publishTokenGeoCascadeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"is_enabled": schema.BoolAttribute{
			MarkdownDescription: "Whether the streams are cascaded. Left out, the account's setting applies.",
			Optional:            true,
		},
		"clusters": schema.SetAttribute{
			MarkdownDescription: "Ids of the clusters. `all` stands for every cluster. Not empty; ignored if `is_enabled` is `false`. Default: `[\"all\"]`.",
			ElementType:         types.StringType,
			Optional:            true,
			Computed:            true,
			Default:             setdefault.StaticValue(stringSet([]string{allClusters})),
			Validators:          []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
		},
	}
}

// publishTokenRestreamAttributes describes an element of restream.
func publishTokenRestreamAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"label": schema.StringAttribute{
			MarkdownDescription: "Name of the endpoint. 1 to 2048 characters. Left out, it has none.",
			Optional:            true,
			Validators:          []validator.String{stringvalidator.UTF8LengthBetween(1, maxRestreamText)},
		},
		"url": schema.StringAttribute{
			MarkdownDescription: "Address of the endpoint, such as `rtmp://live.example.com/app`. 1 to 2048 characters.",
			Required:            true,
			Validators:          []validator.String{stringvalidator.UTF8LengthBetween(1, maxRestreamText), addressValidator{}},
		},
		"key": schema.StringAttribute{
			MarkdownDescription: "Stream key of the endpoint, kept in the state. 5 to 512 characters. Exactly one of `key` and `key_wo`; " +
				"both may be left out only for an endpoint that was imported, which then keeps its key. A key that somebody else has set shows as null.",
			Optional:   true,
			Computed:   true,
			Sensitive:  true,
			Validators: []validator.String{stringvalidator.UTF8LengthBetween(minRestreamKey, maxRestreamKey)},
		},
		"key_wo": schema.StringAttribute{
			MarkdownDescription: "Stream key of the endpoint, kept neither in the state nor in the plan. 5 to 512 characters. Needs `key_wo_version`. " +
				"That somebody else has changed the key is not detected.",
			Optional:   true,
			WriteOnly:  true,
			Sensitive:  true,
			Validators: []validator.String{stringvalidator.UTF8LengthBetween(minRestreamKey, maxRestreamKey)},
		},
		"key_wo_version": schema.Int64Attribute{
			MarkdownDescription: "Version of `key_wo`, any number. Another one sends the whole list again, with every key.",
			Optional:            true,
		},
		"enabled": defaultedBool(true, "Whether streams are forwarded to the endpoint."),
	}
}

// publishTokenEffectiveSettingsAttributes describes effective_settings.
func publishTokenEffectiveSettingsAttributes() map[string]schema.Attribute {
	countries := func(description string) schema.SetAttribute {
		return schema.SetAttribute{MarkdownDescription: description, ElementType: types.StringType, Computed: true}
	}
	return map[string]schema.Attribute{
		"origin_cluster":       schema.StringAttribute{MarkdownDescription: "Cluster that encoders publish to.", Computed: true},
		"allowed_countries":    countries("Countries whose viewers may watch. Empty if all may."),
		"denied_countries":     countries("Countries whose viewers may not watch."),
		"enable_utc_insertion": schema.BoolAttribute{MarkdownDescription: "Whether UTC timestamps are put into the streams.", Computed: true},
		"geo_cascade": schema.SingleNestedAttribute{
			MarkdownDescription: "Clusters to which the streams are cascaded.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"is_enabled": schema.BoolAttribute{MarkdownDescription: "Whether the streams are cascaded.", Computed: true},
				"clusters":   schema.SetAttribute{MarkdownDescription: "Ids of the clusters.", ElementType: types.StringType, Computed: true},
			},
		},
	}
}

// defaultedBool is a flag with a default, which it adds to the description.
func defaultedBool(value bool, description string) schema.BoolAttribute {
	shown := " Default: `false`."
	if value {
		shown = " Default: `true`."
	}
	return schema.BoolAttribute{
		MarkdownDescription: description + shown,
		Optional:            true,
		Computed:            true,
		Default:             booldefault.StaticBool(value),
	}
}

// defaultedSet is a set of texts that is empty by default.
func defaultedSet(description string, element validator.String) schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: description,
		ElementType:         types.StringType,
		Optional:            true,
		Computed:            true,
		Default:             setdefault.StaticValue(stringSet(nil)),
		Validators:          []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(element)},
	}
}

// timeoutsAttribute describes what timeouts.Attributes leaves undescribed, and
// wants each timeout above zero.
func timeoutsAttribute(ctx context.Context, opts timeouts.Opts) schema.Attribute {
	attribute := timeouts.Attributes(ctx, opts)
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	nested.MarkdownDescription = "How long operations may take, retries included. A change is stored and has no other effect."
	for name, timeout := range nested.Attributes {
		if text, ok := timeout.(schema.StringAttribute); ok {
			text.Validators = []validator.String{positiveDurationValidator{}}
			nested.Attributes[name] = text
		}
	}
	return nested
}

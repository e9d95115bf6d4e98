package provider

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const publishTokenType = "millicast_publish_token"

// publishTokenValues is a minimal token with more attributes.
func publishTokenValues(more values) values {
	config := values{"label": "studio", "streams": []any{values{"stream_name": "main"}}}
	maps.Copy(config, more)
	return config
}

// TestPublishToken_attributes takes each attribute through its life: created
// with it, imported, changed, removed, added. Every step sends that attribute
// alone, and leaves a plan that is empty.
func TestPublishToken_attributes(t *testing.T) {
	t.Parallel()

	texts := func(values ...any) []any { return values }
	tests := map[string]struct {
		set, change any
		key         string   // of the API; "": the API does not have it
		added       []string // keys that are sent when it is added; nil: key
		removed     []string // keys that are sent when it is removed; nil: key
	}{
		"priority":                {set: 10, change: -20, key: "priority", removed: []string{}},
		"is_active":               {set: false, change: true, key: "isActive", removed: []string{}},
		"subscribe_requires_auth": {set: true, change: false, key: "subscribeRequiresAuth", removed: []string{}},
		"record":                  {set: true, change: false, key: "record", removed: []string{}},
		"clip":                    {set: true, change: false, key: "clip", removed: []string{}},
		"multisource":             {set: false, change: true, key: "multisource", removed: []string{}},
		"enable_thumbnails":       {set: true, change: false, key: "enableThumbnails", removed: []string{}},
		"display_srt_passphrase":  {set: true, change: false, key: "displaySrtPassphrase", removed: []string{}},
		"low_latency_rtmp":        {set: false, change: true, key: "lowLatencyRtmp", removed: []string{}},
		"drm":                     {set: true, change: false, key: "drm", removed: []string{}},
		"enable_utc_insertion":    {set: true, change: false, key: "enableUTCInsertion"},
		"encoder_profile_id":      {set: "one", change: "two", key: "encoderProfileId"},
		"geo_cascade": {
			set:    values{"is_enabled": true, "clusters": texts("phx-1", "lon-1")},
			change: values{"is_enabled": false},
			key:    "geoCascade",
		},
		"restream": {
			set:    []any{values{"url": "rtmp://one.example.com", "key": "secret-one", "label": "one"}, values{"url": "rtmp://two.example.com", "key": "secret-two"}},
			change: []any{values{"url": "rtmp://two.example.com", "key": "secret-two", "enabled": false}},
			key:    "restream",
		},
		"allowed_origins":      {set: texts("b.example.com", "a.example.com"), change: texts("*.example.com"), key: "allowedOrigins"},
		"allowed_ip_addresses": {set: texts("198.51.100.7", "203.0.113.0/24"), change: texts("198.51.100.8"), key: "allowedIpAddresses"},
		"bind_ips_on_usage":    {set: 4294967295, change: 1, key: "bindIpsOnUsage"},
		"origin_cluster":       {set: "phx-1", change: "lon-1", key: "originCluster"},
		"allowed_countries":    {set: texts("US", "GB"), change: texts("DE"), key: "allowedCountries"},
		"denied_countries":     {set: texts("US", "GB"), change: texts("DE"), key: "deniedCountries"},
		"store_token":          {set: false, change: true},
		"force_destroy":        {set: true, change: false},
		"timeouts":             {set: values{"create": "1m"}, change: values{"create": "2m", "delete": "3m"}},
	}
	shapes := map[string][]emulator.Option{
		"plain": nil,
		"terse": {emulator.WithNulls(), emulator.WithShuffledLists(), emulator.WithUnknownProperties()},
	}
	for name, test := range tests {
		for shape, options := range shapes {
			t.Run(name+"/"+shape, func(t *testing.T) {
				t.Parallel()

				srv := emulator.Start(t, options...)
				c := newProtocolClient(t, singleReads(srv))
				keys := func(special []string) []string {
					if special != nil || test.key == "" {
						return special
					}
					return []string{test.key}
				}
				set, change := publishTokenValues(values{name: test.set}), publishTokenValues(values{name: test.change})

				token := c.create(publishTokenType, set)
				token = settled(t, c, token, set)
				imported, diags := c.importByID(publishTokenType, idText(token))
				c.mustBeEmpty("importing", diags)
				if test.key != "" {
					settled(t, c, imported, set)
				}

				srv.ResetRequests()
				token = c.update(publishTokenType, token, change)
				expectSent(t, srv, keys(nil))
				token = settled(t, c, token, change)

				// Where the changed value is the default already, nothing is left to send.
				srv.ResetRequests()
				token = c.update(publishTokenType, token, publishTokenValues(nil))
				expectSent(t, srv, keys(test.removed))
				token = settled(t, c, token, publishTokenValues(nil))

				srv.ResetRequests()
				token = c.update(publishTokenType, token, set)
				expectSent(t, srv, keys(test.added))
				settled(t, c, token, set)
			})
		}
	}
}

// settled refreshes a resource and fails the test unless its plan is empty.
func settled(t *testing.T, c *protocolClient, i *instance, config values) *instance {
	t.Helper()
	refreshed, diags := c.read(publishTokenType, i)
	c.mustBeEmpty("refreshing", diags)
	if refreshed == nil {
		t.Fatal("the refresh says that the token is gone")
	}
	change := c.plan(publishTokenType, refreshed, config)
	c.mustBeEmpty("planning", change.diagnostics)
	if !change.noop {
		t.Fatalf("the plan is not empty:\n%v\n%v", fromTerraform(refreshed.value), fromTerraform(change.planned.value))
	}
	return refreshed
}

// expectSent fails the test unless there was one update with just these keys,
// or no write at all if there are none.
func expectSent(t *testing.T, srv *emulator.Server, keys []string) {
	t.Helper()
	var sent [][]string
	for _, write := range srv.Writes() {
		sent = append(sent, write.Keys)
	}
	if len(keys) == 0 && len(sent) == 0 {
		return
	}
	if len(sent) != 1 || !slices.Equal(sent[0], keys) {
		t.Errorf("sent %v, want one request with %v", sent, keys)
	}
}

// idText is the id of a token as the CLI takes it.
func idText(i *instance) string { return fmt.Sprint(i.attribute("id")) }

// singleReads has every refresh ask the API for the token alone, and for what
// it is now.
func singleReads(srv *emulator.Server) values {
	config := providerConfig(srv)
	config["bulk_read"] = false
	return config
}

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

func TestAccPublishTokenDataSource_byIDAndByLabel(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	const byID, byLabel = "data.millicast_publish_token.by_id", "data.millicast_publish_token.by_label"
	restream := knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
		"label":   knownvalue.Null(),
		"url":     knownvalue.StringExact("rtmp://a.example.com"),
		"enabled": knownvalue.Bool(true),
	})})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: publishTokenConfig(srv, `
				priority = 10
				restream = [{ url = "rtmp://a.example.com", key = "a-key" }]
			`) + `
data "millicast_publish_token" "by_id" {
  id = millicast_publish_token.test.id
}

data "millicast_publish_token" "by_label" {
  label = millicast_publish_token.test.label
  depends_on = [millicast_publish_token.test]
}
`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(byID, tfjsonpath.New("label"), knownvalue.StringExact("studio")),
				statecheck.ExpectKnownValue(byID, tfjsonpath.New("restream"), restream),
				statecheck.ExpectKnownValue(byLabel, tfjsonpath.New("id"), knownvalue.Int64Exact(10001)),
				statecheck.ExpectKnownValue(byLabel, tfjsonpath.New("priority"), knownvalue.Int32Exact(10)),
				statecheck.ExpectKnownValue(byLabel, tfjsonpath.New("effective_settings").AtMapKey("origin_cluster"), knownvalue.StringExact("auto")),
			},
		}},
	})
}

func TestPublishTokenDataSource_refuses(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	for _, label := range []string{"studio", "twice", "twice", "studio-2"} {
		srv.CreateToken(emulator.TokenSeed{Label: label, Streams: []emulator.Stream{{Name: "main"}, {Name: "cam-.+", IsRegex: label == "twice"}}})
	}
	for name, test := range map[string]struct {
		config values
		path   string
		want   string
	}{
		"neither":         {values{}, "", "Exactly one"},
		"both":            {values{"id": 10001, "label": "studio"}, "id", "Exactly one"},
		"missing id":      {values{"id": 99}, "id", "No publish token with id: 99"},
		"negative id":     {values{"id": -1}, "id", "at least 1"},
		"missing label":   {values{"label": "stud"}, "label", `No publish token of this account has the label "stud"`},
		"case of a label": {values{"label": "Studio"}, "label", "case counts"},
		"several":         {values{"label": "twice"}, "label", "belongs to the publish tokens 10002, 10003"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, diags := newProtocolClient(t, providerConfig(srv)).readData("millicast_publish_token", test.config)
			if len(diags) != 1 || diags[0].path != test.path || !strings.Contains(diags.String(), test.want) {
				t.Errorf("got: %v\nwant at %q: %s", diags, test.path, test.want)
			}
		})
	}
	got, diags := newProtocolClient(t, providerConfig(srv)).readData("millicast_publish_token", values{"label": "studio"})
	if len(diags) != 0 {
		t.Error(diags)
	}
	if got["id"] != int64(10001) {
		t.Errorf("got %v", got)
	}
}

// TestPublishTokenDataSources_haveNoSecrets looks for every secret of a token
// in everything that data sources return.
func TestPublishTokenDataSources_haveNoSecrets(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	token := c.create(publishTokenType, publishTokenValues(values{
		"display_srt_passphrase": true,
		"restream":               []any{values{"url": "rtmp://a.example.com", "key": "restream-key"}},
	}))
	for typeName, config := range map[string]values{
		"millicast_publish_token":  {"id": token.attribute("id")},
		"millicast_publish_tokens": {},
	} {
		got, diags := c.readData(typeName, config)
		c.mustBeEmpty("reading "+typeName, diags)
		for _, secret := range []any{token.attribute("token"), token.attribute("srt_passphrase"), "restream-key"} {
			if text := fmt.Sprint(got); secret == nil || strings.Contains(text, fmt.Sprint(secret)) {
				t.Errorf("%s has the secret %v: %s", typeName, secret, text)
			}
		}
	}
}

package provider

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// names are the labels of what was found.
func names(all []found) string {
	var labels []string
	for _, one := range all {
		label, _, _ := strings.Cut(one.name, " (")
		labels = append(labels, label)
	}
	slices.Sort(labels)
	return strings.Join(labels, ", ")
}

// listAccount has three tokens: iad is live, phx has no priority, and any
// publishes whatever fits a regular expression.
func listAccount(t *testing.T) *emulator.Server {
	t.Helper()
	srv := emulator.Start(t)
	srv.CreateToken(emulator.TokenSeed{Label: "iad", OriginCluster: "iad-1", Priority: new(int32(20)), Streams: []emulator.Stream{{Name: mainStream}}})
	srv.CreateToken(emulator.TokenSeed{Label: "phx", OriginCluster: "phx-1", Streams: []emulator.Stream{{Name: mainStream}, {Name: "second"}}})
	srv.CreateToken(emulator.TokenSeed{Label: "any", OriginCluster: "phx-1", Priority: new(int32(-1)), Streams: []emulator.Stream{{Name: ".*", IsRegex: true}}})
	srv.StartEncoder(emulator.Encoder{TokenLabel: "iad", Stream: mainStream})
	srv.ResetRequests()
	return srv
}

func TestTokenList_filters(t *testing.T) {
	t.Parallel()
	srv := listAccount(t)
	c := newProtocolClient(t, providerConfig(srv))
	for name, test := range map[string]struct {
		config           values
		tokens, priority string
	}{
		"none":                {values{}, "any, iad, phx", "any, iad"},
		"stream_name":         {values{"stream_name": mainStream}, "iad, phx", "iad"},
		"part of a name":      {values{"stream_name": "main"}, "", ""},
		"label":               {values{"label": "phx"}, "phx", ""},
		"cluster":             {values{"cluster": "phx-1"}, "any, phx", "any"},
		"stream and cluster":  {values{"stream_name": mainStream, "cluster": "phx-1"}, "phx", ""},
		"active":              {values{"active": true}, "iad", "iad"},
		"not active":          {values{"active": false}, "any, phx", "any"},
		"active on a cluster": {values{"active": true, "cluster": "phx-1"}, "", ""},
	} {
		for typeName, want := range map[string]string{publishTokenType: test.tokens, streamPriority: test.priority} {
			t.Run(name+"/"+typeName, func(t *testing.T) {
				t.Parallel()
				all, diags := c.list(typeName, test.config, 0, false)
				c.mustBeEmpty("listing", diags)
				if got := names(all); got != want {
					t.Errorf("found %s, want %s", got, want)
				}
			})
		}
	}
}

func TestTokenList_refusesBadFilters(t *testing.T) {
	t.Parallel()
	c := newProtocolClient(t, providerConfig(emulator.Start(t)))
	if _, diags := c.list(publishTokenType, values{"stream_name": ""}, 0, false); len(diags) != 1 || diags[0].path != "stream_name" {
		t.Errorf("diagnostics: %v", diags)
	}
}

// What is found can be imported, and the configuration that a CLI generates of
// it is valid as it stands and plans empty.
func TestTokenList_includesTheResource(t *testing.T) {
	t.Parallel()
	srv := listAccount(t)
	c := newProtocolClient(t, singleReads(srv))
	everything := publishTokenValues(values{
		"label":    "everything",
		"streams":  []any{values{"stream_name": "studio"}, values{"stream_name": "show_[0-9]+", "is_regex": true}},
		"priority": -10, "is_active": false, "expires_in": 3600, "subscribe_requires_auth": true, "record": true,
		"multisource": false, "enable_thumbnails": true, "display_srt_passphrase": true, "low_latency_rtmp": false,
		"drm": true, "enable_utc_insertion": true, "encoder_profile_id": "sport",
		"geo_cascade": values{"is_enabled": true, "clusters": []any{"phx-1", "lon-1"}},
		"restream": []any{
			values{"label": "b", "url": "rtmp://b.example.com/app", "key": "key-of-b"},
			values{"url": "rtmp://a.example.com/app", "key": "key-of-a", "enabled": false},
		},
		"allowed_origins": []any{"*.example.com"}, "origin_cluster": "phx-1",
		"allowed_countries": []any{"US", "GB"}, "allowed_ip_addresses": []any{"203.0.113.0/24"},
	})
	c.create(publishTokenType, everything)
	for label, priority := range map[string]int64{"iad": 20, "everything": -10} {
		for typeName, attribute := range map[string]string{publishTokenType: "id", streamPriority: "token_id"} {
			t.Run(label+"/"+typeName, func(t *testing.T) {
				t.Parallel()
				c := newProtocolClient(t, singleReads(srv)) // Of their own, or the two types fight over the priority.
				without, diags := c.list(typeName, values{"label": label}, 0, false)
				c.mustBeEmpty("listing", diags)
				if len(without) != 1 || without[0].resource != nil {
					t.Errorf("found %v", without)
				}
				with, diags := c.list(typeName, values{"label": label}, 0, true)
				c.mustBeEmpty("listing", diags)
				if len(with) != 1 || with[0].resource[attribute] != with[0].identity[attribute] || with[0].resource["priority"] != priority {
					t.Fatalf("found %v", with)
				}

				imported, diags := c.importByIdentity(typeName, with[0].identity)
				c.mustBeEmpty("importing", diags)
				config := c.generateConfig(typeName, with[0].resource)
				c.mustBeEmpty("validating", c.validate(typeName, config))
				if plan := c.plan(typeName, imported, config); !plan.noop || len(plan.diagnostics.errors()) != 0 {
					t.Errorf("the plan is not empty: %v\n%v\n%v", plan.diagnostics, fromTerraform(imported.value), fromTerraform(plan.planned.value))
				}
			})
		}
	}
}

func TestTokenList_hasNoSecrets(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	id := srv.CreateToken(emulator.TokenSeed{Label: "iad", Streams: []emulator.Stream{{Name: mainStream}}, Restreams: []emulator.Restream{{URL: "rtmp://a.example.com", Key: "restream-key"}}})
	srv.UpdateToken(id, func(token *emulator.Token) { token.DisplaySRTPassphrase = true })
	token, _ := srv.Token(id)
	c := newProtocolClient(t, providerConfig(srv))

	all, diags := c.list(publishTokenType, values{}, 0, true)
	c.mustBeEmpty("listing", diags)
	for _, secret := range []string{token.Secret, token.SRTPassphrase, "restream-key"} {
		if secret == "" || strings.Contains(fmt.Sprint(all), secret) {
			t.Errorf("%q is in %v", secret, all)
		}
	}
}

// 250 tokens are three pages and the empty one at the end, however much is asked
// of each. A limit ends the reading.
func TestTokenList_calls(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config       values
		limit        int64
		found, calls int
	}{
		"all":               {values{}, 0, 250, 4},
		"a limit":           {values{}, 120, 120, 2},
		"a limit of a page": {values{}, 100, 100, 1},
		"active":            {values{"active": false}, 0, 250, 5},
		"a stream":          {values{"stream_name": mainStream}, 0, 250, 4},
		"a stream, a limit": {values{"stream_name": mainStream}, 100, 100, 1},
		"a cluster":         {values{"cluster": "auto"}, 0, 250, 4},
		"a label":           {values{"label": "token 7"}, 0, 1, 4},
		"a label, a limit":  {values{"label": "token 7"}, 1, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			for i := range 250 {
				mainToken(srv, fmt.Sprint("token ", i), new(int32(i)))
			}
			c := newProtocolClient(t, providerConfig(srv))
			for _, typeName := range []string{publishTokenType, streamPriority} {
				srv.ResetRequests()
				all, diags := c.list(typeName, test.config, test.limit, true)
				c.mustBeEmpty("listing", diags)
				if len(all) != test.found || len(srv.Requests()) != test.calls {
					t.Errorf("%s: %d found with %d calls, want %d with %d", typeName, len(all), len(srv.Requests()), test.found, test.calls)
				}
			}
		})
	}
}

func TestTokenList_failures(t *testing.T) {
	t.Parallel()
	for name, route := range map[string]string{"list": "/api/publish_token/list", "active": "/api/publish_token/active/all"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := listAccount(t)
			c := newProtocolClient(t, providerConfig(srv))
			srv.Inject(emulator.Fault{Route: route, Kind: emulator.FaultStatus, Status: 403, Times: -1})
			all, diags := c.list(publishTokenType, values{"active": true}, 0, true)
			if len(all) != 0 || len(diags) != 1 || diags[0].summary != "Unable to list publish tokens" {
				t.Errorf("found %v, diagnostics %v", all, diags)
			}
		})
	}
}

// queryNeedsAConfig is the step before a query: the CLI takes the providers from
// the module, and their configuration from the query.
var queryNeedsAConfig = resource.TestStep{Config: "resource \"terraform_data\" \"nothing\" {}\n"}

func TestAccTokenList_query(t *testing.T) {
	t.Parallel()
	srv := listAccount(t)
	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks:   needs(t, featureQuery),
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{queryNeedsAConfig, {
			Query: true,
			Config: providerBlock(srv) + `
list "millicast_publish_token" "main" {
  provider = millicast
  config {
    stream_name = "main_stream"
  }
}
list "millicast_stream_priority" "all" {
  provider = millicast
}
`,
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength("millicast_publish_token.main", 2),
				querycheck.ExpectLength("millicast_stream_priority.all", 2),
			},
		}},
	})
}

// What `terraform query` writes for the examples plans empty as it stands.
func TestAccTokenList_generatedConfigIsAccepted(t *testing.T) {
	t.Parallel()
	for typeName, imports := range map[string]int{publishTokenType: 2 + 2, streamPriority: 2} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			srv := exampleAccount(t)
			c := newCLI(t, srv, featureQuery)
			c.write("main.tfquery.hcl", read(t, filepath.Join(examples, "list-resources", typeName, "list-resource.tfquery.hcl")))
			c.run("query", "-generate-config-out=generated.tf")
			if out := c.run("plan"); !strings.Contains(out, fmt.Sprintf("%d to import, 0 to add, 0 to change, 0 to destroy", imports)) {
				t.Errorf("the import changes something:\n%s\n%s", out, c.read("generated.tf"))
			}
			c.run("apply", "-auto-approve")
			c.run("plan", "-detailed-exitcode")
			if len(srv.Writes()) != 0 {
				t.Errorf("something was written: %v", srv.Writes())
			}
		})
	}
}

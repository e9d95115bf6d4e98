package provider

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

func TestPublishTokens_filters(t *testing.T) {
	t.Parallel()

	list, byName, byCluster := "/api/publish_token/list", "/api/publish_token/list_by_name", "/api/publish_token/list_by_cluster"
	for name, test := range map[string]struct {
		config values
		want   []int64
		route  string
	}{
		"all":                  {values{}, []int64{10005, 10003, 10004, 10002, 10001, 10006, 10007}, list},
		"stream":               {values{"stream_name": "main"}, []int64{10003, 10002, 10001}, byName},
		"stream with regex":    {values{"stream_name": "main", "include_regex": true}, []int64{10005, 10003, 10002, 10001, 10006}, list},
		"stream without regex": {values{"stream_name": "main", "include_regex": false}, []int64{10003, 10002, 10001}, byName},
		"label":                {values{"label": "c"}, []int64{10003, 10004}, list},
		"cluster":              {values{"cluster": "phx-1"}, []int64{10004, 10001}, byCluster},
		"default cluster":      {values{"cluster": "fra-1"}, []int64{10005, 10003, 10006, 10007}, byCluster},
		"active":               {values{"active_only": true}, []int64{10005, 10002}, list},
		"stream and cluster":   {values{"stream_name": "main", "cluster": "fra-1"}, []int64{10003}, byName},
		"stream and active":    {values{"stream_name": "main", "active_only": true}, []int64{10002}, byName},
		"label and cluster":    {values{"label": "c", "cluster": "phx-1"}, []int64{10004}, byCluster},
		"part of a stream":     {values{"stream_name": "mai"}, nil, byName},
		"regex and cluster": {
			values{"stream_name": "main", "cluster": "fra-1", "include_regex": true},
			[]int64{10005, 10003, 10006},
			list,
		},
		"all at once": {
			values{"stream_name": "main", "label": "d", "cluster": "fra-1", "active_only": true, "include_regex": true},
			[]int64{10005},
			list,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			srv := mixedAccount(t)
			c := newProtocolClient(t, providerConfig(srv))
			got, diags := c.readData("millicast_publish_tokens", test.config)
			c.mustBeEmpty("reading", diags)
			var ids []int64
			elements, _ := got["ids"].([]any)
			for _, element := range elements {
				id, _ := element.(int64)
				ids = append(ids, id)
			}
			if !slices.Equal(ids, test.want) {
				t.Errorf("got %v, want %v", ids, test.want)
			}
			tokens, _ := got["tokens"].([]any)
			if len(tokens) != len(ids) {
				t.Fatalf("%d tokens and %d ids", len(tokens), len(ids))
			}
			for i, element := range tokens {
				if token, _ := element.(values); token["id"] != ids[i] {
					t.Errorf("tokens are in another order than ids: %v", tokens)
				}
			}
			if srv.Count("GET", test.route) == 0 {
				t.Errorf("want calls of %s, got %v", test.route, srv.Requests())
			}
		})
	}
}

// mixedAccount has seven tokens, with ids from 10001, of which b and d are live.
func mixedAccount(t *testing.T) *emulator.Server {
	t.Helper()
	name := func(name string) emulator.Stream { return emulator.Stream{Name: name} }
	regex := func(pattern string) emulator.Stream { return emulator.Stream{Name: pattern, IsRegex: true} }
	srv := emulator.Start(t, emulator.WithDefaultCluster("fra-1"))
	for _, seed := range []emulator.TokenSeed{
		{Label: "a", Streams: []emulator.Stream{name("main")}, OriginCluster: "phx-1"},
		{Label: "b", Streams: []emulator.Stream{name("main"), name("other")}, OriginCluster: "lon-1", Priority: new(int32(-5))},
		{Label: "c", Streams: []emulator.Stream{name("main")}, Priority: new(int32(20))},
		{Label: "c", Streams: []emulator.Stream{name("main-2")}, OriginCluster: "phx-1", Priority: new(int32(20))},
		{Label: "d", Streams: []emulator.Stream{regex("main.*")}, Priority: new(int32(30))},
		{Label: "e", Streams: []emulator.Stream{name("main"), regex("x.+")}},
		{Label: "f", Streams: []emulator.Stream{regex("mai")}},
	} {
		srv.CreateToken(seed)
	}
	srv.StartEncoder(emulator.Encoder{TokenLabel: "b", Stream: "other"})
	srv.StartEncoder(emulator.Encoder{TokenLabel: "d", Stream: "main"})
	return srv
}

func TestPublishTokens_seesEveryPage(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t, emulator.WithoutResponseChecks())
	for range 205 {
		srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}})
	}
	got, diags := newProtocolClient(t, providerConfig(srv)).readData("millicast_publish_tokens", values{})
	if ids, _ := got["ids"].([]any); len(diags) != 0 || len(ids) != 205 {
		t.Errorf("got %d tokens: %v", len(ids), diags)
	}
}

// TestPublishTokens_survivesRegexOfOthers has regular expressions that can't be
// evaluated in the same account.
func TestPublishTokens_survivesRegexOfOthers(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	for _, pattern := range []string{"main", "main-(", "(a+)+b"} {
		srv.CreateToken(emulator.TokenSeed{Label: pattern, Streams: []emulator.Stream{{Name: pattern, IsRegex: true}}})
	}
	c := newProtocolClient(t, providerConfig(srv))
	got, diags := c.readData("millicast_publish_tokens", values{"stream_name": strings.Repeat("a", 64), "include_regex": true})
	if ids, _ := got["ids"].([]any); len(ids) != 0 || len(diags.errors()) != 0 || len(diags.warnings()) != 2 {
		t.Errorf("want no token and two warnings, got %v: %v", ids, diags)
	}
	want := `Warning at include_regex: Unable to evaluate a regular expression

The stream "main-(" of publish token 10002 ("main-(") is taken not to fit "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": missing closing ) in ` + "`main-(`" + `.

Correct it in the dashboard, or in the configuration that has this token, if it should fit.`
	if !strings.Contains(diags.String(), want) {
		t.Errorf("got:\n%s\n\nwant:\n%s", diags, want)
	}
}

func TestPublishTokens_refusesRegexWithoutStream(t *testing.T) {
	t.Parallel()

	c := newProtocolClient(t, providerConfig(emulator.Start(t)))
	_, diags := c.readData("millicast_publish_tokens", values{"include_regex": true})
	if len(diags) != 1 || diags[0].path != "include_regex" || !strings.Contains(diags[0].detail, "Set stream_name, or remove include_regex") {
		t.Errorf("got: %v", diags)
	}
}

func TestPublishTokens_saysWhatFailed(t *testing.T) {
	t.Parallel()

	for route, want := range map[string]string{
		activeRoute:               "Reading which tokens have a live feed failed.",
		"/api/publish_token/list": "Reading the list of publish tokens failed.",
	} {
		t.Run(route, func(t *testing.T) {
			t.Parallel()

			srv := emulator.Start(t)
			c := newProtocolClient(t, providerConfig(srv))
			srv.Inject(emulator.Fault{Route: route, Kind: emulator.FaultStatus, Status: 400})
			_, diags := c.readData("millicast_publish_tokens", values{"active_only": true})
			if len(diags) != 1 || diags[0].summary != "Unable to read publish tokens" || !strings.HasPrefix(diags[0].detail, want) {
				t.Errorf("got: %v", diags)
			}
		})
	}
}

func TestAccPublishTokens_feedsOtherConfiguration(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	for i, label := range []string{"backup", "primary"} {
		srv.CreateToken(emulator.TokenSeed{Label: label, Streams: []emulator.Stream{{Name: "main"}}, Priority: new(int32(i))})
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: providerBlock(srv) + `
data "millicast_publish_tokens" "main" {
  stream_name = "main"
}

output "labels" {
  value = data.millicast_publish_tokens.main.tokens[*].label
}
`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("labels", knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("primary"), knownvalue.StringExact("backup")})),
				statecheck.ExpectKnownValue("data.millicast_publish_tokens.main", tfjsonpath.New("tokens").AtSliceIndex(0).AtMapKey("multisource"), knownvalue.Bool(true)),
			},
		}},
	})
}

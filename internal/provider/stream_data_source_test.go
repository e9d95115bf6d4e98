package provider

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

func TestAccStreamDataSource_feedsOfALiveStream(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad, phx := primaryAndStandby(srv)
	const addr = "data.millicast_stream.test"

	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: providerBlock(srv) + "data \"millicast_stream\" \"test\" {\n  stream_name = \"main_stream\"\n}\n",
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(addr, tfjsonpath.New("live"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(addr, tfjsonpath.New("live_monitoring"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(addr, tfjsonpath.New("start_time"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue(addr, tfjsonpath.New("feeds"), knownvalue.ListExact([]knownvalue.Check{
					feedCheck(iad, 20, true), feedCheck(phx, 10, false),
				})),
			},
		}},
	})
}

func feedCheck(token int64, priority int32, onAir bool) knownvalue.Check {
	return knownvalue.ObjectPartial(map[string]knownvalue.Check{
		"token_id":   knownvalue.Int64Exact(token),
		"priority":   knownvalue.Int32Exact(priority),
		"on_air":     knownvalue.Bool(onAir),
		"source_id":  knownvalue.Null(),
		"cluster_id": knownvalue.NotNull(),
	})
}

func TestStreamDataSource_streamThatIsNotLiveIsNoError(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)

	got, diags := newProtocolClient(t, providerConfig(srv)).readData("millicast_stream", values{"stream_name": "never/live"})
	want := values{"stream_name": "never/live", "live": false, "live_monitoring": true, "start_time": nil, "feeds": []any{}}
	if len(diags) != 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v; diagnostics %v", got, want, diags)
	}
}

func TestStreamDataSource_withoutLiveMonitoringOnlyTokensAreKnown(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t, emulator.WithoutLiveMonitoring())
	iad, phx := primaryAndStandby(srv)

	got, diags := newProtocolClient(t, providerConfig(srv)).readData("millicast_stream", values{"stream_name": mainStream})
	if len(diags) != 0 || got["live"] != true || got["live_monitoring"] != false {
		t.Fatalf("got %v, diagnostics %v", got, diags)
	}
	feed := func(token int64) values {
		return values{"token_id": token, "priority": nil, "on_air": nil, "source_id": nil, "cluster_id": nil, "start_time": nil}
	}
	if want := []any{feed(iad), feed(phx)}; !reflect.DeepEqual(got["feeds"], want) {
		t.Errorf("feeds: %v, want %v", got["feeds"], want)
	}
}

func TestStreamDataSource_errorNamesTheStream(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	client := newProtocolClient(t, providerConfig(srv))
	srv.Inject(emulator.Fault{Method: "GET", Route: "/api/monitoring/streams/{streamName}", Kind: emulator.FaultHTML, Status: 502, Times: -1})

	_, diags := client.readData("millicast_stream", values{"stream_name": mainStream})
	if len(diags) != 1 || !strings.Contains(diags[0].detail, `"main_stream"`) || !strings.Contains(diags[0].detail, "HTTP 502") {
		t.Errorf("diagnostics: %v", diags)
	}
}

func TestAccStreamPrimaryDataSource(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t, emulator.WithDefaultCluster("lon-1"))
	seed := func(label string, priority *int32, cluster string) int64 {
		return srv.CreateToken(emulator.TokenSeed{Label: label, Priority: priority, OriginCluster: cluster, Streams: []emulator.Stream{{Name: mainStream}}})
	}
	unset := seed("unset", nil, "phx-1")
	iad := seed("iad", new(int32(20)), "iad-1")
	phx := seed("phx", new(int32(-1)), "phx-1")
	ofTheAccount := seed("of the account", new(int32(0)), "")
	// Its name contains the stream's.
	srv.CreateToken(emulator.TokenSeed{Label: "other", Priority: new(int32(99)), Streams: []emulator.Stream{{Name: "main_stream_2"}}})
	encode(srv, phx)

	primary := func(cluster string) string {
		return fmt.Sprintf("data \"millicast_stream_primary\" \"test\" {\n  stream_name = \"main_stream\"\n%s}\n", cluster)
	}
	check := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.millicast_stream_primary.test", tfjsonpath.New(name), want)
	}
	ids := func(ids ...int64) knownvalue.Check {
		var checks []knownvalue.Check
		for _, id := range ids {
			checks = append(checks, knownvalue.Int64Exact(id))
		}
		return knownvalue.ListExact(checks)
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			// The primary is not live: another token is on air.
			{
				Config: providerBlock(srv) + primary(""),
				ConfigStateChecks: []statecheck.StateCheck{
					check("token_id", knownvalue.Int64Exact(iad)),
					check("label", knownvalue.StringExact("iad")),
					check("priority", knownvalue.Int32Exact(20)),
					check("origin_cluster", knownvalue.StringExact("iad-1")),
					check("ambiguous", knownvalue.Bool(false)),
					check("redundant_token_ids", ids(ofTheAccount, phx, unset)),
					check("tokens", knownvalue.ListSizeExact(4)),
					check("live", knownvalue.Bool(true)),
					check("on_air_token_id", knownvalue.Int64Exact(phx)),
					check("matches_on_air", knownvalue.Bool(false)),
				},
			},
			// Only the tokens of one cluster.
			{
				Config: providerBlock(srv) + primary("  cluster = \"phx-1\"\n"),
				ConfigStateChecks: []statecheck.StateCheck{
					check("token_id", knownvalue.Int64Exact(phx)),
					check("redundant_token_ids", ids(unset)),
					check("matches_on_air", knownvalue.Bool(true)),
				},
			},
			// The account's default cluster counts where a token has none.
			{
				Config:            providerBlock(srv) + primary("  cluster = \"lon-1\"\n"),
				ConfigStateChecks: []statecheck.StateCheck{check("token_id", knownvalue.Int64Exact(ofTheAccount))},
			},
			// A tie at the top.
			{
				PreConfig: func() { srv.SetPriority(phx, new(int32(20))) },
				Config:    providerBlock(srv) + primary(""),
				ConfigStateChecks: []statecheck.StateCheck{
					check("token_id", knownvalue.Int64Exact(iad)),
					check("ambiguous", knownvalue.Bool(true)),
				},
			},
		},
	})
}

func TestStreamPrimaryDataSource_withoutLiveMonitoring(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t, emulator.WithoutLiveMonitoring())
	iad, _ := primaryAndStandby(srv)

	got, diags := newProtocolClient(t, providerConfig(srv)).readData("millicast_stream_primary", values{"stream_name": mainStream})
	if len(diags) != 0 || got["token_id"] != iad || got["live"] != true || got["on_air_token_id"] != nil || got["matches_on_air"] != nil {
		t.Errorf("got %v, diagnostics %v", got, diags)
	}
}

func TestStreamPrimaryDataSource_sourcesFromDifferentTokens(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad, phx := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	srv.StartEncoder(emulator.Encoder{TokenID: iad, Stream: mainStream, SourceID: "cam1"})
	srv.StartEncoder(emulator.Encoder{TokenID: phx, Stream: mainStream, SourceID: "cam2"})

	got, diags := newProtocolClient(t, providerConfig(srv)).readData("millicast_stream_primary", values{"stream_name": mainStream})
	if len(diags) != 0 || got["on_air_token_id"] != nil || got["matches_on_air"] != false {
		t.Errorf("got %v, diagnostics %v", got, diags)
	}
}

func TestStreamPrimaryDataSource_streamWithoutTokens(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	srv.CreateToken(emulator.TokenSeed{Label: "regex", Streams: []emulator.Stream{{Name: "main_.+", IsRegex: true}}})

	_, diags := newProtocolClient(t, providerConfig(srv)).readData("millicast_stream_primary", values{"stream_name": mainStream})
	if len(diags) != 1 || diags[0].path != "stream_name" || !strings.Contains(diags[0].detail, "include_regex = true") {
		t.Errorf("diagnostics: %v", diags)
	}
}

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

func TestAccClusters_listsTheAvailable(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t, emulator.WithDefaultCluster("lon-1"), emulator.WithUnknownProperties())
	const addr = "data.millicast_clusters.all"
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: providerBlock(srv) + `
data "millicast_clusters" "all" {}

output "phoenix" {
  value = one([for cluster in data.millicast_clusters.all.clusters : cluster if cluster.id == "phx-1"])
}
`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(addr, tfjsonpath.New("default_cluster"), knownvalue.StringExact("lon-1")),
				statecheck.ExpectKnownValue(addr, tfjsonpath.New("clusters"), knownvalue.ListSizeExact(8)),
				statecheck.ExpectKnownOutputValue("phoenix", knownvalue.ObjectExact(map[string]knownvalue.Check{
					"id":          knownvalue.StringExact("phx-1"),
					"name":        knownvalue.StringExact("Phoenix"),
					"rtmp":        knownvalue.StringExact("rtmp-phx-1.millicast.com"),
					"srt":         knownvalue.StringExact("srt-phx-1.millicast.com"),
					"city":        knownvalue.StringExact("Phoenix"),
					"region":      knownvalue.StringExact("Arizona"),
					"country":     knownvalue.StringExact("United States of America"),
					"transcoding": knownvalue.Bool(true),
				})),
			},
		}},
	})
}

func TestClusters_toleratesWhatIsLeftOut(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	srv.Inject(emulator.Fault{Route: "/api/cluster", Kind: emulator.FaultBody, Body: `{"status":"success","data":{"defaultCluster":"auto","availableClusters":[{"id":"x-1","name":"X"}]}}`})
	got, diags := c.readData("millicast_clusters", values{})
	c.mustBeEmpty("reading", diags)
	cluster, _ := got["clusters"].([]any)[0].(values)
	if cluster["id"] != "x-1" || cluster["city"] != nil || cluster["transcoding"] != nil || cluster["rtmp"] != nil {
		t.Errorf("got %v", cluster)
	}
}

func TestClusters_saysWhatFailed(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	srv.Inject(emulator.Fault{Route: "/api/cluster", Kind: emulator.FaultStatus, Status: 403})
	if _, diags := c.readData("millicast_clusters", values{}); len(diags) != 1 || !strings.Contains(diags.String(), "Unable to read clusters") {
		t.Errorf("got: %v", diags)
	}
}

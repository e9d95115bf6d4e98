package provider

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// The tests named TestLive need nothing of the simulator: no encoders, no faults,
// no log of requests. `make test` runs them against the emulator like all
// others, `make testacc` against the account of MILLICAST_API_SECRET. Nothing
// they create is ever live, and all of it is destroyed.

// testAccount returns the provider block of the account under test, and a name
// that nothing else in it has.
func testAccount(t *testing.T) (block, name string) {
	t.Helper()
	name = fmt.Sprintf("tf-acc-%d", time.Now().UnixNano())
	if os.Getenv("TF_ACC") != "" && os.Getenv(envAPISecret) != "" {
		return "provider \"millicast\" {}\n", name
	}
	return providerBlock(emulator.Start(t)), name
}

func TestLivePublishToken_everyAttributeAndBack(t *testing.T) {
	t.Parallel()
	block, name := testAccount(t)
	const addr = "millicast_publish_token.test"
	minimal := block + fmt.Sprintf(`
resource "millicast_publish_token" "test" {
  label   = %[1]q
  streams = [{ stream_name = %[1]q }]
}
`, name)
	everything := block + fmt.Sprintf(`
resource "millicast_publish_token" "test" {
  label   = "%[1]s renamed"
  streams = [
    { stream_name = %[1]q },
    { stream_name = "%[1]s-[0-9]+", is_regex = true },
  ]
  priority                = -5
  is_active               = false
  subscribe_requires_auth = true
  clip                    = true
  multisource             = false
  enable_thumbnails       = true
  display_srt_passphrase  = true
  low_latency_rtmp        = false
  allowed_origins         = ["example.com", "*.example.org"]
  allowed_ip_addresses    = ["192.0.2.1", "198.51.100.0/24"]
  denied_countries        = ["AQ"]
  geo_cascade             = { is_enabled = false }
  restream                = [{ label = "test", url = "rtmp://live.example.com/app", key = "not-a-real-key", enabled = false }]
}
`, name)

	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: minimal},
			{ResourceName: addr, ImportState: true, ImportStateVerify: true},
			{
				Config: everything,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(addr, plancheck.ResourceActionUpdate),
				}},
			},
			{ResourceName: addr, ImportState: true, ImportStateVerify: true},
			{Config: minimal},
		},
	})
}

func TestLiveStreamPriority_ofTokensThatAreNotLive(t *testing.T) {
	t.Parallel()
	block, name := testAccount(t)
	config := func(iad, phx int) string {
		return block + fmt.Sprintf(`
resource "millicast_publish_token" "iad" {
  label   = "%[1]s iad"
  streams = [{ stream_name = %[1]q }]
}
resource "millicast_publish_token" "phx" {
  label   = "%[1]s phx"
  streams = [{ stream_name = %[1]q }]
}
resource "millicast_stream_priority" "iad" {
  token_id = millicast_publish_token.iad.id
  priority = %[2]d
}
resource "millicast_stream_priority" "phx" {
  token_id = millicast_publish_token.phx.id
  priority = %[3]d
}
data "millicast_stream_primary" "test" {
  stream_name = %[1]q
  depends_on  = [millicast_stream_priority.iad, millicast_stream_priority.phx]
}
`, name, iad, phx)
	}
	primary := func(label string) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.millicast_stream_primary.test", tfjsonpath.New("label"), knownvalue.StringExact(name+" "+label)),
			statecheck.ExpectKnownValue("data.millicast_stream_primary.test", tfjsonpath.New("live"), knownvalue.Bool(false)),
		}
	}

	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: config(20, 10), ConfigStateChecks: primary("iad")},
			{Config: config(20, 30), ConfigStateChecks: primary("phx")},
		},
	})
}

func TestLiveDataSources(t *testing.T) {
	t.Parallel()
	block, name := testAccount(t)

	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: block + fmt.Sprintf(`
resource "millicast_publish_token" "test" {
  label   = %[1]q
  streams = [{ stream_name = %[1]q }]
}
data "millicast_publish_token" "by_id" {
  id = millicast_publish_token.test.id
}
data "millicast_publish_token" "by_label" {
  label = millicast_publish_token.test.label
  depends_on = [millicast_publish_token.test]
}
data "millicast_publish_tokens" "test" {
  stream_name = %[1]q
  depends_on  = [millicast_publish_token.test]
}
data "millicast_stream" "test" {
  stream_name = %[1]q
}
data "millicast_clusters" "test" {}
`, name),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.millicast_publish_token.by_id", tfjsonpath.New("label"), knownvalue.StringExact(name)),
				statecheck.ExpectKnownValue("data.millicast_publish_token.by_label", tfjsonpath.New("id"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue("data.millicast_publish_tokens.test", tfjsonpath.New("ids"), knownvalue.ListSizeExact(1)),
				statecheck.ExpectKnownValue("data.millicast_stream.test", tfjsonpath.New("live"), knownvalue.Bool(false)),
				statecheck.ExpectKnownValue("data.millicast_clusters.test", tfjsonpath.New("default_cluster"), knownvalue.NotNull()),
			},
		}},
	})
}

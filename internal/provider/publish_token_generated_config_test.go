package provider

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// restrictions are the attributes that exclude each other.
var restrictions = map[string]string{
	"allowed": `
  record               = true
  allowed_countries    = ["US", "GB"]
  allowed_ip_addresses = ["203.0.113.0/24", "198.51.100.7"]`,
	"denied": `
  clip              = true
  denied_countries  = ["DE"]
  bind_ips_on_usage = 3`,
}

// A token that has every attribute set is imported with the configuration that
// the CLI writes for it, as it stands: nothing is to change.
func TestAccPublishToken_generatedConfigIsAccepted(t *testing.T) {
	t.Parallel()
	for name, restrictions := range restrictions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			c := newCLI(t, srv)
			c.write("main.tf", everyAttribute(restrictions))
			c.run("apply", "-auto-approve")
			id := srv.Tokens()[0].ID

			c = newCLI(t, srv)
			c.write("import.tf", fmt.Sprintf("import {\n  to = millicast_publish_token.found\n  id = \"%d\"\n}\n", id))
			if out := c.run("plan", "-generate-config-out=generated.tf"); !strings.Contains(out, "1 to import, 0 to add, 0 to change, 0 to destroy") {
				t.Errorf("the import changes something:\n%s", out)
			}
			srv.ResetRequests()
			c.run("apply", "-auto-approve")
			c.run("plan", "-detailed-exitcode")
			generated := c.read("generated.tf")
			if len(srv.Writes()) != 0 {
				t.Errorf("something was written: %v\n%s", srv.Writes(), generated)
			}
			if strings.Contains(generated, "key-of") || strings.Contains(generated, srv.Tokens()[0].Secret) {
				t.Errorf("a secret was generated:\n%s", generated)
			}
		})
	}
}

// A configuration generated for an import of the other resources plans empty too.
func TestAccGeneratedConfig_isAccepted(t *testing.T) {
	t.Parallel()
	for typeName, id := range map[string]func(token int64) string{
		streamPriority: number64,
		streamFailover: func(int64) string { return mainStream },
	} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			primary, _ := primaryAndStandby(srv)
			c := newCLI(t, srv)
			c.write("import.tf", fmt.Sprintf("import {\n  to = %s.found\n  id = %q\n}\n", typeName, id(primary)))
			if out := c.run("plan", "-generate-config-out=generated.tf"); !strings.Contains(out, "1 to import, 0 to add, 0 to change, 0 to destroy") {
				t.Errorf("the import changes something:\n%s", out)
			}
			c.run("apply", "-auto-approve")
			c.run("plan", "-detailed-exitcode")
			if len(srv.Writes()) != 0 {
				t.Errorf("something was written: %v\n%s", srv.Writes(), c.read("generated.tf"))
			}
		})
	}
}

// Whatever can be configured is in everyAttribute, apart from what only the
// provider knows.
func TestEveryAttribute_isComplete(t *testing.T) {
	t.Parallel()
	ofTheProvider := []string{"store_token", "rotation_trigger", "force_destroy", "timeouts"}
	config := everyAttribute(restrictions["allowed"]) + everyAttribute(restrictions["denied"])
	for _, a := range newProtocolClient(t, providerConfig(emulator.Start(t))).resourceBlock(publishTokenType).Attributes {
		if (a.Optional || a.Required) && !slices.Contains(ofTheProvider, a.Name) && !regexp.MustCompile(`(?m)^  `+a.Name+` +=`).MatchString(config) {
			t.Errorf("%s is missing", a.Name)
		}
	}
}

// everyAttribute is a token with all attributes that the API keeps, apart from
// those that exclude each other.
func everyAttribute(more string) string {
	return `
resource "millicast_publish_token" "all" {
  label   = "studio"
  streams = [
    { stream_name = "main_stream" },
    { stream_name = "show_[0-9]+", is_regex = true },
  ]
  priority                = -10
  is_active               = false
  expires_in              = 3600
  subscribe_requires_auth = true
  multisource             = false
  enable_thumbnails       = true
  display_srt_passphrase  = true
  low_latency_rtmp        = false
  drm                     = true
  enable_utc_insertion    = true
  encoder_profile_id      = "sport"
  geo_cascade             = { is_enabled = true, clusters = ["phx-1", "lon-1"] }
  restream = [
    { label = "b", url = "rtmp://b.example.com/app", key = "key-of-b" },
    { url = "rtmp://a.example.com/app", key = "key-of-a", enabled = false },
  ]
  allowed_origins = ["*.example.com"]
  origin_cluster  = "phx-1"
` + more + `
}
`
}

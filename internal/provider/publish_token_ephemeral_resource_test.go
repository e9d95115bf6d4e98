package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// factoriesWithEcho serves the provider and one that keeps what it is given in
// the state, so that a test can see ephemeral values.
func factoriesWithEcho() map[string]func() (tfprotov6.ProviderServer, error) {
	all := factories()
	all["echo"] = echoprovider.NewProviderServer()
	return all
}

func echo(expression string) string {
	return fmt.Sprintf("provider \"echo\" {\n  data = %s\n}\nresource \"echo\" \"test\" {}\n", expression)
}

func TestAccPublishTokenEphemeral_readsTheSecrets(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	id := mainToken(srv, "main iad", nil)
	srv.UpdateToken(id, func(token *emulator.Token) { token.DisplaySRTPassphrase = true })
	token, _ := srv.Token(id)

	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks:   needs(t, featureEphemeral),
		ProtoV6ProviderFactories: factoriesWithEcho(),
		Steps: []resource.TestStep{{
			Config: providerBlock(srv) + fmt.Sprintf("ephemeral \"millicast_publish_token\" \"test\" {\n  id = %d\n}\n", id) + echo("ephemeral.millicast_publish_token.test"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("id"), knownvalue.Int64Exact(id)),
				statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("token"), knownvalue.StringExact(token.Secret)),
				statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("srt_passphrase"), knownvalue.StringRegexp(regexp.MustCompile(`.+`))),
			},
		}},
	})
	if len(srv.Writes()) != 0 {
		t.Errorf("it wrote: %v", srv.Writes())
	}
}

func TestAccPublishTokenEphemeral_hasNoPassphraseUnlessShown(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	id := mainToken(srv, "main iad", nil)

	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks:   needs(t, featureEphemeral),
		ProtoV6ProviderFactories: factoriesWithEcho(),
		Steps: []resource.TestStep{{
			Config: providerBlock(srv) + fmt.Sprintf("ephemeral \"millicast_publish_token\" \"test\" {\n  id = %d\n}\n", id) + echo("ephemeral.millicast_publish_token.test"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("srt_passphrase"), knownvalue.Null()),
			},
		}},
	})
}

func TestAccPublishTokenEphemeral_ofATokenThatIsGone(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)

	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks:   needs(t, featureEphemeral),
		ProtoV6ProviderFactories: factoriesWithEcho(),
		Steps: []resource.TestStep{{
			Config:      providerBlock(srv) + "ephemeral \"millicast_publish_token\" \"test\" {\n  id = 99\n}\n" + echo("ephemeral.millicast_publish_token.test"),
			ExpectError: regexp.MustCompile(`Unable\s+to\s+read\s+publish\s+token`),
		}},
	})
}

// A secret that was rotated a moment ago is the new one, whatever the pages of
// the list said before.
func TestPublishTokenEphemeral_isFresh(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	id := mainToken(srv, "main iad", nil)
	c := newProtocolClient(t, providerConfig(srv))
	imported, diags := c.importByID(publishTokenType, number64(id))
	c.mustBeEmpty("importing", diags)
	_, diags = c.read(publishTokenType, imported)
	c.mustBeEmpty("refreshing", diags)

	const rotated = "00ff10eeb6a7f0c1d2e3f4a5968778695a4b3c2d1e0f00112233445566778899"
	srv.UpdateToken(id, func(token *emulator.Token) { token.Secret = rotated })
	opened, diags := c.open(publishTokenType, values{"id": id})
	c.mustBeEmpty("opening", diags)
	if opened["token"] != rotated || opened["srt_passphrase"] != nil {
		t.Errorf("opened %v", opened)
	}
}

func TestPublishTokenEphemeral_refuses(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	provider := providerConfig(srv)
	provider["api_secret"] = unknown{}
	for name, test := range map[string]struct {
		provider, config values
		says             string
	}{
		"no id":              {providerConfig(srv), values{"id": 0}, "at least 1"},
		"no such token":      {providerConfig(srv), values{"id": 99}, "Reading publish token 99 failed."},
		"a provider unknown": {provider, values{"id": 1}, "is not known yet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, diags := newProtocolClient(t, test.provider).open(publishTokenType, test.config); len(diags) != 1 || !strings.Contains(diags[0].detail, test.says) {
				t.Errorf("diagnostics: %v", diags)
			}
		})
	}
}

// A token with store_token = false, read as an ephemeral resource whose secret
// goes into a write-only attribute: no file that Terraform leaves has a secret.
func TestAccPublishTokenEphemeral_leavesNoSecretInAFile(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newCLI(t, srv, featureEphemeral)
	c.write("main.tf", `
resource "millicast_publish_token" "studio" {
  label                  = "studio"
  streams                = [{ stream_name = "main_stream" }]
  display_srt_passphrase = true
  store_token            = false
}
ephemeral "millicast_publish_token" "studio" {
  id = millicast_publish_token.studio.id
}
resource "millicast_publish_token" "relay" {
  label       = "relay"
  streams     = [{ stream_name = "relay" }]
  store_token = false
  restream = [{
    url            = provider::millicast::rtmp_url("auto")
    key_wo         = provider::millicast::rtmp_stream_key("main_stream", ephemeral.millicast_publish_token.studio.token)
    key_wo_version = 1
  }]
}
`)
	c.run("plan", "-out=first.tfplan")
	c.run("apply", "-auto-approve")
	c.run("plan", "-out=second.tfplan")
	c.run("apply", "-auto-approve", "second.tfplan")

	studio, _ := srv.TokenByLabel("studio")
	relay, _ := srv.TokenByLabel("relay")
	if len(relay.Restreams) != 1 || relay.Restreams[0].Key != "main_stream?token="+studio.Secret {
		t.Fatalf("the key did not arrive: %v", relay.Restreams)
	}
	kept := c.files()
	kept["terraform show"] = c.run("show", "-json")
	kept["terraform show of the plan"] = c.run("show", "-json", "second.tfplan")
	for _, name := range []string{"terraform.tfstate", "second.tfplan/tfplan", "second.tfplan/tfstate"} {
		if kept[name] == "" {
			t.Errorf("there is no %s among the files", name)
		}
	}
	for where, text := range kept {
		for _, secret := range []string{studio.Secret, relay.Secret, studio.SRTPassphrase} {
			if secret == "" || strings.Contains(text, secret) {
				t.Errorf("the secret %q is in %s", secret, where)
			}
		}
	}
}

// A plan file of an import has the secret; an apply without one leaves none.
func TestAccPublishToken_importedWithoutStoring(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	id := mainToken(srv, "main iad", nil)
	token, _ := srv.Token(id)
	c := newCLI(t, srv)
	c.write("main.tf", fmt.Sprintf(`
import {
  to = millicast_publish_token.main
  id = "%d"
}
resource "millicast_publish_token" "main" {
  label       = "main iad"
  streams     = [{ stream_name = "main_stream" }]
  store_token = false
}
`, id))
	c.run("apply", "-auto-approve")
	c.run("plan", "-detailed-exitcode")
	files := c.files()
	if files["terraform.tfstate"] == "" {
		t.Error("there is no state among the files")
	}
	for name, text := range files {
		if strings.Contains(text, token.Secret) {
			t.Errorf("the secret is in %s", name)
		}
	}
}

// It is opened in the plan and in the apply, reads then, and writes never.
func TestAccPublishTokenEphemeral_opensInPlanAndApply(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	id := mainToken(srv, "main iad", nil)
	c := newCLI(t, srv, featureEphemeral)
	c.write("main.tf", fmt.Sprintf(`
ephemeral "millicast_publish_token" "main" {
  id = %d
}
resource "terraform_data" "test" {
  lifecycle {
    postcondition {
      condition     = length(ephemeral.millicast_publish_token.main.token) > 0
      error_message = "there is no secret"
    }
  }
}
`, id))
	const tokenRoute = "/api/publish_token/{tokenId}"
	c.run("plan", "-out=plan.tfplan")
	if n := srv.Count("GET", tokenRoute); n != 1 {
		t.Errorf("the plan read the token %d times, want once", n)
	}
	c.run("apply", "plan.tfplan")
	if n := srv.Count("GET", tokenRoute); n != 2 {
		t.Errorf("plan and apply read the token %d times, want twice", n)
	}
	if len(srv.Writes()) != 0 || len(srv.Tokens()) != 1 {
		t.Errorf("it wrote: %v", srv.Writes())
	}
}

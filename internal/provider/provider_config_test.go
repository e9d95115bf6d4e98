package provider

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const oneToken = `
resource "millicast_publish_token" "test" {
  label   = "main iad"
  streams = [{ stream_name = "main_stream" }]
}
`

func TestProvider_wrongSecretIsOneErrorThatNamesTheVariable(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	config := providerConfig(srv)
	config["api_secret"] = "not-the-secret"

	_, diags := configureProvider(t, config)
	if len(diags) != 1 || diags[0].summary != "Unable to sign in to the Millicast API" {
		t.Fatalf("diagnostics: %v", diags)
	}
	for _, want := range []string{"MILLICAST_API_SECRET", "HTTP 401"} {
		if !strings.Contains(diags[0].detail, want) {
			t.Errorf("%q is not in: %s", want, diags[0].detail)
		}
	}
	if strings.Contains(diags.String(), "not-the-secret") {
		t.Errorf("the secret is in: %v", diags)
	}
}

func TestAccProvider_wrongSecretStopsTheRunOnce(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)

	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: fmt.Sprintf("provider \"millicast\" {\n  base_url = %q\n  api_secret = \"not-the-secret\"\n}\n", srv.URL()) + `
resource "millicast_publish_token" "test" {
  count   = 5
  label   = "main ${count.index}"
  streams = [{ stream_name = "main_stream" }]
}
`,
			ExpectError: regexp.MustCompile(`(?s)^[^E]*Error running.*Error: Unable to sign in to the Millicast API`),
		}},
	})
	if calls := len(srv.Requests()); calls != 1 {
		t.Errorf("%d calls with a secret that is wrong, want 1", calls)
	}
}

// It reads the environment, so it does not run in parallel.
func TestProvider_missingSecretNamesAttributeAndVariable(t *testing.T) {
	t.Setenv(envAPISecret, "")
	srv := emulator.Start(t)

	_, diags := configureProvider(t, values{"base_url": srv.URL()})
	if len(diags) != 1 || diags[0].path != "api_secret" || diags[0].summary != "Missing API secret" ||
		!strings.Contains(diags[0].detail, envAPISecret) || !strings.Contains(diags[0].detail, "api_secret in the provider block") {
		t.Errorf("diagnostics: %v", diags)
	}
}

func TestProvider_environmentStandsInForAttributes(t *testing.T) {
	srv := emulator.Start(t, emulator.WithoutLiveMonitoring())
	t.Setenv(envAPISecret, srv.Secret())
	t.Setenv(envBaseURL, srv.URL())
	t.Setenv(envAccountID, srv.Account())
	client := newProtocolClient(t, values{})

	token := mainToken(srv, "main iad", nil)
	encode(srv, token)
	got, diags := client.readData("millicast_stream", values{"stream_name": mainStream})
	if len(diags) != 0 || got["live"] != true {
		t.Errorf("got %v, diagnostics %v", got, diags)
	}
	if srv.Count("GET", "/api/publish_token/active") != 1 {
		t.Error("the account id was not used")
	}
}

func TestProvider_attributeBeatsEnvironment(t *testing.T) {
	srv := emulator.Start(t)
	t.Setenv(envAPISecret, "not-the-secret")
	t.Setenv(envBaseURL, "https://127.0.0.1:1")

	if _, diags := configureProvider(t, providerConfig(srv)); len(diags) != 0 {
		t.Errorf("diagnostics: %v", diags)
	}
}

func TestProvider_badBaseURLOfTheEnvironmentNamesTheVariable(t *testing.T) {
	t.Setenv(envBaseURL, "http://api.millicast.com")

	_, diags := configureProvider(t, values{"api_secret": "s3cret"})
	if len(diags) != 1 || diags[0].path != "base_url" || !strings.Contains(diags[0].detail, envBaseURL) {
		t.Errorf("diagnostics: %v", diags)
	}
}

func TestAccProvider_badInput(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ line, want string }{
		"plain http to another host": {`base_url = "http://api.millicast.com"`, `Invalid base URL`},
		"no URL":                     {`base_url = "api.millicast.com"`, `Invalid base URL`},
		"an empty secret":            {`api_secret = ""`, `api_secret string length must be at least 1`},
		"a duration without a unit":  {`request_timeout = "30"`, `(?s)Invalid duration.*30s`},
		"a duration of nothing":      {`request_timeout = "0s"`, `Invalid duration`},
		"a negative retry count":     {`max_retries = -1`, `max_retries value must be between 0 and 20`},
		"a stream id as account id":  {`account_id = "Abcde0/main"`, `account id alone`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			secret := "api_secret = \"s\"\n"
			if strings.HasPrefix(test.line, "api_secret") {
				secret = ""
			}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: factories(),
				Steps: []resource.TestStep{{
					Config:      "provider \"millicast\" {\n" + secret + test.line + "\n}\n" + oneToken,
					PlanOnly:    true,
					ExpectError: regexp.MustCompile(test.want),
				}},
			})
		})
	}
}

// A secret that comes from another resource is unknown in the first plan.
func TestAccProvider_unknownSecretPlansWhatIsYetToBeCreated(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	config := fmt.Sprintf(`
resource "terraform_data" "secret" {
  input = %q
}
provider "millicast" {
  base_url   = %q
  api_secret = terraform_data.secret.output
}
`, srv.Secret(), srv.URL()) + oneToken + `
resource "millicast_stream_priority" "test" {
  token_id = millicast_publish_token.test.id
  priority = 20
}
`
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("millicast_publish_token.test", plancheck.ResourceActionCreate),
			}},
		}},
	})
}

func TestProvider_unknownSecretIsAnErrorWhereTheAPIIsNeeded(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	config := providerConfig(srv)
	config["api_secret"] = unknown{}
	client := newProtocolClient(t, config)

	if _, diags := client.readData("millicast_clusters", values{}); len(diags) != 1 || !strings.Contains(diags[0].detail, "api_secret") {
		t.Errorf("diagnostics: %v", diags)
	}
	if plan := client.plan(streamPriority, nil, values{"token_id": 1, "priority": 1}); len(plan.diagnostics) != 0 {
		t.Errorf("diagnostics of a plan: %v", plan.diagnostics)
	}
}

func TestProvider_userAgentNamesProviderAndTerraform(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	newProtocolClient(t, providerConfig(srv))

	if got := srv.Requests()[0].UserAgent; got != "terraform-provider-millicast/test Terraform/1.11.4" {
		t.Errorf("User-Agent %q", got)
	}
}

// A service in trouble must not keep a plan from telling what it can.
func TestProvider_signInDoesNotInsistOnAnAnswer(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	srv.Inject(emulator.Fault{Method: http.MethodGet, Route: "/api/cluster", Kind: emulator.FaultStatus, Status: 500, Times: -1})

	start := time.Now()
	if _, diags := configureProvider(t, providerConfig(srv)); len(diags) != 0 {
		t.Errorf("diagnostics: %v", diags)
	}
	if took := time.Since(start); took > signInTimeout {
		t.Errorf("it took %s", took)
	}
}

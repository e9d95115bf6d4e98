package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// nothingLost fails the test unless there is one token, it is the first one, and
// nothing was disconnected.
func nothingLost(srv *emulator.Server) resource.TestCheckFunc {
	return holds(func() error {
		tokens := srv.Tokens()
		if len(tokens) != 1 || tokens[0].ID != 10001 || srv.Count("DELETE", "") != 0 || len(srv.Disconnections()) != 0 {
			return fmt.Errorf("tokens %+v, writes %+v, disconnections %+v", tokens, srv.Writes(), srv.Disconnections())
		}
		return nil
	})
}

// What Terraform shows as a replacement of a tainted token keeps it, also if it
// has gone live since.
func TestAccPublishToken_halfCreatedIsFinished(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	srv.Inject(emulator.Fault{Method: "PUT", Kind: emulator.FaultStatus, Status: 400})
	config := publishTokenConfig(srv, `is_active = false`)
	var encoder emulator.EncoderID
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		CheckDestroy:             noTokensLeft(srv),
		Steps: []resource.TestStep{
			{
				Config:      config,
				ExpectError: regexp.MustCompile(`(?s)setting\s+is_active\s+to\s+false\s+failed.*the\s+next\s+apply\s+finishes\s+it`),
			},
			{
				PreConfig: func() { encoder = srv.StartEncoder(emulator.Encoder{TokenID: 10001, Stream: "main"}) },
				Config:    config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(publishTokenAddr, plancheck.ResourceActionDestroyBeforeCreate),
				}},
				Check: nothingLost(srv),
			},
			{
				PreConfig: func() { srv.StopEncoder(encoder) },
				Config:    config,
				PlanOnly:  true,
			},
		},
	})
}

func TestAccPublishToken_lostCreateAndOutage(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	srv.Inject(emulator.Fault{Method: "POST", Route: createRoute, Kind: emulator.FaultDropAfter})
	srv.Inject(emulator.Fault{Method: "GET", Route: createRoute + "/list_by_name", Kind: emulator.FaultStatus, Status: 503, Times: -1})
	config := publishTokenConfig(srv, ``)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		CheckDestroy:             noTokensLeft(srv),
		Steps: []resource.TestStep{
			{
				Config:      config,
				ExpectError: regexp.MustCompile(`(?s)Looking\s+for\s+it\s+failed\s+as\s+well`),
			},
			{
				PreConfig: srv.ClearFaults,
				Config:    config,
				Check:     nothingLost(srv),
			},
		},
	})
}

func TestPublishToken_halfCreatedSaysSo(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	tf := newCore(t, publishTokenType)
	srv.Inject(emulator.Fault{Method: "PUT", Route: updateRoute, Kind: emulator.FaultStatus, Status: 400})
	config := publishTokenValues(values{"is_active": false})

	want := `Error: Unable to create publish token

Publish token 10001 ("studio") was created, and setting is_active to false failed after that. Terraform marks it as tainted and will show a replacement, but the token stays: the next apply finishes it, without a new token and without a disconnection.

Run this again. If it fails the same way, look at the status page of the service, then check base_url and the network between here and there.

API said: injected fault (PUT /api/v2/publish_token/{tokenId}, HTTP 400)`
	if got := tf.apply(providerConfig(srv), config).String(); got != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}
	if !tf.tainted || tf.state.attribute("is_active") != true || tf.state.attribute("token") == nil {
		t.Fatalf("the state must have the token as it is: %v", fromTerraform(tf.state.value))
	}

	plan, diags := tf.plan(providerConfig(srv), config)
	want = `Warning: Publish token is kept

The creation of the publish token with the label "studio" was not finished. Terraform shows a replacement, but the token stays, with its id and secret, and nothing is disconnected.

Apply this plan: it finishes the token.`
	if got := diags.String(); got != want || !plan.replace {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}
}

func TestPublishToken_halfCreatedCanBeUntainted(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	tf := newCore(t, publishTokenType)
	srv.Inject(emulator.Fault{Method: "PUT", Route: updateRoute, Kind: emulator.FaultStatus, Status: 400})
	config := publishTokenValues(values{"is_active": false})
	tf.apply(providerConfig(srv), config)

	tf.tainted = false
	srv.ResetRequests()
	if diags := tf.apply(providerConfig(srv), config); len(diags) != 0 {
		t.Errorf("said: %v", diags)
	}
	expectSent(t, srv, []string{"isActive"})
}

// A token that is not wanted any more is deleted, half-created or not.
func TestPublishToken_halfCreatedCanBeDestroyed(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	tf := newCore(t, publishTokenType)
	srv.Inject(emulator.Fault{Method: "PUT", Route: updateRoute, Kind: emulator.FaultStatus, Status: 400})
	config := publishTokenValues(values{"is_active": false})
	tf.apply(providerConfig(srv), config)

	if diags := tf.destroy(providerConfig(srv), config); len(diags.errors()) != 0 || len(srv.Tokens()) != 0 {
		t.Errorf("tokens %v, said: %v", srv.Tokens(), diags)
	}
}

func TestPublishToken_lostAnswerToCreate(t *testing.T) {
	t.Parallel()

	for name, streams := range map[string][]any{
		"names":              {values{"stream_name": "main"}},
		"regular expression": {values{"stream_name": "main"}, values{"stream_name": "cam-.+", "is_regex": true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			config := publishTokenValues(values{"streams": streams})
			older := srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}, {Name: "cam-.+", IsRegex: true}}})
			srv.UpdateToken(older, func(token *emulator.Token) { token.AddedOn = time.Now().Add(-time.Minute) })
			srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "another"}}})
			srv.Inject(emulator.Fault{Method: "POST", Route: createRoute, Kind: emulator.FaultDropAfter})

			c := newProtocolClient(t, providerConfig(srv))
			token := c.create(publishTokenType, config)
			if token.attribute("id") != int64(10003) || len(srv.Tokens()) != 3 {
				t.Errorf("want the third token, got %v of %d", token.attribute("id"), len(srv.Tokens()))
			}
			settled(t, c, token, config)
		})
	}
}

func TestPublishToken_lostAnswerAndTwoCandidates(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	at := time.Now().Add(time.Hour)
	other := srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}})
	srv.Inject(emulator.Fault{Method: "POST", Route: createRoute, Kind: emulator.FaultStatus, Status: 500})
	srv.UpdateToken(other, func(token *emulator.Token) { token.AddedOn = at })
	another := srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}})
	srv.UpdateToken(another, func(token *emulator.Token) { token.AddedOn = at })

	tf := newCore(t, publishTokenType)
	said := tf.apply(providerConfig(srv), publishTokenValues(nil)).String()
	stamp := at.UTC().Truncate(time.Second).Format(time.RFC3339)
	commands := strings.ReplaceAll(`Find out in the dashboard which of these it is, delete the others if nobody uses them, then run the commands with the address of this resource for ADDRESS:

  terraform state rm ADDRESS
  terraform import ADDRESS 10001  # made at TIME
  # or
  terraform import ADDRESS 10002  # made at TIME`, "TIME", stamp)
	want := `Error: Unable to create publish token

Creating a publish token with the label "studio" failed. The answer was lost, so the token may exist all the same. It can't be told which one it is.

` + commands + `

API said: injected fault (POST /api/publish_token, HTTP 500)`
	if said != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", said, want)
	}

	// As long as it is not settled, the next run makes none either.
	said = tf.apply(providerConfig(srv), publishTokenValues(nil)).String()
	if !strings.Contains(said, commands) || srv.Count("POST", createRoute) != 1 {
		t.Errorf("%d creates, said:\n%s", srv.Count("POST", createRoute), said)
	}
}

func TestPublishToken_lostAnswerAndNoToken(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	tf := newCore(t, publishTokenType)
	srv.Inject(emulator.Fault{Method: "POST", Route: createRoute, Kind: emulator.FaultStatus, Status: 500})
	want := `Error: Unable to create publish token

Creating a publish token with the label "studio" failed. The answer was lost, so the token may exist all the same. It was not found so far. The next plan looks for it, and takes it if it is there: there will be no second one.

It is not certain whether the API has carried this out. Run terraform plan: it reads what is there now and says what is left to do.

API said: injected fault (POST /api/publish_token, HTTP 500)`
	if got := tf.apply(providerConfig(srv), publishTokenValues(nil)).String(); got != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}
	if diags := tf.apply(providerConfig(srv), publishTokenValues(nil)); len(diags) != 0 || len(srv.Tokens()) != 1 {
		t.Errorf("%d tokens, said: %v", len(srv.Tokens()), diags)
	}
}

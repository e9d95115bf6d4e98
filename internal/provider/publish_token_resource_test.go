package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const publishTokenAddr = "millicast_publish_token.test"

func TestAccPublishToken_minimal(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		CheckDestroy:             noTokensLeft(srv),
		Steps: []resource.TestStep{
			{
				Config: publishTokenConfig(srv, ``),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("label"), knownvalue.StringExact("studio")),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("priority"), knownvalue.Null()),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("multisource"), knownvalue.Bool(true)),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("restream"), knownvalue.Null()),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("token"), knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{64}$`))),
					statecheck.ExpectSensitiveValue(publishTokenAddr, tfjsonpath.New("token")),
				},
			},
			{
				ResourceName:      publishTokenAddr,
				ImportState:       true,
				ImportStateVerify: true,
			},
		},
	})

	// A default of the API that changes must not change what is created.
	create := srv.Writes()[0]
	want := "allowedCountries allowedIpAddresses allowedOrigins clip deniedCountries displaySrtPassphrase drm enableThumbnails " +
		"label lowLatencyRtmp multisource record restream streams subscribeRequiresAuth"
	if got := strings.Join(create.Keys, " "); got != want {
		t.Errorf("create sent %s\nwant %s", got, want)
	}
}

func TestAccPublishToken_ignoresChangedDefaultsOfTheAPI(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t, emulator.WithDefaults(func(token *emulator.Token) {
		token.LowLatencyRTMP = false
		token.Multisource = false
		token.Record = true
		token.EnableThumbnails = true
		token.DisplaySRTPassphrase = true
	}))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps:                    []resource.TestStep{{Config: publishTokenConfig(srv, ``)}},
	})
}

func TestAccPublishToken_everything(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t, emulator.WithNulls(), emulator.WithShuffledLists(), emulator.WithUnknownProperties())
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		CheckDestroy:             noTokensLeft(srv),
		Steps: []resource.TestStep{
			{
				Config: publishTokenConfig(srv, `
					priority                = 10
					is_active               = false
					expires_in              = 3600
					subscribe_requires_auth = true
					record                  = true
					multisource             = false
					enable_thumbnails       = true
					display_srt_passphrase  = true
					low_latency_rtmp        = false
					drm                     = true
					enable_utc_insertion    = false
					encoder_profile_id      = "sport"
					geo_cascade             = { is_enabled = true, clusters = ["phx-1", "lon-1"] }
					restream = [
						{ label = "b", url = "rtmp://b.example.com/app", key = "key-of-b" },
						{ url = "rtmp://a.example.com/app", key = "key-of-a", enabled = false },
					]
					allowed_origins      = ["*.example.com", "a.example.com"]
					allowed_ip_addresses = ["203.0.113.0/24", "198.51.100.7"]
					origin_cluster       = "phx-1"
					denied_countries     = ["US", "GB"]
				`),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("is_active"), knownvalue.Bool(false)),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("srt_passphrase"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("restream").AtSliceIndex(0).AtMapKey("label"), knownvalue.StringExact("b")),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("effective_settings").AtMapKey("origin_cluster"), knownvalue.StringExact("phx-1")),
				},
			},
			{
				ResourceName:      publishTokenAddr,
				ImportState:       true,
				ImportStateVerify: true,
			},
			// Everything changes at once, the pairs that exclude each other change sides.
			{
				Config: publishTokenConfig(srv, `
					priority           = -10
					expires_in         = 3600
					clip               = true
					geo_cascade        = { is_enabled = false }
					restream           = [{ url = "rtmp://a.example.com/app", key = "key-of-a" }]
					allowed_origins    = ["b.example.com"]
					bind_ips_on_usage  = 3
					origin_cluster     = "lon-1"
					allowed_countries  = ["DE"]
					encoder_profile_id = "news"
				`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(publishTokenAddr, plancheck.ResourceActionUpdate),
					plancheck.ExpectUnknownValue(publishTokenAddr, tfjsonpath.New("effective_settings")),
					plancheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("srt_passphrase"), knownvalue.Null()),
				}},
			},
			{
				Config: publishTokenConfig(srv, `expires_in = 3600`),
				ConfigStateChecks: []statecheck.StateCheck{
					// Left out, the priority is left alone.
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("priority"), knownvalue.Int32Exact(-10)),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("geo_cascade"), knownvalue.Null()),
				},
			},
			{
				ResourceName:      publishTokenAddr,
				ImportState:       true,
				ImportStateVerify: true,
			},
		},
	})
}

func TestAccPublishToken_changesSeveralStreamsAtOnce(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	config := func(streams string) string {
		return providerBlock(srv) + fmt.Sprintf(`
resource "millicast_publish_token" "test" {
  label   = "studio"
  streams = [%s]
}
`, streams)
	}
	streams := func(streams ...knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("streams"), knownvalue.SetExact(streams))
	}
	stream := func(name string, regex bool) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{"stream_name": knownvalue.StringExact(name), "is_regex": knownvalue.Bool(regex)})
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config:            config(`{ stream_name = "a" }, { stream_name = "b.+", is_regex = true }, { stream_name = "c", is_regex = false }, { stream_name = "d" }`),
				ConfigStateChecks: []statecheck.StateCheck{streams(stream("a", false), stream("b.+", true), stream("c", false), stream("d", false))},
			},
			// One request: a, c and d go, e to h come.
			{
				PreConfig: srv.ResetRequests,
				Config:    config(`{ stream_name = "e" }, { stream_name = "b.+", is_regex = true }, { stream_name = "f.+", is_regex = true }, { stream_name = "g" }, { stream_name = "h" }`),
				ConfigStateChecks: []statecheck.StateCheck{
					streams(stream("e", false), stream("b.+", true), stream("f.+", true), stream("g", false), stream("h", false)),
					sent(srv, "PUT addTokenStreams removeTokenStreams"),
				},
			},
			// g and h become regular expressions, which takes two requests; b stays.
			{
				PreConfig: srv.ResetRequests,
				Config:    config(`{ stream_name = "b.+", is_regex = true }, { stream_name = "g", is_regex = true }, { stream_name = "h", is_regex = true }, { stream_name = "i" }`),
				ConfigStateChecks: []statecheck.StateCheck{
					streams(stream("b.+", true), stream("g", true), stream("h", true), stream("i", false)),
					sent(srv, "PUT addTokenStreams removeTokenStreams", "PUT addTokenStreams"),
				},
			},
			// A name that is known after apply, among others that are known.
			{
				Config: config(`{ stream_name = terraform_data.name.output }, { stream_name = "a" }, { stream_name = "i", is_regex = true }, { stream_name = "b.+", is_regex = true }`) + `
resource "terraform_data" "name" {
  input = "late"
}
`,
				ConfigStateChecks: []statecheck.StateCheck{streams(stream("late", false), stream("a", false), stream("i", true), stream("b.+", true))},
			},
			{
				Config:            config(`{ stream_name = "g", is_regex = true }, { stream_name = "b.+", is_regex = true }, { stream_name = "h", is_regex = true }, { stream_name = "i" }`),
				ConfigStateChecks: []statecheck.StateCheck{streams(stream("b.+", true), stream("g", true), stream("h", true), stream("i", false))},
			},
			// Leaving is_regex out of an element is the same as false.
			{
				Config:           config(`{ stream_name = "i", is_regex = false }, { stream_name = "h", is_regex = true }, { stream_name = "b.+", is_regex = true }, { stream_name = "g", is_regex = true }`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
		},
	})
}

func TestAccPublishToken_repairsDrift(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	config := publishTokenConfig(srv, `priority = 10`)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					srv.UpdateToken(tokenID(t, srv), func(token *emulator.Token) {
						token.Label = "renamed"
						token.Priority = new(int32(30))
						token.Record = true
						token.AllowedOrigins = []string{"example.com"}
						token.Streams = append(token.Streams, emulator.Stream{Name: "other"})
					})
					srv.ResetRequests()
				},
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(publishTokenAddr, plancheck.ResourceActionUpdate),
				}},
				ConfigStateChecks: []statecheck.StateCheck{sent(srv, "PUT allowedOrigins label priority record removeTokenStreams")},
			},
		},
	})
}

func TestAccPublishToken_recreatesWhatVanished(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: publishTokenConfig(srv, ``)},
			{
				PreConfig: func() { srv.DeleteToken(tokenID(t, srv)) },
				Config:    publishTokenConfig(srv, ``),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(publishTokenAddr, plancheck.ResourceActionCreate),
				}},
			},
		},
	})
}

func TestAccPublishToken_leavesPriorityOfOthersAlone(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: publishTokenConfig(srv, ``)},
			{
				PreConfig:        func() { srv.SetPriority(tokenID(t, srv), new(int32(7))) },
				Config:           publishTokenConfig(srv, ``),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			// Changed by others between refresh and apply as well.
			{
				PreConfig: srv.ResetRequests,
				Config:    publishTokenConfig(srv, `record = true`),
				ConfigStateChecks: []statecheck.StateCheck{
					sent(srv, "PUT record"),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("priority"), knownvalue.Int32Exact(7)),
				},
			},
		},
	})
}

func TestAccPublishToken_refusesToCutBroadcasts(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	refused := regexp.MustCompile(`(?s)Unable to delete publish token.*live\s+feed\s+on\s+the\s+stream\s+"main".*force_destroy = true`)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		CheckDestroy:             noTokensLeft(srv),
		Steps: []resource.TestStep{
			{Config: publishTokenConfig(srv, ``)},
			{
				PreConfig:   func() { srv.StartEncoder(emulator.Encoder{TokenLabel: "studio", Stream: "main"}) },
				Config:      publishTokenConfig(srv, ``),
				Destroy:     true,
				ExpectError: refused,
			},
			// Out of the configuration is a destroy too.
			{
				Config:      providerBlock(srv),
				ExpectError: refused,
			},
			// In the same plan it comes too late.
			{
				Config:      publishTokenConfig(srv, "force_destroy = true\nexpires_in = 60"),
				ExpectError: regexp.MustCompile(`(?s)Unable to replace publish token.*force_destroy = true`),
			},
			// -replace and taint don't ask the provider when they plan.
			{
				Config:      publishTokenConfig(srv, ``),
				Taint:       []string{publishTokenAddr},
				ExpectError: refused,
			},
			// The guard is about broadcasts, not about tokens.
			{
				PreConfig: func() {
					if len(srv.Feeds("main")) != 1 {
						t.Error("the broadcast was cut")
					}
					srv.StopEncoder(1)
				},
				Config: publishTokenConfig(srv, ``),
			},
		},
	})
}

func TestAccPublishToken_cutsBroadcastsWithForceDestroy(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		CheckDestroy:             noTokensLeft(srv),
		Steps: []resource.TestStep{
			{Config: publishTokenConfig(srv, ``)},
			{
				PreConfig: func() { srv.StartEncoder(emulator.Encoder{TokenLabel: "studio", Stream: "main"}) },
				Config:    publishTokenConfig(srv, `force_destroy = true`),
			},
		},
	})
	if cut := srv.Disconnections(); len(cut) != 1 || cut[0].Cause != emulator.CauseDelete {
		t.Errorf("disconnections: %v", cut)
	}
}

func TestAccPublishToken_replacesForAnotherExpiry(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	replaces := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(publishTokenAddr, plancheck.ResourceActionDestroyBeforeCreate),
	}}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: publishTokenConfig(srv, ``)},
			{Config: publishTokenConfig(srv, `expires_in = 3600`), ConfigPlanChecks: replaces},
			{Config: publishTokenConfig(srv, `expires_in = 3601`), ConfigPlanChecks: replaces},
			{Config: publishTokenConfig(srv, ``), ConfigPlanChecks: replaces},
		},
	})
}

func TestAccPublishToken_rotatesSecret(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	secret := statecheck.CompareValue(compare.ValuesDiffer())
	same := plancheck.ExpectEmptyPlan()
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config:            publishTokenConfig(srv, ``),
				ConfigStateChecks: []statecheck.StateCheck{secret.AddStateValue(publishTokenAddr, tfjsonpath.New("token"))},
			},
			{
				PreConfig: srv.ResetRequests,
				Config:    publishTokenConfig(srv, `rotation_trigger = "2026-01"`),
				ConfigStateChecks: []statecheck.StateCheck{
					sent(srv, "PUT refreshToken"),
					secret.AddStateValue(publishTokenAddr, tfjsonpath.New("token")),
				},
			},
			{
				Config:           publishTokenConfig(srv, `rotation_trigger = "2026-01"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{same}},
			},
			{
				PreConfig: srv.ResetRequests,
				Config:    publishTokenConfig(srv, `rotation_trigger = "2026-02"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectUnknownValue(publishTokenAddr, tfjsonpath.New("token")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					sent(srv, "PUT refreshToken"),
					secret.AddStateValue(publishTokenAddr, tfjsonpath.New("token")),
				},
			},
			// Removing the trigger is no rotation.
			{
				PreConfig:         srv.ResetRequests,
				Config:            publishTokenConfig(srv, ``),
				ConfigStateChecks: []statecheck.StateCheck{sent(srv)},
			},
		},
	})
}

func TestAccPublishToken_importedTokenKeepsItsSecret(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	id := srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}, Expires: 3600})
	before, _ := srv.Token(id)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config:             publishTokenConfig(srv, "expires_in = 3603\nrotation_trigger = \"one\""),
				ResourceName:       publishTokenAddr,
				ImportState:        true,
				ImportStateId:      fmt.Sprint(id),
				ImportStatePersist: true,
			},
			// Neither the expiry, which is off by rounding, nor the trigger changes the token.
			{
				PreConfig: srv.ResetRequests,
				Config:    publishTokenConfig(srv, "expires_in = 3603\nrotation_trigger = \"one\""),
				ConfigStateChecks: []statecheck.StateCheck{
					sent(srv),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("token"), knownvalue.StringExact(before.Secret)),
					statecheck.ExpectKnownValue(publishTokenAddr, tfjsonpath.New("expires_in"), knownvalue.Int32Exact(3603)),
				},
			},
			// From then on it is a token like any other.
			{
				PreConfig:         srv.ResetRequests,
				Config:            publishTokenConfig(srv, "expires_in = 3603\nrotation_trigger = \"two\""),
				ConfigStateChecks: []statecheck.StateCheck{sent(srv, "PUT refreshToken")},
			},
			{
				Config: publishTokenConfig(srv, "expires_in = 3604\nrotation_trigger = \"two\""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(publishTokenAddr, plancheck.ResourceActionDestroyBeforeCreate),
				}},
			},
		},
	})
}

func TestAccPublishToken_refusesImport(t *testing.T) {
	t.Parallel()

	for id, want := range map[string]string{
		"studio": `Invalid import id(.|\n)*"studio" is not the id of a publish token`,
		"0":      `Invalid import id`,
		"-1":     `Invalid import id`,
		"1.5":    `Invalid import id`,
		"99":     `Unable to import publish token(.|\n)*No publish token with id: 99`,
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()

			srv := emulator.Start(t)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: factories(),
				Steps: []resource.TestStep{{
					Config:        publishTokenConfig(srv, ``),
					ResourceName:  publishTokenAddr,
					ImportState:   true,
					ImportStateId: id,
					ExpectError:   regexp.MustCompile(want),
				}},
			})
		})
	}
}

func TestAccPublishToken_syncsRestreamsOfLiveTokens(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	restream := func(key string) string {
		return publishTokenConfig(srv, fmt.Sprintf(`restream = [{ url = "rtmp://a.example.com", key = %q }]`, key))
	}
	syncs := func(want int) resource.TestCheckFunc {
		return func(*terraform.State) error {
			if got := srv.Count("POST", syncRoute); got != want {
				return fmt.Errorf("%d syncs, want %d", got, want)
			}
			return nil
		}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: restream("key-1")},
			{Config: restream("key-2"), Check: syncs(0)},
			{
				PreConfig: func() { srv.StartEncoder(emulator.Encoder{TokenLabel: "studio", Stream: "main"}) },
				Config:    restream("key-3"),
				Check:     syncs(1),
			},
			{
				PreConfig: func() {
					srv.Inject(emulator.Fault{Method: "POST", Route: syncRoute, Kind: emulator.FaultStatus, Status: 400, Times: 1})
				},
				Config:      restream("key-4"),
				ExpectError: regexp.MustCompile(`(?s)Unable to sync restream of publish token.*they\s+still\s+use\s+the\s+old\s+one`),
			},
			// Going back to the former list is a change as well: the API has key-4.
			{
				PreConfig: srv.ResetRequests,
				Config:    restream("key-3"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(publishTokenAddr, plancheck.ResourceActionUpdate),
				}},
				ConfigStateChecks: []statecheck.StateCheck{sent(srv, "PUT restream", "POST ")},
			},
			{
				PreConfig: func() { srv.DeleteToken(tokenID(t, srv)) },
				Config:    restream("key-3"),
			},
		},
	})
}

// publishTokenConfig is a minimal token with more attributes.
func publishTokenConfig(srv *emulator.Server, more string) string {
	return providerBlock(srv) + fmt.Sprintf(`
resource "millicast_publish_token" "test" {
  label   = "studio"
  streams = [{ stream_name = "main" }]
  %[1]s
}
`, more)
}

// tokenID is the id of the token that the tests of this file make.
func tokenID(t *testing.T, srv *emulator.Server) int64 {
	t.Helper()
	token, ok := srv.TokenByLabel("studio")
	if !ok {
		t.Fatal("no token with the label studio")
	}
	return token.ID
}

func noTokensLeft(srv *emulator.Server) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if n := len(srv.Tokens()); n != 0 {
			return fmt.Errorf("%d tokens are left after the destroy", n)
		}
		return nil
	}
}

// stateCheckFunc is a check of what the API has seen, in the place of a check
// of the state.
type stateCheckFunc func(state *tfjson.State) error

func (f stateCheckFunc) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = f(req.State)
}

// sent checks the writes since the last reset: each is the method and the
// keys of the body.
func sent(srv *emulator.Server, want ...string) statecheck.StateCheck {
	return stateCheckFunc(func(*tfjson.State) error {
		var got []string
		for _, write := range srv.Writes() {
			got = append(got, write.Method+" "+strings.Join(write.Keys, " "))
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			return fmt.Errorf("sent %q, want %q", got, want)
		}
		return nil
	})
}

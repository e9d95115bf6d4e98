package provider

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const (
	mainStream        = "main_stream"
	priorityAddr      = "millicast_stream_priority.test"
	reprioritizeRoute = "/api/stream/reprioritize"
	reconnect         = 50 * time.Millisecond
)

// mainToken creates a token of the main stream, as by the dashboard.
func mainToken(srv *emulator.Server, label string, priority *int32, more ...string) int64 {
	seed := emulator.TokenSeed{Label: label, Priority: priority, Streams: []emulator.Stream{{Name: mainStream}}}
	for _, name := range more {
		seed.Streams = append(seed.Streams, emulator.Stream{Name: name})
	}
	return srv.CreateToken(seed)
}

// encode starts an encoder of the main stream.
func encode(srv *emulator.Server, token int64) emulator.EncoderID {
	return srv.StartEncoder(emulator.Encoder{TokenID: token, Stream: mainStream, ReconnectAfter: reconnect})
}

// primaryAndStandby are two live tokens, of priority 20 and 10.
func primaryAndStandby(srv *emulator.Server) (primary, standby int64) {
	primary, standby = mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	encode(srv, primary)
	encode(srv, standby)
	return primary, standby
}

func reprioritizations(srv *emulator.Server) int { return srv.Count("POST", reprioritizeRoute) }

// testStreamPriority runs steps against an emulator. Nothing deletes the token
// of a priority, so there is nothing to check after the destroy.
func testStreamPriority(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories(), Steps: steps})
}

func streamPriorityConfig(srv *emulator.Server, token int64, priority int32, more string) string {
	return providerBlock(srv) + fmt.Sprintf(`
resource "millicast_stream_priority" "test" {
  token_id = %d
  priority = %d
  %s
}
`, token, priority, more)
}

func inEffect(want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(priorityAddr, tfjsonpath.New("in_effect"), want)
}

// holds runs a check after a step.
func holds(check func() error) resource.TestCheckFunc {
	return func(*terraform.State) error { return check() }
}

func wantCalls(srv *emulator.Server, want int) resource.TestCheckFunc {
	return holds(func() error {
		if got := reprioritizations(srv); got != want {
			return fmt.Errorf("%d calls of Reprioritize Stream, want %d", got, want)
		}
		return nil
	})
}

func TestAccStreamPriority_switchesToTheStandbyAndBack(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, standby := primaryAndStandby(srv)
	config := func(iad, phx int) string {
		return providerBlock(srv) + fmt.Sprintf(`
resource "millicast_stream_priority" "iad" {
  token_id = %d
  priority = %d
}
resource "millicast_stream_priority" "phx" {
  token_id = %d
  priority = %d
}
`, primary, iad, standby, phx)
	}

	testStreamPriority(t,
		// Everything is as configured already: nothing is called.
		resource.TestStep{Config: config(20, 10), Check: wantCalls(srv, 0)},
		resource.TestStep{Config: config(20, 30), Check: wantCalls(srv, 1)},
		resource.TestStep{Config: config(40, 30), Check: wantCalls(srv, 2)},
	)

	timeline := srv.Timeline(mainStream, "")
	if timeline.Switches() != 2 || timeline.Gap() != 0 || timeline.OnAir() != primary {
		t.Errorf("want there and back without a gap:\n%s", timeline)
	}
}

func TestAccStreamPriority_twoInOneApplyDisconnectOneFeedAtATime(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	var config string
	top := mainToken(srv, "top", new(int32(1000)))
	encode(srv, top)
	for i := range 5 {
		id := mainToken(srv, fmt.Sprint("standby ", i), new(int32(i)))
		encode(srv, id)
		config += fmt.Sprintf("resource \"millicast_stream_priority\" \"s%d\" {\n  token_id = %d\n  priority = %d\n}\n", i, id, 100+i)
	}

	testStreamPriority(t, resource.TestStep{Config: providerBlock(srv) + config, Check: wantCalls(srv, 5)})

	if most := srv.MaxAway(mainStream); most != 1 {
		t.Errorf("%d feeds were away at a time, want 1", most)
	}
	if gap := srv.Timeline(mainStream, "").Gap(); gap != 0 {
		t.Errorf("%s without a picture", gap)
	}
}

func TestAccStreamPriority_ofATokenThatIsCreatedInTheSameApply(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)

	testStreamPriority(t, resource.TestStep{
		Config: providerBlock(srv) + `
resource "millicast_publish_token" "test" {
  label   = "main iad"
  streams = [{ stream_name = "main_stream" }]
}
resource "millicast_stream_priority" "test" {
  token_id = millicast_publish_token.test.id
  priority = -2147483648
}
`,
		Check: wantCalls(srv, 1),
		ConfigStateChecks: []statecheck.StateCheck{
			inEffect(knownvalue.Bool(true)),
			statecheck.ExpectKnownValue(priorityAddr, tfjsonpath.New("previous_priority"), knownvalue.Null()),
			statecheck.ExpectKnownValue(priorityAddr, tfjsonpath.New("stream_names"), knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact(mainStream)})),
		},
	})
}

func TestAccStreamPriority_guardsAndTimeoutsChangeWithoutACall(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, _ := primaryAndStandby(srv)

	testStreamPriority(t,
		resource.TestStep{Config: streamPriorityConfig(srv, primary, 20, "")},
		resource.TestStep{
			Config: streamPriorityConfig(srv, primary, 20, "allow_interruption = true\nallow_multiple_streams = true\nwait_for_reconnect = false\non_destroy = \"restore\"\ntimeouts = { update = \"1m\" }"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(priorityAddr, plancheck.ResourceActionUpdate),
			}},
		},
		resource.TestStep{Config: streamPriorityConfig(srv, primary, 20, ""), Check: wantCalls(srv, 0)},
	)
}

func TestAccStreamPriority_refusesTheOnlyLiveFeed(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary := mainToken(srv, "main iad", new(int32(20)))
	encode(srv, primary)

	testStreamPriority(t,
		resource.TestStep{
			Config:      streamPriorityConfig(srv, primary, 5, ""),
			PlanOnly:    true,
			ExpectError: regexp.MustCompile(`(?s)Viewers would lose the picture.*allow_interruption = true`),
		},
		resource.TestStep{Config: streamPriorityConfig(srv, primary, 5, "allow_interruption = true"), Check: wantCalls(srv, 1)},
	)
}

func TestAccStreamPriority_refusesATokenOfSeveralStreams(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary := mainToken(srv, "main iad", new(int32(20)), "second_stream")
	standby := mainToken(srv, "main phx", new(int32(10)))
	encode(srv, primary)
	encode(srv, standby)

	testStreamPriority(t,
		resource.TestStep{
			Config:      streamPriorityConfig(srv, primary, 5, ""),
			PlanOnly:    true,
			ExpectError: regexp.MustCompile(`(?s)Several streams would be disconnected.*allow_multiple_streams = true`),
		},
		resource.TestStep{Config: streamPriorityConfig(srv, primary, 5, "allow_multiple_streams = true"), Check: wantCalls(srv, 1)},
	)
}

// The next apply finishes a creation that ended with an error: nothing is
// disconnected a second time.
func TestAccStreamPriority_reconnectThatNeverComes(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, standby := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	encode(srv, primary)
	srv.StartEncoder(emulator.Encoder{TokenID: standby, Stream: mainStream, NeverReconnects: true})
	config := streamPriorityConfig(srv, standby, 30, "on_destroy = \"restore\"\ntimeouts = { create = \"4s\" }")

	testStreamPriority(t,
		resource.TestStep{Config: config, ExpectError: regexp.MustCompile(`(?s)Feed has not come back.*terraform apply again`)},
		resource.TestStep{
			PreConfig: func() { encode(srv, standby) },
			Config:    config,
			Check:     wantCalls(srv, 1),
			ConfigStateChecks: []statecheck.StateCheck{
				inEffect(knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(priorityAddr, tfjsonpath.New("previous_priority"), knownvalue.Int32Exact(10)),
			},
		},
	)
	if token, _ := srv.Token(standby); token.Priority == nil || *token.Priority != 10 {
		t.Errorf("the destroy has not put 10 back: %v", token.Priority)
	}
}

// A destroy right after a creation that ended with an error is no replacement.
func TestAccStreamPriority_destroyAfterAFailedCreationRestores(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, standby := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	encode(srv, primary)
	srv.StartEncoder(emulator.Encoder{TokenID: standby, Stream: mainStream, NeverReconnects: true})

	testStreamPriority(t, resource.TestStep{
		Config:      streamPriorityConfig(srv, standby, 30, "on_destroy = \"restore\"\ntimeouts = { create = \"4s\" }"),
		ExpectError: regexp.MustCompile("Feed has not come back"),
	})
	if token, _ := srv.Token(standby); token.Priority == nil || *token.Priority != 10 {
		t.Errorf("the destroy has not put 10 back: %v", token.Priority)
	}
}

func TestAccStreamPriority_explicitPriorityIsAnErrorOnceAndNeverADiff(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, standby := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	encode(srv, primary)
	srv.StartEncoder(emulator.Encoder{TokenID: standby, Stream: mainStream, ReconnectAfter: reconnect, Priority: new(int32(7))})

	testStreamPriority(t,
		resource.TestStep{
			Config:      streamPriorityConfig(srv, standby, 15, ""),
			ExpectError: regexp.MustCompile(`(?s)Feed came back with another priority.*priority 7.*Remove\s+priority=`),
		},
		resource.TestStep{Config: streamPriorityConfig(srv, standby, 15, ""), Check: wantCalls(srv, 1), ConfigStateChecks: []statecheck.StateCheck{inEffect(knownvalue.Bool(true))}},
		resource.TestStep{Config: streamPriorityConfig(srv, standby, 15, ""), PlanOnly: true},
	)
}

func TestAccStreamPriority_explicitPriorityFoundByAnUpdate(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, standby := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	encode(srv, primary)

	testStreamPriority(t,
		resource.TestStep{Config: streamPriorityConfig(srv, standby, 10, "")},
		resource.TestStep{
			PreConfig: func() {
				srv.StartEncoder(emulator.Encoder{TokenID: standby, Stream: mainStream, ReconnectAfter: reconnect, Priority: new(int32(7))})
			},
			Config:      streamPriorityConfig(srv, standby, 15, ""),
			ExpectError: regexp.MustCompile("Feed came back with another priority"),
		},
		resource.TestStep{Config: streamPriorityConfig(srv, standby, 15, ""), Check: wantCalls(srv, 1)},
	)
}

func TestAccStreamPriority_withoutLiveMonitoring(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t, emulator.WithoutLiveMonitoring())
	primary, standby := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	encode(srv, primary)

	testStreamPriority(t,
		resource.TestStep{
			Config:      streamPriorityConfig(srv, primary, 5, ""),
			PlanOnly:    true,
			ExpectError: regexp.MustCompile(`(?s)Viewers would lose the picture.*LiveMonitoring\s+is\s+off`),
		},
		resource.TestStep{
			PreConfig:         func() { encode(srv, standby) },
			Config:            streamPriorityConfig(srv, standby, 30, ""),
			Check:             wantCalls(srv, 1),
			ConfigStateChecks: []statecheck.StateCheck{inEffect(knownvalue.Null())},
		},
	)
}

func TestAccStreamPriority_repairsDriftByTheDashboard(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, standby := primaryAndStandby(srv)

	testStreamPriority(t,
		resource.TestStep{Config: streamPriorityConfig(srv, standby, 30, "")},
		resource.TestStep{
			PreConfig: func() { srv.SetPriority(standby, new(int32(1))) },
			Config:    streamPriorityConfig(srv, standby, 30, ""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(priorityAddr, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(priorityAddr, tfjsonpath.New("priority"), knownvalue.Int32Exact(30)),
			}},
			// The live feed never left 30: storing it again takes a call all the same.
			Check: wantCalls(srv, 2),
		},
		resource.TestStep{
			PreConfig: func() { srv.SetPriority(standby, nil) },
			Config:    streamPriorityConfig(srv, standby, 30, ""),
			Check:     wantCalls(srv, 3),
		},
	)
	_ = primary
}

// Somebody used Update Token, and the encoder restarted in between.
func TestAccStreamPriority_putsAStoredPriorityInEffect(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, standby := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	encode(srv, primary)
	encoder := encode(srv, standby)
	config := streamPriorityConfig(srv, standby, 10, "")

	testStreamPriority(t,
		resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{inEffect(knownvalue.Bool(true))}},
		resource.TestStep{
			PreConfig: func() {
				srv.SetPriority(standby, new(int32(12)))
				srv.RestartEncoder(encoder)
				time.Sleep(2 * reconnect)
				srv.SetPriority(standby, new(int32(10)))
			},
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(priorityAddr, plancheck.ResourceActionUpdate),
			}},
			Check:             wantCalls(srv, 1),
			ConfigStateChecks: []statecheck.StateCheck{inEffect(knownvalue.Bool(true))},
		},
	)
}

func TestAccStreamPriority_destroy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		previous  *int32
		onDestroy string
		meanwhile *int32
		want      *int32
		calls     int
	}{
		"keep leaves the priority":                      {new(int32(10)), "keep", nil, new(int32(30)), 1},
		"restore puts the previous one back":            {new(int32(10)), "restore", nil, new(int32(10)), 2},
		"restore of an unset one disconnects nothing":   {nil, "restore", nil, nil, 1},
		"restore leaves a priority that somebody set":   {new(int32(10)), "restore", new(int32(33)), new(int32(33)), 1},
		"restore of zero is not the same as of nothing": {new(int32(0)), "restore", nil, new(int32(0)), 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			primary, standby := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", test.previous)
			encode(srv, primary)
			encode(srv, standby)
			config := streamPriorityConfig(srv, standby, 30, "on_destroy = \""+test.onDestroy+"\"")

			steps := []resource.TestStep{{Config: config}}
			if test.meanwhile != nil {
				steps = append(steps, resource.TestStep{
					PreConfig: func() { srv.SetPriority(standby, test.meanwhile) },
					Config:    config,
					Destroy:   true,
				})
			}
			testStreamPriority(t, steps...)

			token, _ := srv.Token(standby)
			if (token.Priority == nil) != (test.want == nil) || token.Priority != nil && *token.Priority != *test.want {
				t.Errorf("priority after the destroy: %s, want %s", number(token.Priority), number(test.want))
			}
			if got := reprioritizations(srv); got != test.calls {
				t.Errorf("%d calls, want %d", got, test.calls)
			}
		})
	}
}

func number64(n int64) string { return strconv.FormatInt(n, 10) }

func number(n *int32) string {
	if n == nil {
		return "unset"
	}
	return strconv.Itoa(int(*n))
}

func TestAccStreamPriority_import(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, _ := primaryAndStandby(srv)

	testStreamPriority(t,
		resource.TestStep{Config: streamPriorityConfig(srv, primary, 20, "")},
		resource.TestStep{
			ResourceName: priorityAddr, ImportState: true, ImportStateId: fmt.Sprint(primary),
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "token_id",
			ImportStateVerifyIgnore: []string{"previous_priority"}, // An import remembers nothing.
		},
		resource.TestStep{
			ResourceName: priorityAddr, ImportState: true, ImportStateId: "99",
			ExpectError: regexp.MustCompile(`(?s)There is no publish token 99.*No publish token with id: 99`),
		},
		resource.TestStep{
			ResourceName: priorityAddr, ImportState: true, ImportStateId: "main",
			ExpectError: regexp.MustCompile(`(?s)"main"\s+is\s+not\s+the\s+id`),
		},
	)
}

func TestAccStreamPriority_importBlockPlansEmpty(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, _ := primaryAndStandby(srv)

	testStreamPriority(t, resource.TestStep{
		Config: streamPriorityConfig(srv, primary, 20, "") + fmt.Sprintf("import {\n  to = millicast_stream_priority.test\n  id = \"%d\"\n}\n", primary),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(priorityAddr, plancheck.ResourceActionNoop),
		}},
		Check: wantCalls(srv, 0),
	})
}

func TestAccStreamPriority_missingToken(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)

	testStreamPriority(t, resource.TestStep{
		Config:      streamPriorityConfig(srv, 99, 20, ""),
		PlanOnly:    true,
		ExpectError: regexp.MustCompile(`(?s)There is no publish token 99.*No publish token with id: 99`),
	})
}

func TestAccStreamPriority_tokenThatVanishedIsPlannedAgain(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	config := providerBlock(srv) + `
resource "millicast_publish_token" "test" {
  label   = "main iad"
  streams = [{ stream_name = "main_stream" }]
}
resource "millicast_stream_priority" "test" {
  token_id = millicast_publish_token.test.id
  priority = 20
}
`
	testStreamPriority(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() { srv.DeleteToken(srv.Tokens()[0].ID) },
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(priorityAddr, plancheck.ResourceActionCreate),
			}},
		},
	)
}

func TestAccStreamPriority_oneOwnerForAPriority(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	config := func(priority string) string {
		return providerBlock(srv) + fmt.Sprintf(`
resource "millicast_publish_token" "test" {
  label   = "main iad"
  streams = [{ stream_name = "main_stream" }]
  %s
}
resource "millicast_stream_priority" "test" {
  token_id = millicast_publish_token.test.id
  priority = 20
}
`, priority)
	}
	testStreamPriority(t,
		resource.TestStep{Config: config("priority = 10"), ExpectError: regexp.MustCompile("Priority has two owners")},
		// It is known in the plan already if the token exists.
		resource.TestStep{Config: config("priority = 11"), PlanOnly: true, ExpectError: regexp.MustCompile("Priority has two owners")},
		resource.TestStep{Config: config(""), Check: wantCalls(srv, 1)},
	)
}

func TestAccStreamPriority_badInput(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	for config, want := range map[string]string{
		`token_id = 0, priority = 1`:                       `token_id value must be at least 1`,
		`token_id = 1, priority = 2147483648`:              `(?s)priority.*(32-bit|2147483648)`,
		`token_id = 1, priority = 1, on_destroy = "purge"`: `on_destroy value must be one of`,
	} {
		var lines string
		for _, line := range regexp.MustCompile(`, `).Split(config, -1) {
			lines += "  " + line + "\n"
		}
		testStreamPriority(t, resource.TestStep{
			Config:      providerBlock(srv) + "resource \"millicast_stream_priority\" \"test\" {\n" + lines + "}\n",
			PlanOnly:    true,
			ExpectError: regexp.MustCompile(want),
		})
	}
}

// A replacement for the same token goes on where the old resource stopped:
// nothing is put back, and nothing is disconnected.
func TestAccStreamPriority_replacementForTheSameTokenIsNotNoticed(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, standby := primaryAndStandby(srv)
	config := func(trigger string) string {
		return streamPriorityConfig(srv, standby, 30, "on_destroy = \"restore\"\n  lifecycle {\n    replace_triggered_by = [terraform_data.trigger]\n  }") +
			fmt.Sprintf("resource \"terraform_data\" \"trigger\" {\n  input = %q\n}\n", trigger)
	}
	previous := statecheck.ExpectKnownValue(priorityAddr, tfjsonpath.New("previous_priority"), knownvalue.Int32Exact(10))

	testStreamPriority(t,
		resource.TestStep{Config: config("one"), Check: wantCalls(srv, 1), ConfigStateChecks: []statecheck.StateCheck{previous}},
		resource.TestStep{
			Config: config("two"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(priorityAddr, plancheck.ResourceActionReplace),
			}},
			Check:             wantCalls(srv, 1),
			ConfigStateChecks: []statecheck.StateCheck{previous},
		},
		resource.TestStep{
			Taint:             []string{priorityAddr},
			Config:            config("two"),
			Check:             wantCalls(srv, 1),
			ConfigStateChecks: []statecheck.StateCheck{previous},
		},
	)
}

// The plan of the priority is made again once the streams have changed.
func TestAccStreamPriority_streamsAndPriorityInOneApply(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	config := func(streams string, priority int) string {
		return providerBlock(srv) + fmt.Sprintf(`
resource "millicast_publish_token" "test" {
  label   = "main iad"
  streams = [%s]
}
resource "millicast_stream_priority" "test" {
  token_id               = millicast_publish_token.test.id
  priority               = %d
  allow_multiple_streams = true
}
`, streams, priority)
	}
	testStreamPriority(t,
		resource.TestStep{Config: config(`{ stream_name = "main_stream" }`, 10)},
		resource.TestStep{Config: config(`{ stream_name = "main_stream" }, { stream_name = "second" }`, 20)},
	)
}

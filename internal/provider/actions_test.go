package provider

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const (
	reprioritizeAction = "millicast_reprioritize_stream"
	stopAction         = "millicast_stop_stream"
	stopRoute          = "/api/stream/stop"
)

func TestReprioritizeStream_switchesAndTells(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primary, standby := primaryAndStandby(srv)
	c := newProtocolClient(t, providerConfig(srv))
	config := values{"token_id": standby, "priority": 30}

	diags := c.planAction(reprioritizeAction, config)
	if len(diags) != 1 || !diags[0].warning || diags[0].summary != "Viewers will be switched to another feed" || reprioritizations(srv) != 0 {
		t.Errorf("plan: %v", diags)
	}
	progress, diags := c.invoke(reprioritizeAction, config)
	c.mustBeEmpty("invoking", diags)
	if len(progress) < 2 || !strings.Contains(progress[len(progress)-1], "has the priority 30, and its feeds are back") {
		t.Errorf("progress: %q", progress)
	}
	timeline := srv.Timeline(mainStream, "")
	if timeline.Switches() != 1 || timeline.Gap() != 0 || timeline.OnAir() == primary {
		t.Errorf("want one switch without a gap:\n%s", timeline)
	}

	// Once more, nothing is disconnected.
	c.mustBeEmpty("planning", c.planAction(reprioritizeAction, config))
	progress, diags = c.invoke(reprioritizeAction, config)
	c.mustBeEmpty("invoking", diags)
	if len(progress) != 1 || !strings.Contains(progress[0], "nothing was disconnected") || reprioritizations(srv) != 1 {
		t.Errorf("%d calls, progress: %q", reprioritizations(srv), progress)
	}
}

func TestReprioritizeStream_guards(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	only := mainToken(srv, "main iad", new(int32(20)))
	wide := srv.CreateToken(emulator.TokenSeed{Label: "wide", Streams: []emulator.Stream{{Name: "second"}, {Name: "third"}}})
	encode(srv, only)
	c := newProtocolClient(t, providerConfig(srv))

	for token, test := range map[int64]struct{ summary, line string }{
		only: {"Viewers would lose the picture", "allow_interruption = true"},
		wide: {"Several streams would be disconnected", "allow_multiple_streams = true"},
	} {
		config := values{"token_id": token, "priority": 5}
		_, invoked := c.invoke(reprioritizeAction, config)
		for when, diags := range map[string]diagnostics{"plan": c.planAction(reprioritizeAction, config), "invoke": invoked} {
			if len(diags) != 1 || diags[0].warning || diags[0].summary != test.summary || !strings.HasSuffix(diags[0].detail, test.line) {
				t.Errorf("%s: %v", when, diags)
			}
		}
	}
	if reprioritizations(srv) != 0 {
		t.Error("something was disconnected")
	}

	accepted := values{"token_id": only, "priority": 5, "allow_interruption": true}
	if diags := c.planAction(reprioritizeAction, accepted); len(diags.errors()) != 0 {
		t.Errorf("plan: %v", diags)
	}
	if _, diags := c.invoke(reprioritizeAction, accepted); len(diags) != 0 || reprioritizations(srv) != 1 {
		t.Errorf("invoke: %v", diags)
	}
}

// What the plan of an action found is looked at again before anybody is
// disconnected.
func TestReprioritizeStream_guardsLookAgain(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad, phx := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	encode(srv, iad)
	standby := srv.StartEncoder(emulator.Encoder{TokenID: phx, Stream: mainStream})
	c := newProtocolClient(t, providerConfig(srv))
	config := values{"token_id": iad, "priority": 5}
	if diags := c.planAction(reprioritizeAction, config); len(diags.errors()) != 0 {
		t.Fatalf("plan: %v", diags)
	}
	srv.StopEncoder(standby)
	if _, diags := c.invoke(reprioritizeAction, config); len(diags) != 1 || diags[0].summary != "Viewers would lose the picture" || reprioritizations(srv) != 0 {
		t.Errorf("invoke: %v", diags)
	}
}

// An encoder that could not come back is not cut off, whatever is accepted.
func TestReprioritizeStream_ofADisabledToken(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	only := mainToken(srv, "main iad", new(int32(20)))
	encode(srv, only)
	srv.UpdateToken(only, func(token *emulator.Token) { token.IsActive = false })
	c := newProtocolClient(t, providerConfig(srv))
	config := values{"token_id": only, "priority": 5, "allow_interruption": true, "allow_multiple_streams": true}
	_, invoked := c.invoke(reprioritizeAction, config)
	for when, diags := range map[string]diagnostics{"plan": c.planAction(reprioritizeAction, config), "invoke": invoked} {
		if len(diags) != 1 || diags[0].summary != "Encoder could not reconnect" {
			t.Errorf("%s: %v", when, diags)
		}
	}
	if reprioritizations(srv) != 0 {
		t.Error("something was disconnected")
	}
}

// A lost answer is never answered with a second call. Where it shows that the
// first was carried out, nothing is wrong.
func TestActions_lostAnswer(t *testing.T) {
	t.Parallel()
	for typeName, action := range map[string]struct {
		route, summary string
		config         func(standby int64) values
	}{
		reprioritizeAction: {reprioritizeRoute, "Unable to invoke reprioritization", func(standby int64) values {
			return values{"token_id": standby, "priority": 30}
		}},
		stopAction: {stopRoute, "Unable to stop stream", func(int64) values { return values{"stream_name": mainStream} }},
	} {
		for fault, done := range map[emulator.FaultKind]bool{emulator.FaultDropAfter: true, emulator.FaultDropBefore: false} {
			t.Run(typeName+"/"+string(fault), func(t *testing.T) {
				t.Parallel()
				srv := emulator.Start(t)
				_, standby := primaryAndStandby(srv)
				c := newProtocolClient(t, providerConfig(srv))
				srv.Inject(emulator.Fault{Route: action.route, Kind: fault, Times: -1})
				progress, diags := c.invoke(typeName, action.config(standby))
				if !strings.Contains(strings.Join(progress, "\n"), "was lost: looking whether the call was carried out") {
					t.Errorf("progress: %q", progress)
				}
				if n := srv.Count("POST", action.route); n != 1 {
					t.Errorf("%d calls, want 1", n)
				}
				if done {
					if len(diags.errors()) != 0 {
						t.Errorf("invoke: %v", diags)
					}
					return
				}
				if len(diags) != 1 || diags[0].summary != action.summary || !strings.Contains(diags[0].detail, "It was not sent a second time") {
					t.Errorf("invoke: %v", diags)
				}
			})
		}
	}
}

// Until the provider's configuration is known an action can be planned, and not
// invoked.
func TestActions_unknownProvider(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, standby := primaryAndStandby(srv)
	provider := providerConfig(srv)
	provider["api_secret"] = unknown{}
	c := newProtocolClient(t, provider)
	for typeName, config := range map[string]values{
		reprioritizeAction: {"token_id": standby, "priority": 30},
		stopAction:         {"stream_name": mainStream},
	} {
		c.mustBeEmpty("planning", c.planAction(typeName, config))
		if _, diags := c.invoke(typeName, config); len(diags) != 1 || !strings.Contains(diags[0].detail, "is not known yet") {
			t.Errorf("%s: %v", typeName, diags)
		}
	}
	if len(srv.Writes()) != 0 {
		t.Errorf("it wrote: %v", srv.Writes())
	}
}

func TestActions_refuseBadArguments(t *testing.T) {
	t.Parallel()
	c := newProtocolClient(t, providerConfig(emulator.Start(t)))
	for typeName, test := range map[string]struct {
		config values
		path   string
	}{
		reprioritizeAction: {values{"token_id": 0, "priority": 1}, "token_id"},
		stopAction:         {values{"stream_name": ""}, "stream_name"},
	} {
		if diags := c.planAction(typeName, test.config); len(diags) != 1 || diags[0].warning || diags[0].path != test.path {
			t.Errorf("%s: %v", typeName, diags)
		}
	}
}

func TestReprioritizeStream_withoutWaiting(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, standby := primaryAndStandby(srv)
	c := newProtocolClient(t, providerConfig(srv))
	progress, diags := c.invoke(reprioritizeAction, values{"token_id": standby, "priority": 30, "wait_for_reconnect": false})
	c.mustBeEmpty("invoking", diags)
	if last := progress[len(progress)-1]; strings.Contains(last, "back") {
		t.Errorf("it waited: %q", progress)
	}
}

func TestReprioritizeStream_explicitPriority(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad, phx := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", nil)
	encode(srv, iad)
	srv.StartEncoder(emulator.Encoder{TokenID: phx, Stream: mainStream, ReconnectAfter: reconnect, Priority: new(int32(7))})
	_, diags := newProtocolClient(t, providerConfig(srv)).invoke(reprioritizeAction, values{"token_id": phx, "priority": 15})
	wantDiagnostic(t, diags, "Feed came back with another priority", golden(`
Publish token {phx} ("main phx") was reprioritized to 15, and its feeds have reconnected.

The encoder of publish token {phx} ("main phx") publishes with a priority of its own, so its feed ignores the token's:

  main_stream: priority 7

Remove priority= from the publish address of the encoder and restart it. Running the action again would disconnect the feed once more and change nothing.`, map[string]any{"phx": phx}))
}

func TestReprioritizeStream_unknownValuesArePlannedLater(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	c.mustBeEmpty("planning", c.planAction(reprioritizeAction, values{"token_id": unknown{}, "priority": 5}))
	c.mustBeEmpty("planning", c.planAction(stopAction, values{"stream_name": unknown{}}))
}

func TestReprioritizeStream_ofATokenThatIsGone(t *testing.T) {
	t.Parallel()
	c := newProtocolClient(t, providerConfig(emulator.Start(t)))
	config := values{"token_id": 99, "priority": 5}
	if diags := c.planAction(reprioritizeAction, config); len(diags) != 1 || diags[0].path != "token_id" {
		t.Errorf("plan: %v", diags)
	}
	if _, diags := c.invoke(reprioritizeAction, config); len(diags) != 1 || diags[0].warning {
		t.Errorf("invoke: %v", diags)
	}
}

func TestStopStream_tellsAndStops(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		account bool
		opts    []emulator.Option
	}{
		"account from the provider":       {account: true},
		"account from the stream":         {},
		"without LiveMonitoring":          {account: true, opts: []emulator.Option{emulator.WithoutLiveMonitoring()}},
		"account of the provider, terser": {account: true, opts: []emulator.Option{emulator.WithNulls()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t, test.opts...)
			iad := mainToken(srv, "main iad", new(int32(20)))
			srv.StartEncoder(emulator.Encoder{TokenID: iad, Stream: mainStream, NeverReconnects: true})
			config := providerConfig(srv)
			if !test.account {
				config["account_id"] = nil
			}
			c := newProtocolClient(t, config)

			diags := c.planAction(stopAction, values{"stream_name": mainStream})
			if len(diags) != 1 || !diags[0].warning || !strings.Contains(diags[0].detail, `"main iad"`) || srv.Count("POST", stopRoute) != 0 {
				t.Errorf("plan: %v", diags)
			}
			progress, diags := c.invoke(stopAction, values{"stream_name": mainStream})
			c.mustBeEmpty("invoking", diags)
			if len(progress) == 0 || len(srv.Feeds(mainStream)) != 0 || srv.Count("POST", stopRoute) != 1 {
				t.Errorf("%d feeds, progress %q", len(srv.Feeds(mainStream)), progress)
			}
		})
	}
}

// What comes back is stopped again: each invocation is asked for by name.
func TestStopStream_again(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad := mainToken(srv, "main iad", nil)
	encode(srv, iad)
	c := newProtocolClient(t, providerConfig(srv))
	config := values{"stream_name": mainStream}
	for _, want := range []int{1, 2} {
		if _, diags := c.invoke(stopAction, config); len(diags.errors()) != 0 || srv.Count("POST", stopRoute) != want {
			t.Errorf("%d calls, want %d: %v", srv.Count("POST", stopRoute), want, diags)
		}
		waitUntilLive(t, srv, 1)
	}
}

// Without LiveMonitoring a feed that is back can't be told from one that still
// runs, and nothing says that it can.
func TestStopStream_notVerified(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t, emulator.WithoutLiveMonitoring())
	srv.StartEncoder(emulator.Encoder{TokenID: mainToken(srv, "main iad", nil), Stream: mainStream, ReconnectAfter: time.Nanosecond})
	_, diags := newProtocolClient(t, providerConfig(srv)).invoke(stopAction, values{"stream_name": mainStream})
	if len(diags) != 1 || !diags[0].warning || diags[0].summary != "Stop is not verified" || !strings.Contains(diags[0].detail, `"main iad"`) {
		t.Errorf("diagnostics: %v", diags)
	}
}

// That the stop was accepted is not lost because the look after it fails.
func TestStopStream_lookAfterItFails(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	encode(srv, mainToken(srv, "main iad", nil))
	c := newProtocolClient(t, providerConfig(srv))
	srv.Inject(emulator.Fault{Route: "/api/monitoring/streams/{streamName}", Kind: emulator.FaultStatus, Status: 500, Call: 2, Times: -1})
	_, diags := c.invoke(stopAction, values{"stream_name": mainStream})
	if len(diags) != 1 || !diags[0].warning || diags[0].summary != "Stop is not verified" || srv.Count("POST", stopRoute) != 1 {
		t.Errorf("diagnostics: %v", diags)
	}
}

func TestStopStream_whatIsNotLive(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	c.mustBeEmpty("planning", c.planAction(stopAction, values{"stream_name": mainStream}))
	progress, diags := c.invoke(stopAction, values{"stream_name": mainStream})
	c.mustBeEmpty("invoking", diags)
	if strings.Join(progress, "") != "nothing is live on main_stream" || srv.Count("POST", stopRoute) != 0 {
		t.Errorf("progress %q", progress)
	}
}

func TestStopStream_unknownAccount(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t, emulator.WithoutLiveMonitoring())
	encode(srv, mainToken(srv, "main iad", nil))
	config := providerConfig(srv)
	config["account_id"] = nil
	c := newProtocolClient(t, config)
	_, invoked := c.invoke(stopAction, values{"stream_name": mainStream})
	for when, diags := range map[string]diagnostics{"plan": c.planAction(stopAction, values{"stream_name": mainStream}), "invoke": invoked} {
		if len(diags) != 1 || diags[0].warning || !strings.Contains(diags[0].detail, "MILLICAST_ACCOUNT_ID") {
			t.Errorf("%s: %v", when, diags)
		}
	}
}

func TestStopStream_encoderComesBack(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad := mainToken(srv, "main iad", nil)
	srv.StartEncoder(emulator.Encoder{TokenID: iad, Stream: mainStream, ReconnectAfter: time.Nanosecond})
	_, diags := newProtocolClient(t, providerConfig(srv)).invoke(stopAction, values{"stream_name": mainStream})
	if len(diags) != 1 || !diags[0].warning || diags[0].summary != "Stream is live again" {
		t.Errorf("diagnostics: %v", diags)
	}
}

func TestAccReprioritizeStream_asATrigger(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, standby := primaryAndStandby(srv)
	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks:   needs(t, featureActions),
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: providerBlock(srv) + fmt.Sprintf(`
action "millicast_reprioritize_stream" "now" {
  config {
    token_id = %d
    priority = 30
  }
}
resource "terraform_data" "trigger" {
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.millicast_reprioritize_stream.now]
    }
  }
}
`, standby),
			Check: wantCalls(srv, 1),
		}},
	})
}

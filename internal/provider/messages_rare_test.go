package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// wantRare fails the test unless there is one diagnostic, with this summary, and
// with each of these phrases in its detail.
func wantRare(t *testing.T, diags diagnostics, summary string, phrases ...string) {
	t.Helper()
	if len(diags) != 1 || diags[0].summary != summary {
		t.Fatalf("diagnostics: %v", diags)
	}
	for _, phrase := range phrases {
		if !strings.Contains(diags[0].detail, phrase) {
			t.Errorf("no %q in %v", phrase, diags[0])
		}
	}
}

// What a validator would have found in the configuration comes this way from the
// environment, or from values that were unknown when it looked.
func TestMessages_lateConfiguration(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	for attribute, test := range map[string]struct {
		value   any
		summary string
		next    string
	}{
		"account_id":      {"Abcde0/main_stream", "Invalid account id", "Set account_id"},
		"request_timeout": {"soon", "Invalid duration", "Write a number and a unit"},
		"base_url":        {"ftp://api.millicast.com", "Invalid base URL", "Leave base_url out"},
		"api_secret":      {"two\nlines", "Invalid provider configuration", "Correct"},
	} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			config := providerConfig(srv)
			config[attribute] = test.value
			_, diags := configureProvider(t, config)
			wantRare(t, diags, test.summary, test.next)
		})
	}
}

func TestMessages_orders(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, _ := primaryAndStandby(srv)
	other := srv.CreateToken(emulator.TokenSeed{Label: "other", Streams: []emulator.Stream{{Name: "second_stream"}}})

	c := newProtocolClient(t, providerConfig(srv))
	twice := c.plan(streamFailover, nil, values{"stream_name": mainStream, "token_ids": []any{a, a}})
	wantRare(t, twice.diagnostics, "Invalid order", "Name each token once.")
	c = newProtocolClient(t, providerConfig(srv))
	foreign := c.plan(streamFailover, nil, values{"stream_name": mainStream, "token_ids": []any{a, other}})
	wantRare(t, foreign.diagnostics, "Publish token can't publish the stream", `("other")`, "it does not publish that stream", "Remove it from token_ids")

	srv.Inject(emulator.Fault{Route: "/api/publish_token/list", Times: -1, Kind: emulator.FaultStatus, Status: 400})
	alone := newProtocolClient(t, singleReads(srv)).plan(streamFailover, nil, values{"stream_name": mainStream, "token_ids": []any{a}})
	wantRare(t, alone.diagnostics, "Unable to look for tokens outside of the order", "Run terraform plan again.", "API said: ")
}

func TestMessages_editedState(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, standby := primaryAndStandby(srv)
	state := newProtocolClient(t, providerConfig(srv)).create(streamPriority, values{"token_id": standby, "priority": 10})
	key, _, ok := strings.Cut(string(state.private), `":`)
	if !ok {
		t.Fatalf("private state %q", state.private)
	}
	state.private = []byte(key + `":"W10="}`)
	_, diags := newProtocolClient(t, providerConfig(srv)).read(streamPriority, state)
	wantRare(t, diags, "Invalid private state", "Import the resource again.")
}

// While the standby reconnects, somebody else's encoder comes in above it.
func TestMessages_anotherFeedOnAir(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, standby := primaryAndStandby(srv)
	third := mainToken(srv, "main lon", new(int32(99)))
	c := newProtocolClient(t, providerConfig(srv))
	change := c.plan(streamPriority, nil, values{"token_id": standby, "priority": 30})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for deadline := time.Now().Add(10 * time.Second); reprioritizations(srv) == 0 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		encode(srv, third)
	}()
	_, diags := c.apply(streamPriority, change)
	<-done
	wantRare(t, diags, "Another feed is on air than expected", "expected publish token", `("main lon") on main_stream: 99`, "Run terraform plan")
}

func TestMessages_unverifiedSwitch(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t, emulator.WithoutLiveMonitoring())
	_, standby := primaryAndStandby(srv)
	c := newProtocolClient(t, providerConfig(srv))
	_, diags := c.apply(streamPriority, c.plan(streamPriority, nil, values{"token_id": standby, "priority": 30}))
	wantRare(t, diags, "Switch is not verified", "LiveMonitoring is off", "Watch the stream")
}

func TestMessages_stopThatStopsNothing(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	primaryAndStandby(srv)
	srv.Inject(emulator.Fault{Route: stopRoute, Times: -1, Kind: emulator.FaultBody, Body: `{"status":"success","data":{"stoppingLevel":"Stream"}}`})
	_, diags := newProtocolClient(t, providerConfig(srv)).invoke(stopAction, values{"stream_name": mainStream})
	wantRare(t, diags, "Stream still runs", `("main iad")`, "Stop the encoder")
}

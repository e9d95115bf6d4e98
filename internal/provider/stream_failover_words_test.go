package provider

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const streamFailover = "millicast_stream_failover"

func failoverValues(order ...int64) values {
	ids := []any{}
	for _, id := range order {
		ids = append(ids, id)
	}
	return values{"stream_name": mainStream, "token_ids": ids}
}

// allowing overrides a guard.
func allowing(config values, guard string) values {
	config[guard] = true
	return config
}

// Each text is what the reviewer of a pull request reads in the plan.
func TestStreamFailover_planWords(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		opts    []emulator.Option
		stage   func(srv *emulator.Server, a, b, c int64)
		config  func(a, b, c int64) values
		summary string
		detail  string
	}{
		"the last becomes the primary": {
			stage:   func(srv *emulator.Server, a, b, c int64) { live(srv, a, b, c) },
			config:  func(a, b, c int64) values { return failoverValues(c, a, b) },
			summary: "Viewers will be switched to another feed",
			detail: `
Putting the tokens of main_stream in this order, the primary first:

  1. publish token {c} ("lon"), priority 40 (new)
  2. publish token {a} ("iad"), priority 30
  3. publish token {b} ("phx"), priority 20

  disconnected  1 feed of publish token {c} ("lon")

  on air now    publish token {a} ("iad"), priority 30
  on air after  publish token {c} ("lon"), priority 40
  viewers       change over without a gap, once`,
		},
		"the order is reversed": {
			stage:   func(srv *emulator.Server, a, b, c int64) { live(srv, a, b, c) },
			config:  func(a, b, c int64) values { return failoverValues(c, b, a) },
			summary: "Viewers will be switched to another feed",
			detail: `
Putting the tokens of main_stream in this order, the primary first:

  1. publish token {c} ("lon"), priority 50 (new)
  2. publish token {b} ("phx"), priority 40 (new)
  3. publish token {a} ("iad"), priority 30

  disconnected  1 feed of publish token {c} ("lon")
  then          1 feed of publish token {b} ("phx")

  on air now    publish token {a} ("iad"), priority 30
  on air after  publish token {c} ("lon"), priority 50
  viewers       change over without a gap, once`,
		},
		"standbys change places": {
			stage:   func(srv *emulator.Server, a, b, c int64) { live(srv, a, b, c) },
			config:  func(a, b, c int64) values { return failoverValues(a, c, b) },
			summary: "Standby feeds will be disconnected",
			detail: `
Putting the tokens of main_stream in this order, the primary first:

  1. publish token {a} ("iad"), priority 30
  2. publish token {c} ("lon"), priority 10
  3. publish token {b} ("phx"), priority 0 (new)

  disconnected  1 feed of publish token {b} ("phx")

  on air now    publish token {a} ("iad"), priority 30
  on air after  publish token {a} ("iad"), priority 30
  viewers       notice nothing: the feed on air is not touched`,
		},
		"the new primary is not live": {
			stage:   func(srv *emulator.Server, a, b, _ int64) { live(srv, a, b) },
			config:  func(a, b, c int64) values { return failoverValues(c, a, b) },
			summary: "The new primary is not live",
			detail: `
Putting the tokens of main_stream in this order, the primary first:

  1. publish token {c} ("lon"), priority 40 (new)
  2. publish token {a} ("iad"), priority 30
  3. publish token {b} ("phx"), priority 20

  on air now    publish token {a} ("iad"), priority 30
  on air after  publish token {a} ("iad"), priority 30
  viewers       notice nothing: the feed on air is not touched

Publish token {c} ("lon"), the new primary, is not live: viewers stay where they are until it is.`,
		},
		"no number ranks above the token on air": {
			stage: func(srv *emulator.Server, a, b, c int64) {
				srv.SetPriority(a, new(int32(math.MaxInt32)))
				live(srv, a, b, c)
			},
			config:  func(a, b, c int64) values { return failoverValues(b, c, a) },
			summary: "The feed on air will be cut",
			detail: `
Putting the tokens of main_stream in this order, the primary first:

  1. publish token {b} ("phx"), priority 20
  2. publish token {c} ("lon"), priority 10
  3. publish token {a} ("iad"), priority 0 (new)

  disconnected  1 feed of publish token {a} ("iad")

  on air now    publish token {a} ("iad"), priority 2147483647
  on air after  publish token {b} ("phx"), priority 20
  viewers       are moved to publish token {b} ("phx") when the feed is cut; how long that takes is not published`,
		},
		"the only live feed, and the interruption is accepted": {
			stage: func(srv *emulator.Server, a, _, _ int64) {
				srv.SetPriority(a, new(int32(math.MaxInt32)))
				live(srv, a)
			},
			config:  func(a, b, c int64) values { return allowing(failoverValues(b, c, a), "allow_interruption") },
			summary: "Viewers will lose the picture",
			detail: `
Putting the tokens of main_stream in this order, the primary first:

  1. publish token {b} ("phx"), priority 20
  2. publish token {c} ("lon"), priority 10
  3. publish token {a} ("iad"), priority 0 (new)

  disconnected  1 feed of publish token {a} ("iad")

  on air now    publish token {a} ("iad"), priority 2147483647
  on air after  publish token {a} ("iad"), priority 0
  viewers       have no picture until the encoder of publish token {a} ("iad") has reconnected: no other feed is live

Publish token {b} ("phx"), the new primary, is not live: viewers get it as soon as it is.`,
		},
		"two sources": {
			stage: func(srv *emulator.Server, a, b, c int64) {
				live(srv, a, b)
				srv.StartEncoder(emulator.Encoder{TokenID: c, Stream: mainStream, SourceID: "cam2"})
				srv.StartEncoder(emulator.Encoder{TokenID: b, Stream: mainStream, SourceID: "cam2"})
			},
			config:  func(a, b, c int64) values { return failoverValues(b, a, c) },
			summary: "The feed on air will be cut",
			detail: `
Putting the tokens of main_stream in this order, the primary first:

  1. publish token {b} ("phx"), priority 20
  2. publish token {a} ("iad"), priority 15 (new)
  3. publish token {c} ("lon"), priority 10

  disconnected  1 feed of publish token {a} ("iad")

  on air now    publish token {a} ("iad"), priority 30
  on air after  publish token {b} ("phx"), priority 20
  viewers       are moved to publish token {b} ("phx") when the feed is cut; how long that takes is not published

  source        cam2
  on air now    publish token {b} ("phx"), priority 20
  on air after  publish token {b} ("phx"), priority 20
  viewers       notice nothing: the feed on air is not touched`,
		},
		"LiveMonitoring is off": {
			opts:    []emulator.Option{emulator.WithoutLiveMonitoring()},
			stage:   func(srv *emulator.Server, a, b, c int64) { live(srv, a, b, c) },
			config:  func(a, b, c int64) values { return failoverValues(c, a, b) },
			summary: "Viewers will be switched to another feed",
			detail: `
Putting the tokens of main_stream in this order, the primary first:

  1. publish token {c} ("lon"), priority 40 (new)
  2. publish token {a} ("iad"), priority 30
  3. publish token {b} ("phx"), priority 20

  disconnected  1 feed of publish token {c} ("lon")

  on air now    publish token {a} ("iad"), priority 30
  on air after  publish token {c} ("lon"), priority 40
  viewers       change over without a gap, once

LiveMonitoring is off on this account, so who is on air is a guess by the stored priorities, and can't be verified.`,
		},
		"nothing is live": {
			stage:  func(*emulator.Server, int64, int64, int64) {},
			config: func(a, b, c int64) values { return failoverValues(c, a, b) },
		},
		"nothing changes": {
			stage:  func(srv *emulator.Server, a, b, c int64) { live(srv, a, b, c) },
			config: func(a, b, c int64) values { return failoverValues(a, b, c) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t, test.opts...)
			a, b, c := mainToken(srv, "iad", new(int32(30))), mainToken(srv, "phx", new(int32(20))), mainToken(srv, "lon", new(int32(10)))
			test.stage(srv, a, b, c)

			plan := newProtocolClient(t, providerConfig(srv)).plan(streamFailover, nil, test.config(a, b, c))
			if test.summary == "" {
				if len(plan.diagnostics) > 0 {
					t.Errorf("diagnostics: %v", plan.diagnostics)
				}
				return
			}
			wantDiagnostic(t, plan.diagnostics, test.summary, golden(test.detail, map[string]any{"a": a, "b": b, "c": c}))
		})
	}
}

// live starts an encoder for each token.
func live(srv *emulator.Server, tokens ...int64) {
	for _, token := range tokens {
		encode(srv, token)
	}
}

func TestStreamFailover_refusals(t *testing.T) {
	t.Parallel()

	t.Run("the only live feed", func(t *testing.T) {
		t.Parallel()
		srv := emulator.Start(t)
		// Idle tokens on both sides leave the one on air no number.
		a, b := mainToken(srv, "iad", new(int32(math.MaxInt32))), mainToken(srv, "phx", new(int32(5)))
		live(srv, a)
		client := newProtocolClient(t, providerConfig(srv))
		wantDiagnostic(t, client.plan(streamFailover, nil, failoverValues(b, a)).diagnostics, "Viewers would lose the picture", golden(`
The order of main_stream takes a reprioritization of publish token {a} ("iad"), which has the only live feed: viewers would have no picture until its encoder has reconnected.

Start a second encoder first, or accept the interruption with the line:

  allow_interruption = true`, map[string]any{"a": a}))

		client.create(streamFailover, allowing(failoverValues(b, a), "allow_interruption"))
		if reprioritizations(srv) != 1 {
			t.Errorf("%d calls", reprioritizations(srv))
		}
	})

	t.Run("a token of several streams", func(t *testing.T) {
		t.Parallel()
		srv := emulator.Start(t)
		a, b := mainToken(srv, "iad", new(int32(20))), mainToken(srv, "phx", new(int32(10)), "second_stream")
		live(srv, a, b)
		client := newProtocolClient(t, providerConfig(srv))
		wantDiagnostic(t, client.plan(streamFailover, nil, failoverValues(b, a)).diagnostics, "Several streams would be disconnected", golden(`
The order of main_stream takes a reprioritization of publish token {b} ("phx"), which would disconnect its feeds on all of its streams: main_stream, second_stream.

Give each stream a publish token of its own, or accept that all are disconnected with the line:

  allow_multiple_streams = true`, map[string]any{"b": b}))

		client.create(streamFailover, allowing(failoverValues(b, a), "allow_multiple_streams"))
	})
}

func TestStreamFailover_reportsTokensOutsideOfTheOrder(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := mainToken(srv, "iad", new(int32(20))), mainToken(srv, "phx", new(int32(10)))
	named := mainToken(srv, "spare", new(int32(21)))
	regex := srv.CreateToken(emulator.TokenSeed{Label: "wide", Priority: new(int32(99)), Streams: []emulator.Stream{{Name: "main_.+", IsRegex: true}}})
	mainToken(srv, "below", new(int32(19)))
	srv.CreateToken(emulator.TokenSeed{Label: "elsewhere", Priority: new(int32(99)), Streams: []emulator.Stream{{Name: "xmain_.+", IsRegex: true}}})

	plan := newProtocolClient(t, providerConfig(srv)).plan(streamFailover, nil, failoverValues(a, b))
	wantDiagnostic(t, plan.diagnostics, "A token outside of the order outranks its primary", golden(`
These tokens publish main_stream, are not in token_ids, and tie with or rank above the primary, publish token {a} ("iad") with priority 20:

  publish token {regex} ("wide"), priority 99
  publish token {named} ("spare"), priority 21

Viewers get them whenever they are live. Add them to token_ids, or lower their priority.`, map[string]any{"a": a, "regex": regex, "named": named}))
}

func TestStreamFailover_reportsGeoCascadeSettingsThatDiffer(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := mainToken(srv, "iad", new(int32(20))), mainToken(srv, "phx", new(int32(10)))
	srv.UpdateToken(b, func(token *emulator.Token) {
		token.GeoCascade = &emulator.GeoCascade{IsEnabled: new(true), Clusters: []string{"phx-1", "lon-1"}}
	})

	plan := newProtocolClient(t, providerConfig(srv)).plan(streamFailover, nil, failoverValues(a, b))
	if len(plan.diagnostics) != 1 || plan.diagnostics[0].summary != "Geo-cascade settings differ" ||
		!strings.Contains(plan.diagnostics[0].detail, fmt.Sprintf(`publish token %d ("phx"): lon-1, phx-1`, b)) {
		t.Errorf("diagnostics: %v", plan.diagnostics)
	}
}

func TestStreamFailover_stopsIfAPriorityChangedSinceThePlan(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := primaryAndStandby(srv)
	client := newProtocolClient(t, providerConfig(srv))
	state := client.create(streamFailover, failoverValues(a, b))
	client = newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)

	plan := client.plan(streamFailover, state, failoverValues(b, a))
	srv.SetPriority(b, new(int32(11)))
	_, diags := client.apply(streamFailover, plan)
	wantDiagnostic(t, diags, "Stream changed since the plan", golden(`
Somebody changed the priority of publish token {b} ("main phx") since the plan, so what the plan said about viewers is no longer true. Nothing was disconnected.

  stored    publish token {b} ("main phx"): 11
  stored    publish token {a} ("main iad"): 20
  on air    main_stream: publish token {a} ("main iad"), priority 20

Run terraform plan again, and apply what it says then.`, map[string]any{"a": a, "b": b}))
	if reprioritizations(srv) != 0 {
		t.Errorf("%d calls", reprioritizations(srv))
	}
}

// The plan promised a change without a gap; the encoder that made that possible
// is gone.
func TestStreamFailover_stopsIfViewersWouldNoticeMoreThanThePlanSaid(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	first := encode(srv, a)
	encode(srv, b)
	client := newProtocolClient(t, providerConfig(srv))
	config := allowing(failoverValues(a, b), "allow_interruption")
	state := client.create(streamFailover, config)
	client = newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)

	plan := client.plan(streamFailover, state, allowing(failoverValues(b, a), "allow_interruption"))
	srv.StopEncoder(first)
	_, diags := client.apply(streamFailover, plan)
	if len(diags) != 1 || diags[0].summary != "Stream changed since the plan" || reprioritizations(srv) != 0 {
		t.Errorf("%d calls, diagnostics %v", reprioritizations(srv), diags)
	}
}

// A plan is made once more right before it is applied: it must say the same,
// whatever has happened on the stream since.
func TestStreamFailover_planIsTheSameWhenItIsMadeAgain(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	c := mainToken(srv, "main lon", new(int32(5)))
	first := encode(srv, a)
	client := newProtocolClient(t, providerConfig(srv))
	state := client.create(streamFailover, failoverValues(a, b, c))
	client = newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)

	one := client.plan(streamFailover, state, failoverValues(b, c, a))
	srv.StopEncoder(first)
	encode(srv, b)
	two := newProtocolClient(t, providerConfig(srv)).plan(streamFailover, state, failoverValues(b, c, a))
	if !reflect.DeepEqual(one.attribute("priorities"), two.attribute("priorities")) ||
		!reflect.DeepEqual(one.attribute("reprioritized_token_ids"), two.attribute("reprioritized_token_ids")) {
		t.Errorf("planned %v, and then %v", one.attribute("priorities"), two.attribute("priorities"))
	}
}

func TestStreamFailover_explicitPriorityIsAnErrorOnceAndNeverADiff(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b, c := mainToken(srv, "iad", new(int32(30))), mainToken(srv, "phx", new(int32(20))), mainToken(srv, "lon", new(int32(10)))
	live(srv, a, b)
	srv.StartEncoder(emulator.Encoder{TokenID: c, Stream: mainStream, ReconnectAfter: reconnect, Priority: new(int32(25))})
	client := newProtocolClient(t, providerConfig(srv))

	// The live feed of c ranks above b's, so c is called, and comes back as it was.
	change := client.plan(streamFailover, nil, failoverValues(a, b, c))
	state, diags := client.apply(streamFailover, change)
	if len(diags) != 1 || diags[0].summary != "Feed came back with another priority" || reprioritizations(srv) != 1 {
		t.Fatalf("%d calls, diagnostics %v", reprioritizations(srv), diags)
	}
	state, diags = client.read(streamFailover, state)
	wantSummary(t, diags, "Feed ignores the priority of its token")
	if plan := client.plan(streamFailover, state, failoverValues(a, b, c)); !plan.noop {
		t.Errorf("a difference: %v", plan.planned)
	}
}

func wantSummary(t *testing.T, diags diagnostics, summary string) {
	t.Helper()
	if len(diags) != 1 || diags[0].summary != summary {
		t.Errorf("diagnostics %v, want %q", diags, summary)
	}
}

// Terraform replaces a resource whose creation ended with an error.
func TestStreamFailover_replacementKnowsWhatTheFailedCreationLearnt(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b, c := mainToken(srv, "iad", new(int32(30))), mainToken(srv, "phx", new(int32(20))), mainToken(srv, "lon", new(int32(10)))
	live(srv, a, b)
	srv.StartEncoder(emulator.Encoder{TokenID: c, Stream: mainStream, ReconnectAfter: reconnect, Priority: new(int32(25))})
	config := failoverValues(a, b, c)
	client := newProtocolClient(t, providerConfig(srv))
	state, diags := client.apply(streamFailover, client.plan(streamFailover, nil, config))
	wantSummary(t, diags, "Feed came back with another priority")

	// The next plan reads the tainted resource, and plans a new one.
	client = newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)
	creation := client.plan(streamFailover, nil, config)
	// The apply deletes the old one with what the plan has kept, plans once more,
	// and creates.
	client = newProtocolClient(t, providerConfig(srv))
	deletion := client.plan(streamFailover, state, nil)
	deletion.planned.private = creation.planned.private
	if _, diags := client.apply(streamFailover, deletion); len(diags) > 0 {
		t.Fatal(diags)
	}
	client.create(streamFailover, config)
	if got := reprioritizations(srv); got != 1 {
		t.Errorf("%d calls, want 1: the encoder was disconnected again", got)
	}
}

// Ctrl-C while an encoder is away leaves a state of what was done.
func TestStreamFailover_interruptedInTheMiddle(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)
	client := newProtocolClient(t, providerConfig(srv))
	state := client.create(streamFailover, failoverValues(ids...))
	client = newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)
	plan := client.plan(streamFailover, state, failoverValues(ids[3], ids[2], ids[1], ids[0]))

	go func() {
		// The first reading after the call says that the waiting has begun.
		for waiting := false; !waiting; time.Sleep(time.Millisecond) {
			requests := srv.Requests()
			waiting = reprioritizations(srv) > 0 && requests[len(requests)-1].Method == "GET"
		}
		_, _ = client.server.StopProvider(context.Background(), nil)
	}()
	state, diags := client.apply(streamFailover, plan)
	if len(diags) != 1 || !strings.Contains(diags[0].detail, "Done so far: publish token "+number64(ids[3])) {
		t.Fatalf("diagnostics: %v", diags)
	}
	waitUntilLive(t, srv, 4)

	client = newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)
	client.update(streamFailover, state, failoverValues(ids[3], ids[2], ids[1], ids[0]))
	if got := reprioritizations(srv); got != 3 {
		t.Errorf("%d calls in all, want 3", got)
	}
	wantViewers(t, srv, ids[3], 1)
}

func TestStreamFailover_importReportsTies(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := mainToken(srv, "iad", new(int32(20))), mainToken(srv, "phx", new(int32(20)))

	_, diags := newProtocolClient(t, providerConfig(srv)).importByID(streamFailover, mainStream)
	wantDiagnostic(t, diags, "Tokens tie", golden(`
These tokens of main_stream have the same priority, so which of them viewers get is not documented:

  publish token {a} ("iad") and publish token {b} ("phx"): 20

The next plan breaks the tie, and says what that disconnects.`, map[string]any{"a": a, "b": b}))
}

func TestStreamFailover_tokenToComeInALiveStream(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, _ := primaryAndStandby(srv)

	plan := newProtocolClient(t, providerConfig(srv)).plan(streamFailover, nil, values{"stream_name": mainStream, "token_ids": []any{unknown{}, a}})
	wantSummary(t, plan.diagnostics, "Order is not known yet")
}

func TestStreamFailover_vanishedTokens(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := mainToken(srv, "iad", new(int32(20))), mainToken(srv, "phx", new(int32(10)))
	client := newProtocolClient(t, providerConfig(srv))
	state := client.create(streamFailover, failoverValues(a, b))

	srv.DeleteToken(b)
	client = newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)
	plan := client.plan(streamFailover, state, failoverValues(a, b))
	wantSummary(t, plan.diagnostics, "No such publish token")
	if got := plan.diagnostics[0].path; got != "token_ids[1]" {
		t.Errorf("the error is on %s", got)
	}

	srv.DeleteToken(a)
	if state, _ = newProtocolClient(t, providerConfig(srv)).read(streamFailover, state); state != nil {
		t.Errorf("a state is left: %v", state)
	}
}

// What the operator asks for counts, not whether the list looks like it.
func TestStreamFailover_orderThatIsStoredAndNotInEffectIsADifference(t *testing.T) {
	t.Parallel()
	for name, number := range map[string]int32{"stored above the primary": 50, "a tie": 20} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			a, b := primaryAndStandby(srv)
			state := newProtocolClient(t, providerConfig(srv)).create(streamFailover, failoverValues(a, b))
			srv.SetPriority(b, new(number))

			client := newProtocolClient(t, providerConfig(srv))
			state, _ = client.read(streamFailover, state)
			if state.attribute("in_order") != false {
				t.Errorf("in_order is %v", state.attribute("in_order"))
			}
			client.update(streamFailover, state, failoverValues(b, a))
			wantViewers(t, srv, b, 1)
		})
	}
}

func TestStreamFailover_importOfATieKeepsTheOrderAndBreaksTheTie(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b, c := mainToken(srv, "iad", new(int32(30))), mainToken(srv, "phx", nil), mainToken(srv, "lon", nil)
	live(srv, a, b, c)

	state, _ := newProtocolClient(t, providerConfig(srv)).importByID(streamFailover, mainStream)
	if want := []any{a, b, c}; !reflect.DeepEqual(state.attribute("token_ids"), want) {
		t.Fatalf("token_ids %v, want %v", state.attribute("token_ids"), want)
	}
	state = newProtocolClient(t, providerConfig(srv)).update(streamFailover, state, failoverValues(a, b, c))
	if state.attribute("in_order") != true || reprioritizations(srv) != 1 {
		t.Errorf("%d calls, in_order %v", reprioritizations(srv), state.attribute("in_order"))
	}
	wantViewers(t, srv, a, 0)
}

// A call disconnects the token's feeds on every stream, so the plan speaks of all.
func TestStreamFailover_wordsOfATokenThatPublishesAnotherStream(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, x := mainToken(srv, "iad", new(int32(20))), mainToken(srv, "wide", new(int32(10)), "second_stream")
	u := srv.CreateToken(emulator.TokenSeed{Label: "other", Priority: new(int32(15)), Streams: []emulator.Stream{{Name: "second_stream"}}})
	live(srv, a)
	for _, token := range []int64{x, u} {
		srv.StartEncoder(emulator.Encoder{TokenID: token, Stream: "second_stream", ReconnectAfter: reconnect})
	}
	config := allowing(failoverValues(x, a), "allow_multiple_streams")
	client := newProtocolClient(t, providerConfig(srv))
	plan := client.plan(streamFailover, nil, config)
	wantDiagnostic(t, plan.diagnostics, "Viewers will be switched to another feed", golden(`
Putting the tokens of main_stream in this order, the primary first:

  1. publish token {x} ("wide"), priority 30 (new)
  2. publish token {a} ("iad"), priority 20

  disconnected  1 feed of publish token {x} ("wide")

  on air now    publish token {a} ("iad"), priority 20
  on air after  publish token {a} ("iad"), priority 20
  viewers       notice nothing: the feed on air is not touched

  stream        second_stream
  on air now    publish token {u} ("other"), priority 15
  on air after  publish token {x} ("wide"), priority 30
  viewers       change over without a gap, once

Publish token {x} ("wide"), the new primary, is not live: viewers get it as soon as it is.`, map[string]any{"a": a, "x": x, "u": u}))
	if _, diags := client.apply(streamFailover, plan); len(diags) > 0 {
		t.Error(diags)
	}
}

func TestStreamFailover_twoOrdersOfOneStreamAreAConflict(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := primaryAndStandby(srv)
	client := newProtocolClient(t, providerConfig(srv))
	client.plan(streamFailover, nil, failoverValues(a, b))
	wantSummary(t, client.plan(streamFailover, nil, failoverValues(b, a)).diagnostics, "Stream has two orders")
}

// Whichever Terraform plans first.
func TestStreamFailover_takingOverFromAResourceThatRestores(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := primaryAndStandby(srv)
	old := newProtocolClient(t, providerConfig(srv)).create(streamPriority, values{"token_id": b, "priority": 50, "on_destroy": "restore"})
	waitUntilLive(t, srv, 2)

	client := newProtocolClient(t, providerConfig(srv))
	client.plan(streamPriority, old, nil)
	wantSummary(t, client.plan(streamFailover, nil, failoverValues(b, a)).diagnostics, "Priority would be put back by another resource")

	client = newProtocolClient(t, providerConfig(srv))
	client.plan(streamFailover, nil, failoverValues(b, a))
	wantSummary(t, client.plan(streamPriority, old, nil).diagnostics, "Priority would be put back by another resource")
}

func TestStreamFailover_refreshReportsAnUnlistedFeedOnAir(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := primaryAndStandby(srv)
	state := newProtocolClient(t, providerConfig(srv)).create(streamFailover, failoverValues(a, b))
	encode(srv, mainToken(srv, "intruder", new(int32(99))))

	client := newProtocolClient(t, providerConfig(srv))
	state, diags := client.read(streamFailover, state)
	wantSummary(t, diags, "A token outside of the order outranks its primary")
	if plan := client.plan(streamFailover, state, failoverValues(a, b)); !plan.noop {
		t.Error("it is no difference to the order")
	}
}

// A lost answer is no proof: the state says what is there, and the next apply
// does the rest.
func TestStreamFailover_lostAnswerIsNotTakenForDone(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := primaryAndStandby(srv)
	state := newProtocolClient(t, providerConfig(srv)).create(streamFailover, failoverValues(a, b))
	srv.Inject(emulator.Fault{Method: "POST", Route: reprioritizeRoute, Kind: emulator.FaultHTML, Status: 502})

	client := newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)
	state, diags := client.apply(streamFailover, client.plan(streamFailover, state, failoverValues(b, a)))
	if len(diags) != 1 || !strings.Contains(diags[0].detail, "is not certain") || strings.Contains(diags[0].detail, "Done so far") {
		t.Fatalf("diagnostics: %v", diags)
	}
	if got, _ := state.attribute("priorities").(values); got[number64(b)] != int64(10) {
		t.Errorf("the state has %v for a token that has 10", got)
	}
	client = newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)
	client.update(streamFailover, state, failoverValues(b, a))
	wantViewers(t, srv, b, 1)
}

func TestStreamFailover_guardIsMetBeforeTheFirstCall(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)
	state := newProtocolClient(t, providerConfig(srv)).create(streamFailover, failoverValues(ids...))
	client := newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)
	plan := client.plan(streamFailover, state, failoverValues(ids[3], ids[2], ids[1], ids[0]))
	srv.UpdateToken(ids[1], func(token *emulator.Token) { token.IsActive = false })

	_, diags := client.apply(streamFailover, plan)
	wantSummary(t, diags, "Encoder could not reconnect")
	if reprioritizations(srv) != 0 {
		t.Errorf("%d calls", reprioritizations(srv))
	}
}

func TestStreamFailover_identityIsTheStream(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := mainToken(srv, "iad", new(int32(20))), mainToken(srv, "phx", new(int32(10)))
	client := newProtocolClient(t, singleReads(srv))
	want := func(i *instance, when string) {
		t.Helper()
		if got := client.identity(streamFailover, i.identity); got["stream_name"] != mainStream {
			t.Errorf("%s: identity %v", when, got)
		}
	}
	created := client.create(streamFailover, failoverValues(a, b))
	want(created, "created")

	created.identity = nil // As in a state from before there were identities.
	refreshed, _ := client.read(streamFailover, created)
	want(refreshed, "refreshed")
	imported, _ := client.importByID(streamFailover, mainStream)
	want(imported, "imported")

	srv.DeleteToken(a)
	srv.DeleteToken(b)
	if gone, diags := client.read(streamFailover, created); gone != nil || len(diags) != 0 {
		t.Errorf("state %v, diagnostics %v", gone, diags)
	}
}

// The calls are made; only the last reading fails. What was done is not forgotten.
func TestStreamFailover_lastReadingThatFailsKeepsWhatWasDone(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	a, b := mainToken(srv, "iad", new(int32(20))), mainToken(srv, "phx", new(int32(10)))
	state := newProtocolClient(t, providerConfig(srv)).create(streamFailover, failoverValues(a, b))
	client := newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)
	plan := client.plan(streamFailover, state, failoverValues(b, a))

	// Nothing is live, so the readings are: both tokens, the one to call, both again.
	srv.Inject(emulator.Fault{Method: "GET", Route: "/api/publish_token/{tokenId}", Call: 5, Times: -1, Kind: emulator.FaultStatus, Status: 400})
	state, diags := client.apply(streamFailover, plan)
	if len(diags) != 1 || !strings.Contains(diags[0].detail, "Done so far: "+tokenName(a, "iad")) {
		t.Fatalf("diagnostics: %v", diags)
	}
	if got, _ := state.attribute("priorities").(values); got[number64(a)] != int64(0) {
		t.Errorf("the state has the priorities %v", got)
	}

	srv.ClearFaults()
	client = newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamFailover, state)
	if next := client.plan(streamFailover, state, failoverValues(b, a)); !next.noop || reprioritizations(srv) != 1 {
		t.Errorf("%d calls, and a difference is left: %v", reprioritizations(srv), next.diagnostics)
	}
}

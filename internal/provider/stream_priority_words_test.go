package provider

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const streamPriority = "millicast_stream_priority"

// golden replaces {name} in a golden text by what a test knows only when it runs.
func golden(text string, names map[string]any) string {
	for name, value := range names {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(value))
	}
	return strings.TrimPrefix(text, "\n")
}

// Each text is what the reviewer of a pull request reads in the plan.
func TestStreamPriority_planWords(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		opts    []emulator.Option
		stage   func(srv *emulator.Server) (token int64, names map[string]any)
		config  values
		summary string
		detail  string
	}{
		"the standby is raised above the feed on air": {
			stage: func(srv *emulator.Server) (int64, map[string]any) {
				iad, phx := primaryAndStandby(srv)
				return phx, map[string]any{"iad": iad, "phx": phx}
			},
			config:  values{"priority": 30},
			summary: "Viewers will be switched to another feed",
			detail: `
Reprioritizing publish token {phx} ("main phx") from 10 to 30:

  stream        main_stream
  on air now    publish token {iad} ("main iad"), priority 20
  on air after  publish token {phx} ("main phx"), priority 30
  disconnected  1 feed of publish token {phx} ("main phx")
  viewers       change over without a gap: the feed on air runs on
                until publish token {phx} ("main phx") is back and takes over`,
		},
		"the standby is moved below the feed on air": {
			stage: func(srv *emulator.Server) (int64, map[string]any) {
				iad, phx := primaryAndStandby(srv)
				return phx, map[string]any{"iad": iad, "phx": phx}
			},
			config:  values{"priority": 15},
			summary: "A standby feed will be disconnected",
			detail: `
Reprioritizing publish token {phx} ("main phx") from 10 to 15:

  stream        main_stream
  on air now    publish token {iad} ("main iad"), priority 20
  on air after  publish token {iad} ("main iad"), priority 20
  disconnected  1 feed of publish token {phx} ("main phx")
  viewers       notice nothing: the feed on air is not touched`,
		},
		"the feed on air is lowered while a standby is live": {
			stage: func(srv *emulator.Server) (int64, map[string]any) {
				iad, phx := primaryAndStandby(srv)
				return iad, map[string]any{"iad": iad, "phx": phx}
			},
			config:  values{"priority": 5},
			summary: "The feed on air will be cut",
			detail: `
Reprioritizing publish token {iad} ("main iad") from 20 to 5:

  stream        main_stream
  on air now    publish token {iad} ("main iad"), priority 20
  on air after  publish token {phx} ("main phx"), priority 10
  disconnected  1 feed of publish token {iad} ("main iad")
  viewers       are moved to publish token {phx} ("main phx") when the feed is cut;
                how long that takes is not published
                Raising publish token {phx} ("main phx") above 20 instead would spare them that`,
		},
		"the feed on air is raised": {
			stage: func(srv *emulator.Server) (int64, map[string]any) {
				iad, phx := primaryAndStandby(srv)
				return iad, map[string]any{"iad": iad, "phx": phx}
			},
			config:  values{"priority": 25},
			summary: "The feed on air will be cut",
			detail: `
Reprioritizing publish token {iad} ("main iad") from 20 to 25:

  stream        main_stream
  on air now    publish token {iad} ("main iad"), priority 20
  on air after  publish token {iad} ("main iad"), priority 25
  disconnected  1 feed of publish token {iad} ("main iad")
  viewers       are moved to publish token {phx} ("main phx") when the feed is cut;
                how long that takes is not published
                and back again when its encoder has reconnected`,
		},
		"the only live feed, and the interruption is accepted": {
			stage: func(srv *emulator.Server) (int64, map[string]any) {
				iad := mainToken(srv, "main iad", nil)
				encode(srv, iad)
				return iad, map[string]any{"iad": iad}
			},
			config:  values{"priority": 5, "allow_interruption": true},
			summary: "Viewers will lose the picture",
			detail: `
Reprioritizing publish token {iad} ("main iad") from unset to 5:

  stream        main_stream
  on air now    publish token {iad} ("main iad"), priority unset
  on air after  publish token {iad} ("main iad"), priority 5
  disconnected  1 feed of publish token {iad} ("main iad")
  viewers       have no picture until the encoder has reconnected:
                no other feed is live`,
		},
		"a tie": {
			stage: func(srv *emulator.Server) (int64, map[string]any) {
				iad, phx := primaryAndStandby(srv)
				return phx, map[string]any{"iad": iad, "phx": phx}
			},
			config:  values{"priority": 20},
			summary: "A standby feed will be disconnected",
			detail: `
Reprioritizing publish token {phx} ("main phx") from 10 to 20:

  stream        main_stream
  on air now    publish token {iad} ("main iad"), priority 20
  on air after  publish token {iad} ("main iad"), priority 20, or another with the same priority: which one is not documented
  disconnected  1 feed of publish token {phx} ("main phx")
  viewers       notice nothing: the feed on air is not touched`,
		},
		"the priority is stored already, and a live feed has another": {
			stage: func(srv *emulator.Server) (int64, map[string]any) {
				iad, phx := primaryAndStandby(srv)
				srv.SetPriority(phx, new(int32(30)))
				return phx, map[string]any{"iad": iad, "phx": phx}
			},
			config:  values{"priority": 30},
			summary: "Viewers will be switched to another feed",
			detail: `
Putting the stored priority 30 of publish token {phx} ("main phx") on its live feeds:

  stream        main_stream
  on air now    publish token {iad} ("main iad"), priority 20
  on air after  publish token {phx} ("main phx"), priority 30
  disconnected  1 feed of publish token {phx} ("main phx")
  viewers       change over without a gap: the feed on air runs on
                until publish token {phx} ("main phx") is back and takes over`,
		},
		"two sources": {
			stage: func(srv *emulator.Server) (int64, map[string]any) {
				iad, phx := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
				for _, e := range []emulator.Encoder{{TokenID: iad, SourceID: "cam1"}, {TokenID: phx, SourceID: "cam1"}, {TokenID: phx, SourceID: "cam2"}} {
					e.Stream = mainStream
					srv.StartEncoder(e)
				}
				return phx, map[string]any{"iad": iad, "phx": phx}
			},
			config:  values{"priority": 15, "allow_interruption": true},
			summary: "Viewers will lose the picture",
			detail: `
Reprioritizing publish token {phx} ("main phx") from 10 to 15:

  stream        main_stream, source cam1
  on air now    publish token {iad} ("main iad"), priority 20
  on air after  publish token {iad} ("main iad"), priority 20
  disconnected  1 feed of publish token {phx} ("main phx")
  viewers       notice nothing: the feed on air is not touched

  stream        main_stream, source cam2
  on air now    publish token {phx} ("main phx"), priority 10
  on air after  publish token {phx} ("main phx"), priority 15
  disconnected  1 feed of publish token {phx} ("main phx")
  viewers       have no picture until the encoder has reconnected:
                no other feed is live`,
		},
		"LiveMonitoring is off": {
			opts: []emulator.Option{emulator.WithoutLiveMonitoring()},
			stage: func(srv *emulator.Server) (int64, map[string]any) {
				iad, phx := primaryAndStandby(srv)
				return phx, map[string]any{"iad": iad, "phx": phx}
			},
			config:  values{"priority": 30},
			summary: "A live feed will be disconnected",
			detail: `
Reprioritizing publish token {phx} ("main phx") from 10 to 30:

  LiveMonitoring is off on this account, so it can't be verified which feed
  is on air, which sources are live, or with which priority feeds come back.
  Known is who has a live feed: publish token {iad} ("main iad"), publish token {phx} ("main phx").
  The feeds of publish token {phx} ("main phx") are disconnected.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t, test.opts...)
			token, names := test.stage(srv)
			test.config["token_id"] = token

			plan := newProtocolClient(t, providerConfig(srv)).plan(streamPriority, nil, test.config)
			wantDiagnostic(t, plan.diagnostics, test.summary, golden(test.detail, names))
			if reprioritizations(srv) != 0 {
				t.Error("a plan must not disconnect anything")
			}
		})
	}
}

// wantDiagnostic checks that there is just one diagnostic, word by word.
func wantDiagnostic(t *testing.T, diags diagnostics, summary, detail string) {
	t.Helper()
	if len(diags) != 1 {
		t.Fatalf("%d diagnostics, want 1: %v", len(diags), diags)
	}
	if diags[0].summary != summary {
		t.Errorf("summary %q, want %q", diags[0].summary, summary)
	}
	if diags[0].detail != detail {
		t.Errorf("detail:\n%s\n\nwant:\n%s", diags[0].detail, detail)
	}
}

func TestStreamPriority_planSaysNothingWhereNothingIsLive(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	token := mainToken(srv, "main iad", nil)

	plan := newProtocolClient(t, providerConfig(srv)).plan(streamPriority, nil, values{"token_id": token, "priority": 20})
	if len(plan.diagnostics) != 0 {
		t.Errorf("diagnostics: %v", plan.diagnostics)
	}
}

func TestStreamPriority_refusalWords(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad := mainToken(srv, "main iad", new(int32(20)))
	wide := srv.CreateToken(emulator.TokenSeed{Label: "wide", Streams: []emulator.Stream{{Name: "second"}, {Name: "show_[0-9]+", IsRegex: true}}})
	encode(srv, iad)
	client := newProtocolClient(t, providerConfig(srv))
	names := map[string]any{"iad": iad, "wide": wide}

	wantDiagnostic(t, client.plan(streamPriority, nil, values{"token_id": iad, "priority": 5}).diagnostics, "Viewers would lose the picture", golden(`
Reprioritizing publish token {iad} ("main iad") from 20 to 5 would take main_stream off the air until the encoder has reconnected. No other feed of it is live.

Start a second encoder first, or accept the interruption with the line:

  allow_interruption = true`, names))

	wantDiagnostic(t, client.plan(streamPriority, nil, values{"token_id": wide, "priority": 5}).diagnostics, "Several streams would be disconnected", golden(`
Reprioritizing publish token {wide} ("wide") from unset to 5 would disconnect its feeds on all of its streams: second, show_[0-9]+ (a regular expression).

Give each stream a publish token of its own, or accept that all are disconnected with the line:

  allow_multiple_streams = true`, names))
}

func TestStreamPriority_changedSinceThePlanWords(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad, phx := primaryAndStandby(srv)
	client := newProtocolClient(t, providerConfig(srv))
	config := values{"token_id": phx, "priority": 10}
	state := client.create(streamPriority, config)

	client = newProtocolClient(t, providerConfig(srv))
	plan := client.plan(streamPriority, state, values{"token_id": phx, "priority": 30})
	srv.SetPriority(phx, new(int32(11)))
	_, diags := client.apply(streamPriority, plan)
	wantDiagnostic(t, diags, "Priority changed since the plan", golden(`
The plan was made when publish token {phx} ("main phx") had the priority 10. It has 11 now, and nothing was disconnected:

  stored    publish token {phx} ("main phx"): 11
  on air    publish token {iad} ("main iad") on main_stream: 20
  standby   publish token {phx} ("main phx") on main_stream: 10

Run terraform plan again, and apply what it says then.`, map[string]any{"iad": iad, "phx": phx}))
	if reprioritizations(srv) != 0 {
		t.Error("something was disconnected")
	}
}

func TestStreamPriority_changedSinceThePlanOfACreation(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, phx := primaryAndStandby(srv)
	client := newProtocolClient(t, providerConfig(srv))

	plan := client.plan(streamPriority, nil, values{"token_id": phx, "priority": 30})
	srv.SetPriority(phx, new(int32(11)))
	if _, diags := client.apply(streamPriority, plan); len(diags) != 1 || diags[0].summary != "Priority changed since the plan" {
		t.Errorf("diagnostics: %v", diags)
	}

	plan = client.plan(streamPriority, nil, values{"token_id": phx, "priority": 11})
	srv.SetPriority(phx, new(int32(11)))
	if plan.attribute("in_effect") != (unknown{}) {
		t.Errorf("in_effect is planned as %v, although a live feed has another priority", plan.attribute("in_effect"))
	}
}

func TestStreamPriority_notBackWords(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad, phx := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	encode(srv, iad)
	srv.StartEncoder(emulator.Encoder{TokenID: phx, Stream: mainStream, NeverReconnects: true})
	client := newProtocolClient(t, providerConfig(srv))

	plan := client.plan(streamPriority, nil, values{"token_id": phx, "priority": 30, "timeouts": values{"create": "3s"}})
	state, diags := client.apply(streamPriority, plan)
	wantDiagnostic(t, diags, "Feed has not come back", golden(`
The priority of publish token {phx} ("main phx") is stored, and its feeds were disconnected. The timeout of this resource passed before its feeds were back:

  main_stream

Look at the encoder: it has to reconnect by itself. When it is back, run terraform apply again: it is not disconnected a second time. If encoders need longer here, raise create and update in the timeouts of this resource.

Last seen:

  stored    publish token {phx} ("main phx"): 30
  on air    publish token {iad} ("main iad") on main_stream: 20`, map[string]any{"iad": iad, "phx": phx}))
	if state == nil {
		t.Error("there is no state of what was done")
	}
}

func TestStreamPriority_explicitPriorityWords(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, phx := primaryAndStandby(srv)
	client := newProtocolClient(t, providerConfig(srv))
	state := client.create(streamPriority, values{"token_id": phx, "priority": 10})
	srv.StopEncoder(srv.Encoders()[1].ID)
	srv.StartEncoder(emulator.Encoder{TokenID: phx, Stream: mainStream, ReconnectAfter: reconnect, Priority: new(int32(7))})
	names := map[string]any{"phx": phx}

	client = newProtocolClient(t, providerConfig(srv))
	state, diags := client.apply(streamPriority, client.plan(streamPriority, state, values{"token_id": phx, "priority": 15}))
	wantDiagnostic(t, diags, "Feed came back with another priority", golden(`
Publish token {phx} ("main phx") was reprioritized to 15, and its feeds have reconnected.

The encoder of publish token {phx} ("main phx") publishes with a priority of its own, so its feed ignores the token's:

  main_stream: priority 7

Remove priority= from the publish address of the encoder and restart it. Until then nothing is disconnected again for this.`, names))

	state, diags = client.read(streamPriority, state)
	wantDiagnostic(t, diags, "Feed ignores the priority of its token", golden(`
The encoder of publish token {phx} ("main phx") publishes with a priority of its own, so its feed ignores the token's:

  main_stream: priority 7

Remove priority= from the publish address of the encoder and restart it. Until then nothing is disconnected again for this.`, names))
	if state.attribute("in_effect") != true {
		t.Errorf("in_effect is %v", state.attribute("in_effect"))
	}
}

func TestStreamPriority_destroyWords(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		previous *int32
		change   func(srv *emulator.Server, phx int64)
		imported bool
		summary  string
		detail   string
	}{
		"the previous priority is put back": {
			previous: new(int32(10)),
			summary:  "The feed on air will be cut",
			detail: `
on_destroy is "restore". Reprioritizing publish token {phx} ("main phx") from 30 to 10:

  stream        main_stream
  on air now    publish token {phx} ("main phx"), priority 30
  on air after  publish token {iad} ("main iad"), priority 20
  disconnected  1 feed of publish token {phx} ("main phx")
  viewers       are moved to publish token {iad} ("main iad") when the feed is cut;
                how long that takes is not published
                Raising publish token {iad} ("main iad") above 30 instead would spare them that`,
		},
		"the previous priority was unset": {
			summary: "Priority is cleared when the stream restarts",
			detail: `
on_destroy is "restore", and the priority of publish token {phx} ("main phx") was unset before. It is cleared without disconnecting anything: live feeds keep 30 until their encoder restarts.

Restart the encoder when viewers can spare it, if that should count sooner.`,
		},
		"somebody changed it since": {
			previous: new(int32(10)),
			change:   func(srv *emulator.Server, phx int64) { srv.SetPriority(phx, new(int32(33))) },
			summary:  "Priority is left alone",
			detail: `
on_destroy is "restore", but somebody changed the priority of publish token {phx} ("main phx") since: this resource set 30, and it is 33 now. It stays as it is.

If it should be another, change it in the dashboard or in the configuration that owns it now.`,
		},
		"after an import nothing is remembered": {
			previous: new(int32(30)),
			imported: true,
			summary:  "Priority is kept",
			detail: `
on_destroy is "restore", but this resource was imported, so it does not know which priority publish token {phx} had before. The priority stays as it is.

To change it, do so in the configuration before the resource is destroyed.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			iad, phx := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", test.previous)
			encode(srv, iad)
			encode(srv, phx)
			client := newProtocolClient(t, providerConfig(srv))
			config := values{"token_id": phx, "priority": 30, "on_destroy": "restore"}

			var state *instance
			if test.imported {
				state, _ = client.importByID(streamPriority, fmt.Sprint(phx))
			}
			state = client.update(streamPriority, state, config)
			client = newProtocolClient(t, providerConfig(srv))
			if test.change != nil {
				test.change(srv, phx)
			}
			waitUntilLive(t, srv, 2)
			wantDiagnostic(t, client.plan(streamPriority, state, nil).diagnostics, test.summary,
				golden(test.detail, map[string]any{"iad": iad, "phx": phx}))
		})
	}
}

func waitUntilLive(t *testing.T, srv *emulator.Server, feeds int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); len(srv.Feeds(mainStream)) != feeds; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d feeds are live, want %d", len(srv.Feeds(mainStream)), feeds)
		}
	}
}

func TestStreamPriority_twoOfOneTokenAreAConflict(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, phx := primaryAndStandby(srv)
	client := newProtocolClient(t, providerConfig(srv))

	if plan := client.plan(streamPriority, nil, values{"token_id": phx, "priority": 15}); len(plan.diagnostics.errors()) != 0 {
		t.Fatal(plan.diagnostics)
	}
	wantDiagnostic(t, client.plan(streamPriority, nil, values{"token_id": phx, "priority": 16}).diagnostics, "Priority has two owners", golden(`
The priority of publish token {phx} is set twice: by a millicast_stream_priority resource with priority 16 and by a millicast_stream_priority resource with priority 15. They would undo each other's work, and disconnect encoders, in every apply.

Remove one of them. To keep this one, remove the millicast_stream_priority resource with priority 15.`, map[string]any{"phx": phx}))
}

// The token that is given up gets its priority back; the one that is taken over
// is a plan of its own.
func TestStreamPriority_anotherTokenWithRestoreSaysWhatThatCuts(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad, phx := primaryAndStandby(srv)
	client := newProtocolClient(t, providerConfig(srv))
	state := client.create(streamPriority, values{"token_id": phx, "priority": 30, "on_destroy": "restore"})

	client = newProtocolClient(t, providerConfig(srv))
	state, _ = client.read(streamPriority, state)
	plan := client.plan(streamPriority, state, values{"token_id": iad, "priority": 20, "on_destroy": "restore"})
	wantSummary(t, plan.diagnostics, "The feed on air will be cut")
	plan = client.plan(streamPriority, state, values{"token_id": unknown{}, "priority": 20, "on_destroy": "restore"})
	wantSummary(t, plan.diagnostics, "The feed on air will be cut")
}

func TestStreamPriority_encoderThatCouldNotReconnect(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, phx := primaryAndStandby(srv)
	srv.UpdateToken(phx, func(token *emulator.Token) { token.IsActive = false })

	plan := newProtocolClient(t, providerConfig(srv)).plan(streamPriority, nil, values{"token_id": phx, "priority": 30, "allow_interruption": true})
	wantDiagnostic(t, plan.diagnostics, "Encoder could not reconnect", golden(`
Reprioritizing publish token {phx} ("main phx") from 10 to 30 would disconnect its live feed, and its encoder could not reconnect: it is disabled (is_active is false).

Raise the token that viewers shall get instead, or let new broadcasts of this one in first.`, map[string]any{"phx": phx}))
}

func TestStreamPriority_restoreThatIsNotBackIsAWarning(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	iad, phx := mainToken(srv, "main iad", new(int32(20))), mainToken(srv, "main phx", new(int32(10)))
	encode(srv, iad)
	config := values{"token_id": phx, "priority": 30, "on_destroy": "restore", "timeouts": values{"delete": "3s"}}
	client := newProtocolClient(t, providerConfig(srv))
	state := client.create(streamPriority, config)
	srv.StartEncoder(emulator.Encoder{TokenID: phx, Stream: mainStream, NeverReconnects: true})

	client = newProtocolClient(t, providerConfig(srv))
	state, diags := client.apply(streamPriority, client.plan(streamPriority, state, nil))
	wantSummary(t, diags, "Feed has not come back")
	if state != nil || len(diags.errors()) != 0 || strings.Contains(diags[0].detail, "terraform apply again") {
		t.Errorf("state %v, diagnostics %v", state, diags)
	}
}

func TestStreamPriority_destroyOfATokenThatIsGone(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	_, phx := primaryAndStandby(srv)
	client := newProtocolClient(t, providerConfig(srv))
	state := client.create(streamPriority, values{"token_id": phx, "priority": 30, "on_destroy": "restore"})
	srv.DeleteToken(phx)

	client = newProtocolClient(t, providerConfig(srv))
	plan := client.plan(streamPriority, state, nil)
	if _, diags := client.apply(streamPriority, plan); len(plan.diagnostics)+len(diags) != 0 {
		t.Errorf("diagnostics: %v %v", plan.diagnostics, diags)
	}
}

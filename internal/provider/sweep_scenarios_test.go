package provider

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const (
	streamPriorityType = "millicast_stream_priority"

	// sweepStream is the one that viewers watch.
	sweepStream = "main"

	// sweepReconnect is how long encoders of the sweep are away.
	sweepReconnect = 20 * time.Millisecond
)

// sweepScenario is a run of Terraform that is worth to be hit by faults.
type sweepScenario struct {
	name     string
	typeName string

	tokens  []emulator.TokenSeed // others, all of them live on the stream, with ids from 10001
	before  values               // the configuration that is applied before; nil: none
	live    bool                 // the token of before has an encoder
	imports bool                 // the run imports the first of the tokens before it applies
	after   values               // the configuration that the run applies; nil: destroy

	// onlyOrder says that numbers, and with them whose feed is disconnected for the
	// order, may be others than without a fault.
	onlyOrder bool
}

// sweepScenarios are all of them.
func sweepScenarios() []sweepScenario {
	token := func(name string, live bool, before, after values) sweepScenario {
		s := sweepScenario{name: name, typeName: publishTokenType, live: live}
		if before != nil {
			s.before = publishTokenValues(before)
		}
		if after != nil {
			s.after = publishTokenValues(after)
		}
		return s
	}
	streams := func(names ...string) values {
		var list []any
		for _, name := range names {
			list = append(list, values{"stream_name": name, "is_regex": strings.ContainsAny(name, "+*")})
		}
		return values{"streams": list}
	}
	restream := func(key string) values {
		return values{"restream": []any{values{"url": "rtmp://a.example.com", "key": key}}}
	}
	keyWO := func(key string, version int) values {
		return values{"restream": []any{values{"url": "rtmp://a.example.com", "key_wo": key, "key_wo_version": version}}}
	}
	geo := func(clusters ...any) values {
		return values{"geo_cascade": values{"is_enabled": true, "clusters": clusters}}
	}
	scenarios := []sweepScenario{
		token("create a token", false, nil, values{}),
		token("create a token with a regular expression", false, nil, streams("main", "cam-.+")),
		token("create an inactive token", false, nil, values{"is_active": false}),
		token("change a bool", true, values{}, values{"record": true}),
		token("change the label", true, values{}, values{"label": "renamed"}),
		token("change sets", true, values{"allowed_origins": []any{"a.example.com"}, "allowed_countries": []any{"DE"}},
			values{"allowed_origins": []any{"b.example.com"}, "denied_countries": []any{"FR"}}),
		token("set numbers that the API can clear", true, values{}, values{"encoder_profile_id": "sport", "priority": 5}),
		token("clear numbers", true, values{"encoder_profile_id": "sport", "priority": 5}, values{}),
		token("move to another cluster", true, values{"origin_cluster": "phx-1"}, values{"origin_cluster": "iad-1"}),
		token("deactivate a live token", true, values{}, values{"is_active": false}),
		token("add and remove streams", true, streams("main", "a"), streams("main", "b")),
		token("turn a name into a regular expression", true, streams("main", "cam+"), values{"label": "renamed", "streams": []any{
			values{"stream_name": "main"}, values{"stream_name": "cam+", "is_regex": false},
		}}),
		token("change the restream list of a live token", true, restream("a-key"), restream("another-key")),
		token("change a write-only key", true, keyWO("a-key", 1), keyWO("another-key", 2)),
		token("change geo_cascade", true, geo("phx-1"), geo("phx-1", "iad-1")),
		token("remove geo_cascade", true, geo("phx-1"), values{}),
		token("rotate the secret", false, values{"rotation_trigger": "a"}, values{"rotation_trigger": "b"}),
		token("store a priority on a live token", true, values{"priority": 10}, values{"priority": 20}),
		token("replace a token", false, values{"expires_in": 3600}, values{"expires_in": 7200}),
		token("destroy a token", false, values{}, nil),
		{name: "import a token", typeName: publishTokenType, after: publishTokenValues(nil), imports: true, tokens: liveTokens(nil)},
	}
	return slices.Concat(scenarios, priorityScenarios(), failoverScenarios())
}

// liveTokens are studio, which is on air, and others with these priorities.
func liveTokens(others ...*int32) []emulator.TokenSeed {
	streams := []emulator.Stream{{Name: sweepStream}}
	tokens := []emulator.TokenSeed{{Label: "studio", Streams: streams, Priority: new(int32(10))}}
	for i, priority := range others {
		tokens = append(tokens, emulator.TokenSeed{Label: fmt.Sprintf("backup %d", i+1), Streams: streams, Priority: priority})
	}
	return tokens
}

// priorityScenarios change the priority of backup 1.
func priorityScenarios() []sweepScenario {
	const id = 10002
	priority := func(n int, more values) values {
		config := values{"token_id": id, "priority": n}
		for name, value := range more {
			config[name] = value
		}
		return config
	}
	five, unset := liveTokens(new(int32(5))), liveTokens(nil)
	restore := values{"on_destroy": "restore"}
	scenarios := []sweepScenario{
		{name: "raise the standby", tokens: five, after: priority(20, nil)},
		{name: "raise the standby again", tokens: five, before: priority(5, nil), after: priority(20, nil)},
		{name: "raise the standby without waiting", tokens: five, after: priority(20, values{"wait_for_reconnect": false})},
		{name: "lower the token on air", tokens: liveTokens(new(int32(20))), after: priority(5, nil)},
		{name: "adopt what is in effect", tokens: five, after: priority(5, nil)},
		{name: "restore on destroy", tokens: five, before: priority(7, restore)},
		{name: "restore unset on destroy", tokens: unset, before: priority(7, restore)},
	}
	for i := range scenarios {
		scenarios[i].typeName = streamPriorityType
	}
	return scenarios
}

// failoverScenarios order three tokens, of which studio is on air.
func failoverScenarios() []sweepScenario {
	order := func(ids ...any) values {
		return values{"stream_name": sweepStream, "token_ids": ids}
	}
	three := liveTokens(new(int32(5)), new(int32(1)))
	scenarios := []sweepScenario{
		{name: "take over an order", tokens: three, after: order(10001, 10002, 10003)},
		{name: "create another order", tokens: three, after: order(10002, 10001, 10003)},
		{name: "promote the last", tokens: three, before: order(10001, 10002, 10003), after: order(10003, 10001, 10002)},
		{name: "reverse an order", tokens: three, before: order(10001, 10002, 10003), after: order(10003, 10002, 10001)},
		{name: "destroy an order", tokens: three, before: order(10001, 10002, 10003)},
	}
	for i := range scenarios {
		scenarios[i].typeName, scenarios[i].onlyOrder = "millicast_stream_failover", true
	}
	return scenarios
}

// sweepStage is a scenario ready to run.
type sweepStage struct {
	scenario sweepScenario
	srv      *emulator.Server
	tf       *core
	secrets  map[string]string // of the tokens, by label, before the run
	base     int               // disconnections before the run
	began    time.Time         // the run
}

// set makes the account and the state that the scenario begins with.
func (s sweepScenario) set(t *testing.T) *sweepStage {
	t.Helper()
	srv := emulator.Start(t, emulator.WithSwitchoverDelay(sweepReconnect), emulator.WithoutResponseChecks())
	stage := &sweepStage{scenario: s, srv: srv, tf: newCore(t, s.typeName), secrets: map[string]string{}}
	for _, seed := range s.tokens {
		stage.encode(srv.CreateToken(seed))
	}
	if s.before != nil {
		if diags := stage.tf.apply(providerConfig(srv), s.before); len(diags.errors()) != 0 {
			t.Fatalf("setting the stage: %v", diags)
		}
	}
	if s.live {
		stage.encode(srv.Tokens()[0].ID)
	}
	for _, token := range srv.Tokens() {
		stage.secrets[token.Label] = token.Secret
	}
	stage.waitUntilLive(t)
	stage.base = len(srv.Disconnections())
	srv.ResetRequests()
	stage.began = time.Now()
	return stage
}

func (s *sweepStage) encode(token int64) {
	s.srv.StartEncoder(emulator.Encoder{TokenID: token, Stream: sweepStream, ReconnectAfter: sweepReconnect})
}

// run is the run of Terraform that the scenario is about.
func (s *sweepStage) run(provider values) diagnostics {
	if s.scenario.after == nil {
		return s.tf.destroy(provider, s.scenario.before)
	}
	if s.scenario.imports {
		if diags := s.tf.importID(provider, "10001"); len(diags.errors()) != 0 {
			return diags
		}
	}
	return s.tf.apply(provider, s.scenario.after)
}

// mustBeFinal fails the test unless there is nothing left to do.
func (s *sweepStage) mustBeFinal(t *testing.T) {
	t.Helper()
	s.waitUntilLive(t)
	if s.scenario.after == nil {
		if s.tf.state != nil {
			t.Errorf("the state still has %v", fromTerraform(s.tf.state.value))
		}
		return
	}
	plan, diags := s.tf.plan(providerConfig(s.srv), s.scenario.after)
	if len(diags.errors()) != 0 || !plan.noop || plan.tainted {
		t.Errorf("the plan is not empty: %v\n%v\n%v", diags, fromTerraform(plan.state.value), fromTerraform(plan.change.planned.value))
	}
	if id, ok := s.tf.state.attribute("id").(int64); ok && s.scenario.typeName == publishTokenType {
		if token, _ := s.srv.Token(id); s.tf.state.attribute("token") != token.Secret {
			t.Errorf("the state has another secret than the account")
		}
	}
}

// waitUntilLive waits for encoders that are on their way back.
func (s *sweepStage) waitUntilLive(t *testing.T) {
	t.Helper()
	for range 4000 {
		if !slices.ContainsFunc(s.srv.Encoders(), func(e emulator.EncoderState) bool { return e.Running && !e.Live }) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("an encoder has not come back: %+v", s.srv.Encoders())
}

// result is what the scenario has come to.
func (s *sweepStage) result(t *testing.T) sweepResult {
	t.Helper()
	result := sweepResult{account: s.account(t)}
	labels := map[int64]string{}
	for _, token := range s.srv.Tokens() {
		labels[token.ID] = token.Label
	}
	cut := map[int64]bool{}
	for _, d := range s.srv.Disconnections()[s.base:] {
		whose := labels[d.TokenID]
		if s.scenario.onlyOrder {
			whose = "a token"
		}
		if cut[d.TokenID] {
			whose += ", again"
		}
		cut[d.TokenID] = true
		result.disconnections = append(result.disconnections, fmt.Sprintf("%s: %s, on air %v", whose, d.Cause, d.OnAir))
	}
	slices.Sort(result.disconnections)
	result.gap = s.srv.Timeline(sweepStream, "").Since(s.began).Gap() > 0
	return result
}

// account describes tokens and feeds, without what differs from run to run.
func (s *sweepStage) account(t *testing.T) string {
	t.Helper()
	var lines []string
	for _, token := range s.srv.Tokens() {
		rotated := s.secrets[token.Label] != token.Secret
		expires := time.Duration(0)
		if token.ExpiresOn != nil {
			expires = token.ExpiresOn.Sub(token.AddedOn)
		}
		if s.scenario.onlyOrder {
			token.Priority = nil
		}
		token.ID, token.Secret, token.SRTPassphrase, token.AddedOn, token.ExpiresOn = 0, "", "", time.Time{}, nil
		encoded, err := json.Marshal(token)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s, secret rotated %v, expires after %s", encoded, rotated, expires))
	}
	feeds := s.srv.Feeds(sweepStream)
	slices.SortFunc(feeds, func(a, b emulator.Feed) int {
		return cmp.Compare(rank(b.Priority), rank(a.Priority))
	})
	for i, feed := range feeds {
		token, _ := s.srv.Token(feed.TokenID)
		priority := number(feed.Priority)
		if s.scenario.onlyOrder {
			priority = fmt.Sprintf("the highest but %d", i)
		}
		lines = append(lines, fmt.Sprintf("live: %s, priority %s, on air %v", token.Label, priority, feed.OnAir))
	}
	lines = append(lines, fmt.Sprintf("restream list is with the broadcast: %v", s.synced()))
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// rank has unset below every number.
func rank(priority *int32) int64 {
	if priority == nil {
		return math.MinInt64
	}
	return int64(*priority)
}

// synced reports whether a sync followed the last change of a restream list.
func (s *sweepStage) synced() bool {
	synced := true
	for _, r := range s.srv.Writes() {
		switch done := r.Status == 200 || r.Fault == string(emulator.FaultDropAfter); {
		case !done:
		case slices.Contains(r.Keys, "restream") && r.Method == "PUT":
			synced = false
		case strings.HasSuffix(r.Route, "/restream/sync"):
			synced = true
		}
	}
	return synced
}

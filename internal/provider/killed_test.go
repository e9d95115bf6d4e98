package provider

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// studioToken is the configuration of the token that the tests make, with more lines.
func studioToken(more string) string {
	return fmt.Sprintf("resource \"millicast_publish_token\" \"test\" {\n  label = \"studio\"\n  streams = [{ stream_name = \"main\" }]\n  %s\n}\n", more)
}

// TestKilled kills the provider in the middle of an apply and applies again.
func TestKilled(t *testing.T) {
	t.Parallel()

	const hold = 20 * time.Second
	held := func(method, route string, kind emulator.FaultKind) emulator.Fault {
		return emulator.Fault{Method: method, Route: route, Kind: kind, Delay: hold}
	}
	priority := func(n int) string {
		return fmt.Sprintf("resource \"millicast_stream_priority\" \"test\" {\n  token_id   = 10002\n  priority   = %d\n  on_destroy = \"restore\"\n}\n", n)
	}
	restream := func(host string) string {
		return studioToken(fmt.Sprintf("restream = [{ url = \"rtmp://%s.example.com\", key = \"a-key\" }]", host))
	}
	failover := "resource \"millicast_stream_failover\" \"test\" {\n  stream_name = \"main\"\n  token_ids   = [10003, 10002, 10001]\n}\n"
	pair, three := liveTokens(new(int32(5))), liveTokens(new(int32(5)), new(int32(1)))

	for name, test := range map[string]struct {
		tokens         []emulator.TokenSeed
		before, after  string
		live           bool           // the token of before has an encoder
		fault          emulator.Fault // during it the provider is killed
		sequel         string         // or at the first call of this route after the fault's
		away           time.Duration
		left           int // tokens
		disconnections int
		last           string // the route of the last write
		restored       bool   // destroying puts the priority back that there was before
	}{
		"create, not done":                 {after: studioToken(""), fault: held("POST", createRoute, emulator.FaultDropBefore), left: 1},
		"create, done":                     {after: studioToken(""), fault: held("POST", createRoute, emulator.FaultSlow), left: 1},
		"create, done and not finished":    {after: studioToken("is_active = false"), fault: held("PUT", updateRoute, emulator.FaultDropBefore), left: 1},
		"update, not done":                 {before: studioToken(""), after: studioToken("record = true"), fault: held("PUT", updateRoute, emulator.FaultDropBefore), left: 1},
		"update, done":                     {before: studioToken(""), after: studioToken("record = true"), fault: held("PUT", updateRoute, emulator.FaultSlow), left: 1},
		"restream list, stored":            {before: restream("a"), live: true, after: restream("b"), fault: held("PUT", updateRoute, emulator.FaultSlow), left: 1, last: syncRoute},
		"delete, done":                     {before: studioToken(""), after: "", fault: held("DELETE", tokenRoute, emulator.FaultSlow), left: 0},
		"reprioritize, not done":           {tokens: pair, after: priority(20), fault: held("POST", reprioritizeRoute, emulator.FaultDropBefore), left: 2, disconnections: 1, restored: true},
		"reprioritize, done":               {tokens: pair, after: priority(20), fault: held("POST", reprioritizeRoute, emulator.FaultSlow), left: 2, disconnections: 1, restored: true},
		"change of a priority, done":       {tokens: pair, before: priority(7), after: priority(20), fault: held("POST", reprioritizeRoute, emulator.FaultSlow), left: 2, disconnections: 2, restored: true},
		"restore, done":                    {tokens: pair, before: priority(7), after: "", fault: held("POST", reprioritizeRoute, emulator.FaultSlow), left: 2, disconnections: 2},
		"waiting for the encoder's return": {tokens: pair, after: priority(20), fault: emulator.Fault{Method: "POST", Route: reprioritizeRoute, Kind: emulator.FaultSlow}, sequel: "/api/monitoring/streams/{streamName}", away: 3 * time.Second, left: 2, disconnections: 1, restored: true},
		"an order, after its first call":   {tokens: three, after: failover, fault: held("POST", reprioritizeRoute, emulator.FaultSlow), left: 3, disconnections: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			encode := func(id int64) {
				srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: sweepStream, ReconnectAfter: max(test.away, sweepReconnect)})
			}
			for _, seed := range test.tokens {
				encode(srv.CreateToken(seed))
			}
			c := newCLI(t, srv)
			c.killable()
			if test.before != "" {
				c.write("main.tf", test.before)
				c.run("apply", "-auto-approve")
			}
			if test.live {
				encode(srv.Tokens()[0].ID)
			}
			c.killedDuring(srv, test.fault, test.sequel, test.after)

			again := c.run("apply", "-auto-approve")
			if out := c.run("plan"); !strings.Contains(out, "No changes.") {
				t.Errorf("the plan is not empty:\n%s", out)
			}
			if got := len(srv.Tokens()); got != test.left {
				t.Errorf("%d tokens, want %d:\n%s", got, test.left, again)
			}
			if got := srv.Disconnections(); len(got) != test.disconnections {
				t.Errorf("disconnections: %v, want %d:\n%s", got, test.disconnections, again)
			}
			if writes := srv.Writes(); test.last != "" && writes[len(writes)-1].Route != test.last {
				t.Errorf("writes: %v, want %s as the last", writes, test.last)
			}
			if test.restored {
				before := srv.Tokens()[1].Priority
				c.run("destroy", "-auto-approve")
				if got := srv.Tokens()[1].Priority; got == nil || *got != 5 || *before != 20 {
					t.Errorf("priority %s after the destroy, want 5; %s before", number(got), number(before))
				}
			}
			// A refresh alone stores nothing. What is noted of a change that is there stays
			// until Terraform knows it.
			c.mustHaveNoNotes()
		})
	}
}

// A killed run whose token can't be told from another leads to no second one, and
// importing one of them settles it.
func TestKilled_twoCandidates(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newCLI(t, srv)
	c.killable()
	c.killedDuring(srv, emulator.Fault{Method: "POST", Route: createRoute, Kind: emulator.FaultSlow, Delay: 20 * time.Second}, "",
		studioToken(""))
	srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}})

	if out := c.run("plan"); !strings.Contains(out, "Creation was cut short") {
		t.Errorf("the plan does not say that a creation was cut short:\n%s", out)
	}
	out, err := c.start("apply", "-auto-approve")()
	for _, want := range []string{"was killed before Terraform heard of the token", "terraform import ADDRESS 10001", "terraform import ADDRESS 10002", "delete the folder .terraform/millicast"} {
		if err == nil || !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(out, "│", "")), " "), want) {
			t.Errorf("%q is not in the error:\n%s", want, out)
		}
	}
	c.run("import", "millicast_publish_token.test", "10001")
	c.run("apply", "-auto-approve")
	if got := len(srv.Tokens()); got != 2 || srv.Count("POST", createRoute) != 1 {
		t.Errorf("%d tokens, %d creates", got, srv.Count("POST", createRoute))
	}
	c.mustHaveNoNotes()
}

// Terraform itself is killed while the API makes a token. The provider hears of it
// by its connection, and nobody takes its answer.
func TestKilled_terraform(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newCLI(t, srv)
	c.write("main.tf", studioToken(""))
	fault := emulator.Fault{Method: "POST", Route: createRoute, Kind: emulator.FaultSlow, Delay: 5 * time.Second}
	srv.Inject(fault)
	wait := c.start("apply", "-auto-approve")
	awaitCall(t, srv, fault, "")
	if err := c.started.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = wait()
	srv.ClearFaults()

	c.run("apply", "-auto-approve")
	c.mustHaveNoNotes()
	if got := len(srv.Tokens()); got != 1 {
		t.Errorf("%d tokens", got)
	}
	if out := c.run("plan"); !strings.Contains(out, "No changes.") {
		t.Errorf("the plan is not empty:\n%s", out)
	}
}

// Ctrl-C ends the wait for an encoder at once, and the next apply goes on from
// there.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	for i, seed := range liveTokens(new(int32(5))) {
		away := []time.Duration{sweepReconnect, 15 * time.Second}[i]
		srv.StartEncoder(emulator.Encoder{TokenID: srv.CreateToken(seed), Stream: sweepStream, ReconnectAfter: away})
	}
	c := newCLI(t, srv)
	c.write("main.tf", "resource \"millicast_stream_priority\" \"test\" {\n  token_id = 10002\n  priority = 20\n}\n")
	struck := emulator.Fault{Method: "POST", Route: reprioritizeRoute, Kind: emulator.FaultSlow}
	srv.Inject(struck)
	wait := c.start("apply", "-auto-approve")
	awaitCall(t, srv, struck, "/api/monitoring/streams/{streamName}")
	if err := c.started.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	out, err := wait()
	if err == nil || !strings.Contains(out, "Interrupt received") || !strings.Contains(out, "The run was interrupted") {
		t.Errorf("the apply says:\n%s", out)
	}
	if live := srv.Encoders()[1].Live; live {
		t.Errorf("the apply went on until the encoder was back")
	}
	c.run("apply", "-auto-approve")
	if out := c.run("plan"); !strings.Contains(out, "No changes.") {
		t.Errorf("the plan is not empty:\n%s", out)
	}
	if got := srv.Disconnections(); len(got) != 1 {
		t.Errorf("disconnections: %v, want one", got)
	}
	c.mustHaveNoNotes()
}

// Terraform forgets with a killed change that the token was imported. Its secret,
// which encoders use, must not be rotated for that.
func TestKilled_importedSecretIsNotRotated(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newCLI(t, srv)
	c.killable()
	c.write("main.tf", studioToken(""))
	srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}})
	before := srv.Tokens()[0].Secret
	c.run("import", "millicast_publish_token.test", "10001")
	c.killedDuring(srv, emulator.Fault{Method: "PUT", Route: updateRoute, Kind: emulator.FaultDropBefore, Delay: 20 * time.Second}, "",
		studioToken("record = true\n  rotation_trigger = \"a\""))
	c.run("apply", "-auto-approve")
	c.mustHaveNoNotes()
	if token := srv.Tokens()[0]; token.Secret != before || !token.Record {
		t.Errorf("rotated %v, record %v", token.Secret != before, token.Record)
	}
}

// Terraform forgets with a killed change which feeds have a priority of their own.
// Nobody may be disconnected to learn it once more.
func TestKilled_feedsWithAPriorityOfTheirOwn(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newCLI(t, srv)
	c.killable()
	for i, seed := range liveTokens(new(int32(5)), new(int32(3)), new(int32(1))) {
		encoder := emulator.Encoder{TokenID: srv.CreateToken(seed), Stream: sweepStream, ReconnectAfter: sweepReconnect}
		if i == 3 {
			encoder.Priority = new(int32(7))
		}
		srv.StartEncoder(encoder)
	}
	config := func(ids string) string {
		return "resource \"millicast_stream_failover\" \"test\" {\n  stream_name = \"main\"\n  token_ids = [" + ids + "]\n}\n"
	}
	cut := func() (n int) {
		for _, d := range srv.Disconnections() {
			if d.TokenID == 10004 {
				n++
			}
		}
		return n
	}
	c.write("main.tf", config("10001, 10002, 10003, 10004"))
	_, _ = c.start("apply", "-auto-approve")() // It fails, for it finds the priority in the address.
	c.run("apply", "-auto-approve")
	learned := cut()
	c.killedDuring(srv, emulator.Fault{Method: "POST", Route: reprioritizeRoute, Kind: emulator.FaultSlow, Delay: 20 * time.Second}, "", config("10002, 10001, 10003, 10004"))
	c.run("apply", "-auto-approve")
	c.mustHaveNoNotes()
	if learned != 1 || cut() != 1 {
		t.Errorf("disconnected %d times before the provider was killed, %d times in all, want 1 and 1", learned, cut())
	}
}

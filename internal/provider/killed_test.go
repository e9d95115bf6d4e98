package provider

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// killable makes the CLI start the provider by way of a script that notes its
// process id.
func (c *cli) killable() {
	c.t.Helper()
	bin, err := providerBinary()
	if err != nil {
		c.t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho $$ >> %q\nexec %q \"$@\"\n", filepath.Join(c.dir, "pids"), filepath.Join(bin, "terraform-provider-millicast"))
	dir := filepath.Join(c.dir, "bin")
	if err := os.Mkdir(dir, 0o700); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "terraform-provider-millicast"), []byte(script), 0o700); err != nil {
		c.t.Fatal(err)
	}
	c.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"millicast/millicast\" = %q\n  }\n}\n", dir))
}

// killProvider kills the provider that was started last.
func (c *cli) killProvider() {
	c.t.Helper()
	pids := strings.Fields(c.read("pids"))
	pid, err := strconv.Atoi(pids[len(pids)-1])
	if err != nil {
		c.t.Fatal(err)
	}
	process, err := os.FindProcess(pid)
	if err == nil {
		err = process.Kill()
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// start begins a command. The function that it returns waits for its end.
func (c *cli) start(args ...string) (wait func() (string, error)) {
	c.t.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(c.t.Context(), cliPath(), append(args, "-no-color")...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, c.env, &out, &out
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	return func() (string, error) {
		err := cmd.Wait()
		return out.String(), err
	}
}

// TestKilled kills the provider in the middle of an apply and applies again.
func TestKilled(t *testing.T) {
	t.Parallel()

	const hold = 20 * time.Second
	held := func(method, route string, kind emulator.FaultKind) emulator.Fault {
		return emulator.Fault{Method: method, Route: route, Kind: kind, Delay: hold}
	}
	token := func(more string) string {
		return fmt.Sprintf("resource \"millicast_publish_token\" \"test\" {\n  label = \"studio\"\n  streams = [{ stream_name = \"main\" }]\n%s\n}\n", more)
	}
	priority := "resource \"millicast_stream_priority\" \"test\" {\n  token_id = 10002\n  priority = 20\n}\n"
	pair := liveTokens(new(int32(5)))

	for name, test := range map[string]struct {
		tokens         []emulator.TokenSeed
		before, after  string
		fault          emulator.Fault // during it the provider is killed
		sequel         string         // or at the first GET of this route after the fault's call
		away           time.Duration
		left           int // tokens
		disconnections int
	}{
		"create, not done":                 {after: token(""), fault: held("POST", createRoute, emulator.FaultDropBefore), left: 1},
		"create, done: one more is left":   {after: token(""), fault: held("POST", createRoute, emulator.FaultSlow), left: 2},
		"update, not done":                 {before: token(""), after: token("record = true"), fault: held("PUT", updateRoute, emulator.FaultDropBefore), left: 1},
		"update, done":                     {before: token(""), after: token("record = true"), fault: held("PUT", updateRoute, emulator.FaultSlow), left: 1},
		"delete, done":                     {before: token(""), after: "", fault: held("DELETE", tokenRoute, emulator.FaultSlow), left: 0},
		"reprioritize, not done":           {tokens: pair, after: priority, fault: held("POST", reprioritizeRoute, emulator.FaultDropBefore), left: 2, disconnections: 1},
		"reprioritize, done":               {tokens: pair, after: priority, fault: held("POST", reprioritizeRoute, emulator.FaultSlow), left: 2, disconnections: 1},
		"waiting for the encoder's return": {tokens: pair, after: priority, fault: emulator.Fault{Method: "POST", Route: reprioritizeRoute, Kind: emulator.FaultSlow}, sequel: "/api/monitoring/streams/{streamName}", away: 3 * time.Second, left: 2, disconnections: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			for _, seed := range test.tokens {
				srv.StartEncoder(emulator.Encoder{TokenID: srv.CreateToken(seed), Stream: sweepStream, ReconnectAfter: max(test.away, sweepReconnect)})
			}
			c := newCLI(t, srv)
			c.killable()
			if test.before != "" {
				c.write("main.tf", test.before)
				c.run("apply", "-auto-approve")
			}
			c.write("main.tf", test.after)
			srv.ResetRequests()
			srv.Inject(test.fault)

			wait := c.start("apply", "-auto-approve")
			awaitCall(t, srv, test.fault, test.sequel)
			c.killProvider()
			if out, err := wait(); err == nil {
				t.Fatalf("the provider was killed, and the apply says:\n%s", out)
			}
			srv.ClearFaults()

			c.run("apply", "-auto-approve")
			if out := c.run("plan"); !strings.Contains(out, "No changes.") {
				t.Errorf("the plan is not empty:\n%s", out)
			}
			if got := len(srv.Tokens()); got != test.left {
				t.Errorf("%d tokens, want %d", got, test.left)
			}
			if got := srv.Disconnections(); len(got) != test.disconnections {
				t.Errorf("disconnections: %v, want %d", got, test.disconnections)
			}
		})
	}
}

// awaitCall waits until a fault has struck, and until the sequel is called after.
func awaitCall(t *testing.T, srv *emulator.Server, fault emulator.Fault, sequel string) {
	t.Helper()
	for range 3000 {
		struck := false
		for _, r := range srv.Requests() {
			if struck && r.Route == sequel {
				return
			}
			struck = struck || r.Fault == string(fault.Kind)
		}
		if struck && sequel == "" {
			// What is done is done before the answer is held back.
			time.Sleep(100 * time.Millisecond)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the call was not made: %v", srv.Requests())
}

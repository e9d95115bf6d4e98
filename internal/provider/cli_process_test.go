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

// mustHaveNoNotes fails the test if a note of what was under way is left.
func (c *cli) mustHaveNoNotes() {
	c.t.Helper()
	notes, err := filepath.Glob(filepath.Join(c.dir, ".terraform", "millicast", "*"))
	if err != nil || len(notes) != 0 {
		c.t.Errorf("notes are left: %v, %v", notes, err)
	}
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
	c.started = cmd.Process
	return func() (string, error) {
		err := cmd.Wait()
		return out.String(), err
	}
}

// killedDuring applies a configuration, and kills the provider while a fault holds
// a call up, or at the first call of the route sequel after it.
func (c *cli) killedDuring(srv *emulator.Server, fault emulator.Fault, sequel, config string) {
	c.t.Helper()
	c.write("main.tf", config)
	srv.ResetRequests()
	srv.Inject(fault)
	wait := c.start("apply", "-auto-approve")
	awaitCall(c.t, srv, fault, sequel)
	c.killProvider()
	if out, err := wait(); err == nil {
		c.t.Fatalf("the provider was killed, and the apply says:\n%s", out)
	}
	srv.ClearFaults()
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

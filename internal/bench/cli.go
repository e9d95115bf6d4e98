package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// findCLI returns the CLI that the environment names, else terraform or tofu on
// PATH.
func findCLI() (string, error) {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither terraform nor tofu is on PATH: run `make bench`, which builds OpenTofu in that case")
}

// buildProvider builds a provider as a release is built, and returns its folder.
func buildProvider(ctx context.Context, dir, pkg string) (string, error) {
	bin := filepath.Join(dir, "bin-"+strings.Trim(filepath.Base(pkg), "."))
	return bin, build(ctx, bin, pkg)
}

// observed returns a folder with a provider that runs the one in bin, and notes
// what its process took. That delays its start by a few milliseconds.
func observed(ctx context.Context, bin string) (string, error) {
	dir := filepath.Join(bin, "observed")
	return dir, build(ctx, dir, "./internal/bench/observe")
}

func build(ctx context.Context, dir, pkg string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(dir, providerFile), pkg)
	cmd.Env, cmd.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building %s: %w", pkg, err)
	}
	return nil
}

const providerFile = "terraform-provider-millicast"

// module is a folder with a configuration, and a CLI that takes the provider
// from bin.
type module struct {
	cli string
	bin string
	dir string
	env []string
}

func newModule(cli, bin, parent, text string, env ...string) (*module, error) {
	dir, err := os.MkdirTemp(parent, "module-")
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "cli.tfrc")
	overrides := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"millicast/millicast\" = %q\n  }\n  direct {}\n}\n", bin)
	if err := os.WriteFile(config, []byte(overrides), 0o600); err != nil {
		return nil, err
	}
	m := &module{cli: cli, bin: bin, dir: dir, env: append(os.Environ(), append(env,
		"TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")...)}
	return m, m.write(text)
}

// write puts a configuration in place of the one there was.
func (m *module) write(text string) error {
	return os.WriteFile(filepath.Join(m.dir, "main.tf"), []byte(text), 0o600)
}

// usage is what a command took. Of the provider's processes that is known only
// where they are observed.
type usage struct {
	wall   time.Duration
	cpu    time.Duration // of all of them
	memory int64         // the highest peak among them, in bytes
}

// run runs one command of the CLI.
func (m *module) run(ctx context.Context, args ...string) (usage, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, m.cli, append(args, "-no-color")...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = m.dir, m.env, &out, &out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }

	notes := filepath.Join(m.bin, "usage")
	if err := os.RemoveAll(notes); err != nil {
		return usage{}, err
	}
	began := time.Now()
	err := cmd.Run()
	took := usage{wall: time.Since(began)}
	if err != nil {
		return took, fmt.Errorf("%s %s: %w\n%s", filepath.Base(m.cli), strings.Join(args, " "), err, out.String())
	}
	return took, took.add(notes)
}

// add adds what the observer of the provider's processes has noted, if there is one.
func (u *usage) add(notes string) error {
	text, err := os.ReadFile(notes)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		var cpu time.Duration
		var memory int64
		if _, err := fmt.Sscan(line, &cpu, &memory); err != nil {
			return fmt.Errorf("%s: %q: %w", notes, line, err)
		}
		u.cpu += cpu
		u.memory = max(u.memory, memory)
	}
	return err
}

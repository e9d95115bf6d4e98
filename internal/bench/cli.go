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
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(bin, providerFile), pkg)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("building %s: %w", pkg, err)
	}
	return bin, nil
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

// usage is what a command took.
type usage struct {
	wall   time.Duration
	cpu    time.Duration // of all of the provider's processes; 0: not known
	memory int64         // the peak of the provider's process, in bytes; 0: not known
}

// run runs one command of the CLI.
func (m *module) run(ctx context.Context, args ...string) (usage, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, m.cli, append(args, "-no-color")...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = m.dir, m.env, &out, &out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }

	watched := watch(filepath.Join(m.bin, providerFile))
	began := time.Now()
	err := cmd.Run()
	took := usage{wall: time.Since(began)}
	took.cpu, took.memory = watched()
	if err != nil {
		return took, fmt.Errorf("%s %s: %w\n%s", filepath.Base(m.cli), strings.Join(args, " "), err, out.String())
	}
	return took, nil
}

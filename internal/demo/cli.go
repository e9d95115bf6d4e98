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
)

// cli drives a Terraform or OpenTofu CLI in a directory of its own.
type cli struct {
	path string
	dir  string
	env  []string
}

// findCLI returns the CLI that the environment names, for the demo or for the
// tests, else terraform or tofu on PATH.
func findCLI() (string, error) {
	for _, variable := range []string{"MILLICAST_DEMO_CLI", "TF_ACC_TERRAFORM_PATH"} {
		if path := os.Getenv(variable); path != "" {
			return path, nil
		}
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither terraform nor tofu is on PATH: run `make demo`, which builds OpenTofu in that case")
}

// buildProvider builds the provider of the tree at root into a folder and returns
// it.
func buildProvider(ctx context.Context, root, dir string) (string, error) {
	bin := filepath.Join(dir, "bin")
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(bin, "terraform-provider-millicast"), ".")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("building the provider: %w", err)
	}
	return bin, nil
}

// newCLI copies a module into dir, and makes the CLI there take the provider
// from bin.
func newCLI(path, bin, dir, module string, env ...string) (*cli, error) {
	work := filepath.Join(dir, filepath.Base(module))
	if err := os.CopyFS(work, os.DirFS(module)); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "cli.tfrc")
	text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"millicast/millicast\" = %q\n  }\n  direct {}\n}\n", bin)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	env = append(env, "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	return &cli{path: path, dir: work, env: append(os.Environ(), env...)}, nil
}

// run runs one command and returns all that it printed.
func (c *cli) run(ctx context.Context, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, c.path, append(args, "-no-color")...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, c.env, &out, &out
	// The CLI finishes what it has begun when it is interrupted.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w\n%s", filepath.Base(c.path), strings.Join(args, " "), err, out.String())
	}
	return out.String(), nil
}

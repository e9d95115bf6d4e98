package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

var ldflags = regexp.MustCompile(`(?m)^    ldflags:\n +- '(.+)'$`)

// The binary that .goreleaser.yml describes knows its version, and the API hears it.
func TestRelease_versionInUserAgent(t *testing.T) {
	t.Parallel()
	match := ldflags.FindStringSubmatch(read(t, ".goreleaser.yml"))
	if match == nil {
		t.Fatal(".goreleaser.yml has no ldflags")
	}
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags", strings.ReplaceAll(match[1], "{{ .Version }}", "1.2.3"),
		"-o", filepath.Join(dir, "bin", "terraform-provider-millicast"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	write(t, filepath.Join(dir, "cli.tfrc"), fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"millicast/millicast\" = %q\n  }\n  direct {}\n}\n", filepath.Join(dir, "bin")))
	write(t, filepath.Join(dir, "main.tf"), "terraform {\n  required_providers {\n    millicast = {\n      source = \"millicast/millicast\"\n    }\n  }\n}\n\ndata \"millicast_clusters\" \"all\" {}\n")
	srv := emulator.Start(t)
	plan := exec.CommandContext(t.Context(), cli(t), "plan", "-no-color")
	plan.Dir = dir
	plan.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1",
		"MILLICAST_BASE_URL="+srv.URL(), "MILLICAST_API_SECRET="+srv.Secret())
	if out, err := plan.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(srv.Requests()) == 0 {
		t.Fatal("the API was not called")
	}
	for _, request := range srv.Requests() {
		if !strings.HasPrefix(request.UserAgent, "terraform-provider-millicast/1.2.3 Terraform/1.") {
			t.Errorf("User-Agent %q", request.UserAgent)
		}
	}
}

// The registries read from the manifest which protocol the provider speaks.
func TestRelease_manifest(t *testing.T) {
	t.Parallel()
	var manifest struct {
		Version  int
		Metadata struct {
			Protocols []string `json:"protocol_versions"`
		}
	}
	if err := json.Unmarshal([]byte(read(t, "terraform-registry-manifest.json")), &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Version != 1 || len(manifest.Metadata.Protocols) != 1 || manifest.Metadata.Protocols[0] != "6.0" {
		t.Errorf("manifest %+v", manifest)
	}
}

// cli returns the Terraform CLI that internal/tools/cli.sh has found.
func cli(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	path, err := exec.LookPath("terraform")
	if err != nil {
		t.Fatal("no Terraform CLI: run `make test`, which finds or builds one, or set TF_ACC_TERRAFORM_PATH")
	}
	return path
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

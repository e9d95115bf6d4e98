package guides

import (
	"encoding/json"
	"fmt"
	"os"
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
	match := ldflags.FindStringSubmatch(readFile(t, filepath.Join(root, ".goreleaser.yml")))
	if match == nil {
		t.Fatal(".goreleaser.yml has no ldflags")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	out, err := command(t, root, "", append(os.Environ(), "CGO_ENABLED=0"), "go", "build",
		"-ldflags", strings.ReplaceAll(match[1], "{{ .Version }}", "1.2.3"), "-o", filepath.Join(bin, "terraform-provider-millicast"), ".")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, text := range map[string]string{
		"cli.tfrc": fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"millicast/millicast\" = %q\n  }\n  direct {}\n}\n", bin),
		"main.tf":  requiredProviders + "data \"millicast_clusters\" \"all\" {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	srv := emulator.Start(t)
	env := environment("MILLICAST_BASE_URL="+srv.URL(), "MILLICAST_API_SECRET="+srv.Secret(), "TF_CLI_CONFIG_FILE="+filepath.Join(dir, "cli.tfrc"))
	if out, err := command(t, dir, "", env, filepath.Join(work.commands, "terraform"), "plan"); err != nil {
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
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(root, "terraform-registry-manifest.json"))), &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Version != 1 || len(manifest.Metadata.Protocols) != 1 || manifest.Metadata.Protocols[0] != "6.0" {
		t.Errorf("manifest %+v", manifest)
	}
}

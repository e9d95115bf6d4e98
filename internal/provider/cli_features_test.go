package provider

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// cliFeature is something that a supported CLI may lack. A test of it runs where
// it is there; what the provider does for it is also tested at the protocol
// level, on every CLI.
type cliFeature struct {
	name                string
	terraform, opentofu tfversion.TerraformVersionCheck // nil: no version has it
}

var (
	featureEphemeral = cliFeature{"ephemeral values", tfversion.SkipBelow(tfversion.Version1_11_0), tfversion.SkipBelow(tfversion.Version1_11_0)}
	featureIdentity  = cliFeature{"resource identity", tfversion.SkipBelow(tfversion.Version1_12_0), tfversion.SkipBelow(tfversion.Version1_12_0)}
	featureQuery     = cliFeature{"list resources", tfversion.SkipBelow(tfversion.Version1_14_0), nil}
	featureActions   = cliFeature{"actions", tfversion.SkipBelow(tfversion.Version1_14_0), nil}
	featureTofuFiles = cliFeature{"files in .tofu", nil, tfversion.SkipBelow(tfversion.Version1_8_0)}
)

// needs is for TerraformVersionChecks: it leaves a test out where the CLI lacks
// the feature, and remembers it.
func needs(t *testing.T, feature cliFeature) []tfversion.TerraformVersionCheck {
	t.Helper()
	// A result is not to come out of go test's cache where the list has been deleted.
	_, _ = os.Stat(os.Getenv("MILLICAST_LEFT_OUT"))
	return []tfversion.TerraformVersionCheck{leftOutCheck{test: t.Name(), feature: feature, list: &leftOut}}
}

type leftOutCheck struct {
	test    string
	feature cliFeature
	list    *leftOutTests
}

func (c leftOutCheck) CheckTerraformVersion(ctx context.Context, req tfversion.CheckTerraformVersionRequest, resp *tfversion.CheckTerraformVersionResponse) {
	check := c.feature.terraform
	if isOpenTofu() {
		check = c.feature.opentofu
	}
	if check != nil {
		check.CheckTerraformVersion(ctx, req, resp)
	} else {
		resp.Skip = "no version of this CLI has it"
	}
	if resp.Skip != "" {
		c.list.add(c.test + ": needs " + c.feature.name)
	}
}

// leftOut are the tests that were left out.
var leftOut leftOutTests

type leftOutTests struct {
	mu    sync.Mutex
	tests []string
	sweep string // how many cases of the sweep ran
}

func (l *leftOutTests) add(test string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tests = append(l.tests, test)
}

func (l *leftOutTests) swept(ran string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep = ran
}

// String counts and names the tests, and says what the sweep has run.
func (l *leftOutTests) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.tests)
	tests := "tests"
	if len(l.tests) == 1 {
		tests = "test"
	}
	text := fmt.Sprintf("%d %s left out, because %s lacks what they need\n", len(l.tests), tests, cliVersion())
	for _, test := range l.tests {
		text += "  " + test + "\n"
	}
	return text + l.sweep
}

// report says which tests were left out. `go test` drops what a package that
// passes has printed, so the make targets give a folder and print what is in it at
// the end.
func (l *leftOutTests) report(out io.Writer, dir string) {
	text := l.String()
	fmt.Fprint(out, text)
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, "provider.txt"), []byte(text), 0o600); err != nil {
		fmt.Fprintln(out, err)
	}
}

// A test is left out where the CLI lacks the feature, and named with it.
func TestNeeds_countsAndNames(t *testing.T) {
	t.Parallel()
	never := cliFeature{"what nobody has", nil, nil}
	always := cliFeature{"what all have", tfversion.SkipBelow(tfversion.Version1_8_0), tfversion.SkipBelow(tfversion.Version1_8_0)}
	var list leftOutTests
	for _, feature := range []cliFeature{never, always} {
		check := leftOutCheck{test: "TestOf " + feature.name, feature: feature, list: &list}
		var resp tfversion.CheckTerraformVersionResponse
		check.CheckTerraformVersion(t.Context(), tfversion.CheckTerraformVersionRequest{TerraformVersion: tfversion.Version1_11_0}, &resp)
		if (resp.Skip != "") != (feature.name == never.name) {
			t.Errorf("%s: skip %q", feature.name, resp.Skip)
		}
	}
	dir := t.TempDir()
	var printed strings.Builder
	list.report(&printed, dir)
	want := "1 test left out, because " + cliVersion() + " lacks what they need\n  TestOf what nobody has: needs what nobody has\n"
	if got := read(t, filepath.Join(dir, "provider.txt")); got != want || printed.String() != want {
		t.Errorf("got:\n%sprinted:\n%swant:\n%s", got, printed.String(), want)
	}
}

// cliPath is the CLI that the tests drive.
func cliPath() string {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	return "terraform"
}

// cliVersion is the first line of what the CLI says of itself.
var cliVersion = sync.OnceValue(func() string {
	out, err := exec.CommandContext(context.Background(), cliPath(), "version").Output()
	if err != nil {
		return "this CLI (" + err.Error() + ")"
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
})

func isOpenTofu() bool { return strings.HasPrefix(cliVersion(), "OpenTofu") }

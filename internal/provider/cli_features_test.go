package provider

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/millicast/terraform-provider-millicast/internal/leftout"
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
	return []tfversion.TerraformVersionCheck{leftOutCheck{test: t.Name(), feature: feature, list: &leftOut}}
}

type leftOutCheck struct {
	test    string
	feature cliFeature
	list    *leftout.List
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
		c.list.Add(c.test, c.feature.name)
	}
}

// leftOut are the tests that were left out, and sweepRan is how many cases of the
// sweep ran.
var (
	leftOut  leftout.List
	sweepRan atomic.Value
)

// A test is left out where the CLI lacks the feature, and named with it.
func TestNeeds_countsAndNames(t *testing.T) {
	t.Parallel()
	never := cliFeature{"what nobody has", nil, nil}
	always := cliFeature{"what all have", tfversion.SkipBelow(tfversion.Version1_8_0), tfversion.SkipBelow(tfversion.Version1_8_0)}
	var list leftout.List
	for _, feature := range []cliFeature{never, always} {
		check := leftOutCheck{test: "TestOf " + feature.name, feature: feature, list: &list}
		var resp tfversion.CheckTerraformVersionResponse
		check.CheckTerraformVersion(t.Context(), tfversion.CheckTerraformVersionRequest{TerraformVersion: tfversion.Version1_11_0}, &resp)
		if (resp.Skip != "") != (feature.name == never.name) {
			t.Errorf("%s: skip %q", feature.name, resp.Skip)
		}
	}
	var printed strings.Builder
	if err := list.Report(&printed, "", "provider", "This CLI", ""); err != nil {
		t.Fatal(err)
	}
	if want := "provider: 1 left out, because This CLI lacks what is needed\n  TestOf what nobody has: needs what nobody has\n"; printed.String() != want {
		t.Errorf("printed:\n%swant:\n%s", printed.String(), want)
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

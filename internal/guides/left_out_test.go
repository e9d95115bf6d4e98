package guides

import (
	"fmt"
	"strings"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/leftout"
)

// isCLI reports whether the CLI is one that a name such as "OpenTofu" or
// "Terraform 1.14" means: that one, in that minor version or a later one.
func isCLI(name string) bool { return isVersion(cliVersion(), name) }

func isVersion(cli, name string) bool {
	name, since, limited := strings.Cut(name, " ")
	version, ok := strings.CutPrefix(cli, name+" v")
	if !ok || !limited {
		return ok
	}
	var major, minor, sinceMajor, sinceMinor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return false
	}
	if _, err := fmt.Sscanf(since, "%d.%d", &sinceMajor, &sinceMinor); err != nil {
		return false
	}
	return major > sinceMajor || major == sinceMajor && minor >= sinceMinor
}

func TestIsVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		cli, name string
		want      bool
	}{
		{"OpenTofu v1.12.6", "OpenTofu", true},
		{"OpenTofu v1.12.6", "Terraform", false},
		{"OpenTofu v1.12.6", "Terraform 1.11", false},
		{"Terraform v1.13.5", "Terraform 1.14", false},
		{"Terraform v1.14.0", "Terraform 1.14", true},
		{"Terraform v1.14.0-rc1", "Terraform 1.14", true},
		{"Terraform v2.0.0", "Terraform 1.14", true},
		{"something else", "Terraform 1.14", false},
	} {
		if got := isVersion(test.cli, test.name); got != test.want {
			t.Errorf("%s is %s: got %t", test.cli, test.name, got)
		}
	}
}

// leftOut are the places of pages that this CLI can do nothing with.
var leftOut leftout.List

// leaveOut takes note of a place that another CLI has to be run on.
func leaveOut(t *testing.T, at, needs string) {
	t.Helper()
	test, _, _ := strings.Cut(t.Name(), "/")
	leftOut.Add(test+": "+strings.TrimPrefix(at, root+"/"), needs)
}

package guides

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	direct = regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+|pgregory\.net/rapid) v\S+$`)
	row    = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")
)

// CONTRIBUTING gives a reason for every direct dependency, and for no other.
func TestContributing_dependencies(t *testing.T) {
	t.Parallel()
	_, table, ok := strings.Cut(readFile(t, filepath.Join(root, ".github", "CONTRIBUTING.md")), "## Dependencies")
	if !ok {
		t.Fatal("CONTRIBUTING has no table of dependencies")
	}
	table, _, _ = strings.Cut(table, "\n## ")
	rows := map[string]bool{}
	for _, match := range row.FindAllStringSubmatch(table, -1) {
		rows[match[1]] = true
	}
	for _, match := range direct.FindAllStringSubmatch(readFile(t, filepath.Join(root, "go.mod")), -1) {
		name := strings.TrimPrefix(match[1], "github.com/")
		if !rows[name] {
			t.Errorf("CONTRIBUTING has no reason for %s", name)
		}
		delete(rows, name)
	}
	for name := range rows {
		t.Errorf("CONTRIBUTING has a reason for %s, which is no direct dependency", name)
	}
}

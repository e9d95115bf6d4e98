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

// Every tool with a module of its own is kept up to date.
func TestContributing_tools(t *testing.T) {
	t.Parallel()
	updated := readFile(t, filepath.Join(root, ".github", "dependabot.yml"))
	tools, err := filepath.Glob(filepath.Join(root, "internal", "tools", "*", "go.mod"))
	if err != nil || len(tools) == 0 {
		t.Fatalf("no tools: %v", err)
	}
	for _, file := range tools {
		if name := filepath.Base(filepath.Dir(file)); !strings.Contains(updated, "/internal/tools/"+name+"\n") {
			t.Errorf("dependabot.yml does not know %s", name)
		}
	}
}

var calledTarget = regexp.MustCompile("(?m)(?:`|run: |step |entry: |^ *)make ([a-z]+(?:-[a-z]+)*)")

// What pages, workflows and scripts call with make is there, and has a line of help.
func TestContributing_targets(t *testing.T) {
	t.Parallel()
	makefile := readFile(t, filepath.Join(root, "GNUmakefile"))
	files := []string{"README.md", ".ci/run", ".pre-commit-config.yaml"}
	for _, pattern := range []string{".github/*.md", ".github/workflows/*.yml", "docs/guides/*.md", "examples/*/README.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no files: %v", pattern, err)
		}
		for _, file := range found {
			files = append(files, strings.TrimPrefix(file, root+"/"))
		}
	}
	calls := 0
	for _, file := range files {
		for _, match := range calledTarget.FindAllStringSubmatch(readFile(t, filepath.Join(root, file)), -1) {
			if calls++; !strings.Contains(makefile, "\n"+match[1]+": ## ") {
				t.Errorf("%s calls make %s, which is not there", file, match[1])
			}
		}
	}
	if calls < 30 {
		t.Errorf("only %d calls were found", calls)
	}
}

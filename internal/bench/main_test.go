package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The commands of the guide on scale measure for minutes. This is the same with
// two tokens: what the tables say of calls holds for any number.
func TestBench_putsItsTablesIntoAPage(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n<!-- bench: what `make bench` printed -->\nold\n<!-- end of bench -->\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir("../..")
	// Walked so that go test does not take the result from its cache: the provider is
	// built and not imported.
	if err := filepath.WalkDir("internal", func(_ string, _ fs.DirEntry, err error) error { return err }); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), false, "plan", "2", page); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before\n", "\nafter\n", "| 2 | 2 | off | 0s | 3 |", "| 2 | 2 | on | 0s | 3 |", "| 2 | 10000 | off | 50ms | 3 |"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in the page:\n%s", want, text)
		}
	}
	if runtime.GOOS == "linux" && strings.Contains(string(text), "not known") {
		t.Errorf("the provider was not observed:\n%s", text)
	}
	if strings.Contains(string(text), "old") {
		t.Errorf("the old tables are still there:\n%s", text)
	}
}

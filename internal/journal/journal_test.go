package journal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The test starts itself as another process with this variable: the folder in
// which that process begins a note, and never ends it.
const envDir = "JOURNAL_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(envDir); dir != "" {
		if _, err := In(dir, "account").Begin("create", "studio", work{Since: 7}); err != nil {
			_, _ = os.Stdout.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString("noted\n")
		select {}
	}
	os.Exit(m.Run())
}

type work struct{ Since int }

// another starts a process that has a note, and returns the function that kills it.
func another(t *testing.T, dir string) (kill func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), envDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 100)
	if n, _ := out.Read(said); strings.TrimSpace(string(said[:n])) != "noted" {
		t.Fatalf("the process said %q", said[:n])
	}
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestJournal_ofAProcessThatWasKilled(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "journal")
	j := In(dir, "account")

	kill := another(t, dir)
	if left := j.Left("create", "studio"); len(left) != 0 {
		t.Fatalf("the note of a process that lives was taken: %v", left)
	}
	kill()
	for _, other := range []struct{ kind, thing, scope string }{
		{"create", "backup", "account"}, {"restream", "studio", "account"}, {"create", "studio", "another account"},
	} {
		if len(In(dir, other.scope).Peek(other.kind, other.thing)) != 0 {
			t.Errorf("the note is taken for one of %v", other)
		}
	}

	left := j.Left("create", "studio")
	var got work
	if len(left) != 1 || left[0].Read(&got) != nil || got.Since != 7 {
		t.Fatalf("left: %v, what was noted: %v", left, got)
	}
	if again := j.Left("create", "studio"); len(again) != 0 {
		t.Errorf("the note was taken twice")
	}
	left[0].Keep()
	if len(j.Peek("create", "studio")) != 1 {
		t.Errorf("a note that was kept is gone")
	}
	j.Forget("create", "studio")
	if len(j.Peek("create", "studio")) != 0 || len(files(t, dir)) != 0 {
		t.Errorf("what was forgotten is still there: %v", files(t, dir))
	}
}

func TestJournal_leavesNothingOfWorkThatIsDone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "journal")
	note, err := In(dir, "account").Begin("create", "studio", work{})
	if err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != 2 {
		t.Errorf("want a note and its lock, got %v", got)
	}
	note.Done()
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

// A process that was killed while it wrote its note has not begun the work.
func TestJournal_halfANoteIsNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := In(dir, "account")
	note, err := j.Begin("create", "studio", work{Since: 7})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(note.path, []byte(`{"Since":`), 0o600); err != nil {
		t.Fatal(err)
	}
	note.Keep()
	if len(j.Peek("create", "studio")) != 0 || len(files(t, dir)) != 0 {
		t.Errorf("half a note is still there: %v", files(t, dir))
	}
}

func TestJournal_nowhere(t *testing.T) {
	t.Parallel()
	var j Journal
	note, err := j.Begin("create", "studio", work{})
	if err != nil || len(j.Peek("create", "studio")) != 0 {
		t.Errorf("the zero value must keep nothing: %v", err)
	}
	note.Done()
	note.Keep()

	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := In(file, "account").Begin("create", "studio", work{}); err == nil {
		t.Errorf("a folder that can't be made must be an error")
	}
}

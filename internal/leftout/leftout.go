// Package leftout notes what tests leave out because the CLI at hand lacks what
// they need, so that none of it gets lost: `make test` prints the notes, and
// `make test-left-out` reads them and runs what they name on a CLI that has it.
package leftout

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// List is what the tests of one package have left out. Its zero value is empty.
type List struct {
	mu    sync.Mutex
	lines []string
}

// Add notes what was left out, beginning with the name of the test, and what it
// needs, such as "actions".
func (l *List) Add(what, needs string) {
	// A result is not to come out of go test's cache where the notes were deleted.
	_, _ = os.Stat(Folder())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf("  %s: needs %s\n", what, needs))
}

// Report prints the list, in the order of names and with a count, then more, and
// writes the same to NAME.txt in a folder, unless that is "". `go test` drops what
// a package that passes has printed.
func (l *List) Report(out io.Writer, folder, name, cli, more string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.lines)
	text := fmt.Sprintf("%s: %d left out, because %s lacks what is needed\n%s%s", name, len(l.lines), cli, strings.Join(l.lines, ""), more)
	if _, err := io.WriteString(out, text); err != nil || folder == "" {
		return err
	}
	return os.WriteFile(filepath.Join(folder, name+".txt"), []byte(text), 0o600)
}

// Folder is where the make targets look for the notes; "" outside of them.
func Folder() string { return os.Getenv("MILLICAST_LEFT_OUT") }

package guides

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the repository, as seen from here.
const root = "../.."

// block is a fenced block of a page.
type block struct {
	line     int
	language string
	text     string
	notes    []string // the comments since the block before it
}

// note returns what follows a word in the comments before the block.
func (b block) note(word string) (string, bool) {
	for _, note := range b.notes {
		if rest, ok := strings.CutPrefix(note, word); ok && (rest == "" || rest[0] == ' ' || rest[0] == ':') {
			return strings.TrimSpace(strings.TrimPrefix(rest, ":")), true
		}
	}
	return "", false
}

var comment = regexp.MustCompile(`^\s*<!-- (.*) -->$`)

// readBlocks returns the fenced blocks of a page, without their indentation.
func readBlocks(t *testing.T, file string) []block {
	t.Helper()
	var blocks []block
	var open *block
	var notes []string
	var indent int
	for i, line := range strings.Split(readFile(t, file), "\n") {
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case open == nil && strings.HasPrefix(trimmed, "```"):
			indent = len(line) - len(trimmed)
			open = &block{line: i + 1, language: strings.TrimPrefix(trimmed, "```"), notes: notes}
			notes = nil
		case open != nil && trimmed == "```":
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			open.text += line[min(indent, len(line)-len(trimmed)):] + "\n"
		default:
			if match := comment.FindStringSubmatch(line); match != nil {
				notes = append(notes, match[1])
			}
		}
	}
	if open != nil {
		t.Errorf("%s:%d: the block has no end", file, open.line)
	}
	return blocks
}

// pages returns all Markdown files of docs, and those beside the code.
func pages(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md", "README.md", ".github/*.md", "examples/*/README.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 10 {
		t.Fatalf("only %d pages: %v", len(files), files)
	}
	return files
}

func readFile(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
}

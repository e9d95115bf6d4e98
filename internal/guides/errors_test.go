package guides

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Every error and warning that a page quotes is one that the provider gives:
// its summary is in the code, and each paragraph of its text is in a test of
// words, or is what a format in the code gives.
func TestDocs_quotedErrors(t *testing.T) {
	t.Parallel()
	said := readWords(t)
	quotes := 0
	for _, file := range pages(t) {
		for _, b := range readBlocks(t, file) {
			if b.language != "text" || !strings.HasPrefix(b.text, "Error: ") && !strings.HasPrefix(b.text, "Warning: ") {
				continue
			}
			for i, paragraph := range strings.Split(strings.TrimSpace(b.text), "\n\n") {
				if i == 0 {
					first, _, _ := strings.Cut(paragraph, "\n")
					_, paragraph, _ = strings.Cut(first, ": ")
					quotes++
				}
				if !said.has(paragraph) {
					t.Errorf("%s:%d: the provider never says %q", file, b.line, paragraph)
				}
			}
		}
	}
	if quotes < 10 {
		t.Errorf("only %d quotes were found", quotes)
	}
}

// byTerraform are what Terraform says by itself.
var byTerraform = []string{"Provider produced inconsistent final plan", "Check block assertion failed", "Invalid function argument"}

// words is what the provider can say.
type words struct {
	golden  string // what its tests expect, word by word
	formats []*regexp.Regexp
}

var (
	named       = regexp.MustCompile(`[Pp]ublish token (\d+|\{\w+\}) \("[^"]*"\)`)
	placeholder = regexp.MustCompile(`%[+#\[\]0-9]*[sdqvT]`)
	inList      = regexp.MustCompile(`(?m)^  .*$`)
)

// common leaves out which token it is.
func common(text string) string {
	return strings.Join(strings.Fields(named.ReplaceAllString(text, "TOKEN")), " ")
}

func (w *words) has(paragraph string) bool {
	for _, summary := range byTerraform {
		if paragraph == summary {
			return true
		}
	}
	if strings.HasPrefix(paragraph, "  ") && inList.ReplaceAllString(paragraph, "") == "" {
		paragraph = strings.TrimSpace(paragraph)
	}
	if strings.Contains(w.golden, common(paragraph)) {
		return true
	}
	flat := strings.Join(strings.Fields(paragraph), " ")
	for _, format := range w.formats {
		if format.MatchString(flat) {
			return true
		}
	}
	return indented(paragraph, w)
}

// indented reports whether each line of a list is said somewhere.
func indented(paragraph string, w *words) bool {
	for line := range strings.Lines(paragraph) {
		line = common(line)
		known := strings.Contains(w.golden, line)
		for _, format := range w.formats {
			known = known || format.MatchString(line)
		}
		if !known {
			return false
		}
	}
	return strings.Contains(paragraph, "\n")
}

// readWords reads all strings of the provider's code and of its tests.
func readWords(t *testing.T) *words {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "internal", "provider", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	w := new(words)
	var golden strings.Builder
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			expr, ok := node.(ast.Expr)
			if !ok {
				return true
			}
			text, ok := literal(expr)
			if !ok {
				return true
			}
			if strings.HasSuffix(name, "_test.go") {
				golden.WriteString(common(text) + "\n")
				return false
			}
			for _, paragraph := range strings.Split(text, "\n\n") {
				w.add(paragraph)
			}
			return false
		})
	}
	w.golden = golden.String()
	return w
}

// add makes a format of a paragraph. One without enough words of its own would
// fit anything.
func (w *words) add(paragraph string) {
	flat := strings.Join(strings.Fields(paragraph), " ")
	own := placeholder.ReplaceAllString(flat, "")
	if len(strings.Fields(own)) < 2 {
		return
	}
	parts := placeholder.Split(flat, -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	w.formats = append(w.formats, regexp.MustCompile(`(?i)^`+strings.Join(parts, `.+`)+`$`))
}

// literal returns the string of a literal, or of a sum that begins with one;
// what else is in the sum may be anything.
func literal(expr ast.Expr) (string, bool) {
	switch e := expr.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		one, ok := literal(e.X)
		other, also := literal(e.Y)
		if e.Op != token.ADD || !ok && !also {
			return "", false
		}
		if !ok {
			one = "%s"
		}
		if !also {
			other = "%s"
		}
		return one + other, true
	}
	return "", false
}

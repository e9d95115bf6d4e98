package provider

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// said is every error and warning that the tests of this package have seen.
// `make messages` prints them as one list.
var said messages

// messages are diagnostics, one of each shape, and what is wrong with some.
type messages struct {
	mu       sync.Mutex
	texts    map[string]string
	problems []string
}

var (
	anyNumber = regexp.MustCompile(`-?\d+`)
	quote     = regexp.MustCompile(`"[^"\n]*"`)
	lists     = regexp.MustCompile(`(?m)(^  .*\n\n?)+`)
	cause     = regexp.MustCompile(`(?s)(API said|Cause): .*`)
)

// shape leaves out of a text what depends on the account: names, numbers, lists,
// and the words of the API.
func shape(text string) string {
	if summary, _, _ := strings.Cut(text, "\n"); !strings.Contains(summary, functionFailed) && ofTheFramework.MatchString(summary) {
		return summary
	}
	for _, part := range []*regexp.Regexp{cause, lists, quote, anyNumber} {
		text = part.ReplaceAllString(text, "…")
	}
	return text
}

func (m *messages) add(d diagnostic) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.texts == nil {
		m.texts = map[string]string{}
	}
	d.path = ""
	text := d.String()
	key := shape(text)
	kept, ok := m.texts[key]
	if problem := malformed(d); !ok && problem != "" {
		m.problems = append(m.problems, problem+"\n"+text)
	}
	if !ok || len(text) < len(kept) || len(text) == len(kept) && text < kept {
		m.texts[key] = text
	}
}

// report prints what is wrong with the form of what was said, and, after a run of
// all tests, what none of them has seen. It reports whether nothing is. For `make
// messages` it writes the list to a file.
func (m *messages) report() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	file := os.Getenv("MILLICAST_MESSAGES")
	if file != "" {
		if err := m.write(file); err != nil {
			m.problems = append(m.problems, err.Error())
		}
	}
	if file != "" || flag.Lookup("test.run").Value.String()+flag.Lookup("test.skip").Value.String() == "" {
		unsaid, err := m.unsaid()
		if err != nil {
			m.problems = append(m.problems, err.Error())
		}
		for _, summary := range unsaid {
			m.problems = append(m.problems, "no test has seen it\n"+summary)
		}
	}
	for _, problem := range m.problems {
		fmt.Fprintf(os.Stderr, "a message is wrong: %s\n\n", problem)
	}
	return len(m.problems) == 0
}

// write writes the list to a file, errors before warnings, by summary.
func (m *messages) write(file string) error {
	var texts []string
	for _, text := range m.texts {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return os.WriteFile(file, []byte(strings.Join(texts, "\n\n"+strings.Repeat("-", 72)+"\n\n")+"\n"), 0o600)
}

// ofTheFramework are summaries of the framework and of its validators.
var ofTheFramework = regexp.MustCompile(`^(Error: )?(Invalid|Missing|Null) (Attribute|Set) `)

// functionFailed is what Terraform writes above the error of a function.
const functionFailed = "Error in function call"

// malformed says what is wrong with the form of a diagnostic: "" if nothing.
// Each has a short summary, says what happened, and then what to do next.
func malformed(d diagnostic) string {
	first, _ := utf8.DecodeRuneInString(d.summary)
	words := strings.Fields(d.summary)
	switch {
	case d.summary == functionFailed: // One sentence on an argument is all there is room for.
		return ""
	case ofTheFramework.MatchString(d.summary):
		return ""
	case utf8.RuneCountInString(d.summary) > 60:
		return "the summary has more than 60 characters"
	case !unicode.IsUpper(first) || strings.ContainsAny(d.summary, ".!:\n"):
		return "the summary is no sentence-case phrase without a stop"
	case slices.ContainsFunc(words[1:], func(word string) bool { return titled(word) }):
		return "the summary has a capital inside"
	case strings.Contains(strings.ToLower(d.summary+d.detail), "failed to "):
		return `it says "failed to"`
	}
	paragraphs := strings.Split(cause.ReplaceAllString(strings.TrimSpace(d.detail), ""), "\n\n")
	paragraphs = slices.DeleteFunc(paragraphs, func(p string) bool { return strings.TrimSpace(p) == "" })
	for _, p := range paragraphs {
		if start, _ := utf8.DecodeRuneInString(p); !strings.HasPrefix(p, "  ") && unicode.IsLower(start) && strings.Contains(p, " ") && !setting.MatchString(p) {
			return fmt.Sprintf("a paragraph begins in lower case: %q", p)
		}
	}
	if !announces(d) && len(paragraphs) < 2 {
		return "it has no next step in a paragraph of its own"
	}
	return ""
}

// setting is a line of configuration, or a name at the beginning of a sentence.
var setting = regexp.MustCompile(`^[a-z_]+(=|_| = )`)

// titled reports a capital that is neither of a name nor of an abbreviation.
func titled(word string) bool {
	first, size := utf8.DecodeRuneInString(word)
	second, _ := utf8.DecodeRuneInString(word[size:])
	return unicode.IsUpper(first) && !unicode.IsUpper(second) && word != "Millicast"
}

// announces reports whether a warning is what a reviewer reads of a change: what
// to do next is to approve it or not.
func announces(d diagnostic) bool {
	return d.warning && strings.Contains(d.detail, "\n  ")
}

// unsaid returns the summaries in the code that no test has seen.
func (m *messages) unsaid() ([]string, error) {
	summaries, err := summariesInCode()
	if err != nil {
		return nil, err
	}
	var seen strings.Builder
	for _, text := range m.texts {
		seen.WriteString(text + "\n")
	}
	return slices.DeleteFunc(summaries, func(s string) bool { return strings.Contains(seen.String(), ": "+s+"\n") }), nil
}

// diagnosticCall are the functions that make a diagnostic, and the place of its
// summary among their arguments.
var diagnosticCall = map[string]int{
	"AddError": 0, "AddWarning": 0, "AddAttributeError": 1, "AddAttributeWarning": 1,
	"NewErrorDiagnostic": 0, "NewWarningDiagnostic": 0, "NewAttributeErrorDiagnostic": 1, "NewAttributeWarningDiagnostic": 1,
}

// bugs are the summaries of what only a mistake in the provider can bring about.
var bugs = map[string]bool{"Unable to store publish token": true, "Unable to read stream failover": true}

// summariesInCode returns the summaries of all diagnostics that this package can
// give, but for those that are put together from parts.
func summariesInCode() ([]string, error) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		return nil, err
	}
	var found []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok {
				if text, ok := summaryOf(call); ok {
					found = append(found, text)
				}
			}
			return true
		})
	}
	slices.Sort(found)
	return slices.DeleteFunc(slices.Compact(found), func(s string) bool { return bugs[s] }), nil
}

func summaryOf(call *ast.CallExpr) (string, bool) {
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	at, ok := diagnosticCall[fun.Sel.Name]
	if !ok || len(call.Args) <= at {
		return "", false
	}
	literal, ok := call.Args[at].(*ast.BasicLit)
	if !ok {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

// Command spelling looks up every word of the documentation, of comments and of
// messages in a dictionary, and in words.txt beside it, which has the words of the
// trade. It prints those that are in neither.
//
//	go -C internal/tools/spelling run . -dictionary FOLDER ../../..
//
// The dictionary is the one that the prose linter Vale brings along.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

func main() {
	folder := flag.String("dictionary", "", "folder with en_US-web.aff and en_US-web.dic")
	flag.Parse()
	if err := run(*folder, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "spelling:", err)
		os.Exit(1)
	}
}

func run(folder, root string) error {
	known, err := readDictionary(filepath.Join(folder, "en_US-web"))
	if err != nil {
		return err
	}
	if err := addOwn(known, "words.txt"); err != nil {
		return err
	}
	list := exec.Command("git", "ls-files", "-z")
	list.Dir, list.Stderr = root, os.Stderr
	out, err := list.Output()
	if err != nil {
		return err
	}
	files, wrong := 0, 0
	for _, name := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		read, ok := readers[filepath.Ext(name)]
		if !ok {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		files++
		for i, prose := range read(name, string(text)) {
			for _, word := range words(prose) {
				if !known.has(word) {
					fmt.Printf("%s:%d: %s\n", name, i, word)
					wrong++
				}
			}
		}
	}
	if files == 0 {
		return fmt.Errorf("no files in %s", root)
	}
	if wrong > 0 {
		return fmt.Errorf("%d words are not known: correct them, or add them to internal/tools/spelling/words.txt", wrong)
	}
	fmt.Printf("%d files are spelled right\n", files)
	return nil
}

// readers return the prose of a file by line, by the file's extension.
var readers = map[string]func(name, text string) map[int]string{
	".md": markdown, ".tmpl": markdown, ".go": golang,
	".tf": comments, ".hcl": comments, ".tfvars": comments, ".rego": comments, ".sh": comments, ".yml": comments, ".yaml": comments,
}

var (
	code    = regexp.MustCompile("`[^`]*`|<[^>]*>|\\]\\([^)]*\\)|https?://\\S+|\\{\\{.*?\\}\\}")
	comment = regexp.MustCompile(`(?:^|\s)#+\s(.*)$`)
)

// markdown leaves code out, but for the comments in it.
func markdown(_, text string) map[int]string {
	found := map[int]string{}
	fenced := false
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			fenced = !fenced
		case !fenced:
			found[i+1] = code.ReplaceAllString(line, " ")
		default:
			if match := comment.FindStringSubmatch(line); match != nil {
				found[i+1] = code.ReplaceAllString(match[1], " ")
			}
		}
	}
	return found
}

func comments(_, text string) map[int]string {
	found := map[int]string{}
	for i, line := range strings.Split(text, "\n") {
		if match := comment.FindStringSubmatch(line); match != nil {
			found[i+1] = code.ReplaceAllString(match[1], " ")
		}
	}
	return found
}

// golang returns comments, and strings that are sentences. Tests have strings that
// are wrong on purpose.
func golang(name, text string) map[int]string {
	found := map[int]string{}
	set := token.NewFileSet()
	file := set.AddFile("", set.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), nil, scanner.ScanComments)
	for {
		pos, kind, literal := s.Scan()
		if kind == token.EOF {
			return found
		}
		line := file.Line(pos)
		switch kind {
		case token.COMMENT:
			if !strings.HasPrefix(literal, "//go:") && !strings.HasPrefix(literal, "//nolint") {
				found[line] += " " + code.ReplaceAllString(literal, " ")
			}
		case token.STRING:
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			if value, err := strconv.Unquote(literal); err == nil && sentence.MatchString(value) {
				found[line] += " " + code.ReplaceAllString(value, " ")
			}
		}
	}
}

var sentence = regexp.MustCompile(`[A-Za-z]+ [a-z]+ [a-z]+`)

// words returns the words of prose. What looks like a name of code is none.
func words(prose string) []string {
	var found []string
	for _, field := range strings.FieldsFunc(prose, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()[]{},;\"“”*|…—–", r) }) {
		field = strings.Trim(field, ".:!?'’`")
		if strings.ContainsAny(field, "_/.:=<>$@#%&+\\~^0123456789") {
			continue
		}
		for _, part := range strings.Split(field, "-") {
			part = strings.ReplaceAll(strings.Trim(part, "'’"), "’", "'")
			if len(part) > 1 && !camel.MatchString(part) && strings.ToUpper(part) != part {
				found = append(found, part)
			}
		}
	}
	return found
}

var camel = regexp.MustCompile(`\p{Ll}\p{Lu}|^\p{Lu}{2,}`)

// dictionary is a set of words in lower case, or as they are if they have a
// capital of their own.
type dictionary map[string]bool

func (d dictionary) has(word string) bool {
	word = strings.TrimSuffix(word, "'s")
	return d[word] || d[strings.ToLower(word)]
}

func addOwn(d dictionary, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if word, _, _ := strings.Cut(line, "#"); strings.TrimSpace(word) != "" {
			d[strings.TrimSpace(word)] = true
		}
	}
	return nil
}

// affix is one rule of how a word is bent.
type affix struct {
	suffix, cross bool
	strip, add    string
	fits          *regexp.Regexp
}

// readDictionary reads a dictionary in the form of Hunspell, and bends every word
// in all ways that it says.
func readDictionary(name string) (dictionary, error) {
	rules, err := readRules(name + ".aff")
	if err != nil {
		return nil, err
	}
	file, err := os.Open(name + ".dic")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	found := dictionary{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		word, flags, _ := strings.Cut(lines.Text(), "/")
		found[word] = true
		for _, flag := range flags {
			for _, rule := range rules[flag] {
				bent, ok := rule.bend(word)
				if !ok {
					continue
				}
				found[bent] = true
				if !rule.cross || rule.suffix {
					continue
				}
				for _, other := range flags {
					for _, second := range rules[other] {
						if both, ok := second.bend(bent); ok && second.suffix && second.cross {
							found[both] = true
						}
					}
				}
			}
		}
	}
	return found, lines.Err()
}

func (a affix) bend(word string) (string, bool) {
	if !a.fits.MatchString(word) {
		return "", false
	}
	if a.suffix {
		return strings.TrimSuffix(word, a.strip) + a.add, true
	}
	return a.add + strings.TrimPrefix(word, a.strip), true
}

func readRules(name string) (map[rune][]affix, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	rules, cross := map[rune][]affix{}, map[rune]bool{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || fields[0] != "SFX" && fields[0] != "PFX" {
			continue
		}
		flag := []rune(fields[1])[0]
		if len(fields) == 4 {
			cross[flag] = fields[2] == "Y"
			continue
		}
		rule := affix{suffix: fields[0] == "SFX", cross: cross[flag]}
		if fields[2] != "0" {
			rule.strip = fields[2]
		}
		rule.add, _, _ = strings.Cut(fields[3], "/")
		pattern := "^" + fields[4]
		if rule.suffix {
			pattern = fields[4] + "$"
		}
		if rule.fits, err = regexp.Compile(pattern); err != nil {
			return nil, err
		}
		rules[flag] = append(rules[flag], rule)
	}
	return rules, nil
}

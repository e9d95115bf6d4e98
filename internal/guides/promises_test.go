package guides

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"testing"
)

var (
	testName = regexp.MustCompile("`((?:Test|Fuzz)\\w+\\*?)`")
	testFile = regexp.MustCompile("`((?:internal/\\w+/)?\\w+_test\\.go)`")
	function = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// Each promise names tests that exist.
func TestReliability_namesTests(t *testing.T) {
	t.Parallel()
	var tests, files []string
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(file string, _ os.DirEntry, err error) error {
		if err != nil || !regexp.MustCompile(`_test\.go$`).MatchString(file) {
			return err
		}
		files = append(files, file)
		for _, match := range function.FindAllStringSubmatch(readFile(t, file), -1) {
			tests = append(tests, match[1])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	matches := func(pattern string, names []string) bool {
		for _, name := range names {
			if ok, err := path.Match(pattern, name); err == nil && ok {
				return true
			}
		}
		return false
	}

	page := readFile(t, filepath.Join(root, "docs", "guides", "reliability.md"))
	named := testName.FindAllStringSubmatch(page, -1)
	for _, match := range named {
		if !matches(match[1], tests) {
			t.Errorf("there is no test %s", match[1])
		}
	}
	for _, match := range testFile.FindAllStringSubmatch(page, -1) {
		if !matches(match[1], bases(files)) && !matches(filepath.Join(root, match[1]), files) {
			t.Errorf("there is no file %s", match[1])
		}
	}
	if len(named) < 10 {
		t.Errorf("only %d tests were found in the page", len(named))
	}
}

func bases(files []string) []string {
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = filepath.Base(file)
	}
	return names
}

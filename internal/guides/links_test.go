package guides

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"`)
	heading = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	anchor  = regexp.MustCompile(`<a id="([^"]+)"></a>`)
	noWord  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// ours is where the files of the repository are for those who read the docs
// elsewhere.
var ours = []string{
	"https://raw.githubusercontent.com/millicast/terraform-provider-millicast/main/",
	"https://github.com/millicast/terraform-provider-millicast/blob/main/",
}

// Every link to a file of the repository, and to a heading in it, leads somewhere.
func TestDocs_links(t *testing.T) {
	t.Parallel()
	for _, file := range append(pages(t), filepath.Join(root, "CHANGELOG.md")) {
		for _, match := range link.FindAllStringSubmatch(readFile(t, file), -1) {
			if problem := broken(t, file, match[1]+match[2]); problem != "" {
				t.Errorf("%s: the link %s leads nowhere: %s", file, match[0], problem)
			}
		}
	}
}

func broken(t *testing.T, file, target string) string {
	t.Helper()
	path, fragment, _ := strings.Cut(target, "#")
	switch {
	case path == "":
		path = file
	case strings.Contains(path, ":"):
		inside := ""
		for _, prefix := range ours {
			if rest, ok := strings.CutPrefix(path, prefix); ok {
				inside = rest
			}
		}
		if inside == "" {
			return "" // somebody else's page
		}
		path = filepath.Join(root, inside)
	default:
		path = filepath.Join(filepath.Dir(file), path)
	}
	if _, err := os.Stat(path); err != nil {
		return err.Error()
	}
	if fragment == "" || !strings.HasSuffix(path, ".md") {
		return ""
	}
	text := readFile(t, path)
	for _, match := range anchor.FindAllStringSubmatch(text, -1) {
		if match[1] == fragment {
			return ""
		}
	}
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		if strings.ReplaceAll(strings.ToLower(noWord.ReplaceAllString(match[1], "")), " ", "-") == fragment {
			return ""
		}
	}
	return "there is no such heading"
}

var guideName = regexp.MustCompile(`(?s)[Gg]uides?\s+\*([^*]+)\*`)

// A guide that is named in a page exists under that title.
func TestDocs_namedGuidesExist(t *testing.T) {
	t.Parallel()
	titles := map[string]bool{}
	for _, file := range pages(t) {
		if match := heading.FindStringSubmatch(readFile(t, file)); match != nil {
			title, _, _ := strings.Cut(match[1], ":")
			titles[title] = true
		}
	}
	for _, file := range pages(t) {
		for _, match := range guideName.FindAllStringSubmatch(readFile(t, file), -1) {
			if name := strings.Join(strings.Fields(match[1]), " "); !titles[name] {
				t.Errorf("%s: there is no guide %q", file, name)
			}
		}
	}
}

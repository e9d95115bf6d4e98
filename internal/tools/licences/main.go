// Command licences fails unless every module in the provider's binary comes under
// a licence that allows to give the binary away under ours, the MPL 2.0.
//
//	go -C internal/tools/licences run . ../../..
package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// allowed are the licences of what may be in the binary, by their SPDX ids.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"}

// systems are those that have dependencies of their own.
var systems = []string{"linux", "darwin", "windows", "freebsd"}

// minCovered is how much of a file the licences that are found must make up, in
// percent. The rest are copyright lines.
const minCovered = 75

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "licences FOLDER")
		os.Exit(2)
	}
	modules := map[string]string{} // folders by path and version
	for _, system := range systems {
		if err := list(os.Args[1], system, modules); err != nil {
			fmt.Fprintln(os.Stderr, "licences:", err)
			os.Exit(1)
		}
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		found, err := licencesOf(modules[name])
		fmt.Printf("%-80s %s\n", name, strings.Join(found, ", "))
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	if err := errors.Join(problems...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// list adds the modules that the binary of a system is made of.
func list(folder, system string, modules map[string]string) error {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	for line := range bytes.Lines(out) {
		if name, dir, ok := strings.Cut(strings.TrimSpace(string(line)), "\t"); ok {
			modules[name] = dir
		}
	}
	if len(modules) == 0 {
		return fmt.Errorf("no modules in %s", folder)
	}
	return nil
}

var fileName = regexp.MustCompile(`(?i)^(licen[cs]e|copying)([.-].*)?$`)

// licencesOf returns the licences of a module, and an error if one is not allowed
// or can't be told.
func licencesOf(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, entry := range entries {
		if entry.IsDir() || !fileName.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		coverage := licensecheck.Scan(text)
		if coverage.Percent < minCovered {
			return found, fmt.Errorf("%s is none that is known (%.0f %%)", entry.Name(), coverage.Percent)
		}
		for _, match := range coverage.Match {
			if match.IsURL || slices.Contains(found, match.ID) {
				continue
			}
			found = append(found, match.ID)
			if !slices.Contains(allowed, match.ID) {
				err = errors.Join(err, fmt.Errorf("%s is not allowed: see CONTRIBUTING", match.ID))
			}
		}
		if err != nil {
			return found, err
		}
	}
	if len(found) == 0 {
		return nil, errors.New("it has no licence")
	}
	return found, nil
}

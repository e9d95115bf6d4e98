// Command releasecheck holds a folder that goreleaser has filled against what the
// Terraform and OpenTofu registries ask of a release: names, checksums over zips
// and manifest, what is in each zip, and how the binary in it was built.
//
//	go run ./internal/tools/releasecheck dist
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const project = "terraform-provider-millicast"

// platforms are what is built.
var platforms = []string{
	"darwin_amd64", "darwin_arm64", "freebsd_386", "freebsd_amd64", "freebsd_arm", "freebsd_arm64",
	"linux_386", "linux_amd64", "linux_arm", "linux_arm64", "windows_386", "windows_amd64", "windows_arm64",
}

func main() {
	signed := flag.Bool("signed", false, "there is a signature of the checksums")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "releasecheck [-signed] FOLDER")
		os.Exit(2)
	}
	if err := check(flag.Arg(0), *signed); err != nil {
		fmt.Fprintln(os.Stderr, "releasecheck:", err)
		os.Exit(1)
	}
	fmt.Printf("%s has what the registries ask for: %d zips\n", flag.Arg(0), len(platforms))
}

func check(folder string, signed bool) error {
	version, err := versionOf(folder)
	if err != nil {
		return err
	}
	prefix := project + "_" + version + "_"
	sums, err := checksums(filepath.Join(folder, prefix+"SHA256SUMS"))
	if err != nil {
		return err
	}
	want := []string{prefix + "manifest.json"}
	for _, platform := range platforms {
		want = append(want, prefix+platform+".zip")
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(sums)); !slices.Equal(got, want) {
		return fmt.Errorf("checksums of\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var problems []error
	if signed {
		problems = append(problems, checkSignature(filepath.Join(folder, prefix+"SHA256SUMS.sig")))
	}
	for name, sum := range sums {
		file := filepath.Join(folder, name)
		if strings.HasSuffix(name, "_manifest.json") {
			file = "terraform-registry-manifest.json" // It is uploaded under that name.
		}
		content, err := os.ReadFile(file)
		if err == nil && fmt.Sprintf("%x", sha256.Sum256(content)) != sum {
			err = errors.New("another checksum than in SHA256SUMS")
		}
		if platform, ok := strings.CutSuffix(strings.TrimPrefix(name, prefix), ".zip"); ok && err == nil {
			err = errors.Join(checkZip(content, platform, version), checkContents(file+".spdx.json"))
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(problems...)
}

// checkSignature looks whether a signature is there, and not in ASCII armor, which
// the registries don't read. Whether it is right, they try themselves.
func checkSignature(file string) error {
	signature, err := os.ReadFile(file)
	if err == nil && (len(signature) == 0 || bytes.HasPrefix(signature, []byte("-----"))) {
		err = fmt.Errorf("%s is no binary signature", file)
	}
	return err
}

func versionOf(folder string) (string, error) {
	text, err := os.ReadFile(filepath.Join(folder, "metadata.json"))
	if err != nil {
		return "", err
	}
	var metadata struct {
		Version string `json:"version"`
	}
	err = json.Unmarshal(text, &metadata)
	return metadata.Version, err
}

// checksums reads a file of lines "sum  name".
func checksums(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok {
			return nil, fmt.Errorf("%s: no checksum in %q", file, line)
		}
		sums[name] = sum
	}
	return sums, nil
}

// checkZip looks into a zip: the binary, the licence, and nothing else.
func checkZip(content []byte, platform, version string) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return err
	}
	system, architecture, _ := strings.Cut(platform, "_")
	binary := project + "_v" + version
	if system == "windows" {
		binary += ".exe"
	}
	var names []string
	for _, file := range archive.File {
		names = append(names, file.Name)
	}
	slices.Sort(names)
	if want := []string{"LICENSE", binary}; !slices.Equal(names, want) {
		return fmt.Errorf("it has %v, want %v", names, want)
	}
	file, err := archive.Open(binary)
	if err != nil {
		return err
	}
	defer file.Close()
	program, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	if !bytes.Contains(program, []byte(version)) {
		return fmt.Errorf("the binary does not know that it is %s", version)
	}
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		return err
	}
	settings := map[string]string{}
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	for key, want := range map[string]string{"GOOS": system, "GOARCH": architecture, "CGO_ENABLED": "0", "-trimpath": "true"} {
		if settings[key] != want {
			return fmt.Errorf("it was built with %s=%s, want %s", key, settings[key], want)
		}
	}
	if settings["vcs.modified"] == "true" { // Go finds no commit at all in a git worktree.
		return errors.New("it was built with changes that are not committed")
	}
	return nil
}

// checkContents looks into the list of contents of a zip: the modules of the binary
// are in it.
func checkContents(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var list struct {
		Packages []struct {
			Name string `json:"name"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	for _, one := range list.Packages {
		if one.Name == "github.com/hashicorp/terraform-plugin-framework" {
			return nil
		}
	}
	return fmt.Errorf("%s does not list the framework among %d packages", filepath.Base(file), len(list.Packages))
}

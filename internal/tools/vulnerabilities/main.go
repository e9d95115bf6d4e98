// Command vulnerabilities looks for known vulnerabilities in the functions that the
// provider calls. It needs no network: the database is the module golang.org/x/vulndb,
// in the version that go.mod beside this file pins.
//
//	go -C internal/tools/vulnerabilities run . [-online] [-strict] ../../..
//
// A vulnerability of a dependency is an error. One of the Go version at hand is
// printed, and an error only with -strict: it is repaired by a newer Go, and the
// release is built with the newest.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/vuln/scan"
)

func main() {
	online := flag.Bool("online", false, "ask vuln.go.dev instead of the pinned database")
	strict := flag.Bool("strict", false, "take a vulnerability of Go itself for an error")
	flag.Parse()
	if err := run(context.Background(), flag.Arg(0), *online, *strict); err != nil {
		fmt.Fprintln(os.Stderr, "vulnerabilities:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, folder string, online, strict bool) error {
	args := []string{"-C", folder, "-format", "json"}
	if !online {
		database, err := pinned(ctx)
		if err != nil {
			return err
		}
		args = append(args, "-db", "file://"+filepath.ToSlash(database))
	}
	read, write := io.Pipe()
	cmd := scan.Command(ctx, append(args, "./...")...)
	cmd.Stdout, cmd.Stderr = write, os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		write.CloseWithError(err) // nil is the end of the answer
		done <- err
	}()
	ofModules, ofGo, err := called(read)
	if err := errors.Join(err, <-done); err != nil {
		return err
	}
	for _, line := range ofGo {
		fmt.Println("Go itself:", line)
	}
	for _, line := range ofModules {
		fmt.Println("dependency:", line)
	}
	switch {
	case len(ofModules) > 0:
		return fmt.Errorf("%d of dependencies: update them", len(ofModules))
	case len(ofGo) > 0 && strict:
		return fmt.Errorf("%d of this Go: take a newer one", len(ofGo))
	}
	fmt.Printf("the provider calls nothing that is known to be vulnerable in its dependencies; %d in this Go\n", len(ofGo))
	return nil
}

// pinned returns the folder of the database in the module cache.
func pinned(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", "golang.org/x/vulndb")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", err
	}
	var module struct{ Dir, Version string }
	if err := json.Unmarshal(out, &module); err != nil {
		return "", err
	}
	database := filepath.Join(module.Dir, "data", "osv")
	entries, err := os.ReadDir(database)
	if err == nil && len(entries) < 1000 {
		err = fmt.Errorf("%s has only %d entries", database, len(entries))
	}
	fmt.Printf("%d known vulnerabilities in the database %s\n", len(entries), module.Version)
	return database, err
}

// called reads findings, and returns those in functions that are called.
func called(answer io.Reader) (ofModules, ofGo []string, err error) {
	modules, standard, configured := map[string]bool{}, map[string]bool{}, false
	for decoder := json.NewDecoder(answer); ; {
		var message struct {
			Config  *struct{}
			Finding *struct {
				OSV          string `json:"osv"`
				FixedVersion string `json:"fixed_version"`
				Trace        []struct{ Module, Version, Function string }
			}
		}
		switch err := decoder.Decode(&message); {
		case errors.Is(err, io.EOF) && configured:
			return slices.Sorted(maps.Keys(modules)), slices.Sorted(maps.Keys(standard)), nil
		case errors.Is(err, io.EOF):
			return nil, nil, errors.New("there was no answer")
		case err != nil:
			return nil, nil, err
		}
		configured = configured || message.Config != nil
		if message.Finding == nil || len(message.Finding.Trace) == 0 || message.Finding.Trace[0].Function == "" {
			continue
		}
		at := message.Finding.Trace[0]
		line := fmt.Sprintf("%s in %s %s, fixed in %s", message.Finding.OSV, at.Module, at.Version, message.Finding.FixedVersion)
		if strings.HasPrefix(at.Module, "stdlib") || at.Module == "toolchain" {
			standard[line] = true
		} else {
			modules[line] = true
		}
	}
}

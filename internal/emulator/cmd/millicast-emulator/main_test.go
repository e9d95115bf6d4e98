package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The program is built, run with the sample seed, called, and told to stop.
func TestProgram(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "millicast-emulator")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), binary, "-seed", "seed.json", "-secret", "s3", "-account", "Acc0")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	var lines []string
	for scanner := bufio.NewScanner(stdout); len(lines) < 5 && scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	if len(lines) < 5 {
		t.Fatalf("it printed only %q", lines)
	}
	url, ok := strings.CutPrefix(lines[0], "listening on ")
	if want := []string{"", "export MILLICAST_BASE_URL=" + url, "export MILLICAST_API_SECRET=s3", "export MILLICAST_ACCOUNT_ID=Acc0"}; !ok || strings.Join(lines[1:], "\n") != strings.Join(want, "\n") {
		t.Fatalf("it printed %q", lines)
	}

	if got := get(t, url+"/api/publish_token/10001"); !strings.Contains(got, `"label":"main-fra"`) {
		t.Errorf("the first token is %s", got)
	}
	if got := get(t, url+"/_emulator/timeline"); !strings.Contains(got, "main-fra (fra-1)") {
		t.Errorf("the timeline is\n%s", got)
	}

	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it did not stop well: %v", err)
	}
}

// get returns what a URL answers.
func get(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer s3")
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestRun_refuses(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"an unknown flag":   {"-port", "1"},
		"an argument":       {"start"},
		"a missing seed":    {"-seed", "nowhere.json"},
		"a broken seed":     {"-seed", broken},
		"a useless address": {"-address", "nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			if err := run(ctx, args, io.Discard, io.Discard); err == nil {
				t.Error("no error")
			}
		})
	}
}

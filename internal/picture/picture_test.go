package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// What the README shows is what the emulator does today.
func TestPicture_isCurrent(t *testing.T) {
	t.Parallel()
	pictures, err := draw()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pictures {
		got, err := os.ReadFile(filepath.Join("../..", folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is out of date: run `go run ./internal/picture`", name)
		}
		for d := xml.NewDecoder(bytes.NewReader(want)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

// The picture promises one switch without a gap, when the standby is back.
func TestPicture_tellsTheTruth(t *testing.T) {
	t.Parallel()
	b, err := broadcast()
	if err != nil {
		t.Fatal(err)
	}
	if b.gap != 0 || len(b.viewers) != 2 || b.viewers[0].lane != 0 || b.viewers[1].lane != 1 {
		t.Errorf("gap %s, viewers %v", b.gap, b.viewers)
	}
	if got, want := b.viewers[1].from, call+reconnect; got != want {
		t.Errorf("viewers change over at %s, want %s", got, want)
	}
	if feeds := b.lanes[1].feeds; len(feeds) != 2 || feeds[0].to != call || feeds[1].priority != 40 {
		t.Errorf("feeds of the standby: %v", feeds)
	}
}

package main

import "testing"

// The demo is a test of its own: it fails if viewers do not see what they should.
func TestDemo(t *testing.T) {
	t.Chdir("../..")
	if err := run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

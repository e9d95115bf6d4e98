package main

import "testing"

// The demo is a test of its own: it fails if viewers do not see what they should.
func TestDemo(t *testing.T) {
	t.Chdir("../..")
	if err := run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// The examples that name the provider's source address are modules as users
// have them, so the CLI gets them as they are.
func TestExamples_modulesAreValid(t *testing.T) {
	t.Chdir("../..")
	path, err := findCLI()
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{"examples/provider", module} {
		tf, err := newCLI(t.Context(), path, t.TempDir(), module, "MILLICAST_API_SECRET=not-needed-to-validate")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tf.run(t.Context(), "validate"); err != nil {
			t.Errorf("%s: %v", module, err)
		}
	}
}

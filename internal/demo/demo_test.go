package main

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// dependOnProvider lets go test see what a result also depends on, so that it is
// not taken from the cache: the code of the provider, which is built and not
// imported.
func dependOnProvider(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../../internal", func(_ string, _ fs.DirEntry, err error) error { return err })
	if err != nil {
		t.Fatal(err)
	}
}

// The demo is a test of its own: it fails if viewers do not see what they should.
func TestDemo(t *testing.T) {
	dependOnProvider(t)
	t.Chdir("../..")
	if err := run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// The modules of examples are run as users have them: validated, and played
// through by their own tests, against an account where nothing is live.
func TestExamples_modules(t *testing.T) {
	t.Parallel()
	dependOnProvider(t)
	const root = "../.."
	path, err := findCLI()
	if err != nil {
		t.Fatal(err)
	}
	bin, err := buildProvider(t.Context(), root, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	modules, err := filepath.Glob(root + "/examples/*/main.tf")
	if err != nil || len(modules) == 0 {
		t.Fatalf("no modules: %v", err)
	}
	for _, file := range append(modules, root+"/examples/provider/provider.tf") {
		module := filepath.Dir(file)
		t.Run(filepath.Base(module), func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			tf, err := newCLI(path, bin, t.TempDir(), module, "MILLICAST_BASE_URL="+srv.URL(), "MILLICAST_API_SECRET="+srv.Secret())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tf.run(t.Context(), "validate"); err != nil {
				t.Error(err)
			}
			tests, err := filepath.Glob(filepath.Join(module, "*.tftest.hcl"))
			if err != nil || len(tests) == 0 && filepath.Base(module) != "provider" {
				t.Fatalf("%s has no tests of its own: %v", module, err)
			}
			if len(tests) == 0 {
				return
			}
			if out, err := tf.run(t.Context(), "test"); err != nil {
				t.Error(err)
			} else if left := srv.Tokens(); len(left) > 0 {
				t.Errorf("%d tokens are left:\n%s", len(left), out)
			}
		})
	}
}

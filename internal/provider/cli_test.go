package provider

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// cli is a directory in which a test runs the CLI as a user does, with the
// provider's binary, for what the test framework does not show: files.
type cli struct {
	t   *testing.T
	dir string
	env []string

	started *os.Process // the command that was started last
}

// newCLI makes a directory with a configuration for an emulator. What a CLI has
// to have for the test is in features.
func newCLI(t *testing.T, srv *emulator.Server, features ...cliFeature) *cli {
	t.Helper()
	for _, feature := range features {
		resource.UnitTest(t, resource.TestCase{
			TerraformVersionChecks:   needs(t, feature),
			ProtoV6ProviderFactories: factories(),
			Steps:                    []resource.TestStep{{Config: "locals {}"}},
		})
	}
	bin, err := providerBinary()
	if err != nil {
		t.Fatal(err)
	}
	c := &cli{t: t, dir: t.TempDir()}
	c.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"millicast/millicast\" = %q\n  }\n}\n", bin))
	c.write("versions.tf", "terraform {\n  required_providers {\n    millicast = {\n      source = \"millicast/millicast\"\n    }\n  }\n}\n")
	c.env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(c.dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0",
		envBaseURL+"="+srv.URL(), envAPISecret+"="+srv.Secret(), envAccountID+"="+srv.Account())
	return c
}

// providerBinaryDir is what TestMain removes.
var providerBinaryDir string

// providerBinary builds the provider, once for all tests.
var providerBinary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "millicast-provider-")
	if err != nil {
		return "", err
	}
	providerBinaryDir = dir
	// `go test` remembers results by what a test reads, and does not see what go
	// build reads.
	if _, err := os.ReadFile("../../main.go"); err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "terraform-provider-millicast"), "../..")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	return dir, nil
})

func (c *cli) write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cli) read(name string) string {
	c.t.Helper()
	return read(c.t, filepath.Join(c.dir, name))
}

// run runs a command, and fails the test if it fails.
func (c *cli) run(args ...string) string {
	c.t.Helper()
	out, err := c.output(args)
	if err != nil {
		c.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// fail runs a command, and fails the test if it does not.
func (c *cli) fail(args ...string) string {
	c.t.Helper()
	out, err := c.output(args)
	if err == nil {
		c.t.Fatalf("%s: it does not fail\n%s", strings.Join(args, " "), out)
	}
	return out
}

func (c *cli) output(args []string) (string, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(c.t.Context(), cliPath(), append(args, "-no-color")...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, c.env, &out, &out
	err := cmd.Run()
	return out.String(), err
}

// files are all files of the directory, by name. A plan file is an archive: what
// is in it is there too, unpacked.
func (c *cli) files() map[string]string {
	c.t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(c.dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(c.dir, name)
		if err != nil {
			return err
		}
		files[relative] = read(c.t, name)
		archive, err := zip.OpenReader(name)
		if err != nil {
			return nil // It is no archive.
		}
		defer archive.Close()
		for _, member := range archive.File {
			content, err := member.Open()
			if err != nil {
				return err
			}
			text, err := io.ReadAll(content)
			if err != nil {
				return err
			}
			files[relative+"/"+member.Name] = string(text)
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return files
}

package guides

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/leftout"
)

// work is what all tests share: the provider, and a folder with the commands
// that the guides call.
var work struct {
	bin      string // the folder with the provider
	commands string // a folder with terraform and curl
	config   string // the CLI configuration that points at bin
}

func TestMain(m *testing.M) {
	if standIn, ok := standIns[filepath.Base(os.Args[0])]; ok {
		os.Exit(standIn())
	}
	if filepath.Base(os.Args[0]) == "curl" {
		os.Exit(curl())
	}
	os.Exit(run(m))
}

// curl is as much of curl as the guides need, so that they run also where there
// is none: it prints what is at an address, after sending it the body of -d.
func curl() int {
	method, address, body, header := http.MethodGet, "", "", http.Header{}
	for args := os.Args[1:]; len(args) > 0; args = args[1:] {
		switch {
		case args[0] == "-d" && len(args) > 1:
			method, body, args = http.MethodPost, args[1], args[1:]
		case args[0] == "-H" && len(args) > 1:
			name, value, _ := strings.Cut(args[1], ":")
			header.Set(name, strings.TrimSpace(value))
			args = args[1:]
		case !strings.HasPrefix(args[0], "-"):
			address = args[0]
		}
	}
	req, err := http.NewRequestWithContext(context.Background(), method, address, strings.NewReader(body))
	if err != nil {
		return 2
	}
	req.Header = header
	resp, err := new(http.Client).Do(req)
	if err != nil {
		fmt.Fprintln(os.Stderr, "curl:", err)
		return 7
	}
	defer resp.Body.Close()
	if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
		return 1
	}
	if resp.StatusCode >= http.StatusBadRequest { // As with --fail-with-body.
		return 22
	}
	return 0
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "millicast-guides-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	err = prepare(dir)
	if err == nil {
		err = linkStandIns(work.commands)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "guides:", err)
		return 1
	}
	code := m.Run()
	if err := leftOut.Report(os.Stderr, leftout.Folder(), "guides", cliVersion(), ""); err != nil {
		fmt.Fprintln(os.Stderr, "guides:", err)
		return 1
	}
	return code
}

func prepare(dir string) error {
	work.bin, work.commands, work.config = filepath.Join(dir, "bin"), filepath.Join(dir, "commands"), filepath.Join(dir, "cli.tfrc")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", filepath.Join(work.bin, "terraform-provider-millicast"), ".")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building the provider: %w", err)
	}
	cli, err := findCLI()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.Mkdir(work.commands, 0o700); err != nil {
		return err
	}
	targets := map[string]string{"terraform": cli, "curl": self}
	if strings.HasPrefix(cliVersion(), "OpenTofu") {
		targets["tofu"] = cli
	}
	for name, target := range targets {
		if err := os.Symlink(target, filepath.Join(work.commands, name)); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"millicast/millicast\" = %q\n  }\n  direct {}\n}\n", work.bin)
	return os.WriteFile(work.config, []byte(text), 0o600)
}

// cliVersion is the first line of what the CLI says of itself.
var cliVersion = sync.OnceValue(func() string {
	cli, err := findCLI()
	if err != nil {
		return err.Error()
	}
	out, err := exec.CommandContext(context.Background(), cli, "version").Output()
	if err != nil {
		return err.Error()
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
})

func findCLI() (string, error) {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("neither terraform nor tofu is on PATH: run `make test`, which builds OpenTofu in that case")
}

// dependOnProvider lets go test see what a result also depends on, so that it is
// not taken from the cache: which CLI it is, and the code of the provider, which
// is built and not imported.
func dependOnProvider(t *testing.T) {
	t.Helper()
	_ = os.Getenv("TF_ACC_TERRAFORM_PATH")
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(_ string, _ fs.DirEntry, err error) error { return err })
	if err != nil {
		t.Fatal(err)
	}
}

// environment is what commands are run with.
func environment(extra ...string) []string {
	return append(append(os.Environ(),
		"PATH="+work.commands+string(os.PathListSeparator)+os.Getenv("PATH"),
		"TF_CLI_CONFIG_FILE="+work.config, "CHECKPOINT_DISABLE=1", "TF_CLI_ARGS=-no-color"), extra...)
}

// command runs a command and returns all that it printed.
func command(t *testing.T, dir, stdin string, env []string, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, env
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

package guides

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const requiredProviders = "terraform {\n  required_providers {\n    millicast = {\n      source = \"millicast/millicast\"\n    }\n  }\n}\n\n"

// newSyntax is what only a newer CLI can read. On any other, fmt checks its form.
var newSyntax = []struct {
	form                *regexp.Regexp
	terraform, opentofu int // minor version; 0: none can, in a .tf file
}{
	{regexp.MustCompile(`(?m)^action "`), 14, 0},
	{regexp.MustCompile(`(?m)^list "`), 0, 0},
	{regexp.MustCompile(`(?m)^ +identity = \{`), 12, 12},
}

// canRead reports whether the CLI knows all syntax of a text.
func canRead(text string) bool {
	name, version, _ := strings.Cut(cliVersion(), " v")
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return false
	}
	for _, syntax := range newSyntax {
		since := syntax.terraform
		if name == "OpenTofu" {
			since = syntax.opentofu
		}
		if syntax.form.MatchString(text) && (since == 0 || major == 1 && minor < since) {
			return false
		}
	}
	return true
}

// Every configuration of docs is valid with the provider of this tree. Import
// blocks get the resource that they import into.
func TestDocs_configurations(t *testing.T) {
	t.Parallel()
	dependOnProvider(t)
	for _, file := range pages(t) {
		t.Run(strings.TrimPrefix(file, root+"/"), func(t *testing.T) {
			t.Parallel()
			var module string // of a guide, whose files belong together
			for _, b := range readBlocks(t, file) {
				if b.language != "terraform" && b.language != "hcl" {
					continue
				}
				text := b.text
				if name, ok := b.note("file"); ok && strings.HasSuffix(name, ".tf") {
					module += text
					text = module
				}
				if err := validate(t, text); err != nil {
					t.Errorf("%s:%d: %v", file, b.line, err)
				}
			}
		})
	}
}

var (
	assignment = regexp.MustCompile(`^\s*(#.*\n\s*)*[a-z_]+ += `)
	importsTo  = regexp.MustCompile(`(?m)^\s+to += ([a-z_]+)\.([a-z_]+)$`)
	forImport  = map[string]string{
		"millicast_publish_token":   "label = \"x\"\nstreams = [{ stream_name = \"x\" }]",
		"millicast_stream_priority": "token_id = 1\npriority = 1",
		"millicast_stream_failover": "stream_name = \"x\"\ntoken_ids = [1]",
	}
)

func validate(t *testing.T, text string) error {
	t.Helper()
	dir := t.TempDir()
	name := "main.tf"
	if assignment.MatchString(text) {
		name = "main.tfvars"
	}
	for _, match := range importsTo.FindAllStringSubmatch(text, -1) {
		if head := fmt.Sprintf("resource %q %q {\n", match[1], match[2]); !strings.Contains(text, head) {
			text += head + forImport[match[1]] + "\n}\n"
		}
	}
	if err := addVariables(dir, text); err != nil {
		return err
	}
	if !strings.Contains(text, "required_providers") && name == "main.tf" {
		text = requiredProviders + text
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		return err
	}
	args := []string{"validate"}
	if name != "main.tf" || !canRead(text) || strings.Contains(text, "provider_installation") {
		args = []string{"fmt", "-write=false", "-list=false", "."}
	}
	out, err := command(t, dir, "", environment(), filepath.Join(work.commands, "terraform"), args...)
	if err != nil {
		return fmt.Errorf("terraform %s: %w\n%s\n%s", args[0], err, out, text)
	}
	return nil
}

// addVariables adds the variables of the module of examples whose main.tf a text is.
func addVariables(dir, text string) error {
	modules, err := filepath.Glob(filepath.Join(root, "examples", "*", "main.tf"))
	if err != nil {
		return err
	}
	for _, module := range modules {
		main, err := os.ReadFile(module)
		if err != nil {
			return err
		}
		if strings.TrimSpace(string(main)) != strings.TrimSpace(text) {
			continue
		}
		variables, err := os.ReadFile(filepath.Join(filepath.Dir(module), "variables.tf"))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "variables.tf"), variables, 0o600)
	}
	return nil
}

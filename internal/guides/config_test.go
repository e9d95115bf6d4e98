package guides

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const requiredProviders = "terraform {\n  required_providers {\n    millicast = {\n      source = \"millicast/millicast\"\n    }\n  }\n}\n\n"

// newSyntax is what only some CLIs can read. On any other, fmt checks its form.
var newSyntax = []struct {
	form *regexp.Regexp
	on   []string // the first versions that can
}{
	{regexp.MustCompile(`(?m)^action "`), []string{"Terraform 1.14"}},
	{isQuery, []string{"Terraform 1.14"}},
	{regexp.MustCompile(`(?m)^ +identity = \{`), []string{"Terraform 1.12", "OpenTofu 1.12"}},
}

var isQuery = regexp.MustCompile(`(?m)^list "`)

// canRead reports whether the CLI knows all syntax of a text, and if not, which
// ones do.
func canRead(text string) (needs string, ok bool) {
	for _, syntax := range newSyntax {
		if syntax.form.MatchString(text) && !slices.ContainsFunc(syntax.on, isCLI) {
			return strings.Join(syntax.on, " or "), false
		}
	}
	return "", true
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
				at := fmt.Sprintf("%s:%d", file, b.line)
				if err := validate(t, at, text); err != nil {
					t.Errorf("%s: %v", at, err)
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

func validate(t *testing.T, at, text string) error {
	t.Helper()
	dir := t.TempDir()
	name, args := "main.tf", []string{"fmt", "-write=false", "-list=false", "."}
	switch needs, ok := canRead(text); {
	case !ok:
		leaveOut(t, at, needs)
	case strings.Contains(text, "provider_installation"):
	case assignment.MatchString(text):
		name = "main.tfvars"
	case isQuery.MatchString(text):
		name, args = "main.tfquery.hcl", []string{"validate", "-query"}
		if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(requiredProviders), 0o600); err != nil {
			return err
		}
	default:
		args = []string{"validate"}
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

package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const examples = "../../examples"

// exampleAccount is what the examples take for granted: tokens that exist, and
// encoders that are live.
func exampleAccount(t *testing.T) *emulator.Server {
	t.Helper()
	srv := emulator.Start(t)
	for _, stream := range []string{mainStream, "launch-event"} {
		// The primary first: if viewers got the backup for a moment, that would be
		// one switch more.
		for _, token := range []struct {
			label, cluster string
			priority       int32
		}{{" primary", "phx-1", 20}, {" backup", "iad-1", 10}} {
			id := srv.CreateToken(emulator.TokenSeed{
				Label: stream + token.label, OriginCluster: token.cluster, Priority: &token.priority, Streams: []emulator.Stream{{Name: stream}},
			})
			srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: stream})
		}
	}
	return srv
}

// exampleFeatures is what a directory of examples asks of the CLI.
var exampleFeatures = map[string]cliFeature{
	"actions":             featureActions,
	"ephemeral-resources": featureEphemeral,
	"list-resources":      featureQuery,
}

// Every example of a resource, of a data source and of the like is applied,
// planned empty, and destroyed.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"*/millicast_*/*.tf", "functions/*/*.tf", "list-resources/*/*.tfquery.hcl"} {
		more, err := filepath.Glob(filepath.Join(examples, pattern))
		if err != nil || len(more) == 0 {
			t.Fatalf("no examples: %v", err)
		}
		files = append(files, more...)
	}
	for _, file := range files {
		if strings.HasPrefix(filepath.Base(file), "import-by-") {
			continue // See TestAccExamples_import.
		}
		t.Run(strings.TrimPrefix(file, examples+"/"), func(t *testing.T) {
			t.Parallel()
			srv := exampleAccount(t)
			kind := filepath.Base(filepath.Dir(filepath.Dir(file)))
			var checks []tfversion.TerraformVersionCheck
			if feature, ok := exampleFeatures[kind]; ok {
				checks = needs(t, feature)
			}
			if strings.Contains(read(t, file), "for_each") { // The test framework has none.
				c := newCLI(t, srv)
				c.write("main.tf", read(t, file))
				c.run("apply", "-auto-approve")
				c.run("plan", "-detailed-exitcode")
				c.run("destroy", "-auto-approve")
				return
			}
			step := resource.TestStep{Config: providerBlock(srv) + read(t, file), ConfigVariables: exampleVariables(t, file)}
			steps := []resource.TestStep{step}
			if kind == "list-resources" {
				step.Query = true
				steps = []resource.TestStep{queryNeedsAConfig, step}
			}
			resource.UnitTest(t, resource.TestCase{TerraformVersionChecks: checks, ProtoV6ProviderFactories: factories(), Steps: steps})
		})
	}
}

// An action is unknown to OpenTofu, in whichever file of a module it is. So each
// example of one has a .tofu file next to it, which OpenTofu reads instead. The
// module as a whole is applied, planned empty and destroyed.
func TestAccExamples_actionsOnOpenTofu(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "actions", "*", "action.tf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			t.Parallel()
			srv := exampleAccount(t)
			c := newCLI(t, srv, featureTofuFiles)
			c.write("action.tf", read(t, file))
			if out := strings.Join(strings.Fields(c.fail("validate")), " "); !strings.Contains(out, `Blocks of type "action" are not expected here`) {
				t.Errorf("OpenTofu knows actions now, so the .tofu file can go:\n%s", out)
			}
			c.write("action.tofu", read(t, strings.TrimSuffix(file, ".tf")+".tofu"))
			standby, _ := srv.TokenByLabel(mainStream + " backup")
			c.env = append(c.env, "TF_VAR_token_id="+number64(standby.ID), "TF_VAR_priority=100")
			c.run("apply", "-auto-approve")
			c.run("plan", "-detailed-exitcode")
			c.run("destroy", "-auto-approve")
			if strings.Contains(file, "reprioritize") {
				wantViewers(t, srv, standby.ID, 1)
			}
		})
	}
}

// exampleVariables gives a value to each variable that an example has no default for.
func exampleVariables(t *testing.T, file string) config.Variables {
	t.Helper()
	variables := config.Variables{}
	if strings.Contains(read(t, file), `variable "simulcast_key"`) {
		variables["simulcast_key"] = config.StringVariable("not-a-real-key")
	}
	if strings.Contains(read(t, file), `variable "token_id"`) {
		variables["token_id"], variables["priority"] = config.IntegerVariable(1), config.IntegerVariable(1)
	}
	return variables
}

// The import block and the import command name the same resource and id. The
// block is run with the resource that it imports into.
func TestAccExamples_import(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "resources", "*", "import-by-string-id.tf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		typeName := filepath.Base(filepath.Dir(file))
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			block := read(t, file)
			command := read(t, filepath.Join(filepath.Dir(file), "import.sh"))
			fields := strings.Fields(command[strings.Index(command, "terraform import"):])
			addr, id := fields[2], fields[3]
			if !strings.Contains(block, "to = "+addr+"\n") || !strings.Contains(block, `id = "`+id+`"`) {
				t.Errorf("the block and the command differ:\n%s\n%s", block, command)
			}

			srv := emulator.Start(t)
			token := mainToken(srv, "main iad", new(int32(20)))
			config := map[string]string{
				"millicast_publish_token":   "label = \"main iad\"\nstreams = [{ stream_name = \"main_stream\" }]",
				"millicast_stream_failover": "stream_name = \"main_stream\"\ntoken_ids = [" + number64(token) + "]",
				"millicast_stream_priority": "token_id = " + number64(token) + "\npriority = 20",
			}[typeName]
			if config == "" {
				t.Fatalf("this test does not know how to configure %s", typeName)
			}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: factories(),
				Steps: []resource.TestStep{{
					Config: providerBlock(srv) + strings.ReplaceAll(block, "12345", number64(token)) +
						"resource \"" + typeName + "\" \"" + strings.TrimPrefix(addr, typeName+".") + "\" {\n" + config + "\n}\n",
				}},
			})
		})
	}
}

// The block that imports by identity is for the same resource, and runs where
// the CLI knows it.
func TestAccExamples_importByIdentity(t *testing.T) {
	t.Parallel()
	for typeName, config := range map[string]string{
		"millicast_publish_token":   "label = \"main iad\"\nstreams = [{ stream_name = \"main_stream\" }]",
		"millicast_stream_priority": "token_id = %d\npriority = 20",
		"millicast_stream_failover": "stream_name = \"main_stream\"\ntoken_ids = [%d]",
	} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			id := number64(mainToken(srv, "main iad", new(int32(20))))
			block := read(t, filepath.Join(examples, "resources", typeName, "import-by-identity.tf"))
			addr := strings.Fields(block[strings.Index(block, "to ="):])[2]
			resource.UnitTest(t, resource.TestCase{
				TerraformVersionChecks:   needs(t, featureIdentity),
				ProtoV6ProviderFactories: factories(),
				Steps: []resource.TestStep{{
					Config: providerBlock(srv) + strings.ReplaceAll(block, "12345", id) +
						"resource \"" + typeName + "\" \"" + strings.TrimPrefix(addr, typeName+".") + "\" {\n" + strings.ReplaceAll(config, "%d", id) + "\n}\n",
				}},
			})
		})
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

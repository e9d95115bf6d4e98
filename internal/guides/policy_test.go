package guides

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// The policy reads a plan as JSON. `make policy-check` tests what it decides;
// this is about what it reads: a real plan has it, in those places.
func TestPolicy_readsWhatAPlanHas(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	var ids []int64
	for i, label := range []string{"iad", "phx"} {
		id := srv.CreateToken(emulator.TokenSeed{Label: label, Priority: new(int32(20 - 10*i)), Streams: []emulator.Stream{{Name: "main_stream"}}})
		srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: "main_stream"})
		ids = append(ids, id)
	}
	dir, env := t.TempDir(), environment("MILLICAST_BASE_URL="+srv.URL(), "MILLICAST_API_SECRET="+srv.Secret())
	terraform := func(args ...string) string {
		t.Helper()
		out, err := command(t, dir, "", env, filepath.Join(work.commands, "terraform"), args...)
		if err != nil {
			t.Fatalf("terraform %v: %v\n%s", args, err, out)
		}
		return out
	}
	write := func(first, second int64, guard string) {
		text := fmt.Sprintf("%sresource \"millicast_stream_failover\" \"main\" {\n  stream_name = \"main_stream\"\n  token_ids   = [%d, %d]\n%s}\n", requiredProviders, first, second, guard)
		if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	write(ids[0], ids[1], "")
	terraform("apply", "-auto-approve")
	write(ids[1], ids[0], "  allow_interruption = true\n")
	terraform("plan", "-out=tfplan")
	var plan struct {
		Changes []struct {
			Type   string `json:"type"`
			Change struct {
				Actions       []string
				Before, After struct {
					Stream            string `json:"stream_name"`
					Primary           int64  `json:"primary_token_id"`
					AllowInterruption bool   `json:"allow_interruption"`
				}
			} `json:"change"`
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(terraform("show", "-json", "tfplan")), &plan); err != nil {
		t.Fatal(err)
	}
	if len(plan.Changes) != 1 {
		t.Fatalf("changes: %+v", plan.Changes)
	}
	got := plan.Changes[0]
	if got.Type != "millicast_stream_failover" || got.Change.Before.Primary != ids[0] || got.Change.After.Primary != ids[1] ||
		got.Change.After.Stream != "main_stream" || !got.Change.After.AllowInterruption {
		t.Errorf("the plan has %+v", got)
	}
}

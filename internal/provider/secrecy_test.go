package provider

import (
	"os"
	"strings"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// TestSecrecy searches all that the CLI prints and logs, at the finest level, for
// secrets, while calls succeed and fail. Only the state may have them. Where the
// framework is told to keep what the provider is sent, there is nothing kept.
func TestSecrecy(t *testing.T) {
	t.Parallel()
	t.Run("without a folder for data", func(t *testing.T) { t.Parallel(); keepsSecrets(t, false) })
	t.Run("with a folder for data", func(t *testing.T) { t.Parallel(); keepsSecrets(t, true) })
}

func keepsSecrets(t *testing.T, withDataDir bool) {
	t.Helper()

	const key, otherKey = "restream-key-of-the-test", "another-key-of-the-test"
	config := func(more string) string {
		// A key in the configuration itself would be quoted beside each warning.
		return `
variable "key" {
  type      = string
  sensitive = true
}

resource "millicast_publish_token" "test" {
  label                  = "studio"
  streams                = [{ stream_name = "main" }]
  display_srt_passphrase = true
  restream               = [{ url = "rtmp://a.example.com", key = var.key }]
  ` + more + `
}
`
	}
	srv := emulator.Start(t, emulator.WithSecret("api-secret-of-the-test"))
	c := newCLI(t, srv)
	data := ""
	if withDataDir {
		data = t.TempDir()
	}
	c.env = append(c.env, "TF_LOG=TRACE", "TF_LOG_PATH=trace.log", "TF_LOG_SDK_PROTO_DATA_DIR="+data, "TF_VAR_key="+key)
	var said strings.Builder
	try := func(args ...string) {
		out, _ := c.start(args...)() // failures are wanted, too
		said.WriteString(out)
	}

	c.write("main.tf", config(""))
	try("plan", "-out=plan")
	try("show", "plan")
	try("apply", "plan")
	created := srv.Tokens()[0]
	c.env = append(c.env, "TF_VAR_key="+otherKey)
	for _, fault := range []emulator.Fault{
		{Kind: emulator.FaultStatus, Status: 400, Body: `{"status":"fail","data":{"restream":"` + otherKey + ` is bad"}}`},
		{Kind: emulator.FaultBody, Body: `{"status":"success","data":{"id":"` + created.Secret + `"}}`},
		{Kind: emulator.FaultTruncate},
	} {
		fault.Method = "PUT"
		srv.Inject(fault)
		c.write("main.tf", config(`record = true`))
		try("apply", "-auto-approve")
		srv.ClearFaults()
	}
	c.write("main.tf", config(`rotation_trigger = "now"`))
	try("apply", "-auto-approve")
	try("show")
	rotated := srv.Tokens()[0]
	try("destroy", "-auto-approve")

	if created.Secret == rotated.Secret || len(srv.Tokens()) != 0 {
		t.Fatalf("the test did not do what it should:\n%s", said.String())
	}
	if withDataDir {
		if files, err := os.ReadDir(data); err != nil || len(files) != 0 {
			t.Errorf("files with what the provider was sent: %v, %v", files, err)
		}
	}
	log := c.read("trace.log")
	if !strings.Contains(log, "PlanResourceChange") {
		t.Fatal("the log has nothing of the provider")
	}
	for name, secret := range map[string]string{
		"API secret": srv.Secret(), "token": created.Secret, "rotated token": rotated.Secret, "SRT passphrase": created.SRTPassphrase,
		"restream key": key, "other restream key": otherKey,
	} {
		for where, text := range map[string]string{"output": said.String(), "log": log} {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("the %s is in the %s:\n%s", name, where, text[max(0, at-400):min(len(text), at+200)])
			}
		}
	}
}

package provider

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
	"github.com/millicast/terraform-provider-millicast/internal/leftout"
)

// TestMain refuses to run without a CLI: a test that is skipped for want of one
// would look green. It says at the end which tests want a newer one.
func TestMain(m *testing.M) {
	if os.Getenv("TF_ACC_TERRAFORM_PATH") == "" {
		if _, err := exec.LookPath("terraform"); err != nil {
			fmt.Fprintln(os.Stderr, "no Terraform CLI: run `make test`, which finds or builds one, or set TF_ACC_TERRAFORM_PATH")
			os.Exit(1)
		}
	}
	code := m.Run()
	ran, _ := sweepRan.Load().(string)
	if err := leftOut.Report(os.Stderr, leftout.Folder(), "provider", cliVersion(), ran); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	if !said.report() && code == 0 {
		code = 1
	}
	_ = os.RemoveAll(providerBinaryDir)
	os.Exit(code)
}

// factories serves the provider in the test's process, with short waits.
func factories() map[string]func() (tfprotov6.ProviderServer, error) { return factoriesWithJournal("") }

// factoriesWithJournal has the provider keep its journal in a folder.
func factoriesWithJournal(dir string) map[string]func() (tfprotov6.ProviderServer, error) {
	provider := &millicastProvider{version: "test", journalDir: dir, retryWait: time.Millisecond, pollInterval: 10 * time.Millisecond}
	return map[string]func() (tfprotov6.ProviderServer, error){
		"millicast": func() (tfprotov6.ProviderServer, error) {
			return lean(providerserver.NewProtocol6(provider)(), func() {}), nil
		},
	}
}

// providerBlock points the provider at an emulator.
func providerBlock(srv *emulator.Server) string {
	return fmt.Sprintf(`
provider "millicast" {
  base_url   = %[1]q
  api_secret = %[2]q
  account_id = %[3]q
}
`, srv.URL(), srv.Secret(), srv.Account())
}

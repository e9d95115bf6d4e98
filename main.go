// Command terraform-provider-millicast serves the Terraform provider for Dolby
// OptiView Real-time Streaming (Millicast).
package main

import (
	"flag"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/millicast/terraform-provider-millicast/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger such as delve")
	flag.Parse()

	var opts []tf6server.ServeOpt
	if *debug {
		opts = append(opts, tf6server.WithManagedDebug())
	} else {
		quieten()
	}
	keepSecrets()

	if err := tf6server.Serve("registry.terraform.io/millicast/millicast", provider.NewServer(version), opts...); err != nil {
		log.Fatal(err)
	}
}

// keepSecrets keeps the framework from writing whole requests and answers to
// files, as it does where this variable names a folder. Secrets are in them.
func keepSecrets() {
	const variable = "TF_LOG_SDK_PROTO_DATA_DIR"
	if os.Getenv(variable) != "" {
		log.Printf("[WARN] %s is ignored, because secrets would be in the files", variable)
		_ = os.Unsetenv(variable)
	}
}

// quieten keeps the framework from writing logs that Terraform will throw away:
// they take a fifth of the work of a plan.
func quieten() {
	for _, variable := range []string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_PROTO"} {
		if os.Getenv(variable) != "" {
			return
		}
	}
	_ = os.Setenv("TF_LOG_SDK", "OFF")
}

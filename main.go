// Command terraform-provider-millicast serves the Terraform provider for Dolby
// OptiView Real-time Streaming (Millicast).
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/millicast/terraform-provider-millicast/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger such as delve")
	flag.Parse()

	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/millicast/millicast",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}

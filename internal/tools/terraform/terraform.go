// Package terraform pins the Terraform that build.sh builds: the newest one that
// the tests have passed on. Only its version can be imported; that is enough for
// `go mod tidy` to keep the module.
package terraform

import _ "github.com/hashicorp/terraform/version"

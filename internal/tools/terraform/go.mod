module github.com/millicast/terraform-provider-millicast/internal/tools/terraform

go 1.26.8

require github.com/hashicorp/terraform v1.16.4

require github.com/hashicorp/go-version v1.9.0 // indirect

module github.com/millicast/terraform-provider-millicast/internal/tools/licences

go 1.26.8

require github.com/google/licensecheck v0.3.1

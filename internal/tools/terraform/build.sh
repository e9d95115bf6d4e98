#!/bin/sh
# Builds the Terraform of go.mod, from its module, as FILE.
#
#   build.sh FILE
#
# Most of its remote-state backends are modules of their own, which Terraform takes
# from its repository and which have no version to fetch. It is built without them:
# the tests keep their state in a file.
set -eu

file=$1
cd "$(dirname -- "$0")"
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT

go mod download github.com/hashicorp/terraform
cp -R "$(go list -m -f '{{.Dir}}' github.com/hashicorp/terraform)/." "$source"
chmod -R u+w "$source"

cd "$source"
backends=internal/backend/init/init.go
for module in $(sed -n 's|^replace \([^ ]*\) => \./.*|\1|p' go.mod); do
	go mod edit -dropreplace="$module" -droprequire="$module"
	name=$(sed -n "s|^[[:space:]]*\([A-Za-z0-9]*\) \"$module\"\$|\1|p" "$backends")
	if [ -n "$name" ]; then
		grep -v "[[:space:]]$name[. ]" "$backends" >"$backends.less"
		mv "$backends.less" "$backends"
	fi
done
# Its go.sum holds what is left, and more.
CGO_ENABLED=0 GOFLAGS=-mod=mod go build -trimpath -ldflags '-s -w -X github.com/hashicorp/terraform/version.dev=no' -o "$file.$$" .
mv -f "$file.$$" "$file"

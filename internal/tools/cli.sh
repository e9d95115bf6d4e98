#!/bin/sh
# Finds the Terraform CLI, so that every make target uses the same one:
# $TF_ACC_TERRAFORM_PATH, else terraform on PATH, else tofu on PATH, else an
# OpenTofu that is built here as a Go tool. CLI=tofu asks for OpenTofu alone, and
# CLI=newest for the Terraform of internal/tools/terraform, which is built here too.
#
#   cli.sh              prints its path
#   cli.sh COMMAND ...  runs COMMAND with the environment in which the tests and
#                       the demo find that CLI
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)

# The developer's own CLI configuration (plugin mirrors, dev_overrides, a login)
# must not change what a target does.
export CHECKPOINT_DISABLE=1
export TF_CLI_CONFIG_FILE="$root/internal/tools/cli.tfrc"

build_tofu() {
	version=$(cd "$root/internal/tools/opentofu" && go list -m -f '{{.Version}}' github.com/opentofu/opentofu)
	built=$root/bin/cache/opentofu-$version/tofu
	if [ ! -x "$built" ]; then
		echo "$1: building OpenTofu $version as a Go tool, three to five minutes once" >&2
		(cd "$root/internal/tools/opentofu" && CGO_ENABLED=0 go build -trimpath -o "$built.$$" \
			-ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' \
			github.com/opentofu/opentofu/cmd/tofu) >&2
		mv -f "$built.$$" "$built"
	fi
	echo "$built"
}

build_terraform() {
	version=$(cd "$root/internal/tools/terraform" && go list -m -f '{{.Version}}' github.com/hashicorp/terraform)
	built=$root/bin/cache/terraform-$version/terraform
	if [ ! -x "$built" ]; then
		echo "building Terraform $version from its Go module, two to four minutes once" >&2
		mkdir -p "$(dirname -- "$built")"
		"$root/internal/tools/terraform/build.sh" "$built" >&2
	fi
	echo "$built"
}

find_cli() {
	if [ "${CLI:-}" = tofu ]; then
		command -v tofu || build_tofu "no tofu on PATH"
	elif [ "${CLI:-}" = newest ]; then
		build_terraform
	elif [ -n "${TF_ACC_TERRAFORM_PATH:-}" ]; then
		if [ ! -x "$TF_ACC_TERRAFORM_PATH" ]; then
			echo "TF_ACC_TERRAFORM_PATH is $TF_ACC_TERRAFORM_PATH, which cannot be run: correct it or unset it" >&2
			return 1
		fi
		echo "$TF_ACC_TERRAFORM_PATH"
	else
		command -v terraform || command -v tofu || build_tofu "no terraform or tofu on PATH"
	fi
}

cli=$(find_cli)
if [ $# -eq 0 ]; then
	echo "$cli"
	exit
fi

about=$("$cli" version | head -n 1)
case $about in
OpenTofu*)
	# A provider without a source is registry.opentofu.org/hashicorp/NAME there,
	# and the test framework has to announce the provider under that address.
	export TF_ACC_PROVIDER_HOST="${TF_ACC_PROVIDER_HOST:-registry.opentofu.org}"
	export TF_ACC_PROVIDER_NAMESPACE="${TF_ACC_PROVIDER_NAMESPACE:-hashicorp}"
	;;
esac
echo "using $about at $cli" >&2

# Where each package of tests writes what this CLI has made it leave out.
export MILLICAST_LEFT_OUT="$root/bin/left-out/$(echo "$about" | tr -c 'A-Za-z0-9.\n' '-')"
mkdir -p "$MILLICAST_LEFT_OUT"

export TF_ACC_TERRAFORM_PATH="$cli"
export MILLICAST_DEMO_CLI="$cli"
exec "$@"

#!/bin/sh
# Runs the tests that a CLI made `make test` or `make test-tofu` leave out, on the
# Terraform of internal/tools/terraform, and fails if that leaves one that no CLI
# has run.
set -eu

cd "$(dirname -- "$0")/../.."
names=$(cat bin/left-out-*.txt 2>/dev/null | sed -n 's|^  \([^/:]*\).*|\1|p' | sort -u | paste -s -d '|' -)
if [ -z "$names" ]; then
	echo "Nothing was left out."
	exit
fi
CLI=newest internal/tools/cli.sh "$@" -run "^($names)\$" ./internal/provider

nowhere=$(sort bin/left-out-*.txt | grep '^  ' | uniq -c | awk -v all="$(ls bin/left-out-*.txt | wc -l)" '$1 == all { $1 = ""; print }')
if [ -n "$nowhere" ]; then
	echo "No CLI has run these tests; is there one that \`make test-tofu\` has to run?"
	echo "$nowhere"
	exit 1
fi
echo "Every test has run on a CLI: $(echo "$names" | tr '|' ' ')"

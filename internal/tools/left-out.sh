#!/bin/sh
# Runs the tests that a CLI made `make test` or `make test-tofu` leave out, on the
# Terraform of internal/tools/terraform, and fails if that leaves one that no CLI
# has run.
set -eu

cd "$(dirname -- "$0")/../.."
if ! cat bin/left-out/*/*.txt >/dev/null 2>&1; then
	echo "Nobody knows what was left out: run make test first."
	exit 1
fi
names=$(cat bin/left-out/*/*.txt | sed -n 's|^  \([^/:]*\).*|\1|p' | sort -u | paste -s -d '|' -)
if [ -z "$names" ]; then
	echo "Nothing was left out."
	exit
fi
CLI=newest internal/tools/cli.sh "$@" -run "^($names)\$" ./internal/provider ./internal/guides

# A line that all of them have is of a test that none has run.
clis=$(ls bin/left-out/*/provider.txt | wc -l)
nowhere=$(for tests in bin/left-out/*/provider.txt; do cat "${tests%/*}"/*.txt | grep '^  ' | sort -u; done |
	sort | uniq -c | awk -v clis="$clis" '$1 == clis { $1 = ""; print }')
if [ -n "$nowhere" ]; then
	echo "No CLI has run these. Has \`make test-tofu\` been run, which is to run some?"
	echo "$nowhere"
	exit 1
fi
echo "What a CLI has left out, another has run: $(echo "$names" | tr '|' ' ')"

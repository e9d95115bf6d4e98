#!/bin/sh
# Writes docs/ from the schema, templates/ and examples/, without a network or a CLI.
#
#   docs.sh        writes docs/
#   docs.sh check  changes nothing; fails if docs/ is not what would be written,
#                  or has files that git does not know
set -eu

cd "$(dirname -- "$0")/../.."

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir -p "$tmp/docs"
for dir in examples templates; do
	if [ -d "$dir" ]; then cp -R "$dir" "$tmp/"; fi
done

# Always rendered in the copy, so that a run that fails half-way leaves docs/ as it was.
# tfplugindocs narrates; only a failure is worth reading.
tfplugindocs() {
	command=$1
	shift
	if ! go tool -modfile=internal/tools/docs/go.mod tfplugindocs "$command" --provider-dir "$tmp" \
		--provider-name millicast --providers-schema "$tmp/schema.json" "$@" >"$tmp/log" 2>&1; then
		cat "$tmp/log" >&2
		return 1
	fi
}

go run ./internal/tools/providerschema >"$tmp/schema.json"
tfplugindocs generate --rendered-provider-name Millicast
tfplugindocs validate

if [ "${1:-}" != check ]; then
	rm -rf docs
	cp -R "$tmp/docs" docs
	echo "wrote docs"
	exit
fi

mkdir -p docs
if ! git --no-pager diff --no-index --exit-code docs "$tmp/docs"; then
	echo "docs/ is out of date (left: committed, right: generated): run 'make generate' and commit docs" >&2
	exit 1
fi
if git rev-parse --git-dir >/dev/null 2>&1; then
	untracked=$(git ls-files --others -- docs)
	if [ -n "$untracked" ]; then
		echo "docs/ has files that git does not track; run 'git add docs':" >&2
		echo "$untracked" >&2
		exit 1
	fi
fi
echo "docs is up to date"

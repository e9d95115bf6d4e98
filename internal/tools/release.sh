#!/bin/sh
# Makes releases with the pinned goreleaser and syft, which are built once into bin/cache.
#
#   release.sh check         checks .goreleaser.yml
#   release.sh snapshot      builds and checks all that a release has, into dist/; signs it if
#                            GPG_FINGERPRINT names a key
#   release.sh reproducible  builds the commit twice, in two folders and with two caches, and
#                            compares the checksums: of Linux and Windows on amd64, or with
#                            TARGETS=all of all platforms
#   release.sh publish       builds, signs and publishes the tag: for release.yml
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root"

# build NAME MODULE PACKAGE: the tool's folder is put on PATH.
build() {
	version=$(cd "$root/internal/tools/$1" && go list -m -f '{{.Version}}' "$2")
	folder=$root/bin/cache/$1-$version
	if [ ! -x "$folder/$1" ]; then
		echo "building $1 $version as a Go tool, three to five minutes once" >&2
		(cd "$root/internal/tools/$1" && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$version" \
			-o "$folder/$1.$$" "$3") >&2
		mv -f "$folder/$1.$$" "$folder/$1"
	fi
	PATH=$folder:$PATH
}

build goreleaser github.com/goreleaser/goreleaser/v2 github.com/goreleaser/goreleaser/v2
# GOFLAGS of the machine are no part of a release.
export PATH CGO_ENABLED=0 GOFLAGS=
export GPG_FINGERPRINT="${GPG_FINGERPRINT:-}"

# twin FOLDER GOCACHE: a release of HEAD without signatures and lists of contents,
# for the platforms of TARGETS.
twin() {
	git clone -q --no-hardlinks "$root" "$1"
	git -C "$1" checkout -q "$commit"
	cp .goreleaser.yml "$tmp/config.yml"
	if [ "${TARGETS:-}" != all ]; then
		sed -e '/^      - freebsd$/d' -e '/^      - darwin$/d' -e "/^      - '386'\$/d" -e '/^      - arm$/d' -e '/^      - arm64$/d' \
			-e '/^    ignore:$/,/^    binary:/{/^    binary:/!d;}' .goreleaser.yml >"$tmp/config.yml"
	fi
	(cd "$1" && GOCACHE=$2 goreleaser release --config "$tmp/config.yml" --snapshot --skip=sign,sbom >"$1.log" 2>&1) || {
		cat "$1.log" >&2
		exit 1
	}
}

case ${1:-} in
check)
	goreleaser check --quiet
	;;
snapshot)
	build syft github.com/anchore/syft github.com/anchore/syft/cmd/syft
	if [ -n "$GPG_FINGERPRINT" ]; then
		goreleaser release --snapshot --clean
		go run ./internal/tools/releasecheck -signed dist
	else
		goreleaser release --snapshot --clean --skip=sign
		go run ./internal/tools/releasecheck dist
	fi
	;;
publish)
	build syft github.com/anchore/syft github.com/anchore/syft/cmd/syft
	goreleaser release --clean
	go run ./internal/tools/releasecheck -signed dist
	;;
reproducible)
	commit=$(git rev-parse HEAD)
	tmp=$(mktemp -d)
	trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
	twin "$tmp/one" "$(go env GOCACHE)"
	twin "$tmp/a-folder-with-another-name" "$tmp/cache"
	cat "$tmp"/one/dist/*_SHA256SUMS
	diff "$tmp"/one/dist/*_SHA256SUMS "$tmp"/a-folder-with-another-name/dist/*_SHA256SUMS
	echo "two builds of $commit are the same"
	;;
*)
	echo "release.sh check | snapshot | reproducible | publish" >&2
	exit 2
	;;
esac

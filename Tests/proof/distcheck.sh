#!/bin/sh
# SPDX-License-Identifier: MIT
# What who unpacks a release does: distcheck.sh callprop-VERSION.tar.gz
# From sources in which nothing can be written: make in another folder, install, installcheck, uninstall, and nothing is left.
set -eu
archive=$1
folder=$(mktemp -d "${TMPDIR:-/tmp}/callprop-distcheck.XXXXXX")
finish() {
    chmod -R u+w "$folder"
    rm -rf "$folder"
}
trap finish EXIT
fail() {
    echo "distcheck: FAILED: $*" >&2
    exit 1
}

same() { (cd "$(dirname "$archive")" && sha256sum -c --quiet "$folder/sum") || fail "$1"; }
cp "$archive.sha256" "$folder/sum"
same "the checksum is another one"
TZ=Asia/Kathmandu make --no-print-directory dist >/dev/null
same "make dist gives other bytes the second time"
tar -xzf "$archive" -C "$folder"
sources=$(echo "$folder"/callprop-*)
before=$(cd "$sources" && find . -type f -exec sha256sum {} + | sort)
chmod -R a-w "$sources"
# root may write everywhere: a file system that refuses it is what shows it.
reader=
if [ "$(id -u)" = 0 ]; then
    chmod 755 "$folder"
    install -d -o 65534 -g 65534 "$folder/home" "$folder/build" "$folder/root"
    reader="setpriv --reuid=65534 --regid=65534 --clear-groups"
else
    mkdir "$folder/home" "$folder/build" "$folder/root"
fi
path=$(dirname "$(readlink -f "$(command -v swift)")"):/usr/local/bin:/usr/bin:/bin
make_there() {
    # shellcheck disable=SC2086
    (cd "$sources" && $reader env -i HOME="$folder/home" PATH="$path" LC_ALL=C.UTF-8 make --no-print-directory BUILD="$folder/build" \
        DESTDIR="$folder/root" prefix=/usr "$@") >"$folder/log" 2>&1 || { tail -n 20 "$folder/log" >&2; fail "make $*"; }
}
make_there all
make_there install
make_there installcheck
make_there uninstall
left=$(find "$folder/root" -mindepth 1)
[ -z "$left" ] || fail "uninstall leaves $left"
[ "$before" = "$(cd "$sources" && find . -type f -exec sha256sum {} + | sort)" ] || fail "the sources were changed"
echo "distcheck: $(basename "$archive"): the same bytes twice; built in another folder from sources that cannot be written to, installed, used, taken away"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's packages of callprop 1.0.0, to upgrade from: deb_1_0.sh FOLDER
# 1.0.0 had none. These have what its `make install` puts where, its command for shell scripts and its Python package, by the names of today's
# packages. They are made of its last commit and kept: remove the folder to have them made anew. From the root of the repository.
set -eu
folder=$1
last=abd076f045a5b747fed9d967edba12992fbcbe9b
fail() { echo "deb_1_0: FAILED: $*" >&2; exit 1; }
[ ! -e "$folder/$last" ] || exit 0

git cat-file -e "$last^{commit}" 2>/dev/null || fail "the last commit of 1.0.0, $last, is not here: this needs a clone with the history"
work=$(mktemp -d "${TMPDIR:-/tmp}/callprop-1.0.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/source"
git archive "$last" | tar -x -C "$work/source"
triplet=$(dpkg-architecture -q DEB_HOST_MULTIARCH)
make -C "$work/source" all >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "make in 1.0.0"; }
make -C "$work/source" install PREFIX=/usr LIBDIR="/usr/lib/$triplet" LDCONFIG=: DESTDIR="$work/all" >"$work/log" 2>&1 || fail "make install in 1.0.0"

# take PACKAGE PATH…: moves these into the package's folder.
take() {
    package=$1
    shift
    for path in "$@"; do
        mkdir -p "$work/$package/$(dirname "$path")"
        mv "$work/all/$path" "$work/$package/$path"
    done
}
take libcallprop1 "usr/lib/$triplet/libcallprop.so.1" "usr/lib/$triplet/libcallprop.so.1.0.0"
take libcallprop-dev "usr/lib/$triplet" usr/include
mkdir -p "$work/callprop-tools/usr/bin" "$work/python3-callprop/usr/lib/python3/dist-packages"
cc -O2 -o "$work/callprop-tools/usr/bin/callprop-check" "$work/source/examples/c/callprop-check.c" -I"$work/libcallprop-dev/usr/include" \
    -L"$work/source/build" -lcallprop
cp -R "$work/source/Sources/python/callprop" "$work/python3-callprop/usr/lib/python3/dist-packages/"

# pack PACKAGE ARCH DEPENDS
pack() {
    mkdir "$work/$1/DEBIAN"
    cat >"$work/$1/DEBIAN/control" <<CONTROL
Package: $1
Version: 1.0.0-1
Architecture: $2
Maintainer: The callprop authors <callprop@example.org>
Depends: $3
Description: callprop 1.0.0, to upgrade from
CONTROL
    [ "$1" != libcallprop1 ] || echo 'activate-noawait ldconfig' >"$work/$1/DEBIAN/triggers"
    dpkg-deb --root-owner-group -Zxz --build "$work/$1" "$folder" >/dev/null
}
rm -rf "$folder"
mkdir -p "$folder"
arch=$(dpkg --print-architecture)
pack libcallprop1 "$arch" 'libc6, libjansson4'
pack libcallprop-dev "$arch" 'libcallprop1 (= 1.0.0-1), libjansson-dev'
# Linked here, it asks for this machine's C library, which Debian 11 has not.
pack callprop-tools "$arch" 'libc6, libcallprop1'
pack python3-callprop all 'libcallprop1, python3:any'
touch "$folder/$last"

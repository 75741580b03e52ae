#!/bin/sh
# SPDX-License-Identifier: MIT
# Two builds from scratch, in folders with paths of different lengths, with another user's settings, give the shipped
# library byte for byte. From the root of the repository: reproducible.sh PREFIX
set -eu
. Tests/proof/need.sh

need binutils strip --version

# twin FOLDER VARIABLE=VALUE…: a copy of what the library is built from, built there.
twin() {
    twin=$build/reproducible/$1
    shift
    mkdir -p "$twin"
    tar -c .swift-version Package.swift Makefile include Sources Tests/CallPropTests Tests/shared pkgconfig | tar -x -C "$twin"
    env -u MAKEFLAGS "$@" make -C "$twin" all >"$twin/log" 2>&1 || { tail -n 5 "$twin/log" >&2; fail "make in $twin"; }
}

rm -rf "$build/reproducible"
twin one LC_ALL=C TZ=UTC
one=$twin
twin "two in another folder, whose path is longer" LC_ALL=C.UTF-8 TZ=Asia/Kathmandu HOME="$build/reproducible" USER=nobody
two=$twin

same() {
    cmp -s "$1" "$2" && return
    cmp -l "$1" "$2" >"$build/reproducible/differences" || :
    fail "$3: $(wc -l <"$build/reproducible/differences") bytes differ between $1 and $2, the first at" \
        "$(awk 'NR == 1 { print $1 - 1 }' "$build/reproducible/differences") (readelf --sections says what that is)"
}
same "$one/build/libcallprop.so.1" "$two/build/libcallprop.so.1" "the library depends on where it is built"
same "$one/build/libcallprop.so.1" "$prefix/lib/libcallprop.so.1" "the library in $prefix is not what these sources give"

# For other kinds of machine too: beside the ones that stand here.
others=
for arch in ${CALLPROP_ARCHS-arm64 armhf riscv64 i386}; do
    env -u MAKEFLAGS LC_ALL=C.UTF-8 TZ=Asia/Kathmandu make -C "$two" cross ARCH="$arch" >"$two/log-$arch" 2>&1 || { tail -n 5 "$two/log-$arch" >&2; fail "make cross ARCH=$arch"; }
    make --no-print-directory cross ARCH="$arch" >"$build/cross-$arch.log" 2>&1 || fail "make cross ARCH=$arch: $build/cross-$arch.log"
    same "$two/build/$arch/libcallprop.so.1" "build/$arch/libcallprop.so.1" "the library for $arch depends on where it is built"
    others="$others, $arch"
done

unstripped="also before strip"
cmp -s "$one/.build/release/libcallprop.so" "$two/.build/release/libcallprop.so" ||
    unstripped="but not the debugging information that strip removes"
echo "reproducible: $(stat -c %s "$one"/build/libcallprop.so.*.*.*) bytes, the same from two folders and as installed" \
    "(SHA-256 $(sha256sum <"$prefix/lib/libcallprop.so.1" | cut -c1-16)…), $unstripped; so are those for${others#,}"

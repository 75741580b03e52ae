#!/bin/sh
# SPDX-License-Identifier: MIT
# The library for arm64, armhf, riscv64 and i386, and for musl: what the files are, that they are the same wherever they are built,
# and what they do under qemu-user. From the root of the repository: cross.sh PREFIX [--part]
#
# Debian's packages for these machines are kept in $CALLPROP_CACHE (2 GB).
set -eu
. Tests/proof/need.sh

need binutils readelf --version
need python3 python3 -c ''
for arch in arm64 armhf riscv64 i386; do
    make --no-print-directory stage ARCH=$arch >"$build/cross-$arch.log" 2>&1 || { tail -n 5 "$build/cross-$arch.log" >&2; fail "make stage ARCH=$arch"; }
done
clang=$(swift_clang)
PYTHONDONTWRITEBYTECODE=1 python3 $here/cross.py "$prefix" "$(dirname "$clang")/llvm-objdump" ${2:+"$2"}

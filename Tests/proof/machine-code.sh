#!/bin/sh
# SPDX-License-Identifier: MIT
# No trap, no allocator, nothing writable that can be executed, no AVX where a processor may lack it: read off the
# machine code of the shipped library. From the root of the repository, after a build there: machine-code.sh PREFIX
set -eu
. Tests/proof/need.sh

need binutils objdump --version
need python3 python3 -c ''

[ "$(uname -m)" = x86_64 ] || fail "this check knows the instructions of x86-64, not those of $(uname -m)"

# The shipped library has no names of functions any more. Its twin from before `strip` has.
unstripped=.build/release/libcallprop.so
[ -e "$unstripped" ] || fail "there is no $unstripped: it stays behind when make builds the library here"
strip --strip-unneeded -o "$build/stripped.so" "$unstripped"
cmp "$build/stripped.so" "$prefix/lib/libcallprop.so.1" ||
    fail "the library in $prefix is not $unstripped, stripped: make stage builds both"

python3 $here/machine_code.py "$unstripped" || fail "see above"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Exactly 27 of the 2^32 calls have a property, and nothing permits any other: exhaustive.sh PREFIX
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

start=$(date +%s)
compile cc exhaustive -O2 $here/exhaustive.c
failed=
"$build/exhaustive" arrays || failed=1
if [ "$(uname -m)" = x86_64 ]; then
    # There are two ways to decide arrays, and the library asks the processor which it may go. So each is run, on a processor
    # that is made up where the real one goes the other way; the program looks whether it was that way indeed.
    need qemu-user qemu-x86_64 --version
    qemu-x86_64 -cpu Nehalem "$build/exhaustive" few-arrays portable || failed=1
    grep -qw avx2 /proc/cpuinfo || qemu-x86_64 -cpu max "$build/exhaustive" few-arrays "wide (AVX2)" || failed=1
fi
all=$("$build/exhaustive" all) || failed=1
echo "exhaustive: $all, $(($(date +%s) - start)) s${failed:+: FAILED}"
[ -z "$failed" ]

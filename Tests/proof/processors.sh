#!/bin/sh
# SPDX-License-Identifier: MIT
# Every decision is the same on a processor of 2003, on one with AVX but without AVX2, and on those with it: emulated by
# QEMU, which stops a program at an instruction that the processor lacks. From the root of the repository: processors.sh PREFIX
set -eu
. Tests/proof/need.sh

need qemu-user qemu-x86_64 --version
need python3 /usr/bin/python3 -c ''
work=$build/processors
mkdir -p "$work"

[ "$(uname -m)" = x86_64 ] || fail "this check is about x86-64, not $(uname -m)"

# decide PROCESSOR: all decisions, with the system's Python, which runs on every x86-64.
decide() {
    qemu-x86_64 -cpu "$1" /usr/bin/python3 $here/decisions.py "$prefix/lib/libcallprop.so.1" 2>"$work/$1.err" >"$work/$1.txt"
}

# A program that needs AVX2 must not run on the older two, or this shows nothing.
echo 'int main(void) { __asm__ volatile("vpaddb %%ymm0, %%ymm0, %%ymm0" ::: "xmm0"); return 0; }' >"$work/avx2.c"
cc -o "$work/avx2" "$work/avx2.c"

/usr/bin/python3 $here/decisions.py "$prefix/lib/libcallprop.so.1" >"$work/here.txt" || fail "the decisions on this machine"
for processor in qemu64 SandyBridge Haswell max; do
    runs=no
    qemu-x86_64 -cpu $processor "$work/avx2" 2>/dev/null && runs=yes
    case $processor:$runs in
    qemu64:no | SandyBridge:no | Haswell:yes | max:yes) ;;
    *) fail "QEMU's $processor with AVX2: $runs. It is not what this check needs" ;;
    esac
    decide $processor || { tail -n 3 "$work/$processor.err" >&2; fail "the decisions on $processor"; }
    cmp "$work/here.txt" "$work/$processor.txt" || fail "$processor decides otherwise than this machine"
done
echo "processors: $(grep -c ^decision "$work/here.txt") decisions, one by one and many at a time, are the same byte for byte" \
    "here and on the emulated processors qemu64 and SandyBridge (no AVX2), Haswell and max (AVX2)"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Whether what `make install` put there works, with the same variables: a program in C through pkg-config, one in Python, and the same
# version everywhere. From the root of the sources; make exports the folders.
set -eu
root=${DESTDIR:-}
libdir=$root${CALLPROP_libdir:?make exports it}
folder=$(mktemp -d "${TMPDIR:-/tmp}/callprop-installcheck.XXXXXX")
trap 'rm -rf "$folder"' EXIT
fail() {
    echo "installcheck: FAILED: $*" >&2
    exit 1
}

[ -e "$libdir/libcallprop.so.1" ] || fail "there is no libcallprop.so.1 in $libdir: make install comes first"
export PKG_CONFIG_PATH="$libdir/pkgconfig" LD_LIBRARY_PATH="$libdir"
if [ -n "$root" ]; then
    PKG_CONFIG_SYSROOT_DIR=$(cd "$root" && pwd)
    export PKG_CONFIG_SYSROOT_DIR
fi
wanted=$(sed -n 's/^.define CP_VERSION_STRING "\(.*\)"/\1/p' include/callprop.h)
found=$(pkg-config --modversion callprop) || fail "pkg-config does not find callprop in $libdir/pkgconfig"
[ "$found" = "$wanted" ] || fail "callprop.pc says $found, and these sources are $wanted"

eval "cc -std=c99 -o \"\$folder/decision\" Tests/proof/headers/decision.c $(pkg-config --cflags --libs callprop)" || fail "a program in C does not build"
said=$("$folder/decision") || fail "a program in C does not run"
case $said in "1 0 1 0 Denied: "*) ;; *) fail "a program in C says: $said" ;; esac
said=$(CALLPROP_LIBRARY="$libdir/libcallprop.so.1" PYTHONPATH=Sources/python python3 -B -c '
import callprop
print(callprop.library_version, callprop.allows("li,lo,ri", callprop.Call("external", "ivr", "dst")))') || fail "a program in Python does not run"
[ "$said" = "$wanted True" ] || fail "a program in Python says: $said"
echo "installcheck: callprop $wanted in $libdir: C through pkg-config, and Python, decide"

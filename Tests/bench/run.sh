#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and runs the benchmark against the library installed under a prefix: run.sh PREFIX
set -eu
prefix=$1
here=$(dirname "$0")
build=build/bench
mkdir -p "$build"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig" LD_LIBRARY_PATH="$prefix/lib:$build"

cc -O2 -fPIC -shared -Wall -Wextra -o "$build/libc_table.so" "$here/c_table.c"
# shellcheck disable=SC2046
cc -O2 -std=c99 -Wall -Wextra -o "$build/bench" "$here/bench.c" -L"$build" -lc_table $(pkg-config --cflags --libs callprop jansson)
"$build/bench"
echo "size of the stripped library: $(stat -c %s "$prefix"/lib/libcallprop.so.*.*.*) bytes"

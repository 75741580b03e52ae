#!/bin/sh
# SPDX-License-Identifier: MIT
# What other people build with: builders.sh PREFIX
# CMake's find_package and pkg_check_modules, and meson, from an installation in a folder with spaces that was moved; the static library through
# three linkers, with -flto, into a -static program, and into a plugin that shows none of its names.
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

need cmake cmake --version
need meson meson --version
need ninja-build ninja --version
need libjansson-dev pkg-config --exists jansson
folder=$(mktemp -d "${TMPDIR:-/tmp}/callprop-builders.XXXXXX")
trap 'rm -rf "$folder"' EXIT
log=$build/builders.log
: >"$log"
built=0

cp -R "$prefix" "$folder/the prefix"
moved="$folder/the prefix"
root=$PWD
cp Tests/proof/headers/decision.c "$folder/decision.c"
expected='1 0 1 0 Denied: '

# runs WHAT PROGRAM: it decides, and says why.
runs() {
    said=$(LD_LIBRARY_PATH="$moved/lib" "$2" 2>&1) || { echo "$said" >>"$log"; fail "$1: it does not run: $said"; }
    case $said in "$expected"*) built=$((built + 1)) ;; *) fail "$1: it says: $said" ;; esac
}

# does WHAT COMMAND…
does() {
    what=$1
    shift
    "$@" >>"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "$what: see $log"; }
}

# ---- CMake and meson

# cmake_project NAME LINES: a project whose CMakeLists.txt has these lines.
cmake_project() {
    mkdir -p "$folder/$1"
    printf 'cmake_minimum_required(VERSION 3.18)\nproject(p C)\n%s\n' "$2" >"$folder/$1/CMakeLists.txt"
}
program='add_executable(p ../decision.c)
target_link_libraries(p PRIVATE'
for version in 1.0 1.1 1.1...1.9 ''; do
    cmake_project "cmake $version" "find_package(callprop $version CONFIG REQUIRED)
$program callprop::callprop)"
    does "find_package(callprop $version)" cmake -S "$folder/cmake $version" -B "$folder/cmake $version/b" -DCMAKE_PREFIX_PATH="$moved"
    does "CMake's build" cmake --build "$folder/cmake $version/b"
    runs "CMake, callprop $version" "$folder/cmake $version/b/p"
done
for version in 1.99 2.0 0.9 1.5...1.9; do
    cmake_project "cmake $version" "find_package(callprop $version CONFIG REQUIRED)"
    ! cmake -S "$folder/cmake $version" -B "$folder/cmake $version/b" -DCMAKE_PREFIX_PATH="$moved" >>"$log" 2>&1 ||
        fail "find_package(callprop $version) is content with $(pkg-config --modversion callprop)"
done
cmake_project static "find_package(callprop 1.1 CONFIG REQUIRED)
$program callprop::static)"
does "find_package, static" cmake -S "$folder/static" -B "$folder/static/b" -DCMAKE_PREFIX_PATH="$moved"
does "CMake's build, static" cmake --build "$folder/static/b"
! readelf -d "$folder/static/b/p" | grep -q 'NEEDED.*callprop' || fail "callprop::static is linked as a shared library"
runs "CMake, callprop::static" "$folder/static/b/p"
cmake_project modules "find_package(PkgConfig REQUIRED)
pkg_check_modules(CALLPROP REQUIRED IMPORTED_TARGET callprop>=1.1)
$program PkgConfig::CALLPROP)"
does "pkg_check_modules" env PKG_CONFIG_PATH="$prefix/lib/pkgconfig" cmake -S "$folder/modules" -B "$folder/modules/b"
does "CMake's build through pkg-config" cmake --build "$folder/modules/b"
runs "CMake through pkg-config" "$folder/modules/b/p"
mkdir "$folder/meson"
cp "$folder/decision.c" "$folder/meson/"
printf "project('p', 'c')\nexecutable('p', 'decision.c', dependencies: dependency('callprop', version: '>=1.1'))\n" >"$folder/meson/meson.build"
does meson env PKG_CONFIG_PATH="$prefix/lib/pkgconfig" meson setup "$folder/meson/b" "$folder/meson"
does "meson's build" ninja -C "$folder/meson/b"
runs meson "$folder/meson/b/p"

# ---- The static library

clang=$(swift_clang)
link() { # link WHAT COMPILER FLAGS…
    what=$1
    shift
    does "static, $what" "$@" -O2 -std=c99 -I"$moved/include" -o "$folder/linked" "$folder/decision.c" "$moved/lib/libcallprop.a" -ljansson
    runs "static, $what" "$folder/linked"
}
link 'GNU ld' cc -fuse-ld=bfd
link gold cc -fuse-ld=gold
link lld "$clang" -fuse-ld=lld
link 'gcc -flto' cc -flto
link 'clang -flto' "$clang" -flto -fuse-ld=lld
link -static cc -static
link 'position-independent, -static' cc -static-pie
link '--gc-sections' cc -Wl,--gc-sections

# A plugin that has it inside: the host sees none of its names, and two such plugins are no matter to each other.
cat >"$folder/plugin.c" <<'C'
#include <callprop.h>
int ring(const char *status) { return cp_allows(status, "src=external,dst=ivr,leg=dst", 0); }
C
cat >"$folder/host.c" <<'C'
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        void *plugin = dlopen(argv[i], RTLD_NOW | RTLD_GLOBAL);
        int (*ring)(const char *) = plugin ? (int (*)(const char *))dlsym(plugin, "ring") : NULL;
        if (!ring)
            return puts(dlerror()), 1;
        printf("%d %d %d ", ring("li,ri"), ring("li"), dlsym(RTLD_DEFAULT, "cp_allows") != NULL);
    }
    return 0;
}
C
does "a plugin" cc -O2 -fPIC -shared -Wl,--exclude-libs,ALL -I"$moved/include" -o "$folder/plugin.so" "$folder/plugin.c" "$moved/lib/libcallprop.a" -ljansson
cp "$folder/plugin.so" "$folder/plugin2.so"
does "a host" cc -O2 -o "$folder/host" "$folder/host.c" -ldl
said=$("$folder/host" "$folder/plugin.so" "$folder/plugin2.so") || fail "plugins with the static library: $said"
[ "$said" = '1 0 0 1 0 0 ' ] || fail "plugins with the static library: $said"
! nm -D --defined-only "$folder/plugin.so" | grep -q ' cp_' || fail "a plugin with --exclude-libs shows names of callprop's"

# The tests of the ABI, linked with it.
for source in interface decisions arrays buffers errors pages; do
    does "abi_$source, static" cc -std=c99 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -pthread -O1 -I"$moved/include" -ITests/shared -o "$folder/abi" \
        "$root/Tests/abi/abi_$source.c" "$moved/lib/libcallprop.a" -ljansson
    does "abi_$source, static, runs" "$folder/abi"
    built=$((built + 1))
done

echo "builders: $built programs through CMake, pkg_check_modules, meson, and with the static library by three linkers, with -flto and -static: all decide;" \
    "4 versions that are not there are refused; a plugin shows none of the names"

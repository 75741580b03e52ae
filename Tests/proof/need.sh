# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by the scripts of this folder, from the root of the repository, with the installed prefix as $1.
# A check that cannot run has not passed: whatever is missing is installed, or ends the script with a failure.

prefix=${1:?usage: $0 PREFIX (an installed prefix, such as build/stage)}
prefix=$(cd "$prefix" && pwd)
# shellcheck disable=SC2034 # for who sources this
here=Tests/proof
build=$PWD/build/proof
name=$(basename "$0" .sh)

# shellcheck disable=SC2317
fail() {
    echo "$name: FAILED: $*" >&2
    exit 1
}

# need PACKAGE COMMAND…: installs a Debian package unless the command succeeds.
need() {
    package=$1
    shift
    if "$@" >/dev/null 2>&1; then return 0; fi
    Tests/shared/install_package.sh "$package" "$build/apt.log" || fail "$package is needed"
    "$@" >/dev/null 2>&1 || fail "$package is installed, but this does not work: $*"
}

# compile COMPILER PROGRAM ARGUMENT…: compiles against the installed library.
compile() {
    compiler=$1 program=$2
    shift 2
    # What pkg-config says is written for a shell: a folder may have spaces.
    eval "set -- \"\$@\" $(pkg-config --cflags --libs callprop jansson)"
    "$compiler" -std=c99 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -pthread -Wall -Wextra -Werror -g \
        -o "$build/$program" "$@" || fail "$program does not compile"
}

# The clang that belongs to the Swift toolchain, whose sanitizers fit the library's.
swift_clang() {
    command -v swift >/dev/null || fail "there is no Swift toolchain on PATH"
    echo "$(dirname "$(readlink -f "$(command -v swift)")")/clang"
}

mkdir -p "$build"
[ -e "$prefix/lib/libcallprop.so.1" ] || fail "there is no callprop in $prefix: make stage puts one into build/stage"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig" LD_LIBRARY_PATH="$prefix/lib:$build"
need gcc cc --version
need libjansson-dev pkg-config --exists jansson

#!/bin/sh
# SPDX-License-Identifier: MIT
# The library that was built here decides the same on the oldest and on the newest Debian, and beside other JSON
# libraries in one process. From the root of the repository: hosts.sh PREFIX
#
# The systems are kept in $CALLPROP_HOSTS (500 MB), by Tests/shared/debian_root.py.
set -eu
. Tests/proof/need.sh

cache=${CALLPROP_HOSTS:-/var/cache/callprop-hosts}
packages=libjansson4,python3
results=$build/hosts
mkdir -p "$results"

need python3 python3 -c ''
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
command -v ${as_root:-chroot} >/dev/null || fail "debootstrap and chroot need root, or sudo"

# host SUITE: makes its system unless it is there; leaves the folder in $host.
host() {
    host=$cache/$1
    $as_root python3 Tests/shared/debian_root.py "$1" "$host" $packages "$results/$1.log" || fail "no system of $1"
}

# in_host COMMAND: runs a shell command in the system, with the library in $LD_LIBRARY_PATH and nothing else of this
# machine's environment.
in_host() {
    $as_root chroot "$host" /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C "LD_LIBRARY_PATH=$inside" /bin/sh -c "$1"
}

# versions: glibc's and jansson's, of the system that this runs in.
# shellcheck disable=SC2016
versions='getconf GNU_LIBC_VERSION | tr "\n" ","; dpkg-query -W -f " jansson \${Version}" libjansson4'

python3 $here/decisions.py "$prefix/lib/libcallprop.so.1" >"$results/here.txt" || fail "the decisions on this machine"
summary="here ($(sh -c "$versions"))"

for suite in bullseye sid; do
    host $suite
    inside=/tmp/callprop.$$
    trap '$as_root rm -rf "$host$inside"' EXIT
    $as_root mkdir "$host$inside"
    $as_root cp "$prefix/lib/libcallprop.so.1" $here/decisions.py "$host$inside/"

    in_host "python3 $inside/decisions.py libcallprop.so.1" >"$results/$suite.txt" 2>"$results/$suite.err" ||
        { cat "$results/$suite.err" >&2; fail "the decisions in $suite"; }
    # A plugin's host must not find anything of ours in its log.
    [ ! -s "$results/$suite.err" ] || { cat "$results/$suite.err" >&2; fail "loading the library in $suite is not silent"; }
    diff "$results/here.txt" "$results/$suite.txt" >"$results/$suite.diff" ||
        { head "$results/$suite.diff" >&2; fail "$suite answers otherwise than this machine: $results/$suite.diff"; }
    summary="$summary, $suite ($(in_host "$versions"))"

    # A program that is linked with the library loads it at its start, where the loader says more.
    in_host "LD_PRELOAD=libcallprop.so.1 /bin/true" 2>"$results/$suite.err" ||
        fail "a program does not start with the library in $suite"
    if grep -q 'libjansson.so.4: no version information available' "$results/$suite.err"; then
        # jansson's names have versions since 2.14, and the library asks for them: otherwise it might get the functions
        # of the other libraries below.
        summary="$summary with the loader's notice to programs linked with callprop that this jansson has no versions"
    elif [ -s "$results/$suite.err" ]; then
        cat "$results/$suite.err" >&2
        fail "starting a program with the library in $suite is not silent"
    fi
    $as_root rm -rf "$host$inside"
done

# json-c and json-glib have functions of the same names as jansson, such as json_object_iter_next. The process is a C
# program whose own libraries come first.
need libjson-c-dev pkg-config --exists json-c
need libjson-glib-dev pkg-config --exists json-glib-1.0
# shellcheck disable=SC2046
compile cc beside_json $here/beside_json.c -Wl,--no-as-needed $(pkg-config --libs json-c json-glib-1.0)
"$build/beside_json" || fail "a decision beside json-c and json-glib (exit status $?)"

echo "hosts: $(grep -c ^decision "$results/here.txt") decisions, their reasons and $(grep -c ^refusal "$results/here.txt")" \
    "refusals are the same byte for byte, and loading is silent: $summary; and beside json-c and json-glib in one process"

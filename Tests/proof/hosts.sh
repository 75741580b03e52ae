#!/bin/sh
# SPDX-License-Identifier: MIT
# The library that was built here decides the same on the oldest and on the newest Debian, and beside other JSON
# libraries in one process; C programs are linked with it there. From the root of the repository: hosts.sh PREFIX
#
# The systems are kept in $CALLPROP_HOSTS (1 GB), by Tests/shared/debian_root.py.
set -eu
. Tests/proof/need.sh

cache=${CALLPROP_HOSTS:-/var/cache/callprop-hosts}
packages=gcc,libc6-dev,libjansson-dev,libjansson4,pkgconf,python3
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

# silent WHAT: nothing was written to stderr. A plugin's host must not find anything of ours in its log.
silent() {
    [ ! -s "$results/$suite.err" ] || { cat "$results/$suite.err" >&2; fail "$1 in $suite is not silent"; }
}

programs="abi_interface abi_decisions abi_errors"
# prepare_sources: the programs, and callprop as it is installed, into the system.
prepare_sources() {
    $as_root cp -r "$prefix" "$host$inside/prefix"
    $as_root mkdir "$host$inside/abi" "$host$inside/shared"
    $as_root cp Tests/abi/*.c Tests/abi/*.h "$host$inside/abi/"
    $as_root cp Tests/shared/scenarios.h "$host$inside/shared/"
}

linked=0 notice=
for suite in bullseye sid; do
    host $suite
    inside=/tmp/callprop.$$
    trap '$as_root rm -rf "$host$inside"' EXIT
    $as_root mkdir "$host$inside"
    $as_root cp "$prefix/lib/libcallprop.so.1" $here/decisions.py "$host$inside/"

    in_host "python3 $inside/decisions.py libcallprop.so.1" >"$results/$suite.txt" 2>"$results/$suite.err" ||
        { cat "$results/$suite.err" >&2; fail "the decisions in $suite"; }
    silent "loading the library"
    diff "$results/here.txt" "$results/$suite.txt" >"$results/$suite.diff" ||
        { head "$results/$suite.diff" >&2; fail "$suite answers otherwise than this machine: $results/$suite.diff"; }
    summary="$summary, $suite ($(in_host "$versions"))"

    # A program that is linked with the library loads it at its start, where the loader says more.
    in_host "LD_PRELOAD=libcallprop.so.1 /bin/true" 2>"$results/$suite.err" ||
        fail "a program does not start with the library in $suite"
    silent "starting a program with the library"

    # C programs, as a stranger links them, also with jansson beside callprop; an old linker looks at each name that the
    # library asks for. Those that were linked in the older system also run in the newer.
    prepare_sources
    for program in $programs; do
        for order in "callprop" "callprop jansson" "jansson callprop"; do
            in_host "cd $inside/abi && cc -std=c99 -pedantic -Wall -Wextra -Werror -Wl,--fatal-warnings -o ../$program $program.c \
                \$(PKG_CONFIG_PATH=$inside/prefix/lib/pkgconfig pkgconf --define-prefix --cflags --libs $order)" >"$results/$suite.err" 2>&1 || {
                cat "$results/$suite.err" >&2
                fail "linking $program.c in $suite with $order"
            }
            silent "linking $program.c with $order"
            in_host "$inside/$program" >"$results/$suite.out" 2>"$results/$suite.err" || fail "$program in $suite: $(tail -n 3 "$results/$suite.out")"
            silent "$program"
            linked=$((linked + 1))
        done
        [ $suite = bullseye ] || {
            $as_root cp "$results/$program" "$host$inside/"
            in_host "$inside/$program" >"$results/$suite.out" 2>"$results/$suite.err" || fail "$program of bullseye in $suite"
            # A program, not a plugin, that takes the address of a function: a matter of Swift's visibility, and no harm.
            ! grep 'direct reference to protected function' "$results/$suite.err" >/dev/null ||
                notice=", but for newer glibc's notice of protected functions to older programs that take their addresses"
            sed -i '/direct reference to protected function/d' "$results/$suite.err"
            silent "$program of bullseye"
        }
        cp "$host$inside/$program" "$results/$program"
    done
    $as_root rm -rf "$host$inside"
done

# json-c and json-glib have functions of the same names as jansson, such as json_object_iter_next. The process is a C
# program whose own libraries come first. The library asks for its names without versions, so that any jansson will do
# (Sources/CJansson/names.c): therefore none of them may be a name of those two.
need libjson-c-dev pkg-config --exists json-c
need libjson-glib-dev pkg-config --exists json-glib-1.0
nm --dynamic --undefined-only "$prefix/lib/libcallprop.so.1" | sed -n 's/.* U \(json_[a-z_]*\)$/\1/p' >"$results/names.txt"
[ "$(wc -l <"$results/names.txt")" -ge 10 ] || fail "the library asks for these names of jansson's without versions: $(tr '\n' ' ' <"$results/names.txt")"
for other in json-c json-glib-1.0; do
    file=$(cc -print-file-name=lib$other.so)
    nm --dynamic --defined-only "$file" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort >"$results/$other.txt"
    grep -qx json_object_iter_next "$results/$other.txt" || [ "$(grep -c ^json_ "$results/$other.txt")" -gt 50 ] || fail "$file is read wrongly"
    ! grep -xFf "$results/names.txt" "$results/$other.txt" || fail "$other has names by which the library writes JSON"
done
# shellcheck disable=SC2046
compile cc beside_json $here/beside_json.c -Wl,--no-as-needed $(pkg-config --libs json-c json-glib-1.0)
"$build/beside_json" || fail "a decision beside json-c and json-glib (exit status $?)"

echo "hosts: $(grep -c ^decision "$results/here.txt") decisions, their reasons and $(grep -c ^refusal "$results/here.txt")" \
    "refusals are the same byte for byte, and loading is silent: $summary; $linked C programs linked there run, with jansson beside callprop and without, those of bullseye in sid too, none with a warning$notice;" \
    "and beside json-c and json-glib in one process, which have none of its $(wc -l <"$results/names.txt") names"

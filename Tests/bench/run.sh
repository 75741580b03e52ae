#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures the library installed under a prefix, beside floors in C, other parsers, and what a program could embed instead.
# Prints a table, and writes results.json and chart.svg to build/bench. A promise that is broken, or could not be measured,
# makes the exit status 1. From the root of the repository:
#   Tests/bench/run.sh PREFIX [--quick] [--save] [--only PART]
# --quick: fewer rounds, no callgrind, no ordinary Swift. --save: also renews the copies in Tests/bench, which
# the README shows; not from a tree with changes. --only PART: in seconds, the rows in C whose names hold it, such as json.
set -eu

prefix=$1
shift
rounds=31 seconds=15 processes=301 quick='' save='' only=''
say() { echo "bench: $*" >&2; }
while [ $# -gt 0 ]; do
    case $1 in
    --quick) quick=yes rounds=7 seconds=0.3 processes=31 ;;
    --save) save=yes ;;
    --only) only=${2:?--only needs a part of a row\'s name, such as json} && shift ;;
    *) say "no such option: $1" && exit 2 ;;
    esac
    shift
done

if [ -n "$save" ]; then
    [ -z "$quick$only" ] || { say "--save is for a whole run, without --quick and --only" && exit 2; }
    git rev-parse -q --verify HEAD >/dev/null || { say "--save: there is no commit that the figures could be of" && exit 2; }
    [ -z "$(git status --porcelain)" ] || { say "--save: the tree has changes: the figures would be of no commit" && exit 2; }
fi

here=Tests/bench
build=build/bench
venv=$build/venv
mkdir -p "$build"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
libraries=$prefix/lib:$PWD/$build

# need PACKAGE COMMAND…: installs a Debian package unless the command succeeds; whether it does at last.
need() {
    package=$1
    shift
    if "$@" >/dev/null 2>&1; then return 0; fi
    Tests/shared/install_package.sh "$package" "$build/apt.log" >&2 || true # said below
    "$@" >/dev/null 2>&1 || { say "CANNOT INSTALL $package: what it is needed for is not measured" && return 1; }
}

# All at once, or where that fails, one by one: what cannot be installed shows in the table as not measured.
if [ -z "$only" ] && [ ! "$venv/installed" -nt "$here/requirements.txt" ]; then
    say "installing the peers into $venv"
    python3 -m venv "$venv"
    pip="$venv/bin/pip install -q --disable-pip-version-check --require-hashes --only-binary :all: --no-deps"
    if $pip -r "$here/requirements.txt"; then
        touch "$venv/installed"
    else
        rm -rf "$build/requirements"
        mkdir "$build/requirements"
        awk -v folder="$build/requirements" '/^[a-z].*==/ { file = folder "/" $1 } file && !/^ *#/ { print > file }' "$here/requirements.txt"
        for package in "$build/requirements"/*; do
            $pip -r "$package" || say "CANNOT INSTALL $(basename "$package")"
        done
    fi
fi

parsers='' parser_libraries=''
if need rapidjson-dev pkg-config --exists RapidJSON; then parsers=-DWITH_RAPIDJSON; fi
if need libsimdjson-dev pkg-config --exists simdjson; then
    parsers="$parsers -DWITH_SIMDJSON" parser_libraries=$(pkg-config --libs simdjson)
fi

# The header of simdjson takes its time: kept, by what is in it.
object=$build/parsers-$(echo "$parsers" | tr -cd '[:upper:]').o
compile() { cc -std=c99 -Wall -Wextra "$@"; }
# shellcheck disable=SC2046,SC2086 # flags are words
{
    compile -O3 -fPIC -shared -o "$build/libc_table.so" "$here/c_table.c" $(pkg-config --cflags callprop)
    { [ "$object" -nt "$here/parsers.cpp" ] && [ "$object" -nt "$here/parsers.h" ]; } ||
        c++ -std=c++17 -Wall -Wextra -O2 $parsers -c -o "$object" "$here/parsers.cpp"
    # Loops at the start of a cache line: otherwise a row or its floor is the slower one by where its loop happens to stand.
    compile -O2 -falign-loops=64 $parsers -o "$build/bench" "$here/bench.c" "$here/rows.c" "$here/json.c" "$here/reason.c" \
        "$here/growth.c" "$here/explanation.c" "$here/c_text.c" "$object" -L"$build" -lc_table \
        $(pkg-config --cflags --libs callprop jansson) $parser_libraries -lstdc++
    compile -shared -fPIC -o "$build/libempty.so" -x c /dev/null
    compile -O2 -o "$build/footprint" "$here/footprint.c" -ldl $(pkg-config --cflags callprop)
}

# Nothing of an earlier run may pass for a figure of this one.
rm -f "$build"/*.jsonl "$build/results.json" "$build/chart.svg"
version=$(pkg-config --modversion callprop)
say "in C, $rounds rounds"
LD_LIBRARY_PATH=$libraries "$build/bench" "$rounds" ${only:+"$only"} > "$build/bench.jsonl"
if [ -n "$only" ]; then
    python3 "$here/report.py" "$build" "$version" "$rounds" "$only"
    exit
fi
say "from Python, and the peers"
LD_LIBRARY_PATH=$libraries "$venv/bin/python" "$here/through_python.py" "$rounds" "$seconds" > "$build/python.jsonl"
say "loading, in fresh processes"
python3 "$here/footprint.py" "$build" "$prefix" "$processes" ${quick:+--no-swift} > "$build/footprint.jsonl"
if [ -z "$quick" ]; then
    say "counting instructions"
    LD_LIBRARY_PATH=$libraries python3 "$here/instructions.py" "$build/bench" > "$build/instructions.jsonl"
fi

broken=0
python3 "$here/report.py" "$build" "$version" "$rounds" || broken=1
if [ -n "$save" ]; then
    cp "$build/results.json" "$build/chart.svg" "$here/"
fi
exit $broken

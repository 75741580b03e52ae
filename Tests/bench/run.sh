#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures the library installed under a prefix, beside floors in C and what a program could embed instead. Prints a
# table, and writes results.json and chart.svg to build/bench. From the root of the repository:
#   Tests/bench/run.sh PREFIX [--quick] [--save]
# --quick: fewer rounds, no callgrind, no ordinary Swift. --save: also renews the copies in Tests/bench, which
# the README shows.
set -eu

prefix=$1
shift
rounds=31 seconds=15 processes=301 quick='' save=''
for option; do
    case $option in
    --quick) quick=yes rounds=7 seconds=0.3 processes=31 ;;
    --save) save=yes ;;
    *) echo "run.sh: no such option: $option" >&2 && exit 2 ;;
    esac
done

here=Tests/bench
build=build/bench
venv=$build/venv
mkdir -p "$build"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
libraries=$prefix/lib:$PWD/$build

say() { echo "bench: $*" >&2; }

# All at once, or where that fails, one by one: what cannot be installed shows in the table as not measured.
if [ ! "$venv/installed" -nt "$here/requirements.txt" ]; then
    say "installing the peers into $venv"
    python3 -m venv "$venv"
    pip="$venv/bin/pip install -q --disable-pip-version-check"
    if $pip -r "$here/requirements.txt"; then
        touch "$venv/installed"
    else
        grep '==' "$here/requirements.txt" | while read -r package; do
            $pip "$package" || say "CANNOT INSTALL $package"
        done
    fi
fi

compile() { cc -std=c99 -Wall -Wextra "$@"; }
# shellcheck disable=SC2046 # flags are words
{
    compile -O3 -fPIC -shared -o "$build/libc_table.so" "$here/c_table.c" $(pkg-config --cflags callprop)
    # Loops at the start of a cache line: otherwise a row or its floor is the slower one by where its loop happens to stand.
    compile -O2 -falign-loops=64 -o "$build/bench" "$here/bench.c" "$here/rows.c" "$here/growth.c" "$here/explanation.c" -L"$build" -lc_table \
        $(pkg-config --cflags --libs callprop jansson)
    compile -shared -fPIC -o "$build/libempty.so" -x c /dev/null
    compile -O2 -o "$build/footprint" "$here/footprint.c" -ldl $(pkg-config --cflags callprop)
}

say "in C, $rounds rounds"
LD_LIBRARY_PATH=$libraries "$build/bench" "$rounds" > "$build/bench.jsonl"
say "from Python, and the peers"
LD_LIBRARY_PATH=$libraries "$venv/bin/python" "$here/through_python.py" "$rounds" "$seconds" > "$build/python.jsonl"
say "loading, in fresh processes"
python3 "$here/footprint.py" "$build" "$prefix" "$processes" ${quick:+--no-swift} > "$build/footprint.jsonl"
rm -f "$build/instructions.jsonl"
if [ -z "$quick" ]; then
    say "counting instructions"
    LD_LIBRARY_PATH=$libraries python3 "$here/instructions.py" "$build/bench" > "$build/instructions.jsonl"
fi

python3 "$here/report.py" "$build" "$(pkg-config --modversion callprop)" "$rounds"
if [ -n "$save" ]; then
    cp "$build/results.json" "$build/chart.svg" "$here/"
fi

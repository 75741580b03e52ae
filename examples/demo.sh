#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the examples on the data of a small office, against the callprop installed under a prefix: demo.sh PREFIX
set -eu

[ $# -eq 1 ] || { echo "usage: demo.sh PREFIX" >&2; exit 2; }
prefix=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
build=$PWD/build/examples
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig" LD_LIBRARY_PATH="$prefix/lib"
export PATH="$build:$PATH" PYTHONDONTWRITEBYTECODE=1
# The Python package: that of the repository, or where it is installed.
export PYTHONPATH="$PWD/Sources/python${PYTHONPATH:+:$PYTHONPATH}"

# -B: an earlier build may be from another callprop. MAKEFLAGS: the options of `make demo` are not meant for this one.
MAKEFLAGS='' make -s -B -C examples/c BUILD=../../build/examples

# run STATUS COMMAND: shows the command, leaves what it prints in $output, and insists on its exit status.
output=$build/output
run() {
  printf '$ %s\n' "$2"
  status=0
  eval "$2" > "$output" 2>&1 || status=$?
  if [ "$status" -ne "$1" ]; then
    cat "$output" >&2
    echo "demo.sh: exit status $status instead of $1" >&2
    exit 1
  fi
}

# An explanation is one line of JSON; people read it better in several.
fold_json() {
  sed -e 's/,"call"/,\
 "call"/' -e 's/,"required"/,\
 "required"/' -e 's/,"reason"/,\
 "reason"/' -e 's/, which needs/,\
   which needs/'
}

echo '# A status grants "li" and "ri". May an outside number ring its extension through a voice menu?'
run 0 "callprop-check allows 'li,ri' 'src=external,dst=ivr,leg=dst'"
cat "$output"
echo '# And through a queue? Why not? (line breaks added)'
run 1 "callprop-check explain 'li,ri' 'src=external,dst=queue,leg=dst'"
fold_json < "$output"
echo '# A typo is an error, never a permission:'
run 2 "callprop-check allows 'li,ri' 'src=extrenal,dst=ivr,leg=dst'"
cat "$output"

echo '# A day in an office, in C:'
run 0 'office-day examples/office/statuses.json examples/office/calls.csv'
cat "$output"
cp "$output" "$build/office-day.txt"

echo '# The same in Python:'
run 0 'python3 examples/python/office_day.py examples/office/statuses.json examples/office/calls.csv'
if ! cmp "$build/office-day.txt" "$output"; then
  diff "$build/office-day.txt" "$output" >&2 || :
  echo 'demo.sh: the C and the Python program print different reports' >&2
  exit 1
fi
echo "(the same $(($(wc -l < "$output"))) lines, byte for byte)"

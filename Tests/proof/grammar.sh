#!/bin/sh
# SPDX-License-Identifier: MIT
# What the library takes for JSON, against jansson and Python, and where it says that text is wrong: grammar.sh PREFIX [--part]
# --part is a few seconds of it.
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

start=$(date +%s)
failed=
extent=deep length=4
if [ "${2-}" = --part ]; then extent=part length=2; fi
need python3 python3 --version
compile cc grammar -O2 $here/grammar.c $here/grammar_check.c $here/grammar_changes.c $here/json_grammar.c $here/json_model.c

"$build/grammar" $extent || failed=1
python3 $here/grammar.py "$prefix/lib/libcallprop.so.1" $length || failed=1
echo "grammar: ${failed:+FAILED: }the same verdict, meaning and first wrong byte as the grammar, jansson and Python, $extent," \
    "$(($(date +%s) - start)) s"
[ -z "$failed" ]

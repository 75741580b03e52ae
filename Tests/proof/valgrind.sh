#!/bin/sh
# SPDX-License-Identifier: MIT
# The installed library under valgrind: memory errors, leaks, data races: valgrind.sh PREFIX
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

start=$(date +%s)
failed=
need valgrind valgrind --version
compile cc everything -O1 $here/everything.c $here/texts.c
compile cc threads -O0 $here/threads.c $here/texts.c

# watch TOOL PROGRAM OPTION…
watch() {
    tool=$1 program=$2
    shift 2
    if valgrind -q --tool="$tool" --error-exitcode=9 "$@" "$build/$program" >"$build/$tool.log" 2>&1; then
        echo "  $tool: no error: $(sed -n 's/^  //p' "$build/$tool.log")"
    else
        failed="$failed $tool"
        head -n 40 "$build/$tool.log"
    fi
}

watch memcheck everything --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all
watch helgrind threads --suppressions=$here/valgrind.supp
echo "valgrind: memcheck, helgrind: ${failed:+FAILED:}${failed:-no error, no leak}, $(($(date +%s) - start)) s"
[ -z "$failed" ]

#!/bin/sh
# SPDX-License-Identifier: MIT
# No memory for decisions, memory that runs out while JSON is written, an allocator that the host replaces, and a host that has
# functions with jansson's names: allocation.sh PREFIX
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

start=$(date +%s)
failed=
need valgrind valgrind --version
need binutils nm --version
cc -std=c99 -D_GNU_SOURCE -O2 -g -pthread -Wall -Wextra -Werror -fPIC -shared -o "$build/libfence.so" $here/fence.c || fail "fence.c does not compile"
compile cc refused -D_GNU_SOURCE -O2 $here/refused.c $here/texts.c -L"$build" -lfence
compile cc allocation -O2 $here/allocation.c -L"$build" -lfence
compile cc allocation-plain -D_GNU_SOURCE -O2 -DFENCE_PLAIN $here/allocation.c $here/fence.c
compile cc allocation-asan -D_GNU_SOURCE -O1 -DFENCE_PLAIN -fsanitize=address,undefined $here/allocation.c $here/fence.c
compile cc replaced -D_GNU_SOURCE -O2 -DFENCE_PLAIN $here/replaced.c $here/texts.c $here/fence.c
compile cc texts.o -O2 -c $here/texts.c

# run TITLE COMMAND…
run() {
    title=$1
    shift
    echo "  $title:"
    "$@" 2>&1 || failed="$failed, $title"
}

# Each function of jansson's, one after the other, is a function of the host.
names() {
    jansson=$(cc -print-file-name=libjansson.so)
    all=$(nm --dynamic --defined-only "$jansson" | sed -n 's/.* T \([a-z_0-9]*\).*/\1/p')
    for one in $all; do
        compile cc names -O0 -rdynamic -Wno-builtin-declaration-mismatch -DNAME="$one" $here/names.c "$build/texts.o"
        "$build/names" || return 1
    done >"$build/names.log"
    right=$(grep -c 'right; cp_list and cp_explain right$' "$build/names.log")
    echo "  with $(wc -l <"$build/names.log") names of jansson's: every decision right; cp_list and cp_explain right and the host's function" \
        "not called with $right of them; they call it, as its name is one that the writer uses, with:" \
        "$(sed -n '/right$/!s/: .*//p' "$build/names.log" | tr '\n' ' ')"
    [ "$right" -ge 40 ]
}

run "nobody gets memory" "$build/refused"
run "each allocation between forbidden pages, failures in jansson's hooks" "$build/allocation" hooks
run "the same, failures in the process's malloc and mmap" "$build/allocation" process
run "AddressSanitizer" "$build/allocation-asan" hooks 97
run "memory that is never zero" env MALLOC_PERTURB_=165 "$build/allocation-plain" hooks 97
run "valgrind" valgrind -q --error-exitcode=9 "$build/allocation-plain" hooks 997
run "a host that replaces jansson's allocator between calls" "$build/replaced"
run "a host that exports a name of jansson's" names
echo "allocation: no memory, failing and replaced allocators, foreign names: ${failed:+FAILED}${failed:-every decision right, no crash, no leak, no wrong answer, nothing freed by the wrong allocator}," \
    "$(($(date +%s) - start)) s"
[ -z "$failed" ]

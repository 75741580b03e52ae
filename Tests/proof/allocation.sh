#!/bin/sh
# SPDX-License-Identifier: MIT
# Memory that runs out, and an allocator that the host replaces: allocation.sh PREFIX
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

start=$(date +%s)
failed=
need valgrind valgrind --version
cc -std=c99 -D_GNU_SOURCE -O2 -g -pthread -Wall -Wextra -Werror -fPIC -shared -o "$build/libfence.so" $here/fence.c || fail "fence.c does not compile"
compile cc allocation -O2 $here/allocation.c $here/texts.c -L"$build" -lfence
compile cc allocation-plain -D_GNU_SOURCE -O2 -DFENCE_PLAIN $here/allocation.c $here/texts.c $here/fence.c
compile cc allocation-asan -D_GNU_SOURCE -O1 -DFENCE_PLAIN -fsanitize=address,undefined $here/allocation.c $here/texts.c $here/fence.c
compile cc swapping -D_GNU_SOURCE -O2 -DFENCE_PLAIN $here/swapping.c $here/texts.c $here/fence.c -ldl

# run TITLE COMMAND…
run() {
    title=$1
    shift
    echo "  $title:"
    "$@" 2>&1 || failed="$failed, $title"
}

run "each allocation between forbidden pages, failures in jansson's hooks" "$build/allocation" hooks
run "the same, failures in the process's malloc and mmap" "$build/allocation" process
run "AddressSanitizer" "$build/allocation-asan" hooks 9
run "memory that is never zero" env MALLOC_PERTURB_=165 "$build/allocation-plain" hooks 9
run "valgrind" valgrind -q --error-exitcode=9 "$build/allocation-plain" hooks 40
run "a host that replaces jansson's allocator" "$build/swapping"
echo "allocation: failing and replaced allocators: ${failed:+FAILED}${failed:-no crash, no leak, no permission, no wrong answer, nothing freed by the wrong allocator outside of jansson's own functions}," \
    "$(($(date +%s) - start)) s"
[ -z "$failed" ]

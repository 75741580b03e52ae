#!/bin/sh
# SPDX-License-Identifier: MIT
# The form of the code: form.sh check BIN names what is not in form, form.sh write BIN puts it there. BIN is the folder of what
# Tests/lint/requirements.txt installs. From the root of the repository.
set -eu

[ $# -eq 2 ] || { echo "usage: form.sh check|write BIN" >&2; exit 2; }
do=$1
bin=$2

# each_in_c TOOL…: runs it on all files of C and C++, but for the header of 1.0, which stays as it was published.
each_in_c() {
    find include Sources Tests examples -type f \( -name '*.c' -o -name '*.h' -o -name '*.cpp' \) ! -name callprop-1.0.h -exec "$@" {} +
}

if [ "$do" = write ]; then
    swift format --in-place --recursive Package.swift Sources Tests
    "$bin/ruff" check --quiet --fix-only .
    "$bin/ruff" format --quiet .
    each_in_c "$bin/clang-format" -i
    exit
fi

failures=0
check() {
    what=$1
    shift
    "$@" || { echo "lint: FAILED: $what" >&2; failures=$((failures + 1)); }
}
check "the form of Swift (make format)" swift format lint --strict --recursive Package.swift Sources Tests
check "Python" "$bin/ruff" check --quiet .
check "the form of Python (make format)" "$bin/ruff" format --quiet --check .
check "the form of C (make format)" each_in_c "$bin/clang-format" --dry-run --Werror
check "shell" find .ci/run Sources Tests examples pkgconfig docs \( -name '*.sh' -o -path .ci/run \) -exec shellcheck {} +
# What git does not know counts too, but for what it ignores.
[ ! -e .git ] || check "licences" "$bin/reuse" lint --lines
check "the rooms of Sources/CallProp" Tests/proof/rooms.sh
[ "$failures" = 0 ]

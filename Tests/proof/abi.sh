#!/bin/sh
# SPDX-License-Identifier: MIT
# The ABI is that of callprop 1.0, or has only grown since: names, types, numbers, layouts and signatures, in the header,
# in the library and in the declarations for Python. From the root of the repository: abi.sh PREFIX
#
# Tests/abi/symbols.txt is the list of names. Tests/abi/callprop-1.0.abi is what libabigail says of 1.0 (abidw --load-all-types
# --no-corpus-path --no-show-locs --no-comp-dir-path --no-elf-needed --no-parameter-names build/proof/abi/now.so). Once 1.0 is
# out, it is never to be made anew.
set -eu
. Tests/proof/need.sh

need abigail-tools abidiff --version
need binutils nm --version
need python3 python3 -c ''
# It reads the header, as a syntax tree, and is the second compiler of the assertions.
clang=$(swift_clang)

header=$prefix/include/callprop.h
library=$prefix/lib/libcallprop.so.1
symbols=Tests/abi/symbols.txt
described=Tests/abi/callprop-1.0.abi
work=$build/abi
rm -rf "$work"
mkdir -p "$work/include"
CALLPROP_CLANG=$clang
export CALLPROP_CLANG

# With these instead of the C library's, the description holds callprop's types alone, whatever the system.
echo 'typedef unsigned char uint8_t; typedef int int32_t; typedef unsigned int uint32_t;' >"$work/include/stdint.h"
echo 'typedef unsigned long size_t;' >"$work/include/stddef.h"

# twin HEADER NAME: a library of empty functions that has the header's ABI, and debugging information on it, which Swift's
# library lacks for types of C. That the Swift functions are those of the header, Swift's compiler checks: @implementation.
twin() {
    python3 $here/abi.py twin "$1" >"$work/$2.c"
    cc -std=c11 -g -fno-eliminate-unused-debug-types -fPIC -shared -nostdlib -nostdinc -I"$work/include" \
        -Wl,-soname,libcallprop.so.1 -Wl,--version-script=Sources/CallProp/callprop.map \
        -I"$(dirname "$1")" -o "$work/$2.so" "$work/$2.c"
}

# compatible TWIN: abidiff against 1.0, where what is new is allowed.
compatible() {
    status=0
    abidiff --non-reachable-types --no-added-syms "$described" "$1" >"$work/abidiff.txt" 2>&1 || status=$?
    [ $((status & 3)) = 0 ] || { cat "$work/abidiff.txt" >&2; fail "abidiff itself failed"; }
    [ $status = 0 ]
}

# differ HEADER: symbols.txt and the header do. 1 is what Python itself ends with when something is wrong.
differ() {
    status=0
    python3 $here/abi.py names "$1" $symbols 2>"$work/names.txt" || status=$?
    [ $status = 3 ]
}

# exports LIBRARY: the names that it exports under CALLPROP_1 (and any others, as they are).
exports() {
    nm --dynamic --defined-only --with-symbol-versions "$1" |
        sed -n 's/^[0-9a-f]* [A-Z] //; /^CALLPROP_1/d; s/@@CALLPROP_1$//; p' | sort
}

# same_names LIBRARY: they are the functions of symbols.txt.
same_names() {
    exports "$1" >"$work/exports.txt"
    awk '$1 == "function" { print $2 }' $symbols | sort | diff - "$work/exports.txt" >"$work/exports.diff"
}

# ---- The header and the library as they are

python3 $here/abi.py names "$header" $symbols || fail "$symbols and $header differ"
same_names "$library" || { cat "$work/exports.diff" >&2; fail "$symbols (<) and what $library exports (>) differ"; }

python3 $here/abi.py assertions $symbols >"$work/assertions.c"
for compiler in cc "$clang"; do
    "$compiler" -std=c11 -fsyntax-only -Wall -Wextra -Werror -I"$prefix/include" "$work/assertions.c" ||
        fail "$symbols and the header differ, says $compiler"
done

twin "$header" now
compatible "$work/now.so" || { cat "$work/abidiff.txt" >&2; fail "not compatible with 1.0"; }
# The shipped library has symbols, but no types to compare.
abidiff --no-added-syms "$described" "$library" >"$work/abidiff.txt" 2>&1 ||
    { cat "$work/abidiff.txt" >&2; fail "the library's symbols are not those of 1.0"; }

python=$(python3 $here/abi.py python $symbols) || fail "Python's declarations and $symbols differ"

# ---- What would change the ABI is noticed, by each check that looks at it

changes=0
# change WHAT SED-EXPRESSION CHECK…: a header changed in this way is one that compiles, and is noticed by these checks.
change() {
    what=$1
    mkdir -p "$work/changed"
    sed -E "$2" "$header" >"$work/changed/callprop.h"
    shift 2
    ! cmp -s "$header" "$work/changed/callprop.h" || fail "the header could not be changed: $what"
    cc -std=c11 -fsyntax-only -x c "$work/changed/callprop.h" || fail "the changed header does not compile: $what"
    for check in "$@"; do
        case $check in
        names) differ "$work/changed/callprop.h" ;;
        assertions) ! cc -std=c11 -fsyntax-only -I"$work/changed" "$work/assertions.c" 2>/dev/null ;;
        abidiff) twin "$work/changed/callprop.h" changed && ! compatible "$work/changed.so" ;;
        exports) twin "$work/changed/callprop.h" changed && ! same_names "$work/changed.so" ;;
        esac || fail "not noticed by $check: $what"
    done
    changes=$((changes + 1))
}
change 'a function is gone' '/cp_get\(const/d' names assertions abidiff exports
change 'a function has another name' 's/cp_required\(/cp_needed(/' names assertions abidiff exports
change 'a function has one parameter more' 's/(cp_permits\(.*)\)/\1, int strict)/' names assertions abidiff
change 'a function has one parameter less' 's/, cp_error \*error\)/)/' names assertions abidiff
change 'a function returns another type' 's/int cp_allows/uint8_t cp_allows/' names assertions abidiff
change 'a parameter has another type' 's/format\(cp_properties set/format(uint8_t set/' names assertions abidiff
change 'parameters are swapped' 's/char \*buffer, size_t size/size_t size, char *buffer/' names assertions abidiff
change 'a set is wider' 's/typedef uint32_t cp_prop/typedef size_t cp_prop/' names assertions abidiff
change 'a set is signed' 's/typedef uint32_t cp_prop/typedef int32_t cp_prop/' names assertions abidiff
change 'members change places' 's/uint8_t src;/uint8_t X;/; s/uint8_t dst;/uint8_t src;/; s/ X;/ dst;/' \
    names assertions abidiff
change 'a member has another name' 's/uint8_t callback;/uint8_t flags;/' names assertions
change 'a structure is longer' 's/reserved\[24\]/reserved[32]/' names assertions abidiff
change 'a structure is divided otherwise' 's/text\[128\]/text[120]/; s/reserved\[24\]/reserved[32]/' names assertions abidiff
change 'a structure is shorter' '/reserved\[24\]/d' names assertions abidiff
change 'a constant has another value' 's/CP_LI = 1 << 2/CP_LI = 1 << 8/' names assertions abidiff
change 'constants change places' 's/CP_QUEUE = 2/CP_QUEUE = 3/; s/CP_IVR = 3/CP_IVR = 2/' names assertions abidiff
change 'a constant is gone' '/CP_ERROR_CALL =/d' names assertions abidiff
change 'a buffer size grows' 's/CP_EXPLAIN_MAX = 1024/CP_EXPLAIN_MAX = 2048/' names assertions abidiff
change 'a macro is gone' '/define CP_VERSION_NUMBER/d' names
change 'a function is not in the list' 's/^size_t cp_permits_many/int cp_new(void); &/' names exports
change 'a constant is not in the list' 's/CP_RO = 1 << 7/&, CP_NEW = 1 << 8/' names
change 'a type is not in the list' 's/^typedef uint32_t/typedef int cp_new; &/' names
change 'a name says that it is of a version to come' 's/Since 1\.0/Since 1.9/' names

# What is new and changes nothing that was there is no break: the ABI may grow.
sed -E 's/^size_t cp_permits_many/int cp_new(void); &/; s/CP_ERROR_MEMORY = 8/&, CP_ERROR_NEW = 9/' "$header" \
    >"$work/changed/callprop.h"
twin "$work/changed/callprop.h" changed
compatible "$work/changed.so" || { cat "$work/abidiff.txt" >&2; fail "growth is taken for a break"; }

echo "abi: $(grep -c '^[a-z]' $symbols) names, the same in the header, the library and symbols.txt;" \
    "$(grep -c Static_assert "$work/assertions.c") assertions in C; $python; compatible with 1.0, says abidiff;" \
    "$changes changes of the ABI tried, $changes noticed"

#!/bin/sh
# SPDX-License-Identifier: MIT
# The ABI is that of callprop 1.0, or has only grown since: names, types, numbers, layouts and signatures, in the header,
# in the library and in the declarations for Python. From the root of the repository: abi.sh PREFIX
#
# Tests/abi/symbols.txt is the list of names. Tests/abi/callprop-1.x.abi is what libabigail says of 1.x (abidw --load-all-types
# --no-corpus-path --no-show-locs --no-comp-dir-path --no-elf-needed --no-parameter-names build/proof/abi/now.so, with its
# path made callprop.c). Once 1.x is out, it is never to be made anew.
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
map=Sources/CallProp/callprop.map
work=$build/abi
rm -rf "$work"
mkdir -p "$work/include"
CALLPROP_CLANG=$clang
export CALLPROP_CLANG

# With these instead of the C library's, the description holds callprop's types alone, whatever the system.
echo 'typedef unsigned char uint8_t; typedef int int32_t; typedef unsigned int uint32_t;' >"$work/include/stdint.h"
echo 'typedef unsigned long size_t;' >"$work/include/stddef.h"

# twin HEADER NAME [MAP]: a library of empty functions that has the header's ABI, and debugging information on it, which Swift's
# library lacks for types of C. That the Swift functions are those of the header, Swift's compiler checks: @implementation.
twin() {
    python3 $here/abi.py twin "$1" >"$work/$2.c"
    cc -std=c11 -g -fno-eliminate-unused-debug-types -fPIC -shared -nostdlib -nostdinc -I"$work/include" \
        -Wl,-soname,libcallprop.so.1 -Wl,--version-script="${3:-$map}" \
        -I"$(dirname "$1")" -o "$work/$2.so" "$work/$2.c"
}

# compatible TWIN [DESCRIPTION]: abidiff against that version, or against each, where what is new is allowed.
compatible() {
    for described in ${2:-Tests/abi/callprop-1.*.abi}; do
        status=0
        abidiff --non-reachable-types --no-added-syms "$described" "$1" >"$work/abidiff.txt" 2>&1 || status=$?
        [ $((status & 3)) = 0 ] || { cat "$work/abidiff.txt" >&2; fail "abidiff itself failed"; }
        [ $status = 0 ] || return 1
    done
}

# differ HEADER: symbols.txt and the header do. 1 is what Python itself ends with when something is wrong.
differ() {
    status=0
    python3 $here/abi.py names "$1" $symbols 2>"$work/names.txt" || status=$?
    [ $status = 3 ]
}

# same_names LIBRARY: what it exports are the functions of symbols.txt, each in the node of its version.
same_names() {
    # GNU's linker exports the nodes as well.
    nm --dynamic --defined-only --with-symbol-versions "$1" |
        sed -n 's/^[0-9a-f]* [A-Za-z] //; /^CALLPROP_[0-9.]*\(@@CALLPROP_[0-9.]*\)*$/d; p' | sort >"$work/exports.txt"
    python3 $here/abi.py exports $symbols | sort | diff - "$work/exports.txt" >"$work/exports.diff"
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
same_names "$work/now.so" || { cat "$work/exports.diff" >&2; fail "$symbols (<) and what $map exports (>) differ"; }
versions=
for described in Tests/abi/callprop-1.*.abi; do
    version=$(basename "$described" .abi | sed 's/callprop-//')
    versions="${versions:+$versions and }$version"
    compatible "$work/now.so" "$described" || { cat "$work/abidiff.txt" >&2; fail "not compatible with $version"; }
    # The shipped library has symbols, but no types to compare.
    abidiff --no-added-syms "$described" "$library" >"$work/abidiff.txt" 2>&1 ||
        { cat "$work/abidiff.txt" >&2; fail "the library's symbols are not those of $version"; }
done
# This version has a description, or what it brought could change unnoticed.
current=$(sed -n 's/^#define CP_VERSION_STRING "\([0-9]*\.[0-9]*\)\..*/\1/p' "$header")
[ -e "Tests/abi/callprop-$current.abi" ] || fail "there is no Tests/abi/callprop-$current.abi: the head of $0 says how a new version gets one"

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
        *) fail "no such check: $check" ;;
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
change 'a member has another name' 's/uint8_t callback;/uint8_t flags;/; s/call\.callback/call.flags/' names assertions
change 'a structure is longer' 's/reserved\[24\]/reserved[32]/' names assertions abidiff
change 'a structure is divided otherwise' 's/text\[128\]/text[120]/; s/reserved\[24\]/reserved[32]/' names assertions abidiff
change 'a structure is shorter' '/reserved\[24\]/d' names assertions abidiff
change 'a constant has another value' 's/CP_LI = 1 << 2/CP_LI = 1 << 8/' names assertions abidiff
change 'constants change places' 's/CP_QUEUE = 2/CP_QUEUE = 3/; s/CP_IVR = 3/CP_IVR = 2/' names assertions abidiff
change 'a constant is gone' '/CP_ERROR_CALL =/d' names assertions abidiff
change 'a buffer size grows' 's/CP_EXPLAIN_MAX = 1024/CP_EXPLAIN_MAX = 2048/' names assertions abidiff
change 'a macro is gone' '/define CP_VERSION_NUMBER/d' names
change 'a function is not in the list' 's/^size_t cp_permits_many/int cp_new(void); &/' names
change 'a constant is not in the list' 's/CP_RO = 1 << 7/&, CP_NEW = 1 << 8/' names
change 'a type is not in the list' 's/^typedef uint32_t/typedef int cp_new; &/' names
change 'a name says that it is of a version to come' 's/Since 1\.0/Since 1.9/' names
change 'a function of 1.1 is gone' '/^size_t cp_reason\(/d' names assertions abidiff exports
change 'a function of 1.1 has one parameter less' 's/(cp_required_many\(const cp_call \*calls), size_t n/\1/' names assertions abidiff
change 'a parameter of 1.1 has another type' 's/(parse_known\(.*), cp_properties \*/\1, uint8_t */' names assertions abidiff
change 'a function of 1.1 returns another type' 's/^size_t cp_call_format/int cp_call_format/' names assertions abidiff
change 'a buffer size of 1.1 grows' 's/CP_REASON_MAX = 256/CP_REASON_MAX = 512/' names assertions abidiff
change 'a constant of 1.1 is gone' 's/CP_EXPLAIN_MAX = 1024,/CP_EXPLAIN_MAX = 1024/; /CP_REASON_MAX =/d; /CP_CALL_MAX =/d' \
    names assertions abidiff
change 'a name of 1.1 says that it is of 1.0' 's/Since 1\.1/Since 1.0/' names
inline='CP_INLINE cp_call cp_call_make'
change 'an inline function is gone' "/$inline/,/^}/d" names assertions
change 'a parameter of an inline function has another type' "/$inline/s/int callback\)/unsigned callback)/" names assertions
change 'an inline function is one to link' "s/$inline/cp_call cp_call_make/" names

# change_node WHAT SED-EXPRESSION CHECK…: the same of the symbol version nodes.
change_node() {
    what=$1
    sed -E "$2" $map >"$work/changed/callprop.map"
    shift 2
    ! cmp -s $map "$work/changed/callprop.map" || fail "the map could not be changed: $what"
    cp "$header" "$work/changed/callprop.h"
    echo 'int cp_new(void);' >>"$work/changed/callprop.h"
    twin "$work/changed/callprop.h" changed "$work/changed/callprop.map"
    for check in "$@"; do
        case $check in
        exports) ! same_names "$work/changed.so" ;;
        abidiff) ! compatible "$work/changed.so" ;;
        esac || fail "not noticed by $check: $what"
    done
    changes=$((changes + 1))
}
change_node 'a function of 1.1 is in the node of 1.0' 's/ cp_reason;//; s/cp_version;/& cp_reason;/' exports abidiff
change_node 'a function of 1.0 is in the node of 1.1' 's/ cp_get;//; s/cp_reason;/& cp_get;/' exports abidiff
change_node 'a function is in no node' 's/ cp_required_many;//' exports abidiff
change_node 'the node of 1.1 has another name' 's/CALLPROP_1\.1/CALLPROP_1.2/' exports abidiff
change_node 'the node of 1.0 has another name' 's/CALLPROP_1( |;)/CALLPROP_2\1/' exports abidiff
change_node 'a function is exported that is not in the list' 's/cp_reason;/& cp_new;/' exports

# What is new and changes nothing that was there is no break: the ABI may grow. Tried with the newest description alone, since
# abidiff takes enums without a name for one another where two of them have grown.
sed -E 's/^size_t cp_permits_many/int cp_new(void); &/; s/CP_ERROR_MEMORY = 8/&, CP_ERROR_NEW = 9/' "$header" \
    >"$work/changed/callprop.h"
twin "$work/changed/callprop.h" changed
compatible "$work/changed.so" "Tests/abi/callprop-$current.abi" ||
    { cat "$work/abidiff.txt" >&2; fail "growth is taken for a break"; }

echo "abi: $(grep -c '^[a-z]' $symbols) names, the same in the header, the library and symbols.txt;" \
    "$(grep -c Static_assert "$work/assertions.c") assertions in C; $python; compatible with $versions, says abidiff;" \
    "$changes changes of the ABI tried, $changes noticed"

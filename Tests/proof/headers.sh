#!/bin/sh
# SPDX-License-Identifier: MIT
# The installed header through every C and C++ that programs are written in, with warnings as errors, and through the tools
# by which other languages read C; each makes a decision that permits and one that denies, on values and on text, and has the
# denial explained. From the root of the repository: headers.sh PREFIX
set -eu
. Tests/proof/need.sh

sources=$PWD/$here/headers
work=$build/headers
rm -rf "$work"
mkdir -p "$work/empty" "$work/swift" "$work/swig"
clang=$(swift_clang)

# decides WHO COMMAND…: it is to print the four answers, and the reason of the second.
reason='Denied: an outside number calls this extension through a queue, which needs qri (External queue incoming) or all; the'
reason="$reason status grants neither."
count=0
decides() {
    who=$1
    shift
    answers=$("$@") || fail "$who: exit status $?"
    [ "$answers" = "1 0 1 0 $reason" ] || fail "$who: it would be 1 0 1 0 $reason, not: $answers"
    count=$((count + 1))
}

# ---- C and C++

need g++ c++ --version
strict='-Wall -Wextra -pedantic -Werror -Wconversion -Wsign-conversion -Wshadow -Wundef -Wcast-qual -Wredundant-decls'
languages=0
# shellcheck disable=SC2086
for standard in c99 c11 c17 c2x c++11 c++14 c++17 c++20 c++23; do
    for compiler in gcc "$clang"; do
        case $standard:$compiler in
        c++*:gcc) compiler=g++ ;;
        c++*) compiler=$clang++ ;;
        esac
        case $standard in
        c++*) language='-x c++ -Wold-style-cast' ;;
        *) language='-x c -Wc++-compat -Wstrict-prototypes -Wmissing-prototypes' ;;
        esac
        "$compiler" -std=$standard $strict $language -o "$work/decision" "$sources/decision.c" -I"$prefix/include" \
            -L"$prefix/lib" -lcallprop || fail "the header as $standard through $compiler"
        decides "$standard through $compiler" "$work/decision"
        languages=$((languages + 1))
    done
done

# A small compiler with no extensions of GNU's.
need tcc tcc -v
tcc -Wall -Werror -o "$work/decision" "$sources/decision.c" -I"$prefix/include" -L"$prefix/lib" -lcallprop ||
    fail "the header through tcc"
decides tcc "$work/decision"

# ---- Tools that read declarations. What they read has no preprocessor, none of the system's headers, and no function bodies.

cc -E -P -undef -DCP_DECLARATIONS_ONLY "$prefix/include/callprop.h" >"$work/declarations.h"
grep -q cp_required_many "$work/declarations.h" && ! grep -q cp_call_make "$work/declarations.h" ||
    fail "something other than the inline function was left out"

# Debian's Python, which Debian's packages belong to.
python=/usr/bin/python3
need python3-cffi $python -c 'import cffi'
decides cffi $python "$sources/decision.py" "$work/declarations.h"

need luajit luajit -v
decides LuaJIT luajit "$sources/decision.lua" "$work/declarations.h"

need swig swig -version
need python3-dev /usr/bin/python3-config --includes
swig -python -Wall -Werror -I"$prefix/include" -outdir "$work/swig" -o "$work/swig/callprop_wrap.c" "$sources/callprop.i" ||
    fail "the header through SWIG"
# shellcheck disable=SC2046
cc -shared -fPIC -w -o "$work/swig/_callprop.so" "$work/swig/callprop_wrap.c" -I"$prefix/include" \
    $(/usr/bin/python3-config --includes) -L"$prefix/lib" -lcallprop || fail "SWIG's module"
decides SWIG env PYTHONPATH="$work/swig" $python "$sources/decision_swig.py"

# ---- Compilers of other languages that read the header itself

cp include/module.modulemap "$prefix/include/callprop.h" "$work/swift/"
swiftc -warnings-as-errors -module-cache-path "$work/swift/cache" -I "$work/swift" -L "$prefix/lib" -lcallprop \
    -o "$work/decision-swift" "$sources/decision.swift" || fail "the header through Swift"
decides Swift "$work/decision-swift"

need bindgen bindgen --version
need libclang1 bindgen "$prefix/include/callprop.h" -o /dev/null
need rustc rustc --version
bindgen --allowlist-file '.*callprop.h' "$prefix/include/callprop.h" -o "$work/bindings.rs" 2>"$work/bindgen.log" ||
    { cat "$work/bindgen.log" >&2; fail "the header through bindgen"; }
CALLPROP_BINDINGS=$work/bindings.rs rustc -D warnings -A dead_code -L "$prefix/lib" -l callprop \
    -o "$work/decision-rust" "$sources/decision.rs" 2>"$work/rustc.log" ||
    { cat "$work/rustc.log" >&2; fail "bindgen's Rust"; }
decides Rust "$work/decision-rust"

need golang-go go version
GOCACHE=$work/go GO111MODULE=off \
    go build -o "$work/decision-go" "$sources/decision.go" || fail "the header through cgo"
decides Go "$work/decision-go"

# What was tried, where it is Debian's.
versions=$(dpkg-query -W -f '${Package} ${Version}, ' gcc g++ tcc python3-cffi luajit swig bindgen rustc golang-go 2>/dev/null) || :
echo "headers: ${versions}Swift $(swiftc --version 2>/dev/null | sed -n 's/.*Swift version \([^ ]*\).*/\1/p')"
echo "headers: $languages combinations of standard and compiler without a warning, and tcc, cffi, LuaJIT, SWIG, Swift," \
    "Rust's bindgen and Go's cgo; $count times permitted and denied"

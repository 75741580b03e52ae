#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual is whole: docs.sh PREFIX. Sphinx makes it with every warning as an error, each link within it leads somewhere, and the
# committed pages of docs/man are what the sources say. What it shows of CMake and meson builds; its other commands and programs are tried
# by Tests/abi/test_documents.py.
set -eu
. Tests/proof/need.sh

need man-db man --version
need cmake cmake --version
need meson meson --version
bin=build/venv-docs/bin
docs/build.sh "$bin" html "$prefix" "$build/docs-html" || fail "the web pages"
docs/build.sh "$bin" man "$prefix" "$build/docs-man" || fail "the man pages"
diff -ru docs/man "$build/docs-man" >"$build/docs.diff" || { head -n 40 "$build/docs.diff"; fail "docs/man is not what the sources say: make man, and commit"; }
for page in docs/man/*; do
    # What groff itself has to say about a page.
    said=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null) || fail "$page: $said"
    [ -z "$said" ] || fail "$page: $said"
done
python3 -B Tests/shared/document_links.py "$build/docs-html" 1000 || fail "links"
# block KIND: what docs/install.md shows behind such a fence.
block() {
    awk -v fence="\`\`\`$1" 'index($0, "```") == 1 { inside = index($0, fence) == 1; next } inside' docs/install.md
}
project=$(mktemp -d "${TMPDIR:-/tmp}/callprop-docs.XXXXXX")
trap 'rm -rf "$project"' EXIT
block 'c file=ring.c' >"$project/ring.c"
block cmake >"$project/CMakeLists.txt"
block meson >"$project/meson.build"
{ cmake -S "$project" -B "$project/c" -DCMAKE_PREFIX_PATH="$prefix" && cmake --build "$project/c"; } >"$build/docs-cmake.log" 2>&1 || fail "CMake: $build/docs-cmake.log"
{ meson setup "$project/m" "$project" && meson compile -C "$project/m"; } >"$build/docs-meson.log" 2>&1 || fail "meson: $build/docs-meson.log"
[ "$("$project/c/ring") $("$project/m/ring")" = "permitted permitted" ] || fail "what CMake and meson built does not run"

echo "docs: $(find "$build/docs-html" -name '*.html' | wc -l) web pages without a warning, $(find docs/man -type f | wc -l) man pages as committed"

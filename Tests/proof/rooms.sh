#!/bin/sh
# SPDX-License-Identifier: MIT
# The rooms of Sources/CallProp keep apart what section 6 of the design keeps apart: Rules/ compiles without the other rooms,
# jansson is called in one file, and code that is not memory-safe stands in few. From the root of the repository: rooms.sh [SOURCES]
set -eu
sources=${1:-Sources}
core=$sources/CallProp
failures=0

complain() {
    echo "rooms: FAILED: $1" >&2
    failures=$((failures + 1))
}

# Code without comments, as FILE:LINE:TEXT: what a comment says calls and imports nothing.
code() {
    find "$@" -name '*.swift' -exec awk '{ sub(/(^|[ \t])\/\/.*/, ""); print FILENAME ":" FNR ":" $0 }' {} +
}

# 1. Rules/ knows nothing of text, JSON or errors.
for file in "$core"/Rules/*.swift; do
    [ -e "$file" ] || complain "there is no Rules/ in $core"
done
swiftc -typecheck -parse-as-library -wmo -strict-memory-safety -enable-experimental-feature Lifetimes \
    -enable-experimental-feature SymbolLinkageMarkers -I include -I Sources/CWide "$core"/Rules/*.swift >&2 ||
    complain "Rules/ does not compile without the other rooms"
others=$(code "$core/Rules" | grep -E '[: ]import ' | grep -vE ':import (CCallProp|CWide|Synchronization)$' || true)
[ -z "$others" ] || complain "Rules/ imports more than CCallProp, CWide and Synchronization:
$others"

for folder in "$core" "$sources/CallPropWide"; do
    [ -n "$(code "$folder")" ] || complain "there is no code in $folder"
done

# 2. jansson is called in JSON/JSONWriter.swift alone.
others=$(code "$core" "$sources/CallPropWide" | grep -E '(^|[^A-Za-z_])(json_[a-z]|JSON_[A-Z]|CJansson)' |
    grep -v "^$core/JSON/JSONWriter.swift:" || true)
[ -z "$others" ] || complain "jansson is used outside of JSON/JSONWriter.swift:
$others"
code "$core/JSON/JSONWriter.swift" | grep -q 'json_dump' || complain "JSON/JSONWriter.swift does not write JSON"

# 3. The word `unsafe` stands where C is touched, and in the few lines of Text/ that read behind a check.
allowed="Exports Arguments Buffer JSON/JSONWriter JSON/Catalogue Rules/PermitMany Rules/AlignedMany Rules/DecisionTable Rules/Literal Text/Text Text/Text+C"
unsafe=$(code "$core" | grep -E '(^|[^A-Za-z_])unsafe([^A-Za-z_]|$)' || true)
others=$unsafe
for file in $allowed; do
    [ -e "$core/$file.swift" ] || complain "there is no $file.swift: take it from the list of this check"
    echo "$unsafe" | grep -qF "$core/$file.swift:" || complain "$file.swift has nothing unsafe: take it from the list of this check"
    others=$(echo "$others" | grep -vF "$core/$file.swift:" || true)
done
[ -z "$others" ] || complain "code that is not memory-safe stands in other files:
$others"

# In the decision table, only where its bytes are handed to the array kernel.
others=$(awk '/^@unsafe$/ { next } /^func withDecisionTable/ { inside = 1 } !inside && /(^|[^A-Za-z_])unsafe([^A-Za-z_]|$)/ { print FILENAME ":" FNR ":" $0 }
    /^}/ { inside = 0 }' "$core/Rules/DecisionTable.swift")
[ -z "$others" ] || complain "the decision table has more that is not memory-safe than withDecisionTable:
$others"
count=$(grep -c '^@unsafe$' "$core/Rules/DecisionTable.swift" || true)
[ "$count" = 1 ] || complain "the decision table has $count functions that are not memory-safe; expected withDecisionTable alone"

[ "$failures" = 0 ] || exit 1
echo "rooms: Rules/ compiles alone; jansson in 1 file; unsafe in $(echo "$unsafe" | cut -d: -f1 | sort -u | wc -l) of $(find "$core" -name '*.swift' | wc -l) files"

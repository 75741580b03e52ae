#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzzes the core with libFuzzer and AddressSanitizer:
#   Tests/fuzz/run.sh [RUNS] [SECONDS]   every target: RUNS inputs (20,000,000), at most SECONDS (no limit)
#   Tests/fuzz/run.sh replay             every target: the seeds and the regressions, nothing new, all in one program
# Builds into build/fuzz. What is found stays in build/fuzz/findings, and the exit status is 1; such an input, moved to
# Tests/fuzz/regressions/TARGET, is replayed at the start of every run. `build/fuzz/TARGET FILE` runs one input.
# JOBS=1 leaves a core to others; two targets run at a time otherwise.
set -eu
cd "$(dirname "$0")/../.."
out=build/fuzz
seeds=Tests/fuzz/seeds
regressions=Tests/fuzz/regressions

# TARGET MAX_LEN DIVISOR: the longest input in bytes; of RUNS, one in DIVISOR. The slowest come first.
# A name behind a colon is another run of the same target. Short inputs find nearly all that long ones find, and run faster.
targets='memory 512 1
allows 512 1
call_parse 512 1
properties_parse 512 1
allows:large 70000 400
permits 600 1
get 64 1
properties_format 5 1'

modules='-I include -I Sources/CJansson -I Sources/CLibc -I Sources/CVersion -I Sources/CWide -I Tests/fuzz/support'
# -O keeps Swift's run-time checks: a trap is a finding. Comparisons are not traced: the dictionary finds the names, and the
# inputs per second are nearly twice as many.
optimised=-O
flags="-wmo -swift-version 6 -parse-as-library -use-ld=lld -sanitize=fuzzer,address
  -sanitize-coverage=edge,inline-8bit-counters,pc-table $modules"

# What every target holds: the wide kernel, and the model of what is right for a text, which is not fuzzed itself.
build_parts() {
  if is_new $out/CallPropWide.o; then return; fi
  for part in json_grammar json_model; do
    cc -std=c99 -O2 -g -Wall -Wextra -Werror -I include -c Tests/proof/$part.c -o $out/$part.o
  done
  wide=
  if [ "$(uname -m)" = x86_64 ]; then wide='-Xcc -march=x86-64-v3'; fi
  # shellcheck disable=SC2086
  swiftc -O $flags -module-name CallPropWide $wide -c Sources/CallPropWide/*.swift -o $out/CallPropWide.o
}

# is_new FILE: nothing that it is made from has changed since.
is_new() {
  [ -e "$1" ] && [ -z "$(find Sources include Tests/fuzz/run.sh Tests/fuzz/support Tests/fuzz/targets Tests/proof/json_* -newer "$1" -type f)" ]
}

# The core is compiled into each target, as one module, for its coverage.
build() {
  if is_new "$out/$1"; then return; fi
  build_program "$1" "Tests/fuzz/targets/$1.swift"
}

# build_program NAME FILE…
build_program() {
  program=$1
  shift
  # shellcheck disable=SC2086
  swiftc $optimised $flags -module-name CallProp -enable-experimental-feature Lifetimes -enable-experimental-feature SymbolLinkageMarkers \
    Sources/CallProp/*.swift Sources/CallProp/*/*.swift Tests/fuzz/support/*.swift "$@" \
    $out/CallPropWide.o $out/json_grammar.o $out/json_model.o -ljansson -o "$out/$program"
}

# All targets in one program, for replaying alone, where coverage is of no use: the core is compiled once, not seven times, and not optimised, which
# takes longer than the replay. Each target, optimised, replays the same before it fuzzes. FUZZ_TARGET says which it is.
build_replay() {
  if is_new "$out/replay"; then return; fi
  mkdir -p $out/sources
  names=$(echo "$targets" | sed '/:/d; s/ .*//')
  for name in $names; do
    sed "s/LLVMFuzzerTestOneInput/fuzz_$name/; s/^public func fuzz(/public func fuzz_$name(/" "Tests/fuzz/targets/$name.swift" > "$out/sources/$name.swift"
  done
  {
    printf '#include <stdint.h>\n#include <stdlib.h>\n#include <string.h>\n'
    for name in $names; do echo "int fuzz_$name(const uint8_t *data, size_t size);"; done
    printf 'int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {\n    const char *target = getenv("FUZZ_TARGET");\n'
    for name in $names; do echo "    if (strcmp(target, \"$name\") == 0) return fuzz_$name(data, size);"; done
    printf '    abort();\n}\n'
  } > $out/sources/replay.c
  cc -std=c99 -O2 -Wall -Wextra -Werror -Wno-missing-prototypes -c $out/sources/replay.c -o $out/replay.o
  optimised=-Onone
  # shellcheck disable=SC2046
  build_program replay $(for name in $names; do echo "$out/sources/$name.swift"; done) $out/replay.o
}

# Texts about the limit of 65536 bytes, which are better not committed.
large_seeds() {
  mkdir -p $out/large
  fill() { head -c "$1" /dev/zero | tr '\0' "$2"; }
  call='src=external,dst=ivr,leg=dst'
  for size in 65535 65536 65537 69900; do
    { printf li && fill $((size - 2)) ' ' && printf '\n%s' $call; } > $out/large/mnemos-$size
    { printf '["' && fill $((size - 4)) x && printf '"]\n%s' $call; } > $out/large/string-$size
    { printf '{"n":"' && fill $((size - 28)) x && printf '","property_list":["li"]}\n%s' $call; } > $out/large/status-$size
    { printf 'li\n' && fill $((size - 28)) ' ' && printf %s $call; } > $out/large/call-$size
  done
}

fail() {
  grep -m 1 -A 25 'ERROR\|Fatal error\|SUMMARY' "$2" || tail -n 25 "$2"
  echo "$1: FAILED: the input is in $out/findings, the report in $2"
  exit 1
}

failed() {
  echo "fuzz: FAILED: $1"
  exit 1
}

# run_one RUNS SECONDS NAME MAX_LEN DIVISOR
run_one() {
  name=$3 target=${3%%:*} corpus=$out/corpus/$3 log=$out/$3.log
  mkdir -p "$corpus" $out/findings
  # Short stacks of allocations, for speed; a finding, run again as one input, has them whole. Below 2, no leak is found.
  export ASAN_OPTIONS=malloc_context_size=2:detect_stack_use_after_return=0
  export SWIFT_BACKTRACE=enable=no  # a trap is libFuzzer's to report
  replayed=0
  if [ "$name" = "$target" ]; then
    # Without a limit of memory libFuzzer has no thread that watches it, whose own 32 bytes would be a leak now and then.
    inputs=$(find $seeds $regressions -path "*/$target/*" -type f)
    # Without an input, libFuzzer would think of some.
    [ -n "$inputs" ] || failed "there is no input for $target"
    program=$target
    if [ "$1" = replay ]; then program=replay; fi
    # shellcheck disable=SC2086
    FUZZ_TARGET=$target "$out/$program" -rss_limit_mb=0 -artifact_prefix="$out/findings/$target-" $inputs > "$log" 2>&1 || fail "$name" "$log"
    replayed=$(grep -c '^Executed ' "$log")
    [ "$replayed" = "$(echo "$inputs" | wc -l)" ] || failed "$replayed inputs of $target were replayed, not all: see $log"
  fi
  if [ "$1" = replay ]; then
    echo "0 $replayed" > "$out/$name.result"
    return
  fi
  start=$(date +%s)
  given=$seeds/$target
  if [ "$name" != "$target" ]; then given=$out/large; fi
  "$out/$target" -runs=$(($1 / $5)) -max_total_time="$2" -max_len="$4" -timeout=10 -rss_limit_mb=2048 \
    -dict=Tests/fuzz/dictionary.txt -artifact_prefix="$out/findings/$target-" -print_final_stats=1 \
    "$corpus" "$given" > "$log" 2>&1 || fail "$name" "$log"
  executions=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
  seconds=$(($(date +%s) - start))
  edges=$(sed -n 's/.*DONE *cov: \([0-9]*\).*/\1/p' "$log")
  printf '  %-18s %9d executions, %5d s, %7d a second, %4d edges\n' \
    "$name" "$executions" $seconds $((executions / (seconds > 0 ? seconds : 1))) "$edges"
  echo "$executions $replayed" > "$out/$name.result"
}

case ${1-} in
  --build) build "$2"; exit ;;
  --one) shift; run_one "$@"; exit ;;
esac

runs=${1-20000000}
start=$(date +%s)
mkdir -p $out
rm -f $out/*.result
# An input in a folder of another name would be replayed by nobody.
for folder in "$seeds"/* "$regressions"/*; do
  echo "$targets" | grep -q "^${folder##*/} " || failed "there is no target for $folder"
done
build_parts || failed "the core does not compile"
if [ "$runs" = replay ]; then
  build_replay || failed "the targets do not compile"
  targets=$(echo "$targets" | sed /:/d)
else
  echo "$targets" | sed '/:/d; s/ .*//' | xargs -P "${JOBS:-2}" -n 1 "$0" --build || failed "a target does not compile"
  large_seeds
fi
echo "$targets" | xargs -P "${JOBS:-2}" -L 1 "$0" --one "$runs" "${2-0}" || failed "a claim is false, or memory is misused: see above"
cat $out/*.result | awk -v targets="$(echo "$targets" | wc -l)" -v seconds=$(($(date +%s) - start)) '
  { executions += $1; replayed += $2; done++ }
  END {
    printf "fuzz: %d runs: %d executions, and %d inputs replayed: no finding, %d s\n", done, executions, replayed, seconds
    exit done != targets
  }'

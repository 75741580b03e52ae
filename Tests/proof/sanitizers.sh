#!/bin/sh
# SPDX-License-Identifier: MIT
# AddressSanitizer, UndefinedBehaviorSanitizer and ThreadSanitizer: sanitizers.sh PREFIX
# UndefinedBehaviorSanitizer is for C alone: on Linux swiftc has no -sanitize=undefined. What it looks for in C, Swift itself checks
# in a debug build, by traps.
set -eu
# shellcheck source=Tests/proof/need.sh
. Tests/proof/need.sh

start=$(date +%s)
passed=0
failed=
clang=$(swift_clang)
swift_libraries=$(dirname "$(dirname "$clang")")/lib/swift/linux
[ -e "$swift_libraries/libswiftCore.so" ] || fail "there is no libswiftCore.so in $swift_libraries"
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1
export SWIFT_BACKTRACE=enable=no # a trap, expected in one test, is not to be explained at length

# run TITLE COMMAND…: what it wrote is shown only when it failed.
run() {
    title=$1
    shift
    if "$@" >"$build/sanitizers.log" 2>&1; then
        passed=$((passed + 1))
        echo "  $title: $(grep -v '^ok \|^$' "$build/sanitizers.log" | tail -n 1 | sed 's/^ *//')"
    else
        failed="$failed, $title"
        echo "  $title: FAILED"
        grep -m 1 -A 15 'ERROR\|WARNING\|runtime error\|^not ok\|Bail out\|FAILED\|error:\|✘' "$build/sanitizers.log" || tail -n 30 "$build/sanitizers.log"
    fi
}

# program NAME: its sources.
program() {
    case $1 in
    abi_*) echo "Tests/abi/$1.c" ;;
    allocation) echo "-DFENCE_PLAIN -D_GNU_SOURCE $here/$1.c $here/fence.c" ;;
    *) echo "$here/$1.c $here/texts.c" ;;
    esac
}

# Those of Tests/abi, where one is to pass all of them.
abi='abi_interface abi_decisions abi_arrays abi_buffers abi_errors abi_pages'

# The installed library, and C programs that notice what they hand to it and what it does with memory of theirs. process forks while
# threads allocate, which AddressSanitizer's allocator does not bear.
for name_of_program in $abi allocation everything process; do
    sanitizers=address,undefined
    [ "$name_of_program" != process ] || sanitizers=undefined
    # shellcheck disable=SC2046
    compile cc "$name_of_program-sanitized" -O1 -fsanitize=$sanitizers -fno-omit-frame-pointer -Wno-error -w $(program "$name_of_program")
    run "installed library, $name_of_program ($sanitizers)" "$build/$name_of_program-sanitized"
done

# The core as full Swift with a sanitizer in it, under the same programs.
for sanitizer in address thread; do
    scratch=$build/$sanitizer
    programs="$abi everything" also=,undefined runtime='' options=''
    if [ $sanitizer = thread ]; then
        # Optimized, as what ships: a debug build reaches even a constant global through swift_once, whose lock puts all threads in
        # order, and hides the races that are looked for. (The Swift tests do not compile so: swiftc 6.3.1 breaks down.)
        options='-Xswiftc -O' scratch=$build/thread-optimized
        # Swift's own ThreadSanitizer knows about its queues, so it needs them.
        programs=threads also='' runtime='-ldispatch -lBlocksRuntime'
    fi
    # shellcheck disable=SC2086
    run "the core with $sanitizer sanitizer" \
        swift build --sanitize=$sanitizer $options --product callprop --scratch-path "$scratch"
    for name_of_program in $programs; do
        # shellcheck disable=SC2046,SC2086 # flags are words
        "$clang" -fuse-ld=lld -fsanitize="$sanitizer$also" -std=c99 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -pthread -g -O1 \
            -o "$build/$name_of_program-$sanitizer" $(program "$name_of_program") -Iinclude -L"$scratch/debug" -lcallprop \
            $(pkg-config --libs jansson) -L"$swift_libraries" $runtime >"$build/sanitizers.log" 2>&1 || { cat "$build/sanitizers.log"; fail "$name_of_program does not compile"; }
        run "core with $sanitizer sanitizer, $name_of_program" \
            env LD_LIBRARY_PATH="$scratch/debug:$swift_libraries" "$build/$name_of_program-$sanitizer"
    done
    # Without XCTest, which has none of the tests, but leaks its own XCTestSuiteRun (LeakSanitizer: up to 368 bytes).
    run "swift test with $sanitizer sanitizer" \
        swift test --disable-xctest --sanitize=$sanitizer --scratch-path "$build/$sanitizer"
done
# A race does not show each time.
for again in 1 2 3 4 5 6 7 8 9; do
    run "core with thread sanitizer, threads, time $again" \
        env LD_LIBRARY_PATH="$build/thread-optimized/debug:$swift_libraries" "$build/threads-thread"
done >"$build/again.log"
[ -z "$failed" ] || cat "$build/again.log"
echo "sanitizers: $passed runs under AddressSanitizer, UndefinedBehaviorSanitizer (C only) and ThreadSanitizer${failed:+; FAILED$failed}," \
    "$(($(date +%s) - start)) s"
[ -z "$failed" ]

#!/bin/sh
# SPDX-License-Identifier: MIT
# Shows which lines and regions of the core the tests of Tests/CallPropTests run, from what `make coverage` has let them leave:
#   Tests/proof/coverage.sh
# Exit status 0: all of them, but for those of uncovered.txt, where a sentence says why no test can.
set -eu
cd "$(dirname "$0")/../.."
tools=$(dirname "$(readlink -f "$(command -v swiftc)")")
out=build/coverage
tested=$out/swift/debug
mkdir -p $out
[ -e $tested/codecov/default.profdata ] || { echo "coverage: FAILED: swift test has left no $tested/codecov/default.profdata"; exit 1; }
cov() {
  command=$1 && shift
  "$tools/llvm-cov" "$command" $tested/callpropPackageTests.xctest \
    -instr-profile=$tested/codecov/default.profdata "$@" Sources/CallProp Sources/CallPropWide
}
cov report -show-functions=false | awk '{ printf "%-28s %8s %8s %10s %8s %8s %10s\n", $1, $2, $3, $4, $8, $9, $10 }' | grep -v -e '^----'
cov export -format=text > $out/coverage.json
exec python3 Tests/proof/uncovered.py $out/coverage.json

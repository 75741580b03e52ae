#!/bin/sh
# SPDX-License-Identifier: MIT
# Shows which lines and regions of the core the tests of Tests/CallPropTests run:
#   Tests/proof/coverage.sh
# Exit status 0: all of them, but for those of uncovered.txt, where a sentence says why no test can.
set -eu
cd "$(dirname "$0")/../.."
tools=$(dirname "$(readlink -f "$(command -v swiftc)")")
out=build/coverage
mkdir -p $out
rm -rf $out/debug/codecov # of earlier runs

if ! swift test --enable-code-coverage --scratch-path $out > $out/test.log 2>&1; then
  grep -E 'error:|recorded an issue|Test run with' $out/test.log || tail -n 40 $out/test.log
  echo "coverage: FAILED: a test fails"
  exit 1
fi
cov() {
  command=$1 && shift
  "$tools/llvm-cov" "$command" $out/debug/callpropPackageTests.xctest \
    -instr-profile=$out/debug/codecov/default.profdata "$@" Sources/CallProp Sources/CallPropWide
}
cov report -show-functions=false | awk '{ printf "%-28s %8s %8s %10s %8s %8s %10s\n", $1, $2, $3, $4, $8, $9, $10 }' | grep -v -e '^----'
cov export -format=text > $out/coverage.json
exec python3 Tests/proof/uncovered.py $out/coverage.json

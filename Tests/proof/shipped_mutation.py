#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows that the tests of the installed library notice changes of what ships.

    shipped_mutation.py PREFIX [--named] [--only FILE …] [--sample N] [--quick] [--report FILE] [--again FILE] [--workers N]

Makes mutants that mutants.py knows, one at a time: builds the library as `make` does, in Embedded Swift and optimised, and runs the
tests of Tests/abi, first those in C, then those of pytest that need the library alone, until one fails. Each takes ten seconds of
computing, so a sample is the rule. A test that does not end counts as failed. This Python must have what Tests/requirements.txt
names. Exit status 0: every mutant was noticed, but for those of equivalent-mutants.txt and inside-mutants.txt, where a sentence says why
no test can from outside."""

from __future__ import annotations

import re
import shutil
import sys
import time
from pathlib import Path

from explained import explained
from full_swift import C_TESTS, CORE, REPOSITORY, WIDE, build_c_test, run
from judging import (
    PATIENCE,
    PYTEST_FAILURE,
    Outcome,
    Verdict,
    choose,
    computing_time,
    conclude,
    judge_all,
    parser_of,
    pytest_until_one_fails,
    watch,
)
from mutants import Mutant, mutants
from mutation import EQUIVALENT, NAMED

BUILD = REPOSITORY / "build/mutation-shipped"
INSIDE = Path(__file__).with_name("inside-mutants.txt")

# What SwiftPM reads to build the product.
PACKAGE = ["Package.swift", "include", *(f"Sources/{name}" for name in ("CallProp", "CallPropWide"))]
PACKAGE += [f"Sources/{name}" for name in ("CJansson", "CLibc", "CVersion", "CWide")]
PACKAGE += ["Tests/CallPropTests", "Tests/shared"]
SWIFT_BUILD = ["swift", "build", "--configuration", "release", "--product", "callprop", "--disable-local-rpath"]

# Of the suites of Tests/abi, those that load the library and nothing else. What computes longer is left out of a quick look.
FAST = ["bad_input", "good_input", "json_strings", "reasons", "decisions", "catalogue"]
SLOW = ["any_input"]

# What the test in C, or pytest, says about the first that fails.
FAILURE = re.compile(rf"^not ok \d+ - (.*)|{PYTEST_FAILURE}")


class Shipped:
    """The library as it ships, built by one worker in a folder of its own, and the tests in the order of their speed."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        self.seconds = dict.fromkeys((*C_TESTS, *FAST, *SLOW), 600.0)

    def measure(self) -> None:
        """How long each computes when nothing is changed. All must pass."""
        for test in C_TESTS:
            build_c_test(test, BUILD / test, self.prefix / "lib", "callprop")
        for test in self.seconds:
            before = computing_time()
            outcome = self.test(self.prefix, test)
            if outcome.verdict is not Verdict.SURVIVED:
                sys.exit(f"{test}: {outcome.verdict.value} ({outcome.killer}), and nothing is changed yet")
            self.seconds[test] = computing_time() - before

    def judge(self, mutant: Mutant, folder: Path, favourites: list[str], is_quick: bool) -> Outcome:
        if not (folder / "Package.swift").exists():
            for name in PACKAGE:
                source = REPOSITORY / name
                if source.is_dir():
                    shutil.copytree(source, folder / name)
                else:
                    shutil.copy(source, folder / name)
        changed = folder / mutant.file.relative_to(REPOSITORY)
        changed.write_text(mutant.text)
        try:
            if not self.build(folder):
                return Outcome(Verdict.REFUSED)
        finally:
            changed.write_text(mutant.source)
        first = [test for test in favourites if test in self.seconds]
        slow = [] if is_quick else SLOW
        for test in [*first, *(test for test in (*C_TESTS, *FAST, *slow) if test not in first)]:
            outcome = self.test(folder, test)
            if outcome.verdict is not Verdict.SURVIVED:
                return outcome
        return Outcome(Verdict.SURVIVED)

    def build(self, folder: Path) -> bool:
        if run(SWIFT_BUILD, folder).returncode:
            return False
        (folder / "lib").mkdir(exist_ok=True)
        shutil.copy(folder / ".build/release/libcallprop.so", folder / "lib/libcallprop.so.1")
        return True

    def test(self, prefix: Path, test: str) -> Outcome:
        if test in C_TESTS:
            command: list[str | Path] = [BUILD / test]
        else:
            command = [*pytest_until_one_fails(REPOSITORY / "Tests/abi", prefix)]
            command += [REPOSITORY / f"Tests/abi/test_{test}.py"]
        seconds = self.seconds[test]
        outcome = watch(command, seconds, FAILURE, 60 + PATIENCE * 4 * seconds, LD_LIBRARY_PATH=str(prefix / "lib"))
        return Outcome(outcome.verdict, test if outcome.verdict is not Verdict.SURVIVED else "")


def main() -> int:
    options = parser_of((__doc__ or "").splitlines()[0]).parse_args()
    every = mutants([*CORE, *WIDE])
    chosen = choose(options, every, NAMED)
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    start = time.monotonic()
    shipped = Shipped(options.prefix.resolve())
    shipped.measure()
    print(f"  the tests take {time.monotonic() - start:.0f} s; {len(chosen)} changes to try", file=sys.stderr)
    known = [EQUIVALENT, INSIDE]
    outcomes = judge_all(
        shipped, BUILD, chosen, {**explained(EQUIVALENT), **explained(INSIDE)}, options.workers, options.quick
    )
    return conclude(options, every, outcomes, known, start)


if __name__ == "__main__":
    sys.exit(main())

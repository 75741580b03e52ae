#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows that the tests notice every change of the package for Python.

    python_mutation.py PREFIX [--named] [--only FILE …] [--sample N] [--quick] [--report FILE] [--again FILE] [--workers N]

Makes every mutant that python_mutants.py knows, one at a time, in a copy of the package, and runs the tests of Tests/python with the
library that is installed in PREFIX until one fails: those about the module first, then the others, those that need other packages last (not
at all where it is to be quick). A test that does not end counts as failed. This Python must have what Tests/python/requirements.txt names. Exit status 0:
every mutant was noticed, but for those of equivalent-python-mutants.txt, where a sentence says why no test can."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import sys
import time
from pathlib import Path

from explained import explained
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
from mutants import Mutant
from python_mutants import mutants

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build/mutation-python"
UNCHANGED = BUILD / "unchanged"
PACKAGE = REPOSITORY / "Sources/python/callprop"
EQUIVALENT = Path(__file__).with_name("equivalent-python-mutants.txt")

# What the tests read of the repository.
NEEDED = ["include", "Sources/python", "Tests/python", "Tests/abi", "Tests/cases", "examples/office"]

# The rules that change what is decided or looked at, rather than a number, a word or a statement.
NAMED = {"operator", "condition", "negation", "return", "constant"}

TESTS = sorted(file.name for file in (REPOSITORY / "Tests/python").glob("test_*.py"))
FITTING = {
    "_abi.py": ["test_declarations.py", "test_library.py", "test_properties.py", "test_arrays.py"],
    "_arrow.py": ["test_columns.py"],
    "_calls.py": ["test_arrays.py", "test_batches.py"],
    "_columns.py": ["test_columns.py"],
    "_kinds.py": ["test_batches.py"],
    "_library.py": ["test_library.py", "test_packed.py"],
    "_memory.py": ["test_arrays.py", "test_raw_memory.py"],
    "_pydantic.py": ["test_frameworks.py"],
    "_sets.py": ["test_arrays.py", "test_batches.py"],
    "_text.py": ["test_properties.py", "test_decisions.py"],
    "arguments.py": ["test_command.py", "test_completion.py", "test_output.py"],
    "arrays.py": ["test_arrays.py", "test_batches.py"],
    "batch.py": ["test_batch.py"],
    "calls.py": ["test_decisions.py", "test_making_calls.py", "test_frameworks.py"],
    "catalogue.py": ["test_properties.py", "test_command.py"],
    "command.py": ["test_command.py", "test_output.py", "test_batch.py", "test_statuses.py"],
    "completion.py": ["test_completion.py"],
    "decisions.py": ["test_decisions.py", "test_frameworks.py"],
    "errors.py": ["test_properties.py"],
    "matrix.py": ["test_matrix.py"],
    "openapi.py": ["test_rest.py"],
    "output.py": ["test_output.py", "test_command.py"],
    "packing.py": ["test_batches.py"],
    "page.py": ["test_page.py"],
    "plain.py": ["test_frameworks.py"],
    "properties.py": ["test_properties.py", "test_sets.py"],
    "resource.py": ["test_rest.py", "test_serve.py"],
    "rest.py": ["test_rest.py", "test_serve.py"],
    "serve.py": ["test_serve.py"],
    "status_argument.py": ["test_statuses.py", "test_command.py", "test_batch.py"],
    "statuses.py": ["test_statuses.py"],
}
OF_THE_REST = ["test_library.py", "test_declarations.py"]

FAILURE = re.compile(PYTEST_FAILURE)
NO_TESTS = 5  # pytest's exit status


class Package:
    """The package, and its tests in the order in which they are likely to notice something."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        self.seconds, self.longest = 600.0, 3600.0
        self.seconds_of_files = itertools.count(int(time.time()))

    def measure(self, is_quick: bool) -> None:
        """How long they compute when nothing is changed. All that are to judge must pass."""
        for name in NEEDED:
            shutil.copytree(
                REPOSITORY / name, UNCHANGED / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
            )
        before, start = computing_time(), time.monotonic()
        for stage in self.stages("", [], is_quick):
            outcome = self.test(UNCHANGED, stage)
            if outcome.verdict is not Verdict.SURVIVED:
                sys.exit(f"{' '.join(stage)}: {outcome.verdict.value} ({outcome.killer}), and nothing is changed yet")
        self.seconds = computing_time() - before
        self.longest = 60 + PATIENCE * (time.monotonic() - start)

    def stages(self, file: str, favourites: list[str], is_quick: bool) -> list[list[str]]:
        fitting = FITTING.get(file, OF_THE_REST)
        # A favourite runs twice. What fails ends at once.
        stages = [favourites] if favourites else []
        own = ["-m", "not third_party"]
        others = [name for name in TESTS if name not in fitting]
        if is_quick:
            return [*stages, [*own, *fitting], [*own, *others]]
        return [*stages, fitting, [*own, *others], ["-m", "third_party", *others]]

    def judge(self, mutant: Mutant, folder: Path, favourites: list[str], is_quick: bool) -> Outcome:
        try:
            compile(mutant.text, mutant.file.name, "exec")
        except SyntaxError:
            return Outcome(Verdict.REFUSED)
        if not (folder / "Tests").exists():
            # Not what the tests left behind, pipes among it, which nobody can copy.
            shutil.copytree(UNCHANGED, folder, symlinks=True, ignore=shutil.ignore_patterns("tmp"), dirs_exist_ok=True)
        changed = folder / mutant.file.relative_to(REPOSITORY)
        self.write(changed, mutant.text)
        try:
            for stage in self.stages(mutant.file.name, favourites, is_quick):
                outcome = self.test(folder, stage)
                if outcome.verdict is not Verdict.SURVIVED:
                    return outcome
        finally:
            self.write(changed, mutant.source)
        return Outcome(Verdict.SURVIVED)

    def write(self, file: Path, text: str) -> None:
        """In a second of its own: by that and the size Python knows what it has compiled."""
        file.write_text(text, encoding="utf-8")
        second = next(self.seconds_of_files)
        os.utime(file, (second, second))

    def test(self, folder: Path, stage: list[str]) -> Outcome:
        tests = folder / "Tests/python"
        command = [*pytest_until_one_fails(tests, self.prefix), f"--basetemp={folder / 'tmp'}"]
        command += [str(tests / word) if word.startswith("test_") else word for word in stage]
        # Where a stage has no test, none failed.
        return watch(command, self.seconds, FAILURE, self.longest, (0, NO_TESTS), COLUMNS="1000")


def main() -> int:
    options = parser_of((__doc__ or "").splitlines()[0]).parse_args()
    os.environ.pop("PYTEST_ADDOPTS", None)
    every = mutants(sorted(PACKAGE.glob("*.py")))
    if unknown := FITTING.keys() - {mutant.file.name for mutant in every}:
        sys.exit(f"there are no such modules: {', '.join(sorted(unknown))}")
    chosen = choose(options, every, NAMED)
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    start = time.monotonic()
    package = Package(options.prefix.resolve())
    package.measure(options.quick)
    print(f"  the tests take {time.monotonic() - start:.0f} s; {len(chosen)} changes to try", file=sys.stderr)
    outcomes = judge_all(package, BUILD, chosen, explained(EQUIVALENT), options.workers, options.quick)
    return conclude(options, every, outcomes, [EQUIVALENT], start)


if __name__ == "__main__":
    sys.exit(main())

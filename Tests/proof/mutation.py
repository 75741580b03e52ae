#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows that the tests notice every change of the core.

    Tests/proof/mutation.py PREFIX [--named] [--only FILE …] [--sample N] [--quick] [--report FILE] [--again FILE] [--workers N]

Makes every mutant that mutants.py knows, one at a time: compiles the one file, links it with the rest of the core in
full Swift, and runs the tests of Tests/CallPropTests, then those in C of Tests/abi, until one fails. Then changes each
entry of the decision table inside a copy of the library that is installed in PREFIX to each other property, and runs
the tests in C. A test that does not end counts as failed. Exit status 0: every mutant was noticed, but for those of
equivalent-mutants.txt, where a sentence says why no test can."""

import re
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from explained import explained
from full_swift import BUILD, CORE, WIDE, FullSwift, build_c_test, watch
from judging import Verdict, choose, conclude, judge_all, parser_of
from mutants import mutants

# The rules that change what is decided or looked at, rather than a number, a word or a statement.
NAMED = {"table", "operator", "condition", "binding", "negation", "ternary", "range", "return"}

EQUIVALENT = Path(__file__).with_name("equivalent-mutants.txt")

# The test in C that asks for every decision.
DECISIONS = "abi_decisions"


# ---- The decision table of the shipped library -------------------------------------------------------


def table_of_the_source() -> tuple[bytes, list[int]]:
    """The 64 bytes of the decision table, and the values that an entry may have."""
    file = next(file for file in CORE if file.name == "DecisionTable.swift")
    source = re.sub(r"/\*.*?\*/|//[^\n]*", "", file.read_text(), flags=re.DOTALL)
    names = re.findall(r"let (\w+): UInt8 = (\w+)", source)
    values = {name: int(value.replace("_", ""), 0) for name, value in names}
    entries = re.search(r"let table:[^=]*= \[(.*?)^\]", source, re.DOTALL | re.MULTILINE)
    table = bytes(values[name] for name in re.findall(r"\w+", entries[1] if entries else ""))
    if len(table) != 64:
        sys.exit(f"{file.name}: {len(table)} entries instead of 64")
    return table, sorted(values.values())


def survivors_in_the_table(prefix: Path, workers: int) -> tuple[int, list[str]]:
    """How many changes there are, and those that no test in C notices."""
    shipped = (prefix / "lib/libcallprop.so.1").read_bytes()
    table, values = table_of_the_source()
    if shipped.count(table) != 1:
        sys.exit(f"the decision table is {shipped.count(table)} times in the shipped library")
    place = shipped.index(table)
    program = BUILD / "shipped-test"
    build_c_test(DECISIONS, program, prefix / "lib", "callprop")

    def survives(change: tuple[int, int]) -> str:
        index, value = change
        folder = BUILD / f"table-{index}-{value}"
        folder.mkdir()
        patched = bytearray(shipped)
        patched[place + index] = value
        (folder / "libcallprop.so.1").write_bytes(patched)
        outcome = watch([program], folder, 1)
        shutil.rmtree(folder)
        return f"entry {index} of the shipped table is {value:#04x}" if outcome.verdict is Verdict.SURVIVED else ""

    if not survives((0, table[0])):
        sys.exit(f"{DECISIONS} fails on the shipped library, and nothing is changed yet")
    changes = [(index, value) for index in range(64) for value in values if value != table[index]]
    with ThreadPoolExecutor(workers) as pool:
        return len(changes), [name for name in pool.map(survives, changes) if name]


# ---- The whole ---------------------------------------------------------------------------------------


def main() -> int:
    options = parser_of((__doc__ or "").splitlines()[0]).parse_args()
    every = mutants([*CORE, *WIDE])
    chosen = choose(options, every, NAMED)
    start = time.monotonic()
    swift = FullSwift()
    swift.build()
    swift.measure()
    print(f"  built in {time.monotonic() - start:.0f} s; {len(chosen)} changes to try", file=sys.stderr)
    outcomes = judge_all(swift, BUILD, chosen, explained(EQUIVALENT), options.workers, options.quick)
    is_whole = not (options.sample or options.only or options.again or options.quick)
    patched, in_table = survivors_in_the_table(options.prefix.resolve(), options.workers) if is_whole else (0, [])
    return conclude(options, every, outcomes, [EQUIVALENT], start, patched, in_table)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows that the tests notice every change of the core.

    Tests/proof/mutation.py PREFIX [--named] [--only FILE …] [--sample N] [--quick] [--report FILE] [--again FILE] [--workers N]

Makes every mutant that mutants.py knows, one at a time: compiles the one file, links it with the rest of the core in
full Swift, and runs the tests of Tests/CallPropTests, then those in C of Tests/abi, until one fails. Then changes each
entry of the decision table inside a copy of the library that is installed in PREFIX to each other property, and runs
the tests in C. A test that does not end counts as failed. Exit status 0: every mutant was noticed, but for those of
equivalent-mutants.txt, where a sentence says why no test can."""

import argparse
import json
import os
import random
import re
import shutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Container
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from explained import explained, stale
from full_swift import BUILD, C_TESTS, CORE, WIDE, FullSwift, Outcome, Verdict, build_c_test, watch
from mutants import Mutant, mutants

# The rules that change what is decided or looked at, rather than a number, a word or a statement.
NAMED = {"table", "operator", "condition", "binding", "negation", "ternary", "range", "return"}

EQUIVALENT = Path(__file__).with_name("equivalent-mutants.txt")


def judge_all(
    swift: FullSwift, chosen: list[Mutant], known: Container[str], workers: int, is_quick: bool
) -> dict[Mutant, Outcome]:
    """What becomes of each. Those that are known to be equivalent are spared the slowest suites."""
    folders: SimpleQueue[Path] = SimpleQueue()
    for number in range(workers):
        folder = BUILD / f"worker-{number}"
        folder.mkdir()
        folders.put(folder)
    killers: defaultdict[Path, Counter[str]] = defaultdict(Counter)
    outcomes: dict[Mutant, Outcome] = {}

    def work(mutant: Mutant) -> None:
        folder = folders.get()
        favourites = [name for name, _ in killers[mutant.file].most_common(2)]
        outcome = outcomes[mutant] = swift.judge(mutant, folder, favourites, is_quick or mutant.key in known)
        if outcome.killer:
            killers[mutant.file][outcome.killer] += 1
        folders.put(folder)
        if outcome.verdict is Verdict.SURVIVED and mutant.key not in known:
            print(f"  survived  {mutant.key}", file=sys.stderr)
        if len(outcomes) % 100 == 0:
            print(f"  {len(outcomes)} of {len(chosen)}", file=sys.stderr)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, chosen))
    return outcomes


# ---- The decision table of the shipped library -------------------------------------------------------


def table_of_the_source() -> tuple[bytes, list[int]]:
    """The 64 bytes of the decision table, and the values that an entry may have."""
    file = next(file for file in CORE if file.name == "DecisionTable.swift")
    source = re.sub(r"/\*.*?\*/|//[^\n]*", "", file.read_text(), flags=re.S)
    names = re.findall(r"let (\w+): UInt8 = (\w+)", source)
    values = {name: int(value.replace("_", ""), 0) for name, value in names}
    entries = re.search(r"let table:[^=]*= \[(.*?)^\]", source, re.S | re.M)
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
    build_c_test(C_TESTS[0], program, prefix / "lib", "callprop")

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
        sys.exit(f"{C_TESTS[0]} fails on the shipped library, and nothing is changed yet")
    changes = [(index, value) for index in range(64) for value in values if value != table[index]]
    with ThreadPoolExecutor(workers) as pool:
        return len(changes), [name for name in pool.map(survives, changes) if name]


# ---- The whole ---------------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("prefix", type=Path, help="where callprop is installed, such as build/stage")
    parser.add_argument("--named", action="store_true", help="only entries of the table, comparisons, guards and returns")
    parser.add_argument("--only", action="append", metavar="FILE", help="mutants of this file, such as Text.swift")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants, the same ones every time, and no table")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what became of every mutant, as JSON")
    parser.add_argument("--quick", action="store_true", help="without the slow suites, which may notice more")
    parser.add_argument("--again", type=Path, metavar="FILE", help="only what survived in an earlier report")
    options = parser.parse_args()

    every = mutants([*CORE, *WIDE])
    chosen = [mutant for mutant in every if not options.only or mutant.file.name in options.only]
    if options.named:
        chosen = [mutant for mutant in chosen if mutant.rule in NAMED]
    if options.again:
        survived = {key for key, _, verdict, _ in json.loads(options.again.read_text()) if verdict == "SURVIVED"}
        chosen = [mutant for mutant in chosen if mutant.key in survived]
    random.Random(1).shuffle(chosen)  # so that the workers' loads are even, and a sample is fair
    chosen = chosen[: options.sample]

    start = time.monotonic()
    swift = FullSwift()
    swift.build()
    swift.measure()
    print(f"  built in {time.monotonic() - start:.0f} s; {len(chosen)} changes to try", file=sys.stderr)
    known = explained(EQUIVALENT)
    outcomes = judge_all(swift, chosen, known, options.workers, options.quick)
    is_whole = not (options.sample or options.only or options.again or options.quick)
    patched, in_table = survivors_in_the_table(options.prefix.resolve(), options.workers) if is_whole else (0, [])

    if options.report:
        rows = [[mutant.key, mutant.rule, outcomes[mutant].verdict.name, outcomes[mutant].killer] for mutant in chosen]
        options.report.write_text(json.dumps(rows, indent=1))
    survivors = [mutant.key for mutant in chosen if outcomes[mutant].verdict is Verdict.SURVIVED]
    unexplained = [key for key in survivors if key not in known] + in_table
    judged = {mutant.key for mutant in chosen}
    complaints = stale(EQUIVALENT, known, {mutant.key for mutant in every} - judged | set(survivors))
    for line in [*(f"no test notices: {key}" for key in unexplained), *complaints]:
        print(line)

    count = Counter(outcome.verdict for outcome in outcomes.values())
    tested = len(chosen) - count[Verdict.REFUSED] + patched
    print(
        f"mutation: {tested} mutants, {patched} of them in the shipped table: "
        f"{tested - len(survivors) - len(in_table)} noticed ({count[Verdict.ENDLESS]} because a test did not end), "
        f"{len(survivors) + len(in_table) - len(unexplained)} equivalent, {len(unexplained)} survived; "
        f"{count[Verdict.REFUSED]} other changes do not compile; {time.monotonic() - start:.0f} s"
    )
    return 1 if unexplained or complaints else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows which lines and branches of the Asterisk module the tests with real calls run.

usage: coverage.py

Runs every row of the table, every doing of the administrator and every setup in Asterisk 22, with the phones of agents.py: without
the load, which runs nothing else. Exit status 0: all lines are run, but for those of uncovered.txt, where a sentence says why
no test can, or none does yet; the latter are shown."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from pathlib import Path

sys.path.extend(str(Path(__file__).resolve().parents[1] / folder) for folder in ("shared", "proof"))

from real_calls import need, run_main

import gcov
import paths
import run
from explained import explained, stale
from host import MODULE, Host, remove
from lab import QuickLab

WORK = run.WORK / "coverage"
UNCOVERED = Path(__file__).with_name("uncovered.txt")


def report(lines: dict[tuple[str, int], gcov.Line], wrong: int) -> int:
    reasons = explained(UNCOVERED)
    found: Counter[str] = Counter()
    missing = late = 0
    for (file, number), line in sorted(lines.items()):
        if line.count:
            continue
        text = " ".join((MODULE / file).read_text().splitlines()[number - 1].split())
        found[what := f"{Path(file).name} | {line.function} | {text}"] += 1
        if found[what] > 1:  # a reason is for one place, not for all that come to stand in its line
            found[what := f"{Path(file).name} | {line.function}#{found[what]} | {text}"] += 1
        if what not in reasons:
            missing += 1
            print(f"no test runs: {what} ({file}:{number})")
        elif reasons[what].startswith("No test yet"):
            late += 1
            print(f"A TEST IS MISSING: {what} ({file}:{number}): {reasons[what]}")
    # What depends on which of two threads comes first is run by one run and not by the next.
    complaints = stale(
        UNCOVERED, reasons, {what for what in reasons if reasons[what].startswith("Now and then")} | set(found)
    )
    for complaint in complaints:
        print(complaint)
    for file in sorted({file for file, _ in lines}):
        counts = [line.count for (of, _), line in lines.items() if of == file]
        print(f"{file:28} {sum(map(bool, counts)):4} of {len(counts):4} lines")
    run_lines = sum(1 for line in lines.values() if line.count)
    branches = [count for line in lines.values() for count in line.branches]
    run_branches = sum(map(bool, branches))
    failed = missing or complaints or wrong or not run_lines
    print(
        f"coverage-asterisk: the tests run {run_lines} of {len(lines)} lines ({100 * run_lines / max(1, len(lines)):.1f} %) and "
        f"{run_branches} of {len(branches)} branches ({100 * run_branches / max(1, len(branches)):.1f} %) "
        f"of the module; {len(found)} lines are not run, {len(found) - missing - late} of them explained in {UNCOVERED.name}, "
        f"and {late} known to lack a test; "
        f"{wrong} differences" + ("; FAILED" if failed else "")
    )
    return 1 if failed else 0


def main() -> int:
    WORK.mkdir(parents=True, exist_ok=True)
    need("sip-tester", shutil.which("sipp") is not None, WORK / "apt.log")
    system = Host("sid", WORK)
    system.install(gcov.FLAGS)
    run.leave_the_network()
    with run.asterisk(system) as (pbx, folder):
        wrong = run.run_paths(pbx, folder, paths.TABLE, QuickLab)
        wrong += run.run_desk(pbx, folder)
    wrong += run.run_setups(system, run.SETUPS)
    lines = gcov.lines(system)
    remove(system.root)
    return report(lines, len(wrong))


if __name__ == "__main__":
    run_main("coverage-asterisk", main)

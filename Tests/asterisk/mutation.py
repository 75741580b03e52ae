#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows which changes of the Asterisk module the tests with real calls notice.

usage: mutation.py [--sample N | --all] [--part NAME] [--lines FROM-TO] [--again FILE] [--setups] [--report FILE]

Makes mutants of the module (c_mutants.py), one at a time: builds it, starts Asterisk 22 with it, and runs what
`make test-asterisk` runs, one check at a time, until one differs twice; and what no check notices then meets the setups, each
of which ends at its first difference. Before, each check and each setup is run with a module that counts
its lines, so that a mutant meets only those that run its line, and those first that noticed something close by.
A mutant of the same machine code as the module is none. Exit status 0: every mutant of the sample was noticed, but for those
of equivalent-mutants.txt, where a sentence says why no test can, and those of known-survivors.txt, which are shown."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.extend(str(Path(__file__).resolve().parents[1] / folder) for folder in ("shared", "proof"))

from real_calls import need, run_main

import lines_run
import run
from c_mutants import Mutant, mutants
from explained import explained, stale
from host import MODULE, Host, remove
from laboratory import ByChecks, BySetups, Laboratory, Verdict, first_difference

WORK = run.WORK / "mutation"
HERE = Path(__file__).resolve().parent
EQUIVALENT, SURVIVORS = HERE / "equivalent-mutants.txt", HERE / "known-survivors.txt"


def chosen_mutants(options: argparse.Namespace, every: list[Mutant]) -> list[Mutant]:
    chosen = every
    if options.part:
        chosen = [mutant for mutant in chosen if mutant.file.name == options.part]
    if options.lines:
        first, last = map(int, options.lines.split("-"))
        chosen = [mutant for mutant in chosen if first <= mutant.line <= last]
    if options.again:
        survived = {key for key, verdict, _, _ in json.loads(options.again.read_text()) if verdict == "survived"}
        return [mutant for mutant in chosen if mutant.key in survived]
    random.Random(1).shuffle(chosen)  # the same sample every time, and a fair one
    return chosen if options.all else chosen[: options.sample]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sample", type=int, default=60, metavar="N", help="N changes, the same ones every time; 60 unless given"
    )
    parser.add_argument("--all", action="store_true", help="every change, which takes hours")
    parser.add_argument("--part", metavar="NAME", help="only changes of this part, such as facts.c")
    parser.add_argument("--lines", metavar="FROM-TO", help="only changes of these lines, of one part or of each")
    parser.add_argument("--again", type=Path, metavar="FILE", help="only what survived in an earlier report")
    parser.add_argument(
        "--setups", action="store_true", help="meet the setups alone: for what survived all checks in an earlier report"
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what became of each, as JSON")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    WORK.mkdir(parents=True, exist_ok=True)
    need("sip-tester", shutil.which("sipp") is not None, WORK / "apt.log")

    every = mutants(sorted(MODULE.rglob("*.c")))
    chosen = chosen_mutants(options, list(every))
    print(f"  {len(chosen)} changes of {len(every)} to try", file=sys.stderr)
    host = Host("sid", WORK)
    run.leave_the_network()
    trials = Trials(host, options.report)
    if not options.setups:
        measured = lines_run.of_checks(host, WORK)
        trials.meet(chosen, ByChecks(host, WORK, measured))
        chosen = [mutant for mutant in chosen if trials.rows[mutant.key][0] == "survived"]
    if chosen:
        measured = lines_run.of_setups(host, WORK, first_difference)
        trials.meet(chosen, BySetups(host, measured))
    remove(host.root)
    return tell(trials.table(), {mutant.key for mutant in every}, trials.seconds)


class Trials:
    """What became of each mutant, shown and written as it is known: all together take hours."""

    def __init__(self, host: Host, report: Path | None):
        self.host, self.report = host, report
        self.rows: dict[str, tuple[str, str, float]] = {}  # the verdict, what it is by, and seconds; by mutant
        self.seconds = 0.0

    def meet(self, chosen: list[Mutant], tests: ByChecks | BySetups) -> None:
        """Whatever was built in the host before, each mutant is built there anew."""
        laboratory = Laboratory(self.host)
        for mutant in chosen:
            begun = time.monotonic()
            verdict = laboratory.place(mutant) or tests.judge(mutant)
            self.note(mutant, verdict, time.monotonic() - begun)

    def note(self, mutant: Mutant, verdict: Verdict, seconds: float) -> None:
        _, _, before = self.rows.get(mutant.key, ("", "", 0.0))
        self.rows[mutant.key] = (*verdict, round(before + seconds, 1))
        self.seconds += seconds
        print(
            f"  {verdict[0]:8} {seconds:5.1f} s  {mutant.file.name}:{mutant.line}: {mutant.key.partition(' | ')[2]}"
            + (f"  [{verdict[1]}]" if verdict[1] else ""),
            file=sys.stderr,
            flush=True,
        )
        if self.report:
            self.report.write_text(json.dumps(self.table(), indent=1))

    def table(self) -> list[tuple[str, str, str, float]]:
        return [(key, *row) for key, row in self.rows.items()]


def tell(rows: list[tuple[str, str, str, float]], every: set[str], seconds: float) -> int:
    equivalent, known = explained(EQUIVALENT), explained(SURVIVORS)
    survived = {key for key, verdict, _, _ in rows if verdict == "survived"}
    tried = {key for key, *_ in rows}
    for key in sorted(survived):
        if key in known:
            print(f"KNOWN TO SURVIVE, A TEST IS MISSING: {key}: {known[key]}")
        elif key not in equivalent:
            print(f"no test notices: {key}")
    complaints = [
        complaint
        for file, reasons in ((EQUIVALENT, equivalent), (SURVIVORS, known))
        for complaint in stale(file, reasons, every - tried | survived)
    ]
    for complaint in complaints:
        print(complaint)
    count = Counter(verdict for _, verdict, _, _ in rows)
    unexplained = survived - set(equivalent) - set(known)
    tested = count["noticed"] + count["survived"]
    print(
        f"mutation-asterisk: {tested} mutants: {count['noticed']} noticed, {len(survived & set(equivalent))} equivalent, "
        f"{len(survived & set(known))} known to survive, {len(unexplained)} survived; of {len(rows)} changes "
        f"{count['refused']} do not compile and {count['same']} give machine code that was there before; "
        f"{seconds / max(1, len(rows)):.1f} s a change" + ("; FAILED" if unexplained or complaints else "")
    )
    return 1 if unexplained or complaints else 0


if __name__ == "__main__":
    run_main("mutation-asterisk", main)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows which changes of the Asterisk module the tests with real calls notice.

usage: mutation.py [--sample N | --all] [--part NAME] [--lines FROM-TO] [--again FILE] [--report FILE]

Makes mutants of the module (c_mutants.py), one at a time: builds it, starts Asterisk 22 with it, and runs what
`make test-asterisk` runs, one check at a time, until one differs twice. Before, each check is run with a module that counts
its lines, so that a mutant meets only the checks that run its line, and those first that noticed something close by.
A mutant of the same machine code as the module is none. Exit status 0: every mutant of the sample was noticed, but for those
of equivalent-mutants.txt, where a sentence says why no test can, and those of known-survivors.txt, which are shown."""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.extend(str(Path(__file__).resolve().parents[1] / folder) for folder in ("shared", "proof"))

from real_calls import Failed, need, run_main

import gcov
import run
from c_mutants import Mutant, mutants
from checks import CALLS, CHECKS, DESK, RELOADS, Check, difference
from explained import explained, stale
from host import MODULE, Host, remove
from pbx import Pbx

WORK = run.WORK / "mutation"
HERE = Path(__file__).resolve().parent
EQUIVALENT, SURVIVORS = HERE / "equivalent-mutants.txt", HERE / "known-survivors.txt"
FLAGS = "CFLAGS='-O1 -w' LDFLAGS=-Wl,--build-id=none"
CLOSE_BY = 30  # lines
IDLE = "nothing"

Lines = dict[str, dict[str, int]]  # how often, by check and FILE:LINE


def measure(host: Host) -> Lines:
    """Which lines each check runs, and which are run when the module is only loaded. Every check must be as it should be."""
    parts = [*sorted(MODULE.rglob("*.c")), *sorted(HERE.glob("*.py")), *sorted((HERE / "conf").iterdir())]
    state = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()
    kept = WORK / "lines.json"
    if kept.exists() and (known := json.loads(kept.read_text()))["state"] == state:
        return known["lines"]
    host.install(gcov.FLAGS)
    found: Lines = {}
    wrong = []
    with run.asterisk(host) as (pbx, folder):
        for check in [Check(IDLE, lambda pbx, folder: ""), *CHECKS]:
            if "Unable" in pbx.rx("module unload res_callprop.so"):
                raise Failed(f"the module cannot be unloaded before: {check.name}")
            gcov.forget(host)
            pbx.rx("module load res_callprop.so")
            if seen := difference(check, pbx, folder):
                wrong.append(f"{check.name}: {seen}")
            pbx.rx("module unload res_callprop.so")
            found[check.name] = {f"{file}:{number}": line.count for (file, number), line in gcov.lines(host).items()}
            pbx.rx("module load res_callprop.so")
    if wrong:
        raise Failed("differences, and nothing is changed yet:\n" + "\n".join(wrong))
    kept.write_text(json.dumps({"state": state, "lines": found}))
    return found


class Laboratory:
    """One Asterisk after the other, each with one mutant."""

    def __init__(self, host: Host, lines: Lines):
        self.host, self.lines = host, lines
        host.install(FLAGS)
        self.module = host.root / host.modules().lstrip("/") / "res_callprop.so"
        self.original = self.code()
        self.seen_codes: dict[str, str] = {}
        self.noticed: list[tuple[str, int, Check]] = []
        self.pbx = Pbx(host)
        self.folder = WORK / "sipp"
        self.folder.mkdir(exist_ok=True)

    def code(self) -> str:
        return hashlib.sha256((self.host.root / gcov.FOLDER / "res_callprop.so").read_bytes()).hexdigest()

    def relevant(self, mutant: Mutant) -> list[Check]:
        """The checks that run a line of it; all those of a part of the file that is only read at loading, and some calls."""
        file = str(mutant.file.relative_to(MODULE))
        last = mutant.source.count("\n", 0, mutant.end) + 1
        lines = [f"{file}:{line}" for line in range(mutant.line, last + 1)]
        idle = self.lines[IDLE]
        if not any(line in idle for line in lines):  # a declaration or a table
            chosen = CHECKS
        else:
            chosen = [
                check
                for check in CHECKS
                if any(self.lines[check.name].get(line, 0) != idle.get(line, 0) for line in lines)
            ]
            if any(idle.get(line) for line in lines):
                chosen = [*chosen, *(check for check in [*DESK, *CALLS[:8], RELOADS] if check not in chosen)]
        near = {check: abs(line - mutant.line) for name, line, check in self.noticed if name == file}
        # Then what runs few lines, which is quick and is about this one.
        return sorted(
            chosen, key=lambda check: (near.get(check, CLOSE_BY) // CLOSE_BY, check in DESK, check is RELOADS)
        )

    def judge(self, mutant: Mutant) -> tuple[str, str]:
        """`refused`, `same`, `noticed` or `survived`; and what noticed it."""
        changed = self.host.root / gcov.FOLDER / mutant.file.relative_to(MODULE)
        changed.write_text(mutant.text)
        try:
            self.host.sh(f"cd /{gcov.FOLDER} && rm -f res_callprop.so && make -s {FLAGS} res_callprop.so")
        except Failed:
            return "refused", ""
        finally:
            changed.write_text(mutant.source)
        if (code := self.code()) == self.original:
            return "same", ""
        if code in self.seen_codes:
            return "same", self.seen_codes[code]
        self.seen_codes[code] = mutant.key
        shutil.copyfile(self.host.root / gcov.FOLDER / "res_callprop.so", self.module)
        self.pbx = Pbx(self.host)
        try:
            self.pbx.start()
            for check in self.relevant(mutant):
                if difference(check, self.pbx, self.folder):
                    self.noticed.append((str(mutant.file.relative_to(MODULE)), mutant.line, check))
                    return "noticed", check.name
        except Failed:
            return "noticed", "Asterisk does not start"
        finally:
            self.pbx.kill()
        return "survived", ""


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
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what became of each, as JSON")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    WORK.mkdir(parents=True, exist_ok=True)
    need("sip-tester", shutil.which("sipp") is not None, WORK / "apt.log")

    every = mutants(sorted(MODULE.rglob("*.c")))
    chosen = chosen_mutants(options, list(every))
    start = time.monotonic()
    host = Host("sid", WORK)
    run.leave_the_network()
    lines = measure(host)
    laboratory = Laboratory(host, lines)
    print(f"  ready in {time.monotonic() - start:.0f} s; {len(chosen)} changes of {len(every)} to try", file=sys.stderr)
    judged = time.monotonic()
    rows = []
    for mutant in chosen:
        begun = time.monotonic()
        verdict, what = laboratory.judge(mutant)
        rows.append((mutant.key, verdict, what, round(time.monotonic() - begun, 1)))
        print(
            f"  {verdict:8} {rows[-1][3]:5.1f} s  {mutant.file.name}:{mutant.line}: {mutant.key.partition(' | ')[2]}"
            + (f"  [{what}]" if what else ""),
            file=sys.stderr,
            flush=True,
        )
    if options.report:
        options.report.write_text(json.dumps(rows, indent=1))
    remove(laboratory.host.root)
    return tell(rows, {mutant.key for mutant in every}, time.monotonic() - judged)


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

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The proof behind `make check-asterisk-memory`: Asterisk 22 with the module in valgrind's memcheck.

usage: memory.py [--part WORD] [--keep]

Real calls by the phones of agents.py, one row of each path and its denial; the administrator's doings, with files that are
refused, reloads and unloading; and setups. At the end the module is unloaded, so that whatever it still has is lost.
Exit status 0: no report of memcheck names the module or the library: no memory that is definitely lost, no invalid read or write,
nothing uninitialised. What it reports of Asterisk itself is counted. Before, a module with one mistake of each kind is tried, to
see that memcheck names it. What the calls come to is the claim of `make test-asterisk`: here an Asterisk that is thirty times slower
may miss what a phone does not wait for, which is shown, and fails when it is more than one check in ten.

Debian has no Asterisk that is built with MALLOC_DEBUG, so this is the one way to look."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.extend(str(Path(__file__).resolve().parents[1] / folder) for folder in ("shared", "proof"))

from real_calls import Failed, run_main

import calls
import cases
import gcov
import patience
import run
from checks import DESK, Check, call_check, difference
from host import Host, remove
from host import run as sh
from lab import QuickLab
from memcheck import Report, WatchedPbx, reports
from setups import Setup

WORK = run.WORK / "memory"
SLOWER = 5  # times as patient, where calls wait for something
# The others load every module that Asterisk has, or run nothing of ours that these do not.
WATCHED = (
    "injection",
    "readers",
    "queues that pause",
    "hostile, several",
    "hostile, whispers",
    "hostile, heard",
    "hostile, hearers",
)
SETUPS = [setup for setup in run.SETUPS if setup.name in WATCHED]
# What starts Asterisk again and again, for minutes each time. What it runs of the module is run by the others.
STARTS = ("restart", "unset", "unwritable", "rival", "recovery")
PARTS = [check for check in DESK if check.name.split()[-1] not in STARTS]


@dataclass(frozen=True)
class Mistake:
    """One that is made on purpose, and what memcheck is to say of it."""

    part: str
    old: str
    new: str
    kind: str
    function: str


MISTAKES = (
    Mistake(
        "facts.c", "\tast_free(data);\n\tast_module_unref", "\tast_module_unref", "Leak_DefinitelyLost", "facts_copy"
    ),
    Mistake(
        "statuses.c",
        "\t\textension->at_run_time = 1;\n",
        "\t\textension->at_run_time = 1;\n\t\tast_free(kept.text);\n\t\tkept.text = ast_strdup(kept.status);\n",
        "InvalidRead",
        "restore_statuses",
    ),
    Mistake(
        "conf_sections.c",
        "\tast_config_destroy(file);\n\treturn configuration;\n",
        "\treturn configuration;\n",
        "Leak_DefinitelyLost",
        "load_file",
    ),
    Mistake("facts.c", "\t\tmemset(facts, 0, sizeof(*facts));\n", "", "UninitCondition", "decide_without_handler"),
)
# The PBX rings a phone itself, of which no facts are known.
ORIGINATED = cases.Row(
    "callback, CLI", "phone originated", "102", "ro", "extension>external,src,callback", calls.originate("PJSIP/102", "0301234"),
    ("up", "102 trunk"), ("ended", "102"),
)  # fmt: skip


def own_mounts(root: Path) -> None:
    """valgrind reads /proc, which the system has from here on, for this process and its children."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x20000):  # CLONE_NEWNS
        raise Failed(f"unshare: {os.strerror(ctypes.get_errno())}: this needs root")
    sh("mount", "--make-rprivate", "/")
    sh("mount", "-t", "proc", "proc", root / "proc")


@contextlib.contextmanager
def broken(host: Host) -> Iterator[None]:
    """The module with all mistakes in it."""
    source = host.root / gcov.FOLDER / "callprop"
    for mistake in MISTAKES:
        text = (source / mistake.part).read_text()
        if text.count(mistake.old) != 1:
            raise Failed(f"{mistake.part}: there is not one place for: {mistake.old!r}")
        (source / mistake.part).write_text(text.replace(mistake.old, mistake.new))
    flags = "CFLAGS='-O1 -g -w'"
    host.sh(f"cd /{gcov.FOLDER} && make -s clean && make -s {flags} install")
    try:
        yield
    finally:
        host.install()


def notices_mistakes(host: Host) -> list[str]:
    """The kinds of mistakes that memcheck does not name."""
    with broken(host), run.asterisk(host, None, WatchedPbx) as (pbx, folder):
        cases.measure(pbx, folder, ORIGINATED, True, QuickLab)
        QuickLab.close()
        pbx.rx("module reload res_callprop.so")
    named = [report for report in reports(pbx) if report.names_us]
    missed = [
        f"{mistake.kind} in {mistake.function}()"
        for mistake in MISTAKES
        if not any(report.kind == mistake.kind and mistake.function in dict(report.frames) for report in named)
    ]
    print(f"mistakes on purpose: {len(MISTAKES)} made, {len(MISTAKES) - len(missed)} named by memcheck", flush=True)
    if missed:
        print("\n".join(map(str, named)))
    return missed


def setup_check(setup: Setup) -> Check:
    def differs(pbx: WatchedPbx, folder: Path) -> str:
        wrong = [check for check in setup.run(pbx, folder) if check.expected != check.seen]
        return "; ".join(f"{check.name}: {check.seen!r}" for check in wrong)

    return Check(setup.name, differs)


def watch(host: Host, name: str, checks: list[Check], setup: Setup | None = None) -> tuple[int, list[Report]]:
    """Runs them in one Asterisk. How many differ, and what memcheck reports."""
    started, wrong = time.monotonic(), 0
    try:
        with run.asterisk(host, setup, WatchedPbx) as (pbx, folder):
            for check in checks:
                if seen := difference(check, pbx, folder):
                    wrong += 1
                    print(f"DIFFERS: {check.name}: {seen}", flush=True)
    finally:
        QuickLab.close()
    found = reports(pbx)
    ours = [report for report in found if report.names_us]
    for report in ours:
        print(report)
    print(
        f"{name}: {len(checks)} checks, {wrong} wrong; {len(ours)} reports name the module, {len(found) - len(ours)} Asterisk alone; "
        f"{time.monotonic() - started:.0f} s",
        flush=True,
    )
    return wrong, found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--part", default="", metavar="WORD", help="only the Asterisks whose name holds this word")
    options.add_argument("--keep", action="store_true", help="the system of the run before, if it is there")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    started = time.monotonic()
    WORK.mkdir(parents=True, exist_ok=True)
    host = Host("sid", WORK, chosen.keep, ("valgrind",))
    host.install()
    run.leave_the_network()
    own_mounts(host.root)
    patience.be(SLOWER)
    versions = f"Asterisk {host.version()}, {host.sh('valgrind --version').strip()}"
    rows = [call_check(row, permitted) for row in run.first_of_each_path() for permitted in (True, False)]
    parts = {"paths": (rows, None), "administration": (PARTS, None)}
    parts |= {setup.name: ([setup_check(setup)], setup) for setup in SETUPS}
    parts = {name: part for name, part in parts.items() if chosen.part in name}
    missed = notices_mistakes(host) if chosen.part in "mistakes" else []
    wrong, found = 0, []
    for name, (of, setup) in parts.items():
        differing, reported = watch(host, name, of, setup)
        wrong += differing
        found += reported
    ours = [report for report in found if report.names_us]
    kinds = Counter(report.kind for report in found if not report.names_us)
    checks = sum(len(of) for of, _ in parts.values())
    failed = missed or wrong * 10 > checks or ours or (parts and not found)
    if not failed:
        sh("umount", host.root / "proc")
        remove(host.root)
    print(
        f"asterisk-memory: {versions}: {len(parts)} Asterisks watched, {checks} "
        f"checks, {wrong} differences; {len(ours)} reports that name the module; of Asterisk alone "
        f"{', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}; {time.monotonic() - started:.0f} s"
        + (f"; NOT NOTICED: {', '.join(missed)}" if missed else "")
        + ("; FAILED" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    run_main("asterisk-memory", main)

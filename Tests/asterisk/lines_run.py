# SPDX-License-Identifier: MIT
"""Which lines of the module each check runs, and each setup: measured once by gcov.py, and kept until the module or a test changes."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from real_calls import Failed

import gcov
import run
from checks import CHECKS, Check, difference
from host import MODULE, Host
from lab import until
from pbx import Pbx
from setups import Setup

HERE = Path(__file__).resolve().parent
IDLE = "nothing"  # the name of what only loads the module
KNOW_NOTHING_OF_LINES = {HERE / "mutation.py", HERE / "c_mutants.py", HERE / "laboratory.py", HERE / "relevance.py"}

Counts = dict[str, int]  # how often, by FILE:LINE


@dataclass(frozen=True)
class Measured:
    lines: dict[str, Counts]  # by the name of the check or of the setup
    seconds: dict[str, float]


def state() -> str:
    """Changes when the lines may."""
    tests = set(HERE.glob("*.py")) - KNOW_NOTHING_OF_LINES
    parts = [*sorted(MODULE.rglob("*.c")), *sorted(tests), *sorted((HERE / "conf").iterdir())]
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def of_checks(host: Host, work: Path) -> Measured:
    """All in one Asterisk. Each must be as it should be."""
    kept = Kept(work, "checks")
    if known := kept.known():
        return known
    host.install(gcov.FLAGS)
    measured = Measured({}, {})
    wrong = []
    with run.asterisk(host) as (pbx, folder):
        for check in [Check(IDLE, lambda pbx, folder: ""), *CHECKS]:
            unload(pbx)
            gcov.forget(host)
            pbx.rx("module load res_callprop.so")
            started = time.monotonic()
            if seen := difference(check, pbx, folder):
                wrong.append(f"{check.name}: {seen}")
            measured.seconds[check.name] = time.monotonic() - started
            unload(pbx)
            measured.lines[check.name] = counts(host)
            pbx.rx("module load res_callprop.so")
    refuse(wrong)
    kept.keep(measured)
    return measured


def unload(pbx: Pbx) -> None:
    """A channel in whose place another came is kept for half a second. Its lines are written when the module goes."""
    if not until(lambda: "Unable" not in pbx.rx("module unload res_callprop.so")):
        raise Failed("the module cannot be unloaded")


def of_setups(host: Host, work: Path, differs: Callable[[Setup, Host], str]) -> Measured:
    """Each in its own Asterisk, and kept for itself: together they take half an hour. Each must be as it should be."""
    measured = Measured({}, {})
    wrong = []
    installed = False
    for setup in [Setup(IDLE, lambda desk: None), *run.SETUPS]:
        kept = Kept(work, setup.name)
        if not (known := kept.known()):
            if not installed:
                host.install(gcov.FLAGS)
                installed = True
            gcov.forget(host)
            started = time.monotonic()
            if seen := differs(setup, host):
                wrong.append(f"{setup.name}: {seen}")
                continue
            seconds = time.monotonic() - started
            known = Measured({setup.name: counts(host)}, {setup.name: seconds})
            kept.keep(known)
            print(f"  measured {seconds:5.1f} s  {setup.name}", file=sys.stderr, flush=True)
        measured.lines.update(known.lines)
        measured.seconds.update(known.seconds)
    refuse(wrong)
    return measured


def counts(host: Host) -> Counts:
    return {f"{file}:{number}": line.count for (file, number), line in gcov.lines(host).items()}


def refuse(wrong: list[str]) -> None:
    if wrong:
        raise Failed("differences, and nothing is changed yet:\n" + "\n".join(wrong))


class Kept:
    """What was measured in an earlier run, in a file of its own."""

    def __init__(self, work: Path, name: str):
        self.file = work / "lines" / f"{name}.json"

    def known(self) -> Measured | None:
        if not self.file.exists():
            return None
        text = json.loads(self.file.read_text())
        return Measured(text["lines"], text["seconds"]) if text["state"] == state() else None

    def keep(self, measured: Measured) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps({"state": state(), **measured.__dict__}))

# SPDX-License-Identifier: MIT
"""One Asterisk after the other, each with one mutant of the module, and whether a check or a setup notices it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from real_calls import Failed

import gcov
import run
from c_mutants import Mutant
from checks import CALLS, CHECKS, DESK, MISREAD, RELOADS, difference
from desk import Desk
from host import MODULE, Host
from lines_run import Measured
from pbx import Pbx
from relevance import Relevance
from setups import Setup

FLAGS = "CFLAGS='-O1 -w' LDFLAGS=-Wl,--build-id=none"
AT_LOADING = 8  # calls, or setups, which meet what is run when the module is loaded
GONE = "Asterisk does not start"

# `refused`, `same`, `noticed` or `survived`; and what noticed it, or had the same code before.
Verdict = tuple[str, str]


class Laboratory:
    """Where a mutant is built and put in the place of the module."""

    def __init__(self, host: Host):
        self.host = host
        host.install(FLAGS)
        self.module = host.root / host.modules().lstrip("/") / "res_callprop.so"
        self.original = self.code()
        self.codes: dict[str, str] = {}

    def code(self) -> str:
        return hashlib.sha256((self.host.root / gcov.FOLDER / "res_callprop.so").read_bytes()).hexdigest()

    def place(self, mutant: Mutant) -> Verdict | None:
        """`refused` or `same`, when there is nothing to meet."""
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
        if (before := self.codes.setdefault(code, mutant.key)) != mutant.key:
            return "same", before
        shutil.copyfile(self.host.root / gcov.FOLDER / "res_callprop.so", self.module)
        return None


class ByChecks:
    """All in one Asterisk."""

    def __init__(self, host: Host, work: Path, measured: Measured):
        self.host, self.folder = host, work / "sipp"
        self.folder.mkdir(exist_ok=True)
        self.checks = {check.name: check for check in CHECKS}
        # The calls first, which are quick.
        order = [check.name for check in (*CALLS, RELOADS, *DESK)]
        self.relevance = Relevance(measured, order, [check.name for check in (*CALLS[:AT_LOADING], RELOADS, *DESK)])

    def judge(self, mutant: Mutant) -> Verdict:
        pbx = Pbx(self.host)
        try:
            pbx.start()
            for name in self.relevance.of(mutant):
                if difference(self.checks[name], pbx, self.folder):
                    self.relevance.notice(mutant, name)
                    return "noticed", name
        except Failed:
            return "noticed", GONE
        finally:
            pbx.kill()
        return "survived", ""


class BySetups:
    """Each in an Asterisk of its own, the short ones first: what a short one is about, it is about alone."""

    def __init__(self, host: Host, measured: Measured):
        self.host = host
        self.setups = {setup.name: setup for setup in run.SETUPS}
        order = sorted(self.setups, key=lambda name: measured.seconds[name])
        self.relevance = Relevance(measured, order, order[:AT_LOADING])

    def judge(self, mutant: Mutant) -> Verdict:
        for name in self.relevance.of(mutant):
            if seen := first_difference(self.setups[name], self.host):
                self.relevance.notice(mutant, name)
                return "noticed", f"{name}: {seen}"
        return "survived", ""


def first_difference(setup: Setup, host: Host) -> str:
    """Of those that are seen twice, in two Asterisks. Once may be the machine's doing."""
    return seen_once(setup, host) and seen_once(setup, host)


def seen_once(setup: Setup, host: Host) -> str:
    """Asterisk that ends, or does not start, is a difference, too; and so is an answer that no test can read."""
    try:
        with run.asterisk(host, setup) as (pbx, folder):
            setup.run(pbx, folder, ImpatientDesk)
    except Differs as difference:
        return str(difference)
    except (Failed, subprocess.TimeoutExpired, *MISREAD) as failure:
        return f"FAILED: {failure!r}".partition("\\n")[0]
    return ""


class Differs(Exception):
    """The name of a check that is not as it should be, and what was seen."""


class ImpatientDesk(Desk):
    """Ends the setup at its first difference."""

    def check(self, name: str, expected: object, seen: object) -> None:
        super().check(name, expected, seen)
        if expected != seen:
            raise Differs(f"{name}: {seen!r}")

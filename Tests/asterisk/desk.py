# SPDX-License-Identifier: MIT
"""What the administrator's doings need: one Asterisk, phones for a call, and the checks so far."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from calls import AnyLab
from lab import until
from pbx import Pbx


@dataclass
class Check:
    name: str
    expected: object
    seen: object


class Desk:
    def __init__(self, pbx: Pbx, folder: Path, lab_of: Callable[[Pbx, Path], AnyLab]):
        self.pbx, self.folder, self.lab_of = pbx, folder, lab_of
        self.checks: list[Check] = []

    def check(self, name: str, expected: object, seen: object) -> None:
        self.checks.append(Check(name, expected, seen))

    def status(self, extension: str) -> str:
        return self.pbx.rx(f"dialplan eval function EXTENSION_STATUS({extension})").partition("Result: ")[2].strip()

    def events(self) -> list[tuple[str, ...]]:
        return [
            tuple(event[key] for key in ("Extension", "PreviousStatus", "Status", "Granted", "By"))
            for event in self.pbx.manager.named("CallpropStatus")
        ]

    def with_phones(
        self,
        act: Callable[[AnyLab], object],
        final: str = "",
        rung: str = "",
        phones: tuple[str, ...] = ("101", "102"),
        **scenarios: str,
    ) -> tuple:
        """What a call comes to, and what it rings."""
        lab = self.lab_of(self.pbx, self.folder)
        lab.expect(final, rung)
        try:
            for of in phones:
                lab.phone(of, scenarios.get(f"p{of}", "phone"))
            for phone in lab.phones.values():
                phone.wait_until_ready()
            return act(lab), lab.rang()
        finally:
            lab.end()

    def refusal(self) -> tuple[str, str]:
        """What the module logs about the file, and what the reload is answered."""
        before = len(self.pbx.log())
        answer = self.pbx.manager.action("Reload", Module="res_callprop.so")["Response"]
        complaint = re.compile(r"ERROR\[\d+\] callprop/conf_told\.c: (\S*callprop\.conf(?::\d+)?: .*)")
        # Asterisk's logger writes when it comes to it.
        until(lambda: complaint.search(self.pbx.log()[before:]))
        logged = complaint.search(self.pbx.log()[before:])
        return (logged[1] if logged else "nothing is logged"), answer

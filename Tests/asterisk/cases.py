# SPDX-License-Identifier: MIT
"""A row of the table of paths, and what a call comes to beside what it should come to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from real_calls import Failed

from calls import AnyLab
from lab import PHONES, Lab, until
from pbx import EXTENSIONS, MNEMOS, Pbx, status_name


@dataclass
class Row:
    path: str
    what: str
    asked: str | tuple[str, ...]  # the extension, or extensions, whose status is changed
    prop: str
    seen_as: str  # the call that is denied, as the library is asked: src>dst,leg and ,callback
    act: Callable[[AnyLab], str]
    permitted: tuple[str, str]  # what the caller sees; what rings, in the order of the names
    denied: tuple[str, str]
    extra: tuple[str, ...] = ()  # properties that the asked extension needs on the way to this decision
    phones: dict[str, tuple] = field(default_factory=dict)  # phones that do not just answer: scenario and its keys
    required: str = ""  # the property in the denial, where it is another
    tried_again: bool = False  # Queue() tries a member again, and denies it again

    def asks(self) -> tuple[str, ...]:
        return (self.asked,) if isinstance(self.asked, str) else self.asked

    def statuses(self, permitted: bool) -> dict[str, tuple[str, ...]]:
        """Permitted with nothing but the property; denied with everything but it."""
        if permitted:
            granted = {self.prop, *self.extra}
        else:
            granted = set() if self.prop == "all" else {*MNEMOS} - {self.prop, "all"}
        return {extension: tuple(granted) for extension in self.asks()}

    def denials(self) -> list[str]:
        return [f"{extension}:{self.required or self.prop} {self.seen_as}" for extension in self.asks()]


@dataclass
class Outcome:
    row: Row
    permitted: bool
    expected: str
    seen: str


def summary(result: str, rings: str, denials: list[str]) -> str:
    return f"{result}; rings {rings or 'nobody'}" + (f"; denied {' '.join(denials)}" if denials else "")


def when_refused(final: str, expected: str, rings: str) -> str:
    """What rings, where no dialplan runs: it is refused as soon as Asterisk tells, and by then the phone rings, or not yet."""
    return expected if final == "refused" and {*rings.split()} <= {*expected.split()} else rings


def seen_denials(pbx: Pbx, before: int, statuses: dict[str, tuple[str, ...]]) -> list[str]:
    """Each denial is an event and a line of the log, which say the same."""
    seen, lines = [], re.findall(r"callprop/decisions\.c: (Call .*)", pbx.log()[before:])
    for event in pbx.manager.named("CallpropDenial"):
        callback = {"true": ",callback", "false": ""}.get(event["Callback"], f",{event['Callback']}")
        seen.append(f"{event['Extension']}:{event['Required']} {event['Src']}>{event['Dst']},{event['Leg']}{callback}")
        granted = statuses.get(event["Extension"], ())
        in_its_order = [mnemo for mnemo in MNEMOS if mnemo in granted]
        if event["Status"] != status_name(granted) or event["Granted"].split(",") != (in_its_order or [""]):
            seen[-1] += f" (status {event['Status']} that grants {event['Granted']})"
        line = "Call {Linkedid}, {Channel}: extension {Extension}, status '{Status}': {Reason}".format(**event)
        if line not in lines or "Denied: " not in line or not event["Uniqueid"]:
            seen[-1] += f" (not in the log: {line})"
        else:
            lines.remove(line)
    return sorted([*seen, *(f"(only in the log: {line})" for line in lines)])


def measure(pbx: Pbx, folder: Path, row: Row, permitted: bool, lab_of: Callable[[Pbx, Path], AnyLab] = Lab) -> Outcome:
    """One call, with what it should come to and what it came to."""
    statuses = dict.fromkeys(EXTENSIONS, ("all",)) | row.statuses(permitted)
    for extension, granted in statuses.items():
        pbx.set_status(extension, granted)
    pbx.manager.forget()
    before = len(pbx.log())
    expected = row.permitted if permitted else row.denied

    lab = lab_of(pbx, folder)
    lab.expect(*expected)
    try:
        for of in PHONES:
            scenario, keys = row.phones.get(of, ("phone", {}))
            if row.path != "attended transfer" or of != "101":
                lab.phone(of, scenario, **keys)
        for phone in lab.phones.values():
            phone.wait_until_ready()
        try:
            result = row.act(lab)
        except Failed as failure:
            result = f"FAILED: {failure}"
        rings = lab.rang()
    finally:
        lab.end()
    rings = when_refused(*expected, rings)

    denials = [] if permitted else row.denials()

    def seen() -> list[str]:
        everything = seen_denials(pbx, before, statuses)
        return sorted(set(everything)) if row.tried_again else everything

    # Event and log are written by threads of their own.
    until(lambda: seen() == denials)
    return Outcome(row, permitted, summary(*expected, denials), summary(result, rings, seen()))

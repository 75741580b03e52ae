# SPDX-License-Identifier: MIT
"""Statuses × kinds of call, for people and for programs. Every mark is an answer of the library."""

from __future__ import annotations

import json
from collections.abc import Sequence

from . import _abi
from .calls import ALL_CALLS, Call
from .catalogue import list_properties
from .decisions import allows, required
from .properties import Properties
from .statuses import Status

#: The kinds of call: the 27 that can happen, in the order of the manual's table.
KINDS = tuple(call for call in ALL_CALLS if _abi.required(call.facts))

_GREEN, _RED, _BOLD, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[0m"


def single_properties() -> list[Status]:
    """Each property as a status that grants nothing else: their matrix is the whole rule."""
    return [Status(entry.mnemo, entry.name, Properties.parse([entry.mnemo])) for entry in list_properties()]


def matrix_json(statuses: Sequence[Status]) -> str:
    """``{"calls": [{"src", "dst", "leg", "callback", "required"}], "statuses": [{"id", "name", "granted", "permitted"}]}``,
    where ``permitted[i]`` is about ``calls[i]``."""
    calls = [{**_members(call), "required": str(required(call))} for call in KINDS]
    rows = [
        {
            "id": status.id,
            "name": status.name,
            "granted": status.granted.mnemos,
            "permitted": [allows(status.granted, call) for call in KINDS],
        }
        for status in statuses
    ]
    return json.dumps({"calls": calls, "statuses": rows}, indent=1)


def matrix_text(statuses: Sequence[Status], colour: bool) -> str:
    """A line for each kind of call, a column for each status; the statuses' names stand above."""
    width = len(str(len(statuses)))

    def painted(text: str, code: str) -> str:
        return f"{code}{text}{_PLAIN}" if colour else text

    lines = [
        f"{number:>{width}} {painted(printable(status.name), _BOLD)}: {status.granted or 'nothing'}"
        for number, status in enumerate(statuses, 1)
    ]
    head = " ".join(f"{number:>{width}}" for number in range(1, len(statuses) + 1))
    for leg, title in (("src", "our extension makes the call"), ("dst", "our extension is rung")):
        lines += ["", painted(f"{title:40}needs", _BOLD) + f"  {head}"]
        for call in KINDS:
            if call.leg == leg:
                marks = [
                    painted(f"{'+':>{width}}", _GREEN)
                    if allows(status.granted, call)
                    else painted(f"{'-':>{width}}", _RED)
                    for status in statuses
                ]
                kind = f"  {call.src} to {call.dst}{', callback' if call.callback else ''}"
                lines.append(f"{kind:40}{required(call)!s:5}  {' '.join(marks)}")
    return "\n".join(lines)


def printable(text: str) -> str:
    """The text with nothing in it that a terminal would obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _members(call: Call) -> dict[str, object]:
    return {"src": call.src.value, "dst": call.dst.value, "leg": call.leg.value, "callback": call.callback}

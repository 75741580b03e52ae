# SPDX-License-Identifier: MIT
"""Statuses × kinds of call, for people and for programs. Every mark is an answer of the library."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Callable

from . import _abi
from .calls import ALL_CALLS, Call
from .catalogue import list_properties
from .decisions import allows, required
from .output import printable
from .properties import Properties
from .statuses import Status

#: The kinds of call: the 27 that can happen, in the order of the manual's table.
KINDS = tuple(call for call in ALL_CALLS if _abi.required(call.facts))

# Columns of a line for people: the kind of call, and what it needs with the space around.
_LABEL, _NEEDS = 40, 7

_Painted = Callable[[str, str], str]

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


def matrix_text(statuses: Sequence[Status], colour: bool, width: int = 80) -> str:
    """A line for each kind of call, a column for each status; the statuses' names stand above. No line is wider than ``width``, nor need it be
    more than 34: what does not stand side by side follows below, and marks that have no room behind their kind of call stand under it."""

    def painted(text: str, code: str) -> str:
        return f"{code}{text}{_PLAIN}" if colour and text else text

    digits = len(str(len(statuses)))
    lines = [
        line
        for number, status in enumerate(statuses, 1)
        for line in _legend(f"{number:>{digits}} ", status, width, painted)
    ]
    label = _LABEL if width >= _LABEL + _NEEDS + digits else 0
    room = max(1, (width - label - _NEEDS + 1) // (digits + 1))
    for first in range(0, len(statuses), room):
        numbered = [*enumerate(statuses, 1)][first : first + room]
        lines += _page(numbered, digits, label, painted)
    return "\n".join(lines)


def _legend(number: str, status: Status, width: int, painted: _Painted) -> Iterator[str]:
    """A status's name and what it grants, in as many lines as that takes."""
    name = printable(status.name)
    start, before = number, 0
    for part in _cut(f"{name}: {status.granted or 'nothing'}", max(2, width - len(number))):
        in_name = max(0, len(name) - before)
        yield f"{start}{painted(part[:in_name], _BOLD)}{part[in_name:]}"
        start, before = " " * len(number), before + len(part)


def _cut(text: str, width: int) -> Iterator[str]:
    """The text in parts that are no wider than this on a terminal, where some characters are two columns wide, and some none."""
    part, used = "", 0
    for character in text:
        columns = 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used + columns > width:
            yield part
            part, used = "", 0
        part, used = part + character, used + columns
    yield part


def _page(statuses: Sequence[tuple[int, Status]], digits: int, label: int, painted: _Painted) -> Iterator[str]:
    """All kinds of call with some of the statuses: a line for each, or two where there is no room for a label."""
    head = " ".join(f"{number:>{digits}}" for number, _ in statuses)
    marks = {True: painted(f"{'+':>{digits}}", _GREEN), False: painted(f"{'-':>{digits}}", _RED)}
    behind = "" if label else "\n"
    for leg, title in (("src", "our extension makes the call"), ("dst", "our extension is rung")):
        titles = [f"{title:{label}}needs"] if label else [title, "needs"]
        yield ""
        yield behind.join(painted(words, _BOLD) for words in titles) + f"  {head}"
        for call in KINDS:
            if call.leg == leg:
                kind = f"  {call.src} to {call.dst}{', callback' if call.callback else ''}"
                answers = " ".join(marks[allows(status.granted, call)] for _, status in statuses)
                yield f"{kind:<{label}}{behind}{required(call)!s:5}  {answers}"


def _members(call: Call) -> dict[str, object]:
    return {"src": call.src.value, "dst": call.dst.value, "leg": call.leg.value, "callback": call.callback}

# SPDX-License-Identifier: MIT
"""Which column of a CDR is which: Asterisk's ``cdr.csv``, a report of the table, or an export with a header."""

from __future__ import annotations

_MASTER = [
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "uniqueid",
    "userfield",
]
_REPORT = [
    "start",
    "clid",
    "src",
    "dst",
    "dcontext",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "accountcode",
    "uniqueid",
    "userfield",
]
#: Names that a table has for the same.
_ALIASES = {"calldate": "start"}
_NEEDED = ("src", "dst", "channel", "dstchannel", "lastapp", "start")


class Columns:
    """The places of the columns. A record must have as many fields as a header has, and of the other two layouts what counts."""

    def __init__(self, names: list[str], width: int, layout: str) -> None:
        self._places = {_ALIASES.get(name, name): place for place, name in enumerate(names)}
        self._width = width
        self.layout = layout
        self.is_header: bool = layout == "header"

    def wrong(self, fields: list[str]) -> str:
        """What is wrong with the number of fields, or nothing."""
        if self.is_header and len(fields) != self._width:
            return f"{len(fields)} fields; expected {self._width}, as the header has"
        if len(fields) < self._width:
            return f"{len(fields)} fields; expected {self._width} or more, as {self.layout} has: half a line?"
        return ""

    def told(self, fields: list[str]) -> dict[str, str]:
        """The record by names. A database's NULL is nothing."""
        return {
            name: "" if fields[place] == "NULL" else fields[place]
            for name, place in self._places.items()
            if place < len(fields)
        }


def columns_of(fields: list[str]) -> Columns | None:
    """The columns, by the first line that has any; None where this is no CDR."""
    named = [_ALIASES.get(name, name) for name in fields]
    if all(name in named for name in _NEEDED):
        return Columns(fields, len(fields), "header")
    if len(fields) >= 16 and _is_channel(fields[5]) and _is_time(fields[9]):
        return Columns(_MASTER, 16, "cdr.csv")
    if len(fields) >= 16 and _is_channel(fields[5]) and _is_time(fields[0]):
        return Columns(_REPORT, 16, "a report")
    return None


def _is_channel(text: str) -> bool:
    technology, slash, name = text.partition("/")
    return bool(technology and slash and "-" in name)


def _is_time(text: str) -> bool:
    return len(text) >= 14 and text[:1].isdigit() and text.count(":") == 2

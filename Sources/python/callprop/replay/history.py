# SPDX-License-Identifier: MIT
"""Which status each extension had, and when: from the Asterisk module's history, from the vendor's events, or from ``callprop.conf`` alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .lines import fields_of, lines_of
from .office import Office
from .part import Refused
from .reading import Reading
from .times import FIRST


class Change(NamedTuple):
    """From ``time`` on the extension has ``status``; None: it has none. Of two at the same time the higher sequence counts."""

    extension: str
    status: str | None
    granted: str | None  #: what it grants, where the history says so
    time: int
    sequence: int


#: The columns of the Asterisk module's file that a change needs, and those that a denial has.
HISTORY = ("time", "sequence", "event", "extension", "from", "to")
DENIAL = ("status", "src", "dst", "leg", "callback")
_VENDOR = ("extension_id", "old_status_id", "new_status_id", "change_dt")


def read_history(path: Path, reading: Reading, client: str = "") -> list[Change]:
    """The changes of a file, in the Asterisk module's format or as lines, or a list, of the vendor's events ``call-status-change``."""
    lines = lines_of(path, reading.findings, reading.encoding)
    first = next(lines, None)
    if first is None:
        raise Refused(f"{path}: there is no line of text in it")
    header = fields_of(first[1]) or []
    if {*HISTORY} <= {*header}:
        if len({*header}) != len(header):
            raise Refused(f"{path}: history: a column is there twice")
        changes = [*_of_asterisk(path, header, lines, reading, client)]
    elif first[1].lstrip()[:1] in ("{", "["):
        changes = [*_of_vendor(path, _events(path, [first, *lines], reading), reading)]
    else:
        raise Refused(
            f"{path}: no history; expected a header with {', '.join(HISTORY)}, or events with {', '.join(_VENDOR)}"
        )
    if not changes:
        raise Refused(f"{path}: there is no change of a status in it{f' for client {client}' if client else ''}")
    return changes


def of_office(office: Office, reading: Reading) -> list[Change]:
    """As though each extension had always had the status that the file gives it."""
    return [
        Change(reading.redaction.number(extension), status or office.default or None, None, FIRST, 0)
        for extension, status in office.extensions.items()
    ]


def _of_asterisk(
    path: Path, header: list[str], lines: Iterable[tuple[int, str]], reading: Reading, client: str
) -> Iterator[Change]:
    seen: dict[str, None] = {}
    for line, text in lines:
        fields = fields_of(text)
        if fields is None or len(fields) != len(header):
            reading.findings.damage(
                path.name, line, f"history: not the {len(header)} fields of the header: half a line?"
            )
            continue
        told = dict(zip(header, fields))
        event = told["event"]
        if event == "lost":
            reading.findings.notice("history: rows are lost there, and statuses may be wrong behind it")
        if event not in ("begin", "change", "end", "stop") or (event != "stop" and told.get("client", "") != client):
            continue
        time = reading.clock.microseconds(told["time"])[0]
        if time is None or not _is_number(told["sequence"]):
            reading.findings.damage(path.name, line, "history: no time or sequence")
            continue
        sequence = int(told["sequence"])
        if event == "stop":
            # From here on nobody knows, until the module begins again.
            yield from (Change(extension, None, None, time, sequence) for extension in seen)
            continue
        extension = reading.redaction.number(told["extension"])
        if event == "change" and extension not in seen and told["from"]:
            yield Change(extension, told["from"], None, FIRST, -1)
        seen[extension] = None
        ended = event == "end"
        yield Change(extension, None if ended else told["to"], None if ended else told.get("granted"), time, sequence)


def _events(path: Path, lines: Iterable[tuple[int, str]], reading: Reading) -> Iterator[tuple[int, Any]]:
    """The events of JSON Lines, or of one list."""
    lines = list(lines)
    if lines[0][1].lstrip().startswith("["):
        try:
            listed = json.loads("\n".join(text for _, text in lines))
        except (ValueError, RecursionError) as problem:
            raise Refused(f"{path}: {problem}") from None
        yield from enumerate(listed, 1)
        return
    for line, text in lines:
        try:
            yield line, json.loads(text)
        except (ValueError, RecursionError):
            reading.findings.damage(path.name, line, "history: no JSON: half a line?")


def _of_vendor(path: Path, events: Iterable[tuple[int, Any]], reading: Reading) -> Iterator[Change]:
    first: dict[str, tuple[int, Any]] = {}
    for sequence, (line, event) in enumerate(events):
        told = _inner(event)
        time = reading.clock.microseconds(str(told["change_dt"]))[0] if told else None
        if told is None or time is None:
            reading.findings.damage(path.name, line, f"history: no event with {', '.join(_VENDOR)}, or no time in it")
            continue
        extension = reading.redaction.number(str(told["extension_id"]))
        if extension not in first or time < first[extension][0]:
            first[extension] = time, told["old_status_id"]
        yield Change(extension, _id(told["new_status_id"]), None, time, sequence)
    # What it had before its first event, which that event tells.
    for extension, (_, old) in first.items():
        yield Change(extension, _id(old), None, FIRST, -1)


def _inner(event: Any) -> dict[str, Any] | None:
    """The event itself, also where it is wrapped once: ``{"event": …, "data": {…}}``."""
    if not isinstance(event, dict):
        return None
    for told in (event, *event.values()):
        if isinstance(told, dict) and all(name in told for name in _VENDOR):
            return told
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _id(value: Any) -> str | None:
    return None if value is None else str(value)

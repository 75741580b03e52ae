#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which calls of an office's day did the statuses let through, and why not the rest?

    office_day.py statuses.json calls.csv

statuses.json is what a PBX's API answers; a line of calls.csv is one extension in one call. Prints the same bytes as
``office-day``, the C program.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

try:
    import callprop
    from callprop import Call, ErrorCode, Properties
except ImportError as problem:
    print(f"office_day.py: {problem}", file=sys.stderr)
    sys.exit(2)

HEADER = "time,extension,status,what,src,dst,leg,callback"
# The C program has fixed room for each field, and so these limits.
LINE = re.compile(r'([0-9:]{1,5}),([^,"\0]{1,39}),([^,"\0]{1,23}),([^,"\0]{1,79})' + r',([^,"\0]{1,15})' * 4)

INDENT, WIDTH = 16, 110


class OfficeError(Exception):
    """The data are no good; the text says where and why."""


@dataclass(frozen=True)
class Status:
    """A status of statuses.json."""

    index: int
    name: str
    granted: Properties


@dataclass(frozen=True)
class Row:
    """A line of calls.csv."""

    time: str
    extension: str
    status: Status
    what: str
    call: Call | None  # None: the call cannot happen, and error says why
    error: str


def unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, refused when a key is there twice: json would silently take the last one."""
    result = dict(members)
    if len(result) < len(members):
        raise ValueError("an object has the same key twice")
    return result


def read_statuses(path: str) -> dict[str, Status]:
    """The statuses by id. The ids are text, which is how calls.csv names them."""
    with open(path, encoding="utf-8") as file:
        try:
            document = json.load(file, object_pairs_hook=unique)
        except json.JSONDecodeError as error:
            raise OfficeError(f"{path}:{error.lineno}: {error.msg}") from None
        except (ValueError, RecursionError) as error:
            raise OfficeError(f"{path}: {error}") from None
    objects = document.get("statuses") if isinstance(document, dict) else None
    if not isinstance(objects, list):
        raise OfficeError(f"{path}: expected an object with an array named statuses")

    statuses: dict[str, Status] = {}
    for index, item in enumerate(objects):
        place = f"{path}: statuses[{index}]"
        # type(), not isinstance(): True is an int to the latter.
        if not isinstance(item, dict) or type(item.get("id")) is not int or not isinstance(item.get("name"), str):
            raise OfficeError(f"{place}: expected an object with an integer id and a string name")
        if str(item["id"]) in statuses:
            raise OfficeError(f"{place}: another status has the same id")
        try:
            # The object goes on as it came: callprop finds its property_list, and ignores the other members.
            granted = Properties.parse(item)
        except callprop.Error as error:
            raise OfficeError(f"{place}: {error.text}") from None
        statuses[str(item["id"])] = Status(index, item["name"], granted)
    return statuses


def read_row(line: str, statuses: dict[str, Status]) -> Row:
    """One line of calls.csv."""
    match = LINE.fullmatch(line)
    if match is None:
        raise OfficeError("expected eight short fields without quotes, the first a time like 08:05")
    time, extension, status_id, what, src, dst, leg, callback = match.groups()
    if status_id not in statuses:
        raise OfficeError(f'no status has the id "{status_id}"')

    # No field holds a comma, so that none can bring in a key of its own.
    call, reason = None, ""
    try:
        call = Call.parse(f"src={src},dst={dst},leg={leg},callback={callback}")
    except callprop.Error as error:
        if error.code != ErrorCode.CALL:
            raise OfficeError(error.text) from None
        reason = error.text
    return Row(time, extension, statuses[status_id], what, call, reason)


def end_cut(line: str) -> str:
    """A line without its end, LF or CR LF."""
    return line.removesuffix("\n").removesuffix("\r")


def read_calls(path: str, statuses: dict[str, Status]) -> list[Row]:
    """The calls, in the order of the file."""
    rows: list[Row] = []
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        if end_cut(file.readline()) != HEADER:
            raise OfficeError(f"{path}:1: expected the header {HEADER}")
        for number, line in enumerate(file, 2):
            try:
                rows.append(read_row(end_cut(line), statuses))
            except OfficeError as error:
                raise OfficeError(f"{path}:{number}: {error}") from None
    return rows


def decide(row: Row) -> tuple[str, str]:
    """The answer, and what it rests on."""
    if row.call is None:
        return "error", row.error
    decision = callprop.explain(row.status.granted, row.call)
    if decision:
        return "yes", f"permitted by {decision.matched}"
    return "no", decision.reason


def wrap(prefix: str, text: str) -> str:
    """The text after a prefix of INDENT columns, going on under its first word. Tabs and hyphens are left alone."""
    lines = [prefix]
    for word in filter(None, text.split(" ")):
        gap = " " if len(lines[-1]) > INDENT else ""
        if gap and len(lines[-1]) + len(gap) + len(word) > WIDTH:
            lines.append(" " * INDENT)
            gap = ""
        lines[-1] += gap + word
    return "\n".join(lines)


def report(rows: list[Row]) -> Iterator[str]:
    """The lines of the report."""
    answers: Counter[str] = Counter()
    # Sorting is stable: the calls of one status stay as they came.
    rows = sorted(rows, key=lambda row: (row.extension, row.status.index))
    for (extension, status), group in itertools.groupby(rows, lambda row: (row.extension, row.status)):
        yield f'{extension}, status "{status.name}", grants {status.granted or "nothing"}'
        for row in group:
            answer, why = decide(row)
            answers[answer] += 1
            yield wrap(f"  {row.time:>5}  {answer:5}  ", f"{row.what} - {why}")
    yield f"{len(rows)} calls: {answers['yes']} let through, {answers['no']} not, {answers['error']} cannot happen"


def main() -> int:
    """Reads all, and then prints, so that a mistake in the data never leaves half a report."""
    if len(sys.argv) != 3:
        print("usage: office_day.py statuses.json calls.csv", file=sys.stderr)
        return 2
    try:
        text = "\n".join(report(read_calls(sys.argv[2], read_statuses(sys.argv[1])))) + "\n"
        # Not print(), which would find a full disk when Python is already on its way out.
        with open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False) as stdout:
            stdout.write(text)
    except (OfficeError, callprop.Error) as error:
        print(f"office_day.py: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        place = error.filename if isinstance(error.filename, str) else "standard output"
        print(f"office_day.py: {place}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

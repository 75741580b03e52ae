# SPDX-License-Identifier: MIT
"""Statuses, read from a file as the PBX's REST API answers it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ._text import quoted
from .errors import Error, ErrorCode
from .properties import Properties


class StatusError(ValueError):
    """The file holds no statuses; the text says where and why."""


class NewerStatusError(StatusError):
    """A mnemo is no property that this library knows. Where the API is newer, that can be read without it."""


@dataclass(frozen=True)
class Status:
    """A named set of properties."""

    id: str
    name: str
    granted: Properties
    unknown: str = ""  #: what was not understood of its property_list, where that may be of a newer API; else empty


#: How deep a list of statuses may stand in other objects.
DEEPEST = 8

#: The members of a status that count. Whatever else the PBX tells of it (create_dt, dealer_id, extra_params) is ignored.
MEMBERS = ("id", "name", "property_list")


def read_statuses(text: str | bytes, known: bool = False) -> list[Status]:
    """The statuses of a JSON document: a list of them, one status, or an object in which one list of them stands, however it is
    named and however deep: ``{"statuses": [...]}``, ``{"data": {"items": [...]}}``.

    A status is an object with a ``property_list``, an ``id`` and a ``name``; of the latter two one may be missing. Other members are
    ignored. Raises :class:`StatusError`: of one status that cannot be read, the others would be answers about something else.

    A mnemo that is no property is refused. With ``known`` it grants nothing, and the status says so in ``unknown``: for an API that may be
    newer than this library.

    >>> read_statuses('[{"id": 2, "name": "Lunch", "property_list": ["li"]}]')
    [Status(id='2', name='Lunch', granted=<Properties.LI: 4>, unknown='')]
    """
    try:
        # json takes the mark in front of bytes alone.
        document = json.loads(
            text[1:] if isinstance(text, str) and text.startswith("\ufeff") else text,
            object_pairs_hook=_Object,
            parse_int=_number,
        )
    except json.JSONDecodeError as problem:
        raise StatusError(f"line {problem.lineno}: {problem.msg}") from None
    except (ValueError, RecursionError) as problem:
        raise StatusError(str(problem)) from None
    if _is_status(document):
        return [_status("status", document, known)]
    place, entries = ("statuses", document) if isinstance(document, list) else _only_list(document)
    return [_status(f"{place}[{index}]", entry, known) for index, entry in enumerate(entries)]


class _Object(dict[str, Any]):
    """A JSON object. json would silently take the last of two property lists; what is told twice and ignored does no harm."""

    def __init__(self, members: list[tuple[str, Any]]) -> None:
        super().__init__(members)
        told = Counter(name for name, _ in members) if len(self) < len(members) else {}
        self.told_twice = {name for name, times in told.items() if times > 1}


def _number(digits: str) -> float:
    """A JSON integer. Python refuses to read one of thousands of digits, which nothing here needs to be read."""
    return int(digits) if len(digits) < 100 else float("inf")


def _is_status(entry: Any) -> bool:
    return isinstance(entry, dict) and "property_list" in entry


def _only_list(document: Any) -> tuple[str, list[Any]]:
    """The one list of statuses in an object, and where it stands. Of two, one would be a guess."""
    wanted = "expected a list of statuses, an object with one such list in it, or one status"
    if not isinstance(document, _Object):
        raise StatusError(wanted)
    lists, single = [], []
    for place, value in _members("", document, DEEPEST):
        if isinstance(value, list):
            lists.append((place, value))
        elif _is_status(value):
            single.append((place, [value]))
    # A list called statuses is what it says, and one with a status in it is one too, whatever else stands there: that is then refused.
    of_statuses = [(place, entries) for place, entries in lists if any(map(_is_status, entries))]
    found = [entry for entry in lists if entry[0] == "statuses"] or of_statuses or single or lists
    if len(found) == 1:
        return found[0]
    places = ", ".join(quoted(place) for place, _ in found[:5]) + (", ..." if len(found) > 5 else "")
    raise StatusError(f"{wanted}; this object has {f'several: {places}' if found else 'none'}")


def _members(place: str, envelope: _Object, depth: int) -> Iterator[tuple[str, Any]]:
    """The members of an object and of the objects in it, with their places, but for those of a status."""
    if envelope.told_twice:
        raise StatusError(f"an object has the same key twice: {quoted(min(envelope.told_twice))}")
    for name, value in envelope.items():
        inside = f"{place}.{name}" if place else name
        yield inside, value
        if isinstance(value, _Object) and depth and not _is_status(value):
            yield from _members(inside, value, depth - 1)


def _status(place: str, entry: Any, known: bool) -> Status:
    if not isinstance(entry, _Object):
        raise StatusError(f"{place}: expected an object")
    if twice := entry.told_twice.intersection(MEMBERS):
        raise StatusError(f"{place}: an object has the same key twice: {quoted(min(twice))}")
    number, name = entry.get("id"), entry.get("name")
    # type(), not isinstance(): True is an int to the latter.
    if type(number) not in (int, str, type(None)) or not isinstance(name, (str, type(None))) or number is name is None:
        raise StatusError(f"{place}: expected an id, a name, or both")
    unknown = None
    try:
        if known:
            granted, unknown = Properties.parse_known(entry)
        else:
            granted = Properties.parse(entry)
    except Error as problem:
        kind = NewerStatusError if problem.code is ErrorCode.PROPERTY else StatusError
        raise kind(f"{place}: {problem.text}") from None
    identity = "" if number is None else str(number)
    return Status(identity, identity if name is None else name, granted, f"{place}: {unknown.text}" if unknown else "")

# SPDX-License-Identifier: MIT
"""Statuses, read from a file as the PBX's REST API answers it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ._text import quoted
from .catalogue import list_properties
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


EXPECTED = "expected a list of statuses, an object with one such list in it, or one status"

#: Lists of these names tell what happened; an empty one says nothing of statuses.
REMARKS = ("errors", "error", "warnings", "messages", "links", "_links")

#: And of these, one of objects that can be no statuses.
LINKS = ("links", "_links")

#: What a status is known by, and its property list. The members of it that count: whatever else the PBX tells of it (create_dt, dealer_id,
#: extra_params) is ignored.
MEMBERS = ("id", "name", "property_list")

#: What statuses are usually called in an answer: ``null`` there is a list of none.
NAMES = ("statuses", "status", "data", "items", "results", "result")

#: How deep a list of statuses may stand in other objects.
DEEPEST = 8


def read_statuses(text: str | bytes, known: bool = False) -> list[Status]:
    """The statuses of a JSON document: a list of them, one status, or an object in which one list of them stands, however it is
    named and however deep: ``{"statuses": [...]}``, ``{"data": {"items": [...]}}``.

    A status is an object with a ``property_list``, an ``id`` and a ``name``; of the latter two one may be missing. Other members are
    ignored. A list at ``statuses`` is what it says; otherwise, where several members may hold the statuses, an empty list and ``null`` included,
    none is taken. What has neither id nor name nor property_list, such as links, can be no status. Raises :class:`StatusError`: of one status that cannot be read, the others would be answers about something else.

    A mnemo that is no property is refused. With ``known`` it grants nothing, and the status says so in ``unknown``: for an API that may be
    newer than this library.

    >>> read_statuses('[{"id": 2, "name": "Lunch", "property_list": ["li"]}]')
    [Status(id='2', name='Lunch', granted=<Properties.LI: 4>, unknown='')]
    """
    if not isinstance(text, (str, bytes, bytearray)):
        raise TypeError(
            f"text: expected JSON as str or bytes, such as the body of the API's answer, not {type(text).__name__}"
        )
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


def _may_be_status(entry: Any, is_called_so: bool) -> bool:
    return isinstance(entry, dict) and (is_called_so or not entry or any(name in entry for name in MEMBERS))


def _only_list(document: Any) -> tuple[str, list[Any]]:
    """The one list of statuses in an object, and where it stands. Of two, one would be a guess."""
    if not isinstance(document, _Object):
        raise StatusError(EXPECTED)
    lists: list[tuple[str, list[Any]]] = []
    single: list[tuple[str, list[Any]]] = []
    for place, value in _members("", document, DEEPEST):
        name = place.rpartition(".")[2]
        if isinstance(value, list):
            is_remark = (
                name in REMARKS if not value else name in LINKS and not any(_may_be_status(e, False) for e in value)
            )
            if not is_remark:
                lists.append((place, value))
        elif value is None and name in NAMES:
            lists.append((place, []))  # there are none
        elif _is_status(value):
            single.append((place, [value]))
    # Where a list has a status in it, lists of what can be none (names, numbers, links) are not meant. An empty one may be: its statuses are none,
    # and those of another list, or one that stands alone ("default"), would be an answer about something else. So may one of empty objects, and
    # any objects under a name that statuses have.
    may_be = [
        (place, entries)
        for place, entries in lists
        if not entries or any(_may_be_status(entry, place.rpartition(".")[2] in NAMES) for entry in entries)
    ]
    has_statuses = any(_is_status(entry) for _, entries in lists for entry in entries)
    found = [entry for entry in lists if entry[0] == "statuses"] or (may_be if has_statuses else lists + single)
    if len(found) == 1:
        return found[0]
    places = ", ".join(quoted(place) for place, _ in found[:5]) + (", ..." if len(found) > 5 else "")
    raise StatusError(f"{EXPECTED}; this object has {f'several: {places}' if found else 'none'}")


def _members(place: str, envelope: _Object, depth: int) -> Iterator[tuple[str, Any]]:
    """The members of an object and of the objects in it, with their places, but for those of a status."""
    if envelope.told_twice:
        raise StatusError(f"an object has the same key twice: {quoted(min(envelope.told_twice))}")
    for name, value in envelope.items():
        inside = f"{place}.{name}" if place else name
        yield inside, value
        if isinstance(value, _Object) and not _is_status(value):
            if not depth:
                raise StatusError(f"{EXPECTED}; this one is nested over {DEEPEST} deep")
            yield from _members(inside, value, depth - 1)


def parse_known(granted: Any) -> tuple[Properties, Error | None]:
    """As :meth:`Properties.parse_known`, but a mnemo that is no word of a newer API, but one of ours, written otherwise, or empty, is refused."""
    found, unknown = Properties.parse_known(granted)
    if unknown is not None:
        ours = {entry.mnemo for entry in list_properties()}
        for word in _words(granted):
            if word not in ours and word.strip().lower() in {*ours, ""}:
                Properties.parse([word])  # raises
    return found, unknown


def _words(granted: Any) -> list[str]:
    """The mnemos of what was understood."""
    if isinstance(granted, (str, bytes)):
        text = granted if isinstance(granted, str) else granted.decode()
        text = text.removeprefix("\ufeff")
        if text.lstrip(" \t\r\n")[:1] not in ("[", "{"):
            return [word.strip(" \t\r\n") for word in text.split(",")]
        granted = json.loads(text, parse_int=_number)
    words = granted["property_list"] if isinstance(granted, dict) else granted
    return [word for word in words if isinstance(word, str)]


def _may_be_newer(problem: Error, granted: Any) -> bool:
    """Is --known of use? What it refuses as well, such as ALL, is no word of a newer API."""
    try:
        return problem.code is ErrorCode.PROPERTY and parse_known(granted)[1] is not None
    except Error:
        return False


def _status(place: str, entry: Any, known: bool) -> Status:
    if not isinstance(entry, _Object):
        raise StatusError(f"{place}: expected an object")
    if twice := entry.told_twice.intersection(MEMBERS):
        raise StatusError(f"{place}: an object has the same key twice: {quoted(min(twice))}")
    number, name = entry.get("id"), entry.get("name")
    # type(), not isinstance(): True is an int to the latter.
    if type(number) not in (int, str, type(None)) or not isinstance(name, (str, type(None))) or number is name is None:
        raise StatusError(f"{place}: expected an id, a name, or both")
    try:
        granted, unknown = parse_known(entry) if known else (Properties.parse(entry), None)
    except Error as problem:
        kind = NewerStatusError if not known and _may_be_newer(problem, entry) else StatusError
        raise kind(f"{place}: {problem.text}") from None
    identity = "" if number is None else str(number)
    return Status(identity, identity if name is None else name, granted, f"{place}: {unknown.text}" if unknown else "")

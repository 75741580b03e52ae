# SPDX-License-Identifier: MIT
"""Statuses, read from a file as the PBX's REST API answers it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .errors import Error
from .properties import Properties


class StatusError(ValueError):
    """The file holds no statuses; the text says where and why."""


@dataclass(frozen=True)
class Status:
    """A named set of properties."""

    id: str
    name: str
    granted: Properties


def read_statuses(text: str | bytes) -> list[Status]:
    """The statuses of a JSON document: ``{"statuses": [...]}``, such a list alone, or one status.

    A status is an object with a ``property_list``, an ``id`` and a ``name``; of the latter two one may be missing. Other members are
    ignored. Raises :class:`StatusError`: of one status that cannot be read, the others would be answers about something else.

    >>> read_statuses('[{"id": 2, "name": "Lunch", "property_list": ["li"]}]')
    [Status(id='2', name='Lunch', granted=<Properties.LI: 4>)]
    """
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as problem:
        raise StatusError(f"line {problem.lineno}: {problem.msg}") from None
    except (ValueError, RecursionError) as problem:
        raise StatusError(str(problem)) from None
    if isinstance(document, dict) and "property_list" in document:
        return [_status("status", document)]
    entries = document.get("statuses") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise StatusError("expected a list of statuses, an object with such a list as statuses, or one status")
    return [_status(f"statuses[{index}]", entry) for index, entry in enumerate(entries)]


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    # json would silently take the last of two property lists.
    result = dict(members)
    if len(result) < len(members):
        raise ValueError("an object has the same key twice")
    return result


def _status(place: str, entry: Any) -> Status:
    if not isinstance(entry, dict):
        raise StatusError(f"{place}: expected an object")
    number, name = entry.get("id"), entry.get("name")
    # type(), not isinstance(): True is an int to the latter.
    if type(number) not in (int, str, type(None)) or not isinstance(name, (str, type(None))) or number is name is None:
        raise StatusError(f"{place}: expected an id, a name, or both")
    try:
        granted = Properties.parse(entry)
    except Error as problem:
        raise StatusError(f"{place}: {problem.text}") from None
    identity = "" if number is None else str(number)
    return Status(identity, identity if name is None else name, granted)

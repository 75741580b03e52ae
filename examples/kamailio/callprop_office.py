# SPDX-License-Identifier: MIT
"""Reads who has which status, and what the numbers mean: statuses.json and office.json.

One mistake refuses both files, and Kamailio does not start. Text becomes sets of properties here, and the reasons for all denials
are written, before Kamailio forks its workers.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import callprop_ctypes as callprop

EXTENSION, EXTERNAL, QUEUE, IVR = "extension", "external", "queue", "ivr"


class ConfigError(Exception):
    """A file is no good; the text says which, where and why."""


@dataclass(frozen=True)
class Status:
    """A status, compiled: the set, and for each call that the set does not let through the reason why."""

    name: str
    granted: int
    reasons: dict[str, str]


@dataclass(frozen=True)
class Office:
    """Who has which status, and what the numbers mean."""

    extensions: dict[str, int]
    parties: dict[str, str]
    emergency: frozenset[str]
    outside: re.Pattern[str]
    trunk: str
    pbx: str


def facts(src: str, dst: str, leg: str, callback: str = "false") -> str:
    """A call's key in CALLS, which is also how the library and the PBX's header spell it."""
    return f"src={src},dst={dst},leg={leg},callback={callback}"


def calls_that_can_happen() -> dict[str, callprop.CpCall]:
    """Each call by its facts. The library says which of the 64 can happen."""
    calls = {}
    parties = (EXTENSION, EXTERNAL, QUEUE, IVR)
    for four in itertools.product(parties, parties, ("src", "dst"), ("false", "true")):
        try:
            calls[facts(*four)] = callprop.parse_call(facts(*four))
        except callprop.CallpropError as error:
            if error.code != callprop.CP_ERROR_CALL:
                raise
    return calls


def unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, refused when a key is there twice: json would silently take the last one."""
    result = dict(members)
    if len(result) < len(members):
        raise ValueError("an object has the same key twice")
    return result


def read_object(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes(), object_pairs_hook=unique)
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: {error}") from None
    if not isinstance(document, dict):
        raise ConfigError(f"{path}: expected a JSON object")
    return document


def compile_status(item: dict[str, Any], calls: dict[str, callprop.CpCall]) -> Status:
    # The object goes on as it came: callprop finds its property_list, and ignores the other members.
    granted = callprop.parse_properties(json.dumps(item))
    spelled = callprop.format_properties(granted)
    denied = [text for text, call in calls.items() if not callprop.permits(granted, call)]
    return Status(
        item["name"], granted, {text: json.loads(callprop.explain(spelled, text))["reason"] for text in denied}
    )


def read_statuses(path: Path, calls: dict[str, callprop.CpCall]) -> dict[int, Status]:
    """The statuses by id. One bad status refuses the file: half of the statuses would be a surprise in the call path."""
    items = read_object(path).get("statuses")
    if not isinstance(items, list):
        raise ConfigError(f"{path}: expected an array named statuses")
    statuses: dict[int, Status] = {}
    for index, item in enumerate(items):
        place = f"{path}: statuses[{index}]"
        # type(), not isinstance(): True is an int to the latter.
        if not isinstance(item, dict) or type(item.get("id")) is not int or not isinstance(item.get("name"), str):
            raise ConfigError(f"{place}: expected an object with an integer id and a string name")
        if item["id"] in statuses:
            raise ConfigError(f"{place}: another status has the id {item['id']}")
        try:
            statuses[item["id"]] = compile_status(item, calls)
        except callprop.CallpropError as error:
            raise ConfigError(f"{place}: {error.text}") from None
    return statuses


def read_office(path: Path, statuses: dict[int, Status]) -> Office:
    office = read_object(path)
    kinds = {
        "extensions": dict,
        "queues": list,
        "menus": list,
        "emergency": list,
        "outside": str,
        "trunk": str,
        "pbx": str,
    }
    if set(office) != set(kinds):
        raise ConfigError(f"{path}: expected exactly {', '.join(kinds)}")
    for key, kind in kinds.items():
        if not isinstance(office[key], kind):
            raise ConfigError(f"{path}: {key} has the wrong type")
    for extension, status in office["extensions"].items():
        if type(status) is not int or status not in statuses:
            raise ConfigError(f"{path}: extension {extension}: no status has the id {status!r}")
    parties = parties_of(path, office)
    return Office(
        office["extensions"],
        parties,
        emergency_numbers(path, office, parties),
        outside_numbers(path, office),
        office["trunk"],
        office["pbx"],
    )


def parties_of(path: Path, office: dict[str, Any]) -> dict[str, str]:
    """What stands behind each number inside the client."""
    numbers = [(number, EXTENSION) for number in office["extensions"]]
    numbers += [(number, QUEUE) for number in office["queues"]]
    numbers += [(number, IVR) for number in office["menus"]]
    parties: dict[str, str] = {}
    for number, party in numbers:
        if not isinstance(number, str) or number in parties:
            raise ConfigError(f"{path}: {number!r} is there twice, or no text")
        parties[number] = party
    return parties


def emergency_numbers(path: Path, office: dict[str, Any], parties: dict[str, str]) -> frozenset[str]:
    for number in office["emergency"]:
        if not isinstance(number, str) or not re.fullmatch("[0-9*#+]+", number):
            raise ConfigError(f"{path}: emergency: {number!r} is no number")
        if number in parties:
            raise ConfigError(f"{path}: emergency: {number!r} is an {parties[number]}")
    return frozenset(office["emergency"])


def outside_numbers(path: Path, office: dict[str, Any]) -> re.Pattern[str]:
    try:
        return re.compile(office["outside"])
    except re.error as error:
        raise ConfigError(f"{path}: outside: {error}") from None

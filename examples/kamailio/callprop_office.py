# SPDX-License-Identifier: MIT
"""Reads who has which status, and what the numbers of each client mean: statuses.json and office.json.

One mistake refuses both files, and Kamailio does not start. Text becomes sets of properties here, and the reasons for all denials
are written, before Kamailio forks its workers.

office.json is one client, or several by their domains:

    {"clients": {"acme.example": {"extensions": …, "queues": …, …}, "beta.example": {…}}, "emergency": …, "outside": …, "trunk": …, "pbx": …}

What stands beside "clients" is everybody's, and a client may have its own instead; its emergency numbers and statuses come in addition.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import callprop

EXTENSION, EXTERNAL, QUEUE, IVR = "extension", "external", "queue", "ivr"

# What an office says, and of what kind it is. What is optional has a value here.
KINDS = {
    "extensions": dict,
    "queues": list,
    "menus": list,
    "emergency": list,
    "outside": str,
    "trunk": str,
    "pbx": str,
}
OPTIONAL: dict[str, Any] = {"phones": {}, "statuses": []}
OF_ALL = ("emergency", "outside", "trunk", "pbx")
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class ConfigError(Exception):
    """A file is no good; the text says which, where and why."""


@dataclass(frozen=True)
class Status:
    """A status, compiled: the set, and for each call that the set does not let through the reason why."""

    name: str
    granted: callprop.Properties
    reasons: dict[str, str]


@dataclass(frozen=True)
class Office:
    """A client: who has which status, and what its numbers mean. Without a name it is the only one."""

    name: str
    extensions: dict[str, int]
    phones: dict[str, str]
    parties: dict[str, str]
    statuses: dict[int, Status]
    emergency: frozenset[str]
    outside: re.Pattern[str]
    trunk: str
    pbx: str

    def party(self, number: str) -> str | None:
        """What was dialled; None when the number means nothing here."""
        party = self.parties.get(number)
        return EXTERNAL if party is None and self.outside.fullmatch(number) else party

    def whole(self, extension: str) -> str:
        """The name of an extension: the same number may be another's in each client."""
        return f"{extension}@{self.name}" if self.name else extension

    def extension_of(self, phone: str) -> str | None:
        """Whose phone this is. An extension has the phone of its own number, unless that is somebody else's, and others."""
        return self.phones.get(phone) or (phone if phone in self.extensions else None)


def facts(src: str, dst: str, leg: str, callback: str = "false") -> str:
    """A call's key, which is also how the library and the PBX's header spell it."""
    return f"src={src},dst={dst},leg={leg},callback={callback}"


def calls_that_can_happen() -> dict[str, callprop.Call]:
    """Each call by its facts. The library says which can happen."""
    calls = (callprop.Call(kind["src"], kind["dst"], kind["leg"], kind["callback"]) for kind in callprop.kinds())
    return {str(call): call for call in calls}


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


def compile_status(item: dict[str, Any], calls: dict[str, callprop.Call]) -> Status:
    # The object goes on as it came: callprop finds its property_list, and ignores the other members.
    granted = callprop.Properties.parse(json.dumps(item))
    denied = [text for text, call in calls.items() if not callprop.allows(granted, call)]
    return Status(item["name"], granted, {text: callprop.reason(granted, calls[text]) for text in denied})


def read_statuses(place: str, items: Any, calls: dict[str, callprop.Call]) -> dict[int, Status]:
    """The statuses by id. One bad status refuses the file: half of the statuses would be a surprise in the call path."""
    if not isinstance(items, list):
        raise ConfigError(f"{place}: expected an array named statuses")
    statuses: dict[int, Status] = {}
    for index, item in enumerate(items):
        where = f"{place}: statuses[{index}]"
        # type(), not isinstance(): True is an int to the latter.
        if not isinstance(item, dict) or type(item.get("id")) is not int or not isinstance(item.get("name"), str):
            raise ConfigError(f"{where}: expected an object with an integer id and a string name")
        if item["id"] in statuses:
            raise ConfigError(f"{where}: another status has the id {item['id']}")
        try:
            statuses[item["id"]] = compile_status(item, calls)
        except callprop.Error as error:
            raise ConfigError(f"{where}: {error}") from None
    return statuses


def read_offices(folder: Path, calls: dict[str, callprop.Call]) -> dict[str, Office]:
    """The clients by their domains. A file without clients is one, whose name is empty."""
    of_all = read_statuses(str(folder / "statuses.json"), read_object(folder / "statuses.json").get("statuses"), calls)
    path = folder / "office.json"
    document = read_object(path)
    if "clients" not in document:
        return {"": read_office(str(path), "", document, of_all, calls)}
    clients = document.pop("clients")
    if not isinstance(clients, dict) or not clients or set(document) - set(OF_ALL):
        raise ConfigError(
            f"{path}: expected clients by their domains, and beside them no more than {', '.join(OF_ALL)}"
        )
    offices = {}
    for domain, own in clients.items():
        if not DOMAIN.fullmatch(domain) or not isinstance(own, dict):
            raise ConfigError(f"{path}: client {domain!r}: expected a domain in small letters, and an object")
        offices[domain] = read_office(f"{path}: {domain}", domain, merged(document, own), of_all, calls)
    return offices


def merged(of_all: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A client's own come instead of everybody's; its emergency numbers in addition."""
    both = [of_all.get("emergency", []), own.get("emergency", [])]
    if all(isinstance(numbers, list) for numbers in both):
        return {**of_all, **own, "emergency": both[0] + both[1]}
    return {**of_all, **own}


def read_office(
    place: str, name: str, office: dict[str, Any], of_all: dict[int, Status], calls: dict[str, callprop.Call]
) -> Office:
    office = {**OPTIONAL, **office}
    kinds = {**KINDS, **{key: type(value) for key, value in OPTIONAL.items()}}
    if set(office) != set(kinds):
        raise ConfigError(f"{place}: expected exactly {', '.join(KINDS)}, and perhaps {', '.join(OPTIONAL)}")
    for key, kind in kinds.items():
        if not isinstance(office[key], kind):
            raise ConfigError(f"{place}: {key} has the wrong type")
    statuses = {**of_all, **read_statuses(place, office["statuses"], calls)}
    for extension, status in office["extensions"].items():
        if type(status) is not int or status not in statuses:
            raise ConfigError(f"{place}: extension {extension}: no status has the id {status!r}")
    for phone, extension in office["phones"].items():
        if extension not in office["extensions"]:
            raise ConfigError(f"{place}: phone {phone}: there is no extension {extension!r}")
    parties = parties_of(place, office)
    return Office(
        name,
        office["extensions"],
        office["phones"],
        parties,
        statuses,
        emergency_numbers(place, office, parties),
        outside_numbers(place, office),
        office["trunk"],
        office["pbx"],
    )


def parties_of(place: str, office: dict[str, Any]) -> dict[str, str]:
    """What stands behind each number inside the client."""
    numbers = [(number, EXTENSION) for number in office["extensions"]]
    numbers += [(number, QUEUE) for number in office["queues"]]
    numbers += [(number, IVR) for number in office["menus"]]
    parties: dict[str, str] = {}
    for number, party in numbers:
        if not isinstance(number, str) or number in parties or "@" in number:
            raise ConfigError(f"{place}: {number!r} is there twice, has an @, or is no text")
        parties[number] = party
    return parties


def emergency_numbers(place: str, office: dict[str, Any], parties: dict[str, str]) -> frozenset[str]:
    for number in office["emergency"]:
        if not isinstance(number, str) or not re.fullmatch("[0-9*#+]+", number):
            raise ConfigError(f"{place}: emergency: {number!r} is no number")
        if number in parties:
            raise ConfigError(f"{place}: emergency: {number!r} is an {parties[number]}")
    return frozenset(office["emergency"])


def outside_numbers(place: str, office: dict[str, Any]) -> re.Pattern[str]:
    try:
        return re.compile(office["outside"])
    except re.error as error:
        raise ConfigError(f"{place}: outside: {error}") from None

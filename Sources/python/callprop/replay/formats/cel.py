# SPDX-License-Identifier: MIT
"""Asterisk's channel event logging: ``cel.csv`` as cel_custom writes it, or the table ``cel``. The events of one call have its linkedid."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from ..lines import fields_of
from ..part import Part, Refused
from ..reading import Reading
from ..sources import Place, once, rows_of
from ..took import parts_of
from .cel_call import Event, took_part_in

#: So many calls wait for their end. One that never ends, is told as it is.
WAITING = 20_000
#: What the sample cel_custom.conf writes, in its order.
_CUSTOM = [
    "eventtype",
    "eventtime",
    "cid_name",
    "cid_num",
    "cid_ani",
    "cid_rdnis",
    "cid_dnid",
    "exten",
    "context",
    "channame",
    "appname",
    "appdata",
    "amaflags",
    "accountcode",
    "uniqueid",
    "linkedid",
    "bridgepeer",
    "userfield",
    "userdeftype",
    "eventextra",
]
_ALIASES = {"extra": "eventextra", "channelname": "channame", "eventtypename": "eventtype", "peer": "bridgepeer"}
_NEEDED = ("eventtype", "eventtime", "exten", "channame", "appname", "uniqueid", "linkedid")
_EVENTS = {"CHAN_START", "CHAN_END", "ANSWER", "HANGUP", "APP_START", "APP_END", "LINKEDID_END", "BRIDGE_ENTER"}


class CEL:
    name = "asterisk-cel"
    about = "events tell each phone that was rung, and what led to it: queue, menu or number; surer than a CDR"

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @staticmethod
    def recognises(head: list[str]) -> bool:
        return bool(_names(fields_of(head[0]) or []))

    def parts(self, path: Place) -> Iterator[Part]:
        waiting: OrderedDict[str, list[Event]] = OrderedDict()
        for event in self._events(path):
            waiting.setdefault(event.get("linkedid"), []).append(event)
            if event.get("eventtype") == "LINKEDID_END":
                yield from self._parts(path, waiting.pop(event.get("linkedid")))
            if len(waiting) > WAITING:
                yield from self._parts(path, waiting.popitem(last=False)[1])
        for events in waiting.values():
            yield from self._parts(path, events)

    def _events(self, path: Place) -> Iterator[Event]:
        reading = self._reading
        names: list[str] = []
        number = 0
        for line, fields, broken in rows_of(path, reading):
            if not names:
                names = _names(fields)
                if names and {*_NEEDED} <= {_ALIASES.get(each, each) for each in fields}:
                    once(path, names)
                    continue
            number += 1
            reading.findings.records += 1
            wrong = broken
            if not wrong and not names:
                wrong = f"no CEL: neither cel.csv, nor a header with {', '.join(_NEEDED)}"
            if not wrong and len(fields) != len(names):
                wrong = f"{len(fields)} fields; expected {len(names)}: half a line?"
            told = {name: "" if text == "NULL" else text for name, text in zip(names, fields)} if not wrong else {}
            if not wrong and not (told["linkedid"] and told["uniqueid"]):
                wrong = "no linkedid, or no uniqueid: of which call is it?"
            if wrong:
                reading.findings.damage(path.name, line, wrong)
                reading.explain(number, f"line {line}: damaged: {wrong}")
                continue
            reading.explain_fields(number, told, ("cid_name",))
            yield Event(number, reading.time(told["eventtime"], seconds=True), told)
        if not names:
            raise Refused(f"{path}: no CEL of Asterisk in any line")

    def _parts(self, path: Place, events: list[Event]) -> Iterator[Part]:
        times = [event.time for event in events if event.time is not None]
        numbers = [event.number for event in events]
        taken = took_part_in(events, self._reading.office)
        yield from parts_of(self._reading, path.name, numbers, min(times, default=None), taken)


def _names(fields: list[str]) -> list[str]:
    """The names of the columns, by the first row: a header, or an event in the sample's order."""
    named = [_ALIASES.get(each, each) for each in fields]
    if {*_NEEDED} <= {*named}:
        return named
    if len(fields) == len(_CUSTOM) and fields[0] in _EVENTS and "/" in fields[9]:
        return _CUSTOM
    return []

# SPDX-License-Identifier: MIT
"""The vendor's ``/call_history/``: a call with its ``flow``, and in ``cdr`` the steps that it took. Times are UTC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..json_records import flat, json_records, looks_like_json
from ..office import Office
from ..part import Part, Refused
from ..reading import Reading
from ..sources import Place, kind_of
from ..took import Took, parts_of
from .cdr_rows import named, number_told

_TIMES = ("init_time_gmt", "start_time_gmt", "start_time", "call_dt")
_NAMES = ("from_screen_name", "to_screen_name", "bridged_screen_name", "caller_id_name")
_WHO, _WHAT = "who called is not told", "what led to the phone is not told"
_KINDS = {"phone": "extension", "queue": "queue", "ivr": "ivr", "auto_attendant": "ivr"}


class CallHistory:
    name = "call-history"
    about = "flow, extension_type and the steps in cdr say who is who; an extension is its number, which the records also say for its id"

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @staticmethod
    def recognises(head: list[str]) -> bool:
        text = "\n".join(head)
        return looks_like_json(head) and ('"call_history"' in text or ('"flow"' in text and '"from_username"' in text))

    def parts(self, path: Place) -> Iterator[Part]:
        reading = self._reading
        if not isinstance(path, Path) or kind_of(path) != "text":
            raise Refused(f"{path}: /call_history/ is JSON; this is none")
        for number, (line, call, broken) in enumerate(json_records(path, reading, "call_history"), 1):
            reading.findings.records += 1
            wrong = broken
            if not wrong and call.get("flow") not in ("in", "out"):
                wrong = "no call of /call_history/: flow is neither in nor out"
            if wrong:
                reading.findings.damage(path.name, line, wrong)
                reading.explain(number, f"line {line}: damaged: {wrong}")
                continue
            reading.explain_fields(number, {name: flat(value) for name, value in call.items()}, _NAMES)
            when = next((flat(call[name]) for name in _TIMES if call.get(name)), "")
            time = reading.time(when if when[-1:] in "Zz" or "+" in when else f"{when}Z")
            self._learn(call)
            taken = took_part_in(call, reading.office)
            yield from parts_of(reading, path.name, [number], time, taken)

    def _learn(self, call: dict[str, Any]) -> None:
        """Which number an id has: a history of statuses knows the id."""
        steps = [call, *_steps(call)]
        for step in steps:
            flow, number = step.get("flow"), ""
            if _KINDS.get(flat(step.get("extension_type"))) == "extension":
                number = _inside(step, "from_username" if flow == "out" else "bridged_username") or ""
            if number and step.get("extension_id") is not None:
                hide = self._reading.redaction
                self._reading.numbers[hide.number(flat(step["extension_id"]))] = hide.number(number)


def took_part_in(call: dict[str, Any], office: Office) -> Iterator[Took]:
    """Who took part in a call of /call_history/."""
    caller = _inside(call, "from_username")
    party = "extension" if caller else "external" if flat(call.get("from_username")) else None
    number = flat(call.get("to_username")) or flat(call.get("did_number"))
    if call["flow"] == "out":
        yield from _made(call, caller, number, office)
        return
    led: str | None = "extension"
    rung = False
    steps = _steps(call)
    for step in steps:
        kind = _KINDS.get(flat(step.get("extension_type")))
        if kind in ("queue", "ivr"):
            led = kind
        elif kind == "extension":
            extension = (
                _inside(step, "bridged_username") or _inside(step, "dest_number") or _inside(step, "to_username")
            )
            rung = True
            unknown = "which phone is not told" if not extension else _WHO if not party else "" if led else _WHAT
            yield Took(extension, party, led, "dst", False, unknown)
            led = "extension"
        else:
            led = None
    connected = _inside(call, "bridged_username")
    if not rung and connected:
        kind = _KINDS.get(flat(call.get("extension_type")))
        how = led if steps else kind
        yield Took(connected, party, how, "dst", False, _WHO if not party else "" if how else _WHAT)
    elif not rung:
        yield Took(
            "", party, led if steps else None, "dst", False, "nobody of ours is told to have been rung", asked=False
        )


def _made(call: dict[str, Any], caller: str | None, number: str, office: Office) -> Iterator[Took]:
    """A call that an extension made; and whoever it rang inside."""
    inside = _inside(call, "to_username")
    kind, note = number_told(inside or number, office)
    if inside and kind is None:
        kind, note = None, f"{inside} is inside, and declared nowhere: callprop.conf's [numbers] can say what it is"
    if kind in ("service", "emergency"):
        yield Took(
            "",
            "extension",
            None,
            "src",
            False,
            f"{inside or number} is {named(str(kind))}: nobody is asked",
            asked=False,
        )
        return
    yield Took(caller, "extension", kind, "src", False, note if caller else _WHO)
    connected = _inside(call, "bridged_username")
    if connected and connected != caller:
        yield Took(
            connected,
            "extension",
            kind if kind in ("queue", "ivr") else "extension" if kind else None,
            "dst",
            False,
            note,
        )


def _inside(step: dict[str, Any], name: str) -> str | None:
    """The number behind the client's own, as in ``3515*101``."""
    _, star, number = flat(step.get(name)).partition("@")[0].rpartition("*")
    return number if star and number else None


def _steps(call: dict[str, Any]) -> list[dict[str, Any]]:
    steps = call.get("cdr")
    return [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []

# SPDX-License-Identifier: MIT
"""FreeSWITCH's JSON CDR, as mod_json_cdr writes it: an object a leg, in a file each, or a line each. The legs of a call are put together."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..json_records import json_records, looks_like_json
from ..office import Office
from ..part import Part, Refused
from ..reading import Reading
from ..sources import Place, kind_of
from ..took import Took, parts_of
from .cdr_rows import named, number_told
from .freeswitch_leg import Leg, leg_of

WAITING = 20_000
_QUEUES = {"callcenter", "fifo"}
_MENUS = {"ivr", "play_and_get_digits"}


class FreeSWITCH:
    name = "freeswitch"
    about = "direction, user_name and gateway tell who is who; what was dialled is by application, gateway or declared number"
    #: Files of one folder are read together: a call has a file for each leg.
    together = True

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @staticmethod
    def recognises(head: list[str]) -> bool:
        text = "\n".join(head)
        return looks_like_json(head) and '"variables"' in text and ('"callflow"' in text or '"channel_data"' in text)

    def parts(self, path: Place) -> Iterator[Part]:
        return self.parts_of_all([path])

    def parts_of_all(self, paths: Iterable[Place]) -> Iterator[Part]:
        """The calls of several files, whose legs belong to each other."""
        waiting: OrderedDict[str, list[Leg]] = OrderedDict()
        for path in paths:
            for leg in self._legs(path):
                waiting.setdefault(leg.call, []).append(leg)
                if len(waiting) > WAITING:
                    yield from self._parts(waiting.popitem(last=False)[1])
        for legs in waiting.values():
            yield from self._parts(legs)

    def _legs(self, path: Place) -> Iterator[Leg]:
        reading = self._reading
        if not isinstance(path, Path) or kind_of(path) != "text":
            raise Refused(f"{path}: FreeSWITCH's JSON CDRs are text; this is none")
        for number, (line, told, broken) in enumerate(json_records(path, reading), 1):
            reading.findings.records += 1
            leg = None if broken else leg_of(path.name, number, told)
            if leg is None:
                wrong = broken or "no JSON CDR: no variables with uuid and direction"
                reading.findings.damage(path.name, line, wrong)
                reading.explain(number, f"line {line}: damaged: {wrong}")
                continue
            reading.explain_fields(number, leg.shown(), ("caller_id_name",))
            yield leg._replace(time=reading.time(leg.began, seconds=True))

    def _parts(self, legs: list[Leg]) -> Iterator[Part]:
        legs.sort(key=lambda leg: (not leg.inbound, leg.time or 0))
        numbers = [leg.number for leg in legs if leg.file == legs[0].file]
        times = [leg.time for leg in legs if leg.time is not None]
        taken = took_part_in(legs, self._reading.office)
        yield from parts_of(self._reading, legs[0].file, numbers, min(times, default=None), taken)


def took_part_in(legs: list[Leg], office: Office) -> Iterator[Took]:
    """Who took part in the call of these legs: the caller, and everybody who was rung."""
    callers = [leg for leg in legs if leg.inbound]
    caller = callers[0] if callers else None
    party, extension = caller.who(office) if caller else (None, "")
    led, note = _dialled(caller, legs, office) if caller else (None, "the leg of who called is not in the files")
    taken: list[Took] = []
    if caller is not None and led in ("service", "emergency"):
        yield Took(
            "", party, None, "src", False, f"{caller.number_dialled} is {named(led)}: nobody is asked", asked=False
        )
        return
    if caller is not None and party == "extension":
        taken.append(Took(extension, "extension", led, "src", False, note))
    elif caller is not None and party is None:
        taken.append(
            Took(None, None, None, None, None, f"{caller.device} is neither a phone nor a trunk that is known")
        )
    for leg in legs:
        if leg.inbound:
            continue
        kind, rung = leg.who(office)
        if caller is None and not leg.originator:
            taken.append(
                Took(
                    rung or None,
                    None,
                    None,
                    "src",
                    True,
                    "the PBX began this call; what it was to be connected with is not told",
                )
            )
            continue
        how = "queue" if leg.of_queue else led if led in ("queue", "ivr") else "extension" if caller else None
        if kind == "extension":
            taken.append(
                Took(
                    rung, party, how, "dst", False if party else None, "" if party else note or "who called is not told"
                )
            )
        elif kind is None:
            taken.append(
                Took(None, party, how, "dst", None, f"{leg.device} is neither a phone nor a trunk that is known")
            )
    if not taken:
        yield Took("", party, led, None, False, "nobody of ours took part: no decision", asked=False)
    yield from taken


def _dialled(caller: Leg, legs: list[Leg], office: Office) -> tuple[str | None, str]:
    """What was dialled: by what was run for it where that says so, by whom it rang, else by its number."""
    if caller.apps & _QUEUES:
        return "queue", ""
    kind, note = number_told(caller.number_dialled, office)
    if kind not in (None, "external"):
        return kind, note
    if caller.apps & _MENUS:
        return "ivr", ""
    rung = {leg.who(office)[0] for leg in legs if not leg.inbound}
    if rung == {"external"} or re.search(r"sofia/gateway/", caller.bridged):
        return "external", ""
    if rung == {"extension"}:
        return "extension", ""
    return kind, note

# SPDX-License-Identifier: MIT
"""What the events of one call say, of a CEL of Asterisk: who made it, what led where, and who was rung."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from ..office import Office
from ..took import Took
from .cdr_rows import device_of, is_local, named, number_told

_MOVED = {"ATTENDEDTRANSFER": "an attended transfer", "FORWARD": "a forward", "PARK_END": "a parked call"}
_PBX_BEGAN = "the PBX began this call; what it was to be connected with is not told"


class Event(NamedTuple):
    """An event, and where it stands."""

    number: int
    time: int | None
    told: dict[str, str]

    def get(self, name: str) -> str:
        return self.told.get(name, "")


def took_part_in(events: list[Event], office: Office) -> Iterator[Took]:
    """Who took part in the call of these events."""
    taken = [*_Story(office, events[0].get("linkedid")).tell(events)]
    # Of the others of a call that nobody of ours is in, the last thing that was told is enough.
    asked = [took for took in taken if took.asked]
    yield from asked or taken[-1:]


class _Story:
    """A call as it goes on."""

    def __init__(self, office: Office, linkedid: str) -> None:
        self._office = office
        self._linkedid = linkedid
        self._party: str | None = None
        self._caller = ""
        self._known = False  #: the event with which the caller came is there
        self._led: str | None = None  #: what last led to a phone: a menu or a queue, or straight
        self._exempt = False
        self._unknown: Took | None = None
        self._rung: set[str] = set()

    def tell(self, events: list[Event]) -> Iterator[Took]:
        for event in events:
            kind = event.get("eventtype")
            first = event.get("uniqueid") == self._linkedid
            if kind == "CHAN_START" and first:
                yield from self._begins(event)
            elif kind == "CHAN_START":
                yield from self._rings(event)
            elif first and kind in ("APP_START", "APP_END"):
                yield from self._goes_on(event, kind == "APP_START")
            elif kind == "BLINDTRANSFER":
                yield from self._is_sent_on(event)
            elif kind == "PICKUP":
                yield from self._is_picked_up(event)
            elif kind in _MOVED:
                yield Took(None, None, None, None, None, f"{_MOVED[kind]}: whose, and to whom, is not told here")
        if self._unknown:
            yield self._unknown
        if not self._known:
            yield Took(None, None, None, None, None, "the event with which the call began is not in the file")
        elif not self._rung and self._party != "extension":
            note = "nobody of ours took part: no decision"
            yield Took("", self._party, self._led, None, False, note, asked=False)

    def _who(self, channel: str) -> tuple[str | None, str]:
        return self._office.device(device_of(channel))

    def _begins(self, event: Event) -> Iterator[Took]:
        channel, self._known = event.get("channame"), True
        if is_local(channel):
            number = channel[len("Local/") :].partition("@")[0]
            yield Took(number if number in self._office.extensions else None, None, None, "src", True, _PBX_BEGAN)
            self._rung.add(channel)
            return
        self._party, self._caller = self._who(channel)
        if self._party is None:
            note = f"{device_of(channel)} is neither a phone nor a trunk that is known"
            yield Took(None, None, None, None, None, note)
        elif self._party == "extension" and event.get("exten") in ("", "s"):
            yield Took(self._caller, None, None, "src", None, f"nothing was dialled: {_PBX_BEGAN}")
            self._party = None
        else:
            yield from self._dials(event)

    def _goes_on(self, event: Event, starts: bool) -> Iterator[Took]:
        """Another step of the caller's own channel: through a menu, into a queue, out of it again."""
        if event.get("appname") == "Queue":
            self._led = "queue" if starts else "extension"
            if starts and self._party == "extension":
                yield Took(self._caller, "extension", "queue", "src", False)
        elif starts:
            yield from self._dials(event)

    def _dials(self, event: Event) -> Iterator[Took]:
        number = event.get("exten")
        kind, note = number_told(number, self._office)
        if kind is None and event.get("appname") == "Dial":
            kind = self._office.device(_dialled_device(event.get("appdata")))[0]
        self._exempt = kind in ("service", "emergency")
        if self._exempt:
            yield Took(
                "", self._party, None, "src", False, f"{number} is {named(str(kind))}: nobody is asked", asked=False
            )
            return
        # A menu leads on by what is pressed in it; whom a number then rings, the menu still led to.
        if kind in ("queue", "ivr"):
            self._led = kind
        elif self._led != "ivr":
            self._led = "extension"
        steps_in_menu = kind in (None, "extension") and self._led == "ivr"
        if self._party != "extension" or steps_in_menu:
            return
        if kind is None:
            self._unknown = Took(self._caller, "extension", None, "src", False, note)
            return
        # What was not known of the same call, a later event has told.
        self._unknown = None
        yield Took(self._caller, "extension", kind, "src", False)

    def _rings(self, event: Event) -> Iterator[Took]:
        channel = event.get("channame")
        if is_local(channel) or channel in self._rung or self._exempt:
            return
        party, extension = self._who(channel)
        if party == "extension":
            self._rung.add(channel)
            unknown = "" if self._party else "who called is not told"
            yield Took(
                extension,
                self._party,
                self._led if self._known else None,
                "dst",
                False if self._party else None,
                unknown,
            )
        elif party is None:
            self._rung.add(channel)
            note = f"{device_of(channel)} is neither a phone nor a trunk that is known"
            yield Took(None, self._party, self._led, "dst", False, note)

    def _is_sent_on(self, event: Event) -> Iterator[Took]:
        """Who transfers is on the originating leg, towards the target; whoever is rung then, the party rings that is transferred."""
        extra = _extra(event)
        target, transferee = str(extra.get("extension", "")), str(extra.get("transferee_channel_name", ""))
        kind, note = number_told(target, self._office)
        party, extension = self._who(event.get("channame"))
        if party == "extension" and kind not in ("service", "emergency"):
            yield Took(extension, "extension", kind, "src", False, note if kind is None else "a blind transfer")
        self._party = self._who(transferee)[0] if transferee else None
        self._led = kind if kind in ("queue", "ivr", "extension") else "extension" if kind == "external" else None

    def _is_picked_up(self, event: Event) -> Iterator[Took]:
        channel = str(_extra(event).get("pickup_channel", ""))
        party, extension = self._who(channel)
        if party == "extension":
            yield Took(extension, self._party, self._led, "dst", False if self._party else None, "picked up")
        else:
            yield Took(None, self._party, self._led, "dst", None, "picked up, by whom is not told")


def _dialled_device(appdata: str) -> str:
    """``PJSIP/carrier`` of ``PJSIP/0301@carrier,30``: the first that Dial rings."""
    technology, _, rest = appdata.partition(",")[0].partition("&")[0].partition("/")
    return f"{technology}/{rest.rpartition('@')[2]}"


def _extra(event: Event) -> dict[str, object]:
    try:
        extra = json.loads(event.get("eventextra") or "{}")
    except ValueError:
        return {}
    return extra if isinstance(extra, dict) else {}

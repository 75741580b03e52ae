# SPDX-License-Identifier: MIT
"""What the rows of one call say, of a CDR of Asterisk: who made it, what was dialled, and who was rung."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..office import Office
from ..took import Took

_NOBODY_HERE = "nobody of ours took part: no decision"
_EITHER = (
    "the phone was refused to its caller before it rang, or calls itself and its dialplan has ended: no CDR tells which"
)


class Row(NamedTuple):
    """A record, and where it stands."""

    number: int
    time: int | None
    told: dict[str, str]

    def get(self, name: str) -> str:
        return self.told.get(name, "")


def device_of(channel: str) -> str:
    """``TECH/NAME`` of ``TECH/NAME-0000000f``: up to the last dash, for names have dashes too."""
    return channel.rpartition("-")[0]


def is_local(channel: str) -> bool:
    return channel.startswith("Local/")


def local_pair(channel: str) -> str:
    """What the two halves of a Local channel have in common, ``;1`` and ``;2`` aside."""
    return channel.rpartition(";")[0]


#: The last that the dialplan of a phone did which the pre-dial handler refused: the handler's own line, or its end, or what Dial() and Queue() write there.
_LAST_OF_REFUSED = ("CallpropRing", "Return", "AppDial", "AppQueue")


def _may_be_refused_leg(row: Row) -> bool:
    """
    A phone that the pre-dial handler refused to its caller was not dialled, so that Asterisk has it as a call that the phone made, to
    the number that was dialled.
    """
    return row.get("lastapp") in _LAST_OF_REFUSED and not row.get("dstchannel") and row.get("disposition") != "ANSWERED"


def took_part(rows: list[Row], office: Office) -> Iterator[Took]:
    """Who took part in the call of these rows: the caller once, and everybody who was rung."""
    first = rows[0]
    channel = first.get("channel")
    if is_local(channel):
        yield _begun_by_pbx(first, office) if channel.endswith(";1") else _half_alone()
        return
    party, caller = office.device(device_of(channel))
    nobody, unknown = True, "" if party else f"{device_of(channel)} is neither a phone nor a trunk that is known"
    dialled, note = None, ""
    for row in rows:
        # What a Local channel dials is further on in the same call: what counts is what led to it.
        if not is_local(row.get("channel")):
            dialled, note = _dialled(row, office)
            if dialled in ("service", "emergency"):
                said = f"{row.get('dst')} is {named(dialled)}: nobody is asked"
                yield Took("", party, None, "src", False, said, asked=False)
                nobody = False
                continue
            if party == "extension":
                nobody = False
                if _may_be_refused_leg(row):
                    yield Took(caller, None, None, None, None, _EITHER)
                    continue
                yield Took(caller, "extension", dialled, "src", False, note)
        for took in _rung(row, party, dialled, unknown, office):
            nobody = False
            yield took
    if nobody and party is None:
        yield Took(None, None, None, None, None, unknown)
    elif nobody:
        yield Took("", party, dialled, None, False, _NOBODY_HERE, asked=False)


def _rung(row: Row, party: str | None, dialled: str | None, unknown: str, office: Office) -> Iterator[Took]:
    """Who was rung by a row. Whom a device of nobody's stands for, is not known."""
    rung = row.get("dstchannel")
    if not rung or is_local(rung) or dialled in ("service", "emergency"):
        return
    kind, extension = office.device(device_of(rung))
    led = dialled if dialled in ("queue", "ivr") else "extension"
    if kind == "extension":
        yield Took(extension, party, led, "dst", False, unknown)
    elif kind is None:
        yield Took(None, party, led, "dst", False, f"{device_of(rung)} is neither a phone nor a trunk that is known")


def _begun_by_pbx(row: Row, office: Office) -> Took:
    """``AppDial2 (Outgoing Line)`` on the first half: the PBX rings its first leg. What it connects with is in no record."""
    number = row.get("channel")[len("Local/") :].partition("@")[0]
    extension = number if number in office.extensions else None
    return Took(
        extension, None, None, "src", True, "the PBX began this call; what it was to be connected with is not told"
    )


def _half_alone() -> Took:
    return Took(None, None, None, None, None, "half of a Local channel without its other half")


def _dialled(row: Row, office: Office) -> tuple[str | None, str]:
    """What was dialled: by the application and the channel where they say, else by the number. And how that was told, where it is not plain."""
    if row.get("lastapp") == "Queue":
        return "queue", ""
    # Where a menu hides what it led to, some write the number inside into userfield.
    for number in (row.get("dst"), row.get("userfield")):
        if number and (kind := office.kind(number)):
            return kind, ""
    rung = row.get("dstchannel")
    if rung and office.device(device_of(rung))[0] == "external":
        return "external", ""
    number = row.get("dst")
    kind, note = number_told(number, office)
    if kind is None and rung and office.device(device_of(rung))[0] == "extension":
        return "extension", ""
    return kind, note


def number_told(number: str, office: Office) -> tuple[str | None, str]:
    """What a number is, and how that was told, where it is not plain."""
    if number and (kind := office.kind(number)):
        return kind, ""
    if number.lstrip("+").isdigit() and len(number) >= office.outside:
        return "external", f"{number} is declared nowhere, and longer than a number inside: taken for outside"
    return None, f"{number or 'no number'} is declared nowhere: callprop.conf's [numbers] can say what it is"


def named(kind: str) -> str:
    return "a service of the PBX" if kind == "service" else "an emergency number"

# SPDX-License-Identifier: MIT
"""What a replay is to count, in plain Python, call by call: no engine, no groups, and no callprop."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from expected import Call, can_happen, required
from expected import permitted as lets_through

PERMITTED, REFUSED, NOT_KNOWN = "permitted", "refused", "not known"
WITHOUT = object()  # never had a status


def status_at(changes: list[Any], extension: str | None, time: int | None) -> Any:
    """The status of an extension at a time, by looking at each change: None when it was taken away, WITHOUT when there never was one."""
    if extension is None or time is None:
        return WITHOUT
    counts = [change for change in changes if change.extension == extension and change.time <= time]
    return max(counts, key=lambda change: (change.time, change.sequence)).status if counts else WITHOUT


def decide(part: Any, granted: frozenset[str] | None) -> str:
    """One of the three, for what is granted; None: that is not known."""
    facts = (part.src, part.dst, part.leg, part.callback)
    if None in facts or granted is None:
        return NOT_KNOWN
    call = Call(*facts)
    if not can_happen(call):
        return NOT_KNOWN
    return PERMITTED if lets_through(granted, call) else REFUSED


def needs(part: Any) -> str:
    """The property that a call requires; ? where that is not known."""
    facts = (part.src, part.dst, part.leg, part.callback)
    return "?" if None in facts else required(Call(*facts)) or "?"


def local_hour(time: int, zone: str) -> tuple[int, int]:
    """The weekday and hour on a clock on the wall."""
    moment = (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=time)).astimezone(ZoneInfo(zone))
    return moment.weekday(), moment.hour


def count(parts: list[Any], before: Any, after: Any, zone: str) -> dict[str, Any]:
    """The counts of a question, whose sides are functions from a part to what is granted."""
    told: dict[str, Any] = {name: Counter() for name in ("whole", "extension", "property", "hour")}
    told["not_asked"] = 0
    for part in parts:
        if not part.asked:
            told["not_asked"] += 1
            continue
        states = (decide(part, before(part)), decide(part, after(part)))
        told["whole"][states] += 1
        told["extension"][part.extension, states] += 1
        told["property"][needs(part), states] += 1
        if part.time is not None:
            told["hour"][local_hour(part.time, zone), states] += 1
    return told

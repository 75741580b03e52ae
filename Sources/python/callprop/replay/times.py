# SPDX-License-Identifier: MIT
"""Times, in microseconds of UTC. Of time zones and weekdays no engine is asked: they differ there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from .part import Refused

SECOND = 1_000_000
#: What local time is, changes at no other moment than these in any zone since 1970.
QUARTER = 15 * 60 * SECOND
WEEK = 7 * 24 * 3600 * SECOND
#: 1970 to 2200: what is outside is no time of a call.
FIRST, LAST = 0, 7_258_118_400 * SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def zone(name: str) -> ZoneInfo:
    """A time zone by its name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Refused(f"--timezone {name}: no such time zone; expected one such as Europe/Berlin or UTC") from None


class Clock:
    """Reads the times of records: a zone of their own, where they name none, and a way to write dates, where it is not ISO 8601's."""

    def __init__(self, timezone_name: str = "UTC", dates: str = "") -> None:
        self.zone: ZoneInfo = zone(timezone_name)
        self._dates = dates

    def microseconds(self, text: str) -> tuple[int | None, str]:
        """The time, or None; and what is to be said about it, which is empty where it is plain."""
        try:
            moment = self._parsed(text.strip())
        except (ValueError, OverflowError):
            return None, self._wrong(text)
        said = ""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zone)
            if moment.utcoffset() != moment.replace(fold=1).utcoffset():
                if _comes(moment):
                    said = "in the hour that comes twice when clocks are set back: taken for the first"
                else:
                    return None, "in the hour that does not come when clocks are set forward: is --timezone right?"
        value = (moment - _EPOCH) // timedelta(microseconds=1)
        if not FIRST <= value < LAST:
            return None, "before 1970 or after 2199: no time of a call"
        return value, said

    def seconds(self, text: str) -> tuple[int | None, str]:
        """The time of seconds, or of microseconds, since 1970."""
        whole, _, part = text.partition(".")
        if not (whole + (part or "0")).isdigit() or len(whole) > 16 or not text.isascii():
            return None, "no number of seconds or microseconds since 1970"
        value = int(whole) if len(whole) > 13 else int(whole) * SECOND + int(part[:6].ljust(6, "0") if part else 0)
        if not FIRST < value < LAST:
            return None, "before 1970 or after 2199: no time of a call"
        return value, ""

    def _parsed(self, text: str) -> datetime:
        if self._dates:
            return datetime.strptime(text, self._dates)
        if len(text) < 19 or text[4] not in "-/" or text[7] != text[4] or text[10] not in " T":
            raise ValueError(text)
        if text[-1] in "Zz":
            text = text[:-1] + "+00:00"
        return datetime.fromisoformat(_six_digits(text.replace("/", "-")))

    def _wrong(self, text: str) -> str:
        wanted = self._dates or "2024-03-04 09:20:17"
        meant = (
            "" if self._dates or "/" not in text else '; --dates says how they are written, such as "%d/%m/%Y %H:%M:%S"'
        )
        return f"no time as {wanted}{meant}"


def _comes(moment: datetime) -> bool:
    """Does a clock on the wall ever show this?"""
    return moment.astimezone(timezone.utc).astimezone(moment.tzinfo).replace(fold=0) == moment.replace(fold=0)


def _six_digits(text: str) -> str:
    """Python before 3.11 reads three or six digits behind the second, and no others."""
    if len(text) < 21 or text[19] != ".":
        return text
    end = 20
    while end < len(text) and text[end].isdigit():
        end += 1
    return f"{text[:20]}{text[20:end][:6].ljust(6, '0')}{text[end:]}"


def quarters_between(first: int, last: int) -> range:
    """The beginnings of the quarters of an hour from the first time to the last."""
    return range(first - first % QUARTER, last + 1, QUARTER)


def quarters(starts: Iterable[int], where: ZoneInfo) -> list[tuple[int, int]]:
    """For each quarter of an hour: its beginning, and the hour of the week there, of which Monday's first is 0."""
    rows = []
    for quarter in starts:
        local = (_EPOCH + timedelta(microseconds=quarter)).astimezone(where)
        rows.append((quarter, local.weekday() * 24 + local.hour))
    return rows


def piece_width(changes: Iterable[tuple[str, int]], first: int, last: int) -> int:
    """How long the pieces of a status' span are best: so long that there are about as many as changes, and a week at most. Shorter ones are
    too many, longer ones have too many changes in them. ``changes``: extensions and times."""
    extensions, number = set(), 1
    for extension, time in changes:
        extensions.add(extension)
        number += first <= time <= last
    width = (last - first) * len(extensions) // number
    return min(WEEK, max(QUARTER, width - width % QUARTER))


def cuts(starts: Iterable[int], width: int) -> list[tuple[int]]:
    """The beginnings of the pieces, counted from 1970, that these quarters of an hour are in. No quarter is in two."""
    return [(cut,) for cut in sorted({quarter - quarter % width for quarter in starts})]


def shown(time: int | None, where: ZoneInfo) -> str:
    """A time for people."""
    if time is None:
        return "?"
    return (_EPOCH + timedelta(microseconds=time)).astimezone(where).isoformat(" ", "seconds")

# SPDX-License-Identifier: MIT
"""The answer for a terminal: the summary first, then who and when, then the calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from ..output import printable
from .answer import Answer, Counts
from .times import SECOND
from .verdict import State

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Lines of a table on a terminal; --json has all.
_MOST = 20


def text_report(answer: Answer) -> str:
    """The whole answer, in lines; nothing in it is obeyed by a terminal."""
    return "\n".join(printable(line) for line in _lines(answer))


def shown_time(time: int | None, zone: str) -> str:
    """A time as people there read it."""
    if time is None:
        return "no time"
    moment = datetime.fromtimestamp(time // SECOND, timezone.utc).astimezone(ZoneInfo(zone))
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _lines(answer: Answer) -> Iterator[str]:
    yield answer.question
    yield ""
    yield from _summary(answer)
    yield from _damage(answer)
    if not answer.whole.calls:
        return
    for title, entries in (
        ("extension", [(name or "not told", counts) for name, counts in answer.extensions()]),
        ("property", [(name, answer.by_property[name]) for name in sorted(answer.by_property)]),
        ("hour of the week", _hours(answer)),
    ):
        yield ""
        yield from _table(title, entries, answer.compared)
    yield ""
    yield from _calls(answer)


def _summary(answer: Answer) -> Iterator[str]:
    whole = answer.whole
    yield f"{_many(whole.calls, 'time')} an extension took part in a call, of {_many(answer.findings.records, 'record')}; times are in {answer.timezone}"
    for title, states in (("before", whole.before), ("after", whole.after)):
        if states or title == "after":
            told = ", ".join(f"{states[state]:,} {state.value}" for state in State)
            yield f"{f'{title}: ' if answer.compared else ''}{told}"
    if answer.compared:
        yield f"changes: {whole.newly_refused:,} newly refused, {whole.newly_permitted:,} newly permitted"
    for why, calls in answer.whys():
        yield f"  not known: {calls:,}: {why}"
    if answer.not_asked:
        yield f"{answer.not_asked:,} more in which no extension is asked (nobody of ours was rung, a service, an emergency number)"


def _damage(answer: Answer) -> Iterator[str]:
    findings = answer.findings
    if findings.damaged:
        yield f"damaged, and left out: {_many(findings.damaged, 'record')}"
        for damage in findings.first[:_MOST]:
            yield f"  {damage.file}:{damage.line}: {damage.reason}"
        if findings.damaged > _MOST:
            yield f"  and {findings.damaged - _MOST:,} more"
    for text, times in findings.notices.items():
        yield f"note: {text} ({times:,} times)"


def _hours(answer: Answer) -> list[tuple[str, Counts]]:
    """Those hours in which something is refused, or changes."""
    return [
        (f"{DAYS[weekday]} {hour:02}", counts)
        for (weekday, hour), counts in sorted(answer.by_hour.items())
        if counts.after[State.REFUSED] or counts.newly_refused or counts.newly_permitted
    ]


def _table(title: str, entries: list[tuple[str, Counts]], compared: bool) -> Iterator[str]:
    head = ["calls", "permitted", "refused", "not known", *(["newly refused", "newly permitted"] if compared else [])]
    width = max([len(title), *(len(name) for name, _ in entries[:_MOST])])
    yield f"{title:{width}}  " + "  ".join(f"{name:>{max(9, len(name))}}" for name in head)
    for name, counts in entries[:_MOST]:
        numbers = [counts.calls, *(counts.after[state] for state in State)]
        numbers += [counts.newly_refused, counts.newly_permitted] if compared else []
        yield f"{name:{width}}  " + "  ".join(f"{number:>{max(9, len(name))},}" for number, name in zip(numbers, head))
    if len(entries) > _MOST:
        yield f"and {len(entries) - _MOST:,} more: --json has them"


def _calls(answer: Answer) -> Iterator[str]:
    what = "calls that change" if answer.compared else "calls that are refused"
    if not answer.calls:
        yield f"{what}: none"
        return
    yield f"{what}, the first of {answer.calls_in_all:,}:" if answer.calls_in_all > _MOST else f"{what}:"
    for call in answer.calls[:_MOST]:
        place = f"{call['file']} row {call['rows']}"
        yield f"  {shown_time(call['time'], answer.timezone)}  {call['extension'] or '?'}  {call['after_reason']}  ({place})"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

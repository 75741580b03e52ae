# SPDX-License-Identifier: MIT
"""The answer: counts of the three states as a whole, by extension, by property and by hour of the week, and the calls that count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .part import Findings
from .verdict import Decided, State


@dataclass
class Counts:
    """Calls, on both sides, and those that are known to fare otherwise."""

    calls: int = 0
    before: Counter[State] = field(default_factory=Counter)
    after: Counter[State] = field(default_factory=Counter)
    newly_refused: int = 0
    newly_permitted: int = 0

    def add(self, before: State | None, after: State, calls: int) -> None:
        """Calls that fare alike; before is None where nothing is compared. What is not known on a side is no change."""
        self.calls += calls
        self.after[after] += calls
        if before is not None:
            self.before[before] += calls
        if (before, after) == (State.PERMITTED, State.REFUSED):
            self.newly_refused += calls
        elif (before, after) == (State.REFUSED, State.PERMITTED):
            self.newly_permitted += calls

    def to_dict(self, compared: bool) -> dict[str, Any]:
        """As JSON has it: before and the changes only where something was compared."""
        told: dict[str, Any] = {"calls": self.calls}
        if compared:
            told["before"] = _states(self.before)
        told["after"] = _states(self.after)
        if compared:
            told |= {"newly_refused": self.newly_refused, "newly_permitted": self.newly_permitted}
        return told


@dataclass
class Answer:
    """All that a replay has to say."""

    question: str
    compared: bool
    timezone: str
    findings: Findings
    whole: Counts = field(default_factory=Counts)
    not_asked: int = 0
    by_extension: dict[str | None, Counts] = field(default_factory=dict)
    by_property: dict[str, Counts] = field(default_factory=dict)
    by_hour: dict[tuple[int, int], Counts] = field(default_factory=dict)
    why_not_known: Counter[str] = field(default_factory=Counter)
    calls: list[dict[str, Any]] = field(default_factory=list)
    calls_in_all: int = 0  #: of which ``calls`` are the first

    def add_hour(self, decided: Decided, slot: int | None, calls: int) -> None:
        """Takes in a group of calls of one hour of the week; of no known hour, where the time is not known."""
        states = decided.before.state if decided.before else None, decided.after.state
        self.whole.add(*states, calls)
        if decided.after.state is State.NOT_KNOWN:
            self.why_not_known[decided.after.reason] += calls
        elif decided.before and decided.before.state is State.NOT_KNOWN:
            self.why_not_known[f"before: {decided.before.reason}"] += calls
        self.by_property.setdefault(decided.required or "?", Counts()).add(*states, calls)
        if slot is not None:
            self.by_hour.setdefault(divmod(slot, 24), Counts()).add(*states, calls)

    def add_extension(self, extension: str | None, before: str | None, after: str, calls: int) -> None:
        """Takes in the calls of one extension with the same answer; None is an extension that the records do not name."""
        states = State(before) if before is not None else None, State(after)
        self.by_extension.setdefault(extension, Counts()).add(*states, calls)

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data, which JSON can say."""
        return {
            "question": self.question,
            "timezone": self.timezone,
            "summary": self.whole.to_dict(self.compared),
            "not_asked": self.not_asked,
            "why_not_known": [{"reason": why, "calls": calls} for why, calls in self.whys()],
            "by_extension": [
                {"extension": extension, **counts.to_dict(self.compared)} for extension, counts in self.extensions()
            ],
            "by_property": [
                {"property": mnemo, **counts.to_dict(self.compared)}
                for mnemo, counts in sorted(self.by_property.items())
            ],
            "by_hour": [
                {"weekday": weekday, "hour": hour, **counts.to_dict(self.compared)}
                for (weekday, hour), counts in sorted(self.by_hour.items())
            ],
            "calls": self.calls,
            "calls_in_all": self.calls_in_all,
            "records": self.findings.records,
            "damaged": self.findings.damaged,
            "damage": [damage._asdict() for damage in self.findings.first],
            "notices": self.findings.notices,
        }

    def whys(self) -> list[tuple[str, int]]:
        """Why calls are not known: the reason of most of them first, and in the same order from every engine."""
        return sorted(self.why_not_known.items(), key=lambda entry: (-entry[1], entry[0]))

    def extensions(self) -> list[tuple[str | None, Counts]]:
        """Those first that are refused most; of a comparison, those with most changes."""

        def weight(entry: tuple[str | None, Counts]) -> tuple[int, int, bool, str]:
            counts = entry[1]
            changes = counts.newly_refused + counts.newly_permitted
            return (-changes, -counts.after[State.REFUSED], entry[0] is None, entry[0] or "")

        return sorted(self.by_extension.items(), key=weight)


def _states(counter: Counter[State]) -> dict[str, int]:
    return {state.value.replace(" ", "_"): counter[state] for state in State}

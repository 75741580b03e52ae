# SPDX-License-Identifier: MIT
"""A replay from beginning to end: records into one table, groups out of the engine, each decided once, and the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from .answer import Answer
from .history import Change
from .part import Findings
from .plan import GROUP, Plan, pieces, span, those_quarters
from .question import Had, Question
from .times import Clock, cuts, piece_width, quarters, quarters_between
from .verdict import Decided, Facts, State, decide

#: Of the calls that count, so many are told one by one; a file of Parquet has them all.
TOLD = 1000
#: Five years' quarters of an hour. Of calls further apart (a clock was wrong) the engine is asked which there are.
_MANY_QUARTERS = 175_000


class Engine(Protocol):
    """What runs the plan."""

    def table(self, name: str, path: Path) -> None: ...
    def view(self, name: str, sql: str) -> None: ...
    def keep(self, name: str, sql: str) -> None: ...
    def small(self, name: str, rows: Sequence[tuple[Any, ...]], folder: Path) -> None: ...
    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]: ...
    def write(self, sql: str, path: Path) -> None: ...


class Replay:
    """One question about calls that are a file of Parquet already, as `intake` writes it, or what a query gives (`frame`)."""

    def __init__(
        self,
        engine: Engine,
        calls: Path | str,
        question: Question,
        clock: Clock,
        folder: Path,
        changes: Sequence[Change] | None = None,
        chosen: Sequence[str] | None = None,
    ) -> None:
        self._engine, self._question, self._clock, self._folder = engine, question, clock, folder
        if isinstance(calls, Path):
            engine.table("calls", calls)
        else:
            engine.view("calls", calls)
        first, last, parts = next(engine.rows(span()))
        self.parts: int = parts
        starts: Sequence[int] = quarters_between(first, last) if first is not None else range(0)
        if len(starts) > _MANY_QUARTERS:
            starts = sorted(quarter for (quarter,) in engine.rows(those_quarters()))
        self._table("quarters", quarters(starts, clock.zone))
        #: A status with what it granted, by its number; and the other way round.
        self._holdings: list[tuple[str | None, str | None]] = []
        width = None
        if changes is not None:
            width = piece_width(((each.extension, each.time) for each in changes), first or 0, last or 0)
            self._table("cuts", cuts(starts, width))
            self._table("changes", self._numbered(changes))
            engine.keep("pieces", pieces(width))
        self.plan: Plan = Plan(width, chosen is not None)
        if chosen is not None:
            self._table("chosen", [(extension,) for extension in chosen])
        self._decided: dict[tuple[Any, ...], Decided] = {}

    def answer(self, findings: Findings, told: int = TOLD) -> Answer:
        """Asks the engine for the groups, and the library for each."""
        answer = Answer(self._question.title, self._question.before is not None, str(self._clock.zone), findings)
        for *group, slot, calls in self._engine.rows(self.plan.by_hour()):
            if not _asked(group):
                answer.not_asked += calls
                continue
            answer.add_hour(self._decide(group), slot, calls)
        self._write_decided()
        for extension, before, after, calls in self._engine.rows(self.plan.by_extension()):
            answer.add_extension(extension, before, after, calls)
        where = "d.changes" if answer.compared else f"d.after = '{State.REFUSED.value}'"
        answer.calls = [_call(row) for row in self._engine.rows(self.plan.calls(where, told))]
        counts = answer.whole
        answer.calls_in_all = (
            counts.newly_refused + counts.newly_permitted if answer.compared else counts.after[State.REFUSED]
        )
        return answer

    def write(self, path: Path) -> None:
        """All calls that were decided, with both answers, as Parquet. After `answer`."""
        self._engine.write(self.plan.calls("d.asked", None), path)

    def _decide(self, group: Sequence[Any]) -> Decided:
        key = tuple(group)
        if key not in self._decided:
            told = dict(zip(GROUP, key))
            facts = Facts(told["src"], told["dst"], told["leg"], told["callback"])
            self._decided[key] = decide(facts, self._had(told["holding"]), self._question)
        return self._decided[key]

    def _numbered(self, changes: Sequence[Change]) -> list[tuple[str, int, int, int]]:
        """The changes, with numbers for what is held: a number is grouped by faster than two texts."""
        numbers: dict[tuple[str | None, str | None], int] = {}
        rows = [
            (each.extension, numbers.setdefault((each.status, each.granted), len(numbers)), each.time, each.sequence)
            for each in changes
        ]
        self._holdings = [*numbers]
        return rows

    def _had(self, holding: int | None) -> Had:
        return Had(False, None, None) if holding is None else Had(True, *self._holdings[holding])

    def _write_decided(self) -> None:
        rows = []
        for key, decided in self._decided.items():
            before = (decided.before.state.value, decided.before.reason) if decided.before else (None, None)
            after = decided.after.state.value, decided.after.reason
            rows.append((*key, self._had(key[0]).status, decided.required, *before, *after, decided.changes))
        self._table("decided", rows)

    def _table(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self._engine.small(name, rows, self._folder)


def _asked(group: Sequence[Any]) -> bool:
    return bool(group[GROUP.index("asked")])


def _call(row: tuple[Any, ...]) -> dict[str, Any]:
    names = [
        "file",
        "row",
        "rows",
        "time",
        "extension",
        "status",
        "src",
        "dst",
        "leg",
        "callback",
        "note",
        "required",
        "before",
        "before_reason",
        "after",
        "after_reason",
    ]
    told = dict(zip(names, row))
    del told["row"]
    return told

# SPDX-License-Identifier: MIT
"""What an engine and the library count together is what plain Python counts, call by call."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import days
import oracle
import pyarrow.parquet
import pytest

from callprop import Properties
from callprop.replay.answer import Answer, Counts
from callprop.replay.history import Change
from callprop.replay.intake import SCHEMA
from callprop.replay.part import Findings, Part
from callprop.replay.question import Named, Question, always, as_it_was, instead
from callprop.replay.run import Replay
from callprop.replay.times import Clock
from callprop.replay.verdict import State

PARTS = days.parts(Part)
CHANGES = days.changes(Change)
NAMED = Named([], {name: Properties.parse(text) for name, text in days.STATUSES.items()})
GRANTED = {name: frozenset(text.split(",")) - {""} for name, text in days.STATUSES.items()}
WAS = as_it_was(NAMED)


def was(part: Any) -> frozenset[str] | None:
    status = oracle.status_at(CHANGES, part.extension, part.time)
    return None if status in (None, oracle.WITHOUT) else GRANTED.get(status)


def lunch_of_who_worked(part: Any) -> frozenset[str] | None:
    return GRANTED["lunch"] if oracle.status_at(CHANGES, part.extension, part.time) == "work" else was(part)


LUNCH = always("lunch", Properties.parse("li,lo"))
QUESTIONS = [
    ("what if", Question(LUNCH), None, lambda part: GRANTED["lunch"], False),
    ("from one to the other", Question(LUNCH, always("work", Properties.parse(days.STATUSES["work"]))),
     lambda part: GRANTED["work"], lambda part: GRANTED["lunch"], False),
    ("as it was", Question(WAS), None, was, True),
    ("as it was, and what if", Question(LUNCH, WAS), was, lambda part: GRANTED["lunch"], True),
    ("as it was, and lunch instead of work",
     Question(instead("work", NAMED.same("work"), Properties.parse("li,lo"), "", WAS), WAS), was, lunch_of_who_worked, True),
]  # fmt: skip


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("calls") / "calls.parquet"
    columns = [pyarrow.array(column, field.type) for column, field in zip(zip(*PARTS), SCHEMA)]
    pyarrow.parquet.write_table(pyarrow.table(columns, schema=SCHEMA), path)
    return path


def counted(counts: Counts) -> tuple[Any, ...]:
    states = [
        {state.value: number for state, number in side.items() if number} for side in (counts.before, counts.after)
    ]
    return (*states, counts.newly_refused, counts.newly_permitted)


def expected(of: Counter[tuple[str, str]], compared: bool) -> tuple[Any, ...]:
    sides: list[Counter[str]] = [Counter(), Counter()]
    for states, number in of.items():
        for side, state in zip(sides, states):
            side[state] += number
    changes = [of[oracle.PERMITTED, oracle.REFUSED], of[oracle.REFUSED, oracle.PERMITTED]] if compared else [0, 0]
    return (dict(sides[0]) if compared else {}, dict(sides[1]), *changes)


def by(table: Counter[Any]) -> dict[Any, Counter[Any]]:
    found: dict[Any, Counter[Any]] = {}
    for (key, states), number in table.items():
        found.setdefault(key, Counter())[states] += number
    return found


def ask(
    engine: Any, calls: Path, question: Question, history: bool, folder: Path, zone: str = "UTC", **more: Any
) -> Any:
    replay = Replay(engine, calls, question, Clock(zone), folder, CHANGES if history else None, **more)
    return replay, replay.answer(Findings())


def same(answer: Answer, told: dict[str, Any], compared: bool) -> None:
    assert counted(answer.whole) == expected(told["whole"], compared)
    assert answer.not_asked == told["not_asked"]
    for name, table in (("extension", answer.by_extension), ("property", answer.by_property), ("hour", answer.by_hour)):
        wanted = {key: expected(counter, compared) for key, counter in by(told[name]).items()}
        assert {key: counted(counts) for key, counts in table.items()} == wanted, name


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
@pytest.mark.parametrize("zone", days.ZONES)
def test_each_call_is_counted_as_plain_python_counts_it(
    engine: Any, calls: Path, question: Any, zone: str, tmp_path: Path
) -> None:
    _, asked, before, after, history = question
    _, answer = ask(engine, calls, asked, history, tmp_path, zone)
    same(answer, oracle.count(PARTS, before or after, after, zone), before is not None)


def test_of_chosen_extensions_alone(engine: Any, calls: Path, tmp_path: Path) -> None:
    _, answer = ask(engine, calls, Question(LUNCH, WAS), True, tmp_path, chosen=["101", "o'hara"])
    chosen = [part for part in PARTS if part.extension in ("101", "o'hara")]
    same(answer, oracle.count(chosen, was, lambda part: GRANTED["lunch"], "UTC"), True)


def test_the_calls_themselves_have_the_decision_of_each(engine: Any, calls: Path, tmp_path: Path) -> None:
    replay, _ = ask(engine, calls, Question(LUNCH, WAS), True, tmp_path)
    answer = replay.answer(Findings(), told=100)
    replay.write(tmp_path / "all.parquet")
    rows = {row["row"]: row for row in pyarrow.parquet.read_table(tmp_path / "all.parquet").to_pylist()}
    asked = [part for part in PARTS if part.asked]
    assert len(rows) == len(asked)
    wrong = [
        part
        for part in asked
        if (rows[part.row]["before"], rows[part.row]["after"])
        != (oracle.decide(part, was(part)), oracle.decide(part, GRANTED["lunch"]))
        or (rows[part.row]["required"] or "?") != oracle.needs(part)
        or rows[part.row]["extension"] != part.extension
    ]
    assert wrong == []
    changed = [
        part for part in asked if {rows[part.row]["before"], rows[part.row]["after"]} == {"permitted", "refused"}
    ]
    assert answer.calls_in_all == len(changed) > len(answer.calls) == 100
    assert [call["rows"] for call in answer.calls] == [
        part.rows for part in sorted(changed, key=lambda part: (part.time is None, part.time or 0, part.row))
    ][:100]


def test_what_is_not_known_says_why(engine: Any, calls: Path, tmp_path: Path) -> None:
    _, answer = ask(engine, calls, Question(WAS), True, tmp_path)
    for part_of_reason in (
        "the records do not tell src, dst, leg, callback",
        "a voice menu never makes a call",
        "the extension had no status then",
        "the history has no status of the extension as early as the call",
        'there is no status "gone"',
    ):
        assert any(part_of_reason in reason for reason in answer.why_not_known), part_of_reason
    assert sum(answer.why_not_known.values()) == answer.whole.after[State.NOT_KNOWN]


def test_a_clock_that_was_wrong_costs_nothing(engine: Any, tmp_path: Path) -> None:
    """Calls of 1970 and of 2199: the quarters of an hour between them are eight million."""
    calls = [
        Part("f", row, str(row), time, "101", "external", "queue", "dst", False)
        for row, time in enumerate((days.at(1970, 1, 5, 12), days.NIGHT, days.at(2199, 12, 31, 23, 59)), 1)
    ]
    path = tmp_path / "calls.parquet"
    columns = [pyarrow.array(column, field.type) for column, field in zip(zip(*calls), SCHEMA)]
    pyarrow.parquet.write_table(pyarrow.table(columns, schema=SCHEMA), path)
    replay, answer = ask(engine, path, Question(WAS), True, tmp_path)
    same(answer, oracle.count(calls, was, was, "UTC"), False)
    assert pyarrow.parquet.read_table(tmp_path / "quarters.parquet").num_rows == 3
    assert replay.parts == 3

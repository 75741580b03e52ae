# SPDX-License-Identifier: MIT
"""Plain columns that are a table of an engine already: the same answer as plain Python's, and nothing of the user's is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import oracle
import pyarrow
import pyarrow.parquet
import pytest
from test_plan import CHANGES, GRANTED, LUNCH, PARTS, WAS, same, was

from callprop.replay.frame import replay_dataframe, replay_relation
from callprop.replay.part import Refused
from callprop.replay.question import Question
from callprop.replay.verdict import State

ASKED = [part for part in PARTS if part.asked]
ZONED = pyarrow.timestamp("us", "UTC")


def table(time: Any = ZONED, text: bool = False, **changed: list[Any]) -> pyarrow.Table:
    columns = {
        name: [getattr(part, name) for part in ASKED] for name in ("src", "dst", "leg", "callback", "extension", "time")
    }
    made = {
        name: pyarrow.array(values, pyarrow.string())
        for name, values in columns.items()
        if name in ("src", "dst", "leg", "extension")
    }
    made["time"] = pyarrow.array(columns["time"], pyarrow.int64()).cast(time)
    flags = columns["callback"]
    made["callback"] = pyarrow.array([None if each is None else str(each) for each in flags] if text else flags)
    return pyarrow.table({**made, **{name: pyarrow.array(values) for name, values in changed.items()}})


class DuckDB:
    """A user's connection, with a table that is called as the plan calls its own."""

    def __init__(self, folder: Path) -> None:
        self.connection = duckdb.connect()
        self.folder = folder

    def ask(self, records: pyarrow.Table, question: Question, **more: Any) -> Any:
        pyarrow.parquet.write_table(records, self.folder / "mine.parquet")
        self.connection.execute(
            f"CREATE OR REPLACE TABLE calls AS SELECT * FROM read_parquet('{self.folder}/mine.parquet')"
        )
        return replay_relation(self.connection, "calls", question, **more)

    def tables(self) -> list[str]:
        return [str(name) for (name,) in self.connection.execute("SHOW TABLES").fetchall()]


class Spark:
    """A user's session."""

    def __init__(self, session: Any, folder: Path) -> None:
        self.session, self.folder = session, folder

    def ask(self, records: pyarrow.Table, question: Question, **more: Any) -> Any:
        pyarrow.parquet.write_table(records, self.folder / "mine.parquet")
        frame = self.session.read.parquet(str(self.folder / "mine.parquet"))
        frame.createOrReplaceTempView("calls")
        return replay_dataframe(frame, question, **more)

    def tables(self) -> list[str]:
        found = self.session.catalog.listTables() + self.session.catalog.listTables("global_temp")
        return sorted({each.name for each in found})


@pytest.fixture
def user(engine: Any, engine_name: str, tmp_path: Path) -> Any:
    return DuckDB(tmp_path) if engine_name == "duckdb" else Spark(engine._session.newSession(), tmp_path)


@pytest.mark.parametrize("form", [{}, {"time": pyarrow.int64(), "text": True}], ids=["times", "numbers"])
def test_a_table_is_counted_as_plain_python_counts_it(user: Any, form: dict[str, Any]) -> None:
    answer = user.ask(table(**form), Question(LUNCH, WAS), changes=CHANGES, timezone="Europe/Berlin", told=10)
    same(answer, oracle.count(ASKED, was, lambda part: GRANTED["lunch"], "Europe/Berlin"), True)
    assert len(answer.calls) == 10 < answer.calls_in_all
    assert user.tables() == ["calls"]


def test_of_chosen_extensions_and_without_a_history(user: Any) -> None:
    answer = user.ask(table(), Question(LUNCH), extensions=["o'hara"])
    chosen = [part for part in ASKED if part.extension == "o'hara"]
    same(answer, oracle.count(chosen, lambda part: None, lambda part: GRANTED["lunch"], "UTC"), False)


@pytest.mark.parametrize(
    ("fact", "value"),
    [("src", "External"), ("dst", " queue"), ("leg", "both"), ("callback", "maybe"), ("src", ""), ("dst", "?")],
)
def test_a_value_that_is_none_is_never_decided(user: Any, fact: str, value: str) -> None:
    answer = user.ask(table(**{fact: [value] * len(ASKED)}), Question(LUNCH))
    assert answer.whole.after == {State.NOT_KNOWN: len(ASKED)}


def test_times_and_extensions_that_are_none_are_not_known(user: Any) -> None:
    wrong = [-1, 1 << 62] * (len(ASKED) // 2)
    records = table(time=pyarrow.int64()).drop(["time"]).append_column("time", pyarrow.array(wrong, pyarrow.int64()))
    answer = user.ask(records, Question(WAS), changes=CHANGES)
    assert answer.whole.after == {State.NOT_KNOWN: len(ASKED)}
    assert answer.by_hour == {}


def test_what_is_no_table_of_calls_is_refused(user: Any) -> None:
    for records, words in (
        (table().drop(["leg"]), "no column leg"),
        (table(time=pyarrow.timestamp("us")), "expected a time with a zone"),
        (table().set_column(table().column_names.index("time"), "time", table()["src"]), "expected a time with a zone"),
    ):
        with pytest.raises(Refused, match=words):
            user.ask(records, Question(LUNCH))
    assert user.tables() == ["calls"]

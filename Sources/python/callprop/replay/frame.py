# SPDX-License-Identifier: MIT
"""Records that are a table of an engine already, with plain columns: a DataFrame of Spark, on whatever cluster it is, or a table of DuckDB.
No row of it comes to Python but the groups."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..calls import Leg, Party
from .answer import Answer
from .history import Change
from .part import Findings, Refused
from .question import Question
from .run import Engine, Replay
from .times import FIRST, LAST, Clock

_NEEDED = ("src", "dst", "leg", "extension", "time")
_PARTIES = ", ".join(f"'{party.value}'" for party in Party)
_LEGS = ", ".join(f"'{leg.value}'" for leg in Leg)
#: The types of a time, and how each engine says its microseconds. A time without a zone is none.
_TIMES = {
    "bigint": "time",
    "timestamp": "unix_micros(time)",
    "timestamp with time zone": "epoch_us(time)",
}


def replay_dataframe(
    frame: Any,
    question: Question,
    *,
    timezone: str = "UTC",
    changes: Sequence[Change] | None = None,
    extensions: Sequence[str] | None = None,
    told: int = 100,
) -> Answer:
    """Decides the calls of a DataFrame of Spark with the columns src, dst, leg, callback, extension and time. What it calls its views is
    its own, and its session's settings stay as they are. ``told``: so many of the calls that count are told one by one."""
    from .spark import SparkEngine

    types = dict(frame.dtypes)
    if len(types) != len(frame.dtypes):
        raise Refused("a column of the DataFrame is there twice")
    name = f"callprop_{uuid.uuid4().hex}"
    frame.createGlobalTempView(name)
    try:
        engine = SparkEngine(frame.sparkSession)
        return replay_table(engine, f"global_temp.{name}", types, question, timezone, changes, extensions, told)
    finally:
        frame.sparkSession.catalog.dropGlobalTempView(name)


def replay_relation(
    connection: Any,
    table: str,
    question: Question,
    *,
    timezone: str = "UTC",
    changes: Sequence[Change] | None = None,
    extensions: Sequence[str] | None = None,
    told: int = 100,
) -> Answer:
    """The same for a table, or a view, of a connection of DuckDB."""
    from .duck import DuckEngine

    quoted = '"' + table.replace('"', '""') + '"'
    cursor = connection.cursor()
    described = cursor.execute(f"DESCRIBE SELECT * FROM {quoted}").fetchall()
    types = {str(row[0]): str(row[1]).lower() for row in described}
    if types.get("time") == "timestamp":
        types["time"] = "timestamp without a zone"
    return replay_table(DuckEngine.of(cursor), quoted, types, question, timezone, changes, extensions, told)


def replay_table(
    engine: Engine,
    table: str,
    types: Mapping[str, str],
    question: Question,
    timezone: str,
    changes: Sequence[Change] | None,
    extensions: Sequence[str] | None,
    told: int,
) -> Answer:
    """Decides the calls of a table by its name and the types of its columns."""
    sql = calls_of(table, types)
    with tempfile.TemporaryDirectory(prefix="callprop-replay-") as folder:
        replay = Replay(engine, sql, question, Clock(timezone), Path(folder), changes, extensions)
        return replay.answer(Findings(records=replay.parts), told)


def calls_of(table: str, types: Mapping[str, str]) -> str:
    """The query that makes the plan's ``calls`` of it. A value that is none is a fact that is not known."""
    missing = [name for name in _NEEDED if name not in types]
    if missing:
        raise Refused(
            f"no column {', '.join(missing)}; expected {', '.join(_NEEDED)}, and callback, which may be left out"
        )
    time = _TIMES.get(types["time"])
    if time is None:
        raise Refused(
            f"time is of type {types['time']}; expected a time with a zone, or microseconds since 1970 as bigint"
        )
    callback = "CASE lower(CAST(callback AS STRING)) WHEN 'true' THEN true WHEN 'false' THEN false END"
    return f"""SELECT '' AS file, CAST(0 AS BIGINT) AS row, '' AS rows,
  CASE WHEN {time} >= {FIRST} AND {time} < {LAST} THEN {time} END AS time,
  CASE WHEN CAST(extension AS STRING) NOT IN ('', '?') THEN CAST(extension AS STRING) END AS extension,
  CASE WHEN src IN ({_PARTIES}) THEN src END AS src, CASE WHEN dst IN ({_PARTIES}) THEN dst END AS dst,
  CASE WHEN leg IN ({_LEGS}) THEN leg END AS leg, {callback if "callback" in types else "false"} AS callback,
  '' AS note, true AS asked FROM {table}"""

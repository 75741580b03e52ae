# SPDX-License-Identifier: MIT
"""How long a replay takes, as a ratio to the engine's own time to read the columns, in one run: `make bench-replay`.

bench.py [--rows N] [--changes N] [--extensions N] [--runs N] [--spark] [--cluster] [--folder DIR]: 20 million calls of 5,000
extensions in a month, with 300,000 changes of status. Each figure is the best of the runs. `groups` is the counting, from which all
totals are made; `answer` is all of it: by extension, by property, by hour, and the first thousand calls with their reasons."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "Sources/python"))

import duckdb  # noqa: E402

from callprop import Properties  # noqa: E402
from callprop.replay.duck import DuckEngine  # noqa: E402
from callprop.replay.history import Change  # noqa: E402
from callprop.replay.part import Findings  # noqa: E402
from callprop.replay.question import Named, Question, always, as_it_was  # noqa: E402
from callprop.replay.run import Replay  # noqa: E402
from callprop.replay.times import SECOND, Clock  # noqa: E402

BEGIN = 1772323200 * SECOND  # 1 March 2026
MONTH = 31 * 24 * 3600 * SECOND
STATUSES = {"work": "li,lo,ri,ro,qli,qri", "lunch": "li,lo", "closed": "", "all": "all"}
#: What the engine reads at least: the six columns that decide.
FLOOR = """SELECT sum(time % 1000), sum(length(extension)), sum(length(src)), sum(length(dst)), sum(length(leg)),
  count(CASE WHEN callback THEN 1 END) FROM callprop_calls"""
#: What DuckDB has for this of its own: the status at the time of the call, by an ASOF join.
ASOF = """SELECT s.holding, c.src, c.dst, c.leg, c.callback, q.slot, count(*) FROM callprop_calls c
  ASOF LEFT JOIN (SELECT * FROM callprop_changes) s ON c.extension = s.extension AND c.time >= s.time
  LEFT JOIN callprop_quarters q ON q.quarter = c.time - c.time % 900000000 GROUP BY ALL"""


def make_calls(path: Path, rows: int, extensions: int) -> None:
    """Calls as a PBX has them: few kinds are most, and those of a minute are near each other."""
    connection = duckdb.connect(config={"enable_progress_bar": "false"})
    connection.execute("SELECT setseed(0.17)")
    connection.execute(f"""COPY (SELECT 'Master.csv' AS file, i AS row, CAST(i AS VARCHAR) AS rows,
      CAST({BEGIN} + i * ({MONTH} / {rows}) + random() * 60e6 AS BIGINT) AS time,
      CAST(1000 + CAST(floor(pow(random(), 2) * {extensions}) AS BIGINT) AS VARCHAR) AS extension,
      CASE WHEN kind < 0.55 THEN 'extension' ELSE 'external' END AS src,
      CASE WHEN kind < 0.25 THEN 'external' WHEN kind < 0.70 THEN 'extension' WHEN kind < 0.93 THEN 'queue' ELSE 'ivr' END AS dst,
      CASE WHEN kind < 0.40 THEN 'src' ELSE 'dst' END AS leg, kind > 0.395 AND kind < 0.4 AS callback,
      '' AS note, true AS asked FROM (SELECT range AS i, random() AS kind FROM range({rows})))
      TO '{path}' (FORMAT parquet, COMPRESSION zstd)""")


def make_changes(number: int, extensions: int) -> list[Change]:
    """Everybody changes in turn, all month long."""
    names = [*STATUSES]
    return [
        Change(str(1000 + i % extensions), names[(i // extensions + i) % 4], None, BEGIN + i * (MONTH // number), i)
        for i in range(number)
    ]


def best(runs: int, what: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of processors that this process had."""
    times, processors = [], []
    for _ in range(runs):
        start, had = time.perf_counter(), time.process_time()
        what()
        times.append(time.perf_counter() - start)
        processors.append(time.process_time() - had)
    return min(times), min(processors)


def measure(
    engine: Any, calls: Path, changes: list[Change], folder: Path, runs: int
) -> Iterator[tuple[str, tuple[float, float]]]:
    lunch = always("lunch", Properties.parse("li,lo"))
    named = Named([], {name: Properties.parse(text) for name, text in STATUSES.items()})
    of_history = Question(lunch, as_it_was(named))
    what_if = Replay(engine, calls, Question(lunch), Clock(), folder)
    yield "floor: six columns read", best(runs, lambda: list(engine.rows(FLOOR)))
    yield "what if: groups", best(runs, lambda: list(engine.rows(what_if.plan.by_hour())))
    yield "what if: answer", best(runs, lambda: what_if.answer(Findings()))
    history = Replay(engine, calls, of_history, Clock(), folder, changes)
    yield "history: groups", best(runs, lambda: list(engine.rows(history.plan.by_hour())))
    yield "history: answer", best(runs, lambda: history.answer(Findings()))
    if engine.name == "duckdb":
        yield "history: ASOF join, groups", best(1, lambda: list(engine.rows(ASOF)))


def spark_on_workers(folder: Path) -> Any:
    """Two worker processes on this machine, each with a core and a gigabyte."""
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
    session = session.config("spark.sql.shuffle.partitions", "4").config("spark.driver.host", "127.0.0.1")
    return session.config("spark.local.dir", str(folder)).getOrCreate()


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, value in (("rows", 20_000_000), ("changes", 300_000), ("extensions", 5_000), ("runs", 3)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--spark", action="store_true", help="Spark, too, on this machine")
    parser.add_argument("--cluster", action="store_true", help="and on two worker processes")
    parser.add_argument("--folder", type=Path, help="keeps the calls there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callprop-bench-") as temporary:
        folder = asked.folder or Path(temporary)
        calls = folder / f"calls-{asked.rows}.parquet"
        if not calls.exists():
            # In a process of its own: its memory is not the replay's.
            code = f"import bench; bench.make_calls(bench.Path({str(calls)!r}), {asked.rows}, {asked.extensions})"
            subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)
        changes = make_changes(asked.changes, asked.extensions)
        print(f"{asked.rows:,} calls, {asked.extensions:,} extensions, {asked.changes:,} changes; best of {asked.runs}")
        engines: list[Callable[[], Any]] = [lambda: DuckEngine(Path(temporary))]
        if asked.spark or asked.cluster:
            from callprop.replay.spark import SparkEngine

            engines += [SparkEngine] if asked.spark else []
            engines += [lambda: SparkEngine(spark_on_workers(Path(temporary)))] if asked.cluster else []
        for make in engines:
            engine = make()
            floor: tuple[float, float] | None = None
            for what, took in measure(engine, calls, changes, Path(temporary), asked.runs):
                floor = floor or took
                line = f"{engine.name:7} {what:28} {took[0]:8.2f} s {took[0] / floor[0]:6.2f} x"
                # Spark works in other processes.
                own = f"; of processors {took[1]:8.2f} s {took[1] / floor[1]:6.2f} x" if engine.name == "duckdb" else ""
                print(line + own, flush=True)
            if engine.name == "duckdb":
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"duckdb  peak memory, ASOF included {peak:8.0f} MB")
            engine.close()


if __name__ == "__main__":
    main()

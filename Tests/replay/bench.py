# SPDX-License-Identifier: MIT
"""How long a replay takes, as a ratio to the engine's own time to read the columns, in one run: `make bench-replay`.

bench.py [--rows N] [--changes N] [--extensions N] [--runs N] [--spark] [--cluster] [--groups] [--no-asof] [--folder DIR]: 20 million
calls of 5,000 extensions in a month, with 300,000 changes of status. Seconds are the best of the rounds, ratios their medians. `groups` is the counting, from which all
totals are made; `answer` is all of it: by extension, by property, by hour, and the first thousand calls with their reasons."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
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
FLOOR_NAME = "floor: six columns read"
#: What the engine reads at least: the six columns that decide.
FLOOR = """SELECT sum(time % 1000), sum(length(extension)), sum(length(src)), sum(length(dst)), sum(length(leg)),
  count(CASE WHEN callback THEN 1 END) FROM callprop_calls"""
#: What DuckDB has for this of its own: the status at the time of the call, by an ASOF join.
ASOF = """SELECT s.holding, c.src, c.dst, c.leg, c.callback, q.slot, count(*) FROM callprop_calls c
  ASOF LEFT JOIN (SELECT * FROM callprop_changes) s ON c.extension = s.extension AND c.time >= s.time
  LEFT JOIN callprop_quarters q ON q.quarter = c.time - c.time % 900000000 GROUP BY ALL"""


def make_calls(path: Path, rows: int, extensions: int) -> None:
    """Calls as a PBX has them: few kinds are most, and those of a minute are near each other."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
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


Took = tuple[float, float]  #: seconds by the clock, and of processors that this process had


def once(what: Callable[[], object]) -> Took:
    start, had = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - start, time.process_time() - had


Measured = tuple[Took, Took]  #: the best, and how many times the floor


def measure(runs: int, tasks: dict[str, Callable[[], object]]) -> dict[str, Measured]:
    """Rounds of all tasks in turn; each is compared with the floor of its own round, when the machine did the same besides."""
    rounds = [{name: once(what) for name, what in tasks.items()} for _ in range(runs)]

    def of(name: str, part: int) -> tuple[float, float]:
        return min(each[name][part] for each in rounds), median(
            each[name][part] / each[FLOOR_NAME][part] for each in rounds
        )

    measured = {}
    for name in tasks:
        (clock, times), (processors, times_processors) = of(name, 0), of(name, 1)
        measured[name] = (clock, processors), (times, times_processors)
    return measured


def tasks_of(engine: Any, calls: Path, changes: list[Change], folder: Path) -> dict[str, Callable[[], object]]:
    """What is measured; the floor is the first."""
    lunch = always("lunch", Properties.parse("li,lo"))
    named = Named([], {name: Properties.parse(text) for name, text in STATUSES.items()})
    of_history = Question(lunch, as_it_was(named))
    what_if = Replay(engine, calls, Question(lunch), Clock(), folder)
    history = Replay(engine, calls, of_history, Clock(), folder, changes)
    return {
        FLOOR_NAME: lambda: list(engine.rows(FLOOR)),
        "what if: groups": lambda: list(engine.rows(what_if.plan.by_hour())),
        "what if: answer": lambda: what_if.answer(Findings()),
        "history: groups": lambda: list(engine.rows(history.plan.by_hour())),
        "history: answer": lambda: history.answer(Findings()),
    }


def report(engine: str, what: str, took: Took, times: Took) -> None:
    line = f"{engine:7} {what:28} {took[0]:8.2f} s {times[0]:6.2f} x"
    # Spark works in other processes.
    own = f"; of processors {took[1]:8.2f} s {times[1]:6.2f} x" if engine == "duckdb" else ""
    print(line + own, flush=True)


def without_spill(folder: Path) -> DuckEngine:
    """DuckDB as the command has it, but that it may not put on disk what its memory does not hold: it ends in an error there."""
    engine = DuckEngine(folder)
    list(engine.rows("SET max_temp_directory_size = '0KB'"))
    return engine


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
    parser.add_argument("--groups", action="store_true", help="without the whole answers")
    parser.add_argument("--no-asof", action="store_true", help="without DuckDB's own join, which takes longest")
    parser.add_argument("--folder", type=Path, help="keeps the calls there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callprop-bench-") as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        calls = folder / f"calls-{asked.rows}.parquet"
        if not calls.exists():
            # In a process of its own: its memory is not the replay's.
            code = f"import bench; bench.make_calls(bench.Path({str(calls)!r}), {asked.rows}, {asked.extensions})"
            subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)
        changes = make_changes(asked.changes, asked.extensions)
        print(f"{asked.rows:,} calls, {asked.extensions:,} extensions, {asked.changes:,} changes; {asked.runs} rounds")
        engines: list[Callable[[], Any]] = [lambda: without_spill(Path(temporary))]
        if asked.spark or asked.cluster:
            from callprop.replay.spark import SparkEngine

            engines += [SparkEngine] if asked.spark else []
            engines += [lambda: SparkEngine(spark_on_workers(Path(temporary)))] if asked.cluster else []
        for make in engines:
            engine = make()
            tasks = tasks_of(engine, calls, changes, Path(temporary))
            if asked.groups:
                tasks = {name: what for name, what in tasks.items() if not name.endswith("answer")}
            measured = measure(asked.runs, tasks)
            for what, (took, times) in measured.items():
                report(engine.name, what, took, times)
            if engine.name == "duckdb":
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"duckdb  peak memory {peak:8.0f} MB, and no spill", flush=True)
                if not asked.no_asof:
                    # Which does not fit into that memory.
                    list(engine.rows("RESET max_temp_directory_size"))
                    asof = once(lambda: list(engine.rows(ASOF)))
                    floor = measured[FLOOR_NAME][0]
                    report(engine.name, "history: ASOF join, groups", asof, (asof[0] / floor[0], asof[1] / floor[1]))
            engine.close()


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Spark on workers in processes of their own, and behind `--engine spark`: the answer is DuckDB's, word for word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from conftest import REPOSITORY

#: In a process of its own: there is one Spark in a process.
ON_A_CLUSTER = """
import json, sys
from pathlib import Path
import pyarrow, pyarrow.parquet
from pyspark.sql import SparkSession
from callprop import Properties
from callprop.replay.frame import replay_dataframe, replay_relation
from callprop.replay.history import Change
from callprop.replay.part import Part
from callprop.replay.question import Named, Question, always, as_it_was
import days, duckdb

parts = [part for part in days.parts(Part) if part.asked]
names = ("src", "dst", "leg", "callback", "extension", "time")
table = pyarrow.table({name: [getattr(part, name) for part in parts] for name in names})
pyarrow.parquet.write_table(table, "mine.parquet")
named = Named([], {name: Properties.parse(text) for name, text in days.STATUSES.items()})
question = Question(always("lunch", Properties.parse("li,lo")), as_it_was(named))
session = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
session = session.config("spark.driver.host", "127.0.0.1").config("spark.sql.shuffle.partitions", "4").getOrCreate()
asked = {"changes": days.changes(Change), "timezone": "Australia/Lord_Howe", "told": 0}
spark = replay_dataframe(session.read.parquet(str(Path("mine.parquet").resolve())), question, **asked)
executors = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
connection = duckdb.connect()
connection.execute("CREATE TABLE mine AS SELECT * FROM read_parquet('mine.parquet')")
duck = replay_relation(connection, "mine", question, **asked)
session.stop()
assert executors == 3, executors  # two workers, and the driver
assert spark.to_dict() == duck.to_dict()
print("the same,", spark.whole.calls)
"""


def run(command: list[str | Path], folder: Path) -> str:
    paths = [str(REPOSITORY / name) for name in ("Sources/python", "Tests/replay", "Tests/abi")]
    environment = {**os.environ, "PYTHONPATH": ":".join(paths)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_on_workers_in_processes_of_their_own(tmp_path: Path) -> None:
    assert run([sys.executable, "-c", ON_A_CLUSTER], tmp_path).startswith("the same, 25200")


def test_the_command_says_the_same_with_either_engine(tmp_path: Path) -> None:
    office = REPOSITORY / "examples/replay"
    asked = [sys.executable, "-m", "callprop", "replay", office / "Master.csv", "--conf", office / "callprop.conf"]
    asked += ["--history", office / "callprop-history.csv", "--from", "Lunch", "--to", "Lunch with the queue"]
    asked += ["--timezone", "Europe/Berlin"]
    for form in ([], ["--json"]):
        answers = {run([*asked, *form, "--engine", engine], tmp_path) for engine in ("duckdb", "spark")}
        assert len(answers) == 1

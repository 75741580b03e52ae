# SPDX-License-Identifier: MIT
"""Spark, the engine of a cluster: the session of whoever calls, or one on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .part import Refused, must_be_new
from .tables import arrow_table, write_table


class SparkEngine:
    """Runs the plan. Of a session that is handed in, it takes a new one beside: with the same cluster, and views and settings of its own."""

    name = "spark"

    def __init__(self, session: Any = None, cores: int = 2) -> None:
        self._own = session is None
        self._session = _local(cores) if session is None else session.newSession()
        #: Do those who work see the files of this machine?
        self._same_files = str(self._session.sparkContext.master).startswith("local[")

    def table(self, name: str, path: Path) -> None:
        """A file, or a folder, of Parquet as a table of the plan."""
        self._session.read.parquet(str(path)).createOrReplaceTempView(f"callprop_{name}")

    def view(self, name: str, sql: str) -> None:
        """What a query gives as a table of the plan."""
        self._session.sql(sql).createOrReplaceTempView(f"callprop_{name}")

    def keep(self, name: str, sql: str) -> None:
        """The same. Spark works it out each time, and so leaves nothing behind in the memory of a cluster."""
        self.view(name, sql)

    def small(self, name: str, rows: Iterable[tuple[Any, ...]], folder: Path) -> None:
        """Rows as a table of the plan. To a cluster they go over the network."""
        if self._same_files:
            self.table(name, write_table(name, rows, folder))
        else:
            self._session.createDataFrame(arrow_table(name, rows)).createOrReplaceTempView(f"callprop_{name}")

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """What a query gives."""
        for row in self._session.sql(sql).collect():
            yield tuple(row)

    def write(self, sql: str, path: Path) -> None:
        """What a query gives, into a new folder of Parquet."""
        must_be_new(path)
        self._session.sql(sql).write.parquet(str(path))

    def close(self) -> None:
        if self._own:
            self._session.stop()


def _local(cores: int) -> Any:
    try:
        from pyspark.sql import SparkSession  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        raise Refused(
            "--engine spark: there is no pyspark; pip install 'callprop[spark]', and Java 17 or later"
        ) from None
    builder = SparkSession.builder.master(f"local[{cores}]").appName("callprop replay")
    for name, value in (
        ("spark.ui.enabled", "false"),
        ("spark.ui.showConsoleProgress", "false"),
        ("spark.sql.session.timeZone", "UTC"),
        ("spark.sql.shuffle.partitions", "4"),
        ("spark.driver.bindAddress", "127.0.0.1"),
        ("spark.driver.host", "127.0.0.1"),
    ):
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as problem:  # py4j's and the gateway's own, of which there are many
        raise Refused(
            f"--engine spark: Spark does not start: {str(problem).splitlines()[0][:200]}; is there Java 17?"
        ) from None
    session.sparkContext.setLogLevel("ERROR")
    return session

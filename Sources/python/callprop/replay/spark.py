# SPDX-License-Identifier: MIT
"""Spark, the engine of a cluster: the session of whoever calls, or one on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .part import Refused


class SparkEngine:
    """Runs the plan. Settings of a session that is handed in are left alone."""

    name = "spark"

    def __init__(self, session: Any = None) -> None:
        self._own = session is None
        if session is None:
            try:
                from pyspark.sql import SparkSession
            except ImportError:
                raise Refused(
                    "--engine spark: there is no pyspark; pip install pyspark, and Java 17 or later"
                ) from None
            session = (
                SparkSession.builder.master("local[2]")
                .appName("callprop replay")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.sql.shuffle.partitions", "4")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate()
            )
            session.sparkContext.setLogLevel("ERROR")
        self._session = session

    def table(self, name: str, path: Path) -> None:
        """A file, or a folder, of Parquet as a table of the plan."""
        self._session.read.parquet(str(path)).createOrReplaceTempView(name)

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """What a query gives, a partition at a time."""
        for row in self._session.sql(sql).toLocalIterator():
            yield tuple(row)

    def write(self, sql: str, path: Path) -> None:
        """What a query gives, into a new folder of Parquet."""
        if path.exists():
            raise Refused(f"{path}: is there already, and nothing is written over")
        self._session.sql(sql).write.parquet(str(path))

    def close(self) -> None:
        if self._own:
            self._session.stop()

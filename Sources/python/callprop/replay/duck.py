# SPDX-License-Identifier: MIT
"""DuckDB, the engine inside this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb  # type: ignore[import-not-found,import-untyped,unused-ignore]

from .part import Refused, must_be_new
from .tables import write_table

_AT_A_TIME = 10_000


class DuckEngine:
    """Runs the plan. It loads no extension, and reaches for no network."""

    name = "duckdb"

    def __init__(self, folder: Path, memory: str = "768MB") -> None:
        self._connection = duckdb.connect(":memory:")
        for setting, value in (
            ("memory_limit", memory),
            ("temp_directory", str(folder / "spill")),
            ("autoinstall_known_extensions", "false"),
            ("autoload_known_extensions", "false"),
        ):
            self._connection.execute(f"SET {setting} = '{_quoted(value)}'")

    @classmethod
    def of(cls, connection: Any) -> DuckEngine:
        """The engine of a connection that is handed in. Its views are temporary; its settings stay as they are."""
        engine = cls.__new__(cls)
        engine._connection = connection
        return engine

    def table(self, name: str, path: Path) -> None:
        """A file of Parquet as a table of the plan."""
        self.view(name, f"SELECT * FROM read_parquet('{_quoted(str(path))}')")

    def view(self, name: str, sql: str) -> None:
        """What a query gives as a table of the plan."""
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW callprop_{name} AS {sql}")

    def small(self, name: str, rows: Iterable[tuple[Any, ...]], folder: Path) -> None:
        """Rows as a table of the plan."""
        self.table(name, write_table(name, rows, folder))

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """What a query gives, some rows at a time."""
        try:
            result = self._connection.execute(sql)
            while rows := result.fetchmany(_AT_A_TIME):
                yield from rows
        except duckdb.Error as problem:
            raise Refused(f"DuckDB: {_first_line(problem)}") from None

    def write(self, sql: str, path: Path) -> None:
        """What a query gives, into one new file of Parquet."""
        must_be_new(path)
        try:
            self._connection.execute(f"COPY ({sql}) TO '{_quoted(str(path))}' (FORMAT parquet, COMPRESSION zstd)")
        except duckdb.Error as problem:
            raise Refused(f"{path}: {_first_line(problem)}") from None

    def close(self) -> None:
        self._connection.close()


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _first_line(problem: Exception) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:200]

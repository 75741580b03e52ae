# SPDX-License-Identifier: MIT
"""DuckDB, the engine inside this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from .part import Refused

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

    def table(self, name: str, path: Path) -> None:
        """A file of Parquet as a table of the plan."""
        self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet('{_quoted(str(path))}')")

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """What a query gives, some rows at a time."""
        result = self._connection.execute(sql)
        while rows := result.fetchmany(_AT_A_TIME):
            yield from rows

    def write(self, sql: str, path: Path) -> None:
        """What a query gives, into one new file of Parquet."""
        if path.exists():
            raise Refused(f"{path}: is there already, and nothing is written over")
        self._connection.execute(f"COPY ({sql}) TO '{_quoted(str(path))}' (FORMAT parquet, COMPRESSION zstd)")

    def close(self) -> None:
        self._connection.close()


def _quoted(text: str) -> str:
    return text.replace("'", "''")

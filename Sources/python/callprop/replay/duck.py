# SPDX-License-Identifier: MIT
"""DuckDB, the engine inside this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import duckdb  # type: ignore[import-not-found,import-untyped,unused-ignore]

from .part import Refused, must_be_new
from .progress import Progress
from .tables import write_table


class DuckEngine:
    """Runs the plan. It loads no extension, and reaches for no network."""

    name = "duckdb"

    def __init__(self, folder: Path, memory: str = "768MB", progress: Progress | None = None) -> None:
        self._connection = duckdb.connect(":memory:")
        self._progress = progress or Progress()
        for setting, value in (
            ("memory_limit", memory),
            ("temp_directory", str(folder / "spill")),
            ("autoinstall_known_extensions", "false"),
            ("autoload_known_extensions", "false"),
            # Its own bar goes to standard output, into the answer.
            ("enable_progress_bar", "true"),
            ("enable_progress_bar_print", "false"),
        ):
            self._connection.execute(f"SET {setting} = '{_quoted(value)}'")

    @classmethod
    def of(cls, connection: Any) -> DuckEngine:
        """The engine of a connection that is handed in. Its views are temporary; its settings stay as they are."""
        engine = cls.__new__(cls)
        engine._connection = connection
        engine._progress = Progress()
        return engine

    def table(self, name: str, path: Path) -> None:
        """A file of Parquet as a table of the plan."""
        self.view(name, f"SELECT * FROM read_parquet('{_quoted(str(path))}')")

    def view(self, name: str, sql: str) -> None:
        """What a query gives as a table of the plan."""
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW callprop_{name} AS {sql}")

    def keep(self, name: str, sql: str) -> None:
        """The same, worked out once."""
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE callprop_{name} AS {sql}")

    def small(self, name: str, rows: Iterable[tuple[Any, ...]], folder: Path) -> None:
        """Rows as a table of the plan."""
        self.table(name, write_table(name, rows, folder))

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """What a query gives."""
        try:
            yield from self._watched(lambda: self._connection.execute(sql).fetchall())
        except duckdb.Error as problem:
            raise Refused(f"DuckDB: {_first_line(problem)}") from None

    def write(self, sql: str, path: Path) -> None:
        """What a query gives, into one new file of Parquet."""
        must_be_new(path)
        try:
            copy = f"COPY ({sql}) TO '{_quoted(str(path))}' (FORMAT parquet, COMPRESSION zstd)"
            self._watched(lambda: self._connection.execute(copy).fetchall())
        except duckdb.Error as problem:
            raise Refused(f"{path}: {_first_line(problem)}") from None

    def _watched(self, work: Callable[[], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
        """Does it in a thread, so that this one can say how far it is, and can stop it."""
        with ThreadPoolExecutor(1) as pool:
            doing = pool.submit(work)
            try:
                while not wait([doing], timeout=0.2).done:
                    self._progress.share(self._connection.query_progress())
                return doing.result()
            except KeyboardInterrupt:
                self._connection.interrupt()
                raise

    def close(self) -> None:
        self._connection.close()


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _first_line(problem: Exception) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:200]

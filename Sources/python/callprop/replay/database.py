# SPDX-License-Identifier: MIT
"""Tables of databases, read and never written: SQLite by Python's own module, PostgreSQL by psycopg. DuckDB's extensions for them are
downloaded when they are first used, which this package never does."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .part import Refused

_AT_A_TIME = 5_000
_URL = re.compile(r"postgres(?:ql)?:/")


class Address:
    """A database of PostgreSQL: its URL, which never comes out, for it may have a password."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self.name: str = f"{parts.hostname or 'localhost'}{parts.path}"

    def __str__(self) -> str:
        return f"postgresql://{self.name}"


def is_address(text: str) -> bool:
    """Is this a URL of PostgreSQL?"""
    return bool(_URL.match(text))


def rows_of_sqlite(path: Path, table: str) -> Iterator[tuple[int, list[Any]]]:
    """The names, and the rows of a table, in the order in which they were written."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            found = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
            chosen = _chosen(path, [name for (name,) in found if not name.startswith("sqlite_")], table)
            yield from _numbered(connection.execute(f"SELECT * FROM {_quoted(chosen)}"))
        finally:
            connection.close()
    except sqlite3.Error as problem:
        raise Refused(f"{path}: no SQLite that can be read: {problem}") from None


def rows_of_postgresql(address: Address, table: str) -> Iterator[tuple[int, list[Any]]]:
    """The names, and the rows of a table, in the order in which the database gives them, some at a time."""
    try:
        import psycopg  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        raise Refused(f"{address}: there is no psycopg; pip install 'psycopg[binary]'") from None
    try:
        with psycopg.connect(address.url, connect_timeout=10) as connection:
            connection.read_only = True
            found = connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = ANY (current_schemas(false)) ORDER BY 1"
            )
            chosen = _chosen(address, [name for (name,) in found], table)
            with connection.cursor(name="callprop") as cursor:
                cursor.itersize = _AT_A_TIME
                cursor.execute(f"SELECT * FROM {_quoted(chosen)}".encode())
                yield from _numbered(cursor)
    except psycopg.Error as problem:
        raise Refused(f"{address}: {_first_line(problem)}") from None


def _numbered(cursor: Any) -> Iterator[tuple[int, list[Any]]]:
    yield 0, [column[0] for column in cursor.description]
    for number, row in enumerate(cursor, 1):
        yield number, [*row]


def _chosen(place: object, found: list[str], wanted: str) -> str:
    """The table that is meant: the one that is named, or the only one, or ``cdr``."""
    if wanted:
        if wanted not in found:
            raise Refused(f"{place}: there is no table {wanted}; it has {', '.join(found[:20]) or 'none'}")
        return wanted
    if len(found) == 1:
        return found[0]
    if "cdr" in found:
        return "cdr"
    raise Refused(f"{place}: which table? --table NAME: it has {', '.join(found[:20]) or 'none'}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(problem: Exception) -> str:
    return (str(problem).strip().splitlines() or ["no answer"])[0][:200]

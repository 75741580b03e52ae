# SPDX-License-Identifier: MIT
"""Where records come from: text, JSON Lines, Parquet, a table of SQLite or of PostgreSQL. All come out as rows of text, the names first."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Union

from .database import Address, rows_of_postgresql, rows_of_sqlite
from .json_records import flat, json_records, looks_like_json
from .lines import LONGEST, NOT_CLOSED, fields_of, lines_of
from .part import Findings, Refused
from .reading import Reading

Place = Union[Path, Address]
_SURROGATE = re.compile("[\ud800-\udfff]")


class Row(NamedTuple):
    """A row, or what is wrong with it. The first is the names, where the source has names."""

    line: int
    fields: list[str]
    wrong: str = ""


def once(place: object, names: list[str]) -> list[str]:
    """The names, if each is there once: of two columns, nobody knows which counts."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Refused(f"{place}: the column {twice[0]} is there twice")
    return names


def kind_of(place: Place) -> str:
    """text, parquet, sqlite or postgresql: by the first bytes, never by the name."""
    if isinstance(place, Address):
        return "postgresql"
    try:
        with place.open("rb") as file:
            start = file.read(16)
    except OSError as problem:
        raise Refused(f"{place}: {problem.strerror or problem}") from None
    return "parquet" if start[:4] == b"PAR1" else "sqlite" if start == b"SQLite format 3\0" else "text"


def rows_of(place: Place, reading: Reading) -> Iterator[Row]:
    """The rows of a source. What is wrong with lines of text that are none is told already."""
    kind = kind_of(place)
    if isinstance(place, Address):
        yield from map(_checked, rows_of_postgresql(place, reading.table))
    elif kind == "sqlite":
        yield from map(_checked, rows_of_sqlite(place, reading.table))
    elif kind == "parquet":
        yield from map(_checked, _rows_of_parquet(place))
    else:
        if looks_like_json([text for _, text in islice(lines_of(place, Findings(), reading.encoding), 1)]):
            yield from _rows_of_json(place, reading)
            return
        lines = lines_of(place, reading.findings, reading.encoding)
        for line in lines:
            yield _row_of_text(*line)


def head_of(place: Place, reading: Reading) -> list[str]:
    """The first lines as text; of a table, the names and the first rows as though they were CSV."""
    if kind_of(place) == "text" and isinstance(place, Path):
        head = [text for _, text in islice(lines_of(place, Findings(), reading.encoding), 5)]
        if looks_like_json(head):
            # One object may take many lines.
            first = next(json_records(place, Reading(encoding=reading.encoding)), None)
            return [json.dumps(first.told)] if first is not None and not first.wrong else head
        if head:
            return head
        raise Refused(f"{place}: there is no line of text in it")
    return [_line(row.fields) for row in islice(rows_of(place, reading), 5)]


def head_of_names(place: Path, reading: Reading) -> list[str]:
    """The names of flat objects of JSON, as the first line of CSV."""
    return [_line(row.fields) for row in islice(_rows_of_json(place, Reading(encoding=reading.encoding)), 1)]


def _line(fields: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(fields)
    return text.getvalue()


def _row_of_text(line: int, text: str) -> Row:
    fields = fields_of(text)
    return Row(line, fields or [], "" if fields is not None else NOT_CLOSED)


def _rows_of_json(path: Path, reading: Reading) -> Iterator[Row]:
    """Flat objects. The names are those of all of them, so they are looked at twice."""
    names: dict[str, None] = {}
    for found in json_records(path, Reading(encoding=reading.encoding)):
        names.update(dict.fromkeys(found.told))
    yield Row(0, [*names])
    for found in json_records(path, reading):
        yield Row(found.line, [flat(found.told.get(name)) for name in names], found.wrong)


def _rows_of_parquet(path: Path) -> Iterator[tuple[int, list[Any]]]:
    import pyarrow  # type: ignore[import-not-found,import-untyped,unused-ignore]
    import pyarrow.parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]

    number = 0
    try:
        file = pyarrow.parquet.ParquetFile(path)
        yield 0, [*file.schema_arrow.names]
        for batch in file.iter_batches(batch_size=10_000):
            columns = [_in_microseconds(column).to_pylist() for column in batch.columns]
            for values in zip(*columns):
                number += 1
                yield number, [*values]
    except (OSError, ValueError, pyarrow.ArrowException) as problem:
        raise Refused(f"{path}: no Parquet that can be read: {str(problem).splitlines()[0][:200]}") from None


def _in_microseconds(column: Any) -> Any:
    """Python's times have no nanoseconds."""
    import pyarrow  # type: ignore[import-not-found,import-untyped,unused-ignore]

    if pyarrow.types.is_timestamp(column.type) and column.type.unit == "ns":
        return column.cast(pyarrow.timestamp("us", column.type.tz), safe=False)
    return column


def _checked(row: tuple[int, list[Any]]) -> Row:
    """A row of a table as text, under the same rules as a line of text."""
    number, values = row
    fields = [_text(value) for value in values]
    for field in fields:
        if "\0" in field:
            return Row(number, fields, "has a NUL byte: the table was damaged")
        if _SURROGATE.search(field):
            return Row(number, fields, "not utf-8")
        if len(field) > LONGEST:
            return Row(number, fields, f"longer than {LONGEST} characters: no record")
    return Row(number, fields)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if value is None or isinstance(value, bool):
        return flat(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat(" ")) if hasattr(value, "hour") else str(value.isoformat())
    return str(value)

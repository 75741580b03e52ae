# SPDX-License-Identifier: MIT
"""From files of records to one table that every engine reads: Parquet, in a folder that is thrown away behind us."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow
import pyarrow.parquet

from .formats import format_of
from .part import Part, Refused
from .reading import Reading

SCHEMA = pyarrow.schema(
    [
        ("file", pyarrow.string()),
        ("row", pyarrow.int64()),
        ("rows", pyarrow.string()),
        ("time", pyarrow.int64()),
        ("extension", pyarrow.string()),
        ("src", pyarrow.string()),
        ("dst", pyarrow.string()),
        ("leg", pyarrow.string()),
        ("callback", pyarrow.bool_()),
        ("note", pyarrow.string()),
        ("asked", pyarrow.bool_()),
    ]
)
_AT_A_TIME = 50_000


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files that are named, and those of the folders that are."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
            if not inside:
                raise Refused(f"{path}: a folder without a file")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise Refused(f"{path}: there is no such file")
    return found


def take_in(
    paths: list[Path], wanted: str, reading: Reading, into: Path, tell: Callable[[str, int], None] = lambda *_: None
) -> None:
    """Reads the files in their format, or in the one that is wanted, and writes what took part. Memory is that of some calls."""
    with pyarrow.parquet.ParquetWriter(into, SCHEMA, compression="zstd") as writer:
        for path in paths:
            before, damaged = reading.findings.records, reading.findings.damaged
            parts = format_of(path, wanted, reading).parts(path)
            while batch := list(islice(parts, _AT_A_TIME)):
                writer.write_batch(_batch(batch))
                tell(path.name, reading.findings.records - before)
            records, bad = reading.findings.records - before, reading.findings.damaged - damaged
            if records and bad >= records:
                first = next(each for each in reading.findings.first if each.file == path.name)
                raise Refused(f"{path}: none of its {records} records can be read; line {first.line}: {first.reason}")


def _batch(parts: list[Part]) -> pyarrow.RecordBatch:
    columns: Iterator[tuple[object, ...]] = zip(*parts)
    return pyarrow.RecordBatch.from_arrays(
        [pyarrow.array(column, each.type) for column, each in zip(columns, SCHEMA)], schema=SCHEMA
    )

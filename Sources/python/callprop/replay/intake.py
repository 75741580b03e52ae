# SPDX-License-Identifier: MIT
"""From files of records to one table that every engine reads: Parquet, in a folder that is thrown away behind us."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow  # type: ignore[import-not-found,import-untyped,unused-ignore]
import pyarrow.parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]

from .database import Address, is_address
from .formats import format_of
from .formats.freeswitch import FreeSWITCH
from .part import Part, Refused
from .reading import Reading
from .sources import Place

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


def files_of(paths: Iterable[str | Path]) -> list[Place]:
    """The files that are named, those of the folders that are, and databases."""
    found: list[Place] = []
    for text in map(str, paths):
        path = Path(text)
        if is_address(text):
            found.append(Address(text))
        elif path.is_dir():
            inside = sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
            if not inside:
                raise Refused(f"{path}: a folder without a file")
            found += inside
        elif path.is_file():
            found.append(path)
        elif path.exists():
            raise Refused(f"{path}: no file but a pipe or a device; records are read more than once: expected a file")
        else:
            raise Refused(f"{path}: there is no such file")
    return found


def take_in(
    paths: list[Place], wanted: str, reading: Reading, into: Path, tell: Callable[[str, int], None] = lambda *_: None
) -> None:
    """Reads the files in their format, or in the one that is wanted, and writes what took part. Memory is that of some calls."""
    with pyarrow.parquet.ParquetWriter(into, SCHEMA, compression="zstd") as writer:
        for group, parts in _groups(paths, wanted, reading):
            name = group[0].name
            before, damaged = reading.findings.records, reading.findings.damaged
            while batch := list(islice(parts, _AT_A_TIME)):
                writer.write_batch(_batch(batch))
                tell(name, reading.findings.records - before)
            records, bad = reading.findings.records - before, reading.findings.damaged - damaged
            if bad >= max(records, 1):
                names = {each.name for each in group}
                why = [f"; line {each.line}: {each.reason}" for each in reading.findings.first if each.file in names]
                raise Refused(f"{group[0]}: none of its {records} records can be read{''.join(why[:1])}")


def _groups(paths: list[Place], wanted: str, reading: Reading) -> Iterator[tuple[list[Place], Iterator[Part]]]:
    """A file and its parts, or files whose records belong together."""
    together: list[Place] = []
    reader: FreeSWITCH | None = None
    for path in paths:
        found = format_of(path, wanted, reading)
        if isinstance(found, FreeSWITCH):
            together.append(path)
            reader = found
        else:
            yield [path], found.parts(path)
    if reader is not None:
        yield together, reader.parts_of_all(together)


def _batch(parts: list[Part]) -> pyarrow.RecordBatch:
    columns: Iterator[tuple[object, ...]] = zip(*parts)
    return pyarrow.RecordBatch.from_arrays(
        [pyarrow.array(column, each.type) for column, each in zip(columns, SCHEMA)], schema=SCHEMA
    )

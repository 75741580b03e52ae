# SPDX-License-Identifier: MIT
"""The lines of a text file, with their numbers, and each a record of its own: what is wrong with one does no harm to the next.

No reader of CSV does that: after a quote that is never closed, they take the rest of the file for one field."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .part import Findings, Refused

LONGEST = 1 << 20
#: What is wrong with a line without fields.
NOT_CLOSED = f"a quote is not closed, or a field has over {csv.field_size_limit():,} characters"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def lines_of(path: Path, findings: Findings, encoding: str = "") -> Iterator[tuple[int, str]]:
    """The number and the text of each line that is one; the others are damage. Memory is that of a line."""
    name = path.name
    try:
        with path.open("rb") as file:
            mark, found = _mark_of(file)
            file.seek(mark)
            for number, raw in enumerate(_raw_lines(file, encoding or found), 1):
                if len(raw) > LONGEST:
                    findings.damage(name, number, f"longer than {LONGEST} bytes: no record")
                    continue
                try:
                    text = raw.decode(encoding or found).rstrip("\r\n")
                except UnicodeDecodeError as problem:
                    findings.damage(
                        name,
                        number,
                        f"not {encoding or found}: byte 0x{raw[problem.start]:02x} at byte {problem.start}; --encoding says another",
                    )
                    continue
                except UnicodeError as problem:
                    findings.damage(name, number, f"not {encoding or found}: {problem}"[:200])
                    continue
                if "\0" in text:
                    findings.damage(name, number, "has a NUL byte: the file was damaged, or is of another encoding")
                elif text.strip():
                    yield number, text
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror or problem}") from None
    except (LookupError, ValueError):
        raise Refused(f"--encoding {encoding}: no such encoding; expected one such as utf-8 or latin-1") from None


def fields_of(text: str) -> list[str] | None:
    """The fields of a line of CSV, as PBXs write it; None where a quote is not closed."""
    try:
        rows = list(csv.reader([text], strict=False))
    except csv.Error:
        return None
    # The reader goes on to the next line for the rest of a field, finds none, and hands out what it has, with the line's end in it.
    closed = next(csv.reader([text + ",closed"], strict=False), [])
    if not rows or closed[-1:] != ["closed"]:
        return None
    return rows[0]


def _mark_of(file: BinaryIO) -> tuple[int, str]:
    start = file.read(4)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return len(mark), encoding
    return 0, "utf-8"


def _raw_lines(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    if not encoding.lower().replace("_", "-").startswith("utf-16"):
        while raw := file.readline(LONGEST + 2):
            if len(raw) > LONGEST and not raw.endswith(b"\n"):
                while (more := file.readline(LONGEST)) and not more.endswith(b"\n"):
                    pass
            yield raw
        return
    # A byte that is 10 is half of many characters there.
    end = "\n".encode(encoding if encoding.lower()[-2:] in ("le", "be") else "utf-16-le")
    kept = b""
    while block := file.read(1 << 16):
        kept += block
        start = 0
        while (place := kept.find(end, start)) >= 0:
            if place % 2:
                start = place + 1
                continue
            yield kept[: place + 2]
            kept, start = kept[place + 2 :], 0
        if len(kept) > LONGEST:
            raise Refused("a line of UTF-16 is longer than a record can be: no text of records")
    if kept:
        yield kept

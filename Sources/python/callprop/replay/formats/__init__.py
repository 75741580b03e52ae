# SPDX-License-Identifier: MIT
"""The formats of call records: a module each, with a class that has

- ``name``, as it is written behind --format, and ``about``, how it tells who is who, and how surely
- ``recognises(head)``: is a file that begins with these lines one of it?
- ``parts(path)``: the parts of its calls, one after the other; what it cannot read is damage"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol

from ..lines import lines_of
from ..part import Findings, Part, Refused
from ..reading import Reading
from .asterisk_cdr import AsteriskCDR
from .plain import Plain
from .threecx import ThreeCX


class Format(Protocol):
    name: str
    about: str

    def __init__(self, reading: Reading) -> None: ...
    @staticmethod
    def recognises(head: list[str]) -> bool: ...
    def parts(self, path: Path) -> Iterator[Part]: ...


FORMATS: dict[str, type[Format]] = {each.name: each for each in (Plain, AsteriskCDR, ThreeCX)}


def format_of(path: Path, wanted: str, reading: Reading) -> Format:
    """The format that was asked for, or that the file is in by its first lines."""
    if wanted:
        if wanted not in FORMATS:
            raise Refused(f"--format {wanted}: no such format; expected {', '.join(FORMATS)}")
        return FORMATS[wanted](reading)
    head = [text for _, text in islice(lines_of(path, Findings(), reading.encoding), 5)]
    if not head:
        raise Refused(f"{path}: there is no line of text in it")
    found = [each for each in FORMATS.values() if each.recognises(head)]
    if len(found) != 1:
        raise Refused(
            f"{path}: no call records that are known by their first lines; --format says which: {', '.join(FORMATS)}"
        )
    return found[0](reading)

# SPDX-License-Identifier: MIT
"""The formats of call records: a module each, with a class that has

- ``name``, as it is written behind --format, and ``about``, how it tells who is who, and how surely
- ``recognises(head)``: is a file that begins with these lines one of it?
- ``parts(path)``: the parts of its calls, one after the other; what it cannot read is damage
- ``parts_of_all(paths)``, if the records of a call may be in several files"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from ..json_records import looks_like_json
from ..part import Part, Refused
from ..reading import Reading
from ..sources import Place, head_of, head_of_names
from .asterisk_cdr import AsteriskCDR
from .call_history import CallHistory
from .cel import CEL
from .denials import Denials
from .freeswitch import FreeSWITCH
from .plain import Plain
from .threecx import ThreeCX


class Format(Protocol):
    name: str
    about: str

    def __init__(self, reading: Reading) -> None: ...
    @staticmethod
    def recognises(head: list[str]) -> bool: ...
    def parts(self, path: Place) -> Iterator[Part]: ...


FORMATS: dict[str, type[Format]] = {
    each.name: each for each in (Plain, AsteriskCDR, CEL, Denials, FreeSWITCH, ThreeCX, CallHistory)
}


def format_of(path: Place, wanted: str, reading: Reading) -> Format:
    """The format that was asked for, or that the file is in by its first lines."""
    if wanted:
        if wanted not in FORMATS:
            raise Refused(f"--format {wanted}: no such format; expected {', '.join(FORMATS)}")
        return FORMATS[wanted](reading)
    head = head_of(path, reading)
    found = [each for each in FORMATS.values() if each.recognises(head)]
    if not found and isinstance(path, Path) and looks_like_json(head):
        head = head_of_names(path, reading)
        found = [each for each in FORMATS.values() if head and each.recognises(head)]
    if len(found) != 1:
        raise Refused(
            f"{path}: no call records that are known by their first lines; --format says which: {', '.join(FORMATS)}"
        )
    return found[0](reading)

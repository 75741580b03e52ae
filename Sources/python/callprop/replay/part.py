# SPDX-License-Identifier: MIT
"""What a call record says: who took part in a call, and as what. And what was wrong with a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Part(NamedTuple):
    """One extension's part in a call: what its status is asked. A fact that the record cannot tell is None, and is never guessed."""

    file: str
    row: int  #: the first record that says so, from 1; a header is none
    rows: str  #: all of them: ``2-4``
    time: int | None  #: when the call began, in microseconds of UTC
    extension: str | None  #: None: one took part, but which?
    src: str | None
    dst: str | None
    leg: str | None
    callback: bool | None
    note: str = ""  #: how it was told, where that is not plain
    asked: bool = True  #: False: no extension took part that a status is asked for; the note says why


class Damage(NamedTuple):
    """A record that could not be read."""

    file: str
    line: int
    reason: str


class Refused(Exception):
    """There is no answer: what is wrong, and what would be right, in a sentence for the user."""


def must_be_new(path: Path) -> None:
    """Nothing is written over."""
    try:
        there = path.exists()
        folder = path.parent.is_dir()
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror or problem}") from None
    if there:
        raise Refused(f"{path}: is there already, and nothing is written over")
    if not folder:
        raise Refused(f"{path}: there is no folder {path.parent} to write it into")


#: Of damaged records, and of rows explained, no more are kept: a file of the wrong kind has millions.
MOST_SHOWN = 1000


@dataclass
class Findings:
    """What was noticed while records were read: all of it counted, the first of it shown."""

    records: int = 0
    damaged: int = 0
    first: list[Damage] = field(default_factory=list)
    notices: dict[str, int] = field(default_factory=dict)

    def damage(self, file: str, line: int, reason: str) -> None:
        self.damaged += 1
        if len(self.first) < MOST_SHOWN:
            self.first.append(Damage(file, line, reason))

    def notice(self, text: str) -> None:
        self.notices[text] = self.notices.get(text, 0) + 1

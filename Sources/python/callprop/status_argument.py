# SPDX-License-Identifier: MIT
"""What a STATUS on the command line grants: what it says itself, or a status of the file that it names, ``@FILE:NAME``."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from typing import BinaryIO

from .errors import Error, ErrorCode
from .input import whole
from .output import printable
from .properties import Properties
from .statuses import NewerStatusError, Status, StatusError, parse_known, read_statuses

SHOWN = 20  # statuses that an error names
FILES_MAX = 100  # that the lines of one batch may name
LONGEST_PATH = 4096  # as Linux has it


class Failure(Exception):
    """What the user is told."""


class Statuses:
    """The statuses that arguments name. A file is read once, so that all answers of one run are about the same."""

    def __init__(self, known: bool, warn: Callable[[str], None], lines: BinaryIO | None = None) -> None:
        """``lines``: the file in which the statuses are named. Not everything that can be opened is read for a line."""
        self._known = known
        self._warn = warn
        self._lines = lines
        self._read: dict[str, list[Status]] = {}

    def granted(self, given: str | bytes) -> Properties:
        """What a STATUS argument grants. Raises :class:`Failure` and :class:`callprop.Error`."""
        if os.fsencode(given[:1]) == b"@":
            return self._of_a_file(os.fsdecode(given[1:]))
        try:
            if not self._known:
                return Properties.parse(given)
            granted, unknown = parse_known(given)
        except Error as problem:
            if problem.code is not ErrorCode.LIMIT and _is_a_file(_split(os.fsdecode(given))[0]):
                raise Failure(f"{problem}; did you mean @{os.fsdecode(given)}?") from None
            raise
        if unknown:
            self._warn(f"{unknown}; read without it")
        return granted

    def of_file(self, path: str) -> list[Status]:
        """All statuses of a file, with a warning about each that was not wholly understood."""
        statuses = self._statuses(path)
        for status in statuses:
            self._warn_about(path, status)
        return statuses

    def _of_a_file(self, given: str) -> Properties:
        path, wanted = _split(given)
        if not path:
            raise Failure(
                "no file is named behind @; expected @FILE, @FILE:ID or @FILE:NAME, such as @statuses.json:Lunch"
            )
        statuses = self._statuses(path)
        if (
            wanted == ""
        ):  # as a script has it whose variable is empty; the status without an id or a name is not meant by that
            raise Failure(
                f"{path}: no name is behind the colon; expected @{path}:ID or @{path}:NAME, of: {_names(statuses)}"
            )
        found = [status for status in statuses if wanted is None or wanted in (status.id, status.name)]
        if len(found) != 1:
            number = "no status is" if not found else f"{len(found)} statuses are"
            raise Failure(
                f"{path}: {number} meant; name one of them, @{path}:ID or @{path}:NAME, of: {_names(statuses)}"
            )
        self._warn_about(path, found[0])
        return found[0].granted

    def _warn_about(self, path: str, status: Status) -> None:
        if status.unknown:
            self._warn(f"{path}: {status.unknown}; read without it")

    def _statuses(self, path: str) -> list[Status]:
        if path not in self._read:
            self._read[path] = self._from(path)
        return self._read[path]

    def _from(self, path: str) -> list[Status]:
        if not path:
            raise Failure("no file is named; expected FILE, or - for standard input")
        try:
            if self._lines is not None:
                _check_for_a_line(path, self._lines, len(self._read))
            return read_statuses(whole(path), self._known)
        except NewerStatusError as problem:
            raise Failure(f"{path}: {problem}; --known reads a status of a newer API without what is new") from None
        except StatusError as problem:
            raise Failure(f"{path}: {problem}") from None
        except (OSError, ValueError) as problem:  # ValueError: a NUL
            meant = f"; did you mean {path[1:]}?" if path.startswith("@") and _is_a_file(path[1:]) else ""
            raise Failure(f"{_shown(path)}: {getattr(problem, 'strerror', None) or problem}{meant}") from None


def _check_for_a_line(path: str, lines: BinaryIO, read: int) -> None:
    """Refuses what a line may not name: the lines themselves, standard input under any name, what has no end, and too many files."""
    if path == "-":
        raise Failure("standard input has the calls; expected the statuses in a file")
    found = os.stat(path)
    if any(_is_open_as(found, number) for number in (0, lines.fileno())):
        raise Failure(
            f"{_shown(path)}: the calls are in it, or it is standard input; expected the statuses in another file"
        )
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise Failure(f"{_shown(path)}: not an ordinary file; expected one, where a line names it")
    if read >= FILES_MAX:
        raise Failure(f"{_shown(path)}: over {FILES_MAX} files in one batch; expected the statuses in fewer")


def _is_open_as(found: os.stat_result, number: int) -> bool:
    try:
        return os.path.samestat(found, os.fstat(number))
    except OSError:  # closed
        return False


def _split(given: str) -> tuple[str, str | None]:
    """``FILE:NAME``: both may hold colons. The longest that is there is the file."""
    if given == "-" or os.path.exists(given):
        return given, None
    if given.startswith("-:"):
        return "-", given[2:]
    ends = [place for place, character in enumerate(given[:LONGEST_PATH]) if character == ":"]
    for end in reversed(ends):
        if end and os.path.exists(given[:end]):
            return given[:end], given[end + 1 :]
    # There is none: what most likely was meant to be one.
    path, colon, name = given.partition(":")
    return path, name if colon else None


def _is_a_file(path: str) -> bool:
    """Is this, given where it is not to be a file, the name of one? Also of one that is not there, by its ending."""
    return path == "-" or path.endswith(".json") or (os.path.exists(path) and not os.path.isdir(path))


def _names(statuses: list[Status]) -> str:
    names = [f"{printable(status.id)} {printable(status.name)}".strip() for status in statuses[:SHOWN]]
    if len(statuses) > SHOWN:
        names.append(f"and {len(statuses) - SHOWN} more")
    return ", ".join(names) or "none"


def _shown(path: str) -> str:
    """A path as it is to be seen, also where it is nothing but blanks."""
    return path if path.strip() == path else f'"{path}"'

# SPDX-License-Identifier: MIT
"""Decisions in bulk: lines of ``STATUS<TAB>CALL`` in, one word for each out, in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from .calls import Call
from .decisions import allows
from .errors import Error
from .output import write_each
from .status_argument import Failure, Statuses

PERMITTED, DENIED, ERROR = "permitted", "denied", "error"

# Two texts of 64 KiB, which is as long as the library reads, a tab, and the end of the line.
LONGEST = 2 * 65536 + 3


def decide_lines(file: BinaryIO, known: bool, say: Callable[[str], None]) -> int:
    """Writes a word for each line of the file: ``permitted``, ``denied`` or ``error``. What an error is, is said with its line's number, and
    never written among the words, where a search for "permitted" could find it in what is quoted.

    Returns the exit status: 0 all are permitted, 1 some denied, 2 some wrong, or no line at all: a permission is never for want of questions.
    """
    found: set[str] = set()

    def tell(number: int, text: str) -> None:
        say(f"line {number}: {text}")

    def words() -> Iterator[str]:
        number = 0
        statuses = Statuses(known, lambda text: tell(number, text), file)
        for number, line in enumerate(_lines(file), 1):
            try:
                word = _decided(line, statuses)
            except (Error, Failure, TypeError) as problem:
                tell(number, str(problem))
                word = ERROR
            found.add(word)
            yield word

    write_each(words())
    if not found:
        say("there are no calls; expected lines of STATUS, a tab, CALL")
    return 2 if ERROR in found or not found else int(DENIED in found)


def _decided(line: bytes, statuses: Statuses) -> str:
    if len(line) > LONGEST:
        raise Failure(f"over {LONGEST} bytes long; expected STATUS, a tab, CALL")
    parts = line.rstrip(b"\r\n").split(b"\t")
    if len(parts) != 2:
        raise Failure(f"{len(parts) - 1} tabs; expected STATUS, one tab, CALL")
    return PERMITTED if allows(statuses.granted(parts[0]), Call.parse(parts[1])) else DENIED


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long, no more than shows that it is."""
    try:
        while line := file.readline(LONGEST + 1):
            yield line
            while len(line) > LONGEST and not line.endswith(b"\n"):
                line = file.readline(LONGEST + 1)
    except OSError as problem:
        raise Failure(f"the calls cannot be read: {problem.strerror or problem}") from None

# SPDX-License-Identifier: MIT
"""What the command says: to stdout, where a failure is to be known while there still is an exit status, and to stderr, where it is not to
change one."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def write(*lines: str) -> None:
    """Writes lines to stdout, all or with ``OSError``: print() would find out when Python is already on its way out."""
    write_each(lines)


def write_each(lines: Iterable[str]) -> None:
    """Writes lines as they come, so that whoever waits for the first has it before the last is known. Raises as :func:`write`."""
    # What the terminal does not know is written in escapes, which is better than not at all.
    if sys.stdout is None:  # its number may by now be that of another file
        raise OSError("closed")
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    with open(1, "w", buffering=1, encoding=encoding, errors="backslashreplace", closefd=False) as stdout:
        stdout.writelines(line + "\n" for line in lines)


def say(text: str, before: str = "callprop: ") -> None:
    """One line on stderr, in which there is nothing that a terminal would obey. Where stderr is closed or full, nobody is told."""
    if sys.stderr is None:  # print() would take stdout
        return
    try:
        print(f"{before}{printable(text)}", file=sys.stderr, flush=True)
    except OSError:
        sys.stderr = None  # or Python would try again when it ends, and have an exit status of its own for that


def printable(text: str) -> str:
    """The text with nothing in it that a terminal would obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)

# SPDX-License-Identifier: MIT
"""What the command reads, to its true end: of a part of it, the answer would be about something else."""

from __future__ import annotations

import io
import select
import sys
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: The longest file of statuses that is read, in bytes.
FILE_MAX = 16 * 1024 * 1024


class _Waiting(io.RawIOBase):
    """A file that waits for what is not there yet. Whoever started us may have made standard input non-blocking, for which Python reads an
    end where there is none. It is left as it is: others read it too."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def readinto(self, buffer: WriteableBuffer) -> int:
        while True:
            count = cast("int | None", self._file.readinto(buffer))
            if count is not None:
                return count
            ready = select.poll()
            ready.register(self._file, select.POLLIN)
            ready.poll()

    def close(self) -> None:
        self._file.close()
        super().close()


def opened(path: str) -> BinaryIO:
    """The file, or for - standard input. Raises ``OSError``, and ``ValueError`` for a NUL."""
    if path != "-":
        return io.BufferedReader(_Waiting(io.FileIO(path)))
    if sys.stdin is None:  # its number may by now be that of another file
        raise OSError("standard input is closed; expected it to have what - means")
    return io.BufferedReader(_Waiting(io.FileIO(0, closefd=False)))


def whole(path: str) -> bytes:
    """All of it. Raises as :func:`opened`, also where there is more than any file of statuses has."""
    with opened(path) as file:
        content = file.read(FILE_MAX + 1)
    if len(content) > FILE_MAX:
        raise OSError(f"over {FILE_MAX} bytes long; expected a file of statuses")
    return content

# SPDX-License-Identifier: MIT
"""How far it is, on a terminal, where it takes long. Elsewhere nothing."""

from __future__ import annotations

import contextlib
import sys
import time

_PATIENCE = 1.0


class Progress:
    """A line on stderr that is written over, and is gone when the work is done."""

    def __init__(self) -> None:
        self._shown = False
        self._next = time.monotonic() + _PATIENCE
        self._terminal = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._shown = False
            self._write("\r\x1b[K")

    def tell(self, file: str, records: int) -> None:
        """So many records of a file have been read."""
        self._show(f"{ascii(file)[1:-1][:40]}: {records:,} records")

    def share(self, percent: float) -> None:
        """So much of what is counted now has been counted; less than nothing is not known."""
        full = round(max(0.0, min(percent, 100.0)) / 5)
        self._show(f"counting  [{'#' * full}{' ' * (20 - full)}]")

    def _show(self, text: str) -> None:
        if self._terminal and time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.2
            self._shown = True
            self._write(f"\r\x1b[K{text}")

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()

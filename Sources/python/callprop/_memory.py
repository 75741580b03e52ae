# SPDX-License-Identifier: MIT
"""Where a buffer's memory is, for as long as C uses it."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from . import _abi


class Address:
    """The address of a buffer's memory, which cannot be moved or resized inside of the ``with``.

    ``from_buffer()`` of ctypes refuses what is read-only, such as bytes; Python's C interface does not. PyPy has no such
    interface, and moves its bytes about: there, and only there, read-only memory is copied.
    """

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._buffer = _abi.PyBuffer()
        self._kept: Any = None

    if sys.implementation.name == "cpython":

        def __enter__(self) -> int | None:
            _abi.get_buffer(self._view, self._buffer, 0)  # raises when it fails
            address: int | None = self._buffer.buf
            return address

        def __exit__(self, *_: object) -> None:
            _abi.release_buffer(self._buffer)

    else:

        def __enter__(self) -> int | None:
            array = ctypes.c_char * self._view.nbytes
            flat = self._view.cast("B")
            self._kept = array.from_buffer_copy(flat) if flat.readonly else array.from_buffer(flat)
            return ctypes.addressof(self._kept)

        def __exit__(self, *_: object) -> None:
            self._kept = None

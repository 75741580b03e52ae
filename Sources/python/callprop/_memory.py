# SPDX-License-Identifier: MIT
"""What a buffer holds, and where its memory is for as long as C uses it."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from . import _abi
from ._columns import is_numpy, refuse_masks

RAW = ("B", "b", "c")  #: formats of bytes
NUMBERS = ("I", "i", "L", "l")  #: formats of whole numbers; of 32 bits where the items have four bytes
_THIS_MACHINE = "@=<" if sys.byteorder == "little" else "@=>!"


def view_of(name: str, buffer: Any, wanted: str, remedy: str) -> tuple[memoryview, str]:
    """The buffer's memory, and the format of its items. Raises TypeError for what is none, and ValueError for one with gaps."""
    refuse_masks(name, buffer)
    try:
        view = memoryview(buffer)
    except TypeError:
        raise TypeError(f"{name}: expected {wanted}, not {type(buffer).__name__}; {remedy}") from None
    except (ValueError, BufferError) as problem:
        raise TypeError(f"{name}: expected {wanted}, not {type(buffer).__name__}: {problem}") from None
    if not view.c_contiguous:
        copy = f"numpy.ascontiguousarray({name})" if is_numpy(buffer) else f"bytes({name})"
        raise ValueError(f"{name}: not contiguous in memory; expected a copy that is: {copy}")
    if view.ndim == 0:
        raise TypeError(f"{name}: expected {wanted}, not one {type(buffer).__name__} alone")
    # The byte order stands before the letter; another one than this machine's stays there, and so is refused.
    letter = view.format.lstrip(_THIS_MACHINE)
    if is_disguised(view):
        raise misread(name, wanted, view, "; a structure without _pack_, bit fields and unions says what it holds")
    return view, letter


def is_disguised(view: memoryview) -> bool:
    """Is it memory of ctypes' that says it holds bytes, or whole bytes, and does not? Packed structures and unions say ``B``, whatever their fields
    are; and fields of some bits look like whole ones."""
    if view.format in RAW and view.itemsize != 1:
        return True
    kind: Any = type(view.obj)
    while issubclass(kind, ctypes.Array):
        kind = kind._type_
    # What was cast to bytes since, is bytes.
    is_structure = view.format.startswith("T{") and issubclass(kind, ctypes.Structure)
    return is_structure and any(len(field) > 2 for field in kind._fields_)


def flat(view: memoryview) -> memoryview:
    """Its bytes. memoryview itself refuses to see those of an empty table."""
    return view.cast("B") if view.nbytes else memoryview(b"")


def is_of_numbers(view: memoryview) -> bool:
    """Whole numbers, of whatever width and byte order?"""
    return view.format.lstrip("@=<>!") in [*"bBhHiIlLqQ"]


def whole_numbers(view: memoryview) -> list[int] | None:
    """The numbers of a view in one dimension; None where it has no whole numbers of this machine."""
    order, letter = view.format[:-1], view.format[-1:]
    # "l" has another size where the byte order stands before it, and memoryview reads none of those formats.
    sizes = {"b": 1, "h": 2, "i": 4, "l": 4, "q": 8}
    if view.ndim != 1 or order not in [*_THIS_MACHINE, ""] or letter.lower() not in sizes:
        return None
    if order in ("", "@"):
        numbers: list[int] = view.tolist()
        return numbers
    native: Any = {size: kind for kind, size in sizes.items() if kind != "l"}[view.itemsize]
    return memoryview(view.tobytes()).cast(native if letter.islower() else native.upper()).tolist()


def misread(name: str, wanted: str, view: memoryview, remedy: str = "") -> TypeError:
    """The error about memory that holds something else."""
    return TypeError(f"{name}: expected {wanted}, not items of {view.itemsize} bytes in format {view.format!r}{remedy}")


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

# SPDX-License-Identifier: MIT
"""What is granted, in a batch: as the memory that C reads. What would be taken for other sets than it holds is refused."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from . import _columns
from ._columns import Coded, Column, Numbers, Values, is_no_value
from ._memory import NUMBERS, RAW, misread, view_of
from ._text import whole_number
from .errors import Error, ErrorCode
from .properties import Properties

_EVERY = 255
_WANTED = "Properties, or a buffer or column of 32-bit numbers"


def sets_of(granted: Any, nulls: Properties | None) -> memoryview | Properties:
    """n times four bytes, or one set for all. ``nulls`` is what an element without a value grants."""
    if nulls is not None and type(nulls) is not Properties:
        raise TypeError(f"nulls: expected Properties, not {type(nulls).__name__}")
    if type(granted) is Properties:
        return granted
    if _columns.is_column(granted):
        return _of_columns([*_columns.columns_of("granted", granted)], nulls)
    view, letter = view_of("granted", granted, _WANTED)
    # An array of bytes is an array of small numbers, not the memory of larger ones.
    is_raw = letter in RAW and (isinstance(granted, memoryview) or not hasattr(granted, "itemsize"))
    if not is_raw and not (view.itemsize == 4 and letter in NUMBERS):
        remedy = "; astype('uint32') makes such" if _columns.is_numpy(granted) and letter in "bBhHiIlLqQ" else ""
        raise misread("granted", "32-bit numbers", view, remedy)
    if view.ndim != 1:
        raise ValueError(f"granted: {view.ndim} dimensions; expected one")
    if view.nbytes % 4:
        raise ValueError(f"granted: need 4 bytes for each element; got {view.nbytes} bytes")
    return _looked_at(view.cast("B"), is_signed=letter in ("i", "l"))


def _looked_at(sets: memoryview, is_signed: bool) -> memoryview:
    """The same, when all of them are sets: -1, as of a join that found nothing, would grant everything."""
    index = _first_foreign(sets)
    if index >= 0:
        raise _no_set(index, int.from_bytes(sets[4 * index : 4 * index + 4], sys.byteorder, signed=is_signed))
    return sets


def _first_foreign(sets: memoryview) -> int:
    numpy: Any = sys.modules.get("numpy")
    if hasattr(numpy, "frombuffer") and sets.nbytes:
        numbers = numpy.frombuffer(sets, dtype=numpy.uint32)
        return int((numbers > _EVERY).argmax()) if numbers.max() > _EVERY else -1
    for start in range(0, sets.nbytes, 1 << 18):
        part = sets[start : start + (1 << 18)]
        try:
            # The quickest look that Python has at 32-bit numbers: as characters, which are to be among the first 256.
            str(part, f"utf-32-{sys.byteorder[0]}e").encode("latin-1")
        except UnicodeError:
            return start // 4 + next(i for i, bits in enumerate(part.cast("I")) if bits > _EVERY)
    return -1


def _no_set(index: int, bits: int) -> Error:
    return Error(ErrorCode.PROPERTY, -1, f"granted[{index}]: {bits} is no set of properties; expected 0 to {_EVERY}")


def _of_columns(columns: Sequence[Column], nulls: Properties | None) -> memoryview:
    first = columns[0] if len(columns) == 1 else None
    if isinstance(first, Numbers) and first.width == 4 and first.nulls is None:
        return _looked_at(first.raw, first.is_signed)
    low = bytearray()
    for column in columns:
        low += _small(column, nulls, len(low))
    sets = bytearray(4 * len(low))
    sets[0 if sys.byteorder == "little" else 3 :: 4] = low
    return memoryview(sets)


def _small(column: Column, nulls: Properties | None, start: int) -> bytes:
    """A byte for each element, of which the first has the number ``start``."""
    if isinstance(column, Numbers) and column.nulls is None:
        wrong = column.outside(_EVERY)
        if wrong >= 0:
            raise _no_set(start + wrong, column.tolist()[wrong])
        return column.byte(0)
    if isinstance(column, Numbers):
        values: Sequence[object] = _columns.without(column.nulls, column.tolist())
    elif isinstance(column, Coded):
        values = column.tolist()
    elif isinstance(column, Values):
        values = column.values
    else:
        raise TypeError("granted: a table, or records; expected one column of whole numbers")
    return bytes(_bits(index, value, nulls) for index, value in enumerate(values, start))


def _bits(index: int, value: object, nulls: Properties | None) -> int:
    if is_no_value(value):
        if nulls is None:
            remedy = "nulls=Properties(0) where it grants nothing"
            raise Error(ErrorCode.TYPE, -1, f"granted[{index}] has no value (null); expected one, or {remedy}")
        return nulls.bits
    if not isinstance(value, int) or isinstance(value, bool):
        raise _columns.refused(f"granted[{index}]", type(value).__name__)
    bits = whole_number(value)
    if not 0 <= bits <= _EVERY:
        raise _no_set(index, bits)
    return bits

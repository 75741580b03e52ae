# SPDX-License-Identifier: MIT
"""What is granted, in a batch: as the memory that C reads. What would be taken for other sets than it holds is refused."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from . import _columns
from ._columns import Coded, Column, Numbers, Values, is_no_value
from ._memory import NUMBERS, RAW, flat, is_of_numbers, misread, view_of
from ._text import whole_number
from .errors import Error, ErrorCode
from .properties import Properties

_EVERY = 255
_WANTED = "Properties, or a buffer or column of 32-bit numbers"
_LISTED = "array('I', [callprop.Properties.parse(status), ...]) makes such of a list of statuses"


class Sets(NamedTuple):
    """n times four bytes, in which others may be writing."""

    memory: memoryview
    is_signed: bool = False

    def own(self, start: int, count: int) -> memoryview:
        """These of them, when they are sets: -1, as of a join that found nothing, would grant everything. What was looked at is what C is to read, whatever
        another thread writes meanwhile, so it is a copy, but of what nobody can write in."""
        part = self.memory[4 * start : 4 * (start + count)]
        sets = part if type(part.obj) is bytes else memoryview(bytes(part))
        index = _first_foreign(sets)
        if index >= 0:
            bits = int.from_bytes(sets[4 * index : 4 * index + 4], sys.byteorder, signed=self.is_signed)
            raise _no_set(start + index, bits)
        return sets


def sets_of(granted: Any, nulls: Properties | None) -> Sets | Properties:
    """n sets, or one for all. ``nulls`` is what an element without a value grants."""
    if nulls is not None and type(nulls) is not Properties:
        raise TypeError(f"nulls: expected Properties, not {type(nulls).__name__}")
    if type(granted) is Properties:
        return granted
    if _columns.is_column(granted):
        return _of_columns([*_columns.columns_of("granted", granted)], nulls)
    view, letter = view_of("granted", granted, _WANTED, _LISTED)
    # An array of bytes is an array of small numbers, not the memory of larger ones.
    is_raw = letter in RAW and (isinstance(granted, memoryview) or not hasattr(granted, "itemsize"))
    if not is_raw and not (view.itemsize == 4 and letter in NUMBERS):
        raise misread("granted", "32-bit numbers", view, _remedy(granted, view))
    if view.ndim != 1:
        raise ValueError(f"granted: {view.ndim} dimensions; expected one")
    if view.nbytes % 4:
        raise ValueError(f"granted: need 4 bytes for each element; got {view.nbytes} bytes")
    return Sets(flat(view), is_signed=letter in ("i", "l"))


def _remedy(granted: Any, view: memoryview) -> str:
    """What makes numbers of 32 bits of these."""
    if _columns.is_numpy(granted):
        if is_of_numbers(view):
            # Of others it would cut off what makes them none.
            return "; astype('uint32') makes such" if ((granted >= 0) & (granted <= _EVERY)).all() else ""
        return "" if view.nbytes else "; an empty one has to be told: numpy.array([], 'uint32')"
    return "; array('I', granted) makes such" if isinstance(granted, array) and is_of_numbers(view) else ""


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


def _of_columns(columns: Sequence[Column], nulls: Properties | None) -> Sets:
    first = columns[0] if len(columns) == 1 else None
    if isinstance(first, Numbers) and first.width == 4 and first.nulls is None:
        return Sets(first.raw, first.is_signed)
    low = bytearray()
    for column in columns:
        low += _small(column, nulls, len(low))
    sets = bytearray(4 * len(low))
    sets[0 if sys.byteorder == "little" else 3 :: 4] = low
    return Sets(memoryview(sets))


def _small(column: Column, nulls: Properties | None, start: int) -> bytes:
    """A byte for each element, of which the first has the number ``start``."""
    if isinstance(column, Numbers) and column.nulls is None:
        column = column.own()
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
        raise TypeError(f"granted: {_columns.kind_of(column)}; expected one column of whole numbers")
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

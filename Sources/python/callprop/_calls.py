# SPDX-License-Identifier: MIT
"""Calls, in a batch: as the memory that C reads. What would be taken for other calls than it holds is refused."""

from __future__ import annotations

import re
import sys
from typing import Any

from . import _columns
from ._columns import Coded, Column, Fixed, Members, Numbers, Values
from ._memory import NUMBERS, RAW, flat, is_of_numbers, misread, view_of
from .calls import Call
from .errors import Error, ErrorCode
from .packing import FACTS, packed

_FIELDS = [fact.name for fact in FACTS]
_WANTED = "a Call, or a buffer or column with four bytes for each call"
_PACKED = "callprop.pack makes calls of columns"
_LISTED = f"{_PACKED}, and b''.join(map(bytes, calls)) of a list of Call"
_LARGEST = 0xFFFFFFFF
_FIELD = re.compile(r"[@=<>!^|]?([Bb?]):(\w+):")


def calls_of(calls: Any) -> memoryview | Call:
    """n times the four bytes of a ``cp_call``, or one call for all."""
    if isinstance(calls, Call):
        return Call._plain(calls)
    if _columns.is_column(calls):
        parts: list[memoryview] = []
        start = 0
        for column in _columns.columns_of("calls", calls):
            parts.append(_of_column(column, start))
            start += parts[-1].nbytes // 4
        return parts[0] if len(parts) == 1 else memoryview(b"".join(parts))
    view, letter = view_of("calls", calls, _WANTED, _LISTED)
    if letter.startswith("T{"):
        return _of_records(view)
    if letter in RAW:
        columns = 4 if view.ndim == 1 else [*(view.shape or ())][-1]
        if view.nbytes % 4 == 0 and columns == 4:
            return flat(view)
    elif view.itemsize == 4 and letter in NUMBERS:
        if view.ndim == 1:
            return flat(view)
    else:
        raise misread("calls", "four bytes for each call", view, _remedy(calls, view))
    shape = "" if view.ndim == 1 else f" in the shape {view.shape}"
    raise ValueError(f"calls: need 4 bytes for each call; got {view.nbytes} bytes{shape}")


def _remedy(calls: Any, view: memoryview) -> str:
    """What makes calls of these."""
    if not _columns.is_numpy(calls):
        return f"; {_PACKED}"
    if not view.nbytes:
        return "; an empty one has to be told: numpy.zeros((0, 4), 'uint8')"
    if view.ndim == 2:
        return "; callprop.pack(*calls.T) makes calls of four columns"
    # Of others it would cut off what makes them none.
    are_codes = is_of_numbers(view) and ((calls >= 0) & (calls <= _LARGEST)).all()
    return f"; {_PACKED}" + (", and astype('uint32') of its codes" if are_codes else "")


def _of_records(view: memoryview) -> memoryview:
    """By the names of their fields, in whatever order they lie there."""
    fields = {name: (place, letter) for place, (letter, name) in enumerate(_FIELD.findall(view.format))}
    is_call = (
        view.itemsize == 4
        and sorted(fields) == sorted(_FIELDS)
        and _FIELD.sub("", view.format) == "T{}"
        and all(letter != "?" or name == "callback" for name, (_, letter) in fields.items())
    )
    if not is_call:
        wanted = "records of src, dst, leg and callback, whole numbers of one byte each"
        raise TypeError(f"calls: expected {wanted}, not {view.format[:80]!r}; {_PACKED}")
    if [*fields] == _FIELDS and view.ndim == 1:
        return flat(view)
    records, calls = view.tobytes(), bytearray(view.nbytes)
    for place, name in enumerate(_FIELDS):
        calls[place::4] = records[fields[name][0] :: 4]
    return memoryview(calls)


def _of_column(column: Column, start: int) -> memoryview:
    """Of a chunk, whose first element has the number ``start``."""
    if isinstance(column, Members):
        if sorted(column.columns) != sorted(_FIELDS):
            names = ", ".join(column.columns)[:80] or "a table without columns"
            raise TypeError(f"calls: expected the columns src, dst, leg and callback, not {names}")
        _refuse_nulls(column.nulls, start)
        return memoryview(packed(*([column.columns[name]] for name in _FIELDS)))
    if isinstance(column, (Coded, Values)):
        codes = column.tolist() if isinstance(column, Coded) else column.values
        _refuse_nulls(bytes(_columns.is_no_value(code) for code in codes), start)
        if all(type(code) is int for code in codes):
            return memoryview(b"".join(_four(code, start + index) for index, code in enumerate(codes)))
    if isinstance(column, (Numbers, Fixed)):
        _refuse_nulls(column.nulls, start)
        if column.width == 4:
            return column.raw
    if isinstance(column, Numbers) and column.width == 8:
        return _four_of_eight(column, start)
    raise TypeError(
        "calls: expected 32-bit codes, or the columns src, dst, leg and callback; callprop.pack makes codes"
    )


def _four(code: Any, index: int) -> bytes:
    if not 0 <= code <= _LARGEST:
        raise _no_code(index, code)
    return int(code).to_bytes(4, sys.byteorder)


def _no_code(index: int, number: int) -> Error:
    text = f"calls[{index}]: {number} is no call; expected a code, as callprop.pack makes it"
    return Error(ErrorCode.PARTY, -1, text)


def _four_of_eight(column: Numbers, start: int) -> memoryview:
    column = column.own()
    wrong = column.outside(_LARGEST)
    if wrong >= 0:
        raise _no_code(start + wrong, column.tolist()[wrong])
    codes = bytearray(4 * column.size)
    for place in range(4):
        codes[place if sys.byteorder == "little" else 3 - place :: 4] = column.byte(place)
    return memoryview(codes)


def _refuse_nulls(nulls: bytes | None, start: int) -> None:
    if nulls is not None and 1 in nulls:
        raise Error(
            ErrorCode.TYPE, -1, f"calls[{start + nulls.index(1)}] has no value (null); expected a call in each element"
        )

# SPDX-License-Identifier: MIT
"""Calls from columns of their facts: :func:`pack`."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsIndex, Union, overload

from . import _columns
from ._columns import Coded, Column, Numbers, Values, is_no_value
from ._memory import is_disguised, whole_numbers
from ._text import is_numpy_bool, quoted, whole_number
from .calls import Leg, Party
from .errors import Error, ErrorCode

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from ._typing import ArrowArray, ArrowStream, NumpyLike, Uint32Array

    FactColumn = Union[ReadableBuffer, ArrowArray, ArrowStream, Sequence[Any]]


class Fact(NamedTuple):
    """One of the four: what it is called, what its values are called, and their names in the order of C's numbers."""

    name: str
    what: str
    names: tuple[str, ...]


_PARTIES = tuple(party.value for party in Party)
FACTS = (
    Fact("src", "party", _PARTIES),
    Fact("dst", "party", _PARTIES),
    Fact("leg", "leg", tuple(leg.value for leg in Leg)),
    Fact("callback", "callback value", ("false", "true")),
)
_NONE = 255  # the byte of what is no value of a fact


@overload
def pack(src: NumpyLike, dst: Any, leg: Any, callback: Any = False) -> Uint32Array | array[int]: ...
@overload
def pack(
    src: FactColumn | Party | str | int,
    dst: FactColumn | Party | str | int,
    leg: FactColumn | Leg | str | int,
    callback: FactColumn | bool = False,
) -> array[int]: ...
def pack(src: Any, dst: Any, leg: Any, callback: Any = False) -> Any:
    """Calls as 32-bit codes, for :func:`callprop.permits_many`, :func:`callprop.required_many`, and to be joined with :func:`callprop.kinds`.

    Each argument is a column of n values, or one value for all of them. A column is a numpy array, a pandas or polars Series, an array of pyarrow or
    of whoever speaks Arrow's ``__arrow_c_array__``, a buffer of whole numbers, or a list. It holds

    - names: ``"external"``, ``Party.EXTERNAL``; of callback ``True``, ``False``, ``"true"`` and ``"false"``. As categories or a dictionary
      (``Categorical``, ``dictionary_encode()``) they take a nanosecond each, otherwise a hundred;
    - or numbers, which are C's: of parties extension 0, external 1, queue 2, ivr 3; of legs src 0, dst 1; of callback 0 and 1.

    Returns an ``array("I")`` of n codes; when a column is numpy's or pandas', a numpy array of uint32. A code is ``bytes(call)`` as a number of this
    machine: where the lowest byte comes first, ``src + 256 * dst + 65536 * leg + 16777216 * callback``. A call that cannot happen has a
    code like any other, and nothing permits it.

    Raises :class:`callprop.Error` with PARTY for a value that is none and with TYPE for a null, ``ValueError`` for columns of different lengths, and
    ``TypeError`` for what is no column.

    >>> import callprop
    >>> codes = callprop.pack(["external", "extension"], ["ivr", "queue"], "dst")
    >>> [str(callprop.Properties(bits)) for bits in callprop.required_many(codes)]
    ['ri', 'qli']
    """
    given = (src, dst, leg, callback)
    columns = [_given(fact, value) for fact, value in zip(FACTS, given)]
    codes = array("I", packed(*columns))
    if any(_columns.is_numpy(value) or _columns.is_pandas(value) for value in given):
        return sys.modules["numpy"].frombuffer(codes, dtype="uint32")
    return codes


def packed(*columns: int | Iterable[Column]) -> bytearray:
    """The memory of calls whose facts are these columns, in chunks, or these numbers."""
    found = [column if isinstance(column, int) else _bytes_of(fact, column) for fact, column in zip(FACTS, columns)]
    sizes = {fact.name: len(column) for fact, column in zip(FACTS, found) if not isinstance(column, int)}
    if len({*sizes.values()}) > 1:
        raise ValueError(
            f"pack: columns of different lengths: {', '.join(f'{name} {size}' for name, size in sizes.items())}"
        )
    count = next(iter(sizes.values()), 1)
    calls = bytearray(4 * count)
    for place, column in enumerate(found):
        calls[place::4] = bytes([column]) * count if isinstance(column, int) else column
    return calls


def _given(fact: Fact, given: Any) -> int | Iterable[Column]:
    """A column; or the number of a value that stands for all."""
    if isinstance(given, (str, int)) or is_numpy_bool(given):
        return _number(fact, given, fact.name)
    if _columns.is_column(given):
        return _columns.columns_of(fact.name, given)
    if _columns.is_numpy(given):
        return [_columns.of_numpy(fact.name, given)]
    if isinstance(given, (list, tuple)):
        return [Values((*given,))]
    try:
        view = memoryview(given)
    except (TypeError, ValueError, BufferError):
        raise TypeError(f"{fact.name}: expected a column, a list or one value, not {type(given).__name__}") from None
    numbers = None if is_disguised(view) else whole_numbers(view)
    if numbers is None:
        raise TypeError(f"{fact.name}: expected a column of whole numbers, not of format {view.format!r}")
    return [Values(numbers)]


def _bytes_of(fact: Fact, chunks: Iterable[Column]) -> bytes:
    """The number of each element's value."""
    found = bytearray()
    for column in chunks:
        start = len(found)
        if isinstance(column, Coded):
            found += _of_dictionary(fact, column, start)
        elif isinstance(column, Numbers):
            found += _of_numbers(fact, column, start)
        elif isinstance(column, Values):
            found += _of_values(fact, column.values, start)
        else:
            raise TypeError(f"{fact.name}: expected a column of names or numbers, not {_columns.kind_of(column)}")
    return bytes(found)


def _of_dictionary(fact: Fact, column: Coded, start: int) -> bytes:
    """By a table of the dictionary's entries: an entry that no element has may be anything."""
    numbers = column.numbers.own()
    if len(column.values) < _NONE and numbers.nulls is None and numbers.outside(255) < 0:
        table = bytes(_number_or_none(fact, value) for value in column.values).ljust(256, bytes([_NONE]))
        found = numbers.byte(0).translate(table)
        if _NONE not in found:
            return found
    return _of_values(fact, column._replace(numbers=numbers).tolist(), start)


def _of_numbers(fact: Fact, column: Numbers, start: int) -> bytes:
    column = column.own()
    if column.nulls is None and column.outside(255) < 0:
        found = column.byte(0)
        if not found.strip(bytes(range(len(fact.names)))):
            return found
    return _of_values(fact, _columns.without(column.nulls, column.tolist()), start)


def _of_values(fact: Fact, values: Sequence[object], start: int) -> bytes:
    if {*map(type, values)} <= {str}:
        numbers = {name: number for number, name in enumerate(fact.names)}
        found = bytes(numbers.get(value, _NONE) for value in values)  # type: ignore[call-overload]
        if _NONE not in found:
            return found
    return bytes(_number(fact, value, f"{fact.name}[{index}]") for index, value in enumerate(values, start))


def _number_or_none(fact: Fact, value: object) -> int:
    try:
        return _number(fact, value, "")
    except Error:
        return _NONE


def _number(fact: Fact, value: object, place: str) -> int:
    """The number of one value. True is no party, though it is 1 to Python."""
    is_flag = isinstance(value, bool) or is_numpy_bool(value)
    if isinstance(value, str):
        for number, name in enumerate(fact.names):
            if str.__eq__(name, value):
                return number
    elif is_flag == (fact.name == "callback") and is_flag:
        return int(bool(value))
    elif not is_flag and isinstance(value, SupportsIndex):
        number = whole_number(value)
        if 0 <= number < len(fact.names):
            return number
    if is_no_value(value):
        raise Error(ErrorCode.TYPE, -1, f"{place} has no value (null); expected one in each element")
    wanted = f"{', '.join(fact.names[:-1])} or {fact.names[-1]}, or 0 to {len(fact.names) - 1}"
    shown = quoted(value) if isinstance(value, str) else f"{quoted(str(value))} ({type(value).__name__})"
    raise Error(ErrorCode.PARTY, -1, f"{place}: no such {fact.what}: {shown}; expected {wanted}")

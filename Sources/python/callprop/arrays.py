# SPDX-License-Identifier: MIT
"""Decisions on arrays, at the speed of C: ``cp_permits_many`` and ``cp_required_many``."""

from __future__ import annotations

import ctypes
import sys
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Union, overload

from . import _abi
from ._calls import calls_of
from ._columns import is_numpy, is_pandas
from ._memory import Address
from ._sets import Sets, sets_of
from .calls import Call
from .properties import Properties

if TYPE_CHECKING:
    from ._typing import ArrowArray, ArrowStream, BoolArray, Buffer, NumpyLike, Out, Uint32Array

    Memory = Union[Buffer, ArrowArray, ArrowStream]

_BLOCK = 1 << 17  # decided at a time: what is copied for that stays in the processor's cache


# fmt: off
@overload
def permits_many(granted: Any, calls: Any, out: Out, *, nulls: Properties | None = None) -> Out: ...
@overload
def permits_many(granted: NumpyLike, calls: NumpyLike | Call | Memory, out: None = None, *, nulls: Properties | None = None) -> BoolArray: ...
@overload
def permits_many(granted: Properties | Memory, calls: NumpyLike, out: None = None, *, nulls: Properties | None = None) -> BoolArray: ...
@overload
def permits_many(granted: Memory, calls: Call | Memory, out: None = None, *, nulls: Properties | None = None) -> bytearray: ...
@overload
def permits_many(granted: Properties, calls: Memory, out: None = None, *, nulls: Properties | None = None) -> bytearray: ...
# fmt: on
def permits_many(granted: Any, calls: Any, out: Any = None, *, nulls: Properties | None = None) -> Any:
    """``permits[i]``: may an extension that is granted ``granted[i]`` take part in ``calls[i]``?

    ``granted`` holds n sets, each a number from 0 to 255 (``Properties`` is one):

    - 32-bit numbers of this machine's byte order: an ``array("I")``, a numpy array of uint32 or int32, or 4n bytes of any buffer;
    - or a column of whole numbers of any size: a Series of pandas or polars, an array of pyarrow or of whoever speaks Arrow's ``__arrow_c_array__`` or
      ``__arrow_c_stream__``, with or without a dictionary. Where there may be nulls, ``nulls`` says what one grants, such as ``Properties(0)``;
    - or one ``Properties``, for all calls.

    ``calls`` holds n calls:

    - the four bytes of a ``cp_call`` each, as ``bytes(call)`` gives them, in a buffer of 4n bytes, a numpy array of uint8 of shape (n, 4), or
      records with the fields src, dst, leg and callback, of one byte each, which are found by their names;
    - or codes of :func:`callprop.pack`: 32-bit numbers in any of the forms of ``granted``;
    - or a table of pandas, polars or Arrow with the columns src, dst, leg and callback, as :func:`callprop.pack` takes them;
    - or one :class:`Call`, for all sets.

    Returns a bytearray of n bytes, each 0 or 1; when one of the two is numpy's or pandas', a numpy array of n bools; and when there is ``out``, a
    writable buffer of n bytes or bools, that. A call that cannot happen is 0. Other threads run meanwhile. What one of them writes into the sets or the calls
    counts or does not, element by element; a number that is no set never counts.

    Raises ``TypeError`` for what holds something else, and for one set with one call, which :func:`callprop.allows` decides: an array with one
    denial in it would be true in an ``if``; ``ValueError`` for what is not contiguous or has another length or shape; and
    :class:`callprop.Error`, with the place, for a number that is no set of properties, negative ones included, and for a null.

    >>> import array, callprop
    >>> granted = array.array("I", [callprop.Properties.LI, callprop.Properties.RI])
    >>> list(callprop.permits_many(granted, callprop.Call("external", "ivr", "dst")))
    [0, 1]
    """
    sets, facts = sets_of(granted, nulls), calls_of(calls)
    if isinstance(sets, Properties) and isinstance(facts, Call):
        raise TypeError(
            "granted and calls: one set and one call; expected an array of at least one of them; callprop.allows decides one call"
        )
    read = [*([sets.memory] if isinstance(sets, Sets) else []), *([facts] if isinstance(facts, memoryview) else [])]
    lengths = [view.nbytes for view in read]
    if len({*lengths}) > 1:
        raise ValueError(
            f"granted and calls: need 4 bytes for each element, and as many of each; got {lengths[0]} and {lengths[1]} bytes"
        )
    n = lengths[0] // 4
    result = bytearray(n) if out is None else out
    with _output(result, n, 1, "?Bb") as permitted:
        if out is not None:
            _refuse_overlap(permitted, *read)
        try:
            for start in range(0, n, _BLOCK):
                _decide(sets, facts, start, permitted[start : start + _BLOCK])
        except BaseException:
            # No permission is left there, also of what was decided before, whatever went wrong: memory, say, or Ctrl-C.
            with Address(permitted) as at_permitted:
                ctypes.memset(at_permitted or 0, 0, n)
            raise
    return _as_numpy(result, "bool", granted, calls) if out is None else out


@overload
def required_many(calls: Any, out: Out) -> Out: ...
@overload
def required_many(calls: NumpyLike, out: None = None) -> Uint32Array: ...
@overload
def required_many(calls: Call | Memory, out: None = None) -> array[int]: ...
def required_many(calls: Any, out: Any = None) -> Any:
    """``required[i]``: the one property, besides ALL, that lets ``calls[i]`` through, as a number: ``Properties(required[i])``.

    ``calls`` is that of :func:`permits_many`, with the same rules and exceptions. Returns an ``array("I")`` of n sets; for what is numpy's or pandas' a
    numpy array of n uint32; and when there is ``out``, a writable buffer of n 32-bit numbers, that.

    A call that cannot happen is 0, where :func:`callprop.required` raises: 0 is the empty set, which is ``in`` every set. To decide, take
    :func:`permits_many`.

    >>> import callprop
    >>> [str(callprop.Properties(bits)) for bits in callprop.required_many(bytes(callprop.Call("external", "queue", "dst")) * 2)]
    ['qri', 'qri']
    """
    given = calls_of(calls)
    facts = given if isinstance(given, memoryview) else memoryview(bytes(given))
    if facts.nbytes % 4:
        raise ValueError(f"calls: need 4 bytes for each call; got {facts.nbytes} bytes")
    n = facts.nbytes // 4
    result = array("I", bytes(4 * n)) if out is None else out
    with _output(result, n, 4, "IiLl") as required:
        if out is not None:
            _refuse_overlap(required, facts)
        if n:
            with Address(facts) as at_facts, Address(required) as at_required:
                _abi.required_many(at_facts, n, at_required)
    return _as_numpy(result, "uint32", calls) if out is None else out


def _decide(sets: Sets | Properties, calls: memoryview | Call, start: int, permitted: memoryview) -> None:
    """Those from ``start`` on, as many as there is room for. Calls are C's to judge, of which it reads each once; sets were looked at."""
    count = len(permitted)
    granted = (
        sets.own(start, count) if isinstance(sets, Sets) else memoryview(sets.bits.to_bytes(4, sys.byteorder) * count)
    )
    asked = memoryview(bytes(calls) * count) if isinstance(calls, Call) else calls[4 * start : 4 * (start + count)]
    with Address(granted) as at_sets, Address(asked) as at_calls, Address(permitted) as at_permitted:
        _abi.permits_many(at_sets, at_calls, count, at_permitted)


@contextmanager
def _output(out: Any, n: int, size: int, letters: str) -> Iterator[memoryview]:
    """The memory of the result, in which C writes."""
    wanted = (
        f"a writable buffer of {n} items of {size} bytes" if size > 1 else f"a writable buffer of {n} bytes or bools"
    )
    remedy = f"array('I', bytes({size * n}))" if size > 1 else f"bytearray({n})"
    try:
        view = memoryview(out)
    except (TypeError, ValueError, BufferError):
        raise TypeError(f"out: expected {wanted}, not {type(out).__name__}; {remedy} is such") from None
    with view:
        letter = view.format.lstrip("@=<" if sys.byteorder == "little" else "@=>!")
        if view.readonly or view.itemsize != size or letter not in [*letters]:
            kind = "read-only memory" if view.readonly else f"items of {view.itemsize} bytes in format {view.format!r}"
            raise TypeError(f"out: expected {wanted}, not {kind}; {remedy} is such")
        if not view.c_contiguous or view.shape != (n,):
            raise ValueError(f"out: expected {wanted}, contiguous, not of the shape {view.shape}")
        yield view


def _refuse_overlap(out: memoryview, *read: memoryview) -> None:
    """C writes while it reads: what it has not read yet must not be written over."""
    for view in read:
        if view.nbytes and out.nbytes:
            with Address(view) as at_view, Address(out) as at_out:
                if (
                    at_view is None
                    or at_out is None
                    or (at_view < at_out + out.nbytes and at_out < at_view + view.nbytes)
                ):
                    raise ValueError("out: overlaps what is read; expected other memory")


def _as_numpy(result: Any, kind: str, *arguments: Any) -> Any:
    """numpy in, numpy out. Who has none does not need it."""
    if any(is_numpy(argument) or is_pandas(argument) for argument in arguments):
        return sys.modules["numpy"].frombuffer(result, dtype=kind)
    return result

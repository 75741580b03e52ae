# SPDX-License-Identifier: MIT
"""Decisions on arrays, at the speed of C: ``cp_permits_many`` and ``cp_required_many``."""

from __future__ import annotations

import sys
from array import array
from typing import Any

from . import _abi
from ._memory import Address

_RAW = ("B", "b", "c")
_NUMBERS = ("I", "i", "L", "l")
_THIS_MACHINE = "@=<" if sys.byteorder == "little" else "@=>!"


def permits_many(granted: Any, calls: Any) -> Any:
    """``permits[i]``: may an extension that is granted ``granted[i]`` take part in ``calls[i]``?

    ``granted`` holds n sets as 32-bit numbers of this machine's byte order: an ``array("I")``, a numpy array of uint32 or
    int32, or 4n bytes of any buffer, such as bytes or an Arrow buffer. ``calls`` holds n times the four bytes of a
    ``cp_call``, as ``bytes(call)`` gives them, in a buffer of 4n bytes or of n four-byte items, a numpy array of shape (n, 4) included.

    Returns a bytearray of n bytes, each 0 or 1; when one of the two is a numpy array, a numpy array of n bools. A call that
    cannot happen is 0. Nothing is copied (except read-only memory, by PyPy), and other threads run meanwhile.

    Raises ``TypeError`` for what is no buffer or holds something else, ``ValueError`` for one that is not contiguous, and when
    the two are not of one length.

    >>> import array, callprop
    >>> granted = array.array("I", [callprop.Properties.LI, callprop.Properties.RI])
    >>> list(callprop.permits_many(granted, bytes(callprop.Call("external", "ivr", "dst")) * 2))
    [0, 1]
    """
    with _view("granted", granted) as sets, _view("calls", calls) as facts:
        if sets.nbytes % 4 or sets.nbytes != facts.nbytes:
            raise ValueError(
                f"granted and calls: need 4 bytes for each element, and as many of each; got {sets.nbytes} and {facts.nbytes} bytes"
            )
        permitted = bytearray(sets.nbytes // 4)
        if permitted:
            with Address(sets) as at_sets, Address(facts) as at_facts, Address(memoryview(permitted)) as at_permitted:
                _abi.permits_many(at_sets, at_facts, len(permitted), at_permitted)
    numpy = _numpy_of(granted, calls)
    return permitted if numpy is None else numpy.frombuffer(permitted, dtype=bool)


def required_many(calls: Any) -> Any:
    """``required[i]``: the one property, besides ALL, that lets ``calls[i]`` through, as a number: ``Properties(required[i])``.

    ``calls`` is that of :func:`permits_many`, with the same rules and exceptions. Returns an ``array("I")`` of n sets, and for a numpy array a
    numpy array of n uint32.

    A call that cannot happen is 0, where :func:`callprop.required` raises: 0 is the empty set, which is ``in`` every set. To decide, take
    :func:`permits_many`.

    >>> import callprop
    >>> [str(callprop.Properties(bits)) for bits in callprop.required_many(bytes(callprop.Call("external", "queue", "dst")) * 2)]
    ['qri', 'qri']
    """
    with _view("calls", calls) as facts:
        if facts.nbytes % 4:
            raise ValueError(f"calls: need 4 bytes for each call; got {facts.nbytes} bytes")
        required = array("I", bytes(facts.nbytes))
        if required:
            with Address(facts) as at_facts, Address(memoryview(required)) as at_required:
                _abi.required_many(at_facts, len(required), at_required)
    numpy = _numpy_of(calls)
    return required if numpy is None else numpy.frombuffer(required, dtype=numpy.uint32)


def _numpy_of(*arguments: Any) -> Any:
    """numpy, when one of the arguments is an array of it; who has none does not need it."""
    numpy = sys.modules.get("numpy")
    return numpy if numpy is not None and any(isinstance(argument, numpy.ndarray) for argument in arguments) else None


def _view(name: str, buffer: Any) -> memoryview:
    """The buffer's memory. Refuses what would be taken for other numbers than it holds."""
    if hasattr(buffer, "mask"):
        raise TypeError(f"{name}: a masked array, whose mask would not count; fill it first")
    try:
        view = memoryview(buffer)
    except TypeError:
        raise TypeError(f"{name}: expected a buffer (array, bytes, numpy array), not {type(buffer).__name__}") from None
    if not view.c_contiguous:
        raise ValueError(f"{name}: not contiguous in memory")
    # The byte order stands before the letter; another one than this machine's stays there, and so is refused.
    letter = view.format.lstrip(_THIS_MACHINE)
    number = view.itemsize == 4 and letter in _NUMBERS
    raw = letter in _RAW
    if name == "granted":
        # An array of bytes is an array of small numbers, not the memory of larger ones.
        raw = raw and (isinstance(buffer, memoryview) or not hasattr(buffer, "itemsize"))
    else:
        number = number or (view.itemsize == 4 and letter.startswith("T{"))
    if not (number or raw):
        wanted = "32-bit numbers" if name == "granted" else "four bytes for each call"
        raise TypeError(f"{name}: expected {wanted}, not items of {view.itemsize} bytes in format {view.format!r}")
    return view

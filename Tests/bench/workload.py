# SPDX-License-Identifier: MIT
"""The statuses and calls that everyone decides on, and the two C libraries through ctypes.

Both libraries are found through LD_LIBRARY_PATH: run.sh sets it.
"""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import numpy

MNEMOS = ("all", "cq", "li", "lo", "qli", "qri", "ri", "ro")
PARTIES = ("extension", "external", "queue", "ivr")
LEGS = ("src", "dst")


class CpCall(ctypes.Structure):
    """``cp_call`` of callprop.h."""

    _fields_ = [(name, ctypes.c_uint8) for name in ("src", "dst", "leg", "callback")]


_TYPED = (ctypes.c_uint32, ctypes.POINTER(CpCall))
_TEXT = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)
_ARRAYS = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)

_callprop = ctypes.CDLL("libcallprop.so.1")
_floor = ctypes.CDLL("libc_table.so")


def _declared(library: ctypes.CDLL, name: str, result: Any, arguments: Any) -> Any:
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


cp_permits = _declared(_callprop, "cp_permits", ctypes.c_int, _TYPED)
cp_required = _declared(_callprop, "cp_required", ctypes.c_uint32, _TYPED[1:])
cp_allows = _declared(_callprop, "cp_allows", ctypes.c_int, _TEXT)
cp_permits_many = _declared(_callprop, "cp_permits_many", ctypes.c_size_t, _ARRAYS)
c_empty_typed = _declared(_floor, "c_empty_typed", ctypes.c_int, _TYPED)
c_empty_text = _declared(_floor, "c_empty_text", ctypes.c_int, _TEXT)
_c_random = _declared(_floor, "c_random", None, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t))


class Call:
    """One of the 64 calls in range, in every form that someone may want. Of these, 27 can happen."""

    def __init__(self, facts: int) -> None:
        self.struct = CpCall(facts & 3, facts >> 2 & 3, facts >> 4 & 1, facts >> 5)
        self.facts = {
            "src": PARTIES[facts & 3],
            "dst": PARTIES[facts >> 2 & 3],
            "leg": LEGS[facts >> 4 & 1],
            "callback": bool(facts >> 5),
        }
        texts = [str(fact).lower() for fact in self.facts.values()]
        self.key = "-".join(texts)
        self.pairs = ",".join(map("=".join, zip(self.facts, texts))).encode()
        bit: int = cp_required(self.struct).bit_length() - 1
        self.required = None if bit < 0 else MNEMOS[bit]


class Status:
    """One of the 256 sets of properties."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.mnemos = [mnemo for bit, mnemo in enumerate(MNEMOS) if bits >> bit & 1]
        self.granted = frozenset(self.mnemos)
        self.comma = ",".join(self.mnemos).encode()


class Case(NamedTuple):
    """What is decided: may the extension with this status take part in this call?"""

    status: Status
    call: Call

    @property
    def expected(self) -> bool:
        """The decision that everyone has to make."""
        permitted: int = cp_permits(self.status.bits, self.call.struct)
        return permitted == 1


CALLS = [Call(facts) for facts in range(64)]
STATUSES = [Status(bits) for bits in range(256)]
CASES = [Case(status, call) for status in STATUSES for call in CALLS]


def random_arrays(n: int) -> tuple[Any, Any]:
    """The first n random statuses and calls, those of the rows in C too: sets, and the four facts of each call."""
    granted = numpy.empty(n, numpy.uint32)
    calls = numpy.empty((n, 4), numpy.uint8)
    _c_random(granted.ctypes.data, calls.ctypes.data, n)
    return granted, calls


def random_cases(n: int) -> list[int]:
    """The same, as indices into CASES."""
    granted, calls = random_arrays(n)
    facts = calls @ numpy.array([1, 4, 16, 32], numpy.uint32)
    indices: list[int] = (granted * 64 + facts).tolist()
    return indices

# SPDX-License-Identifier: MIT
"""``callprop.h``, declared for ctypes, and what Python has for buffers. (What Arrow has stands in ``_arrow``.)

Text goes in as UTF-8 without a NUL and comes out as ``str``; what C reports in a ``cp_error`` is raised. Nothing that the
library returns is to be freed, so ctypes may convert results and forget the pointers.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, NamedTuple

from ._library import load
from .errors import Error, ErrorCode

EXPLAIN_MAX = 1024
PROPERTIES_MAX = 128
REASON_MAX = 256
CALL_MAX = 64


class CallStruct(ctypes.Structure):
    """``cp_call``."""

    _fields_ = [
        ("src", ctypes.c_uint8),
        ("dst", ctypes.c_uint8),
        ("leg", ctypes.c_uint8),
        ("callback", ctypes.c_uint8),
    ]


class ErrorStruct(ctypes.Structure):
    """``cp_error``."""

    _fields_ = [
        ("code", ctypes.c_int32),
        ("position", ctypes.c_int32),
        ("text", ctypes.c_char * 128),
        ("reserved", ctypes.c_uint8 * 24),
    ]


# The library writes into these. Were one shorter here than in C, it would write into somebody else's memory.
if (ctypes.sizeof(CallStruct), ctypes.sizeof(ErrorStruct)) != (4, 160):
    raise ImportError("callprop: the structures of callprop.h do not have their sizes in this Python")


class Facts(NamedTuple):
    """The numbers of a ``cp_call``."""

    src: int
    dst: int
    leg: int
    callback: int


#: The 64 calls whose numbers are in range, in the order of legs, src, dst, callback.
ALL_FACTS = tuple(
    Facts(src, dst, leg, callback) for leg in range(2) for src in range(4) for dst in range(4) for callback in range(2)
)
_ALL_CALLS = b"".join(map(bytes, ALL_FACTS))

_text = ctypes.c_char_p
_set = ctypes.c_uint32
_size = ctypes.c_size_t
_int = ctypes.c_int
_pointer = ctypes.c_void_p
_call_p = ctypes.POINTER(CallStruct)
_error_p = ctypes.POINTER(ErrorStruct)

FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "cp_version": (_text, ()),
    "cp_list": (_text, ()),
    "cp_get": (_text, (_text,)),
    "cp_explain": (_size, (_text, _text, _text, _size, _error_p)),
    "cp_properties_parse": (_int, (_text, ctypes.POINTER(_set), _error_p)),
    "cp_properties_parse_known": (_int, (_text, ctypes.POINTER(_set), _error_p)),
    "cp_properties_format": (_size, (_set, _text, _size)),
    "cp_call_parse": (_int, (_text, _call_p, _error_p)),
    "cp_call_format": (_size, (_call_p, _text, _size)),
    "cp_required": (_set, (_call_p,)),
    "cp_permits": (_int, (_set, _call_p)),
    "cp_reason": (_size, (_set, _call_p, _text, _size)),
    "cp_permits_many": (_size, (_pointer, _pointer, _size, _pointer)),
    "cp_required_many": (_size, (_pointer, _size, _pointer)),
}

_c = load(tuple(FUNCTIONS))
for _name, (_result, _arguments) in FUNCTIONS.items():
    # Without a declaration ctypes takes every argument and result for an int, and cuts pointers in half.
    getattr(_c, _name).restype = _result
    getattr(_c, _name).argtypes = _arguments


def version() -> str:
    """``cp_version``: of the loaded library."""
    text: bytes = _c.cp_version()
    return text.decode("ascii")


def list_json() -> str:
    """``cp_list``."""
    json: bytes | None = _c.cp_list()
    if json is None:
        raise Error(ErrorCode.MEMORY, -1, "callprop: out of memory")
    return json.decode()


def get_json(mnemo: bytes) -> str | None:
    """``cp_get``; None when there is no such property."""
    json: bytes | None = _c.cp_get(mnemo)
    if json is None:
        list_json()  # raises when the reason is memory
        return None
    return json.decode()


def properties_parse(property_list: bytes) -> int:
    """``cp_properties_parse``."""
    error, out = ErrorStruct(), _set()
    _check(_c.cp_properties_parse(property_list, out, error), error)
    return out.value


def properties_parse_known(property_list: bytes) -> tuple[int, Error | None]:
    """``cp_properties_parse_known``: the set, and what is said about the first mnemo that is none."""
    error, out = ErrorStruct(), _set()
    if not _c.cp_properties_parse_known(property_list, out, error):
        raise _error(error)
    return out.value, _error(error) if error.code else None


def properties_format(bits: int) -> str:
    """``cp_properties_format``."""
    buffer = ctypes.create_string_buffer(PROPERTIES_MAX)
    _c.cp_properties_format(bits, buffer, PROPERTIES_MAX)
    return buffer.value.decode("ascii")


def call_parse(call: bytes) -> Facts:
    """``cp_call_parse``."""
    error, out = ErrorStruct(), CallStruct()
    _check(_c.cp_call_parse(call, out, error), error)
    return Facts(out.src, out.dst, out.leg, out.callback)


def call_format(call: Facts) -> str:
    """``cp_call_format``."""
    buffer = ctypes.create_string_buffer(CALL_MAX)
    _c.cp_call_format(CallStruct(*call), buffer, CALL_MAX)
    return buffer.value.decode("ascii")


def explain_json(property_list: bytes, call: bytes) -> str:
    """``cp_explain``."""
    error, buffer = ErrorStruct(), ctypes.create_string_buffer(EXPLAIN_MAX)
    _check(_c.cp_explain(property_list, call, buffer, EXPLAIN_MAX, error), error)
    return buffer.value.decode()


def required(call: Facts) -> int:
    """``cp_required``; 0 when the call cannot happen."""
    bit: int = _c.cp_required(CallStruct(*call))
    return bit


def permits(bits: int, call: Facts) -> bool:
    """``cp_permits``."""
    permitted: int = _c.cp_permits(bits, CallStruct(*call))
    return permitted == 1


def reason(bits: int, call: Facts) -> str:
    """``cp_reason``."""
    buffer = ctypes.create_string_buffer(REASON_MAX)
    _c.cp_reason(bits, CallStruct(*call), buffer, REASON_MAX)
    return buffer.value.decode("ascii")


def permits_many(granted: int | None, calls: int | None, n: int, permitted: int | None) -> None:
    """``cp_permits_many``, for memory at these addresses: n times four, n times four, and n bytes."""
    _c.cp_permits_many(granted, calls, n, permitted)


def required_many(calls: int | None, n: int, required: int | None) -> None:
    """``cp_required_many``, for memory at these addresses: n times four, and n times four."""
    _c.cp_required_many(calls, n, required)


def lets_through(bits: int) -> bytes:
    """``cp_permits_many``, of a set with each of the 64 calls in range: a byte for each, 0 or 1."""
    n = len(ALL_FACTS)
    permitted = (ctypes.c_uint8 * n)()
    _c.cp_permits_many(bits.to_bytes(4, sys.byteorder) * n, _ALL_CALLS, n, permitted)
    return bytes(permitted)


def _check(result: int, error: ErrorStruct) -> None:
    # 1, or the length of what was written; 0 on an error only.
    if not result or error.code:
        raise _error(error)


def _error(error: ErrorStruct) -> Error:
    text = error.text.decode("ascii", "backslashreplace")
    return Error(error.code or ErrorCode.ARGUMENT, error.position, text or "callprop: no answer")


class PyBuffer(ctypes.Structure):
    """``Py_buffer`` of Python's own C interface."""

    _fields_ = [
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    ]


if sys.implementation.name == "cpython":
    # Function objects of our own: what ctypes.pythonapi hands out is everybody's, and so are the types that somebody sets there.
    _get = ctypes.PYFUNCTYPE(_int, ctypes.py_object, ctypes.POINTER(PyBuffer), _int)
    _release = ctypes.PYFUNCTYPE(None, ctypes.POINTER(PyBuffer))
    get_buffer = _get(("PyObject_GetBuffer", ctypes.pythonapi))
    release_buffer = _release(("PyBuffer_Release", ctypes.pythonapi))

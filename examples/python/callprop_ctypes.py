# SPDX-License-Identifier: MIT
"""The part of callprop's C interface that the examples use, declared for ctypes: a starting point to copy.

``callprop.h`` is the reference for what each function does. Needs callprop 1.1. Nothing that the library returns is to be freed,
so ctypes may convert results to ``bytes`` and forget the pointers.
"""

from __future__ import annotations

import ctypes
from typing import Any

CP_ALL = 1 << 0
CP_OK = 0
CP_ERROR_CALL = 7

_EXPLAIN_MAX = 1024
_PROPERTIES_MAX = 128
_REASON_MAX = 256


class CpCall(ctypes.Structure):
    """``cp_call``: a call, as four facts."""

    _fields_ = [
        ("src", ctypes.c_uint8),
        ("dst", ctypes.c_uint8),
        ("leg", ctypes.c_uint8),
        ("callback", ctypes.c_uint8),
    ]


class CpError(ctypes.Structure):
    """``cp_error``: why a function failed."""

    _fields_ = [
        ("code", ctypes.c_int32),
        ("position", ctypes.c_int32),
        ("text", ctypes.c_char * 128),
        ("reserved", ctypes.c_uint8 * 24),
    ]


# The library writes into these. Were one shorter here than in C, it would write into somebody else's memory.
if (ctypes.sizeof(CpCall), ctypes.sizeof(CpError)) != (4, 160):
    raise ImportError("the structures of callprop_ctypes do not have the size that callprop.h gives them")


class CallpropError(Exception):
    """An error of callprop: one of the CP_ERROR codes, the byte that is wrong (-1: no single one), and the text."""

    def __init__(self, code: int, position: int, text: str) -> None:
        super().__init__(code, position, text)
        self.code = code
        self.position = position
        self.text = text

    def __str__(self) -> str:
        return self.text if self.position < 0 else f"{self.text} (at byte {self.position})"


_library = ctypes.CDLL("libcallprop.so.1")


def _declare(name: str, result: Any, *arguments: Any) -> Any:
    # Without a declaration ctypes takes every argument and result for an int, and cuts pointers in half.
    function = getattr(_library, name)
    function.restype = result
    function.argtypes = arguments
    return function


_text_p = ctypes.c_char_p
_call_p = ctypes.POINTER(CpCall)
_error_p = ctypes.POINTER(CpError)
_set = ctypes.c_uint32
_set_p = ctypes.POINTER(_set)
_size = ctypes.c_size_t

_list = _declare("cp_list", _text_p)
_get = _declare("cp_get", _text_p, _text_p)
_allows = _declare("cp_allows", ctypes.c_int, _text_p, _text_p, _error_p)
_explain = _declare("cp_explain", _size, _text_p, _text_p, _text_p, _size, _error_p)
_properties_parse = _declare("cp_properties_parse", ctypes.c_int, _text_p, _set_p, _error_p)
_properties_parse_known = _declare("cp_properties_parse_known", ctypes.c_int, _text_p, _set_p, _error_p)
_properties_format = _declare("cp_properties_format", _size, _set, _text_p, _size)
_call_parse = _declare("cp_call_parse", ctypes.c_int, _text_p, _call_p, _error_p)
_required = _declare("cp_required", _set, _call_p)
_permits = _declare("cp_permits", ctypes.c_int, _set, _call_p)
_reason = _declare("cp_reason", _size, _set, _call_p, _text_p, _size)
_permits_many = _declare("cp_permits_many", _size, ctypes.c_void_p, ctypes.c_void_p, _size, ctypes.c_void_p)


def _encode(text: str) -> bytes:
    """The text as C sees it.

    Bytes of the command line or of a file that were no UTF-8 reach the library as they were, and it refuses them.
    """
    if "\0" in text:
        # C would take the text to end there, and decide on half of it.
        raise ValueError("embedded NUL character")
    return text.encode("utf-8", "surrogateescape")


def _check(error: CpError) -> None:
    if error.code != CP_OK:
        raise CallpropError(error.code, error.position, error.text.decode("ascii"))


def list_properties() -> str:
    """``cp_list``: all properties, as a JSON array."""
    json: bytes | None = _list()
    if json is None:
        raise MemoryError
    return json.decode()


def get_property(mnemo: str) -> str | None:
    """``cp_get``: one property, as a JSON object; None when there is no such property."""
    json: bytes | None = _get(_encode(mnemo))
    if json is None:
        list_properties()  # raises when the reason is memory
        return None
    return json.decode()


def allows(property_list: str, call: str) -> bool:
    """``cp_allows``: may the extension take part in the call?"""
    error = CpError()
    permitted: int = _allows(_encode(property_list), _encode(call), error)
    _check(error)
    return permitted == 1


def explain(property_list: str, call: str) -> str:
    """``cp_explain``: the decision of allows() with its reason, as a JSON object."""
    error = CpError()
    buffer = ctypes.create_string_buffer(_EXPLAIN_MAX)
    _explain(_encode(property_list), _encode(call), buffer, _EXPLAIN_MAX, error)
    _check(error)
    return buffer.value.decode()


def parse_properties(property_list: str) -> int:
    """``cp_properties_parse``: the set, an OR of bits."""
    error = CpError()
    properties = _set()
    _properties_parse(_encode(property_list), properties, error)
    _check(error)
    return properties.value


def parse_known_properties(property_list: str) -> tuple[int, str]:
    """``cp_properties_parse_known``: the set of the mnemos that are known, and what is to be logged about another one, or ""."""
    error = CpError()
    properties = _set()
    if not _properties_parse_known(_encode(property_list), properties, error):
        _check(error)
    return properties.value, error.text.decode("ascii")


def format_properties(properties: int) -> str:
    """``cp_properties_format``: the mnemos of a set, joined by commas."""
    buffer = ctypes.create_string_buffer(_PROPERTIES_MAX)
    _properties_format(properties, buffer, _PROPERTIES_MAX)
    return buffer.value.decode()


def parse_call(text: str) -> CpCall:
    """``cp_call_parse``: the call, one that can happen."""
    error = CpError()
    call = CpCall()
    _call_parse(_encode(text), call, error)
    _check(error)
    return call


def required(call: CpCall) -> int:
    """``cp_required``: the one property, besides CP_ALL, that lets the call through; 0 when it cannot happen."""
    result: int = _required(call)
    return result


def permits(granted: int, call: CpCall) -> bool:
    """``cp_permits``: may an extension whose status grants this set take part in the call?"""
    permitted: int = _permits(granted, call)
    return permitted == 1


def reason(granted: int, call: CpCall) -> str:
    """``cp_reason``: why permits() decides as it does, one sentence for an operator."""
    buffer = ctypes.create_string_buffer(_REASON_MAX)
    _reason(granted, call, buffer, _REASON_MAX)
    return buffer.value.decode("ascii")


def permits_many(granted: Any, calls: Any) -> bytearray:
    """``cp_permits_many``: permits() for n pairs, at the speed of C. Nothing is copied.

    granted holds n 32-bit sets, calls n times the four bytes of a CpCall, each in any contiguous buffer: an array, bytes,
    a numpy array. Returns n bytes, each 0 or 1.
    """
    count, rest = divmod(memoryview(granted).nbytes, 4)
    if rest or memoryview(calls).nbytes != 4 * count:
        raise ValueError("granted and calls need the same number of 4-byte elements")
    permitted = bytearray(count)
    _permits_many(_address(granted), _address(calls), count, _address(permitted))
    return permitted


def _address(buffer: Any) -> Any:
    view = memoryview(buffer)
    if not view.c_contiguous:
        raise ValueError("the buffer is not contiguous")
    if view.readonly:
        # from_buffer() wants to be able to write. bytes lend their memory as it is, anything else is copied.
        return ctypes.cast(ctypes.c_char_p(buffer if isinstance(buffer, bytes) else bytes(view)), ctypes.c_void_p)
    return (ctypes.c_char * view.nbytes).from_buffer(buffer)

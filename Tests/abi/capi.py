# SPDX-License-Identifier: MIT
"""callprop.h as ctypes sees it. `test_c.py` holds every line of this against the installed header."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Those of the version are not here: what raises it is to touch the header alone (see Installed.version).
CONSTANTS: dict[str, int] = {
    "CP_ALL": 1,
    "CP_CQ": 2,
    "CP_LI": 4,
    "CP_LO": 8,
    "CP_QLI": 16,
    "CP_QRI": 32,
    "CP_RI": 64,
    "CP_RO": 128,
    "CP_EXTENSION": 0,
    "CP_EXTERNAL": 1,
    "CP_QUEUE": 2,
    "CP_IVR": 3,
    "CP_LEG_SRC": 0,
    "CP_LEG_DST": 1,
    "CP_TEXT_MAX": 65536,
    "CP_DEPTH_MAX": 32,
    "CP_PROPERTIES_MAX": 128,
    "CP_EXPLAIN_MAX": 1024,
    "CP_REASON_MAX": 256,
    "CP_CALL_MAX": 64,
    "CP_OK": 0,
    "CP_ERROR_ARGUMENT": 1,
    "CP_ERROR_LIMIT": 2,
    "CP_ERROR_SYNTAX": 3,
    "CP_ERROR_TYPE": 4,
    "CP_ERROR_PROPERTY": 5,
    "CP_ERROR_PARTY": 6,
    "CP_ERROR_CALL": 7,
    "CP_ERROR_MEMORY": 8,
}

OK = CONSTANTS["CP_OK"]
ARGUMENT = CONSTANTS["CP_ERROR_ARGUMENT"]
LIMIT = CONSTANTS["CP_ERROR_LIMIT"]
SYNTAX = CONSTANTS["CP_ERROR_SYNTAX"]
TYPE = CONSTANTS["CP_ERROR_TYPE"]
PROPERTY = CONSTANTS["CP_ERROR_PROPERTY"]
PARTY = CONSTANTS["CP_ERROR_PARTY"]
CALL = CONSTANTS["CP_ERROR_CALL"]
MEMORY = CONSTANTS["CP_ERROR_MEMORY"]

TEXT_MAX = CONSTANTS["CP_TEXT_MAX"]
DEPTH_MAX = CONSTANTS["CP_DEPTH_MAX"]
EXPLAIN_MAX = CONSTANTS["CP_EXPLAIN_MAX"]
PROPERTIES_MAX = CONSTANTS["CP_PROPERTIES_MAX"]
REASON_MAX = CONSTANTS["CP_REASON_MAX"]
CALL_MAX = CONSTANTS["CP_CALL_MAX"]

Properties = ctypes.c_uint32


class CallStruct(ctypes.Structure):
    _fields_ = [
        ("src", ctypes.c_uint8),
        ("dst", ctypes.c_uint8),
        ("leg", ctypes.c_uint8),
        ("callback", ctypes.c_uint8),
    ]


class ErrorStruct(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_int32),
        ("position", ctypes.c_int32),
        ("text", ctypes.c_char * 128),
        ("reserved", ctypes.c_uint8 * 24),
    ]


STRUCTURES: dict[str, type[ctypes.Structure]] = {"cp_call": CallStruct, "cp_error": ErrorStruct}

_text = ctypes.c_char_p
_error = ctypes.POINTER(ErrorStruct)
_call = ctypes.POINTER(CallStruct)

# Arrays are void pointers here, because they may stand at any address. What is borrowed is one too, so that its
# address can be compared.
_FUNCTIONS: dict[str, tuple[object, list[object]]] = {
    "cp_version": (_text, []),
    "cp_list": (ctypes.c_void_p, []),
    "cp_get": (ctypes.c_void_p, [_text]),
    "cp_allows": (ctypes.c_int, [_text, _text, _error]),
    "cp_explain": (ctypes.c_size_t, [_text, _text, ctypes.c_void_p, ctypes.c_size_t, _error]),
    "cp_properties_parse": (ctypes.c_int, [_text, ctypes.POINTER(Properties), _error]),
    "cp_properties_parse_known": (ctypes.c_int, [_text, ctypes.POINTER(Properties), _error]),
    "cp_properties_format": (ctypes.c_size_t, [Properties, ctypes.c_void_p, ctypes.c_size_t]),
    "cp_call_parse": (ctypes.c_int, [_text, _call, _error]),
    "cp_call_format": (ctypes.c_size_t, [_call, ctypes.c_void_p, ctypes.c_size_t]),
    "cp_required": (Properties, [_call]),
    "cp_permits": (ctypes.c_int, [Properties, _call]),
    "cp_reason": (ctypes.c_size_t, [Properties, _call, ctypes.c_void_p, ctypes.c_size_t]),
    "cp_permits_many": (
        ctypes.c_size_t,
        [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p],
    ),
    "cp_required_many": (ctypes.c_size_t, [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]),
}
FUNCTIONS = tuple(_FUNCTIONS)


def load(path: Path) -> ctypes.CDLL:
    """The library with its functions declared."""
    library = ctypes.CDLL(str(path))
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


@dataclass(frozen=True)
class Error:
    """A cp_error after a call. Reading one checks what holds for every one of them."""

    code: int
    position: int
    text: str

    @staticmethod
    def read(raw: ErrorStruct) -> "Error":
        # The fields' bytes, since ctypes ends a char array at its first NUL.
        everything = bytes(raw)
        start = ErrorStruct.text.offset
        field = everything[start : start + ErrorStruct.text.size]
        reserved = everything[ErrorStruct.reserved.offset :]
        text, nul, rest = field.partition(b"\0")
        assert nul, f"cp_error.text has no NUL: {field!r}"
        assert not rest.strip(b"\0"), f"cp_error.text holds something behind its NUL: {field!r}"
        assert len(reserved) == 24 and not reserved.strip(b"\0"), f"cp_error.reserved is not zero: {reserved!r}"
        assert text.isascii() and text.decode("ascii").isprintable(), (
            f"cp_error.text holds bytes that are not printable ASCII: {text!r}"
        )
        assert (raw.code == OK) == (not text), f"code {raw.code} with text {text!r}"
        assert raw.code != OK or raw.position == 0, f"cp_error is not cleared: position {raw.position}"
        return Error(raw.code, raw.position, text.decode("ascii"))


NO_ERROR = Error(OK, 0, "")

_CANARY = 0xA5
_GUARD = 32


class Library:
    """The loaded library, and its functions for Python. Each call is watched: the error is cleared at entry, `out`
    stays as it was on an error, nothing is written outside of a buffer, and a NULL error changes nothing."""

    def __init__(self, path: Path) -> None:
        self.c = load(path)
        self._raw_error = ErrorStruct()
        self._buffer = (ctypes.c_uint8 * (_GUARD + EXPLAIN_MAX + _GUARD))()

    def version(self) -> bytes:
        version: bytes = self.c.cp_version()
        return version

    def cp_list(self) -> bytes | None:
        return ctypes.cast(self.c.cp_list(), ctypes.c_char_p).value

    def cp_get(self, mnemo: bytes | None) -> bytes | None:
        return ctypes.cast(self.c.cp_get(mnemo), ctypes.c_char_p).value

    def allows(self, property_list: bytes | None, call: bytes | None) -> tuple[bool, Error]:
        raw = self._dirty_error()
        result = self.c.cp_allows(property_list, call, raw)
        assert result in (0, 1), f"cp_allows returned {result}"
        error = Error.read(raw)
        assert result == 0 or error == NO_ERROR, f"permitted, with the error {error}"
        assert self.c.cp_allows(property_list, call, None) == result, "another result without cp_error"
        return result == 1, error

    def explain(self, property_list: bytes | None, call: bytes | None) -> tuple[bytes, Error]:
        """The explanation as it stands in a buffer of CP_EXPLAIN_MAX bytes; b"" on an error."""
        raw = self._dirty_error()
        start = self._dirty_buffer()
        length = self.c.cp_explain(property_list, call, start, EXPLAIN_MAX, raw)
        text = self._buffer_text(EXPLAIN_MAX)
        error = Error.read(raw)
        assert length == len(text), f"cp_explain returned {length} for {len(text)} bytes: {text!r}"
        assert (length == 0) == (error.code != OK), f"cp_explain returned {length} with the error {error}"
        assert self.c.cp_explain(property_list, call, None, 0, None) == length, "another length without buffer"
        return text, error

    def parse_properties(self, property_list: bytes | None) -> tuple[int | None, Error]:
        """The set; None on an error."""
        raw = self._dirty_error()
        out = Properties(0xA5A5A5A5)
        result = self.c.cp_properties_parse(property_list, out, raw)
        error = Error.read(raw)
        assert result == (error.code == OK), f"cp_properties_parse returned {result} with the error {error}"
        assert result == 1 or out.value == 0xA5A5A5A5, f"out was touched on an error: {out.value:#x}"
        assert result == 0 or out.value <= 0xFF, f"the set has bits that are no property: {out.value:#x}"
        assert self.c.cp_properties_parse(property_list, out, None) == result, "another result without cp_error"
        return (out.value if result else None), error

    def parse_known_properties(self, property_list: bytes | None) -> tuple[int | None, Error]:
        """The set, and about the first mnemo that is not known; None on an error."""
        raw = self._dirty_error()
        out, again = Properties(0xA5A5A5A5), Properties(0xA5A5A5A5)
        result = self.c.cp_properties_parse_known(property_list, out, raw)
        unknown = Error.read(raw)
        said = f"cp_properties_parse_known returned {result} with {unknown}"
        assert unknown.code in (OK, PROPERTY) if result else unknown.code != OK, said
        assert result == 1 or out.value == 0xA5A5A5A5, f"out was touched on an error: {out.value:#x}"
        assert result == 0 or out.value <= 0xFF, f"the set has bits that are no property: {out.value:#x}"
        assert self.c.cp_properties_parse_known(property_list, again, None) == result, "another result without cp_error"
        assert again.value == out.value, f"another set without cp_error: {again.value:#x}"
        return (out.value if result else None), unknown

    def parse_call(self, call: bytes | None) -> tuple[tuple[int, int, int, int] | None, Error]:
        """src, dst, leg and callback; None on an error."""
        raw = self._dirty_error()
        out = CallStruct(_CANARY, _CANARY, _CANARY, _CANARY)
        result = self.c.cp_call_parse(call, out, raw)
        error = Error.read(raw)
        assert result == (error.code == OK), f"cp_call_parse returned {result} with the error {error}"
        assert result == 1 or bytes(out) == bytes([_CANARY] * 4), f"out was touched on an error: {bytes(out)!r}"
        assert self.c.cp_call_parse(call, out, None) == result, "another result without cp_error"
        return ((out.src, out.dst, out.leg, out.callback) if result else None), error

    def format_properties(self, properties: int) -> bytes:
        """The text as it stands in a buffer of CP_PROPERTIES_MAX bytes."""
        length = self.c.cp_properties_format(properties, self._dirty_buffer(), PROPERTIES_MAX)
        text = self._buffer_text(PROPERTIES_MAX)
        assert length == len(text), f"cp_properties_format returned {length} for {text!r}"
        return text

    def format_call(self, call: CallStruct | None) -> bytes:
        """The text as it stands in a buffer of CP_CALL_MAX bytes; b"" when a value is out of range."""
        length = self.c.cp_call_format(call, self._dirty_buffer(), CALL_MAX)
        text = self._buffer_text(CALL_MAX)
        assert length == len(text), f"cp_call_format returned {length} for {text!r}"
        assert self.c.cp_call_format(call, None, 0) == length, "another length without buffer"
        return text

    def reason(self, granted: int, call: CallStruct | None) -> str:
        """The sentence as it stands in a buffer of CP_REASON_MAX bytes."""
        length = self.c.cp_reason(granted, call, self._dirty_buffer(), REASON_MAX)
        text = self._buffer_text(REASON_MAX)
        assert length == len(text), f"cp_reason returned {length} for {text!r}"
        assert self.c.cp_reason(granted, call, None, 0) == length, "another length without buffer"
        assert text.isascii() and text.decode("ascii").isprintable(), (
            f"a reason holds bytes that are not printable ASCII: {text!r}"
        )
        return text.decode("ascii")

    def required(self, call: CallStruct) -> int:
        required: int = self.c.cp_required(call)
        return required

    def permits(self, granted: int, call: CallStruct) -> bool:
        result = self.c.cp_permits(granted, call)
        assert result in (0, 1), f"cp_permits returned {result}"
        return bool(result)

    def permits_many(self, pairs: Sequence[tuple[int, CallStruct]]) -> list[bool]:
        granted = (Properties * len(pairs))(*(properties for properties, _ in pairs))
        calls = (CallStruct * len(pairs))(*(call for _, call in pairs))
        permitted = (ctypes.c_uint8 * len(pairs))(*([_CANARY] * len(pairs)))
        count = self.c.cp_permits_many(granted, calls, len(pairs), permitted)
        assert set(permitted) <= {0, 1}, f"cp_permits_many wrote {sorted(set(permitted))}"
        assert count == sum(permitted), f"cp_permits_many returned {count} for {sum(permitted)}"
        return [bool(one) for one in permitted]

    def required_many(self, calls: Sequence[CallStruct]) -> list[int]:
        array = (CallStruct * len(calls))(*calls)
        required = (Properties * len(calls))(*([0xA5A5A5A5] * len(calls)))
        count = self.c.cp_required_many(array, len(calls), required)
        assert count == sum(map(bool, required)), f"cp_required_many returned {count} for {sum(map(bool, required))}"
        return list(required)

    def _dirty_error(self) -> ErrorStruct:
        ctypes.memset(ctypes.byref(self._raw_error), _CANARY, ctypes.sizeof(ErrorStruct))
        return self._raw_error

    def _dirty_buffer(self) -> int:
        ctypes.memset(self._buffer, _CANARY, len(self._buffer))
        return ctypes.addressof(self._buffer) + _GUARD

    def _buffer_text(self, size: int) -> bytes:
        everything = bytes(self._buffer)
        guards = everything[:_GUARD] + everything[_GUARD + size :]
        assert set(guards) == {_CANARY}, "something was written outside of the buffer"
        text, nul, _ = everything[_GUARD : _GUARD + size].partition(b"\0")
        assert nul, f"there is no NUL in the buffer: {text!r}"
        return text

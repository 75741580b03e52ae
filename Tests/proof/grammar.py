# SPDX-License-Identifier: MIT
"""Texts of a few bytes, at several places in JSON, and changed texts: what callprop takes for JSON, Python's json does too, and
the other way round: grammar.py LIBRARY LENGTH

Python's json is asked as strictly as it can be: for bytes that are UTF-8 without a byte order mark, and with NaN and Infinity
refused. What it accepts besides: surrogates that are no pair, and any depth. Unlike jansson, it reads numbers of any size, and
\\u0000 in keys.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Iterator
from itertools import product

OK, LIMIT, SYNTAX = 0, 2, 3

STRUCTURE = b'[]{},:" 1'
EVERY_KIND = STRUCTURE + b"0-+.eEtrunlfas\\\x1f\xc2\x80"
ESCAPES = b'"\\u089dDcCfF\xed\xa0'
CONSTANTS = [
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"1e999",
    b"-1e-999",
    b"1" * 400,
    b"\xef\xbb\xbf",
    b"\t",
    b"\x0b",
    b"\xc2\xa0",
    b"'a'",
    b"//",
]

# A member that does not count, so that nothing but its syntax does.
PLACES = [
    (b'{"x":', EVERY_KIND, b',"property_list":[]}'),
    (b'{"x":[', STRUCTURE, b',"property_list":[]}'),
    (b'{"x":"', ESCAPES, b'","property_list":[]}'),
    (b'{"x":"\\ud83', ESCAPES, b'","property_list":[]}'),
    (b'{"x":1', EVERY_KIND, b'"property_list":[]}'),
    (b"{", EVERY_KIND, b':1,"property_list":[]}'),
    (b'{"property_list":[]', EVERY_KIND, b""),
]
CHANGED = [
    b'{"id": 7, "name": "Lunch \xe2\x82\xac \\ud83d\\ude00", "rate": -1.5e+3, "a": [true, {"b": null}], "property_list": ["li"]}',
    b'\xef\xbb\xbf{"\\u0000": [[], {}, 0.0, 1E5, "\\"\\\\\\/\\b\\f\\n\\r\\t"], "property_list": []}',
    b'{"x":' + b"[" * 32 + b"]" * 32 + b',"property_list":[]}',
]


class Error(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_int32),
        ("position", ctypes.c_int32),
        ("text", ctypes.c_char * 128),
        ("reserved", ctypes.c_uint8 * 24),
    ]


def texts(length: int) -> Iterator[bytes]:
    for before, alphabet, behind in PLACES:
        for count in range(length + 1):
            for symbols in product(alphabet, repeat=count):
                yield before + bytes(symbols) + behind
        for constant in CONSTANTS:
            yield before + constant + behind
    for text in CHANGED:
        yield text
        for at in range(len(text) + 1):
            yield text[:at]
            yield text[:at] + text[at + 1 :]
            for byte in range(1, 256):
                yield text[:at] + bytes([byte]) + text[at:]
                yield text[:at] + bytes([byte]) + text[at + 1 :]


def refuse(constant: str) -> None:
    raise ValueError(constant)


def parsed(text: bytes) -> object:
    """What Python reads, with objects as lists of pairs, so that no repeated key is lost. Raises ValueError."""
    return json.loads(text.removeprefix(b"\xef\xbb\xbf").decode(), parse_constant=refuse, object_pairs_hook=list)


def is_unpaired(value: object) -> bool:
    """Whether a string in it holds a surrogate that is no pair."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def main() -> int:
    library = ctypes.CDLL(sys.argv[1])
    error, result = Error(), ctypes.c_uint32()
    count = deep = unpaired = wrong = 0
    for text in texts(int(sys.argv[2])):
        if not text.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith((b"[", b"{")):
            continue
        count += 1
        library.cp_properties_parse_known(text, ctypes.byref(result), ctypes.byref(error))
        # A text whose types are wrong is not read to its end.
        if error.code not in (OK, LIMIT, SYNTAX):
            continue
        try:
            value = parsed(text)
        except ValueError:
            is_right = error.code != OK
        else:
            is_right = error.code == OK
            if error.code == LIMIT:
                deep += 1
                is_right = True
            elif error.code == SYNTAX and is_unpaired(value):
                unpaired += 1
                is_right = True
        if not is_right:
            wrong += 1
            if wrong <= 10:
                print(f"  wrong: {text!r}: {error.code} {error.text.decode()}")
    explained = f"{unpaired} with surrogates that are no pair and {deep} nested too deeply"
    print(f"  {count} texts, each as Python's json says, but for {explained}: {wrong or 'none'} wrong")
    # A difference that no longer is there needs no explanation.
    return wrong != 0 or deep == 0 or unpaired == 0


if __name__ == "__main__":
    sys.exit(main())

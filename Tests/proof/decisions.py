# SPDX-License-Identifier: MIT
"""Every decision that there is, in every way of asking, as text to compare between machines: decisions.py LIBRARY

Nothing but Python 3.9 and its standard library, since it runs on other systems too.
"""

from __future__ import annotations

import ctypes
import sys
from itertools import product

MNEMOS = ("all", "cq", "li", "lo", "qli", "qri", "ri", "ro")
PARTIES = ("extension", "external", "queue", "ivr")
LEGS = ("src", "dst")
FLAGS = ("false", "true")
SETS = range(256)

EXPLAIN_MAX = 1024
TEXT_MAX = 65536

# What is refused, or read in a way that is worth a look.
BAD_LISTS = [
    b"lunch", b"li,,lo", b"LI", b"\xff", b"[", b"[]]", b'["li"', b'["li",]', b'["li" "lo"]', b'[li]', b'["l\x00i"]',
    b'["li\xff"]', b'["\\u0000"]', b'["\\ud800"]', b'["\\q"]', b'["li\n"]', b"[1]", b"[1.]", b"[01]", b"[-]", b"[1e999]",
    b"[99999999999999999999]", b"[nul]", b"[null]", b"[[]]", b"{}", b"{]", b'{"a"}', b'{"a":1,"a":2}', b'{"property_list":1}',
    b'{"property_list":[],"property_list":[]}', b'{"":[]}', b"[" * 33, b"[" * 32 + b"]" * 32, b"[" * 100_000, b'["li"]x',
    b"\xef\xbb\xbf[]", b"[/**/]", b"li" + b" " * TEXT_MAX, b'["' + b"x" * 5000 + b'"]',
    b'{"rate":1e999,"rate":-0.5,"property_list":["li"]}', b'{"a":"\\u0000","property_list":["li","fax"]}', b"\xef\xbb\xbfli, fax",
]  # fmt: skip
BAD_CALLS = [
    b"", b"src", b"src=queue", b"src=queue,src=queue", b"src=phone,dst=ivr,leg=dst", b"{}", b"[]", b'{"src":"queue"',
    b'{"src":1,"dst":"ivr","leg":"dst"}', b'{"src":"external","dst":"ivr","leg":"dst","callback":1}',
    b'{"src":"external","dst":"ivr","leg":"dst","callback":false,"x":null}', b'{"src":"ivr","dst":"ivr","leg":"dst"}',
]  # fmt: skip


class Call(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint8) for name in ("src", "dst", "leg", "callback")]


class Error(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_int32),
        ("position", ctypes.c_int32),
        ("text", ctypes.c_char * 128),
        ("reserved", ctypes.c_uint8 * 24),
    ]

    def __str__(self) -> str:
        return f"{self.code} {self.position} {self.text.decode('ascii')}"


def load(path: str) -> ctypes.CDLL:
    library = ctypes.CDLL(path)
    library.cp_explain.argtypes = [ctypes.c_char_p] * 3 + [ctypes.c_size_t, ctypes.c_void_p]
    library.cp_reason.argtypes = [ctypes.c_uint32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.cp_call_format.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.cp_required.restype = ctypes.c_uint32
    for name in ("cp_explain", "cp_reason", "cp_call_format", "cp_permits_many", "cp_required_many"):
        getattr(library, name).restype = ctypes.c_size_t
    for name in ("cp_version", "cp_list", "cp_get"):
        getattr(library, name).restype = ctypes.c_char_p
    return library


def main(path: str) -> int:
    library = load(path)
    error = Error()
    explanation = ctypes.create_string_buffer(EXPLAIN_MAX)
    reason = ctypes.create_string_buffer(EXPLAIN_MAX)

    print("version", library.cp_version().decode())
    print("list", library.cp_list().decode())
    for mnemo in MNEMOS:
        print("get", library.cp_get(mnemo.encode()).decode())

    sets = [[mnemo for bit, mnemo in enumerate(MNEMOS) if bits >> bit & 1] for bits in SETS]
    array_texts = [("[" + ",".join(f'"{mnemo}"' for mnemo in mnemos) + "]").encode() for mnemos in sets]
    comma_texts = [",".join(mnemos).encode() for mnemos in sets]

    kinds = [(src, dst, leg, callback) for callback, leg, dst, src in product(FLAGS, LEGS, PARTIES, PARTIES)]
    calls = [
        Call(PARTIES.index(src), PARTIES.index(dst), LEGS.index(leg), FLAGS.index(callback))
        for src, dst, leg, callback in kinds
    ]
    pairs = list(product(range(len(calls)), SETS))
    many = (ctypes.c_uint8 * len(pairs))()
    count = library.cp_permits_many(
        (ctypes.c_uint32 * len(pairs))(*(bits for _, bits in pairs)),
        (Call * len(pairs))(*(calls[index] for index, _ in pairs)),
        ctypes.c_size_t(len(pairs)),
        many,
    )
    if count != sum(many):
        print(f"cp_permits_many returned {count} for {sum(many)}", file=sys.stderr)
        return 1

    required = (ctypes.c_uint32 * len(calls))()
    can_happen = library.cp_required_many((Call * len(calls))(*calls), ctypes.c_size_t(len(calls)), required)
    if list(required) != [library.cp_required(ctypes.byref(call)) for call in calls]:
        print("cp_required_many is not cp_required", file=sys.stderr)
        return 1
    print("required", can_happen, *required)
    for call in calls:
        print("call", library.cp_call_format(ctypes.byref(call), reason, EXPLAIN_MAX), reason.value.decode())

    for (index, bits), among_many in zip(pairs, many):
        src, dst, leg, callback = kinds[index]
        text = f"src={src},dst={dst},leg={leg},callback={callback}".encode()
        json = f'{{"src":"{src}","dst":"{dst}","leg":"{leg}","callback":{callback}}}'.encode()
        answers = {
            library.cp_permits(ctypes.c_uint32(bits), ctypes.byref(calls[index])),
            among_many,
            library.cp_allows(comma_texts[bits], text, None),
            library.cp_allows(array_texts[bits], json, ctypes.byref(error)),
        }
        length = library.cp_explain(comma_texts[bits], json, explanation, EXPLAIN_MAX, ctypes.byref(error))
        library.cp_reason(bits, ctypes.byref(calls[index]), reason, EXPLAIN_MAX)
        is_explained = not length or reason.value in explanation.value
        if len(answers) != 1 or not is_explained or length != len(explanation.value):
            print(f"{text!r} with {comma_texts[bits]!r}: {answers}, {length}: {explanation.value!r}", file=sys.stderr)
            return 1
        print("decision", text.decode(), comma_texts[bits].decode() or "-", *answers)
        print("reason", reason.value.decode())
        print("explanation", explanation.value.decode() or error)

    for bad, arguments in [(bad, (bad, b"src=external,dst=ivr,leg=dst")) for bad in BAD_LISTS] + [
        (bad, (b"li", bad)) for bad in BAD_CALLS
    ]:
        allowed = library.cp_allows(*arguments, ctypes.byref(error))
        print("refusal", repr(bad[:40]), len(bad), allowed, error)
    for bad in BAD_LISTS:
        known = ctypes.c_uint32(0xFFFF)
        is_read = library.cp_properties_parse_known(bad, ctypes.byref(known), ctypes.byref(error))
        print("known", repr(bad[:40]), is_read, known.value, error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

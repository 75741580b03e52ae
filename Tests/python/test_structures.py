# SPDX-License-Identifier: MIT
"""Arrays of ctypes' structures in batches: read by the names of their fields in whatever order, or refused. Never taken for raw bytes."""

from __future__ import annotations

import ctypes
import itertools
from typing import Any

import pytest

import callprop
from callprop import Call, Properties
from expected import ALL_CALLS, LEGS, MNEMOS, PARTIES, permitted, required

FACTS = ("src", "dst", "leg", "callback")
BASES = [ctypes.Structure, ctypes.BigEndianStructure, ctypes.LittleEndianStructure]


def numbers(call: Any) -> dict[str, int]:
    """The facts as C has them."""
    src, dst, leg, callback = call
    return {"src": PARTIES.index(src), "dst": PARTIES.index(dst), "leg": LEGS.index(leg), "callback": int(callback)}


def structure(base: Any, fields: list[Any], pack: int | None = None) -> Any:
    members = {"_fields_": fields} if pack is None else {"_pack_": pack, "_layout_": "ms", "_fields_": fields}
    return type("Record", (base,), members)


def all_calls(kind: Any) -> Any:
    return (kind * len(ALL_CALLS))(*(kind(**numbers(call)) for call in ALL_CALLS))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("order", [*itertools.permutations(FACTS)], ids="-".join)
def test_structures_of_bytes_are_read_by_their_names(base: Any, order: tuple[str, ...]) -> None:
    calls = all_calls(structure(base, [(name, ctypes.c_uint8) for name in order]))
    for mnemo in MNEMOS:
        found = callprop.permits_many(Properties.parse([mnemo]), calls)
        assert [*map(bool, found)] == [permitted([mnemo], call) for call in ALL_CALLS]
    assert [str(Properties(bits)) or None for bits in callprop.required_many(calls)] == [*map(required, ALL_CALLS)]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("pack", [1, 2, 4])
@pytest.mark.parametrize("order", [*itertools.permutations(FACTS)], ids="-".join)
def test_packed_structures_are_read_where_they_say_what_they_are_and_else_refused(
    base: Any, pack: int, order: tuple[str, ...]
) -> None:
    calls = all_calls(structure(base, [(name, ctypes.c_uint8) for name in order], pack))
    if memoryview(calls).format.startswith("T{"):
        # By Python: 3.11 has them say that they are bytes, 3.12.1 and 3.14 what they are.
        assert [str(Properties(bits)) or None for bits in callprop.required_many(calls)] == [*map(required, ALL_CALLS)]
        return
    refuse_calls(calls)
    refuse_calls(memoryview(calls))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("bits", range(2, 8))
def test_fields_of_some_bits_are_refused(base: Any, bits: int) -> None:
    fields = [(name, ctypes.c_uint8, bits) for name in FACTS]
    refuse_calls((structure(base, fields) * 4)())
    refuse_calls(memoryview((structure(base, fields) * 4 * 2)()))


def refuse_calls(calls: Any) -> None:
    for decide in (lambda: callprop.permits_many(Properties.ALL, calls), lambda: callprop.required_many(calls)):
        with pytest.raises((TypeError, ValueError), match=r"^calls: expected "):
            decide()


NUMBERS = [ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_int32, ctypes.c_uint64, ctypes.c_float]


@pytest.mark.parametrize(
    "base",
    [*BASES, ctypes.Union, ctypes.BigEndianUnion] if hasattr(ctypes, "BigEndianUnion") else [*BASES, ctypes.Union],
)
@pytest.mark.parametrize("pack", [None, 1, 4])
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("count", [1, 2, 4])
def test_structures_and_unions_are_no_sets_and_no_columns(base: Any, pack: int | None, number: Any, count: int) -> None:
    """But a union of bytes is one byte, and says so."""
    kind = structure(base, [(name, number) for name in FACTS[:count]], pack)
    if ctypes.sizeof(kind) == 1 and memoryview((kind * 4)()).format == "B":
        return
    memory = (kind * 4)()
    ctypes.memset(memory, 1, ctypes.sizeof(memory))
    for given in (memory, memoryview(memory)):
        with pytest.raises((TypeError, ValueError), match=r"^granted: expected "):
            callprop.permits_many(given, Call("external", "ivr", "dst"))
        with pytest.raises(TypeError, match=r"^src: expected "):
            callprop.pack(given, "ivr", "dst")

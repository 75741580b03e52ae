# SPDX-License-Identifier: MIT
"""Arrays of Arrow that contradict themselves are refused; where a count and the bitmap differ, nobody is granted what is null."""

from __future__ import annotations

import array
import sys
from collections.abc import Callable
from typing import Any

import pytest

import callprop
from callprop import Call, Properties, _arrow

pytestmark = [
    pytest.mark.third_party,
    pytest.mark.skipif(sys.implementation.name != "cpython", reason="PyPy reads no Arrow"),
]

RING = Call("external", "ivr", "dst")


class _Changed:
    """An array with members of its C structure set to something else, as long as it is read."""

    def __init__(self, array: Any, change: Callable[[Any], None]) -> None:
        self._array, self._change = array, change

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        schema, array = self._array.__arrow_c_array__()
        found = _arrow.ArrayStruct.from_address(_arrow._capsule_pointer(array, b"arrow_array"))
        self._change(found)
        return schema, array


def setting(name: str, value: int) -> Callable[[Any], None]:
    return lambda array: setattr(array, name, value)


def without_buffer(place: int) -> Callable[[Any], None]:
    def change(array: Any) -> None:
        array.buffers[place] = None

    return change


ALWAYS = {
    "length": [-1, -2, -(1 << 63), 1 << 62],
    "offset": [-1, -8, -(1 << 63), 1 << 62],
    "null_count": [-2, 99, -(1 << 63)],
    "n_buffers": [0, 1, -1],
}
ARRAYS = {
    "uint8": [1, None, 4],
    "uint32": [1, None, 4],
    "int64": [1, None, 4],
    "bool": [True, None, False],
    "string": ["ivr", None, "queue"],
    "large_string": ["ivr", None, "queue"],
    "string_view": ["ivr", None, "a text of more than twelve bytes"],
}


def refuse(given: Any) -> None:
    for decide in (
        lambda: callprop.permits_many(given, RING, nulls=Properties(0)),
        lambda: callprop.permits_many(Properties.ALL, given),
        lambda: callprop.pack(given, "ivr", "dst"),
    ):
        with pytest.raises(ValueError, match=r"^(granted|calls|src): Arrow's array says of itself what cannot be: "):
            decide()


@pytest.mark.parametrize("kind", ARRAYS)
def test_numbers_that_cannot_be_are_refused(kind: str) -> None:
    import pyarrow

    whole = pyarrow.array(ARRAYS[kind], kind)
    for name, values in ALWAYS.items():
        for value in values:
            refuse(_Changed(whole, setting(name, value)))
    for count in (0, 2, 3):
        refuse(_Changed(whole, setting("null_count", count)))
    refuse(_Changed(whole, without_buffer(0)))
    refuse(_Changed(whole, without_buffer(1)))


def test_members_that_are_too_few_or_too_short_are_refused() -> None:
    import pyarrow

    structures = pyarrow.array([{"src": "external", "dst": "ivr", "leg": "dst", "callback": False}] * 4)

    def shorter(array: Any) -> None:
        array.children[2].contents.length = 3

    for change in (
        setting("n_children", 3),
        setting("n_children", 0),
        setting("length", 5),
        setting("offset", 1),
        shorter,
    ):
        given = _Changed(structures, change)
        with pytest.raises(ValueError, match=r"^calls: Arrow's array says of itself what cannot be: "):
            callprop.required_many(given)


def test_offsets_that_go_backwards_are_refused() -> None:
    import pyarrow

    for offsets in ([0, 8, 3], [-1, 3, 3], [3, 2, 3]):
        for kind, letter in (("string", "i"), ("large_string", "q")):
            numbers = array.array(letter, [0, 3, 8])
            buffers = [None, pyarrow.py_buffer(numbers), pyarrow.py_buffer(b"ivrqueue")]
            given = pyarrow.Array.from_buffers(pyarrow.type_for_alias(kind), 2, buffers)
            for place, offset in enumerate(offsets):  # now that pyarrow has looked
                numbers[place] = offset
            refuse(given)


def test_what_the_bitmap_says_is_null_grants_nothing() -> None:
    import pyarrow

    whole = pyarrow.array([64, None, 64], "uint32")
    assert [*callprop.permits_many(_Changed(whole, setting("null_count", -1)), RING, nulls=Properties(0))] == [1, 0, 1]
    for part in (whole[1:], whole[:2]):
        with pytest.raises(ValueError):
            callprop.permits_many(_Changed(part, setting("null_count", 0)), RING)

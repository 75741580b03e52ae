# SPDX-License-Identifier: MIT
"""What is refused in a batch is refused with what makes it right, and that does: no remedy makes a permission of what would be none."""

from __future__ import annotations

import array
import ctypes
import sys
from typing import Any

import pytest

import callprop
from callprop import Call, Error, Properties

RING = Call("external", "ivr", "dst")
CODE = int.from_bytes(bytes(RING), sys.byteorder)
LISTS: list[Any] = [[1, 4], [Properties.LI], [], ["li"], [["li"]], (1,), {1}, range(3), {"a": 1}, "li", None, 1, True]


def test_a_list_is_refused_with_what_makes_a_buffer_of_it() -> None:
    for given in LISTS:
        with pytest.raises(
            TypeError, match=r"^granted: expected .*; array\('I', \[callprop.Properties.parse\(status\), "
        ):
            callprop.permits_many(given, RING)
        for decide in (lambda calls: callprop.permits_many(Properties.ALL, calls), callprop.required_many):
            with pytest.raises(
                TypeError, match=r"^calls: expected .*; callprop.pack makes .* b''.join\(map\(bytes, calls"
            ):
                decide(given)
        if given is None:
            continue  # of out it means that there is none
        with pytest.raises(TypeError, match=r"^out: expected .*; bytearray\(1\) is such"):
            callprop.permits_many(bytes(4), RING, given)
        with pytest.raises(TypeError, match=r"^out: expected .*; array\('I', bytes\(4\)\) is such"):
            callprop.required_many(bytes(4), given)
    statuses: list[Any] = [["li"], "lo,ri", {"property_list": ["all"]}]
    granted = array.array("I", [Properties.parse(status) for status in statuses])
    assert [*callprop.permits_many(granted, b"".join(map(bytes, [RING] * 3)))] == [0, 1, 1]


def test_arrays_of_other_widths_are_refused_with_what_makes_others_of_them() -> None:
    for letter in "bBhHqQ":
        given = array.array(letter, [64, 4])
        with pytest.raises(TypeError, match=r"^granted: .*; array\('I', granted\) makes such$"):
            callprop.permits_many(given, RING)
        assert [*callprop.permits_many(array.array("I", given), RING)] == [1, 0]


@pytest.mark.parametrize("number", [1, 2, 4, 8])
def test_numbers_of_c_are_packed_in_this_machines_byte_order_alone(number: int) -> None:
    kinds = [ctypes.c_int8, ctypes.c_int16, ctypes.c_int32, ctypes.c_int64]
    kinds += [ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_long, ctypes.c_ulong]
    for kind in kinds:
        wanted = callprop.pack([1, 2] * number, "ivr", "dst")
        assert callprop.pack((kind * (2 * number))(*[1, 2] * number), "ivr", "dst") == wanted, kind
        if ctypes.sizeof(kind) > 1:
            foreign = kind.__ctype_be__ if sys.byteorder == "little" else kind.__ctype_le__
            with pytest.raises(TypeError, match=r"^src: expected a column of whole numbers, not of format '[<>]"):
                callprop.pack((foreign * number)(*[1 << 8] * number), "ivr", "dst")
    for other in (ctypes.c_float, ctypes.c_bool, ctypes.c_wchar, ctypes.c_void_p):
        with pytest.raises(TypeError, match=r"^src: expected a column of whole numbers, not of format "):
            callprop.pack((other * number)(), "ivr", "dst")


@pytest.mark.third_party
class TestColumns:
    @pytest.mark.parametrize("kind", [">u4", ">i4", ">u2", ">i2", ">u8", ">i8", "u1", "i1", "u2", "i2", "u8", "i8"])
    def test_the_remedy_of_an_array_makes_it_right(self, kind: str) -> None:
        import numpy

        sets = numpy.array([64, 4], kind)
        with pytest.raises(
            TypeError, match=r"^granted: expected 32-bit numbers, not .*; astype\('uint32'\) makes such$"
        ):
            callprop.permits_many(sets, RING)
        assert [*callprop.permits_many(sets.astype("uint32"), RING)] == [1, 0]

        rows = numpy.array([[*bytes(RING)], [2, 3, 1, 0]], kind)
        if kind not in ("u1", "i1"):
            with pytest.raises(TypeError, match=r"^calls: .*; callprop.pack\(\*calls.T\) makes calls of four columns$"):
                callprop.permits_many(Properties.RI, rows)
        assert [*callprop.permits_many(Properties.RI, callprop.pack(*rows.T))] == [1, 0]

        if numpy.dtype(kind).itemsize > 2:
            codes = numpy.array([CODE, 2], kind)
            with pytest.raises(TypeError, match=r"^calls: .*, and astype\('uint32'\) of its codes$"):
                callprop.permits_many(Properties.RI, codes)
            assert [*callprop.permits_many(Properties.RI, codes.astype("uint32"))] == [1, 0]
        with pytest.raises(TypeError, match=r"^out: .*; array\('I', bytes\(8\)\) is such"):
            callprop.required_many(bytes(8), numpy.zeros(2, kind))

    def test_no_remedy_is_told_that_would_make_a_set_or_a_call_of_what_is_none(self) -> None:
        import numpy
        import pandas
        import polars

        for number in (-1, 256, 257, (1 << 32) + 1, -(1 << 32) + 1):
            with pytest.raises(TypeError, match=r"^granted: .* in format '[^']*'$"):
                callprop.permits_many(numpy.array([64, number]), RING)
        for number in (-1, 1 << 32, (1 << 32) + CODE):
            with pytest.raises(TypeError, match=r"^calls: .*; callprop.pack makes calls of columns$"):
                callprop.permits_many(Properties.ALL, numpy.array([CODE, number]))
        # 0 is a party, a leg and a call: of a join that found nothing, fillna(0) would make one.
        missing = [1.0, float("nan")]
        for column in (numpy.array(missing), pandas.Series(missing), polars.Series(missing)):
            for refuse in (
                lambda column: callprop.pack(column, "ivr", "dst"),
                lambda column: callprop.permits_many(Properties.ALL, column),
            ):
                with pytest.raises(TypeError, match=r"^(src|calls): ") as caught:
                    refuse(column)
                assert "fill" not in str(caught.value) and "astype" not in str(caught.value)
        masked = numpy.ma.array([1, 2], "uint8", mask=[True, False])
        with pytest.raises(TypeError, match="take what is masked out first"):
            callprop.pack(masked, "ivr", "dst")

    def test_what_is_empty_is_taken_or_refused_for_what_it_was_to_hold(self) -> None:
        import numpy
        import pandas
        import polars
        import pyarrow

        facts = ["src", "dst", "leg", "callback"]
        taken: list[Any] = [
            numpy.zeros((0, 4), "uint8"),
            numpy.zeros(0, "uint32"),
            numpy.zeros(0, [(fact, "u1") for fact in facts]),
            pandas.DataFrame(columns=facts),
            pandas.DataFrame({"src": ["ivr"], "dst": ["ivr"], "leg": ["dst"], "callback": [False]}).iloc[:0],
            pandas.Series([], dtype="uint32"),
            pandas.Series([], dtype=object),
            polars.DataFrame(schema=dict.fromkeys(facts, polars.String)),
            polars.DataFrame(schema=dict.fromkeys(facts, polars.Categorical)),
            pyarrow.table({fact: pyarrow.array([], "string") for fact in facts}),
            pyarrow.schema([(fact, "string") for fact in facts]).empty_table(),
            pyarrow.Table.from_batches([], pyarrow.schema([(fact, "string") for fact in facts])),
            pyarrow.Table.from_batches([], pyarrow.schema([(f, pyarrow.dictionary("int8", "string")) for f in facts])),
            pyarrow.chunked_array([], "uint32"),
        ]
        for calls in taken:
            assert len(callprop.permits_many(Properties.ALL, calls)) == len(callprop.required_many(calls)) == 0
        told = r"; an empty one has to be told: numpy.zeros\(\(0, 4\), 'uint8'\)$"
        refused: list[tuple[Any, str]] = [
            (numpy.zeros((0, 4)), told),
            (numpy.array([]), told),
            (numpy.zeros((0, 4), "uint32"), r"got 0 bytes in the shape \(0, 4\)"),
            (numpy.zeros((0, 3), "uint8"), r"got 0 bytes in the shape \(0, 3\)"),
            (pandas.DataFrame(), "not a table without columns$"),
            (polars.DataFrame(), "not a table without columns$"),
            (pyarrow.table({}), "not a table without columns$"),
            (pandas.DataFrame(columns=["src"]), "not src$"),
            (pyarrow.Table.from_batches([], pyarrow.schema([("src", "string")])), "not src$"),
            (
                pyarrow.Table.from_batches([], pyarrow.schema([(fact, "float64") for fact in facts])),
                "src: of type float64",
            ),
            (pyarrow.chunked_array([], "float64"), "expected 32-bit codes"),
            (pyarrow.chunked_array([], pyarrow.dictionary("int8", "binary")), "of type binary"),
            (pandas.Series([], dtype=float), "expected 32-bit codes"),
        ]
        for calls, says in refused:
            for decide in (lambda calls: callprop.permits_many(Properties.ALL, calls), callprop.required_many):
                with pytest.raises((TypeError, ValueError), match=says):
                    decide(calls)
        with pytest.raises(
            TypeError, match=r"^granted: .*; an empty one has to be told: numpy.array\(\[\], 'uint32'\)$"
        ):
            callprop.permits_many(numpy.array([]), RING)
        with pytest.raises(TypeError, match=r"^granted: of type float64"):
            callprop.permits_many(pyarrow.chunked_array([], "float64"), RING)

    @pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "int32", "uint32", "int64", "uint64"])
    def test_codes_in_a_dictionary_are_read_whatever_their_width(self, kind: str) -> None:
        import pandas
        import pyarrow

        wide = [CODE] if kind.endswith(("32", "64")) else []
        values = [2, *wide]
        forms = [
            pyarrow.DictionaryArray.from_arrays(pyarrow.array([0, *range(len(values))]), pyarrow.array(values, kind)),
            pandas.Series([2, *values], dtype=kind).astype("category"),
            pandas.Series([2, *values], dtype=object),
        ]
        for calls in forms:
            assert [*callprop.permits_many(Properties.RI, calls)] == [0, 0, *(1 for _ in wide)]
        if not kind.endswith("64"):
            return
        for number in (-1, 1 << 32, 1 << 63, (1 << 64) - 1, (1 << 32) + CODE):
            if (number < 0) != (kind == "int64") and not 0 <= number < 1 << 63:
                continue
            for calls in (
                pyarrow.DictionaryArray.from_arrays(pyarrow.array([0, 1]), pyarrow.array([2, number], kind)),
                pandas.Series([2, number], dtype=kind).astype("category"),
                pandas.Series([2, number], dtype=object),
                pandas.Series([2, number], dtype=kind),
            ):
                with pytest.raises(Error, match=rf"^calls\[1\]: {number} is no call; expected a code"):
                    callprop.permits_many(Properties.ALL, calls)

# SPDX-License-Identifier: MIT
"""One value for many, results in memory of the caller's, codes of columns, and the table of the kinds of call."""

from __future__ import annotations

import array
import sys
from collections.abc import Callable
from typing import Any

import pytest

import callprop
from callprop import Call, Error, ErrorCode, Leg, Party, Properties
from expected import ALL_CALLS, ALL_SETS, LEGS, MNEMOS, PARTIES, bits, can_happen, permitted, required

RING = Call("external", "ivr", "dst")
SETS = array.array("I", range(256))
CALLS = b"".join(bytes(Call(*call)) for call in ALL_CALLS)


def test_one_set_is_asked_about_many_calls() -> None:
    for granted in ALL_SETS:
        found = callprop.permits_many(Properties(bits(granted)), CALLS)
        assert [*map(bool, found)] == [permitted(granted, call) for call in ALL_CALLS]


def test_one_call_is_asked_about_many_sets() -> None:
    for call in ALL_CALLS:
        found = callprop.permits_many(SETS, Call(*call))
        assert [*map(bool, found)] == [permitted(granted, call) for granted in ALL_SETS]
        assert callprop.required_many(Call(*call)).tolist() == [bits(filter(None, [required(call)]))]


@pytest.mark.thorough
def test_one_set_and_one_call_are_no_batch() -> None:
    """Whose one answer would be true in an `if`, a denial or not."""
    for granted in ALL_SETS:
        for call in ALL_CALLS:
            for out in (None, bytearray(1)):
                with pytest.raises(TypeError, match=r"^granted and calls: one set and one call; .*callprop.allows"):
                    callprop.permits_many(Properties(bits(granted)), Call(*call), out)


@pytest.mark.parametrize("n", [0, 1, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 140_000])
def test_one_value_is_as_good_as_many_of_it_in_every_length(n: int) -> None:
    numbers = (bytes(range(64)) * (n // 64 + 1))[:n]
    sets = array.array("I", [*numbers])
    calls = b"".join([CALLS] * (n // 64 + 1))[: 4 * n]
    assert callprop.permits_many(sets, RING) == callprop.permits_many(sets, bytes(RING) * n)
    assert callprop.permits_many(Properties.LO, calls) == callprop.permits_many(array.array("I", [8]) * n, calls)


def test_results_are_written_where_they_are_wanted() -> None:
    wanted = callprop.permits_many(SETS, RING)
    outs: list[Any] = [bytearray(b"x" * 256), memoryview(bytearray(256)).cast("?"), array.array("b", bytes(256))]
    for out in outs:
        assert callprop.permits_many(SETS, RING, out) is out and bytes(out) == wanted
        assert callprop.permits_many(SETS, RING, out=out) is out
    numbers = array.array("I", bytes(4 * 64))
    assert callprop.required_many(CALLS, numbers) is numbers
    assert numbers == callprop.required_many(CALLS)


def test_memory_that_cannot_hold_the_results_is_refused() -> None:
    four = SETS[:4]
    memory = bytearray(32)
    refused: list[tuple[Any, type[Exception], str]] = [
        (bytes(4), TypeError, "not read-only memory"),
        (memoryview(bytearray(4)).toreadonly(), TypeError, "not read-only memory"),
        (bytearray(3), ValueError, r"of 4 bytes or bools, contiguous, not of the shape \(3,\)"),
        (bytearray(5), ValueError, "shape"),
        (memoryview(bytearray(8))[::2], ValueError, "contiguous"),
        (memoryview(bytearray(4)).cast("B", (2, 2)), ValueError, "shape"),
        (array.array("H", [0] * 4), TypeError, "not items of 2 bytes in format 'H'"),
        (array.array("f", [0] * 4), TypeError, "format 'f'"),
        (memoryview(bytearray(4)).cast("c"), TypeError, "format 'c'"),
        ([0] * 4, TypeError, "not list"),
        ("four", TypeError, "not str"),
    ]
    for out, error, says in refused:
        with pytest.raises(error, match=f"^out: expected a writable buffer of 4 bytes or bools.*{says}|^out: .*{says}"):
            callprop.permits_many(four, RING, out)
    for out in (bytearray(8), array.array("I", [0]), array.array("f", [0, 0])):
        with pytest.raises((TypeError, ValueError), match=r"^out: expected a writable buffer of 2 items of 4 bytes"):
            callprop.required_many(CALLS[:8], out)
    sets, calls, answers = memoryview(memory)[:16], memoryview(memory)[16:], memoryview(memory)
    for start in (0, 3, 12, 15, 16, 28):
        with pytest.raises(ValueError, match=r"^out: overlaps what is read"):
            callprop.permits_many(sets, calls, answers[start : start + 4])
    with pytest.raises(ValueError, match=r"^out: overlaps what is read"):
        callprop.required_many(calls, calls.cast("I"))
    beside = memoryview(bytearray(24))
    assert callprop.permits_many(beside[4:20], RING, beside[:4]).tobytes() == bytes(4)
    assert callprop.permits_many(beside[4:20], RING, beside[20:]).tobytes() == bytes(4)


# ---- pack


COLUMNS: dict[str, Callable[[list[str], tuple[str, ...]], Any]] = {
    "names": lambda names, known: names,
    "tuple of names": lambda names, known: tuple(names),
    "enums": lambda names, known: [(Party if known == PARTIES else Leg)(name) for name in names],
    "numbers": lambda names, known: [known.index(name) for name in names],
    "bytes": lambda names, known: bytes(known.index(name) for name in names),
    "array of 64 bits": lambda names, known: array.array("q", (known.index(name) for name in names)),
}


@pytest.mark.parametrize("form", COLUMNS)
def test_all_calls_are_packed_from_every_form_of_columns(form: str) -> None:
    src, dst, leg = (
        COLUMNS[form]([getattr(call, fact) for call in ALL_CALLS], known)
        for fact, known in (("src", PARTIES), ("dst", PARTIES), ("leg", LEGS))
    )
    flags = [call.callback for call in ALL_CALLS]
    for callback in (flags, [*map(int, flags)], [str(flag).lower() for flag in flags], bytes(flags)):
        codes = callprop.pack(src, dst, leg, callback)
        assert type(codes) is array.array and (codes.typecode, codes.tobytes()) == ("I", CALLS)


def test_one_value_stands_for_a_whole_column() -> None:
    for call in ALL_CALLS:
        wanted = bytes(Call(*call))
        number = PARTIES.index(call.src)
        assert callprop.pack(call.src, Party(call.dst), Leg(call.leg), call.callback).tobytes() == wanted
        assert callprop.pack([number] * 3, call.dst, call.leg, int(call.callback)).tobytes() == wanted * 3
    assert callprop.pack([], "ivr", "dst").tobytes() == b""
    assert callprop.pack("external", "ivr", "dst").tobytes() == bytes(RING)


FORMS = "expected extension, external, queue or ivr, or 0 to 3"
REFUSED: list[tuple[tuple[Any, ...], type[Exception], str]] = [
    (("nobody", "ivr", "dst"), Error, f'src: no such party: "nobody"; {FORMS}'),
    ((["external", "nobody"], "ivr", "dst"), Error, f'src[1]: no such party: "nobody"; {FORMS}'),
    (("external", ["IVR"], "dst"), Error, f'dst[0]: no such party: "IVR"; {FORMS}'),
    (("external", "ivr", ["ivr"]), Error, 'leg[0]: no such leg: "ivr"; expected src or dst, or 0 to 1'),
    (
        ("external", "ivr", "dst", ["False"]),
        Error,
        'callback[0]: no such callback value: "False"; expected false or true, or 0 to 1',
    ),
    (([4], "ivr", "dst"), Error, f'src[0]: no such party: "4" (int); {FORMS}'),
    (([-1], "ivr", "dst"), Error, f'src[0]: no such party: "-1" (int); {FORMS}'),
    (([256], "ivr", "dst"), Error, f'src[0]: no such party: "256" (int); {FORMS}'),
    ((array.array("q", [1 << 32]), "ivr", "dst"), Error, f'src[0]: no such party: "4294967296" (int); {FORMS}'),
    (([True], "ivr", "dst"), Error, f'src[0]: no such party: "True" (bool); {FORMS}'),
    (([1.0], "ivr", "dst"), Error, f'src[0]: no such party: "1.0" (float); {FORMS}'),
    ((True, "ivr", "dst"), Error, f'src: no such party: "True" (bool); {FORMS}'),
    (([b"ivr"], "ivr", "dst"), Error, f"src[0]: no such party: \"b'ivr'\" (bytes); {FORMS}"),
    (
        ("external", "ivr", "dst", [2]),
        Error,
        'callback[0]: no such callback value: "2" (int); expected false or true, or 0 to 1',
    ),
    ((["ivr", None], "ivr", "dst"), Error, "src[1] has no value (null); expected one in each element"),
    (([float("nan")], "ivr", "dst"), Error, "src[0] has no value (null); expected one in each element"),
    ((["external"], ["ivr", "ivr"], "dst"), ValueError, "pack: columns of different lengths: src 1, dst 2"),
    (({"external"}, "ivr", "dst"), TypeError, "src: expected a column, a list or one value, not set"),
    ((iter(["external"]), "ivr", "dst"), TypeError, "src: expected a column, a list or one value, not list_iterator"),
    ((None, "ivr", "dst"), TypeError, "src: expected a column, a list or one value, not NoneType"),
    ((array.array("f", [1]), "ivr", "dst"), TypeError, "src: expected a column of whole numbers, not of format 'f'"),
    (
        (memoryview(bytes(4)).cast("B", (2, 2)), "ivr", "dst"),
        TypeError,
        "src: expected a column of whole numbers, not of format 'B'",
    ),
]


@pytest.mark.parametrize(("facts", "error", "says"), REFUSED, ids=[row[2][:50] for row in REFUSED])
def test_what_is_no_fact_is_not_packed(facts: tuple[Any, ...], error: type[Exception], says: str) -> None:
    with pytest.raises(error) as caught:
        callprop.pack(*facts)
    assert (type(caught.value), str(caught.value)) == (error, says)
    if isinstance(caught.value, Error):
        assert caught.value.code is (ErrorCode.TYPE if "null" in says else ErrorCode.PARTY)


class _Liar(str):
    """Text that equals everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


def test_text_that_lies_about_itself_is_not_packed() -> None:
    for given in (_Liar("nobody"), [_Liar("nobody")]):
        with pytest.raises(Error, match=r"no such party"):
            callprop.pack(given, "ivr", "dst")


# ---- kinds


def test_the_kinds_are_the_calls_that_can_happen_and_what_they_require() -> None:
    rows = callprop.kinds()
    found = {(row["src"], row["dst"], row["leg"], row["callback"]): row for row in rows}
    assert len(rows) == len(found) == 27
    for call in filter(can_happen, ALL_CALLS):
        row = found[tuple(call)]
        assert row["required"] == required(call) and row["required"] in MNEMOS
        assert row["code"] == int.from_bytes(bytes(Call(*call)), sys.byteorder)
        assert {*map(type, row.values())} == {str, bool, int}
    codes = callprop.pack(*([row[fact] for row in rows] for fact in ("src", "dst", "leg", "callback")))
    assert codes.tolist() == [row["code"] for row in rows]
    assert [str(Properties(bits)) for bits in callprop.required_many(codes)] == [row["required"] for row in rows]
    rows[0]["required"] = "all"  # type: ignore[typeddict-item]
    assert callprop.kinds()[0]["required"] == "lo"


def test_the_numbers_of_parties_and_legs_are_those_of_the_documentation() -> None:
    assert {str(party): party.number for party in Party} == {"extension": 0, "external": 1, "queue": 2, "ivr": 3}
    assert {str(leg): leg.number for leg in Leg} == {"src": 0, "dst": 1}


@pytest.mark.third_party
def test_columns_of_packages_are_packed_as_numpys_when_they_are_numpys_or_pandas() -> None:
    import numpy
    import pandas
    import polars
    import pyarrow

    names = [call.src for call in ALL_CALLS]
    rest = [[getattr(call, fact) for call in ALL_CALLS] for fact in ("dst", "leg", "callback")]
    many = polars.Series([f"unused {number}" for number in range(300)] + names, dtype=polars.Categorical)[300:]
    columns: dict[str, Any] = {
        "numpy text": numpy.array(names),
        "numpy objects": numpy.array(names, dtype=object),
        "numpy numbers": numpy.array([PARTIES.index(name) for name in names]),
        "numpy of the other byte order": numpy.array([PARTIES.index(name) for name in names], ">i2"),
        "pandas": pandas.Series(names),
        "pandas Categorical": pandas.Categorical(names, categories=["unused", *PARTIES]),
        "pandas arrow": pandas.Series(names, dtype="string[pyarrow]"),
        "polars": polars.Series(names),
        "polars categories": polars.Series(names, dtype=polars.Categorical),
        "polars with many categories": many,
        "pyarrow": pyarrow.array(names),
        "pyarrow large": pyarrow.array(names, "large_string"),
        "pyarrow views": pyarrow.array(names, pyarrow.string_view()),
        "pyarrow dictionary": pyarrow.array(names).dictionary_encode(),
        "pyarrow slice": pyarrow.array(["nobody, in a text of more than twelve bytes", *names])[1:],
    }
    for form, column in columns.items():
        codes = callprop.pack(column, *rest)
        is_numpy = form.startswith(("numpy", "pandas"))
        assert type(codes).__name__ == ("ndarray" if is_numpy else "array"), form
        assert codes.tobytes() == CALLS and (not is_numpy or str(codes.dtype) == "uint32"), form
    for column in (
        pyarrow.array(["ivr", "a text of more than twelve bytes"]),
        polars.Series(["ivr", "a text of more than twelve bytes"]),
        pandas.Series(["ivr", "a text of more than twelve bytes"], dtype="category"),
    ):
        with pytest.raises(Error, match=r'^src\[1\]: no such party: "a text of more than twelve bytes"; '):
            callprop.pack(column, "ivr", "dst")
    for column in (
        numpy.array([1.0]),
        pandas.Series([1.0]),
        polars.Series([1.0]),
        pyarrow.array([[1]]),
        polars.DataFrame({"a": [1]}),
    ):
        with pytest.raises(TypeError, match=r"^src: "):
            callprop.pack(column, "ivr", "dst")
    flags = pandas.Series([True, None], dtype="boolean")
    with pytest.raises(Error, match=r"^callback\[1\] has no value"):
        callprop.pack("queue", "ivr", "dst", flags)
    assert (
        callprop.pack("queue", "ivr", "dst", numpy.bool_(True)).tolist()
        == callprop.pack("queue", "ivr", "dst", True).tolist()
    )
    with pytest.raises(TypeError, match=r"masked"):
        callprop.pack(numpy.ma.masked_array([1], mask=[True]), "ivr", "dst")
    with pytest.raises(ValueError, match=r"2 dimensions"):
        callprop.pack(numpy.zeros((2, 2), int), "ivr", "dst")

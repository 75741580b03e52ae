# SPDX-License-Identifier: MIT
"""No way of writing sets and calls down in numpy, pandas, polars or Arrow permits what is denied: each is read as what it is, or
refused. `columns.py` has the ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import callprop
from callprop import Call, Error, ErrorCode, Properties
from expected import ALL_CALLS, ALL_SETS, MNEMOS, bits, permitted, required
from expected import Call as Expected

pytestmark = pytest.mark.third_party

# A call for each property that one may need, and one that cannot happen.
ONE_OF_EACH = {required(call): call for call in ALL_CALLS}
NEEDED = [bits(filter(None, [required(call)])) for call in ALL_CALLS]
RING = Call("external", "ivr", "dst")


def granted_by(number: object) -> frozenset[str]:
    """What a number grants; nothing where it is no set."""
    if type(number) is not int or not 0 <= number <= 255:
        return frozenset()
    return frozenset(mnemo for bit, mnemo in enumerate(MNEMOS) if number >> bit & 1)


def test_all_pairs_are_decided_right_in_every_form_of_sets() -> None:
    import columns

    assert len(ONE_OF_EACH) == 8
    for form, make in columns.SETS.items():
        written = make([*range(256)])
        for call in ONE_OF_EACH.values():
            found = callprop.permits_many(written, Call(*call))
            assert [*map(bool, found)] == [permitted(granted, call) for granted in ALL_SETS], (form, call)
        assert type(found).__name__ == ("ndarray" if form.startswith(("numpy", "pandas")) else "bytearray"), form


def test_all_pairs_are_decided_right_in_every_form_of_calls() -> None:
    import columns

    for form, make in columns.CALLS.items():
        written = make(ALL_CALLS)
        for mnemos in [[], *([mnemo] for mnemo in MNEMOS)]:
            found = callprop.permits_many(Properties.parse(mnemos), written)
            assert [*map(bool, found)] == [permitted(mnemos, call) for call in ALL_CALLS], (form, mnemos)
        assert [*callprop.required_many(written)] == NEEDED, form


def test_a_null_is_refused_unless_it_is_said_what_it_grants() -> None:
    import columns

    values = [4, None, 1, 64, None]
    for form, make in columns.SETS_WITH_NULLS.items():
        with pytest.raises(Error, match=r"^granted\[1\] has no value \(null\); expected one, or nulls="):
            callprop.permits_many(make(values), RING)
        for nulls, wanted in ((Properties(0), [0, 0, 1, 1, 0]), (Properties.RI, [0, 1, 1, 1, 1])):
            assert [*callprop.permits_many(make(values), RING, nulls=nulls)] == wanted, form
        assert [*callprop.permits_many(make([None]), RING, nulls=Properties(0))] == [0], form
    for nulls in (0, True, "li"):
        with pytest.raises(TypeError, match=r"^nulls: expected Properties, not "):
            callprop.permits_many(make(values), RING, nulls=nulls)


def test_a_call_that_is_null_is_refused() -> None:
    import pandas
    import polars
    import pyarrow

    table = {"src": ["external", None], "dst": ["ivr", "ivr"], "leg": ["dst", "dst"], "callback": [False, False]}
    refused: list[Any] = [
        pandas.DataFrame(table),
        pandas.DataFrame(table).astype({"src": "category"}),
        polars.DataFrame(table),
        pyarrow.table(table),
        pyarrow.table(table).combine_chunks(),
        pyarrow.array([{"src": "external", "dst": "ivr", "leg": "dst", "callback": False}, None]),
        pyarrow.array([0, None], "uint32"),
        pyarrow.array([0, None], "uint32").dictionary_encode(),
        pyarrow.array([b"\0\0\0\0", None], pyarrow.binary(4)),
        polars.Series([0, None]),
        pandas.Series([0, None], dtype="UInt32"),
    ]
    for calls in refused:
        with pytest.raises(Error, match=r"^(calls|src)\[1\] has no value \(null\); expected ") as caught:
            callprop.permits_many(Properties.ALL, calls)
        assert caught.value.code is ErrorCode.TYPE


def test_what_holds_something_else_is_refused_with_a_remedy() -> None:
    import numpy
    import pandas
    import polars
    import pyarrow
    import pyarrow.compute

    facts = ["src", "dst", "leg", "callback"]
    rows = pandas.DataFrame([[0, 0, 0, 0]], columns=facts)
    granted: list[tuple[Any, str]] = [
        (pandas.Series([64.0, float("nan")]), r"of type float64; expected whole numbers, as of fillna\(0\)"),
        (pandas.Series([True, False]), "0\\]: of type bool; expected whole numbers"),
        (pandas.Series([True, False], dtype="boolean"), "of type bool"),
        (pandas.Series(["all"]), "of type str"),
        (pandas.Series([1.5], dtype=object), "of type float"),
        (pandas.Series([1.5], dtype="Float64"), "of type"),
        (pandas.Series(["all"], dtype="category"), "of type str"),
        (pandas.to_datetime(pandas.Series([1])), "of type datetime64"),
        (pandas.DataFrame({"granted": [1]}), "a table, or records; expected one column"),
        (polars.Series([1.0]), "of type float64"),
        (polars.Series([True]), "of type bool"),
        (polars.Series(["all"]), "of type str"),
        (polars.DataFrame({"granted": [1]}), "a table, or records"),
        (pyarrow.array([1.0]), "of type float64"),
        (pyarrow.array([True]), "of type bool"),
        (pyarrow.array([[1]]), "expected whole numbers"),
        (pyarrow.array([b"all"]), "of type binary"),
        (pyarrow.array([b"all"], pyarrow.binary(3)), "a column of bytes; expected one column"),
        (
            pyarrow.UnionArray.from_dense(
                pyarrow.array([0], "int8"), pyarrow.array([0], "int32"), [pyarrow.array([1])]
            ),
            "of type '[+]ud:0' in Arrow's words",
        ),
        (pyarrow.array([b"a"]).dictionary_encode(), "of type binary"),
        (pyarrow.compute.run_end_encode(pyarrow.array([1, 1])), "of type run_end_encoded"),
        (pyarrow.table({"granted": [1]}), "a table, or records"),
        (pyarrow.scalar(1), "not Int64Scalar"),
        (numpy.array([1]), r"astype\('uint32'\) makes such"),
    ]
    for given_sets, says in granted:
        with pytest.raises(TypeError, match=f"^granted.*{says}"):
            callprop.permits_many(given_sets, RING)
    order = {"names": facts, "formats": ["u1"] * 4, "offsets": [3, 2, 1, 0]}
    calls: list[tuple[Any, str]] = [
        (rows.to_records(index=False), r"not 'T\{l:src.*callprop.pack makes calls of columns"),
        (rows.astype("uint8").to_records(), "callprop.pack"),
        (
            rows.astype("uint8").rename(columns={"leg": "Leg"}).to_records(index=False),
            "records of src, dst, leg and callback",
        ),
        (rows.astype(dict.fromkeys(facts, "bool")).to_records(index=False), "whole numbers of one byte"),
        (numpy.zeros(1, numpy.dtype(order)), "out-of-order"),
        (numpy.zeros(1, [("src", "u1", (4,))]), "records of"),
        (numpy.zeros(1, [("src", "u1"), ("dst", "u1"), ("leg", "u2")]), "records of"),
        (numpy.zeros(1, "V4"), "format '4x'"),
        (rows.assign(extra=1), "expected the columns src, dst, leg and callback, not src, dst, leg, callback, extra"),
        (rows[["src", "dst", "leg"]], "expected the columns"),
        (pandas.concat([rows, rows], axis=1), "two columns of one name"),
        (pyarrow.table([[0], [0]], ["src", "src"]), "two columns of one name"),
        (pandas.Series([0.0]), "of type float64"),
        (pandas.Series([0], dtype="uint8"), "expected 32-bit codes"),
        (pyarrow.array(["src=external,dst=ivr,leg=dst"]), "expected 32-bit codes"),
        (pyarrow.array([b"\0\0\0\0\0"], pyarrow.binary(5)), "expected 32-bit codes"),
        (polars.Series([True]), "expected 32-bit codes"),
    ]
    for given_calls, says in calls:
        for function in (lambda calls: callprop.permits_many(Properties.ALL, calls), callprop.required_many):
            with pytest.raises(TypeError, match=says):
                function(given_calls)
    for code in (-1, 1 << 32):
        with pytest.raises(Error, match=rf"^calls\[1\]: {code} is no call; expected a code, as callprop.pack makes it"):
            callprop.permits_many(Properties.ALL, pandas.Series([0, code]))


def test_arrow_is_read_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy
    import pyarrow

    sets = pyarrow.array(range(256), "uint32")[3:]
    calls = pyarrow.array([0] * 256, "uint32")[3:]
    seen: list[int] = []
    monkeypatch.setattr(callprop._abi._c, "cp_permits_many", lambda sets, calls, n, out: seen.extend([sets, calls, n]))
    callprop.permits_many(sets, calls)
    assert seen[1:] == [calls.buffers()[1].address + 12, 253]
    assert numpy.asarray(sets)[0] == 3


def test_arrows_memory_is_given_back() -> None:
    import polars
    import pyarrow

    before = pyarrow.total_allocated_bytes()
    for _ in range(20):
        callprop.permits_many(pyarrow.chunked_array([[1] * 10_000] * 3, "uint32"), RING)
        callprop.permits_many(pyarrow.array([1] * 10_000, "uint32"), RING)
        callprop.permits_many(polars.Series([1, 2]), RING)
        with pytest.raises(TypeError):
            callprop.permits_many(pyarrow.array([1.0] * 10_000), RING)
    assert pyarrow.total_allocated_bytes() == before


class _BrokenStream:
    """A stream that ends with an error."""

    def __init__(self) -> None:
        import pyarrow

        def batches() -> Any:
            yield pyarrow.RecordBatch.from_pydict({"src": [0]})
            raise OSError("the cable was cut")

        self._reader = pyarrow.RecordBatchReader.from_batches(pyarrow.schema([("src", "int64")]), batches())

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._reader.__arrow_c_stream__(requested_schema)


def test_a_stream_that_fails_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^granted: the stream of Arrow failed: .*the cable was cut"):
        callprop.permits_many(_BrokenStream(), RING)


# ---- Whatever the numbers and the facts are

wild_numbers = st.integers(0, 255) | st.sampled_from(
    [-1, -128, 256, 257, 0x1_0001, (1 << 32) - 1, (1 << 32) + 1, -(1 << 31), 1 << 40]
)
wild_sets = st.lists(st.integers(0, 255), min_size=1, max_size=9) | st.lists(
    wild_numbers | st.none(), min_size=1, max_size=9
)


FEWER = settings(max_examples=settings().max_examples // 4)  # of the many ways, each is tried with every example


@FEWER
@given(wild_sets, st.sampled_from(ALL_CALLS), st.sampled_from([None, Properties(0)]))
def test_any_numbers_in_any_column_permit_no_more_than_they_grant(
    values: list[int | None], call: Expected, nulls: Properties | None
) -> None:
    import columns

    for form, make in columns.SETS.items():
        try:
            written = make(values)  # type: ignore[arg-type]
        except Exception:
            continue  # what cannot be written down so permits nothing
        try:
            found = callprop.permits_many(written, Call(*call), nulls=nulls)
        except (TypeError, ValueError) as problem:
            assert str(problem).startswith("granted"), form
            continue
        # What numpy and its like make of a number that does not fit is theirs; what is refused or denied here, is not.
        assert len(found) == len(values)
        for value, may in zip(values, found):
            assert not may or permitted(granted_by(value), call), (form, value, call)


party = st.sampled_from(["extension", "external", "queue", "ivr"])
wild_fact = st.sampled_from(
    [None, "", "External", "nobody", "src", "dst", -1, 4, 255, 256, 258, 1.0, float("nan"), b"ivr"]
)
wild_facts = st.fixed_dictionaries(
    {
        "src": party | wild_fact,
        "dst": party | wild_fact,
        "leg": st.sampled_from(["src", "dst"]) | wild_fact,
        "callback": st.booleans() | wild_fact,
    }
)


def written_ways(table: dict[str, list[Any]]) -> dict[str, Callable[[], Any]]:
    """The table as each package would hold it."""
    import pandas
    import polars
    import pyarrow

    return {
        "pandas": lambda: pandas.DataFrame(table),
        "pandas objects": lambda: pandas.DataFrame(table, dtype=object),
        "pandas categories": lambda: pandas.DataFrame(table, dtype="category"),
        "pandas nullable": lambda: pandas.DataFrame(table).convert_dtypes(),
        "pandas records": lambda: pandas.DataFrame(table).to_records(index=False),
        "polars": lambda: polars.DataFrame(table, strict=False),
        "polars strict": lambda: polars.DataFrame(table),
        "pyarrow": lambda: pyarrow.table(table),
        "pyarrow structures": lambda: pyarrow.table(table).to_struct_array(),
        "pyarrow dictionaries": lambda: pyarrow.table(
            {name: pyarrow.array(column).dictionary_encode() for name, column in table.items()}
        ),
        "pack": lambda: callprop.pack(**table),
    }


@FEWER
@given(
    st.lists(wild_facts, min_size=1, max_size=3)
    | st.lists(st.sampled_from(ALL_CALLS).map(Expected._asdict), min_size=1, max_size=3),
    st.integers(0, 255),
)
def test_any_facts_in_any_table_permit_no_more_than_the_call_that_they_are(
    rows: list[dict[str, Any]], number: int
) -> None:
    table = {name: [row[name] for row in rows] for name in ("src", "dst", "leg", "callback")}
    for way, write in written_ways(table).items():
        try:
            written = write()
        except Exception:
            continue
        try:
            found: Sequence[int] = callprop.permits_many(Properties(number), written)
        except (TypeError, ValueError):
            assert not all(Expected(**row) in ALL_CALLS for row in rows) or way == "pandas records", (way, rows)
            continue
        assert len(found) == len(rows)
        for row, may in zip(rows, found):
            assert not may or permitted(granted_by(number), Expected(**row)), (way, row)

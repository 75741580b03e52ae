# SPDX-License-Identifier: MIT
"""The ways in which sets and calls are written down in numpy, pandas, polars, pyarrow and others. Each takes the numbers, or the facts
as names and as numbers, and gives what a program would hold."""

from __future__ import annotations

import array
from collections.abc import Callable, Sequence
from typing import Any

import nanoarrow
import numpy
import pandas
import polars
import pyarrow

from expected import LEGS, PARTIES, Call

FACTS = ("src", "dst", "leg", "callback")


def chunked(values: Sequence[Any], kind: str) -> pyarrow.ChunkedArray:
    """In chunks of three, of which the first is empty."""
    return pyarrow.chunked_array([[], *(values[i : i + 3] for i in range(0, len(values), 3))], kind)


def sliced(values: Sequence[Any], kind: str) -> pyarrow.Array:
    """Not from the beginning: buffers()[1] has other numbers in front, and bits of validity are not at the start of a byte."""
    return pyarrow.array([1, None, 255][:3] * 3 + [*values] + [1], kind)[9 : 9 + len(values)]


# For whole numbers that are sets: n numbers in, an argument of permits_many out.
SETS: dict[str, Callable[[Sequence[int]], Any]] = {
    "array": lambda values: array.array("I", values),
    "bytes": lambda values: array.array("I", values).tobytes(),
    "numpy uint32": lambda values: numpy.array(values, "uint32"),
    "numpy int32": lambda values: numpy.array(values, "int32"),
    **{
        f"pandas {kind}": lambda values, kind=kind: pandas.Series(values, dtype=kind)  # type: ignore[misc]
        for kind in (
            "uint8",
            "int16",
            "int32",
            "uint32",
            "int64",
            "uint64",
            "UInt8",
            "Int64",
            "object",
            "int32[pyarrow]",
        )
    },
    "pandas category": lambda values: pandas.Series(values, dtype="category"),
    "pandas Index": lambda values: pandas.Index(values, dtype="int64"),
    "pandas column among others": lambda values: pandas.DataFrame(
        numpy.array([[value, 1] for value in values], "int32").reshape(-1, 2)
    )[0],
    **{
        f"polars {kind}": lambda values, kind=kind: polars.Series(values, dtype=getattr(polars, kind))  # type: ignore[misc]
        for kind in ("UInt8", "Int16", "Int32", "UInt32", "Int64", "UInt64")
    },
    **{
        f"pyarrow {kind}": lambda values, kind=kind: pyarrow.array(values, kind)  # type: ignore[misc]
        for kind in ("uint8", "int16", "int32", "uint32", "int64", "uint64")
    },
    **{
        f"pyarrow {kind}, sliced": lambda values, kind=kind: sliced(values, kind)  # type: ignore[misc]
        for kind in ("uint8", "int32", "uint32", "int64")
    },
    "pyarrow in chunks": lambda values: chunked(values, "uint32"),
    "pyarrow dictionary": lambda values: pyarrow.array(values, "int32").dictionary_encode(),
    "pyarrow dictionary, sliced": lambda values: pyarrow.array([1, 255, *values], "int32").dictionary_encode()[2:],
    "pyarrow dictionaries in chunks": lambda values: chunked(values, "int32").dictionary_encode(),
    "nanoarrow": lambda values: nanoarrow.Array(values, nanoarrow.int32()),
}

# The same with None among them, where there may be nulls.
SETS_WITH_NULLS: dict[str, Callable[[Sequence[Any]], Any]] = {
    name: SETS[name]
    for name in SETS
    if name
    in ("pandas UInt8", "pandas Int64", "pandas object", "pandas int32[pyarrow]", "pandas category", "nanoarrow")
    or name.startswith(("polars", "pyarrow"))
}


def names_of(calls: Sequence[Call]) -> dict[str, list[Any]]:
    """Columns of names, and of bools."""
    return {fact: [getattr(call, fact) for call in calls] for fact in FACTS}


def numbers_of(calls: Sequence[Call]) -> dict[str, list[int]]:
    """Columns of C's numbers."""
    return {
        "src": [PARTIES.index(call.src) for call in calls],
        "dst": [PARTIES.index(call.dst) for call in calls],
        "leg": [LEGS.index(call.leg) for call in calls],
        "callback": [int(call.callback) for call in calls],
    }


def memory_of(calls: Sequence[Call]) -> bytes:
    """As C has it."""
    return bytes(number for facts in zip(*numbers_of(calls).values()) for number in facts)


def codes_of(calls: Sequence[Call]) -> list[int]:
    """As this machine's 32-bit numbers."""
    return array.array("I", memory_of(calls)).tolist()


def records(calls: Sequence[Call], order: Sequence[str]) -> Any:
    """pandas' records, with the fields in this order."""
    return pandas.DataFrame(numbers_of(calls), dtype="uint8")[[*order]].to_records(index=False)


BACKWARDS = ("callback", "leg", "dst", "src")

# Of calls: an argument of permits_many and required_many.
CALLS: dict[str, Callable[[Sequence[Call]], Any]] = {
    "bytes": memory_of,
    "numpy rows": lambda calls: numpy.frombuffer(memory_of(calls), "uint8").reshape(-1, 4),
    "numpy codes": lambda calls: numpy.array(codes_of(calls), "uint32"),
    "records": lambda calls: records(calls, FACTS),
    "records in another order": lambda calls: records(calls, BACKWARDS),
    "records with a bool": lambda calls: numpy.array(
        [*zip(*numbers_of(calls).values())], [("src", "u1"), ("dst", "i1"), ("leg", "u1"), ("callback", "?")]
    ),
    "pandas codes": lambda calls: pandas.Series(codes_of(calls), dtype="int64"),
    "pandas categories of codes": lambda calls: pandas.Series(codes_of(calls), dtype="category"),
    "pandas table of names": lambda calls: pandas.DataFrame(names_of(calls)),
    "pandas table of categories": lambda calls: pandas.DataFrame(names_of(calls)).astype("category")[[*BACKWARDS]],
    "pandas table of numbers": lambda calls: pandas.DataFrame(numbers_of(calls))[[*BACKWARDS]],
    "pandas table of nullable columns": lambda calls: pandas.DataFrame(names_of(calls)).convert_dtypes(),
    "polars codes": lambda calls: polars.Series(codes_of(calls), dtype=polars.UInt32),
    "polars table of names": lambda calls: polars.DataFrame(
        names_of(calls), schema=dict(zip(FACTS, [polars.String] * 3 + [polars.Boolean]))
    ),
    "polars table of categories": lambda calls: polars.DataFrame(
        names_of(calls),
        schema=dict(zip(FACTS, [polars.Categorical, polars.Enum(PARTIES), polars.Enum(LEGS), polars.Boolean])),
    ),
    "polars table of numbers": lambda calls: polars.DataFrame(
        numbers_of(calls), schema=dict.fromkeys(FACTS, polars.Int64)
    ),
    "pyarrow codes": lambda calls: pyarrow.array(codes_of(calls), "uint32"),
    "pyarrow codes, sliced": lambda calls: pyarrow.array([0, *codes_of(calls)], "uint32")[1:],
    "pyarrow codes in chunks": lambda calls: chunked(codes_of(calls), "uint32"),
    "pyarrow bytes": lambda calls: pyarrow.array([memory_of([call]) for call in calls], pyarrow.binary(4)),
    "pyarrow structures": lambda calls: pyarrow.array(
        [{}, *(call._asdict() for call in calls)],
        pyarrow.struct([(fact, "bool" if fact == "callback" else "large_string") for fact in BACKWARDS]),
    )[1:],
    "pyarrow table": lambda calls: pyarrow.table(names_of(calls)),
    "pyarrow table in chunks": lambda calls: pyarrow.table(
        {fact: chunked(column, "bool" if fact == "callback" else "string") for fact, column in names_of(calls).items()}
    ),
    "pyarrow batch": lambda calls: pyarrow.RecordBatch.from_pydict(names_of(calls)),
}

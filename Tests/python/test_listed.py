# SPDX-License-Identifier: MIT
"""One status whose mnemos stand in a column of numpy, pandas, polars or Arrow: it is read as a list of them is. What may be a row of a table, or
holds something else, is refused, and grants nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import callprop
from callprop import Call, Error, Properties
from expected import ALL_SETS, MNEMOS, bits

pytestmark = pytest.mark.third_party

RING = Call("external", "ivr", "dst")


def ways() -> dict[str, Callable[[list[Any]], Any]]:
    import nanoarrow
    import numpy
    import pandas
    import polars
    import pyarrow

    return {
        "numpy": lambda values: numpy.array(values, None if values else object),
        "numpy text": lambda values: numpy.array(values, str),
        "numpy objects": lambda values: numpy.array(values, object),
        "pandas": pandas.Series,
        "pandas objects": lambda values: pandas.Series(values, dtype=object),
        "pandas string": lambda values: pandas.Series(values, dtype="string"),
        "pandas category": lambda values: pandas.Series(values, dtype="category"),
        "pandas arrow": lambda values: pandas.Series(values, dtype=pandas.ArrowDtype(pyarrow.string())),
        "pandas index": pandas.Index,
        "pandas categorical": pandas.Categorical,
        "pandas part": lambda values: pandas.Series(["all", *values])[1:],
        "pandas group": lambda values: pandas.Series([*values, "all"]).groupby([1] * len(values) + [2]).get_group(1),
        "polars": polars.Series,
        "polars category": lambda values: polars.Series(values, dtype=polars.Categorical),
        "polars element of a list": lambda values: polars.Series([values])[0],
        "pyarrow": pyarrow.array,
        "pyarrow large": lambda values: pyarrow.array(values, pyarrow.large_string()),
        "pyarrow view": lambda values: pyarrow.array(values, pyarrow.string_view()),
        "pyarrow dictionary": lambda values: pyarrow.array(values, "string").dictionary_encode(),
        "pyarrow chunks": lambda values: pyarrow.chunked_array([[], values], "string"),
        "pyarrow part": lambda values: pyarrow.array(["all", *values])[1:],
        "nanoarrow": lambda values: nanoarrow.Array(values, nanoarrow.string()),
    }


@pytest.mark.thorough
def test_every_set_is_read_from_every_column() -> None:
    for way, make in ways().items():
        for mnemos in ALL_SETS:
            if way == "pandas group" and not mnemos:
                continue  # there is no such group
            held = make(sorted(mnemos))
            wanted = Properties(bits(mnemos))
            assert Properties.parse(held) is wanted, way
            assert Properties.parse({"id": 1, "property_list": held}) is wanted, way
            assert Properties.parse_known(held) == (wanted, None), way
            assert callprop.allows(held, RING) is callprop.allows(sorted(mnemos), RING), way


def test_numpy_text_of_its_own_kind_is_read() -> None:
    import numpy

    if not hasattr(numpy.dtypes, "StringDType"):
        pytest.fail("numpy of the requirements has it")
    held = numpy.array(["li", "lo"], numpy.dtypes.StringDType())
    assert str(Properties.parse(held)) == "li,lo"
    assert [*callprop.pack(numpy.array(["external"], numpy.dtypes.StringDType()), "ivr", "dst")] == [
        int.from_bytes(bytes(RING), "little")
    ]


def test_of_a_subclass_its_elements_count_whatever_its_methods_say() -> None:
    import numpy

    class Lying(numpy.ndarray):  # type: ignore[type-arg]
        def tolist(self) -> Any:
            return ["all"]

        def __iter__(self) -> Any:
            return iter(["all"])

        def __len__(self) -> int:
            return 0

        def __getitem__(self, index: Any) -> Any:
            return "all"

    for kind in ("U5", object):
        assert Properties.parse(numpy.array(["li"], kind).view(Lying)) is Properties.LI
        calls = callprop.pack(numpy.array(["queue"], kind).view(Lying), "ivr", "dst")
        assert [*callprop.permits_many(Properties.ALL, calls)] == [0]


wild = st.sampled_from([*MNEMOS, None, "", "ALL", "all,ri", "video", " all", 1, 255, True, 1.0, float("nan"), ["all"]])


@pytest.mark.thorough
@given(st.lists(wild, max_size=4))
def test_whatever_stands_there_grants_no_more_than_in_a_list(values: list[Any]) -> None:
    try:
        wanted = Properties.parse(values)
    except Error:
        wanted = Properties(0)
    for way, make in ways().items():
        try:
            held = make(values)
        except Exception:
            continue  # what cannot be written down so grants nothing
        if way.startswith("numpy") and held.dtype.kind == "U" and not all(type(value) is str for value in values):
            continue  # numpy itself made text of numbers and bytes
        for form in (held, {"property_list": held}):
            try:
                granted = Properties.parse(form)
            except (TypeError, ValueError) as problem:
                assert str(problem).startswith("property_list"), way
                continue
            assert granted == wanted, (way, values)


def test_what_is_no_list_of_mnemos_is_refused() -> None:
    import numpy
    import pandas
    import polars
    import pyarrow

    row = pandas.DataFrame({"name": ["all"], "property_list": ["li"]}).iloc[0]
    refused: list[tuple[Any, str]] = [
        (row, "a Series with labels, which may be a row of a table"),
        (pandas.Series(["all"], index=["li"]), "a Series with labels"),
        (pandas.Series([False], index=["all"]), "a Series with labels"),
        (pandas.Series(["all"], index=pandas.MultiIndex.from_tuples([(1, 2)])), "a Series with labels"),
        (pandas.DataFrame({"all": ["all"]}), "a table, or records; expected one column of mnemos"),
        (pandas.MultiIndex.from_tuples([("all", "li")]), "a MultiIndex, which is a table"),
        (polars.DataFrame({"all": ["all"]}), "a table, or records"),
        (pyarrow.table({"all": ["all"]}), "a table, or records"),
        (pyarrow.array([{"all": "all"}]), "a table, or records"),
        (numpy.array([["all"]]), "an array of 2 dimensions"),
        (numpy.array("all"), "an array of 0 dimensions"),
        (numpy.array([b"all"]), "of type |S3; expected mnemos"),
        (numpy.array([("all", 1)], [("a", "U3"), ("b", "i4")]), "expected mnemos"),
        (numpy.ma.array(["all", "li"], mask=[True, False]), "a masked array"),
        (numpy.array([1]), 'not a JSON string: "1"'),
        (numpy.array([1.0]), "of type float64; expected mnemos"),
        (polars.Series([["all"]]), "expected mnemos"),
        (pyarrow.array([["all"]]), "expected mnemos"),
        (pyarrow.scalar("all"), r"not StringScalar; .as_py\(\) makes Python's own of it"),
        (pyarrow.array([["all"]])[0], r"not ListScalar; .as_py\(\) makes"),
        (pyarrow.array([{"property_list": ["all"]}])[0], r"not StructScalar; .as_py\(\) makes"),
    ]
    for given_status, says in refused:
        with pytest.raises((TypeError, ValueError), match=f"^property_list: .*{says.replace('|', '[|]')}"):
            Properties.parse(given_status)
        with pytest.raises((TypeError, ValueError), match=r"^property_list"):
            Properties.parse({"property_list": given_status})
    with pytest.raises(Error, match="no such property"):
        Properties.parse(numpy.array(["li,lo"]))

# SPDX-License-Identifier: MIT
"""Arrow's extension types: what they are stored as is not what they mean, so they are refused wherever they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import callprop
from callprop import Call, Properties

pytestmark = pytest.mark.third_party

RING = Call("external", "ivr", "dst")
FACTS = {"src": "external", "dst": "ivr", "leg": "dst", "callback": False}


def of_type(storage: str) -> dict[str, Any]:
    """The extension types with this storage: pyarrow's own, a program's, and one that nobody has registered."""
    import pyarrow

    class Ours(pyarrow.ExtensionType):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(pyarrow.type_for_alias(storage), "example.ours")

        def __arrow_ext_serialize__(self) -> bytes:
            return b"\0" * 3

        @classmethod
        def __arrow_ext_deserialize__(cls, storage_type: Any, serialized: bytes) -> Any:
            return cls()

    kinds = {"opaque": pyarrow.opaque(pyarrow.type_for_alias(storage), "status", "vendor"), "ours": Ours()}
    return {**kinds, "bool8": pyarrow.bool8()} if storage == "int8" else kinds


STORAGES = ("int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", "string", "bool")


def extension_arrays() -> dict[str, Any]:
    import pyarrow

    arrays = {}
    for storage in STORAGES:
        values = {"string": ["ivr", "ivr"], "bool": [True, False]}.get(storage, [1, 0])
        for name, kind in of_type(storage).items():
            arrays[f"{name} of {storage}"] = pyarrow.ExtensionArray.from_storage(
                kind, pyarrow.array(values, kind.storage_type)
            )
    return arrays


class _Field:
    """An array whose extension type only its metadata tells, as of a type that is not known."""

    def __init__(self, array: Any, metadata: dict[str, str]) -> None:
        import pyarrow

        self._array, self._field = array, pyarrow.field("x", array.type, metadata=metadata)

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        return self._field.__arrow_c_schema__(), self._array.__arrow_c_array__()[1]


def ways() -> dict[str, Callable[[Any], Any]]:
    import pandas
    import pyarrow

    def dictionary(array: Any) -> Any:
        return pyarrow.DictionaryArray.from_arrays(pyarrow.array([0, 1], "int32"), array)

    return {
        "array": lambda array: array,
        "chunks": lambda array: pyarrow.chunked_array([array[:0], array, array]),
        "dictionary": dictionary,
        "dictionary in chunks": lambda array: pyarrow.chunked_array([dictionary(array)]),
        "pandas": lambda array: pandas.Series(pandas.arrays.ArrowExtensionArray(array)),
        "pandas Index": lambda array: pandas.Index(pandas.arrays.ArrowExtensionArray(array)),
        "pandas categories": lambda array: pandas.Series(pandas.arrays.ArrowExtensionArray(array)).astype("category"),
        "pandas categories of a dictionary": lambda array: pandas.Series(
            pandas.Categorical.from_codes([0, 1], pandas.Index(pandas.arrays.ArrowExtensionArray(array)))
        ),
        "by its metadata": lambda array: _Field(
            array.storage, {"PANDAS": "x" * 99, "": "", "ARROW:extension:name": "example.unknown"}
        ),
    }


def test_they_are_refused_as_sets_as_calls_and_as_facts() -> None:
    import pandas
    import pyarrow

    refused = 0
    for array in extension_arrays().values():
        for written in ways().values():
            try:
                given = written(array)
            except (pyarrow.ArrowException, TypeError, ValueError, NotImplementedError):
                continue  # not every one can be written down in every way
            refused += 1
            for argument, decide in {
                "granted": lambda given=given: callprop.permits_many(given, RING),
                "calls": lambda given=given: callprop.permits_many(Properties.ALL, given),
                "src": lambda given=given: callprop.pack(given, "ivr", "dst"),
                "callback": lambda given=given: callprop.pack("external", "ivr", "dst", given),
            }.items():
                with pytest.raises(TypeError, match=rf"^{argument}: of Arrow's extension type [a-z.]+\S*; expected"):
                    decide()
        table = pyarrow.table({**{name: [fact, fact] for name, fact in FACTS.items()}, "src": array})
        for calls in (table, table.to_batches()[0], table.to_struct_array()):
            with pytest.raises(TypeError, match=r"^src: of Arrow's extension type "):
                callprop.required_many(calls)
        with pytest.raises(TypeError, match=r"^src: of Arrow's extension type "):
            callprop.required_many(table.to_pandas(types_mapper=pandas.ArrowDtype))
    assert refused > 100


def test_other_metadata_changes_nothing() -> None:
    import pyarrow

    for metadata in ({}, {"": ""}, {"a": "1", "ARROW:extension:metadata": "2", "arrow:extension:name": "3"}):
        given = _Field(pyarrow.array([64, 4], "uint32"), metadata)
        assert [*callprop.permits_many(given, RING)] == [1, 0]


def test_polars_own_extension_types_are_refused_or_are_numbers() -> None:
    import polars

    for kind in (polars.Categorical, polars.Enum(["ivr", "queue"])):
        series = polars.Series(["ivr", "queue"], dtype=kind)
        assert [*callprop.pack("external", series, "dst")] == [*callprop.pack("external", ["ivr", "queue"], "dst")]
    if hasattr(polars, "Extension"):
        series = polars.Series([1, 0], dtype=polars.Int32).ext.to(polars.Extension("example.ours", polars.Int32))
        with pytest.raises(TypeError, match=r"^granted: of Arrow's extension type example.ours"):
            callprop.permits_many(series, RING)

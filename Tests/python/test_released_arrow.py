# SPDX-License-Identifier: MIT
"""Capsules of Arrow whose memory was given back, or that are something else, are refused before anything of them is read."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import pytest

import callprop
from callprop import Call, Properties

pytestmark = [
    pytest.mark.third_party,
    pytest.mark.skipif(sys.implementation.name != "cpython", reason="PyPy reads no Arrow"),
]

RING = Call("external", "ivr", "dst")


class _Array:
    def __init__(self, schema: Any, array: Any) -> None:
        self._capsules = schema, array

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        return self._capsules


class _Stream:
    def __init__(self, capsule: Any) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        return self._capsule


def decide(given: Any) -> None:
    for function in (
        lambda: callprop.permits_many(given, RING),
        lambda: callprop.permits_many(Properties.ALL, given),
        lambda: callprop.required_many(given),
        lambda: callprop.pack(given, "ivr", "dst"),
    ):
        with pytest.raises((TypeError, ValueError), match=r"^(granted|calls|src): .*Arrow"):
            function()


def test_an_array_that_somebody_has_taken_is_refused() -> None:
    import pyarrow

    for kind in ("uint32", "int64", "string"):
        values = ["ivr"] * 9 if kind == "string" else [1] * 9
        schema, array = pyarrow.array(values, kind).__arrow_c_array__()
        pyarrow.Array._import_from_c_capsule(schema, array)
        decide(_Array(schema, array))
        # The one of the two that was not taken makes it no better.
        fresh_schema, fresh_array = pyarrow.array(values, kind).__arrow_c_array__()
        decide(_Array(schema, fresh_array))
        decide(_Array(fresh_schema, array))


def test_a_stream_that_somebody_has_read_is_refused() -> None:
    import pyarrow

    capsule = pyarrow.chunked_array([[1, 4]], "uint32").__arrow_c_stream__()
    pyarrow.ChunkedArray._import_from_c_capsule(capsule)
    decide(_Stream(capsule))


def test_what_is_no_capsule_is_refused() -> None:
    import pyarrow

    schema, array = pyarrow.array([1], "uint32").__arrow_c_array__()
    capsule = pyarrow.chunked_array([[1]], "uint32").__arrow_c_stream__()
    for one, other in ((array, schema), (schema, schema), (array, array), (capsule, array), (None, array), (schema, 4)):
        decide(_Array(one, other))
    for wrong in (schema, array, None, 4, ctypes.c_void_p(0)):
        decide(_Stream(wrong))

# SPDX-License-Identifier: MIT
"""permits_many and required_many: they answer as single calls do, on the memory as it lies there, and refuse what would be misread."""

from __future__ import annotations

import array
import ctypes
import mmap
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

import callprop
from callprop import Call, Error, ErrorCode, Properties, _abi
from conftest import names
from expected import ALL_CALLS, ALL_SETS, bits, permitted, required

PAIRS = [(bits(properties), call) for properties in ALL_SETS for call in ALL_CALLS]
SETS = array.array("I", [number for number, _ in PAIRS])
CALLS = b"".join(bytes(Call(*call)) for _, call in PAIRS)
EXPECTED = bytes(permitted(properties, call) for properties in ALL_SETS for call in ALL_CALLS)

NEEDED = [bits([name for name in [required(call)] if name]) for _, call in PAIRS]

cpython = pytest.mark.skipif(sys.implementation.name != "cpython", reason="PyPy copies read-only memory")


def mapped(data: bytes) -> mmap.mmap:
    memory = mmap.mmap(-1, len(data))
    memory.write(data)
    return memory


BUFFERS: dict[str, Callable[[bytes], Any]] = {
    "array": lambda data: array.array("I", data),
    "signed array": lambda data: array.array("i", data),
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "memoryview of numbers": lambda data: memoryview(array.array("I", data)),
    "part of a larger buffer": lambda data: memoryview(b"xyz" + data)[3:],
    "mmap": mapped,
    "ctypes array": lambda data: (ctypes.c_uint32 * (len(data) // 4)).from_buffer_copy(data),
}


@pytest.mark.parametrize("of_calls", BUFFERS)
@pytest.mark.parametrize("of_sets", BUFFERS)
def test_all_pairs_are_decided_as_single_calls(of_sets: str, of_calls: str) -> None:
    if sys.implementation.name != "cpython" and "mmap" in (of_sets, of_calls):
        pytest.skip("PyPy's ctypes does not see an mmap as writable memory")
    found = callprop.permits_many(BUFFERS[of_sets](SETS.tobytes()), BUFFERS[of_calls](CALLS))
    assert type(found) is bytearray and found == EXPECTED


@pytest.mark.parametrize("form", BUFFERS)
def test_what_every_call_requires_is_told_as_of_single_calls(form: str) -> None:
    if sys.implementation.name != "cpython" and form == "mmap":
        pytest.skip("PyPy's ctypes does not see an mmap as writable memory")
    found = callprop.required_many(BUFFERS[form](CALLS))
    assert type(found) is array.array and (found.typecode, found.itemsize) == ("I", 4)
    assert found.tolist() == NEEDED and NEEDED.count(0) == 37 * 256


def test_calls_may_be_an_array_of_c_structures() -> None:
    calls = (_abi.CallStruct * len(PAIRS)).from_buffer_copy(CALLS)
    assert callprop.permits_many(SETS, calls) == EXPECTED
    assert callprop.required_many(calls).tolist() == NEEDED


@pytest.mark.parametrize("length", [0, 1, 2, 3, 7, 8, 9, 31, 33])
def test_every_length_is_decided(length: int) -> None:
    assert callprop.permits_many(SETS[-length - 1 : -1], CALLS[-4 * length - 4 : -4]) == EXPECTED[-length - 1 : -1]
    assert callprop.required_many(CALLS[-4 * length - 4 : -4]).tolist() == NEEDED[-length - 1 : -1]


def test_calls_out_of_range_are_permitted_nothing() -> None:
    calls = bytes(range(4, 256)) * 16 + b"\xff" * 64
    assert callprop.permits_many(b"\xff\0\0\0" * 1024, calls) == bytes(1024)
    assert callprop.required_many(calls).tolist() == [0] * 1024


@pytest.mark.parametrize("number", [256, 257, 1 << 16, 0xD800, 0x10FFFF, 1 << 24, 1 << 31, (1 << 32) - 1])
@pytest.mark.parametrize("place", [0, 2, 65_535, 65_536, 70_000])
def test_a_number_that_is_no_set_is_refused_with_its_place(number: int, place: int) -> None:
    """-1, of a join that found nothing, has every bit."""
    sets = array.array("I", bytes(4 * 70_001))
    sets[place] = number
    forms: dict[str, tuple[Any, int]] = {
        "unsigned": (sets, number),
        "signed": (array.array("i", sets.tobytes()), number - (1 << 32) * (number >> 31)),
        "bytes": (sets.tobytes(), number),
    }
    for form, (given, shown) in forms.items():
        with pytest.raises(Error) as caught:
            callprop.permits_many(given, bytes(given))
        assert str(caught.value) == f"granted[{place}]: {shown} is no set of properties; expected 0 to 255", form
        assert caught.value.code is ErrorCode.PROPERTY


def test_the_largest_set_is_one() -> None:
    assert callprop.permits_many(array.array("I", [255] * 70_000), ONE * 70_000) == b"\1" * 70_000


ONE = bytes(Call("external", "ivr", "dst"))
REFUSED: list[tuple[str, Any, Any, type[Exception]]] = [
    ("too few calls", array.array("I", [1, 1]), ONE, ValueError),
    ("too few sets", array.array("I", [1]), ONE * 2, ValueError),
    ("half a set", b"\1\0", ONE[:2], ValueError),
    ("half a call", b"\1\0\0\0", ONE[:2], ValueError),
    ("sets of 64 bits", array.array("Q", [1]), ONE * 2, TypeError),
    ("sets of 16 bits", array.array("H", [1, 0]), ONE, TypeError),
    ("sets of 8 bits", array.array("B", [1, 1, 1, 1]), ONE, TypeError),
    ("sets of floats", array.array("f", [1.0]), ONE, TypeError),
    ("calls of floats", b"\1\0\0\0", array.array("f", [0.0]), TypeError),
    ("calls of 64 bits", b"\1\0\0\0" * 2, array.array("Q", [0]), TypeError),
    ("every other byte", memoryview(b"\1\0\0\0" * 2)[::2], ONE, ValueError),
    ("a list", [1], ONE, TypeError),
    ("text", "\1\0\0\0", ONE, TypeError),
    ("a number", 1, ONE, TypeError),
    ("None", None, None, TypeError),
    ("a list of calls", b"\1\0\0\0", [Call("external", "ivr", "dst")], TypeError),
    ("one call as text", b"\1\0\0\0", "src=external,dst=ivr,leg=dst", TypeError),
    ("one number of C", ctypes.c_uint32(1), ONE, TypeError),
    ("sets in two dimensions", memoryview(bytes(16)).cast("I", (2, 2)), ONE * 4, ValueError),
    ("calls in two dimensions of numbers", bytes(16), memoryview(bytes(16)).cast("I", (2, 2)), ValueError),
    ("calls in columns", bytes(32), memoryview(bytes(32)).cast("B", (4, 8)), ValueError),
    ("booleans", memoryview(b"\1" * 4).cast("?"), ONE, TypeError),
]


@pytest.mark.parametrize(("what", "granted", "calls", "error"), REFUSED, ids=names(REFUSED))
def test_what_would_be_misread_is_refused(what: str, granted: Any, calls: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"granted|calls") as caught:
        callprop.permits_many(granted, calls)
    assert type(caught.value) is error


REFUSED_CALLS = [(what, calls, error) for what, _, calls, error in REFUSED if "calls" in what and "few" not in what]
REFUSED_CALLS += [
    ("every other byte", memoryview(ONE * 2)[::2], ValueError),
    ("half a call", ONE[:2], ValueError),
    ("text", "\0" * 4, TypeError),
    ("None", None, TypeError),
    ("a number", 4, TypeError),
    ("booleans", memoryview(b"\1" * 4).cast("?"), TypeError),
]


@pytest.mark.parametrize(("what", "calls", "error"), REFUSED_CALLS, ids=names(REFUSED_CALLS))
def test_the_same_calls_are_refused_alone(what: str, calls: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^calls: ") as caught:
        callprop.required_many(calls)
    assert type(caught.value) is error


@cpython
def test_the_library_gets_the_memory_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(_abi._c, "cp_permits_many", lambda sets, calls, n, out: seen.extend([sets, calls, n]))
    sets = SETS.tobytes()
    callprop.permits_many(sets, CALLS)
    address_of_sets, address_of_bytes = (id(memory) + bytes.__basicsize__ - 1 for memory in (sets, CALLS))
    assert seen == [address_of_sets, address_of_bytes, len(PAIRS)]
    seen.clear()
    # Sets that others may write in are copied before they are looked at.
    callprop.permits_many(SETS, array.array("I", CALLS))
    assert SETS.buffer_info()[0] != seen[0]
    seen.clear()
    monkeypatch.setattr(_abi._c, "cp_required_many", lambda calls, n, out: seen.extend([calls, n]))
    callprop.required_many(CALLS)
    assert seen == [address_of_bytes, len(PAIRS)]


@cpython
def test_memory_cannot_be_resized_meanwhile_and_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    sets, calls = bytearray(SETS.tobytes()), bytearray(CALLS)
    tried: list[int] = []

    def resize(*_: object) -> None:
        for buffer in (sets, calls):
            with pytest.raises(BufferError):
                buffer.append(0)
            tried.append(len(buffer))

    monkeypatch.setattr(_abi._c, "cp_permits_many", resize)
    callprop.permits_many(sets, calls)
    assert tried == [len(sets), len(calls)]
    references = sys.getrefcount(sets), sys.getrefcount(calls)
    for _ in range(100):
        callprop.permits_many(sets, calls)
    assert (sys.getrefcount(sets), sys.getrefcount(calls)) == references
    sets.append(0)
    calls.append(0)


@cpython
def test_other_threads_run_during_a_long_batch() -> None:
    sets, calls = bytes(4 << 22), bytes(4 << 22)
    ticks: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.0005)

    thread = threading.Thread(target=tick)
    function = _abi._c.cp_permits_many
    permitted = bytearray(len(sets) // 4)
    arguments = (
        ctypes.cast(ctypes.c_char_p(sets), ctypes.c_void_p),
        ctypes.cast(ctypes.c_char_p(calls), ctypes.c_void_p),
        len(permitted),
        (ctypes.c_char * len(permitted)).from_buffer(permitted),
    )
    interval = sys.getswitchinterval()
    thread.start()
    try:
        # Who holds the GIL keeps it now until it gives it away.
        sys.setswitchinterval(100)
        for _ in range(50):
            start = time.perf_counter()
            function(*arguments)
            end = time.perf_counter()
            if any(start < moment < end for moment in ticks):
                break
        else:
            pytest.fail("no other thread ran in 50 batches")
    finally:
        sys.setswitchinterval(interval)
        done.set()
        thread.join()


@pytest.mark.third_party
class TestNumpyAndArrow:
    """numpy in, numpy out; and Arrow's buffers."""

    def test_numpy_arrays_are_decided_without_a_copy_of_calls(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import numpy

        sets = numpy.frombuffer(SETS.tobytes(), dtype=numpy.uint32)  # read-only
        record = numpy.dtype([("src", "u1"), ("dst", "u1"), ("leg", "u1"), ("callback", "u1")])
        forms = {
            "rows of four": numpy.frombuffer(CALLS, dtype=numpy.uint8).reshape(-1, 4),
            "bytes": CALLS,
            "numbers": numpy.frombuffer(CALLS, dtype=numpy.uint32),
            "records": numpy.frombuffer(CALLS, dtype=record),
        }
        for form, calls in forms.items():
            for granted in (sets, sets.copy(), sets.astype(numpy.int32)):
                found = callprop.permits_many(granted, calls)
                assert type(found) is numpy.ndarray and found.dtype == bool and found.flags.writeable, form
                assert found.shape == (len(PAIRS),) and found.tobytes() == EXPECTED, form
            needed = callprop.required_many(calls)
            assert type(needed) is (array.array if form == "bytes" else numpy.ndarray), form
            assert needed.tolist() == NEEDED, form
            if form != "bytes":
                assert (needed.dtype, needed.shape, needed.flags.writeable) == (numpy.uint32, (len(PAIRS),), True), form
        assert isinstance(callprop.permits_many(SETS, forms["records"]), numpy.ndarray)

        seen: list[int] = []
        monkeypatch.setattr(_abi._c, "cp_permits_many", lambda sets, calls, n, out: seen.extend([sets, calls]))
        callprop.permits_many(sets, forms["records"])
        assert seen[1] == forms["records"].ctypes.data  # type: ignore[attr-defined]

    def test_numpy_arrays_that_would_be_misread_are_refused(self) -> None:
        import numpy

        calls = numpy.frombuffer(ONE * 4, dtype=numpy.uint8).reshape(-1, 4)
        granted: list[tuple[Any, type[Exception]]] = [
            (numpy.array([1] * 4), TypeError),
            (numpy.array([1] * 4, dtype=numpy.uint8), TypeError),
            (numpy.array([1] * 16, dtype=numpy.uint8), TypeError),
            (numpy.array([1] * 4, dtype=">u4"), TypeError),
            (numpy.array([1] * 4, dtype=numpy.float32), TypeError),
            (numpy.array([True] * 16), TypeError),
            (numpy.ma.masked_array(numpy.ones(4, dtype=numpy.uint32), mask=[True] * 4), TypeError),
            (numpy.ones(8, dtype=numpy.uint32)[::2], ValueError),
            (numpy.array([[1, 1], [1, 1]], dtype=object), TypeError),
            (numpy.ones(3, dtype=numpy.uint32), ValueError),
            (numpy.array([1, 1, 1, -1], dtype=numpy.int32), Error),
            (numpy.array([1, 1, 1, 257], dtype=numpy.uint32), Error),
            (numpy.ones((2, 2), dtype=numpy.uint32), ValueError),
            (numpy.uint32(1), TypeError),
        ]
        for given, error in granted:
            with pytest.raises(error, match="granted"):
                callprop.permits_many(given, calls)
        with pytest.raises(ValueError, match=r"calls: not contiguous.*numpy.ascontiguousarray\(calls\)$"):
            callprop.permits_many(numpy.ones(4, dtype=numpy.uint32), numpy.zeros((4, 8), dtype=numpy.uint8)[:, :4])
        with pytest.raises(ValueError, match="in the shape"):
            callprop.permits_many(numpy.ones(8, dtype=numpy.uint32), numpy.zeros((4, 8), dtype=numpy.uint8))
        with pytest.raises(TypeError, match="calls"):
            callprop.permits_many(numpy.ones(4, dtype=numpy.uint32), calls.astype(numpy.int64))
        with pytest.raises(ValueError, match="calls: not contiguous"):
            callprop.required_many(numpy.zeros((4, 8), dtype=numpy.uint8)[:, :4])
        for misread in (calls.astype(numpy.int64), numpy.ma.masked_array(calls, mask=True)):
            with pytest.raises(TypeError, match="calls"):
                callprop.required_many(misread)

    def test_arrow_is_decided(self) -> None:
        import pyarrow

        sets = pyarrow.array(SETS, pyarrow.uint32())
        buffer = sets.buffers()[1]
        assert callprop.permits_many(buffer, pyarrow.py_buffer(CALLS)) == EXPECTED
        assert callprop.required_many(pyarrow.py_buffer(CALLS)).tolist() == NEEDED
        assert callprop.permits_many(sets.to_numpy(), CALLS).tobytes() == EXPECTED
        assert callprop.permits_many(sets[256:].to_numpy(), CALLS[1024:]).tobytes() == EXPECTED[256:]


def test_sets_of_the_package_go_into_arrays() -> None:
    granted = array.array("I", [Properties.parse("li,ri"), Properties(0), Properties.ALL])
    assert list(callprop.permits_many(granted, ONE * 3)) == [1, 0, 1]

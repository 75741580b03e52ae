# SPDX-License-Identifier: MIT
"""Another thread writes into what is being decided: what is no set, or no call, permits nothing, whenever it is written. Not left to the clock: the
memory is written at each line of the package in turn, and once more before the C library reads it."""

from __future__ import annotations

import array
import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

import callprop
from callprop import Call, Error, Properties, _abi

pytestmark = pytest.mark.thorough

RING = Call("external", "ivr", "dst")
CODE = int.from_bytes(bytes(RING), sys.byteorder)
N = 2  # elements: each is gone through in lines of its own
PACKAGE = os.path.dirname(callprop.__file__)


class _Writer:
    """Runs a function, and at its n-th line inside of the package writes."""

    def __init__(self, at: int, write: Callable[[], None]) -> None:
        self._left = at
        self._write = write
        self.has_written = False

    def run(self, function: Callable[[], Any]) -> Any:
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            return function()
        finally:
            sys.settrace(before)

    def _enter(self, frame: FrameType, event: str, argument: object) -> Any:
        return self._line if frame.f_code.co_filename.startswith(PACKAGE) else None

    def _line(self, frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            self._left -= 1
            if self._left < 0 and not self.has_written:
                self.has_written = True
                self._write()
        return self._line


def written_at_every_line(
    make: Callable[[], tuple[Any, Callable[[], None]]], decide: Callable[[Any], Any]
) -> list[bool]:
    """Of each line, whether what was decided is a permission. An error is none."""
    found: list[bool] = []
    while True:
        held, write = make()
        writer = _Writer(len(found), write)
        try:
            permitted = any(writer.run(lambda: decide(held)))
        except (Error, TypeError) as problem:
            assert str(problem).startswith(("granted", "calls", "src")), problem
            permitted = False
        if not writer.has_written:
            return found
        found.append(permitted)


def in_array(letter: str, old: int, new: int) -> tuple[Any, Callable[[], None]]:
    memory = array.array(letter, [old] * N)
    return memory, lambda: memory.__setitem__(slice(None), array.array(letter, [new] * N))


def in_bytes(letter: str, old: int, new: int) -> tuple[Any, Callable[[], None]]:
    memory, other = (bytearray(array.array(letter, [value] * N).tobytes()) for value in (old, new))
    return memory, lambda: memory.__setitem__(slice(None), other)


# A letter of `array`, and what may be written there that is no set, but has the bit of ALL.
NO_SETS = [("I", 257), ("I", 0xFFFFFFFF), ("i", -1), ("I", 0x80000001)]


@pytest.mark.parametrize("make", [in_array, in_bytes], ids=lambda make: make.__name__)
@pytest.mark.parametrize(("letter", "new"), NO_SETS)
def test_what_is_no_set_permits_nothing_whenever_it_is_written(make: Any, letter: str, new: int) -> None:
    for out in (None, bytearray(N)):
        found = written_at_every_line(lambda: make(letter, 0, new), lambda sets: callprop.permits_many(sets, RING, out))
        assert len(found) > 20 and not any(found)
    # The test would notice: what is a set, and is written in time, is decided on.
    found = written_at_every_line(lambda: make(letter, 0, 1), lambda sets: callprop.permits_many(sets, RING))
    assert found[0] and not found[-1]


@pytest.mark.parametrize("without_numpy", [False, True])
def test_what_is_written_when_c_reads_is_too_late(monkeypatch: pytest.MonkeyPatch, without_numpy: bool) -> None:
    if without_numpy:
        monkeypatch.setitem(sys.modules, "numpy", None)
    n = 140_000  # more than is decided at a time
    function = _abi._c.cp_permits_many
    for calls in (RING, bytes(RING) * n):
        sets = array.array("I", bytes(4 * n))

        def write_and_decide(*arguments: Any) -> None:
            sets[:] = array.array("I", [0xFFFFFFFF]) * n
            function(*arguments)

        monkeypatch.setattr(_abi._c, "cp_permits_many", write_and_decide)
        out = bytearray(b"\1" * n)
        with pytest.raises(Error, match=r"^granted\[131072\]: 4294967295 is no set of properties; "):
            callprop.permits_many(sets, calls, out)
        assert out == bytes(n)


@pytest.mark.parametrize("problem", [MemoryError, KeyboardInterrupt])
def test_where_deciding_ends_early_no_permission_of_before_is_left(
    monkeypatch: pytest.MonkeyPatch, problem: type[BaseException]
) -> None:
    n = 140_000
    function = _abi._c.cp_permits_many
    decided = []

    def decide_once(*arguments: Any) -> None:
        if decided:
            raise problem
        decided.append(function(*arguments))

    monkeypatch.setattr(_abi._c, "cp_permits_many", decide_once)
    out = bytearray(b"\1" * n)
    with pytest.raises(problem):
        callprop.permits_many(array.array("I", [Properties.ALL]) * n, RING, out)
    assert decided and out == bytes(n)


def test_calls_that_become_others_are_decided_as_one_or_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for letter, old, new in (("I", 0xFFFFFFFF, 0xFFFFFF00 | CODE), ("I", CODE + (1 << 31), 1 << 31)):
        for make in (in_array, in_bytes):
            found = written_at_every_line(
                lambda: make(letter, old, new), lambda calls: callprop.permits_many(Properties.ALL, calls)
            )
            assert len(found) > 20 and not any(found)


def test_facts_that_are_none_are_not_packed_whenever_they_are_written() -> None:
    for letter in "bBHiQ":
        old, new = 2, 257 if array.array(letter).itemsize > 1 else -127 if letter == "b" else 129
        found = written_at_every_line(
            lambda: in_array(letter, old, new),
            lambda src: callprop.permits_many(Properties.ALL, callprop.pack(src, "ivr", "dst")),
        )
        assert len(found) > 20 and not any(found)


def test_a_list_that_is_changed_meanwhile_is_packed_as_it_was() -> None:
    for old in ("queue", 2):

        def make() -> tuple[Any, Callable[[], None]]:
            held: list[Any] = [old] * N
            return held, lambda: held.__setitem__(slice(None), [[]] * 7 + [257])

        found = written_at_every_line(
            make, lambda src: callprop.permits_many(Properties.ALL, callprop.pack(src, "ivr", "dst"))
        )
        assert len(found) > 20 and not any(found)


@pytest.mark.third_party
class TestColumns:
    """Arrow and pandas lie over numpy's memory, which anybody may write."""

    def ways(self, kind: str, old: int, new: int) -> dict[str, Callable[[], tuple[Any, Callable[[], None]]]]:
        import numpy
        import pandas
        import pyarrow

        def over(wrap: Callable[[Any], Any]) -> Callable[[], tuple[Any, Callable[[], None]]]:
            def make() -> tuple[Any, Callable[[], None]]:
                memory = numpy.full(N, old, kind)
                return wrap(memory), lambda: memory.fill(new)

            return make

        def arrow(memory: Any) -> Any:
            return pyarrow.Array.from_buffers(
                pyarrow.from_numpy_dtype(memory.dtype), N, [None, pyarrow.py_buffer(memory)]
            )

        def with_a_null(memory: Any) -> Any:
            bits = pyarrow.py_buffer(b"\2")
            return pyarrow.Array.from_buffers(
                pyarrow.from_numpy_dtype(memory.dtype), N, [bits, pyarrow.py_buffer(memory)]
            )

        ways: dict[str, Callable[[], tuple[Any, Callable[[], None]]]] = {
            "arrow": over(arrow),
            "arrow with a null": over(with_a_null),
            "pandas": over(lambda memory: pandas.Series(memory, copy=False)),
        }
        if numpy.dtype(kind).itemsize == 4:
            ways["numpy"] = over(lambda memory: memory)
        return ways

    @pytest.mark.parametrize("kind", ["int8", "uint16", "int32", "uint32", "int64"])
    def test_what_is_no_set_permits_nothing_whenever_it_is_written(self, kind: str) -> None:
        import numpy

        limits = numpy.iinfo(kind)
        for new in (value for value in (-1, 257) if limits.min <= value <= limits.max):
            for way, make in self.ways(kind, 0, new).items():
                found = written_at_every_line(make, lambda sets: callprop.permits_many(sets, RING, nulls=Properties(0)))
                assert len(found) > 20 and not any(found), (way, new)

    @pytest.mark.parametrize("kind", ["uint16", "int32", "int64"])
    def test_what_is_no_fact_is_in_no_call_whenever_it_is_written(self, kind: str) -> None:
        for way, make in self.ways(kind, 2, 257).items():
            found = written_at_every_line(
                make, lambda src: callprop.permits_many(Properties.ALL, callprop.pack(src, "ivr", "dst"))
            )
            assert len(found) > 20 and not any(found), way
            if way != "arrow":
                continue
            # As the numbers of a dictionary, too.
            found = written_at_every_line(
                lambda: self.dictionary(*make()),
                lambda src: callprop.permits_many(Properties.ALL, callprop.pack(src, "ivr", "dst")),
            )
            assert len(found) > 20 and not any(found), kind

    def dictionary(self, indices: Any, write: Callable[[], None]) -> tuple[Any, Callable[[], None]]:
        import pyarrow

        values = pyarrow.array(["extension", "external", "queue", "ivr"])
        return pyarrow.DictionaryArray.from_arrays(indices, values, safe=False), write

    def test_what_is_no_code_is_no_call_whenever_it_is_written(self) -> None:
        for kind in ("int64", "uint64"):
            for way, make in self.ways(kind, 255, (1 << 32) + CODE).items():
                found = written_at_every_line(make, lambda calls: callprop.permits_many(Properties.ALL, calls))
                assert len(found) > 20 and not any(found), way

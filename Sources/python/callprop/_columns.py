# SPDX-License-Identifier: MIT
"""What a column holds, whoever made it: numpy, pandas, or Arrow and so pyarrow, polars and others. None of them is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Union

from . import _arrow


class Numbers(NamedTuple):
    """Whole numbers as they lie in memory, ``width`` bytes each: somebody else's memory, in which others may be writing."""

    raw: memoryview
    width: int
    is_signed: bool
    nulls: bytes | None = None  #: a byte for each: 1 where there is no value

    def own(self) -> Numbers:
        """The same in memory of our own: for whoever looks at them before he takes them."""
        return self if type(self.raw.obj) is bytes else self._replace(raw=memoryview(bytes(self.raw)))

    @property
    def size(self) -> int:
        """How many."""
        return self.raw.nbytes // self.width

    def tolist(self) -> list[int]:
        """All of them."""
        letter: Any = {1: "b", 2: "h", 4: "i", 8: "q"}[self.width]
        numbers: list[int] = self.raw.cast(letter if self.is_signed else letter.upper()).tolist()
        return numbers

    def byte(self, place: int) -> bytes:
        """Of each number the byte of this place, the lowest one first."""
        return bytes(self.raw)[place if sys.byteorder == "little" else self.width - 1 - place :: self.width]

    def outside(self, maximum: int) -> int:
        """Where the first number is that is not from 0 to this maximum, 2^8-1 or 2^32-1 of wider ones; -1 when there is none."""
        size = maximum.bit_length() // 8
        rests = (self.byte(place).lstrip(b"\0") for place in range(size, self.width))
        found = [self.size - len(rest) for rest in rests if rest]
        if self.is_signed and self.width <= size:
            found += [index for index, value in enumerate(self.tolist()) if value < 0][:1]
        return min(found, default=-1)


class Values(NamedTuple):
    """Python's own objects. None, and what does not equal itself, is no value."""

    values: Sequence[object]


class Coded(NamedTuple):
    """Numbers that say which of the values it is: a dictionary, or categories. A number that says none is no value."""

    numbers: Numbers
    values: Sequence[object]

    def tolist(self) -> list[object]:
        """The value of each element; None where there is none."""
        count = len(self.values)
        found = [self.values[index] if 0 <= index < count else None for index in self.numbers.tolist()]
        return found if self.numbers.nulls is None else without(self.numbers.nulls, found)


class Fixed(NamedTuple):
    """Bytes, ``width`` of them in each element."""

    raw: memoryview
    width: int
    nulls: bytes | None = None


class Members(NamedTuple):
    """Columns by their names: of a table, or of structures."""

    columns: Mapping[str, Column]
    nulls: bytes | None = None


Column = Union[Numbers, Values, Coded, Fixed, Members]


def kind_of(column: Column) -> str:
    """What this is, when it is to be something else."""
    return "a table, or records" if isinstance(column, Members) else "a column of bytes"


def is_of(value: object, module: str, *names: str) -> bool:
    """Is it of one of these classes of a package? Where nobody has imported that, nothing is."""
    package = sys.modules.get(module)
    classes = (getattr(package, name, None) for name in names)
    return package is not None and isinstance(value, tuple(kind for kind in classes if isinstance(kind, type)))


def is_numpy(value: object) -> bool:
    """An array of numpy's?"""
    return is_of(value, "numpy", "ndarray")


def is_pandas(value: object) -> bool:
    """A column of pandas', or a table?"""
    return is_of(value, "pandas", "Series", "Index", "Categorical", "DataFrame")


def is_column(value: object) -> bool:
    """Something that says itself what it holds, and is not only memory?"""
    return is_pandas(value) or hasattr(value, "__arrow_c_array__") or hasattr(value, "__arrow_c_stream__")


def is_listed(value: object) -> bool:
    """A column, or an array of numpy's?"""
    return is_numpy(value) or is_column(value)


def elements_of(name: str, given: Any) -> list[object]:
    """The elements of what :func:`is_listed`, one by one, as Python's own; None where there is no value. Raises TypeError for a table."""
    if (
        is_of(given, "pandas", "Series")
        and not is_of(given.index, "pandas", "RangeIndex")
        and given.index.dtype.kind not in "iu"
    ):
        raise TypeError(
            f"{name}: a Series with labels, which may be a row of a table; expected one with numbers for labels, or a list"
        )
    if getattr(given, "ndim", 0) == 1 and not given.size:
        return []  # whatever it was to hold
    columns = [of_numpy(name, given)] if is_numpy(given) else columns_of(name, given)
    found: list[object] = []
    for column in columns:
        if not isinstance(column, (Values, Coded, Numbers)):
            raise TypeError(f"{name}: {kind_of(column)}; expected one column of mnemos")
        found += column.values if isinstance(column, Values) else column.tolist()
    return found


def columns_of(name: str, given: Any) -> Iterator[Column]:
    """The chunks of what :func:`is_column`."""
    if is_pandas(given):
        return _of_pandas(name, given)
    return _chunks_of_arrow(name, given)


def is_no_value(value: object) -> bool:
    """None, a NaN, or pandas' NA: nothing else."""
    return (
        value is None or (isinstance(value, float) and value != value) or type(value).__name__ in ("NAType", "NaTType")
    )


_WANTED = {"calls": "32-bit codes, as callprop.pack makes them", "property_list": "mnemos"}


def refused(name: str, kind: str) -> TypeError:
    """The error about a type that holds nothing of what it is to hold. Numbers with a point come from joins that found nothing: where a set is
    missing, 0 grants nothing; but 0 is a party, a leg and a call."""
    is_sets = name.startswith("granted")
    wanted = "whole numbers" if is_sets else _WANTED.get(name, "names or whole numbers")
    remedy = ""
    if "float" in kind:
        remedy = ", as of fillna(0).astype('uint32')" if is_sets else "; rows without a value are to be taken out first"
    return TypeError(f"{name}: of type {kind}; expected {wanted}{remedy}")


# ---- pandas and numpy


def _of_pandas(name: str, given: Any) -> Iterator[Column]:
    pandas = sys.modules["pandas"]
    if isinstance(given, pandas.DataFrame):
        members: dict[str, Column] = {}
        for place, label in enumerate(map(str, given.columns)):
            if label in members:
                raise TypeError(f"{name}: two columns of one name, {label!r}")
            members[label] = next(_of_pandas(label, given.iloc[:, place]))
        yield Members(members)
        return
    if isinstance(given, pandas.MultiIndex):
        raise TypeError(f"{name}: a MultiIndex, which is a table; expected one column")
    series = given if isinstance(given, pandas.Series) else pandas.Series(given)
    dtype = series.dtype
    if isinstance(dtype, pandas.CategoricalDtype):
        known = series.cat.categories
        is_arrow = is_of(known.dtype, "pandas", "ArrowDtype")
        values = _one_by_one(name, next(_of_pandas(name, known))) if is_arrow else known.tolist()
        yield Coded(_numbers(series.cat.codes.to_numpy()), values)
    elif is_of(dtype, "pandas", "ArrowDtype"):
        # One array or several chunks, in pandas' own hands: pyarrow puts them together.
        whole = sys.modules["pyarrow"].array(series)
        yield from columns_of(name, whole)
    elif not hasattr(dtype, "newbyteorder") and getattr(dtype, "kind", "") in "iub" and hasattr(dtype, "numpy_dtype"):
        # Int64, boolean and their like, with pandas.NA in between.
        column = of_numpy(name, series.to_numpy(dtype=dtype.numpy_dtype, na_value=0))
        absent = series.isna().to_numpy().tobytes()
        if isinstance(column, Values):
            yield Values(without(absent, column.values))
        elif isinstance(column, Numbers):
            yield column._replace(nulls=absent if 1 in absent else None)
    else:
        yield of_numpy(name, series.to_numpy())


def of_numpy(name: str, array: Any) -> Column:
    """A numpy array of one dimension, whatever its numbers are."""
    refuse_masks(name, array)
    if array.ndim != 1:
        raise ValueError(f"{name}: an array of {array.ndim} dimensions; expected one")
    if array.dtype.kind in "iu":
        return _numbers(array)
    if array.dtype.kind in "bOUT":
        # Of a subclass, its elements: whatever its own methods say.
        return Values(sys.modules["numpy"].ndarray.tolist(array))
    raise refused(name, str(array.dtype))


def refuse_masks(name: str, array: object) -> None:
    """Raises TypeError for numpy's masked arrays."""
    if is_of(array, "numpy.ma", "MaskedArray"):
        remedy = "fill it first, as with .filled(0)" if name == "granted" else "take what is masked out first"
        raise TypeError(f"{name}: a masked array, whose mask would not count; {remedy}")


def _numbers(array: Any) -> Numbers:
    numpy = sys.modules["numpy"]
    native = numpy.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    return Numbers(memoryview(native.tobytes()), native.itemsize, native.dtype.kind == "i")


# ---- Arrow


def _chunks_of_arrow(name: str, given: Any) -> Iterator[Column]:
    try:
        for part in _arrow.parts(name, given):
            yield _of_arrow(name, part)
    except _arrow.Untrue as problem:
        raise ValueError(f"{name}: {problem}") from None


def _of_arrow(name: str, part: _arrow.Part) -> Column:
    if part.extension is not None:
        # Its storage has another meaning: of arrow.bool8, 1 is true and not the set with ALL.
        raise TypeError(
            f"{name}: of Arrow's extension type {part.extension[:80]}; expected whole numbers or names themselves"
        )
    kind = part.format
    if part.dictionary is None and not part.is_known:
        raise refused(name, _arrow.in_words(kind))
    nulls = part.nulls()
    if part.dictionary is not None:
        return Coded(_arrow_numbers(part, nulls), _one_by_one(name, _of_arrow(name, part.dictionary)))
    if kind in _arrow.WIDTHS:
        return _arrow_numbers(part, nulls)
    if kind == "b":
        return Values(without(nulls, map(bool, part.bits(1))))
    if kind in _arrow.TEXTS:
        return Values(without(nulls, part.texts()))
    if kind.startswith("w:"):
        return Fixed(part.fixed(int(kind[2:])), int(kind[2:]), nulls)
    if kind == "n":
        return Values([None] * part.length)
    members = {child.name: _of_arrow(child.name, child) for child in part.children}
    if len(members) < len(part.children):
        raise TypeError(f"{name}: two columns of one name")
    return Members(members, nulls)


def _arrow_numbers(part: _arrow.Part, nulls: bytes | None) -> Numbers:
    width = _arrow.WIDTHS[part.format]
    return Numbers(part.fixed(width), width, part.format.islower(), nulls)


def without(nulls: bytes | None, values: Iterable[object]) -> list[object]:
    """The values, with None where there are nulls."""
    return [*values] if nulls is None else [None if missing else value for value, missing in zip(values, nulls)]


def _one_by_one(name: str, column: Column) -> Sequence[object]:
    if isinstance(column, Values):
        return column.values
    if isinstance(column, Numbers):
        return without(column.nulls, column.tolist())
    raise TypeError(f"{name}: a dictionary of something else than names and numbers")

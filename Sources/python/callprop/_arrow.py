# SPDX-License-Identifier: MIT
"""Arrow's C data interface, read through its PyCapsules: ``__arrow_c_array__`` and ``__arrow_c_stream__`` of pyarrow, polars, pandas and others.

https://arrow.apache.org/docs/format/CDataInterface.html. Nothing of Arrow is needed for it. What is read lies in the memory of whoever gave it, and is
kept alive by the memoryviews that are made of it.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from typing import Any

_pointer = ctypes.c_void_p
_int64 = ctypes.c_int64


class SchemaStruct(ctypes.Structure):
    """``struct ArrowSchema``."""


SchemaStruct._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", _pointer),
    ("flags", _int64),
    ("n_children", _int64),
    ("children", ctypes.POINTER(ctypes.POINTER(SchemaStruct))),
    ("dictionary", ctypes.POINTER(SchemaStruct)),
    ("release", _pointer),
    ("private_data", _pointer),
]


class ArrayStruct(ctypes.Structure):
    """``struct ArrowArray``."""


ArrayStruct._fields_ = [
    ("length", _int64),
    ("null_count", _int64),
    ("offset", _int64),
    ("n_buffers", _int64),
    ("n_children", _int64),
    ("buffers", ctypes.POINTER(_pointer)),
    ("children", ctypes.POINTER(ctypes.POINTER(ArrayStruct))),
    ("dictionary", ctypes.POINTER(ArrayStruct)),
    ("release", _pointer),
    ("private_data", _pointer),
]


class StreamStruct(ctypes.Structure):
    """``struct ArrowArrayStream``."""

    _fields_ = [
        ("get_schema", _pointer),
        ("get_next", _pointer),
        ("get_last_error", _pointer),
        ("release", _pointer),
        ("private_data", _pointer),
    ]


#: The formats of whole numbers, and their bytes. Those without a sign are capital letters.
WIDTHS = {"c": 1, "C": 1, "s": 2, "S": 2, "i": 4, "I": 4, "l": 8, "L": 8}
#: The formats of texts: with offsets of 4 and of 8 bytes, and as views.
TEXTS = ("u", "U", "vu")
_IN_WORDS = {
    "e": "float16",
    "f": "float32",
    "g": "float64",
    "z": "binary",
    "Z": "binary",
    "vz": "binary",
    "+r": "run_end_encoded",
}


def in_words(format: str) -> str:
    """The name of a type that is refused."""
    return _IN_WORDS.get(format, f"{format!r} in Arrow's words")


def _extension(metadata: int | None) -> str | None:
    """The name of the extension type of which this is the storage: a count, and each key and value after its length."""
    if not metadata:
        return None
    place = metadata

    def number() -> int:
        nonlocal place
        place += 4
        return ctypes.c_int32.from_address(place - 4).value

    def text() -> bytes:
        nonlocal place
        size = number()
        place += max(size, 0)
        return ctypes.string_at(place - size, size) if size > 0 else b""

    found = {text(): text() for _ in range(number())}
    name = found.get(b"ARROW:extension:name")
    return None if name is None else name.decode("utf-8", "backslashreplace")


class _Owner:
    """Whatever is to live as long as the memory is looked at: a capsule; or a structure of our own, which is released here."""

    def __init__(self, kept: Any, is_ours: bool = False) -> None:
        self.kept, self._is_ours = kept, is_ours

    def __del__(self) -> None:
        if self._is_ours and self.kept.release:
            ctypes.CFUNCTYPE(None, _pointer)(self.kept.release)(ctypes.addressof(self.kept))


class Untrue(ValueError):
    """An array that contradicts itself."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Arrow's array says of itself what cannot be: {what}; expected one that is valid")


# How many buffers are read of a format.
_BUFFERS = {**dict.fromkeys([*WIDTHS, "b", "w:"], 2), "u": 3, "U": 3, "vu": 3, "+s": 1, "n": 0}


class Part:
    """An array, or a part of one: ``length`` elements from ``offset`` on."""

    def __init__(self, schema: Any, array: Any, owners: tuple[_Owner, ...], offset: int = 0, length: int = -1) -> None:
        self._array, self._owners = array, owners
        self.format: str = (schema.format or b"").decode("utf-8", "backslashreplace")
        self._refuse_lies(schema)
        self.name: str = (schema.name or b"").decode("utf-8", "backslashreplace")
        #: What the elements mean, where that is not what they are stored as.
        self.extension: str | None = _extension(schema.metadata)
        self._offset: int = array.offset + offset
        self.length: int = array.length if length < 0 else length
        if self._offset + self.length > array.offset + array.length:
            raise Untrue(f"a member has {array.length} elements, fewer than its structure")
        # In a structure the place of its elements is that of its members' elements.
        self.children = [
            Part(schema.children[i].contents, array.children[i].contents, owners, self._offset, self.length)
            for i in range(schema.n_children if self.format == "+s" else 0)
        ]
        self.dictionary = (
            Part(schema.dictionary.contents, array.dictionary.contents, owners) if schema.dictionary else None
        )

    def _refuse_lies(self, schema: Any) -> None:
        """What can be seen without reading the elements. How long the buffers are, Arrow does not say."""
        array = self._array
        numbers = {"length": array.length, "offset": array.offset, "null_count": max(array.null_count, 0)}
        wrong = [f"{what} {number}" for what, number in numbers.items() if not 0 <= number < 1 << 56]
        if array.null_count < -1 or array.null_count > array.length:
            wrong.append(f"null_count {array.null_count} of {array.length}")
        least = _BUFFERS.get(self._kind, 0)
        if array.n_buffers < least or (least and not array.buffers):
            wrong.append(f"n_buffers {array.n_buffers} in format {self.format[:40]!r}")
        elif least and array.null_count > 0 and not array.buffers[0]:
            wrong.append(f"null_count {array.null_count} without a bitmap")
        if self.format == "+s":
            count = schema.n_children
            is_short = count > 0 and not (schema.children and array.children)
            if (
                count != array.n_children
                or is_short
                or not all(schema.children[i] and array.children[i] for i in range(count))
            ):
                wrong.append(f"n_children {array.n_children} and {count}")
        if bool(schema.dictionary) != bool(array.dictionary) or (schema.dictionary and self.format not in WIDTHS):
            wrong.append("a dictionary in one of the two")
        if wrong:
            raise Untrue(", ".join(wrong))

    @property
    def _kind(self) -> str:
        return self.format[:2] if self.format.startswith("w:") else self.format

    @property
    def is_known(self) -> bool:
        """Is it of a format that is read? The buffers of others are others."""
        return self._kind in _BUFFERS

    def nulls(self) -> bytes | None:
        """A byte for each element, 1 where there is no value; None when each has one. The bitmap says which, whatever the count is."""
        if not self._array.n_buffers or not self._array.buffers[0]:
            return None
        absent = self.bits(0).translate(_INVERTED)
        count = absent.count(1)
        is_whole = (self._offset, self.length) == (self._array.offset, self._array.length)
        if is_whole and self._array.null_count not in (-1, count):
            raise Untrue(f"null_count {self._array.null_count}, and {count} in the bitmap")
        return absent if count else None

    def bits(self, buffer: int) -> bytes:
        """The bits of a buffer, a byte for each element."""
        first, skipped = divmod(self._offset, 8)
        packed = bytes(self._memory(buffer, first, (skipped + self.length + 7) // 8))
        if packed.count(0xFF) == len(packed):
            return b"\1" * self.length
        return b"".join(map(_BITS.__getitem__, packed))[skipped : skipped + self.length]

    def fixed(self, width: int) -> memoryview:
        """The elements' memory, ``width`` bytes each."""
        return self._memory(1, self._offset * width, self.length * width)

    def texts(self) -> list[str]:
        """The elements as text."""
        if not self.length:
            return []
        if self.format == "vu":
            views = bytes(self.fixed(16))
            return _each_once([views[i : i + 16] for i in range(0, len(views), 16)], self._viewed)
        width = 4 if self.format == "u" else 8
        offsets = self._memory(1, self._offset * width, (self.length + 1) * width)
        ends = (offsets.cast("i") if width == 4 else offsets.cast("q")).tolist()
        if ends[0] < 0 or any(end < start for start, end in zip(ends, ends[1:])):
            raise Untrue("offsets of texts that go backwards")
        text = bytes(self._memory(2, ends[0], ends[-1] - ends[0]))
        first = ends[0]
        return _each_once([text[start - first : end - first] for start, end in zip(ends, ends[1:])], bytes)

    def _viewed(self, view: bytes) -> bytes:
        """The text of a view: up to 12 bytes stand in it, of more it says where."""
        size, _, buffer, start = (int.from_bytes(view[i : i + 4], sys.byteorder) for i in (0, 4, 8, 12))
        if size <= 12:
            return view[4 : 4 + size]
        last = self._array.n_buffers - 1
        sizes = self._memory(last, 0, 8 * (last - 2)).cast("q")
        if buffer >= len(sizes) or start + size > sizes[buffer]:
            raise Untrue("a text that lies outside of its buffer")
        return bytes(self._memory(2 + buffer, start, size))

    def _memory(self, buffer: int, start: int, size: int) -> memoryview:
        if not size:
            return memoryview(b"")
        address = self._array.buffers[buffer]
        if not address:
            raise Untrue(f"{self.length} elements without the buffer {buffer}")
        memory = (ctypes.c_ubyte * size).from_address(address + start)
        memory.owners = self._owners  # type: ignore[attr-defined]
        return memoryview(memory).cast("B").toreadonly()


def _each_once(elements: list[bytes], text_of: Callable[[bytes], bytes]) -> list[str]:
    """The elements as text, of which each is made once: names are few."""
    known = {element: text_of(element).decode("utf-8", "backslashreplace") for element in {*elements}}
    return [known[element] for element in elements]


_BITS = [bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256)]
_INVERTED = bytes([1, 0]) + bytes(254)

if sys.implementation.name == "cpython":
    _capsule_pointer = ctypes.PYFUNCTYPE(_pointer, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", ctypes.pythonapi)
    )


def parts(name: str, given: Any) -> Iterator[Part]:
    """The arrays that an object of Arrow's is made of: one, or the chunks of a stream."""
    if sys.implementation.name != "cpython":
        raise TypeError(f"{name}: this Python reads no Arrow; expected a buffer, such as array('I')")
    if hasattr(given, "__arrow_c_array__"):
        schema_capsule, array_capsule = given.__arrow_c_array__()
        schema = _struct(name, SchemaStruct, schema_capsule, b"arrow_schema")
        array = _struct(name, ArrayStruct, array_capsule, b"arrow_array")
        yield Part(schema, array, (_Owner(schema_capsule), _Owner(array_capsule)))
        return
    capsule = given.__arrow_c_stream__()
    is_empty = True
    stream = _struct(name, StreamStruct, capsule, b"arrow_array_stream")
    schema = SchemaStruct()
    _checked(name, stream, stream.get_schema, schema)
    schema_owner = _Owner(schema, is_ours=True)
    while True:
        array = ArrayStruct()
        _checked(name, stream, stream.get_next, array)
        if not array.release:
            if is_empty:
                yield Part(schema, _of_nothing(schema), (schema_owner, _Owner(capsule)))
            return
        is_empty = False
        yield Part(schema, array, (schema_owner, _Owner(array, is_ours=True), _Owner(capsule)))


def _of_nothing(schema: Any) -> ArrayStruct:
    """What a stream without an array would have: so what it was to hold is looked at, too."""
    count = schema.n_children if schema.children else 0
    children = [ctypes.pointer(_of_nothing(schema.children[i].contents)) for i in range(count)]
    array = ArrayStruct(n_buffers=3, n_children=count, buffers=(_pointer * 3)())
    if children:
        array.children = (ctypes.POINTER(ArrayStruct) * count)(*children)
    if schema.dictionary:
        array.dictionary = ctypes.pointer(_of_nothing(schema.dictionary.contents))
    return array


def _struct(name: str, kind: Any, capsule: Any, called: bytes) -> Any:
    """The structure of a capsule, of which nobody has taken what it holds."""
    try:
        address = _capsule_pointer(capsule, called)
    except (ValueError, TypeError) as problem:
        raise TypeError(f"{name}: expected a capsule {called.decode()} of Arrow: {problem}") from None
    found = kind.from_address(address)
    if not found.release:
        # Its memory is given back: whatever stands there now is somebody else's.
        raise ValueError(f"{name}: {called.decode()} of Arrow was released; expected one that was not read before")
    return found


def _checked(name: str, stream: StreamStruct, function: int, result: Any) -> None:
    address = ctypes.addressof(stream)
    if ctypes.CFUNCTYPE(ctypes.c_int, _pointer, _pointer)(function)(address, ctypes.addressof(result)):
        why = ctypes.CFUNCTYPE(ctypes.c_char_p, _pointer)(stream.get_last_error)(address) or b"no reason given"
        raise ValueError(f"{name}: the stream of Arrow failed: {why.decode('utf-8', 'backslashreplace')}")

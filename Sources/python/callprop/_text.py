# SPDX-License-Identifier: MIT
"""From Python's values to the text that the C library reads. What cannot be such text is refused here."""

from __future__ import annotations

import json
import operator
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, SupportsIndex, Union

from .errors import Error, ErrorCode

Text = Union[str, bytes]

TEXT_MAX = 65536  # the longest text that the library reads, in bytes


def encoded(argument: str, text: Text) -> bytes:
    """The text as C sees it. Bytes of a file or a command line that were no UTF-8 arrive as they were: C refuses them."""
    # Of a subclass of bytes, its bytes: whatever its own methods say.
    raw = _utf8(text) if isinstance(text, str) else bytes.__getitem__(text, slice(None))
    end = raw.find(b"\0")
    if end >= 0:
        # C would take the text to end there, and decide on a part of it.
        raise Error(ErrorCode.SYNTAX, end, f"{argument} has a NUL; expected text without one")
    return raw


def _utf8(text: str) -> bytes:
    try:
        return str.encode(text, "utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return str.encode(text, "utf-8", "surrogatepass")


def whole_number(given: SupportsIndex) -> int:
    """The number; of a subclass of int the one that it is, whatever its own methods say."""
    return int.__int__(given) if isinstance(given, int) else int.__int__(operator.index(given))


def dumped(argument: str, value: Any) -> bytes:
    """A list or a dict as JSON."""
    try:
        return json.dumps(value, allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError) as problem:
        raise Error(
            ErrorCode.TYPE, -1, f"{argument} holds what JSON has not: {quoted(str(problem))}; expected text"
        ) from None


def only(mapping: Mapping[Any, Any], key: str) -> dict[str, Any]:
    """The mapping's one member, so that what the others are does not matter."""
    return {key: mapping[key]} if key in mapping else {}


def quoted(text: str) -> str:
    """The text between quotes, cut short, with nothing in it that a terminal or a log would obey."""
    plain = str.__str__(text)
    return json.dumps(plain if len(plain) <= 40 else plain[:39] + "...")


def is_numpy_bool(value: object) -> bool:
    """Is it numpy's own True or False? Who has no numpy does not need it."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.bool_)


@contextmanager
def no_position() -> Iterator[None]:
    """Positions of errors inside are taken away: the caller has given no text that they could be in."""
    try:
        yield
    except Error as error:
        raise without_position(error) from None


def without_position(error: Error) -> Error:
    """The same error, for a caller who has given no text that its position could be in."""
    return type(error)(error.code, -1, error.text)

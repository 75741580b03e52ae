# SPDX-License-Identifier: MIT
"""What batches take, for type checkers: numpy, pandas and Arrow by what they have, since none of them need be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, Union

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer
    from numpy import bool_, uint32
    from numpy.typing import NDArray

    BoolArray = NDArray[bool_]
    Uint32Array = NDArray[uint32]

    Out = TypeVar("Out", bound=Union[WriteableBuffer, NDArray[Any]])
    Buffer = ReadableBuffer


class NumpyLike(Protocol):
    """numpy's arrays, and columns of pandas and polars."""

    def __array__(self) -> Any: ...


class ArrowArray(Protocol):
    """An array of whoever speaks Arrow."""

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any: ...


class ArrowStream(Protocol):
    """Arrays in chunks, or a table."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...

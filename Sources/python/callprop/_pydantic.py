# SPDX-License-Identifier: MIT
"""How pydantic (and so FastAPI) reads, writes and describes the package's values. Its schemas are dicts: it is not imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from . import _abi
from .errors import Error, ErrorCode

Schema = dict[str, Any]


def core_schema(kind: type, read: Callable[[Any], Any], write: Callable[[Any], Any]) -> Schema:
    """The schema of pydantic-core: a value is read by one function and written by the other, in every mode."""

    def validated(value: Any) -> Any:
        try:
            return read(value)
        except TypeError as problem:
            # pydantic takes ValueErrors for its own; with a TypeError a service would answer that it is broken.
            raise Error(ErrorCode.TYPE, -1, str(problem)) from None

    def written(value: Any) -> Any:
        return write(value) if isinstance(value, kind) else value

    return {
        "type": "function-plain",
        "function": {"type": "no-info", "function": validated},
        "serialization": {"type": "function-plain", "function": written},
    }


def one_of(names: Iterable[str]) -> Schema:
    """The JSON schema of a name."""
    return {"type": "string", "enum": [*names]}


def one_mnemo() -> Schema:
    """The JSON schema of a mnemo, of those that the library knows."""
    return one_of(_abi.properties_format(0xFF).split(","))


def mnemos() -> Schema:
    """The JSON schema of a list of mnemos."""
    return {"type": "array", "items": one_mnemo()}


def object_of(required: Schema, other: Schema | None = None) -> Schema:
    """The JSON schema of an object with these members, and no others."""
    return {
        "type": "object",
        "properties": {**required, **(other or {})},
        "required": [*required],
        "additionalProperties": False,
    }

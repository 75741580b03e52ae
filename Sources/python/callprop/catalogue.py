# SPDX-License-Identifier: MIT
"""The eight properties, as the library describes them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from . import _abi
from ._text import quoted
from .errors import ErrorCode, UnknownProperty


@dataclass(frozen=True)
class Property:
    """One permission, as the PBX's REST interface serves it."""

    mnemo: str
    name: str
    description: str


def list_properties() -> tuple[Property, ...]:
    """All properties, in the order of the bits: ``GET /extension/call_property/``.

    >>> import callprop
    >>> [property.mnemo for property in callprop.list()]
    ['all', 'cq', 'li', 'lo', 'qli', 'qri', 'ri', 'ro']
    """
    return tuple(Property(**entry) for entry in json.loads(_abi.list_json()))


def get_property(mnemo: str) -> Property:
    """The property of this mnemo, given exactly, without white space: ``GET /extension/call_property/{mnemo}``.

    Raises :class:`callprop.UnknownProperty`, a ``KeyError``, when there is none.

    >>> import callprop
    >>> callprop.get("ri").name
    'External incoming personal'
    """
    return Property(**json.loads(get_json(mnemo)))


def get_json(mnemo: str) -> str:
    """The property as the library's JSON; raises as :func:`get_property`."""
    if not isinstance(mnemo, str):
        raise TypeError(f"mnemo: expected text, not {type(mnemo).__name__}")
    mnemo = str.__str__(mnemo)
    # Mnemos are ASCII. C would take a text to end at a NUL.
    found = _abi.get_json(mnemo.encode("ascii")) if mnemo.isascii() and "\0" not in mnemo else None
    if found is None:
        wanted = [entry.mnemo for entry in list_properties()]
        text = f"mnemo: no such property: {quoted(mnemo)}; expected {', '.join(wanted[:-1])} or {wanted[-1]}"
        raise UnknownProperty(ErrorCode.PROPERTY, -1, text)
    return found

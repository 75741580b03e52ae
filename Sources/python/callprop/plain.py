# SPDX-License-Identifier: MIT
"""From the package's values to what JSON has, and back: the hooks of msgspec, cattrs and ``json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast

from .calls import Call, Leg, Party
from .decisions import Decision
from .properties import Properties

_Value = TypeVar("_Value", Properties, Call, Decision)


def to_plain(value: object) -> Any:
    """What JSON has for one of the package's values: a list of mnemos for ``Properties``, a dict for ``Call``, ``Decision`` and ``Property``, text
    for ``Party`` and ``Leg``; also inside of dicts, lists, tuples and dataclasses, of which what is not the package's stays as it is.

    It is msgspec's ``enc_hook``, cattrs' ``register_unstructure_hook``, and the ``default`` of ``json.dumps``. (But ``json`` itself writes ``Properties`` as
    numbers, which nothing here reads: ``json.dumps(callprop.to_plain(status))``.)

    Raises ``TypeError`` for anything else.

    >>> import callprop
    >>> callprop.to_plain({"id": 2, "property_list": callprop.Properties.parse("lo,li")})
    {'id': 2, 'property_list': ['li', 'lo']}
    """
    if isinstance(value, (str, int, float, bool, type(None))) and not isinstance(value, (Properties, Party, Leg)):
        return value
    plain = _inside(value)
    if plain is value:
        raise TypeError(f"to_plain: expected a value of callprop, or a container, not {type(value).__name__}")
    return plain


def _inside(value: Any) -> Any:
    if isinstance(value, Properties):
        return [*value.mnemos]
    if isinstance(value, (Call, Decision)):
        return value.to_dict()
    if isinstance(value, (Party, Leg)):
        return value.value
    if isinstance(value, Mapping):
        return {_inside(key): _inside(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_inside(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _inside(getattr(value, field.name)) for field in fields(value)}
    return value


def from_plain(kind: type[_Value], value: Any) -> _Value:
    """The value of this class that :func:`to_plain` made the other of; ``Properties`` and ``Call`` in every form that their ``parse`` reads.

    It is msgspec's ``dec_hook``; and for cattrs ``register_structure_hook(Properties, lambda value, kind: callprop.from_plain(kind, value))``.

    Raises :class:`callprop.Error`, and ``TypeError`` for a value that is no form of it, and another class. A number is no set.

    >>> import callprop
    >>> callprop.from_plain(callprop.Properties, ["li", "lo"])
    <Properties.LI|LO: 12>
    """
    read = {Properties: Properties.parse, Call: Call.parse, Decision: Decision._read}.get(kind)
    if read is None:
        raise TypeError(f"from_plain: expected Properties, Call or Decision, not {getattr(kind, '__name__', kind)}")
    return cast("_Value", read(value))

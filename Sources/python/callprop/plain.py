# SPDX-License-Identifier: MIT
"""From the package's values to what JSON has, and back: the hooks of msgspec, cattrs and ``json``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TypeVar, cast

from .calls import Call, Leg, Party
from .catalogue import Property
from .decisions import Decision
from .properties import Properties

_Value = TypeVar("_Value", Properties, Call, Decision)


def to_plain(value: object) -> Any:
    """What JSON has for one of the package's values: a list of mnemos for ``Properties``, a dict for ``Call``, ``Decision`` and ``Property``, text
    for ``Party`` and ``Leg``.

    It is ``json.dumps(…, default=callprop.to_plain)``, msgspec's ``enc_hook``, and cattrs' ``register_unstructure_hook``. (``json`` writes
    ``Properties`` as numbers before it asks: call this on them, or take ``mnemos``.)

    Raises ``TypeError`` for anything else.

    >>> import callprop
    >>> callprop.to_plain(callprop.Properties.parse("lo,li"))
    ['li', 'lo']
    """
    if isinstance(value, Properties):
        return [*value.mnemos]
    if isinstance(value, (Call, Decision)):
        return value.to_dict()
    if isinstance(value, Property):
        return asdict(value)
    if isinstance(value, (Party, Leg)):
        return value.value
    raise TypeError(f"to_plain: expected a value of callprop, not {type(value).__name__}")


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

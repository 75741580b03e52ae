# SPDX-License-Identifier: MIT
"""A call, as four facts."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, Union

from . import _abi
from ._text import Text, dumped, encoded, no_position, quoted
from .errors import Error, ErrorCode


class _Name(str, enum.Enum):
    """A name that has a number in C, its place in the enumeration: ``CP_EXTENSION`` … ``CP_IVR``, ``CP_LEG_SRC``, ``CP_LEG_DST``."""

    number: int

    def __new__(cls, name: str) -> _Name:
        member = str.__new__(cls, name)
        member._value_ = name
        member.number = len(cls.__members__)
        return member

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, format_spec: str) -> str:
        return format(str(self.value), format_spec)


class Party(_Name):
    """What stands at one end of a call. Equal to its name: ``Party.IVR == "ivr"``."""

    EXTENSION = "extension"  #: a phone of the client (the tenant)
    EXTERNAL = "external"  #: a number outside the client
    QUEUE = "queue"  #: a queue
    IVR = "ivr"  #: a voice menu


class Leg(_Name):
    """At which end of the call our extension is."""

    SRC = "src"  #: at src: it makes the call; in a callback, it is rung first
    DST = "dst"  #: at dst: the call comes to it; in a callback, it is connected after src has answered


_Named = TypeVar("_Named", Party, Leg)


def _named(names: type[_Named], what: str, given: object) -> _Named:
    if isinstance(given, str):
        for name in names:
            # Not `==`, nor a look-up: an object that says it equals a name is not one.
            if str.__eq__(name.value, given):
                return name
    wanted = [name.value for name in names]
    text = f"call: no such {what}: {quoted(str(given))}; expected {', '.join(wanted[:-1])} or {wanted[-1]}"
    raise Error(ErrorCode.PARTY, -1, text)


@dataclass(frozen=True, init=False)
class Call:
    """Who makes a call (``src``), what was dialled (``dst``), on which ``leg`` our extension is, and whether it is
    a ``callback``: the PBX calls src first, and connects dst when that answers.

    The parties and the leg are given as enums or their names. What is none raises :class:`callprop.Error` with PARTY.
    Of the 64 calls 27 can happen (the table of the decisions in the manual); of one that cannot, every decision raises CALL.

    >>> Call("external", "ivr", "dst")
    Call(src='external', dst='ivr', leg='dst', callback=False)
    >>> str(Call("external", "ivr", "dst"))
    'src=external,dst=ivr,leg=dst,callback=false'
    >>> Call("nobody", "ivr", "dst")
    Traceback (most recent call last):
    callprop.errors.Error: call: no such party: "nobody"; expected extension, external, queue or ivr
    """

    src: Party
    dst: Party
    leg: Leg
    callback: bool = False

    def __init__(self, src: Party | str, dst: Party | str, leg: Leg | str, callback: bool = False) -> None:
        if not isinstance(callback, bool):
            text = f"call: no such callback value: {quoted(str(callback))}; expected True or False"
            raise Error(ErrorCode.PARTY, -1, text)
        facts = (_named(Party, "party", src), _named(Party, "party", dst), _named(Leg, "leg", leg), callback)
        for name, fact in zip(("src", "dst", "leg", "callback"), facts):
            object.__setattr__(self, name, fact)
        numbers = _abi.Facts(self.src.number, self.dst.number, self.leg.number, int(callback))
        object.__setattr__(self, "_facts", numbers)

    @classmethod
    def parse(cls, call: CallLike) -> Call:
        """A call that can happen, from any form in which it is held.

        ``call`` is text of at most 64 KiB, ``src=external,dst=ivr,leg=dst,callback=false`` or the same as a JSON object; a dict
        of these keys; or a call already. ``callback`` may be left out; any other key that is missing, unknown or
        repeated is an error.

        Raises :class:`callprop.Error` with LIMIT, SYNTAX, TYPE, PARTY or CALL (it cannot happen).
        """
        if isinstance(call, (str, bytes)):
            return cls._of(_abi.call_parse(encoded("call", call)))
        if isinstance(call, Call):
            if not _abi.required(call.facts):
                _abi.call_parse(str(call).encode())  # raises, and says why the call cannot happen
                raise Error(ErrorCode.CALL, -1, "call cannot happen")
            return call
        if isinstance(call, Mapping):
            with no_position():
                return cls._of(_abi.call_parse(dumped("call", {**call})))
        raise TypeError(f"call: expected text, a dict or a Call, not {type(call).__name__}")

    @classmethod
    def _of(cls, facts: _abi.Facts) -> Call:
        return cls([*Party][facts.src], [*Party][facts.dst], [*Leg][facts.leg], facts.callback == 1)

    # Made once, and not by cached_property: that has a lock, which a fork while another thread holds it would leave locked for ever.
    @property
    def facts(self) -> _abi.Facts:
        """The four numbers of C's ``cp_call``."""
        facts: _abi.Facts = self.__dict__["_facts"]
        return facts

    def __bytes__(self) -> bytes:
        """C's ``cp_call``, for :func:`callprop.permits_many` and :func:`callprop.required_many`: four bytes."""
        return bytes(self.facts)

    def __str__(self) -> str:
        """The text that :meth:`parse` reads back, when the call can happen."""
        return _abi.call_format(self.facts)

    def __format__(self, format_spec: str) -> str:
        return format(str(self), format_spec)

    def __repr__(self) -> str:
        return f"Call(src={str(self.src)!r}, dst={str(self.dst)!r}, leg={str(self.leg)!r}, callback={self.callback})"


CallLike = Union[Call, Text, Mapping[str, Any]]

#: The 64 calls in the order of C's numbers. `required()` tells the 27 that can happen.
ALL_CALLS = tuple(
    Call(src, dst, leg, callback) for leg in Leg for src in Party for dst in Party for callback in (False, True)
)

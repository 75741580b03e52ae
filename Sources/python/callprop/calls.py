# SPDX-License-Identifier: MIT
"""A call, as four facts."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar, Union

from . import _abi, _pydantic
from ._text import Text, dumped, encoded, is_numpy_bool, no_position, quoted
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
    """What stands at one end of a call. Equal to its name: ``Party.IVR == "ivr"``. In arrays and in C it is its ``number``:
    extension 0, external 1, queue 2, ivr 3."""

    EXTENSION = "extension"  #: a phone of the client (the tenant)
    EXTERNAL = "external"  #: a number outside the client
    QUEUE = "queue"  #: a queue
    IVR = "ivr"  #: a voice menu


class Leg(_Name):
    """At which end of the call our extension is. In arrays and in C its ``number``: src 0, dst 1."""

    SRC = "src"  #: at src: it makes the call; in a callback, it is rung first
    DST = "dst"  #: at dst: the call comes to it; in a callback, it is connected after src has answered


_Named = TypeVar("_Named", Party, Leg)


def _named(names: type[_Named], what: str, given: object) -> _Named:
    if type(given) is names:
        return given
    if isinstance(given, str):
        for name in names:
            # Not `==`, nor a look-up: an object that says it equals a name is not one.
            if str.__eq__(name.value, given):
                return name
    wanted = [name.value for name in names]
    text = f"call: no such {what}: {_shown(given)}; expected {', '.join(wanted[:-1])} or {wanted[-1]}"
    raise Error(ErrorCode.PARTY, -1, text)


def _flag(given: object) -> bool:
    if isinstance(given, bool):
        return given
    if is_numpy_bool(given):
        return bool(given)
    raise Error(ErrorCode.PARTY, -1, f"call: no such callback value: {_shown(given)}; expected True or False")


def _shown(given: object) -> str:
    """The value, and its type where the value alone would look right."""
    kind = type(given).__name__
    return quoted(str(given)) if isinstance(given, (str, int, type(None))) else f"{quoted(str(given))} ({kind[:40]})"


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
        for name, fact in zip(_FACTS, _checked(src, dst, leg, callback)):
            object.__setattr__(self, name, fact)

    def __post_init__(self) -> None:
        """For who makes dataclasses without their constructor, but calls this, as msgspec does."""
        Call.__init__(self, *Call._given(self))

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
            one = cls._plain(call)
            if not _abi.required(one.facts):
                _abi.call_parse(str(one).encode())  # raises, and says why the call cannot happen
                raise Error(ErrorCode.CALL, -1, "call cannot happen")
            return one
        if isinstance(call, Mapping):
            with no_position():
                return cls._of(_abi.call_parse(dumped("call", {**call})))
        raise TypeError(f"call: expected text, a dict or a Call, not {type(call).__name__}")

    @staticmethod
    def _plain(call: Call) -> Call:
        """The call itself; of a subclass the ``Call`` of its four facts, whatever its own methods say."""
        return call if type(call) is Call else Call(*Call._given(call))

    @classmethod
    def _of(cls, facts: _abi.Facts) -> Call:
        return cls([*Party][facts.src], [*Party][facts.dst], [*Leg][facts.leg], facts.callback == 1)

    # Looked at every time, and kept nowhere: what is made in another way than by the constructor, or changed afterwards, is
    # decided as what it says it is, or refused.
    @property
    def facts(self) -> _abi.Facts:
        """The four numbers of C's ``cp_call``. Raises :class:`callprop.Error` of a call that was made without its facts."""
        src, dst, leg, callback = _checked(*self._given())
        return _abi.Facts(src.number, dst.number, leg.number, int(callback))

    def _given(self) -> tuple[Any, Any, Any, Any]:
        try:
            return self.src, self.dst, self.leg, self.callback
        except AttributeError as problem:
            missing = next((name for name in _FACTS if not hasattr(self, name)), problem)
            text = f"call has no {missing}; expected src, dst, leg and perhaps callback"
            raise Error(ErrorCode.TYPE, -1, text) from None

    def to_dict(self) -> dict[str, Any]:
        """The call as the JSON object that :meth:`parse` reads back: names, and a bool.

        >>> Call("external", "ivr", "dst").to_dict()
        {'src': 'external', 'dst': 'ivr', 'leg': 'dst', 'callback': False}
        """
        src, dst, leg, callback = _checked(*self._given())
        return {"src": src.value, "dst": dst.value, "leg": leg.value, "callback": callback}

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> dict[str, Any]:
        return _pydantic.core_schema(cls, cls.parse, cls.to_dict)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, handler: Any) -> dict[str, Any]:
        written = json_schema()
        if handler.mode == "serialization":
            return written
        return {"anyOf": [written, {"type": "string", "description": "src=…,dst=…,leg=…,callback=…"}]}

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


_FACTS = ("src", "dst", "leg", "callback")

# cattrs goes by these, and would make True of any text, "false" included, for bool.
for _field, _type in zip(fields(Call), (Party, Party, Leg, Literal[True, False])):
    _field.type = _type


def json_schema() -> dict[str, Any]:
    """What :meth:`Call.to_dict` gives, in JSON Schema."""
    party, leg = (_pydantic.one_of(name.value for name in names) for names in (Party, Leg))
    callback = {"callback": {"type": "boolean", "default": False}}
    return _pydantic.object_of({"src": party, "dst": party, "leg": leg}, callback)


def _checked(src: object, dst: object, leg: object, callback: object) -> tuple[Party, Party, Leg, bool]:
    return _named(Party, "party", src), _named(Party, "party", dst), _named(Leg, "leg", leg), _flag(callback)


CallLike = Union[Call, Text, Mapping[str, Any]]

#: The 64 calls in the order of C's numbers. `required()` tells the 27 that can happen.
ALL_CALLS = tuple(
    Call(src, dst, leg, callback) for leg in Leg for src in Party for dst in Party for callback in (False, True)
)

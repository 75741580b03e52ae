# SPDX-License-Identifier: MIT
"""May the extension take part in the call, and why (not)? The rule stands in the library, and nowhere here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import FrozenInstanceError
from typing import Any, Final

from . import _abi, _pydantic
from .calls import Call, CallLike, json_schema
from .errors import Error, ErrorCode
from .properties import Properties, PropertiesLike


# No dataclass: what writes those by their fields (dataclasses.asdict, msgspec, FastAPI) would write numbers for sets.
class Decision:
    """A decision, explained. True only when the call is allowed: ``if explain(…):`` is safe. It cannot be changed; one that
    was all the same, through ``__dict__``, is false where the library denies, and is not written.

    ``dict(decision)`` and :meth:`to_dict` are the library's JSON object, which pydantic and FastAPI write as well; see :func:`callprop.to_plain`
    for others. A decision that pydantic reads is decided anew, and refused where it says something else.

    >>> import callprop
    >>> callprop.explain("li", "src=external,dst=queue,leg=dst").to_dict()["required"]
    'qri'
    """

    allowed: Final[bool]
    call: Final[Call]
    required: Final[Properties]  #: the one property, besides ALL, that lets the call through
    granted: Final[Properties]
    matched: Final[Properties | None]  #: the property that let the call through; ALL when only that did
    reason: Final[str]  #: one sentence for an operator

    def __init__(
        self,
        allowed: bool,
        call: Call,
        required: Properties,
        granted: Properties,
        matched: Properties | None,
        reason: str,
    ) -> None:
        self.allowed, self.call, self.required = allowed, call, required
        self.granted, self.matched, self.reason = granted, matched, reason

    def to_dict(self) -> dict[str, Any]:
        """The library's JSON object, that of ``explain_json``: sets are mnemos, and ``matched`` may be None.

        Raises :class:`callprop.Error` where somebody has changed the decision, or made it without :func:`explain`, and it says something else than is decided."""
        return self._decided_anew()._as_dict()

    def _decided_anew(self) -> Decision:
        """What is decided about its set and its call. Python keeps nobody from writing into ``__dict__``."""
        decided = explain(self.granted, self.call)
        for name, value in decided.__dict__.items():
            said = self.__dict__.get(name)
            if name != "reason" and (type(said) is not type(value) or said != value):
                wanted = json.dumps(decided._as_dict()[name])
                raise Error(ErrorCode.TYPE, -1, f"decision: {name} is not what is decided; expected {wanted}")
        return decided

    def _as_dict(self) -> dict[str, Any]:
        return {
            "allowed": self.allowed,
            "call": self.call.to_dict(),
            "required": str(self.required),
            "granted": [*self.granted.mnemos],
            "matched": None if self.matched is None else str(self.matched),
            "reason": self.reason,
        }

    # What makes dict(decision) its JSON object.
    def keys(self) -> Iterable[str]:
        """The names of the members of :meth:`to_dict`."""
        return self.to_dict().keys()

    def __getitem__(self, name: str) -> Any:
        return self.to_dict()[name]

    def __bool__(self) -> bool:
        return self.allowed is True and allows(self.granted, self.call)

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, Decision) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.values()))

    def __repr__(self) -> str:
        return f"Decision({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def __setattr__(self, name: str, value: object) -> None:
        if name in self.__dict__ or name not in Decision.__annotations__:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    @classmethod
    def _read(cls, given: object) -> Decision:
        if isinstance(given, Decision):
            return Decision._decided_anew(given)
        if not isinstance(given, Mapping):
            raise TypeError(f"decision: expected an object or a Decision, not {type(given).__name__}")
        missing = [name for name in ("granted", "call") if name not in given]
        if missing:
            raise Error(ErrorCode.TYPE, -1, f"decision has no {missing[0]}; expected what Decision.to_dict gives")
        decided = explain(given["granted"], given["call"])
        for name, value in decided.to_dict().items():
            said = given.get(name)
            if name in ("allowed", "required", "matched") and (type(said) is not type(value) or said != value):
                text = f"decision: {name} is not what is decided; expected {json.dumps(value)}"
                raise Error(ErrorCode.TYPE, -1, text)
        return decided

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> dict[str, Any]:
        return _pydantic.core_schema(cls, cls._read, cls.to_dict)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        one = _pydantic.one_mnemo()
        return _pydantic.object_of(
            {
                "allowed": {"type": "boolean"},
                "call": json_schema(),
                "required": one,
                "granted": _pydantic.mnemos(),
                "matched": {"anyOf": [one, {"type": "null"}]},
                "reason": {"type": "string"},
            }
        )


def allows(granted: PropertiesLike, call: CallLike) -> bool:
    """May an extension whose status grants this take part in the call?

    ``granted`` is all that :meth:`Properties.parse` reads, ``call`` all that :meth:`Call.parse` reads.
    Raises :class:`callprop.Error`; when both are wrong, about ``granted``.

    >>> import callprop
    >>> callprop.allows("li,ri", callprop.Call("external", "ivr", "dst"))
    True
    >>> callprop.allows({"id": 2, "name": "Lunch", "property_list": ["li"]}, "src=external,dst=ivr,leg=dst")
    False
    """
    properties = Properties.parse(granted)
    return _abi.permits(properties.bits, Call.parse(call).facts)


def explain(granted: PropertiesLike, call: CallLike) -> Decision:
    """The decision of :func:`allows` with its reason. Takes and raises the same; a denial is no error.

    >>> import callprop
    >>> decision = callprop.explain(["li", "lo"], callprop.Call("external", "queue", "dst"))
    >>> decision.allowed, str(decision.required), decision.matched
    (False, 'qri', None)
    >>> print(decision.reason)
    Denied: an outside number calls this extension through a queue, which needs qri (External queue incoming) or all; the status grants neither.
    """
    properties = Properties.parse(granted)
    asked = Call.parse(call)
    bits, facts = properties.bits, asked.facts
    needed = _abi.required(facts)
    return Decision(
        allowed=_abi.permits(bits, facts),
        call=asked,
        required=Properties(needed),
        granted=Properties(bits),
        # Of the two that could, the first that lets the call through: the library is asked, with each of them alone.
        matched=next(
            (Properties(one) for one in (needed, Properties.ALL.bits) if _abi.permits(bits & one, facts)), None
        ),
        reason=_abi.reason(bits, facts),
    )


def reason(granted: PropertiesLike, call: CallLike) -> str:
    """Why :func:`allows` decides as it does: one sentence for an operator or a log. Takes and raises the same.

    >>> import callprop
    >>> print(callprop.reason("ri", "src=external,dst=ivr,leg=dst"))
    Permitted: an outside number calls this extension through a voice menu, allowed by ri (External incoming personal).
    """
    properties = Properties.parse(granted)
    return _abi.reason(properties.bits, Call.parse(call).facts)


def explain_json(granted: PropertiesLike, call: CallLike) -> str:
    """The decision as the library's JSON object, of less than 1 KiB. Takes and raises the same as :func:`allows`; also MEMORY.

    >>> import callprop
    >>> callprop.explain_json("li", "src=external,dst=queue,leg=dst")[:90]
    '{"allowed":false,"call":{"src":"external","dst":"queue","leg":"dst","callback":false},"req'
    """
    properties = Properties.parse(granted)
    return _abi.explain_json(str(properties).encode(), str(Call.parse(call)).encode())


def required(call: CallLike) -> Properties:
    """The one property, besides ALL, that lets the call through.

    Raises :class:`callprop.Error` as :meth:`Call.parse` does, so also for a call that cannot happen. It has no answer
    that would be safe: the empty set is ``in`` every set.

    >>> import callprop
    >>> str(callprop.required(callprop.Call("external", "queue", "dst")))
    'qri'
    """
    return Properties(_abi.required(Call.parse(call).facts))

# SPDX-License-Identifier: MIT
"""May the extension take part in the call, and why (not)? The rule stands in the library, and nowhere here."""

from __future__ import annotations

from dataclasses import dataclass

from . import _abi
from .calls import Call, CallLike
from .properties import Properties, PropertiesLike


@dataclass(frozen=True)
class Decision:
    """A decision, explained. True only when the call is allowed: ``if explain(…):`` is safe."""

    allowed: bool
    call: Call
    required: Properties  #: the one property, besides ALL, that lets the call through
    granted: Properties
    matched: Properties | None  #: the property that let the call through; ALL when only that did
    reason: str  #: one sentence for an operator

    def __bool__(self) -> bool:
        return self.allowed is True


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
        matched=next((Properties(one) for one in (needed, Properties.ALL) if _abi.permits(bits & one, facts)), None),
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
    """The decision as the library's JSON object, of less than 1 KiB. Takes and raises the same as :func:`allows`; also MEMORY."""
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

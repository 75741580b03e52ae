# SPDX-License-Identifier: MIT
"""A call is whole however it is made, or is refused."""

from __future__ import annotations

import array
import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import callprop
from callprop import Call, Error, ErrorCode, Leg, Party
from expected import ALL_CALLS, MNEMOS, can_happen, permitted

RING = {"src": "external", "dst": "ivr", "leg": "dst"}


def set_by_hand(call: Any) -> Call:
    made = object.__new__(Call)
    for name, fact in call._asdict().items():
        object.__setattr__(made, name, fact)
    return made


WAYS: dict[str, Callable[[Any], Call]] = {
    "by hand, of names": set_by_hand,
    "by hand, of enums": lambda call: set_by_hand(
        call._replace(src=Party(call.src), dst=Party(call.dst), leg=Leg(call.leg))
    ),
    "by its dict": lambda call: _with_dict(call._asdict()),
    "copy": lambda call: copy.copy(Call(*call)),
    "deepcopy": lambda call: copy.deepcopy(Call(*call)),
    **{
        f"pickle {n}": lambda call, n=n: pickle.loads(pickle.dumps(Call(*call), n))
        for n in range(pickle.HIGHEST_PROTOCOL + 1)
    },  # type: ignore[misc]
    "replace": lambda call: dataclasses.replace(Call("queue", "queue", "dst", True), **call._asdict()),
    "asdict": lambda call: Call(**dataclasses.asdict(Call(*call))),
    "to_dict": lambda call: Call(**Call(*call).to_dict()),
}


def _with_dict(facts: dict[str, Any]) -> Call:
    made = object.__new__(Call)
    made.__dict__.update(facts)
    return made


@pytest.mark.parametrize("way", WAYS)
def test_a_call_decides_however_it_was_made(way: str) -> None:
    for call in filter(can_happen, ALL_CALLS):
        made, good = WAYS[way](call), Call(*call)
        assert made == good and bytes(made) == bytes(good) and str(made) == str(good) and hash(made) == hash(good)
        for mnemo in MNEMOS:
            assert callprop.allows(mnemo, made) is permitted([mnemo], call)
        assert callprop.permits_many(array.array("I", [1, 1]), made) == b"\1\1"


def test_a_call_that_is_changed_is_decided_as_what_it_then_is() -> None:
    call = Call("external", "ivr", "dst")
    assert callprop.allows("ri", call)
    object.__setattr__(call, "src", "extension")
    assert call == Call("extension", "ivr", "dst") and not callprop.allows("ri", call) and callprop.allows("li", call)


@pytest.mark.parametrize(
    ("facts", "code", "says"),
    [
        ({}, ErrorCode.TYPE, "call has no src; expected src, dst, leg and perhaps callback"),
        (
            {"src": "external", "leg": "dst"},
            ErrorCode.TYPE,
            "call has no dst; expected src, dst, leg and perhaps callback",
        ),
        (
            {**RING, "src": "nobody"},
            ErrorCode.PARTY,
            'call: no such party: "nobody"; expected extension, external, queue or ivr',
        ),
        ({**RING, "leg": None}, ErrorCode.PARTY, 'call: no such leg: "None"; expected src or dst'),
        ({**RING, "callback": 1}, ErrorCode.PARTY, 'call: no such callback value: "1"; expected True or False'),
        (
            {**RING, "src": "ivr"},
            ErrorCode.CALL,
            "call cannot happen: a voice menu never makes a call; expected the caller as src, and dst=ivr",
        ),
    ],
)
def test_half_a_call_is_refused_with_a_sentence(facts: dict[str, Any], code: ErrorCode, says: str) -> None:
    for decide in (
        callprop.required,
        lambda call: callprop.allows("all", call),
        lambda call: callprop.explain("all", call),
    ):
        with pytest.raises(Error) as caught:
            decide(_with_dict(facts))
        assert (caught.value.code, caught.value.text) == (code, says)

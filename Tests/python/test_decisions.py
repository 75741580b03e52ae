# SPDX-License-Identifier: MIT
"""Calls and decisions: all 64 calls, all 256 sets, every form. What is expected is written from the vendor's sentences."""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections import UserDict
from collections.abc import Callable
from typing import Any

import pytest

import callprop
from callprop import Call, Error, ErrorCode, Leg, Party, Properties
from callprop.calls import ALL_CALLS as PACKAGE_CALLS
from conftest import names
from expected import ALL_CALLS, ALL_SETS, LEGS, MNEMOS, PARTIES, bits, can_happen, matched, permitted, required
from expected import Call as Expected


def text_of(call: Expected) -> str:
    return f"src={call.src},dst={call.dst},leg={call.leg},callback={str(call.callback).lower()}"


FORMS: dict[str, Callable[[Expected], Any]] = {
    "names": lambda call: Call(*call),
    "enums": lambda call: Call(Party(call.src), Party(call.dst), Leg(call.leg), callback=call.callback),
    "text": text_of,
    "bytes": lambda call: text_of(call).encode(),
    "JSON": lambda call: json.dumps(call._asdict()),
    "dict": lambda call: call._asdict(),
    "dict with enums": lambda call: {**call._asdict(), "src": Party(call.src), "leg": Leg(call.leg)},
    "mapping that is no dict": lambda call: UserDict(call._asdict()),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_call_is_read_in_every_form(form: str) -> None:
    for call in filter(can_happen, ALL_CALLS):
        read = Call.parse(FORMS[form](call))
        assert (read.src, read.dst, read.leg, read.callback) == call
        assert tuple(bytes(read)) == (
            PARTIES.index(call.src),
            PARTIES.index(call.dst),
            LEGS.index(call.leg),
            call.callback,
        )
        assert (str(read), eval(repr(read)), pickle.loads(pickle.dumps(read))) == (text_of(call), read, read)
        assert type(read.src) is Party and type(read.leg) is Leg and type(read.callback) is bool


@pytest.mark.parametrize("form", FORMS)
def test_a_call_that_cannot_happen_is_refused_everywhere(form: str) -> None:
    impossible = [call for call in ALL_CALLS if not can_happen(call)]
    assert len(impossible) == 37
    for call in impossible:
        given = FORMS[form](call)
        decide: list[Callable[[], object]] = [
            lambda: Call.parse(given),
            lambda: callprop.allows("all", given),
            lambda: callprop.explain("all", given),
            lambda: callprop.required(given),
        ]
        for function in decide:
            with pytest.raises(Error, match="^call: cannot happen: ") as caught:
                function()
            assert caught.value.code is ErrorCode.CALL


@pytest.mark.parametrize("granted_form", ["set", "text", "list", "status"])
def test_all_decisions_are_as_expected(granted_form: str) -> None:
    calls = [(call, Call(*call)) for call in filter(can_happen, ALL_CALLS)]
    for properties in ALL_SETS:
        mnemos = [mnemo for mnemo in MNEMOS if mnemo in properties]
        granted: Any = {
            "set": Properties(bits(mnemos)),
            "text": ",".join(mnemos),
            "list": mnemos,
            "status": {"property_list": mnemos},
        }[granted_form]
        for call, given in calls:
            assert callprop.allows(granted, given) is permitted(properties, call)


def test_all_explanations_are_as_expected() -> None:
    for call in filter(can_happen, ALL_CALLS):
        given = Call(*call)
        assert str(callprop.required(given)) == required(call)
        for properties in ALL_SETS:
            decision = callprop.explain(properties, given)
            one = matched(properties, call)
            assert decision.allowed is bool(decision) is permitted(properties, call)
            assert (decision.call, str(decision.required), decision.granted.bits) == (given, required(call), bits(properties))
            assert (None if decision.matched is None else str(decision.matched)) == one
            assert decision.reason.startswith("Permitted: " if decision else "Denied: ")


def test_what_is_wrong_about_both_is_said_about_the_status() -> None:
    for function in (callprop.allows, callprop.explain):
        with pytest.raises(Error, match="^property_list: "):
            function("lx", "src=nobody,dst=ivr,leg=dst")


REFUSED: list[tuple[Any, ErrorCode, int]] = [
    ("src=nobody,dst=ivr,leg=dst", ErrorCode.PARTY, 4),
    ("src=external,dst=ivr,leg=dst,callback=1", ErrorCode.PARTY, 38),
    ("src=external,dst=ivr", ErrorCode.TYPE, -1),
    ("src=external,dst=ivr,leg=dst\0", ErrorCode.SYNTAX, 28),
    (b"src=external,dst=ivr,leg=dst,\xff=1", ErrorCode.TYPE, 29),
    ("", ErrorCode.SYNTAX, 0),
    ('{"src":"external","dst":"ivr","leg":"dst","leg":"src"}', ErrorCode.TYPE, 43),
    ({}, ErrorCode.TYPE, -1),
    ({"src": "external", "dst": "ivr", "leg": "dst", "callback": 1}, ErrorCode.TYPE, -1),
    ({"src": "external", "dst": "ivr", "leg": "dst", "callback": "false"}, ErrorCode.TYPE, -1),
    ({"src": "external", "dst": "ivr", "leg": "dst", "extension": 101}, ErrorCode.TYPE, -1),
    ({"src": "external", "dst": "ivr", "leg": None}, ErrorCode.TYPE, -1),
    ({"src": "external", "dst": "ivr", "leg": object()}, ErrorCode.TYPE, -1),
    ({"src": "external", "dst": "ivr", "leg": "dst", 1: 2}, ErrorCode.TYPE, -1),
]


@pytest.mark.parametrize(("given", "code", "position"), REFUSED, ids=names(REFUSED))
def test_what_is_no_call_is_refused_with_code_and_position(given: Any, code: ErrorCode, position: int) -> None:
    for function in (Call.parse, lambda call: callprop.allows("all", call), lambda call: callprop.explain("all", call)):
        with pytest.raises(Error) as caught:
            function(given)
        assert (caught.value.code, caught.value.position) == (code, position), caught.value
        assert caught.value.text.startswith("call: ")


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (("nobody", "ivr", "dst"), 'call: no such party: "nobody"; expected extension, external, queue or ivr'),
        (("external", "IVR", "dst"), 'call: no such party: "IVR"; expected extension, external, queue or ivr'),
        (("external", "ivr", "ivr"), 'call: no such leg: "ivr"; expected src or dst'),
        (("external", Leg.DST, "dst"), 'call: no such party: "dst"; expected extension, external, queue or ivr'),
        ((1, "ivr", "dst"), 'call: no such party: "1"; expected extension, external, queue or ivr'),
        ((None, "ivr", "dst"), 'call: no such party: "None"; expected extension, external, queue or ivr'),
        (("x" * 1000, "ivr", "dst"), f'call: no such party: "{"x" * 39}..."; expected extension, external, queue or ivr'),
        (("\x1b[2J\n", "ivr", "dst"), 'call: no such party: "\\u001b[2J\\n"; expected extension, external, queue or ivr'),
        (("external", "ivr", "dst", 1), 'call: no such callback value: "1"; expected True or False'),
        (("external", "ivr", "dst", "false"), 'call: no such callback value: "false"; expected True or False'),
        (("external", "ivr", "dst", None), 'call: no such callback value: "None"; expected True or False'),
    ],
)
def test_a_call_is_not_made_of_what_cannot_be_a_party(facts: tuple[Any, ...], says: str) -> None:
    with pytest.raises(Error) as caught:
        Call(*facts)
    assert (str(caught.value), caught.value.code) == (says, ErrorCode.PARTY)


@pytest.mark.parametrize("given", [None, 1, True, ["src", "external"], Party.IVR.number, object()])
def test_a_call_is_none_of_these(given: Any) -> None:
    with pytest.raises(TypeError):
        callprop.allows("all", given)


def test_calls_are_values() -> None:
    call = Call("external", "ivr", "dst")
    assert call == Call(Party.EXTERNAL, Party.IVR, Leg.DST, False) and len({call, Call("external", "ivr", "dst")}) == 1
    assert dataclasses.replace(call, dst="queue") == Call("external", "queue", "dst")
    assert f"{Party.IVR}|{Leg.DST:>5}" == "ivr|  dst"
    with pytest.raises(dataclasses.FrozenInstanceError):
        call.callback = True  # type: ignore[misc]
    assert sorted(map(bytes, PACKAGE_CALLS)) == sorted(map(bytes, (Call(*call) for call in ALL_CALLS)))


class _Liar(str):
    """Text that equals everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


def test_an_object_that_lies_about_itself_does_not_become_a_party() -> None:
    with pytest.raises(Error):
        Call(_Liar("nobody"), "ivr", "dst")


@pytest.mark.parametrize("answer", ['{"allowed":true}', '{"allowed":1,"call":', "", "[]"])
def test_a_damaged_explanation_is_never_a_permission(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(callprop._abi, "explain_json", lambda *_: answer)
    with pytest.raises(Exception):
        callprop.explain("all", Call("external", "ivr", "dst"))


def test_a_decision_is_what_decides_and_not_what_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = callprop.decisions.explain_json("li", Call("external", "ivr", "dst"))
    permitting = denied.replace('"allowed":false', '"allowed":true')
    assert permitting != denied
    monkeypatch.setattr(callprop._abi, "explain_json", lambda *_: permitting)
    assert not callprop.explain("li", Call("external", "ivr", "dst"))
    monkeypatch.setattr(callprop._abi, "explain_json", lambda *_: denied.replace("false", "1", 1))
    assert not callprop.explain("ri", Call("external", "ivr", "dst"))

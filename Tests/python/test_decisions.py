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
        assert Call.parse(f"{read}") == read and f"{read:>60}" == text_of(call).rjust(60)
        assert (str(read), eval(repr(read)), pickle.loads(pickle.dumps(read))) == (text_of(call), read, read)
        assert type(read.src) is Party and type(read.leg) is Leg and type(read.callback) is bool


def why_impossible(call: Expected) -> str:
    """The error of a call that cannot happen."""
    if call.src == "ivr":
        dst = ", and dst=ivr" if call.dst in ("extension", "ivr") else ""
        return f"call cannot happen: a voice menu never makes a call; expected the caller as src{dst}"
    if call.src == "queue" and not call.callback:
        dst = ", and dst=queue where it rings an agent" if call.dst in ("extension", "queue") else ""
        return f"call cannot happen: a queue makes a call only in a callback; expected the caller as src{dst}"
    if call.src == call.dst == "external":
        return (
            "call cannot happen: from outside to outside no extension takes part; expected nobody to be asked about it"
        )
    if call.leg == "src":
        return "call cannot happen: src=external on leg src, where our own extension makes the call; expected leg=dst where it is rung"
    return "call cannot happen: dst=external on leg dst, where our own extension is rung; expected leg=src, for our own extension there"


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
            lambda: callprop.reason("all", given),
            lambda: callprop.required(given),
        ]
        for function in decide:
            with pytest.raises(Error) as caught:
                function()
            assert (caught.value.text, caught.value.code, caught.value.position) == (
                why_impossible(call),
                ErrorCode.CALL,
                -1,
            )


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
            assert (decision.call, str(decision.required), decision.granted.bits) == (
                given,
                required(call),
                bits(properties),
            )
            assert (None if decision.matched is None else str(decision.matched)) == one
            assert decision.reason == callprop.reason(properties, given)
            assert decision.reason.startswith("Permitted: " if decision else "Denied: ")


def test_an_explanation_is_that_of_the_librarys_json() -> None:
    """Which says the same facts another way: no JSON is read for a Decision."""
    for call in filter(can_happen, ALL_CALLS):
        given = Call(*call)
        for number in range(256):
            decision = callprop.explain(Properties(number), given)
            assert json.loads(callprop.decisions.explain_json(Properties(number), given)) == {
                "allowed": decision.allowed,
                "call": call._asdict(),
                "required": str(decision.required),
                "granted": [*decision.granted.mnemos],
                "matched": None if decision.matched is None else str(decision.matched),
                "reason": decision.reason,
            }


def test_what_is_wrong_about_both_is_said_about_the_status() -> None:
    for function in (callprop.allows, callprop.explain, callprop.reason):
        with pytest.raises(Error, match=r"^property_list: "):
            function("lx", "src=nobody,dst=ivr,leg=dst")


KEYS = "expected src, dst, leg and perhaps callback"
REFUSED: list[tuple[Any, ErrorCode, int, str]] = [
    (
        "src=nobody,dst=ivr,leg=dst",
        ErrorCode.PARTY,
        4,
        'call: no such party: "nobody"; expected extension, external, queue or ivr',
    ),
    (
        "src=external,dst=ivr,leg=dst,callback=1",
        ErrorCode.PARTY,
        38,
        'call: no such callback value: "1"; expected true or false',
    ),
    ("src=external,dst=ivr", ErrorCode.TYPE, -1, f"call has no leg; {KEYS}"),
    ("src=external,dst=ivr,leg=dst\0", ErrorCode.SYNTAX, 28, "call has a NUL; expected text without one"),
    (
        b"src=external,dst=ivr,leg=dst,\xff=1",
        ErrorCode.TYPE,
        29,
        'call: unknown key "\\xff"; expected src, dst, leg or callback',
    ),
    (
        "src=external,dst=ivr,leg=dst,",
        ErrorCode.SYNTAX,
        29,
        "call has an empty item; expected key=value between commas",
    ),
    ("", ErrorCode.SYNTAX, 0, f"call is empty; {KEYS}"),
    (
        '{"src":"external","dst":"ivr","leg":"dst","leg":"src"}',
        ErrorCode.TYPE,
        43,
        'call: repeated key "leg"; expected each key once',
    ),
    (
        '{"src":"external" "dst"}',
        ErrorCode.SYNTAX,
        18,
        'call: malformed JSON at "\\"dst\\"}"; expected strict JSON in UTF-8',
    ),
    ({}, ErrorCode.TYPE, -1, f"call has no src; {KEYS}"),
    (
        {"src": "external", "dst": "ivr", "leg": "dst", "callback": 1},
        ErrorCode.TYPE,
        -1,
        'call: not a JSON boolean: "1"; expected true or false, without quotes',
    ),
    (
        {"src": "external", "dst": "ivr", "leg": "dst", "callback": "false"},
        ErrorCode.TYPE,
        -1,
        'call: not a JSON boolean: "\\"false\\""; expected true or false, without quotes',
    ),
    (
        {"src": "external", "dst": "ivr", "leg": "dst", "extension": 101},
        ErrorCode.TYPE,
        -1,
        'call: unknown key "extension"; expected src, dst, leg or callback',
    ),
    (
        {"src": "external", "dst": "ivr", "leg": None},
        ErrorCode.TYPE,
        -1,
        'call: not a JSON string: "null"; expected a name in quotes',
    ),
    (
        {"src": "external", "dst": "ivr", "leg": object()},
        ErrorCode.TYPE,
        -1,
        'call holds what JSON has not: "Object of type object is not JSON seria..."; expected text',
    ),
    (
        {"src": "external", "dst": "ivr", "leg": "dst", 1: 2},
        ErrorCode.TYPE,
        -1,
        'call: unknown key "1"; expected src, dst, leg or callback',
    ),
]


@pytest.mark.parametrize(("given", "code", "position", "text"), REFUSED, ids=names(REFUSED))
def test_what_is_no_call_is_refused_with_code_position_and_text(
    given: Any, code: ErrorCode, position: int, text: str
) -> None:
    for function in (Call.parse, lambda call: callprop.allows("all", call), lambda call: callprop.explain("all", call)):
        with pytest.raises(Error) as caught:
            function(given)
        assert (caught.value.code, caught.value.position, caught.value.text) == (code, position, text)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (("nobody", "ivr", "dst"), 'call: no such party: "nobody"; expected extension, external, queue or ivr'),
        (("external", "IVR", "dst"), 'call: no such party: "IVR"; expected extension, external, queue or ivr'),
        (("external", "ivr", "ivr"), 'call: no such leg: "ivr"; expected src or dst'),
        (("external", Leg.DST, "dst"), 'call: no such party: "dst"; expected extension, external, queue or ivr'),
        ((1, "ivr", "dst"), 'call: no such party: "1"; expected extension, external, queue or ivr'),
        ((None, "ivr", "dst"), 'call: no such party: "None"; expected extension, external, queue or ivr'),
        (
            ("x" * 1000, "ivr", "dst"),
            f'call: no such party: "{"x" * 39}..."; expected extension, external, queue or ivr',
        ),
        (
            ("\x1b[2J\n", "ivr", "dst"),
            'call: no such party: "\\u001b[2J\\n"; expected extension, external, queue or ivr',
        ),
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
    with pytest.raises(TypeError) as caught:
        callprop.allows("all", given)
    assert str(caught.value) == f"call: expected text, a dict or a Call, not {type(given).__name__}"


def test_calls_are_values() -> None:
    call = Call("external", "ivr", "dst")
    assert call == Call(Party.EXTERNAL, Party.IVR, Leg.DST, False) and len({call, Call("external", "ivr", "dst")}) == 1
    assert dataclasses.replace(call, dst="queue") == Call("external", "queue", "dst")
    assert f"{Party.IVR}|{Leg.DST:>5}" == "ivr|  dst"
    # What is left out is said once for the constructor and once for who looks at the fields.
    assert dataclasses.fields(Call)[3].default is Call("external", "ivr", "dst").callback is False
    with pytest.raises(dataclasses.FrozenInstanceError):
        call.callback = True  # type: ignore[misc]
    assert sorted(map(bytes, PACKAGE_CALLS)) == sorted(map(bytes, (Call(*call) for call in ALL_CALLS)))


class _Liar(str):
    """Text that equals everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


def test_an_object_that_lies_about_itself_does_not_become_a_party() -> None:
    with pytest.raises(Error) as caught:
        Call(_Liar("nobody"), "ivr", "dst")
    assert (caught.value.code, caught.value.position) == (ErrorCode.PARTY, -1)


def test_a_decision_is_what_decides_and_not_what_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Call("external", "ivr", "dst")
    sentences = {granted: callprop.reason(granted, ring) for granted in ("li", "ri")}
    assert [sentence.split()[0] for sentence in sentences.values()] == ["Denied:", "Permitted:"]
    for said in (*sentences.values(), ""):
        monkeypatch.setattr(callprop._abi, "reason", lambda *_: said)
        for granted in sentences:
            decision = callprop.explain(granted, ring)
            assert (decision.allowed, bool(decision), decision.matched is None) == (
                granted == "ri",
                granted == "ri",
                granted == "li",
            )
            assert decision.reason == said

# SPDX-License-Identifier: MIT
"""Whatever is given: what a second reading of it grants or asks is what is decided; and what that refuses, is refused, with one of
two exceptions. A refusal of anything else would be as wrong as a permission."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import callprop
from callprop import Call, Error, ErrorCode, Properties
from expected import ALL_CALLS, LEGS, MNEMOS, PARTIES, bits, can_happen, permitted
from expected import Call as Expected
from reading import NotStrict, read_call, read_list

ASKED = Expected("external", "ivr", "dst", False)
CALL = Call(*ASKED)

near_mnemos = st.sampled_from([*MNEMOS, "ALL", " all", "al", "all ", "", "li,all", '"all"', "all\0", "аll"])
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=8) | near_mnemos
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(
            st.sampled_from(["property_list", "src", "dst", "leg", "callback", "id"]) | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
texts = (
    st.text()
    | st.binary()
    | st.lists(near_mnemos, max_size=4).map(",".join)
    | st.text(alphabet='[]{}",: \t\nalroiq\\u0')
)


def text_of(call: Expected) -> str:
    return f"src={call.src},dst={call.dst},leg={call.leg},callback={str(call.callback).lower()}"


# As they are, or with one thing changed: of the values above, hardly one is a call.
good_calls = st.sampled_from(ALL_CALLS).flatmap(
    lambda call: st.sampled_from([call._asdict(), text_of(call), json.dumps(call._asdict()), text_of(call).encode()])
)
near_calls = st.builds(
    lambda call, key, value: {**call._asdict(), key: value},
    st.sampled_from(ALL_CALLS),
    st.sampled_from(["src", "dst", "leg", "callback", "since"]),
    scalars | st.sampled_from([*PARTIES, *LEGS]),
)
good_statuses = st.lists(st.sampled_from(MNEMOS), max_size=4).flatmap(
    lambda mnemos: st.sampled_from(
        [
            mnemos,
            tuple(mnemos),
            {"id": 1, "property_list": mnemos},
            ",".join(mnemos),
            json.dumps(mnemos),
            ", ".join(mnemos).encode(),
        ]
    )
)


def evenly(*kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """As many of each kind. Of those that stand between | there would be as many as they have kinds themselves, and hardly one a call."""
    return st.sampled_from(kinds).flatmap(lambda kind: kind)


any_status = evenly(values, texts, good_statuses)
any_call = evenly(values, texts, good_calls, near_calls)


def raw(text: str | bytes) -> bytes:
    """Text as it reaches the library."""
    if isinstance(text, str):
        try:
            text = text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            text = text.encode("utf-8", "surrogatepass")
    if b"\0" in text:
        raise NotStrict("a NUL, where C's text ends")
    return text


def mnemos_of(granted: Any) -> list[str] | None:
    """The mnemos in text, a list or a status; None where there are none to be read."""
    if isinstance(granted, (str, bytes)):
        try:
            return sorted(read_list(raw(granted)))
        except NotStrict:
            return None
    found = granted.get("property_list") if isinstance(granted, dict) else granted
    if isinstance(granted, dict) and not isinstance(found, (list, tuple)):
        return None
    # Whatever can be gone through is taken for a list: of a dict, its keys.
    if not isinstance(found, (list, tuple)) or not all(isinstance(mnemo, str) and mnemo in MNEMOS for mnemo in found):
        return None
    return list(found)


def call_of(given: Any) -> Expected | None:
    """The call in text or a dict; None where there is none that can happen."""
    try:
        return read_call(raw(given) if isinstance(given, (str, bytes)) else json.dumps(given, allow_nan=False).encode())
    except (NotStrict, TypeError, ValueError):
        return None


def says_what_is_wrong(argument: str, error: Error) -> bool:
    """One printable sentence: the argument, what is wrong, what would be right."""
    wording = rf"{argument}(: | is | has | holds | cannot )[ -~]+; expected [ -~]+"
    return re.fullmatch(wording, error.text) is not None


@given(any_status)
def test_any_value_as_a_status(granted: Any) -> None:
    mnemos = mnemos_of(granted)
    try:
        answer = callprop.allows(granted, CALL)
    except Error as error:
        assert mnemos is None and says_what_is_wrong("property_list", error), error.text
        if isinstance(granted, (str, bytes)):
            size = len(granted.encode("utf-8", "surrogatepass") if isinstance(granted, str) else granted)
            assert -1 <= error.position <= size
        else:
            assert error.position == -1
        return
    except TypeError:
        # What can be gone through is refused for what it holds.
        assert not isinstance(granted, (str, bytes, list, tuple, dict))
        return
    assert mnemos is not None and answer is permitted(mnemos, ASKED)
    properties = Properties.parse(granted)
    assert (type(properties), int(properties)) == (Properties, bits(set(mnemos)))
    assert bool(callprop.explain(granted, CALL)) is answer
    assert Properties.parse(str(properties)) == properties
    assert Properties.parse_known(granted) == (properties, None)


@given(any_status)
def test_any_value_as_a_status_of_a_newer_pbx(granted: Any) -> None:
    """What is known of it is granted, and nothing else: the strict reading refuses exactly where something is reported or refused."""
    strict: Properties | Error | TypeError
    try:
        strict = Properties.parse(granted)
    except (Error, TypeError) as problem:
        strict = problem
    try:
        known, unknown = Properties.parse_known(granted)
    except (Error, TypeError) as problem:
        assert isinstance(strict, (Error, TypeError))
        if not isinstance(problem, TypeError) and problem.code is ErrorCode.PROPERTY:
            # A text that is no list of mnemos at all.
            assert isinstance(granted, (str, bytes)) and problem.position >= 0
        return
    if unknown is None:
        assert known == strict
    else:
        assert (
            isinstance(strict, Error)
            and unknown.code is ErrorCode.PROPERTY
            and says_what_is_wrong("property_list", unknown)
        )
        # What else is wrong is refused by both; so the two speak of the same mnemo.
        assert (strict.code, strict.position, strict.text) == (unknown.code, unknown.position, unknown.text)


@given(any_call)
def test_any_value_as_a_call(given_call: Any) -> None:
    wanted = call_of(given_call)
    try:
        answer = callprop.allows("all", given_call)
    except Error as error:
        assert wanted is None and says_what_is_wrong("call", error), error.text
        return
    except TypeError:
        assert not isinstance(given_call, (str, bytes, dict))
        return
    assert wanted is not None and answer is True
    read = Call.parse(given_call)
    assert (read.src, read.dst, read.leg, read.callback) == wanted and str(read) == text_of(wanted)
    assert callprop.reason("all", given_call).startswith("Permitted: ")


facts_of_calls = st.sampled_from([*PARTIES, *LEGS, True, False]) | values


@given(st.tuples(facts_of_calls, facts_of_calls, facts_of_calls, facts_of_calls) | st.sampled_from(ALL_CALLS))
def test_any_values_as_the_facts_of_a_call(facts: tuple[Any, Any, Any, Any]) -> None:
    try:
        call = Call(*facts)
    except Error as error:
        src, dst, leg, callback = facts
        wrong = [
            isinstance(callback, bool),
            *(isinstance(name, str) and name in known for name, known in ((src, PARTIES), (dst, PARTIES), (leg, LEGS))),
        ]
        assert not all(wrong), "these are four facts"
        assert error.text.startswith("call: no such ") and error.text.isprintable() and error.text.isascii()
        return
    assert (call.src, call.dst, call.leg, call.callback) == facts
    assert can_happen(Expected(*facts)) == (callprop._abi.required(call.facts) != 0)


@given(values | st.sampled_from(MNEMOS))
def test_any_value_as_a_mnemo(mnemo: Any) -> None:
    try:
        found = callprop.get(mnemo)
    except KeyError:
        assert isinstance(mnemo, str) and mnemo not in MNEMOS
        return
    except TypeError:
        assert not isinstance(mnemo, str)
        return
    assert found.mnemo == mnemo and mnemo in MNEMOS


def test_what_is_given_reaches_both_sides() -> None:
    """Were all of it refused, the tests above would say little."""
    seen: dict[str, set[bool]] = {"status": set(), "call": set(), "facts": set()}

    @given(any_status, any_call, st.sampled_from(ALL_CALLS))
    def look(granted: Any, call: Any, facts: Expected) -> None:
        seen["status"].add(mnemos_of(granted) is not None)
        seen["call"].add(call_of(call) is not None)
        seen["facts"].add(can_happen(facts))

    look()
    assert seen == {"status": {True, False}, "call": {True, False}, "facts": {True, False}}

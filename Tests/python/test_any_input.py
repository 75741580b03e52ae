# SPDX-License-Identifier: MIT
"""Whatever is given: a permission comes out only where one is due, and everything else is False or one of two exceptions."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import callprop
from callprop import Call, Error, ErrorCode, Properties
from expected import MNEMOS, permitted
from expected import Call as Expected

ASKED = Expected("external", "ivr", "dst", False)
CALL = Call(*ASKED)

near_mnemos = st.sampled_from([*MNEMOS, "ALL", " all", "al", "all ", "", "li,all", '"all"', "all\0", "аll"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=8) | near_mnemos
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4)
    | st.tuples(inner, inner)
    | st.dictionaries(st.sampled_from(["property_list", "src", "dst", "leg", "callback", "id"]) | st.text(max_size=4), inner, max_size=5),
    max_leaves=12,
)
texts = st.text() | st.binary() | st.lists(near_mnemos, max_size=4).map(",".join) | st.text(alphabet='[]{}",: \t\nalroiq\\u0')


def mnemos_of(granted: Any) -> list[Any] | None:
    """The mnemos in a list or a status; None where there are none to be read."""
    found = granted.get("property_list") if isinstance(granted, dict) else granted
    if not isinstance(found, (list, tuple)) or not all(isinstance(mnemo, str) and mnemo in MNEMOS for mnemo in found):
        return None
    return list(found)


def says_what_is_wrong(argument: str, error: Error) -> bool:
    """One printable sentence: the argument, what is wrong, what would be right."""
    wording = rf"{argument}(: | is | has | holds | cannot )[ -~]+; expected [ -~]+"
    return re.fullmatch(wording, error.text) is not None


@given(values)
def test_any_value_as_a_status(granted: Any) -> None:
    try:
        answer = callprop.allows(granted, CALL)
    except (Error, TypeError):
        assert isinstance(granted, (str, bytes)) or mnemos_of(granted) is None
        return
    assert type(answer) is bool
    if not isinstance(granted, (str, bytes)):
        mnemos = mnemos_of(granted)
        assert mnemos is not None and answer is permitted(mnemos, ASKED)
        assert bool(callprop.explain(granted, CALL)) is answer


@given(texts)
def test_any_text_as_a_status(granted: str | bytes) -> None:
    try:
        properties = Properties.parse(granted)
    except Error as error:
        assert says_what_is_wrong("property_list", error), error.text
        size = len(granted.encode("utf-8", "surrogatepass") if isinstance(granted, str) else granted)
        assert -1 <= error.position <= size
        return
    assert Properties.parse(str(properties)) == properties
    assert Properties.parse_known(granted) == (properties, None)
    text = granted if isinstance(granted, bytes) else granted.encode()
    # Escapes aside, a property that is granted stands in the text.
    assert b"\\" in text or all(mnemo.encode() in text for mnemo in properties.mnemos)


@given(values | texts)
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
        assert isinstance(strict, Error) and unknown.code is ErrorCode.PROPERTY and says_what_is_wrong("property_list", unknown)
        # What else is wrong is refused by both; so the two speak of the same mnemo.
        assert (strict.code, strict.position, strict.text) == (unknown.code, unknown.position, unknown.text)


@given(values | texts)
def test_any_value_as_a_call(call: Any) -> None:
    try:
        answer = callprop.allows("all", call)
    except Error as error:
        assert says_what_is_wrong("call", error), error.text
        return
    except TypeError:
        return
    assert answer is True and Call.parse(call) == Call.parse(str(Call.parse(call)))
    assert callprop.reason("all", call).startswith("Permitted: ")


@given(st.tuples(values, values, values, values))
def test_any_values_as_the_facts_of_a_call(facts: tuple[Any, Any, Any, Any]) -> None:
    try:
        call = Call(*facts)
    except Error as error:
        assert error.text.startswith("call: no such ") and error.text.isprintable() and error.text.isascii()
        return
    assert (call.src, call.dst, call.leg, call.callback) == facts


@given(values)
def test_any_value_as_a_mnemo(mnemo: Any) -> None:
    try:
        found = callprop.get(mnemo)
    except (KeyError, TypeError):
        assert mnemo not in MNEMOS if isinstance(mnemo, str) else True
        return
    assert found.mnemo == mnemo and mnemo in MNEMOS

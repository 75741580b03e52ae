# SPDX-License-Identifier: MIT
"""Every call with every set of properties, in every form, against what the vendor's description says."""

import re
from itertools import product

import pytest

import capi
from capi import Library
from expected import (
    ALL_CALLS,
    ALL_SETS,
    CALLS_THAT_HAPPEN,
    IN_WORDS,
    LETS_THROUGH,
    MNEMOS,
    WHY_IT_CANNOT_HAPPEN,
    Call,
    bits,
    can_happen,
    permitted,
    required,
    required_by_table,
)
from forms import CALL_FORMS, LIST_FORMS, LISTS, comma_list, fail_with, key_value, named, typed

CALLS_THAT_CANNOT_HAPPEN = [call for call in ALL_CALLS if not can_happen(call)]

# ---- What is expected, held against itself -------------------------------------------------------------


def test_the_sentences_and_the_table_say_the_same() -> None:
    by_sentences = {call: required(call) for call in CALLS_THAT_HAPPEN}
    assert by_sentences == required_by_table()


def test_of_the_64_calls_27_can_happen() -> None:
    assert (len(ALL_CALLS), len(CALLS_THAT_HAPPEN), len(CALLS_THAT_CANNOT_HAPPEN)) == (64, 27, 37)
    assert len(set(ALL_SETS)) == 256


@pytest.mark.parametrize("call", CALLS_THAT_HAPPEN, ids=str)
def test_one_property_besides_all_lets_a_call_through(call: Call) -> None:
    letting_through = [mnemo for mnemo in MNEMOS if LETS_THROUGH[mnemo](call)]
    assert len(letting_through) == 2 and letting_through[0] == "all", letting_through


# ---- Decisions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ALL_CALLS, ids=str)
def test_text_is_decided_as_described_in_every_form(library: Library, call: Call) -> None:
    wrong = []
    expected = [permitted(properties, call) for properties in ALL_SETS]
    expected_code = capi.OK if can_happen(call) else capi.CALL
    for (call_form, write), (list_form, lists) in product(CALL_FORMS.items(), LISTS):
        text = write(call)
        for properties, property_list, is_permitted in zip(ALL_SETS, lists, expected, strict=True):
            allowed, error = library.allows(property_list, text)
            if allowed != is_permitted or error.code != expected_code:
                wrong.append(
                    f"{list_form} {property_list.decode()} and {call_form} {text.decode()}:"
                    f" {named(properties)} gives {allowed}, {error};"
                    f" expected {is_permitted}, code {expected_code}"
                )
    fail_with(wrong)


@pytest.mark.parametrize("call", ALL_CALLS, ids=str)
def test_values_are_decided_as_described(library: Library, call: Call) -> None:
    struct = typed(call)
    one = required(call)
    assert library.required(struct) == (0 if one is None else bits([one])), f"expected {one}"

    expected = [permitted(properties, call) for properties in ALL_SETS]
    single = [library.permits(bits(properties), struct) for properties in ALL_SETS]
    many = library.permits_many([(bits(properties), struct) for properties in ALL_SETS])
    fail_with(
        [
            f"{named(properties)}: cp_permits {by_one}, cp_permits_many {by_many}; expected {right}"
            for properties, by_one, by_many, right in zip(ALL_SETS, single, many, expected, strict=True)
            if (by_one, by_many) != (right, right)
        ]
    )


def test_what_many_calls_require_is_what_each_of_them_does(library: Library) -> None:
    structs = [typed(call) for call in ALL_CALLS]
    expected = [bits([one]) if (one := required(call)) else 0 for call in ALL_CALLS]
    assert [library.required(struct) for struct in structs] == expected
    # Of each number of calls, so that what is left over of a block is seen too.
    for count in range(len(structs) + 1):
        assert library.required_many(structs[:count]) == expected[:count], count
        assert library.required_many(structs[len(structs) - count :]) == expected[len(structs) - count :], count


def test_a_value_out_of_range_among_many_requires_nothing(library: Library) -> None:
    good = [typed(call) for call in CALLS_THAT_HAPPEN]
    for place in range(len(good)):
        for member, number in product(("src", "dst", "leg", "callback"), (4, 2, 127, 128, 255)):
            calls = [capi.CallStruct(call.src, call.dst, call.leg, call.callback) for call in good]
            setattr(calls[place], member, number)
            expected = [bits([required(call) or ""]) for call in CALLS_THAT_HAPPEN]
            expected[place] = library.required(calls[place])
            assert expected[place] == 0 or (member in ("src", "dst") and number == 2)
            assert library.required_many(calls) == expected, (place, member, number)


def test_many_different_calls_are_decided_at_once(library: Library) -> None:
    pairs = list(product(ALL_SETS, ALL_CALLS))
    many = library.permits_many([(bits(properties), typed(call)) for properties, call in pairs])
    fail_with(
        [
            f"{named(properties)}, {call}: {got}"
            for (properties, call), got in zip(pairs, many, strict=True)
            if got != permitted(properties, call)
        ]
    )


@pytest.mark.parametrize("form", CALL_FORMS)
def test_a_call_that_happens_is_parsed_to_its_value(library: Library, form: str) -> None:
    for call in CALLS_THAT_HAPPEN:
        struct = typed(call)
        values = (struct.src, struct.dst, struct.leg, struct.callback)
        assert library.parse_call(CALL_FORMS[form](call)) == (values, capi.NO_ERROR), call


@pytest.mark.parametrize("call", ALL_CALLS, ids=str)
def test_a_call_is_written_as_text_and_read_back_when_it_can_happen(library: Library, call: Call) -> None:
    struct = typed(call)
    text = library.format_call(struct)
    assert text == key_value(call)
    values, error = library.parse_call(text)
    if can_happen(call):
        assert (values, error) == ((struct.src, struct.dst, struct.leg, struct.callback), capi.NO_ERROR)
    else:
        assert (values, error.code) == (None, capi.CALL)


def test_a_call_with_a_value_out_of_range_has_no_text(library: Library) -> None:
    assert library.format_call(None) == b""
    for member, number in product(range(4), range(256)):
        values = [0, 0, 0, 0]
        values[member] = number
        in_range = number < (4, 4, 2, 2)[member]
        assert (library.format_call(capi.CallStruct(*values)) != b"") == in_range, values


def test_cp_call_max_suffices_for_every_call(library: Library) -> None:
    lengths = {len(library.format_call(typed(call))) for call in ALL_CALLS}
    assert 30 < max(lengths) < capi.CALL_MAX


@pytest.mark.parametrize("form", LIST_FORMS)
def test_a_property_list_is_parsed_to_its_value(library: Library, form: str) -> None:
    for properties in ALL_SETS:
        text = LIST_FORMS[form](properties)
        assert library.parse_properties(text) == (bits(properties), capi.NO_ERROR), text
        assert library.parse_known_properties(text) == (bits(properties), capi.NO_ERROR), text


@pytest.mark.parametrize("call", [call for call in ALL_CALLS if not call.callback], ids=str)
def test_a_callback_that_is_left_out_is_false(library: Library, call: Call) -> None:
    text = f"src={call.src},dst={call.dst},leg={call.leg}".encode()
    as_json = f'{{"src":"{call.src}","dst":"{call.dst}","leg":"{call.leg}"}}'.encode()
    for properties in ALL_SETS:
        expected = library.allows(comma_list(properties), key_value(call))
        assert expected[0] == permitted(properties, call)
        for short in (text, as_json):
            allowed, error = library.allows(comma_list(properties), short)
            assert (allowed, error.code) == (expected[0], expected[1].code), short


# ---- Calls that cannot happen --------------------------------------------------------------------------

# How an error's text gives each of the reasons.
REASON_TEXTS = {
    "an external number or a voice menu is never the originating leg of our extension": "where our own extension makes the call",
    "a voice menu never originates": "a voice menu never makes a call",
    "a queue originates only in a callback": "only in a callback",
    "an external dst is not a leg of our extension": "where our own extension is rung",
    "no extension takes part": "no extension takes part",
}


@pytest.mark.parametrize("call", CALLS_THAT_CANNOT_HAPPEN, ids=str)
def test_a_call_that_cannot_happen_is_an_error_with_its_reason(library: Library, call: Call) -> None:
    reasons = [text for why, text in REASON_TEXTS.items() if WHY_IT_CANNOT_HAPPEN[why](call)]
    words = IN_WORDS[call]
    assert any(text in words["rule"] for text in reasons), f"{words}; expected one of {reasons}"
    expected = capi.Error(capi.CALL, -1, f"call cannot happen: {words['rule']}; expected {words['remedy']}")
    for write in CALL_FORMS.values():
        text = write(call)
        errors = [library.allows(b"all", text)[1], library.explain(b"all", text)[1], library.parse_call(text)[1]]
        assert errors == [expected] * 3


def test_each_reason_why_a_call_cannot_happen_has_a_text_of_its_own() -> None:
    rules = {IN_WORDS[call]["rule"] for call in CALLS_THAT_CANNOT_HAPPEN}
    assert len(rules) == len(REASON_TEXTS), rules
    for text in REASON_TEXTS.values():
        assert len([rule for rule in rules if text in rule]) == 1, (text, rules)


def remedied(call: Call, remedy: str) -> list[Call]:
    """The calls that a remedy may lead to, by the facts that it names. `the caller` may be any party that makes calls."""
    found = []
    # What is advised on a condition may be left as it is.
    unconditional = re.sub(r",? and dst=\w+ where .*", "", remedy)
    for advice in {remedy, unconditional}:
        facts = dict(re.findall(r"(src|dst|leg)=(\w+)", advice))
        callers = ("extension", "external") if "the caller as src" in advice else (call.src,)
        found += [call._replace(**{"src": caller, **facts}) for caller in callers]
    return found


@pytest.mark.parametrize("call", CALLS_THAT_CANNOT_HAPPEN, ids=str)
def test_no_advice_lets_a_call_through_that_the_caller_did_not_mean(call: Call) -> None:
    """What dst says stays, unless it may be the phone that a menu or a queue led to; and nobody becomes the one who calls."""
    led_to = [other for other in remedied(call, IN_WORDS[call]["remedy"]) if can_happen(other)]
    for other in led_to:
        assert other.callback == call.callback, f"{call}: a callback is nothing that a caller forgets"
        if call.dst in ("external", "queue") or (call.src, call.dst) == ("queue", "ivr"):
            assert other.dst == call.dst, f"{call}: what is there stays: {other}"
        if "the caller as src" not in IN_WORDS[call]["remedy"]:
            assert other.src == call.src, f"{call}: nobody else becomes the caller: {other}"
    if call.src == call.dst == "external":
        assert not led_to, "no extension takes part: there is no question"
    if call.src == "ivr" and call.leg == "dst" and call.dst == "extension":
        assert {required(other) for other in led_to} == {"li", "ri"}
    if call.src == "queue" and call.leg == "dst" and call.dst == "queue":
        assert {required(other) for other in led_to} <= {"qli", "qri"}

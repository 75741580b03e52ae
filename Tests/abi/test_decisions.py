# SPDX-License-Identifier: MIT
"""Every call with every set of properties, in every form, against what the vendor's description says."""

import json
import re
from collections.abc import Sequence
from itertools import product

import pytest

import capi
from capi import Library
from expected import (
    ALL_CALLS,
    ALL_SETS,
    LETS_THROUGH,
    MNEMOS,
    NAMES,
    WHY_IT_CANNOT_HAPPEN,
    Call,
    bits,
    can_happen,
    matched,
    permitted,
    required,
    required_by_table,
)
from forms import CALL_FORMS, LIST_FORMS, comma_list, key_value, typed

CALLS_THAT_HAPPEN = [call for call in ALL_CALLS if can_happen(call)]
CALLS_THAT_CANNOT_HAPPEN = [call for call in ALL_CALLS if not can_happen(call)]

# The texts are the same for every call and every set.
LISTS = [(form, [write(properties) for properties in ALL_SETS]) for form, write in LIST_FORMS.items()]


def named(properties: frozenset[str]) -> str:
    return "{" + comma_list(properties).decode() + "}"


def fail_with(wrong: Sequence[str]) -> None:
    if wrong:
        shown = "\n".join(wrong[:10])
        pytest.fail(f"{len(wrong)} decisions are wrong, such as\n{shown}", pytrace=False)


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


@pytest.mark.parametrize("form", LIST_FORMS)
def test_a_property_list_is_parsed_to_its_value(library: Library, form: str) -> None:
    for properties in ALL_SETS:
        text = LIST_FORMS[form](properties)
        assert library.parse_properties(text) == (bits(properties), capi.NO_ERROR), text


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
    "an external number or a voice menu is never the originating leg of our extension": "on leg src",
    "a voice menu never originates": "a voice menu never originates",
    "a queue originates only in a callback": "only in a callback",
    "an external dst is not a leg of our extension": "no leg of our extension",
}


@pytest.mark.parametrize("call", CALLS_THAT_CANNOT_HAPPEN, ids=str)
def test_a_call_that_cannot_happen_is_an_error_with_its_reason(library: Library, call: Call) -> None:
    reasons = [text for why, text in REASON_TEXTS.items() if WHY_IT_CANNOT_HAPPEN[why](call)]
    assert reasons
    for write in CALL_FORMS.values():
        text = write(call)
        errors = [library.allows(b"all", text)[1], library.explain(b"all", text)[1], library.parse_call(text)[1]]
        for error in errors:
            assert (error.code, error.position) == (capi.CALL, -1), error
            assert error.text.startswith("call: cannot happen: "), error
            assert any(reason in error.text for reason in reasons), f"{error.text}; expected one of {reasons}"
            assert "; expected " in error.text, error


def test_each_reason_why_a_call_cannot_happen_has_a_text_of_its_own(library: Library) -> None:
    texts = {library.parse_call(key_value(call))[1].text for call in CALLS_THAT_CANNOT_HAPPEN}
    assert len(texts) == len(REASON_TEXTS), texts
    for reason in REASON_TEXTS.values():
        assert len([text for text in texts if reason in text]) == 1, (reason, texts)


# ---- Explanations --------------------------------------------------------------------------------------


def wrong_in_reason(reason: str, granted: frozenset[str], call: Call) -> str | None:
    """What is wrong with the sentence for the operator, if anything is."""
    is_permitted = permitted(granted, call)
    if not reason.startswith("Permitted: " if is_permitted else "Denied: "):
        return "does not begin with the decision"
    if not reason.endswith(".") or "\n" in reason:
        return "is no sentence"

    # Which properties it names: the one that let the call through; or the one that would, and `all`, which needs no name.
    decisive = matched(granted, call) or required(call)
    assert decisive is not None
    named_ones = [mnemo for mnemo in MNEMOS if f"{mnemo} ({NAMES[mnemo]})" in reason]
    if named_ones != [decisive]:
        return f"names {named_ones}; expected {decisive} ({NAMES[decisive]})"
    if ("or all" in reason) == is_permitted:
        return "does not say that all would do, where it is denied"
    if not is_permitted and ("nothing" in reason) != (not granted):
        return "does not tell a status that grants nothing from one that grants something else"

    # What it says about the call, names of properties apart.
    about_call = re.sub(r"\(.*?\)", "", reason)
    for word, is_so in {
        "callback": call.callback,
        "queue": "queue" in (call.src, call.dst),
        "voice menu": "ivr" in (call.src, call.dst),
        "outside number": "external" in (call.src, call.dst),
    }.items():
        if (word in about_call) != is_so:
            return f"{'does not speak' if is_so else 'speaks'} of a {word}"
    return None


@pytest.mark.parametrize("call", CALLS_THAT_HAPPEN, ids=str)
def test_an_explanation_says_what_was_decided_and_why(library: Library, call: Call) -> None:
    wrong = []
    for properties in ALL_SETS:
        text, error = library.explain(comma_list(properties), key_value(call))
        assert error == capi.NO_ERROR, error
        explanation = json.loads(text)
        reason = explanation.pop("reason", "")
        expected = {
            "allowed": permitted(properties, call),
            "call": call._asdict(),
            "required": required(call),
            "granted": [mnemo for mnemo in MNEMOS if mnemo in properties],
            "matched": matched(properties, call),
        }
        if explanation != expected:
            wrong.append(f"{named(properties)}: {explanation}; expected {expected}")
        complaint = wrong_in_reason(reason, properties, call)
        if complaint:
            wrong.append(f"{named(properties)}: {complaint}: {reason}")
    fail_with(wrong)


@pytest.mark.parametrize("call", CALLS_THAT_HAPPEN, ids=str)
def test_an_explanation_is_the_same_for_every_form(library: Library, call: Call) -> None:
    explanations = [
        {library.explain(lists[number], write(call))[0] for write in CALL_FORMS.values() for _, lists in LISTS}
        for number in range(256)
    ]
    assert [len(texts) for texts in explanations] == [1] * 256


def test_cp_explain_max_suffices_for_every_explanation(library: Library) -> None:
    # The wrapper has checked that the text in a buffer of CP_EXPLAIN_MAX is as long as the length that is returned.
    lengths = {
        len(library.explain(comma_list(properties), key_value(call))[0])
        for properties, call in product(ALL_SETS, CALLS_THAT_HAPPEN)
    }
    assert 100 < max(lengths) < capi.EXPLAIN_MAX

# SPDX-License-Identifier: MIT
"""What is said of every call with every set: explanations, and the reason in them, word for word."""

import json
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
    MNEMOS,
    NAMES,
    Call,
    bits,
    can_happen,
    matched,
    permitted,
    reason,
    required,
)
from forms import CALL_FORMS, LISTS, comma_list, fail_with, key_value, named, typed

# ---- Explanations --------------------------------------------------------------------------------------


def wrong_in_reason(sentence: str, granted: frozenset[str], call: Call) -> str | None:
    """What is wrong with the sentence for the operator, if anything is."""
    is_permitted = permitted(granted, call)
    if not sentence.startswith("Permitted: " if is_permitted else "Denied: "):
        return "does not begin with the decision"
    if not sentence.endswith(".") or "\n" in sentence:
        return "is no sentence"

    # Which properties it names: the one that let the call through; or the one that would, and `all`, which needs no name.
    decisive = matched(granted, call) or required(call)
    assert decisive is not None
    named_ones = [mnemo for mnemo in MNEMOS if f"{mnemo} ({NAMES[mnemo]})" in sentence]
    if named_ones != [decisive]:
        return f"names {named_ones}; expected {decisive} ({NAMES[decisive]})"
    if ("or all" in sentence) == is_permitted:
        return "does not say that all would do, where it is denied"
    if not is_permitted and ("nothing" in sentence) != (not granted):
        return "does not tell a status that grants nothing from one that grants something else"

    # What it says about the call, names of properties apart.
    about_call = re.sub(r"\(.*?\)", "", sentence)
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
        sentence = explanation.pop("reason", "")
        expected = {
            "allowed": permitted(properties, call),
            "call": call._asdict(),
            "required": required(call),
            "granted": [mnemo for mnemo in MNEMOS if mnemo in properties],
            "matched": matched(properties, call),
        }
        if explanation != expected:
            wrong.append(f"{named(properties)}: {explanation}; expected {expected}")
        complaint = wrong_in_reason(sentence, properties, call)
        if complaint:
            wrong.append(f"{named(properties)}: {complaint}: {sentence}")
        if sentence != reason(properties, call):
            wrong.append(f"{named(properties)}: {sentence}; expected {reason(properties, call)}")
    fail_with(wrong)


@pytest.mark.parametrize("call", ALL_CALLS, ids=str)
def test_a_reason_is_that_of_the_explanation_or_says_that_the_call_cannot_happen(library: Library, call: Call) -> None:
    wrong = []
    for properties in ALL_SETS:
        sentence = library.reason(bits(properties), typed(call))
        if sentence != reason(properties, call):
            wrong.append(f"{named(properties)}: {sentence}; expected {reason(properties, call)}")
        if sentence != library.reason(bits(properties) | 0xFFFFFF00, typed(call)):
            wrong.append(f"{named(properties)}: another sentence with bits that are no property")
        explanation = library.explain(comma_list(properties), key_value(call))[0]
        if can_happen(call) and json.loads(explanation)["reason"] != sentence:
            wrong.append(f"{named(properties)}: {sentence}; cp_explain says {explanation.decode()}")
    fail_with(wrong)


def test_a_reason_names_a_value_out_of_range_and_takes_null_for_one(library: Library) -> None:
    expected = "Denied: this call cannot happen: a value of it is out of range."
    bounds = (4, 4, 2, 2)
    for granted, member in product((0, 1, 0xFF, 0xFFFFFFFF), range(4)):
        assert library.reason(granted, None) == expected
        for number in range(bounds[member], 256):
            values = [0, 0, 0, 0]
            values[member] = number
            assert library.reason(granted, capi.CallStruct(*values)) == expected, (granted, values)


def test_cp_reason_max_suffices_for_every_reason(library: Library) -> None:
    # The wrapper has checked that the text in a buffer of CP_REASON_MAX is as long as the length that is returned.
    lengths = {len(library.reason(bits(properties), typed(call))) for properties, call in product(ALL_SETS, ALL_CALLS)}
    assert 100 < max(lengths) < capi.REASON_MAX


def test_the_two_legs_of_a_call_have_reasons_of_their_own() -> None:
    clauses = [words["clause"] for words in IN_WORDS.values() if "clause" in words]
    assert len(set(clauses)) == len(clauses) == 27


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

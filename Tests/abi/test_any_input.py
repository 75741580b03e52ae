# SPDX-License-Identifier: MIT
"""Texts that nobody has thought of: what must hold for all of them. The same examples in every run (see conftest.py)."""

import json
import re

from hypothesis import example, given
from hypothesis import strategies as st

import capi
from capi import Library
from expected import ALL_CALLS, LEGS, MNEMOS, PARTIES, Call, can_happen, permitted
from forms import CALL_FORMS, LIST_FORMS, comma_list, json_object, key_value, typed
from reading import BYTE_ORDER_MARK, DEPTH_MAX, WHITE_SPACE, NotStrict, read_call, read_list, read_strings

# ---- Texts ---------------------------------------------------------------------------------------------

# C's text ends at a NUL.
any_bytes = st.binary(max_size=200).map(lambda text: text.replace(b"\0", b""))

sets = st.frozensets(st.sampled_from(MNEMOS))
calls = st.sampled_from(ALL_CALLS)
good_lists = st.builds(lambda write, properties: write(properties), st.sampled_from(list(LIST_FORMS.values())), sets)
good_calls = st.builds(lambda write, call: write(call), st.sampled_from(list(CALL_FORMS.values())), calls)

TOKENS = (
    *MNEMOS,
    *("[", "]", "{", "}", ":", ",", ",,", '"', '""', "=", "\\", '\\"', "\\\\", "\\/", "\\n", "\\u006c", "\\u00"),
    *(
        "\\u0000",
        "\\ud83d",
        "\\ude00",
        "\\ud83d\\ude00",
        "\\uDBFF\\uDFFF",
        '"\\ud83d\\ude00"',
        '"\\ud83d"',
        "\\x",
        "\\",
    ),
    *('"li"', '"property_list"', '"property_list":', '"property_list":["li"]', '"a":1', "[]", "{}"),
    *('"src"', '"dst"', '"leg"', '"callback"', "src=", "dst=", "leg=", "callback="),
    *("extension", "external", "queue", "ivr", "src", "dst", "true", "false", "null", "0", "-1", "1.5", "01"),
    *("1e999", "-1e-999", "1E+5", "-0", "0.", ".5", "1e", "-", "+1", "1" * 40, "1" * 5000, "NaN", "Infinity"),
    *('"a":1e999,', '"a":1,"a":2,', '"a":"\\u0000",', '"property_list":[],'),
    # The reader takes strings in by eight bytes; names of ours have at most 16.
    *(f'"{"x" * length}"' for length in (6, 7, 8, 9, 14, 15, 16, 17, 127, 255)),
    *(f'"long":"{"é" * 300}",', f'"{"x" * 7}é{"x" * 7}"', f'"{"x" * 8}\\u0041"', f'"property_list{"x" * 4}"'),
    *(" ", "\t", "\r", "\n", "\v", "\f", "\x01", "\x7f", "é", "\u00a0", "\ufeff", "𝟙", "bogus", "LI"),
)
RAW_TOKENS = (b"\x80", b"\xc3", b"\xff", b"\xed\xa0\x80", b"\xf4\x90\x80\x80")
token_soup = st.lists(st.sampled_from([*(token.encode() for token in TOKENS), *RAW_TOKENS]), max_size=25).map(b"".join)


@st.composite
def damaged(draw: st.DrawFn, texts: st.SearchStrategy[bytes]) -> bytes:
    """A good text with a few bytes put in, taken out or doubled."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 4)))
        middle = draw(st.sampled_from([b"", text[start:end] * 2, *(token.encode() for token in TOKENS), *RAW_TOKENS]))
        text = text[:start] + middle + text[end:]
    return text


def perhaps_marked(texts: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.builds(lambda mark, text: mark + text, st.sampled_from([b"", b"", b"", BYTE_ORDER_MARK]), texts)


lists = perhaps_marked(st.one_of(any_bytes, token_soup, good_lists, damaged(good_lists)))
call_texts = perhaps_marked(st.one_of(any_bytes, token_soup, good_calls, damaged(good_calls)))

# ---- What holds for all of them ------------------------------------------------------------------------


@given(lists)
@example(b"")
@example(b'["li"')
def test_a_property_list_is_read_as_python_reads_it(library: Library, text: bytes) -> None:
    try:
        expected: frozenset[str] | None = read_list(text)
    except NotStrict:
        expected = None
    properties, error = library.parse_properties(text)
    if expected is None:
        assert properties is None and error.code != capi.OK, f"{text!r} is read as {properties}; expected an error"
    else:
        bits = sum(1 << MNEMOS.index(mnemo) for mnemo in expected)
        assert (properties, error) == (bits, capi.NO_ERROR), f"{text!r}; expected {sorted(expected)}"


@given(lists)
@example(b"bogus,li")
@example(b'["bogus","li"]')
def test_mnemos_that_are_not_known_are_let_pass_and_the_first_is_reported(library: Library, text: bytes) -> None:
    try:
        items: list[str] | None = read_strings(text)
    except NotStrict:
        items = None
    properties, unknown = library.parse_known_properties(text)
    is_between_commas = not text.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n").startswith((b"[", b"{"))
    if items is None or (is_between_commas and not all(re.fullmatch(r"[A-Za-z0-9_-]+", item) for item in items)):
        assert properties is None, f"{text!r} is read as {properties}; expected an error"
        return
    assert properties == sum(1 << MNEMOS.index(mnemo) for mnemo in set(items) & set(MNEMOS)), text
    if set(items) <= set(MNEMOS):
        assert unknown == capi.NO_ERROR, text
    else:
        # The strict one stops there, and says the same.
        assert library.parse_properties(text) == (None, unknown), text
        assert unknown.code == capi.PROPERTY, unknown


@given(call_texts)
def test_a_call_is_read_as_python_reads_it(library: Library, text: bytes) -> None:
    try:
        expected: Call | None = read_call(text)
    except NotStrict:
        expected = None
    call, error = library.parse_call(text)
    if expected is None:
        assert call is None and error.code != capi.OK, f"{text!r} is read as {call}; expected an error"
    else:
        struct = typed(expected)
        values = (struct.src, struct.dst, struct.leg, struct.callback)
        assert (call, error) == (values, capi.NO_ERROR), f"{text!r}; expected {expected}"


@given(lists, call_texts)
def test_nothing_is_permitted_unless_both_texts_are_read_and_the_values_permit(
    library: Library, property_list: bytes, call_text: bytes
) -> None:
    # The wrapper checks that each error's text is printable ASCII, and that a permission comes without an error.
    allowed, error = library.allows(property_list, call_text)
    explanation, explain_error = library.explain(property_list, call_text)
    properties, list_error = library.parse_properties(property_list)
    call, call_error = library.parse_call(call_text)

    first_error = list_error if properties is None else call_error
    assert error == explain_error == first_error
    if properties is None or call is None:
        assert not allowed and explanation == b""
    else:
        assert allowed == library.permits(properties, capi.CallStruct(*call))
        assert json.loads(explanation)["allowed"] == allowed
        assert json.loads(explanation)["reason"] == library.reason(properties, capi.CallStruct(*call))


@given(any_bytes)
def test_no_bytes_are_a_mnemo_but_the_eight(library: Library, text: bytes) -> None:
    assert (library.cp_get(text) is not None) == (text in [mnemo.encode() for mnemo in MNEMOS])


@given(st.integers(0, 0xFFFFFFFF))
def test_a_set_is_read_back_as_it_was_written(library: Library, properties: int) -> None:
    text = library.format_properties(properties)
    expected = [mnemo for bit, mnemo in enumerate(MNEMOS) if properties >> bit & 1]
    assert text.decode() == ",".join(expected)
    assert library.parse_properties(text) == (properties & 0xFF, capi.NO_ERROR)


# ---- White space, order, repetition --------------------------------------------------------------------

spaces = st.text(WHITE_SPACE, max_size=3)


def json_tokens(value: object) -> list[str]:
    """A value as the tokens of JSON between which white space may stand."""
    if isinstance(value, dict):
        members = [[json.dumps(key), ":", *json_tokens(inner)] for key, inner in value.items()]
        return ["{", *_joined(members), "}"]
    if isinstance(value, list):
        return ["[", *_joined([json_tokens(inner) for inner in value]), "]"]
    return [json.dumps(value)]


def _joined(parts: list[list[str]]) -> list[str]:
    tokens: list[str] = []
    for number, part in enumerate(parts):
        tokens += ([","] if number else []) + part
    return tokens


LIST_TOKENS = {
    "JSON array": json_tokens,
    "status object": lambda mnemos: json_tokens({"id": 1, "property_list": mnemos, "more": [{}, [], {"a": None}]}),
    "comma list": lambda mnemos: _joined([[mnemo] for mnemo in mnemos]),
}
CALL_TOKENS = {
    "JSON object": lambda facts: json_tokens(dict(facts)),
    "key=value": lambda facts: _joined([[key, "=", str(value).lower()] for key, value in facts]),
}


@st.composite
def spaced(draw: st.DrawFn, tokens: list[str]) -> bytes:
    """The tokens with white space anywhere before, between and behind them."""
    return "".join([draw(spaces) + token for token in tokens] + [draw(spaces)]).encode()


@given(st.data(), st.lists(st.sampled_from(MNEMOS)), st.sampled_from(list(LIST_TOKENS)))
def test_white_space_order_and_repeats_do_not_change_a_property_list(
    library: Library, data: st.DataObject, mnemos: list[str], form: str
) -> None:
    text = data.draw(spaced(LIST_TOKENS[form](mnemos)))
    expected = library.parse_properties(comma_list(mnemos))
    assert expected[1] == capi.NO_ERROR
    assert library.parse_properties(text) == expected, text


@given(st.data(), sets, calls, st.permutations(Call._fields), st.sampled_from(list(CALL_TOKENS)))
def test_white_space_and_order_do_not_change_a_decision(
    library: Library, data: st.DataObject, properties: frozenset[str], call: Call, order: list[str], form: str
) -> None:
    text = data.draw(spaced(CALL_TOKENS[form]([(key, getattr(call, key)) for key in order])))
    allowed, error = library.allows(comma_list(properties), text)
    expected_code = capi.OK if can_happen(call) else capi.CALL
    assert (allowed, error.code) == (permitted(properties, call), expected_code), text
    assert (
        library.explain(comma_list(properties), text)[0] == library.explain(comma_list(properties), key_value(call))[0]
    ), text


def first_problem(facts: list[tuple[str, object]], form: str) -> tuple[int, str]:
    """The code of the first problem among facts of which one key is repeated, and what its text begins with."""
    seen = set()
    for key, value in facts:
        if key in seen:
            return capi.TYPE, f'call: repeated key "{key}"; '
        seen.add(key)
        word = str(value).lower() if form == "key=value" else value
        if key == "callback":
            if form == "JSON object" and not isinstance(value, bool):
                return capi.TYPE, "call: not a JSON boolean: "
            if word not in (True, False, "true", "false"):
                return capi.PARTY, "call: no such callback value: "
        elif not isinstance(word, str):
            return capi.TYPE, "call: not a JSON string: "
        elif word not in (LEGS if key == "leg" else PARTIES):
            return capi.PARTY, f"call: no such {'leg' if key == 'leg' else 'party'}: "
    raise AssertionError("no key is repeated")


@given(st.data(), calls, st.sampled_from(Call._fields), st.sampled_from(list(CALL_TOKENS)))
def test_a_repeated_key_of_a_call_is_an_error(
    library: Library, data: st.DataObject, call: Call, key: str, form: str
) -> None:
    facts: list[tuple[str, object]] = list(call._asdict().items())
    value = data.draw(st.sampled_from([value for name, value in facts if name == key] + [call.src, call.leg, True]))
    facts.insert(data.draw(st.integers(0, len(facts))), (key, value))
    tokens = (
        ["{", *_joined([[json.dumps(name), ":", json.dumps(fact)] for name, fact in facts]), "}"]
        if form == "JSON object"
        else CALL_TOKENS[form](facts)
    )
    text = data.draw(spaced(tokens))
    code, beginning = first_problem(facts, form)
    parsed, error = library.parse_call(text)
    assert (parsed, error.code) == (None, code) and error.text.startswith(beginning), f"{text!r}: {error}"


names = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@given(st.data(), st.dictionaries(names, st.none() | st.booleans() | st.integers(-9, 9), max_size=4), names)
def test_of_a_status_only_property_list_must_not_be_repeated(
    library: Library, data: st.DataObject, members: dict[str, object], key: str
) -> None:
    key = data.draw(st.sampled_from([key, "property_list"]))
    written = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in members.items() if name != "property_list"]
    written.insert(data.draw(st.integers(0, len(written))), '"property_list":["li"]')

    # The second time, the key may be spelt with escapes or without.
    escaped = '"' + "".join(f"\\u{ord(character):04x}" for character in key) + '"'
    spelling = data.draw(
        st.sampled_from([json.dumps(key), json.dumps(key, ensure_ascii=False)] + [escaped] * key.isascii())
    )
    place = data.draw(st.integers(0, len(written)))
    twice = "{" + ",".join([*written[:place], f"{spelling}:[]", *written[place:]]) + "}"
    parsed, error = library.parse_properties(twice.encode())
    if key == "property_list":
        assert parsed is None and error.code == capi.TYPE and error.text.startswith("property_list: repeated key "), (
            f"{twice}: {error}"
        )
    else:
        assert (parsed, error) == (4, capi.NO_ERROR), f"{twice}: {error}"
    nested = '{"property_list":["li"],"in":[' + twice + "]}"
    assert library.parse_properties(nested.encode()) == (4, capi.NO_ERROR), nested


def test_the_second_reading_has_the_librarys_limit_of_depth() -> None:
    assert DEPTH_MAX == capi.DEPTH_MAX


def test_the_examples_reach_both_sides(library: Library) -> None:
    """Were every example refused, the tests above would say nothing."""
    seen = {"list": set[bool](), "call": set[bool]()}

    @given(lists, call_texts)
    def look(property_list: bytes, call_text: bytes) -> None:
        seen["list"].add(library.parse_properties(property_list)[0] is not None)
        seen["call"].add(library.parse_call(call_text)[0] is not None)

    look()
    assert seen == {"list": {True, False}, "call": {True, False}}
    assert library.allows(b"all", json_object(ALL_CALLS[0]))[0]

# SPDX-License-Identifier: MIT
"""Texts that nobody has thought of: what must hold for all of them. The same examples in every run (see conftest.py)."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

import capi
from capi import DEPTH_MAX, Library
from expected import ALL_CALLS, MNEMOS, Call, can_happen, permitted
from forms import CALL_FORMS, LIST_FORMS, comma_list, json_object, key_value, typed

WHITE_SPACE = " \t\r\n"

# ---- Texts ---------------------------------------------------------------------------------------------

# C's text ends at a NUL.
any_bytes = st.binary(max_size=200).map(lambda text: text.replace(b"\0", b""))

sets = st.frozensets(st.sampled_from(MNEMOS))
calls = st.sampled_from(ALL_CALLS)
good_lists = st.builds(lambda write, properties: write(properties), st.sampled_from(list(LIST_FORMS.values())), sets)
good_calls = st.builds(lambda write, call: write(call), st.sampled_from(list(CALL_FORMS.values())), calls)

# Numbers stay small and escapes whole: of others, Python's reading of JSON differs from a strict one.
TOKENS = (
    *MNEMOS,
    *("[", "]", "{", "}", ":", ",", ",,", '"', '""', "=", "\\", '\\"', "\\\\", "\\/", "\\n", "\\u006c"),
    *('"li"', '"property_list"', '"property_list":', '"property_list":["li"]', '"a":1', "[]", "{}"),
    *('"src"', '"dst"', '"leg"', '"callback"', "src=", "dst=", "leg=", "callback="),
    *("extension", "external", "queue", "ivr", "src", "dst", "true", "false", "null", "0", "-1", "1.5", "01"),
    # Lengths at which a buffer of jansson's is about to grow.
    *(f'"{"x" * length}"' for length in (11, 12, 13, 14, 125, 126, 127, 253, 254, 255)),
    *(f'"{"~" * 253}"', f'"{"~" * 253}":', f'"long":"{"é" * 300}",', "1" * 40),
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


lists = st.one_of(any_bytes, token_soup, good_lists, damaged(good_lists))
call_texts = st.one_of(any_bytes, token_soup, good_calls, damaged(good_calls))

# ---- A second reading, in Python -----------------------------------------------------------------------


class NotStrict(Exception):
    pass


def read_json(text: bytes) -> object:
    """Strict JSON, without repeated keys, and no deeper than 32 levels."""

    def without_repeated_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise NotStrict("a repeated key")
        return dict(pairs)

    def no_constant(name: str) -> object:
        raise NotStrict(name)

    def depth(value: object) -> int:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return 0 if inner is None else 1 + max(map(depth, inner), default=0)

    try:
        value = json.loads(text.decode(), object_pairs_hook=without_repeated_keys, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise NotStrict(str(error)) from error
    if depth(value) > DEPTH_MAX:
        raise NotStrict("nested too deeply")
    return value


def read_items(text: bytes) -> list[str]:
    """What stands between commas, which must be something."""
    try:
        items = [item.strip(WHITE_SPACE) for item in text.decode().split(",")]
    except UnicodeDecodeError as error:
        raise NotStrict(str(error)) from error
    if "" in items:
        raise NotStrict("an empty item")
    return items


def read_list(text: bytes) -> frozenset[str]:
    content = text.strip(WHITE_SPACE.encode())
    if content[:1] in (b"[", b"{"):
        items = read_json(content)
        if isinstance(items, dict):
            items = items.get("property_list")
    else:
        items = read_items(content) if content else []
    if not isinstance(items, list) or not all(isinstance(item, str) and item in MNEMOS for item in items):
        raise NotStrict("no list of mnemos")
    return frozenset(items)


def read_call(text: bytes) -> Call:
    content = text.strip(WHITE_SPACE.encode())
    if content[:1] in (b"[", b"{"):
        facts = read_json(content)
    else:
        facts = dict[str, object]()
        for item in read_items(content):
            key, equals, value = (part.strip(WHITE_SPACE) for part in item.partition("="))
            if not equals or key in facts:
                raise NotStrict(item)
            facts[key] = value == "true" if key == "callback" and value in ("true", "false") else value
    if not isinstance(facts, dict) or facts.keys() | {"callback"} != {"src", "dst", "leg", "callback"}:
        raise NotStrict("other keys")
    facts.setdefault("callback", False)
    call = Call(**facts)
    if not isinstance(call.callback, bool) or call not in ALL_CALLS or not can_happen(call):
        raise NotStrict("no such call")
    return call


# ---- What holds for all of them ------------------------------------------------------------------------


@settings(max_examples=2000)
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


@settings(max_examples=2000)
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


@settings(max_examples=1500)
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
    "JSON array": lambda mnemos: json_tokens(mnemos),
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
    assert library.explain(comma_list(properties), text)[0] == library.explain(comma_list(properties), key_value(call))[0], text


@given(st.data(), calls, st.sampled_from(Call._fields), st.sampled_from(list(CALL_TOKENS)))
def test_a_repeated_key_of_a_call_is_an_error(library: Library, data: st.DataObject, call: Call, key: str, form: str) -> None:
    facts = list(call._asdict().items())
    value = data.draw(st.sampled_from([value for name, value in facts if name == key] + [call.src, call.leg, True]))
    facts.insert(data.draw(st.integers(0, len(facts))), (key, value))
    tokens = (
        ["{", *_joined([[json.dumps(name), ":", json.dumps(fact)] for name, fact in facts]), "}"]
        if form == "JSON object"
        else CALL_TOKENS[form](facts)
    )
    text = data.draw(spaced(tokens))
    parsed, error = library.parse_call(text)
    assert parsed is None and error.code in (capi.TYPE, capi.PARTY), f"{text!r}: {error}"
    assert error.code == capi.PARTY or "repeated key" in error.text, f"{text!r}: {error}"
    assert form == "key=value" or error.code == capi.TYPE, f"{text!r}: {error}"


names = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@given(st.data(), st.dictionaries(names, st.none() | st.booleans() | st.integers(-9, 9), max_size=4), names)
def test_a_repeated_key_of_a_status_is_an_error_at_any_depth(
    library: Library, data: st.DataObject, members: dict[str, object], key: str
) -> None:
    pairs: list[tuple[str, object]] = [*members.items(), ("property_list", ["li"])]
    if key not in members and key != "property_list":
        pairs.append((key, 1))
    once = "{" + ",".join(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in pairs) + "}"
    assert library.parse_properties(once.encode()) == (4, capi.NO_ERROR), once

    # The second time, the key may be spelt with escapes or without.
    spelling = data.draw(st.sampled_from([json.dumps(key), json.dumps(key, ensure_ascii=False)]))
    place = data.draw(st.integers(0, len(pairs)))
    written = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in pairs]
    twice = "{" + ",".join([*written[:place], f"{spelling}:0", *written[place:]]) + "}"
    nested = '{"property_list":["li"],"in":[' + twice + "]}"
    for text in (twice, nested):
        parsed, error = library.parse_properties(text.encode())
        assert parsed is None and error.code == capi.TYPE and "repeated key" in error.text, f"{text}: {error}"


def test_the_examples_reach_both_sides(library: Library) -> None:
    """Were every example refused, the tests above would say nothing."""
    seen = {"list": set[bool](), "call": set[bool]()}

    @settings(max_examples=300)
    @given(lists, call_texts)
    def look(property_list: bytes, call_text: bytes) -> None:
        seen["list"].add(library.parse_properties(property_list)[0] is not None)
        seen["call"].add(library.parse_call(call_text)[0] is not None)

    look()
    assert seen == {"list": {True, False}, "call": {True, False}}
    assert library.allows(b"all", json_object(ALL_CALLS[0]))[0]

# SPDX-License-Identifier: MIT
"""Every refusal, through every function that reads the text: its code, its position, and its whole text.
Tests/cases/refusals.json has the inputs; here is what holds for many of them at once."""

import ctypes
import re
from collections.abc import Callable

import pytest

import refusals
from capi import (
    ARGUMENT,
    CALL,
    DEPTH_MAX,
    LIMIT,
    PARTY,
    PROPERTY,
    SYNTAX,
    TEXT_MAX,
    TYPE,
    Error,
    ErrorStruct,
    Library,
)
from installed import REPOSITORY
from refusals import BYTE_ORDER_MARK, REFUSALS, Refusal

GOOD_LIST = b"all"
GOOD_CALL = b"src=external,dst=extension,leg=dst"

# Each gives the error that a function reports for a text. What the wrapper checks besides: nothing permitted, `out`
# untouched, an empty explanation, the text printable.
READERS_OF_LIST: dict[str, Callable[[Library, bytes | None], Error]] = {
    "cp_allows": lambda library, text: library.allows(text, GOOD_CALL)[1],
    "cp_explain": lambda library, text: library.explain(text, GOOD_CALL)[1],
    "cp_properties_parse": lambda library, text: library.parse_properties(text)[1],
}
READERS_OF_CALL: dict[str, Callable[[Library, bytes | None], Error]] = {
    "cp_allows": lambda library, text: library.allows(GOOD_LIST, text)[1],
    "cp_explain": lambda library, text: library.explain(GOOD_LIST, text)[1],
    "cp_call_parse": lambda library, text: library.parse_call(text)[1],
}
ONE_READER: dict[str, Callable[[Library, bytes | None], Error]] = {
    "property_list": READERS_OF_LIST["cp_properties_parse"],
    "call": READERS_OF_CALL["cp_call_parse"],
}

# ---- The table -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS_OF_LIST)
@pytest.mark.parametrize("row", refusals.of("property_list"), ids=str)
def test_a_property_list_is_refused(library: Library, reader: str, row: Refusal) -> None:
    assert READERS_OF_LIST[reader](library, row.input) == row.error


@pytest.mark.parametrize("row", refusals.of("property_list"), ids=str)
def test_only_unknown_mnemos_are_no_refusal_where_they_are_let_pass(library: Library, row: Refusal) -> None:
    properties, error = library.parse_known_properties(row.input)
    if row.problem != "unknownProperty":
        assert (properties, error) == (None, row.error)
    elif properties is not None:
        assert error == row.error, "the first one that is not known is reported, as it would be refused"
    elif error.code == PROPERTY:
        # Between commas, and nothing that a mnemo of a newer PBX may look like.
        assert row.input is not None and not re.match(rb"[\w-]+[ \t\r\n]*(,|$)", row.input[error.position :]), error
    else:
        # Behind the mnemo stands what is wrong with any list.
        assert error.code in (LIMIT, SYNTAX, TYPE) and error.position > row.error.position, error


@pytest.mark.parametrize("reader", READERS_OF_CALL)
@pytest.mark.parametrize("row", refusals.of("call"), ids=str)
def test_a_call_is_refused(library: Library, reader: str, row: Refusal) -> None:
    assert READERS_OF_CALL[reader](library, row.input) == row.error


@pytest.mark.parametrize("row", refusals.of("out"), ids=str)
def test_a_result_without_a_place_is_refused(library: Library, row: Refusal) -> None:
    assert row.input is None
    for function, text in (
        (library.c.cp_properties_parse, GOOD_LIST),
        (library.c.cp_properties_parse_known, GOOD_LIST),
        (library.c.cp_call_parse, GOOD_CALL),
    ):
        raw = ErrorStruct()
        assert (function(text, None, raw), Error.read(raw)) == (0, row.error), function.__name__


@pytest.mark.parametrize("row", refusals.of("buffer"), ids=str)
def test_an_explanation_without_a_buffer_is_refused_before_anything_is_read(library: Library, row: Refusal) -> None:
    assert row.input is None
    largest = (1 << 8 * ctypes.sizeof(ctypes.c_size_t)) - 1
    for size in (1, 1024, largest // 2 + 1, largest):
        for texts in ((GOOD_LIST, GOOD_CALL), (b"bogus", b"bogus"), (None, None)):
            raw = ErrorStruct()
            assert (library.c.cp_explain(*texts, None, size, raw), Error.read(raw)) == (0, row.error), (size, texts)


def test_the_table_has_every_problem_of_the_core() -> None:
    def cases(path: str, enum: str) -> set[str]:
        (body,) = re.findall(
            rf"enum {enum}\b.*?\{{\n(.*?)\n\n", (REPOSITORY / path).read_text(encoding="utf-8"), re.DOTALL
        )
        lines = re.findall(r"^  case (.*)$", body, re.MULTILINE)
        return {re.sub(r"\(.*", "", name) for line in lines for name in line.split(", ")}

    problems = cases("Sources/CallProp/Errors/Problem.swift", "Problem")
    impossibilities = cases("Sources/CallProp/Rules/Impossibility.swift", "Impossibility")
    assert {"isNull", "impossible", "outOfMemory"} < problems and "outOfRange" in impossibilities, "read wrongly"

    # outOfMemory is Tests/proof/allocation.c's. No text is a call with a value out of range: test_decisions.py has cp_reason say it.
    expected = (problems | impossibilities) - {"impossible", "outOfMemory", "outOfRange"}
    assert {row.problem for row in REFUSALS} == expected


def test_a_problem_has_one_code_and_words_of_its_own() -> None:
    words: dict[str, set[tuple[int, str]]] = {}
    for row in REFUSALS:
        # Without the quotation, which is the input's.
        said = re.sub(r' ".*"(?=; expected )', "", row.error.text.removeprefix(row.argument))
        said = re.sub("; expected .*", "", said)
        # One rule, and two things to advise.
        problem = row.problem.replace("BeforeDst", "")
        words.setdefault(
            {"voiceMenu": "voiceMenuAsSrc", "queue": "queueWithoutCallback"}.get(problem, problem), set()
        ).add((row.error.code, said))
    assert {problem: found for problem, found in words.items() if len(found) > 1} == {}
    assert len({next(iter(found)) for found in words.values()}) == len(words)


# ---- What changes nothing ------------------------------------------------------------------------------


def in_front(added: bytes, row: Refusal) -> bytes:
    """The input with something in front, behind a byte order mark where there is one."""
    assert row.input is not None
    mark = BYTE_ORDER_MARK if row.input.startswith(BYTE_ORDER_MARK) else b""
    return mark + added + row.input.removeprefix(mark)


def shifted(error: Error, distance: int) -> Error:
    return Error(error.code, error.position + distance if error.position >= 0 else -1, error.text)


# Of a text that is too long, the position is the limit, wherever the rest stands.
ROWS_THAT_SHIFT = [row for row in REFUSALS if row.input is not None and row.problem != "tooLong"]


@pytest.mark.parametrize("length", range(1, 18))
def test_white_space_in_front_does_not_change_what_is_refused(library: Library, length: int) -> None:
    added = (b" \r\n\t" * 5)[:length]
    for row in ROWS_THAT_SHIFT:
        error = ONE_READER[row.argument](library, in_front(added, row))
        assert error == shifted(row.error, length), row


def test_a_byte_order_mark_in_front_does_not_change_what_is_refused(library: Library) -> None:
    rows = [row for row in ROWS_THAT_SHIFT if row.input is not None and not row.input.startswith(BYTE_ORDER_MARK)]
    assert len(rows) > 400
    for row in rows:
        assert row.input is not None
        error = ONE_READER[row.argument](library, BYTE_ORDER_MARK + row.input)
        assert error == shifted(row.error, len(BYTE_ORDER_MARK)), row


@pytest.mark.parametrize("length", [*range(40), 100, 60_000])
def test_a_member_in_front_does_not_change_what_is_refused(library: Library, length: int) -> None:
    """Of any length: the reader takes strings in by eight bytes, and places must stay right."""
    for member in (b'"member":"%s",' % (b"x" * length), b'"%s":[{"a":1e999},"\\u0000"], ' % (b"\\n" * (length // 2))):
        tried = 0
        for row in refusals.of("property_list"):
            if row.input is None or not row.input.startswith(b'{"') or row.problem in ("tooLong", "nestedTooDeeply"):
                continue
            error = ONE_READER[row.argument](library, b"{" + member + row.input[1:])
            assert error == shifted(row.error, len(member)), row
            tried += 1
        assert tried > 60


@pytest.mark.parametrize("call", [None, b"", b"bogus", b"src=ivr,dst=ivr,leg=dst", b"x" * (TEXT_MAX + 1)], ids=repr)
@pytest.mark.parametrize("property_list", [None, b"bogus", b"[", b"{}", b"x" * (TEXT_MAX + 1)], ids=repr)
def test_when_both_are_wrong_the_error_is_about_the_property_list(
    library: Library, property_list: bytes | None, call: bytes | None
) -> None:
    expected = library.parse_properties(property_list)[1]
    assert re.match(r"property_list\b", expected.text)
    assert library.allows(property_list, call) == (False, expected)
    assert library.explain(property_list, call) == (b"", expected)


# ---- Limits --------------------------------------------------------------------------------------------

TOO_LONG = {
    argument: Error(LIMIT, TEXT_MAX, f"{argument} is too long; expected at most {TEXT_MAX} bytes")
    for argument in ("property_list", "call")
}


def too_deep(argument: str, position: int) -> Error:
    text = f"{argument}: JSON is nested too deeply; expected at most {DEPTH_MAX} levels"
    return Error(LIMIT, position, text)


def padded(text: bytes, size: int, padding: bytes = b" ") -> bytes:
    return text + padding * (size - len(text))


def long_status(size: int) -> bytes:
    """A status with a long name."""
    rest = b'{"property_list":["li"],"name":"%s"}'
    return rest % (b"x" * (size - len(rest % b"")))


LISTS_OF_A_SIZE: dict[str, Callable[[int], bytes]] = {
    "white space alone": lambda size: b" " * size,
    "white space before": lambda size: b"\n" * (size - 2) + b"li",
    "white space behind": lambda size: padded(b"li", size),
    "white space behind JSON": lambda size: padded(b'["li"]', size, b"\t"),
    "repeated mnemos": lambda size: padded(b"li," * ((size - 2) // 3) + b"li", size),
    "repeated mnemos in JSON": lambda size: padded(b"[" + b'"li",' * ((size - 6) // 5) + b'"li"]', size),
    "a status with a long name": long_status,
    "a byte order mark": lambda size: padded(BYTE_ORDER_MARK + b"li", size),
}

CALLS_OF_A_SIZE: dict[str, Callable[[int], bytes]] = {
    "white space before": lambda size: b"\r" * (size - len(GOOD_CALL)) + GOOD_CALL,
    "white space behind": lambda size: padded(GOOD_CALL, size),
    "white space within": lambda size: b"src =" + b" " * (size - len(GOOD_CALL) - 1) + GOOD_CALL[len("src=") :],
    "white space behind JSON": lambda size: padded(b'{"src":"external","dst":"ivr","leg":"dst"}', size, b"\n"),
    "a byte order mark": lambda size: padded(BYTE_ORDER_MARK + GOOD_CALL, size),
}


@pytest.mark.parametrize("form", LISTS_OF_A_SIZE)
def test_a_property_list_of_64_kib_is_read_and_a_longer_one_refused(library: Library, form: str) -> None:
    longest = LISTS_OF_A_SIZE[form](TEXT_MAX)
    assert len(longest) == TEXT_MAX == 65536
    properties, error = library.parse_properties(longest)
    assert properties == (0 if form == "white space alone" else 4), error
    assert library.parse_known_properties(longest) == (properties, error)

    for size in (TEXT_MAX + 1, 2 * TEXT_MAX, 1 << 20):
        too_long = LISTS_OF_A_SIZE[form](size)
        assert len(too_long) == size
        for read in READERS_OF_LIST.values():
            assert read(library, too_long) == TOO_LONG["property_list"]
        assert library.parse_known_properties(too_long) == (None, TOO_LONG["property_list"])


@pytest.mark.parametrize("form", CALLS_OF_A_SIZE)
def test_a_call_of_64_kib_is_read_and_a_longer_one_refused(library: Library, form: str) -> None:
    longest = CALLS_OF_A_SIZE[form](TEXT_MAX)
    assert len(longest) == TEXT_MAX
    call, error = library.parse_call(longest)
    assert call is not None and call[0] == 1, error

    for size in (TEXT_MAX + 1, 2 * TEXT_MAX, 1 << 20):
        too_long = CALLS_OF_A_SIZE[form](size)
        assert len(too_long) == size
        for read in READERS_OF_CALL.values():
            assert read(library, too_long) == TOO_LONG["call"]


def nested(levels: int, opening: bytes, closing: bytes) -> bytes:
    return opening * levels + b"1" + closing * levels


NESTINGS = {"arrays": (b"[", b"]"), "objects": (b'{"a":', b"}")}


@pytest.mark.parametrize("kind", NESTINGS)
def test_a_status_of_32_levels_is_read_and_a_deeper_one_refused(library: Library, kind: str) -> None:
    def status(levels: int) -> bytes:
        return b'{"property_list":["li"],"more":' + nested(levels - 1, *NESTINGS[kind]) + b"}"

    assert library.parse_properties(status(DEPTH_MAX))[0] == 4
    for levels in (DEPTH_MAX + 1, DEPTH_MAX + 2, 1000):
        text = status(levels)
        opening = NESTINGS[kind][0]
        position = text.index(opening * (levels - 1)) + len(opening) * (DEPTH_MAX - 1)
        for read in READERS_OF_LIST.values():
            assert read(library, text) == too_deep("property_list", position)


@pytest.mark.parametrize("opening", [b"[", b'["li",', b" [", b'[{"a":'], ids=repr)
def test_brackets_that_never_close_are_refused_for_their_depth(library: Library, opening: bytes) -> None:
    brackets = [match.start() for match in re.finditer(rb"[\[{]", opening * (DEPTH_MAX + 1))]
    for levels in (DEPTH_MAX + 1, 60000 // len(opening)):
        for read in READERS_OF_LIST.values():
            assert read(library, opening * levels) == too_deep("property_list", brackets[DEPTH_MAX])
        for read in READERS_OF_CALL.values():
            assert read(library, opening * levels) == too_deep("call", brackets[DEPTH_MAX])


def test_a_call_that_is_nested_is_refused_for_its_depth_or_its_type(library: Library) -> None:
    for levels, code in ((DEPTH_MAX, TYPE), (DEPTH_MAX + 1, LIMIT)):
        text = b'{"src":' + nested(levels - 1, b"[", b"]") + b',"dst":"ivr","leg":"dst"}'
        for read in READERS_OF_CALL.values():
            assert read(library, text).code == code, levels


@pytest.mark.parametrize(
    "name", [b"[" * 100, b"{" * 100, b'\\"' + b"[" * 100, b"\\\\\\\\" + b"[" * 100, b"[{" * 1000], ids=len
)
def test_brackets_within_a_string_nest_nothing(library: Library, name: bytes) -> None:
    text = b'{"name":"' + name + b'","property_list":["li"]}'
    assert library.parse_properties(text)[0] == 4


# ---- What an error quotes ------------------------------------------------------------------------------


def escaped(byte: int) -> str:
    """How a byte of the input stands in an error's text."""
    if chr(byte) in '"\\':
        return "\\" + chr(byte)
    return chr(byte) if 0x20 <= byte <= 0x7E else f"\\x{byte:02x}"


@pytest.mark.parametrize("byte", [byte for byte in range(1, 256) if byte != ord(",")])
def test_every_byte_is_quoted_in_printable_ascii(library: Library, byte: int) -> None:
    quotation = f'"x{escaped(byte)}y"'
    assert library.parse_properties(b"x%cy" % byte)[1] == Error(
        PROPERTY, 0, f"property_list: no such property: {quotation}; expected all, cq, li, lo, qli, qri, ri or ro"
    )
    assert library.parse_call(b"src=x%cy" % byte)[1] == Error(
        PARTY, 4, f"call: no such party: {quotation}; expected extension, external, queue or ivr"
    )
    if byte != ord("="):
        assert library.parse_call(b"x%cy=ivr" % byte)[1] == Error(
            TYPE, 0, f"call: unknown key {quotation}; expected src, dst, leg or callback"
        )


# What somebody might want to get into a log, or onto a terminal.
NASTY = {
    "clear the screen": b"\x1b[2J",
    "set the title": b"\x1b]0;owned\x07",
    "forge a line": b"x\r\nroot: permitted",
    "eight-bit controls": b"\x9b31m\x90q\x9c",
    "delete and backspace": b"\x7f\x08\x08",
    "turn the direction": "\u202egpj.exe".encode(),
    "format": b"%s%n%99999d",
    "quotes": b'\\"\\";\\"',
    "half a character": b"x\xe2\x80",
}

# Where a quotation comes from: the argument, and what stands before and behind what is quoted.
PLACES: dict[str, tuple[str, bytes, bytes]] = {
    "a mnemo": ("property_list", b"li,", b""),
    "a mnemo in JSON": ("property_list", b'["', b'"]'),
    "behind the JSON": ("property_list", b"[]", b""),
    "an element that is no string": ("property_list", b'[["', b'"]]'),
    "a list of statuses": ("property_list", b'[{"', b'":1}]'),
    "a property_list that is no array": ("property_list", b'{"property_list":"', b'"}'),
    "malformed JSON": ("property_list", b"[", b"]"),
    "malformed JSON in a member": ("property_list", b'{"x":"', b'\n"}'),
    "a key": ("call", b"", b"=ivr"),
    "an item without =": ("call", b"src=ivr,", b""),
    "a party": ("call", b"src=", b",dst=ivr"),
    "a leg": ("call", b"leg=", b""),
    "a callback value": ("call", b"callback=", b""),
    "a key in JSON": ("call", b'{"', b'":1}'),
    "a party in JSON": ("call", b'{"src":"', b'"}'),
    "no object": ("call", b'["', b'"]'),
    "no string": ("call", b'{"src":["', b'"]}'),
    "no boolean": ("call", b'{"callback":"', b'"}'),
}


def unescaped(quotation: str) -> bytes:
    """What was quoted, from how it stands in an error's text."""
    found = re.findall(r'\\x([0-9a-f]{2})|\\(["\\])|([^"\\])', quotation)
    assert "".join(f"\\x{code}" if code else f"\\{sign}" if sign else plain for code, sign, plain in found) == quotation
    return b"".join(bytes.fromhex(code) if code else (sign or plain).encode() for code, sign, plain in found)


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("place", PLACES)
def test_what_an_error_quotes_is_harmless_and_short(library: Library, place: str, nasty: str) -> None:
    argument, before, behind = PLACES[place]
    for payload in (NASTY[nasty], NASTY[nasty] * 30):
        text = before + payload + behind
        # The wrapper has checked that the error's text is printable ASCII.
        error = ONE_READER[argument](library, text)
        said = re.fullmatch(rf'{argument}\b[^"]*"(.*)"; expected .*', error.text)
        assert said, error
        quotation = said[1].removesuffix("...")
        assert len(quotation) <= 32, f"{len(quotation)} characters are quoted: {error.text}"
        # It is what stands at the position, and as much of it as there is room for.
        quoted = unescaped(quotation)
        assert text[error.position :].startswith(quoted), error
        if said[1] != quotation:
            following = text[error.position + len(quoted)]
            assert len(quotation) + len(escaped(following)) > 32, f"cut off too early: {error.text}"


def test_each_code_is_in_the_table() -> None:
    assert {row.error.code for row in REFUSALS} == {ARGUMENT, LIMIT, SYNTAX, TYPE, PROPERTY, PARTY, CALL}

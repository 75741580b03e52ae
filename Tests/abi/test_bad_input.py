# SPDX-License-Identifier: MIT
"""Every refusal, through every function that reads the text: its code, its position, and what its text says."""

from collections.abc import Callable

import pytest

from capi import ARGUMENT, CALL, DEPTH_MAX, LIMIT, PARTY, PROPERTY, SYNTAX, TEXT_MAX, TYPE, Error, Library

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

# In the tables, this stands before the byte at which the error is to be: within the quotes of a string. Without it, the
# position is to be -1.
HERE = "»"

# A row: the text, the code, and what the error's text is to say.
Row = tuple[str | bytes, int, list[str]]


def text_and_position(marked: str | bytes) -> tuple[bytes, int]:
    text = marked.encode() if isinstance(marked, str) else marked
    before, mark, after = text.partition(HERE.encode())
    assert HERE.encode() not in after
    return before + after, len(before) if mark else -1


def row_id(value: object) -> str | None:
    """The beginning of a text, for the name of a test."""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        text = ascii(value[:40])[1:].strip("'")
        return f"{text}…{len(value)} bytes" if len(value) > 40 else text or "empty"
    return ""


def check_refusal(error: Error, argument: str, code: int, position: int, says: list[str]) -> None:
    assert (error.code, error.position) == (code, position), f"{error}; expected code {code} at {position}"
    assert error.text.startswith(f"{argument}: "), error.text
    for words in says:
        assert words in error.text, f"{error.text}; expected to say {words}"
    assert "; expected " in error.text, f"{error.text}; expected to say what would be right"


# ---- property_list -------------------------------------------------------------------------------------

ALL_MNEMOS = "expected all, cq, li, lo, qli, qri, ri or ro"
STRICT_JSON = "expected strict JSON in UTF-8"

COMMA_LIST_REFUSALS: list[Row] = [
    ("»,", SYNTAX, ["empty item", "expected a mnemo between commas"]),
    ("»,li", SYNTAX, ["empty item"]),
    ("li,»", SYNTAX, ["empty item"]),
    ("li,»,lo", SYNTAX, ["empty item"]),
    ("li, \t\r\n»,lo", SYNTAX, ["empty item"]),
    ("li,lo,  »", SYNTAX, ["empty item"]),
    ("all,»,", SYNTAX, ["empty item"]),
    ("»bogus", PROPERTY, ['no such property: "bogus"', ALL_MNEMOS]),
    ("all,»bogus", PROPERTY, ['"bogus"', ALL_MNEMOS]),
    ("li , »bogus\t, lo", PROPERTY, ['"bogus"']),
    ("»bogus,worse", PROPERTY, ['"bogus"']),
    ("»LI", PROPERTY, ['"LI"']),
    ("»All", PROPERTY, ['"All"']),
    ("»l", PROPERTY, ['"l"']),
    ("»lii", PROPERTY, ['"lii"']),
    ("»li lo", PROPERTY, ['"li lo"']),
    ("»li;lo", PROPERTY, ['"li;lo"']),
    ("»CP_LI", PROPERTY, ['"CP_LI"']),
    ("»4", PROPERTY, ['"4"']),
    ("»*", PROPERTY, ['"*"']),
    ("»null", PROPERTY, ['"null"']),
    ("»true", PROPERTY, ['"true"']),
    ('»"li"', PROPERTY, [r'"\"li\""']),
    ("»'li'", PROPERTY, ["\"'li'\""]),
    ("»li]", PROPERTY, ['"li]"']),
    # Not the white space of JSON.
    ("»li\v", PROPERTY, [r'"li\x0b"']),
    ("»\fli", PROPERTY, [r'"\x0cli"']),
    ("»li\u00a0", PROPERTY, [r'"li\xc2\xa0"']),
    ("»\ufeffli", PROPERTY, [r'"\xef\xbb\xbfli"']),
    ("»\ufeff[]", PROPERTY, [r'"\xef\xbb\xbf[]"']),
    # Letters that look alike.
    ("»\u217c\u2170", PROPERTY, [r'"\xe2\x85\xbc\xe2\x85\xb0"']),
    ("li,»l\u0456", PROPERTY, [r'"l\xd1\x96"']),
    (b"\xc2\xbb\xff\xfe", PROPERTY, [r'"\xff\xfe"']),
]

JSON_LIST_REFUSALS: list[Row] = [
    # Not a mnemo.
    ('["»bogus"]', PROPERTY, ['no such property: "bogus"', ALL_MNEMOS]),
    ('["li", "»bogus"]', PROPERTY, ['"bogus"']),
    ('["li","»"]', PROPERTY, ['""']),
    ('["»li,lo"]', PROPERTY, ['"li,lo"']),
    ('["» li"]', PROPERTY, ['" li"']),
    ('["»LI"]', PROPERTY, ['"LI"']),
    (r'["»\u004cI"]', PROPERTY, [r'"\\u004cI"']),
    (r'["»li\u0020"]', PROPERTY, [r'"li\\u0020"']),
    (r'["»li\/"]', PROPERTY, [r'"li\\/"']),
    ('["»lí"]', PROPERTY, [r'"l\xc3\xad"']),
    ('{"property_list":["»bogus"]}', PROPERTY, ['"bogus"']),
    ('{"id":1,"name":"[\\"]{,","property_list":["li","»bogus"],"more":[]}', PROPERTY, ['"bogus"']),
    # The wrong type.
    ("[»1]", TYPE, ['not a JSON string: "1"', "expected a name in quotes"]),
    ('["li",»-1.5e3 ]', TYPE, ['"-1.5e3"']),
    ("[»null]", TYPE, ['"null"']),
    ("[»true]", TYPE, ['"true"']),
    ('[»["li"]]', TYPE, [r'"[\"li\"]"']),
    ('["li" , »{"mnemo":"li"}]', TYPE, [r'"{\"mnemo\":\"li\"}"']),
    ('{"property_list":[»0]}', TYPE, ['"0"']),
    ('{"property_list":"»li"}', TYPE, ["property_list is no JSON array", '"li"', 'expected mnemos, such as ["li","lo"]']),
    ('{"property_list":»null}', TYPE, ["property_list is no JSON array", '"null"']),
    ('{"property_list": »4 }', TYPE, ["property_list is no JSON array", '"4"']),
    ('{"property_list":»{"li":true}}', TYPE, ["property_list is no JSON array"]),
    ('{"a":[1,{"b":"}"}],"property_list":»false}', TYPE, ["property_list is no JSON array", '"false"']),
    # A missing key.
    ("{}", TYPE, ["has no property_list", 'expected one, as in {"property_list":["li"]}']),
    ('{"li":true}', TYPE, ["has no property_list"]),
    ('{"Property_list":["li"]}', TYPE, ["has no property_list"]),
    ('{"property_list ":["li"]}', TYPE, ["has no property_list"]),
    ('{"status":{"property_list":["li"]}}', TYPE, ["has no property_list"]),
    # A repeated key, anywhere.
    ('{"property_list":["li"],"»property_list":["li"]}', TYPE, ['repeated key "property_list"', "expected each key once"]),
    (r'{"property_list":[],"»\u0070roperty_list":["all"]}', TYPE, ["repeated key"]),
    ('{"id":1,"»id":1}', TYPE, ['repeated key "id"']),
    ('{"property_list":["li"],"a":{"b":[{"c":1,"»c":1}]}}', TYPE, ['repeated key "c"']),
    ('{"property_list":["li"],"":1,"»":2}', TYPE, ['repeated key ""']),
    (r'{"a\"":1,"»a\"":2,"property_list":[]}', TYPE, ["repeated key"]),
    (r'{"a\\":1,"»a\\":2,"property_list":[]}', TYPE, ["repeated key"]),
    # Malformed: the position is where reading stopped.
    ("[»", SYNTAX, ["ends too early", '"["', STRICT_JSON]),
    ("{»", SYNTAX, ["ends too early", '"{"']),
    ('["li"»', SYNTAX, ["ends too early", r'"[\"li\""']),
    ('["li",»', SYNTAX, ["ends too early"]),
    ('["l»', SYNTAX, ["ends too early", r'"[\"l"']),
    ('["li\\»', SYNTAX, [STRICT_JSON]),
    ('{"property_list"»', SYNTAX, [STRICT_JSON]),
    ('{"property_list":»', SYNTAX, ["ends too early"]),
    ('{"property_list":["li"]»', SYNTAX, ["ends too early"]),
    ('{"property_list":["li"],»', SYNTAX, [STRICT_JSON]),
    ('["li",]»', SYNTAX, ["malformed after", r'"[\"li\",]"', STRICT_JSON]),
    ("[,»]", SYNTAX, ["malformed after"]),
    ('["li" "lo"»]', SYNTAX, ["malformed after"]),
    ('["li";»"lo"]', SYNTAX, ["malformed after"]),
    ('["li"}»', SYNTAX, ["malformed after"]),
    ("['»li']", SYNTAX, ["malformed after"]),
    ("[li»]", SYNTAX, ["malformed after"]),
    ("[nul»]", SYNTAX, ["malformed after"]),
    ("[True»]", SYNTAX, ["malformed after"]),
    ("[NaN»]", SYNTAX, ["malformed after"]),
    ("[Infinity»]", SYNTAX, ["malformed after"]),
    ("[0»1]", SYNTAX, ["malformed after"]),
    ("[+»1]", SYNTAX, ["malformed after"]),
    ("[1.»]", SYNTAX, ["malformed after"]),
    ("{property»_list:[]}", SYNTAX, ["malformed after"]),
    ('{"property_list"=»[]}', SYNTAX, ["malformed after"]),
    ('{"property_list":[],}»', SYNTAX, ["malformed after"]),
    ('{1»:["li"]}', SYNTAX, ["malformed after"]),
    ('["»\n"]', SYNTAX, ["malformed after"]),
    ('["»\x01"]', SYNTAX, ["malformed after"]),
    ('["li»\t"]', SYNTAX, ["malformed after"]),
    # Comments are none of JSON's.
    ("[/»/ none\n]", SYNTAX, ["malformed after"]),
    ("[/»* none */]", SYNTAX, ["malformed after"]),
    # Something behind it.
    ("[]»x", SYNTAX, ["text after the JSON value", '"x"', "expected one JSON value and nothing more"]),
    ('["li"] »["lo"]', SYNTAX, ["text after the JSON value", r'"[\"lo\"]"']),
    ('["li"]»,"lo"', SYNTAX, ["text after the JSON value"]),
    ('["li"]»]', SYNTAX, ["text after the JSON value"]),
    ('{"property_list":["li"]}\n»{}', SYNTAX, ["text after the JSON value", '"{}"']),
    ('{"property_list":["li"],"]":"}"}»}', SYNTAX, ["text after the JSON value"]),
    ('["li"]»\v', SYNTAX, ["text after the JSON value", r'"\x0b"']),
    # Not UTF-8: a stray byte, a lead byte alone, too long a form, a surrogate, beyond Unicode.
    (b'["\xc2\xbb\xff"]', SYNTAX, ["not UTF-8 after", STRICT_JSON]),
    (b'["li\xc2\xbb\x80"]', SYNTAX, ["not UTF-8 after"]),
    (b'["\xc2\xbb\xc3"]', SYNTAX, ["not UTF-8 after"]),
    (b'["\xc2\xbb\xc0\xac"]', SYNTAX, ["not UTF-8 after"]),
    (b'["\xc2\xbb\xed\xa0\x80"]', SYNTAX, ["not UTF-8 after"]),
    (b'["\xc2\xbb\xf4\x90\x80\x80"]', SYNTAX, ["not UTF-8 after"]),
    (b'{"\xc2\xbb\xe9":1,"property_list":["li"]}', SYNTAX, ["not UTF-8 after"]),
]

# ---- call ----------------------------------------------------------------------------------------------

PARTIES = "expected extension, external, queue or ivr"
KEYS = "expected src, dst, leg or callback"
ALL_KEYS = "expected src, dst, leg and perhaps callback"

PAIR_REFUSALS: list[Row] = [
    # Empty, or with something empty in it.
    ("»", SYNTAX, ["is empty", ALL_KEYS]),
    (" \t\r\n»", SYNTAX, ["is empty", ALL_KEYS]),
    ("»,", SYNTAX, ["empty item", "expected key=value between commas"]),
    ("»,src=external,dst=ivr,leg=dst", SYNTAX, ["empty item"]),
    ("src=external,dst=ivr,leg=dst,»", SYNTAX, ["empty item"]),
    ("src=external,»,dst=ivr,leg=dst", SYNTAX, ["empty item"]),
    ("src=external, »,dst=ivr,leg=dst", SYNTAX, ["empty item"]),
    ("»src", SYNTAX, ['no = in "src"', "expected key=value between commas"]),
    ("src=external,»dst:ivr,leg=dst", SYNTAX, ['no = in "dst:ivr"']),
    ("src=external,dst=ivr,leg=dst,»callback", SYNTAX, ['no = in "callback"']),
    ("»external", SYNTAX, ['no = in "external"']),
    ('»"src"', SYNTAX, [r'no = in "\"src\""']),
    ("»null", SYNTAX, ['no = in "null"']),
    # Keys.
    ("»=external", TYPE, ['unknown key ""', KEYS]),
    ("»Src=external,dst=ivr,leg=dst", TYPE, ['unknown key "Src"', KEYS]),
    ("src=external,»DST=ivr,leg=dst", TYPE, ['unknown key "DST"']),
    ("src=external,dst=ivr,leg=dst,»call_back=true", TYPE, ['unknown key "call_back"']),
    ("src=external,dst=ivr,leg=dst,»priority=1", TYPE, ['unknown key "priority"']),
    ('»"src"=external,dst=ivr,leg=dst', TYPE, [r'unknown key "\"src\""']),
    ("»src dst=ivr", TYPE, ['unknown key "src dst"']),
    ("»\ufeffsrc=external", TYPE, [r'unknown key "\xef\xbb\xbfsrc"']),
    ("src=external,»src=external,dst=ivr,leg=dst", TYPE, ['repeated key "src"', "expected each key once"]),
    ("src=external,dst=ivr,»dst=queue,leg=dst", TYPE, ['repeated key "dst"']),
    ("src=external,dst=ivr,leg=dst,»leg=src", TYPE, ['repeated key "leg"']),
    ("src=external,dst=ivr,leg=dst,callback=false,»callback=true", TYPE, ['repeated key "callback"']),
    ("src=external,dst=ivr,leg=dst, »src =external", TYPE, ['repeated key "src"']),
    ("dst=ivr,leg=dst", TYPE, ["has no src", ALL_KEYS]),
    ("src=external,leg=dst", TYPE, ["has no dst", ALL_KEYS]),
    ("src=external,dst=ivr", TYPE, ["has no leg", ALL_KEYS]),
    ("callback=true", TYPE, ["has no src"]),
    # Values.
    ("src=»,dst=ivr,leg=dst", PARTY, ['no such party: ""', PARTIES]),
    ("src=»nobody,dst=ivr,leg=dst", PARTY, ['no such party: "nobody"', PARTIES]),
    ("src=»External,dst=ivr,leg=dst", PARTY, ['"External"']),
    ("src=external,dst=»voice menu,leg=dst", PARTY, ['"voice menu"', PARTIES]),
    ("src=external,dst= »1 ,leg=dst", PARTY, ['"1"']),
    ('src=»"external",dst=ivr,leg=dst', PARTY, [r'"\"external\""']),
    ("src=»=external,dst=ivr,leg=dst", PARTY, ['"=external"']),
    ("src=»external;dst=ivr;leg=dst", PARTY, ['"external;dst=ivr;leg=dst"']),
    ("src=»src,dst=ivr,leg=dst", PARTY, ['"src"']),
    ("src=»external\u00a0,dst=ivr,leg=dst", PARTY, [r'"external\xc2\xa0"']),
    ("src=external,dst=ivr,leg=»", PARTY, ['no such leg: ""', "expected src or dst"]),
    ("src=external,dst=ivr,leg=»both", PARTY, ['no such leg: "both"']),
    ("src=external,dst=ivr,leg=»extension", PARTY, ['no such leg: "extension"']),
    ("src=external,dst=ivr,leg=»DST", PARTY, ['no such leg: "DST"']),
    ("src=external,dst=ivr,leg=dst,callback=»", PARTY, ['no such callback value: ""', "expected true or false"]),
    ("src=external,dst=ivr,leg=dst,callback=»1", PARTY, ['no such callback value: "1"']),
    ("src=external,dst=ivr,leg=dst,callback=»0", PARTY, ['"0"']),
    ("src=external,dst=ivr,leg=dst,callback=»yes", PARTY, ['"yes"']),
    ("src=external,dst=ivr,leg=dst,callback=»True", PARTY, ['"True"']),
    ("src=external,dst=ivr,leg=dst,callback=»FALSE", PARTY, ['"FALSE"']),
    # Each alone is right.
    ("src=external,dst=ivr,leg=src", CALL, ["cannot happen", "expected src=extension or src=queue"]),
    ("src=ivr,dst=extension,leg=dst", CALL, ["cannot happen", "voice menu"]),
    ("src=queue,dst=extension,leg=dst", CALL, ["cannot happen", "expected callback=true"]),
    ("src=extension,dst=external,leg=dst", CALL, ["cannot happen", "expected dst=extension, queue or ivr"]),
]

JSON_CALL_REFUSALS: list[Row] = [
    ("»[]", TYPE, ['not a JSON object: "[]"', "expected keys src, dst, leg, callback"]),
    (' »["external","ivr","dst"]', TYPE, ["not a JSON object"]),
    ('»[{"src":"external","dst":"ivr","leg":"dst"}]', TYPE, ["not a JSON object"]),
    # Keys.
    ("{}", TYPE, ["has no src", ALL_KEYS]),
    ('{"dst":"ivr","leg":"dst"}', TYPE, ["has no src"]),
    ('{"src":"external","leg":"dst"}', TYPE, ["has no dst"]),
    ('{"src":"external","dst":"ivr","callback":false}', TYPE, ["has no leg"]),
    ('{"»Src":"external","dst":"ivr","leg":"dst"}', TYPE, ['unknown key "Src"', KEYS]),
    ('{"src":"external","dst":"ivr","leg":"dst","»calback":true}', TYPE, ['unknown key "calback"', KEYS]),
    ('{"src":"external", "»":"", "dst":"ivr","leg":"dst"}', TYPE, ['unknown key ""']),
    ('{"src":"external","dst":"ivr","leg":"dst", "»note": {"a":[1,"}"]} }', TYPE, ['unknown key "note"']),
    (r'{"src":"external","dst":"ivr","leg":"dst","»\"\\":null}', TYPE, [r'unknown key "\\\"\\\\"']),
    ('{"src":"external","»src":"external","dst":"ivr","leg":"dst"}', TYPE, ['repeated key "src"', "expected each key once"]),
    ('{"src":"external","dst":"ivr","leg":"dst","»leg":"dst"}', TYPE, ['repeated key "leg"']),
    ('{"callback":true,"src":"external","dst":"ivr","leg":"dst","»callback":true}', TYPE, ['repeated key "callback"']),
    (r'{"src":"external","dst":"ivr","leg":"dst","»\u0073rc":"external"}', TYPE, ["repeated key"]),
    # The wrong type.
    ('{"src":»1,"dst":"ivr","leg":"dst"}', TYPE, ['not a JSON string: "1"', "expected a name in quotes"]),
    ('{"src":"external","dst":»null,"leg":"dst"}', TYPE, ['"null"']),
    ('{"src":"external","dst":"ivr","leg":»true}', TYPE, ['"true"']),
    ('{"src":"external","dst": »["ivr"] ,"leg":"dst"}', TYPE, [r'"[\"ivr\"]"']),
    ('{"src":»{"type":"external"},"dst":"ivr","leg":"dst"}', TYPE, ["not a JSON string"]),
    ('{"src":"external","dst":"ivr","leg":"dst","callback":»0}', TYPE, ['not a JSON boolean: "0"', "expected true or false"]),
    ('{"src":"external","dst":"ivr","leg":"dst","callback":»1}', TYPE, ['not a JSON boolean: "1"']),
    ('{"src":"external","dst":"ivr","leg":"dst","callback":»null}', TYPE, ['not a JSON boolean: "null"']),
    ('{"src":"external","dst":"ivr","leg":"dst","callback":"»true"}', TYPE, ['not a JSON boolean: "true"']),
    ('{"src":"external","dst":"ivr","leg":"dst","callback":»[]}', TYPE, ['not a JSON boolean: "[]"']),
    # No such party or leg.
    ('{"src":"»nobody","dst":"ivr","leg":"dst"}', PARTY, ['no such party: "nobody"', PARTIES]),
    ('{"src":"»","dst":"ivr","leg":"dst"}', PARTY, ['no such party: ""']),
    ('{"src":"external","dst":"» ivr","leg":"dst"}', PARTY, ['no such party: " ivr"']),
    ('{"src":"external","dst":"»IVR","leg":"dst"}', PARTY, ['no such party: "IVR"']),
    (r'{"src":"external","dst":"»ivr\n","leg":"dst"}', PARTY, [r'no such party: "ivr\\n"']),
    ('{"src":"external","dst":"ivr","leg":"»ivr"}', PARTY, ['no such leg: "ivr"', "expected src or dst"]),
    ('{"dst":"ivr","leg":"»Dst","src":"external"}', PARTY, ['no such leg: "Dst"']),
    # Malformed: the position is where reading stopped.
    ("{»", SYNTAX, ["ends too early", STRICT_JSON]),
    ('{"src":"external","dst":"ivr","leg":"dst"»', SYNTAX, ["ends too early"]),
    ('{"src":"external","dst":"ivr","leg":"dst",}»', SYNTAX, ["malformed after", STRICT_JSON]),
    ('{"src":"external" "dst"»:"ivr","leg":"dst"}', SYNTAX, ["malformed after"]),
    ("{src»:external}", SYNTAX, ["malformed after"]),
    ("{'»src':'external'}", SYNTAX, ["malformed after"]),
    ('{"src":external»,"dst":"ivr","leg":"dst"}', SYNTAX, ["malformed after"]),
    ('{"src"=»"external"}', SYNTAX, ["malformed after"]),
    ('{"src":"external","dst":"ivr","leg":"dst","callback":True»}', SYNTAX, ["malformed after"]),
    ('{"src":"external","dst":"ivr","leg":"dst"}»,', SYNTAX, ["text after the JSON value", '","']),
    ('{"src":"external","dst":"ivr","leg":"dst"} »callback=true', SYNTAX, ["text after the JSON value", '"callback=true"']),
    (b'{"src":"external","dst":"\xc2\xbb\xff","leg":"dst"}', SYNTAX, ["not UTF-8 after"]),
    # Each alone is right.
    ('{"src":"external","dst":"external","leg":"dst"}', CALL, ["cannot happen"]),
    ('{"src":"queue","dst":"ivr","leg":"src","callback":false}', CALL, ["cannot happen", "expected callback=true"]),
]


@pytest.mark.parametrize("reader", READERS_OF_LIST)
@pytest.mark.parametrize(("marked", "code", "says"), COMMA_LIST_REFUSALS + JSON_LIST_REFUSALS, ids=row_id)
def test_a_property_list_is_refused(library: Library, reader: str, marked: str | bytes, code: int, says: list[str]) -> None:
    text, position = text_and_position(marked)
    check_refusal(READERS_OF_LIST[reader](library, text), "property_list", code, position, says)


@pytest.mark.parametrize("reader", READERS_OF_CALL)
@pytest.mark.parametrize(("marked", "code", "says"), PAIR_REFUSALS + JSON_CALL_REFUSALS, ids=row_id)
def test_a_call_is_refused(library: Library, reader: str, marked: str | bytes, code: int, says: list[str]) -> None:
    text, position = text_and_position(marked)
    check_refusal(READERS_OF_CALL[reader](library, text), "call", code, position, says)


def test_white_space_does_not_change_what_is_refused(library: Library) -> None:
    for marked, code, says in COMMA_LIST_REFUSALS + JSON_LIST_REFUSALS:
        text, position = text_and_position(marked)
        error = library.parse_properties(b" \r\n\t" + text)[1]
        check_refusal(error, "property_list", code, position + 4 if position >= 0 else -1, says[:1])
    for marked, code, says in PAIR_REFUSALS + JSON_CALL_REFUSALS:
        text, position = text_and_position(marked)
        error = library.parse_call(b" \r\n\t" + text)[1]
        check_refusal(error, "call", code, position + 4 if position >= 0 else -1, says[:1])


@pytest.mark.parametrize("length", [1, 12, 13, 14, 100, 126, 127, 253, 254, 255, 256, 511, 60_000])
def test_a_long_member_before_it_does_not_change_what_is_refused(library: Library, length: int) -> None:
    """jansson's buffer grows with long tokens, and the library takes care of that: places must stay right."""
    long_member = b'"long":"%s", ' % (b"x" * length)
    tried = 0
    for marked, code, says in JSON_LIST_REFUSALS:
        text, position = text_and_position(marked)
        # Where the member's comma would be too much.
        if not text.startswith(b'{"') or text.endswith(b"\\"):
            continue
        shifted = position + len(long_member) if position >= 0 else -1
        error = library.parse_properties(b"{" + long_member + text[1:])[1]
        quoted = [words for words in says if "after" not in words and not words.startswith('"')]
        check_refusal(error, "property_list", code, shifted, quoted)
        tried += 1
    assert tried > 20


@pytest.mark.parametrize("call", [None, b"", b"bogus", b"src=ivr,dst=ivr,leg=dst", b"x" * (TEXT_MAX + 1)], ids=row_id)
@pytest.mark.parametrize("property_list", [None, b"bogus", b"[", b"{}", b"x" * (TEXT_MAX + 1)], ids=row_id)
def test_when_both_are_wrong_the_error_is_about_the_property_list(
    library: Library, property_list: bytes | None, call: bytes | None
) -> None:
    expected = library.parse_properties(property_list)[1]
    assert expected.text.startswith("property_list: ")
    assert library.allows(property_list, call) == (False, expected)
    assert library.explain(property_list, call) == (b"", expected)


# ---- NULL ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS_OF_LIST)
def test_a_property_list_that_is_null_is_refused(library: Library, reader: str) -> None:
    error = READERS_OF_LIST[reader](library, None)
    check_refusal(error, "property_list", ARGUMENT, -1, ["is NULL", "expected a property list, such as li,lo"])


@pytest.mark.parametrize("reader", READERS_OF_CALL)
def test_a_call_that_is_null_is_refused(library: Library, reader: str) -> None:
    error = READERS_OF_CALL[reader](library, None)
    check_refusal(error, "call", ARGUMENT, -1, ["is NULL", "expected a call, such as "])


# ---- Limits --------------------------------------------------------------------------------------------


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
}

CALLS_OF_A_SIZE: dict[str, Callable[[int], bytes]] = {
    "white space before": lambda size: b"\r" * (size - len(GOOD_CALL)) + GOOD_CALL,
    "white space behind": lambda size: padded(GOOD_CALL, size),
    "white space within": lambda size: b"src =" + b" " * (size - len(GOOD_CALL) - 1) + GOOD_CALL[len("src=") :],
    "white space behind JSON": lambda size: padded(b'{"src":"external","dst":"ivr","leg":"dst"}', size, b"\n"),
}


@pytest.mark.parametrize("form", LISTS_OF_A_SIZE)
def test_a_property_list_of_64_kib_is_read_and_a_longer_one_refused(library: Library, form: str) -> None:
    longest = LISTS_OF_A_SIZE[form](TEXT_MAX)
    assert len(longest) == TEXT_MAX == 65536
    properties, error = library.parse_properties(longest)
    assert properties == (0 if form == "white space alone" else 4), error

    for size in (TEXT_MAX + 1, 2 * TEXT_MAX, 1 << 20):
        too_long = LISTS_OF_A_SIZE[form](size)
        assert len(too_long) == size
        for read in READERS_OF_LIST.values():
            check_refusal(read(library, too_long), "property_list", LIMIT, TEXT_MAX, ["too long", "at most 65536"])


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
            check_refusal(read(library, too_long), "call", LIMIT, TEXT_MAX, ["too long", "at most 65536"])


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
            check_refusal(read(library, text), "property_list", LIMIT, position, ["deeper than 32", "at most 32"])


@pytest.mark.parametrize("opening", [b"[", b"{", b'{"a":', b'["li",', b" ["], ids=row_id)
def test_brackets_that_never_close_are_refused_for_their_depth(library: Library, opening: bytes) -> None:
    for levels in (DEPTH_MAX + 1, 60000 // len(opening)):
        text = opening * levels
        position = len(opening) * DEPTH_MAX + (opening.index(b"[") if b"[" in opening else 0)
        for read in READERS_OF_LIST.values():
            check_refusal(read(library, text), "property_list", LIMIT, position, ["deeper than 32"])
        for read in READERS_OF_CALL.values():
            check_refusal(read(library, text), "call", LIMIT, position, ["deeper than 32"])


def test_a_call_that_is_nested_is_refused_for_its_depth_or_its_type(library: Library) -> None:
    for levels, code in ((DEPTH_MAX, TYPE), (DEPTH_MAX + 1, LIMIT)):
        text = b'{"src":' + nested(levels - 1, b"[", b"]") + b',"dst":"ivr","leg":"dst"}'
        for read in READERS_OF_CALL.values():
            assert read(library, text).code == code, levels


@pytest.mark.parametrize(
    "name", [b"[" * 100, b"{" * 100, b'\\"' + b"[" * 100, b"\\\\\\\\" + b"[" * 100, b"[{" * 1000], ids=row_id
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
    properties_error = library.parse_properties(b"x%cy" % byte)[1]
    assert quotation in properties_error.text and properties_error.code == PROPERTY, properties_error
    party_error = library.parse_call(b"src=x%cy" % byte)[1]
    assert quotation in party_error.text and party_error.code == PARTY, party_error
    if byte != ord("="):
        key_error = library.parse_call(b"x%cy=ivr" % byte)[1]
        assert quotation in key_error.text and key_error.code == TYPE, key_error


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
    "a property_list that is no array": ("property_list", b'{"property_list":"', b'"}'),
    "malformed JSON": ("property_list", b"[", b"]"),
    "JSON that ends too early": ("property_list", b'["', b""),
    "a repeated key": ("property_list", b'{"%(nasty)s":1,"', b'":2}'),
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


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("place", PLACES)
def test_what_an_error_quotes_is_harmless_and_short(library: Library, place: str, nasty: str) -> None:
    argument, before, behind = PLACES[place]
    for payload in (NASTY[nasty], NASTY[nasty] * 30):
        text = before.replace(b"%(nasty)s", payload) + payload + behind
        error = library.parse_properties(text)[1] if argument == "property_list" else library.parse_call(text)[1]
        # The wrapper has checked that the text is printable ASCII.
        assert error.code != 0, error
        assert error.text.startswith(f"{argument}: ") and "; expected " in error.text, error
        quotation = error.text[error.text.index(' "') : error.text.rindex('"; expected ')]
        assert len(quotation) <= 40, f"{len(quotation)} characters are quoted: {error.text}"
        if len(payload) > 80 and "malformed" not in error.text and "UTF-8" not in error.text:
            assert "..." in quotation, f"cut short, but does not say so: {error.text}"


LONG = b"x" * 500

LONG_QUOTATIONS: list[tuple[str, bytes, list[str]]] = [
    ("property_list", LONG, ['"xxxxxxxx', 'xxx..."; expected all, cq, li, lo, qli, qri, ri or ro']),
    ("property_list", b"\xff" * 500, [r'"\xff\xff', r'\xff..."; expected all, cq, li, lo, qli, qri, ri or ro']),
    ("property_list", b"[" + b"1," * 500 + b"1]", ['"1"; expected a name in quotes']),
    ("property_list", b'[["' + LONG + b'"]]', ['..."; expected a name in quotes']),
    ("property_list", b'{"property_list":"' + LONG + b'"}', ['..."; expected mnemos, such as ["li","lo"]']),
    ("property_list", b'["' + LONG, ['after "...xxx', 'xxx"; expected strict JSON in UTF-8']),
    ("property_list", b'["' + b'\\"' * 500 + b"\xff", ['not UTF-8 after "...', '"; expected strict JSON in UTF-8']),
    ("property_list", b'["li"]' + LONG, ['text after the JSON value "xxx', '..."; expected one JSON value and nothing more']),
    ("property_list", b"[ ]" + LONG, ['text after the JSON value "xxx', '..."; expected one JSON value and nothing more']),
    ("property_list", b"{}" + LONG, ['text after the JSON value "xxx', '..."; expected one JSON value and nothing more']),
    ("property_list", b'{"' + LONG + b'":1,"' + LONG + b'":1}', ['..."; expected each key once']),
    ("call", LONG, ['..."; expected key=value between commas']),
    ("call", LONG + b"=ivr", ['..."; expected src, dst, leg or callback']),
    ("call", b"src=" + LONG, ['..."; expected extension, external, queue or ivr']),
    ("call", b"leg=" + LONG, ['..."; expected src or dst']),
    ("call", b"callback=" + LONG, ['..."; expected true or false']),
    ("call", b'{"callback":"' + LONG + b'"}', ['..."; expected true or false']),
    ("call", b'["' + LONG + b'"]', ['..."; expected keys src, dst, leg, callback']),
]


@pytest.mark.parametrize(("argument", "text", "says"), LONG_QUOTATIONS, ids=row_id)
def test_a_long_quotation_leaves_room_for_what_would_be_right(
    library: Library, argument: str, text: bytes, says: list[str]
) -> None:
    error = library.parse_properties(text)[1] if argument == "property_list" else library.parse_call(text)[1]
    for words in says:
        assert words in error.text, f"{error.text}; expected to say {words}"
    assert error.text.endswith(says[-1].split('"; ')[-1]), error.text

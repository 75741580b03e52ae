# SPDX-License-Identifier: MIT
"""Texts that look wrong, and are right: what is ignored, what is let pass, and how else a name may be written."""

import string

import pytest

import capi
from capi import Error, ErrorStruct, Library, Properties

LI, LO, QRI = 1 << 2, 1 << 3, 1 << 5

# Members that are not ours are read for their syntax only.
IGNORED = {
    "numbers of any size": '{"a":1e999,"b":-1e-999,"c":123456789012345678901234567890,"d":-0.0e+00,%s}',
    "a NUL, and half of Unicode": r'{"a":"\u0000","\u0000":"\ud83d\ude00","b":"\uD834\uDD1E\u00e9\uFFFF",%s}',
    "keys that repeat": '{"a":1,"a":2,"":3,"":4,"b":{"c":1,"c":{"c":1,"c":1}},%s,"a":3}',
    "property_list further in": '{"a":{"property_list":["all"],"property_list":1},"b":[{"property_list":["all"]}],%s}',
    "a key that begins or ends like ours": r'{"property_lis":1,"property_list ":["all"],"property_list\u0000":["all"],"roperty_list":2,%s}',
    "brackets and quotes in strings": r'{"a":"]}[{\"\\","\"property_list\":[":"\\\"",%s}',
    "every escape": r'{"a":"\"\\\/\b\f\n\r\t\u0061\u00FF","\"\\\/\b\f\n\r\t":[],%s}',
    "white space anywhere": '\t{ \n "a" \r : [ 1 , { } , [ ] ] , %s \n } \r\n',
    "characters of each length": '{"é":"\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff\u007f",%s}',
    "a byte order mark within a string": '{"\ufeff":"\ufeff",%s}',
    "behind ours too": '{%s,"a":1e999,"a":"\\u0000","b":[[[]]]}',
}


@pytest.mark.parametrize("members", IGNORED)
def test_other_members_of_a_status_are_ignored(library: Library, members: str) -> None:
    text = (IGNORED[members] % '"property_list":["li","qri"]').encode()
    assert library.parse_properties(text) == (LI | QRI, capi.NO_ERROR)
    assert library.parse_known_properties(text) == (LI | QRI, capi.NO_ERROR)
    assert library.parse_properties(b"\xef\xbb\xbf" + text) == (LI | QRI, capi.NO_ERROR)


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("", 0),
        ("\ufeff", 0),
        ("\ufeff \t", 0),
        (" \r\n", 0),
        ("[]", 0),
        ("[ ]", 0),
        ('{"property_list":[]}', 0),
        ("\ufeffli", LI),
        ("\ufeff li , lo", LI | LO),
        ('\ufeff["li"]', LI),
        ("li,li,lo,li", LI | LO),
        ('["li","li"]', LI),
        (r'["\u006c\u0069","l\u006F"]', LI | LO),
        (
            r'{"\u0070\u0072\u006f\u0070\u0065\u0072\u0074\u0079\u005f\u006c\u0069\u0073\u0074":["\u0071\u0072\u0069"]}',
            QRI,
        ),
    ],
)
def test_a_property_list_is_read(library: Library, text: str, properties: int) -> None:
    assert library.parse_properties(text.encode()) == (properties, capi.NO_ERROR)
    assert library.parse_known_properties(text.encode()) == (properties, capi.NO_ERROR)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffsrc=external,dst=ivr,leg=dst",
        "\ufeff src = external , dst = ivr , leg = dst",
        "leg=dst,callback=false,dst=ivr,src=external",
        '\ufeff{"src":"external","dst":"ivr","leg":"dst"}',
        '{ "callback" : false , "leg" : "dst" , "dst" : "ivr" , "src" : "external" }',
        r'{"\u0073rc":"\u0065xternal","ds\u0074":"iv\u0072","\u006c\u0065\u0067":"\u0064st","call\u0062ack":false}',
    ],
)
def test_a_call_is_read(library: Library, text: str) -> None:
    assert library.parse_call(text.encode()) == ((1, 3, 1, 0), capi.NO_ERROR)


# ---- Mnemos of a newer PBX -----------------------------------------------------------------------------


def no_such_property(position: int, quotation: str) -> Error:
    text = f'property_list: no such property: "{quotation}"; expected all, cq, li, lo, qli, qri, ri or ro'
    return Error(capi.PROPERTY, position, text)


@pytest.mark.parametrize(
    ("text", "properties", "unknown"),
    [
        ("video,li", LI, no_such_property(0, "video")),
        ("li, video ,lo", LI | LO, no_such_property(4, "video")),
        ("video,fax", 0, no_such_property(0, "video")),
        ("li,LI", LI, no_such_property(3, "LI")),
        ("\ufeffvideo", 0, no_such_property(3, "video")),
        ('["li","video","lo"]', LI | LO, no_such_property(7, "video")),
        ('["li","","lo"]', LI | LO, no_such_property(7, "")),
        ('["all of them"]', 0, no_such_property(2, "all of them")),
        (r'["li\u0000","qri"]', QRI, no_such_property(2, r"li\\u0000")),
        ('{"video":1,"property_list":["li","video","fax"],"id":2}', LI, no_such_property(34, "video")),
    ],
)
def test_a_mnemo_that_is_not_known_grants_nothing_and_is_reported(
    library: Library, text: str, properties: int, unknown: Error
) -> None:
    assert library.parse_known_properties(text.encode()) == (properties, unknown)
    assert library.parse_properties(text.encode()) == (None, unknown), "the strict one refuses it, in the same words"


def test_letters_digits_and_two_signs_may_be_a_mnemo_of_a_newer_pbx_and_nothing_else(library: Library) -> None:
    in_mnemos = string.ascii_letters + string.digits + "_-"
    for byte in range(1, 256):
        if chr(byte) in ",[{ \t\r\n":
            continue
        for item in (b"%c", b"lo%c", b"%clo"):
            properties, unknown = library.parse_known_properties(b"all," + item % byte)
            expected = capi.CONSTANTS["CP_ALL"] if chr(byte) in in_mnemos else None
            assert (properties, unknown.code, unknown.position) == (expected, capi.PROPERTY, 4), byte


@pytest.mark.parametrize(
    "text",
    [
        b"<h1>502 Bad Gateway: sorry, all, backends are down</h1>",
        b"all,\xff\xfe",
        "all,li".encode("utf-16"),
        b'all,{"property_list":[]}',
        b"src=extension,dst=external,leg=src",
        b"li;lo",
        b'"all"',
    ],
)
def test_a_text_that_is_no_list_is_refused_also_where_newer_mnemos_are_let_pass(library: Library, text: bytes) -> None:
    properties, error = library.parse_known_properties(text)
    assert properties is None and error.code == capi.PROPERTY


def test_what_was_reported_of_one_list_is_cleared_for_the_next(library: Library) -> None:
    raw, out = ErrorStruct(), Properties()
    assert library.c.cp_properties_parse_known(b"video", out, raw) == 1 and raw.code == capi.PROPERTY
    assert library.c.cp_properties_parse_known(b"li", out, raw) == 1 and Error.read(raw) == capi.NO_ERROR

# SPDX-License-Identifier: MIT
"""The strings of JSON, character by character: every escape, and UTF-8 at every boundary, against Python's own readers."""

import json
from itertools import product

from capi import SYNTAX, Error, ErrorStruct, Library, Properties

BEFORE, BEHIND = b'{"a":"', b'","property_list":["li"]}'


def read(library: Library, string: bytes) -> Error | None:
    """What is wrong with a status that holds this string; None when it is read."""
    raw, out = ErrorStruct(), Properties()
    if library.c.cp_properties_parse(BEFORE + string + BEHIND, out, raw):
        assert out.value == 4
        return None
    return Error.read(raw)


# The ends of each range that table 3-7 of the Unicode Standard tells apart, and what is beside it.
SECOND = (0x20, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF)
LATER = (0x41, 0x7F, 0x80, 0xBF, 0xC0)


def test_utf_8_is_read_as_python_reads_it(library: Library) -> None:
    accepted = 0
    for string in map(bytes, product(range(0x7F, 0x100), SECOND, LATER, LATER)):
        error = read(library, string)
        try:
            (BEFORE + string + BEHIND).decode()
        except UnicodeDecodeError as wrong:
            # Python gives the part that can begin a character, and the byte behind it; or one byte that begins none.
            begins_none = wrong.reason == "invalid start byte"
            position = wrong.start if begins_none else wrong.end
            assert error is not None and (error.code, error.position) == (SYNTAX, position), (string, error)
            assert error.text.startswith("property_list: JSON is not UTF-8 at "), (string, error)
        else:
            accepted += 1
            assert error is None, (string, error)
    assert accepted > 1000


def test_every_escape_of_one_character_is_read_as_python_reads_it(library: Library) -> None:
    for byte in range(1, 256):
        string = b"\\%cx" % byte
        error = read(library, string)
        if chr(byte) == "u":
            assert error is not None and error.position == len(BEFORE) + 2
        elif chr(byte) in '"\\/bfnrt':
            json.loads(b'"' + string + b'"')
            assert error is None, (string, error)
        else:
            # The byte behind the backslash, also where it is none of UTF-8.
            assert error is not None and (error.code, error.position) == (SYNTAX, len(BEFORE) + 1), (string, error)
            assert error.text.startswith("property_list: malformed JSON at "), (string, error)


def hex_digits(number: int) -> bytes:
    """Large and small letters in turn."""
    return (b"%04x" if number % 2 else b"%04X") % number


def test_every_code_unit_alone_is_a_character_unless_it_is_half_of_one(library: Library) -> None:
    for number in range(0x10000):
        error = read(library, b"\\u" + hex_digits(number))
        if 0xD800 <= number <= 0xDBFF:
            expected = len(BEFORE) + 6  # the other half is missing
        elif 0xDC00 <= number <= 0xDFFF:
            expected = len(BEFORE) + 3  # by its second digit, it is known for a second half
        else:
            assert error is None, (hex(number), error)
            continue
        assert error is not None and (error.code, error.position) == (SYNTAX, expected), (hex(number), error)


def test_two_code_units_are_a_character_when_they_are_its_halves(library: Library) -> None:
    for first, seconds in {
        0xD800: range(0xD7F0, 0xE010),
        0xD83D: range(0x10000),
        0xDBFF: range(0xD7F0, 0xE010),
    }.items():
        for second in seconds:
            error = read(library, b"\\u" + hex_digits(first) + b"\\u" + hex_digits(second))
            if 0xDC00 <= second <= 0xDFFF:
                assert error is None, (hex(first), hex(second), error)
            else:
                expected = len(BEFORE) + (9 if second >> 12 == 0xD else 8)
                assert error is not None and (error.code, error.position) == (SYNTAX, expected), (
                    hex(first),
                    hex(second),
                    error,
                )


def test_every_byte_in_place_of_a_digit_is_that_digit_or_wrong(library: Library) -> None:
    for escape in (b"\\u0041", b"\\ud83d\\ude00"):
        for place, byte in product(range(1, len(escape)), range(1, 256)):
            string = escape[:place] + bytes([byte]) + escape[place + 1 :]
            text = BEFORE + string + BEHIND
            try:
                value = json.loads(text.decode("latin-1"))["a"]
                is_right = not any(0xD800 <= ord(character) <= 0xDFFF for character in value)
            except ValueError:
                is_right = False
            # What follows an escape may be any character; beyond ASCII, it is the test of UTF-8.
            if is_right and byte < 0x80:
                assert read(library, string) is None, string
            else:
                error = read(library, string)
                assert error is not None and error.code == SYNTAX, (string, error)
                assert len(BEFORE) + 1 <= error.position <= len(BEFORE) + len(string), (string, error)


def test_every_byte_that_may_stand_in_a_string_may_stand_anywhere_in_it(library: Library) -> None:
    bytes_to_try = [byte for byte in range(0x20, 0x80) if byte not in b'"\\']
    for place, behind, byte in product(range(25), (0, 1, 9), bytes_to_try):
        string = b"a" * place + bytes([byte]) + b"a" * behind
        assert read(library, string) is None, string

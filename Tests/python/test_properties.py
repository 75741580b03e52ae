# SPDX-License-Identifier: MIT
"""The properties, and how a set of them is read in every form in which a program holds one; test_sets.py has what sets do."""

from __future__ import annotations

import itertools
import json
import pickle
import re
from collections import UserDict
from collections.abc import Callable
from typing import Any

import pytest

import callprop
from callprop import Call, Error, ErrorCode, Party, Properties
from conftest import names
from expected import ALL_SETS, MNEMOS, NAMES, bits

FORMS: dict[str, Callable[[list[str]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "generator": lambda mnemos: (mnemo for mnemo in mnemos),
    "list with repeats": lambda mnemos: mnemos * 2,
    "comma text": ", ".join,
    "comma text in bytes": lambda mnemos: ",".join(mnemos).encode(),
    "JSON array": json.dumps,
    "JSON status": lambda mnemos: json.dumps({"id": 1, "name": "Обед", "property_list": mnemos}),
    "status": lambda mnemos: {"id": 1, "property_list": mnemos, "since": object()},
    "status with a tuple": lambda mnemos: {"property_list": tuple(mnemos)},
    "mapping that is no dict": lambda mnemos: UserDict(property_list=mnemos),
    "Properties": lambda mnemos: Properties(bits(mnemos)),
    "list of Properties": lambda mnemos: [Properties(bits([mnemo])) for mnemo in mnemos],
    "sets of Properties in a generator": lambda mnemos: (
        Properties(bits(part)) for part in (mnemos[:2], mnemos[1:], [])
    ),
    "status with Properties": lambda mnemos: {"property_list": Properties(bits(mnemos))},
    "status with a list of Properties": lambda mnemos: {
        "property_list": [Properties(bits([mnemo])) for mnemo in mnemos]
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_every_set_is_read_in_every_form(form: str) -> None:
    for granted in ALL_SETS:
        mnemos = [mnemo for mnemo in MNEMOS if mnemo in granted]
        read = Properties.parse(FORMS[form](mnemos))
        assert type(read) is Properties
        assert (int(read), read.mnemos, str(read)) == (bits(mnemos), tuple(mnemos), ",".join(mnemos))
        known, unknown = Properties.parse_known(FORMS[form](mnemos))
        assert (type(known), known, unknown) == (Properties, read, None)


@pytest.mark.parametrize("form", [form for form in FORMS if "Properties" not in form])  # which hold no strangers
def test_an_unknown_mnemo_takes_nothing_from_what_is_known(form: str) -> None:
    """And adds nothing: of all sets, with two strangers among them, the first is reported."""
    for granted in ALL_SETS:
        mnemos = [mnemo for mnemo in MNEMOS if mnemo in granted]
        known, unknown = Properties.parse_known(FORMS[form]([*mnemos[:1], "video", *mnemos[1:], "fax"]))
        assert type(known) is Properties and known == Properties(bits(mnemos))
        assert type(unknown) is Error and unknown.code is ErrorCode.PROPERTY
        # A set of Python's has an order of its own.
        wanted = ("video", "fax") if "set" in form else ("video",)
        assert unknown.text in [f'property_list: no such property: "{mnemo}"; {UNKNOWN}' for mnemo in wanted]
        assert (unknown.position >= 0) is ("text" in form or "JSON" in form)


UNKNOWN = "expected all, cq, li, lo, qli, qri, ri or ro"
NO_LIST = 'property_list: the JSON object has no member property_list; expected one, as in {"property_list":["li"]}'
NO_ARRAY = "property_list: the member property_list is no array"
MNEMOS_WANTED = 'expected mnemos, as in ["li","lo"]'
NO_NAME = "property_list: not a JSON string"
NAME_WANTED = "expected a name in quotes"
NUL = "property_list has a NUL; expected text without one"
NO_JSON = "property_list holds what JSON has not"
TOO_LONG = "property_list is too long; expected at most 65536 bytes"

# Refused by parse(); of these, what is PROPERTY is reported by parse_known(), which grants the rest.
REFUSED: list[tuple[Any, ErrorCode, int, str]] = [
    ("li,lx", ErrorCode.PROPERTY, 3, f'property_list: no such property: "lx"; {UNKNOWN}'),
    (b"li,\xff", ErrorCode.PROPERTY, 3, f'property_list: no such property: "\\xff"; {UNKNOWN}'),
    ("li,\udcff", ErrorCode.PROPERTY, 3, f'property_list: no such property: "\\xff"; {UNKNOWN}'),
    ("li,\ud800", ErrorCode.PROPERTY, 3, f'property_list: no such property: "\\xed\\xa0\\x80"; {UNKNOWN}'),
    ("LI", ErrorCode.PROPERTY, 0, f'property_list: no such property: "LI"; {UNKNOWN}'),
    ("li,,lo", ErrorCode.SYNTAX, 3, "property_list has an empty item; expected a mnemo between commas"),
    ("li,  ", ErrorCode.SYNTAX, 5, "property_list has an empty item; expected a mnemo between commas"),
    ("li\0,all", ErrorCode.SYNTAX, 2, NUL),
    (b"\0", ErrorCode.SYNTAX, 0, NUL),
    ('["li"', ErrorCode.SYNTAX, 5, "property_list: JSON ends too early; expected the rest of it"),
    ('["li" "lo"]', ErrorCode.SYNTAX, 6, 'property_list: malformed JSON at "\\"lo\\"]"; expected strict JSON in UTF-8'),
    (
        '["li"] ["all"]',
        ErrorCode.SYNTAX,
        7,
        'property_list: text after the JSON value: "[\\"all\\"]"; expected nothing more',
    ),
    (
        b'["\xff"]',
        ErrorCode.SYNTAX,
        2,
        'property_list: JSON is not UTF-8 at "\\xff\\"]"; expected strict JSON in UTF-8',
    ),
    ("[1]", ErrorCode.TYPE, 1, f'{NO_NAME}: "1"; {NAME_WANTED}'),
    ("{}", ErrorCode.TYPE, -1, NO_LIST),
    (
        '[{"property_list":["all"]}]',
        ErrorCode.TYPE,
        1,
        'property_list holds an object: "{\\"property_list\\":[\\"all\\"]}"; expected mnemos; of a list of statuses, pass one of them',
    ),
    (
        '{"property_list":["all"],"property_list":[]}',
        ErrorCode.TYPE,
        26,
        'property_list: repeated key "property_list"; expected each key once',
    ),
    ("li," * 30000 + "li", ErrorCode.LIMIT, 65536, "property_list is too long; expected at most 65536 bytes"),
    ("[" * 40 + "]" * 40, ErrorCode.LIMIT, 32, "property_list: JSON is nested too deeply; expected at most 32 levels"),
    (["li", "lx"], ErrorCode.PROPERTY, -1, f'property_list: no such property: "lx"; {UNKNOWN}'),
    (["li,lo"], ErrorCode.PROPERTY, -1, f'property_list: no such property: "li,lo"; {UNKNOWN}'),
    (["li\0"], ErrorCode.PROPERTY, -1, f'property_list: no such property: "li\\\\u0000"; {UNKNOWN}'),
    (["\udcff"], ErrorCode.SYNTAX, -1, 'property_list: malformed JSON at "cff\\"]"; expected strict JSON in UTF-8'),
    ([1], ErrorCode.TYPE, -1, f'{NO_NAME}: "1"; {NAME_WANTED}'),
    ([True], ErrorCode.TYPE, -1, f'{NO_NAME}: "true"; {NAME_WANTED}'),
    ([None], ErrorCode.TYPE, -1, f'{NO_NAME}: "null"; {NAME_WANTED}'),
    (Properties.parse_known("all"), ErrorCode.TYPE, -1, f'{NO_NAME}: "null"; {NAME_WANTED}'),
    ([Properties.LI, 1], ErrorCode.TYPE, -1, f'{NO_NAME}: "1"; {NAME_WANTED}'),
    (["li"] * 10923, ErrorCode.LIMIT, -1, TOO_LONG),
    (itertools.repeat("li"), ErrorCode.LIMIT, -1, TOO_LONG),
    (itertools.repeat("x" * 70_000), ErrorCode.LIMIT, -1, TOO_LONG),
    (itertools.repeat(Properties(0)), ErrorCode.LIMIT, -1, TOO_LONG),
    (itertools.count(), ErrorCode.LIMIT, -1, TOO_LONG),
    ([["all"]], ErrorCode.TYPE, -1, f'{NO_NAME}: "[\\"all\\"]"; {NAME_WANTED}'),
    ([object()], ErrorCode.TYPE, -1, f'{NO_JSON}: "Object of type object is not JSON seria..."; expected text'),
    ([b"all"], ErrorCode.TYPE, -1, f'{NO_JSON}: "Object of type bytes is not JSON serial..."; expected text'),
    ([float("nan")], ErrorCode.TYPE, -1, f'{NO_JSON}: "Out of range float values are not JSON ..."; expected text'),
    ([10**400], ErrorCode.TYPE, -1, f'{NO_NAME}: "1{"0" * 31}..."; {NAME_WANTED}'),
    ({}, ErrorCode.TYPE, -1, NO_LIST),
    ({"all": True}, ErrorCode.TYPE, -1, NO_LIST),
    ({"property_list": None}, ErrorCode.TYPE, -1, f'{NO_ARRAY}: "null"; {MNEMOS_WANTED}'),
    ({"property_list": "all"}, ErrorCode.TYPE, -1, f'{NO_ARRAY}: "\\"all\\""; {MNEMOS_WANTED}'),
    ({"property_list": True}, ErrorCode.TYPE, -1, f'{NO_ARRAY}: "true"; {MNEMOS_WANTED}'),
    ({"property_list": {"all": 1}}, ErrorCode.TYPE, -1, f'{NO_ARRAY}: "{{\\"all\\": 1}}"; {MNEMOS_WANTED}'),
]


def looks_like_mnemos(given: Any) -> bool:
    """Between commas, a mnemo of a newer PBX has letters, digits, _ and - alone."""
    text = given.decode("latin-1") if isinstance(given, bytes) else given
    return (
        not isinstance(text, str)
        or text[:1] in ("[", "{")
        or all(re.fullmatch(r"[\w-]+", item.strip(), re.ASCII) for item in text.split(","))
    )


@pytest.mark.parametrize(("given", "code", "position", "text"), REFUSED, ids=names(REFUSED))
def test_what_is_no_set_is_refused_with_code_position_and_text(
    given: Any, code: ErrorCode, position: int, text: str
) -> None:
    with pytest.raises(Error) as caught:
        Properties.parse(given)
    assert (caught.value.code, caught.value.position, caught.value.text) == (code, position, text)
    if code is ErrorCode.PROPERTY and looks_like_mnemos(given):
        known, unknown = Properties.parse_known(given)
        assert unknown is not None and (unknown.code, unknown.position, unknown.text) == (code, position, text)
        assert known == (Properties.LI if given[:2] in ("li", b"li", ["li", "lx"]) else Properties(0))
    else:
        with pytest.raises(Error) as caught:
            Properties.parse_known(given)
        assert (caught.value.code, caught.value.position, caught.value.text) == (code, position, text)


def test_text_may_begin_with_a_byte_order_mark() -> None:
    for text in ("li,lo", '["li","lo"]', '{"property_list":["li","lo"]}'):
        assert (
            Properties.parse("\ufeff" + text)
            == Properties.parse(text.encode("utf-8-sig"))
            == Properties.LI | Properties.LO
        )
    assert str(Call.parse('\ufeff{"src":"external","dst":"ivr","leg":"dst"}')) == str(
        Call.parse("\ufeffsrc=external,dst=ivr,leg=dst")
    )


def test_what_is_not_needed_of_a_status_may_be_anything() -> None:
    for member in (
        '"since":1e999',
        '"name":"\\u0000"',
        '"id":1,"id":2',
        '"rate":' + "9" * 400,
        '"nested":{"property_list":["all"]}',
    ):
        assert Properties.parse(f'{{{member},"property_list":["li"]}}') == Properties.LI


def test_a_list_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(Error) as caught:
        Properties.parse(loop)
    assert (caught.value.code, caught.value.position) == (ErrorCode.TYPE, -1)
    assert caught.value.text.startswith(NO_JSON) and caught.value.text.endswith("; expected text")


# 1 is CP_ALL: a flag, a count or a result that strays into the place of a set must not permit everything.
@pytest.mark.parametrize("given", [1, True, 255, 1.0, None, object(), Properties, Party])
def test_a_number_is_no_set(given: Any) -> None:
    for function in (
        Properties.parse,
        Properties.parse_known,
        lambda value: callprop.allows(value, "src=extension,dst=ivr,leg=src"),
    ):
        with pytest.raises(TypeError) as caught:
            function(given)
        assert (
            str(caught.value)
            == f"property_list: expected text, mnemos, a status or Properties, not {type(given).__name__}"
        )


class _Table:
    """Like a DataFrame: gone through, it gives the names of its columns."""

    columns = ("all", "li")

    def __iter__(self) -> Any:
        return iter(self.columns)


def test_a_table_is_no_list_of_mnemos() -> None:
    with pytest.raises(TypeError, match=r"not _Table$"):
        callprop.allows(_Table(), Call("external", "ivr", "dst"))


def test_list_and_get_are_what_the_rest_interface_serves() -> None:
    listed = callprop.list()
    assert [(entry.mnemo, entry.name) for entry in listed] == list(NAMES.items())
    assert [callprop.get(mnemo) for mnemo in MNEMOS] == [*listed]
    assert all(entry.description for entry in listed)
    with pytest.raises(AttributeError):
        listed[0].mnemo = "all"  # type: ignore[misc]


@pytest.mark.parametrize("mnemo", ["", "LI", " li", "li\0", "rx", "ли", "\udcff", "li,lo", "x" * 10**6])
def test_an_unknown_property_is_a_key_error(mnemo: str) -> None:
    with pytest.raises(KeyError) as caught:
        callprop.get(mnemo)
    assert isinstance(caught.value, callprop.UnknownProperty) and caught.value.code is ErrorCode.PROPERTY
    assert str(caught.value).endswith("expected all, cq, li, lo, qli, qri, ri or ro") and len(str(caught.value)) < 300


@pytest.mark.parametrize("mnemo", [None, b"li", 1])
def test_a_mnemo_is_text(mnemo: Any) -> None:
    with pytest.raises(TypeError) as caught:
        callprop.get(mnemo)
    assert str(caught.value) == f"mnemo: expected text, not {type(mnemo).__name__}"


def test_an_error_says_where_when_there_is_a_place() -> None:
    shown = {position: str(Error(ErrorCode.PROPERTY, position, "wrong")) for position in (-1, 0, 65536)}
    assert shown == {-1: "wrong", 0: "wrong (at byte 0)", 65536: "wrong (at byte 65536)"}
    with pytest.raises(ValueError, match=r"9 is not a valid ErrorCode"):
        Error(9, 0, "wrong")


def test_what_is_quoted_has_at_most_40_characters() -> None:
    for length, quotation in ((40, "x" * 40), (41, "x" * 39 + "..."), (1000, "x" * 39 + "...")):
        with pytest.raises(KeyError) as caught:
            callprop.get("x" * length)
        assert caught.value.text.startswith(f'mnemo: no such property: "{quotation}"; expected all, ')  # type: ignore[attr-defined]


def test_errors_and_sets_can_be_sent_to_another_process() -> None:
    error = Error(ErrorCode.CALL, -1, "call cannot happen")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, again.position, again.text) == (Error, ErrorCode.CALL, -1, error.text)
    sets = pickle.loads(pickle.dumps(Properties.LI | Properties.LO))
    assert type(sets) is Properties and sets == Properties.LI | Properties.LO

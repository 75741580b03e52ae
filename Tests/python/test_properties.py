# SPDX-License-Identifier: MIT
"""The properties, and sets of them in every form in which a program holds one."""

from __future__ import annotations

import json
import pickle
from collections import UserDict
from collections.abc import Callable, Iterable
from typing import Any

import pytest

import callprop
from callprop import Error, ErrorCode, Properties
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
}


@pytest.mark.parametrize("form", FORMS)
def test_every_set_is_read_in_every_form(form: str) -> None:
    for granted in ALL_SETS:
        mnemos = [mnemo for mnemo in MNEMOS if mnemo in granted]
        read = Properties.parse(FORMS[form](mnemos))
        assert type(read) is Properties
        assert (int(read), read.mnemos, str(read)) == (bits(mnemos), tuple(mnemos), ",".join(mnemos))


REFUSED: list[tuple[Any, ErrorCode, int]] = [
    ("li,lx", ErrorCode.PROPERTY, 3),
    (b"li,\xff", ErrorCode.PROPERTY, 3),
    ("li,\udcff", ErrorCode.PROPERTY, 3),
    ("li,\ud800", ErrorCode.PROPERTY, 3),
    ("LI", ErrorCode.PROPERTY, 0),
    ("li,,lo", ErrorCode.SYNTAX, 3),
    ("li\0,all", ErrorCode.SYNTAX, 2),
    (b"\0", ErrorCode.SYNTAX, 0),
    ('["li"', ErrorCode.SYNTAX, 5),
    ("[1]", ErrorCode.TYPE, 1),
    ("{}", ErrorCode.TYPE, -1),
    ('{"property_list":["all"],"property_list":[]}', ErrorCode.TYPE, 26),
    ("li," * 30000 + "li", ErrorCode.LIMIT, 65536),
    ("[" * 40 + "]" * 40, ErrorCode.LIMIT, 32),
    (["li", "lx"], ErrorCode.PROPERTY, -1),
    (["li,lo"], ErrorCode.PROPERTY, -1),
    (["li\0"], ErrorCode.SYNTAX, -1),
    (["\udcff"], ErrorCode.SYNTAX, -1),
    ([1], ErrorCode.TYPE, -1),
    ([True], ErrorCode.TYPE, -1),
    (Properties, ErrorCode.TYPE, -1),
    ([None], ErrorCode.TYPE, -1),
    ([Properties.ALL], ErrorCode.TYPE, -1),
    ([["all"]], ErrorCode.TYPE, -1),
    ([object()], ErrorCode.TYPE, -1),
    ([b"all"], ErrorCode.TYPE, -1),
    ([float("nan")], ErrorCode.TYPE, -1),
    ([10**400], ErrorCode.SYNTAX, -1),
    ({}, ErrorCode.TYPE, -1),
    ({"all": True}, ErrorCode.TYPE, -1),
    ({"property_list": None}, ErrorCode.TYPE, -1),
    ({"property_list": "all"}, ErrorCode.TYPE, -1),
    ({"property_list": True}, ErrorCode.TYPE, -1),
    ({"property_list": {"all": 1}}, ErrorCode.TYPE, -1),
]


@pytest.mark.parametrize(("given", "code", "position"), REFUSED, ids=names(REFUSED))
def test_what_is_no_set_is_refused_with_code_and_position(given: Any, code: ErrorCode, position: int) -> None:
    with pytest.raises(Error) as caught:
        Properties.parse(given)
    error = caught.value
    assert (error.code, error.position) == (code, position), error
    assert error.text.startswith("property_list: ") and error.text.isascii() and error.text.isprintable()
    assert str(error) == error.text + (f" (at byte {position})" if position >= 0 else "")


def test_a_list_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(Error):
        Properties.parse(loop)


# 1 is CP_ALL: a flag, a count or a result that strays into the place of a set must not permit everything.
@pytest.mark.parametrize("given", [1, True, 255, 1.0, None, object()])
def test_a_number_is_no_set(given: Any) -> None:
    for function in (Properties.parse, lambda value: callprop.allows(value, "src=extension,dst=ivr,leg=src")):
        with pytest.raises(TypeError):
            function(given)


@pytest.mark.parametrize(
    ("properties", "mnemos"),
    [
        (Properties(0), ""),
        (Properties.LI | Properties.LO, "li,lo"),
        (Properties.ALL & Properties.LI, ""),
        (~Properties.ALL, "cq,li,lo,qli,qri,ri,ro"),
        (~Properties(0), ",".join(MNEMOS)),
        (Properties.LI | 1 << 9, "li"),
        (Properties(1 << 31), ""),
    ],
    ids=str,
)
def test_sets_combine_as_flags_and_foreign_bits_grant_nothing(properties: Properties, mnemos: str) -> None:
    assert (str(properties), f"{properties}", ",".join(properties.mnemos)) == (mnemos, mnemos, mnemos)
    wanted: Iterable[str] = mnemos.split(",") if mnemos else []
    assert properties.bits == bits(wanted)
    for call in ("src=extension,dst=ivr,leg=src", "src=external,dst=queue,leg=dst"):
        assert callprop.allows(properties, call) == callprop.allows(wanted, call)


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
    with pytest.raises(TypeError):
        callprop.get(mnemo)


def test_errors_and_sets_can_be_sent_to_another_process() -> None:
    error = Error(ErrorCode.CALL, -1, "call: cannot happen")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, again.position, again.text) == (Error, ErrorCode.CALL, -1, error.text)
    assert pickle.loads(pickle.dumps(Properties.LI | Properties.LO)) == Properties.LI | Properties.LO

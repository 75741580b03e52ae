# SPDX-License-Identifier: MIT
"""What a subclass says of itself with its own methods is not believed: what it holds is decided."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import callprop
from callprop import Call, Error, Properties
from expected import ALL_CALLS, can_happen, permitted

RING = Call("external", "ivr", "dst")
RING_TEXT = str(RING)


class _Bytes(bytes):
    """Bytes that say they are others."""

    def find(self, *_: Any) -> int:
        return -1

    def __getitem__(self, _: Any) -> Any:
        return b"all"

    def __bytes__(self) -> bytes:
        return b"all"

    def __len__(self) -> int:
        return 3

    def __iter__(self) -> Any:
        return iter(b"all")

    def decode(self, *_: Any, **__: Any) -> str:
        return "all"


class _Text(str):
    """Text that says it is other text."""

    __hash__ = str.__hash__

    def encode(self, *_: Any, **__: Any) -> bytes:
        return b"all"

    def __str__(self) -> str:
        return "all"

    def __len__(self) -> int:
        return 0

    def __eq__(self, _: object) -> bool:
        return True

    def isascii(self) -> bool:
        return True

    def __contains__(self, _: object) -> bool:  # type: ignore[override]
        return False

    def __getitem__(self, _: Any) -> str:
        return "all"

    def __iter__(self) -> Any:
        return iter("all")


class _Number(int):
    """A number that says it is another."""

    __hash__ = int.__hash__

    def __int__(self) -> int:
        return 1

    def __index__(self) -> int:
        return 1

    def __le__(self, _: object) -> bool:
        return True

    __lt__ = __gt__ = __ge__ = __eq__ = __le__  # type: ignore[assignment]

    def __and__(self, _: int) -> int:
        return 1

    __rand__ = __or__ = __ror__ = __and__


def decide_all(granted: Any) -> None:
    for decide in (callprop.allows, callprop.explain, callprop.explain_json, callprop.reason):
        with pytest.raises((Error, TypeError)):
            decide(granted, RING)
    with pytest.raises((Error, TypeError)):
        Properties.parse_known(granted)


@pytest.mark.parametrize("kind", [_Bytes, _Text])
def test_text_is_what_it_holds(kind: Any) -> None:
    def make(text: str) -> Any:
        return kind(text.encode()) if kind is _Bytes else kind(text)

    assert callprop.allows(make("li"), RING) is False and callprop.allows(make("ri"), RING) is True
    assert callprop.required(make(RING_TEXT)) == Properties.RI
    for wrong in ("li\0all", "\0", "li,,"):
        decide_all(make(wrong))
    with pytest.raises(Error, match="has a NUL"):
        callprop.allows("all", make(RING_TEXT + "\0"))


def test_text_in_lists_and_facts_is_what_it_holds() -> None:
    assert callprop.allows([_Text("li")], RING) is False
    assert callprop.allows({"property_list": [_Text("li")]}, RING) is False
    assert callprop.permits_many(Properties.LI, callprop.pack([_Text("external")], "ivr", "dst")) == b"\0"
    with pytest.raises(Error, match="too long"):
        callprop.allows([_Text("x" * 70_000)], RING)
    with pytest.raises(Error, match="no such party"):
        Call(_Text("nobody"), "ivr", "dst")
    with pytest.raises(Error, match="no such party"):
        callprop.pack([_Text("nobody")], "ivr", "dst")
    with pytest.raises(callprop.UnknownProperty):
        callprop.get(_Text("li\0"))
    assert callprop.get(_Text("li")).mnemo == "li"


@pytest.mark.third_party
def test_a_number_is_what_it_is() -> None:
    import pandas

    for number in range(256):
        assert Properties(_Number(number)) is Properties(number)
    for number in (-1, 256, 257, 1 << 32):
        with pytest.raises(Error, match=f"{number} is no set of properties"):
            Properties(_Number(number))
        with pytest.raises(Error, match=f"{number} is no set of properties"):
            callprop.permits_many(pandas.Series([_Number(number)], dtype=object), RING)
    assert [*callprop.permits_many(pandas.Series([_Number(4), _Number(64)], dtype=object), RING)] == [0, 1]
    assert callprop.pack([_Number(3)], "ivr", "dst") == callprop.pack([3], "ivr", "dst")
    with pytest.raises(Error, match="no such party"):
        callprop.pack([_Number(4)], "ivr", "dst")


class _Other(Call):
    """A call that says it is another one."""

    def __bytes__(self) -> bytes:
        return b"\1"

    @property
    def facts(self) -> Any:
        return callprop._abi.Facts(1, 3, 1, 0)

    def _given(self) -> Any:
        return "external", "ivr", "dst", False

    def __str__(self) -> str:
        return RING_TEXT

    def to_dict(self) -> dict[str, Any]:
        return RING.to_dict()


@dataclasses.dataclass(frozen=True, init=False)
class _More(Call):
    """A call of which a program keeps more."""

    number: str = ""


@pytest.mark.parametrize("kind", [_Other, _More])
def test_a_call_is_its_four_facts(kind: Any) -> None:
    for call in ALL_CALLS:
        made = kind(*call)
        assert callprop.permits_many(bytes([4, 0, 0, 0]) * 3, made) == bytes([permitted(["li"], call)]) * 3
        assert callprop.required_many(made) == callprop.required_many(Call(*call))
        if not can_happen(call):
            for decide in (callprop.allows, callprop.explain, callprop.reason, callprop.explain_json):
                with pytest.raises(Error, match="cannot happen"):
                    decide("all", made)
            continue
        for mnemo in ("all", "li", "ri"):
            assert callprop.allows(mnemo, made) is permitted([mnemo], call)
            decision = callprop.explain(mnemo, made)
            assert type(decision.call) is Call and decision == callprop.explain(mnemo, Call(*call))
            assert callprop.explain_json(mnemo, made) == callprop.explain_json(mnemo, Call(*call))
        assert type(Call.parse(made)) is Call


class _Disguised:
    """Says that it is a set."""

    __class__ = Properties  # type: ignore[assignment]
    bits = 255

    def __int__(self) -> int:
        return 255


def test_who_only_says_that_it_is_a_set_is_none() -> None:
    decide_all(_Disguised())
    decide_all([_Disguised()])
    for wrong in (
        lambda: callprop.permits_many(_Disguised(), bytes(4)),
        lambda: Properties(_Disguised()),  # type: ignore[arg-type]
        lambda: Properties.ALL.grants(_Disguised()),  # type: ignore[arg-type]
    ):
        with pytest.raises((Error, TypeError)):
            wrong()

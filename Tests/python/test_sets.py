# SPDX-License-Identifier: MIT
"""Sets of properties as values: how they combine and compare, what is in one, and what is none."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import callprop
from callprop import Call, Error, ErrorCode, Properties
from expected import ALL_CALLS, ALL_SETS, MNEMOS, bits, can_happen, permitted


@pytest.mark.parametrize(
    ("properties", "mnemos"),
    [
        (Properties(0), ""),
        (Properties.LI | Properties.LO, "li,lo"),
        (Properties.ALL & Properties.LI, ""),
        (~Properties.ALL, "cq,li,lo,qli,qri,ri,ro"),
        (~Properties(0), "cq,li,lo,qli,qri,ri,ro"),
        (~Properties.RI, "cq,li,lo,qli,qri,ro"),
        (~~Properties.RI, "ri"),
        (Properties.LI ^ Properties(12), "lo"),
    ],
    ids=str,
)
def test_sets_combine_as_flags(properties: Properties, mnemos: str) -> None:
    assert (str(properties), f"{properties}", ",".join(properties.mnemos)) == (mnemos, mnemos, mnemos)
    wanted = mnemos.split(",") if mnemos else []
    assert properties.bits == bits(wanted)
    for call in filter(can_happen, ALL_CALLS):
        assert callprop.allows(properties, Call(*call)) is permitted(wanted, call)


def test_a_set_and_its_complement_never_let_the_same_call_through() -> None:
    for granted in ALL_SETS:
        properties = Properties(bits(granted))
        assert ~properties == Properties(0xFE & ~properties.bits) and not ~properties & properties
        for call in filter(can_happen, ALL_CALLS):
            asked = Call(*call)
            if "all" not in granted:
                assert callprop.allows(~properties, asked) is not callprop.allows(properties, asked)
            assert properties.grants(callprop.required(asked)) is permitted(granted, call)


def test_a_set_grants_another_when_it_lets_through_every_call_of_it() -> None:
    let_through = {one: {call for call in ALL_CALLS if permitted(one, call)} for one in ALL_SETS}
    for one in ALL_SETS:
        for other in (few for few in ALL_SETS if len(few) in (0, 1, 2, 7, 8)):
            wanted = bool(other) and let_through[other] <= let_through[one]
            assert Properties(bits(one)).grants(Properties(bits(other))) is wanted, (one, other)
    for given in (4, "li", True, None, ["li"]):
        with pytest.raises(TypeError, match=r"^needed: expected Properties, not "):
            Properties.ALL.grants(given)  # type: ignore[arg-type]


def test_sets_are_gone_through_by_their_bits() -> None:
    """The same in every Python, though enumerations differ."""
    names = [mnemo.upper() for mnemo in MNEMOS]
    assert [*Properties] == [getattr(Properties, name) for name in names] == [Properties[name] for name in names]
    assert [*Properties.__members__] == names and len(Properties) == 8
    for granted in ALL_SETS:
        properties = Properties(bits(granted))
        assert [str(one) for one in properties] == [mnemo for mnemo in MNEMOS if mnemo in granted]
        assert (len(properties), bool(properties)) == (len(granted), bool(granted))
        assert properties.name == ("|".join(one.upper() for one in properties.mnemos) or None)
        assert properties.value == int(properties) == bits(granted) and type(properties.value) is int
        for mnemo in MNEMOS:
            assert (Properties[mnemo.upper()] in properties) is (mnemo in granted)
    assert Properties.LI | Properties.LO in Properties.LI | Properties.LO | Properties.RI
    assert Properties.LI | Properties.RO not in Properties.LI | Properties.LO and Properties(0) in Properties(0)
    assert Properties.RI not in Properties.ALL
    assert Properties.LI in Properties and 4 not in Properties and "LI" not in Properties  # type: ignore[operator]
    for stranger in (4, "li", True, None):
        with pytest.raises(TypeError, match=r"^expected Properties left of in, not "):
            stranger in Properties.LI  # type: ignore[operator]  # noqa: B015


def test_a_set_is_one_object_and_cannot_be_something_else() -> None:
    for number in range(256):
        again = Properties(number)
        assert (
            again
            is Properties(number)
            is Properties(again)
            is pickle.loads(pickle.dumps(again))
            is copy.deepcopy(again)
        )
        assert (
            eval(repr(again).replace("<Properties.", "dict(x='").replace(":", "',y=").replace(">", ")"))["y"] == number
        )
    with pytest.raises(AttributeError):
        Properties.LI = Properties.ALL  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del Properties.LI
    with pytest.raises(AttributeError):
        Properties.__members__ = {}  # type: ignore[misc]
    with pytest.raises(TypeError, match=r"cannot be subclassed"):
        type("More", (Properties,), {})


FOREIGN = [-1, -2, -4, -256, -(1 << 31), 256, 257, 511, 512 + 64, 0xFFFF, (1 << 32) - 1, (1 << 32) + 1, 1 << 64]
FOREIGN += [1 << bit for bit in range(9, 33)] + [1 << bit | 1 for bit in range(9, 33)]


@pytest.mark.parametrize("number", FOREIGN)
def test_a_number_with_bits_that_are_no_property_is_no_set(number: int) -> None:
    """As in arrays: of -1 in 32 bits one bit is ALL."""
    for make in (
        lambda: Properties(number),
        lambda: callprop.permits_many(Properties(number), b"\0" * 4),
        lambda: Properties(4).__reduce__()[0](number),  # a pickle that was made elsewhere
    ):
        with pytest.raises(Error, match=r"is no set of properties; expected 0 to 255") as caught:
            make()
        assert caught.value.code is ErrorCode.PROPERTY


@pytest.mark.parametrize("given", [True, False, 1.0, float("nan"), "li", "1", None, ["li"], b"\1"])
def test_what_is_no_whole_number_is_no_set(given: Any) -> None:
    with pytest.raises(TypeError, match=r"^Properties: expected a whole number, not "):
        Properties(given)
    for combine in (lambda: Properties.LI | given, lambda: Properties.LI & given, lambda: Properties.LI ^ given):
        with pytest.raises(TypeError):
            combine()


COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge]
COMBINATIONS = [operator.or_, operator.and_, operator.xor, operator.ior, operator.iand, operator.ixor]


@pytest.mark.parametrize("compare", COMPARISONS)
def test_sets_have_no_order(compare: Callable[[Any, Any], Any]) -> None:
    """By their numbers, RO would be more than RI."""
    for one in map(Properties, range(256)):
        for other in [*map(Properties, (0, 1, 2, 64, 128, 255)), one, 0, 1, 255, True, 1.0, "li", None]:
            with pytest.raises(TypeError, match=r"grants"):
                compare(one, other)
            # A bool or a float on the left answers itself, and asks nobody.
            if type(other) not in (bool, float):
                with pytest.raises(TypeError, match=r"grants"):
                    compare(other, one)
    for function in (sorted, max, min):
        with pytest.raises(TypeError, match="grants"):
            function(Properties)  # type: ignore[operator]


@pytest.mark.thorough
@pytest.mark.parametrize("combine", COMBINATIONS)
def test_sets_combine_with_sets_alone(combine: Callable[[Any, Any], Any]) -> None:
    for one in map(Properties, range(256)):
        for other in (0, 1, 4, 255, 256, -1, True, False, ErrorCode.ARGUMENT):
            with pytest.raises(TypeError, match=r"^Properties: expected Properties to combine with, not "):
                combine(one, other)
            if type(other) is int:
                with pytest.raises(TypeError, match=r"^Properties: expected Properties to combine with, not "):
                    combine(other, one)
            else:  # answers itself: a number, which is no set
                assert type(combine(other, one)) is not Properties
        for other in map(Properties, range(0, 256, 5)):
            assert combine(one, other) is Properties(combine(int(one), int(other)))

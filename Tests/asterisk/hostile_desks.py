# SPDX-License-Identifier: MIT
"""102 calls and is called; then 101 is at that phone, and sends on, or makes one of two, what was 102's."""

from __future__ import annotations

from typing import Callable

from calls import AnyLab, insist
from hostile_calls import Row, answered, permitted, phone_refers, phone_refers_to, together
from hostile_lab import look_at
from hostile_more import Act
from setups import Setup


def at_102(then: Callable[[AnyLab], Callable[[], None]], logs_in: str = "101") -> Act:
    """First what 102 does; then somebody logs in at that phone, and does the rest."""

    def act(lab: AnyLab) -> str:
        goes_on = then(lab)
        try:
            if logs_in:
                insist(lab, "CallpropLogin", Phone="PJSIP/102", Extension=logs_in)
            goes_on()
            return together(lab, 1.5)
        finally:
            insist(lab, "CallpropLogout", Phone="PJSIP/102")

    return act


def consults(who: str, number: str) -> Callable[[AnyLab], Callable[[], None]]:
    """Somebody calls 102, who consults."""

    def first(lab: AnyLab) -> Callable[[], None]:
        answered(lab, who, "102")
        consultation = answered(lab, "102", number)
        return lambda: phone_refers_to(lab, "102", number, consultation.replaces())

    return first


def calls_both(number: str) -> Callable[[AnyLab], Callable[[], None]]:
    def first(lab: AnyLab) -> Callable[[], None]:
        call = answered(lab, "102", number)
        other = answered(lab, "102", "103")
        return lambda: call.refers("103", other.replaces())

    return first


def sends(who: str, number: str) -> Callable[[AnyLab], Callable[[], None]]:
    def first(lab: AnyLab) -> Callable[[], None]:
        answered(lab, who, "102")
        return lambda: phone_refers(lab, "102", number)

    return first


def rows(what: str, first: Callable[[AnyLab], Callable[[], None]], together_then: str, right: str) -> list[Row]:
    """Of 101 it needs that right; of 102 himself nothing more than what he was asked for when he called."""
    others = tuple(mnemo for mnemo in ("li", "lo", "ri", "ro", "qli", "qri") if mnemo != right)
    return [
        *(
            Row(f"{permitted(seen)}{what}, 101 {granted}", at_102(first), seen, {"101": granted})
            for granted, seen in (((), ""), (others, ""), ((right,), together_then))
        ),
        Row(f"permitted: {what}, 102 himself", at_102(first, ""), together_then),
    ]


ROWS = [
    *rows("outside is put through to 103", consults("trunk", "103"), "103+trunk", "lo"),
    *rows("103 is put through to 104", consults("103", "104"), "103+104", "lo"),
    *rows("103 is put through to outside", consults("103", "0301234"), "103+trunk", "ro"),
    *rows("104, whom 102 called, is put through to 103", calls_both("104"), "103+104", "lo"),
    *rows("outside is sent to 103", sends("trunk", "103"), "103+trunk", "lo"),
    *rows("103 is sent outside", sends("103", "0301234"), "103+trunk", "ro"),
]

SETUPS = [Setup("hostile desks", look_at(ROWS))]

# SPDX-License-Identifier: MIT
"""102 calls and is called; then 101 is at that phone, and sends on, or makes one of two, what was 102's."""

from __future__ import annotations

import time
from typing import Callable

from calls import AnyLab, channels, insist
from hostile_calls import (
    RINGING,
    Row,
    answered,
    answers_now,
    incoming,
    permitted,
    phone_refers,
    phone_refers_to,
    place,
    together,
)
from hostile_lab import look_at
from hostile_more import Act
from lab import until
from setups import Setup


def who_is_together(lab: AnyLab) -> str:
    return together(lab, 1.5)


def at_102(then: Callable[[AnyLab], Callable[[], None]], logs_in: str = "101", seen: Act = who_is_together) -> Act:
    """First what 102 does; then somebody logs in at that phone, and does the rest. What is seen then."""

    def act(lab: AnyLab) -> str:
        goes_on = then(lab)
        try:
            if logs_in:
                insist(lab, "CallpropLogin", Phone="PJSIP/102", Extension=logs_in)
            goes_on()
            return seen(lab)
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


def rings_first(who: str) -> Callable[[AnyLab], Callable[[], None]]:
    """As consults(), and 103 answers only when he is put through."""

    def first(lab: AnyLab) -> Callable[[], None]:
        answered(lab, who, "102")
        consultation = place(lab, "102", "103")
        until(lambda: lab.phones["103"].rang() and consultation.early)

        def then() -> None:
            phone_refers_to(lab, "102", "103", consultation.replaces())
            time.sleep(0.5)
            if not incoming(lab, "103").is_over:
                answers_now(lab, "103")

        return then

    return first


def is_outside_there(lab: AnyLab) -> str:
    time.sleep(1.5)
    return " ".join(fields[0][:11] for fields in channels(lab) if fields[0].startswith("PJSIP/trunk"))


def in_the_menu(logs_in: str) -> Act:
    """102 consults a menu, and puts outside through to it."""
    return at_102(consults("trunk", "600"), logs_in, is_outside_there)


ROWS = [
    *(
        Row(
            f"{permitted(seen)}{who} is put through to 103, who rings, 101 {granted}",
            at_102(rings_first(who)),
            seen,
            {"101": granted},
            {"103": RINGING},
        )
        for who, together_then in (("trunk", "103+trunk"), ("104", "103+104"))
        for granted, seen in (((), ""), (("li", "ri", "ro"), ""), (("lo",), together_then))
    ),
    Row(
        "permitted: outside is put through to 103, who rings, 102 himself",
        at_102(rings_first("trunk"), ""),
        "103+trunk",
        {},
        {"103": RINGING},
    ),
    Row("outside is put through to a menu, 101 (nothing)", in_the_menu("101"), "", {"101": ()}),
    Row(
        "permitted: outside is put through to a menu, 101 (lo)",
        in_the_menu("101"),
        "PJSIP/trunk",
        {"101": ("lo",)},
    ),
    Row("permitted: outside is put through to a menu, 102 himself", in_the_menu(""), "PJSIP/trunk"),
    *rows("outside is put through to 103", consults("trunk", "103"), "103+trunk", "lo"),
    *rows("103 is put through to 104", consults("103", "104"), "103+104", "lo"),
    *rows("103 is put through to outside", consults("103", "0301234"), "103+trunk", "ro"),
    *rows("104, whom 102 called, is put through to 103", calls_both("104"), "103+104", "lo"),
    *rows("outside is sent to 103", sends("trunk", "103"), "103+trunk", "lo"),
    *rows("103 is sent outside", sends("103", "0301234"), "103+trunk", "ro"),
]

SETUPS = [Setup("hostile desks", look_at(ROWS))]

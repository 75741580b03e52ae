# SPDX-License-Identifier: MIT
"""Two calls become one, and who makes it of them has no right inside: both who are connected then are asked."""

from __future__ import annotations

import time
from typing import Callable

from calls import AnyLab, channel_of, insist
from hostile_calls import RINGING, Early, Row, answered, answers_now, incoming, place, together
from lab import until

# Two phones are rung, one after the other
DIALPLAN = """
exten => 685,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/103,20,b(callprop^ring^1))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1))
"""


def joins(one: Early, two: Early, number: str) -> None:
    one.refers(number, two.replaces())


def joined(number: str = "102", pause: float = 0.5) -> Callable[[AnyLab], str]:
    """Outside calls 101 and a number, and connects the two, so long after the answer."""

    def act(lab: AnyLab) -> str:
        one = answered(lab, "trunk", "101")
        two = place(lab, "trunk", number)
        until(lambda: two.final)
        time.sleep(pause)
        joins(one, two, number)
        return together(lab)

    return act


def joined_at_once(lab: AnyLab) -> str:
    two = answered(lab, "trunk", "102")
    one = place(lab, "trunk", "101")
    until(lambda: one.final)
    joins(one, two, "102")
    return together(lab)


def joined_while_it_rings(number: str, then: Callable[[AnyLab], None]) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        one = answered(lab, "trunk", "101")
        two = place(lab, "trunk", number)
        until(lambda: (lab.phones["102"].rang() or lab.phones["103"].rang()) and (two.early or two.final))
        time.sleep(0.3)
        joins(one, two, number)
        time.sleep(0.7)
        then(lab)
        return together(lab)

    return act


def answers_102(lab: AnyLab) -> None:
    answers_now(lab, "102")


def rings_102_then(lab: AnyLab) -> None:
    """103 is busy: the next phone is rung by whoever is there now."""
    call, phone = incoming(lab, "103"), lab.phones["103"]
    with lab.exchange.news:
        call.is_over = True
        phone.reply(call.invite, "486 Busy Here", tag=call.tag)
    until(lab.phones["102"].rang)
    answers_now(lab, "102")


def joined_by_who_was_called(lab: AnyLab) -> str:
    """101 calls outside, who calls 102, and connects the two."""
    answered(lab, "101", "0301234")
    two = answered(lab, "trunk", "102")
    phone = lab.phones["trunk"]
    with lab.exchange.news:
        phone.refer(incoming(lab, "trunk"), f"102@127.0.0.1?Replaces={two.replaces()}")
    return together(lab)


def joined_by_ami(lab: AnyLab) -> str:
    """Outside calls 101 and 102, and a desk application connects the two."""
    answered(lab, "trunk", "101")
    answered(lab, "trunk", "102")
    insist(lab, "Bridge", Channel1=channel_of(lab, "PJSIP/101"), Channel2=channel_of(lab, "PJSIP/102"))
    return together(lab)


def joined_by_103(lab: AnyLab) -> str:
    """An extension has a right inside, by which both were called."""
    one, two = answered(lab, "103", "101"), answered(lab, "103", "102")
    joins(one, two, "102")
    return together(lab)


WAYS: dict[str, tuple[Callable[[AnyLab], str], dict[str, tuple[str, dict[str, str]]], str, str]] = {
    # who makes one call of two: what is done, phones, the status with which 101 is called at all, the one of 102
    "outside, both connected": (joined(), {}, "ri", "ri"),
    "outside, 102 has just answered": (joined(pause=0), {}, "ri", "ri"),
    "outside, 101 has just answered": (joined_at_once, {}, "ri", "ri"),
    "outside, 102 rings": (joined_while_it_rings("102", answers_102), {"102": RINGING}, "ri", "ri"),
    "outside, into a queue": (joined_while_it_rings("684", answers_102), {"102": RINGING}, "ri", "qri"),
    "outside, before 102 rings": (
        joined_while_it_rings("685", rings_102_then),
        {"103": RINGING, "102": RINGING},
        "ri",
        "",
    ),
    "outside, whom 101 called": (joined_by_who_was_called, {}, "ro", "ri"),
    "AMI": (joined_by_ami, {}, "ri", "ri"),
}
INSIDE = {"outside, into a queue": ("li", "qli")}
TIMES = {"outside, 102 has just answered": 4, "outside, 101 has just answered": 4}


def rows() -> list[Row]:
    found = []
    for name, (act, phones, first, second) in WAYS.items():
        own, other = INSIDE.get(name, ("li", "li"))
        granted = {"101": (first, own), "102": tuple(filter(None, (second, other))), "103": ("all",)}
        for who, lacking in (("101", (first,)), ("102", tuple(filter(None, (second,))))):
            if who == "102" and not second:
                continue  # it would not ring
            found.append(
                Row(f"joined by {name}: {who} lacks li", act, "", {**granted, who: lacking}, phones, TIMES.get(name, 1))
            )
        found.append(Row(f"permitted: joined by {name}", act, "101+102", granted, phones))
    return found


# fmt: off
ROWS = [
    *rows(),
    Row("permitted: joined by 103, who called both", joined_by_103, "101+102", {"101": ("li",), "102": ("li",), "103": ("lo",)}),
]
# fmt: on

# SPDX-License-Identifier: MIT
"""Two calls become one, and who makes it of them has no right inside: both who are connected then are asked."""

from __future__ import annotations

import itertools
import time
from typing import Callable

from real_calls import Failed

from calls import AnyLab, channel_of, channels, insist
from hostile_calls import (
    RINGING,
    Early,
    Row,
    answered,
    answers_now,
    connected,
    incoming,
    permitted,
    phone_refers_to,
    phone_replaces,
    place,
    together,
)
from hostile_lab import parked
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
    # Whoever may not be with 103 is gone by then.
    if until(lab.phones["102"].rang, 2):
        answers_now(lab, "102")


def joined_by_who_was_called(lab: AnyLab) -> str:
    """101 calls outside, who calls 102, and connects the two."""
    answered(lab, "101", "0301234")
    two = answered(lab, "trunk", "102")
    phone = lab.phones["trunk"]
    with lab.exchange.news:
        phone.refer(incoming(lab, "trunk"), f"102@127.0.0.1?Replaces={two.replaces()}")
    return together(lab)


def joined_while_101_presses_keys(lab: AnyLab) -> str:
    """101 calls outside, and is about to transfer by keys. Outside connects it with 102, which rings: that is done once 101's keys have come to
    nothing, and 102 has answered and is connected with outside by then."""
    caller = answered(lab, "101", "0301234")
    two = place(lab, "trunk", "102")
    until(lambda: lab.phones["102"].rang() and (two.early or two.final))
    caller.presses("#")
    phone = lab.phones["trunk"]
    time.sleep(0.3)
    with lab.exchange.news:
        phone.refer(incoming(lab, "trunk"), f"102@127.0.0.1?Replaces={two.replaces()}")
    time.sleep(0.3)
    answers_102(lab)
    until(lambda: "102+trunk" in connected(lab))
    until(lambda: "101+trunk" not in connected(lab))
    return together(lab)


def joined_by_ami(lab: AnyLab) -> str:
    """Outside calls 101 and 102, and a desk application connects the two."""
    answered(lab, "trunk", "101")
    answered(lab, "trunk", "102")
    insist(lab, "Bridge", Channel1=channel_of(lab, "PJSIP/101"), Channel2=channel_of(lab, "PJSIP/102"))
    return together(lab)


def joined_while_it_retrieves(*pauses: float) -> Callable[[AnyLab], str]:
    """101 is parked. Outside retrieves it, and puts 102 in its own place there: before the two are connected, or at that moment.

    Asterisk waits half a second in ParkedCall(), and tells nobody when another is there just after that.
    """
    pause = itertools.cycle(pauses)

    def act(lab: AnyLab) -> str:
        space = parked(lab, "101")
        two = answered(lab, "trunk", "102")
        one = place(lab, "trunk", space)
        until(lambda: one.final)
        time.sleep(next(pause))
        joins(one, two, "102")
        return together(lab)

    return act


def puts_102_where_it_waits(lab: AnyLab) -> bool:
    """Outside calls what is no phone, and 102, and puts 102 in its own place: 102 is connected with nobody."""
    one, two = answered(lab, "trunk", "647"), answered(lab, "trunk", "102")
    joins(one, two, "102")
    until(lambda: "PJSIP/trunk-" not in lab.pbx.command("core show channels concise"))
    time.sleep(0.5)
    return any(fields[0].startswith("PJSIP/102-") for fields in channels(lab))


def put_outside(then: Callable[[AnyLab, Early], None]) -> Callable[[AnyLab], str]:
    """102 calls 101, who puts 102 through to outside: 102 is there by the right of 101. Then 102 makes one of that call and another."""

    def act(lab: AnyLab) -> str:
        first = answered(lab, "102", "101")
        consultation = answered(lab, "101", "0301234")
        phone_refers_to(lab, "101", "102", consultation.replaces())
        if not until(lambda: connected(lab) == "102+trunk"):
            raise Failed(f"102 is not put through to outside, but {connected(lab)!r}")
        then(lab, first)
        return together(lab)

    return act


def joined_by_whom_101_puts_both_through_to(lab: AnyLab) -> str:
    """102 and 103 call 101, who puts each through to the same phone outside; and that makes one call of the two."""
    for who in ("102", "103"):
        answered(lab, who, "101")
        consultation = answered(lab, "101", "0301234")
        phone_refers_to(lab, "101", who, consultation.replaces())
        if not until(lambda: f"{who}+trunk" in connected(lab)):
            raise Failed(f"{who} is not put through to outside, but {connected(lab)!r}")
    phone_refers_to(lab, "trunk", "102", phone_replaces(lab, "trunk", 0))
    return together(lab)


def joined_by_outside_that_101_put_two_through_to(lab: AnyLab) -> str:
    """101 calls outside twice, and puts each through to one more outside; who makes one call of the two."""
    for _ in range(2):
        first, second = answered(lab, "101", "0301234"), answered(lab, "101", "0301235")
        joins(first, second, "0301235")
        until(lambda: "101" not in connected(lab))
    phone_refers_to(lab, "trunk", "0301235", phone_replaces(lab, "trunk", 3), 1)
    return together(lab)


def then_103(lab: AnyLab, first: Early) -> None:
    two = answered(lab, "102", "103")
    joins(two, first, "103")


def then_103_the_other_way(lab: AnyLab, first: Early) -> None:
    two = answered(lab, "102", "103")
    joins(first, two, "103")


def then_103_who_calls(lab: AnyLab, first: Early) -> None:
    answered(lab, "103", "102")
    phone_refers_to(lab, "102", "102", first.replaces())


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
    "outside, while 101 presses keys": (joined_while_101_presses_keys, {"102": RINGING}, "ro", "ri"),
    "AMI": (joined_by_ami, {}, "ri", "ri"),
    "outside, who retrieves 101": (joined_while_it_retrieves(0.1), {}, "ri", "ri"),
    "outside, who has just retrieved 101": (joined_while_it_retrieves(0.49, 0.494, 0.498, 0.502), {}, "ri", "ri"),
}
INSIDE = {"outside, into a queue": ("li", "qli")}
TIMES = dict.fromkeys(
    (
        "outside, 102 has just answered",
        "outside, 101 has just answered",
        "outside, while 101 presses keys",
        "outside, who has just retrieved 101",
    ),
    4,
)


# The queue goes on with who may be with 101.
ELSE = {("outside, into a queue", "102"): "101+103"}


def rows() -> list[Row]:
    found = []
    for name, (act, phones, first, second) in WAYS.items():
        own, other = INSIDE.get(name, ("li", "li"))
        granted = {"101": (first, own), "102": tuple(filter(None, (second, other))), "103": ("all",)}
        for who, lacking in (("101", (first,)), ("102", tuple(filter(None, (second,))))):
            if who == "102" and not second:
                continue  # it would not ring
            found.append(
                Row(
                    f"joined by {name}: {who} lacks li",
                    act,
                    ELSE.get((name, who), ""),
                    {**granted, who: lacking},
                    phones,
                    TIMES.get(name, 1),
                )
            )
        found.append(Row(f"permitted: joined by {name}", act, "101+102", granted, phones))
    return found


PUT_OUTSIDE = {
    "103": then_103,
    "103, by the other call,": then_103_the_other_way,
    "103, who called,": then_103_who_calls,
}

# fmt: off
ROWS = [
    *rows(),
    Row("permitted: outside puts 102 (ri) where nobody is", puts_102_where_it_waits, True, {"102": ("ri",)}),
    *(
        row
        for name, then in PUT_OUTSIDE.items()
        for row in (
            Row(f"102 (no ro), put outside by 101, connects {name} (no ri)", put_outside(then), "", {"102": ("li", "lo"), "103": ("li", "lo")}),
            Row(f"permitted: 102 (no ro), put outside by 101, connects {name} (ri)", put_outside(then), "103+trunk", {"102": ("li", "lo"), "103": ("li", "lo", "ri")}),
        )
    ),
    *(
        Row(
            f"{permitted(expected)}joined by outside, to whom 101 put 102 {first} and 103 {second} through",
            joined_by_whom_101_puts_both_through_to, expected, {"101": ("li", "ro"), "102": first, "103": second},
        )
        for first, second, expected in ((("lo",), ("lo",), ""), (("lo", "li"), ("lo",), ""), (("lo",), ("lo", "li"), ""), (("lo", "li"), ("lo", "li"), "102+103"))
    ),
    Row("permitted: outside, to whom 101 (ro) put two through, connects the two", joined_by_outside_that_101_put_two_through_to, "trunk+trunk", {"101": ("ro",)}),
    Row("permitted: joined by 103, who called both", joined_by_103, "101+102", {"101": ("li",), "102": ("li",), "103": ("lo",)}),
]
# fmt: on

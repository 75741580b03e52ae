# SPDX-License-Identifier: MIT
"""Ways to try a hostile call that several files of them need, and how their rows are looked at."""

from __future__ import annotations

import os
import re
import time
from typing import Callable

from calls import AnyLab, channel_of, insist
from desk import Desk
from hostile_calls import Early, Office, Row, answered, one, phone_refers, phone_refers_to, place, together
from lab import until

NOBODY = {"101": ()}


def dials(of: str, number: str) -> Callable[[AnyLab], object]:
    def act(lab: AnyLab) -> object:
        caller = place(lab, of, number)
        until(lambda: caller.final)
        return str(caller.final), together(lab, 0.6)

    return act


def sent_to_pickup(who_calls: str, number: str = "*8102", sent: str = "trunk") -> Callable[[AnyLab], str]:
    """102 rings; 101 is called, and sends who called to a pickup of that."""

    def act(lab: AnyLab) -> str:
        place(lab, who_calls, "102")
        lab.expect_ring("102")
        answered(lab, sent, "101")
        phone_refers(lab, "101", number)
        return together(lab)

    return act


def parked(lab: AnyLab, who: str) -> str:
    """Somebody has himself parked. The number of his space."""
    place(lab, who, "626")
    return space_of_parked(lab)


def space_of_parked(lab: AnyLab) -> str:
    """The number of the space in which a call is parked, once one is, and the module has heard of it: nobody dials it in that moment."""
    space = re.compile(r"Space *: *(70\d)")
    until(lambda: space.search(lab.pbx.command("parking show default")))
    time.sleep(0.1)
    return space.search(lab.pbx.command("parking show default"))[1]


def parks(lab: AnyLab, by: str) -> str:
    """A phone has parked the call that rang it, and Asterisk has told so. The number of the space."""
    before = len(lab.pbx.manager.named("BlindTransfer"))
    phone_refers(lab, by, "700")
    until(lambda: len(lab.pbx.manager.named("BlindTransfer")) > before)
    return space_of_parked(lab)


def sent_to_parked(who_is_parked: str = "trunk") -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        space = parked(lab, who_is_parked)
        answered(lab, "trunk", "101")
        phone_refers(lab, "101", space)
        return together(lab)

    return act


def goes_on_after_101(number: str) -> Callable[[AnyLab], str]:
    """101 calls a number, and hangs up; Dial() with F lets who was rung go on."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, "101", number)
        with lab.exchange.news:
            caller.request("BYE", caller.dialog)
        return together(lab)

    return act


def put_where(number: str, who: str = "trunk", called: str = "101", by: str = "101") -> Callable[[AnyLab], str]:
    """Somebody calls a phone, which calls a number that answers, and makes one call of the two."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, called)
        consultation = answered(lab, by, number)
        phone_refers_to(lab, by, number, consultation.replaces())
        return together(lab, 2)

    return act


def bridge_outside_with_local(lab: AnyLab) -> None:
    """AMI connects outside with the Local channel that 101 has called."""
    answered(lab, "trunk", "647")
    local = re.search(r"^(Local/\S+?;1)!", lab.pbx.command("core show channels concise"), re.MULTILINE)[1]
    insist(lab, "Bridge", Channel1=channel_of(lab, "PJSIP/trunk"), Channel2=local)


def three_by_keys(lab: AnyLab) -> Early:
    """101 calls 102, and has outside in the same call."""
    caller = answered(lab, "101", "102")
    caller.presses("*20301234")
    until(lab.phones["trunk"].rang)
    time.sleep(0.8)
    caller.presses("*3")
    return caller


def look_at(rows: list[Row], office: Office | None = None) -> Callable[[Desk], None]:
    """HOSTILE=PATTERN, for those alone whose name has it."""

    def look(desk: Desk) -> None:
        for row in rows:
            if re.search(os.environ.get("HOSTILE", ""), row.name):
                before = len(desk.pbx.log())
                seen = [one(desk, row, office or Office()) for _ in range(row.times)]
                wrong = [what for what in seen if what != row.expected]
                told = "; ".join(desk.pbx.logged(before)[-4:])
                lost = f"{len(wrong)} of {row.times}: {wrong[0]}; {told}" if wrong else row.expected
                desk.check(row.name, row.expected, lost)

    return look

# SPDX-License-Identifier: MIT
"""Somebody is put through while a phone rings. Sound goes both ways before it answers, where it sends any: so it is decided at once."""

from __future__ import annotations

import time
from typing import Callable

from calls import AnyLab
from hostile import dialplan
from hostile_calls import (
    NOT_RI,
    RINGING,
    Row,
    answered,
    answers_now,
    forwards,
    incoming,
    phone_refers_to,
    place,
    together,
)
from hostile_lab import look_at, put_where
from lab import until
from setups import Setup

LI_LO = ("li", "lo")


def comes_of(lab: AnyLab, phone: str) -> str:
    """Whether it still rings a while after."""
    until(lambda: incoming(lab, phone).is_over, 1.5)
    return "ended" if incoming(lab, phone).is_over else "rings"


def put_through(who: str, number: str, rings: str, answers: bool = False) -> Callable[[AnyLab], str]:
    """Somebody calls 101, who calls a number, and puts him through while a phone rings. Then it still rings, or was ended; or it answers."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, "101")
        consultation = place(lab, "101", number)
        until(lambda: lab.phones[rings].rang() and (consultation.early or consultation.final))
        time.sleep(0.3)
        phone_refers_to(lab, "101", number, consultation.replaces())
        seen = comes_of(lab, rings)
        if not answers or seen == "ended":
            return seen
        answers_now(lab, rings)
        return together(lab)

    return act


def of_several(granted: tuple[str, ...], expected: str) -> Row:
    name = f"outside is put through to several, of whom 103 {granted} answers"
    phones = {"102": RINGING, "103": RINGING}
    return Row(
        f"{'' if expected == 'ended' else 'permitted: '}{name}",
        put_through("trunk", "611", "103", True),
        expected,
        {"103": granted},
        phones,
    )


# 104 forwards outside: by his right 101, who may not call there, has it rung.
FORWARDS = {"104": forwards("0301234"), "trunk": RINGING}
# fmt: off
ROWS = [
    *(Row(f"outside is put through to {number}, where 103 (no ri) rings", put_through("trunk", number, "103"), "ended", {"103": NOT_RI}, {"103": RINGING})
      for number in ("103", "820", "821")),
    *(Row(f"permitted: outside is put through to {number}, where 103 (ri) rings", put_through("trunk", number, "103"), "rings", {"103": ("li", "ri")}, {"103": RINGING})
      for number in ("103", "820", "821")),
    *(Row(f"permitted: outside is put through to {number}, where 103 (ri) answers", put_through("trunk", number, "103", True), "103+trunk", {"103": ("li", "ri")}, {"103": RINGING})
      for number in ("103", "820", "821")),
    Row("103 (no ro) is put through to outside, which rings, by 101 (no ro)", put_through("103", "104", "trunk"), "ended",
        {"101": LI_LO, "103": LI_LO, "104": ("li", "ro")}, FORWARDS),
    Row("permitted: 103 (ri) is put through so", put_through("103", "104", "trunk", True), "103+trunk",
        {"101": LI_LO, "103": ("ri", *LI_LO), "104": ("li", "ro")}, FORWARDS),
    Row("permitted: 103 (no ro) is put through to outside, which rings, by 101 (ro)", put_through("103", "0301234", "trunk"), "rings",
        {"103": LI_LO}, {"trunk": RINGING}),
    Row("permitted: the same, and outside answers", put_through("103", "0301234", "trunk", True), "103+trunk", {"103": LI_LO}, {"trunk": RINGING}),
    Row("permitted: 104 (lo) is put through to 103 (li), who answers", put_through("104", "103", "103", True), "103+104",
        {"104": LI_LO, "103": ("li",)}, {"103": RINGING}),
    of_several(NOT_RI, "ended"),
    *(Row(f"outside is put through to {number}, which rings 103 and has not said what was dialled", put_where(number), "")
      for number in ("822", "823", "824")),
    Row("permitted: outside is put through to 825, which says it then", put_where("825"), "103+trunk", {"103": ("ri",)}),
    Row("outside is put through to 825, which says it then, and 103 has no ri", put_where("825"), "", {"103": NOT_RI}),
    of_several(("li", "ri"), "103+trunk"),
]
# fmt: on

DIALPLAN = """
exten => 611,1,Gosub(callprop,call,1(610))
 same => n,Dial(PJSIP/102&PJSIP/103,20,b(callprop^ring^1))
exten => 822,1,Answer()
 same => n,Wait(1.5)
 same => n,Dial(PJSIP/103,20,b(callprop^ring^1))
exten => 823,1,Gosub(callprop,client,1(-))
 same => n,Goto(822,1)
exten => 824,1,Answer()
 same => n,Wait(1.5)
 same => n,Dial(Local/822@internal/n,20,b(callprop^ring^1))
exten => 825,1,Answer()
 same => n,Wait(1.5)
 same => n,Gosub(callprop,call,1(103))
 same => n,Dial(PJSIP/103,20,b(callprop^ring^1))
exten => 820,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/103@internal/n,20,b(callprop^ring^1))
exten => 821,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/820@internal/n,20,b(callprop^ring^1))
"""

SETUPS = [Setup("hostile, early", look_at(ROWS), {"extensions.conf": dialplan(DIALPLAN)})]

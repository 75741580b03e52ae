# SPDX-License-Identifier: MIT
"""Somebody is put through while a phone rings. Sound goes both ways before it answers, where it sends any: so it is decided at once."""

from __future__ import annotations

import time
from typing import Callable

from calls import AnyLab
from hostile import dialplan
from hostile_calls import RINGING, Row, answered, answers_now, forwards, incoming, phone_refers_to, place, together
from hostile_lab import look_at
from lab import until
from setups import Setup

LI_LO, NOT_RI = ("li", "lo"), ("li", "lo", "ro", "qli", "qri")


def put_through(who: str, number: str, rings: str, answers: bool = False) -> Callable[[AnyLab], str]:
    """Somebody calls 101, who calls a number, and puts him through while it rings. Then it still rings, or was ended; or it answers."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, "101")
        consultation = place(lab, "101", number)
        until(lambda: lab.phones[rings].rang() and consultation.early)
        time.sleep(0.3)
        phone_refers_to(lab, "101", number, consultation.replaces())
        until(lambda: incoming(lab, rings).is_over, 1.5)
        if answers and not incoming(lab, rings).is_over:
            answers_now(lab, rings)
            return together(lab)
        return "ended" if incoming(lab, rings).is_over else "rings"

    return act


def put_where_it_waits(number: str) -> Callable[[AnyLab], str]:
    """Outside calls 101, and is put through to where the dialplan answers, waits, and rings 103 only then."""

    def act(lab: AnyLab) -> str:
        answered(lab, "trunk", "101")
        consultation = answered(lab, "101", number)
        phone_refers_to(lab, "101", number, consultation.replaces())
        return together(lab, 2)

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
    *(Row(f"outside is put through to {number}, which rings 103 and has not said what was dialled", put_where_it_waits(number), "")
      for number in ("822", "823", "824")),
    Row("permitted: outside is put through to 825, which says it then", put_where_it_waits("825"), "103+trunk", {"103": ("ri",)}),
    Row("outside is put through to 825, which says it then, and 103 has no ri", put_where_it_waits("825"), "", {"103": NOT_RI}),
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

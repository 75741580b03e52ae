# SPDX-License-Identifier: MIT
"""Calls that a hostile tester made. Each comes to what no status permits, or held where it might not have."""

from __future__ import annotations

import time

import hostile_changes
import hostile_connections
import hostile_held
import hostile_joined
import hostile_sent_on
import pasted
from calls import AnyLab
from desk import Desk
from hostile_calls import RINGING, answered, forwards, phone_replaces, with_phones
from hostile_connections import attended_to_103, into
from hostile_lab import look_at
from setups import Setup, conf, modules

ROWS = [*hostile_connections.ROWS, *hostile_held.ROWS]


DIALPLAN = """
exten => 683,1,Gosub(callprop,call,1(0301234))
 same => n,Dial(Local/0301234@internal/n,9,Tb(callprop^ring^1))
exten => 684,1,Answer()
 same => n,Gosub(callprop,call,1(503))
 same => n,Queue(waiting,b(callprop^ring^1),,,30)
exten => 690,1,Page(PJSIP/102)
exten => 691,1,Gosub(callprop,call,1(610))
 same => n,Page(PJSIP/102)
"""


def look_at_the_office(desk: Desk) -> None:
    """The README's office, with every setting that it names: what is at lunch is not to be called from outside."""
    outside = "0301234101"
    lunch = {"103": "lunch"}

    def circle_and_attended(lab: AnyLab) -> str:
        call = answered(lab, "102", "104")
        call.refers("104", phone_replaces(lab, "102"))
        time.sleep(0.8)
        pasted.set_status(lab.pbx, "103", "lunch")
        return attended_to_103(lab, outside)

    rows = (
        ("circle, then attended to 103 at lunch", circle_and_attended, "", {}, {"104": forwards("102")}, 1),
        ("attended while 102 rings, at lunch", into("102", outside), "", {"102": "lunch"}, {"102": RINGING}, 8),
        ("held: attended to 103 at lunch", lambda lab: attended_to_103(lab, outside), "", lunch, {}, 1),
    )
    for name, act, expected, statuses, phones, times in rows:
        lost = []
        for _ in range(times):
            for extension in ("101", "102", "103", "104"):
                pasted.set_status(desk.pbx, extension, statuses.get(extension, "work"))
            lost += [what for what in [with_phones(desk, act, phones, expected, True)] if what != expected]
        desk.check(f"office: {name}", expected, f"{len(lost)} of {times}: {lost[0]}" if lost else expected)


def dialplan(*parts: str) -> str:
    forgotten = "\n; Forgotten: no subroutine"
    return conf("extensions.conf").replace(forgotten, f"{DIALPLAN}{''.join(parts)}{forgotten}")


SETUPS = [
    Setup(
        "hostile",
        look_at(ROWS),
        {
            "extensions.conf": dialplan(),
            "modules.conf": modules("app_confbridge", "app_page"),
            "confbridge.conf": "[general]\n",
        },
    ),
    Setup(
        "hostile, joined",
        look_at(hostile_joined.ROWS),
        {"extensions.conf": dialplan(hostile_joined.DIALPLAN)},
    ),
    Setup(
        "hostile, sent on",
        look_at([*hostile_sent_on.ROWS, *hostile_changes.ROWS]),
        {"extensions.conf": dialplan(hostile_sent_on.DIALPLAN)},
    ),
    Setup("hostile office", look_at_the_office, pasted.FILES),
]

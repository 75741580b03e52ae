# SPDX-License-Identifier: MIT
"""Calls that go on where nobody looked: behind a Local channel, to a number without `call`, and into another's callback."""

from __future__ import annotations

import time
from typing import Callable

from calls import AnyLab
from hostile_calls import (
    NOT_RI,
    RINGING,
    Row,
    answered,
    answers_now,
    forwards,
    permitted,
    phone_refers,
    phone_refers_to,
    place,
    together,
)
from hostile_lab import goes_on_after_101, three_by_keys
from lab import until


def put_through_to_103(number: str, granted: tuple[str, ...] = ("all",)) -> Callable[[AnyLab], str]:
    """101 is connected with somebody behind a Local channel, and puts him through to 103, who rings; 103's status is changed then."""

    def act(lab: AnyLab) -> str:
        call = answered(lab, "101", number)
        consultation = place(lab, "101", "103")
        until(lambda: lab.phones["103"].rang() and consultation.early)
        call.refers("103", consultation.replaces())
        until(lambda: "PJSIP/101-" not in lab.pbx.command("core show channels concise"))
        lab.pbx.set_status("103", granted)
        answers_now(lab, "103")
        return together(lab)

    return act


def put_through_to_queue(granted: tuple[str, ...], number: str) -> Callable[[AnyLab], int]:
    """101 puts outside, who is behind a Local channel, through to a queue. How often 102 rings, whose status is changed then."""

    def act(lab: AnyLab) -> int:
        call = answered(lab, "101", "683")
        consultation = answered(lab, "101", number)
        call.refers(number, consultation.replaces())
        until(lambda: "PJSIP/101-" not in lab.pbx.command("core show channels concise"))
        lab.pbx.set_status("102", granted)
        time.sleep(2.5)  # the queue tries its members every second
        return lab.phones["102"].rang()

    return act


def nobodys_device_is_put_through(lab: AnyLab) -> str:
    """A device that is nobody's calls for help; 102 answers, and puts it through to 103, who rings."""
    answered(lab, "119", "911")
    consultation = place(lab, "102", "103")
    until(lambda: lab.phones["103"].rang() and consultation.early)
    phone_refers_to(lab, "102", "103", consultation.replaces())
    until(lambda: "PJSIP/102-" not in lab.pbx.command("core show channels concise"))
    answers_now(lab, "103")
    return together(lab)


def three_to_103(lab: AnyLab) -> str:
    """101, who is in one call with 102 and outside, puts both through to 103, who rings."""
    caller = three_by_keys(lab)
    consultation = place(lab, "101", "103")
    until(lambda: lab.phones["103"].rang() and consultation.early)
    caller.refers("103", consultation.replaces())
    time.sleep(0.7)
    answers_now(lab, "103")
    return together(lab)


def nobodys_device_sends_to_a_pickup(lab: AnyLab) -> str:
    """A device that is nobody's calls for help, and sends who helps to a pickup."""
    place(lab, "104", "102")
    lab.expect_ring("102")
    answered(lab, "119", "112").presses("#1*8102")
    return together(lab)


def picks_up_callback(number: str, dialled: str) -> Callable[[AnyLab], str]:
    """A callback rings 102, without saying for whom, and 103 takes it."""

    def act(lab: AnyLab) -> str:
        lab.pbx.rx(f"channel originate Local/102@internal/n extension {number}@internal")
        lab.expect_ring("102")
        place(lab, "103", dialled)
        return together(lab, 1.5)

    return act


def sent_to_a_callback(lab: AnyLab) -> str:
    """A callback with outside rings 102; 101 sends somebody outside to a pickup of that."""
    lab.pbx.rx("channel originate Local/102*0301234@callprop-callback/n extension 0301234@internal")
    lab.expect_ring("102")
    answered(lab, "trunk", "101")
    phone_refers(lab, "101", "*8102")
    return together(lab, 1.5)


def reaches(number: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        place(lab, "101", number)
        return together(lab)

    return act


RINGS_103, RINGS_102 = {"103": RINGING}, {"102": RINGING}
LI, LI_LO, LI_RO, LO_RO = {"102": ("li",)}, {"102": ("li", "lo")}, {"102": ("li", "ro")}, ("lo", "ro")
# fmt: off
ROWS = [
    *(Row(f"102 {status['102']} goes on from behind a Local channel: {what}", goes_on_after_101(number), expected, status)
      for number, what, status, expected in (("670", "`call` inside", LI_RO, ""), ("671", "`call` outside", LI_LO, ""),
                                             ("672", "inside, nothing said", LI, ""), ("673", "outside, nothing said", LI, ""))),
    *(Row(f"permitted: 102 {status['102']} goes on from behind a Local channel", goes_on_after_101(number), expected, status | {"101": ("lo",)})
      for number, status, expected in (("670", LI_LO, "102+103"), ("671", LI_RO, "102+trunk"))),
    *(Row(f"102's phone forwards to {number}, where nothing is said", reaches("102"), "", LI, {"102": forwards(number)})
      for number in ("642", "675")),
    Row("attended while 103 rings, who lacks ri: outside, behind a Local channel", put_through_to_103("683", NOT_RI), "", {}, RINGS_103),
    Row("attended while 103 rings: nobody is behind the Local channel", put_through_to_103("658"), "", {}, RINGS_103, denied=False),
    *(Row(f"{permitted(rings)}attended into a queue ({number}) from behind a Local channel, 102 has {granted}", put_through_to_queue((granted,), number), rings, {"102": (), "103": ()}, RINGS_102)
      for number in ("684", "676") for granted, rings in (("qli", 0), ("qri", 1))),
    Row("attended while 103 rings: a device that is nobody's", nobodys_device_is_put_through, "", {}, RINGS_103 | {"trunk": RINGING}),
    Row("three by keys, then attended while 103 (li) rings", three_to_103, "102+trunk", {"103": ("li",)}, RINGS_103),
    Row("a device that is nobody's sends outside to a pickup", nobodys_device_sends_to_a_pickup, "", {}, RINGS_102),
    *(Row(f"{permitted(expected)}103 {granted} takes 102's callback with {number} by {dialled}", picks_up_callback(number, dialled), expected, {"103": granted, "102": LO_RO}, RINGS_102)
      for dialled in ("*8102", "*7")
      for granted, number, expected in ((("ro",), "104", ""), (LO_RO, "104", "103+104"), (("lo",), "0301234", ""), (("ro",), "0301234", "103+trunk"))),
    *(Row(f"{permitted(expected)}101 {granted} sends outside to a callback of 102 with outside", sent_to_a_callback, expected, {"101": granted}, RINGS_102)
      for granted, expected in ((("ri", "lo"), ""), (("ri", "ro"), "trunk+trunk"))),
    Row("attended while 103 rings, who lacks li by then: 102, behind a Local channel", put_through_to_103("674", ("lo", "ri")), "", {}, RINGS_103),
    # What stays permitted
    Row("permitted: attended while 103 (li) rings: 102, behind a Local channel", put_through_to_103("674", ("li",)), "102+103", {}, RINGS_103),
    Row("permitted: attended while 103 (ri) rings: outside, behind a Local channel", put_through_to_103("683", ("ri",)), "103+trunk", {}, RINGS_103),
]
# fmt: on
DIALPLAN = """
exten => 670,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/102@internal/n,9,b(callprop^ring^1)F(internal,103,1))
exten => 671,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/102@internal/n,9,b(callprop^ring^1)F(internal,0301234,1))
exten => 672,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/102@internal/n,9,b(callprop^ring^1)F(internal,675,1))
exten => 673,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/102@internal/n,9,b(callprop^ring^1)F(internal,642,1))
exten => 674,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/102@internal/n,9,b(callprop^ring^1))
exten => 675,1,Dial(PJSIP/103,9,b(callprop^ring^1))
exten => 676,1,Gosub(callprop,call,1(503))
 same => n,Answer()
 same => n,Queue(waiting,b(callprop^ring^1),,,30)
"""

# SPDX-License-Identifier: MIT
"""Forwards that a hostile tester used for other calls: `forward` is about the one that comes next, and a 302 about where it leads."""

from __future__ import annotations

import time
from typing import Callable

from calls import AnyLab
from hostile_calls import RINGING, Row, answered, forwards, place, together
from hostile_lab import dials, look_at
from lab import until
from setups import Setup, conf

CUT = ("", "cut 21")
RO = {"108": ("ri", "ro")}
LO = {"101": ("lo",)}
NOT_LO = ("li", "ro", "ri", "qli", "qri", "cq")
NUMBERS = {"680": "Local", "681": "outside", "682": "FollowMe", "686": "a Local channel where nothing is said"}


def after_forward(of: str, number: str, pressed: str = "9") -> Callable[[AnyLab], object]:
    """Nobody answers the forwarded call, and who calls dials on, through a menu."""

    def act(lab: AnyLab) -> object:
        caller = answered(lab, of, number)
        lab.phone("trunk")
        # Behind a Local channel it answers first, and hears no key until it waits for one.
        until(lambda: "WaitExten" in lab.pbx.command("core show channels concise"))
        caller.presses(pressed)
        return together(lab), caller.cut

    return act


def is_together_after(of: str, number: str, pressed: str) -> Callable[[AnyLab], object]:
    return lambda lab: after_forward(of, number, pressed)(lab)[0]


def rings_outside(of: str, number: str, times: int) -> Callable[[AnyLab], int]:
    """How often the trunk rings, which does not answer."""

    def act(lab: AnyLab) -> int:
        place(lab, of, number)
        until(lambda: lab.phones["trunk"].rang() >= times)
        time.sleep(1.5)
        return lab.phones["trunk"].rang()

    return act


def called_back(lab: AnyLab) -> str:
    lab.pbx.rx("channel originate Local/102*0301234@callprop-callback/n extension 0301234@internal")
    return together(lab, 1.2)


SILENT = {"trunk": ("", {})}
OUTSIDE_RINGS = {"trunk": RINGING}
# fmt: off
ROWS = [
    *(Row(f"`forward` by {how}, then the menu: outside dials on", after_forward("trunk", number), CUT, RO, SILENT)
      for number, how in NUMBERS.items()),
    *(Row(f"`forward` by {how}, then the menu: 101 (lo) dials on", after_forward("101", number), CUT, LO, SILENT)
      for number, how in NUMBERS.items()),
    *(Row(f"`forward`, then the menu rings {what} and says nothing: {of}", is_together_after(of, "685", key), "", statuses, SILENT)
      for key, what in {"1": "Local", "2": "outside", "3": "outside without the handler"}.items()
      for of, statuses in {"trunk": RO, "101": LO}.items()),
    *(Row(f"`forward` in a Local channel, then the menu: {of} dials on", is_together_after(of, "687", "9"), "", statuses, SILENT)
      for of, statuses in {"trunk": RO, "101": LO}.items()),
    Row("`forward`, then another call, and not again", rings_outside("trunk", "689", 2), 1, RO, OUTSIDE_RINGS),
    *(Row(f"outside forwards 101 (ro) to {to}", dials("101", "0301234"), ("403", ""), {"101": ("ro",)}, {"trunk": forwards(to)})
      for to in ("103", "500", "501", "600", "610")),
    *(Row(f"{who} (li, qli) forwards 101 to a device, {to}", dials("101", number), ("403", ""), {who: ("li", "qli")}, {who: forwards(to)})
      for to in ("PJSIP%2F0301234%40trunk", "PJSIP/0301234%40trunk", "pjsip/0301234%40trunk")
      for who, number in {"102": "102", "104": "502"}.items()),
    Row("outside forwards 101 (ro) to 103, from a Local channel", dials("101", "690"), ("403", ""), {"101": ("ro",)}, {"trunk": forwards("103")}),
    Row("outside forwards 109 (ro) to 103, who forwarded 101", dials("101", "109"), ("403", ""), {"109": ("li", "ro")}, {"trunk": forwards("103")}),
    Row("outside forwards a callback of 102, who lacks lo, to 103", called_back, "", {"102": NOT_LO}, {"trunk": forwards("103")}),
    # What is permitted
    Row("permitted: `forward`, then the menu: 101 (lo, ro) dials on", after_forward("101", "681"), ("101+trunk", ""), {"101": ("lo", "ro")}, SILENT),
    Row("permitted: `forward` again for another call", rings_outside("trunk", "688", 2), 2, RO, OUTSIDE_RINGS),
    Row("permitted: FollowMe of two numbers", rings_outside("trunk", "691", 2), 2, RO, OUTSIDE_RINGS),
    Row("permitted: two Local channels at once", rings_outside("trunk", "692", 2), 2, RO, OUTSIDE_RINGS),
    *(Row(f"permitted: 102 (li, ro) forwards to {to}", dials("101", "102"), ("200", "101+trunk"), {"102": ("li", "ro")}, {"102": forwards(to)})
      for to in ("0301234", "Local%2F0301234%40internal")),
    Row("permitted: outside forwards 101 (ro) to a device", dials("101", "0301234"), ("200", "101+trunk"), {"101": ("ro",)},
        {"trunk": ("redirect", {"forward_to": "PJSIP%2F0305678%40trunk", "times": "1"})}),
    Row("permitted: outside forwards 101 (lo, ro) to 103", dials("101", "0301234"), ("200", "101+103"), {"101": ("lo", "ro")}, {"trunk": forwards("103")}),
    Row("permitted: outside forwards a callback of 102 to 103", called_back, "102+103", {}, {"trunk": forwards("103")}),
]
# fmt: on


def forwarded(number: int, *what: str, then: str = "Goto(menu,s,1)") -> str:
    """The dialplan of a number that forwards for 108, does something for that, and goes on."""
    lines = [f"exten => {number},1,Gosub(callprop,call,1(108))", "Gosub(callprop,forward,1(108))", *what, then]
    return "\n same => n,".join(lines) + "\n"


OUTSIDE = "Dial(PJSIP/0301234@trunk,1,b(callprop^ring^1))"
DIALPLAN = "\n".join(
    (
        "",
        forwarded(680, "Dial(Local/0301234@internal/n,1,b(callprop^ring^1))"),
        forwarded(681, OUTSIDE),
        forwarded(682, "FollowMe(108,N)"),
        forwarded(685, OUTSIDE, then="Goto(choice,s,1)"),
        forwarded(686, "Dial(Local/s@nothing/n,1)"),
        "exten => 687,1,Gosub(callprop,call,1(610))\n same => n,Dial(Local/681@internal/n,20,b(callprop^ring^1))",
        forwarded(688, OUTSIDE, "Gosub(callprop,forward,1(108))", OUTSIDE),
        forwarded(689, OUTSIDE, OUTSIDE),
        "exten => 690,1,Gosub(callprop,call,1(0301234))\n same => n,Dial(Local/0301234@internal/n,20,b(callprop^ring^1))",
        " same => n,Hangup(${HANGUPCAUSE})",
        forwarded(691, "FollowMe(twice,N)"),
        forwarded(692, "Dial(Local/0301234@internal/n&Local/0305678@internal/n,1)"),
        "",
    )
)
CHOICE = """
[choice]
exten => s,1,Answer()
 same => n,WaitExten(9)
exten => 1,1,Dial(Local/0301234@internal/n,9,b(callprop^ring^1))
exten => 2,1,Dial(PJSIP/0301234@trunk,9,b(callprop^ring^1))
exten => 3,1,Dial(PJSIP/0301234@trunk,9)

[nothing]
exten => s,1,Wait(5)
"""
FORGOTTEN = "\n; Forgotten: no subroutine"
SETUPS = [
    Setup(
        "hostile forwards",
        look_at(ROWS),
        {
            "extensions.conf": conf("extensions.conf", CHOICE).replace(FORGOTTEN, f"{DIALPLAN}{FORGOTTEN}"),
            "followme.conf": conf(
                "followme.conf", "[twice]", "context => internal", "number => 0301234,1", "number => 0305678,1"
            ).replace("number => 0301234,8", "number => 0301234,2"),
        },
    ),
]

# SPDX-License-Identifier: MIT
"""A call is denied, and the dialplan or a script goes on all the same: to an operator, an announcement, or to what was denied."""

from __future__ import annotations

import contextlib
import time
from typing import Callable

from real_calls import Failed

import host
from ari import Application
from calls import AnyLab, channel_in, channel_of, channels, insist
from hostile_calls import (
    Row,
    answered,
    as_header,
    is_denial_told,
    permitted,
    phone_refers,
    phone_refers_to,
    phone_replaces,
    place,
    together,
)
from hostile_lab import NOBODY, dials, look_at, space_of_parked
from hostile_more import Act, dialplan
from lab import until
from setups import Setup, conf, modules

RING = "20,b(callprop^ring^1)"
SECOND = ("lo",)  # may call inside


def goes_on(who: str, number: str) -> Act:
    """Somebody dials a number whose dialplan goes on; who is connected then."""

    def act(lab: AnyLab) -> str:
        place(lab, who, number)
        return together(lab, 1.5)

    return act


def scripted(number: str, *commands: str) -> Act:
    """101's call waits for commands of AMI, at a number that it might have dialled."""

    def act(lab: AnyLab) -> str:
        place(lab, "101", number)
        name = channel_in(lab, "AGI")
        for command in commands:
            insist(lab, "AGI", Channel=name, Command=command)
        time.sleep(0.5)
        return together(lab)

    return act


def circling(line: str, act: Callable[[AnyLab], object]) -> Callable[[AnyLab], object]:
    """Denied calls go there."""

    def circles(lab: AnyLab) -> object:
        lab.pbx.manager.action("Setvar", Variable="GOES", Value=line.partition("(")[0])
        lab.pbx.manager.action("Setvar", Variable="THERE", Value=line.partition("(")[2][:-1])
        return act(lab)

    return circles


def hangs_up(who: str, number: str) -> Callable[[AnyLab], object]:
    """How many channels there are a while after."""

    def act(lab: AnyLab) -> int:
        caller = place(lab, who, number)
        until(lambda: caller.final)
        caller.result()
        until(lambda: not channels(lab), 3)
        return len(channels(lab))

    return act


def is_bridged(lab: AnyLab) -> str:
    """101 stays after a decision; AMI connects him with 103, who has called nobody."""
    answered(lab, "101", "834")
    answered(lab, "103", "647")
    insist(lab, "Bridge", Channel1=channel_of(lab, "PJSIP/101"), Channel2=channel_of(lab, "PJSIP/103"))
    return together(lab)


def is_parked(lab: AnyLab) -> str:
    place(lab, "101", "835")
    place(lab, "103", space_of_parked(lab))
    return together(lab)


def is_rung_for(how: str) -> Act:
    """101 gets to an application after a decision; that rings 104 for him, and connects the two."""

    def act(lab: AnyLab) -> str:
        with Application() as application, contextlib.suppress(Failed):  # what is denied is gone at once
            place(lab, "101", "836")
            one = application.id_of("PJSIP/101", "Ring")
            application.post(f"channels/{one}/answer")
            two = application.post(f"channels{how}", endpoint="PJSIP/104", app="desk", originator=one)["id"]
            if how:
                application.post(f"channels/{two}/dial")
            time.sleep(1)
            bridge = application.post("bridges", type="mixing")["id"]
            for channel in (one, two):
                application.post(f"bridges/{bridge}/addChannel", channel=channel)
        return together(lab)

    return act


def by_key(then: Callable[[AnyLab], None], key: str = "*5") -> Act:
    """101 is with 102, and a key of his asks for a call outside, which is denied. That has to do with nothing else."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, "101", "837")
        caller.presses(key)
        is_denial_told(lab)
        then(lab)
        return together(lab)

    return act


def sends_on(number: str) -> Act:
    """102 calls 101, who sends him on."""

    def act(lab: AnyLab) -> str:
        answered(lab, "102", "101")
        phone_refers(lab, "101", number)
        return together(lab, 1.5)

    return act


def puts_through(number: str) -> Callable[[AnyLab], None]:
    """102 does so with 101."""

    def then(lab: AnyLab) -> None:
        consultation = answered(lab, "102", number)
        phone_refers_to(lab, "102", number, consultation.replaces())

    return then


def replaces_102(lab: AnyLab) -> None:
    place(lab, "103", "102", replaces=as_header(phone_replaces(lab, "102")))


DIAL = f"EXEC Dial PJSIP/102,{RING}"
QUEUE = "EXEC Queue direct,nb(callprop^ring^1),,,10"
# How a dialplan goes on after CALLPROP_CALL(), by the number that is dialled for it, and who is rung when that was permitted.
WAYS = {
    "811": ("rings 104", "101+104"),
    "812": ("rings 104 by a Local channel", "101+104"),
    "813": ("rings 104 by a Local channel that goes away", "101+104"),
    "814": ("rings 104 by two Local channels", "101+104"),
    "815": ("gets to a queue", "101+102"),
    "816": ("gets to a queue of Local channels", "101+102"),
}
# Applications of the module, and functions of it, that a script uses where they have no line.
MISUSED = ("CallpropCall", "CallpropDirect", "CallpropRing", "TryExec CallpropCall()", "ExecIf 1?CallpropDirect()")
# fmt: off
ROWS = [
    *(Row(f"{permitted(expected)}101 {granted} goes on after a decision: {what}", goes_on("101", number), expected, {"101": granted})
      for number, (what, rings) in WAYS.items() for granted, expected in (((), ""), (SECOND, rings))),
    *(Row(f"{permitted(expected)}101 {granted} goes on after outside was denied, and says so: Gosub(callprop,call,1(104))", goes_on("101", "821"), expected, {"101": granted})
      for granted, expected in (((), ""), (SECOND, "101+104"))),
    Row("101 (lo) goes on after outside was denied, and does not say so", goes_on("101", "822"), "", {"101": SECOND}),
    Row("101 (lo) goes on after what is no number", goes_on("101", "823"), "", {"101": SECOND}),
    Row("101 (lo) goes on after a kind that there is not", goes_on("101", "824"), "", {"101": SECOND}),
    Row("outside goes on after outside was denied", goes_on("trunk", "822"), ""),
    Row("101 (lo) was permitted a menu, is denied outside there, and 104 is rung", goes_on("101", "825"), "", {"101": SECOND}),
    Row("outside reaches a menu, is denied outside there, and 104 is rung", goes_on("trunk", "825"), ""),
    Row("101 (lo) is denied outside, and forwarded by 109", goes_on("101", "826"), "", {"101": SECOND}),
    *(Row(f"{permitted(expected)}101 {granted} calls 102 (no li) directly, and 104 is rung instead", goes_on("101", "827"), expected, {"101": granted, "102": ("ri",)})
      for granted, expected in (((), ""), (SECOND, "101+104"))),
    *(Row(f"101 (nothing) is asked by Dial() itself, to {what}", goes_on("101", number), "", NOBODY)
      for number, what in {"828": "a phone", "829": "a queue"}.items()),
    *(Row(f"a script: 101 {granted or 'nothing'}, {application}, then Dial", scripted("792", f"EXEC {application}", DIAL), "", {"101": granted})
      for application in MISUSED for granted in ((), ("all",))),
    Row("a script: 101 (nothing), CallpropCall, then Queue", scripted("793", "EXEC CallpropCall", QUEUE), "", NOBODY),
    *(Row(f"{permitted(expected)}a script: 101 {granted} asks, and does not look at the answer", scripted("792", "GET FULL VARIABLE ${CALLPROP_CALL()}", DIAL), expected, {"101": granted})
      for granted, expected in (((), ""), (SECOND, "101+102"))),
    *(Row(f"{permitted(expected)}a script: 101 {granted}, GOSUB of call, then Dial", scripted("792", "GOSUB callprop call 1 102", DIAL), expected, {"101": granted})
      for granted, expected in (((), ""), (SECOND, "101+102"))),
    *(Row(f"{permitted(expected)}101 {granted} is at his own client after a decision", goes_on("101", "831"), expected, {"101": granted})
      for granted, expected in (((), ""), (SECOND, "101+104"))),
    Row("102 (no ri) is said to call 104 when outside is to ring it, and is rung all the same", goes_on("trunk", "832"), "", {"102": ("li", "lo")}),
    Row("the module's line without a Gosub", goes_on("101", "830"), ""),
]
ROWS += [
    *(Row(f"{permitted(expected)}101 {granted} stays after a decision, and AMI connects him with 103", is_bridged, expected, {"101": granted})
      for granted, expected in (((), ""), (SECOND, "101+103"))),
    *(Row(f"{permitted(expected)}101 {granted} is parked after a decision, and 103 takes him", is_parked, expected, {"101": granted})
      for granted, expected in (((), ""), (SECOND, "101+103"))),
    *(Row(f"101 (nothing) gets to an application after a decision, which rings 104 for him{how}", is_rung_for(how), "", NOBODY) for how in ("", "/create")),
    Row("permitted: by a key 101 (lo) asks for outside, and is put through to 103", by_key(puts_through("103")), "101+103", {"101": SECOND}),
    Row("permitted: by a key 101 (lo) asks for outside, and is put through there", by_key(puts_through("0301234")), "101+trunk", {"101": SECOND}),
    Row("permitted: by a key 101 (lo) asks for outside, and 103 comes in the place of 102", by_key(replaces_102), "101+103", {"101": SECOND}),
    # The right of who sent 102 to where it was denied goes no further.
    Row("101 (ro) sends 102 inside, which is denied, and 102 (no ro) dials on", sends_on("838"), "", {"101": ("li", "ro"), "102": ("li", "lo")}),
    Row("permitted: 101 (ro) sends 102 inside, which is denied, and 102 (ro) dials on", sends_on("838"), "102+trunk", {"101": ("li",), "102": ("lo", "ro")}),
]
OPERATOR = [
    *(Row(f"101 (nothing) calls {number}, and is sent to the operator", goes_on("101", number), "", NOBODY) for number in ("102", "600", "0301234", "500")),
    Row("101 (lo) calls outside, and is sent to the operator", goes_on("101", "0301234"), "", {"101": SECOND}),
]
# Where it is said that the operator is called: that is decided, and when it is denied the call is over.
SAID = [
    *(Row(f"101 (nothing) calls {number}, and is sent to the operator, which is said", dials("101", number), ("403", ""), NOBODY) for number in ("102", "600", "0301234", "500")),
    Row("permitted: 101 (lo) calls outside, and is sent to the operator, which is said", dials("101", "0301234"), ("200", "101+104"), {"101": SECOND}),
    Row("a phone of nobody calls 102, and is sent to the operator, which is said", dials("119", "102"), ("403", "")),
]
# What an administrator may have written where denied calls go, and what leads there again.
CIRCLES = {
    "dials 104": "Goto(internal,104,1)",
    "goes to the ring group": "Goto(internal,610,1)",
    "goes to the queue": "Goto(internal,500,1)",
    "says so in a subroutine of its own": "Gosub(said,104,1)",
    "says that it is a queue": "Gosub(callprop,queue,1(500))",
    "says that it is forwarded": "Gosub(callprop,forward,1(109))",
    "says that it is of a client that there is not": "Gosub(callprop,client,1(nobody))",
    "picks up": "Gosub(callprop,pickup,1)",
    "picks up with a comma": "Gosub(callprop,pickup,1(102,1))",
    "chooses with a comma": "Gosub(callprop,choose,1(9,1))",
    "takes what is parked": "Gosub(callprop,retrieve,1(709))",
    "chooses a status": "Gosub(callprop,choose,1(9))",
    "says it with a comma": "Gosub(callprop,call,1(104,1))",
}
CIRCULAR = [
    *(Row(f"101 (nothing) is denied, and {what}", circling(line, dials("101", "102")), ("403", ""), NOBODY) for what, line in CIRCLES.items()),
    *(Row(f"101 (nothing) has hung up, is denied, and {what}", circling(line, hangs_up("101", "833")), 0, NOBODY)
      for what, line in CIRCLES.items() if "callprop,call" in line or "internal" in line or "said" in line),
]
# fmt: on
DECIDES = "Set(ok=${CALLPROP_CALL()})"
DIALPLAN = f"""
exten => _81[1-4],1,Goto(goes-on,104${{EXTEN}},1)
exten => _81[56],1,Goto(goes-on,50${{MATH(${{EXTEN}}-815,i)}},1)
exten => 821,1,Goto(goes-on-outside,0309821,1)
exten => 822,1,Goto(goes-on-outside,0309822,1)
exten => 823,1,Goto(goes-on-outside,a(b,1)
exten => 824,1,Set(ok=${{CALLPROP_CALL_AS(number)}})
 same => n,Dial(PJSIP/104,{RING})
exten => 825,1,Gosub(callprop,ivr,1(${{EXTEN}}))
 same => n,Goto(goes-on-outside,0309822,1)
exten => 826,1,Goto(goes-on-outside,0309826,1)
exten => 827,1,Goto(goes-on-outside,102,1)
exten => 828,1,Dial(PJSIP/102,20,B(callprop^call^1(102))b(callprop^ring^1))
exten => 829,1,Queue(direct,nB(callprop^call^1(500))b(callprop^ring^1),,,10)
exten => 830,1,Goto(callprop-loaded,call,1)
exten => _83[4-6],1,Goto(stays-${{EXTEN}},102,1)
exten => 837,1,Set(__DYNAMIC_FEATURES=asks)
 same => n,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,Tb(callprop^ring^1))
exten => 838,1,Goto(sent,104,1)
exten => 831,1,Goto(goes-on-there,104,1)
exten => 832,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(goes-on-handler^104^1))
exten => _79[23],1,Goto(script,${{IF($["${{EXTEN}}"="792"]?102:500)}},1)
"""
CONTEXTS = f"""
[goes-on]
exten => 104811,1,Goto(goes-on-here,104,1)
exten => 104812,1,Goto(goes-on-local,104,1)
exten => 104813,1,Goto(goes-on-away,104,1)
exten => 104814,1,Goto(goes-on-twice,104,1)
exten => 500,1,{DECIDES}
 same => n,Queue(direct,nb(callprop^ring^1),,,10)
exten => 501,1,{DECIDES}
 same => n,Queue(local,nb(callprop^ring^1),,,10)
[goes-on-here]
exten => 104,1,{DECIDES}
 same => n,Dial(PJSIP/104,{RING})
[goes-on-local]
exten => 104,1,{DECIDES}
 same => n,Dial(Local/104@internal/n,{RING})
[goes-on-away]
exten => 104,1,{DECIDES}
 same => n,Dial(Local/104@internal,{RING})
[goes-on-twice]
exten => 104,1,{DECIDES}
 same => n,Dial(Local/deep@goes-on-twice/n,{RING})
exten => deep,1,Dial(Local/104@internal/n,{RING})
[goes-on-there]
exten => 104,1,{DECIDES}
 same => n,Gosub(callprop,client,1(-))
 same => n,Dial(PJSIP/104,{RING})
[goes-on-handler]
exten => 104,1,{DECIDES}
 same => n,Gosub(callprop,ring,1)
 same => n,Return()
[goes-on-outside]
exten => _030982[126],1,{DECIDES}
 same => n,Goto(${{EXTEN:4}},1)
exten => 821,1,Gosub(callprop,call,1(104))
 same => n,Dial(PJSIP/104,{RING})
exten => 822,1,Dial(PJSIP/104,{RING})
exten => 826,1,Gosub(callprop,forward,1(109))
 same => n,Dial(PJSIP/104,{RING})
exten => 102,1,Set(ok=${{CALLPROP_DIRECT()}})
 same => n,Dial(PJSIP/104,{RING})
exten => _[a-z].,1,{DECIDES}
 same => n,Dial(PJSIP/104,{RING})
[stays-834]
exten => 102,1,{DECIDES}
 same => n,Answer()
 same => n,Wait(10)
[stays-835]
exten => 102,1,{DECIDES}
 same => n,Park()
[stays-836]
exten => 102,1,{DECIDES}
 same => n,Stasis(desk)
[asks]
exten => 0301234,1,{DECIDES}
 same => n,Return()
[sent]
exten => 104,1,{DECIDES}
 same => n,Goto(internal,0301234,1)
[script]
exten => _X!,1,Answer()
 same => n,AGI(agi:async)
"""
SHIPPED = (host.MODULE / "extensions_callprop.conf").read_text()
DENIED = "[callprop-denied]\nexten => s,1,Hangup(21)\n"
OPERATORS = {
    "": (OPERATOR, f"Dial(Local/104@internal/n&PJSIP/103,{RING})"),
    ", in a circle": (CIRCULAR, 'ExecIf($["${GOES}"="Goto"]?Goto(${THERE}):Gosub(${THERE}))'),
    ", which is said": (SAID, f"Gosub(callprop,call,1(104))\n same => n,Dial(PJSIP/104,{RING})"),
}
assert DENIED in SHIPPED


HUNG_UP = """
[hung-up]
exten => 833,1,Answer()
 same => n,Hangup()
exten => h,1,Gosub(callprop,call,1(0301234))
[said]
exten => 104,1,Gosub(callprop,call,1(104))
 same => n,Return()
"""


def with_operator(lines: str) -> dict[str, str]:
    return {
        "extensions.conf": dialplan(conf("extensions.conf", HUNG_UP), "exten => 833,1,Goto(hung-up,833,1)").replace(
            "/etc/asterisk/extensions_callprop.conf", "operator.conf"
        ),
        "operator.conf": SHIPPED.replace(DENIED, DENIED.replace("Hangup(21)", lines) + " same => n,Hangup(21)\n"),
    }


SETUPS = [
    Setup(
        "hostile, denied",
        look_at(ROWS),
        {
            "extensions.conf": dialplan(conf("extensions.conf", CONTEXTS), DIALPLAN).replace(
                "[from-trunk]\n", "[from-trunk]\nexten => _8[23][25],1,Goto(internal,${EXTEN},1)\n"
            ),
            "modules.conf": modules("res_speech", "res_agi", "func_math"),
            "manager.conf": conf("manager.conf").replace("originate,command\n", "originate,command,agi\n"),
            "features.conf": conf("features.conf", "[applicationmap]", "asks = *5,self/both,Gosub(asks,0301234,1)"),
        },
    ),
    *(
        Setup(f"hostile, denied, an operator{how}", look_at(rows), with_operator(lines))
        for how, (rows, lines) in OPERATORS.items()
    ),
]

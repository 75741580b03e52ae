# SPDX-License-Identifier: MIT
"""A call is denied, and the dialplan or a script goes on all the same: to an operator, an announcement, or to what was denied."""

from __future__ import annotations

import time

import host
from calls import AnyLab, channels, insist
from hostile_calls import Row, permitted, place, together
from hostile_lab import NOBODY, dials, look_at
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
        until(lambda: any(fields[5] == "AGI" for fields in channels(lab)))
        name = next(fields[0] for fields in channels(lab) if fields[5] == "AGI")
        for command in commands:
            insist(lab, "AGI", Channel=name, Command=command)
        time.sleep(0.5)
        return together(lab)

    return act


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
[script]
exten => _X!,1,Answer()
 same => n,AGI(agi:async)
"""
SHIPPED = (host.MODULE / "extensions_callprop.conf").read_text()
DENIED = "[callprop-denied]\nexten => s,1,Hangup(21)\n"
OPERATORS = {
    "": (OPERATOR, f"Dial(Local/104@internal/n&PJSIP/103,{RING})"),
    ", which is said": (SAID, f"Gosub(callprop,call,1(104))\n same => n,Dial(PJSIP/104,{RING})"),
}
assert DENIED in SHIPPED


def with_operator(lines: str) -> dict[str, str]:
    return {
        "extensions.conf": conf("extensions.conf").replace("/etc/asterisk/extensions_callprop.conf", "operator.conf"),
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
        },
    ),
    *(
        Setup(f"hostile, denied, an operator{how}", look_at(rows), with_operator(lines))
        for how, (rows, lines) in OPERATORS.items()
    ),
]

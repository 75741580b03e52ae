# SPDX-License-Identifier: MIT
"""What a hostile tester did beside calls: as AMI users who may not, by names and by variables; and to whom a denial is told."""

from __future__ import annotations

import contextlib
import time
from typing import Callable

from calls import AnyLab, channel_of
from desk import Desk
from desk_ari import Events
from hostile_calls import RINGING, Row, answered, permitted, pickup_by_103, place
from hostile_lab import NOBODY, dials, goes_on_after_101, look_at, sent_to_parked, sent_to_pickup
from lab import until
from pbx import Manager
from setups import Setup, conf, modules

LONG = "101-" + "a" * 70  # with the number of its channel it is longer than AST_CHANNEL_NAME


@contextlib.contextmanager
def user(name: str):
    manager = Manager(name)
    try:
        yield manager
    finally:
        manager.close()


def originates(**headers: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        with user("originator") as manager:
            manager.action("Originate", Channel="Local/647@internal/n", **headers)
        time.sleep(0.8)
        return status_of_103(lab)

    return act


def status_of_103(lab: AnyLab) -> str:
    return lab.pbx.rx("dialplan eval function EXTENSION_STATUS(103)").partition("Result: ")[2].strip()


def sets_a_status(lab: AnyLab) -> str:
    """Who may do everything, on a channel in the middle of a call."""
    answered(lab, "101", "102")
    lab.pbx.manager.action("Setvar", Channel=channel_of(lab, "PJSIP/101"), Variable="EXTENSION_STATUS(103)", Value="li")
    return status_of_103(lab)


def with_global(name: str, value: str, then: Callable[[AnyLab], object]) -> Callable[[AnyLab], object]:
    """Asterisk tells of a transfer by a variable of the channel. Here it is a global one."""

    def act(lab: AnyLab) -> object:
        try:
            originates(Application="Set", Data=f"GLOBAL({name})={value}")(lab)
            return then(lab)
        finally:
            lab.pbx.manager.action("Setvar", Variable=name, Value="")

    return act


def read_callback(lab: AnyLab) -> list[str]:
    answered(lab, "101", "102")
    before = len(lab.pbx.log())
    with user("reader") as manager:
        manager.action("Getvar", Channel=channel_of(lab, "PJSIP/101"), Variable="CALLPROP_CALLBACK(2)")
    time.sleep(0.4)
    return [line for line in lab.pbx.log()[before:].splitlines() if "denied" in line]


HERE = {"Context": "internal", "Exten": "647", "Priority": "1"}
CHANGES = "EXTENSION_STATUS(103)=all"
RINGS_102 = {"102": RINGING}
# fmt: off
ROWS = [
    *(Row(f"{permitted(expected)}101 {granted} sends outside to a pickup of 104's call", sent_to_pickup("104"), expected, {"101": granted}, RINGS_102)
      for granted, expected in ((("ri",), ""), (("ri", "ro"), ""), (("ri", "lo"), "104+trunk"))),
    *(Row(f"101 {granted} sends outside to a pickup of an outside call", sent_to_pickup("trunk"), "", {"101": granted}, RINGS_102)
      for granted in (("ri",), ("ri", "lo"))),
    *(Row(f"{permitted(expected)}101 {granted} sends 103 to a pickup of 104's call", sent_to_pickup("104", sent="103"), expected, {"101": granted}, RINGS_102)
      for granted, expected in ((("li",), ""), (("li", "lo"), "103+104"))),
    *(Row(f"{permitted(expected)}101 {granted} sends 103 to a pickup of an outside call", sent_to_pickup("trunk", sent="103"), expected, {"101": granted}, RINGS_102)
      for granted, expected in ((("li", "lo"), ""), (("li", "ro"), "103+trunk"))),
    *(Row(f"{permitted(expected)}101 {granted} sends outside to 104, who is parked", sent_to_parked("104"), expected, {"101": granted})
      for granted, expected in ((("ri",), ""), (("ri", "lo"), "104+trunk"))),
    Row("101 (ri, lo) sends outside to a parked outside call", sent_to_parked(), "", {"101": ("ri", "lo")}),
    Row("102 (li, ri) goes on after 101 has gone, and outside", goes_on_after_101("694"), "", {"102": ("li", "ri")}),
    Row("102 (li) goes on after 101 has gone, and inside", goes_on_after_101("695"), "", {"102": ("li",)}),
    Row("102 (li) goes on after 101 has gone, by `forward` of 109", goes_on_after_101("696"), "", {"102": ("li",)}),
    Row("permitted: 102 (li, ro) goes on after 101 has gone, by `call`", goes_on_after_101("697"), "102+trunk", {"102": ("li", "ro")}),
    Row("a device whose long name begins with 101-", dials(LONG, "0301234"), ("403", "")),
    *(Row(f"AMI originate, {how}: a variable changes a status", originates(**HERE, Variable=CHANGES, Async=how), "none", {"103": ()}, denied=False)
      for how in ("false", "true")),
    *(Row(f"AMI originate: {application} {data}", originates(Application=application, Data=data), "none", {"103": ()}, denied=False)
      for application, data in (("Set", CHANGES), ("MSet", f"{CHANGES},A=b"), ("Set", f"ARRAY({CHANGES[:-4]})=all"),
                                ("Originate", f"Local/647@internal/n,app,Set,{CHANGES}"),
                                ("Originate", f"Local/647@internal/n,exten,internal,647,1,,v({CHANGES})"))),
    Row("permitted: the dialplan on an originated channel", originates(Context="internal", Exten="698", Priority="1"), "li", {"103": ()}),
    Row("permitted: AMI call: Setvar of a status", sets_a_status, "li", {"103": ()}),
    Row("a global ATTENDEDTRANSFER", with_global("ATTENDEDTRANSFER", "x", pickup_by_103), "", {"103": ("li", "lo")}),
    Row("a global BLINDTRANSFER", with_global("BLINDTRANSFER", "PJSIP/102-00000001", dials("101", "0301234")), ("403", ""), NOBODY),
    Row("a global FORWARDERNAME", with_global("FORWARDERNAME", "PJSIP/102-00000001", dials("101", "699")), ("403", ""), {"101": ("lo",)}),
    Row("AMI reporting: a denial is told for reading", read_callback, [], denied=False),
]
# fmt: on
DIALPLAN = """
exten => 694,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,9,b(callprop^ring^1)F(internal,642,1))
exten => 695,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,9,b(callprop^ring^1)F(internal,693,1))
exten => 693,1,Dial(PJSIP/103,9,b(callprop^ring^1))
exten => 696,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,9,b(callprop^ring^1)F(internal,692,1))
exten => 692,1,Gosub(callprop,forward,1(109))
 same => n,Dial(PJSIP/0301234@trunk,9,b(callprop^ring^1))
exten => 697,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,9,b(callprop^ring^1)F(internal,0301234,1))
exten => 698,1,Set(EXTENSION_STATUS(103)=li)
exten => 699,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/0301234@internal/n,9)
 same => n,Hangup(${HANGUPCAUSE})
; Two numbers that nobody may call, in one call
exten => 0371,1,Set(PERMITTED=${CALLPROP_CALL()})
 same => n,Goto(0372,1)
exten => 0372,1,Set(PERMITTED=${CALLPROP_CALL()})
 same => n,Set(PERMITTED=${CALLPROP_CALL()})
 same => n,Hangup(21)
"""
TRUNK = "exten => 0371,1,Goto(internal,${EXTEN},1)"
WHY = (
    "no extension makes this call from outside to outside: "
    "callprop.conf names the number neither in [extensions] or [numbers] nor in [transit]"
)


def look_at_denials(desk: Desk) -> None:
    """What nobody is asked for is told like any denial, and once for each number."""
    pbx = desk.pbx
    pbx.manager.forget()
    before = len(pbx.log())
    events = Events()
    try:
        desk.with_phones(lambda lab: place(lab, "trunk", "0371").result())
        told = [events.user_event("CallpropDenial") for _ in range(2)]
    finally:
        events.close()
    expected = [f"{WHY} (0371)", f"{WHY} (0372)"]
    until(lambda: len(pbx.manager.named("CallpropDenial")) == 2)
    seen = pbx.manager.named("CallpropDenial")
    desk.check("outside to outside: AMI is told", expected, [event["Reason"] for event in seen])
    of_nobody = ("Extension", "Status", "Src", "Dst", "Leg", "Callback", "Required", "Granted")
    desk.check("outside to outside: no extension is named", {""}, {event[key] for event in seen for key in of_nobody})
    desk.check("outside to outside: ARI is told", expected, [event["userevent"]["Reason"] for event in told])
    desk.check(
        "outside to outside: of the channel",
        [(event["Channel"], event["Uniqueid"]) for event in seen],
        [(event["channel"]["name"], event["channel"]["id"]) for event in told],
    )
    log = pbx.log()[before:]
    desk.check("outside to outside: each is logged once", [1, 1], [log.count(f"denied: {why}") for why in expected])


def look(desk: Desk) -> None:
    look_at(ROWS)(desk)
    look_at_denials(desk)


FORGOTTEN = "\n; Forgotten: no subroutine"
SETUPS = [
    Setup(
        "hostile users",
        look,
        {
            "extensions.conf": conf("extensions.conf")
            .replace(FORGOTTEN, f"{DIALPLAN}{FORGOTTEN}")
            .replace("[from-trunk]", f"[from-trunk]\n{TRUNK}"),
            "pjsip.conf": conf(
                "pjsip.conf",
                f"[{LONG}](phone)",
                f"aors = {LONG}",
                f"[{LONG}]",
                "type = aor",
                "contact = sip:x@127.0.0.1:5999",
            ),
            "manager.conf": conf("manager.conf", "[originator]", "secret = test", "read = call", "write = originate"),
            "modules.conf": modules("app_originate", "func_global", "func_strings"),
        },
    ),
]

# SPDX-License-Identifier: MIT
"""What goes on after a call: options of Dial(), a room's menu, AMI's Redirect of both, keys, chains of transfers, and calls back of Asterisk's own accord."""

from __future__ import annotations

import time
from typing import Callable

from calls import AnyLab, channel_of, insist, redirect_both
from hostile_calls import (
    NOT_RI,
    RINGING,
    Row,
    answered,
    connected,
    forwards,
    is_denial_told,
    permitted,
    phone_refers,
    phone_refers_to,
    place,
    together,
)
from hostile_lab import goes_on_after_101, look_at
from hostile_more import dialplan
from lab import until
from setups import Setup, conf, modules

Act = Callable[[AnyLab], object]


def calls(who: str, number: str, keys: str = "", after: float = 1) -> Act:
    def act(lab: AnyLab) -> str:
        caller = place(lab, who, number)
        until(lambda: caller.final)
        if keys:
            time.sleep(0.5)
            caller.presses(keys)
        return together(lab, after)

    return act


def rings_outside(who: str, number: str, keys: str) -> Act:
    def act(lab: AnyLab) -> int:
        calls(who, number, keys)(lab)
        return lab.phones["trunk"].rang()

    return act


def redirected(who: str, number: str, rings: str, to: str, extra: str) -> Act:
    """A desk application sends both of a call elsewhere at once."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, number)
        redirect_both(lab, (who, to), (rings, extra))
        return together(lab)

    return act


def three_after(keys: str) -> Callable[[AnyLab], bool]:
    """101 calls outside, and presses keys. Whether 103 is connected with outside then."""

    def act(lab: AnyLab) -> bool:
        caller = answered(lab, "101", "0301234")
        for part in keys.split():
            caller.presses(part)
            time.sleep(0.9)
        time.sleep(0.5)
        if lab.denies:
            is_denial_told(lab)  # until then they may not be connected because they are not yet
        until(lambda: ("103+trunk" in connected(lab)) in lab.awaited, 5)
        return "103+trunk" in connected(lab)

    return act


# ---- Chains of transfers


def is_with(lab: AnyLab, expected: str) -> None:
    if not until(lambda: connected(lab) == expected, 4):
        raise AssertionError(f"{expected} is not connected, but {connected(lab)!r}")


def chain(who: str, number: str, *steps: tuple) -> Act:
    """Each step: a phone that was called sends who called it on, blind or by a consultation; or a status changes; or what is to be so then."""

    def act(lab: AnyLab) -> str:
        first = answered(lab, who, number)
        for step in steps:
            what, *more = step
            if what == "blind":
                phone_refers(lab, *more)
                time.sleep(0.8)
            elif what == "caller blind":
                with lab.exchange.news:
                    first.request("REFER", first.dialog, f"Refer-To: <sip:{more[0]}@127.0.0.1>")
                time.sleep(0.8)
            elif what == "attended":
                of, to, *statuses = more
                two = answered(lab, of, to)
                for status in statuses:
                    lab.pbx.set_status(of, status)
                phone_refers_to(lab, of, to, two.replaces())
                time.sleep(0.8)
            elif what == "caller attended":
                two = answered(lab, who, more[0])
                first.refers(more[0], two.replaces())
                time.sleep(0.8)
            elif what == "calls":
                answered(lab, *more)
            elif what == "AMI":
                one, two = (channel_of(lab, f"PJSIP/{phone}") for phone in more)
                insist(lab, "Bridge", Channel1=one, Channel2=two)
            elif what == "status":
                lab.pbx.set_status(*more)
            elif what == "is":
                try:
                    is_with(lab, more[0])
                except AssertionError as wrong:
                    return f"FAILED: {wrong}"
        return together(lab)

    return act


def announces(rings: str) -> Act:
    """Somebody is parked, and a phone is to hear where."""

    def act(lab: AnyLab) -> int:
        place(lab, "101", "725")
        time.sleep(1.2)
        return lab.phones[rings].rang()

    return act


def recalled(number: str, *status: str) -> Act:
    """101 calls, consults 103 by keys, who does not answer, and hangs up: Asterisk calls it back. Its status is another by then."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, "101", number)
        caller.presses("*2103")
        lab.expect_ring("103")
        time.sleep(0.3)
        lab.pbx.set_status("101", status)
        with lab.exchange.news:
            caller.request("BYE", caller.dialog)
        until(lab.phones["101"].rang, 6)
        return together(lab)

    return act


LI_LO, LO_RO = ("li", "lo"), ("lo", "ro")
RINGS_102, RINGS_103 = {"102": RINGING}, {"103": RINGING}
# fmt: off
ROWS = [
    # Options of Dial(), AMI, rooms, keys
    Row("Dial(G): 101 (no ro) goes on outside, 102 to 103", calls("101", "730"), "", {"101": LI_LO, "102": ("li", "lo")}),
    Row("permitted: Dial(G): 101 (ro) goes on outside, 102 to 103", calls("101", "730"), "101+trunk", {"101": LO_RO}),
    Row("Dial(G): outside goes on outside", calls("trunk", "730"), ""),
    Row("Dial(g): outside goes on outside, when 102 is busy", calls("trunk", "733", after=2), "", {}, RINGS_102),
    Row("Dial(U): 102 (no ro) says that it calls outside", calls("101", "732"), "", {"102": ("li",)}),
    Row("Dial(U): 102 says that it calls inside, and has nothing by then: outside", calls("trunk", "734"), "", {"102": ("ri", "lo")}),
    Row("permitted: Dial(L)", calls("101", "735"), "101+102"),
    Row("Redirect of both: 101 and 102 (no ro) to outside", redirected("101", "102", "102", "0301234", "0301234"), "", {"101": LI_LO, "102": LI_LO}),
    Row("Redirect of both: outside to outside, 102 (no lo) to 103", redirected("trunk", "102", "102", "0301234", "103"), "", {"102": ("ri",)}),
    Row("Redirect of both where nothing is said: outside to outside, 102 to 103", redirected("trunk", "102", "102", "642", "727"), ""),
    Row("permitted: Redirect of both: outside to 104 (ri), 102 (lo) to 103", redirected("trunk", "102", "102", "104", "103"), "102+103 104+trunk", {"102": ("ri", "lo"), "104": ("ri",)}),
    Row("a room's menu dials outside for 101 (no ro)", rings_outside("101", "736", "5"), 0, {"101": LI_LO}),
    Row("permitted: a room's menu dials outside for 101 (ro)", rings_outside("101", "736", "5"), 1, {"101": LO_RO}),
    Row("StackPop() after `call`, then 101 (no ro) outside", calls("101", "737"), "", {"101": LI_LO}),
    Row("StackPop() in a subroutine that says an emergency, then outside", calls("101", "738"), "", {"101": LI_LO}),
    Row("after_bridge_goto: 102 (no ro) goes on outside", goes_on_after_101("739"), "", {"102": LI_LO}),
    Row("permitted: after_bridge_goto: 102 (ro) goes on outside", goes_on_after_101("739"), "102+trunk", {"102": ("li", "ro")}),
    Row("keys: three of outside and 103 (no ri)", three_after("*2103 *3"), False, {"103": NOT_RI}),
    Row("keys: swapped, then three of outside and 103 (no ri)", three_after("*2103 *4 *3"), False, {"103": NOT_RI}),
    Row("permitted: keys: three of outside and 103 (ri)", three_after("*2103 *3"), True, {"103": ("li", "ri")}),
    Row("keys: 103 is put down again", three_after("*2103 *1"), False, {"103": NOT_RI}, denied=False),
    # Who consulted somebody and hung up is called back by Asterisk
    Row("101 (no li by then) is called back to 102", recalled("102", "ri", "ro", "lo"), "", {}, RINGS_103),
    Row("permitted: 101 (li) is called back to 102", recalled("102", "li"), "101+102", {}, RINGS_103),
    Row("101 (no ri, no ro by then) is called back to outside", recalled("0301234", "li", "lo"), "", {}, RINGS_103),
    # Asterisk rings, and tells nobody: with a Local channel the dialplan decides
    Row("ParkAndAnnounce() by a Local channel to 102 (no lo)", announces("102"), 0, {"102": ("li", "ri")}),
    Row("permitted: ParkAndAnnounce() by a Local channel to 102 (lo)", announces("102"), 1, {"102": ("lo",)}),
    *(Row(f"{permitted(expected)}chain: 103 ({why}), attended by 101 to outside, attended by that to 102", chain("103", "101", ("attended", "101", "0301234"), ("is", "103+trunk"), ("attended", "trunk", "102")), expected,
          {"103": ("lo", "ro", "ri", *more)}) for why, more, expected in (("no li", (), ""), ("li", ("li",), "102+103"))),
]
CHAINS = [
    Row("chain: outside, blind by 101 to 102, attended to 103 (no ri)", chain("trunk", "101", ("blind", "101", "102"), ("is", "102+trunk"), ("attended", "102", "103")), "", {"103": NOT_RI}),
    Row("permitted: chain: outside, blind by 101 to 102, attended to 103 (ri)", chain("trunk", "101", ("blind", "101", "102"), ("is", "102+trunk"), ("attended", "102", "103")), "103+trunk", {"103": ("li", "ri")}),
    Row("chain: outside, attended by 101 to 102 (no ro), blind to outside", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("blind", "102", "0305678")), "", {"102": ("li", "lo", "ri")}),
    Row("permitted: chain: outside, attended by 101 to 102 (ro), blind to outside", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("blind", "102", "0305678")), "trunk+trunk", {"102": ("li", "ri", "ro")}),
    Row("chain: outside, attended by 101 to 102 (no lo), blind to 103", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("blind", "102", "103")), "", {"102": ("li", "ri", "ro")}),
    Row("chain: outside, attended by 101 to 102, blind to 103 (no ri)", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("blind", "102", "103")), "", {"103": NOT_RI}),
    Row("chain: outside, attended by 101 to 102, attended to 103 (no ri)", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("attended", "102", "103")), "", {"103": NOT_RI}),
    Row("permitted: chain: outside, attended by 101 to 102, attended to 103 (ri)", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("attended", "102", "103")), "103+trunk", {"103": ("li", "ri")}),
    Row("chain: outside, attended by 101 to 102, who loses ro, attended to outside", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("attended", "102", "0305678", ("li", "lo", "ri"))), ""),
    Row("chain: 101 (no lo) calls outside, which sends it to 103", chain("101", "0301234", ("blind", "trunk", "103")), "", {"101": ("ro",)}),
    Row("permitted: chain: 101 (lo) calls outside, which sends it to 103", chain("101", "0301234", ("blind", "trunk", "103")), "101+103", {"101": LO_RO}),
    Row("chain: outside sends 101 to 103 (no ro), who sends it outside", chain("101", "0301234", ("blind", "trunk", "103"), ("is", "101+103"), ("blind", "103", "0305678")), "", {"103": LI_LO}),
    Row("permitted: chain: outside sends 101 to 103 (ro), who sends it outside", chain("101", "0301234", ("blind", "trunk", "103"), ("is", "101+103"), ("blind", "103", "0305678")), "101+trunk", {"103": ("li", "ro"), "101": LO_RO}),
    Row("chain: 102 (no ro), blind by 101 to outside, blind on to outside", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("caller blind", "0305678")), "", {"102": LI_LO}),
    Row("permitted: chain: 102 (ro), blind by 101 to outside, blind on to outside", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("caller blind", "0305678")), "trunk+trunk", {"102": LO_RO}),
    Row("chain: 102 (no ro), blind by 101 to outside, attended on to 103 (no ri)", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("caller attended", "103")), "", {"102": LI_LO, "103": LI_LO}),
    Row("permitted: chain: the same, 103 (ri)", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("caller attended", "103")), "103+trunk", {"102": LI_LO, "103": ("li", "ri")}),
    Row("chain: 102 (no ro), blind by 101 to outside, which sends it to 104 (no li)", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("blind", "trunk", "104")), "", {"102": LI_LO, "104": ("ri",)}),
    Row("chain: 102 (no lo), blind by 101 to outside, which sends it to 104", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("status", "102", ("li",)), ("blind", "trunk", "104")), ""),
    *(Row(f"{permitted(expected)}chain: 103 ({why}), attended by 101 to outside, connected with 102 by AMI",
          chain("103", "101", ("attended", "101", "0301234"), ("is", "103+trunk"), ("calls", "104", "102"), ("AMI", "102", "103")), expected,
          {"103": ("lo", "ro", "ri", *more)}) for why, more, expected in (("no li", (), ""), ("li", ("li",), "102+103"))),
    *(Row(f"{permitted(expected)}chain: outside, blind by 101 to 102 ({granted}), whose phone forwards it outside", chain("trunk", "101", ("blind", "101", "102")), expected, {"102": ("ri", granted)},
          {"102": forwards("0305678")}) for granted, expected in (("lo", ""), ("ro", "trunk+trunk"))),
    *(Row(f"{permitted(expected)}chain: outside, attended by 101 to 102, whose phone forwards it to 103 ({granted})", chain("trunk", "101", ("attended", "101", "102")), expected, {"103": ("li", granted)},
          {"102": forwards("103")}) for granted, expected in (("lo", ""), ("ri", "103+trunk"))),
]
# fmt: on
DIALPLAN = """
exten => 727,1,Dial(PJSIP/103,9,b(callprop^ring^1))
exten => 725,1,ParkAndAnnounce(default,t(20),beep,Local/102@internal/n)
exten => 730,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1)G(internal,731,1))
exten => 731,1,Goto(642,1)
 same => 2,Goto(727,1)
exten => 732,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1)U(says-outside))
 same => n,Hangup(${HANGUPCAUSE})
exten => 733,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,1,b(callprop^ring^1)g)
 same => n,Dial(PJSIP/0301234@trunk,20,b(callprop^ring^1))
exten => 734,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1)U(says-inside))
exten => 735,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1)L(9000:2000:1000))
exten => 736,1,Gosub(callprop,call,1(610))
 same => n,Answer()
 same => n,ConfBridge(room,,,room_menu)
exten => 737,1,Gosub(callprop,call,1(102))
 same => n,StackPop()
 same => n,Goto(642,1)
exten => 738,1,Gosub(says-emergency,s,1)
 same => n,Dial(PJSIP/0301234@trunk,20,b(callprop^ring^1))
exten => 739,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,1,b(callprop^ring^1)U(says-after))
 same => n,Hangup()
"""
SAYS = """
[says-outside]
exten => s,1,Gosub(callprop,call,1(0301234))
 same => n,Return()
[says-inside]
exten => s,1,Gosub(callprop,call,1(103))
 same => n,Set(EXTENSION_STATUS(102)=none)
 same => n,Return()
[says-emergency]
exten => s,1,Gosub(callprop,call,1(112))
 same => n,StackPop()
 same => n,Goto(internal,738,2)
[says-after]
exten => s,1,Set(CHANNEL(after_bridge_goto)=internal,0301234,1)
 same => n,Return()
"""
FILES = {
    "extensions.conf": dialplan(conf("extensions.conf", SAYS), DIALPLAN),
    "modules.conf": modules("app_confbridge", "bridge_builtin_interval_features"),
    "confbridge.conf": "[general]\n[room_menu]\ntype = menu\n5 = dialplan_exec(internal,0301234,1)\n",
    "features.conf": conf("features.conf").replace(
        "[featuremap]", "atxfernoanswertimeout = 3\natxferloopdelay = 1\n\n[featuremap]"
    ),
}
SETUPS = [
    Setup("hostile, goes on", look_at(ROWS), FILES),
    Setup("hostile, chains", look_at(CHAINS), FILES),
]

# SPDX-License-Identifier: MIT
"""Nothing was said of a call, or it was denied, and a phone is rung or connected all the same: by what tells nobody for whom, or without a dial."""

from __future__ import annotations

import contextlib
import time

from real_calls import Failed

import hostile_more
from ari import Application, connect
from calls import AnyLab, channel_in
from hostile_calls import (
    RINGING,
    Row,
    answered,
    answers_now,
    connected,
    permitted,
    phone_refers,
    phone_refers_to,
    place,
    together,
)
from hostile_denied import RING, goes_on, with_operator
from hostile_lab import look_at, parked
from hostile_more import Act, dialplan, heard, speaks, spies
from lab import until
from pbx import callprop_conf
from setups import Setup, conf, modules

LI, RI, LO = {"101": ("li",)}, {"101": ("ri",)}, {"101": ("li", "lo")}
OUTSIDE = "PJSIP/0301234@trunk"


def of_application(application: Application, who: str, endpoint: str, how: str, says_caller: bool) -> None:
    """An application rings somebody for who is in it, and connects the two."""
    one = application.id_of(f"PJSIP/{who}", "Ring", "Up")
    application.tries(f"channels/{one}/answer")
    two = application.post(f"channels{how}", endpoint=endpoint, app="desk", originator=one)["id"]
    if how:
        application.post(f"channels/{two}/dial", **({"caller": one} if says_caller else {}))
    application.id_of(endpoint.replace("0301234@", ""), "Up")
    connect(application, one, two)


def rings_for(who: str, how: str, after: float = 1) -> Act:
    """Somebody calls the application, of which the dialplan says nothing."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            place(lab, who, "657")
            with contextlib.suppress(Failed):
                of_application(application, who, "PJSIP/104", how, True)
            return together(lab, after)

    return act


def sent_to_application(
    who: str, endpoint: str = "PJSIP/104", how: str = "", says_caller: bool = True, number: str = "657"
) -> Act:
    """Somebody calls 101, who sends him to the application."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            answered(lab, who, "101")
            phone_refers(lab, "101", number)
            channel_in(lab, "Stasis")
            with contextlib.suppress(Failed):
                of_application(application, who, endpoint, how, says_caller)
            return together(lab)

    return act


def puts_into_application(number: str) -> Act:
    """102 calls 101, who calls the application, and makes one call of the two; that rings 104 for who is there."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            answered(lab, "102", "101")
            consultation = place(lab, "101", number)
            one = application.id_of("PJSIP/101", "Ring")
            application.post(f"channels/{one}/answer")
            until(lambda: consultation.final)
            phone_refers_to(lab, "101", number, consultation.replaces())
            with contextlib.suppress(Failed):
                of_application(application, "102", "PJSIP/104", "", True)
            return together(lab)

    return act


def rings_for_who_was_rung(lab: AnyLab) -> str:
    """101 calls the application, which rings 102 for him, and then outside for 102."""
    with Application() as application:
        place(lab, "101", "656")
        with contextlib.suppress(Failed):
            of_application(application, "101", "PJSIP/102", "", True)
            of_application(application, "102", OUTSIDE, "", True)
        return together(lab)


def logs_in(lab: AnyLab) -> None:
    place(lab, "103", "648")
    until(lambda: "NOT_INUSE" in lab.pbx.command("agent show online"), 9)


def asks_for_agent(number: str, who: str = "101") -> Act:
    def act(lab: AnyLab) -> str:
        logs_in(lab)
        place(lab, who, number)
        return together(lab, 2)

    return act


def sends(who: str, number: str) -> Act:
    """Somebody calls 101, who sends him on by a blind transfer."""

    def act(lab: AnyLab) -> str:
        if number in ("905", "928"):
            logs_in(lab)
        elif number == "651":
            parked(lab, "104")
        elif number == "918":
            place(lab, "103", "104")
            lab.expect_ring("104")
        answered(lab, who, "101")
        phone_refers(lab, "101", number)
        return together(lab, 2)

    return act


def sends_when_gone(number: str) -> Act:
    """102 calls 101, who is in callprop.conf no more when his phone sends 102 on."""

    def act(lab: AnyLab) -> str:
        logs_in(lab)
        answered(lab, "102", "101")
        lab.pbx.configure(callprop_conf().replace("\n101 = \n", "\n"))
        lab.pbx.rx("callprop reload")
        phone_refers(lab, "101", number)
        seen = together(lab, 2)
        lab.pbx.configure(callprop_conf())
        lab.pbx.rx("callprop reload")
        return seen

    return act


def originates(first: str, second: str) -> Act:
    """A callback to an extension, or to an application."""

    def act(lab: AnyLab) -> str:
        lab.pbx.rx(f"channel originate {first} {second if ' ' in second else f'extension {second}@internal'}")
        return together(lab, 1.5)

    return act


def spied_on(number: str) -> Act:
    """102 waits, and outside barges in on that; then 102 calls 104, perhaps by way of a service."""

    def act(lab: AnyLab) -> str:
        answered(lab, "102", number)
        place(lab, "trunk", "722")
        until(lambda: spies(lab))
        until(lambda: "102+104" in connected(lab), 12)
        speaks(lab, "102")
        until(lambda: heard(lab) in lab.awaited, 3)
        return heard(lab)

    return act


def puts_into_page(number: str) -> Act:
    """Outside calls 101, who consults what pages 104, and puts it through before 104 answers."""

    def act(lab: AnyLab) -> str:
        answered(lab, "trunk", "101")
        consultation = place(lab, "101", number)
        lab.expect_ring("104")
        until(lambda: consultation.final)
        time.sleep(0.8)
        phone_refers_to(lab, "101", number, consultation.replaces())
        time.sleep(1)
        with contextlib.suppress(Failed, KeyError, IndexError):
            answers_now(lab, "104")
        return together(lab, 1.5)

    return act


def forks(number: str) -> Act:
    """How many channels there are at the most: each that is denied may make two more, which are denied."""

    def act(lab: AnyLab) -> str:
        place(lab, "101", number)
        most, end = 0, time.monotonic() + 3
        while time.monotonic() < end and most < 100:
            most = max(most, lab.pbx.channels())
        return "few" if most < 10 else f"{most}"

    return act


def rung_before(lab: AnyLab) -> str:
    """An application rings 102 for 103; a second later 101, who is with 103, sends it to a parking lot."""
    with Application() as application:
        answered(lab, "103", "101")
        one = application.id_of("PJSIP/103", "Up")
        application.post("channels", endpoint="PJSIP/102", app="desk", originator=one)
        lab.expect_ring("102")
        time.sleep(1)
        phone_refers(lab, "101", "700")
        time.sleep(0.7)
        return "rings" if "PJSIP/102-" in lab.pbx.command("core show channels concise") else "ended"


# fmt: off
ROWS = [
    *(Row(f"{permitted(seen)}101 ({granted}) pages 102, and nothing is said", goes_on("101", "901"), seen, {"101": granted})
      for granted, seen in (((), ""), (("li", "ro"), ""), (("lo",), "101+102"))),
    Row("101 (ro) calls outside, behind which a denied Local channel pages 104", goes_on("101", "0309903"), "", {"101": ("ro",)}),
    Row("permitted: 101 (lo) calls outside, behind which a Local channel pages 104", goes_on("101", "0309903"), "101+104", {"101": ("ro", "lo")}),
    Row("102 (no lo) is called by 101, goes on, and pages 104", goes_on("101", "904"), "", {"102": ("li",)}),
    *(Row(f"{who} pages outside, and nothing is said", goes_on(who, "907"), "") for who in ("101", "trunk")),
    *(Row(f"{permitted(seen)}ARI {how or 'originates'} for 101 {granted}, and nothing was said", rings_for("101", how), seen, {"101": granted})
      for how in ("", "/create") for granted, seen in (((), ""), (("li",), ""), (("ro",), ""), (("li", "lo"), "101+104"))),
    *(Row(f"{permitted(seen != '101+102')}ARI rings outside for 102 {granted}, who was rung for 101", rings_for_who_was_rung, seen, {"102": granted})
      for granted, seen in ((("li", "ri", "lo"), "101+102"), (("li", "ro"), "102+trunk"))),
    *(Row(f"{permitted(seen)}101 {granted} asks for an agent at {number}", asks_for_agent(number), seen, {"101": granted})
      for number in ("905", "906") for granted, seen in (((), ""), (("li",), ""), (("li", "lo"), "101+103"))),
    Row("outside, which was denied, asks for an agent", asks_for_agent("925", "trunk"), ""),
    Row("permitted: outside asks for an agent", asks_for_agent("905", "trunk"), "103+trunk"),
    *(Row(f"{permitted(seen)}102 {granted} is called back by itself, and 103 is dialled {how}", originates("Local/102@internal/n", number), seen, {"102": granted})
      for number, how, granted, seen in (
          ("727", "where nothing is said", ("ro",), ""), ("727", "where nothing is said", ("lo",), "102+103"), ("103", "", ("ro",), ""), ("103", "", ("lo",), "102+103"))),
    *(Row(f"permitted: 102 (lo) is called back by itself, and has {application}", originates("Local/102@internal/n", f"application {application}"), seen, {"102": ("lo",)})
      for application, seen in (("Dial Local/103@internal/n", "102+103"), ("Queue local,n,,,10", "102+103"), ("Queue direct,nb(callprop^ring^1),,,10", "102+103"), ("Page PJSIP/104,q", "102+104"))),
    *(Row(f"102 (ro) is called back by itself, and has {application}", originates("Local/102@internal/n", f"application {application}"), "", {"102": ("ro",)})
      for application in ("Dial Local/103@internal/n", "Queue direct,nb(callprop^ring^1),,,10", "Page PJSIP/104,q")),
    *(Row(f"permitted: 102 is called back by {first}, and {number} is an emergency", originates(first, number), "102+trunk", {"102": ("ro",)})
      for first, number in (("Local/102@internal/n", "112"), ("Local/102@internal/n", "664"), ("Local/102*664@callprop-callback/n", "664"))),
    *(Row(f"{permitted(seen)}101 (lo) calls 102 directly; his substitutes, 103 and 104 {granted}, are called so when their phone denies", goes_on("101", "929"), seen,
          {"101": ("lo",), "102": ("ri",), "103": ("ri",), "104": granted}) for granted, seen in ((("li",), "101+104"), (("ri",), ""))),
    *(Row(f"{permitted(seen)}109 {granted} forwards {who} to {what} directly", goes_on(who, number), seen, {"109": granted})
      for number, what in (("909", "104"), ("922", "a queue"), ("923", "a page")) for who, granted, seen in (
          ("101", ("li",), ""), ("trunk", ("ri", "ro"), ""), ("101", ("li", "lo"), "101+102" if number == "922" else "101+104"))),
    Row("109 forwards to 104 directly, and then to 103, which is another call", goes_on("101", "927"), "", {}, {"104": RINGING}),
    Row("102 is listened in to, and calls 104 (no ri)", spied_on("911911"), "102+104 ended", {"104": ("li", "lo")}),
    Row("102 is listened in to, and calls 104 (no ri) by way of a service", spied_on("911910"), "102+104 ended", {"104": ("li", "lo")}),
    Row("permitted: 102 is listened in to, and calls 104 by way of a service", spied_on("911910"), "102+104 heard"),
    Row("101 puts outside into a page of 104 (no ri), which rings", puts_into_page("919"), "", {"104": ("li",)}, {"104": RINGING}),
    Row("permitted: 101 puts outside into a page of 104, which rings", puts_into_page("919"), "104+trunk", {}, {"104": RINGING}),
]
SENT = [
    Row("permitted: ARI: 102 is rung for 103, whom 101 parks then", rung_before, "rings", {}, {"102": RINGING}),
    *(Row(f"{permitted(seen)}101 {granted} sends {who} to {what}", sends(who, number), seen, {"101": granted, "102": ("li", "lo", "ro")},
          {"104": RINGING} if number == "918" else {})
      for number, what, at in (("913", "a page", ""), ("907", "a page outside", ""), ("939", "a page by way of a Local channel", ""), ("905", "an agent", "103"), ("651", "a parked call", "104"), ("918", "a pickup", "103"),
                               ("916", "a bridge on hold, and a phone behind it", ""), ("917", "a bridge on hold, and outside behind it", ""), ("921", "a queue", ""), ("928", "a bridge on hold, and an agent behind it", "103"))
      for who, granted, seen in (
          ("102", ("li",), ""), ("trunk", ("ri",), ""), ("102", ("li", "lo"), f"102+{at}" if at else ""), ("trunk", ("ri", "lo"), f"{at}+trunk" if at else ""))),
    Row("101, who is there no more, sends 102 to an agent", sends_when_gone("905"), ""),
    Row("permitted: 101 sends 102 to a page, which is said", sends("102", "926"), "102+104", LO),
    Row("101 (no lo) sends 102 to a page, which is said", sends("102", "926"), "", LI),
    *(Row(f"101 sends {who} to ARI, which rings {endpoint} {how}", sent_to_application(who, endpoint, how, says), "", granted)
      for who, endpoint, how, says, granted in (
          ("102", "PJSIP/104", "", True, LI), ("102", OUTSIDE, "", True, LI), ("trunk", "PJSIP/104", "", True, RI), ("trunk", OUTSIDE, "", True, RI),
          ("102", "PJSIP/104", "/create", True, LI), ("102", "PJSIP/104", "/create", False, LI), ("102", "PJSIP/104", "", True, LO))),
    Row("permitted: 101 sends 102 to ARI, which is said, and rings 104", sent_to_application("102", number="656"), "102+104", LO),
    Row("101 (no lo) puts 102 into ARI, which rings 104 for him", puts_into_application("657"), "", LI),
    Row("permitted: 101 puts 102 into ARI, which is said, and rings 104 for him", puts_into_application("656"), "102+104", LO),
]
FORKS = [
    Row("101 (lo) calls outside, and two operators are denied", forks("0301234"), "few", {"101": ("lo",), "103": (), "104": ()}),
    Row("101 (nothing) calls 102, and two operators are denied", forks("102"), "few", {"101": (), "103": (), "104": ()}),
]
DIALPLAN = hostile_more.DIALPLAN + f"""
exten => 901,1,Page(PJSIP/102,q)
exten => 0309903,1,Gosub(callprop,call,1(0309903))
 same => n,Dial(Local/102@pages/n,20,b(callprop^ring^1))
exten => 904,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,G(pages^s^1)b(callprop^ring^1))
exten => 905,1,AgentRequest(1001)
exten => 906,1,Goto(agent,102,1)
exten => 907,1,Page({OUTSIDE},q)
exten => 909,1,Gosub(callprop,call,1(109))
 same => n,Gosub(callprop,forward,1(109))
 same => n,Dial(PJSIP/104,{RING})
exten => 911911,1,Answer()
 same => n,Wait(3)
 same => n,Gosub(callprop,call,1(104))
 same => n,Dial(PJSIP/104,{RING})
exten => 911910,1,Answer()
 same => n,Wait(3)
 same => n,Gosub(callprop,call,1(*60))
 same => n,Gosub(callprop,call,1(104))
 same => n,Dial(PJSIP/104,{RING})
exten => 913,1,Page(PJSIP/104,q)
exten => 939,1,Page(Local/104@internal,q)
exten => 916,1,BridgeWait(here,participant,S(1))
 same => n,Dial(PJSIP/104,{RING})
exten => 917,1,BridgeWait(here,participant,S(1))
 same => n,Dial({OUTSIDE},{RING})
exten => 928,1,BridgeWait(here,participant,S(1))
 same => n,AgentRequest(1001)
exten => 918,1,Pickup(104@internal)
exten => 919,1,Answer()
 same => n,Gosub(callprop,call,1(610))
 same => n,Page(PJSIP/104,qb(callprop^ring^1))
exten => 921,1,Queue(direct,nb(callprop^ring^1),,,10)
exten => 922,1,Gosub(callprop,call,1(109))
 same => n,Gosub(callprop,forward,1(109))
 same => n,Queue(direct,nb(callprop^ring^1),,,10)
exten => 923,1,Gosub(callprop,call,1(109))
 same => n,Gosub(callprop,forward,1(109))
 same => n,Page(PJSIP/104,qb(callprop^ring^1))
exten => 929,1,Goto(substitutes,102,1)
exten => 925,1,Goto(agent,0301234,1)
exten => 927,1,Gosub(callprop,call,1(109))
 same => n,Gosub(callprop,forward,1(109))
 same => n,Dial(PJSIP/104,1,b(callprop^ring^1))
 same => n,Dial(PJSIP/103,{RING})
exten => 926,1,Gosub(callprop,call,1(104))
 same => n,Page(PJSIP/104,q)
"""
CONTEXTS = """
[pages]
exten => 102,1,Set(PERMITTED=${CALLPROP_CALL()})
 same => n,Page(PJSIP/104,q)
exten => s,1,Wait(8)
 same => 2,Page(PJSIP/104,q)
[substitutes]
exten => 102,1,GotoIf(${CALLPROP_DIRECT()}?ring)
 same => n,Dial(Local/103@substitutes/n,20)
 same => n,Hangup()
 same => n(ring),Dial(PJSIP/102,20,b(callprop^ring^1))
exten => 103,1,GotoIf(${CALLPROP_DIRECT()}?ring)
 same => n,Dial(Local/104@substitutes/n,20)
 same => n,Hangup()
 same => n(ring),Dial(PJSIP/103,20,b(callprop^ring^1))
exten => 104,1,GotoIf(${CALLPROP_DIRECT()}?ring)
 same => n,Hangup()
 same => n(ring),Dial(PJSIP/104,20,b(callprop^ring^1))
[agent]
exten => _X.,1,Set(PERMITTED=${CALLPROP_CALL()})
 same => n,AgentRequest(1001)
"""
# fmt: on
# Where denied calls go, twice.
OPERATORS = {
    "": "Gosub(callprop,call,1(104))\n same => n,Dial(Local/103@direct/n&Local/104@direct/n,20,b(callprop^ring^1))",
    " without a word": "Dial(Local/104@internal/n&Local/103@internal/n,20,b(callprop^ring^1))",
    " by callbacks": "Originate(Local/104@direct/n,app,Wait,1,,,a)\n same => n,Originate(Local/103@direct/n,app,Wait,1,,,a)",
}
FILES = {
    "extensions.conf": dialplan(conf("extensions.conf", CONTEXTS), DIALPLAN).replace(
        "[from-trunk]\n", "[from-trunk]\nexten => _9XX,1,Goto(internal,${EXTEN},1)\n"
    ),
    "modules.conf": modules("app_confbridge", "app_page", "app_bridgewait", "app_chanspy"),
    "confbridge.conf": "[general]\n",
}
SETUPS = [
    Setup("hostile, unsaid", look_at(ROWS), FILES),
    Setup("hostile, unsaid, sent", look_at(SENT), FILES),
    *(
        Setup(
            f"hostile, unsaid, forked{how}",
            look_at(FORKS),
            {**with_operator(lines), "modules.conf": modules("app_originate")},
        )
        for how, lines in OPERATORS.items()
    ),
]

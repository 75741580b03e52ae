# SPDX-License-Identifier: MIT
"""Who is heard goes on being heard: by whoever comes where others listened in before, where two who are heard become one, and where one was barged in on."""

from __future__ import annotations

import time

from real_calls import Failed

from ari import APPLICATION, Application
from calls import AnyLab
from hostile_calls import Row, answered, connected, phone_refers_to
from hostile_heard import HALLS, Act, begins, puts_there
from hostile_lab import look_at
from hostile_more import DIALPLAN, LI_LO, dialplan, speaks
from hostile_several import bridge, comes, waits
from hostile_whispers import WHISPERS, only
from lab import until
from setups import Setup, conf, modules


def snoops(who: str) -> Act:
    """102 waits, and an application listens; 102 puts 104 there, to whom outside whispers by the application; and 104 puts another there."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            waiting = answered(lab, "102", "744")
            application.post(f"channels/{application.id_of('PJSIP/102', 'Up')}/snoop", app=APPLICATION, spy="both")
            call = answered(lab, "104", "102")
            phone_refers_to(lab, "102", "744", waiting.replaces())
            time.sleep(0.7)
            there = application.id_of("PJSIP/104", "Up")
            snoop = application.post(f"channels/{there}/snoop", app=APPLICATION, spy="both", whisper="both")["id"]
            bridge(application, snoop, *waits(lab, application, "trunk"))
            puts_there(lab, "104", who, "102", call)
            return "heard" if "Snoop" in connected(lab) else "ended"

    return act


def becomes_one(who: str) -> Act:
    """101 whispers to 102, who waits, and outside to 104, who called 102; 102 puts 104 there, so both are heard there; and 104 puts another there."""

    def act(lab: AnyLab) -> str:
        waiting = answered(lab, "102", "744")
        begins(lab, "101", "740")
        call = answered(lab, "104", "102")
        second = begins(lab, "trunk", "745")
        phone_refers_to(lab, "102", "744", waiting.replaces())
        time.sleep(0.7)
        puts_there(lab, "104", who, "102", call)
        speaks(lab, who)
        return "ended" if second.cut else "heard"

    return act


def another_speaks(who: str) -> Act:
    """103 whispers to 101, and when that has gone to 102, where another whom it called comes in its place at once."""

    def act(lab: AnyLab) -> str:
        answered(lab, "104", "102")
        answered(lab, who, "103")
        first = answered(lab, "101", "744")
        spy = begins(lab, "103", "746")
        time.sleep(0.3)
        told = lab.pbx.manager.named
        before = len(told("ChanSpyStart"))
        with lab.exchange.news:
            first.request("BYE", first.dialog)
        if not until(lambda: len(told("ChanSpyStart")) > before):
            raise Failed("103 does not listen in to 102")
        phone_refers_to(lab, "103", "746", spy.replaces())
        time.sleep(1)
        speaks(lab, "102")
        return only(lab, "102", "104")

    return act


def barged_in_on(who: str, partner: str = "103", also: str = "") -> Act:
    """Outside barges in on 102, who is with another; that goes, still hears outside, and puts a third there, who called it."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            one = waits(lab, application, "102")
            call, other = comes(lab, application, partner)
            made = bridge(application, *one, other)
            if also:
                begins(lab, also, "745")
            begins(lab, "trunk", "722")
            speaks(lab, "trunk")
            application.post(f"bridges/{made}/removeChannel", channel=other)
            answered(lab, who, partner)
            phone_refers_to(lab, partner, "656", call.replaces())
            # ChanSpy() ends with the next sound to each that heard it; outside is heard by neither from here on.
            return "ended" if until(lambda: lab.pbx.manager.named("CallpropDenial"), 1) else "heard"

    return act


# fmt: off
NOT_RI = {"103": LI_LO}
ROWS = [
    Row("ARI: outside whispers to 104 (ri), to whose place another listens, and who puts 103 (no ri) there", snoops("103"), "ended", NOT_RI),
    Row("permitted: ARI: 104 puts 103 (ri) there", snoops("103"), "heard"),
    Row("outside whispers to 104 (ri), whom 102 puts where 101 whispers; 104 puts 103 (no ri) there", becomes_one("103"), "ended", NOT_RI),
    Row("permitted: 104 puts 103 (ri) there so", becomes_one("103"), "heard"),
    Row("103 whispers to 101, then to 102 (no ri), and puts outside there at once", another_speaks("trunk"), "102+104 ended", {"102": LI_LO}),
    Row("permitted: 103 puts outside there, where 102 has ri", another_speaks("trunk"), "102+104 heard"),
    Row("outside barges in on 102 (ri), with 103 (ri), who leaves the bridge and puts 104 (no ri) there", barged_in_on("104"), "ended", {"104": LI_LO}),
    Row("permitted: 103 puts 104 (ri) there", barged_in_on("104"), "heard"),
    Row("the same, and 101 whispers to 104 before, who leaves the bridge and puts 103 (no ri) there", barged_in_on("103", "104", "101"), "ended", NOT_RI),
    Row("permitted: 104 puts 103 (ri) there then", barged_in_on("103", "104", "101"), "heard"),
]
# fmt: on

SPIES = r"""
exten => 746,1,Answer()
 same => n,ChanSpy(PJSIP/101-,qwE)
 same => n,ChanSpy(PJSIP/102-,qw)
"""

SETUPS = [
    Setup(
        "hostile, hearers",
        look_at(ROWS),
        {
            "extensions.conf": dialplan(conf("extensions.conf"), DIALPLAN + WHISPERS + HALLS + SPIES).replace(
                "_7[23]X", "_7[234]X"
            ),
            "modules.conf": modules("app_chanspy", "app_bridgewait"),
        },
    )
]

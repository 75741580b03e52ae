# SPDX-License-Identifier: MIT
"""Being heard where nobody enters a bridge for it: another comes in the place of who speaks or hears; an announcer on hold. And who is put through, of several."""

from __future__ import annotations

import time
from typing import Callable

from real_calls import Failed

from ari import APPLICATION, Application
from calls import AnyLab
from desk import Desk
from hostile_calls import (
    RINGING,
    Row,
    answered,
    answers_now,
    as_header,
    connected,
    phone_refers_to,
    place,
    together,
)
from hostile_lab import look_at
from hostile_more import DIALPLAN, LI_LO, dialplan, heard, speaks, spies
from hostile_several import bridge, comes, dials, joins, rings, waits
from hostile_whispers import WHISPERS, only
from lab import until
from setups import Setup, conf, modules

Act = Callable[[AnyLab], object]


def begins(lab: AnyLab, who: str, number: str):
    """Somebody listens in, and what comes now may be before the module has heard of it. His call."""
    told = lab.pbx.manager.named
    before = len(told("ChanSpyStart"))
    spy = answered(lab, who, number)
    if not until(lambda: len(told("ChanSpyStart")) > before):
        raise Failed(f"{who} does not listen in by {number}")
    return spy


def spy_is_transferred(who: str) -> Act:
    """103 is called, whispers to 102 in another call, and makes one of the two: who called speaks in its place."""

    def act(lab: AnyLab) -> str:
        answered(lab, "104", "102")
        answered(lab, who, "103")
        spy = begins(lab, "103", "723")
        phone_refers_to(lab, "103", "723", spy.replaces())
        time.sleep(1)
        speaks(lab, "102")
        return only(lab, "102", "104")

    return act


def spy_is_replaced(who: str) -> Act:
    """The same, by INVITE with Replaces."""

    def act(lab: AnyLab) -> str:
        answered(lab, "104", "102")
        spy = begins(lab, "103", "723")
        place(lab, who, "103", replaces=as_header(spy.replaces()))
        time.sleep(1.2)
        speaks(lab, "102")
        return only(lab, "102", "104")

    return act


def spied_is_picked_up(lab: AnyLab) -> str:
    """Outside whispers to 102, who rings; 104 takes that call."""
    place(lab, "103", "102")
    lab.expect_ring("102")
    begins(lab, "trunk", "723")
    place(lab, "104", "*8102")
    time.sleep(1.2)
    speaks(lab, "104")
    return only(lab, "103", "104")


def spied_is_transferred(who: str) -> Act:
    """Outside whispers to 102, who waits; 102 puts another in its place, who called it."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, "102")
        waiting = answered(lab, "102", "744")
        begins(lab, "trunk", "740")
        phone_refers_to(lab, "102", "744", waiting.replaces())
        time.sleep(1)
        speaks(lab, who)
        return "heard" if spies(lab) else "ended"

    return act


def puts_there(lab: AnyLab, of: str, who: str, number: str, call) -> None:
    """Somebody calls this phone, which puts him in the place of another call of its own."""
    answered(lab, who, of)
    phone_refers_to(lab, of, number, call.replaces())
    time.sleep(1)


def spied_by_two(who: str) -> Act:
    """Outside whispers to 102, who puts 104 there instead; 101 listens in, too, by then; and 104 puts another there, who called it."""

    def act(lab: AnyLab) -> str:
        waiting = answered(lab, "102", "744")
        first = begins(lab, "trunk", "740")
        call = answered(lab, "104", "102")
        phone_refers_to(lab, "102", "744", waiting.replaces())
        time.sleep(1)
        begins(lab, "101", "745")
        puts_there(lab, "104", who, "102", call)
        speaks(lab, who)
        return "ended" if first.cut else "heard"

    return act


def whispers(number: str) -> Act:
    def act(lab: AnyLab) -> str:
        answered(lab, "104", "102")
        begins(lab, "trunk", number)
        speaks(lab, "102")
        return heard(lab)

    return act


def comes_to_heard(who: str) -> Act:
    """Outside whispers to a Local channel behind which 103 is; another comes there only then."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            one = waits(lab, application, "103")
            rung = rings(lab, application, one[0])
            made = bridge(application, *one, rung)
            begins(lab, "trunk", "731")
            joins(application, made, *waits(lab, application, who))
            time.sleep(0.7)
            speaks(lab, "102")
            return only(lab, "102", "103", who)

    return act


def announces(first: tuple[str, str], then: tuple[str, str]) -> Act:
    """Two come to the same BridgeWait(), one of them as the announcer."""

    def act(lab: AnyLab) -> str:
        for who in (first, then):
            place(lab, *who)
            time.sleep(0.7)
        return together(lab)

    return act


def announces_by_ari(announcer: str, *waiting: str) -> Act:
    def act(lab: AnyLab) -> str:
        with Application() as application:
            made = application.post("bridges", type="holding")["id"]
            joins(application, made, *waits(lab, application, *waiting))
            for one in waits(lab, application, announcer):
                application.post(f"bridges/{made}/addChannel", channel=one, role="announcer")
            return together(lab)

    return act


def several_to_103(granted: tuple[str, ...], *there: str) -> Act:
    """An application has 101 and these in one bridge. 101 puts them through to 103, who rings."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            first, one = comes(lab, application, "101")
            bridge(application, one, *waits(lab, application, *there))
            time.sleep(0.5)
            consultation = place(lab, "101", "103")
            until(lambda: lab.phones["103"].rang() and consultation.early)
            first.refers("103", consultation.replaces())
            time.sleep(0.7)
            lab.pbx.set_status("103", granted)
            answers_now(lab, "103")
            return together(lab)

    return act


def snooped_is_picked_up(lab: AnyLab) -> str:
    """An application whispers for outside to 102, who rings; 104 takes the call."""
    with Application() as application:
        place(lab, "103", "102")
        lab.expect_ring("102")
        spied = application.id_of("PJSIP/102", "Ringing")
        snoop = application.post(f"channels/{spied}/snoop", app=APPLICATION, spy="both", whisper="both")["id"]
        bridge(application, snoop, *waits(lab, application, "trunk"))
        time.sleep(0.5)
        place(lab, "104", "*8102")
        time.sleep(1.2)
        return "heard" if "Snoop" in connected(lab) else "ended"


def announces_behind_local(announcer: str, who: str) -> Act:
    """103 waits behind a Local channel, where one is the announcer; another comes there only then."""

    def act(lab: AnyLab) -> str:
        place(lab, announcer, ANNOUNCES)
        with Application() as application:
            made = bridge(application, *waits(lab, application, "103"))
            half = dials(lab, application, HALL, formats="ulaw")
            joins(application, made, half)
            time.sleep(0.5)
            joins(application, made, *waits(lab, application, who))
            return together(lab)

    return act


def announces_to_spy(first: str) -> Act:
    """A Local channel whispers to 102 by one half, and by the other waits where outside is the announcer."""

    def act(lab: AnyLab) -> str:
        answered(lab, "104", "102")
        steps = [
            lambda: lab.pbx.rx(f"channel originate Local/{HALL}@internal/n extension 723@internal"),
            lambda: place(lab, "trunk", ANNOUNCES),
        ]
        for step in steps if first == "spy" else reversed(steps):
            step()
            time.sleep(0.7)
        speaks(lab, "102")
        return only(lab, "102")

    return act


SPOKEN = {"102": LI_LO}
HALL, ANNOUNCES = "741", "742"
# fmt: off
ROWS = [
    # Another comes in the place of who speaks
    Row("103 whispers to 102 (no ri), and puts outside there instead", spy_is_transferred("trunk"), "102+104 ended", SPOKEN),
    Row("permitted: 103 whispers to 102 (ri), and puts outside there instead", spy_is_transferred("trunk"), "102+104 heard"),
    Row("permitted: 103 whispers to 102 (no ri), and puts 101 there instead", spy_is_transferred("101"), "102+104 heard", SPOKEN),
    Row("103 whispers to 102 (no ri), and outside comes there by INVITE with Replaces", spy_is_replaced("trunk"), "102+104 ended", SPOKEN),
    # Another comes in the place of who hears, or behind it
    Row("outside whispers to 102 (ri), who rings; 104 (no ri) takes the call", spied_is_picked_up, "103+104 ended", {"104": LI_LO}, {"102": RINGING}),
    Row("permitted: 104 (ri) takes it", spied_is_picked_up, "103+104 heard", {}, {"102": RINGING}),
    Row("ARI: outside whispers to 102 (ri), who rings; 104 (no ri) takes the call", snooped_is_picked_up, "ended", {"104": LI_LO}, {"102": RINGING}),
    Row("permitted: ARI: 104 (ri) takes it", snooped_is_picked_up, "heard", {}, {"102": RINGING}),
    Row("outside whispers to 102 (ri), who puts 104 (no ri) there instead", spied_is_transferred("104"), "ended", {"104": LI_LO}),
    Row("permitted: outside whispers to 102 (ri), who puts 104 (ri) there instead", spied_is_transferred("104"), "heard"),
    Row("outside whispers to 102 (ri), who puts 104 (ri) there; 101 listens in, too; 104 puts 103 (no ri) there", spied_by_two("103"), "ended", {"103": LI_LO}, times=3),
    Row("permitted: 104 puts 103 (ri) there", spied_by_two("103"), "heard"),
    Row("outside whispers to a Local channel, behind which 101 (no ri) comes then", comes_to_heard("101"), "101+102+103 ended", {"101": LI_LO}),
    Row("permitted: outside whispers to a Local channel, behind which 101 (ri) comes then", comes_to_heard("101"), "101+102+103 heard"),
    Row("outside whispers to 102 (no ri): ChanSpy(), where an option before has a parenthesis", whispers("743"), "102+104 ended", SPOKEN),
    # On hold
    Row("outside is the announcer where 102 (no ri) waits", announces(("102", HALL), ("trunk", ANNOUNCES)), "", SPOKEN),
    Row("102 (no ri) waits where outside is the announcer", announces(("trunk", ANNOUNCES), ("102", HALL)), "", SPOKEN),
    Row("permitted: outside is the announcer where 102 (ri) waits", announces(("102", HALL), ("trunk", ANNOUNCES)), "102+trunk"),
    Row("permitted: 102 (no ri) and outside wait", announces(("102", HALL), ("trunk", HALL)), "102+trunk", SPOKEN),
    Row("permitted: 102 (no li) waits where 103 is the announcer", announces(("102", HALL), ("103", ANNOUNCES)), "102+103", {"102": ()}),
    Row("ARI: outside is the announcer where 102 (no ri) and 103 wait", announces_by_ari("trunk", "102", "103"), "102+103", SPOKEN),
    Row("permitted: ARI: outside is the announcer where 102 (ri) and 103 wait", announces_by_ari("trunk", "102", "103"), "102+103+trunk"),
    Row("outside is the announcer where 103 waits behind a Local channel, and 104 (no ri) comes there", announces_behind_local("trunk", "104"), "103+104", {"104": LI_LO}),
    Row("permitted: 104 (ri) comes there", announces_behind_local("trunk", "104"), "103+104+trunk"),
    Row("outside is the announcer where a Local channel waits that whispers to 102 (no ri)", announces_to_spy("announcer"), "102 ended", SPOKEN),
    Row("a Local channel whispers to 102 (no ri), and waits where outside is the announcer", announces_to_spy("spy"), "102 ended", SPOKEN),
    Row("permitted: a Local channel whispers to 102 (ri), and waits where outside is the announcer", announces_to_spy("spy"), "102 heard"),
    # Before the answer: everybody who is transferred
    *(Row(f"101 puts {', '.join(there)} through to 103 {granted}, who rings", several_to_103(granted, *there), "+".join(sorted(there)), {}, {"103": RINGING})
      for there, granted in ((("102", "104", "trunk"), ("li",)), (("102", "trunk", "104"), ("li",)))),
    Row("permitted: 101 puts 102, 104, trunk through to 103 (li, ri), who rings", several_to_103(("li", "ri"), "102", "104", "trunk"), "102+103+104+trunk", {}, {"103": RINGING}),
]
# fmt: on


def look(desk: Desk) -> None:
    look_at(ROWS)(desk)
    # Options are read by the module, too.
    desk.check("Asterisk does not warn of options", 0, desk.pbx.log().count("Unrecognized option"))


HALLS = r"""
exten => 740,1,Answer()
 same => n,ChanSpy(PJSIP/102-,qwg(waiting))
exten => 741,1,Answer()
 same => n,BridgeWait(hall)
exten => 742,1,Answer()
 same => n,BridgeWait(hall,announcer)
exten => 744,1,Answer()
 same => n,Set(SPYGROUP=waiting)
 same => n,Wait(60)
exten => 743,1,Answer()
 same => n,ChanSpy(PJSIP/102,qv(\()w)
exten => 745,1,Answer()
 same => n,ChanSpy(PJSIP/104-,qw)
"""

SETUPS = [
    Setup(
        "hostile, heard",
        look,
        {
            "extensions.conf": dialplan(conf("extensions.conf"), DIALPLAN + WHISPERS + HALLS).replace(
                "_7[23]X", "_7[234]X"
            ),
            "modules.conf": modules("app_chanspy", "app_bridgewait"),
        },
    )
]

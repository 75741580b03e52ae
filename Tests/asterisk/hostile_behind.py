# SPDX-License-Identifier: MIT
"""Who hears whom through a Local channel that is in no bridge: its other half still dials, or is never answered."""

from __future__ import annotations

import re
import time
from typing import Callable

from ari import APPLICATION, Application
from calls import AnyLab
from hostile import dialplan
from hostile_calls import (
    NOT_RI,
    RINGING,
    Row,
    answered,
    as_header,
    forwards,
    phone_refers_to,
    phone_replaces,
    place,
    together,
)
from hostile_early import comes_of, put_through
from hostile_lab import bridge_outside_with_local, look_at, three_by_keys
from lab import until
from setups import Setup, modules

LI_LO = ("li", "lo")
Act = Callable[[AnyLab], str]


def put_through_before(number: str, first: str, then: str) -> Act:
    """Outside calls 101, who calls a number, and puts outside through; what rings is rung only then."""

    def act(lab: AnyLab) -> str:
        answered(lab, "trunk", "101")
        consultation = place(lab, "101", number)
        until(lambda: (consultation.early or consultation.final) and (not first or lab.phones[first].rang()))
        time.sleep(0.3)
        phone_refers_to(lab, "101", number, consultation.replaces())
        until(lab.phones[then].rang, 6)
        return comes_of(lab, then)

    return act


def presses_behind(key: str, then: str) -> Act:
    """Outside is put through to a menu behind a Local channel, and presses a key there."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, "trunk", "101")
        consultation = answered(lab, "101", "846")
        phone_refers_to(lab, "101", "846", consultation.replaces())
        time.sleep(1)
        caller.presses(key)
        until(lab.phones[then].rang, 3)
        return comes_of(lab, then)

    return act


def replaced(lab: AnyLab) -> str:
    """101 calls a number that answers, and rings outside behind it; 102 comes in 101's place."""
    caller = place(lab, "101", "842")
    until(lambda: caller.final and lab.phones["trunk"].rang())
    time.sleep(0.3)
    place(lab, "102", "842", replaces=as_header(caller.replaces()))
    return comes_of(lab, "trunk")


def bridged(lab: AnyLab) -> str:
    """101 calls a number that answers, and rings 103 behind it; AMI connects outside with that."""
    caller = place(lab, "101", "841")
    until(lambda: caller.final and lab.phones["103"].rang())
    bridge_outside_with_local(lab)
    return comes_of(lab, "103")


def by_keys(lab: AnyLab) -> str:
    """101 is with outside, calls 103 by keys, and hangs up while that rings."""
    caller = answered(lab, "101", "0301234")
    caller.presses("*2103")
    until(lab.phones["103"].rang, 5)
    time.sleep(0.5)
    with lab.exchange.news:
        caller.request("BYE", caller.dialog)
    return comes_of(lab, "103")


def of_three(lab: AnyLab) -> str:
    """101 is with 102 and outside, calls 103, and puts the two through while that rings."""
    caller = three_by_keys(lab)
    time.sleep(0.5)
    consultation = place(lab, "101", "103")
    until(lambda: lab.phones["103"].rang() and consultation.early)
    time.sleep(0.3)
    caller.refers("103", consultation.replaces())
    return comes_of(lab, "103")


def called_back(number: str, rings: str, comes: Callable[[AnyLab], None]) -> Act:
    """101 is called back for a number that rings; another comes in his place."""

    def act(lab: AnyLab) -> str:
        if rings == "103":
            answered(lab, "trunk", "101")
        times = lab.phones["101"].rang()
        lab.pbx.rx(f"channel originate Local/101*{number}@callprop-callback/n extension {number}@internal")
        until(lambda: lab.phones["101"].rang() > times and lab.phones[rings].rang(), 5)
        time.sleep(0.5)
        comes(lab)
        return comes_of(lab, rings)

    return act


def outside_is_put_through(lab: AnyLab) -> None:
    phone_refers_to(lab, "101", "103", phone_replaces(lab, "101", -1), 0)


def replaces_101(lab: AnyLab) -> None:
    place(lab, "102", "101", replaces=as_header(phone_replaces(lab, "101")))


def held_by_an_application(number: str, who: str, rung: str) -> Act:
    """An application has who called, behind a Local channel that it does not answer, and connects that with what it rings itself."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            place(lab, who, number)
            until(lambda: any(one["name"].endswith(";2") for one in application.channels()))
            here = next(one for one in application.channels() if one["name"].endswith(";2"))["id"]
            application.post("channels/phone", endpoint=rung, app=APPLICATION)
            until(lambda: any(one["id"] == "phone" and one["state"] == "Up" for one in application.channels()))
            time.sleep(0.3)
            for path, more in (
                ("bridges/both", {"type": "mixing"}),
                *(("bridges/both/addChannel", {"channel": one}) for one in (here, "phone")),
            ):
                application.tries(path, **more)
            time.sleep(1.5)
            return "together" if len(both_of(lab, rung, who)) == 2 else "ended"

    return act


def both_of(lab: AnyLab, rung: str, who: str) -> set[str]:
    devices = {"PJSIP/trunk" if "trunk" in rung else rung, f"PJSIP/{who}"}
    text = lab.pbx.command("core show channels concise")
    return {device for device in devices if re.search(rf"^{device}-", text, re.MULTILINE)}


def announces_behind(lab: AnyLab) -> str:
    """103 waits in a bridge on hold; outside is the announcer there, behind a Local channel that is not answered."""
    answered(lab, "103", "848")
    place(lab, "trunk", "449")
    together(lab)
    text = lab.pbx.command("core show channels concise")
    return "announces" if re.search(r"^Local/850@.*!BridgeWait!", text, re.MULTILINE) else "ended"


BEHIND = {"103": RINGING}
# fmt: off
ROWS = [
    Row("outside is put through, 103 (no ri) rings behind what has answered", put_through("trunk", "841", "103"), "ended", {"103": NOT_RI}, BEHIND),
    Row("permitted: the same, 103 (ri)", put_through("trunk", "841", "103"), "rings", {"103": ("li", "ri")}, BEHIND),
    Row("permitted: the same, and 103 answers", put_through("trunk", "841", "103", True), "103+trunk", {"103": ("li", "ri")}, BEHIND),
    *(Row(f"outside is put through to {number}, which rings 103 (no ri) then", put_through_before(number, first, "103"), "ended", {"103": NOT_RI}, {"102": RINGING, **BEHIND})
      for number, first in (("843", "102"), ("844", "102"), ("845", ""))),
    Row("permitted: outside is put through to 843, which rings 103 (ri) then", put_through_before("843", "102", "103"), "rings", {"103": ("li", "ri")}, {"102": RINGING, **BEHIND}),
    Row("outside is put through to 104, whose phone forwards to 103 (no ri) then", put_through_before("840", "102", "103"), "ended",
        {"103": NOT_RI}, {"102": RINGING, "104": forwards("103"), **BEHIND}),
    Row("outside is put through to a menu, and presses 2 for 102 (no ri)", presses_behind("2", "102"), "ended", {"102": NOT_RI}, {"102": RINGING}),
    Row("permitted: outside presses 2 for 102 (ri)", presses_behind("2", "102"), "rings", {"102": ("ri", "li")}, {"102": RINGING}),
    Row("outside is put through to a queue, which rings 103 (no qri) then", put_through_before("847", "102", "103"), "ended",
        {"103": ("li", "lo", "ri", "qli")}, {"102": RINGING, **BEHIND}),
    Row("102 (no ro) comes in the place of 101, for whom outside rings", replaced, "ended", {"102": LI_LO}, {"trunk": RINGING}),
    Row("AMI connects outside with what rings 103 (no ri)", bridged, "ended", {"103": NOT_RI}, BEHIND),
    Row("101 puts outside through by keys, 103 (no ri) rings", by_keys, "ended", {"103": NOT_RI}, BEHIND),
    Row("permitted: the same, 103 (ri)", by_keys, "rings", {"103": ("li", "ri")}, BEHIND),
    Row("101 puts 102 and outside through, 103 (no ri) rings", of_three, "ended", {"103": NOT_RI}, BEHIND, 4),
    Row("101 is called back for 103 (no ri), who rings; outside comes in his place", called_back("103", "103", outside_is_put_through), "ended", {"103": NOT_RI}, BEHIND),
    Row("101 is called back for outside, which rings; 102 (no ro) comes in his place", called_back("0301234", "trunk", replaces_101), "ended", {"102": LI_LO}, {"trunk": RINGING}),
    Row("ARI connects outside, behind what is not answered, with 103 (no ri)", held_by_an_application("451", "trunk", "PJSIP/103"), "ended", {"103": NOT_RI}),
    Row("permitted: ARI connects them, 103 (ri)", held_by_an_application("451", "trunk", "PJSIP/103"), "together", {"103": ("ri", *LI_LO)}),
    Row("ARI connects 101 (no ro), behind what is not answered, with outside", held_by_an_application("451", "101", "PJSIP/0301234@trunk"), "ended", {"101": LI_LO}),
    Row("outside announces, behind what is not answered, to 103 (no ri)", announces_behind, "ended", {"103": NOT_RI}),
    Row("permitted: outside announces so, to 103 (ri)", announces_behind, "announces", {"103": ("ri", "li")}),
]
# fmt: on


def behind(number: int, what: str, *lines: str) -> str:
    """A number that dials a Local channel, whose dialplan these lines are."""
    dials = f"Dial(Local/{number}0@internal/n,25,b(callprop^ring^1))"
    own = "\n same => n,".join([f"exten => {number},1,Gosub(callprop,call,1({what}))", dials])
    return own + "\n" + "\n same => n,".join([f"exten => {number}0,1,{lines[0]}", *lines[1:]]) + "\n"


RINGS_102, RINGS_103 = (f"Dial(PJSIP/{phone},{{}},b(callprop^ring^1))" for phone in ("102", "103"))
DIALPLAN = "\n" + "".join(
    (
        behind(840, "610", RINGS_102.format(2), "Dial(PJSIP/104,20,b(callprop^ring^1))"),
        behind(841, "610", "Answer()", "Wait(0.5)", "Goto(103,1)"),
        behind(842, "0301234", "Answer()", "Wait(0.5)", "Goto(0301234,1)"),
        behind(843, "610", RINGS_102.format(2), RINGS_103.format(20)),
        behind(844, "610", "Gosub(callprop,call,1(610))", RINGS_102.format(2), "Goto(103,1)"),
        behind(845, "610", "Ringing()", "Wait(2)", "Goto(103,1)"),
        behind(846, "600", "Goto(600,1)"),
        behind(847, "500", "Answer()", "Gosub(callprop,call,1(500))", "Queue(direct,nb(callprop^ring^1),,,20)"),
        "exten => 848,1,Answer()\n same => n,BridgeWait(hold,participant,e(s))\n",
        "exten => 449,1,Gosub(callprop,call,1(610))\n same => n,Answer()\n same => n,Dial(Local/850@internal/n,60,b(callprop^ring^1))\n",
        "exten => 850,1,Progress()\n same => n,BridgeWait(hold,announcer,n)\n",
        "exten => 451,1,Gosub(callprop,call,1(610))\n same => n,Answer()\n same => n,Dial(Local/657@internal/n,60,b(callprop^ring^1))\n",
    )
)

SETUPS = [
    Setup(
        "hostile, behind",
        look_at(ROWS),
        {"extensions.conf": dialplan(DIALPLAN), "modules.conf": modules("app_bridgewait")},
    )
]

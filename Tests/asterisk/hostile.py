# SPDX-License-Identifier: MIT
"""Calls that a hostile tester made. Each comes to what no status permits, or held where it might not have."""

from __future__ import annotations

import time
from typing import Callable

import pasted
from ari import Application, connect
from calls import AnyLab
from desk import Desk
from hostile_lab import (
    NOBODY,
    NOT_RI,
    RINGING,
    Row,
    answered,
    answers_now,
    as_header,
    dials,
    forwards,
    look_at,
    phone_refers_to,
    phone_replaces,
    pickup_by_103,
    place,
    sent_to_parked,
    sent_to_pickup,
    together,
    with_phones,
)
from lab import until
from setups import Setup, conf, modules

# ---- The guard is made to look for the end of a circle of Local channels, for ever


def circle(own: str, number: str, then: Callable[[AnyLab], str]) -> Callable[[AnyLab], str]:
    """A phone calls itself by way of a Local channel, and makes one call of its two."""

    def act(lab: AnyLab) -> str:
        call = answered(lab, own, number)
        call.refers(number, phone_replaces(lab, own))
        time.sleep(0.8)
        lab.pbx.set_status("103", ("li", "lo"))
        return then(lab)

    return act


def callback_circle(lab: AnyLab) -> str:
    lab.pbx.rx("channel originate Local/102*102@callprop-callback/n extension 102@internal")
    until(lambda: lab.phones["102"].rang() == 2)
    time.sleep(0.6)
    phone_refers_to(lab, "102", "102", phone_replaces(lab, "102", 1), 0)
    time.sleep(0.8)
    lab.pbx.set_status("103", ("li", "lo"))
    return pickup_by_103(lab)


def attended_to_103(lab: AnyLab, outside: str = "101") -> str:
    answered(lab, "trunk", outside)
    consultation = answered(lab, "101", "103")
    phone_refers_to(lab, "101", "103", consultation.replaces())
    return together(lab)


# ---- Attended transfers into what is not a bridge: Asterisk names no target then


def into(number: str, outside: str = "101") -> Callable[[AnyLab], str]:
    """Outside calls 101, who transfers it while 102 still rings."""

    def act(lab: AnyLab) -> str:
        answered(lab, "trunk", outside)
        consultation = place(lab, "101", number)
        until(lambda: lab.phones["102"].rang() and (consultation.early or consultation.final))
        phone_refers_to(lab, "101", number, consultation.replaces())
        time.sleep(0.7)
        answers_now(lab, "102")
        return together(lab)

    return act


# ---- From outside to outside, connected without a dial


def two_from_outside(lab: AnyLab) -> str:
    answered(lab, "trunk", "101")
    answered(lab, "trunk", "101")
    phone_refers_to(lab, "101", "101", phone_replaces(lab, "101", 1), 0)
    return together(lab)


def two_from_inside(lab: AnyLab) -> str:
    answered(lab, "102", "101")
    answered(lab, "103", "101")
    phone_refers_to(lab, "101", "101", phone_replaces(lab, "101", 1), 0)
    return together(lab)


def replaced_by_outside(lab: AnyLab) -> str:
    call = answered(lab, "101", "0301234")
    place(lab, "trunk", "102", "replaces", replaces=as_header(call.replaces()))
    return together(lab)


def ari_for_nobody(of: str) -> Callable[[AnyLab], str]:
    """An application rings outside, for nobody that it names, and connects it with who called."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            place(lab, of, "657")
            one = application.id_of(f"PJSIP/{of}", "Ring")
            two = application.post("channels", endpoint="PJSIP/0305678@trunk", app="desk")["id"]
            application.id_of("PJSIP/trunk", "Up")
            application.post(f"channels/{one}/answer")
            connect(application, one, two)
            return together(lab)

    return act


def ari_by_a_name(lab: AnyLab) -> str:
    """The id of a channel is the name of another one."""
    with Application() as application:
        place(lab, "104", "657", "long_call")
        application.id_of("PJSIP/104", "Ring")
        name = next(one["name"] for one in application.channels())
        place(lab, "trunk", "657")
        outside = application.id_of("PJSIP/trunk", "Ring")
        application.post("channels", endpoint="PJSIP/103", app="desk", channelId=name)
        application.id_of("PJSIP/103", "Up")
        application.post(f"channels/{outside}/answer")
        connect(application, name, outside)
        return together(lab)


def ari_for_an_emergency(lab: AnyLab) -> object:
    """An application rings outside for somebody who waits for 112. What was rung."""
    with Application() as application:
        place(lab, "101", "112")
        lab.expect_ring("trunk")
        originator = application.id_of("PJSIP/101", "Ring")
        lab.phone("trunk", "ringing")
        application.post("channels", endpoint="PJSIP/0305678@trunk", app="desk", originator=originator)
        time.sleep(0.6)
        calls = lab.phones["trunk"].calls.values()
        return [call.invite.first.split()[1] for call in calls if "0305678" in call.invite.first and not call.is_over]


# ---- What held


def joined_by_outside(lab: AnyLab) -> str:
    one, two = answered(lab, "trunk", "101"), answered(lab, "trunk", "102")
    one.refers("102", two.replaces())
    return together(lab)


def three_way(lab: AnyLab) -> str:
    caller = answered(lab, "101", "102")
    caller.presses("*20301234")
    until(lab.phones["trunk"].rang)
    time.sleep(0.8)
    caller.presses("*3")
    consultation = answered(lab, "101", "103")
    caller.refers("103", consultation.replaces())
    return together(lab)


def by_keys(number: str, answers: bool) -> Callable[[AnyLab], str]:
    """101 consults 103 by keys, and hangs up: before or after 103 answers."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, "101", number)
        caller.presses("*2103")
        until(lab.phones["103"].rang)
        time.sleep(0 if answers else 0.8)
        with lab.exchange.news:
            caller.request("BYE", caller.dialog)
        if answers:
            time.sleep(0.6)
            answers_now(lab, "103")
        return together(lab)

    return act


def replaces_ringing(lab: AnyLab) -> str:
    place(lab, "trunk", "102")
    lab.expect_ring("102")
    place(lab, "103", "102", "replaces", replaces=as_header(phone_replaces(lab, "102")))
    return together(lab)


def originated(first: str, second: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        lab.pbx.rx(f"channel originate Local/{first}@callprop-callback/n extension {second}@internal")
        return together(lab, 1.2)

    return act


def paged(number: str) -> Callable[[AnyLab], int]:
    def act(lab: AnyLab) -> int:
        place(lab, "trunk", number)
        time.sleep(1.5)
        return lab.pbx.command("core show channels concise").count("PJSIP/102")

    return act


# fmt: off
ROWS = [
    Row("circle: forward to oneself, then pickup without ri", circle("102", "104", pickup_by_103), "", phones={"104": forwards("102")}),
    Row("circle: a Local member calls his queue, then pickup without ri", circle("102", "501", pickup_by_103), ""),
    Row("circle: the same, then attended transfer without ri", circle("102", "501", attended_to_103), ""),
    Row("circle: a callback of somebody with himself", callback_circle, ""),
    Row("attended while 102 rings, who lacks ri", into("102"), "", {"102": ("li",)}, {"102": RINGING}, 8),
    Row("attended into a queue, 102 lacks qri", into("684"), "", {"102": ("qli",), "103": ()}, {"102": RINGING}, 8),
    Row("outside to outside: attended by 101 (ri)", two_from_outside, "", {"101": ("ri",)}),
    Row("outside to outside: INVITE with Replaces from outside", replaced_by_outside, "", {"101": ("ro",)}),
    Row("outside to outside: 101 (ri) sends it to a pickup", sent_to_pickup("trunk"), "", {"101": ("ri",)}, {"102": RINGING}),
    Row("outside to outside: 101 (ri) sends it to a parked call", sent_to_parked(), "", {"101": ("ri",)}),
    Row("outside to outside: ARI, rung for nobody", ari_for_nobody("trunk"), ""),
    Row("ARI: outside rung for nobody, 101 (ri) connected", ari_for_nobody("101"), "", {"101": ("ri",)}),
    Row("ARI: a channel's id is another's name", ari_by_a_name, "", {"103": ("lo",)}),
    Row("ARI: originates outside for who waits for 112", ari_for_an_emergency, [], NOBODY, {"trunk": RINGING}),
    Row("101 (li) joins 102 and 103, who called it", two_from_inside, "", {"101": ("li",)}),
    # What held
    Row("held: that pickup, without a circle", pickup_by_103, "", {"103": ("li", "lo")}),
    Row("held: outside joins 101 (ri) and 102", joined_by_outside, "", {"101": ("ri",)}),
    Row("held: three by keys, then attended to 103 without ri", three_way, "102+trunk", {"103": NOT_RI}),
    Row("held: by keys behind a Local channel", by_keys("683", answers=False), "", {"103": NOT_RI}),
    Row("held: by keys before 103 answers", by_keys("0301234", answers=True), "", {"103": NOT_RI}, {"103": RINGING}),
    Row("held: Replaces of a leg that rings", replaces_ringing, "", {"103": ("li", "lo")}, {"102": RINGING}),
    *(Row(f"held: callback for 112, then {second}", originated("101*112", second), "", NOBODY) for second in ("620", "642", "640")),
    *(Row(f"held: callback for 112, forwarded to {to}", originated("101*112", "112"), "", NOBODY, {"101": forwards(to)})
      for to in ("0301234", "103", "642", "620", "600")),
    Row("held: 112 forwarded to 103", dials("101", "112"), ("403", ""), NOBODY, {"trunk": forwards("103")}),
    *(Row(f"held: Page() {number}", paged(number), 0, {"102": ("li", "lo")}) for number in ("690", "691")),
]
# fmt: on


DIALPLAN = """
exten => 683,1,Gosub(callprop,call,1(0301234))
 same => n,Dial(Local/0301234@internal/n,9,Tb(callprop^ring^1))
exten => 684,1,Answer()
 same => n,Gosub(callprop,call,1(503))
 same => n,Queue(waiting,b(callprop^ring^1),,,30)
exten => 690,1,Page(PJSIP/102)
exten => 691,1,Gosub(callprop,call,1(610))
 same => n,Page(PJSIP/102)
"""


def look_at_the_office(desk: Desk) -> None:
    """The README's office, with every setting that it names: what is at lunch is not to be called from outside."""
    outside = "0301234101"
    lunch = {"103": "lunch"}

    def circle_and_attended(lab: AnyLab) -> str:
        call = answered(lab, "102", "104")
        call.refers("104", phone_replaces(lab, "102"))
        time.sleep(0.8)
        pasted.set_status(lab.pbx, "103", "lunch")
        return attended_to_103(lab, outside)

    rows = (
        ("circle, then attended to 103 at lunch", circle_and_attended, "", {}, {"104": forwards("102")}, 1),
        ("attended while 102 rings, at lunch", into("102", outside), "", {"102": "lunch"}, {"102": RINGING}, 8),
        ("held: attended to 103 at lunch", lambda lab: attended_to_103(lab, outside), "", lunch, {}, 1),
    )
    for name, act, expected, statuses, phones, times in rows:
        lost = []
        for _ in range(times):
            for extension in ("101", "102", "103", "104"):
                pasted.set_status(desk.pbx, extension, statuses.get(extension, "work"))
            lost += [what for what in [with_phones(desk, act, phones)] if what != expected]
        desk.check(f"office: {name}", expected, f"{len(lost)} of {times}: {lost[0]}" if lost else expected)


FORGOTTEN = "\n; Forgotten: no subroutine"
SETUPS = [
    Setup(
        "hostile",
        look_at(ROWS),
        {
            "extensions.conf": conf("extensions.conf").replace(FORGOTTEN, f"{DIALPLAN}{FORGOTTEN}"),
            "modules.conf": modules("app_confbridge", "app_page"),
            "confbridge.conf": "[general]\n",
        },
    ),
    Setup("hostile office", look_at_the_office, pasted.FILES),
]

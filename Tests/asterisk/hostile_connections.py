# SPDX-License-Identifier: MIT
"""Connections that a hostile tester made: circles, transfers before an answer, from outside to outside, and by ARI."""

from __future__ import annotations

import time
from typing import Callable

from ari import Application, connect
from calls import AnyLab
from hostile_calls import (
    NOBODY,
    NOT_RI,
    RINGING,
    Row,
    answered,
    answers_now,
    as_header,
    connected,
    forwards,
    phone_refers_to,
    phone_replaces,
    pickup_by_103,
    place,
    together,
)
from hostile_lab import sent_to_parked, sent_to_pickup, three_by_keys
from lab import until

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


def puts_through(early: bool) -> Callable[[AnyLab], str]:
    """102 calls 101, who calls outside, and puts 102 through: nobody asks 102 for a call from outside."""

    def act(lab: AnyLab) -> str:
        answered(lab, "102", "101")
        consultation = place(lab, "101", "0301234")
        until(lambda: lab.phones["trunk"].rang() and (consultation.early if early else consultation.final))
        time.sleep(0.3)
        phone_refers_to(lab, "101", "0301234", consultation.replaces())
        if early:
            time.sleep(0.7)
            answers_now(lab, "trunk")
        return together(lab)

    return act


def replaced_by_outside(lab: AnyLab) -> str:
    call = answered(lab, "101", "0301234")
    place(lab, "trunk", "102", replaces=as_header(call.replaces()))
    return together(lab)


def ari_for_nobody(of: str, after: float = 1) -> Callable[[AnyLab], str]:
    """An application rings outside, for nobody that it names, and connects it with who called."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            place(lab, of, "657")
            one = application.id_of(f"PJSIP/{of}", "Ring")
            two = application.post("channels", endpoint="PJSIP/0305678@trunk", app="desk")["id"]
            application.id_of("PJSIP/trunk", "Up")
            application.post(f"channels/{one}/answer")
            connect(application, one, two)
            return together(lab, after)

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


def ari_for_an_emergency(number: str) -> Callable[[AnyLab], list[str]]:
    """An application rings outside for somebody who waits for 112. What goes on ringing."""

    def act(lab: AnyLab) -> list[str]:
        trunk = lab.phones["trunk"]
        with Application() as application:
            place(lab, "101", "112")
            lab.expect_ring("trunk")
            originator = application.id_of("PJSIP/101", "Ring")
            known = set(trunk.calls)
            application.post("channels", endpoint=f"PJSIP/{number}@trunk", app="desk", originator=originator)
            time.sleep(0.6)
            new = [call for key, call in trunk.calls.items() if key not in known and not call.is_over]
            return [call.invite.first.split()[1].partition("@")[0] for call in new]

    return act


# ---- What held


def three_way(lab: AnyLab) -> str:
    caller = three_by_keys(lab)
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


def consultation_is_picked_up(lab: AnyLab) -> str:
    """101 calls outside, and consults 102 by keys; 103 takes that, and 101 hangs up."""
    caller = answered(lab, "101", "0301234")
    caller.presses("*2102")
    lab.expect_ring("102")
    answered(lab, "103", "*8102")
    until(lambda: connected(lab) == "101+103")
    time.sleep(0.4)
    with lab.exchange.news:
        caller.request("BYE", caller.dialog)
    return together(lab)


def replaces_ringing(lab: AnyLab) -> str:
    caller = place(lab, "trunk", "102")
    lab.expect_ring("102")
    # Before that, Asterisk may know nothing of the dialog that is to be taken over.
    until(lambda: caller.early or caller.final)
    place(lab, "103", "102", replaces=as_header(phone_replaces(lab, "102")))
    return together(lab)


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
    Row("ARI: originates outside for who waits for 112", ari_for_an_emergency("0305678"), [], NOBODY, {"trunk": RINGING}),
    # What stays permitted, each beside what is denied above
    Row("permitted: attended while 102 (ri) rings", into("102"), "102+trunk", {"102": ("li", "ri")}, {"102": RINGING}, 4),
    Row("permitted: attended into a queue, 102 has qri", into("684"), "102+trunk", {"102": ("qli", "qri"), "103": ()}, {"102": RINGING}, 4),
    Row("permitted: 102 (lo) is put through to outside", puts_through(early=False), "102+trunk", {"102": ("lo",), "101": ("li", "ro")}, {}, 4),
    Row("permitted: the same, before outside answers", puts_through(early=True), "102+trunk", {"102": ("lo",), "101": ("li", "ro")}, {"trunk": RINGING}, 4),
    Row("permitted: outside to outside, attended by 101 (ri, ro)", two_from_outside, "trunk+trunk", {"101": ("ri", "ro")}),
    Row("permitted: outside to outside, 101 (ri, ro) sends it to a pickup", sent_to_pickup("trunk"), "trunk+trunk", {"101": ("ri", "ro")}, {"102": RINGING}),
    Row("permitted: outside to outside, 101 (ri, ro) sends it to a parked call", sent_to_parked(), "trunk+trunk", {"101": ("ri", "ro")}),
    Row("permitted: ARI, outside rung for nobody, 101 (ro) connected", ari_for_nobody("101"), "101+trunk", {"101": ("ro",)}),
    Row("permitted: ARI rings 112 for who waits for 112", ari_for_an_emergency("112"), ["sip:112"], NOBODY, {"trunk": RINGING}),
    Row("held: that pickup, without a circle", pickup_by_103, "", {"103": ("li", "lo")}),
    Row("held: three by keys, then attended to 103 without ri", three_way, "", {"103": NOT_RI}),
    Row("held: by keys behind a Local channel", by_keys("683", answers=False), "", {"103": NOT_RI}, times=4),
    Row("held: by keys to 103 without ri, who has answered", by_keys("0301234", answers=False), "", {"103": NOT_RI}, times=2),
    Row("held: by keys to 103 without ri, who has picked up", consultation_is_picked_up, "", {"103": NOT_RI}, {"102": RINGING}),
    Row("permitted: held: by keys to 103, who has picked up", consultation_is_picked_up, "103+trunk", {"103": ("ri", "li")}, {"102": RINGING}),
    Row("permitted: held: by keys to 103, who has answered", by_keys("0301234", answers=False), "103+trunk", {"103": ("ri", "li")}),
    # 103 is ended, and Asterisk calls 101 back.
    Row("held: by keys before 103 answers", by_keys("0301234", answers=True), "101+trunk", {"103": NOT_RI}, {"103": RINGING}),
    Row("held: Replaces of a leg that rings", replaces_ringing, "", {"103": ("li", "lo")}, {"102": RINGING}),
]
# fmt: on

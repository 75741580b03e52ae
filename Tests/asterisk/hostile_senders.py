# SPDX-License-Identifier: MIT
"""Asterisk notes a transfer on who transfers, too. He goes on by his own right; and who is sent on, by that of who sent him."""

from __future__ import annotations

import time
from typing import Callable

from ari import Application, connect
from calls import AnyLab, channel_of, insist
from clients_conf import EXTENSIONS, FILES, PHONES
from hostile import dialplan
from hostile_calls import (
    NOT_RI,
    RINGING,
    Office,
    Row,
    answered,
    answers_now,
    connected,
    forwards,
    incoming,
    permitted,
    phone_refers,
    phone_refers_to,
    place,
    presses,
    together,
)
from hostile_connections import by_keys as keys_and_hangs_up
from hostile_lab import dials, look_at, put_where, space_of_parked
from lab import until
from setups import Setup, conf

LI_LO = ("li", "lo")
Act = Callable[[AnyLab], str]


class AtPhone:
    """A phone in a call that rang it: presses keys, and hangs up."""

    def __init__(self, lab: AnyLab, of: str):
        self.dialog = incoming(lab, of).dialog()
        # Far from the numbers of what the phone itself may send.
        self.dialog.cseq = 50
        self.phone = lab.phones[of]

    def presses(self, keys: str) -> None:
        presses(self.phone, self.dialog, keys)

    def requests(self, method: str, *headers: str) -> None:
        with self.phone.exchange.news:
            self.phone.request(method, self.dialog, *headers)


# ---- Who sends another on, and goes on himself


def goes_on(who: str, number: str, by_keys: bool = False) -> Act:
    """Somebody calls 102, sends it to 103, does not hang up, and presses a key in the menu that comes next."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, who, number)
        until(lambda: "102" in connected(lab))
        if by_keys:
            caller.presses("#1103")
        else:
            caller.refer("103@127.0.0.1")
        until(lambda: who not in connected(lab))
        time.sleep(0.7)
        caller.presses("9")
        return together(lab)

    return act


def sent_by_101(who: str, number: str, dialled: str = "101") -> Act:
    """Somebody calls 101, which sends him on."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, dialled)
        phone_refers(lab, "101", number)
        return together(lab)

    return act


def stays_of_three(lab: AnyLab) -> str:
    """102 calls 101, who has 103 in the call, and would send them to 104. 103 hangs up; 102 goes on, outside."""
    caller = answered(lab, "102", "348")
    phone = AtPhone(lab, "101")
    phone.presses("*2103")
    until(lambda: "103" in connected(lab))
    time.sleep(0.5)
    phone.presses("*3")
    until(lambda: connected(lab) == "101+102+103")
    phone.requests("REFER", "Refer-To: <sip:104@127.0.0.1>")
    until(lambda: connected(lab) == "102+103")
    lab.pbx.command(f"channel request hangup {channel_of(lab, 'PJSIP/103')}")
    until(lambda: not connected(lab))
    time.sleep(0.5)
    caller.presses("9")
    return together(lab)


def stays_in_application(lab: AnyLab) -> str:
    """An application connects outside with 101, who would send it to 103; then it has outside go on, to a number outside."""
    with Application() as application:
        there = []
        for of in ("trunk", "101"):
            caller = place(lab, of, "657")
            there.append(application.id_of(f"PJSIP/{of}", "Ring"))
            application.post(f"channels/{there[-1]}/answer")
            until(lambda: caller.final)
        connect(application, *there)
        until(lambda: connected(lab) == "101+trunk")
        caller.refer("103@127.0.0.1")
        time.sleep(0.7)
        application.tries(f"channels/{there[0]}/continue", context="internal", extension="0301234", priority="1")
        until(lambda: "101+trunk" not in connected(lab))
        return together(lab)


def sends_and_is_sent(lab: AnyLab) -> str:
    """101 has sent 102 to 103. AMI connects the two again, and 102 sends 101 on to outside, by the same two channels."""
    caller = answered(lab, "101", "341")
    until(lambda: "102" in connected(lab))
    caller.refer("103@127.0.0.1")
    until(lambda: connected(lab) == "102+103")
    time.sleep(0.5)
    insist(lab, "Bridge", Channel1=channel_of(lab, "PJSIP/101"), Channel2=channel_of(lab, "PJSIP/102"))
    until(lambda: connected(lab) == "101+102")
    time.sleep(0.5)
    phone_refers(lab, "102", "0301234")
    return together(lab)


CALLED_GOES_ON = "344"  # has 101 rung, which goes on outside when it is alone
GOES_ON = {"by its phone": ("341", False), "by keys": ("341", True), "out of a queue": ("347", False)}

# ---- Who says himself that he was sent


def not_parked(lab: AnyLab) -> str:
    """AMI would park 102, with 101 as who has parked it, in a lot that is not there. 102 goes on, outside."""
    caller = answered(lab, "102", "348")
    of = {who: channel_of(lab, f"PJSIP/{who}") for who in ("101", "102")}
    lab.pbx.manager.action("Park", Channel=of["102"], TimeoutChannel=of["101"], Parkinglot="nolot")
    lab.pbx.command(f"channel request hangup {of['101']}")
    until(lambda: not connected(lab))
    time.sleep(0.5)
    caller.presses("9")
    return together(lab)


def originated_as_sent(lab: AnyLab) -> str:
    """AMI originates a call to a number outside, and names 101 as who has sent it there."""
    said = {"Variable": "BLINDTRANSFER=PJSIP/101-00000001", "Async": "true"}
    lab.pbx.manager.action(
        "Originate", Channel="Local/647@internal/n", Context="internal", Exten="0301234", Priority="1", **said
    )
    time.sleep(1)
    return "rings" if lab.phones["trunk"].rang() else ""


# ---- By keys


def hangs_up_early(who: str) -> Act:
    """Somebody calls 101, who consults 103 by keys, and hangs up before that answers."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, "348")
        phone = AtPhone(lab, "101")
        phone.presses("*2103")
        until(lab.phones["103"].rang)
        time.sleep(0.5)
        phone.requests("BYE")
        until(lambda: incoming(lab, "103").is_over, 1)
        if incoming(lab, "103").is_over:
            return "ended"
        answers_now(lab, "103")
        return together(lab)

    return act


# ---- Parked by who consults for it


def then_retrieves(park: Callable[[AnyLab], None], by: str = "103") -> Act:
    def act(lab: AnyLab) -> str:
        answered(lab, "trunk", "348")
        park(lab)
        space = space_of_parked(lab)
        until(lambda: "101" not in connected(lab))
        time.sleep(0.3)
        place(lab, by, space)
        return together(lab)

    return act


def by_its_phone(lab: AnyLab) -> None:
    consultation = answered(lab, "101", "700")
    time.sleep(0.5)
    phone_refers_to(lab, "101", "700", consultation.replaces(), 0)


def by_keys(lab: AnyLab) -> None:
    phone = AtPhone(lab, "101")
    phone.presses("*2700")
    space_of_parked(lab)
    time.sleep(0.7)
    phone.requests("BYE")


# fmt: off
ROWS = [
    *(
        row
        for how, (number, keys) in GOES_ON.items()
        for row in (
            Row(f"101 (no ro) sends 102 to 103 {how}, and goes on outside", goes_on("101", number, keys), "102+103", {"101": LI_LO}),
            Row(f"outside sends 102 to 103 {how}, and goes on outside", goes_on("trunk", number, keys), "102+103"),
            Row(f"permitted: 101 (ro) sends 102 (no ro) to 103 {how}, and goes on outside", goes_on("101", number, keys), "101+trunk 102+103",
                {"101": ("lo", "ro"), "102": ("li", "qli", "lo")}),
        )
    ),
    Row("101 (no ro) would send 102 to 103 (no li), and goes on outside", goes_on("101", "341"), "", {"101": LI_LO, "103": ("lo",)}),
    Row("101 (no ro) is called, sends 102 to 103, and goes on outside", sent_by_101("102", "103", CALLED_GOES_ON), "102+103", {"101": LI_LO}),
    Row("101 (no ro) is called, sends outside to 103, and goes on outside", sent_by_101("trunk", "103", CALLED_GOES_ON), "103+trunk", {"101": ("ri", *LI_LO)}),
    Row("permitted: 101 (ro) is called, sends 102 to 103, and goes on outside", sent_by_101("102", "103", CALLED_GOES_ON), "101+trunk 102+103", {"101": ("ro", *LI_LO)}),
    Row("102 (no ro) stays where 101 sends three, and goes on outside", stays_of_three, "", {"102": LI_LO}),
    Row("outside stays where 101 sends it from an application, and goes on outside", stays_in_application, ""),
    Row("101 (all) has sent 102 (no ro), which sends it on to outside", sends_and_is_sent, "", {"102": LI_LO}),
    Row("permitted: 101 (no ro) has sent 102 (ro), which sends it on to outside", sends_and_is_sent, "101+trunk", {"101": LI_LO, "102": ("ro", *LI_LO)}),
    # Nothing is said of the call, and a Local channel is rung
    *(Row(f"104 (no ro, no lo) forwards to {number}", dials(who, "104"), ("603", ""), {"104": ("li", "ri")}, {"104": forwards(number)})
      for who, number in (("trunk", "330"), ("trunk", "331"), ("101", "332"))),
    *(Row(f"101 (no ro, no lo) sends somebody on to {number}", sent_by_101(who, number), "", {"101": ("li", "ri")})
      for who, number in (("trunk", "330"), ("102", "332"), ("trunk", "333"))),
    *(Row(f"101 (no ro) puts somebody through to {number}", put_where(number, who), "", {"101": ("li", "ri")})
      for who, number in (("trunk", "335"), ("102", "336"))),
    Row("permitted: 101 sends outside on to 337, which says it", sent_by_101("trunk", "337"), "102+trunk", {"101": ("ri", "lo")}),
    # Asterisk has not told of it
    Row("101 (all) dials where the dialplan itself notes that 102 has sent it", dials("101", "338"), ("403", "")),
    Row("AMI originates a call to outside, as though 101 (all) had sent it", originated_as_sent, ""),
    Row("102 (no ro) was to be parked for 101 (all), and goes on outside", not_parked, "", {"102": LI_LO}),
    # By keys
    *(Row(f"permitted: {who} calls 101 {granted}, who consults 103 by keys, and hangs up before the answer", hangs_up_early(who), f"103+{who}"
          if who == "trunk" else f"{who}+103", {"101": granted}, {"103": RINGING})
      for who, granted in (("trunk", ("ri", "lo")), ("trunk", ("all",)), ("102", LI_LO), ("102", ("all",)))),
    Row("outside calls 101, who consults 103 (no ri) by keys, and hangs up before the answer", hangs_up_early("trunk"), "ended",
        {"103": NOT_RI}, {"103": RINGING}),
    *(Row(f"permitted: 101 calls {number}, consults 103, and is called back", keys_and_hangs_up(number, answers=False), expected, {"101": ("lo", "li", "ro")}, {"103": RINGING})
      for number, expected in (("0301234", "101+trunk"), ("102", "101+102"))),
    # Parked
    *(Row(f"{permitted(expected)}101 parks outside {park.__name__.replace('_', ' ')}, having called the lot, and 103 {granted} retrieves it",
          then_retrieves(park), expected, {"103": granted})
      for park in (by_its_phone, by_keys) for granted, expected in ((("ri",), "103+trunk"), (NOT_RI, ""))),
    *(Row(f"101 parks outside {park.__name__.replace('_', ' ')}, and outside retrieves it", then_retrieves(park, "trunk"), "") for park in (by_its_phone, by_keys)),
]
# fmt: on

DIALPLAN = """
exten => 341,1,Gosub(callprop,call,1(610))
 same => n,Dial(PJSIP/102,20,gTb(callprop^ring^1))
 same => n,Answer()
 same => n,Goto(menu,s,1)
exten => 344,1,Gosub(callprop,call,1(610))
 same => n,Dial(PJSIP/101,20,F(internal^0301234^1)b(callprop^ring^1))
exten => 347,1,Gosub(callprop,call,1(500))
 same => n,Answer()
 same => n,Queue(direct,ncb(callprop^ring^1),,,10)
 same => n,Goto(menu,s,1)
exten => 348,1,Gosub(callprop,call,1(610))
 same => n,Dial(PJSIP/101,20,gtTb(callprop^ring^1))
 same => n,Goto(menu,s,1)
exten => 330,1,Dial(Local/102@internal/n,20)
exten => 331,1,Dial(Local/102@internal/n,20,b(callprop^ring^1))
exten => 332,1,Dial(Local/0301234@internal/n,20,b(callprop^ring^1))
exten => 333,1,Answer()
 same => n,Queue(local,nb(callprop^ring^1),,,5)
exten => 335,1,Answer()
 same => n,Wait(1.5)
 same => n,Dial(Local/103@internal/n,20,b(callprop^ring^1))
exten => 336,1,Answer()
 same => n,Wait(1.5)
 same => n,Dial(Local/0301234@internal/n,20,b(callprop^ring^1))
exten => 338,1,Set(BLINDTRANSFER=PJSIP/102-00000099)
 same => n,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1))
exten => 337,1,Gosub(callprop,call,1(102))
 same => n,Dial(Local/102@internal/n,20,b(callprop^ring^1))
"""
# Whom the consulted does not answer, Asterisk calls back after that.
FEATURES = "atxfernoanswertimeout = 3\natxfercallbackretries = 3\natxferloopdelay = 1\n[featuremap]"

# ---- From one client to another


def sends_in_beta(key: str) -> Act:
    """acme's 101 goes to beta, calls 102 there, would send it on, and presses a key in beta's menu."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, "acme-101", "78102")
        caller.refer("102@127.0.0.1")
        until(lambda: "acme-101" not in connected(lab))
        time.sleep(0.7)
        caller.presses(key)
        return together(lab)

    return act


OF_CLIENTS = """
[internal](+)
exten => _78XXX,1,Gosub(callprop,client,1(beta))
 same => n,Gosub(callprop,call,1(${EXTEN:2}))
 same => n,Dial(${CALLPROP_PHONES(${EXTEN:2})},20,gTb(callprop^ring^1))
 same => n,Goto(menu,s,1)
[menu](+)
exten => 8,1,Goto(internal,91234,1)
exten => 3,1,Goto(internal,101,1)
"""
CLIENT_ROWS = [
    Row("acme's 101 sends beta's 102, and goes on by beta's trunk", sends_in_beta("8"), "", {"101@acme": ("ro",)}),
    Row(
        "acme's 101 sends beta's 102, and goes on to beta's 101 (no ri)",
        sends_in_beta("3"),
        "",
        {"101@acme": ("ro",), "101@beta": NOT_RI},
    ),
]

SETUPS = [
    Setup(
        "hostile, who sends",
        look_at(ROWS),
        {
            "extensions.conf": dialplan(DIALPLAN),
            "features.conf": conf("features.conf").replace("[featuremap]", FEATURES),
        },
    ),
    Setup(
        "hostile, who sends, two clients",
        look_at(CLIENT_ROWS, Office(EXTENSIONS, PHONES)),
        {**FILES, "extensions.conf": FILES["extensions.conf"] + OF_CLIENTS},
    ),
]

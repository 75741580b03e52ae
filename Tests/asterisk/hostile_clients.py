# SPDX-License-Identifier: MIT
"""What a hostile tester tries between two clients: transfers, before an answer too, takeovers, pickup and parking after a transfer, forwards, circles.

From one client to the other a call is outside for both. So nothing gets across by anybody who has no `ro`, to anybody who has no `ri`; and what was
permitted to one client's own is decided again when it reaches another's. Beside each row is what stays permitted."""

from __future__ import annotations

import re
import socket
import struct
import time
from typing import Callable

from real_calls import Failed

from calls import AnyLab, channel_of
from clients_conf import EXTENSIONS, FILES, PHONES
from hostile_calls import (
    RINGING,
    Early,
    Office,
    Row,
    answered,
    answers_now,
    as_header,
    forwards,
    phone_refers,
    phone_refers_to,
    phone_replaces,
    place,
    together,
)
from hostile_lab import dials, look_at, parks, put_where
from lab import until
from setups import Setup

# ---- Attended transfers


def joins(by: str, first: str, second: str) -> Callable[[AnyLab], str]:
    """Who makes two calls makes one of them: whom he called first is transferred."""

    def act(lab: AnyLab) -> str:
        one, two = answered(lab, by, first), answered(lab, by, second)
        one.refers(second, two.replaces())
        return together(lab)

    return act


def joins_callers(first: tuple[str, str], second: tuple[str, str], phone: str) -> Callable[[AnyLab], str]:
    """Two call a phone, which makes one call of its two."""

    def act(lab: AnyLab) -> str:
        answered(lab, *first)
        answered(lab, *second)
        phone_refers_to(lab, phone, "101", phone_replaces(lab, phone, 1), 0)
        return together(lab)

    return act


def puts_through(who: str, number: str, consulted: str, rings: str) -> Callable[[AnyLab], str]:
    """acme-101 is called, consults somebody, and transfers who called while that still rings."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, number)
        consultation = place(lab, "acme-101", consulted)
        if not until(lambda: lab.phones[rings].rang() and (consultation.early or consultation.final)):
            raise Failed(f"{consulted} does not ring {rings}")
        phone_refers_to(lab, "acme-101", "102", consultation.replaces())
        time.sleep(0.7)
        answers_now(lab, rings)
        return together(lab)

    return act


def speaks(lab: AnyLab, caller: Early, seconds: float) -> None:
    """Media of the caller, for which the digits of a Local channel wait."""
    channel = channel_of(lab, f"PJSIP/{caller.of}")
    where = lab.pbx.manager.action("Getvar", Channel=channel, Variable="CHANNEL(rtp,src)")["Value"]
    port = int(caller.sdp.partition("m=audio ")[2].split()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
        media.bind((caller.where[0], port))
        for packet in range(int(seconds * 50)):
            head = struct.pack("!BBHII", 0x80, 0, packet, packet * 160, 1)
            media.sendto(head + b"\xff" * 160, (where.rpartition(":")[0], int(where.rpartition(":")[2])))
            time.sleep(0.02)


def transfers_behind_local(who: str, number: str, to: str, keys: str = "") -> Callable[[AnyLab], str]:
    """Who transfers is behind a Local channel: he consults by AMI, and presses keys or hangs up when that is answered."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, who, number)
        halves = re.findall(r"^(Local/\S+?;2)!", lab.pbx.command("core show channels concise"), re.MULTILINE)
        lab.pbx.manager.action("Atxfer", Channel=halves[0], Exten=to, Context="internal")
        speaks(lab, caller, 2)
        for key in keys:
            lab.pbx.manager.action("PlayDTMF", Channel=halves[0], Digit=key, Receive="true")
            speaks(lab, caller, 0.3)
        with lab.exchange.news:
            caller.request("BYE", caller.dialog)
        return together(lab)

    return act


# ---- A phone of beta knows the dialogue of a call of acme, and names it in a transfer


def stranger_puts_through(number: str, rings: str, who: str, called: str) -> Callable[[AnyLab], str]:
    """acme-101 calls, and it rings. beta-101, who is called by somebody, puts him in the place of acme-101."""

    def act(lab: AnyLab) -> str:
        victim = place(lab, "acme-101", number)
        if not until(lambda: lab.phones[rings].rang() and victim.early):
            raise Failed(f"{number} does not ring {rings}")
        answered(lab, who, called)
        phone_refers_to(lab, "beta-101", "102", victim.replaces())
        time.sleep(0.7)
        answers_now(lab, rings)
        return together(lab)

    return act


def stranger_joins(who: str, called: str, victim: str, calls: str) -> Callable[[AnyLab], str]:
    """The same, in a call that was answered."""

    def act(lab: AnyLab) -> str:
        call = answered(lab, victim, calls)
        answered(lab, who, called)
        phone_refers_to(lab, "beta-101", "102", call.replaces())
        return together(lab)

    return act


def replaces_ringing(lab: AnyLab) -> str:
    caller = place(lab, "trunk", "1102")
    lab.expect_ring("acme-102")
    # Before that, Asterisk may know nothing of the dialog that is to be taken over.
    until(lambda: caller.early or caller.final)
    place(lab, "beta-102", "102", "replaces", replaces=as_header(phone_replaces(lab, "acme-102")))
    return together(lab)


# ---- Pickup and parking, to which somebody is sent


def sent_to_pickup(who: str, called: str, pickup: str) -> Callable[[AnyLab], str]:
    """acme-103 calls 102, which rings. acme-101 is called, and sends who called to a pickup."""

    def act(lab: AnyLab) -> str:
        place(lab, "acme-103", "102")
        lab.expect_ring("acme-102")
        answered(lab, who, called)
        phone_refers(lab, "acme-101", pickup)
        return together(lab)

    return act


def called_and_sent_to_pickup(lab: AnyLab) -> str:
    """acme-101 has called beta-201, and sends it there."""
    place(lab, "acme-103", "102")
    lab.expect_ring("acme-102")
    call = answered(lab, "acme-101", "89201")
    with lab.exchange.news:
        call.request("REFER", call.dialog, "Refer-To: <sip:*8102@127.0.0.1>")
    return together(lab)


def parked_by_acme(lab: AnyLab) -> None:
    """Outside is parked by acme-103."""
    answered(lab, "trunk", "1103")
    parks(lab, "acme-103")


def sent_to_parked(who: str, called: str, by: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        parked_by_acme(lab)
        answered(lab, who, called)
        phone_refers(lab, by, "701")
        return together(lab)

    return act


# ---- Forwards, circles, AMI


def circle_then_pickup(lab: AnyLab) -> str:
    """acme-101 calls beta's 201, which forwards it back, and makes one call of its two. Then beta picks up what rings at acme."""
    call = answered(lab, "acme-101", "88201")
    call.refers("88201", phone_replaces(lab, "acme-101"))
    time.sleep(0.8)
    lab.phone("acme-102", "ringing")
    place(lab, "trunk", "1102")
    lab.expect_ring("acme-102")
    place(lab, "beta-102", "*7")
    return together(lab, 2)


def outsiders_by_ami(first: str, second: str) -> Callable[[AnyLab], str]:
    """Two call from outside, and AMI connects them."""

    def act(lab: AnyLab) -> str:
        names = []
        for number in (first, second):
            answered(lab, "trunk", number)
            found = re.findall(r"^(PJSIP/trunk-\w+)!", lab.pbx.command("core show channels concise"), re.MULTILINE)
            names += [name for name in found if name not in names]
        lab.pbx.manager.action("Bridge", Channel1=names[0], Channel2=names[1])
        return together(lab)

    return act


def after_forward(who: str, number: str) -> Callable[[AnyLab], str]:
    """Nobody answers what is forwarded, and the dialplan goes on."""

    def act(lab: AnyLab) -> str:
        place(lab, who, number)
        return together(lab, 2.5)

    return act


def changes_hands(lab: AnyLab) -> str:
    """beta's 102 calls acme's. While that rings, 101 logs in at his phone; then it is answered."""
    place(lab, "beta-102", "87102")
    lab.expect_ring("acme-102")
    lab.pbx.rx("callprop login PJSIP/beta-102 101@beta")
    try:
        answers_now(lab, "acme-102")
        return together(lab)
    finally:
        lab.pbx.rx("callprop logout PJSIP/beta-102")


def becomes_a_trunk(*granted: str) -> Callable[[AnyLab], str]:
    """beta's 102 calls acme's. While that rings, a reload makes his phone a trunk: who is there now is asked for anew."""
    file = FILES["callprop.conf"]
    other = file.replace("[extensions@beta]\n101 =\n102 =\n", "[extensions@beta]\n101 =\n")
    other = other.replace("[trunks@beta]\n", "[trunks@beta]\ntrunk = PJSIP/beta-102\n")

    def act(lab: AnyLab) -> str:
        place(lab, "beta-102", "87102")
        lab.expect_ring("acme-102")
        lab.pbx.configure(other)
        lab.pbx.rx("callprop reload")
        lab.pbx.set_status("102@acme", granted)
        try:
            answers_now(lab, "acme-102")
            return together(lab)
        finally:
            lab.pbx.configure(file)
            lab.pbx.rx("callprop reload")

    return act


NOT_RI = ("li", "lo", "ro", "qli", "qri", "cq")
NOT_RO = ("li", "lo", "ri", "qli", "qri", "cq")
SILENT = {"trunk": RINGING}
# fmt: off
ROWS = [
    # Attended: whom acme connects with another client's is outside for both.
    Row("acme joins beta's 201 and acme's 102 (no ri)", joins("acme-101", "89201", "102"), "", {"102@acme": NOT_RI}),
    Row("acme joins beta's 201, by a Local channel, and acme's 102 (no ri)", joins("acme-101", "88201", "102"), "", {"102@acme": NOT_RI}),
    Row("acme joins beta's 102, who called, and acme's 103 (no ri)", joins_callers(("beta-102", "87101"), ("acme-103", "101"), "acme-101"), "",
        {"103@acme": NOT_RI}),
    Row("acme (no ro) joins beta's 102, who called, and outside", joins_callers(("beta-102", "87101"), ("trunk", "1101"), "acme-101"), "",
        {"101@acme": NOT_RO}),
    Row("outside joins acme's and beta's", joins("trunk", "1101", "2101"), ""),
    Row("permitted: acme joins beta's 201 and acme's 102 (ri)", joins("acme-101", "89201", "102"), "acme-102+beta-201", {"102@acme": ("li", "ri")}),
    Row("permitted: the same, by a Local channel", joins("acme-101", "88201", "102"), "acme-102+beta-201", {"102@acme": ("li", "ri")}),
    Row("permitted: acme joins its 102 and beta's 201 (ri)", joins("acme-101", "102", "89201"), "acme-102+beta-201", {"201@beta": ("ri",), "102@acme": ("li",)}),
    Row("permitted: acme (ro) joins beta's 201 (ri) and outside", joins("acme-101", "89201", "0301234"), "beta-201+trunk",
        {"101@acme": ("ro",), "201@beta": ("ri",)}),
    Row("permitted: acme (ro) joins outside and beta's 201 (ri)", joins("acme-101", "0301234", "89201"), "beta-201+trunk",
        {"101@acme": ("ro",), "201@beta": ("ri",)}),
    Row("permitted: acme (ri, ro) joins beta's 102, who called, and outside", joins_callers(("beta-102", "87101"), ("trunk", "1101"), "acme-101"),
        "beta-102+trunk", {"101@acme": ("ri", "ro")}),
    Row("permitted: outside joins acme's 101 and 102", joins("trunk", "1101", "1102"), "acme-101+acme-102"),
    # By who is behind a Local channel
    *(Row(f"permitted: acme, behind a Local channel, joins its 102 and 103 by {keys or 'hanging up'}",
          transfers_behind_local("acme-101", "86102", "103", keys), "acme-102+acme-103") for keys in ("", "*2")),
    *(Row(f"acme, behind a Local channel, joins its 102 and 103 (no li) by {keys or 'hanging up'}",
          transfers_behind_local("acme-101", "86102", "103", keys), "", {"103@acme": ("lo", "ri")}) for keys in ("", "*2")),
    # Before the answer: who is put through is who calls from then on.
    Row("acme puts beta's 102 through to acme's 102 (no ri)", puts_through("beta-102", "87101", "102", "acme-102"), "", {"102@acme": ("li",)},
        {"acme-102": RINGING}, 4),
    Row("acme puts beta's 102 through to acme's queue, 102 (no qri)", puts_through("beta-102", "87101", "685", "acme-102"), "",
        {"102@acme": ("qli",), "103@acme": ()}, {"acme-102": RINGING}, 4),
    Row("permitted: acme puts beta's 102 through to acme's 102 (ri)", puts_through("beta-102", "87101", "102", "acme-102"), "acme-102+beta-102",
        {"102@acme": ("li", "ri")}, {"acme-102": RINGING}, 2),
    Row("permitted: acme puts its 102 through to beta's 201 (ri)", puts_through("acme-102", "101", "89201", "beta-201"), "acme-102+beta-201",
        {"201@beta": ("ri",), "102@acme": ("lo",)}, {"beta-201": RINGING}, 2),
    Row("permitted: acme puts outside through to beta's 201 (ri)", puts_through("trunk", "1101", "89201", "beta-201"), "beta-201+trunk",
        {"201@beta": ("ri",)}, {"beta-201": RINGING}, 2),
    Row("permitted: acme puts beta's 102 through to outside", puts_through("beta-102", "87101", "0301234", "trunk"), "beta-102+trunk",
        {"101@acme": ("ri", "ro")}, {"trunk": RINGING}, 2),
    # By who is no party of the call
    Row("beta puts its 102 through in a call of acme", stranger_puts_through("102", "acme-102", "beta-102", "101"), "", {}, {"acme-102": RINGING}, 4),
    Row("beta puts its 102 through in a call of acme to outside", stranger_puts_through("0301234", "trunk", "beta-102", "101"), "", {}, SILENT, 4),
    Row("beta puts outside through in a call of acme", stranger_puts_through("102", "acme-102", "beta-trunk", "101"), "", {}, {"acme-102": RINGING}, 4),
    Row("beta puts acme's 103 through in a call of acme", stranger_puts_through("102", "acme-102", "acme-103", "89101"), "", {}, {"acme-102": RINGING}, 4),
    Row("beta puts its 102 through in acme's call to beta", stranger_puts_through("89201", "beta-201", "beta-102", "101"), "", {}, {"beta-201": RINGING}, 4),
    Row("beta joins outside and a call of acme to outside", stranger_joins("beta-trunk", "101", "acme-101", "0301234"), ""),
    Row("beta joins its 102 and a call of acme to outside", stranger_joins("beta-102", "101", "acme-101", "0301234"), ""),
    Row("beta joins acme's 103 and a call of acme to outside", stranger_joins("acme-103", "89101", "acme-101", "0301234"), ""),
    Row("beta takes the place of a phone of acme that rings", replaces_ringing, "", {}, {"acme-102": RINGING}),
    # Pickup and parking, after a transfer
    Row("acme sends beta's 102 to a pickup: acme's 103 (no ri)", sent_to_pickup("beta-102", "87101", "*8102"), "", {"103@acme": NOT_RI}, {"acme-102": RINGING}),
    Row("acme sends its own to a pickup of beta's 201", sent_to_pickup("trunk", "1101", "*8201"), "", {}, {"acme-102": RINGING}, denied=False),
    Row("acme has called beta's 201, and sends it to a pickup: acme's 103 (no ri)", called_and_sent_to_pickup, "", {"103@acme": NOT_RI}, {"acme-102": RINGING}),
    Row("acme (no ro) sends beta's 102 to a parked call from outside", sent_to_parked("beta-102", "87101", "acme-101"), "", {"101@acme": NOT_RO}),
    Row("beta sends its 102 to what acme parked", sent_to_parked("beta-102", "101", "beta-101"), ""),
    Row("beta sends acme's 102 to what acme parked", sent_to_parked("acme-102", "89101", "beta-101"), ""),
    Row("beta sends outside to what acme parked", sent_to_parked("trunk", "2101", "beta-101"), ""),
    Row("permitted: acme sends beta's 102 to a pickup", sent_to_pickup("beta-102", "87101", "*8102"), "acme-103+beta-102", {}, {"acme-102": RINGING}),
    Row("permitted: acme sends beta's 102 to a pickup by group", sent_to_pickup("beta-102", "87101", "*8"), "acme-103+beta-102", {}, {"acme-102": RINGING}),
    Row("permitted: acme has called beta's 201, and sends it to a pickup", called_and_sent_to_pickup, "acme-103+beta-201", {}, {"acme-102": RINGING}),
    Row("permitted: acme (ri, ro) sends beta's 102 to a parked call from outside", sent_to_parked("beta-102", "87101", "acme-101"), "beta-102+trunk",
        {"101@acme": ("ri", "ro")}),
    # Forwards of the dialplan: the extension that forwards is one of the client in which the call is.
    Row("acme's 103 (no ro) forwards to beta by a Local channel", dials("trunk", "1680"), ("403", ""), {"103@acme": NOT_RO}),
    Row("acme's 103 (no ro) forwards to beta", dials("trunk", "1681"), ("403", ""), {"103@acme": NOT_RO}),
    Row("acme's 103 (no ro) forwards beta's 102, who called, to outside", dials("beta-102", "87682"), ("403", ""), {"103@acme": NOT_RO}),
    Row("beta forwards for 103, which only acme has", dials("beta-102", "680"), ("403", ""), {"103@acme": ()}),
    Row("beta's 102 is forwarded by acme's 103, then dials on to outside", after_forward("beta-102", "87683"), "", {}, {"trunk": ("", {})}),
    Row("beta's 102 is forwarded by acme's 103, then acme's 102 (no ri) is rung", after_forward("beta-102", "87684"), "", {"102@acme": NOT_RI}, SILENT),
    Row("permitted: acme's 103 (ri, ro) forwards to beta by a Local channel", dials("trunk", "1680"), ("200", "beta-201+trunk"), {"103@acme": ("ri", "ro")}),
    Row("permitted: acme's 103 (ri, ro) forwards to beta", dials("trunk", "1681"), ("200", "beta-201+trunk"), {"103@acme": ("ri", "ro")}),
    Row("permitted: acme's 103 (ri, ro) forwards beta's 102, who called, to outside", dials("beta-102", "87682"), ("200", "beta-102+trunk"),
        {"103@acme": ("ri", "ro")}),
    Row("permitted: beta's 102 is forwarded by acme's 103, then acme's 102 (ri) is rung", after_forward("beta-102", "87684"), "acme-102+beta-102",
        {"102@acme": ("ri",)}, SILENT),
    # Where the dialplan has said the client alone
    Row("outside is put through to beta, where nobody has said what was dialled", put_where("686", "trunk", "1101", "acme-101"), ""),
    Row("beta's 102 is put through there, and 201 has lo alone", put_where("686", "beta-102", "87101", "acme-101"), "", {"201@beta": ("lo",)}),
    Row("beta's 102, who has no lo, is put through there", put_where("686", "beta-102", "87101", "acme-101"), "", {"102@beta": ("li", "ri", "ro")}),
    Row("acme's 103 is put through there", put_where("686", "acme-103", "101", "acme-101"), ""),
    # The rest
    Row("beta's 102 calls acme's, and is a trunk when that (no ri) answers", becomes_a_trunk(*NOT_RI), "", {}, {"acme-102": RINGING}),
    Row("permitted: beta's 102 calls acme's, and is a trunk when that (ri) answers", becomes_a_trunk("ri"), "acme-102+beta-102", {}, {"acme-102": RINGING}),
    Row("beta's 102 calls acme's, and 101 (no ro) is at his phone when that is answered", changes_hands, "", {"101@beta": NOT_RO}, {"acme-102": RINGING}),
    Row("a circle over two clients, then a pickup by beta", circle_then_pickup, "", {}, {"beta-201": forwards("86101")}),
    # Refused though it might be permitted: "What is open" in Sources/asterisk/README.md.
    Row("acme puts its 102 through to beta's 201, behind a Local channel, before that answers", puts_through("acme-102", "101", "88201", "beta-201"), "",
        {}, {"beta-201": RINGING}),
    Row("AMI connects outside at acme and outside at beta", outsiders_by_ami("1101", "2101"), ""),
]
# fmt: on


def forwarded(number: int, *what: str) -> str:
    lines = [f"exten => {number},1,Gosub(callprop,call,1(103))", "Gosub(callprop,forward,1(103))", *what]
    return "\n same => n,".join([*lines, "Hangup(${HANGUPCAUSE})"]) + "\n"


OUTSIDE = "Dial(PJSIP/0301234@trunk,1,b(callprop^ring^1))"
DIALPLAN = "\n[internal](+)\n" + "".join(
    (
        "exten => 685,1,Answer()\n same => n,Gosub(callprop,call,1(500))\n same => n,Queue(acme-support,b(callprop^ring^1),,,30)\n",
        forwarded(680, "Dial(Local/88201@internal/n,9,b(callprop^ring^1))"),
        forwarded(681, "Gosub(callprop,client,1(beta))", "Goto(201,1)"),
        forwarded(682, OUTSIDE.replace(",1,", ",9,")),
        forwarded(683, OUTSIDE, "Goto(0301234,1)"),
        forwarded(684, OUTSIDE, "Goto(102,1)"),
        "exten => 686,1,Gosub(callprop,client,1(beta))\n same => n,Answer()\n same => n,Wait(1.5)\n",
        " same => n,Dial(PJSIP/beta-201,9,b(callprop^ring^1))\n",
    )
)
SETUPS = [
    Setup(
        "hostile clients",
        look_at(ROWS, Office(EXTENSIONS, PHONES)),
        {**FILES, "extensions.conf": FILES["extensions.conf"] + DIALPLAN},
    )
]

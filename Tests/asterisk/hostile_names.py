# SPDX-License-Identifier: MIT
"""Numbers with `-` in them, which Asterisk skips where it looks for what is dialled; and names that are longer than most."""

from __future__ import annotations

from typing import Callable

import hostile
import pasted
import pasted_clients
from ari import APPLICATION, Application, connect
from calls import AnyLab
from desk import Desk
from hostile_calls import (
    NOT_RI,
    Row,
    answered,
    as_header,
    connected,
    forwards,
    phone_refers_to,
    place,
    together,
    with_phones,
)
from hostile_lab import bridge_outside_with_local, dials, goes_on_after_101, look_at, put_where
from lab import until
from pbx import callprop_conf
from setups import Setup, modules

LI_LO, RO = ("li", "lo"), ("ro",)
SHORT, LONG = "short", "tenant-0f8fad5b-d9cb-469f-a165-70867728950e-outbound-restricted"
DASHES = "-" * 48


def in_room(number: str) -> Callable[[AnyLab], int]:
    """102 is in a room of ConfBridge, which is a number inside; 101 dials that."""

    def act(lab: AnyLab) -> str:
        answered(lab, "102", "795")
        caller = place(lab, "101", number)
        until(lambda: caller.final)
        return caller.final

    return act


def replaced_behind(number: str) -> Callable[[AnyLab], str]:
    """101 is with outside, behind a Local channel; 102 comes in its place."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, "101", number)
        place(lab, "102", number, replaces=as_header(caller.replaces()))
        return together(lab, 2)

    return act


def bridged_behind(number: str) -> Callable[[AnyLab], str]:
    """AMI connects outside with the Local channel that 101 called."""

    def act(lab: AnyLab) -> str:
        answered(lab, "101", number)
        bridge_outside_with_local(lab)
        return together(lab, 2)

    return act


def snooped_as(name: str) -> Callable[[AnyLab], str]:
    """An application rings 102 by an id of its own, and has outside whisper to it."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            application.post(f"channels/{name}", endpoint="PJSIP/102", app=APPLICATION)
            until(lambda: any(one["id"] == name and one["state"] == "Up" for one in application.channels()))
            place(lab, "trunk", "657")
            outside = application.id_of("PJSIP/trunk", "Ring")
            application.post(f"channels/{outside}/answer")
            snoop = application.post(f"channels/{name}/snoop", app=APPLICATION, spy="both", whisper="both")["id"]
            connect(application, outside, snoop)
            together(lab)
            return "heard" if "Snoop" in connected(lab) else "ended"

    return act


# fmt: off
ROWS = [
    *(Row(f"101 (ro, no lo) dials {number}", dials("101", number), ("403", ""), {"101": RO})
      for number in ("102", "10-2", "-102", "1-0-2-", "500", "5-00", "600", "6--00", "610", "6-10")),
    *(Row(f"permitted: 101 (lo) dials {number}", dials("101", number), ("200", "101+102"), {"101": ("lo",), "102": ("li", "qli")})
      for number in ("102", "500", "5-00")),
    *(Row(f"104 dials {number}, a queue whose members have li alone", dials("104", number), ("403", ""), {"102": ("li",), "103": ("li",)}) for number in ("500", "5-00")),
    *(Row(f"101 (ro, no lo) dials {number}, a room", in_room(number), 403, {"101": RO}) for number in ("795", "79-5")),
    *(Row(f"permitted: 101 (lo, no ro) dials {number}, a room", in_room(number), 200, {"101": ("lo",)}) for number in ("795", "79-5")),
    *(Row(f"permitted: 101 (nothing) dials {number}, an emergency", dials("101", number), ("200", "101+trunk"), {"101": ()}) for number in ("112", "1-12", "1-1-2")),
    *(Row(f"{context}: outside is put through to 103 (no ri)", put_where(f"{place}0"), "", {"103": NOT_RI}) for place, context in ((80, SHORT), (81, LONG))),
    *(Row(f"permitted: {context}: the same, 103 (ri)", put_where(f"{place}0"), "103+trunk", {"103": ("ri", "li")}) for place, context in ((80, SHORT), (81, LONG))),
    *(Row(f"{context}: 102 (no ro) comes in the place of 101, who is with outside", replaced_behind(f"{place}1"), "", {"102": LI_LO}) for place, context in ((80, SHORT), (81, LONG))),
    *(Row(f"{context}: AMI connects outside with 103 (no ri)", bridged_behind(f"{place}0"), "", {"103": NOT_RI}) for place, context in ((80, SHORT), (81, LONG))),
    *(Row(f"{context}: 102 (no ro) goes on outside, when 101 has gone", goes_on_after_101(f"{place}2"), "", {"102": LI_LO}) for place, context in ((80, SHORT), (81, LONG))),
    *(Row(f"{context}: 102 (no lo) goes on to 103, when 101 has gone", goes_on_after_101(f"{place}3"), "", {"102": ("li", "ro")}) for place, context in ((80, SHORT), (81, LONG))),
    *(Row(f"ARI: outside whispers to 102 (no ri), whose id has {length} characters", snooped_as("c" * length), "ended", {"102": LI_LO}) for length in (20, 100, 140)),
    Row("permitted: ARI: outside whispers to 102 (ri), whose id has 140", snooped_as("d" * 140), "heard", {"102": ("ri", *LI_LO)}),
]
# fmt: on


def behind(place: int, context: str) -> str:
    return f"""
exten => {place}0,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/103@{context}/n,20,b(callprop^ring^1))
exten => {place}1,1,Gosub(callprop,call,1(0301234))
 same => n,Dial(Local/0301234@{context}/n,20,b(callprop^ring^1))
exten => {place}2,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/102@{context}/n,9,b(callprop^ring^1)F(internal,0301234,1))
exten => {place}3,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/102@{context}/n,9,b(callprop^ring^1)F(internal,103,1))
"""


DIALPLAN = f"""{behind(80, SHORT)}{behind(81, LONG)}
exten => 795,1,Gosub(callprop,call,1(${{EXTEN}}))
 same => n,Answer()
 same => n,ConfBridge(room)
"""
CONTEXTS = "".join(f"\n[{context}]\nexten => _X.,1,Goto(internal,${{EXTEN}},1)\n" for context in (SHORT, LONG))


def makes_one(first: str, forward_to: str) -> tuple[Callable[[AnyLab], str], dict]:
    """101 is with somebody, and calls 102, whose phone forwards to a Local channel that it names; 101 makes one call of the two."""
    to = forward_to.replace("/", "%2F").replace("@", "%40")

    def act(lab: AnyLab) -> str:
        answered(lab, first, "0301234101" if first == "trunk" else "101")
        consultation = answered(lab, "101", "102")
        phone_refers_to(lab, "101", "101", consultation.replaces())
        return together(lab, 2)

    return act, {"102": forwards(to)}


def look_at_the_office(desk: Desk) -> None:
    """The README's office. Who is at lunch has neither ri nor ro."""
    for dashes in ("", DASHES[:44], DASHES):
        for name, first, to, statuses in (
            ("outside to 103", "trunk", f"Local/0301234{dashes}103@from-trunk/n", {"103": "lunch"}),
            ("103 to outside, by 101", "103", f"Local/0301234{dashes}@internal/n", {"103": "lunch", "101": "lunch"}),
        ):
            for extension in ("101", "102", "103", "104"):
                pasted.set_status(desk.pbx, extension, statuses.get(extension, "work"))
            act, phones = makes_one(first, to)
            desk.check(f"office, {len(dashes)} dashes: {name}", "", with_phones(desk, act, phones, "", True))


def look_at_the_clients(desk: Desk) -> None:
    """The README's two clients. acme's 101 is with outside and with beta's 101, which is closed by then, and makes one call of the two."""
    for dashes in ("", DASHES):

        def act(lab: AnyLab, dashes: str = dashes) -> str:
            answered(lab, "trunk", "0301111101")
            consultation = answered(lab, "acme-101", f"0302222{dashes}101")
            pasted.set_status(lab.pbx, "101@beta", "closed")
            phone_refers_to(lab, "acme-101", "101", consultation.replaces())
            return together(lab, 2)

        for extension, status in pasted_clients.STATUSES.items():
            pasted.set_status(desk.pbx, extension, status)
        seen = with_phones(desk, act, {}, "", True, pasted_clients.PHONES)
        desk.check(f"two clients, {len(dashes)} dashes", "", seen)


SETUPS = [
    Setup(
        "hostile names",
        look_at(ROWS),
        {
            "extensions.conf": hostile.dialplan(DIALPLAN) + CONTEXTS,
            "modules.conf": modules("app_confbridge"),
            "confbridge.conf": "[general]\n",
            "callprop.conf": callprop_conf().replace("610 = extension", "610 = extension\n795 = extension"),
        },
    ),
    Setup("hostile names, the office", look_at_the_office, pasted.FILES),
    Setup("hostile names, two clients", look_at_the_clients, pasted_clients.files()),
]

# SPDX-License-Identifier: MIT
"""Calls of two clients: each has its own numbers, and what goes from one to the other is outside for both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from answers import logged
from calls import AnyLab, call, keys, originate, pickup, retrieve
from clients_conf import EXTENSIONS, FILES, PHONES
from desk import Desk
from injection import rings
from lab import until
from pbx import MNEMOS
from setups import Setup

ALL_BUT = {mnemo: tuple({*MNEMOS} - {mnemo, "all"}) for mnemo in MNEMOS}
NOT_THERE = "it is connected with a call of another client, which has not gone there"


@dataclass
class Case:
    name: str
    act: Callable[[AnyLab], str]
    expected: tuple[str, str]
    statuses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    denied: tuple[str, ...] = ()  # extension:required src>dst,leg
    logs: str = ""
    phones: dict[str, tuple] = field(default_factory=dict)


def lacks(name: str, act, whom: str, prop: str, seen_as: str, permitted, denied, extra=None, **more) -> list[Case]:
    """Permitted with nothing but the property; denied with everything but it."""
    with_it = {whom: (prop, *(extra or ()))}
    return [
        Case(f"{name}, {whom} has {prop}", act, permitted, with_it, **more),
        Case(f"{name}, {whom} lacks {prop}", act, denied, {whom: ALL_BUT[prop]}, (f"{whom}:{prop} {seen_as}",), **more),
    ]


def sends(who: str, to: str) -> dict[str, tuple]:
    return {who: ("transfer", {"refer_to": f"{to}@127.0.0.1"})}


def forwards(who: str, to: str) -> dict[str, tuple]:
    return {who: ("redirect", {"forward_to": to})}


OK, NO, CUT = "200", "403", "cut 21"
EXT_EXT, OUT_EXT = "extension>extension", "external>extension"
RINGS = {"acme-102": ("ringing", {})}

# A case of the table is to be seen at one look.
# fmt: off
INSIDE = [
    # The same number is another phone in each client, with a status of its own.
    *lacks("acme dials 102", call("acme-101", "102"), "102@acme", "li", f"{EXT_EXT},dst", (OK, "acme-102"), (NO, "")),
    *lacks("acme dials 102", call("acme-101", "102"), "101@acme", "lo", f"{EXT_EXT},src", (OK, "acme-102"), (NO, "")),
    *lacks("beta dials 102", call("beta-101", "102"), "102@beta", "li", f"{EXT_EXT},dst", (OK, "beta-102"), (NO, "")),
    *lacks("beta dials 102", call("beta-101", "102"), "101@beta", "lo", f"{EXT_EXT},src", (OK, "beta-102"), (NO, "")),
    Case("acme dials 102, with many a -", call("acme-101", f"10{'-' * 70}2"), (OK, "acme-102"), {"101@acme": ("lo",)}),
    Case("acme dials 102, with many a -, without lo", call("acme-101", f"10{'-' * 70}2"), (NO, ""), {"101@acme": ("ro",)}, (f"101@acme:lo {EXT_EXT},src",)),
    Case("acme dials 102, beta's may do nothing", call("acme-101", "102"), (OK, "acme-102"), dict.fromkeys(("101@beta", "102@beta", "101"), ())),
    Case("the one without a name dials 101", call("101", "101"), (OK, "101")),
    # By a trunk that is everybody's, and by beta's own.
    *lacks("outside dials acme's 102", call("trunk", "1102"), "102@acme", "ri", f"{OUT_EXT},dst", (OK, "acme-102"), (NO, "")),
    *lacks("outside dials beta's 102", call("trunk", "2102"), "102@beta", "ri", f"{OUT_EXT},dst", (OK, "beta-102"), (NO, "")),
    *lacks("outside dials beta's own line", call("beta-trunk", "102"), "102@beta", "ri", f"{OUT_EXT},dst", (OK, "beta-102"), (NO, "")),
    *lacks("acme calls outside", call("acme-101", "0301234"), "101@acme", "ro", "extension>external,src", (OK, "trunk"), (NO, "")),
    *lacks("beta calls outside", call("beta-101", "90301234"), "101@beta", "ro", "extension>external,src", (OK, "beta-trunk"), (NO, "")),
    *lacks("acme's queue", call("acme-101", "500"), "102@acme", "qli", "extension>queue,dst", (OK, "acme-102"), (OK, "acme-103")),
    *lacks("outside, acme's queue", call("trunk", "1500"), "102@acme", "qri", "external>queue,dst", (OK, "acme-102"), (OK, "acme-103")),
    Case("beta's queue", call("beta-101", "500"), (OK, "beta-102")),
    *lacks("outside, beta's menu", lambda lab: lab.call("trunk", "2600", "menu", digit="2"),
           "102@beta", "ri", "external>ivr,dst", (OK, "beta-102"), (CUT, "")),
    # Who is outside goes on outside where [transit] of that client says so.
    Case("outside, acme, outside", call("trunk", "10309991"), (OK, "trunk")),
    Case("outside, beta, outside", call("trunk", "20309991"), (NO, ""), logs="from outside to outside"),
    Case("outside, nobody, outside", call("trunk", "30309991"), (NO, ""), logs="from outside to outside"),
    # Emergency numbers: everybody's, and beta's own.
    Case("acme calls for help", call("acme-101", "112"), (OK, "trunk"), {"101@acme": ()}),
    Case("beta calls for help", call("beta-101", "955"), (OK, "beta-trunk"), {"101@beta": ()}),
    Case("acme dials beta's emergency number", call("acme-101", "955"), (NO, ""), {"101@acme": ("lo",)}, ("101@acme:ro extension>external,src",)),
    Case("acme dials its service", call("acme-101", "*60", "long_call"), (OK, ""), {"101@acme": ()}),
    Case("beta dials acme's service", call("beta-101", "*60"), (NO, ""), {"101@beta": ("lo",)}, ("101@beta:ro extension>external,src",)),
    *lacks("acme forwards", call("trunk", "1103"), "103@acme", "lo", f"{EXT_EXT},src", (OK, "acme-102 acme-103"), (NO, "acme-103"), ("ri",),
           phones=forwards("acme-103", "102")),
    *lacks("acme transfers", call("trunk", "1101", "long_call"), "101@acme", "lo", f"{EXT_EXT},src", (OK, "acme-101 acme-102"), (CUT, "acme-101"), ("ri",),
           phones=sends("acme-101", "102")),
    Case("acme picks up", pickup("trunk", "1102", "acme-102", "acme-103", "*8102"), (OK, "acme-102"), phones=RINGS),
    Case("acme picks up by group", pickup("trunk", "1102", "acme-102", "acme-103", "*8"), (OK, "acme-102"), phones=RINGS),
    Case("acme takes what acme parked", retrieve("trunk", "1101", "acme-103"), (OK, "acme-101"), phones=sends("acme-101", "700")),
    Case("acme's callback", originate("Local/102*103@callback-acme/n", "103"), ("up", "acme-102 acme-103")),
    *lacks("acme's callback", originate("Local/102*0301234@callback-acme/n", "0301234"), "102@acme", "ro", "extension>external,src,callback",
           ("up", "acme-102 trunk"), ("ended", "")),
]

WAYS = {"on a Local channel": ("86", "88"), "on its own channel": ("87", "89")}
ACROSS = [
    case
    for way, (to_acme, to_beta) in WAYS.items()
    for case in (
        *lacks(f"acme to beta {way}", call("acme-101", f"{to_beta}201"), "101@acme", "ro", "extension>external,src", (OK, "beta-201"), (NO, "")),
        *lacks(f"acme to beta {way}", call("acme-101", f"{to_beta}201"), "201@beta", "ri", f"{OUT_EXT},dst", (OK, "beta-201"), (NO, "")),
        *lacks(f"the same number {way}", call("acme-101", f"{to_beta}101"), "101@beta", "ri", f"{OUT_EXT},dst", (OK, "beta-101"), (NO, "")),
        *lacks(f"beta to acme {way}", call("beta-101", f"{to_acme}102"), "101@beta", "ro", "extension>external,src", (OK, "acme-102"), (NO, "")),
        *lacks(f"beta to acme's queue {way}", call("beta-101", f"{to_acme}500"), "102@acme", "qri", "external>queue,dst", (OK, "acme-102"), (OK, "acme-103")),
        *lacks(f"acme forwards to beta {way}", call("trunk", "1103"), "103@acme", "ro", "extension>external,src", (OK, "acme-103 beta-201"), (NO, "acme-103"),
               ("ri",), phones=forwards("acme-103", f"{to_beta}201")),
        *lacks(f"acme transfers to beta {way}", call("trunk", "1101", "long_call"), "101@acme", "ro", "extension>external,src",
               (OK, "acme-101 beta-201"), (CUT, "acme-101"), ("ri",), phones=sends("acme-101", f"{to_beta}201")),
        *lacks(f"acme transfers its own to beta {way}", call("acme-102", "101", "long_call"), "201@beta", "ri", f"{OUT_EXT},dst",
               (OK, "acme-101 beta-201"), (CUT, "acme-101"), phones=sends("acme-101", f"{to_beta}201")),
        *lacks(f"acme has beta on the line {way}, and transfers it", keys("acme-101", f"{to_beta}201", "#1102"), "102@acme", "ri", f"{OUT_EXT},dst",
               ("cut 16", "acme-102 beta-201"), ("cut 16", "beta-201")),
        Case(f"acme picks up what comes from beta {way}", pickup("beta-101", f"{to_acme}102", "acme-102", "acme-103", "*8102"), (OK, "acme-102"),
             {"103@acme": ("ri",)}, phones=RINGS),
        Case(f"acme does not pick up what comes from beta {way}", pickup("beta-101", f"{to_acme}102", "acme-102", "acme-103", "*8102"), (NO, "acme-102"),
             {"103@acme": ALL_BUT["ri"]}, (f"103@acme:ri {OUT_EXT},dst",), phones=RINGS),
        # A digit that SIP INFO brings to the other half of a Local channel waits there for a frame of media.
        *(() if way == "on a Local channel" else (
        Case(f"acme to beta's menu {way}", lambda lab, to=to_beta: lab.call("acme-101", f"{to}600", "menu", digit="2"), (OK, "beta-102"), {"102@beta": ("ri",)}),
        Case(f"acme to beta's menu {way}, and outside", lambda lab, to=to_beta: lab.call("acme-101", f"{to}600", "menu", digit="9"), (CUT, ""), logs="from outside to outside"))),
    )
]
# fmt: on


def denials(desk: Desk) -> tuple[str, ...]:
    seen = set()
    for event in desk.pbx.manager.named("CallpropDenial"):
        if not event["Extension"]:
            continue  # nobody was asked: what was missing is looked for in the log
        callback = ",callback" if event["Callback"] == "true" else ""
        seen.add(f"{event['Extension']}:{event['Required']} {event['Src']}>{event['Dst']},{event['Leg']}{callback}")
        if event["Client"] != event["Extension"].partition("@")[2]:
            seen.add(f"client {event['Client']!r} of {event['Extension']}")
    return tuple(sorted(seen))


def look_at(cases: list[Case]) -> Callable[[Desk], None]:
    def look(desk: Desk) -> None:
        for case in cases:
            for extension in EXTENSIONS:
                desk.pbx.set_status(extension, case.statuses.get(extension, ("all",)))
            desk.pbx.manager.forget()
            before = len(desk.pbx.log())
            seen = rings(desk, case.act, case.expected, case.phones, PHONES)
            until(lambda: denials(desk) == case.denied, 0.5)
            said = not case.logs or logged(desk.pbx, before, case.logs) or f"the log has not: {case.logs}"
            desk.check(case.name, (*case.expected, case.denied, True), (*seen, denials(desk), said))

    return look


SETUPS = [
    Setup("clients", look_at(INSIDE), FILES),
    Setup("clients, from one to the other", look_at(ACROSS), FILES),
]

# SPDX-License-Identifier: MIT
"""Calls in a dialplan that forgets something, or says it wrongly: nothing gets through, and the log says why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Callable

from real_calls import Failed

import agents
from ari import originated
from calls import (
    AnyLab,
    attended,
    bridged_by_ami,
    call,
    channel_of,
    insist,
    keys,
    menu,
    originate,
    parked,
    pickup,
    sent_by_ami,
    settled,
)
from lab import until

UNKNOWN = "where the call began is not known"
BY_NOBODY = "denied: who takes the call is not known"


@dataclass
class Misuse:
    name: str
    act: Callable[[AnyLab], str]
    expected: tuple[str, str]  # what the caller sees; what rings
    logged: str = ""
    phones: dict[str, str] = field(default_factory=dict)  # scenarios
    statuses: dict[str, tuple[str, ...]] = field(default_factory=dict)


def parks_itself(of: str, who: str = "trunk") -> Callable[[AnyLab], str]:
    """Somebody parks, in a dialplan that has not said where the call goes; another retrieves the call."""

    def act(lab: AnyLab) -> str:
        lab.place(who, "626", "long_call")
        return parked(lab, of)

    return act


def local_parked(lab: AnyLab) -> str:
    """The PBX parks a Local channel that it has made itself, and another retrieves it."""
    lab.pbx.rx("channel originate Local/647@internal/n application Park")
    return parked(lab, "103")


def picked_up_originated(lab: AnyLab) -> str:
    """The PBX rings a phone itself, without the handler, and another takes the call by its group."""
    lab.pbx.rx("channel originate PJSIP/102 extension 104@internal")
    lab.expect_ring("102")
    return lab.call("103", "*8")


def taken_by_local(lab: AnyLab, taking: str) -> str:
    """The PBX has a Local channel of its own take a call, which stays where it is."""
    lab.pbx.rx(f"channel originate Local/{taking}@internal/n application Wait 1")
    return settled(lab)


def picked_up_by_local(lab: AnyLab) -> str:
    lab.place("trunk", "102", "long_call")
    lab.expect_ring("102")
    return taken_by_local(lab, "*8102")


def retrieved_by_local(lab: AnyLab) -> str:
    lab.place("trunk", "626", "long_call")
    until(lambda: re.search(r"Space *: *701", lab.pbx.command("parking show default")))
    return taken_by_local(lab, "701")


def connected_in_application(lab: AnyLab) -> str:
    """101 sends 102 to an application, from where a desk application connects him with outside. What 102 sees."""
    consultation = lab.place("101", "647", "consult")
    if not until(consultation.tags):
        raise Failed("the application does not answer")
    lab.phone("101", "transfer", refer_to=f"647@127.0.0.1?Replaces={agents.replaces(*consultation.tags())}")
    lab.phones["101"].wait_until_ready()
    caller = lab.place("102", "101", "consult")
    waits = re.compile(r"^PJSIP/102-.*!Wait!", re.MULTILINE)
    if not until(lambda: waits.search(lab.pbx.command("core show channels concise"))):
        raise Failed("102 is not in the application")
    lab.place("trunk", "647", "consult")
    outside = channel_of(lab, "PJSIP/trunk")
    insist(lab, "Bridge", Channel1=outside, Channel2=channel_of(lab, "PJSIP/102"))
    return caller.result()


def parked_after_transfer(lab: AnyLab) -> str:
    """101 sends 102 to the menu, from where 102 takes a call that is parked. Asterisk's note of the transfer stays on him."""
    lab.place("trunk", "626", "consult")
    until(lambda: re.search(r"Space *: *701", lab.pbx.command("parking show default")))
    return attended("102", "600", "keys", "77777")(lab)


def retrieved_twice(lab: AnyLab) -> str:
    """The space is empty again when the parked call is taken out of it."""
    lab.place("trunk", "626", "long_call")
    until(lambda: re.search(r"Space *: *701", lab.pbx.command("parking show default")))
    lab.place("103", "701", "long_call")
    until(lambda: not re.search(r"Space *: *701", lab.pbx.command("parking show default")))
    return lab.call("102", "701")


def beside_trunk(act: Callable[[AnyLab], str]) -> Callable[[AnyLab], str]:
    """The same, with somebody outside who answers."""

    def with_trunk(lab: AnyLab) -> str:
        lab.phone("trunk").wait_until_ready()
        return act(lab)

    return with_trunk


def to_menu_by_104(lab: AnyLab) -> str:
    """Somebody outside calls 104, whose phone forwards to the menu, and dials on to outside."""
    lab.phone("104", "redirect", forward_to="600").wait_until_ready()
    return beside_trunk(keys("trunk", "104", "99999"))(lab)


NOBODYS = "no extension makes this call from outside to outside"
RINGING = {"102": "ringing"}

MISUSES = [
    Misuse(
        "dialplan without `call`",
        call("trunk", "620"),
        ("403", ""),
        f"denied: {UNKNOWN}: the calling channel has not evaluated CALLPROP_CALL(): Gosub(callprop,call,1(${{EXTEN}}))",
    ),
    Misuse(
        "dialplan without the handler",
        call("trunk", "621"),
        ("403", "102"),
        "denied: it rings without having evaluated CALLPROP_RING(): b(callprop^ring^1) in Dial() or Queue()",
        RINGING,
    ),
    Misuse(
        "a second argument",
        call("trunk", "622"),
        ("403", ""),
        "denied: Gosub(callprop,call,1(…)) has 2 arguments, and takes 1",
    ),
    Misuse(
        "`forward` without `call`",
        call("trunk", "623"),
        ("403", ""),
        "denied: the channel has not evaluated CALLPROP_CALL(): Gosub(callprop,call,1(${EXTEN}))",
    ),
    Misuse("`forward` of nobody", call("trunk", "624"), ("403", ""), "denied: there is no extension to forward"),
    Misuse(
        "a phone that is nobody's",
        call("trunk", "625"),
        ("403", ""),
        "denied: this is neither the interface of an extension nor a trunk of callprop.conf",
    ),
    Misuse("a Local channel without `call`", call("trunk", "627"), ("403", ""), f"denied: {UNKNOWN}"),
    # Where no phone is rung, nothing but `call` itself denies.
    Misuse("a Local channel without `call`, to the menu", call("trunk", "666"), ("403", ""), f"denied: {UNKNOWN}"),
    Misuse("a Local channel of 101 without `call`, to the menu", call("101", "666"), ("403", ""), f"denied: {UNKNOWN}"),
    Misuse("an unknown device calls", call("119", "102"), ("403", ""), f"denied: {UNKNOWN}"),
    Misuse(
        "an unknown device picks up",
        pickup("trunk", "102", "102", "119", "*8102"),
        ("403", "102"),
        BY_NOBODY,
        RINGING,
    ),
    Misuse("a Local channel picks up", picked_up_by_local, ("up", "102"), BY_NOBODY, RINGING),
    Misuse("a Local channel retrieves", retrieved_by_local, ("up", ""), BY_NOBODY),
    Misuse(
        "pickup by group of what the PBX rings itself",
        picked_up_originated,
        ("403", "102"),
        "denied: it rings without having evaluated CALLPROP_RING(), and cannot be picked up",
        RINGING,
    ),
    Misuse("pickup where nothing rings", call("103", "*8102"), ("403", "")),
    Misuse("pickup of nobody's", call("103", "*8999"), ("403", "")),
    Misuse("an empty space", call("103", "701"), ("403", ""), "no call is parked in 701 of lot default"),
    Misuse("no space", call("103", "628"), ("403", ""), "no call is parked in x of lot default"),
    Misuse("the space 0", call("103", "629"), ("403", ""), "no call is parked in 0 of lot default"),
    Misuse("another lot", call("103", "630"), ("403", ""), "no call is parked in 701 of lot other"),
    Misuse("a lot without a name", call("103", "669"), ("403", ""), "denied: '' is no number"),
    Misuse("a space that is empty again", retrieved_twice, ("403", ""), "no call is parked in 701 of lot default"),
    Misuse("parked without `call`", parks_itself("103"), ("200", ""), statuses={"103": ("ri",)}),
    Misuse(
        "parked without `call`, denied", parks_itself("103"), ("403", ""), statuses={"103": ("li", "lo", "ro", "qri")}
    ),
    Misuse(
        "parked by a device that is nobody's",
        parks_itself("103", "119"),
        ("403", ""),
        "denied: where the parked call began is not known",
    ),
    Misuse("parked by the PBX itself", local_parked, ("403", ""), "denied: where the parked call began is not known"),
    Misuse("outside: nobody said where", beside_trunk(call("101", "642")), ("403", ""), f"denied: {UNKNOWN}"),
    Misuse("outside: neither said nor asked", beside_trunk(call("101", "644")), ("403", "trunk"), f"denied: {UNKNOWN}"),
    Misuse("outside to outside, a menu", beside_trunk(menu("trunk", "9")), ("cut 21", ""), NOBODYS),
    Misuse("outside to outside, a menu, [transit]", beside_trunk(menu("trunk", "8")), ("200", "trunk")),
    Misuse("outside to outside, a queue's member", beside_trunk(call("trunk", "643")), ("403", ""), NOBODYS),
    Misuse(
        "outside to outside, a group",
        beside_trunk(call("trunk", "640")),
        ("200", "102"),
        "it leads outside, and no extension makes this call",
    ),
    Misuse("outside to outside, forwarded to a menu", to_menu_by_104, ("cut 16", "104"), NOBODYS),
    Misuse(
        "a callback of two outside numbers",
        beside_trunk(originate("Local/0301234*0305678@callprop-callback/n", "0305678")),
        ("ended", ""),
        NOBODYS,
    ),
    Misuse(
        "a callback of two outside numbers, unsaid",
        beside_trunk(originate("Local/0301234@internal/n", "0305678")),
        ("ended", "trunk"),
        NOBODYS,
    ),
    Misuse("outside retrieves", parks_itself("trunk", "102"), ("200", "")),
    Misuse(
        "outside retrieves what is outside",
        parks_itself("trunk"),
        ("403", ""),
        "it takes a call from outside to outside, and no extension does so",
    ),
    Misuse(
        "transferred to an application, and connected there",
        connected_in_application,
        ("cut 21", "101"),
        "needs ri",
        statuses={"102": ("li", "lo", "ro")},
    ),
    Misuse(
        "transferred to the menu, and takes a parked call",
        parked_after_transfer,
        ("cut 21", "101"),
        "needs ri",
        statuses={"102": ("li", "lo", "ro")},
    ),
    # Asterisk may have ended the Local channel by then: it is not known who sent the call, or 102 is asked.
    Misuse(
        "a Local member is had to send on, who may not",
        sent_by_ami("trunk", "501", "Local/102@internal", "103"),
        ("cut 21", "102"),
        statuses={"102": ("qri", "ro")},
    ),
    Misuse(
        "a nobody's device is connected",
        bridged_by_ami("103", "119", "647"),
        ("cut 21", ""),
        "denied: it is connected, and is neither the interface of an extension nor a trunk",
    ),
    Misuse(
        "a nobody's device is rung without the handler",
        call("trunk", "645"),
        ("403", ""),
        "denied: this is neither the interface of an extension nor a trunk of callprop.conf",
    ),
    Misuse(
        "a nobody's device sends on whom it called for help",
        beside_trunk(keys("119", "112", "#1102")),
        ("cut 16", "trunk"),
        "denied: who has sent it here is not known",
    ),
    Misuse(
        "101 sends on a Local channel that is nobody's",
        keys("101", "659", "#1103"),
        ("cut 16", ""),
        f"denied: {UNKNOWN}",
    ),
    Misuse(
        "ARI: a nobody's device rings outside",
        beside_trunk(originated("119", "657", "PJSIP/0301234@trunk", "PJSIP/trunk")),
        ("refused", "trunk"),
        "denied: it leads outside, and no extension makes this call",
    ),
    Misuse(
        "ARI: a nobody's device rings 102",
        originated("119", "657"),
        ("refused", "102"),
        "denied: for whom it is rung is not known",
    ),
    Misuse(
        "a callback of several",
        originate("Local/610@internal/n", "0301234"),
        ("ended", "102"),
        "denied: no extension is known to make this call: set CALLBACK_TO",
    ),
]

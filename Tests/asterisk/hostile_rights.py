# SPDX-License-Identifier: MIT
"""Whose right it was: forwards, transfers, devices and users of AMI, as a hostile tester tried them."""

from __future__ import annotations

import contextlib
import time
from typing import Callable

from calls import AnyLab, channel_of
from hostile_calls import (
    LONG,
    NOBODY,
    RINGING,
    Row,
    answered,
    forwards,
    phone_refers_to,
    phone_replaces,
    pickup_by_103,
    place,
    together,
)
from hostile_connections import sent_to_pickup
from lab import until
from pbx import Manager

# ---- `forward` is about the one call that comes next


def after_forward(of: str, number: str) -> Callable[[AnyLab], object]:
    def act(lab: AnyLab) -> object:
        caller = answered(lab, of, number)
        lab.phone("trunk")
        caller.presses("9")
        return together(lab), caller.cut

    return act


def two_from_inside(lab: AnyLab) -> str:
    answered(lab, "102", "101")
    answered(lab, "103", "101")
    phone_refers_to(lab, "101", "101", phone_replaces(lab, "101", 1), 0)
    return together(lab)


def goes_on_after_101(lab: AnyLab) -> str:
    """Dial() with F: when 101 has hung up, who was rung goes on to a number without `call`."""
    caller = answered(lab, "101", "694")
    with lab.exchange.news:
        caller.request("BYE", caller.dialog)
    return together(lab)


# ---- Whose call is it?


def dials(of: str, number: str) -> Callable[[AnyLab], object]:
    def act(lab: AnyLab) -> object:
        caller = place(lab, of, number)
        until(lambda: caller.final)
        return str(caller.final), together(lab, 0.6)

    return act


# ---- AMI users who have not the class `call`


@contextlib.contextmanager
def user(name: str):
    manager = Manager(name)
    try:
        yield manager
    finally:
        manager.close()


def originates(**headers: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        with user("originator") as manager:
            manager.action("Originate", Channel="Local/647@internal/n", **headers)
        time.sleep(0.8)
        return lab.pbx.rx("dialplan eval function EXTENSION_STATUS(103)").partition("Result: ")[2].strip()

    return act


def global_variable(lab: AnyLab) -> str:
    """The variables by which Asterisk tells of transfers are looked for on a channel, and then among the global ones."""
    try:
        originates(Application="Set", Data="GLOBAL(ATTENDEDTRANSFER)=x")(lab)
        return pickup_by_103(lab)
    finally:
        lab.pbx.manager.action("Setvar", Variable="ATTENDEDTRANSFER", Value="")


def read_callback(lab: AnyLab) -> list[str]:
    answered(lab, "101", "102")
    before = len(lab.pbx.log())
    with user("reader") as manager:
        manager.action("Getvar", Channel=channel_of(lab, "PJSIP/101"), Variable="CALLPROP_CALLBACK(2)")
    time.sleep(0.4)
    return [line for line in lab.pbx.log()[before:].splitlines() if "denied" in line]


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
    Row("`forward` by Local, then the menu: outside dials on", after_forward("trunk", "680"), ("", "cut 21"), {"108": ("ri", "ro")}, {"trunk": ("", {})}),
    Row("`forward` outside, then the menu: outside dials on", after_forward("trunk", "681"), ("", "cut 21"), {"108": ("ri", "ro")}, {"trunk": ("", {})}),
    Row("`forward` by FollowMe, then the menu: outside dials on", after_forward("trunk", "682"), ("", "cut 21"), {"108": ("ri", "ro")}, {"trunk": ("", {})}),
    Row("`forward`, then the menu: 101 (lo) dials on", after_forward("101", "681"), ("", "cut 21"), {"101": ("lo",)}, {"trunk": ("", {})}),
    Row("101 (ri) sends outside to a pickup of 104's call", sent_to_pickup("104"), "", {"101": ("ri",)}, {"102": RINGING}),
    *(Row(f"outside forwards 101 (ro) to {to}", dials("101", "0301234"), ("403", ""), {"101": ("ro",)}, {"trunk": forwards(to)})
      for to in ("103", "500", "600")),
    Row("101 (li) joins 102 and 103, who called it", two_from_inside, "", {"101": ("li",)}),
    Row("102 (li, ri) goes on after 101 has gone, and outside", goes_on_after_101, "", {"102": ("li", "ri")}),
    Row("a device whose long name begins with 101-", dials(LONG, "0301234"), ("403", "")),
    Row("AMI originate: Variable changes a status", originates(Context="internal", Exten="647", Priority="1", Variable="EXTENSION_STATUS(103)=all"), "none", {"103": ()}),
    Row("AMI originate: Set changes a status", originates(Application="Set", Data="EXTENSION_STATUS(103)=all"), "none", {"103": ()}),
    Row("AMI originate: a global variable ends the watch", global_variable, "", {"103": ("li", "lo")}),
    Row("AMI reporting: a denial is told for reading", read_callback, []),
    # What held
    *(Row(f"held: callback for 112, then {second}", originated("101*112", second), "", NOBODY) for second in ("620", "642", "640")),
    *(Row(f"held: callback for 112, forwarded to {to}", originated("101*112", "112"), "", NOBODY, {"101": forwards(to)})
      for to in ("0301234", "103", "642", "620", "600")),
    Row("held: 112 forwarded to 103", dials("101", "112"), ("403", ""), NOBODY, {"trunk": forwards("103")}),
    *(Row(f"held: Page() {number}", paged(number), 0, {"102": ("li", "lo")}) for number in ("690", "691")),
]
# fmt: on

# SPDX-License-Identifier: MIT
"""An emergency number lets through what is rung for it, and is no way to anywhere else: not for who goes on from it without saying so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from calls import AnyLab, call, keys
from desk import Desk

PHONES = ("101", "102", "trunk")


@dataclass
class GoesOn:
    what: str
    act: Callable[[AnyLab], str]
    expected: tuple[str, int]  # what the caller sees; how often the trunk rings: once for 112 itself
    phones: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)


# 642 says of no call where it goes, and rings outside.
ROWS = (
    GoesOn("it stays connected", call("101", "112", "long_call"), ("200", 1)),
    GoesOn("it stays connected, of nobody's phone", call("119", "112", "long_call"), ("200", 1)),
    GoesOn("on the way there is a Local channel", call("101", "664", "long_call"), ("200", 1)),
    GoesOn("the dialplan goes on", call("101", "660"), ("403", 0)),
    GoesOn("a Local channel leads on", call("101", "661"), ("403", 0)),
    GoesOn("it is forwarded", call("101", "112"), ("403", 1), {"trunk": ("redirect", {"forward_to": "642"})}),
    GoesOn("who is there is transferred", keys("101", "112", "#1642"), ("cut 16", 1)),
    GoesOn("another is consulted", keys("101", "112", "*2642"), ("200", 1)),
    GoesOn("in the context of the subroutines", call("101", "667"), ("200", 1)),
    GoesOn(
        "nobody's phone transfers to an emergency",
        keys("119", "911", "#1112"),
        ("cut 16", 2),
        {"trunk": ("ringing", {})},
    ),
    GoesOn("it is done for an extension", call("101", "663"), ("403", 0)),
)


def goes_on(desk: Desk) -> None:
    desk.pbx.set_status("101", ())
    for row in ROWS:
        lab = desk.lab_of(desk.pbx, desk.folder)
        lab.expect(row.expected[0], "trunk" if row.expected[1] else "")
        try:
            for of in PHONES:
                scenario, chosen = row.phones.get(of, ("phone", {}))
                lab.phone(of, scenario, **chosen)
            for phone in lab.phones.values():
                phone.wait_until_ready()
            seen = (row.act(lab), lab.phones["trunk"].rang())
        finally:
            lab.end()
        desk.check(f"emergency, then elsewhere: {row.what}", row.expected, seen)

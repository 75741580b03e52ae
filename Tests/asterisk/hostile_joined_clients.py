# SPDX-License-Identifier: MIT
"""Two calls become one across two clients: by outside, by AMI, and by a phone of either client or of a third, before and after the answer.

Each client's end is outside for the other. Of two who are connected, each is asked for what he has come to: `li` by a colleague, in whosever calls the
two are; `ri` by somebody of another client, unless he is put through by one of his own who has `ro`. Whoever connects two who are outside for him needs `ro`."""

from __future__ import annotations

import time
from typing import Callable

from real_calls import Failed

from calls import AnyLab, channel_of, insist
from clients_conf import EXTENSIONS, FILES, PHONES
from hostile_calls import (
    RINGING,
    Office,
    Row,
    answered,
    answers_now,
    connected,
    phone_refers_to,
    place,
    together,
)
from hostile_changes import CLIENTS
from hostile_clients import joins, joins_callers
from hostile_lab import look_at
from lab import until
from setups import Setup

Act = Callable[[AnyLab], str]


def joins_while_it_rings(by: str, first: str, second: str, rings: str) -> Act:
    """The first is connected, the second rings, and is put through to the first before it answers."""

    def act(lab: AnyLab) -> str:
        one, two = answered(lab, by, first), place(lab, by, second)
        if not until(lambda: lab.phones[rings].rang() and (two.early or two.final)):
            raise Failed(f"{second} does not ring {rings}")
        time.sleep(0.3)
        one.refers(second, two.replaces())
        time.sleep(0.7)
        answers_now(lab, rings)
        return together(lab)

    return act


def called_and_calls(who: str, number: str, by: str, calls: str) -> Act:
    """A phone is called, calls another, and makes one call of the two."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, number)
        two = answered(lab, by, calls)
        phone_refers_to(lab, by, calls, two.replaces())
        return together(lab)

    return act


def ami_joins(by: str, first: tuple[str, str], second: tuple[str, str]) -> Act:
    """A phone has two calls, and a desk application makes one of them."""

    def act(lab: AnyLab) -> str:
        for number, _ in (first, second):
            answered(lab, by, number)
        bridges(lab, first[1], second[1])
        return together(lab)

    return act


def bridges(lab: AnyLab, *phones: str) -> None:
    one, two = (channel_of(lab, f"PJSIP/{phone}") for phone in phones)
    insist(lab, "Bridge", Channel1=one, Channel2=two)


def put_through_to(number: str, answers: str, then: Act) -> Act:
    """acme-102 calls acme-101, who puts it through to a number: it is outside without `ro` of its own."""

    def act(lab: AnyLab) -> str:
        answered(lab, "acme-102", "101")
        consultation = place(lab, "acme-101", number)
        if not until(lambda: lab.phones[answers].rang() and (consultation.early or consultation.final)):
            raise Failed(f"{number} does not ring {answers}")
        phone_refers_to(lab, "acme-101", "102", consultation.replaces())
        time.sleep(0.7)
        answers_now(lab, answers)
        if not until(lambda: connected(lab) == f"acme-102+{answers}"):
            raise Failed(f"acme-102 is not put through to {answers}")
        time.sleep(0.4)  # nobody puts through whom he has not heard yet
        return then(lab)

    return act


def then_103(lab: AnyLab) -> str:
    """acme-102 calls 103, and connects the two."""
    first = lab.others[0]
    two = answered(lab, "acme-102", "103")
    two.refers("103", first.replaces())
    return together(lab)


def then_a_caller(who: str, number: str) -> Act:
    """acme-102 is called, and connects the two."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, number)
        phone_refers_to(lab, "acme-102", "102", lab.others[0].replaces())
        return together(lab)

    return act


def without_ro(of: str, by: str, first: str, second: str) -> Act:
    """Its `ro` is gone when it makes one of two calls that were permitted."""

    def act(lab: AnyLab) -> str:
        one, two = answered(lab, by, first), answered(lab, by, second)
        lab.pbx.set_status(of, ("li", "lo", "ri"))
        one.refers(second, two.replaces())
        return together(lab)

    return act


B_102 = "beta-102"
TWO_OF_ACME = "acme-101+acme-102"
# Who makes one call of two, in which two of acme are then: what is done, phones, with which status 101 is connected at all, and 102
INSIDE: dict[str, tuple[Act, dict[str, tuple[str, dict[str, str]]], str, str]] = {
    "beta": (joins(B_102, "87101", "87102"), {}, "ri", "ri"),
    "beta, by Local channels": (joins(B_102, "86101", "86102"), {}, "ri", "ri"),
    "beta, by one Local channel": (joins(B_102, "87101", "86102"), {}, "ri", "ri"),
    "beta, 102 rings": (joins_while_it_rings(B_102, "87101", "87102", "acme-102"), {"acme-102": RINGING}, "ri", "ri"),
    "beta, whom 101 called": (called_and_calls("acme-101", "89102", B_102, "87102"), {}, "ro", "ri"),
    "beta, whom both called": (joins_callers(("acme-101", "89102"), ("acme-102", "89102"), B_102), {}, "ro", "ro"),
    "AMI, called by beta": (ami_joins(B_102, ("87101", "acme-101"), ("87102", "acme-102")), {}, "ri", "ri"),
    "outside": (joins("trunk", "1101", "1102"), {}, "ri", "ri"),
}


def inside_rows() -> list[Row]:
    """As by outside: neither 101 nor 102 is connected with a colleague without `li`."""
    found = []
    for name, (act, phones, first, second) in INSIDE.items():
        granted = {"101@acme": (first, "li"), "102@acme": (second, "li")}
        for who, lacking in (("101@acme", (first,)), ("102@acme", (second,))):
            found.append(
                Row(f"two of acme joined by {name}: {who} lacks li", act, "", {**granted, who: lacking}, phones)
            )
        found.append(Row(f"permitted: two of acme joined by {name}", act, TWO_OF_ACME, granted, phones))
    return found


RINGS_201 = {"beta-201": RINGING}
RINGS_TRUNK = {"trunk": RINGING}
COLLEAGUE = {"101@acme": ("all",), "102@acme": ("lo", "li")}
AMI_ACROSS = ami_joins("acme-101", ("102", "acme-102"), ("89201", "beta-201"))
AMI_BACK = ami_joins("acme-101", ("89201", "beta-201"), ("102", "acme-102"))
BY_THIRD = joins("101", "87101", "89101")
# fmt: off
ROWS = [
    *inside_rows(),
    Row("beta (no ro) makes one of the two calls from acme", joins_callers(("acme-101", "89102"), ("acme-102", "89102"), B_102), "", {"102@beta": ("li", "ri")}),
    # Two clients: outside and AMI, who are of neither
    Row("outside joins acme's 101 and beta's 102, which rings", joins_while_it_rings("trunk", "1101", "2102", B_102), "", {}, {B_102: RINGING}),
    Row("AMI joins outside's calls to acme's 101 and beta's 102", ami_joins("trunk", ("1101", "acme-101"), ("2102", B_102)), ""),
    Row("outside, whom acme's 101 called, joins it and beta's 102", called_and_calls("acme-101", "0301234", "trunk", "2102"), ""),
    Row("AMI joins acme's 102 (no ri), whom 101 called, and beta's 201", AMI_ACROSS, "", {"102@acme": ("li",)}),
    Row("AMI joins beta's 201 and acme's 102 (no ri), whom 101 called", AMI_BACK, "", {"102@acme": ("li",)}),
    Row("permitted: AMI joins acme's 102 (ri), whom 101 called, and beta's 201", AMI_ACROSS, "acme-102+beta-201", {"102@acme": ("li", "ri")}),
    Row("permitted: AMI joins beta's 201 and acme's 102 (ri), whom 101 called", AMI_BACK, "acme-102+beta-201", {"102@acme": ("li", "ri")}),
    # By an extension of one of the two clients
    Row("permitted: acme (ro) puts its 102 (li) through to beta's 201", joins("acme-101", "102", "89201"), "acme-102+beta-201",
        {"101@acme": ("lo", "ro"), "102@acme": ("li",), "201@beta": ("ri",)}),
    Row("acme's ro is gone when it puts its 102 (li) through to beta's 201", without_ro("101@acme", "acme-101", "102", "89201"), "", {"102@acme": ("li",)}),
    Row("permitted: the same, 102 (ri)", without_ro("101@acme", "acme-101", "102", "89201"), "acme-102+beta-201", {"102@acme": ("li", "ri")}),
    Row("acme's 102 (no ro), put through to beta's 201, connects 103 (li)", put_through_to("89201", "beta-201", then_103), "",
        {**COLLEAGUE, "103@acme": ("li",)}, RINGS_201),
    Row("permitted: the same, 103 (ri)", put_through_to("89201", "beta-201", then_103), "acme-103+beta-201", {**COLLEAGUE, "103@acme": ("li", "ri")}, RINGS_201),
    Row("permitted: the same, 103 (li), by 102 (ro)", put_through_to("89201", "beta-201", then_103), "acme-103+beta-201",
        {"102@acme": ("lo", "ro"), "103@acme": ("li",)}, RINGS_201),
    Row("acme's 102 (no ro), put through to beta's 201, connects outside, who called", put_through_to("89201", "beta-201", then_a_caller("trunk", "1102")), "",
        {"102@acme": ("lo", "ri")}, RINGS_201),
    Row("permitted: the same, by 102 (ro)", put_through_to("89201", "beta-201", then_a_caller("trunk", "1102")), "beta-201+trunk",
        {"102@acme": ("lo", "ri", "ro")}, RINGS_201),
    # By an extension of a third
    Row("the one without a name (no ro by then) joins acme's 101 and beta's 101", without_ro("101", "101", "87101", "89101"), ""),
    Row("permitted: the one without a name joins acme's 101 and beta's 101", BY_THIRD, "acme-101+beta-101",
        {"101": ("ro",), "101@acme": ("ri",), "101@beta": ("ri",)}),
    # One client, as beside: what the rules above are to agree with
    Row("acme's 102 (no ro), put through to outside, connects 103 (li)", put_through_to("0301234", "trunk", then_103), "",
        {**COLLEAGUE, "103@acme": ("li",)}, RINGS_TRUNK),
    Row("permitted: the same, 103 (ri)", put_through_to("0301234", "trunk", then_103), "acme-103+trunk", {**COLLEAGUE, "103@acme": ("li", "ri")}, RINGS_TRUNK),
]
# fmt: on
SETUPS = [Setup("hostile joined clients", look_at([*ROWS, *CLIENTS], Office(EXTENSIONS, PHONES)), FILES)]

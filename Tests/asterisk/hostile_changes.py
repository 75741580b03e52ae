# SPDX-License-Identifier: MIT
"""What changes in the middle of a call: who is at a phone, whether callprop.conf has it, and who is in a call that rings. Then it is sent on."""

from __future__ import annotations

import re
import time
from typing import Callable

from real_calls import Failed

from calls import AnyLab
from hostile_calls import (
    NOT_RI,
    RINGING,
    Row,
    answered,
    answers_now,
    permitted,
    phone_refers_to,
    phone_replaces,
    place,
    together,
)
from lab import until

Step = Callable[[AnyLab], object]
Act = Callable[[AnyLab], object]


def does(*steps: Step) -> Act:
    """One after the other. Who logged in, and what was read, is as before at the end."""

    def act(lab: AnyLab) -> str:
        lab.undo = []
        try:
            for step in steps:
                step(lab)
            return together(lab)
        finally:
            for undo in reversed(lab.undo):
                undo()

    return act


def calls(who: str, number: str) -> Step:
    return lambda lab: answered(lab, who, number)


def rings(who: str, number: str, phone: str) -> Step:
    """It is not answered yet."""

    def step(lab: AnyLab) -> None:
        before = lab.phones[phone].rang()
        caller = place(lab, who, number)
        if not until(lambda: lab.phones[phone].rang() > before and (caller.early or caller.final)):
            raise Failed(f"{number} does not ring {phone}")

    return step


def answers(phone: str) -> Step:
    def step(lab: AnyLab) -> None:
        answers_now(lab, phone)
        time.sleep(0.4)

    return step


def logs_in(phone: str, extension: str) -> Step:
    def step(lab: AnyLab) -> None:
        lab.undo.append(lambda: lab.pbx.command(f"callprop logout PJSIP/{phone}"))
        lab.pbx.command(f"callprop login PJSIP/{phone} {extension}")

    return step


def logs_out(phone: str) -> Step:
    return lambda lab: lab.pbx.command(f"callprop logout PJSIP/{phone}")


def reads(change: Callable[[str], str]) -> Step:
    """The file is changed, and read again."""

    def step(lab: AnyLab) -> None:
        text = (lab.pbx.etc / "callprop.conf").read_text()
        if change(text) == text:
            raise Failed("callprop.conf stays the same")

        def reload(what: str) -> None:
            lab.pbx.configure(what)
            lab.pbx.command("callprop reload")

        lab.undo.append(lambda: reload(text))
        reload(change(text))

    return step


def without(pattern: str) -> Step:
    return reads(lambda text: re.sub(pattern, "", text))


def gamma_for_acme(text: str) -> str:
    """It has the same phones."""
    return text.replace("@acme]", "@gamma]") + "[general@gamma]\nphones = PJSIP/acme-*\n"


def is_granted(extension: str, *granted: str) -> Step:
    return lambda lab: lab.pbx.set_status(extension, granted)


def sends(to: str) -> Step:
    """Who called first sends whom he called to a number."""

    def step(lab: AnyLab) -> None:
        first = lab.others[0]
        with lab.exchange.news:
            first.request("REFER", first.dialog, f"Refer-To: <sip:{to}@127.0.0.1>")

    return step


def joins(lab: AnyLab) -> None:
    """Who called twice makes one call of the two."""
    one, two = lab.others
    one.refers("102", two.replaces())
    time.sleep(0.7)


def joins_at(phone: str) -> Step:
    """Who was called makes one of that call and of his own, which came last."""

    def step(lab: AnyLab) -> None:
        phone_refers_to(lab, phone, "102", lab.others[-1].replaces())
        time.sleep(0.8)

    return step


def three_come(*granted: str) -> Act:
    """102 rings for 101. Three come to that call, one after the other within the half second for which a channel is kept.

    The module is to go then: it cannot, because calls are up."""

    def act(lab: AnyLab) -> str:
        rings("101", "102", "102")(lab)
        consultation = lab.others[-1]
        first, second = answered(lab, "trunk", "101"), answered(lab, "trunk", "103")
        answered(lab, "104", "103")
        phone_refers_to(lab, "101", "102", consultation.replaces())
        time.sleep(0.06)
        second.refers("103", first.replaces())
        time.sleep(0.06)
        phone_refers_to(lab, "103", "103", phone_replaces(lab, "103", 0), 1)
        lab.pbx.rx("module unload res_callprop.so")
        time.sleep(0.3)
        lab.pbx.set_status("102", granted)
        answers_now(lab, "102")
        return together(lab)

    return act


ALL = ("all",)
NOT_RO = ("li", "lo", "ri", "qli", "qri")
RINGS_OUTSIDE = {"trunk": RINGING}
RINGS_102 = {"102": RINGING}
TWICE = (calls("101", "0301234"), calls("101", "0305678"))
ONE_RINGS = (rings("101", "0301234", "trunk"), answers("trunk"), rings("101", "0305678", "trunk"))
PUTS_102 = (calls("102", "101"), rings("101", "0305678", "trunk"))
IS_GONE = without(r"(?m)^101 = *\n")
COMES_104 = logs_in("101", "104")
# fmt: off
ROWS = [
    # 104 logs in at the phone of 101, which has calls
    *(Row(f"{permitted(expected)}104 {granted} comes to the phone of 101, and {what}", does(*before, COMES_104, *after), expected, {"101": ("ro",), "104": granted}, phones)
      for what, before, after, phones in (
          ("sends its call outside on to outside", TWICE[:1], (sends("0305678"),), {}),
          ("makes one of two calls outside", TWICE, (joins,), {}))
      for granted, expected in ((NOT_RO, ""), (("ro",), "trunk+trunk"))),
    Row("104 (no ro) comes to the phone of 101, and makes one of two calls outside, of which one rings",
        does(*ONE_RINGS, COMES_104, joins, answers("trunk")), "", {"104": NOT_RO}, RINGS_OUTSIDE),
    *(Row(f"{permitted(expected)}103 comes to the phone of 101, and puts 102 {granted} through to outside, which rings",
          does(*PUTS_102, logs_in("101", "103"), joins_at("101"), answers("trunk")), expected, {"102": granted}, RINGS_OUTSIDE)
      for granted, expected in ((("lo",), ""), (("lo", "ri"), "102+trunk"))),
    *(Row(f"{permitted(expected)}103 {granted} comes to the phone of 101, and puts 102 (lo) through to outside", does(calls("102", "101"), calls("101", "0301234"), logs_in("101", "103"), joins_at("101")),
          expected, {"102": ("lo",), "103": granted}) for granted, expected in ((NOT_RO, ""), (("ro",), "102+trunk"))),
    # callprop.conf has 101 no more
    Row("101 is gone from the file, and makes one of 102 and outside", does(calls("101", "102"), calls("101", "0301234"), IS_GONE, joins), ""),
    Row("101 is gone from the file, and puts 102 through to outside, which rings", does(*PUTS_102, IS_GONE, joins_at("101"), answers("trunk")), "", {}, RINGS_OUTSIDE),
    Row("permitted: 101 puts 102 (lo) through to outside, which rings", does(*PUTS_102, joins_at("101"), answers("trunk")), "102+trunk", {"102": ("lo",)}, RINGS_OUTSIDE),
    # One after the other comes to a call that rings
    Row("three come to a call of 102 (no li), which rings", three_come("ri", "lo"), "", {}, RINGS_102),
    Row("permitted: three come to a call of 102 (li), which rings", three_come("li"), "102+104", {}, RINGS_102),
]

# Between two clients
VISITS = (calls("beta-102", "87102"), logs_in("beta-102", "101@beta"), calls("acme-102", "103"), joins_at("acme-102"))
HALL = (logs_in("beta-299", "102@beta"), calls("beta-299", "101"), calls("beta-299", "201"))
THREE_BACK = (calls("acme-101", "89201"), calls("beta-201", "101"), joins_at("beta-201"), calls("beta-101", "86103"), joins_at("beta-101"))


def three_on(*granted: str) -> Act:
    """Outside, with acme's 101, gets to beta's 201, and by that to acme's 102."""
    return does(calls("trunk", "1101"), calls("acme-101", "89201"), joins_at("acme-101"), calls("beta-201", "86102"),
                is_granted("102@acme", *granted), joins_at("beta-201"))


CLIENTS = [
    *(Row(f"{permitted(expected)}beta's 101 comes to the phone that called acme's 102, which puts him through to 103 {granted}", does(*VISITS), expected, {"103@acme": granted})
      for granted, expected in ((NOT_RI, ""), (("li", "ri"), "acme-103+beta-102"))),
    Row("nobody is at a phone any more, which makes one of its two calls", does(*HALL, logs_out("beta-299"), joins), ""),
    Row("permitted: somebody is", does(*HALL, joins), "beta-101+beta-201"),
    *(Row(f"acme {how}, and its 101 makes one of 102 and outside", does(calls("acme-101", "0301234"), calls("acme-101", "102"), change, joins), "")
      for how, change in (("is gone from the file", without(r"(?m)^\[\w+@acme\]\n([^\[].*\n|\n)*")), ("is called gamma", reads(gamma_for_acme)))),
    *(Row(f"{permitted(expected)}acme's 101, sent on by two of beta, gets back to acme's 103 {granted}", does(*THREE_BACK), expected, {"103@acme": granted})
      for granted, expected in ((("ri", "lo", "ro"), ""), (("li", "ri"), "acme-101+acme-103"))),
    *(Row(f"{permitted(expected)}outside, sent on by acme and beta, gets back to acme's 102 {granted}", three_on(*granted), expected)
      for granted, expected in ((("li", "lo"), ""), (("ri",), "acme-102+trunk"))),
]
# fmt: on

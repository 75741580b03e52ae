# SPDX-License-Identifier: MIT
"""The dialplan as it is installed, before the administrator has set what it needs: it denies, and says what is missing."""

from __future__ import annotations

from answers import logged
from calls import ami_originate, originate
from desk import Desk
from setups import Setup, conf

CALLBACK = "Local/102*0301234@callprop-callback/n"
WITHOUT = conf("extensions.conf").replace("CALLPROP_INSIDE = internal", "")


def look(missing: str):
    def look_at(desk: Desk) -> None:
        for extension in ("101", "102"):
            desk.pbx.set_status(extension, ("all",))
        for way, act in {"CLI": originate, "AMI": ami_originate}.items():
            before = len(desk.pbx.log())
            seen = desk.with_phones(act(CALLBACK, "0301234"), "ended", "")
            desk.check(f"callback, {way}", ("ended", "", True), (*seen, logged(desk.pbx, before, missing)))
            # A loop in the dialplan would show here: the callback has eight lines.
            executed = desk.pbx.log()[before:].count("callprop-callback:")
            desk.check(f"callback, {way}: the dialplan is run once", True, 1 <= executed <= 8 or executed)

    return look_at


def look_without_app_stack(desk: Desk) -> None:
    """There is no Gosub(): the call ends where it should say where it goes; what is rung without that is cut off at once."""
    for number, rung in (("102", ""), ("642", "trunk")):
        for of, granted in (("101", ("all",)), ("102", ("all",))):
            desk.pbx.set_status(of, granted)
        seen = desk.with_phones(lambda lab, number=number: lab.call("101", number), phones=("102", "trunk"))
        desk.check(f"101 calls {number}: it is not answered", (True, rung), (seen[0] in NOT_ANSWERED, seen[1]))


def look_without_app_exec(desk: Desk) -> None:
    """What every call runs needs no ExecIf()."""
    for granted, number, expected in (
        (("all",), "102", ("200", "102")),
        (("all",), "642", ("403", "")),
        (("ro",), "102", ("403", "")),
    ):
        desk.pbx.set_status("101", granted)
        desk.pbx.set_status("102", ("all",))
        seen = desk.with_phones(lambda lab, number=number: lab.call("101", number), phones=("102", "trunk"))
        desk.check(f"101 has {granted[0]} and calls {number}", expected, seen)


NOT_ANSWERED = ("403", "404", "480", "486", "500", "503", "603")


def without(module: str) -> dict[str, str]:
    return {"modules.conf": conf("modules.conf").replace(f"require = {module}.so\n", f"noload = {module}.so\n")}


SETUPS = [
    Setup("as installed, without app_exec", look_without_app_exec, without("app_exec")),
    Setup("as installed, without app_stack", look_without_app_stack, without("app_stack")),
    Setup(
        "as installed",
        look("denied: CALLPROP_INSIDE is not set: write CALLPROP_INSIDE = internal"),
        {"extensions.conf": WITHOUT},
    ),
    Setup(
        "as installed, with a context that is not there",
        look("sent to invalid extension"),
        {"extensions.conf": WITHOUT.replace("[globals]", "[globals]\nCALLPROP_INSIDE = nonesuch")},
    ),
    Setup(
        "as installed, with the callback's own context",
        look("is no callback"),
        {"extensions.conf": WITHOUT.replace("[globals]", "[globals]\nCALLPROP_INSIDE = callprop-callback")},
    ),
]

# SPDX-License-Identifier: MIT
"""callprop.conf: refused whole, put in force by a reload, and what it says of devices."""

from __future__ import annotations

from desk import Desk
from files import mistakes
from lab import until
from pbx import callprop_conf


def configuration(desk: Desk) -> None:
    pbx = desk.pbx
    good = callprop_conf()
    pbx.rx("database del callprop 107")
    pbx.rx("module reload res_callprop.so")
    pbx.set_status("102", ("li",))
    for mistake in mistakes():
        # 107's status would change if the file were not refused whole.
        pbx.configure(mistake.make(good).replace("107 = ", "107 = none"))
        desk.check(f"refused: {mistake.name}", (mistake.complaint(good), "Error"), desk.refusal())
    (pbx.etc / "callprop.conf").unlink()
    desk.check("refused: no file", ("callprop.conf: there is no such file", "Error"), desk.refusal())
    desk.check("refused: nothing changes", ["li", "all"], [desk.status("102"), desk.status("107")])
    pbx.rx("database del callprop 104")
    pbx.manager.forget()
    pbx.configure(callprop_conf(e104="cq"))
    pbx.rx("module reload res_callprop.so")
    until(desk.events)
    desk.check(
        "a good file: events",
        True,
        ("104", "cq", "cq", "reload") in [(event[0], *event[2:]) for event in desk.events()],
    )
    desk.check("a good file: in force", ["cq", "li"], [desk.status("104"), desk.status("102")])
    pbx.configure(good)
    pbx.rx("module reload res_callprop.so")


def devices(desk: Desk) -> None:
    """Which devices are trunks, and which are further phones of an extension."""
    pbx = desk.pbx
    for extension in ("101", "102"):
        pbx.set_status(extension, ("all",))
    for trunk, expected in {
        "PJSIP/tr*": "200",
        "PJSIP/trunk*": "200",
        "*": "200",
        "PJSIP/x*": "403",
        "PJSIP/trun": "403",
        "PJSIP/trunk2": "403",
        "PJSIP/tr*k": "403",
    }.items():
        pbx.configure(callprop_conf().replace("PJSIP/trunk", trunk))
        pbx.rx("module reload res_callprop.so")
        desk.check(
            f"trunk = {trunk}",
            (expected, "102" if expected == "200" else ""),
            desk.with_phones(lambda lab: lab.call("trunk", "102")),
        )
    pbx.configure(callprop_conf() + "[interfaces]\nPJSIP/119 = 101\n")
    pbx.rx("module reload res_callprop.so")
    for granted, expected in {"lo": ("200", "102"), "ro": ("403", "")}.items():
        pbx.set_status("101", (granted,))
        desk.check(
            f"101's second phone calls, 101 has {granted}",
            expected,
            desk.with_phones(lambda lab: lab.call("119", "102")),
        )
    pbx.configure(callprop_conf())
    pbx.rx("module reload res_callprop.so")

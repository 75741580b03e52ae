# SPDX-License-Identifier: MIT
"""Statuses that are set at run time: told, kept over a restart, and no longer in the file."""

from __future__ import annotations

from answers import logged
from desk import Desk
from lab import until
from pbx import callprop_conf


def changes(desk: Desk) -> None:
    pbx = desk.pbx
    for extension in ("101", "102"):
        pbx.set_status(extension, ("all",))
    pbx.manager.forget()
    pbx.rx("callprop set status 102 ri")
    pbx.set_status("102", ("li", "ri"))
    desk.with_phones(lambda lab: lab.call("101", "*50none"))
    until(lambda: len(desk.events()) == 3)
    desk.check(
        "an event for each change",
        [
            ("102", "all", "ri", "ri", "CLI"),
            ("102", "ri", "li+ri", "li,ri", "AMI"),
            ("101", "all", "none", "", "dialplan"),
        ],
        desk.events(),
    )
    pbx.manager.forget()
    answers = [
        pbx.rx("callprop set status 102 nonesuch").splitlines()[0],
        pbx.rx("callprop set status 999 ri").splitlines()[0],
        pbx.manager.action("CallpropSetStatus", Extension="102", Status="nonesuch")["Message"],
        pbx.manager.action("CallpropSetStatus", Extension="999", Status="ri")["Message"],
    ]
    desk.with_phones(lambda lab: lab.call("101", "*50nonesuch"))
    desk.check(
        "unknown: an error",
        [
            "Nothing is changed: no such status",
            "Nothing is changed: no such extension",
            "no such status",
            "no such extension",
        ],
        answers,
    )
    desk.check(
        "unknown: nothing changes",
        (["none", "li+ri"], []),
        ([desk.status("101"), desk.status("102")], desk.events()),
    )


def restart(desk: Desk) -> None:
    desk.pbx.set_status("102", ("li", "ri"))
    desk.pbx.set_status("103", ("qli",))
    desk.pbx.stop()
    desk.pbx.start()
    desk.check("a status survives a restart", ["li+ri", "qli"], [desk.status("102"), desk.status("103")])


def forgotten(desk: Desk) -> None:
    """A status that was set, which a later file does not have."""
    pbx, without = desk.pbx, callprop_conf().replace("qri+ro = qri,ro\n", "")
    pbx.set_status("104", ("qri", "ro"))
    pbx.set_status("107", ("cq",))
    before = len(pbx.log())
    pbx.configure(without)
    pbx.rx("module reload res_callprop.so")
    desk.check("a status that is gone", ["all", "cq"], [desk.status("104"), desk.status("107")])
    desk.check(
        "a status that is gone: logged",
        True,
        logged(
            pbx, before, "Extension 104 was set to status 'qri+ro', which callprop.conf no longer has: now 'all'"
        ),
    )
    pbx.configure(callprop_conf())
    pbx.rx("module reload res_callprop.so")
    desk.check("a status that is back", "qri+ro", desk.status("104"))

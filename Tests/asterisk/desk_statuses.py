# SPDX-License-Identifier: MIT
"""Statuses that are set at run time: told, kept over a restart, and no longer in the file."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from answers import logged, no
from desk import Desk
from desk_loading import OF_AN_EXTENSION
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
            f"Nothing is changed: {no('status', 'nonesuch')}",
            f"Nothing is changed: {no('extension', '999')}",
            no("status", "nonesuch"),
            no("extension", "999"),
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
    """A status that was set, which a later file does not have: it grants nothing, whatever the file says otherwise."""
    pbx, without = desk.pbx, callprop_conf().replace("qri+ri = qri,ri\n", "").replace("lo+ro = lo,ro\n", "")
    pbx.set_status("101", ("lo", "ro"))
    pbx.set_status("102", ("qri", "ri"))
    pbx.set_status("107", ("cq",))
    desk.check("a status that is there", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    pbx.manager.forget()
    before = len(pbx.log())
    pbx.configure(without)
    pbx.rx("module reload res_callprop.so")
    desk.check("a status that is gone: named", ["qri+ri", "cq"], [desk.status("102"), desk.status("107")])
    desk.check(
        "a status that is gone: logged",
        True,
        logged(
            pbx,
            before,
            "Extension 102 was set to status 'qri+ri', which callprop.conf does not have: it grants nothing",
        ),
    )
    until(lambda: len(desk.events()) == 2)
    desk.check(
        "a status that is gone: events",
        [("101", "lo+ro", "lo+ro", "", "reload"), ("102", "qri+ri", "qri+ri", "", "reload")],
        desk.events(),
    )
    for of, number, denied in (("trunk", "102", "102"), ("102", "101", "102"), ("101", "0301234", "101")):
        for time in ("at first", "and again"):
            before = len(pbx.log())
            what = f"a status that is gone: {of} calls {number}, {time}"
            desk.check(what, ("403", ""), desk.with_phones(lambda lab: lab.call(of, number)))
            name = {"101": "lo+ro", "102": "qri+ri"}[denied]
            said = logged(pbx, before, f"extension {denied}, status '{name}': Denied:")
            desk.check(f"{what}: why", True, said and logged(pbx, before, "callprop.conf has no such status."))
    shown = [line for line in pbx.rx("callprop show extensions").splitlines() if line.startswith("102 ")]
    desk.check(
        "a status that is gone: shown",
        ["102 qri+ri run-time (nothing: callprop.conf has no such status)"],
        [" ".join(line.split()) for line in shown],
    )
    desk.check(
        "a status that is gone: cannot be set",
        f"Nothing is changed: {no('status', 'qri+ri')}",
        pbx.rx("callprop set status 107 qri+ri").splitlines()[0],
    )
    pbx.rx("database put callprop 107 " + "x" * 300)
    pbx.rx("module reload res_callprop.so")
    desk.check("a long name in AstDB", "x" * 300, desk.status("107"))
    pbx.rx('database put callprop 107 "a\x1b[31mb\x7f"')
    pbx.rx("module reload res_callprop.so")
    desk.check("what is no text in AstDB", "a?[31mb?", desk.status("107"))
    pbx.rx("database del callprop 107")
    pbx.configure(callprop_conf())
    pbx.rx("module reload res_callprop.so")
    desk.check("a status that is back", "qri+ri", desk.status("102"))
    desk.check("a status that is back: a call", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))


def unset(desk: Desk) -> None:
    """Which status is the file's, and the way back to it."""
    pbx, rx = desk.pbx, desk.pbx.rx

    def sources(*extensions: str) -> list[str]:
        return [
            rx(f"dialplan eval function EXTENSION_STATUS({e},source)").partition("Result: ")[2].strip()
            for e in extensions
        ]

    def shown(extension: str) -> str:
        lines = rx("callprop show extensions").splitlines()
        return next((" ".join(line.split()) for line in lines if line.startswith(f"{extension} ")), "nothing")

    pbx.configure(callprop_conf(e102="li"))
    for extension in ("101", "102"):
        rx(f"database del callprop {extension}")
    rx("module reload res_callprop.so")
    desk.check("the file's", ["102 li file li", "file"], [shown("102"), *sources("102")])
    rx("callprop set status 102 ri")
    desk.check("set", ["102 ri run-time ri", "run-time"], [shown("102"), *sources("102")])
    pbx.configure(callprop_conf(e102="qli"))
    rx("module reload res_callprop.so")
    desk.check("set, and the file changes", "102 ri run-time ri", shown("102"))
    desk.check("set: a call", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    desk.check(
        "unset at the CLI",
        ["Extension 102 has the status of callprop.conf", "102 qli file qli"],
        [rx("callprop unset status 102").splitlines()[0], shown("102")],
    )
    desk.check("unset: a call", ("403", ""), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    rx("module reload res_callprop.so")
    desk.check("unset: after a reload", "102 qli file qli", shown("102"))
    pbx.stop()
    pbx.start()
    desk.check("unset: after a restart", "102 qli file qli", shown("102"))
    desk.check(
        "unset again", "Extension 102 has the status of callprop.conf", rx("callprop unset status 102").splitlines()[0]
    )
    desk.check(
        "unset of nobody",
        f"Nothing is changed: {no('extension', '999')}",
        rx("callprop unset status 999").splitlines()[0],
    )
    pbx.manager.forget()
    rx("callprop set status 102 qli")
    desk.check("set to what the file says", "102 qli run-time qli", shown("102"))
    until(lambda: len(desk.events()) == 1)
    desk.check("set to what the file says: an event", [("102", "qli", "qli", "qli", "CLI")], desk.events())
    # In the dialplan: an empty value, as of a variable that nobody has set, is no way back.
    for extension in ("101", "102"):
        rx(f"callprop set status {extension} none")
    for dialled, expected in (("*50", "none run-time"), ("*51menu", "none run-time"), ("*51file", "all file")):
        desk.with_phones(lambda lab: lab.call("101", dialled))
        desk.check(f"the phone of 101 dials {dialled}", expected, f"{desk.status('101')} {sources('101')[0]}")
    desk.check("the phone of 101 unset 102", "none", desk.status("102"))
    rx("callprop unset status 102")
    pbx.configure(callprop_conf())
    rx("module reload res_callprop.so")


@contextlib.contextmanager
def in_use_by_another(file: Path, how: str = "EXCLUSIVE") -> Iterator[None]:
    """A database that somebody else holds, such as a program that repairs it; IMMEDIATE: who may read it.

    Asterisk writes once a second what was kept since. Who reads in that moment has it give up on that, and forget it.
    """
    until(lambda: not file.with_name(f"{file.name}-journal").exists())
    connection = sqlite3.connect(file, timeout=10, isolation_level=None)
    connection.execute(f"BEGIN {how}")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def unwritable(desk: Desk) -> None:
    """A status that AstDB does not take is not changed: it would be another one after the next start."""
    pbx, rx = desk.pbx, desk.pbx.rx
    pbx.configure(callprop_conf(e102="li"))
    rx("module reload res_callprop.so")
    rx("callprop set status 101 none")
    pbx.set_status("102", ("ri",))
    pbx.manager.forget()
    with in_use_by_another(pbx.base / "var/astdb.sqlite3"):
        answers = [
            rx("callprop set status 102 all").splitlines()[0],
            rx("callprop unset status 102").splitlines()[0],
            *(
                pbx.manager.action(action, Extension="102", Status="all").get("Message")
                for action in ("CallpropSetStatus", "CallpropUnsetStatus")
            ),
        ]
        before = len(pbx.log())
        for dialled in ("*50all", "*51file"):
            desk.with_phones(lambda lab: lab.call("101", dialled))
        seen = [desk.status("101"), desk.status("102")]
        call = desk.with_phones(lambda lab: lab.call("101", "102"))
        reloaded = rx("callprop reload").splitlines()[0]
        seen_after = [desk.status("101"), desk.status("102")]
        rx("module unload res_callprop.so")
        rx("module load res_callprop.so")
        anew = desk.with_phones(lambda lab: lab.call("101", "102"))
        unknown = {command: rx(f"callprop {command}") for command in OF_AN_EXTENSION}
    refused = "not carried out, see the log"
    desk.check("AstDB cannot be written: answers", [*["Nothing is changed: " + refused] * 2, refused, refused], answers)
    for assignment in ("EXTENSION_STATUS(101)=all", "EXTENSION_STATUS(101)=file"):
        desk.check(f"AstDB cannot be written: {assignment}", True, logged(pbx, before, f"{assignment}: {refused}"))
    desk.check("AstDB cannot be written: statuses", ["none", "ri"], seen)
    desk.check("AstDB cannot be written: a call", ("403", ""), call)
    desk.check("AstDB cannot be written: no event", [], desk.events())
    # What cannot be read looks like what is not there, and the file's statuses would count again.
    unread = "AstDB cannot be read, and with it what was set at run time"
    desk.check("AstDB cannot be read: reload", f"Nothing is changed: {unread}", reloaded)
    desk.check("AstDB cannot be read: reload: why", True, logged(pbx, before, f"{unread}: what was read before stays"))
    desk.check("AstDB cannot be read: reload: statuses", ["none", "ri"], seen_after)
    desk.check("AstDB cannot be read: the module starts: a call", ("403", ""), anew)
    desk.check("AstDB cannot be read: the module starts: why", True, logged(pbx, before, f"{unread}, and nothing was"))
    started = "AstDB could not be read when the module was loaded: callprop reload, once it can"
    desk.check("AstDB cannot be read: a denial says so", True, logged(pbx, before, f"denied: {started}"))
    for command, answer in unknown.items():
        desk.check(f"AstDB cannot be read: {command}", True, started in answer or answer)
    rx("callprop reload")
    desk.check("AstDB can be read again: statuses", ["none", "ri"], [desk.status("101"), desk.status("102")])
    pbx.stop()
    pbx.start()
    desk.check("AstDB was not written: after a restart", ["none", "ri"], [desk.status("101"), desk.status("102")])
    rx("callprop unset status 102")
    desk.check("AstDB can be written again", "li", desk.status("102"))
    pbx.configure(callprop_conf())
    rx("module reload res_callprop.so")


def ends_unwritable(desk: Desk) -> None:
    """A status whose time is over is over, also where AstDB does not take that; and it is after the next start."""
    pbx = desk.pbx
    pbx.rx("callprop unset status 102")
    pbx.rx("callprop set status 102 none for 2s")
    before = len(pbx.log())
    with in_use_by_another(pbx.base / "var/astdb.sqlite3"):
        said = logged(pbx, before, "The status of extension 102 has ended, which AstDB does not keep")
        desk.check("AstDB cannot be written: a status ends", ("all", True), (desk.status("102"), said))
    pbx.stop()
    pbx.start()
    desk.check("AstDB was not written: it ends at the next start", "all", desk.status("102"))

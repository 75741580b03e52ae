# SPDX-License-Identifier: MIT
"""callprop.conf: refused whole, put in force by a reload, and what it says of devices."""

from __future__ import annotations

import re
from pathlib import Path

from answers import logged
from desk import Desk
from files import mistakes
from lab import until
from left_out import left_out
from pbx import EXTENSIONS, callprop_conf


def configuration(desk: Desk) -> None:
    pbx = desk.pbx
    good = callprop_conf()
    pbx.rx("database del callprop 107")
    pbx.rx("module reload res_callprop.so")
    pbx.set_status("102", ("li",))
    for mistake in (*mistakes(), *left_out()):
        # 107's status would change if the file were not refused whole.
        pbx.configure(mistake.make(good).replace("107 = ", "107 = none"))
        desk.check(f"refused: {mistake.name}", (mistake.complaint(good), "Error"), desk.refusal())
    (pbx.etc / "callprop.conf").unlink()
    desk.check("refused: no file", ("callprop.conf: there is no such file", "Error"), desk.refusal())
    for name, make, why in (
        (
            "cannot be read",
            lambda file: file.symlink_to(file.name),
            "cannot be read: Too many levels of symbolic links",
        ),
        ("no file", Path.mkdir, "is no file"),
    ):
        make(pbx.etc / "callprop.conf")
        desk.check(f"refused: {name}", (f"callprop.conf: {why}", "Error"), desk.refusal())
        (pbx.etc / "callprop.conf").rmdir() if name == "no file" else (pbx.etc / "callprop.conf").unlink()
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


def sections(desk: Desk) -> None:
    """A section may come more than once, also by #include and by a template: every line of it counts."""
    pbx = desk.pbx
    for extension in (*EXTENSIONS, "105", "106"):
        pbx.rx(f"database del callprop {extension}")
    included = pbx.etc / "more_extensions.conf"
    included.write_text("[extensions]\n102 = li\n[statuses]\nfew = ri\n")
    without = (
        callprop_conf()
        .replace("102 = \n", "")
        .replace("103 = \n", "")
        .replace("[extensions]\n", "[extensions]\n102x = \n")
    )
    second = "[extensions]\n103 = few\n[more](!)\n105 = few\n[extensions](more)\n106 = qli\n"
    pbx.configure(f"{without}#include more_extensions.conf\n{second}")
    desk.check("a second section: read", True, "reloaded successfully" in pbx.rx("module reload res_callprop.so"))
    desk.check(
        "a second section: counts",
        ["li", "few", "few", "qli", "all"],
        [desk.status(extension) for extension in ("102", "103", "105", "106", "101")],
    )
    listed = re.findall(r"^(1\d\dx?) ", pbx.rx("callprop show extensions"), re.MULTILINE)
    desk.check("a second section: listed in order", (True, sorted(listed)), (len(listed) > 5, listed))
    desk.check("a second section: denied", ("403", ""), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    included.write_text("[extensions]\n102 = ri\n[statuses]\nfew = ri\n")
    pbx.rx("module reload res_callprop.so")
    desk.check("a second section: permitted", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    for text, mistake in {
        "[extensions]\n101 = ri\n[statuses]\nfew = ri\n": "2: extension '101' is there already",
        "[extensions]\n101 = ri\n[statuses]\nfew = ri\nmany\n": "5: 'many': expected name = value",
    }.items():
        included.write_text(text)
        before = len(pbx.log())
        seen = "successfully" in pbx.rx("module reload res_callprop.so")
        desk.check(f"a second section: a mistake in it: {mistake}", False, seen)
        told = logged(pbx, before, f"more_extensions.conf:{mistake}")
        desk.check(f"a second section: it is told with its line: {mistake}", True, told)
    # Whatever is in it is looked at, also when nothing of it counts, and by another one.
    included.write_text("102\n")
    (pbx.etc / "most_extensions.conf").write_text('\n#include "more_extensions.conf"\n')
    for line in ("#include more_extensions.conf", "#tryinclude <more_*.conf>", "#include most_extensions.conf"):
        before = len(pbx.log())
        pbx.configure(f"{callprop_conf()}{line}\n")
        seen = "successfully" in pbx.rx("module reload res_callprop.so")
        told = logged(pbx, before, "more_extensions.conf:1: '102': expected name = value")
        desk.check(f"{line}: nothing counts of it", (False, True), (seen, told))
    # Asterisk goes round ten times, and then on.
    (pbx.etc / "most_extensions.conf").write_text("#tryinclude most_extensions.conf\n")
    before = len(pbx.log())
    pbx.configure(f"{callprop_conf()}#include most_extensions.conf\n")
    seen = "successfully" in pbx.rx("module reload res_callprop.so")
    told = logged(pbx, before, "callprop.conf: most_extensions.conf: it is included by a file that it includes")
    desk.check("a circle of files", (False, True), (seen, told))
    included.unlink()
    (pbx.etc / "most_extensions.conf").write_text("")
    for line in ("#tryinclude more_extensions.conf", "#include most_extensions.conf", "[extensions](+)\n105 => all"):
        pbx.configure(f"{callprop_conf()}{line}\n")
        desk.check(
            "{}: read".format(line.split("\n")[0]), True, "successfully" in pbx.rx("module reload res_callprop.so")
        )
    comments = ";-- 102\nlines that end here --;\n;--- 102\n; 102\n# 102\n## 102\n#\n#TryInclude none.conf\n"
    pbx.configure(f"\ufeff[general] ; 102\n{comments}{callprop_conf()}")
    desk.check("comments", True, "successfully" in pbx.rx("module reload res_callprop.so"))
    pbx.configure(callprop_conf())
    pbx.rx("module reload res_callprop.so")


def newer(desk: Desk) -> None:
    """A mnemo of a newer API grants nothing and is told; the rest of the file counts."""
    pbx = desk.pbx
    for extension in ("101", "102"):
        pbx.rx(f"database del callprop {extension}")
    for name, property_list, granted, call in (
        ("with a known one", "ri,vx", "ri", ("200", "102")),
        ("as JSON", '{"id":3,"property_list":["ri","vx"]}', "ri", ("200", "102")),
        ("alone", "vx", "(nothing)", ("403", "")),
        ("in another case", "ri-x,RI", "(nothing)", ("403", "")),
    ):
        text = callprop_conf(e102="of-a-newer-one").replace(
            "[extensions]\n", f"of-a-newer-one = {property_list}\n[extensions]\n"
        )
        line = text.splitlines().index(f"of-a-newer-one = {property_list}") + 1
        before = len(pbx.log())
        pbx.configure(text)
        said = pbx.rx("callprop reload").splitlines()[1:]
        desk.check(f"a newer property, {name}: warned of", ["Warnings, which are in the log: 1"], said)
        unknown = "ri-x" if "ri-x" in property_list else "vx"
        what = f"a newer property, {name}"
        desk.check(f"{what}: told", True, logged(pbx, before, f" callprop.conf:{line}: status 'of-a-newer-one': "))
        desk.check(
            f"{what}: named",
            True,
            logged(pbx, before, f'"{unknown}"') and logged(pbx, before, "; what is unknown grants nothing"),
        )
        shown = dict(row.split(maxsplit=1) for row in pbx.rx("callprop show statuses").splitlines())
        desk.check(f"{what}: shown", granted, shown.get("of-a-newer-one"))
        desk.check(f"{what}: a call", call, desk.with_phones(lambda lab: lab.call("trunk", "102")))
        desk.check(f"{what}: the rest counts", "all", desk.status("101"))
    pbx.configure(callprop_conf())
    pbx.rx("module reload res_callprop.so")


def forgotten(desk: Desk) -> None:
    """A number that callprop.conf does not name is outside, and a client without an extension is hardly one: both are told."""
    pbx = desk.pbx
    for extension in ("101", "102", "103"):
        pbx.set_status(extension, ("all",))
    pbx.configure(
        callprop_conf().replace("500 = queue\n", "") + "[numbers@acmee]\n500 = queue\n[extensions@acme]\n101 =\n"
    )
    before = len(pbx.log())
    said = pbx.rx("callprop reload").splitlines()[1:]
    desk.check("a client without an extension: warned of", ["Warnings, which are in the log: 1"], said)
    told = logged(pbx, before, "callprop.conf: client 'acmee' has no extension: is that its name?")
    desk.check("a client without an extension: told", (True, True), (told, "client 'acme'" not in pbx.log()[before:]))
    for of, why in (
        ("101", "What was dialled is outside: what is inside stands in [extensions] and [numbers] of callprop.conf."),
        ("trunk", "callprop.conf names the number neither in [extensions] or [numbers] nor in [transit] (500)"),
    ):
        before = len(pbx.log())
        rung = desk.with_phones(lambda lab: lab.call(of, "500"))[1]
        desk.check(f"a forgotten number, {of}", ("", True), (rung, logged(pbx, before, why)))
    pbx.configure(callprop_conf())
    pbx.rx("module reload res_callprop.so")

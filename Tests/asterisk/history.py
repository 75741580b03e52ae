# SPDX-License-Identifier: MIT
"""The history: a row for each change of a status and each decision that denied, in a file of its own."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone

from calls import call
from desk import Desk
from history_disk import append_only, away, full, unwritten
from history_lab import HEADER, History, reload, with_history
from history_rotation import rotation
from injection import rings
from lab import until
from pbx import EXTENSIONS, callprop_conf
from setups import Setup


def look(desk: Desk) -> None:
    pbx, history = desk.pbx, History(desk)
    for extension in EXTENSIONS:
        pbx.rx(f"callprop unset status {extension}")
    pbx.rx("callprop set status 102 li")
    rings(desk, call("trunk", "102"), ("403", ""), {})
    time.sleep(1.2)
    desk.check("off by default", [], [file.name for file in history.folder.iterdir() if "history" in file.name])
    reload(desk, with_history())
    first = [f"begin {e} - {'li' if e == '102' else 'all'} reload -" for e in EXTENSIONS]
    desk.check("it begins with what there is", first, history.short(len(first)))
    desk.check("the header", HEADER, history.text().splitlines()[0])
    changes(desk, history)
    denials(desk, history)
    times(desk, history)
    rotation(desk, history)
    restart(desk, history)
    away(desk, history)
    unwritten(desk)
    full(desk)
    append_only(desk)


def changes(desk: Desk, history: History) -> None:
    pbx = desk.pbx
    for what, act, expected in (
        ("CLI", lambda: pbx.rx("callprop set status 102 ri"), "change 102 li ri CLI -"),
        (
            "AMI",
            lambda: pbx.manager.action("CallpropSetStatus", Extension="102", Status="lo", Who="the vendor"),
            "change 102 ri lo AMI the vendor",
        ),
        (
            "dialplan",
            lambda: desk.with_phones(lambda lab: lab.call("101", "*50none")),
            "change 101 all none dialplan 101",
        ),
        ("unset", lambda: pbx.rx("callprop unset status 102"), "change 102 lo all CLI -"),
        ("the same, at run time", lambda: pbx.rx("callprop set status 102 all"), "change 102 all all CLI -"),
        ("a reload", lambda: reload(desk, with_history(e103="qli")), "change 103 all qli reload -"),
        (
            "an extension that is new",
            lambda: reload(desk, with_history(e103="qli").replace("109 = \n", "109 = \n111 = cq\n")),
            "begin 111 - cq reload -",
        ),
        ("an extension that is gone", lambda: reload(desk, with_history(e103="qli")), "end 111 cq - reload -"),
    ):
        history.forget()
        act()
        desk.check(f"a change: {what}", [expected], history.short())
    history.forget()
    pbx.rx("callprop set status 102 li for 1s")
    rows = history.new(2)
    desk.check("a change that ends", ["li", "all"], [row["to"] for row in rows])
    desk.check("a change that ends: by", ["CLI", "time"], [row["by"] for row in rows])
    end = datetime.strptime(rows[0]["until"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()
    took = datetime.strptime(rows[1]["time"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc).timestamp() - end
    desk.check("a change that ends: when", True, 0 <= took < 2 or took)
    desk.check("what it grants", ["li", "all"], [row["granted"] for row in rows])
    # The same name, which grants other things.
    history.forget()
    reload(desk, with_history(e103="qli").replace("qli = qli\n", "qli = qri\n"))
    desk.check(
        "a status that grants other things",
        [("qli", "qli", "qri")],
        [(r["from"], r["to"], r["granted"]) for r in history.new()],
    )
    reload(desk, with_history())
    # A name with everything in it that CSV has a meaning for.
    name = 'a "b", c'
    reload(desk, with_history().replace("[extensions]\n", f"{name} = li\n[extensions]\n"))
    history.forget()
    pbx.rx("callprop unset status 101")
    pbx.manager.action("CallpropSetStatus", Extension="101", Status=name, Who='=1+1, "x"')
    rows = [(row["to"], row["who"]) for row in history.new(2)]
    desk.check("quoted", [("all", ""), (name, '=1+1, "x"')], rows)
    for who in ("a\tb", "a\x01\x7fb", "a\x1b[2Jb"):
        pbx.rx("callprop set status 101 li")
        history.forget()
        pbx.manager.action("CallpropUnsetStatus", Extension="101", Who=who)
        expected = [re.sub(r"[\x00-\x1f\x7f]", "?", who)]
        desk.check(f"a control character in {who!r}", expected, [row["who"] for row in history.new()])
    pbx.rx("callprop unset status 101")
    reload(desk, with_history())


def denials(desk: Desk, history: History) -> None:
    pbx = desk.pbx
    columns = ("event", "extension", "status", "src", "dst", "leg", "callback", "required", "granted", "reason")
    for of, number, extension, properties, expected in (
        ("trunk", "102", "102", ("li",), "denial 102 li external extension dst false ri li -"),
        ("101", "102", "102", ("ri", "ro"), "denial 102 ri+ro extension extension dst false li ri,ro -"),
        ("101", "0301234", "101", ("li",), "denial 101 li extension external src false ro li -"),
        ("101", "102", "101", (), "denial 101 none extension extension src false lo - -"),
    ):
        for each in ("101", "102"):
            pbx.set_status(each, properties if each == extension else ("all",))
        history.forget()
        pbx.manager.forget()
        rings(desk, call(of, number), ("403", ""), {})
        rows = history.new()
        desk.check(f"{of} calls {number}", [expected], [" ".join(row[c] or "-" for c in columns) for row in rows])
        event = pbx.manager.named("CallpropDenial")[0]
        same = [(event["Linkedid"], event["Uniqueid"], event["Channel"])]
        desk.check(
            f"{of} calls {number}: of which call", same, [(r["linkedid"], r["uniqueid"], r["channel"]) for r in rows]
        )
    history.forget()
    rings(desk, call("119", "102"), ("403", ""), {})
    rows = history.new()
    desk.check(
        "nobody's phone",
        [("denial", "", "", "PJSIP/119")],
        [(r["event"], r["extension"], r["status"], r["channel"][:9]) for r in rows],
    )
    desk.check("nobody's phone: why", True, bool(rows and rows[0]["reason"]))
    for dialled, told in {"113%FF": "(113?)", "113%C3%A4": "(113ä)"}.items():
        history.forget()
        rings(desk, call("119", dialled), ("403", ""), {})
        desk.check(f"nobody's phone dials {dialled}", [told], [row["reason"][-len(told) :] for row in history.new()])
    for each in ("101", "102"):
        pbx.set_status(each, ("all",))
    history.forget()
    rings(desk, call("trunk", "102"), ("200", "102"), {})
    time.sleep(1.2)
    desk.check("what is permitted has no row", [], history.new(0))
    # A queue tries again and again: the log tells it once, the history each time.
    pbx.set_status("102", ("li",))
    pbx.set_status("103", ("li",))
    history.forget()

    def waits(lab) -> str:
        lab.place("trunk", "503", "long_call")
        return "told" if until(lambda: sum(r["extension"] == "102" for r in history.new(0)) >= 3, 15) else "not told"

    desk.check("each time that a queue tries", ("told", ""), desk.with_phones(waits, phones=("102",)))
    for each in ("102", "103"):
        pbx.rx(f"callprop unset status {each}")


def times(desk: Desk, history: History) -> None:
    """UTC with milliseconds; the sequence rises."""
    history.forget()
    began = time.time()
    for _ in range(50):
        desk.pbx.manager.action("CallpropSetStatus", Extension="102", Status="li")
        desk.pbx.manager.action("CallpropUnsetStatus", Extension="102")
    rows = history.new(100)
    shape = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
    desk.check("100 changes", 100, len(rows))
    desk.check("times: their form", True, all(shape.fullmatch(row["time"]) for row in history.rows()))
    first = datetime.strptime(rows[0]["time"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc).timestamp()
    desk.check("times: UTC", True, -0.1 < first - began < 2 or first - began)
    numbers = [int(row["sequence"]) for row in history.rows()]
    desk.check("the sequence rises", True, all(a < b for a, b in zip(numbers, numbers[1:], strict=False)))
    order = [row["time"] for row in history.rows()]
    desk.check("and so does the time", sorted(order), order)


def restart(desk: Desk, history: History) -> None:
    pbx = desk.pbx
    pbx.rx("callprop set status 102 li")
    history.forget()
    pbx.stop()
    pbx.start()
    rows = [row for row in history.new(len(EXTENSIONS)) if row["event"] != "stop"]
    expected = [("begin", e, "li" if e == "102" else "all", "start") for e in EXTENSIONS]
    desk.check("a restart", expected, [(r["event"], r["extension"], r["to"], r["by"]) for r in rows])
    desk.check("a restart: one header", 1, history.text().count(HEADER))
    history.forget()
    pbx.rx("module unload res_callprop.so")
    desk.check("the module goes", ["stop"], [row["event"] for row in history.new()])
    pbx.rx("module load res_callprop.so")
    history.forget()
    reload(desk, callprop_conf())
    pbx.rx("callprop unset status 102")
    time.sleep(1.2)
    desk.check("turned off", [], history.new(0))
    reload(desk, with_history())
    desk.check("turned on again", {"begin"}, {row["event"] for row in history.new(len(EXTENSIONS))})


SETUPS = [Setup("history", look)]

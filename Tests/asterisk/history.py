# SPDX-License-Identifier: MIT
"""The history: a row for each change of a status and each decision that denied, in a file of its own."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path

from answers import logged
from calls import call
from desk import Desk
from injection import rings
from lab import until
from pbx import EXTENSIONS, callprop_conf
from setups import Setup, conf

NAME = "callprop-history.csv"
HEADER = (
    "time,sequence,event,client,extension,from,to,until,by,who,status,src,dst,leg,callback,required,granted,linkedid,"
    "uniqueid,channel,reason"
)


def with_history(where: str = NAME, **extensions: str) -> str:
    return callprop_conf(**extensions).replace("default = all", f"default = all\nhistory = {where}")


class History:
    def __init__(self, desk: Desk, name: str = NAME):
        self.folder = desk.pbx.base / "log"
        self.name = name
        self.count = 0

    def text(self, behind: str = "") -> str:
        file = self.folder / f"{self.name}{behind}"
        return file.read_text() if file.exists() else ""

    def rows(self, behind: str = "") -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text(behind), newline="")))

    def forget(self) -> None:
        """What is written by now does not count. The thread of the history may have something left."""
        before = -1
        while before != (before := len(self.rows())):
            time.sleep(0.3)
        self.count = len(self.rows())

    def new(self, least: int = 1, seconds: float = 3) -> list[dict[str, str]]:
        """The rows since forget(), when there are as many."""
        until(lambda: len(self.rows()) >= self.count + least, seconds)
        return self.rows()[self.count :]

    def short(self, least: int = 1) -> list[str]:
        """What tells a change: who, from, to, by whom."""
        return [
            " ".join(row[c] or "-" for c in ("event", "extension", "from", "to", "by", "who"))
            for row in self.new(least)
        ]


def reload(desk: Desk, text: str) -> None:
    desk.pbx.configure(text)
    desk.pbx.rx("module reload res_callprop.so")


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
    full(desk)


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


def rotation(desk: Desk, history: History) -> None:
    """`logger rotate`, in each way of logger.conf."""
    pbx = desk.pbx
    logger = pbx.etc / "logger.conf"
    for strategy, behind in (
        ("sequential", ".0"),
        ("sequential", ".1"),
        ("rotate", ".0"),
        ("timestamp", None),
        ("none", ""),
    ):
        logger.write_text(conf("logger.conf").replace("[general]\n", f"[general]\nrotatestrategy = {strategy}\n"))
        pbx.rx("logger reload")
        pbx.rx("callprop set status 102 li")
        pbx.rx("callprop unset status 102")
        until(lambda: history.text().endswith("\n") and len(history.rows()) >= 2, 3)
        time.sleep(1.2)
        before = history.text()
        pbx.rx("logger rotate")
        pbx.rx("callprop set status 102 ri")
        until(lambda: "ri" in [row["to"] for row in history.rows()][-1:], 3)
        what = f"logger rotate, {strategy} {behind}"
        if strategy == "none":
            desk.check(f"{what}: goes on", before, history.text()[: len(before)])
            continue
        # A timestamp cannot be known before.
        stamped = [f.name[len(NAME) :] for f in history.folder.glob(f"{NAME}.*") if len(f.suffix) > 5]
        behind_it = behind or (stamped or [".none"])[0]
        desk.check(f"{what}: what was there", before, history.text(behind_it))
        desk.check(
            f"{what}: a new one", (HEADER, ["ri"]), (history.text().split("\n")[0], [r["to"] for r in history.rows()])
        )
    old = (history.text(".1"), history.text(".2"))
    desk.check("rotate moves on what was there", (True, True), tuple(text.startswith(HEADER) for text in old))
    pbx.rx("callprop unset status 102")
    # By logrotate, which gives it another name and has Asterisk reload its logger.
    history.forget()
    (history.folder / NAME).rename(history.folder / "by-logrotate")
    pbx.rx("callprop set status 102 li")
    until(lambda: [row["to"] for row in history.rows()] == ["li"], 3)
    desk.check("by logrotate", (HEADER, ["li"]), (history.text().split("\n")[0], [row["to"] for row in history.rows()]))
    logger.write_text(conf("logger.conf"))
    pbx.rx("logger reload")
    pbx.rx("callprop unset status 102")


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


def away(desk: Desk, history: History) -> None:
    """A file that cannot be written is told once, and tried again."""
    pbx = desk.pbx
    for where, why in (
        ("nonesuch/x.csv", "No such file or directory"),
        ("/dev/full", "No space left on device"),
        ("/callprop/log", "Is a directory"),
    ):
        before = len(pbx.log())
        reload(desk, with_history(where))
        for status in ("li", "ri", "lo"):
            pbx.rx(f"callprop set status 102 {status}")
        desk.check(f"{where}: told", True, logged(pbx, before, why))
        rings(desk, call("102", "101"), ("200", "101"), {})
        time.sleep(1.5)
        desk.check(f"{where}: told once", 1, pbx.log()[before:].count(why))
    where = pbx.base / "log/nonesuch"
    reload(desk, with_history("nonesuch/x.csv"))
    pbx.rx("callprop set status 102 qri")
    time.sleep(1.2)
    where.mkdir()
    later = History(desk, "nonesuch/x.csv")
    until(lambda: later.rows() and later.rows()[-1]["to"] == "qri", 4)
    desk.check(
        "when it can be opened, nothing is lost", ("begin", "qri"), (later.rows()[0]["event"], later.rows()[-1]["to"])
    )
    for mistake, text in (
        ("history = ", "history: expected a file"),
        (f"history = {NAME}\nhistory = {NAME}", "history: is there already"),
    ):
        pbx.configure(with_history().replace(f"history = {NAME}", mistake))
        said = desk.refusal()[0]
        desk.check(f"refused: {mistake}", True, said.endswith(text) or said)
    pbx.rx("callprop unset status 102")


def full(desk: Desk) -> None:
    """A disk that is full, and has room again: rows wait, half a row is never left, and no call stops."""
    pbx = desk.pbx
    disk = pbx.base / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=True)
    try:
        reload(desk, with_history("/callprop/disk/history.csv"))
        until((disk / "history.csv").exists, 3)
        fill(disk)
        before = len(pbx.log())
        # More than the page that the file has already.
        for _ in range(60):
            pbx.manager.action("CallpropSetStatus", Extension="102", Status="li")
            pbx.manager.action("CallpropUnsetStatus", Extension="102")
        told = logged(pbx, before, "No space left on device")
        desk.check("a full disk: told", True, told)
        pbx.set_status("102", ("li",))
        desk.check("a full disk: a denial", ("403", ""), rings(desk, call("102", "101"), ("403", ""), {}))
        pbx.rx("callprop unset status 102")
        desk.check("a full disk: a call goes on", ("200", "102"), rings(desk, call("101", "102"), ("200", "102"), {}))
        time.sleep(2.5)
        desk.check("a full disk: told once", 1, pbx.log()[before:].count("No space left on device"))
        text = (disk / "history.csv").read_text()
        desk.check(
            "a full disk: no half row",
            True,
            text.endswith("\n") and all(row.count(",") >= 20 for row in text.splitlines()),
        )
        (disk / "filler").unlink()

        def rows() -> list[dict[str, str]]:
            return list(csv.DictReader(io.StringIO((disk / "history.csv").read_text())))

        # What it begins with, 60 times there and back, once more, and the denial.
        expected = len(EXTENSIONS) + 120 + 2 + 1
        until(lambda: len(rows()) >= expected, 4)
        numbers = [int(row["sequence"]) for row in rows()]
        desk.check("room again: nothing is lost", (expected, True), (len(rows()), numbers == sorted(numbers)))
        desk.check("room again: told", True, logged(pbx, before, "is written again; 0 rows are lost"))
        # More than what may wait.
        fill(disk)
        for _ in range(1300):
            pbx.manager.action("CallpropSetStatus", Extension="102", Status="li", Who="x" * 900)
            pbx.manager.action("CallpropUnsetStatus", Extension="102", Who="x" * 900)
        subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
        until(lambda: any(row["event"] == "lost" for row in rows()), 5)
        lost = [row["reason"] for row in rows() if row["event"] == "lost"]
        desk.check(
            "too much: how many are lost is said", True, bool(lost and re.fullmatch(r"[1-9]\d* rows", lost[0])) or lost
        )
    finally:
        reload(desk, callprop_conf())
        pbx.rx("callprop unset status 102")
        time.sleep(1.2)
        subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> None:
    with open(disk / "filler", "ab", buffering=0) as filler:
        try:
            while True:
                filler.write(b"x" * 512)
        except OSError:
            pass


SETUPS = [Setup("history", look)]

# SPDX-License-Identifier: MIT
"""A history that cannot be written, or not for a while."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from answers import logged
from calls import call
from desk import Desk
from history_lab import NAME, History, reload, with_history
from injection import rings
from lab import until
from pbx import EXTENSIONS, callprop_conf


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


@contextlib.contextmanager
def small_disk(desk: Desk) -> Iterator[Path]:
    """The history is history.csv on a disk of 64 KiB, for as long."""
    disk = desk.pbx.base / "disk"
    disk.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=True)
    try:
        reload(desk, with_history("/callprop/disk/history.csv"))
        until((disk / "history.csv").exists, 3)
        yield disk
    finally:
        reload(desk, callprop_conf())
        desk.pbx.rx("callprop unset status 102")
        time.sleep(1.2)
        subprocess.run(["umount", str(disk)], check=True)


def full(desk: Desk) -> None:
    """A disk that is full, and has room again: rows wait, half a row is never left, and no call stops."""
    pbx = desk.pbx
    with small_disk(desk) as disk:
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


def unwritten(desk: Desk) -> None:
    """The module goes while rows wait that cannot be written: it says so, and waits for no disk."""
    pbx = desk.pbx
    for where in ("/dev/full", "/callprop/nonesuch/x.csv"):
        reload(desk, with_history(where))
        before = len(pbx.log())
        pbx.rx("callprop set status 102 li")
        pbx.rx("module unload res_callprop.so")
        told = logged(pbx, before, f"The history {where} lacks its last rows")
        pbx.rx("module load res_callprop.so")
        desk.check(f"{where}: the module goes", (True, "li"), (told, desk.status("102")))
        pbx.rx("callprop unset status 102")
    # Without a history no row waits.
    reload(desk, callprop_conf())
    time.sleep(1.2)


def append_only(desk: Desk) -> None:
    """A full disk, and a file of which nothing can be taken away again: the half row stays, and that is said."""
    pbx = desk.pbx
    with small_disk(desk) as disk:
        file = disk / "history.csv"
        subprocess.run(["chattr", "+a", str(file)], check=True)
        fill(disk)
        before = len(pbx.log())
        for _ in range(60):
            pbx.manager.action("CallpropSetStatus", Extension="102", Status="li")
            pbx.manager.action("CallpropUnsetStatus", Extension="102")
        told = logged(pbx, before, "The history /callprop/disk/history.csv has half a row: Operation not permitted")
        desk.check("append only: half a row is told", (True, False), (told, file.read_text().endswith("\n")))
        seen = rings(desk, call("101", "102"), ("200", "102"), {})
        desk.check("append only: a call goes on", ("200", "102"), seen)


def fill(disk: Path) -> None:
    with open(disk / "filler", "ab", buffering=0) as filler:
        try:
            while True:
                filler.write(b"x" * 512)
        except OSError:
            pass

# SPDX-License-Identifier: MIT
"""The file of the history is rotated with Asterisk's logs."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from answers import logged
from desk import Desk
from history_lab import HEADER, NAME, History
from lab import until
from setups import conf


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
    by_others(desk, history)
    unmovable(desk, history)
    of_many_logs(desk, history)
    logger.write_text(conf("logger.conf"))
    pbx.rx("logger reload")
    pbx.rx("callprop unset status 102")


def strategy(desk: Desk, name: str, *lines: str) -> None:
    text = conf("logger.conf", *lines).replace("[general]\n", f"[general]\nrotatestrategy = {name}\n")
    (desk.pbx.etc / "logger.conf").write_text(text)
    desk.pbx.rx("logger reload")
    # The history looks at the logs once a second.
    time.sleep(1.2)


def goes_on(desk: Desk, history: History, what: str) -> None:
    """The rows are written behind those that are there."""
    before = history.text()
    desk.pbx.rx("callprop set status 102 lo")
    until(lambda: history.text() != before, 3)
    seen = (history.text().startswith(before), [row["to"] for row in history.rows()][-1:])
    desk.check(f"{what}: goes on", (True, ["lo"]), seen)
    desk.pbx.rx("callprop unset status 102")
    time.sleep(1.2)


def by_others(desk: Desk, history: History) -> None:
    """With `none` somebody else rotates the logs, and the history is not touched."""
    strategy(desk, "none")
    goes_on(desk, history, "rotated by others, before")
    log = history.folder / "full"
    log.rename(history.folder / "full.by-others")
    desk.pbx.rx("logger reload")
    desk.check("rotated by others: a log", True, until(log.exists, 3))
    goes_on(desk, history, "rotated by others")


@contextlib.contextmanager
def kept_in_place(file: Path) -> Iterator[None]:
    """Something is mounted there: the file is written, and cannot be renamed."""
    subprocess.run(["mount", "--bind", str(file), str(file)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(file)], check=True)


def unmovable(desk: Desk, history: History) -> None:
    """What cannot be renamed stays where it is, and nothing is lost."""
    pbx = desk.pbx
    strategy(desk, "rotate")
    whole, old = f"/callprop/log/{NAME}", f"/callprop/log/{NAME}.0"
    for behind, told in (
        ("", [f"{whole} cannot be renamed to {old}: Device or resource busy"]),
        (
            ".0",
            [f"{old} cannot be renamed to {whole}.1: Device or resource busy", f"{whole} cannot be renamed to {old}: "],
        ),
    ):
        for file in history.folder.glob(f"{NAME}.*"):
            file.unlink()
        if behind:
            (history.folder / f"{NAME}{behind}").write_text("old\n")
        goes_on(desk, history, f"cannot be renamed {behind}, before")
        rows = history.text()
        with kept_in_place(history.folder / f"{NAME}{behind}"):
            pbx.rx("logger rotate")
            # The log has begun anew.
            desk.check(f"cannot be renamed {behind}: told", [True] * len(told), [logged(pbx, 0, t) for t in told])
            goes_on(desk, history, f"cannot be renamed {behind}")
        desk.check(f"cannot be renamed {behind}: nothing is lost", True, history.text().startswith(rows))
        desk.check(f"cannot be renamed {behind}: what is old", "old\n" if behind else "", history.text(".0"))


def of_many_logs(desk: Desk, history: History) -> None:
    """More logs than are looked at: it is rotated with the first of them all the same."""
    strategy(desk, "sequential", *(f"more{number} => error" for number in range(40)))
    goes_on(desk, history, "forty logs, before")
    before = history.text()
    desk.pbx.rx("logger rotate")
    desk.pbx.rx("callprop set status 102 ri")
    until(lambda: [row["to"] for row in history.rows()][-1:] == ["ri"], 3)
    rotated = [file.read_text() for file in history.folder.glob(f"{NAME}.*")]
    desk.check("forty logs: rotated", (True, ["ri"]), (before in rotated, [row["to"] for row in history.rows()]))
    desk.pbx.rx("callprop unset status 102")

# SPDX-License-Identifier: MIT
"""The file of the history, as its tests read it."""

from __future__ import annotations

import csv
import io
import time

from desk import Desk
from lab import until
from pbx import callprop_conf

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
        try:
            return (self.folder / f"{self.name}{behind}").read_text()
        except FileNotFoundError:  # not there yet, or being rotated
            return ""

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

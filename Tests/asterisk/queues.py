# SPDX-License-Identifier: MIT
"""Queues that pause members who do not answer: one that is denied has not been asked to, and is neither paused nor logged so."""

from __future__ import annotations

from calls import call
from desk import Desk
from injection import rings
from setups import Setup, conf

QUEUES = """
[general]
[queue](!)
strategy = linear
timeout = 5
retry = 1
ringinuse = yes
autopause = yes
[direct](queue)
member => PJSIP/102
member => PJSIP/103
[local](queue)
member => Local/102@internal/n
member => Local/103@internal/n
[forwarding](queue)
member => PJSIP/104
"""
MEMBERS = {"500": "PJSIP/102", "501": "Local/102@internal/n"}


def look(desk: Desk) -> None:
    pbx = desk.pbx
    log = pbx.base / "log/queue_log"
    for number, member in MEMBERS.items():
        for of, prop in {"trunk": "qri", "101": "qli"}.items():
            for extension in ("101", "102", "103"):
                pbx.set_status(extension, ("all",))
            pbx.set_status("102", {"li", "lo", "ri", "ro", "qli", "qri", "cq"} - {prop})
            seen = rings(desk, call(of, number), ("200", "103"), {})
            desk.check(f"{of} calls {number}, 102 lacks {prop}", ("200", "103"), seen)
            paused = [line.strip() for line in pbx.rx("queue show").splitlines() if "paused" in line]
            desk.check(f"{member}: not paused", [], paused)
            text = log.read_text() if log.exists() else ""
            desk.check(f"{member}: not logged", [], [line for line in text.splitlines() if "RINGNOANSWER" in line])
    # One who rings and does not answer, is: the test would see it.
    for extension in ("101", "102", "103"):
        pbx.set_status(extension, ("all",))
    seen = rings(desk, call("trunk", "500"), ("200", "102 103"), {"102": ("ringing", {})})
    desk.check("102 does not answer", ("200", "102 103"), seen)
    paused = "paused" in pbx.rx("queue show direct")
    desk.check("102 does not answer: paused and logged", (True, True), (paused, "RINGNOANSWER" in log.read_text()))


SETUPS = [Setup("queues that pause", look, {"queues.conf": QUEUES, "logger.conf": conf("logger.conf")})]

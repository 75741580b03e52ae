# SPDX-License-Identifier: MIT
"""The module is unloaded while calls arrive: Asterisk has looked whether it is in use, and a call comes to it since then."""

from __future__ import annotations

import contextlib
import socket
import time

from agents import PBX, SDP
from desk import Desk
from lab import until
from pbx import Pbx
from setups import Setup
from sip import address

LONG = 10  # seconds. A module that does not look again ends Asterisk within one or two
MOMENTS = 10
MENU = "600"
BETWEEN = 0.0003  # seconds from one moment to the next: in the first milliseconds of a call it comes to the module


class Caller:
    """
    Sends calls of the trunk, and does not wait for what comes of them. Those of agents.py begin in threads, too late or too early: with them a
    module that does not look again was not noticed.
    """

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address("trunk")[0], 0))
        self.sent = 0

    def call(self, number: str) -> None:
        self.sent += 1
        host, port = self.socket.getsockname()
        body = SDP.format(host, 40000)
        headers = [
            f"INVITE sip:{number}@{PBX[0]}:{PBX[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bKu{self.sent}",
            f"From: <sip:u@{host}>;tag=u{self.sent}",
            f"To: <sip:{number}@{PBX[0]}>",
            f"Call-ID: u{self.sent}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:u@{host}:{port}>",
            "Max-Forwards: 70",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        self.socket.sendto("\r\n".join(headers).encode(), PBX)


@contextlib.contextmanager
def cli(pbx: Pbx):
    """Asterisk's own socket: `asterisk -rx` takes longer to start than the moment that is looked for."""
    with socket.socket(socket.AF_UNIX) as stream:
        stream.connect(str(pbx.base / "run/asterisk.ctl"))
        stream.setblocking(False)
        yield stream


def is_loaded(pbx: Pbx) -> bool:
    return "1 modules loaded" in pbx.command("module show like res_callprop")


def unload(pbx: Pbx, caller: Caller, moment: float) -> None:
    """Refused, or done: then it is loaded again."""
    with cli(pbx) as stream:
        for _ in range(3):
            caller.call(MENU)
        time.sleep(moment)
        stream.sendall(b"module unload res_callprop.so\0")
        time.sleep(0.08)
    pbx.hang_up_all()
    if not is_loaded(pbx):
        pbx.rx("module load res_callprop.so")


def look(desk: Desk) -> None:
    pbx, caller = desk.pbx, Caller()
    pbx.set_status("102", ("all",))
    began, times = time.monotonic(), 0
    while pbx.alive() and time.monotonic() < began + LONG:
        unload(pbx, caller, BETWEEN * (times % MOMENTS))
        times += 1
    caller.socket.close()
    desk.check("unloaded while calls arrive: Asterisk is there", True, pbx.alive())
    desk.check("loaded", True, until(lambda: is_loaded(pbx)))
    desk.check("a call", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))


SETUPS = [Setup("unloaded while calls arrive", look)]

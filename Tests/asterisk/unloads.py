# SPDX-License-Identifier: MIT
"""
The module is unloaded while others come to it: Asterisk has looked whether it is in use, and calls, messages, commands and actions come since then.
A module that does not look itself ends Asterisk, in some of these ways within one or two unloads, in others within a hundred.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from typing import Callable

from real_calls import Failed

from agents import PBX, SDP
from desk import Desk
from lab import until
from patience import seconds
from pbx import Manager, Pbx
from setups import Setup, modules
from sip import address

LONG = 12  # seconds, for each way
MOMENTS = 10
BETWEEN = 0.0003  # seconds from one moment to the next: in the first milliseconds of a call it comes to the module


class Sender:
    """
    Sends calls or messages of a device, and does not wait for what comes of them. Those of agents.py begin in threads, too late or too early: with
    them a module that does not look again was not noticed.
    """

    def __init__(self, of: str, method: str, *numbers: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address(of)[0], 0))
        self.of, self.method = of, method
        self.numbers = itertools.cycle(numbers)
        self.sent = 0

    def send(self) -> None:
        self.sent += 1
        host, port = self.socket.getsockname()
        body, kind = (
            (SDP.format(host, 40000), "application/sdp") if self.method == "INVITE" else ("hello", "text/plain")
        )
        number = next(self.numbers)
        headers = [
            f"{self.method} sip:{number}@{PBX[0]}:{PBX[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bKu{self.sent}",
            f"From: <sip:{self.of}@{host}>;tag=u{self.sent}",
            f"To: <sip:{number}@{PBX[0]}>",
            f"Call-ID: {self.method}{self.of}{self.sent}",
            f"CSeq: 1 {self.method}",
            f"Contact: <sip:{self.of}@{host}:{port}>",
            "Max-Forwards: 70",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
        self.socket.sendto("\r\n".join(headers).encode(), PBX)

    def close(self) -> None:
        self.socket.close()


@contextlib.contextmanager
def cli(pbx: Pbx) -> Iterator[socket.socket]:
    """Asterisk's own socket: `asterisk -rx` takes longer to start than the moment that is looked for."""
    with socket.socket(socket.AF_UNIX) as stream:
        stream.connect(str(pbx.base / "run/asterisk.ctl"))
        stream.setblocking(False)
        yield stream


COMMANDS = (
    "callprop show extensions",
    "callprop reload",
    "callprop show phones",
    "callprop explain 102 external queue dst",
)
ACTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("Getvar", {"Variable": "EXTENSION_STATUS(102)"}),
    ("CallpropListExtensions", {}),
    ("CallpropSetStatus", {"Extension": "104", "Status": "all"}),
    ("Getvar", {"Variable": "CALLPROP_EXPLAIN(102,external,extension,dst)"}),
    ("CallpropLogin", {"Phone": "PJSIP/107", "Extension": "108"}),
)


def runs_commands(pbx: Pbx) -> None:
    with cli(pbx) as stream:
        for command in COMMANDS:
            stream.sendall(command.encode() + b"\0")
            time.sleep(0.002)


def runs_actions(pbx: Pbx) -> None:
    with contextlib.closing(Manager()) as manager:
        for _ in range(20):
            for name, headers in ACTIONS:
                manager.action(name, **headers)


@contextlib.contextmanager
def many(pbx: Pbx, act: Callable[[Pbx], None]) -> Iterator[list[int]]:
    """Does so in threads, all the time. Counts how often it was done."""
    over = threading.Event()
    done: list[int] = []

    def loop() -> None:
        while not over.is_set():
            # An action that is not there while the module is unloaded is no mistake, and neither is an end of Asterisk: that is what is looked at.
            with contextlib.suppress(Failed, OSError):
                act(pbx)
                done.append(1)

    threads = [threading.Thread(target=loop, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        over.set()
        for thread in threads:
            thread.join(10)


def is_loaded(pbx: Pbx) -> bool:
    return "1 modules loaded" in pbx.command("module show like res_callprop")


def unload(pbx: Pbx, send: Callable[[], None], moment: float) -> bool:
    """
    Refused, or done: then it is loaded again. Returns whether it was done.

    Asterisk closes the connection when the command is through. Before that no other may unload it: Asterisk frees a module twice then.
    """
    with cli(pbx) as stream:
        for _ in range(3):
            send()
        time.sleep(moment)
        stream.sendall(b"cli quit after module unload res_callprop.so\0")
        stream.settimeout(seconds(30))
        while stream.recv(4096):
            pass
    pbx.hang_up_all()
    if is_loaded(pbx):
        return False
    pbx.rx("module load res_callprop.so")
    return True


def unloaded_while(desk: Desk, what: str, send: Callable[[], None]) -> None:
    pbx = desk.pbx
    began, times, done = time.monotonic(), 0, 0
    with contextlib.suppress(Failed, OSError):  # Asterisk is not there, which is told below
        while pbx.alive() and time.monotonic() < began + LONG:
            done += unload(pbx, send, BETWEEN * (times % MOMENTS))
            times += 1
    desk.check(f"unloaded while {what}: Asterisk is there", True, pbx.alive())
    if not pbx.alive():
        raise Failed(f"unloaded while {what}, {times} times: Asterisk is gone")
    desk.check(f"unloaded while {what}: it was, now and then", True, done > 0)


def look(desk: Desk) -> None:
    pbx = desk.pbx
    pbx.set_status("102", ("all",))
    for what, sender in {
        "calls arrive": Sender("trunk", "INVITE", "600"),
        "messages arrive": Sender("101", "MESSAGE", "102", "610", "500", "*60"),
    }.items():
        unloaded_while(desk, what, sender.send)
        sender.close()
    for what, act in {"commands are run": runs_commands, "actions are run": runs_actions}.items():
        with many(pbx, act) as done:
            unloaded_while(desk, what, lambda: None)
        desk.check(f"unloaded while {what}: they were", True, len(done) > 0)
    desk.check("loaded", True, until(lambda: is_loaded(pbx)))
    desk.check("a call", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))


SETUPS = [Setup("unloaded while in use", look, {"modules.conf": modules("res_pjsip_messaging")})]

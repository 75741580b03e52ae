#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What callprop costs a call in Asterisk, beside the same call without it, as ratios within one run: `make bench-asterisk`.

usage: bench.py [--rounds N] [--keep]

One caller and one phone in this process, one call after the other. The module is loaded and unloaded in turn, and the kinds of
call take turns in a new order each time: whatever else the machine does meets all alike. Everything happens in a network namespace that has nothing but loopback.
"""

from __future__ import annotations

import argparse
import random
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median, stdev

sys.path.append(str(Path(__file__).resolve().parents[1] / "shared"))

from real_calls import Failed, run_main

import run
from agents import PBX, Message, parse
from host import Host
from pbx import Pbx
from setups import Setup, conf
from sip import address

# 102 is permitted and 103 is denied.
DIALPLAN = """
[bench]
exten => hangup,1,Hangup(21)
exten => direct,1,Gosub(callprop,direct,1(103))
 same => n,Dial(PJSIP/103,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => ring,1,Gosub(callprop,call,1(103))
 same => n,Dial(PJSIP/103,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => none,1,Dial(PJSIP/102,20)
 same => n,Hangup(${HANGUPCAUSE})
exten => empty,1,Gosub(empty,s,1(102))
 same => n,Dial(PJSIP/102,20,b(empty^s^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => callprop,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => callprop-direct,1,Gosub(callprop,direct,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
[empty]
exten => s,1,Return()
"""
REFUSED = ("hangup", "direct", "ring")
WITH = [*REFUSED, "callprop", "callprop-direct"]
# Without the module, which would cut these off.
WITHOUT = ["none", "empty"]
WARM_UP = 5
BLOCK = 25  # calls of one kind in a row, for which the processor's time is read
OVER = 0.05  # seconds until everything of a block's last call is over in Asterisk, too
LARGEST_ERROR = 0.025  # of a ratio that has a limit: with more, there were too few rounds

# What, beside what, and how many times as long it may take.
LIMITS = [
    ("INVITE to 403, median", "latency", "direct", "hangup", 1.2),
    ("INVITE in to INVITE out, median", "latency", "callprop", "empty", 1.05),
    ("INVITE in to INVITE out, median", "latency", "callprop-direct", "empty", 1.05),
    # Beside a Gosub and a handler that do nothing: those alone take a sixth of a call more.
    ("processor's time of a call", "cpu", "callprop", "empty", 1.05),
    ("processor's time of a call", "cpu", "callprop-direct", "empty", 1.05),
]
SHOWN = [
    ("INVITE to 403, median", "latency", "ring", "hangup"),
    ("INVITE in to INVITE out, median", "latency", "callprop", "none"),
    ("processor's time of a call", "cpu", "empty", "none"),
    ("processor's time of a call", "cpu", "callprop", "none"),
]


@dataclass
class Measured:
    """Of each block, in the order of the rounds."""

    latency: list[float] = field(default_factory=list)  # seconds, the median of its calls
    cpu: list[float] = field(default_factory=list)  # seconds of a call
    all_latencies: list[float] = field(default_factory=list)  # seconds of each call

    def p99(self) -> float:
        return sorted(self.all_latencies)[int(len(self.all_latencies) * 0.99)]


def ratio(one: list[float], beside: list[float]) -> tuple[float, float]:
    """How many times as much one is as the other, and the standard error of that.

    The two blocks of a round stand beside each other in time: what the machine does besides changes from round to round by more than what is
    to be told apart. The median leaves out rounds in which it did something else.
    A limit is not kept when the ratio is above it by more than twice the error, nor when the error is too large to tell.
    """
    ratios = [a / b for a, b in zip(one, beside, strict=True)]
    return median(ratios), 1.253 * stdev(ratios) / len(ratios) ** 0.5


def judge(value: float, error: float, limit: float) -> str:
    """Nothing when the limit is kept, and else why not."""
    if error > LARGEST_ERROR:
        return ": NOT KNOWN, the error is too large: more rounds, on a quiet machine"
    return ": OVER" if value - 2 * error > limit else ""


class Line:
    """A caller's socket, and that of the phone 102."""

    def __init__(self) -> None:
        self.caller, self.phone = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.caller.bind(("127.0.0.1", 0))
        self.phone.bind(address("102"))
        self.number = 0

    def close(self) -> None:
        self.caller.close()
        self.phone.close()

    def send(self, of: socket.socket, first: str, headers: list[str], sdp: bool = False) -> None:
        host, port = of.getsockname()
        body = (
            f"v=0\r\no=b 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {20000 + port % 1000 * 2} RTP/AVP 0\r\n"
            if sdp
            else ""
        )
        kind = ["Content-Type: application/sdp"] if sdp else []
        lines = [first, *headers, f"Contact: <sip:b@{host}:{port}>", *kind, f"Content-Length: {len(body)}", "", body]
        of.sendto("\r\n".join(lines).encode(), PBX)

    def reply(self, of: socket.socket, request: Message, status: str, sdp: bool = False) -> None:
        to = request.get("to")
        headers = [f"Via: {value}" for key, value in request.headers if key == "via"]
        headers += [f"From: {request.get('from')}", f"To: {to}" + ("" if "tag=" in to else f";tag=t{self.number}")]
        headers += [f"Call-ID: {request.get('call-id')}", f"CSeq: {request.get('cseq')}"]
        self.send(of, f"SIP/2.0 {status}", headers, sdp)

    def ask(self, method: str, number: int, to: str, target: str, branch: str) -> None:
        host, port = self.caller.getsockname()
        headers = [
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{branch}",
            f"From: <sip:101@{host}>;tag=f{self.number}",
            f"To: {to}",
            f"Call-ID: b{self.number}",
            f"CSeq: {number} {method}",
            "Max-Forwards: 70",
        ]
        self.send(self.caller, f"{method} {target} SIP/2.0", headers, sdp=method == "INVITE")

    def call(self, kind: str) -> float:
        """One call. How long it takes until it is refused, or rings the phone; then it is answered and ended."""
        self.number += 1
        to = target = f"sip:{kind}@{PBX[0]}:{PBX[1]}"
        self.ask("INVITE", 1, f"<{to}>", target, f"i{self.number}")
        began = time.perf_counter()
        took, deadline = 0.0, began + 5
        ended = answered = False
        while not ended:
            ready, _, _ = select.select([self.caller, self.phone], [], [], 0.5)
            now = time.perf_counter()
            if now > deadline:
                raise Failed(f"a call of {kind} does not end")
            for of in ready:
                message = parse(of.recv(65536))
                if message.get("call-id") == f"b{self.number - 1}":
                    continue  # a retransmission for the call before
                if of is self.phone:
                    if message.method == "INVITE" and not message.status:
                        took = took or now - began
                        self.reply(of, message, "200 OK", sdp=True)
                    elif not message.status and message.method == "BYE":
                        self.reply(of, message, "200 OK")
                        ended = True
                elif message.status >= 200 and message.method == "INVITE":
                    refused = message.status >= 300
                    if not refused:
                        target = message.get("contact").strip("<>").partition(">")[0]
                    if (message.status != 403) if kind in REFUSED else refused:
                        raise Failed(f"a call of {kind} comes to {message.status}")
                    self.ask("ACK", 1, message.get("to"), target, f"i{self.number}" if refused else f"a{self.number}")
                    if refused:
                        took, ended = now - began, True
                    elif not answered:
                        answered = True
                        self.ask("BYE", 2, message.get("to"), target, f"b{self.number}")
        return took


def settle(pbx: Pbx) -> None:
    """A call is over for the phones before it is over for Asterisk."""
    while " 0 active channels" not in f" {pbx.rx('core show channels count')}":
        time.sleep(0.02)


def load(pbx: Pbx, wanted: bool) -> None:
    settle(pbx)
    pbx.rx(f"module {'load' if wanted else 'unload'} res_callprop.so")
    if ("1 modules loaded" in pbx.rx("module show like res_callprop")) != wanted:
        raise Failed(f"the module does not {'load' if wanted else 'unload'}")


def measure_block(pbx: Pbx, line: Line, kind: str, measured: Measured) -> None:
    for _ in range(WARM_UP):
        line.call(kind)
    time.sleep(OVER)
    before = pbx.processor_time()
    took = []
    for _ in range(BLOCK):
        took.append(line.call(kind))
        time.sleep(0.004)  # Asterisk ends a call after the phones have
    time.sleep(OVER)
    measured.cpu.append((pbx.processor_time() - before) / BLOCK)
    measured.latency.append(median(took))
    measured.all_latencies += took


def measure(pbx: Pbx, rounds: int) -> dict[str, Measured]:
    measured = {kind: Measured() for kind in [*WITH, *WITHOUT]}
    line, order = Line(), random.Random(1)
    try:
        for number in range(rounds):
            for is_loaded in (True, False) if number % 2 else (False, True):
                load(pbx, is_loaded)
                kinds = list(WITH if is_loaded else WITHOUT)
                order.shuffle(kinds)
                for kind in kinds:
                    measure_block(pbx, line, kind, measured[kind])
    finally:
        line.close()
    return measured


def report(measured: dict[str, Measured]) -> int:
    """Prints the table; returns how many limits are not kept."""
    print("%-18s %9s %9s %9s" % ("call", "median", "p99", "processor"))
    for kind, seen in measured.items():
        values = (1000 * median(seen.all_latencies), 1000 * seen.p99(), 1000 * fmean(seen.cpu))
        print("%-18s %6.2f ms %6.2f ms %6.2f ms" % (kind, *values))
    over = 0
    for name, what, kind, beside, *limit in [*LIMITS, *SHOWN]:
        value, error = ratio(getattr(measured[kind], what), getattr(measured[beside], what))
        verdict = judge(value, error, limit[0]) if limit else ""
        over += bool(verdict)
        asked = f"at most {limit[0]}{verdict}" if limit else ""
        print(f"{name}: {kind} / {beside} = {value:.3f} ± {error:.3f} {asked}".rstrip())
    return over


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=240, help=f"of {BLOCK} calls of each kind")
    options.add_argument("--keep", action="store_true", help="the system of the run before, if it is there")
    chosen = options.parse_args()
    run.WORK.mkdir(parents=True, exist_ok=True)
    system = Host("sid", run.WORK, chosen.keep)
    system.install("CFLAGS='-O2 -g'")
    run.leave_the_network()
    setup = Setup(
        "bench",
        lambda desk: None,
        {
            "extensions.conf": conf("extensions.conf", DIALPLAN),
            "pjsip.conf": conf("pjsip.conf").replace("context = internal", "context = bench"),
            "logger.conf": "[logfiles]\nfull => notice,warning,error\n",
        },
    )
    with run.asterisk(system, setup) as (pbx, _):
        pbx.set_status("101", ("all",))
        pbx.set_status("102", ("li",))
        pbx.set_status("103", ("ri",))
        pbx.manager.close()
        pbx.manager = None
        pbx.rx("core set verbose 0")
        measured = measure(pbx, chosen.rounds)
        over = report(measured)
    print(
        f"bench-asterisk: Asterisk {system.version()}: {chosen.rounds * BLOCK} calls of each kind; {over} limits not kept"
    )
    return 1 if over else 0


if __name__ == "__main__":
    run_main("bench-asterisk", main)

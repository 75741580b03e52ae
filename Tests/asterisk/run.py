#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The proof behind `make test-asterisk`: real calls by SIPp through a real Asterisk whose every decision is callprop's.

usage: run.py [--only WORD]

Everything happens in a network namespace that has nothing but loopback.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import sys
import time
from pathlib import Path

import host
import paths
from host import Failed, Host
from pbx import Pbx

WORK = host.ROOT / "build/asterisk"


def leave_the_network() -> None:
    """From here on this process and its children reach loopback only."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):  # CLONE_NEWNET
        raise Failed(f"unshare: {os.strerror(ctypes.get_errno())}: this needs root")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh22x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


def show(outcomes: list[paths.Outcome]) -> int:
    """Prints the table. Returns how many rows differ."""
    wrong = 0
    line = "%-18s %-24s %-5s %-9s %-42s %s"
    print(line % ("path", "call", "prop", "status", "expected", "seen"))
    for outcome in outcomes:
        same = outcome.expected == outcome.seen
        wrong += not same
        print(line % (outcome.row.path, outcome.row.what, outcome.row.prop, "has it" if outcome.permitted else "lacks it",
                      outcome.expected, "the same" if same else f"WRONG: {outcome.seen}"))
    return wrong


def run_paths(pbx: Pbx, folder: Path, only: str | None) -> int:
    rows = [row for row in paths.TABLE if not only or only in f"{row.path}: {row.what} {row.prop}"]
    outcomes = [paths.measure(pbx, folder, row, permitted) for row in rows for permitted in (True, False)]
    wrong = show(outcomes)
    names = {row.path for row in rows}
    print(f"paths: {len(outcomes)} calls on {len(names)} paths with {len({row.prop for row in rows})} properties, {wrong} wrong",
          flush=True)
    return wrong


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--only", help="only the rows whose path, call or property hold this word")
    options.add_argument("--suite", default="sid")
    arguments = options.parse_args()
    only = arguments.only
    started = time.monotonic()

    WORK.mkdir(parents=True, exist_ok=True)
    host.need("sipp", "sip-tester", WORK / "apt.log")
    new = Host(arguments.suite, WORK)
    new.install()
    leave_the_network()
    folder = WORK / "sipp"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    print(f"Asterisk {new.version()}", flush=True)

    pbx = Pbx(new)
    # Whoever ends this test ends its Asterisk, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        pbx.start()
        wrong = run_paths(pbx, folder, only)
    finally:
        pbx.stop()
    print(f"test-asterisk: {wrong} differences; {time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print(f"test-asterisk: FAILED: {failure}", file=sys.stderr)
        sys.exit(1)

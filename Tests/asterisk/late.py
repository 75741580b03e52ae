#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The proof behind `make check-asterisk-late`: whoever may be connected is, and nobody else, also when the module hears of it late.

usage: late.py [--setup WORD] [--late MILLISECONDS] [--keep]

An Asterisk that has much to do tells of who enters a bridge when more has happened there since. Here it is late by as much for each message, one
after the other, which late.c does; what the setups of `make test-asterisk` say of hostile calls, and of an office, is to be so all the same.
Exit status 0: it is."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "shared"))

from real_calls import run_main

import run
from host import Host, remove

WORK = run.WORK / "late"
SYSTEMS = 3
LATE = 20  # milliseconds. Several add up: a phone does not hang up or transfer before the module has heard of its connection.
KINDS = ("hostile", "office, ")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--setup", default="", help="only those whose name holds this word")
    options.add_argument("--late", type=int, default=LATE, metavar="MILLISECONDS", help=f"for each message ({LATE})")
    options.add_argument("--keep", action="store_true", help="the systems of the run before, if they are there")
    chosen = options.parse_args()
    started = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    setups = [setup for setup in run.SETUPS if setup.name.startswith(KINDS) and chosen.setup in setup.name]
    systems = [Host("sid", WORK / str(number), chosen.keep) for number in range(min(SYSTEMS, len(setups)))]
    for system in systems:
        system.install(
            f"CFLAGS='-O2 -g -Wextra -DLATE={chosen.late}' LDFLAGS=-Wl,--wrap=__stasis_subscribe",
            Path(__file__).with_name("late.c"),
        )
    run.leave_the_network()
    with run.SetupsBeside(systems, setups) as beside:
        wrong = beside.show()
    if not wrong:
        for system in systems:
            remove(system.root)
    for row in wrong or ([] if setups else [f"{chosen.setup}: no such setup has that name"]):
        print(row)
    print(
        f"check-asterisk-late: {len(setups)} setups, each message {chosen.late} ms late: {len(wrong)} differences;"
        f" {time.monotonic() - started:.0f} s"
    )
    return 1 if wrong or not setups else 0


if __name__ == "__main__":
    run_main("check-asterisk-late", main)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The proof behind `make check-asterisk-late`: whoever may be connected is, and nobody else, also when the module hears of it late.

usage: late.py [--setup WORD] [--late ENTRIES,TRANSFERS,DIALS,OTHERS]... [--keep]

An Asterisk that has much to do tells of what has happened when more has happened since, and of one thing before or after another. Here it tells of
who enters a bridge, of transfers, of what rings, and of all else so many milliseconds late each, which late.c does; what the setups of
`make test-asterisk` say of hostile calls, and of an office, is to be so all the same. Exit status 0: it is."""

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
# Milliseconds. Several add up, and a phone does not hang up or transfer before the module has heard of its connection.
KINDS = ("hostile", "office, ")
# What rings so late that it has answered before is for those alone that wait for it.
LATE = {"20,20,0,20": KINDS, "45,0,15,0": KINDS, "0,45,15,45": KINDS, "0,0,400,0": ("hostile, answered",)}


def install(systems: list[Host], late: str) -> None:
    entries, transfers, dials, others = map(int, late.split(","))
    defines = f"-DLATE_ENTRIES={entries} -DLATE_TRANSFERS={transfers} -DLATE_DIALS={dials} -DLATE_OTHERS={others}"
    for system in systems:
        system.install(
            f"CFLAGS='-O2 -g -Wextra {defines}' LDFLAGS=-Wl,--wrap=__stasis_subscribe",
            Path(__file__).with_name("late.c"),
        )


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--setup", default="", help="only those whose name holds this word")
    options.add_argument(
        "--late",
        action="append",
        metavar="ENTRIES,TRANSFERS,DIALS,OTHERS",
        help=f"milliseconds, for all setups; one after another {tuple(LATE)}",
    )
    options.add_argument("--keep", action="store_true", help="the systems of the run before, if they are there")
    chosen = options.parse_args()
    started = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    setups = {
        late: [setup for setup in run.SETUPS if setup.name.startswith(kinds) and chosen.setup in setup.name]
        for late, kinds in (dict.fromkeys(chosen.late, KINDS) if chosen.late else LATE).items()
    }
    setups = {late: those for late, those in setups.items() if those}
    if not setups:
        print(f"{chosen.setup}: no such setup has that name")
        return 1
    most = max(map(len, setups.values()))
    systems = [Host("sid", WORK / str(number), chosen.keep) for number in range(min(SYSTEMS, most))]
    wrong = []
    run.leave_the_network()
    for late, those in setups.items():
        print(f"---- Late: {late}", flush=True)
        install(systems, late)
        with run.SetupsBeside(systems, those) as beside:
            wrong += [f"late {late}: {row}" for row in beside.show()]
    if not wrong:
        for system in systems:
            remove(system.root)
    for row in wrong:
        print(row)
    print(f"check-asterisk-late: {most} setups: {len(wrong)} differences; {time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    run_main("check-asterisk-late", main)

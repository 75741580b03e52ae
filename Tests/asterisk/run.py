#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The proof behind `make test-asterisk`: real calls by SIPp through a real Asterisk whose every decision is callprop's.

usage: run.py [--only WORD] [--desk [WORD]] [--setup WORD] [--quick] [--keep]

Everything happens in network namespaces that have nothing but loopback. Asterisk mostly waits, so the setups go on beside the calls, each in
one of two systems; what they show is shown at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import io
import multiprocessing
import os
import shutil
import signal
import socket
import struct
import sys
import time
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Callable

sys.path.append(str(Path(__file__).resolve().parents[1] / "shared"))

from real_calls import Failed, need, run_main

import administration
import cases
import client_statuses
import clients
import clients_desk
import codes
import crossing
import desk_denials
import ends
import history
import host
import hostile
import hostile_again
import hostile_answered
import hostile_behind
import hostile_chains
import hostile_clients
import hostile_denied
import hostile_desks
import hostile_early
import hostile_forwards
import hostile_heard
import hostile_hearers
import hostile_joined_clients
import hostile_more
import hostile_more_clients
import hostile_names
import hostile_senders
import hostile_several
import hostile_unsaid
import hostile_users
import hostile_whispers
import hosting
import hotdesk
import injection
import installed
import load
import office_day
import office_denied
import pasted
import pasted_clients
import paths
import queues
import readers
import replayed
import seen
import unloads
import vendor
from calls import AnyLab
from desk import Check
from host import Host
from lab import Lab, QuickLab
from pbx import Pbx
from setups import Setup

WORK = host.ROOT / "build/asterisk"
SETUPS = [
    *injection.SETUPS,
    *readers.SETUPS,
    *replayed.SETUPS,
    *installed.SETUPS,
    *pasted.SETUPS,
    *pasted_clients.SETUPS,
    *queues.SETUPS,
    *desk_denials.SETUPS,
    *clients.SETUPS,
    *crossing.SETUPS,
    *hotdesk.SETUPS,
    *hosting.SETUPS,
    *client_statuses.SETUPS,
    *seen.SETUPS,
    *unloads.SETUPS,
    *ends.SETUPS,
    *vendor.SETUPS,
    *codes.SETUPS,
    *history.SETUPS,
    *clients_desk.SETUPS,
    *hostile.SETUPS,
    *hostile_clients.SETUPS,
    *hostile_joined_clients.SETUPS,
    *hostile_more.SETUPS,
    *hostile_more_clients.SETUPS,
    *hostile_chains.SETUPS,
    *hostile_several.SETUPS,
    *hostile_whispers.SETUPS,
    *hostile_forwards.SETUPS,
    *hostile_heard.SETUPS,
    *hostile_hearers.SETUPS,
    *hostile_users.SETUPS,
    *hostile_names.SETUPS,
    *hostile_denied.SETUPS,
    *hostile_desks.SETUPS,
    *hostile_early.SETUPS,
    *hostile_behind.SETUPS,
    *hostile_senders.SETUPS,
    *hostile_unsaid.SETUPS,
    *hostile_again.SETUPS,
    *hostile_answered.SETUPS,
    *office_day.SETUPS,
    *office_denied.SETUPS,
]


def leave_the_network() -> None:
    """From here on this process and its children reach loopback only."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):  # CLONE_NEWNET
        raise Failed(f"unshare: {os.strerror(ctypes.get_errno())}: this needs root")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh22x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


def show(outcomes: list[cases.Outcome]) -> list[str]:
    """Prints the table. Returns the rows that differ."""
    wrong = []
    line = "%-18s %-24s %-5s %-9s %-42s %s"
    print(line % ("path", "call", "prop", "status", "expected", "seen"))
    for outcome in outcomes:
        same = outcome.expected == outcome.seen
        row = line % (
            outcome.row.path,
            outcome.row.what,
            outcome.row.prop,
            "has it" if outcome.permitted else "lacks it",
            outcome.expected,
            "the same" if same else f"WRONG: {outcome.seen}",
        )
        print(row)
        if not same:
            wrong.append(row)
    return wrong


def run_paths(pbx: Pbx, folder: Path, rows: list[cases.Row], lab_of: Callable[[Pbx, Path], AnyLab] = Lab) -> list[str]:
    started = time.monotonic()
    try:
        outcomes = [cases.measure(pbx, folder, row, permitted, lab_of) for row in rows for permitted in (True, False)]
    finally:
        QuickLab.close()
    wrong = show(outcomes)
    names, properties = {row.path for row in rows}, {row.prop for row in rows}
    print(
        f"paths: {len(outcomes)} calls on {len(names)} paths, each of {len(properties)} properties there and missing;"
        f" {len(wrong)} wrong; {time.monotonic() - started:.0f} s\n",
        flush=True,
    )
    return wrong


def first_of_each_path() -> list[cases.Row]:
    first: dict[str, cases.Row] = {}
    for row in paths.TABLE:
        first.setdefault(row.path, row)
    return list(first.values())


def show_checks(what: str, checks: list[Check], started: float) -> list[str]:
    wrong = [] if checks else [f"{what}: nothing has that name"]
    print("%-40s %s" % (what, "seen"))
    for check in checks:
        same = check.expected == check.seen
        row = f"{check.name:40} {'as expected' if same else f'WRONG: {check.seen!r}, expected {check.expected!r}'}"
        print(row)
        if not same:
            wrong.append(f"{what}: {row}")
    print(f"{what}: {len(checks)} checks, {len(wrong)} wrong; {time.monotonic() - started:.0f} s\n", flush=True)
    return wrong


def run_desk(pbx: Pbx, folder: Path, word: str = "") -> list[str]:
    started = time.monotonic()
    try:
        checks = administration.run(pbx, folder, QuickLab, word)  # whatever SIPp sees is seen by the paths
    finally:
        QuickLab.close()
    return show_checks("administration", checks, started)


def run_setups(system: Host, setups: list[Setup]) -> list[str]:
    """Each with an Asterisk of its own."""
    wrong = []
    for setup in setups:
        started = time.monotonic()
        with asterisk(system, setup) as (pbx, folder):
            wrong += show_checks(setup.name, setup.run(pbx, folder), started)
    return wrong


BESIDE = 2  # systems for setups, beside the one of the calls


class SetupsBeside:
    """The setups, each in whichever of these systems is free. Whoever leaves early ends them."""

    def __init__(self, systems: list[Host], setups: list[Setup]):
        self.setups = setups
        fork = multiprocessing.get_context("fork")
        self.begun = fork.Value("i", 0)
        self.told = []
        self.workers = []
        for system in systems:
            here, there = fork.Pipe(duplex=False)
            self.workers.append(fork.Process(target=self.work, args=(system, there), daemon=True))
            self.workers[-1].start()
            there.close()
            self.told.append(here)

    def __enter__(self) -> SetupsBeside:
        return self

    def __exit__(self, *_) -> None:
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.join(60)
            worker.kill()

    def work(self, system: Host, there: Connection) -> None:
        leave_the_network()
        while True:
            with self.begun.get_lock():
                which, self.begun.value = self.begun.value, self.begun.value + 1
            if which >= len(self.setups):
                return
            wrong = []
            with contextlib.redirect_stdout(io.StringIO()) as shown:
                try:
                    wrong = run_setups(system, [self.setups[which]])
                except Failed as failure:
                    wrong = [f"{self.setups[which].name}: FAILED: {failure}"]
            there.send((which, shown.getvalue(), wrong))

    def show(self) -> list[str]:
        """In their order, once all have come to their end."""
        came: dict[int, tuple[str, list[str]]] = {}
        while self.told:
            for here in wait(self.told):
                try:
                    which, text, wrong = here.recv()
                except EOFError:
                    self.told.remove(here)
                else:
                    came[which] = text, wrong
        differing = [f"{setup.name}: was not run" for which, setup in enumerate(self.setups) if which not in came]
        for _, (text, wrong) in sorted(came.items()):
            print(text, end="", flush=True)
            differing += wrong
        return differing


def run_load(pbx: Pbx, folder: Path) -> list[str]:
    wrong, line = load.run(pbx, folder)
    print(f"{line}\n", flush=True)
    return [line] if wrong else []


@contextlib.contextmanager
def asterisk(system: Host, setup: Setup | None = None, pbx_of: Callable[[Host], Pbx] = Pbx):
    """Asterisk in this system, stopped at the end, whatever the end is."""
    work = system.root.parent
    folder = work / f"{system.suite}-sipp"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    pbx = pbx_of(system)
    if setup:
        setup.prepare(pbx)
    try:
        pbx.start()
        yield pbx, folder
    finally:
        try:
            pbx.stop()
        finally:
            (work / f"{system.suite}{f'-{setup.name}' if setup else ''}.log").write_text(pbx.log())


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument(
        "--only", help="only the rows of the table whose path, call or property hold this word, in the newer Asterisk"
    )
    options.add_argument(
        "--quick",
        action="store_true",
        help="with the phones of agents.py instead of SIPp's, in the newer Asterisk, without the load: a short look",
    )
    options.add_argument(
        "--desk",
        nargs="?",
        const="",
        metavar="WORD",
        help="only the administrator's doings, or those of them whose name holds this word, in the newer Asterisk",
    )
    options.add_argument(
        "--setup", help="only the Asterisks of their own whose name holds this word, in the newer Asterisk"
    )
    options.add_argument(
        "--keep", action="store_true", help="the system of the run before, if it is there, with the module built anew"
    )
    chosen = options.parse_args()
    only, lab_of = chosen.only, QuickLab if chosen.quick else Lab
    started = time.monotonic()
    # Whoever ends this test ends its Asterisk and its SIPp, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    WORK.mkdir(parents=True, exist_ok=True)
    need("sip-tester", shutil.which("sipp") is not None, WORK / "apt.log")
    narrow = only or chosen.desk is not None or chosen.setup is not None or chosen.quick
    new, old = Host("sid", WORK, chosen.keep), None if narrow else Host("bullseye", WORK)
    beside = [] if narrow else [Host("sid", WORK / f"beside-{number}") for number in range(BESIDE)]
    for system in filter(None, (new, old, *beside)):
        system.install()
    leave_the_network()

    versions = f"Asterisk {new.version()}"
    print(versions, flush=True)
    if chosen.setup is not None:
        setups = [setup for setup in SETUPS if chosen.setup in setup.name]
        if not setups:
            print(f"{chosen.setup}: no setup has that name")
        return 1 if not setups or run_setups(new, setups) else 0
    with contextlib.ExitStack() as stack:
        setups_beside = stack.enter_context(SetupsBeside(beside, SETUPS)) if beside else None
        with asterisk(new) as (pbx, folder):
            if chosen.desk is not None:
                return 1 if run_desk(pbx, folder, chosen.desk) else 0
            if only:
                rows = [row for row in paths.TABLE if only in f"{row.path}: {row.what} {row.prop}"]
                return 1 if not rows or run_paths(pbx, folder, rows, lab_of) else 0
            wrong = run_paths(pbx, folder, paths.TABLE, lab_of)
            wrong += [] if chosen.quick else run_load(pbx, folder)
            wrong += run_desk(pbx, folder)
        if old:
            print(f"Asterisk {old.version()}", flush=True)
            versions += f" and {old.version()}"
            with asterisk(old) as (pbx, folder):
                wrong += run_paths(pbx, folder, first_of_each_path())
        wrong += setups_beside.show() if setups_beside else run_setups(new, SETUPS)

    if not wrong:
        for system in filter(None, (new, old, *beside)):
            host.remove(system.root)
    for row in wrong:  # once more, where whoever reads only the end finds them
        print(row)
    print(f"test-asterisk: {versions}: {len(wrong)} differences; {time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    run_main("test-asterisk", main)

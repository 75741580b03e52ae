#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Calls per second, by SIPp, with 200 clients of 100 extensions beside those with one client, as a ratio within one run; and what an extension takes of memory.

usage: bench_clients.py [--rounds N] [--keep]

The files take turns in one Asterisk, with a reload in between: whatever else the machine does meets both alike. The calls are those of one client,
which has the same phones in both, and each is permitted for who calls and who is rung. Everything happens in a network namespace that has nothing but loopback.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).resolve().parents[1] / "shared"))

from real_calls import Failed, free_port, need, run_main

import run
from bench import settle
from clients_conf import FILES
from host import Host
from hosting import EACH, MANY, ORDERS, calm, clients, file_of, in_order, lines_of
from pbx import Pbx
from setups import Setup
from sip import PBX, SCENARIOS, address, host

CALLS, AT_ONCE = 150, 12
LEAST = 0.95  # of one client's calls per second
SECONDS = 0.5  # of one processor, at most, for reading all clients
CALLER, PHONE = "acme-101", "acme-102"
# Acme alone, with the phones that it has beside the others.
ONE = [line for line in lines_of(FILES["callprop.conf"]) if not line[0].endswith("@beta")]


def sipp(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    log = (folder / "sipp.log").open("ab")
    return subprocess.Popen(
        ["sipp", "-nostdin", "-bind_local", *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )


def at(where: str, port: int) -> list[str]:
    return ["-i", where, "-ci", where, "-mi", where, "-mp", str(free_port(where)), "-p", str(port)]


def phone(folder: Path) -> subprocess.Popen[bytes]:
    where, port = address(PHONE)
    return sipp(folder, "-sn", "uas", *at(where, port), PBX)


def permitted(folder: Path) -> Path:
    """Calls that are not to be denied: then SIPp has failed."""
    file = folder / "permitted.xml"
    file.write_text(
        (SCENARIOS / "short_call.xml").read_text().replace('<recv response="403" optional="true" next="refused"/>', "")
    )
    return file


def calls(folder: Path, port: int) -> float:
    """So many calls, one after the other on each of a few lines. How long they take, in seconds."""
    where = host(CALLER)
    began = time.perf_counter()
    caller = sipp(
        folder,
        *("-sf", str(permitted(folder)), *at(where, port)),
        *("-key", "who", CALLER, "-s", "102", "-m", str(CALLS), "-l", str(AT_ONCE), "-r", "1000", "-timeout", "120", "-timeout_error", PBX),
    )  # fmt: skip
    if caller.wait(150):
        raise Failed(f"SIPp: a call failed: see {folder / 'sipp.log'}")
    return time.perf_counter() - began


def read(pbx: Pbx, text: str) -> None:
    settle(pbx)
    pbx.configure(text)
    said = pbx.rx("callprop reload")
    if "in force" not in said and "extensions" not in said:
        raise Failed(f"callprop reload: {said}")
    calm(pbx)


def measure(pbx: Pbx, folder: Path, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Of each file and round: calls per second, and the processor's time of a call."""
    files = {
        "one client": file_of(ONE),
        "200 clients": file_of(in_order("at random", [*lines_of(FILES["callprop.conf"]), *clients(MANY)])),
    }
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in files}
    for number in range(rounds + 1):
        for name in list(files) if number % 2 else reversed(list(files)):
            read(pbx, files[name])
            before = pbx.processor_time()
            took = calls(folder, 7000 + number * 2 + (name == "one client"))
            settle(pbx)
            if number:  # the first round is to warm up
                measured[name].append((CALLS / took, (pbx.processor_time() - before) / CALLS))
    return measured


def memory(pbx: Pbx) -> float:
    """Bytes of each extension, with what reading the file has left."""
    few = lines_of(FILES["callprop.conf"])
    read(pbx, file_of(few))
    before = pbx.rss()
    read(pbx, file_of([*few, *clients(MANY)]))
    return (pbx.rss() - before) * 1024 / (MANY * EACH)


def reading(pbx: Pbx) -> dict[str, float]:
    """Seconds of one processor, for the file in each order."""
    took = {}
    for order in ORDERS:
        text = file_of(in_order(order, [*lines_of(FILES["callprop.conf"]), *clients(MANY)]))
        calm(pbx)
        pbx.configure(text)
        before = pbx.processor_time()
        pbx.rx("callprop reload")
        took[order] = pbx.processor_time() - before
    return took


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=16, help=f"of {CALLS} calls with each file")
    options.add_argument("--keep", action="store_true", help="the system of the run before, if it is there")
    chosen = options.parse_args()
    run.WORK.mkdir(parents=True, exist_ok=True)
    need("sip-tester", shutil.which("sipp") is not None, run.WORK / "apt.log")
    system = Host("sid", run.WORK, chosen.keep)
    system.install("CFLAGS='-O2 -g'")
    run.leave_the_network()
    setup = Setup("bench clients", lambda desk: None, {**FILES, "logger.conf": "[logfiles]\nfull => warning,error\n"})
    with run.asterisk(system, setup) as (pbx, folder):
        pbx.manager.close()
        pbx.manager = None
        pbx.rx("core set verbose 0")
        each, took = memory(pbx), reading(pbx)
        answering = phone(folder)
        try:
            measured = measure(pbx, folder, chosen.rounds)
        finally:
            answering.kill()
            answering.wait()
    print(f"memory of each of {MANY * EACH:,} extensions: {each:.0f} bytes")
    print(
        f"read, {', '.join(f'{order} {used:.2f} s' for order, used in took.items())}; at most {SECONDS} s of one processor"
    )
    print("%-12s %15s %24s" % ("file", "calls a second", "processor's time of a call"))
    for name, seen in measured.items():
        print(
            "%-12s %15.0f %21.2f ms" % (name, median(rate for rate, _ in seen), 1000 * median(cost for _, cost in seen))
        )
    rate, cost = (
        median(seen[place] for seen in measured["200 clients"]) / median(seen[place] for seen in measured["one client"])
        for place in (0, 1)
    )
    kept = rate >= LEAST and max(took.values()) <= SECONDS
    print(f"calls a second: 200 clients / one client = {rate:.3f} at least {LEAST}" + ("" if kept else ": UNDER"))
    print(f"processor's time of a call: 200 clients / one client = {cost:.3f}")
    print(f"bench-asterisk, clients: Asterisk {system.version()}: {chosen.rounds * CALLS} calls with each file")
    return 0 if kept else 1


if __name__ == "__main__":
    run_main("bench-asterisk, clients", main)

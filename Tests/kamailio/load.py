# SPDX-License-Identifier: MIT
"""Calls per second, with the check and without it, in turns on the same machine. Nothing here fails a test."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from real_calls import Failed, free_port

import machine
from machine import PHONES, PROXY, TRUNK, Proxy
from office import NOTHING, OPEN, extension

SECONDS = 2.0  # of calls at each rate
LADDER = (500, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 8000, 10000)
BUDGET = 110.0  # seconds for all of it


@dataclass
class Contestant:
    """A Kamailio under load: the highest rate that it held, and what a call cost it at each rate, in µs of processor time."""

    name: str
    proxy: Proxy
    scenario: str
    number: str
    held: int = 0
    beaten: bool = False
    costs: dict[int, float] = field(default_factory=dict)


def compare(folder: Path, prefix: Path, office: dict[str, Any], statuses: str, phones: int) -> None:
    checked = begin(folder / "load-checked", prefix, office, statuses, phones, "")
    unchecked = begin(folder / "load-unchecked", prefix, office, statuses, phones, "unchecked.py")
    denied = extension("li", NOTHING)
    contestants = [
        Contestant("relayed, a status asked", checked, "relayed.xml", OPEN),
        Contestant("relayed, without the check", unchecked, "relayed.xml", OPEN),
        Contestant("denied with 403 and reason", checked, "denied.xml", denied),
    ]
    climb(folder, contestants, phones, time.monotonic() + BUDGET)
    print(f"\n{'2 workers':32}{'calls/s held':>16}{'processor per call':>22}")
    common = set(contestants[0].costs) & set(contestants[1].costs)
    for each in contestants:
        # With and without are compared at the rates that both held: a call costs less when calls come close together.
        costs = [cost for rate, cost in each.costs.items() if rate in common or each.scenario == "denied.xml"]
        cost = f"{sum(costs) / len(costs):.0f} µs" if costs else "-"
        held = f"{each.held:,}" + ("" if each.beaten else " or more") if each.held else f"below {LADDER[0]}"
        print(f"{each.name:32}{held:>16}{cost:>22}")


def begin(folder: Path, prefix: Path, office: dict[str, Any], statuses: str, phones: int, script: str) -> Proxy:
    proxy = Proxy(folder, prefix, office, statuses, script)
    proxy.start()
    proxy.wait_until_ready()
    if refused := proxy.register(OPEN, phones):
        raise Failed(f"it cannot register: {refused}")
    return proxy


def climb(folder: Path, contestants: list[Contestant], phones: int, deadline: float) -> None:
    """Each rate for all of them in turn, so that a busy machine is busy for all."""
    for rung, rate in enumerate(LADDER):
        for each in contestants if rung % 2 else reversed(contestants):
            if each.beaten or time.monotonic() > deadline:
                continue
            # A second try, since somebody else may have had the machine.
            if holds(folder, each, rate, phones) or holds(folder, each, rate, phones):
                each.held = rate
            else:
                each.beaten = True


def holds(folder: Path, each: Contestant, rate: int, phones: int) -> bool:
    """Calls at the rate for a while: does every one succeed, without any retransmission at either end?"""
    name = f"{each.scenario}-{each.proxy.port}-{rate}"
    calls = int(rate * SECONDS)
    callee = folder / "load-callee.csv"
    callee.unlink(missing_ok=True)
    options = ["-trace_stat", "-fd", "1", "-stf"]
    answerer = machine.start(
        machine.sipp("answer-load.xml", PHONES, phones, *options, str(callee)), folder / "load-callee.log"
    )
    fields, caller = folder / "load.csv", folder / f"{name}.csv"
    caller.unlink(missing_ok=True)
    fields.write_text(f"SEQUENTIAL\n{OPEN};{each.number};Subject: load\n")
    # From the trunk, which has no password: what is measured is the question.
    command = machine.sipp(each.scenario, TRUNK, free_port(TRUNK), "-inf", str(fields), "-m", str(calls), "-r",
                           str(rate), "-l", str(calls), "-timeout", "8", "-timeout_error", *options, str(caller),
                           f"{PROXY}:{each.proxy.port}")  # fmt: skip
    before = each.proxy.processor_seconds()
    process = machine.start(command, folder / f"{name}.log")
    code = machine.wait(process, 20)
    used = each.proxy.processor_seconds() - before
    machine.stop(answerer, 10)  # SIGUSR1: SIPp writes its statistics and ends
    ends = [last_line(caller), last_line(callee)]
    # SIPp itself may fall behind on a busy machine; the last calls' ends are in its rate too.
    in_time = float(ends[0].get("CallRate(C)", "0")) > 0.85 * rate
    held = code == 0 and in_time and all(int(end.get("Retransmissions(C)", "1")) == 0 for end in ends)
    if held:
        each.costs[rate] = used / calls * 1e6
    return held


def last_line(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    return rows[-1] if rows else {}

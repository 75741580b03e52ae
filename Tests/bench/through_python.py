# SPDX-License-Identifier: MIT
"""callprop through ctypes, and the peers beside it: speed in interleaved rounds, growth, and what each loads.

Usage: through_python.py ROUNDS SECONDS (the budget of a peer at each size), or --load NAME (one peer, fresh process).
Prints lines of JSON.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from typing import Any

import workload
from peers import PEERS, Decider
from workload import CASES, Case

ARRAY = 1 << 16
"""Decisions at a time through arrays."""

REPEATS = 100
"""Arrays in one part of a round."""

ROUND_NS = 10_000_000
"""How long one peer's part of a round takes."""


class EmptyTyped(Decider):
    """A C function that does nothing, with the arguments of cp_permits."""

    name, how, explains = "empty call, typed", "ctypes", ""

    def prepare(self, case: Case) -> Any:
        return case.status.bits, case.call.struct

    def decide(self, inputs: list[Any]) -> list[bool]:
        empty = workload.c_empty_typed
        return [empty(granted, call) for granted, call in inputs]


class Typed(EmptyTyped):
    """cp_permits."""

    name, how, explains = "permits", "ctypes", "reason sentence"

    def decide(self, inputs: list[Any]) -> list[bool]:
        permits = workload.cp_permits
        return [permits(granted, call) for granted, call in inputs]


class EmptyText(Decider):
    """A C function that does nothing, with the arguments of cp_allows."""

    name, how, explains = "empty call, text", "ctypes", ""

    def prepare(self, case: Case) -> Any:
        return case.status.comma, case.call.pairs

    def decide(self, inputs: list[Any]) -> list[bool]:
        empty = workload.c_empty_text
        return [empty(property_list, call, None) for property_list, call in inputs]


class Text(EmptyText):
    """cp_allows, commas and key=value."""

    name, how, explains = "allows text", "ctypes", "reason sentence"

    def decide(self, inputs: list[Any]) -> list[bool]:
        allows = workload.cp_allows
        return [allows(property_list, call, None) for property_list, call in inputs]


OURS: tuple[type[Decider], ...] = (EmptyTyped, Typed, EmptyText, Text)


def array_rows(n: int) -> dict[str, Callable[[], Any]]:
    """Ways from Python to decide n cases at once: the library reads and writes the objects' own memory."""
    granted, calls = workload.random_arrays(n)
    out = (ctypes.c_uint8 * n)()
    sets = array("I", granted.tolist())
    facts = array("B", calls.ravel().tolist())
    granted_bytes, calls_bytes = granted.tobytes(), calls.tobytes()
    many = workload.cp_permits_many
    return {
        "array": lambda: many(sets.buffer_info()[0], facts.buffer_info()[0], n, out),
        "bytes": lambda: many(granted_bytes, calls_bytes, n, out),
        "numpy": lambda: many(granted.ctypes.data, calls.ctypes.data, n, out),
    }


def say(**fields: Any) -> None:
    """A line of JSON."""
    print(json.dumps(fields), flush=True)


def time_of(run: Callable[..., Any], *arguments: Any) -> int:
    """Nanoseconds of processor time."""
    start = time.process_time_ns()
    run(*arguments)
    return time.process_time_ns() - start


def repeat(run: Callable[[], Any]) -> None:
    """Runs what is too quick to be timed alone."""
    for _ in range(REPEATS):
        run()


def checked(peer: Decider) -> list[Any]:
    """All cases, prepared for a peer that decides every one of them rightly."""
    inputs = [peer.prepare(case) for case in CASES]
    for case, permitted in zip(CASES, peer.decide(inputs)):
        # A call that cannot happen is an error in text, which is a denial too.
        if bool(permitted) != case.expected:
            raise AssertionError(f"decides otherwise on {case.status.mnemos} and {case.call.facts}")
    return inputs


def willing() -> list[tuple[Decider, list[Any]]]:
    """Those who can be measured, with their inputs. Who cannot is reported, and so shows in the table."""
    found = []
    for kind in OURS + PEERS:
        try:
            peer = kind()
            inputs = [peer.prepare(case) for case in CASES] if kind.name.startswith("empty") else checked(peer)
        except Exception as error:  # whatever a peer throws, the others go on
            say(name=kind.name, error=f"{type(error).__name__}: {error}"[:200])
            continue
        found.append((peer, inputs))
    return found


def measure(rounds: int) -> list[tuple[Decider, list[Any]]]:
    """Speed, everyone on the same random cases."""
    peers = willing()
    indices = workload.random_cases(1 << 16)
    runs: list[tuple[str, Callable[[Any], Any], Any, int]] = []
    for peer, inputs in peers:
        sample = [inputs[index] for index in indices[:200]]
        peer.decide(sample)
        n = min(len(indices), max(50, ROUND_NS * len(sample) // time_of(peer.decide, sample)))
        sample = [inputs[index] for index in indices[:n]]
        runs.append((peer.name, peer.decide, sample, n))
    for name, arrays in array_rows(ARRAY).items():
        runs.append((f"many through {name}", repeat, arrays, ARRAY * REPEATS))

    gc.freeze()  # our own lists are no work for the peers' garbage collections
    times: dict[str, list[float]] = {name: [] for name, *_ in runs}
    for turn in range(rounds):
        for name, run, argument, n in runs[:: -1 if turn % 2 else 1]:
            times[name].append(time_of(run, argument) / n)
    for name, ns in times.items():
        say(name=name, ns=ns)
    return peers


def grow(peers: list[tuple[Decider, list[Any]]], budget: float) -> None:
    """From 10^3 to 10^7 decisions, as far as each comes in its budget."""
    indices = workload.random_cases(10**7)
    for peer, inputs in peers:
        sizes = {}
        for n in (10**3, 10**4, 10**5, 10**6, 10**7):
            sample = [inputs[index] for index in indices[:n]]
            ns = time_of(peer.decide, sample)
            sizes[n] = ns / n
            if 10 * ns > budget * 1e9:
                break
        say(name=peer.name, growth=sizes)
    sizes = {}
    for n in (10**3, 10**4, 10**5, 10**6, 10**7):
        run = array_rows(n)["numpy"]
        run()
        sizes[n] = min(time_of(run) for _ in range(5)) / n
    say(name="many through numpy", growth=sizes)


def mapped(part: str) -> dict[str, int]:
    """The shared objects of this process whose path has a certain part, with their sizes."""
    with open("/proc/self/maps", encoding="ascii") as maps:
        files = {line.split()[-1] for line in maps if ".so" in line and part in line}
    return {file: os.path.getsize(file) for file in files}


def resident_kb() -> int:
    """The process's memory."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024


def load(name: str) -> None:
    """What one peer costs until its first decision."""
    before, resident = mapped(sys.prefix), resident_kb()
    start = time.process_time_ns()
    peer = next(kind for kind in PEERS if kind.name == name)()
    peer.decide([peer.prepare(CASES[-1])])
    ns = time.process_time_ns() - start
    size = sum(size for file, size in mapped(sys.prefix).items() if file not in before)
    say(name=name, so_bytes=size, start_ms=ns / 1e6, rss_kb=resident_kb() - resident)


def main() -> None:
    """As the module says."""
    if sys.argv[1] == "--load":
        load(sys.argv[2])
        return
    peers = measure(int(sys.argv[1]))
    for peer, _ in peers:
        say(name=peer.name, how=peer.how, explains=peer.explains)
        if type(peer) in PEERS:
            subprocess.run([sys.executable, __file__, "--load", peer.name], check=True)
    say(name=Typed.name, so_bytes=sum(mapped("/libcallprop.so").values()))
    grow(peers, float(sys.argv[2]))


if __name__ == "__main__":
    main()

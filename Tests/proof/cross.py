# SPDX-License-Identifier: MIT
"""The library for other kinds of machine, run: cross.py PREFIX OBJDUMP [--part], after `make stage ARCH=…` for each.

--part: what a bounded time allows: the same answers on every machine and with the newer musl, C programs on arm64 and with musl, and on
arm64 some of the tests of the installed library."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable

import cross_file
from cross_machines import MACHINES, PLAIN, REPOSITORY, Failure, Machine, Target, prepare, run, with_glibc
from cross_musl import MUSLS, with_musl
from cross_speed import compare
from cross_tests import LEFT_OUT, RESULTS, tests_inside, what_is_left_out

PROOF = REPOSITORY / "Tests/proof"
ABI = REPOSITORY / "Tests/abi"
# Programs of the installed library's tests, a subject each, and their last line.
PROGRAMS = ["abi_interface", "abi_decisions", "abi_arrays", "abi_buffers", "abi_errors", "abi_pages"]
ALL_RIGHT = re.compile(r"^# 0 of [1-9]\d* cases failed, ([1-9]\d*) checks$", re.MULTILINE)


def same_answers(target: Target, expected: str) -> None:
    answers = target.run(target.compile("cross_check", PROOF / "cross_check.c"))
    if answers != expected:
        lines = zip(answers.splitlines(), expected.splitlines(), strict=False)
        place = next((pair for pair in lines if pair[0] != pair[1]), ("", ""))
        raise Failure(f"{target.name} answers otherwise than this machine:\n{place[0][:300]}\n{place[1][:300]}")


def c_programs(target: Target) -> str:
    checks = 0
    for name in PROGRAMS:
        found = ALL_RIGHT.search(target.run(target.compile(name, ABI / f"{name}.c", flags=["-O2"])))
        if not found:
            raise Failure(f"{name} on {target.name}: no count at its end")
        checks += int(found[1])
    return f"{checks} checks of {len(PROGRAMS)} C programs"


def edges(target: Target) -> str:
    output = target.run(target.compile("edges", PROOF / "edges.c"))
    return output.strip().splitlines()[-1].strip()


def allocation(target: Target, is_glibc: bool) -> str:
    """Memory that runs out in jansson's hooks; with glibc also for the whole process, and decisions where nobody gets memory."""
    gnu, jansson = [*PLAIN, "-D_GNU_SOURCE", "-fno-builtin", "-Wno-unused-but-set-variable"], "-ljansson"
    plain = target.compile(
        "allocation-plain", PROOF / "allocation.c", PROOF / "fence.c", flags=[*gnu, "-DFENCE_PLAIN", jansson]
    )
    said = [target.run(plain, "hooks", "97")]
    if is_glibc:
        target.compile("libfence.so", PROOF / "fence.c", flags=gnu, is_shared=True)
        fenced = target.compile("allocation", PROOF / "allocation.c", flags=[*gnu, "-lfence", jansson])
        said += [target.run(fenced, "hooks", "997"), target.run(fenced, "process", "997")]
        refused = target.compile("refused", PROOF / "refused.c", PROOF / "texts.c", flags=[*gnu, "-lfence", jansson])
        said.append(target.run(refused, "without-seccomp"))
    return said[-1].strip().splitlines()[-1].strip()


class Steps:
    def __init__(self) -> None:
        self.failures: list[str] = []

    def take(self, name: str, step: Callable[[], str | None]) -> None:
        start = time.monotonic()
        try:
            said = step()
            print(f"  {name}{': ' + said if said else ''} ({time.monotonic() - start:.0f} s)", flush=True)
        except Failure as failure:
            self.failures.append(name)
            print(f"  {name}: FAILED: {failure}", flush=True)


def main(prefix: str, objdump: str, *options: str) -> int:
    is_part = "--part" in options
    start = time.monotonic()
    RESULTS.mkdir(parents=True, exist_ok=True)
    steps = Steps()

    def file(machine: Machine) -> str | None:
        library = REPOSITORY / f"build/{machine.arch}/stage/lib/libcallprop.so.1"
        unstripped = REPOSITORY / f"build/{machine.arch}/libcallprop.so.unstripped"
        if cross_file.main(machine.arch, str(library), str(unstripped), objdump, f"{prefix}/lib/libcallprop.so.1"):
            raise Failure("see above")
        return None

    for machine in MACHINES.values():
        steps.take(f"the file for {machine.arch}", lambda machine=machine: file(machine))
        steps.take(f"a system for {machine.arch}", lambda machine=machine: prepare(machine))

    here = RESULTS / "cross_check"
    options_here = (
        "-std=c99",
        "-O1",
        "-D_XOPEN_SOURCE=700",
        f"-I{prefix}/include",
        f"-L{prefix}/lib",
        f"-Wl,-rpath,{prefix}/lib",
    )
    run(["cc", *options_here, "-o", here, PROOF / "cross_check.c", "-lcallprop", "-pthread"], "cross_check")
    expected = run([here], "cross_check here")

    machines = [with_glibc(machine, RESULTS) for machine in MACHINES.values()]
    musls: list[Target] = []
    for musl in MUSLS[len(MUSLS) // 2 :] if is_part else MUSLS:
        steps.take(f"jansson for {musl.name}", lambda musl=musl: musls.append(with_musl(musl, RESULTS)))
    for target in [*machines, *musls]:
        steps.take(f"{target.name}: the same answers as here", lambda target=target: same_answers(target, expected))
    for target in machines:
        steps.take(
            f"{target.name}: instructions of a call in an array",
            lambda target=target: compare(target, MACHINES[target.name]),
        )
    for target in [*machines[:1], *musls[:2]] if is_part else [*machines, *musls]:
        steps.take(target.name, lambda target=target: c_programs(target))

    arm = [(machine, target) for machine, target in zip(MACHINES.values(), machines, strict=True) if machine.is_whole]
    if is_part:
        steps.take("arm64", lambda: tests_inside(MACHINES["arm64"], "Tests/abi", is_part=True))
    else:
        print(what_is_left_out(), flush=True)
        for machine, target in arm:
            steps.take(f"{machine.arch}: between unreadable pages", lambda target=target: edges(target))
            steps.take(f"{machine.arch}: memory that runs out", lambda target=target: allocation(target, is_glibc=True))
            for folder in LEFT_OUT:
                steps.take(machine.arch, lambda machine=machine, folder=folder: tests_inside(machine, folder))
        for target in musls:
            steps.take(f"{target.name}: memory that runs out", lambda target=target: allocation(target, is_glibc=False))
    print(
        f"cross: {'a part: ' if is_part else ''}{'FAILED: ' + ', '.join(steps.failures) if steps.failures else 'all right'} on"
        f" {', '.join(target.name for target in [*machines, *musls])}, {time.monotonic() - start:.0f} s"
    )
    return 1 if steps.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

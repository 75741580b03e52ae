# SPDX-License-Identifier: MIT
"""How many instructions a call in an array takes, beside the same loop in C: counted by qemu-user, one by one. No real machine was there
for times."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cross_machines import REPOSITORY, Failure, Machine, Target, inside

CALLS = 4096  # of cross_speed.c
TABLE = REPOSITORY / "Tests/bench/c_table.c"
# A step of setting up may be more than in C; an instruction a call is not.
MOST = 1.02


def count(target: Target, program: Path, library: Path, prefix: str, function: str, times: int) -> int:
    command = [
        target.launcher[0],
        "-singlestep",
        "-d",
        "exec,nochain",
        *target.launcher[1:],
        program,
        library,
        prefix,
        function,
        times,
    ]
    with subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=REPOSITORY
    ) as emulated:  # fmt: skip
        assert emulated.stderr is not None
        lines = sum(line.startswith(b"Trace") for line in emulated.stderr)
    if emulated.returncode or not lines:
        raise Failure(f"{program.name} on {target.name}: exit status {emulated.returncode}, {lines} instructions")
    return lines


def compare(target: Target, machine: Machine) -> str:
    program = target.compile("cross_speed", REPOSITORY / "Tests/proof/cross_speed.c")
    of_gcc = target.build / "c-gcc.so"
    command = f"cc -O2 -shared -fPIC -I include -o '{of_gcc}' {TABLE.relative_to(REPOSITORY)}"
    inside(machine, command, target.build / "c-gcc.log")
    loops = {"clang -O2": target.compile("c-clang.so", TABLE, flags=["-O2"], is_shared=True), "gcc -O2": of_gcc}
    said = []
    for function in ("permits", "required"):

        def one(library: Path, prefix: str, function: str = function) -> float:
            counts = [count(target, program, library, prefix, function, times) for times in (0, 1)]
            return (counts[1] - counts[0]) / CALLS

        ours = one(target.prefix / "lib/libcallprop.so.1", "cp")
        theirs = {name: one(library, "c") for name, library in loops.items()}
        said.append(
            f"cp_{function}_many {ours:.1f}, C "
            + " and ".join(f"{count:.1f} ({name})" for name, count in theirs.items())
        )
        if not 1 < ours <= MOST * min(theirs.values()):
            raise Failure(f"cp_{function}_many takes more than C: {said[-1]}")
    return "; ".join(said)

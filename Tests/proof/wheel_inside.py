# SPDX-License-Identifier: MIT
"""The wheel that pip installed in this Python, on another kind of machine without callprop and jansson: decides, refuses and writes as
Tests/abi/expected.py says: wheel_inside.py [numpy]"""

from __future__ import annotations

import array
import ctypes
import platform
import re
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "abi"))

import callprop
from callprop import Call, Properties
from expected import ALL_CALLS, ALL_SETS, MNEMOS, NAMES, bits, can_happen, permitted, reason, required

PAIRS = [(properties, call) for properties in ALL_SETS for call in ALL_CALLS]
EXPECTED = bytes(permitted(properties, call) for properties, call in PAIRS)
NEEDED = [bits(filter(None, [required(call)])) for call in ALL_CALLS]


def expect(claim: str, holds: bool) -> None:
    if not holds:
        sys.exit(f"wheel_inside: not so: {claim}")


def of_the_wheel_alone() -> None:
    try:
        ctypes.CDLL("libjansson.so.4")
    except OSError:
        pass
    else:
        sys.exit("wheel_inside: this machine has a jansson of its own")
    here = Path(callprop.__file__).parents[1]
    loaded = set(re.findall(r"\S*/lib(?:callprop|jansson)\S*", Path("/proc/self/maps").read_text()))
    (jansson,) = (here / "callprop.libs").iterdir()
    expect(
        f"the libraries of the wheel: {loaded}", loaded == {str(here / "callprop/lib/libcallprop.so.1"), str(jansson)}
    )


def decisions() -> None:
    catalogue = {entry.mnemo: entry.name for entry in callprop.list()}
    expect(f"the properties: {catalogue}", catalogue == NAMES and [*catalogue] == [*MNEMOS])
    for (properties, call), expected in zip(PAIRS, EXPECTED, strict=True):
        granted = ",".join(sorted(properties))
        text = f"src={call.src},dst={call.dst},leg={call.leg},callback={'true' if call.callback else 'false'}"
        try:
            is_allowed, decision = callprop.allows(granted, text), callprop.explain(granted, text)
        except callprop.Error as refusal:
            expect(f"{text} is refused: {refusal}", not can_happen(call))
            continue
        expect(f"{text} cannot happen", can_happen(call))
        expect(f"{granted}: {text}: {decision}", is_allowed == decision.allowed == bool(expected))
        expect(f"{granted}: {text}: {decision}", decision.reason == reason(properties, call))


def arrays(words: list[str]) -> str:
    sets = array.array("I", [bits(properties) for properties, _ in PAIRS])
    calls = b"".join(bytes(Call(*call)) for _, call in PAIRS)
    expect("arrays", callprop.permits_many(sets, calls) == EXPECTED)
    expect(
        "what calls require", list(callprop.required_many(b"".join(bytes(Call(*call)) for call in ALL_CALLS))) == NEEDED
    )
    if "numpy" not in words:
        return "arrays"
    import numpy

    found = callprop.permits_many(
        numpy.array(sets, dtype=numpy.uint32), numpy.frombuffer(calls, dtype=numpy.uint8).reshape(-1, 4)
    )
    expect("numpy's arrays", type(found) is numpy.ndarray and found.dtype == bool and found.tobytes() == EXPECTED)
    return f"arrays, numpy {numpy.__version__}"


def command() -> None:
    program = Path(sys.executable).with_name("callprop")
    for granted, said, status in (("li,ri", "permitted\n", 0), ("li", "denied\n", 1)):
        done = subprocess.run(
            [program, "allows", granted, "src=external,dst=ivr,leg=dst"], capture_output=True, encoding="utf-8"
        )
        expect(f"the command: {done}", (done.returncode, done.stdout, done.stderr) == (status, said, ""))


of_the_wheel_alone()
decisions()
command()
expect("no permission by a set of nothing", not callprop.allows(Properties(0), Call("extension", "extension", "dst")))
print(f"{len(PAIRS)} decisions, {arrays(sys.argv[1:])}, Python {platform.python_version()}, {platform.machine()}")

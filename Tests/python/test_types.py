# SPDX-License-Identifier: MIT
"""The types hold for those who check them: `make check-types`. A type checker looks for ten seconds, so `make test` does without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import callprop
from conftest import REPOSITORY

USES = """
from array import array
import callprop
from callprop import Call, Decision, Leg, Party, Properties, Property

listed: tuple[Property, ...] = callprop.list()
one: Property = callprop.get("ri")
granted: Properties = Properties.LI | Properties.parse({"property_list": ["lo"]})
call: Call = Call("external", Party.IVR, Leg.DST, callback=True)
party: Party = call.src
may: bool = callprop.allows(granted, call) or callprop.allows(["li"], {"src": "external", "dst": "ivr", "leg": "dst"})
decision: Decision = callprop.explain("li", "src=external,dst=ivr,leg=dst")
matched: Properties | None = decision.matched
needed: Properties = callprop.required(call)
why: str = callprop.reason(granted, call)
known: Properties
unknown: callprop.Error | None
known, unknown = Properties.parse_known({"property_list": ["li", "video"]})
shown: str = str(call) + f"{call:>60}"
many: bytearray = callprop.permits_many(array("I", [granted]), bytes(call))
one_set: bytearray = callprop.permits_many(Properties.LI, bytes(call), nulls=Properties(0))
into: bytearray = callprop.permits_many(array("I", [granted]), call, bytearray(1))
wanted: array[int] = callprop.required_many(bytes(call))
codes: array[int] = callprop.pack(["external"], [Party.IVR], "dst", callback=[False])
may = may or granted.grants(needed := callprop.required(call))
complement: Properties = ~granted | Properties.LI & Properties.LO
row: callprop.Kind = callprop.kinds()[0]
names: str = row["src"] + row["required"]
answer: dict[str, object] = decision.to_dict()
read: Properties = callprop.from_plain(Properties, ["li"])
each: tuple[Properties, ...] = (*granted, *Properties)
statuses: list[callprop.Status] = callprop.read_statuses("[]")
version: str = callprop.library_version
try:
    callprop.get("rx")
except callprop.UnknownProperty as error:
    code: callprop.ErrorCode = error.code
"""
MISUSES = [
    "callprop.allows(1, call)",
    "callprop.allows(granted, 1)",
    "call.leg = Leg.SRC",
    "callprop.get(b'ri')",
    "decision.allowd",
    "callprop.reason(granted)",
    "callprop.allows(Properties.parse_known('li'), call)",
    "x: str = one",
    "callprop.permits_many('no', 'way')",
    "callprop.permits_many(granted, 'way')",
    "callprop.permits_many(granted, call)",
    "callprop.permits_many(4, call)",
    "callprop.permits_many([granted], [call])",
    "callprop.permits_many(granted, call, out='x')",
    "callprop.permits_many(granted, call, nulls=0)",
    "callprop.required_many('no')",
    "callprop.pack(1.5, 'ivr', 'dst')",
    "granted.grants('ri')",
    "decision.allowed = True",
    "row['code'] = 'x'",
    "Properties('li')",
]


ARRAYS = """
import numpy as np
import callprop
from numpy.typing import NDArray
sets = np.array([4], np.uint32)
ring = callprop.Call("external", "ivr", "dst")
may: NDArray[np.bool_] = callprop.permits_many(sets, ring)
also: NDArray[np.bool_] = callprop.permits_many(callprop.Properties.LI, sets)
into: NDArray[np.bool_] = callprop.permits_many(sets, ring, np.zeros(1, np.bool_))
needed: NDArray[np.uint32] = callprop.required_many(sets)
"""
ARRAYS_MISUSED = ["wrong: str = callprop.permits_many(sets, ring)"]
CHECKERS = {
    # What is not ours, and has not changed, is not looked at again.
    "mypy": ["mypy", "--strict", "--cache-dir", str(REPOSITORY / "build/mypy"), "--no-pretty", "--hide-error-context"],
    "pyright": ["pyright", "--pythonpath", sys.executable],
}


@pytest.mark.third_party
@pytest.mark.parametrize("checker", CHECKERS)
def test_the_types_are_strict_and_of_use(tmp_path: Path, checker: str) -> None:
    """One look at the package, at what is right, which nothing is said about, and at what is wrong, of which each line is named."""
    files = {
        "uses.py": (USES, []),
        "misuses.py": (USES, MISUSES),
        "arrays.py": (ARRAYS, []),
        "arrays_misused.py": (ARRAYS, ARRAYS_MISUSED),
    }
    for name, (right, wrong) in files.items():
        (tmp_path / name).write_text("# pyright: strict" + right + "\n".join(wrong) + "\n")
    done = subprocess.run(
        [sys.executable, "-m", *CHECKERS[checker], Path(callprop.__file__).parent, *files],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": os.environ.get("PYTHONPATH", ""), "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        capture_output=True,
        text=True,
    )
    said = {
        (Path(file).name, int(line))
        for file, line in re.findall(r"^ *(\S+\.py):(\d+):.* error: ", done.stdout, re.MULTILINE)
    }
    wanted = {
        (name, right.count("\n") + 1 + number): line
        for name, (right, wrong) in files.items()
        for number, line in enumerate(wrong)
    }
    assert [line for place, line in wanted.items() if place not in said] == [], done.stdout
    assert said <= wanted.keys() and done.returncode == 1 and done.stderr == "", done.stdout + done.stderr


@pytest.mark.third_party
def test_every_public_type_is_known_to_pyright() -> None:
    command = [
        sys.executable,
        "-m",
        "pyright",
        "--pythonpath",
        sys.executable,
        "--verifytypes",
        "callprop",
        "--ignoreexternal",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "Type completeness score: 100%" in done.stdout, done.stdout

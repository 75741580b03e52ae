# SPDX-License-Identifier: MIT
"""Every example in the documentation is tried, and the types hold for those who check them."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import callprop
from conftest import REPOSITORY

MODULES = [
    "callprop",
    *(f"callprop.{module.name}" for module in pkgutil.iter_modules(callprop.__path__) if module.name != "__main__"),
]
README = REPOSITORY / "Sources/python/README.md"


@pytest.mark.parametrize("name", MODULES)
def test_every_example_of_a_module_is_true(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    assert doctest.testmod(module).failed == 0


def test_every_example_of_the_readme_is_true() -> None:
    found = doctest.testfile(str(README), module_relative=False)
    assert found.failed == 0 and found.attempted > 10


def test_what_is_public_has_documentation_and_an_example() -> None:
    examples = "".join(importlib.import_module(name).__doc__ or "" for name in MODULES)
    for name in {*callprop.__all__, "list"} - {"CallLike", "PropertiesLike", "library_version"}:
        item = getattr(callprop, name)
        assert item.__doc__, name
        examples += "".join(test.docstring or "" for test in doctest.DocTestFinder().find(item, name, module=False))
    for name in (
        "list",
        "get",
        "allows",
        "explain",
        "reason",
        "required",
        "permits_many",
        "required_many",
        "pack",
        "kinds",
        "explain_json",
        "to_plain",
        "from_plain",
        "Properties",
        "Call",
        "Error",
    ):
        assert f"callprop.{name}" in examples or f">>> {name}(" in examples, name


def test_star_import_leaves_pythons_own_list_alone() -> None:
    namespace: dict[str, object] = {}
    exec("from callprop import *", namespace)
    assert "list" not in namespace and namespace["allows"] is callprop.allows


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


@pytest.mark.third_party
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_types_are_strict_and_of_use(tmp_path: Path, checker: str) -> None:
    (tmp_path / "uses.py").write_text(USES)
    (tmp_path / "misuses.py").write_text(USES + "\n".join(MISUSES) + "\n")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')

    def check(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        commands = {
            "mypy": [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")],
            "pyright": [sys.executable, "-m", "pyright", "--pythonpath", sys.executable],
        }
        environment = {
            **os.environ,
            "MYPYPATH": os.environ.get("PYTHONPATH", ""),
            "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
        }
        return subprocess.run(
            [*commands[checker], *map(str, arguments)], cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    package = Path(callprop.__file__).parent
    for good in ([package] if checker == "mypy" else []) + [tmp_path / "uses.py"]:
        done = check(good)
        assert done.returncode == 0, done.stdout + done.stderr
    done = check(tmp_path / "misuses.py")
    lines = range(USES.count("\n") + 1, USES.count("\n") + 1 + len(MISUSES))
    for line in lines:
        assert f"misuses.py:{line}:" in done.stdout, f"{MISUSES[line - lines[0]]} is not noticed: {done.stdout}"


@pytest.mark.third_party
def test_numpys_arrays_have_the_types_of_the_answers(tmp_path: Path) -> None:
    (tmp_path / "arrays.py").write_text(
        "import numpy as np\nimport callprop\nfrom numpy.typing import NDArray\n"
        "sets = np.array([4], np.uint32)\nring = callprop.Call('external', 'ivr', 'dst')\n"
        "may: NDArray[np.bool_] = callprop.permits_many(sets, ring)\n"
        "also: NDArray[np.bool_] = callprop.permits_many(callprop.Properties.LI, sets)\n"
        "into: NDArray[np.bool_] = callprop.permits_many(sets, ring, np.zeros(1, np.bool_))\n"
        "needed: NDArray[np.uint32] = callprop.required_many(sets)\n"
        "wrong: str = callprop.permits_many(sets, ring)\n"
    )
    environment = {**os.environ, "MYPYPATH": os.environ.get("PYTHONPATH", "")}
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "arrays.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "Found 1 error" in done.stdout and "arrays.py:10:" in done.stdout, done.stdout


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


@pytest.mark.third_party
def test_the_package_itself_is_clean_under_pyright() -> None:
    package = Path(callprop.__file__).parent
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, package], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr

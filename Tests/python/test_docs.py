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
many = callprop.permits_many(array("I", [granted]), bytes(call))
wanted = callprop.required_many(bytes(call))
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
def test_the_package_itself_is_clean_under_pyright() -> None:
    package = Path(callprop.__file__).parent
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, package], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr

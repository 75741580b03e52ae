# SPDX-License-Identifier: MIT
"""Every example in the documentation is tried."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

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

# SPDX-License-Identifier: MIT
"""Tests of the replay of call records: `make test-replay`, or `pytest Tests/replay --prefix DIR`, DIR being what callprop was installed
with as PREFIX. With --spark, whatever an engine does is done by Spark as well."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
RECORDS = HERE / "records"

# The expected decisions are those that the C library is held against.
sys.path.append(str(REPOSITORY / "Tests/abi"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prefix", type=Path, help="where callprop is installed: the PREFIX of `make install`")
    parser.addoption("--spark", action="store_true", help="with Spark, too")


def pytest_configure(config: pytest.Config) -> None:
    """Before anything imports callprop."""
    prefix = config.getoption("--prefix")
    if prefix is None:
        if config.getoption("help"):
            return
        raise pytest.UsageError("--prefix DIR: which callprop is to be tested? `make test-replay` knows.")
    os.environ["CALLPROP_LIBRARY"] = str(prefix.resolve() / "lib/libcallprop.so.1")
    os.environ["PYTHONPATH"] = str(REPOSITORY / "Sources/python")
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    sys.path.insert(0, os.environ["PYTHONPATH"])


#: Without --spark, there may be none.
collect_ignore: list[str] = []


def pytest_collection(session: pytest.Session) -> None:
    if not session.config.getoption("--spark"):
        collect_ignore.append("test_spark.py")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        engines = ["duckdb", "spark"] if metafunc.config.getoption("--spark") else ["duckdb"]
        metafunc.parametrize("engine_name", engines, scope="session")


@pytest.fixture(scope="session")
def engine(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The engine, started once."""
    if engine_name == "duckdb":
        from callprop.replay.duck import DuckEngine

        made: Any = DuckEngine(tmp_path_factory.mktemp("spill"))
    else:
        from callprop.replay.spark import SparkEngine

        made = SparkEngine()
    yield made
    made.close()


@pytest.fixture
def replay(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`callprop replay`, as its process runs it. What it does not expect is never an answer."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        from callprop.command import main

        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        command = ["replay", *map(str, arguments)]
        status = main(command)
        out, err = capfd.readouterr()
        for name in environment:
            monkeypatch.delenv(name)
        assert re.match(r"callprop: (\w+(Error|Exception)): ", err) is None, err
        return subprocess.CompletedProcess(command, status, out, err)

    return run

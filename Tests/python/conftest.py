# SPDX-License-Identifier: MIT
"""Tests of the Python package: `make test-python`, or `pytest Tests/python` with one of

--prefix DIR    the package of Sources/python, with the library that was installed with DIR as PREFIX
--installed     the package that is installed in this Python, as it is: that of a wheel
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import configuration, settings

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]

# The expected decisions are those that the C library is held against.
sys.path.append(str(REPOSITORY / "Tests/abi"))

# The same examples in every run, and no verdict by the clock. `make check-any-input` has a deeper look.
settings.register_profile("callprop", derandomize=True, deadline=None, database=None, max_examples=100)
settings.register_profile("deep", settings.get_profile("callprop"), max_examples=2000)
settings.load_profile("callprop")
configuration.set_hypothesis_home_dir(str(REPOSITORY / "build/hypothesis"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prefix", type=Path, help="where callprop is installed: the PREFIX of `make install`")
    parser.addoption("--installed", action="store_true", help="test the package that is installed in this Python")


def pytest_configure(config: pytest.Config) -> None:
    """Before anything imports callprop."""
    prefix, installed = config.getoption("--prefix"), config.getoption("--installed")
    if config.getoption("help"):
        return
    if (prefix is None) != installed:
        raise pytest.UsageError(
            "--prefix DIR or --installed: which callprop is to be tested? `make test-python` knows."
        )
    for name in ("CALLPROP_LIBRARY", "PYTHONPATH", "PYTHONUNBUFFERED"):
        os.environ.pop(name, None)
    # A script's background job ignores Ctrl-C, and hands that on to every program that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    if prefix is not None:
        library = prefix.resolve() / "lib/libcallprop.so.1"
        if not library.exists():
            raise pytest.UsageError(f"--prefix {prefix}: there is no {library}. `make stage` puts one in build/stage.")
        os.environ["CALLPROP_LIBRARY"] = str(library)
        os.environ["PYTHONPATH"] = str(REPOSITORY / "Sources/python")
        sys.path.insert(0, os.environ["PYTHONPATH"])


class Python:
    """This Python in a process of its own, with the same callprop. A traceback is never an answer."""

    def run(
        self,
        *arguments: str | Path,
        input: bytes | None = None,
        environment: Mapping[str, str | None] | None = None,
        **options: Any,
    ) -> subprocess.CompletedProcess[str]:
        merged = {**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})}
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            env={name: value for name, value in merged.items() if value is not None},
            input=input,
            capture_output=True,
            check=False,
            timeout=120,
            **options,
        )
        return subprocess.CompletedProcess(
            done.args,
            done.returncode,
            done.stdout.decode(errors="backslashreplace"),
            done.stderr.decode(errors="backslashreplace"),
        )

    def callprop(self, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """The command line."""
        done = self.run("-m", "callprop", *arguments, **options)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def program(self, text: str, *arguments: str, **options: Any) -> str:
        """A program that is to succeed in silence; what it prints."""
        done = self.run("-W", "error", "-c", text, *arguments, **options)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout


@pytest.fixture(scope="session")
def python() -> Python:
    return Python()


def names(rows: Sequence[Any]) -> list[str]:
    """Names for tests, from the first column of a table."""
    return [ascii(row[0])[:60] for row in rows]

# SPDX-License-Identifier: MIT
"""Tests of the Python package: `make test-python`, or `pytest Tests/python` with one of

--prefix DIR    the package of Sources/python, with the library that was installed with DIR as PREFIX
--installed     the package that is installed in this Python, as it is: that of a wheel
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import configuration, settings

from forks import Forks

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]

# The expected decisions are those that the C library is held against.
sys.path.append(str(REPOSITORY / "Tests/abi"))

# Python compiles each module once, also the packages that pip left as they are, and puts that into build/ alone.
sys.dont_write_bytecode, sys.pycache_prefix = False, str(REPOSITORY / "build/pycache")

# The same examples in every run, and no verdict by the clock. `make test` takes fewer, and `make check-any-input` has a deeper look.
settings.register_profile("callprop", derandomize=True, deadline=None, database=None, max_examples=100)
settings.register_profile("quick", settings.get_profile("callprop"), max_examples=20)
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
    for name in ("CALLPROP_LIBRARY", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(sys.pycache_prefix)
    # A script's background job ignores Ctrl-C, and hands that on to every program that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if prefix is not None:
        library = prefix.resolve() / "lib/libcallprop.so.1"
        if not library.exists():
            raise pytest.UsageError(f"--prefix {prefix}: there is no {library}. `make stage` puts one in build/stage.")
        os.environ["CALLPROP_LIBRARY"] = str(library)
        os.environ["PYTHONPATH"] = str(REPOSITORY / "Sources/python")
        sys.path.insert(0, os.environ["PYTHONPATH"])


class Python:
    """This Python in a process of its own, with the same callprop. A traceback is never an answer."""

    def __init__(self) -> None:
        self.forks: dict[frozenset[tuple[str, str]], Forks | None] = {}

    def run(
        self,
        *arguments: str | Path,
        input: bytes | None = None,
        environment: Mapping[str, str | None] | None = None,
        **options: Any,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            env=merged(environment),
            input=input,
            capture_output=True,
            check=False,
            timeout=120,
            **options,
        )
        return decoded(done)

    def callprop(
        self,
        *arguments: str | Path,
        input: bytes | None = None,
        environment: Mapping[str, str | None] | None = None,
        cwd: str | Path = ".",
        **options: Any,
    ) -> subprocess.CompletedProcess[str]:
        """The command line: in each environment a Python of its own at first, and forks of one from then on."""
        key = frozenset(merged(environment).items())
        done = None
        if key not in self.forks:
            self.forks[key] = None
        elif hasattr(socket, "send_fds") and not options:
            forks = self.forks[key] = self.forks[key] or Forks(dict(key))
            forked = forks.callprop([*map(str, arguments)], input, str(Path(cwd).resolve()))
            done = forked and decoded(forked)
        if done is None:
            done = self.run("-m", "callprop", *arguments, input=input, environment=environment, cwd=cwd, **options)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def end(self) -> None:
        for forks in filter(None, self.forks.values()):
            forks.end()

    def program(self, text: str, *arguments: str, **options: Any) -> str:
        """A program that is to succeed in silence; what it prints."""
        done = self.run("-W", "error", "-c", text, *arguments, **options)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout


def merged(environment: Mapping[str, str | None] | None) -> dict[str, str]:
    every = {**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})}
    # pytest's own, which changes with each test.
    every.pop("PYTEST_CURRENT_TEST", None)
    return {name: value for name, value in every.items() if value is not None}


def decoded(done: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[str]:
    said, complained = (text.decode(errors="backslashreplace") for text in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, said, complained)


def pytest_collection_finish() -> None:
    """What was read and collected stays to the end, and is not looked at again each time that what is not used is sought."""
    gc.collect()
    if hasattr(gc, "freeze"):
        gc.freeze()


def pytest_unconfigure() -> None:
    """What was compiled of the tests' own folders is of no more use."""
    for folder in Path(f"{sys.pycache_prefix}{tempfile.gettempdir()}").glob("pytest-of-*"):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def python() -> Iterator[Python]:
    python = Python()
    yield python
    python.end()


def names(rows: Sequence[Any]) -> list[str]:
    """Names for tests, from the first column of a table."""
    return [ascii(row[0])[:60] for row in rows]

# SPDX-License-Identifier: MIT
"""Tests of an installed callprop, as a stranger would use it: `make test-abi`, or
`pytest Tests/abi --prefix DIR`, where DIR is what callprop was installed with as PREFIX."""

import gc
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import configuration, settings

from capi import Library
from examples import GOLDEN, Examples
from installed import PYCACHE, REPOSITORY, Installed, run_or_fail

# The same examples in every run, and no verdict by the clock. `make test` takes fewer, and `make check-any-input` has a deeper look.
settings.register_profile("callprop", derandomize=True, deadline=None, database=None, max_examples=100)
settings.register_profile("quick", settings.get_profile("callprop"), max_examples=20)
settings.register_profile("deep", settings.get_profile("callprop"), max_examples=2000)
settings.load_profile("callprop")
configuration.set_hypothesis_home_dir(str(REPOSITORY / "build/hypothesis"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--prefix",
        type=Path,
        help="where callprop is installed: the PREFIX of `make install`, such as build/stage",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("help"):
        return
    prefix = config.getoption("--prefix")
    if prefix is None:
        raise pytest.UsageError(
            "--prefix DIR is missing: these tests need an installed callprop. `make test-abi` has it."
        )
    library = prefix / "lib/libcallprop.so.1"
    if not library.exists():
        raise pytest.UsageError(f"--prefix {prefix}: there is no {library}. `make stage` puts one in build/stage.")


def pytest_collection_finish() -> None:
    """What was read and collected stays to the end, and is not looked at again each time that what is not used is sought."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """What was compiled of the tests' own folders is of no more use."""
    for folder in Path(f"{PYCACHE}{tempfile.gettempdir()}").glob("pytest-of-*"):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def installed(pytestconfig: pytest.Config) -> Installed:
    """The installed files, and the tools to use them with."""
    return Installed(pytestconfig.getoption("--prefix").resolve())


@pytest.fixture(scope="session")
def library(installed: Installed) -> Library:
    """The installed library, loaded."""
    return Library(installed.library)


@pytest.fixture(scope="session")
def examples(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Examples:
    """A copy of the examples, built."""
    folder = tmp_path_factory.mktemp("copied") / "examples"
    shutil.copytree(REPOSITORY / "examples", folder, ignore=shutil.ignore_patterns("__pycache__"))
    package = {"PYTHONPATH": str(REPOSITORY / "Sources/python")}
    environment = installed.environment | package | {"CFLAGS": "-O2 -Werror"}
    run_or_fail(["make", "BUILD=build"], environment, folder / "c")
    return Examples(folder, environment)


@pytest.fixture(scope="session")
def golden() -> str:
    """The report of office-day that was agreed on."""
    assert GOLDEN.exists(), f"{GOLDEN} is missing; test_office_day.py says how to write it"
    return GOLDEN.read_text(encoding="utf-8")

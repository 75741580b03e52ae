# SPDX-License-Identifier: MIT
"""The page of `callprop serve` in Debian's chromium: `make check-page`, or `pytest Tests/page --prefix DIR`, DIR being what callprop was
installed with as PREFIX."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
STATUSES = REPOSITORY / "examples/office/statuses.json"

# The expected decisions are those that the C library is held against.
sys.path.append(str(REPOSITORY / "Tests/abi"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--prefix", type=Path, required=True, help="where callprop is installed: the PREFIX of `make install`"
    )


class Served:
    """`callprop serve` in a process of its own."""

    def __init__(self, prefix: Path, statuses: Path) -> None:
        environment = {
            **os.environ,
            "CALLPROP_LIBRARY": str(prefix.resolve() / "lib/libcallprop.so.1"),
            "PYTHONPATH": str(REPOSITORY / "Sources/python"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-m", "callprop", "serve", "--port", "0", "--statuses", str(statuses)]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        said = self.process.stderr.readline()
        found = re.search(r"serving (http://127\.0\.0\.1:\d+/) ", said)
        assert found, said
        self.address = found[1]
        # What it logs is not to fill a pipe that nobody reads.
        self.log = subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)

    def end(self) -> None:
        self.process.terminate()  # whoever starts this in the background has the interrupt ignored
        self.process.wait(30)
        self.log.wait(30)
        assert self.process.stderr is not None
        self.process.stderr.close()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    # Its sandbox does not work for root.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def prefix(request: pytest.FixtureRequest) -> Path:
    found: Path = request.config.getoption("--prefix")
    return found


@pytest.fixture(scope="session")
def office(prefix: Path) -> Iterator[Served]:
    served = Served(prefix, STATUSES)
    yield served
    served.end()


@contextlib.contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """The page in a browser of its own, which is to have nothing to complain of."""
    with contextlib.closing(browser.new_context(**options)) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.goto(address)
        if options.get("java_script_enabled", True):
            answered(page)
        yield page
        assert complaints == []


def answered(page: Page) -> None:
    """Waits until the page shows the answer to what is ticked."""
    page.wait_for_selector("#answer:not([hidden]):not([aria-busy])")


def tick(page: Page, mnemo: str) -> None:
    """A click on a property, and its answer."""
    page.evaluate("mnemo => document.querySelector(`input[value=${mnemo}]`).click()", mnemo)
    answered(page)


def written(folder: Path, statuses: list[dict[str, Any]]) -> Path:
    path = folder / "statuses.json"
    path.write_text(json.dumps(statuses))
    return path

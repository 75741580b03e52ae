# SPDX-License-Identifier: MIT
"""The version is said once, by the numbers of include/callprop.h. Whatever else says it says the same; what is not made from the header is
to be raised with it: its own text and title, and CHANGELOG.md. The man pages are then made anew. `make check-version` is this file. (CP_VERSION_NUMBER is made of the numbers: abi_layout.h.)"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from capi import Library
from installed import REPOSITORY, Installed, run_or_fail

HEADER = REPOSITORY / "include/callprop.h"


def only(pattern: str, file: Path) -> str:
    """The one place in the file that has this form."""
    found = re.findall(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == 1, f"{file.relative_to(REPOSITORY)}: {len(found)} places like {pattern}"
    return str(found[0])


VERSION = ".".join(only(rf"^#define CP_VERSION_{part} (\d+)$", HEADER) for part in ("MAJOR", "MINOR", "PATCH"))
SERIES = VERSION.rpartition(".")[0]


def package(installed: Installed) -> str:
    """The package's own version and that of the library that it finds."""
    environment = installed.environment | {"PYTHONPATH": str(REPOSITORY / "Sources/python")}
    program = "import callprop; print(*sorted({callprop.__version__, callprop.library_version}))"
    return run_or_fail([sys.executable, "-c", program], environment).strip()


PLACES: dict[str, tuple[str, Callable[[Installed, Library], str]]] = {
    "CP_VERSION_STRING": (VERSION, lambda installed, library: installed.version),
    "the header's title": (SERIES, lambda installed, library: only(r"^ \* callprop (\S+): ", HEADER)),
    "cp_version()": (VERSION, lambda installed, library: library.version().decode()),
    "the library's file": (
        VERSION,
        lambda installed, library: installed.library.resolve().name.removeprefix("libcallprop.so."),
    ),
    "callprop.pc": (VERSION, lambda installed, library: " ".join(installed.pkg_config("--modversion", "callprop"))),
    "the Python package": (VERSION, lambda installed, library: package(installed)),
    "the man pages": (
        VERSION,
        lambda installed, library: " ".join(
            {
                only(r'^\.TH "[\w.-]+" "\d" " " "(\S+)" "callprop"$', page)
                for page in (REPOSITORY / "docs/man").iterdir()
            }
        ),
    ),
    "CHANGELOG.md": (
        VERSION,
        lambda installed, library: re.findall(r"^## (\S+)", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE)[0],
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_version_is_that_of_the_header(installed: Installed, library: Library, place: str) -> None:
    expected, read = PLACES[place]
    found = read(installed, library)
    assert found == expected, f"{place} says {found}, but include/callprop.h is of {VERSION}"


def test_nothing_else_says_the_version() -> None:
    """What would have to be raised by hand as well, and would be forgotten."""
    said = re.compile(
        rf"\bcallprop[ -]v?{re.escape(VERSION)}\b|\bversion[\"' :=]+{re.escape(VERSION)}\b", re.IGNORECASE
    )
    folders = [REPOSITORY / name for name in ("Sources", "Tests", "examples", "pkgconfig", "include", "docs")]
    files = [
        *REPOSITORY.glob("*.*"),
        REPOSITORY / "Makefile",
        *(file for folder in folders for file in folder.rglob("*")),
    ]
    texts = [
        file
        for file in files
        if file.suffix in {".c", ".h", ".in", ".md", ".py", ".sh", ".swift", ".toml", ""} and file.is_file()
    ]
    assert len(texts) > 200, "the files are not found"
    assert HEADER in texts
    wrong = [
        str(file.relative_to(REPOSITORY))
        for file in texts
        if said.search(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert wrong == []

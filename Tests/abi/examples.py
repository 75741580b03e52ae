# SPDX-License-Identifier: MIT
"""The examples, copied away and built as a reader of them would. conftest.py has them as a fixture."""

import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from installed import HERE, run

GOLDEN = HERE / "office-day.txt"

PERMITTED, DENIED, FAILED = 0, 1, 2


@dataclass(frozen=True)
class Examples:
    """A copy of the examples, with the C programs built in a folder of their own."""

    folder: Path
    environment: dict[str, str]

    def command(self, name: str, language: str) -> list[str]:
        """The command of a program, by its name in C."""
        if language == "C":
            return [str(self.folder / "c/build" / name)]
        return [sys.executable, str(self.folder / "python" / f"{name.replace('-', '_')}.py")]

    def run(self, name: str, language: str, *arguments: str | Path) -> CompletedProcess[str]:
        return run([*self.command(name, language), *arguments], self.environment, self.folder)


languages = pytest.mark.parametrize("language", ["C", "Python"])

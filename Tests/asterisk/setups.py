# SPDX-License-Identifier: MIT
"""Asterisks with configurations of their own, beside that of conf/, and what is looked at in each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from desk import Check, Desk
from lab import QuickLab
from pbx import HERE, Pbx


@dataclass
class Setup:
    name: str
    look: Callable[[Desk], None]
    files: dict[str, str] = field(default_factory=dict)  # instead of, or beside, those of conf/

    def prepare(self, pbx: Pbx) -> None:
        for name, text in self.files.items():
            (pbx.etc / name).write_text(text)

    def run(self, pbx: Pbx, folder: Path, desk_of: type[Desk] = Desk) -> list[Check]:
        desk = desk_of(pbx, folder, QuickLab)
        try:
            self.look(desk)
        finally:
            QuickLab.close()
        return desk.checks


def conf(name: str, *more: str) -> str:
    """A file of conf/, with more at its end."""
    return "\n".join([(HERE / "conf" / name).read_text(), *more, ""])


def modules(*more: str) -> str:
    return conf("modules.conf", *(f"require = {module}.so" for module in more))

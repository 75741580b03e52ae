# SPDX-License-Identifier: MIT
"""What every reader of records needs: who is who, how times are written, where damage is told, and which row is to be explained."""

from __future__ import annotations

from dataclasses import dataclass, field

from .office import Office
from .part import Findings
from .redaction import Redaction, Shown
from .times import Clock


@dataclass
class Explained:
    """How one record was read, in the reader's own words."""

    row: int
    lines: list[str] = field(default_factory=list)


@dataclass
class Reading:
    """The surroundings of a reader."""

    office: Office = field(default_factory=Office)
    clock: Clock = field(default_factory=Clock)
    findings: Findings = field(default_factory=Findings)
    redaction: Redaction = field(default_factory=Shown)
    encoding: str = ""
    explained: Explained | None = None

    def explain(self, row: int, text: str) -> None:
        """One step of how a record was read, kept where somebody asked for this one."""
        if self.explained is not None and self.explained.row == row:
            self.explained.lines.append(self.redaction.text(text))

    def explain_fields(self, row: int, told: dict[str, str], names: tuple[str, ...] = ()) -> None:
        """The fields of a record; where numbers are hidden, without those that name people."""
        hidden = () if isinstance(self.redaction, Shown) else names
        self.explain(row, "\n".join(f"{name}: {value}" for name, value in told.items() if value and name not in hidden))

    def time(self, file: str, line: int, text: str) -> int | None:
        """The time of a record; where there is none, that is told, and the record's calls are not known."""
        value, said = self.clock.microseconds(text)
        if said:
            self.findings.notice(f"time: {said}" if value is not None else f"no time: {said}")
        return value

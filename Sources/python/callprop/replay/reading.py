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
    client: str = ""
    table: str = ""  #: of a database that has several
    #: Extensions that the records know by an id and by a number, as the vendor's do; a history may have the id.
    numbers: dict[str, str] = field(default_factory=dict)
    explained: Explained | None = None

    def explain(self, row: int, text: str) -> None:
        """One step of how a record was read, kept where somebody asked for this one."""
        if self.explained is not None and self.explained.row == row:
            self.explained.lines.append(self.redaction.text(text))

    def explain_fields(self, row: int, told: dict[str, str], names: tuple[str, ...] = ()) -> None:
        """The fields of a record; where numbers are hidden, without those that name people."""
        hidden = () if isinstance(self.redaction, Shown) else names
        self.explain(row, "\n".join(f"{name}: {value}" for name, value in told.items() if value and name not in hidden))

    def time(self, text: str, seconds: bool = False) -> int | None:
        """The time of a record, which some write as seconds since 1970; where there is none, that is told."""
        value, said = (
            self.clock.seconds(text)
            if seconds and text[:1].isdigit() and text.count("-") == 0
            else self.clock.microseconds(text)
        )
        if said:
            self.findings.notice(f"time: {said}" if value is not None else f"no time: {said}")
        return value

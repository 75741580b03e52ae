# SPDX-License-Identifier: MIT
"""Which of the tests a mutant of the module meets, and in which order: those that run its line, as lines_run.py knows them."""

from __future__ import annotations

from c_mutants import Mutant
from host import MODULE
from lines_run import IDLE, Measured

CLOSE_BY = 30  # lines


class Relevance:
    """Of the checks, or of the setups, by their names, the likely and the quick ones first."""

    def __init__(self, measured: Measured, names: list[str], at_loading: list[str]):
        self.lines, self.names = measured.lines, names
        self.at_loading = set(at_loading)  # these meet what is run when the module is loaded, too
        self.noticed: list[tuple[str, int, str]] = []

    def notice(self, mutant: Mutant, name: str) -> None:
        self.noticed.append((part(mutant), mutant.line, name))

    def of(self, mutant: Mutant) -> list[str]:
        last = mutant.source.count("\n", 0, mutant.end) + 1
        lines = [f"{part(mutant)}:{line}" for line in range(mutant.line, last + 1)]
        idle = self.lines[IDLE]
        if not any(line in idle for line in lines):  # a declaration or a table
            chosen = self.names
        else:
            is_loading = any(idle.get(line) for line in lines)
            chosen = [
                name
                for name in self.names
                if any(self.lines[name].get(line, 0) != idle.get(line, 0) for line in lines)
                or (is_loading and name in self.at_loading)
            ]
        near = {name: abs(line - mutant.line) for of, line, name in self.noticed if of == part(mutant)}
        return sorted(chosen, key=lambda name: near.get(name, CLOSE_BY) // CLOSE_BY)


def part(mutant: Mutant) -> str:
    return str(mutant.file.relative_to(MODULE))

# SPDX-License-Identifier: MIT
"""Lists of what no test can reach or notice, with the reason: `WHAT | a sentence`, one a line; `#` begins a comment."""

import sys
from pathlib import Path


def explained(file: Path) -> dict[str, str]:
    """The reasons, by what they explain."""
    reasons: dict[str, str] = {}
    for line in file.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        what, separator, why = line.rpartition(" | ")
        if not separator or not why.strip() or " | " not in what:
            sys.exit(f"{file.name}: not FILE | what | why: {line}")
        reasons[what] = why
    return reasons


def stale(file: Path, reasons: dict[str, str], needed: set[str]) -> list[str]:
    """Complaints about entries that explain nothing any more."""
    return [f"{file.name}: needed no more, take it out: {what}" for what in reasons if what not in needed]

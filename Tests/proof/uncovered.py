#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds what llvm-cov exported (coverage.sh) against uncovered.txt: python3 uncovered.py coverage.json"""

import json
import sys
from pathlib import Path

from explained import explained, stale

UNCOVERED = Path(__file__).with_name("uncovered.txt")
CODE = 0  # a region's kind: code, not an expansion, a gap or something skipped


def unexecuted(export: Path) -> list[tuple[Path, int, int]]:
    """File, line and column where code begins that no test ran."""
    counts: dict[tuple[Path, int, int, int, int], int] = {}
    for function in json.loads(export.read_text())["data"][0]["functions"]:
        for *place, count, file, _, kind in function["regions"]:
            if kind == CODE:
                region = (Path(function["filenames"][file]), *place)
                counts[region] = counts.get(region, 0) + count
    return sorted({region[:3] for region, count in counts.items() if count == 0 and "Sources" in region[0].parts})


def source_line(file: Path, line: int, column: int) -> tuple[int, str]:
    """Number and text of the line where the code itself begins; with an `else`, the condition that it belongs to."""
    lines = file.read_text().splitlines()
    if not lines[line - 1][column - 1 :].strip():
        line += 1
    first = line
    if lines[line - 1].lstrip().startswith("else "):
        while not lines[first - 1].lstrip().startswith("guard "):
            first -= 1
    return line, " ".join(" ".join(lines[first - 1 : line]).split())


def main() -> int:
    reasons = explained(UNCOVERED)
    found: set[str] = set()
    missing = 0
    for file, line, column in unexecuted(Path(sys.argv[1])):
        number, text = source_line(file, line, column)
        what = f"{file.name} | {text}"
        found.add(what)
        if what not in reasons:
            missing += 1
            print(f"no test runs: {what} (line {number})")
    complaints = stale(UNCOVERED, reasons, found)
    for complaint in complaints:
        print(complaint)
    print(
        f"coverage: {len(found)} places that no test runs, {len(found) - missing} of them explained in {UNCOVERED.name}"
    )
    return 1 if missing or complaints else 0


if __name__ == "__main__":
    sys.exit(main())

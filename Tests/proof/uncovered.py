#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds what llvm-cov exported (coverage.sh) against uncovered.txt: python3 uncovered.py coverage.json"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from explained import explained, stale

UNCOVERED = Path(__file__).with_name("uncovered.txt")
CODE = 0  # a region's kind: code, not an expansion, a gap or something skipped


def unexecuted(export: dict[str, Any]) -> list[tuple[Path, int, int]]:
    """File, line and column where code begins that no test ran."""
    counts: dict[tuple[Path, int, int, int, int], int] = {}
    for function in export["functions"]:
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
    export = json.loads(Path(sys.argv[1]).read_text())["data"][0]
    reasons = explained(UNCOVERED)
    found: Counter[str] = Counter()
    missing = 0
    for file, line, column in unexecuted(export):
        number, text = source_line(file, line, column)
        found[what := f"{file.name} | {text}"] += 1
        if found[what] > 1:  # a reason is for one place, not for all that come to stand in its line
            found[what := f"{file.name}#{found[what]} | {text}"] += 1
        if what not in reasons:
            missing += 1
            print(f"no test runs: {what} (line {number})")
    complaints = stale(UNCOVERED, reasons, set(found))
    for complaint in complaints:
        print(complaint)
    regions, lines = export["totals"]["regions"], export["totals"]["lines"]
    if not regions["covered"]:
        sys.exit("coverage: FAILED: the tests ran nothing of the core")
    print(
        f"coverage: the tests run {regions['covered']} of {regions['count']} regions and {lines['covered']} of "
        f"{lines['count']} lines of the core; {len(found)} places are not run, {len(found) - missing} of them explained "
        f"in {UNCOVERED.name}" + ("; FAILED" if missing or complaints else "")
    )
    return 1 if missing or complaints else 0


if __name__ == "__main__":
    sys.exit(main())

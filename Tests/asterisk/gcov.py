# SPDX-License-Identifier: MIT
"""The module, in all its parts, built with gcc --coverage inside the Debian system of the tests, and what gcov tells of it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field

from host import Host

FLAGS = "CFLAGS='-O0 -g --coverage' LDFLAGS=--coverage"
FOLDER = "usr/src/callprop"


@dataclass
class Line:
    function: str
    count: int = 0
    branches: list[int] = field(default_factory=list)


def forget(host: Host) -> None:
    for file in (host.root / FOLDER).rglob("*.gcda"):
        file.unlink()


def lines(host: Host) -> dict[tuple[str, int], Line]:
    """By part and number. Complete once the module is unloaded, or Asterisk has stopped."""
    counted = [file.relative_to(host.root / FOLDER) for file in sorted((host.root / FOLDER).rglob("*.gcda"))]
    if not counted:
        return {}
    host.sh(f"cd /{FOLDER} && rm -f *.gcov.json.gz && gcov -b --json-format {' '.join(map(str, counted))}")
    found: dict[tuple[str, int], Line] = {}
    for report in (host.root / FOLDER).glob("*.gcov.json.gz"):
        for file in json.loads(gzip.decompress(report.read_bytes()))["files"]:
            if file["file"].endswith(".c"):
                for line in file["lines"]:
                    here = found.setdefault((file["file"], line["line_number"]), Line(line.get("function_name", "")))
                    here.count += line["count"]
                    here.branches += [branch["count"] for branch in line["branches"]]
    return found

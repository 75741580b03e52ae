# SPDX-License-Identifier: MIT
"""What `make test-asterisk` looks at, in parts that can be run one by one: for mutation.py, which stops at the first difference."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from real_calls import Failed

import administration
import cases
import desk
import load
import paths
from lab import QuickLab
from pbx import Pbx, callprop_conf


@dataclass(frozen=True)
class Check:
    name: str
    differs: Callable[[Pbx, Path], str]  # what was seen instead; "" when it is as it should be


def call_check(row: cases.Row, permitted: bool) -> Check:
    def differs(pbx: Pbx, folder: Path) -> str:
        outcome = cases.measure(pbx, folder, row, permitted, QuickLab)
        return "" if outcome.expected == outcome.seen else outcome.seen

    return Check(f"{row.path}: {row.what}, {row.prop} {'there' if permitted else 'missing'}", differs)


def desk_check(part: Callable[[desk.Desk], None]) -> Check:
    def differs(pbx: Pbx, folder: Path) -> str:
        pbx.configure(callprop_conf())
        at_work = desk.Desk(pbx, folder, QuickLab)
        part(at_work)
        return "; ".join(f"{check.name}: {check.seen!r}" for check in at_work.checks if check.expected != check.seen)

    return Check(f"administration: {part.__name__}", differs)


def reloads(pbx: Pbx, folder: Path) -> str:
    kept = load.growth_by_reloads(pbx)
    return f"{kept} KiB" if kept > load.GROWTH_BY_RELOADS else ""


# The denied ones first: a decision that is left out shows there.
CALLS = [call_check(row, permitted) for permitted in (False, True) for row in paths.TABLE]
DESK = [desk_check(part) for part in administration.PARTS]
RELOADS = Check("memory that reloads keep", reloads)
CHECKS = [*DESK, *CALLS, RELOADS]


# What a test raises when an answer lacks what it looks for: those of the unchanged module never do.
MISREAD = (OSError, LookupError, ValueError, TypeError, AttributeError, StopIteration)


def difference(check: Check, pbx: Pbx, folder: Path) -> str:
    """What is seen twice. Once may be the machine's doing."""
    return once(check, pbx, folder) and once(check, pbx, folder)


def once(check: Check, pbx: Pbx, folder: Path) -> str:
    try:
        return check.differs(pbx, folder)
    except (Failed, subprocess.TimeoutExpired) as failure:
        return f"FAILED: {failure}".splitlines()[0]
    except MISREAD as failure:
        return f"{'FAILED' if pbx.alive() else 'Asterisk is gone'}: {failure!r}"

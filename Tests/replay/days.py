# SPDX-License-Identifier: MIT
"""Calls and changes in which all that is difficult happens: all facts, those that are not known included, at the moments at which something begins."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import product
from typing import Any

SECOND = 1_000_000
WEEK = 7 * 24 * 3600 * SECOND
ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe")


def at(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=timezone.utc).timestamp()) * SECOND  # type: ignore[misc]


# The night in which Berlin's clocks are set back is that of 27 October 2024, and Lord Howe's go forward half an hour on 5 October.
NIGHT = at(2024, 10, 27)
BOUNDARY = at(2024, 10, 24) - at(2024, 10, 24) % WEEK  # of the weeks that the plan cuts spans into
TIMES: list[int | None] = [
    None,
    BOUNDARY - 1,
    BOUNDARY,
    BOUNDARY + 1,
    at(2024, 10, 5, 15, 29, 59),
    at(2024, 10, 5, 15, 30),
    NIGHT + 30 * 60 * SECOND,
    NIGHT + 90 * 60 * SECOND,
    NIGHT + 150 * 60 * SECOND,
    at(2024, 10, 21, 12, 0, 0) - 1,
    at(2024, 10, 21, 12, 0, 0),
    at(2024, 10, 21, 12, 0, 0) + 999_999,
    at(2024, 10, 21, 12, 0, 1),
    at(2024, 12, 30, 23, 59, 59),
]
# A name that is a quote, one that is a number with a zero in front, and one that is no number.
EXTENSIONS = [None, "101", "0101", "102", "103", "104", "o'hara", "unknown"]
PARTIES = [None, "extension", "external", "queue", "ivr"]
FACTS = [*product(PARTIES, PARTIES, [None, "src", "dst"], [None, False, True])]

STATUSES = {"work": "li,lo,ri,ro,qli,qri", "lunch": "li,lo", "closed": "", "all": "all", "": "cq"}


def parts(make: Any) -> list[Any]:
    """Every extension at every moment with every fact; and some in which nobody is asked."""
    made = [
        make("f", row, str(row), time, extension, *facts)
        for row, (time, extension, facts) in enumerate(product(TIMES, EXTENSIONS, FACTS), 1)
    ]
    return made + [make("g", 1, "1", time, None, "external", "ivr", None, False, "nobody", False) for time in TIMES]


def changes(make: Any) -> list[Any]:
    """101 changes on a boundary and within a second, with ties; 102's status is taken away; 103 has had one always; 104 gets it late."""
    noon = at(2024, 10, 21, 12, 0, 0)
    rows = [
        ("101", "work", BOUNDARY - 1, 1),
        ("101", "lunch", BOUNDARY, 2),
        ("101", "closed", noon, 3),
        ("101", "all", noon, 5),
        ("101", "lunch", noon, 4),
        ("101", "work", noon + 999_999, 6),
        ("0101", "closed", 0, 0),
        ("102", "work", 0, 0),
        ("102", None, noon, 7),
        ("103", "all", 0, 0),
        ("104", "", at(2024, 12, 1), 8),
        ("o'hara", "gone", 0, 0),
    ]
    return [make(extension, status, None, time, sequence) for extension, status, time, sequence in rows]

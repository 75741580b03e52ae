# SPDX-License-Identifier: MIT
"""Tests/cases/refusals.json: inputs that are refused, and the whole cp_error of each."""

import json
from dataclasses import dataclass

from capi import CONSTANTS, Error
from installed import REPOSITORY

FILE = REPOSITORY / "Tests/cases/refusals.json"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Refusal:
    problem: str  # its name in the core
    argument: str  # property_list, call, out or buffer
    input: bytes | None  # None: NULL
    error: Error

    def __str__(self) -> str:
        shown = "NULL" if self.input is None else ascii(self.input[:40])[2:-1] or "empty"
        long = f"…{len(self.input)} bytes" if self.input is not None and len(self.input) > 40 else ""
        return f"{self.argument}-{self.problem}-{shown}{long}"


def _input(row: dict[str, object]) -> bytes | None:
    """One of the three ways to write it down."""
    match row:
        case {"input": None}:
            return None
        case {"input": str(text)}:
            return text.encode()
        case {"hex": str(digits)}:
            return bytes.fromhex(digits)
        case {"parts": list(parts)}:
            return b"".join(text.encode() * times for text, times in parts)
        case _:
            raise ValueError(f"{FILE}: a row without an input: {row}")


def read() -> list[Refusal]:
    sections = json.loads(FILE.read_text(encoding="utf-8"))["refusals"]
    return [
        Refusal(
            row["problem"], row["argument"], _input(row), Error(CONSTANTS[row["code"]], row["position"], row["text"])
        )
        for rows in sections.values()
        for row in rows
    ]


REFUSALS = read()


def of(argument: str) -> list[Refusal]:
    return [row for row in REFUSALS if row.argument == argument]

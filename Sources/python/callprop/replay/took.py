# SPDX-License-Identifier: MIT
"""Who took part in a call, as a format's reader tells it, before the part has a file and a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .part import Part
from .reading import Reading


class Took(NamedTuple):
    """A part. A fact that the record cannot tell is None; the note says why."""

    extension: str | None
    src: str | None
    dst: str | None
    leg: str | None
    callback: bool | None
    note: str = ""
    asked: bool = True


def parts_of(
    reading: Reading, file: str, numbers: list[int], time: int | None, taken: Iterable[Took]
) -> Iterator[Part]:
    """The parts of one call, each once, from the records of these numbers."""
    label = label_of(numbers)
    for took in dict.fromkeys(taken):
        told = (
            f"rows {label}: extension {took.extension or '?' if took.asked else 'none'}, "
            f"{took.src or '?'} to {took.dst or '?'}, leg {took.leg or '?'}. {took.note}".rstrip(". ")
        )
        for number in numbers:
            reading.explain(number, told)
        hide = reading.redaction
        extension = hide.number(took.extension) if took.extension else None
        facts = (took.src, took.dst, took.leg, took.callback)
        yield Part(file, min(numbers), label, time, extension, *facts, hide.text(took.note), took.asked)


def label_of(numbers: list[int]) -> str:
    """``2-4`` of 2, 3 and 4; ``2,7`` of 2 and 7."""
    numbers = sorted(set(numbers))
    if numbers == [*range(numbers[0], numbers[-1] + 1)] and len(numbers) > 1:
        return f"{numbers[0]}-{numbers[-1]}"
    return ",".join(map(str, numbers))

# SPDX-License-Identifier: MIT
"""What is wrong with a file is counted, told with file and line, and does the other records no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from callprop.replay.formats import format_of
from callprop.replay.part import Damage
from callprop.replay.reading import Reading
from callprop.replay.times import Clock

HEAD = b"src,dst,leg,callback,extension,time\n"
GOOD = b"external,queue,dst,false,101,2024-03-04 09:20:17\n"
# What a line is, and the words in which it is told.
DAMAGED = [
    (b'external,"queue,dst,false,101,2024-03-04 09:20:17\n', "a quote is not closed"),
    (b"external,queue,dst\n", "3 fields; expected 6"),
    (b"external,queue,dst,false,101,2024-03-04 09:20:17,more\n", "7 fields; expected 6"),
    (b"externa\xe9,queue,dst,false,101,2024-03-04 09:20:17\n", "not utf-8: byte 0xe9"),
    (b"external,qu\0eue,dst,false,101,2024-03-04 09:20:17\n", "a NUL byte"),
    (b"External,queue,dst,false,101,2024-03-04 09:20:17\n", "src: no such value: 'External'"),
    (b"external,queue,dest,false,101,2024-03-04 09:20:17\n", "leg: no such value: 'dest'"),
    (b"external,queue,dst,0,101,2024-03-04 09:20:17\n", "callback: no such value: '0'"),
    (b"x" * ((1 << 20) + 100) + b"\n", "longer than"),
    (b"external,queue,dst,fal", "4 fields; expected 6"),
]


def read(content: bytes, folder: Path, encoding: str = "", zone: str = "UTC") -> tuple[list[int | None], Reading]:
    path = folder / "calls.csv"
    path.write_bytes(content)
    reading = Reading(clock=Clock(zone), encoding=encoding)
    return [part.time for part in format_of(path, "", reading).parts(path)], reading


@pytest.mark.parametrize(("line", "words"), DAMAGED, ids=[words for _, words in DAMAGED])
def test_a_damaged_line_is_told_and_the_others_are_read(line: bytes, words: str, tmp_path: Path) -> None:
    behind = GOOD * 2 if line.endswith(b"\n") else b""
    times, reading = read(HEAD + GOOD + line + behind, tmp_path)
    assert len(times) == 1 + len(behind) // len(GOOD)
    assert reading.findings.damaged == 1
    (damage,) = reading.findings.first
    assert damage == Damage("calls.csv", 3, damage.reason)
    assert words in damage.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_marks_in_front_and_ends_of_lines(encoding: str, end: bytes, tmp_path: Path) -> None:
    text = (HEAD + GOOD * 3).replace(b"\n", end).decode()
    times, reading = read(text.encode(encoding), tmp_path)
    assert (times, reading.findings.damaged) == ([1709544017_000000] * 3, 0)


def test_another_encoding_is_read_when_it_is_named(tmp_path: Path) -> None:
    content = HEAD + GOOD.replace(b"101", b"\xe9t\xe9")
    assert len(read(content, tmp_path, "latin-1")[0]) == 1
    assert read(content, tmp_path)[1].findings.damaged == 1


@pytest.mark.parametrize(
    ("time", "zone", "wanted", "notice"),
    [
        ("2024-03-04T09:20:17Z", "Europe/Berlin", 1709544017_000000, ""),
        ("2024-03-04 09:20:17", "Europe/Berlin", 1709540417_000000, ""),
        ("2024-03-04 09:20:17.5", "UTC", 1709544017_500000, ""),
        ("2024-03-04 09:20:17+01:00", "UTC", 1709540417_000000, ""),
        ("2024/03/04 09:20:17", "UTC", 1709544017_000000, ""),
        ("2024-10-27 02:30:00", "Europe/Berlin", 1729989000_000000, "comes twice"),
        ("2024-03-31 02:30:00", "Europe/Berlin", None, "does not come"),
        ("1/9/2023 17:25:28", "UTC", None, "--dates"),
        ("2024-02-30 09:20:17", "UTC", None, "no time"),
        ("1969-12-31 23:59:59", "UTC", None, "before 1970"),
        ("1709544017", "UTC", None, "no time"),
        ("", "UTC", None, "no time"),
    ],
)
def test_a_time_is_read_or_its_call_has_none(
    time: str, zone: str, wanted: int | None, notice: str, tmp_path: Path
) -> None:
    times, reading = read(HEAD + GOOD.replace(b"2024-03-04 09:20:17", time.encode()), tmp_path, zone=zone)
    assert times == [wanted]
    assert (notice in str(reading.findings.notices)) if notice else reading.findings.notices == {}


def test_an_unknown_column_is_told_and_left_out(tmp_path: Path) -> None:
    times, reading = read(HEAD.replace(b"\n", b",queue_name\n") + GOOD.replace(b"\n", b",support\n"), tmp_path)
    assert len(times) == 1
    assert reading.findings.notices == {"calls.csv: unknown column, not read: queue_name": 1}

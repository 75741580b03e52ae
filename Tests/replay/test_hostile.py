# SPDX-License-Identifier: MIT
"""Records that somebody has spoilt, by accident or on purpose: nothing crashes, no fact is made up, no answer is obeyed by anything."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from callprop.replay.formats import FORMATS, format_of
from callprop.replay.history import read_history
from callprop.replay.office import read_office
from callprop.replay.part import Part, Refused
from callprop.replay.reading import Reading
from callprop.replay.times import Clock
from conftest import RECORDS, REPOSITORY

OFFICE = read_office(RECORDS / "callprop.conf")
HOSTILE = [
    "", "?", "NULL", "null", "None", "=cmd|' /C calc'!A1", '"', "'; DROP TABLE calls; --", "/", "Local/", "Local/;1", "-", "*", "@",
    "PJSIP/", "PJSIP/101", "/101-00000001", "\uff11\uff10\uff11", "²", "+", "true", "[]", "{", "\x1b[31m", "\u2028", "e\u0301", "9" * 5000,
    "x" * 140_000, "2024-02-30 25:61:61", "-1", "NaN", "1e309",
]  # fmt: skip
FACTS = (
    {"extension", "external", None},
    {"extension", "external", "queue", "ivr", None},
    {"src", "dst", None},
    {True, False, None},
)


def well_formed(part: Part) -> bool:
    facts = (part.src, part.dst, part.leg, part.callback)
    known = all(fact in allowed for fact, allowed in zip(facts, FACTS)) or part.src in ("queue", "ivr")
    # Who is asked is an extension that is declared, or nobody knows who.
    return known and (part.extension is None or part.extension in OFFICE.extensions or not part.asked)


def parts_of(path: Path, name: str) -> list[Part]:
    return list(format_of(path, name, Reading(OFFICE)).parts(path))


def spoilt_csv(name: str) -> Iterator[str]:
    """The file with each field of each row replaced in turn; the value is another each time."""
    rows = list(csv.reader(io.StringIO((RECORDS / name).read_text(encoding="utf-8"))))
    turn = 0
    for row in rows:
        for place, kept in enumerate(row):
            for _ in range(3):
                row[place] = HOSTILE[turn % len(HOSTILE)]
                turn += 1
                text = io.StringIO()
                csv.writer(text, lineterminator="\n").writerows(rows)
                yield text.getvalue()
            row[place] = kept


def spoilt_json(name: str) -> Iterator[str]:
    """The same for each value of each object, and values that are of another kind."""
    text = (RECORDS / name).read_text(encoding="utf-8")
    records = (
        json.loads(text)["call_history"] if name.endswith(".json") else [json.loads(line) for line in text.splitlines()]
    )
    turn = 0
    for record in records:
        for holder, key in [*places(record)]:
            kept = holder[key]
            for value in (HOSTILE[turn % len(HOSTILE)], [None, [], {}, 7, True, [[]], {"a": None}][turn % 7]):
                turn += 1
                holder[key] = value
                yield "\n".join(map(json.dumps, records))
            holder[key] = kept


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, inner in [*(value.items() if isinstance(value, dict) else enumerate(value))]:
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from places(inner)


@pytest.mark.parametrize(
    ("file", "name"),
    [("pbx-table.csv", "asterisk-cdr"), ("freepbx-report.csv", "asterisk-cdr"), ("cel.csv", "asterisk-cel"), ("3cx.log", "3cx"),
     ("freeswitch.jsonl", "freeswitch"), ("call_history.json", "call-history")],
)  # fmt: skip
def test_whatever_a_field_is_nothing_is_made_up(file: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "spoilt"
    tried = 0
    for text in spoilt_json(file) if "json" in file else spoilt_csv(file):
        tried += 1
        path.write_text(text, encoding="utf-8")
        try:
            found = parts_of(path, name)
        except Refused as problem:
            assert str(path) in str(problem)
            continue
        wrong = [part for part in found if not well_formed(part)]
        # 3CX and the vendor say themselves who is an extension.
        assert wrong == [] or name in ("3cx", "call-history"), (text[:500], wrong)
    assert tried > 100


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 5000,
        os.urandom(5000),
        b"\n" * 5000,
        b"," * 5000,
        b'"' * 5000,
        b"{" * 5000,
        b"PAR1",
        b"SQLite format 3\0",
    ],
    ids=lambda each: repr(each[:8]),
)
def test_what_is_no_record_at_all_is_refused_or_is_damage(name: str, content: bytes, tmp_path: Path) -> None:
    from callprop.replay.intake import take_in

    path = tmp_path / "nothing"
    path.write_bytes(content)
    reading = Reading(OFFICE)
    try:
        take_in([path], name, reading, tmp_path / "calls.parquet")
    except Refused as problem:
        assert str(path) in str(problem)
    assert (
        not (tmp_path / "calls.parquet").exists()
        or pyarrow.parquet.read_table(tmp_path / "calls.parquet").num_rows == 0
    )


WITH_HEADER = {"pbx-table.csv": RECORDS / "pbx-table.csv"}


def plain(folder: Path) -> Path:
    path = folder / "plain.csv"
    path.write_text(
        "src,dst,leg,callback,extension,time\nexternal,queue,dst,false,101,2024-03-04 09:20:17\nextension,?,src,true,0102,2024-03-04 09:20:18\n",
        encoding="utf-8",
    )
    return path


def denials(folder: Path) -> Path:
    path = folder / "history.csv"
    path.write_text(
        "time,sequence,event,client,extension,from,to,status,src,dst,leg,callback,reason\n"
        "2024-03-04T09:20:17.000Z,1,denial,,101,,,lunch,external,queue,dst,false,why\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("make", [lambda _: RECORDS / "pbx-table.csv", plain, denials], ids=["cdr", "plain", "denials"])
def test_columns_may_stand_in_another_order_and_none_twice(make: Any, tmp_path: Path) -> None:
    source = make(tmp_path)
    rows = [[*row] for row in csv.reader(io.StringIO(source.read_text(encoding="utf-8")))]
    reading = Reading(OFFICE)
    wanted = [part[1:] for part in format_of(source, "", reading).parts(source)]
    for turn in range(len(rows[0])):
        path = tmp_path / "turned.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[*row[turn:], *row[:turn]] for row in rows])
        assert [part[1:] for part in format_of(path, "", Reading(OFFICE)).parts(path)] == wanted
    for place in range(len(rows[0])):
        path = tmp_path / "twice.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[*row, row[place]] for row in rows])
        with pytest.raises(Refused, match=f"the column {rows[0][place]} is there twice"):
            list(format_of(path, "", Reading(OFFICE)).parts(path))


def test_a_column_that_parquet_has_twice(tmp_path: Path) -> None:
    path = tmp_path / "twice.parquet"
    names = ["src", "dst", "leg", "extension", "time", "src"]
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays([pyarrow.array(["x"])] * 6, names=names), path)
    with pytest.raises(Refused, match="the column src is there twice"):
        parts_of(path, "plain")


HEAD = "time,sequence,event,client,extension,from,to"


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_a_history_has_nothing_crashes(value: str, tmp_path: Path) -> None:
    path = tmp_path / "history"
    good = ["2024-03-04T09:20:17.000Z", "1", "begin", "", "101", "", "work"]
    for place in range(7):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(
            [HEAD.split(","), good, [*good[:place], value, *good[place + 1 :]]]
        )
        path.write_text(text.getvalue(), encoding="utf-8")
        changes = read_history(path, Reading())
        assert 1 <= len(changes) <= 3
    event: dict[str, Any] = {
        "extension_id": 1,
        "old_status_id": 2,
        "new_status_id": 3,
        "change_dt": "2024-03-04T09:20:17Z",
    }
    for name in event:
        for each in (value, [value], {value: 1}, None):
            path.write_text(json.dumps(event) + "\n" + json.dumps({**event, name: each}), encoding="utf-8")
            assert read_history(path, Reading())


@pytest.mark.parametrize(
    "encoding", ["idna", "punycode", "base64", "unicode_escape", "utf-7", "utf-32", "cp037", "rot13", "undefined", "\0"]
)
def test_an_encoding_that_is_not_the_files_is_damage_or_refused(encoding: str, replay: Any) -> None:
    done = replay(
        RECORDS / "pbx-table.csv", "--conf", RECORDS / "callprop.conf", "--status", "ro", "--encoding", encoding
    )
    assert done.returncode in (0, 2), done
    assert done.returncode == 0 or done.stderr.startswith("callprop: "), done.stderr


@pytest.mark.parametrize("option", ["--html", "--parquet"])
def test_what_cannot_be_written_is_said(option: str, replay: Any, tmp_path: Path) -> None:
    for target in (tmp_path / "none/report", Path("/proc/none"), tmp_path / ("x" * 300)):
        done = replay(RECORDS / "3cx.log", "--status", "ro", option, target)
        assert (done.returncode, done.stdout) == (2, ""), done
        assert str(target) in done.stderr


def test_a_pipe_is_refused(replay: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = replay(tmp_path / "pipe", "--status", "ro")
    assert (done.returncode, "expected a file" in done.stderr) == (2, True)


def test_times_without_a_zone_are_in_the_zone_that_is_said(tmp_path: Path) -> None:
    path = plain(tmp_path)
    times = {}
    for zone in ("UTC", "Asia/Kolkata", "America/New_York"):
        times[zone] = next(iter(format_of(path, "", Reading(OFFICE, Clock(zone))).parts(path))).time
    hour = 3600_000_000
    assert times["UTC"] == 1709544017_000000
    assert times["UTC"] - times["Asia/Kolkata"] == 5.5 * hour
    assert times["America/New_York"] - times["UTC"] == 5 * hour


def test_replay_is_loaded_only_where_it_is_asked_for() -> None:
    import subprocess
    import sys

    code = (
        "import sys, callprop; assert not [m for m in sys.modules if 'replay' in m]\n"
        "from callprop.command import main; main(['list'])\n"
        "assert not {'duckdb', 'pyarrow', 'altair', 'callprop.replay.command'} & {*sys.modules}"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "Sources/python")},
        stdout=subprocess.DEVNULL,
    )

# SPDX-License-Identifier: MIT
"""`callprop replay`, as it is run: questions, outputs, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from conftest import RECORDS

CONF = ("--conf", RECORDS / "callprop.conf")
TABLE = RECORDS / "pbx-table.csv"


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """101 is called by the queue before noon, at noon and after; 102 calls outside; a fact is not known; a line is damaged."""
    path = tmp_path / "calls.csv"
    rows = [
        "src,dst,leg,callback,extension,time",
        "external,queue,dst,false,101,2026-11-26 11:59:59",
        "external,queue,dst,false,101,2026-11-26 12:00:00",
        "external,queue,dst,false,101,2026-11-26 12:30:00",
        "extension,external,src,false,102,2026-11-26 12:30:00",
        "external,?,dst,false,102,2026-11-26 12:30:00",
        "external,queue",
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def statuses(tmp_path: Path) -> Path:
    path = tmp_path / "statuses.json"
    listed = [
        {"id": 1, "name": "Work", "property_list": ["qri", "ro"]},
        {"id": 2, "name": "Lunch", "property_list": ["ro"]},
        {"id": 3, "name": "Closed", "property_list": []},
    ]
    path.write_text(json.dumps(listed), encoding="utf-8")
    return path


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.jsonl"
    events = [
        {"extension_id": 101, "old_status_id": 1, "new_status_id": 2, "change_dt": "2026-11-26T12:00:00Z"},
        {"extension_id": 102, "old_status_id": None, "new_status_id": 2, "change_dt": "2026-11-26T10:00:00Z"},
    ]
    path.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    return path


def states(told: dict[str, Any], side: str) -> tuple[int, int, int]:
    counts = told["summary"][side]
    return counts["permitted"], counts["refused"], counts["not_known"]


def answer(replay: Any, *arguments: Any) -> dict[str, Any]:
    done = replay(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, ""), done
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_what_if(replay: Any, plain: Path, statuses: Path) -> None:
    for status in ("Lunch", "2", "ro", f"@{statuses}:Lunch", '["ro"]'):
        told = answer(replay, plain, "--statuses", statuses, "--status", status)
        assert (told["question"], states(told, "after")) == (status, (1, 3, 1))
        assert "before" not in told["summary"]
    assert (told["damaged"], told["damage"][0]["file"], told["damage"][0]["line"]) == (1, "calls.csv", 7)
    assert [call["extension"] for call in told["calls"]] == ["101"] * 3
    assert told["calls"][0]["after_reason"].startswith("Denied: an outside number calls this extension through a queue")


def test_of_some_extensions(replay: Any, plain: Path) -> None:
    told = answer(replay, plain, "--status", "ro", "--extensions", "102,103")
    assert states(told, "after") == (1, 0, 1)


def test_from_one_to_the_other(replay: Any, plain: Path, statuses: Path) -> None:
    told = answer(replay, plain, "--statuses", statuses, "--from", "Work", "--to", "Closed")
    assert (states(told, "before"), states(told, "after")) == ((4, 0, 1), (0, 4, 1))
    assert (told["summary"]["newly_refused"], told["summary"]["newly_permitted"]) == (4, 0)


def test_as_it_was(replay: Any, plain: Path, statuses: Path, history: Path) -> None:
    told = answer(replay, plain, "--statuses", statuses, "--history", history)
    assert states(told, "after") == (2, 2, 1)
    assert [call["status"] for call in told["calls"]] == ["2", "2"]


def test_as_it_was_beside_what_if(replay: Any, plain: Path, statuses: Path, history: Path) -> None:
    asked = (plain, "--statuses", statuses, "--history", history)
    told = answer(replay, *asked, "--status", "Work")
    assert (states(told, "before"), states(told, "after")) == ((2, 2, 1), (4, 0, 1))
    told = answer(replay, *asked, "--from", "Work", "--to", "Closed")
    assert (states(told, "before"), states(told, "after")) == ((2, 2, 1), (1, 3, 1))


def test_a_new_file_of_statuses(replay: Any, plain: Path, statuses: Path, history: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.json"
    new.write_text(statuses.read_text(encoding="utf-8").replace('["ro"]', '["qri"]'), encoding="utf-8")
    told = answer(replay, plain, "--statuses", statuses, "--new-statuses", new, "--history", history)
    assert (states(told, "before"), states(told, "after")) == ((2, 2, 1), (3, 1, 1))
    assert (told["summary"]["newly_refused"], told["summary"]["newly_permitted"]) == (1, 2)


def test_by_the_statuses_of_the_conf(replay: Any) -> None:
    told = answer(replay, TABLE, *CONF)
    assert (states(told, "after"), told["not_asked"]) == ((8, 0, 2), 1)
    told = answer(replay, TABLE, *CONF, "--status", "lunch")
    assert states(told, "after") == (4, 4, 2)


def test_for_people(replay: Any, plain: Path) -> None:
    done = replay(plain, "--status", "ro", "--timezone", "Europe/Berlin")
    assert done.returncode == 0
    for line in (
        "5 times an extension took part in a call, of 6 records; times are in Europe/Berlin",
        "1 permitted, 3 refused, 1 not known",
        "  not known: 1: the records do not tell dst",
        "damaged, and left out: 1 record",
        "  calls.csv:7: 2 fields; expected 6, as the header has",
    ):
        assert line in done.stdout.splitlines()
    assert re.search(r"^Thursday 12 +4 +1 +2 +1$", done.stdout, re.MULTILINE)
    assert "2026-11-26 11:59:59  101  Denied: " in done.stdout


def test_parquet_has_every_call(replay: Any, plain: Path, tmp_path: Path) -> None:
    done = replay(plain, "--status", "ro", "--parquet", tmp_path / "o'ut.parquet")
    assert done.returncode == 0, done
    rows = pyarrow.parquet.read_table(tmp_path / "o'ut.parquet").to_pylist()
    assert sorted(row["after"] for row in rows) == ["not known", "permitted", "refused", "refused", "refused"]
    assert all(row["after_reason"] for row in rows)


def test_how_a_row_was_read(replay: Any) -> None:
    done = replay(TABLE, *CONF, "--explain-row", "10")
    assert done.returncode == 0
    assert "channel: PJSIP/2001-0000000d" in done.stdout
    assert "rows 10-11: extension 2006, extension to extension, leg dst" in done.stdout
    done = replay(TABLE, *CONF, "--explain-row", "13")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no record 13; it has 12" in done.stderr


def refusals(folder: Path) -> list[tuple[list[Any], str]]:
    kept = folder / "kept"
    kept.write_text("kept", encoding="utf-8")
    one = ["--status", "ro"]
    return [
        ([], "nothing says which status an extension has"),
        (["--from", "ro"], "--from and --to go together"),
        ([*one, "--from", "ro", "--to", "li"], "one question at a time"),
        (["--status", "lx"], 'no such property: "lx"'),
        ([*one, "--timezone", "Mars"], "no such time zone"),
        ([*one, "--timezone", "../../etc/passwd"], "no such time zone"),
        ([*one, "--encoding", "klingon"], "no such encoding"),
        ([*one, "--format", "csv"], "no such format"),
        ([*one, "--extensions", ","], "expected numbers"),
        ([*one, "--html", kept], "is there already, and nothing is written over"),
        ([*one, "--parquet", kept], "is there already, and nothing is written over"),
        ([*one, "--history", kept], "no history"),
        ([*one, "--conf", kept], "expected [section] or name = value"),
        ([*one, folder / "none.csv"], "there is no such file"),
    ]


@pytest.mark.parametrize("number", range(14))
def test_what_is_refused_says_what_would_be_right(replay: Any, plain: Path, tmp_path: Path, number: int) -> None:
    arguments, words = refusals(tmp_path)[number]
    done = replay(*arguments, plain)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert words in done.stderr
    assert (tmp_path / "kept").read_text(encoding="utf-8") == "kept"

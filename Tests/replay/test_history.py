# SPDX-License-Identifier: MIT
"""Which status an extension had, from both kinds of history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callprop.replay.history import Change, of_office, read_history
from callprop.replay.office import Office
from callprop.replay.part import Refused
from callprop.replay.reading import Reading
from conftest import RECORDS

HEAD = "time,sequence,event,client,extension,from,to,until,by,who,status,src,dst,leg,callback,required,granted,linkedid,uniqueid,channel,reason"
NOON = 1795694400_000000  # date -u -d '2026-11-26 12:00:00' +%s


def row(
    second: int,
    sequence: int,
    event: str,
    extension: str = "101",
    of: str = "",
    to: str = "",
    granted: str = "",
    client: str = "",
) -> str:
    quoted = f'"{granted}"' if "," in granted else granted
    return (
        f"2026-11-26T12:00:{second:02}.000Z,{sequence},{event},{client},{extension},{of},{to},,CLI,,,,,,,,{quoted},,,,"
    )


def read(text: str, folder: Path, client: str = "") -> tuple[list[Change], Reading]:
    path = folder / "history"
    path.write_text(text, encoding="utf-8")
    reading = Reading()
    return read_history(path, reading, client), reading


def at(second: int) -> int:
    return NOON + second * 1_000_000


ASTERISK = [
    ("begins, changes, ends", [row(1, 1, "begin", to="work", granted="li,lo"), row(2, 2, "change", of="work", to="lunch"), row(3, 3, "end", of="lunch")],
     [("101", "work", "li,lo", at(1), 1), ("101", "lunch", "", at(2), 2), ("101", None, None, at(3), 3)]),
    ("a change says what was before", [row(2, 7, "change", of="work", to="lunch", granted="li")],
     [("101", "work", None, 0, -1), ("101", "lunch", "li", at(2), 7)]),
    ("a stop ends what is known", [row(1, 1, "begin", to="work"), row(1, 2, "begin", "102", to="work"), row(5, 3, "stop", "")],
     [("101", "work", "", at(1), 1), ("101", None, None, at(5), 3), ("102", "work", "", at(1), 2), ("102", None, None, at(5), 3)]),
    ("a denial changes nothing", [row(1, 1, "begin", to="work"), row(2, 2, "denial")], [("101", "work", "", at(1), 1)]),
    ("another client's is another's", [row(1, 1, "begin", to="work"), row(2, 2, "change", of="work", to="lunch", client="acme")],
     [("101", "work", "", at(1), 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "wanted"), [each[1:] for each in ASTERISK], ids=[each[0] for each in ASTERISK])
def test_the_asterisk_modules_history(rows: list[str], wanted: list[tuple[object, ...]], tmp_path: Path) -> None:
    changes, reading = read("\n".join([HEAD, *rows]) + "\n", tmp_path)
    assert sorted(changes, key=lambda each: (each.extension, each.sequence)) == wanted
    assert reading.findings.damaged == 0


def test_of_one_client_alone(tmp_path: Path) -> None:
    rows = [HEAD, row(1, 1, "begin", to="work"), row(2, 2, "begin", to="lunch", client="acme")]
    assert read("\n".join(rows), tmp_path, "acme")[0] == [("101", "lunch", "", at(2), 2)]
    with pytest.raises(Refused, match="no change of a status in it for client beta"):
        read("\n".join(rows), tmp_path, "beta")


def test_half_a_line_and_lost_rows_are_told(tmp_path: Path) -> None:
    changes, reading = read(
        "\n".join([HEAD, row(1, 1, "begin", to="work"), row(2, 2, "lost"), "2026-11-26T12:00:03.0"]), tmp_path
    )
    assert len(changes) == 1
    assert [(each.line, "half a line" in each.reason) for each in reading.findings.first] == [(4, True)]
    assert any("rows are lost" in text for text in reading.findings.notices)


def event(extension: int, old: int | None, new: int | None, second: int) -> dict[str, object]:
    time = f"2026-11-26T12:00:{second:02}Z"
    return {"extension_id": extension, "old_status_id": old, "new_status_id": new, "change_dt": time}


@pytest.mark.parametrize("form", ["lines", "list", "wrapped"])
def test_the_vendors_events(form: str, tmp_path: Path) -> None:
    events = [event(7, 2, None, 5), event(7, None, 3, 9), event(8, None, 2, 1), event(7, 1, 2, 2)]
    wrapped = [{"event": "call-status-change", "data": each} for each in events] if form == "wrapped" else events
    text = json.dumps(wrapped, indent=1) if form == "list" else "\n".join(map(json.dumps, wrapped))
    changes, reading = read(text, tmp_path)
    assert sorted(changes, key=lambda each: (each.extension, each.time)) == [
        ("7", "1", None, 0, -1),
        ("7", "2", None, at(2), 3),
        ("7", None, None, at(5), 0),
        ("7", "3", None, at(9), 1),
        ("8", None, None, 0, -1),
        ("8", "2", None, at(1), 2),
    ]
    assert reading.findings.damaged == 0


def test_events_that_are_none_are_told(tmp_path: Path) -> None:
    good = json.dumps(event(7, 1, 2, 2))
    changes, reading = read(f'{good}\n{{"extension_id": 7}}\n{good[:30]}\n5\n', tmp_path)
    assert len(changes) == 2
    assert [each.line for each in reading.findings.first] == [3, 2, 4] or sorted(
        each.line for each in reading.findings.first
    ) == [2, 3, 4]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "no history\n", HEAD + "\n"])
def test_another_file_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"history: (there is no|no history)"):
        read(text, tmp_path)


def test_a_conf_alone_is_a_history_without_changes() -> None:
    office = Office(extensions={"101": "", "102": "lunch"}, default="work")
    assert of_office(office, Reading()) == [("101", "work", None, 0, 0), ("102", "lunch", None, 0, 0)]


def denial(second: int, sequence: int, status: str, facts: str, extension: str = "101", client: str = "") -> str:
    return (
        f"2026-11-26T12:00:{second:02}.000Z,{sequence},denial,{client},{extension},,,,,,{status},{facts},qri,,l,u,c,why"
    )


def test_what_the_module_denied_is_refused_again_and_where_it_is_not_that_shows(replay: Any, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    rows = [
        row(1, 1, "begin", to="work", granted="li,lo,qri"),
        row(2, 2, "change", of="work", to="lunch", granted="li"),
        denial(3, 3, "lunch", "external,queue,dst,false"),
        denial(4, 4, "lunch", "extension,external,src,false"),
        denial(5, 5, "lunch", "extension,?,src,false"),
        denial(6, 6, "lunch", "external,queue,dst,false", client="acme"),
        denial(1, 7, "work", "external,queue,dst,false"),  # by the history it would have been permitted
        "2026-11-26T12:00:09.000Z,8,den",
    ]
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    done = replay(path, "--history", path, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["summary"]["after"]) == (0, {"permitted": 1, "refused": 2, "not_known": 1})
    assert [call["after_reason"][:40] for call in told["calls"]] == [
        "Denied: an outside number calls this ext",
        "Denied: this extension calls an outside ",
    ]
    assert (told["records"], told["damaged"]) == (8, 2), "once as records, once as history"


def test_ids_of_the_vendors_history_are_numbers_of_its_records(replay: Any, tmp_path: Path) -> None:
    events = [{"extension_id": 7005, "old_status_id": None, "new_status_id": 2, "change_dt": "2024-03-04T11:00:00Z"}]
    history, statuses = tmp_path / "events.jsonl", tmp_path / "statuses.json"
    history.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    statuses.write_text('[{"id": 2, "name": "Lunch", "property_list": ["li"]}]', encoding="utf-8")
    for more in ([], ["--redact"]):
        done = replay(
            RECORDS / "call_history.json",
            "--conf",
            RECORDS / "callprop.conf",
            "--history",
            history,
            "--statuses",
            statuses,
            "--json",
            *more,
        )
        told = json.loads(done.stdout)
        assert (told["summary"]["after"]["refused"], [call["rows"] for call in told["calls"]]) == (1, ["5"])

# SPDX-License-Identifier: MIT
"""Each format gives what `records/expected.csv` says: who took part, with which facts, and what cannot be told."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from callprop.replay.formats import FORMATS, format_of
from callprop.replay.office import read_office
from callprop.replay.part import Part, Refused
from callprop.replay.reading import Reading
from callprop.replay.times import Clock
from conftest import RECORDS
from expected import Call, required

DAY_FIRST = "%d/%m/%Y %H:%M:%S"
DATES = {"freepbx-report.csv": DAY_FIRST}
FIRST_TIME = {  # microseconds, by date(1): date -u -d '2024-03-04 09:20:17' +%s
    "pbx-table.csv": 1709544017_000000,
    "freepbx-report.csv": 1693589128_000000,
    "3cx.log": 1714458448_000000,
    "cel.csv": 1709544100_100000,
    "freeswitch.jsonl": 1709544060_000000,
    "call_history.json": 1709544017_000000,
}


def read(path: Path, dates: str = "", wanted: str = "") -> tuple[list[Part], Reading]:
    reading = Reading(read_office(RECORDS / "callprop.conf"), Clock("UTC", dates))
    return list(format_of(path, wanted, reading).parts(path)), reading


def expected_of(file: str) -> list[tuple[Any, ...]]:
    """What `expected.csv` of ../shared/call-records says, and `expected-more.csv`, of the formats of which that has no file."""
    found = []
    for name in ("expected.csv", "expected-more.csv"):
        with (RECORDS / name).open(encoding="utf-8", newline="") as rows:
            found += [
                (row["rows"], row["extension"], row["src"], row["dst"], row["leg"], row["callback"], row["required"])
                for row in csv.DictReader(rows)
                if row["file"] == file
            ]
    return found


def as_expected(part: Part) -> tuple[Any, ...]:
    def fact(value: Any) -> str:
        return "?" if value is None else str(value).lower()

    facts = (part.src, part.dst, part.leg, part.callback)
    needs = "?" if None in facts else required(Call(*facts))
    if not part.asked:
        return (part.rows, "", fact(part.src), fact(part.dst), "", fact(part.callback), "")
    return (part.rows, fact(part.extension), *map(fact, facts), needs)


@pytest.mark.parametrize("file", FIRST_TIME)
def test_a_file_gives_what_it_must(file: str) -> None:
    parts, reading = read(RECORDS / file, DATES.get(file, ""))
    assert [as_expected(part) for part in parts] == expected_of(file)
    assert parts[0].time == FIRST_TIME[file]
    assert (reading.findings.damaged, reading.findings.notices) == (0, {})
    assert all(part.note for part in parts if None in part[4:9] and part.asked), "what is not known says why"


# cdr.csv as Asterisk writes it, without a header: accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, …
MASTER = (
    '"","{src}","{dst}","internal","""A"" <{src}>","{channel}","{rung}","{app}","x","2024-03-04 09:20:17",,'
    '"2024-03-04 09:20:30",13,0,"NO ANSWER","DOCUMENTATION","{id}",""\n'
)


def cdr(folder: Path, *rows: dict[str, str]) -> list[tuple[Any, ...]]:
    path = folder / "Master.csv"
    usual = {"app": "Dial", "rung": "", "src": "101", "dst": "102", "channel": "PJSIP/101-00000001"}
    lines = [MASTER.format(**{**usual, "id": f"1.{number}", **row}) for number, row in enumerate(rows)]
    path.write_text("".join(lines), encoding="utf-8")
    return [(p.rows, p.extension, p.src, p.dst, p.leg, p.callback, p.asked) for p in read(path)[0]]


TRUNK, PHONE, OTHER = "PJSIP/carrierA-0000000a", "PJSIP/102-0000000b", "PJSIP/103-0000000c"
CALLS: list[tuple[str, list[dict[str, str]], list[tuple[Any, ...]]]] = [
    ("one extension calls another", [{"rung": PHONE}],
     [("1", "101", "extension", "extension", "src", False, True), ("1", "102", "extension", "extension", "dst", False, True)]),
    ("it calls outside", [{"dst": "0301234567", "rung": TRUNK}], [("1", "101", "extension", "external", "src", False, True)]),
    ("outside, to a queue that rings two", [
        {"channel": TRUNK, "dst": "7000", "app": "Queue", "rung": PHONE, "id": "9"},
        {"channel": TRUNK, "dst": "7000", "app": "Queue", "rung": OTHER, "id": "9"}],
     [("1-2", "102", "external", "queue", "dst", False, True), ("1-2", "103", "external", "queue", "dst", False, True)]),
    ("the queue gives up, and a phone is rung", [
        {"channel": TRUNK, "dst": "7000", "app": "Queue", "id": "9"}, {"channel": TRUNK, "dst": "103", "rung": OTHER, "id": "9"}],
     [("1-2", "103", "external", "extension", "dst", False, True)]),
    ("a menu, and then outside", [
        {"dst": "6000", "app": "WaitExten", "id": "9"}, {"dst": "0301234567", "rung": TRUNK, "id": "9"}],
     [("1-2", "101", "extension", "ivr", "src", False, True), ("1-2", "101", "extension", "external", "src", False, True)]),
    ("a queue's member behind a Local channel, whose row comes first", [
        {"channel": "Local/102@internal-00000007;2", "src": "0301", "rung": PHONE, "id": "8"},
        {"channel": TRUNK, "dst": "7000", "app": "Queue", "rung": "Local/102@internal-00000007;1", "id": "9"}],
     [("1-2", "102", "external", "queue", "dst", False, True)]),
    ("an emergency number", [{"dst": "999", "rung": TRUNK}], [("1", None, "extension", None, "src", False, False)]),
    ("a phone that is nobody's calls", [{"channel": "PJSIP/hall-00000001", "rung": PHONE}],
     [("1", "102", None, "extension", "dst", False, True)]),
    ("a phone that is nobody's is rung", [{"rung": "PJSIP/hall-00000001"}],
     [("1", "101", "extension", "extension", "src", False, True), ("1", None, "extension", "extension", "dst", False, True)]),
    ("trunk to trunk", [{"channel": TRUNK, "dst": "0301234567", "rung": "PJSIP/carrierB-00000002"}],
     [("1", None, "external", "external", None, False, False)]),
    ("a phone that was refused before it rang, in a ring group", [
        {"channel": PHONE, "src": "102", "dst": "104", "app": "Return"}, {"dst": "104", "rung": OTHER}],
     [("1", "102", None, None, None, None, True), ("2", "101", "extension", "extension", "src", False, True), ("2", "103", "extension", "extension", "dst", False, True)]),
    ("by the line of the module itself", [{"channel": PHONE, "src": "102", "dst": "104", "app": "CallpropRing"}, {"dst": "104", "rung": OTHER}],
     [("1", "102", None, None, None, None, True), ("2", "101", "extension", "extension", "src", False, True), ("2", "103", "extension", "extension", "dst", False, True)]),
    ("in a queue", [
        {"channel": PHONE, "src": "7000", "dst": "7000", "app": "AppQueue"}, {"channel": TRUNK, "dst": "7000", "app": "Queue", "rung": OTHER}],
     [("1", "102", None, None, None, None, True), ("2", "103", "external", "queue", "dst", False, True)]),
    ("a number for which nobody is asked ends so", [{"dst": "999", "app": "Return"}], [("1", None, "extension", None, "src", False, False)]),
    ("two calls of one phone", [{"rung": PHONE}, {"rung": PHONE, "channel": "PJSIP/101-00000009"}],
     [(row, *rest) for row in "12" for rest in (("101", "extension", "extension", "src", False, True), ("102", "extension", "extension", "dst", False, True))]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "wanted"), [row[1:] for row in CALLS], ids=[row[0] for row in CALLS])
def test_asterisk_cdr_csv(rows: list[dict[str, str]], wanted: list[tuple[Any, ...]], tmp_path: Path) -> None:
    assert cdr(tmp_path, *rows) == wanted


def cel(folder: Path, *events: tuple[str, str, str, str, str]) -> list[tuple[Any, ...]]:
    """The parts of a call of these events: kind, number dialled, channel, application and what else is told. The first channel calls."""
    names = ["eventtype", "eventtime", "exten", "channame", "appname", "appdata", "uniqueid", "linkedid", "extra"]
    first = events[0][2]
    path = folder / "cel.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(names)
        for kind, exten, channel, app, extra in events:
            unique = "1.1" if channel == first else channel
            rows.writerow([kind, "1709544017.5", exten, channel, app, "", unique, "1.1", extra])
    return [(p.extension, p.src, p.dst, p.leg, p.callback) for p in read(path)[0]]


SENT_ON = '{"extension": "108", "transferee_channel_name": "PJSIP/carrierA-0000000a"}'
EVENTS: list[tuple[str, list[tuple[str, str, str, str, str]], list[tuple[Any, ...]]]] = [
    ("a queue that gave up, and no word of what rings then",
     [("CHAN_START", "7000", TRUNK, "", ""), ("APP_START", "7000", TRUNK, "Queue", ""), ("APP_END", "7000", TRUNK, "Queue", ""),
      ("CHAN_START", "", PHONE, "", "")],
     [("102", "external", "extension", "dst", False)]),
    ("who called outside sends on whom he called: that party is the one who rings 108",
     [("CHAN_START", "0301234567", "PJSIP/101-00000001", "", ""), ("CHAN_START", "", TRUNK, "", ""),
      ("BLINDTRANSFER", "", "PJSIP/101-00000001", "", SENT_ON), ("CHAN_START", "", "PJSIP/108-0000000f", "", "")],
     [("101", "extension", "external", "src", False), ("101", "extension", "extension", "src", False),
      ("108", "external", "extension", "dst", False)]),
    ("a transfer that does not say of whom",
     [("CHAN_START", "101", TRUNK, "", ""), ("CHAN_START", "", "PJSIP/101-00000001", "", ""),
      ("BLINDTRANSFER", "", "PJSIP/101-00000001", "", '{"extension": "108"}'), ("CHAN_START", "", "PJSIP/108-0000000f", "", "")],
     [("101", "external", "extension", "dst", False), ("101", "extension", "extension", "src", False),
      ("108", None, "extension", "dst", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("events", "wanted"), [row[1:] for row in EVENTS], ids=[row[0] for row in EVENTS])
def test_asterisk_cel(events: list[Any], wanted: list[tuple[Any, ...]], tmp_path: Path) -> None:
    assert cel(tmp_path, *events) == wanted


def test_an_agents_leg_says_itself_that_a_queue_rang_it(tmp_path: Path) -> None:
    legs = [json.loads(line) for line in (RECORDS / "freeswitch.jsonl").read_text(encoding="utf-8").splitlines()[4:6]]
    for leg in legs:
        del leg["app_log"]
        leg["callflow"][0]["caller_profile"]["destination_number"] = "15550199"
    path = tmp_path / "legs.jsonl"
    path.write_text("\n".join(map(json.dumps, legs)), encoding="utf-8")
    assert [as_expected(part)[1:6] for part in read(path)[0]] == [("103", "external", "queue", "dst", "false")]


def test_the_format_is_known_by_the_first_lines(tmp_path: Path) -> None:
    names = ["asterisk-cdr", "asterisk-cdr", "3cx", "asterisk-cel", "freeswitch", "call-history"]
    for file, name in zip(FIRST_TIME, names):
        assert format_of(RECORDS / file, "", Reading()).name == name
    for text in ("a,b,c\n1,2,3\n", "{}\n", "\n\n"):
        (tmp_path / "other").write_text(text, encoding="utf-8")
        with pytest.raises(Refused, match=r"other: (no call records that are known|there is no line)"):
            format_of(tmp_path / "other", "", Reading())
    with pytest.raises(Refused, match=f"--format cdr: no such format; expected {', '.join(FORMATS)}"):
        format_of(RECORDS / "3cx.log", "cdr", Reading())


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_another_format_is_all_damage_and_is_refused(name: str, tmp_path: Path) -> None:
    from callprop.replay.intake import take_in

    path = tmp_path / "other.csv"
    path.write_text("one,two\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"other\.csv: (none of its|no column|no CDR|no CEL|no history)"):
        take_in([path], name, Reading(), tmp_path / "calls.parquet")

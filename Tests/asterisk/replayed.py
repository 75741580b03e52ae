# SPDX-License-Identifier: MIT
"""What Asterisk and the module wrote, replayed: `callprop replay` says of each call what the module did with it."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from real_calls import Failed

from calls import AnyLab, call, menu
from desk import Desk
from history_lab import NAME, History, with_history
from host import ROOT
from injection import rings
from lab import until
from pbx import EXTENSIONS
from setups import Setup, modules

PYTHON = ROOT / "build/venv-replay/bin/python"


@dataclass(frozen=True)
class Row:
    name: str
    act: Callable[[AnyLab], str]
    expected: tuple[str, str]
    statuses: dict[str, tuple[str, ...]]
    asked: tuple[str, ...]  #: who was asked for which leg: "101 src", and "102 dst no" who was denied
    untold: tuple[str, ...] = ()  #: what no CDR tells of it, and so is not known

    def wanted(self) -> set[str]:
        return {each if each.endswith(" no") else f"{each} yes" for each in self.asked}


ALL = ("all",)
# fmt: off
TABLE = [
    Row("inside", call("101", "102"), ("200", "102"), {"101": ("lo",), "102": ("li",)}, ("101 src", "102 dst")),
    Row("inside, 102 without li", call("101", "102"), ("403", ""), {"101": ("lo",), "102": ("ri", "ro")}, ("101 src", "102 dst no"), ("102 dst no",)),
    Row("inside, 101 without lo", call("101", "102"), ("403", ""), {"101": ("li", "ro"), "102": ("li",)}, ("101 src no",)),
    Row("out", call("101", "0301234"), ("200", "trunk"), {"101": ("ro",)}, ("101 src",)),
    Row("out, without ro", call("101", "0301234"), ("403", ""), {"101": ("lo", "li")}, ("101 src no",)),
    Row("out, for help", call("101", "112"), ("200", "trunk"), {"101": ()}, ()),
    Row("in", call("trunk", "102"), ("200", "102"), {"102": ("ri",)}, ("102 dst",)),
    Row("in, without ri", call("trunk", "102"), ("403", ""), {"102": ("li", "qri")}, ("102 dst no",), ("102 dst no",)),
    Row("a queue inside", call("101", "500"), ("200", "102"), {"101": ("lo",), "102": ("qli",), "103": ("qli",)}, ("101 src", "102 dst")),
    Row("a queue from outside, 102 without qri", call("trunk", "500"), ("200", "103"), {"102": ("ri", "qli"), "103": ("qri",)}, ("102 dst no", "103 dst"), ("102 dst no",)),
    Row("a ring group, 102 without li", call("101", "610"), ("200", "103"), {"101": ("lo",), "102": ("qli",), "103": ("li",)}, ("101 src", "102 dst no", "103 dst"), ("102 dst no",)),
    Row("a menu, and outside", menu("101", "9"), ("200", "trunk"), {"101": ("lo", "ro")}, ("101 src",)),
    Row("a menu, without lo", menu("101", "9"), ("403", ""), {"101": ("ro",)}, ("101 src no",)),
]
# fmt: on


def replay(folder: Path, records: Path, *arguments: str | Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The answer, and each part of a call with its decision."""
    parquet = folder / "calls.parquet"
    parquet.unlink(missing_ok=True)
    python = str(PYTHON)
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT / "Sources/python"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CALLPROP_LIBRARY": str(ROOT / "build/stage/lib/libcallprop.so.1"),
    }
    asked = [python, "-m", "callprop", "replay", records, *arguments, "--json", "--parquet", parquet]
    done = subprocess.run(asked, env=environment, text=True, capture_output=True)
    if done.returncode:
        raise Failed(f"callprop replay {records.name}: {done.stderr}")
    read = (
        f"import duckdb, json; calls = duckdb.read_parquet({str(parquet)!r}); "
        "print(json.dumps([dict(zip(calls.columns, map(str, row))) for row in calls.fetchall()]))"
    )
    parts = subprocess.run([python, "-c", read], env=environment, text=True, capture_output=True, check=True)
    return json.loads(done.stdout), json.loads(parts.stdout)


def look(desk: Desk) -> None:
    pbx, folder, history = desk.pbx, desk.pbx.base / "log", History(desk)
    if not PYTHON.exists():
        raise Failed(f"{PYTHON} is not there: `make build/venv-replay/installed`, which make test-asterisk does first")
    ends: dict[Path, list[int]] = {folder / "cdr-csv/Master.csv": [], folder / "cel-custom/Master.csv": []}
    for records in ends:
        records.parent.mkdir()
    for row in TABLE:
        for extension in EXTENSIONS:
            pbx.set_status(extension, row.statuses.get(extension, ALL))
        time.sleep(1.05 - time.time() % 1)  # a CDR has whole seconds: the call is to be after the change
        history.forget()
        desk.check(row.name, row.expected, rings(desk, row.act, row.expected, {}))
        until(lambda: not pbx.channels())
        time.sleep(0.5)
        for records, counts in ends.items():
            counts.append(len(records.read_text().splitlines()))
        denied = {f"{each['extension']} {each['leg']} no" for each in history.new(0) if each["event"] == "denial"}
        desk.check(f"{row.name}: the history", {each for each in row.wanted() if each.endswith(" no")}, denied)
    office = ("--conf", pbx.etc / "callprop.conf", "--history", folder / NAME)
    compare_denials(desk, history, *replay(folder, folder / NAME, *office))
    for records, counts in ends.items():
        what = "CDR" if records.parent.name == "cdr-csv" else "CEL"
        compare_records(desk, what, counts, replay(folder, records, *office)[1])


def compare_denials(desk: Desk, history: History, answer: dict[str, Any], parts: list[dict[str, Any]]) -> None:
    denials = sum(each["event"] == "denial" for each in history.rows())
    after = {"permitted": 0, "refused": denials, "not_known": 0}
    desk.check("each denial is refused again", (True, after), (denials > 0, answer["summary"]["after"]))


def compare_records(desk: Desk, what: str, ends: list[int], parts: list[dict[str, Any]]) -> None:
    for row, first, last in zip(TABLE, [0, *ends], ends):
        seen: set[str] = set()
        for part in parts:
            if first < int(part["row"]) <= last:
                said = {"permitted": "yes", "refused": "no"}.get(part["after"])
                seen.add(f"{part['extension']} {part['leg']} {said}" if said else f"{part['extension']} not known")
        untold = row.untold if what == "CDR" else ()
        wanted = row.wanted() - {*untold} | {f"{each.split()[0]} not known" for each in untold}
        desk.check(f"{row.name}: the {what}", sorted(wanted), sorted(seen))


CDR = "[general]\nenable = yes\nunanswered = yes\n[csv]\nusegmtime = yes\nloguniqueid = yes\nloguserfield = yes\n"
# What the sample cel_custom.conf writes.
CEL = "[general]\nenable = yes\napps = all\nevents = ALL\n"
FIELDS = [
    "eventtype",
    "eventtime",
    "CALLERID(name)",
    "CALLERID(num)",
    "CALLERID(ANI)",
    "CALLERID(RDNIS)",
    "CALLERID(DNID)",
]
FIELDS += [
    f"CHANNEL({what})" for what in ("exten", "context", "channame", "appname", "appdata", "amaflags", "accountcode")
]
FIELDS += ["CHANNEL(uniqueid)", "CHANNEL(linkedid)", "BRIDGEPEER", "CHANNEL(userfield)", "userdeftype", "eventextra"]
CUSTOM = f"[mappings]\nMaster.csv => {','.join(f'${{CSV_QUOTE(${{{name}}})}}' for name in FIELDS)}\n"
SETUPS = [
    Setup(
        "replayed",
        look,
        {
            "callprop.conf": with_history(),
            "cdr.conf": CDR,
            "cel.conf": CEL,
            "cel_custom.conf": CUSTOM,
            "modules.conf": modules("cdr_csv", "res_cdrel_custom", "cel_custom"),
        },
    ),
]

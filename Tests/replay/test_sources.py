# SPDX-License-Identifier: MIT
"""The same records give the same parts from wherever they come: text, JSON Lines, Parquet, SQLite, PostgreSQL, a folder of files."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from callprop.replay.database import Address
from callprop.replay.formats import format_of
from callprop.replay.intake import files_of, take_in
from callprop.replay.office import read_office
from callprop.replay.part import Part, Refused
from callprop.replay.reading import Reading
from conftest import RECORDS

OFFICE = read_office(RECORDS / "callprop.conf")
PLAIN = "src,dst,leg,callback,extension,time\nexternal,queue,dst,false,101,2024-03-04 09:20:17\nextension,?,src,true,0102,2024-03-04 09:20:18\n"


def rows_of_csv(path: Path) -> tuple[list[str], list[list[str | None]]]:
    with path.open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    return names, [[None if value in ("NULL", "") else value for value in row] for row in rows]


def as_json_lines(names: list[str], rows: list[list[Any]], folder: Path) -> Path:
    path = folder / "records.jsonl"
    objects = [{name: value for name, value in zip(names, row) if value is not None} for row in rows]
    path.write_text("\n".join(map(json.dumps, objects)), encoding="utf-8")
    return path


def as_json_list(names: list[str], rows: list[list[Any]], folder: Path) -> Path:
    path = folder / "records.json"
    path.write_text(json.dumps([dict(zip(names, row)) for row in rows], indent=1), encoding="utf-8")
    return path


def as_parquet(names: list[str], rows: list[list[Any]], folder: Path) -> Path:
    path = folder / "records.parquet"
    pyarrow.parquet.write_table(pyarrow.table({name: [*column] for name, column in zip(names, zip(*rows))}), path)
    return path


def as_parquet_with_times(names: list[str], rows: list[list[Any]], folder: Path) -> Path:
    """The time as a time, to the nanosecond, with a zone, as other programs write it."""
    path = folder / "times.parquet"
    columns = {}
    for name, column in zip(names, zip(*rows)):
        if name in ("calldate", "time"):
            when = [datetime.fromisoformat(value).replace(tzinfo=timezone.utc) for value in column]
            columns[name] = pyarrow.array(when, pyarrow.timestamp("ns", "UTC"))
        else:
            columns[name] = pyarrow.array(column)
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    return path


def as_sqlite(names: list[str], rows: list[list[Any]], folder: Path) -> Path:
    path = folder / "re cords.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE cdr ({', '.join(f'{name} TEXT' for name in names)})")
        connection.execute("CREATE TABLE other (a)")
        connection.executemany(f"INSERT INTO cdr VALUES ({', '.join('?' * len(names))})", rows)
    connection.close()
    return path


FORMS: list[Callable[[list[str], list[list[Any]], Path], Path]] = [
    as_json_lines,
    as_json_list,
    as_parquet,
    as_parquet_with_times,
    as_sqlite,
]


def parts_of(place: Any, **more: Any) -> tuple[list[tuple[Any, ...]], Reading]:
    reading = Reading(OFFICE, **more)
    return [part[1:] for part in format_of(place, "", reading).parts(place)], reading


@pytest.mark.parametrize("form", FORMS)
def test_a_cdr_is_the_same_from_any_source(form: Any, tmp_path: Path) -> None:
    wanted, _ = parts_of(RECORDS / "pbx-table.csv")
    found, reading = parts_of(form(*rows_of_csv(RECORDS / "pbx-table.csv"), tmp_path))
    assert found == wanted
    assert (reading.findings.records, reading.findings.damaged) == (12, 0)


@pytest.mark.parametrize("form", FORMS)
def test_so_are_plain_columns(form: Any, tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text(PLAIN, encoding="utf-8")
    wanted, _ = parts_of(path)
    assert [part[3] for part in wanted] == ["101", "0102"]
    assert parts_of(form(*rows_of_csv(path), tmp_path))[0] == wanted


def test_a_file_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    path = as_parquet(*rows_of_csv(RECORDS / "pbx-table.csv"), tmp_path).rename(tmp_path / "calls.csv")
    assert len(parts_of(path)[0]) == 11


def damaged(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 200] = b"\xff" * 200
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("form", [as_parquet, as_sqlite])
def test_a_damaged_table_is_refused_or_its_rows_are_damage(form: Any, tmp_path: Path) -> None:
    path = damaged(form(*rows_of_csv(RECORDS / "pbx-table.csv"), tmp_path))
    try:
        found, reading = parts_of(path)
    except Refused as problem:
        assert str(path) in str(problem)
    else:
        assert len(found) < 11 or reading.findings.damaged


def test_of_several_tables_one_is_named(tmp_path: Path) -> None:
    path = as_sqlite(*rows_of_csv(RECORDS / "pbx-table.csv"), tmp_path)
    with pytest.raises(Refused, match="there is no table cd; it has cdr, other"):
        parts_of(path, table="cd")
    with sqlite3.connect(path) as connection:
        connection.execute('ALTER TABLE cdr RENAME TO "calls ""of"" May"')
    connection.close()
    with pytest.raises(Refused, match="which table"):
        parts_of(path)
    assert len(parts_of(path, table='calls "of" May')[0]) == 11


def test_a_database_is_not_written_to(tmp_path: Path) -> None:
    path = as_sqlite(*rows_of_csv(RECORDS / "pbx-table.csv"), tmp_path)
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    parts_of(path)
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


JSON_DAMAGE = [
    ('{"src": "external", "src": "queue"}', "is there twice"),
    ('{"src": "external", "dst', "no JSON"),
    ("[1, 2]", "expected an object"),
    ('{"src": "Bob", "dst": "queue", "leg": "dst", "callback": false, "extension": "101"}', "no such value"),
    ('{"src": {"a": 1}, "dst": "queue", "leg": "dst", "callback": false, "extension": "101"}', "no such value"),
    ("[" * 100_000, "no JSON"),
]


@pytest.mark.parametrize(("line", "words"), JSON_DAMAGE, ids=[words for _, words in JSON_DAMAGE])
def test_a_damaged_object_is_told_and_the_others_are_read(line: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    good = '{"src": "external", "dst": "queue", "leg": "dst", "callback": false, "extension": 101, "time": "2024-03-04T09:20:17Z"}'
    path.write_text(f"{good}\n{line}\n{good}", encoding="utf-8")
    found, reading = parts_of(path)
    assert [part[2:8] for part in found] == [(1709544017_000000, "101", "external", "queue", "dst", False)] * 2
    assert [(each.line, words in each.reason) for each in reading.findings.first] == [(2, True)]


def test_what_an_object_leaves_out_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text(
        '{"src": "external", "dst": "queue", "leg": "dst", "callback": false, "extension": "101", "time": "2024-03-04T09:20:17Z"}\n'
        '{"src": "external", "leg": "dst", "extension": null, "time": null}\n',
        encoding="utf-8",
    )
    found, _ = parts_of(path)
    assert found[1][2:8] == (None, None, "external", None, "dst", None)


def test_the_legs_of_freeswitch_are_put_together_from_a_file_each(tmp_path: Path) -> None:
    wanted, _ = parts_of(RECORDS / "freeswitch.jsonl")
    folder = tmp_path / "json_cdr"
    folder.mkdir()
    for number, line in enumerate((RECORDS / "freeswitch.jsonl").read_text(encoding="utf-8").splitlines()):
        (folder / f"{number:02}.cdr.json").write_text(json.dumps(json.loads(line), indent=2), encoding="utf-8")
    reading = Reading(OFFICE)
    take_in(files_of([folder]), "", reading, tmp_path / "calls.parquet")
    rows = [tuple(row.values()) for row in pyarrow.parquet.read_table(tmp_path / "calls.parquet").to_pylist()]
    assert [row[3:9] for row in rows] == [part[2:8] for part in wanted]
    assert (reading.findings.records, reading.findings.damaged) == (17, 0)


def test_a_folder_may_have_several_formats(tmp_path: Path) -> None:
    for name in ("pbx-table.csv", "3cx.log", "cel.csv", "call_history.json"):
        (tmp_path / name).write_bytes((RECORDS / name).read_bytes())
    reading = Reading(OFFICE)
    take_in(files_of([tmp_path]), "", reading, tmp_path / "calls.parquet")
    files = {row["file"] for row in pyarrow.parquet.read_table(tmp_path / "calls.parquet").to_pylist()}
    assert files == {"pbx-table.csv", "3cx.log", "cel.csv", "call_history.json"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL of our own, on a socket in a folder of ours alone. It does not run as root, who owns pytest's folders."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "there is no PostgreSQL: make test-replay installs it"
    programs = found[-1].parent
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="callprop-postgresql-") as name:
        folder = Path(name)
        if as_user:
            shutil.chown(folder, "postgres")
        data = folder / "data"

        def run(*command: str | Path) -> None:
            done = subprocess.run(
                [*as_user, *command],
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout

        run(programs / "initdb", "-D", data, "-A", "trust", "-U", "callprop", "--no-sync")
        settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run(programs / "pg_ctl", "-D", data, "-w", "-t", "300", "-l", folder / "log", "-o", settings, "start")
        try:
            yield f"postgresql:///postgres?host={folder}&user=callprop"
        finally:
            run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def test_a_table_of_postgresql(server: str, replay: Any) -> None:
    import psycopg

    names, rows = rows_of_csv(RECORDS / "pbx-table.csv")
    with psycopg.connect(server) as connection:
        kinds = {"calldate": "timestamptz", "duration": "integer"}
        columns = ", ".join(f"{name} {kinds.get(name, 'text')}" for name in names)
        connection.execute(f"CREATE TABLE cdr ({columns})".encode())
        connection.execute(b"SET timezone = 'UTC'")
        for row in rows:
            connection.execute(f"INSERT INTO cdr VALUES ({', '.join(['%s'] * len(names))})".encode(), row)
    address = files_of([server])[0]
    assert isinstance(address, Address)
    found, reading = parts_of(address)
    assert found == parts_of(RECORDS / "pbx-table.csv")[0]
    assert reading.findings.records == 12
    done = replay(server, "--conf", RECORDS / "callprop.conf", "--status", "lunch", "--json")
    assert (done.returncode, json.loads(done.stdout)["summary"]["calls"]) == (0, 10)
    done = replay(server, "--table", "none", "--conf", RECORDS / "callprop.conf", "--status", "lunch")
    assert (done.returncode, "there is no table none; it has cdr" in done.stderr) == (2, True)


def test_a_password_comes_out_nowhere(replay: Any) -> None:
    done = replay("postgresql://ann:s3cret@localhost:9/pbx", "--status", "ro")
    assert done.returncode == 2
    assert "postgresql://localhost/pbx: " in done.stderr
    assert "s3cret" not in done.stdout + done.stderr


def test_a_part_knows_its_file(tmp_path: Path) -> None:
    (part, *_) = format_of(RECORDS / "cel.csv", "", Reading(OFFICE)).parts(RECORDS / "cel.csv")
    assert isinstance(part, Part)
    assert (part.file, part.rows) == ("cel.csv", "1-5")

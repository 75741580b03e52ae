#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Gives an extension another status while calls go on, and over restarts:

    callprop_status.py show
    callprop_status.py set 102@acme.example 3          an id, or a name
    callprop_status.py unset 102@acme.example          what office.json says

It is written to run-time.json beside this file, on the disk before anything else, and then told to Kamailio, whose workers
all have it at once.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

from callprop_office import ConfigError, Office, calls_that_can_happen, read_object, read_offices

FOLDER = Path(__file__).resolve().parent
FILE = "run-time.json"
CONTROL = "unix:/run/kamailio/kamailio_ctl"


def read_run_time(folder: Path) -> dict[str, int]:
    """The statuses that were set, by the whole names of the extensions."""
    path = folder / FILE
    statuses = read_object(path) if path.exists() else {}
    for extension, status in statuses.items():
        if type(status) is not int:
            raise ConfigError(f"{path}: extension {extension}: expected the id of a status")
    return statuses


def write_run_time(folder: Path, statuses: dict[str, int]) -> None:
    """The whole file or none of it, whenever the power fails."""
    new = folder / f"{FILE}.new"
    with new.open("w") as file:
        json.dump(statuses, file, indent=2, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / FILE)
    directory = os.open(folder, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def tell_kamailio(control: str, extension: str, status: int) -> str:
    """What went wrong, or nothing."""
    command = ["kamcmd", "-s", control, "htable.seti", "status", f"s:{extension}", str(status)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return (done.stdout + done.stderr).strip() if done.returncode or "error" in done.stdout else ""


def find(offices: dict[str, Office], name: str) -> tuple[Office, str]:
    number, _, domain = name.partition("@")
    office = offices.get(domain)
    if office is None or number not in office.extensions:
        raise ConfigError(f"there is no extension {name!r}")
    return office, number


def id_of(office: Office, word: str) -> int:
    """A status by its name, or by its id."""
    found = [status for status, compiled in office.statuses.items() if word in (str(status), compiled.name)]
    if len(found) != 1:
        raise ConfigError(f"{'no status has' if not found else 'several statuses have'} the id or name {word!r}")
    return found[0]


def change(offices: dict[str, Office], name: str, word: str | None, control: str) -> int:
    office, number = find(offices, name)
    status = office.extensions[number] if word is None else id_of(office, word)
    with (FOLDER / f"{FILE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        statuses = read_run_time(FOLDER)
        statuses.pop(name, None)
        if word is not None:
            statuses[name] = status
        write_run_time(FOLDER, statuses)
        wrong = tell_kamailio(control, name, status)
    if wrong:
        print(f"callprop: it counts from the next start on, but Kamailio was not told: {wrong}", file=sys.stderr)
        return 1
    print(f"{name}: {office.statuses[status].name}")
    return 0


def show(offices: dict[str, Office]) -> int:
    run_time = read_run_time(FOLDER)
    for office in offices.values():
        for number, of_file in office.extensions.items():
            name = office.whole(number)
            status = office.statuses.get(run_time.get(name, of_file))
            where = "run time" if name in run_time else "office.json"
            print(f"{name}\t{status.name if status else 'a status that does not exist'}\t{where}")
    return 0


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__.partition("\n\n")[0], formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--control", default=CONTROL, help=f"Kamailio's control socket ({CONTROL})")
    commands = options.add_subparsers(dest="command", required=True)
    commands.add_parser("show")
    for command in ("set", "unset"):
        parser = commands.add_parser(command)
        parser.add_argument("extension")
        if command == "set":
            parser.add_argument("status")
    chosen = options.parse_args()
    try:
        offices = read_offices(FOLDER, calls_that_can_happen())
        if chosen.command == "show":
            return show(offices)
        return change(offices, chosen.extension, getattr(chosen, "status", None), chosen.control)
    except (ConfigError, OSError) as error:
        print(f"callprop: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

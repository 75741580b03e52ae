#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a Debian system in a folder, for all tests that need another Debian than this one: debian_root.py SUITE FOLDER PACKAGES LOG

A system is made by debootstrap, as root, and kept in $CALLPROP_HOSTS. It is made anew when it should have other packages, and when Debian's
suite is 30 days younger: an old cache is not taken for a new one. Where Debian does not answer, what is there is used, and its date is said.
Remove a folder to have it made anew."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

CACHE = Path(os.environ.get("CALLPROP_HOSTS", "/var/cache/callprop-hosts"))
# A release that is no longer supported moves to the archive.
MIRRORS = ("http://deb.debian.org/debian", "http://archive.debian.org/debian")
MARK = "callprop-root"  # the packages, and the suite's date, in a line each
PATIENCE = timedelta(days=30)
INSTALL_PACKAGE = Path(__file__).with_name("install_package.sh")


class NoSystem(Exception):
    """It cannot be made; the text says why."""


def make(suite: str, folder: Path, packages: str, log: Path) -> str:
    """Makes the system unless it is there, and returns the date of its suite."""
    made = mark(folder, packages)
    mirror, date = newest(suite)
    if made and (date is None or date - parsedate_to_datetime(made) < PATIENCE):
        return made
    if date is None:
        raise NoSystem(f"no mirror of Debian answers for {suite}: {', '.join(MIRRORS)}")
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    if not shutil.which("debootstrap", path=path) and subprocess.run([INSTALL_PACKAGE, "debootstrap", log]).returncode:
        raise NoSystem("debootstrap is needed")
    print(f"debootstrap {suite} into {folder}, which takes a few minutes", file=sys.stderr, flush=True)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.parent.mkdir(parents=True, exist_ok=True)
    command = ["debootstrap", "--variant=minbase", f"--include={packages}", suite, str(partial), mirror]
    with log.open("w") as output:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "PATH": path}
        )
    if done.returncode:
        raise NoSystem(f"debootstrap {suite}: exit status {done.returncode}\n{log.read_text(errors='replace')[-1500:]}")
    made = date.strftime("%a, %d %b %Y %H:%M:%S %z")
    (partial / MARK).write_text(f"{packages}\n{made}\n")
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)
    return made


def mark(folder: Path, packages: str) -> str:
    """The date of the suite when the system was made; nothing when there is none with these packages."""
    file = folder / MARK
    had, _, date = file.read_text().strip().partition("\n") if file.exists() else ("", "", "")
    return date if had == packages else ""


def newest(suite: str) -> tuple[str, datetime | None]:
    """Where the suite is, and its date there."""
    for mirror in MIRRORS:
        try:
            with urllib.request.urlopen(f"{mirror}/dists/{suite}/Release", timeout=20) as answer:
                lines = answer.read(2000).decode("ascii", "replace").splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith("Date: "):
                return mirror, parsedate_to_datetime(line.removeprefix("Date: ").replace("UTC", "+0000"))
    return "", None


def main(arguments: list[str]) -> int:
    if len(arguments) != 4:
        print((__doc__ or "").splitlines()[0], file=sys.stderr)
        return 2
    suite, folder, packages, log = arguments
    try:
        print(f"{suite}: of {make(suite, Path(folder), packages, Path(log))}")
    except NoSystem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

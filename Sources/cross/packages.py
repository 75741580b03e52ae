#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Unpacks Debian's packages for another kind of machine into a folder: packages.py SUITE ARCH FOLDER [--with-needed] PACKAGE…

apt checks Debian's signatures, with a configuration, lists and an archive of its own: this machine's packages stay as they are, and nobody
has to be root. --with-needed: also what they depend on. A folder that has these packages is left alone; remove it to have it made anew.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

MIRROR = os.environ.get("CALLPROP_MIRROR", "http://deb.debian.org/debian")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
MARK = "callprop-packages"
# Debian joined these with /usr; older packages still have files in them.
MERGED = ("bin", "sbin", "lib")


class NoPackages(Exception):
    """They cannot be had; the text says why."""


def unpack(suite: str, arch: str, folder: Path, packages: list[str], with_needed: bool) -> None:
    wanted = f"{suite} {arch} {with_needed} {' '.join(packages)}\n"
    mark = folder / MARK
    if mark.exists() and mark.read_text() == wanted:
        return
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name in MERGED:
        (partial / "usr" / name).mkdir(parents=True)
        (partial / name).symlink_to(f"usr/{name}")
    for file in download(suite, arch, folder.with_name(f"{folder.name}.apt"), packages, with_needed):
        run(["dpkg-deb", "--extract", str(file), str(partial)])
    (partial / MARK).write_text(wanted)
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)


def download(suite: str, arch: str, folder: Path, packages: list[str], with_needed: bool) -> list[Path]:
    """Into an apt of its own, which is empty, so that it fetches all that is asked for."""
    if not Path(KEYRING).exists():
        raise NoPackages(f"there is no {KEYRING}: install debian-archive-keyring")
    for part in ("lists/partial", "archives/partial", "parts"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for old in (folder / "archives").glob("*.deb"):
        old.unlink()
    (folder / "status").write_text("")
    (folder / "sources.list").write_text(f"deb [signed-by={KEYRING}] {MIRROR} {suite} main\n")
    configuration = folder / "apt.conf"
    configuration.write_text(
        f'APT::Architecture "{arch}"; APT::Architectures {{ "{arch}"; }};\n'
        f'Dir::State "{folder}"; Dir::State::lists "{folder}/lists"; Dir::State::status "{folder}/status"; Dir::Cache "{folder}";\n'
        f'Dir::Etc::sourcelist "{folder}/sources.list"; Dir::Etc::sourceparts "{folder}/parts"; Dir::Etc::preferencesparts "{folder}/parts";\n'
        'APT::Sandbox::User "root"; Debug::NoLocking "true"; APT::Get::Assume-Yes "true"; APT::Install-Recommends "false";\n'
        'Acquire::Retries "3"; Acquire::Languages "none"; Acquire::http::Timeout "30";\n'
    )
    environment = {**os.environ, "APT_CONFIG": str(configuration), "LC_ALL": "C"}
    archives = folder / "archives"
    run(["apt-get", "-q", "update"], environment)
    if with_needed:
        run(["apt-get", "-q", "install", "--download-only", *packages], environment)
    else:
        run(["apt-get", "-q", "download", *packages], environment, archives)
    files = sorted(archives.glob("*.deb"))
    if len(files) < len(packages):
        raise NoPackages(f"apt-get brought {len(files)} of {len(packages)} packages into {archives}")
    return files


def run(command: list[str], environment: dict[str, str] | None = None, directory: Path | None = None) -> None:
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError as problem:
        raise NoPackages(f"{command[0]} is needed: this needs a Debian") from problem
    if done.returncode:
        raise NoPackages(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout[-1500:]}")


def main(arguments: list[str]) -> int:
    with_needed = "--with-needed" in arguments
    suite, arch, folder, *packages = [argument for argument in arguments if argument != "--with-needed"] + [""] * (
        3 - len(arguments)
    )
    if not packages:
        print((__doc__ or "").splitlines()[0], file=sys.stderr)
        return 2
    try:
        unpack(suite, arch, Path(folder).absolute(), packages, with_needed)
    except NoPackages as problem:
        print(f"callprop: no packages of {suite} for {arch}: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Unpacks Debian's packages for another kind of machine into a folder: packages.py SUITE ARCH FOLDER [--with-needed | --source] PACKAGE…

apt checks Debian's signatures, with a configuration, lists and an archive of its own: this machine's packages stay as they are, and nobody
has to be root. --with-needed: also what they depend on. --source: the source of one package, as its authors published it; ARCH does not
matter. A folder that has these packages is left alone; remove it to have it made anew.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

MIRROR = os.environ.get("CALLPROP_MIRROR", "http://deb.debian.org/debian")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
MARK = "callprop-packages"
# Debian joined these with /usr; older packages still have files in them.
MERGED = ("bin", "sbin", "lib")


class NoPackages(Exception):
    """They cannot be had; the text says why."""


def unpack(suite: str, arch: str, folder: Path, packages: list[str], option: str) -> None:
    wanted = f"{suite} {arch} {option} {' '.join(packages)}\n"
    mark = folder / MARK
    if mark.exists() and mark.read_text() == wanted:
        return
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    files = download(suite, arch, folder.with_name(f"{folder.name}.apt"), packages, option)
    if option == "--source":
        for file in files:
            if ".orig.tar." in file.name and file.suffix != ".asc":
                run(["tar", "-x", "-f", str(file), "-C", str(partial), "--strip-components=1"])
    else:
        for name in MERGED:
            (partial / "usr" / name).mkdir(parents=True)
            (partial / name).symlink_to(f"usr/{name}")
        for file in files:
            extract(file, partial)
    (partial / MARK).write_text(wanted)
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)


def download(suite: str, arch: str, folder: Path, packages: list[str], option: str) -> list[Path]:
    """Into an apt of its own, which is empty, so that it fetches all that is asked for."""
    if not Path(KEYRING).exists():
        raise NoPackages(f"there is no {KEYRING}: install debian-archive-keyring")
    for part in ("lists/partial", "archives/partial", "parts"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    archives = folder / "archives"
    for old in archives.iterdir():
        if old.is_file():
            old.unlink()
    (folder / "status").write_text("")
    kind = "deb-src" if option == "--source" else "deb"
    (folder / "sources.list").write_text(f"{kind} [signed-by={KEYRING}] {MIRROR} {suite} main\n")
    configuration = folder / "apt.conf"
    configuration.write_text(
        f'APT::Architecture "{arch}"; APT::Architectures {{ "{arch}"; }};\n'
        f'Dir::State "{folder}"; Dir::State::lists "{folder}/lists"; Dir::State::status "{folder}/status"; Dir::Cache "{folder}";\n'
        f'Dir::Etc::sourcelist "{folder}/sources.list"; Dir::Etc::sourceparts "{folder}/parts"; Dir::Etc::preferencesparts "{folder}/parts";\n'
        'APT::Sandbox::User "root"; Debug::NoLocking "true"; APT::Get::Assume-Yes "true"; APT::Install-Recommends "false";\n'
        'Acquire::Retries "3"; Acquire::Languages "none"; Acquire::http::Timeout "30";\n'
    )
    environment = {**os.environ, "APT_CONFIG": str(configuration), "LC_ALL": "C"}
    run(["apt-get", "-q", "update"], environment)
    if option == "--with-needed":
        run(["apt-get", "-q", "install", "--download-only", *packages], environment)
    elif option == "--source":
        run(["apt-get", "-q", "source", "--download-only", *packages], environment, archives)
    else:
        run(["apt-get", "-q", "download", *packages], environment, archives)
    files = sorted(file for file in archives.iterdir() if file.name != "lock" and file.is_file())
    if len(files) < len(packages):
        raise NoPackages(f"apt-get brought {len(files)} of {len(packages)} packages into {archives}")
    return files


def extract(package: Path, folder: Path) -> None:
    """As dpkg-deb --extract does, but links of folders stay."""
    tar = ["tar", "-x", "-p", "-C", str(folder), "--keep-directory-symlink", "--no-same-owner"]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as files:
        run(tar, source=files.stdout)
    if files.returncode:
        raise NoPackages(f"dpkg-deb --fsys-tarfile {package}: exit status {files.returncode}")


def run(
    command: list[str],
    environment: dict[str, str] | None = None,
    directory: Path | None = None,
    source: IO[bytes] | None = None,
) -> None:
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=directory,
            stdin=source or subprocess.DEVNULL,
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
    options = [argument for argument in arguments if argument.startswith("--")]
    words = [argument for argument in arguments if not argument.startswith("--")]
    if len(words) < 4 or len(options) > 1 or not {"--with-needed", "--source"}.issuperset(options):
        print((__doc__ or "").splitlines()[0], file=sys.stderr)
        return 2
    suite, arch, folder, *packages = words
    try:
        unpack(suite, arch, Path(folder).absolute(), packages, "".join(options))
    except NoPackages as problem:
        print(f"callprop: no packages of {suite} for {arch}: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

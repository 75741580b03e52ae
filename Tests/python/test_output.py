# SPDX-License-Identifier: MIT
"""What the command writes, and where it cannot: whatever happens to its words, the exit status tells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from callprop.arguments import parser
from conftest import REPOSITORY, Python

PERMITTED, DENIED, FAILED = 0, 1, 2
STATUSES = str(REPOSITORY / "examples/office/statuses.json")
RING = "src=external,dst=ivr,leg=dst"


@pytest.mark.thorough
def test_a_full_disk_is_an_error() -> None:
    for arguments in (
        ["list"],
        ["allows", "all", RING],
        ["explain", "all", RING],
        ["matrix"],
        ["--help"],
        ["allows", "--help"],
        ["completion", "--help"],
        ["--version"],
        ["completion", "bash"],
    ):
        with open("/dev/full", "w") as full:
            command = [sys.executable, "-m", "callprop", *arguments]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
        assert (done.returncode, done.stderr) == (FAILED, "callprop: standard output: No space left on device\n"), done


@pytest.mark.thorough
@pytest.mark.parametrize("where", ["full", "closed"])
def test_where_stderr_cannot_be_written_the_exit_status_still_tells(python: Python, tmp_path: Path, where: str) -> None:
    to = {"full": "2>/dev/full", "closed": "2>&-"}[where]
    for arguments, status in (
        (["allows", "lx", RING], FAILED),
        (["allows", "--known", "all,video", RING], PERMITTED),
        (["allows", "--known", "video", RING], DENIED),
        (["allows", "@nowhere", RING], FAILED),
        (["allows"], FAILED),
        (["allows", "--batch", "/dev/null"], FAILED),
        (["serve", "--statuses", "nowhere"], FAILED),
        (["serve", "--host", "no.such.host.invalid"], FAILED),
    ):
        for environment in ({}, {"CALLPROP_LIBRARY": str(tmp_path / "nowhere.so")}):
            wanted = FAILED if environment else status
            script = f'"$@" {to}; echo $?'
            done = subprocess.run(
                ["sh", "-c", script, "sh", sys.executable, "-m", "callprop", *arguments],
                env={**os.environ, **environment},
                capture_output=True,
                text=True,
            )
            assert done.stderr == "" and done.stdout.split() in (
                [str(wanted)],
                [{PERMITTED: "permitted", DENIED: "denied"}.get(wanted, ""), str(wanted)],
            ), (arguments, done)


@pytest.mark.parametrize(
    "arguments",
    [
        ["allows", "all", RING],
        ["allows", "--batch", "{}"],
        ["explain", "--known", "@{}:A", RING],
        ["matrix", "{}"],
        ["get", "ri"],
    ],
)
def test_text_and_bytes_are_not_compared(python: Python, tmp_path: Path, arguments: list[str]) -> None:
    content = f"ri\t{RING}\n" if "--batch" in arguments else '{"name": "A", "property_list": ["ri"]}'
    (tmp_path / "file").write_text(content)
    words = [word.format(tmp_path / "file") for word in arguments]
    done = python.run("-bb", "-W", "error", "-m", "callprop", *words)
    assert (done.returncode, done.stderr) == (PERMITTED, "") and done.stdout


CLOSED_STDOUT = "callprop: standard output: closed\n"
CLOSED_STDIN = "callprop: -: standard input is closed; expected it to have what - means\n"
# What is closed, a command, and what is said.
CLOSED: list[tuple[str, list[str], str]] = [
    *((">&-", words, CLOSED_STDOUT) for words in (["list"], ["allows", "all", RING], ["explain", "all", RING], ["matrix"], ["--help"], ["--version"], ["completion", "zsh"], ["allows", "-h"])),
    (">&-", ["allows", "--batch", STATUSES], CLOSED_STDOUT),
    (">&- <&-", ["allows", "all", RING], CLOSED_STDOUT),
    *(("<&-", words, CLOSED_STDIN) for words in (["allows", "@-", RING], ["allows", "@-:A", RING], ["matrix", "-"], ["allows", "--batch"], ["serve", "--statuses", "-"])),
]  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize(("closed", "arguments", "says"), CLOSED)
def test_what_is_closed_is_told(closed: str, arguments: list[str], says: str) -> None:
    command = ["sh", "-c", f'"$@" {closed}', "sh", sys.executable, "-m", "callprop", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (FAILED, "", says)


# Coercion of the C locale to UTF-8 is off, as is UTF-8 mode: Python takes the locale as it is.
@pytest.mark.thorough
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "koi8-r", "cp1251", "utf-8", "shift_jis"])
def test_help_and_names_are_written_in_every_encoding(python: Python, encoding: str) -> None:
    environment = {"PYTHONIOENCODING": encoding, "NO_COLOR": "1"}
    for words in ([], *([name] for name in parser().commands)):
        done = python.callprop(*words, "--help", environment=environment)
        decides = words in (["allows"], ["explain"])
        assert done.returncode == (FAILED if decides else 0) and bool(done.stderr) is decides
        assert done.stdout.isascii() and "usage: callprop" in done.stdout
    status = json.dumps([{"id": 2, "name": "Обед", "property_list": []}]).encode()
    written = subprocess.run(
        [sys.executable, "-m", "callprop", "matrix", "-"],
        env={**os.environ, **environment},
        input=status,
        capture_output=True,
        check=True,
    ).stdout
    assert written.startswith(b"1 " + "Обед".encode(encoding, "backslashreplace") + b": nothing\n")


def test_help_is_written_in_a_locale_without_utf_8(python: Python) -> None:
    environment = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": None}
    for words in (["--help"], ["matrix", "--help"], ["matrix", STATUSES]):
        done = python.callprop(*words, environment=environment)
        assert (done.returncode, done.stderr) == (0, "") and done.stdout

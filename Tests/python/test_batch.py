# SPDX-License-Identifier: MIT
"""Decisions in bulk: `callprop allows --batch`. One word for each line, in its place; an error is never a permission."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

from callprop import batch
from conftest import REPOSITORY, Python
from expected import ALL_CALLS, MNEMOS, can_happen, permitted

PERMITTED, DENIED, FAILED = 0, 1, 2
STATUSES = str(REPOSITORY / "examples/office/statuses.json")
RING = "src=external,dst=ivr,leg=dst"


def of_python(function: Callable[[str], object], argument: str) -> str:
    """What this version of Python says to it."""
    with pytest.raises(ValueError) as told:
        function(argument)
    return str(told.value)


# A line, its word, and what is said of it on stderr behind "callprop: line N: ".
LINES: list[tuple[bytes, str, str]] = [
    (f"ri\t{RING}".encode(), "permitted", ""),
    (f"li\t{RING}".encode(), "denied", ""),
    (f"\t{RING}".encode(), "denied", ""),
    (f" ri , li \t {RING} \r".encode(), "permitted", ""),
    (f'{{"name":"permitted","property_list":["ri"]}}\t{RING}'.encode(), "permitted", ""),
    (b'["ri"]\t{"src":"external","dst":"ivr","leg":"dst"}', "permitted", ""),
    (f"@{STATUSES}:Manager\t{RING}".encode(), "permitted", ""),
    (f"@{STATUSES}:Lunch\t{RING}".encode(), "denied", ""),
    (b"", "error", "0 tabs; expected STATUS, one tab, CALL"),
    (b"permitted", "error", "0 tabs; expected STATUS, one tab, CALL"),
    (f"all {RING}".encode(), "error", "0 tabs; expected STATUS, one tab, CALL"),
    (f"all\t{RING}\t".encode(), "error", "2 tabs; expected STATUS, one tab, CALL"),
    (b"all\t", "error", "call is empty"),
    (f"permitted\t{RING}".encode(), "error", 'property_list: no such property: "permitted"'),
    (f"all,video\t{RING}".encode(), "error", 'property_list: no such property: "video"'),
    (f"all\0\t{RING}".encode(), "error", "property_list has a NUL"),
    (b"all\tsrc=external,dst=ivr,leg=dst\0", "error", "call has a NUL"),
    (f"\xff\t{RING}".encode("latin-1"), "error", 'property_list: no such property: "\\xff"'),
    (b"all\tsrc=ivr,dst=ivr,leg=dst", "error", "call cannot happen"),
    (f"@nowhere\t{RING}".encode(), "error", "nowhere: No such file or directory"),
    (f"@\0\t{RING}".encode(), "error", f"\\x00: {of_python(os.stat, chr(0))}"),
    (f"@\t{RING}".encode(), "error", "no file is named behind @"),
    (f"@-\t{RING}".encode(), "error", "standard input has the calls; expected the statuses in a file"),
    (f"@-:x\t{RING}".encode(), "error", "standard input has the calls; expected the statuses in a file"),
    (f"@{STATUSES}:Nobody\t{RING}".encode(), "error", f"{STATUSES}: no status is meant"),
    (f"@{'x' * 9000}\t{RING}".encode(), "error", f"{'x' * 9000}: File name too long"),
    (f"@\xff\t{RING}".encode("latin-1"), "error", "\\udcff: No such file or directory"),
    (f"{':' * 60000}\t{RING}".encode(), "error", "property_list: no such property"),
    (b"x" * 200000 + b"\tall", "error", "over 131075 bytes long; expected STATUS, a tab, CALL"),
    (b"[" * 40 + f"\t{RING}".encode(), "error", "property_list"),
    (f"ri\t{RING}".encode(), "permitted", ""),
]  # fmt: skip


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""], ids=["lf", "crlf", "no end at the last"])
def test_each_line_has_its_word_in_its_place(python: Python, tmp_path: Path, end: bytes) -> None:
    text = b"".join(line + (end or b"\n") for line, _, _ in LINES)
    text = text if end else text[:-1]
    path = tmp_path / "calls.txt"
    path.write_bytes(text)
    for done in (
        python.callprop("allows", "--batch", path),
        python.callprop("allows", "--batch", input=text),
        python.callprop("allows", "--batch", "-", input=text),
    ):
        assert done.returncode == FAILED
        assert done.stdout.split("\n") == [*(word for _, word, _ in LINES), ""]
        said = iter(done.stderr.splitlines())
        for number, (_, word, problem) in enumerate(LINES, 1):
            if word == "error":
                assert next(said).startswith(f"callprop: line {number}: {problem}")
        assert [*said] == []


STATUSES_OF_BATCHES: list[tuple[list[str], int]] = [
    (["ri"], PERMITTED),
    (["ri", "all"], PERMITTED),
    (["ri", "li", "ri"], DENIED),
    (["li"], DENIED),
    (["ri", "lx"], FAILED),
    (["lx", "ri"], FAILED),
    (["li", "lx", "ri"], FAILED),
    ([], FAILED),
]


@pytest.mark.parametrize(("statuses", "status"), STATUSES_OF_BATCHES)
def test_the_exit_status_is_that_of_the_worst_line(python: Python, statuses: list[str], status: int) -> None:
    done = python.callprop("allows", "--batch", input="".join(f"{given}\t{RING}\n" for given in statuses).encode())
    assert (done.returncode, len(done.stdout.splitlines())) == (status, len(statuses))
    if not statuses:
        assert done.stderr == "callprop: there are no calls; expected lines of STATUS, a tab, CALL\n"


def test_every_call_with_every_property_is_as_expected(python: Python) -> None:
    asked = [(mnemo, call) for mnemo in MNEMOS for call in ALL_CALLS]
    lines = [
        f"{mnemo}\t" + json.dumps({"src": call.src, "dst": call.dst, "leg": call.leg, "callback": call.callback})
        for mnemo, call in asked
    ]
    words = python.callprop("allows", "--batch", input="\n".join(lines).encode()).stdout.splitlines()
    assert len(words) == len(asked)
    for word, (mnemo, call) in zip(words, asked):
        wanted = "error" if not can_happen(call) else "permitted" if permitted([mnemo], call) else "denied"
        assert word == wanted, (mnemo, call)


def test_a_newer_mnemo_is_an_error_or_known_with_a_warning(python: Python) -> None:
    text = f"ri,video\t{RING}\nvideo\t{RING}\n".encode()
    assert python.callprop("allows", "--batch", input=text).stdout == "error\nerror\n"
    done = python.callprop("allows", "--batch", "--known", input=text)
    assert (done.returncode, done.stdout) == (DENIED, "permitted\ndenied\n")
    assert [line.partition(" property_list")[0] for line in done.stderr.splitlines()] == [
        "callprop: line 1:",
        "callprop: line 2:",
    ]


def test_a_line_names_no_file_but_an_ordinary_one_that_has_no_lines(python: Python, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    lines = tmp_path / "lines"
    os.symlink("/dev/stdin", tmp_path / "link")
    stdin = ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", f"{tmp_path}/link", str(lines))
    others = ("/dev/zero", "/dev/tty", f"{tmp_path}/pipe")
    lines.write_text(
        "".join(f"@{path}\t{RING}\n" for path in ("-", *stdin, *others)) + f"@{STATUSES}:Manager\t{RING}\n"
    )
    with open(lines, "rb") as file:
        piped, given = (
            python.callprop("allows", "--batch", input=lines.read_bytes()),
            subprocess.run(
                [sys.executable, "-m", "callprop", "allows", "--batch", lines],
                stdin=file,
                capture_output=True,
                text=True,
            ),
        )
    for done, own in ((piped, stdin[:-1]), (given, stdin)):
        words = done.stdout.splitlines()
        assert done.returncode == FAILED and words == ["error"] * (len(words) - 1) + ["permitted"] and len(words) == 10
        for path in own:
            assert (
                f"{path}: the calls are in it, or it is standard input; expected the statuses in another" in done.stderr
            )
        assert f"{tmp_path}/pipe: not an ordinary file; expected one, where a line names it" in done.stderr


def test_the_lines_of_a_batch_name_a_hundred_files_at_most(python: Python, tmp_path: Path) -> None:
    text = ""
    for number in range(102):
        (tmp_path / str(number)).write_text('{"id": 1, "property_list": ["ri"]}')
        text += f"@{tmp_path}/{number}\t{RING}\n" * 2
    done = python.callprop("allows", "--batch", input=(text + f"@{tmp_path}/0\t{RING}\n").encode())
    assert done.stdout.splitlines() == ["permitted"] * 200 + ["error"] * 4 + ["permitted"]
    assert "over 100 files in one batch; expected the statuses in fewer" in done.stderr


def test_an_answer_does_not_wait_for_the_next_question() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "callprop", "allows", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        for given, word in (("ri", b"permitted\n"), ("li", b"denied\n")):
            process.stdin.write(f"{given}\t{RING}\n".encode())
            process.stdin.flush()
            assert process.stdout.readline() == word
        process.stdin.close()
        assert process.wait(30) == DENIED


def test_a_line_of_any_length_is_not_kept_in_memory() -> None:
    class Endless(io.RawIOBase):
        left = 200_000_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            size = min(len(buffer), self.left)
            self.left -= size
            buffer[:size] = b"x" * size
            return size

    longest = [len(line) for line in batch._lines(io.BufferedReader(Endless()))]
    assert longest == [batch.LONGEST + 1]


def test_what_cannot_be_read_or_written_is_an_error() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "callprop", "allows", "--batch"],
            input=f"ri\t{RING}\n".encode(),
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert (done.returncode, done.stderr) == (FAILED, b"callprop: standard output: No space left on device\n")
    # Reading fails there, where nothing is.
    done = subprocess.run(
        [sys.executable, "-m", "callprop", "allows", "--batch", "/proc/self/mem"], capture_output=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        FAILED,
        b"",
        b"callprop: the calls cannot be read: Input/output error\n",
    )

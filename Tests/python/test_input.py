# SPDX-License-Identifier: MIT
"""What the command reads is read to its end, however it comes: in parts, late, or from whoever made it non-blocking."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from callprop import input as read
from conftest import names

PERMITTED, DENIED, FAILED = 0, 1, 2
RING = "src=external,dst=ivr,leg=dst"
STATUS = b'{"id": 1, "name": "A", "property_list": ["ri"]}'
LINES = f"ri\t{RING}\nli\t{RING}\nri\t{RING}\n".encode()
WORDS = b"permitted\ndenied\npermitted\n"

# Arguments, what comes, how much of it at first, exit status and answer. Half a status is none; half of "ri,li" is one.
READERS: list[tuple[list[str], bytes, int, int, bytes]] = [
    (["allows", "--batch"], LINES, 0, DENIED, WORDS),
    (["allows", "--batch"], LINES, LINES.index(b"\n") + 1, DENIED, WORDS),
    (["allows", "--batch"], LINES, LINES.index(b"\n") + 2, DENIED, WORDS),
    (["allows", "--batch", "-"], b"all\tsrc=external,dst=ivr,leg=dst,callback=true", len(f"all\t{RING}"), PERMITTED, b"permitted\n"),
    (["allows", "--batch", "{}"], LINES, 5, DENIED, WORDS),
    (["allows", "@-", RING], STATUS, 0, PERMITTED, b"permitted\n"),
    (["allows", "@-", RING], STATUS, 20, PERMITTED, b"permitted\n"),
    (["allows", "@/dev/stdin", RING], STATUS, 20, PERMITTED, b"permitted\n"),
    (["allows", "@{}", RING], STATUS, 20, PERMITTED, b"permitted\n"),
    (["allows", "@-:A", RING], b"[" + STATUS + b"]" + b" " * 300000, 20, PERMITTED, b"permitted\n"),
]  # fmt: skip


class Reader(NamedTuple):
    """A command to which only the first part of its input came."""

    process: subprocess.Popen[bytes]
    pipe: int


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Reader]]:
    """They wait side by side. {} is a pipe with a name."""
    readers = []
    for arguments, content, first, _, _ in READERS:
        named = "{}" in "".join(arguments)
        path = tmp_path_factory.mktemp("named") / "pipe"
        if named:
            os.mkfifo(path)
            reader, writer = os.open(os.devnull, os.O_RDONLY), -1
        else:
            reader, writer = os.pipe()
            os.set_blocking(reader, False)
        if first and not named:
            os.write(writer, content[:first])
        words = [word.replace("{}", str(path)) for word in arguments]
        process = subprocess.Popen(
            [sys.executable, "-m", "callprop", *words], stdin=reader, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        os.close(reader)
        if named:
            writer = os.open(path, os.O_WRONLY)
            os.write(writer, content[:first])
        readers.append(Reader(process, writer))
    time.sleep(1)
    yield readers
    for one in readers:
        one.process.kill()
        one.process.communicate()


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(len(READERS)), ids=names(READERS))
def test_what_comes_in_parts_is_waited_for(readers: list[Reader], number: int) -> None:
    (process, pipe), (_, content, first, status, answer) = readers[number], READERS[number]
    # Its end is not yet known, and so neither is an answer to it.
    assert process.poll() is None
    with os.fdopen(pipe, "wb") as rest:
        rest.write(content[first:])
    assert (*process.communicate(timeout=60), process.returncode) == (answer, b"", status)


def test_the_end_is_the_end_and_not_a_pause() -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    with os.fdopen(writer, "wb") as to, read._Waiting(open(reader, "rb", buffering=0)) as file:  # type: ignore[arg-type]
        to.write(b"x" * 1000)
        to.flush()
        assert file.readinto(bytearray(10)) == 10 and file.readinto(bytearray(2000)) == 990
        to.close()
        assert file.readinto(bytearray(10)) == 0
        assert not os.get_blocking(reader)


def test_a_file_without_an_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match=f"over {read.FILE_MAX} bytes long; expected a file of statuses"):
        read.whole("/dev/zero")
    monkeypatch.setattr(read, "FILE_MAX", 5)
    for size in (0, 4, 5):
        (tmp_path / "file").write_bytes(b"x" * size)
        assert read.whole(str(tmp_path / "file")) == b"x" * size
    (tmp_path / "file").write_bytes(b"x" * 6)
    with pytest.raises(OSError, match="over 5 bytes long"):
        read.whole(str(tmp_path / "file"))

# SPDX-License-Identifier: MIT
"""The quick way in which these tests run the command answers as a new Python does."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from conftest import Python, merged
from forks import Forks

pytestmark = pytest.mark.thorough

RING = "src=external,dst=ivr,leg=dst"
COMMANDS: list[tuple[list[str], bytes | None]] = [
    (["allows", "ri", RING], None),
    (["allows", "li", RING], None),
    (["allows", "lx\udcff", RING], None),
    (["allows", "@-", RING], b'{"name": "A", "property_list": ["ri"]}'),
    (["matrix", "one.json"], None),
    (["allows", "--batch"], f"ri\t{RING}\nlx\t{RING}\n".encode() * 5000),
    (["--version"], None),
    (["forbid"], None),
]


@pytest.mark.skipif(
    not hasattr(socket, "send_fds"), reason="this Python sends no files: each command has one of its own"
)
def test_a_fork_answers_as_a_python_of_its_own(python: Python, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text('{"name": "Обед", "property_list": ["ri"]}')
    forks = Forks(merged(None))
    for arguments, input in COMMANDS:
        own = python.run("-m", "callprop", *arguments, input=input, cwd=tmp_path)
        fork = forks.callprop(arguments, input, str(tmp_path))
        assert fork is not None
        assert (fork.returncode, fork.stdout.decode(), fork.stderr.decode()) == (
            own.returncode,
            own.stdout,
            own.stderr,
        ), arguments
    forks.end()


def test_where_callprop_cannot_begin_nothing_is_forked() -> None:
    forks = Forks(merged({"CALLPROP_LIBRARY": os.devnull}))
    assert forks.callprop(["list"], None, ".") is None
    forks.end()

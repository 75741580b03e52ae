# SPDX-License-Identifier: MIT
"""Completion, in a real bash and a real zsh, on a terminal."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callprop.arguments import parser
from conftest import Python, names


@pytest.fixture(scope="module", params=["bash", pytest.param("zsh", marks=pytest.mark.third_party)])
def shell(request: pytest.FixtureRequest, python: Python, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "completion").write_text(python.callprop("completion", request.param).stdout)
    for name in ("statuses.json", "my calls.txt", "list"):
        (folder / name).write_text("[]")
    with contextlib.closing(Shell(request.param, folder)) as shell:
        yield shell


class Shell:
    """An interactive shell, in which callprop says what it is given."""

    def __init__(self, name: str, folder: Path, breaks: str | None = None) -> None:
        self.name = name
        self.folder = folder
        self.breaks = breaks
        self.process = self.terminal = 0
        assert shutil.which(name), f"there is no {name}: make test-python installs it"

    def begin(self) -> None:
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(self.folder)
            options = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}[self.name]
            environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
            os.execvpe(self.name, [self.name, *options], environment)
        setup = "autoload -Uz compinit; compinit -u -D; " if self.name == "zsh" else ""
        setup += f"COMP_WORDBREAKS=$'{self.breaks}'; " if self.breaks is not None else ""
        # Each prompt tells how often callprop was called. What is typed before it is there might be taken otherwise.
        setup += 'callprop() { printf \'%s\\n\' "$@" >given; calls=$((calls + 1)); PS1="<$calls> "; }; '
        setup += ". ./completion; calls=0; PS1='<''0> '\n"
        os.write(self.terminal, setup.encode())
        read_until(self.terminal, "<0> ")
        self.calls = 0

    def typed(self, keys: str) -> list[str]:
        """What callprop is given when these keys are typed, and Enter."""
        if not self.process:
            self.begin()
        try:
            os.write(self.terminal, f"{keys}\n".encode())
            self.calls += 1
            read_until(self.terminal, f"<{self.calls}> ")
            return (self.folder / "given").read_text().split("\n")[:-1]
        except BaseException:
            self.close()  # What was typed is still there: the next begins anew.
            raise

    def close(self) -> None:
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.close(self.terminal)
            os.waitpid(self.process, 0)
        self.process = 0


def read_until(terminal: int, prompt: str) -> None:
    shown, until = "", time.monotonic() + 20
    while prompt not in shown:
        assert time.monotonic() < until, shown
        if select.select([terminal], [], [], 0.05)[0]:
            shown += os.read(terminal, 65536).decode(errors="replace")


# What is typed, and what the command is then given.
TYPED: list[tuple[str, list[str]]] = [
    ("callprop comp\t", ["completion"]),
    ("callprop completion z\t", ["completion", "zsh"]),
    ("callprop --ver\t", ["--version"]),
    ("callprop get q\tr\t", ["get", "qri"]),
    ("callprop get --j\t q\tl\t", ["get", "--json", "qli"]),
    ("callprop matrix --js\t st\t", ["matrix", "--json", "statuses.json"]),
    ("callprop matrix --colour al\t", ["matrix", "--colour", "always"]),
    ("callprop matrix --colour=ne\t", ["matrix", "--colour=never"]),
    ("callprop matrix --colour never s\t", ["matrix", "--colour", "never", "statuses.json"]),
    ("callprop allows --b\t my\t", ["allows", "--batch", "my calls.txt"]),
    ("callprop serve --statuses s\t --po\t 80", ["serve", "--statuses", "statuses.json", "--port", "80"]),
    ("callprop allows @st\t", ["allows", "@statuses.json"]),
    ("callprop allows l\ti x", ["allows", "li", "x"]),
    ("callprop allows li,r\to x", ["allows", "li,ro", "x"]),
    ("callprop allows li src=q\tq\t", ["allows", "li", "src=queue,dst=queue,leg="]),
    ("callprop explain --known li src=extension,dst=q\td\t", ["explain", "--known", "li", "src=extension,dst=queue,leg=dst"]),
    ("callprop explain li src=external,dst=i\t,cal\t", ["explain", "li", "src=external,dst=ivr,leg=dst,callback=true"]),
    ("callprop li\tx", ["list", "x"]),
    ("callprop serve --port\t s\t", ["serve", "--port", "s"]),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "given"), TYPED, ids=names(TYPED))
def test_a_tab_completes(shell: Shell, keys: str, given: list[str]) -> None:
    assert shell.typed(keys) == given


def test_bash_completes_with_other_characters_between_words(python: Python, tmp_path: Path) -> None:
    (tmp_path / "completion").write_text(python.callprop("completion", "bash").stdout)
    (tmp_path / "statuses.json").write_text("[]")
    for breaks in (r" \t\n", r" \t\n=", r" \t\n@:", r" \t\n\"\'><=;|&(:"):
        with contextlib.closing(Shell("bash", tmp_path, breaks)) as shell:
            for keys, given in (
                ("callprop matrix --colour=ne\t", ["matrix", "--colour=never"]),
                ("callprop allows @st\t", ["allows", "@statuses.json"]),
                (
                    "callprop allows li src=external,dst=i\t,cal\t",
                    ["allows", "li", "src=external,dst=ivr,leg=dst,callback=true"],
                ),
            ):
                assert shell.typed(keys) == given, breaks


def test_what_the_parser_has_is_in_both(python: Python) -> None:
    top = parser()
    words = {*top.commands, "--version"}
    for command in top.commands.values():
        for action in command._actions:
            words |= {*action.option_strings, *(action.choices or ())}
    assert {"--statuses", "--batch", "--colour", "zsh", "always"} < words
    for shell in ("bash", "zsh"):
        text = python.callprop("completion", shell).stdout
        assert [word for word in words if word not in text] == [], shell

# SPDX-License-Identifier: MIT
"""Completion, in a real bash and a real zsh, on a terminal."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from callprop.arguments import parser
from conftest import Python, names


@pytest.fixture(scope="module", params=["bash", pytest.param("zsh", marks=pytest.mark.third_party)])
def shell(request: pytest.FixtureRequest, python: Python, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "completion").write_text(python.callprop("completion", request.param).stdout)
    for name in ("statuses.json", "my calls.txt", "list"):
        (folder / name).write_text("[]")
    return Shell(request.param, folder)


class Shell:
    """An interactive shell, in which callprop says what it is given."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        assert shutil.which(name), f"there is no {name}: make test-python installs it"

    def typed(self, keys: str, breaks: str | None = None) -> list[str]:
        """What callprop is given when these keys are typed, and Enter."""
        given, done = self.folder / "given", self.folder / "done"
        done.unlink(missing_ok=True)
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self.folder)
            options = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}[self.name]
            environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
            os.execvpe(self.name, [self.name, *options], environment)
        try:
            setup = "autoload -Uz compinit; compinit -u -D; " if self.name == "zsh" else ""
            setup += f"COMP_WORDBREAKS=$'{breaks}'; " if breaks is not None else ""
            setup += "callprop() { printf '%s\\n' \"$@\" >given; echo >done; }; . ./completion; PS1='re''ady> '\n"
            os.write(terminal, setup.encode())
            read_until(terminal, lambda shown: "ready> " in shown)
            os.write(terminal, f"{keys}\n".encode())
            read_until(terminal, lambda _: done.exists())
            return given.read_text().split("\n")[:-1]
        finally:
            os.kill(process, signal.SIGKILL)
            os.close(terminal)
            os.waitpid(process, 0)


def read_until(terminal: int, is_there: Callable[[str], bool]) -> None:
    shown, until = "", time.monotonic() + 20
    while not is_there(shown):
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
    shell = Shell("bash", tmp_path)
    for breaks in (r" \t\n", r" \t\n=", r" \t\n@:", r" \t\n\"\'><=;|&(:"):
        for keys, given in (
            ("callprop matrix --colour=ne\t", ["matrix", "--colour=never"]),
            ("callprop allows @st\t", ["allows", "@statuses.json"]),
            (
                "callprop allows li src=external,dst=i\t,cal\t",
                ["allows", "li", "src=external,dst=ivr,leg=dst,callback=true"],
            ),
        ):
            assert shell.typed(keys, breaks) == given, breaks


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

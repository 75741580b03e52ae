# SPDX-License-Identifier: MIT
"""What the tests with real calls share, those of Asterisk and of Kamailio: Debian's packages, and what SIPp received."""

from __future__ import annotations

import contextlib
import itertools
import socket
import subprocess
import sys
from pathlib import Path
from typing import Callable, NoReturn

# Below those that the kernel gives away by itself (from 32768), those of the agents' media (from 30000), and above those of Asterisk's.
_ports = itertools.cycle(range(20000, 30000, 4))

INSTALL_PACKAGE = Path(__file__).with_name("install_package.sh")


class Failed(Exception):
    """What was to be shown could not be run; the text says why."""


def run_main(name: str, main: Callable[[], int]) -> NoReturn:
    """Ends the process with what main returns; with 1, and why, when something could not be run."""
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit(f"{name}: FAILED: {failure}")


def need(package: str, is_there: bool, log: Path) -> None:
    """Installs a Debian package unless it is there. A test that cannot run has not passed."""
    if is_there:
        return
    if subprocess.run([INSTALL_PACKAGE, package, log]).returncode:
        raise Failed(f"{package} is needed")


def free_port(*addresses: str) -> int:
    """The first of four UDP ports that nobody has at any of the addresses: SIPp's media need two of them.

    It stays free until it is used, because it is given once in a while only, and never by the kernel.
    """
    for _ in range(2500):
        first = next(_ports)
        with contextlib.ExitStack() as sockets:
            try:
                for address in addresses:
                    for port in range(first, first + 4):
                        one = sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                        one.bind((address, port))
            except OSError:
                continue
        return first
    raise Failed("no free port")


def received(file: Path) -> list[str]:
    """The messages that SIPp received, from the file of its messages."""
    if not file.exists():
        return []
    parts = file.read_text(errors="replace").replace("\r", "").split("-----------------------------------------------")
    return [part.partition("bytes :\n\n")[2] for part in parts if "message received" in part]


def header(message: str, name: str) -> str:
    for line in message.split("\n"):
        if line.lower().startswith(name.lower() + ":"):
            return line.partition(":")[2].strip()
    return ""

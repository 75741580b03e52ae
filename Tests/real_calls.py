# SPDX-License-Identifier: MIT
"""What the tests with real calls share, those of Asterisk and of Kamailio: Debian's packages, and what SIPp received."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

# Somebody else may be installing something just now.
WAIT_FOR_LOCK = ("-o", "DPkg::Lock::Timeout=120")


class Failed(Exception):
    """What was to be shown could not be run; the text says why."""


def need(package: str, is_there: bool, log: Path) -> None:
    """Installs a Debian package unless it is there. A test that cannot run has not passed."""
    if is_there:
        return
    root = [] if os.geteuid() == 0 else ["sudo"]
    print(" ".join([*root, "apt-get", "install", package]), flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with log.open("ab") as file:
        for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *WAIT_FOR_LOCK, package]):
            done = subprocess.run([*root, "apt-get", *command], env=environment, stdout=file, stderr=file)
            if done.returncode:
                raise Failed(f"there is no {package}: install it, then run this again ({log} says why)")


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

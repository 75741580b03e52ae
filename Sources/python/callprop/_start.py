# SPDX-License-Identifier: MIT
"""How the command line ends where there is no library.

``python -m callprop`` and the script ``callprop`` import the package before anything of the command runs, and Python ends an import that
failed with a traceback and exit status 1, which means "denied" there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .errors import LibraryError
from .output import say


def end_if_command(problem: LibraryError) -> None:
    """When this process is callprop's command: one sentence on stderr, and exit status 2. A program that imports gets its exception."""
    if is_command():
        say(str(problem).partition("callprop: ")[2])
        raise SystemExit(2)


def is_command() -> bool:
    """Is the package being imported for ``python -m callprop`` or for the script of that name?"""
    arguments = getattr(sys, "argv", [])
    if arguments[:1] != ["-m"]:
        return bool(arguments) and os.path.basename(arguments[0]) == "callprop"
    # While Python looks for the module of -m, its name is to be seen only where the arguments are all.
    whole = getattr(sys, "orig_argv", None)
    if whole is None:  # Python 3.9
        whole = os.fsdecode(Path("/proc/self/cmdline").read_bytes()).split("\0")[:-1]
    return whole[-len(arguments)] in ("callprop", "-mcallprop")

# SPDX-License-Identifier: MIT
"""For PyInstaller, which finds this by the entry point ``pyinstaller40``: where the hook is that puts the C library into a frozen program."""

from __future__ import annotations

from pathlib import Path


def hook_folders() -> list[str]:
    """The folders with hooks."""
    return [str(Path(__file__).parent)]

# SPDX-License-Identifier: MIT
"""The version of this package: that of the header beside it. ``setup.py`` puts the bare number in this module's place. It imports nothing of
the package, so that the build can read it."""

from pathlib import Path

_HEADER = Path(__file__).with_name("callprop.h")

VERSION = _HEADER.read_text(encoding="utf-8").partition('CP_VERSION_STRING "')[2].partition('"')[0]

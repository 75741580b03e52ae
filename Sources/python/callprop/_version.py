# SPDX-License-Identifier: MIT
"""The version of this package: that of the header beside it. ``setup.py`` puts the bare number in this module's place. It imports nothing of
the package, so that the build can read it."""

from pathlib import Path
from typing import Any

_HEADER = Path(__file__).with_name("callprop.h")

# The loader's, so that the package may be in a zip.
_loader: Any = __spec__.loader

VERSION = _loader.get_data(str(_HEADER)).decode().partition('CP_VERSION_STRING "')[2].partition('"')[0]

# SPDX-License-Identifier: MIT
"""Which file is the C library? ``$CALLPROP_LIBRARY``, else the copy inside the wheel, else the system's.

The first of them that is there is taken. When it cannot be loaded that is an error: going on to the next one would
decide with another library than the one that was meant.
"""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path
from typing import NamedTuple

from .errors import LibraryError

SONAME = "libcallprop.so.1"
VARIABLE = "CALLPROP_LIBRARY"
NEEDED = (1, 1)  # the ABI, and what it must have grown to: every function that is declared is in callprop 1.1

_BUNDLED = Path(__file__).parent / "lib" / SONAME


class Source(NamedTuple):
    """A library to load: its name for the loader, and what to do when it is no good."""

    name: str
    remedy: str


def source() -> Source:
    """The library that is to be loaded; whether it can be, nobody knows yet."""
    given = os.environ.get(VARIABLE)
    if given:
        return Source(given, f"set {VARIABLE} to the file {SONAME}, or unset it to use the library that is installed")
    if _BUNDLED.exists():
        return Source(
            str(_BUNDLED), "the wheel is damaged or for another machine: pip install --force-reinstall callprop"
        )
    return Source(
        SONAME,
        f"install the C library callprop ({SONAME}), where the loader finds it (ldconfig), or set {VARIABLE} to its file",
    )


def load(functions: tuple[str, ...]) -> ctypes.CDLL:
    """The library, which is of this ABI, new enough, and has all these functions.

    Raises :class:`LibraryError`. A ``CDLL`` releases the GIL during each call.
    """
    major, minor = NEEDED
    needed = f"but this package needs callprop {major}.{minor} or a later {major}.x"
    name, remedy = source()
    try:
        library = ctypes.CDLL(name)
    except (OSError, ValueError) as problem:
        raise LibraryError(f"callprop: cannot load {name}: {problem}; {remedy}", path=name) from None
    if not hasattr(library, "cp_version"):
        raise LibraryError(f"callprop: {name} is no callprop: it has no cp_version; {remedy}", path=name)
    library.cp_version.argtypes, library.cp_version.restype = (), ctypes.c_char_p
    version = (library.cp_version() or b"").decode("ascii", "backslashreplace")
    found = re.match(r"(\d+)\.(\d+)\.", version)
    if not found or int(found[1]) != major or int(found[2]) < minor:
        raise LibraryError(f"callprop: {name} is version {version or 'unknown'}, {needed}; {remedy}", path=name)
    missing = [function for function in functions if not hasattr(library, function)]
    if missing:
        raise LibraryError(f"callprop: {name} has no {missing[0]}, {needed}; {remedy}", path=name)
    return library

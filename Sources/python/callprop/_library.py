# SPDX-License-Identifier: MIT
"""Which file is the C library? ``$CALLPROP_LIBRARY``, else the copy inside the wheel, else the system's.

The first of them that is there is taken. When it cannot be loaded that is an error: going on to the next one would
decide with another library than the one that was meant.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import NamedTuple

from .errors import LibraryError

SONAME = "libcallprop.so.1"
VARIABLE = "CALLPROP_LIBRARY"
ABI = 1

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
        return Source(str(_BUNDLED), "the wheel is damaged or for another machine: pip install --force-reinstall callprop")
    return Source(
        SONAME,
        f"install the C library callprop ({SONAME}), where the loader finds it (ldconfig), or set {VARIABLE} to its file",
    )


def load(functions: tuple[str, ...]) -> ctypes.CDLL:
    """The library, which has all these functions and is of this ABI.

    Raises :class:`LibraryError`. A ``CDLL`` releases the GIL during each call.
    """
    name, remedy = source()
    try:
        library = ctypes.CDLL(name)
    except (OSError, ValueError) as problem:
        raise LibraryError(f"callprop: cannot load {name}: {problem}; {remedy}", path=name) from None
    missing = [function for function in functions if not hasattr(library, function)]
    if missing:
        raise LibraryError(f"callprop: {name} is no callprop of ABI {ABI}: it has no {missing[0]}; {remedy}", path=name)
    version = library.cp_version
    version.argtypes, version.restype = (), ctypes.c_char_p
    text = (version() or b"").decode("ascii", "backslashreplace")
    if text.split(".")[0] != str(ABI):
        raise LibraryError(f"callprop: {name} is version {text}, but this package needs {ABI}.x; {remedy}", path=name)
    return library

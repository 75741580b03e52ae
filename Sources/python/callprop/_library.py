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
from typing import Any, NamedTuple

from .errors import LibraryError

SONAME = "libcallprop.so.1"
VARIABLE = "CALLPROP_LIBRARY"
NEEDED = (1, 1)  # the ABI, and what it must have grown to: every function that is declared is in callprop 1.1

_JANSSON = "install jansson 2.7 or later (Debian: libjansson4; Fedora: jansson), where the loader finds it"

_BUNDLED = Path(__file__).parent / "lib" / SONAME


class Source(NamedTuple):
    """A library to load: its name for the loader, and what to do when it is no good."""

    name: str
    remedy: str


def source() -> Source:
    """The library that is to be loaded; whether it can be, nobody knows yet. Raises :class:`LibraryError` for one that is in an archive."""
    given = os.environ.get(VARIABLE)
    if given:
        return Source(given, f"set {VARIABLE} to the file {SONAME}, or unset it to use the library that is installed")
    if _BUNDLED.exists():
        return Source(
            str(_BUNDLED), "the wheel is damaged or for another machine: pip install --force-reinstall callprop"
        )
    if archive := _archive():
        raise LibraryError(
            f"callprop: the package is inside the archive {archive}, from which the loader cannot load {SONAME}; unpack it (pip install"
            f" --target FOLDER), or set {VARIABLE} to that file, unpacked",
            path=str(_BUNDLED),
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
        raise LibraryError(
            f"callprop: cannot load {name}: {problem}; {_jansson(str(problem)) or remedy}", path=name
        ) from None
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


def _archive() -> str | None:
    """The zip in which the wheel's copy of the library is, where the package is in one. To take the system's then would be a surprise."""
    loader: Any = __spec__.loader
    inside = getattr(loader, "archive", None)  # as zipimport has it
    if inside is None:
        return None
    try:
        loader.get_data(str(_BUNDLED))
    except OSError:
        return None
    return str(inside)


def _jansson(problem: str) -> str | None:
    """What to do when it is not callprop that cannot be loaded but jansson, which it needs."""
    # As glibc says it, and as musl does.
    if re.search(r"^(Error loading shared library )?libjansson[^ /:]*: (cannot open|No such file)", problem):
        return f"jansson is missing: {_JANSSON}"
    if re.search(
        r"undefined symbol: json_|: json_\w+: symbol not found|libjansson[^ /:]*: version .* not found", problem
    ):
        return f"jansson is too old: {_JANSSON}"
    return None

# SPDX-License-Identifier: MIT
"""PyInstaller's hook: a frozen program takes the library along that the package loads here, to where the package looks for it first.

What that needs in turn, jansson, PyInstaller finds itself."""

from pathlib import Path

import callprop
from callprop._library import SONAME

# It is loaded: the kernel knows the file, also where only the loader knows the way to it.
_maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
_files = {Path(line.split(maxsplit=5)[-1]) for line in _maps if "callprop" in line.rpartition("/")[2] and ".so" in line}
_named = [file.with_name(SONAME) for file in _files if file.with_name(SONAME).exists()]
if not _named:
    raise SystemExit(
        f"callprop: no file {SONAME} beside {', '.join(map(str, _files)) or 'the package'}; expected one to freeze"
    )

binaries = [(str(file), "callprop/lib") for file in _named]
datas = [(str(Path(callprop.__file__).parent / "web"), "callprop/web")]

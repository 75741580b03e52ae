# SPDX-License-Identifier: MIT
"""The package where it is not a folder of files: inside a zip, and in a program that PyInstaller froze."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from conftest import REPOSITORY, Python
from test_library import ALLOWED, ASKED, LOADED, PACKAGE, copied


def test_in_a_zip_the_library_is_said_to_be_where_no_loader_finds_it(python: Python, tmp_path: Path) -> None:
    environment = copied(tmp_path / "tree")
    tree = tmp_path / "tree"
    library = str(Path(LOADED).resolve())
    system = {"LD_LIBRARY_PATH": f"{tmp_path}/system:{PACKAGE.parent}/callprop.libs"}
    (tmp_path / "system").mkdir()
    (tmp_path / "system/libcallprop.so.1").symlink_to(library)

    # Without a library in it, it is as any package: the system's is taken.
    shutil.make_archive(str(tmp_path / "bare"), "zip", tree)
    bare = {**environment, **system, "PYTHONPATH": str(tmp_path / "bare.zip")}
    assert python.program(ALLOWED, environment=bare) == "True\n"
    assert python.callprop("list", environment={**bare, "LD_LIBRARY_PATH": None}).stderr.endswith(
        "or set CALLPROP_LIBRARY to its file\n"
    )
    # The page's files are read from it too.
    program = "from callprop import page; print('use strict' in page._asset('page.js').decode())"
    assert python.program(program, environment=bare) == "True\n"

    # The one that a wheel has in it is the one that is meant.
    (tree / "callprop/lib").mkdir()
    shutil.copy(library, tree / "callprop/lib/libcallprop.so.1")
    shutil.make_archive(str(tmp_path / "whole"), "zip", tree)
    whole = {**environment, **system, "PYTHONPATH": str(tmp_path / "whole.zip")}
    done = python.callprop(*ASKED, environment=whole)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr == (
        f"callprop: the package is inside the archive {tmp_path}/whole.zip, from which the loader cannot load libcallprop.so.1; unpack it"
        " (pip install --target FOLDER), or set CALLPROP_LIBRARY to that file, unpacked\n"
    )
    assert (
        "LibraryError: callprop: the package is inside" in python.run("-c", "import callprop", environment=whole).stderr
    )
    assert python.program(ALLOWED, environment={**whole, "CALLPROP_LIBRARY": library}) == "True\n"


def test_pyinstaller_finds_what_a_frozen_program_needs(python: Python) -> None:
    """check-wheel freezes programs with it. Here: the entry point leads to the hook, and the hook to the library and the page."""
    program = """
import json, runpy
from pathlib import Path
from callprop import _pyinstaller
(folder,) = _pyinstaller.hook_folders()
hook = runpy.run_path(str(Path(folder, "hook-callprop.py")))
print(json.dumps([hook["binaries"], hook["datas"]]))
"""
    binaries, datas = json.loads(python.program(program))
    ((library, folder),) = binaries
    assert folder == "callprop/lib" and Path(library).name == "libcallprop.so.1"
    assert Path(library).resolve() == Path(LOADED).resolve()
    assert datas == [[str(PACKAGE / "web"), "callprop/web"]] and (PACKAGE / "web/index.html").exists()
    if not (PACKAGE / "lib").exists():  # what is installed has its entry points elsewhere, and check-wheel uses them
        text = (REPOSITORY / "Sources/python/pyproject.toml").read_text(encoding="utf-8")
        assert '[project.entry-points.pyinstaller40]\nhook-dirs = "callprop._pyinstaller:hook_folders"\n' in text


def test_pyinstaller_is_told_when_there_is_no_file_to_take(python: Python, tmp_path: Path) -> None:
    (tmp_path / "libcallprop.so.other").symlink_to(Path(LOADED).resolve())
    shutil.copy(Path(LOADED).resolve(), tmp_path / "callprop-other.so")
    program = "import runpy; from callprop import _pyinstaller as p; runpy.run_path(p.hook_folders()[0] + '/hook-callprop.py')"
    libraries = f"{PACKAGE.parent}/callprop.libs"
    environment = {"CALLPROP_LIBRARY": str(tmp_path / "callprop-other.so"), "LD_LIBRARY_PATH": libraries}
    done = python.run("-c", program, environment=environment)
    assert done.returncode == 1 and done.stderr == (
        f"callprop: no file libcallprop.so.1 beside {tmp_path}/callprop-other.so; expected one to freeze\n"
    )

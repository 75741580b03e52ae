# SPDX-License-Identifier: MIT
"""Which library is loaded, what is said when it is none, and where the package works."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

import callprop
from callprop import _abi, _library
from conftest import Python
from expected import bits
from test_declarations import SINCE

PACKAGE = Path(callprop.__file__).parent
LOADED = _library.source().name
ALLOWED = "import callprop; print(callprop.allows('li,ri', callprop.Call('external','ivr','dst')))"


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Libraries that are no callprop of this ABI, or an old one."""
    folder = tmp_path_factory.mktemp("foreign")

    def library(version: str, names: Iterable[str]) -> str:
        return f"const char *cp_version(void) {{ return {version}; }}\n" + "".join(
            f"void {name}(void) {{}}\n" for name in names
        )

    names = [name for name in _abi.FUNCTIONS if name != "cp_version"]
    sources = {
        "empty": "",
        "callprop-1.0": library('"1.0.0"', [name for name in names if SINCE[name] == (1, 0)]),
        "one-is-missing": library('"1.12.0"', [name for name in names if name != "cp_required_many"]),
        "version-2": library('"2.1.0"', names),
        "version-0": library('"0.9.0"', names),
        "version-11": library('"11.2.0"', names),
        "version-1": library('"1"', names),
        "version-null": library("0", names),
    }
    for name, source in sources.items():
        (folder / f"{name}.c").write_text(source)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", folder / f"{name}.so", folder / f"{name}.c"], check=True)
    (folder / "text.so").write_text("not a library")
    return folder


BAD_LIBRARIES = [
    ("nowhere.so", "cannot load"),
    ("text.so", "cannot load"),
    ("empty.so", "is no callprop: it has no cp_version; "),
    ("callprop-1.0.so", "is version 1.0.0, but this package needs callprop 1.1 or a later 1.x; "),
    ("one-is-missing.so", "has no cp_required_many, but this package needs callprop 1.1 or a later 1.x; "),
    ("version-2.so", "is version 2.1.0, but this package needs callprop 1.1 or a later 1.x; "),
    ("version-0.so", "is version 0.9.0, but this package needs callprop 1.1 or a later 1.x; "),
    ("version-11.so", "is version 11.2.0, but this package needs callprop 1.1 or a later 1.x; "),
    ("version-1.so", "is version 1, but this package needs callprop 1.1 or a later 1.x; "),
    ("version-null.so", "is version unknown, but this package needs callprop 1.1 or a later 1.x; "),
]


@pytest.mark.parametrize(("name", "says"), BAD_LIBRARIES)
def test_a_bad_library_is_one_sentence_with_the_remedy(python: Python, foreign: Path, name: str, says: str) -> None:
    path = str(foreign / name)
    environment = {"CALLPROP_LIBRARY": path}
    done = python.run("-c", "import callprop", environment=environment)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(
        f"callprop.errors.LibraryError: callprop: {'cannot load ' if says == 'cannot load' else ''}{path}"
    )
    assert says in last and last.endswith(
        "set CALLPROP_LIBRARY to the file libcallprop.so.1, or unset it to use the library that is installed"
    )

    # On the command line: the same sentence, and never the exit status of a denial.
    command = python.callprop("allows", "all", "src=extension,dst=ivr,leg=src", environment=environment)
    assert (command.returncode, command.stdout) == (2, "")
    assert command.stderr == last.partition(": ")[2] + "\n"


def test_an_old_library_is_an_import_error_and_a_later_one_is_taken(
    python: Python, foreign: Path, tmp_path: Path
) -> None:
    program = "try:\n import callprop\nexcept ImportError as problem: print(problem)"
    said = python.program(program, environment={"CALLPROP_LIBRARY": str(foreign / "callprop-1.0.so")})
    assert said.startswith(
        f"callprop: {foreign}/callprop-1.0.so is version 1.0.0, but this package needs callprop 1.1 or a later 1.x; "
    )
    later = tmp_path / "later.c"
    later.write_text(
        (foreign / "version-2.c").read_text(encoding="utf-8").replace('"2.1.0"', '"1.12.3"'), encoding="utf-8"
    )
    subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "later.so", later], check=True)
    assert (
        python.program(
            "import callprop; print(callprop.library_version)",
            environment={"CALLPROP_LIBRARY": str(tmp_path / "later.so")},
        )
        == "1.12.3\n"
    )


def copied(folder: Path) -> dict[str, str | None]:
    """The package without a library in it, for a process that knows no other."""
    shutil.copytree(PACKAGE, folder / "callprop", ignore=shutil.ignore_patterns("lib", "__pycache__"))
    return {"CALLPROP_LIBRARY": None, "PYTHONPATH": str(folder), "LD_LIBRARY_PATH": None}


def test_the_library_of_the_variable_comes_first_then_the_wheels_then_the_systems(
    python: Python, tmp_path: Path
) -> None:
    environment = copied(tmp_path)
    which = "from callprop import _library; print(_library.source().name)"
    library = str(Path(LOADED).resolve())
    # The library of a wheel finds its jansson beside itself, and not where a link to it stands.
    system = {**environment, "LD_LIBRARY_PATH": f"{tmp_path}/system:{PACKAGE.parent}/callprop.libs"}
    (tmp_path / "system").mkdir()
    (tmp_path / "system/libcallprop.so.1").symlink_to(library)
    assert python.program(which, environment=system) == "libcallprop.so.1\n"
    assert python.program(ALLOWED, environment=system) == "True\n"

    (tmp_path / "callprop/lib").mkdir()
    inside = tmp_path / "callprop/lib/libcallprop.so.1"
    inside.symlink_to(library)
    assert python.program(which, environment=system) == f"{inside}\n"
    assert python.program(which, environment={**system, "CALLPROP_LIBRARY": ""}) == f"{inside}\n"
    assert python.program(which, environment={**system, "CALLPROP_LIBRARY": library}) == f"{library}\n"

    # What is meant and damaged is not passed over.
    inside.unlink()
    inside.write_text("damaged")
    done = python.run("-c", "import callprop", environment=system)
    assert "LibraryError" in done.stderr and "the wheel is damaged" in done.stderr.splitlines()[-1]


def test_a_missing_library_says_how_to_install_it(python: Python, tmp_path: Path) -> None:
    done = python.run("-c", "import callprop", environment=copied(tmp_path))
    last = done.stderr.splitlines()[-1]
    assert last.startswith("callprop.errors.LibraryError: callprop: cannot load libcallprop.so.1: ")
    assert last.endswith(
        "; install the C library callprop (libcallprop.so.1), where the loader finds it (ldconfig), or set CALLPROP_LIBRARY to its file"
    )


@pytest.fixture(scope="module")
def without_jansson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that needs a jansson which is not there, and one that needs more of it than there is."""
    folder = tmp_path_factory.mktemp("jansson")

    def build(name: str, source: str, *options: str) -> None:
        (folder / "source.c").write_text(source)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", folder / name, folder / "source.c", *options], check=True)

    needs = "void json_stringn_nocheck(void); void cp_list(void) { json_stringn_nocheck(); }"
    for kind, real, found in (
        ("missing", needs.partition(";")[0] + "{}", None),
        ("wheels", needs.partition(";")[0] + "{}", None),
        ("old", needs.partition(";")[0] + "{}", "void json_object(void) {}"),
    ):
        soname = {"wheels": "libjansson-122182d4.so.4.14.0"}.get(kind, f"libjansson-{kind}.so.4")
        build(soname, real, f"-Wl,-soname,{soname}")
        build(f"{kind}.so", needs, "-Wl,--no-as-needed,-z,now", f"-Wl,-rpath,{folder}", str(folder / soname))
        (folder / soname).unlink()
        if found:
            build(soname, found, f"-Wl,-soname,{soname}")
    return folder


@pytest.mark.parametrize(
    ("name", "says"),
    [("missing", "jansson is missing"), ("wheels", "jansson is missing"), ("old", "jansson is too old")],
)
def test_a_missing_or_too_old_jansson_is_named_as_that(
    python: Python, without_jansson: Path, name: str, says: str
) -> None:
    library = without_jansson / f"{name}.so"
    done = python.callprop("list", environment={"CALLPROP_LIBRARY": str(library)})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"callprop: cannot load {library}: ")
    assert done.stderr.endswith(
        f"; {says}: install jansson 2.7 or later (Debian: libjansson4; Fedora: jansson), where the loader finds it\n"
    )


PROBLEMS_OF_LOADERS = [
    ("libjansson.so.4: cannot open shared object file: No such file or directory", "missing"),
    ("libjansson-9bf0.so.4.13.0: cannot open shared object file: No such file or directory", "missing"),
    ("/x/libcallprop.so.1: undefined symbol: json_stringn_nocheck", "too old"),
    ("/x/libcallprop.so.1: undefined symbol: json_object_seed, version libjansson.so.4", "too old"),
    ("/lib/libjansson.so.4: version `libjansson.so.4' not found (required by /x/libcallprop.so.1)", "too old"),
    (
        "Error loading shared library libjansson.so.4: No such file or directory (needed by /x/libcallprop.so.1)",
        "missing",
    ),
    ("Error relocating /x/libcallprop.so.1: json_stringn_nocheck: symbol not found", "too old"),
    ("libcallprop.so.1: cannot open shared object file: No such file or directory", None),
    ("/home/libjansson/libcallprop.so.1: cannot open shared object file: No such file or directory", None),
    ("/x/libcallprop.so.1: undefined symbol: cp_list", None),
    ("libc.so.6: version `GLIBC_2.99' not found (required by /x/libcallprop.so.1)", None),
    ("/x/libcallprop.so.1: file too short", None),
]


@pytest.mark.parametrize(("problem", "kind"), PROBLEMS_OF_LOADERS, ids=[row[0] for row in PROBLEMS_OF_LOADERS])
def test_what_a_loader_says_of_jansson_is_understood(problem: str, kind: str | None) -> None:
    """That of glibc, and that of musl."""
    found = _library._jansson(problem)
    assert found is None if kind is None else found is not None and found.startswith(f"jansson is {kind}: install ")


SCRIPT = "import sys\nfrom callprop.command import main\nsys.exit(main())\n"
ASKED = ["allows", "all", "src=extension,dst=ivr,leg=src"]


def test_without_a_library_the_command_ends_with_2_and_a_program_gets_its_exception(
    python: Python, tmp_path: Path
) -> None:
    """By whatever way the command is started; and a program that only has the name among its arguments is none."""
    for name in ("callprop", "other"):
        (tmp_path / name).write_text(SCRIPT)
    environment = {"CALLPROP_LIBRARY": str(tmp_path / "nowhere.so")}
    for start in (["-m", "callprop"], ["-mcallprop"], ["-W", "error", "-m", "callprop"], [str(tmp_path / "callprop")]):
        for arguments in (ASKED, ["list"], []):
            done = python.run(*start, *arguments, environment=environment)
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
            assert done.stderr.startswith(f"callprop: cannot load {tmp_path}/nowhere.so: "), done
    for start in (
        [str(tmp_path / "other")],
        ["-c", "import callprop", "callprop"],
        ["-c", "import callprop", "-m", "callprop"],
    ):
        done = python.run(*start, *ASKED, environment=environment)
        assert (
            done.returncode == 1 and "Traceback" in done.stderr and "LibraryError: callprop: cannot load" in done.stderr
        ), done


@pytest.mark.thorough
def test_the_command_is_known_where_python_does_not_tell_all_arguments(python: Python) -> None:
    """As 3.9 does not: then they are the kernel's to tell."""
    program = """
import sys
from callprop import _start
vars(sys).pop("orig_argv", None)
sys.argv[:] = ["-m", *sys.argv[2:]]
print(_start.is_command())
"""
    for word, answer in (("callprop", True), ("-mcallprop", True), ("other", False), ("callprop.rest", False)):
        for more in ([], ["list"], ["allows", "callprop", "x"]):
            assert python.program(program, word, *more) == f"{answer}\n", (word, more)


# ---- Where memory runs out -----------------------------------------------------------------------------

NO_MEMORY = """
import ctypes, json, callprop
from callprop import command, decisions
(jansson,) = {line.split()[-1] for line in open("/proc/self/maps") if "libjansson" in line}
malloc, free = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_size_t), ctypes.CFUNCTYPE(None, ctypes.c_void_p)
nothing, keep = malloc(lambda size: None), free(lambda memory: None)
ctypes.CDLL(jansson).json_set_alloc_funcs(nothing, keep)
ring = callprop.Call("external", "ivr", "dst")
asked = [callprop.list, lambda: callprop.get("ri"), lambda: callprop.get("rx"), lambda: decisions.explain_json("ri", ring)]
for ask in asked:
    try:
        print(ask())
    except callprop.Error as error:
        print(type(error).__name__, error.code.name, error.position, error.text)
print(command.main(["list"]), command.main(["get", "ri"]), callprop.allows("ri", ring), callprop.explain("li", ring).allowed)
"""


def test_without_memory_there_is_an_error_and_never_another_answer(python: Python) -> None:
    """jansson's allocator refuses. That there is no such property is another matter, and a decision needs no memory."""
    done = python.run("-c", NO_MEMORY)
    none = "Error MEMORY -1 callprop: out of memory\n"
    none_to_explain = "Error MEMORY -1 buffer: no memory to write JSON; expected jansson's allocator to give some KiB\n"
    assert done.stdout == none * 3 + none_to_explain + "2 2 True False\n", done
    assert done.stderr == "callprop: callprop: out of memory\n" * 2 and done.returncode == 0


# ---- Where it works ------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_it_works_in_many_threads() -> None:
    wrong: list[object] = []

    def decide() -> None:
        for number in range(300):
            granted = callprop.Properties(number & 0xFF)
            decision = callprop.explain(granted, "src=external,dst=queue,leg=dst")
            if decision.allowed != bool(number & bits(["all", "qri"])) or decision.granted != granted:
                wrong.append(decision)
            try:
                callprop.allows(f"li,x{number}", "")
                wrong.append(number)
            except callprop.Error as error:
                if f'"x{number}"' not in error.text:
                    wrong.append(error)

    threads = [threading.Thread(target=decide) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.thorough
def test_it_works_after_fork_while_other_threads_decide(python: Python) -> None:
    program = """
import os, threading, warnings, callprop
warnings.simplefilter("ignore", DeprecationWarning)
done = threading.Event()
def decide():
    while not done.is_set():
        callprop.explain(["li", "lo"], "src=external,dst=queue,leg=dst")
threads = [threading.Thread(target=decide) for _ in range(3)]
[thread.start() for thread in threads]
for _ in range(100):
    child = os.fork()
    if not child:
        os._exit(callprop.explain('["li"]', '{"src":"extension","dst":"ivr","leg":"dst"}').allowed is not True)
    assert os.waitpid(child, 0)[1] == 0
done.set()
[thread.join() for thread in threads]
print("well")
"""
    assert python.program(program) == "well\n"


# A fork may come while another thread holds a lock, which then is locked for ever in the child. cached_property has one before 3.12, and
# lru_cache has one in PyPy: one fork of 5,000 hung there.
def test_the_package_has_no_locks() -> None:
    lock = re.compile(r"cached_property|lru_cache|functools\.cache|Lock\(|import (threading|logging)")
    for line in (
        "@functools.cached_property",
        "@lru_cache",
        "lock = threading.RLock()",
        "import logging",
        "from functools import lru_cache",
    ):
        assert lock.search(line), line
    files = {path.name: path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py")}
    assert {"_abi.py", "calls.py", "decisions.py", "properties.py"} < files.keys()
    for name, text in files.items():
        assert not lock.search("\n".join(line.split("#")[0] for line in text.splitlines())), name


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="PyPy has no subinterpreters")
def test_it_works_in_subinterpreters(python: Python) -> None:
    # Before 3.13 ctypes itself cannot be imported in an interpreter with a GIL of its own.
    program = f"""
import sys, warnings
warnings.simplefilter("ignore")
decide = {ALLOWED!r} + "; assert callprop.permits_many(b'\\\\4\\\\0\\\\0\\\\0', bytes(callprop.Call('extension','ivr','dst'))) == b'\\\\1'"
decide = decide.replace("print(", "print(end='+'); print(")
import callprop
for isolated in (False, True):
    if sys.version_info >= (3, 13):
        import _interpreters as interpreters
        made = interpreters.create("isolated" if isolated else "legacy")
        failed = interpreters.exec(made, decide)
        assert failed is None, failed
    else:
        import _xxsubinterpreters as interpreters
        if isolated and sys.version_info >= (3, 12):
            continue
        made = interpreters.create(isolated=isolated) if sys.version_info >= (3, 10) else interpreters.create()
        interpreters.run_string(made, decide + "; import sys; sys.stdout.flush()")
    interpreters.destroy(made)
print("well")
"""
    printed = python.program(program)
    interpreters = 1 if (3, 12) <= sys.version_info < (3, 13) else 2
    assert printed.endswith("well\n") and printed.count("+True\n") == interpreters, printed

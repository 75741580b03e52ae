# SPDX-License-Identifier: MIT
"""`make install` and `make uninstall`: where the files go, what callprop.pc says, and that nothing is left behind."""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from installed import REPOSITORY, STRICT_C, Installed, plain_environment, run, run_or_fail

sys.path.append(str(REPOSITORY / "Tests/shared"))
import document_links

# Eighty installations, which take seconds. `make stage` is one, and what it installs is what all the other tests are of.
pytestmark = pytest.mark.thorough

PROGRAM = """
#include <callprop.h>
#include <stdio.h>

int main(void)
{
    puts(cp_allows("li,lo,ri", "src=external,dst=ivr,leg=dst", NULL) ? "permitted" : "denied");
    return 0;
}
"""


@dataclass(frozen=True)
class Layout:
    """Variables for make, and the folders that they lead to."""

    variables: dict[str, str]
    prefix: str
    libdir: str
    includedir: str
    docdir: str = ""

    def files(self, version: str) -> set[str]:
        names = [
            "libcallprop.so",
            "libcallprop.so.1",
            f"libcallprop.so.{version}",
            "libcallprop.a",
            "pkgconfig/callprop.pc",
        ]
        names += [f"cmake/callprop/callprop-config{part}.cmake" for part in ("", "-version")]
        return {f"{self.libdir}/{name}" for name in names} | {f"{self.includedir}/callprop.h"} | self.documents()

    def documents(self) -> set[str]:
        share = f"{self.prefix}/share"
        docdir = self.docdir or f"{share}/doc/callprop"
        texts = [*EXAMPLES, *MANUAL, "LICENSE", "README.md", "CHANGELOG.md"]
        return {f"{docdir}/{name}" for name in texts} | {f"{share}/man/man3/{page.name}" for page in MAN_PAGES}


SUFFIXES = {".c", ".py", ".conf", ".csv", ".json", ".md", ".cfg", ".list", ".svg", ".htdigest"}
EXAMPLES = [
    f"examples/{path.relative_to(REPOSITORY / 'examples')}"
    for path in (REPOSITORY / "examples").rglob("*")
    if path.is_file() and (path.suffix in SUFFIXES or path.name == "Makefile")
]
# The manual as it is in the sources, and what it links to.
MANUAL = [
    str(path.relative_to(REPOSITORY)) for suffix in ("md", "png") for path in (REPOSITORY / "docs").rglob(f"*.{suffix}")
]
MANUAL += ["Sources/python/README.md", "Sources/asterisk/README.md", "Sources/asterisk/callprop.conf"]
MANUAL += ["Tests/README.md", "Tests/bench/chart.svg"]
# Those of commands and of a file come with what they describe.
MAN_PAGES = [*(REPOSITORY / "docs/man").glob("*.3")]

# What a path may have in it; callprop.pc can hold no more.
ANY = "a & b|c'd(e)%f;g*h~?[i]{j}<k>=l,m@PREFIX@"

LAYOUTS = {
    "no variables": Layout({}, "/usr/local", "/usr/local/lib", "/usr/local/include"),
    "PREFIX": Layout({"PREFIX": "/opt/callprop"}, "/opt/callprop", "/opt/callprop/lib", "/opt/callprop/include"),
    "LIBDIR as Debian has it": Layout(
        {"PREFIX": "/usr", "LIBDIR": "/usr/lib/x86_64-linux-gnu"}, "/usr", "/usr/lib/x86_64-linux-gnu", "/usr/include"
    ),
    "INCLUDEDIR": Layout(
        {"PREFIX": "/opt/c", "INCLUDEDIR": "/opt/c/include/callprop-1"},
        "/opt/c",
        "/opt/c/lib",
        "/opt/c/include/callprop-1",
    ),
    "GNU's names": Layout(
        {"prefix": "/usr", "libdir": "/usr/lib64", "includedir": "/usr/include/c", "docdir": "/usr/share/doc/c-1"},
        "/usr",
        "/usr/lib64",
        "/usr/include/c",
        "/usr/share/doc/c-1",
    ),
    "any character": Layout({"prefix": f"/opt/{ANY}"}, f"/opt/{ANY}", f"/opt/{ANY}/lib", f"/opt/{ANY}/include"),
    "outside of the prefix": Layout(
        {"prefix": "/usr", "LIBDIR": "/usr2/lib", "INCLUDEDIR": "/usr2/include"}, "/usr", "/usr2/lib", "/usr2/include"
    ),
    "spaces": Layout({"PREFIX": "/opt/call prop"}, "/opt/call prop", "/opt/call prop/lib", "/opt/call prop/include"),
}


def files_below(folder: Path) -> set[str]:
    """Files and links, as they look to who takes the folder for the root."""
    return {f"/{path.relative_to(folder)}" for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """With an ldconfig that notes that it was called, and leaves the machine alone."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "ldconfig").write_text(f"#!/bin/sh\necho called >> '{tools}/ldconfig.log'\n")
    (tools / "ldconfig").chmod(0o755)
    environment = plain_environment()
    return environment | {"PATH": f"{tools}:{environment['PATH']}"}


def ldconfig_calls(tmp_path: Path) -> int:
    log = tmp_path / "tools/ldconfig.log"
    return len(log.read_text().splitlines()) if log.exists() else 0


def make(target: str, variables: dict[str, str], environment: dict[str, str]) -> None:
    words = [f"{name}={value}" for name, value in variables.items()]
    run_or_fail(["make", target, *words], environment, REPOSITORY)


def build_and_run(folder: Path, environment: dict[str, str], pkgconfig: Path, libdir: Path) -> str:
    """Builds a program as a stranger does, with the words that pkg-config has for a shell, and runs it."""
    (folder / "permits.c").write_text(PROGRAM)
    flags = " ".join(STRICT_C)
    script = f'eval "cc {flags} permits.c -o permits $(pkg-config --cflags --libs callprop)" && ./permits'
    found = {"PKG_CONFIG_PATH": str(pkgconfig), "LD_LIBRARY_PATH": str(libdir)}
    return run_or_fail(["sh", "-euc", script], environment | found, folder)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_destdir_gets_all_files_and_uninstall_takes_them_away(
    installed: Installed, tmp_path: Path, environment: dict[str, str], layout: Layout
) -> None:
    files = layout.files(installed.version)
    root = tmp_path / "the root"
    variables = layout.variables | {"DESTDIR": str(root)}
    make("install", variables, environment)
    assert files_below(root) == files

    # A second time is an upgrade.
    make("install", variables, environment)
    assert files_below(root) == files

    make("uninstall", variables, environment)
    assert [*root.rglob("*")] == []
    assert ldconfig_calls(tmp_path) == 0, "ldconfig is for the root of this machine"


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_callprop_pc_knows_the_layout_but_not_destdir(
    tmp_path: Path, environment: dict[str, str], layout: Layout
) -> None:
    root = tmp_path / "root"
    make("install", layout.variables | {"DESTDIR": str(root)}, environment)
    pc_file = root / layout.libdir.lstrip("/") / "pkgconfig/callprop.pc"
    text = pc_file.read_text()
    assert str(tmp_path) not in text, text
    assert "@" not in text.replace(ANY, ""), f"something was not filled in: {text}"

    def of_prefix(folder: str) -> str:
        return folder.replace(layout.prefix, "${prefix}") if folder.startswith(f"{layout.prefix}/") else folder

    assert text.splitlines()[:3] == [
        f"prefix={layout.prefix}",
        f"libdir={of_prefix(layout.libdir)}",
        f"includedir={of_prefix(layout.includedir)}",
    ]


@pytest.mark.parametrize(
    ("prefix_name", "libdir_name"),
    [
        ("prefix", "lib"),
        ("a prefix with spaces", "lib"),
        ("prefix", "lib/x86_64-linux-gnu"),
        ("a prefix", "64 bits/lib"),
        (
            re.sub("[();]", "", ANY),
            "lib",
        ),  # pkg-config 1.8 writes parentheses for no shell; LD_LIBRARY_PATH ends a path at a ;
    ],
)
def test_a_program_builds_and_runs_against_any_prefix(
    tmp_path: Path, environment: dict[str, str], prefix_name: str, libdir_name: str
) -> None:
    prefix = tmp_path / prefix_name
    libdir = prefix / libdir_name
    variables = {"PREFIX": str(prefix)}
    if libdir_name != "lib":
        variables["LIBDIR"] = str(libdir)
    make("install", variables, environment)
    assert build_and_run(tmp_path, environment, libdir / "pkgconfig", libdir) == "permitted\n"
    assert ldconfig_calls(tmp_path) == (1 if os.geteuid() == 0 else 0)

    make("uninstall", variables, environment)
    assert files_below(prefix) == set()


def test_a_program_builds_against_a_root_that_is_not_the_machines(tmp_path: Path, environment: dict[str, str]) -> None:
    root = tmp_path / "root"
    make("install", {"PREFIX": "/opt/callprop", "DESTDIR": str(root)}, environment)
    libdir = root / "opt/callprop/lib"
    crossing = environment | {"PKG_CONFIG_SYSROOT_DIR": str(root)}
    assert build_and_run(tmp_path, crossing, libdir / "pkgconfig", libdir) == "permitted\n"


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path, environment: dict[str, str]) -> None:
    """Debian's /usr/local/lib is of a group that may write there."""
    for name in ("lib", "include", "share/man/man3"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name).chmod(0o2775)
    make("install", {"PREFIX": str(tmp_path)}, environment)
    for name in ("lib", "include", "share/man/man3"):
        assert (tmp_path / name).stat().st_mode & 0o7777 == 0o2775, name


def test_uninstall_leaves_the_files_of_others_alone(tmp_path: Path, environment: dict[str, str]) -> None:
    prefix = tmp_path / "prefix"
    others = ["lib/libother.so", "lib/libcallprop.so.2", "lib/pkgconfig/other.pc", "include/other.h"]
    for name in others:
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        (prefix / name).write_text("not ours")
    make("install", {"PREFIX": str(prefix)}, environment)
    assert len(files_below(prefix)) > len(others) + 5
    make("uninstall", {"PREFIX": str(prefix)}, environment)
    assert files_below(prefix) == {f"/{name}" for name in others}


@pytest.mark.parametrize("docdir", ["share/doc/callprop", "share/doc"])
def test_uninstall_leaves_the_documents_of_others_alone(
    tmp_path: Path, environment: dict[str, str], docdir: str
) -> None:
    """Also where they call their examples as we do, and where docdir is everybody's."""
    prefix = tmp_path / "prefix"
    others = [f"{docdir}/{name}" for name in ("examples/theirs.txt", "examples/c/theirs.c", "theirs.md")]
    for name in others:
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        (prefix / name).write_text("not ours")
    variables = {"PREFIX": str(prefix), "docdir": str(prefix / docdir)}
    make("install", variables, environment)
    assert len(files_below(prefix)) > len(others) + 5
    make("uninstall", variables, environment)
    assert files_below(prefix) == {f"/{name}" for name in others}


def test_uninstall_removes_the_folders_that_it_emptied(tmp_path: Path, environment: dict[str, str]) -> None:
    prefix = tmp_path / "prefix"
    make("install", {"PREFIX": str(prefix)}, environment)
    make("uninstall", {"PREFIX": str(prefix)}, environment)
    assert list(prefix.rglob("*")) == []


REFUSED = {
    "relative": ({"prefix": "usr"}, 'prefix: "usr" is no absolute path'),
    "empty": ({"PREFIX": ""}, 'prefix: "" is no absolute path'),
    "relative libdir": ({"libdir": "lib"}, 'libdir: "lib" is no absolute path'),
    "a quotation mark": ({"prefix": '/opt/a"b'}, "has a character that callprop.pc cannot hold"),
    "a backslash": ({"prefix": "/opt/a\\b"}, "has a character that callprop.pc cannot hold"),
    "a grave accent": ({"prefix": "/opt/a`b"}, "has a character that callprop.pc cannot hold"),
    "a dollar": ({"includedir": "/opt/a$$b"}, "has a character that callprop.pc cannot hold"),
    "a number sign": ({"docdir": "/opt/a#b"}, "has a character that callprop.pc cannot hold"),
}


TARGETS = [f"{word}{what}" for word in ("install", "uninstall") for what in ("", "-tools", "-asterisk")]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("variables", "said"), REFUSED.values(), ids=REFUSED)
def test_a_folder_that_cannot_be_is_refused_before_anything_is_done(
    tmp_path: Path, environment: dict[str, str], variables: dict[str, str], said: str, target: str
) -> None:
    words = [f"{name}={value}" for name, value in (variables | {"DESTDIR": str(tmp_path / "root")}).items()]
    done = run(["make", target, *words], environment, REPOSITORY)
    assert done.returncode != 0
    assert said in done.stderr
    assert not (tmp_path / "root").exists()


def test_callprop_pc_needs_no_jansson(tmp_path: Path, environment: dict[str, str]) -> None:
    make("install", {"PREFIX": str(tmp_path)}, environment)
    alone = environment | {"PKG_CONFIG_LIBDIR": str(tmp_path / "lib/pkgconfig")}
    assert "-lcallprop" in run_or_fail(["pkg-config", "--cflags", "--libs", "callprop"], alone)
    assert "-ljansson" in run_or_fail(["pkg-config", "--static", "--libs", "callprop"], alone)


def test_what_was_installed_may_move(tmp_path: Path, environment: dict[str, str]) -> None:
    make("install", {"PREFIX": str(tmp_path / "here")}, environment)
    (tmp_path / "here").rename(tmp_path / "there")
    there = tmp_path / "there/lib"
    moved = environment | {"PKG_CONFIG": "pkg-config --define-prefix"}
    script = 'eval "cc permits.c -o permits $($PKG_CONFIG --cflags --libs callprop)" && ./permits'
    (tmp_path / "permits.c").write_text(PROGRAM)
    found = {"PKG_CONFIG_PATH": str(there / "pkgconfig"), "LD_LIBRARY_PATH": str(there)}
    assert run_or_fail(["sh", "-euc", script], moved | found, tmp_path) == "permitted\n"


def test_the_static_library_needs_only_jansson_and_shows_only_the_header(installed: Installed, tmp_path: Path) -> None:
    archive = installed.prefix / "lib/libcallprop.a"
    environment = plain_environment()
    names = [
        line.split() for line in run_or_fail(["nm", "--extern-only", archive], environment).splitlines() if " " in line
    ]
    shown = {words[-1] for words in names if words[-2] == "T"}
    needed = {words[-1] for words in names if words[-2] == "U"}
    assert len(shown) + len(needed) == len(names), names
    assert shown == set(installed.declared_functions()[0])
    allowed = {"memcpy", "memmove", "memset", "memcmp", "strnlen", "mmap", "munmap", "__stack_chk_fail"}
    assert {name for name in needed - allowed if not name.startswith("json_")} == set()
    (tmp_path / "permits.c").write_text(PROGRAM)
    command = [
        "cc",
        *STRICT_C,
        "-static",
        f"-I{installed.prefix}/include",
        "permits.c",
        archive,
        "-ljansson",
        "-o",
        "permits",
    ]
    run_or_fail(command, environment, tmp_path)
    assert run_or_fail([tmp_path / "permits"], environment) == "permitted\n"


def copy_of_the_sources(tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    for folder in ("pkgconfig", "include", "docs", "examples", "Sources"):
        shutil.copytree(REPOSITORY / folder, copy / folder, symlinks=True)
    (copy / "Tests/bench").mkdir(parents=True)
    files = ("Makefile", "Package.swift", ".swift-version", "LICENSE", "README.md", "CHANGELOG.md")
    for file in (*files, "Tests/README.md", "Tests/bench/chart.svg"):
        shutil.copy2(REPOSITORY / file, copy / file)
    return copy


@pytest.mark.parametrize("upper", [False, True], ids=["prefix", "PREFIX"])
def test_the_stage_is_where_it_was_whatever_else_is_installed(
    installed: Installed, tmp_path: Path, environment: dict[str, str], upper: bool
) -> None:
    """`make install-tools prefix=/usr` stages the library first: into the build folder, and nothing into /usr."""
    copy = copy_of_the_sources(tmp_path)
    # Newer than the sources, so that nothing is compiled.
    (copy / "build").mkdir()
    for library in (f"libcallprop.so.{installed.version}", "libcallprop.a"):
        shutil.copy(REPOSITORY / "build" / library, copy / "build")
    elsewhere = tmp_path / "elsewhere"
    names = ["prefix", "bindir", "libdir", "includedir", "mandir", "docdir"]
    words = [f"{name.upper() if upper else name}={elsewhere}" for name in names]
    run_or_fail(["make", "stage", *words], environment, copy)
    assert not elsewhere.exists()
    assert (copy / "build/stage/lib/pkgconfig/callprop.pc").exists()
    assert (copy / "build/stage/share/man/man3/callprop.3").exists()


def test_the_tools_are_installed_and_taken_away(
    tmp_path: Path, installed: Installed, environment: dict[str, str]
) -> None:
    variables = {"prefix": "/opt/call prop", "DESTDIR": str(tmp_path)}
    make("install-tools", variables, environment)
    tool = tmp_path / "opt/call prop/bin/callprop-check"
    found = environment | {"LD_LIBRARY_PATH": str(installed.prefix / "lib")}
    assert run_or_fail([tool, "allows", "li", "src=extension,dst=extension,leg=dst"], found) == "permitted\n"
    assert files_below(tmp_path / "opt/call prop") == {"/bin/callprop-check", "/share/man/man1/callprop-check.1"}
    make("uninstall-tools", variables, environment)
    assert [*tmp_path.rglob("*opt*")] == []


def test_the_module_for_asterisk_comes_with_its_man_page(tmp_path: Path, environment: dict[str, str]) -> None:
    """Without an Asterisk: what would compile makes empty files, in a copy of the sources."""
    copy, root = copy_of_the_sources(tmp_path), tmp_path / "root"
    (tmp_path / "tools/cc").write_text('#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\ntouch "$2"\n')
    (tmp_path / "tools/cc").chmod(0o755)
    variables = [
        "CC=cc",
        "PKG_CONFIG=true",
        "ASTMODDIR=/m",
        "ASTDATADIR=/d",
        "ASTETCDIR=/e",
        "mandir=/the man",
        f"DESTDIR={root}",
    ]
    run_or_fail(["make", "install-asterisk", *variables], environment, copy)
    module = {"/m/res_callprop.so", "/d/documentation/thirdparty/res_callprop-en_US.xml"}
    configuration = {"/e/callprop.conf", "/e/extensions_callprop.conf"}
    assert files_below(root) == module | configuration | {"/the man/man5/callprop.conf.5"}
    run_or_fail(["make", "uninstall-asterisk", *variables], environment, copy)
    assert files_below(root) == {"/e/callprop.conf"}, "what an administrator wrote stays"
    assert not (root / "the man").exists()


def test_each_man_page_is_installed_with_what_it_describes() -> None:
    """callprop(1) by pip: Tests/python/test_docs.py and check-wheel have the package."""
    script = (REPOSITORY / "pkgconfig/install.sh").read_text()
    pages = {page.name for page in (REPOSITORY / "docs/man").iterdir()}
    others = {name for name in pages if not name.endswith(".3")}
    assert others == {"callprop-check.1", "callprop.conf.5", "callprop.1"}
    assert set(re.findall(r"docs/man/(\w\S+)", script)) == others - {"callprop.1"}
    assert (REPOSITORY / "Sources/python/callprop.1").resolve() == REPOSITORY / "docs/man/callprop.1"


@pytest.mark.parametrize("docdir", ["share/doc/callprop", "share/doc"])
def test_every_link_of_what_is_installed_leads_somewhere(
    tmp_path: Path, environment: dict[str, str], docdir: str
) -> None:
    make("install", {"prefix": str(tmp_path), "docdir": str(tmp_path / docdir)}, environment)
    wrong, number = document_links.wrong_links(tmp_path / docdir)
    assert wrong == []
    assert number > 60, "the documents link to nothing, or are read wrongly"


RIGHT = ["there.md", "there.md#up-and-down", "page.html#down", "https://example.org/there#x", "#down", "folder/"]
WRONG = [
    "nowhere.md",
    "there.md#up",
    "page.html#up",
    "../there.md",
    "#up",
    "http://example.org",
    "https://127.0.0.1/",
    "/etc/passwd",
]


@pytest.mark.parametrize("is_web", [False, True], ids=["Markdown", "web page"])
def test_a_link_of_a_document_that_leads_nowhere_is_seen(tmp_path: Path, is_web: bool) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "there.md").write_text("# Up and down\n")
    (tmp_path / "page.html").write_text("<p id='down'>")
    if is_web:
        text = "<p id=down>" + "".join(f"<a class=x href='{link}'>it</a>" for link in RIGHT + WRONG[:-1])
        (tmp_path / "here.html").write_text(text + f"<img src={WRONG[-1]}><a href=data:,x>it</a>")
    else:
        text = "# Down\n" + "".join(f"[it]({link})\n" for link in RIGHT + WRONG[:-1])
        (tmp_path / "here.md").write_text(text + f"`[code](nowhere)`\n```{{include}} {WRONG[-1]}\n```\n")
    found, number = document_links.wrong_links(tmp_path)
    assert [line.split(": ")[1] for line in found] == WRONG
    assert number == len(RIGHT) + len(WRONG) + is_web

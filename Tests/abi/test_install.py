# SPDX-License-Identifier: MIT
"""`make install` and `make uninstall`: where the files go, what callprop.pc says, and that nothing is left behind."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from installed import REPOSITORY, STRICT_C, Installed, plain_environment, run_or_fail

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

    def files(self, version: str) -> set[str]:
        names = ["libcallprop.so", "libcallprop.so.1", f"libcallprop.so.{version}", "pkgconfig/callprop.pc"]
        return {f"{self.libdir}/{name}" for name in names} | {f"{self.includedir}/callprop.h"}


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
    assert files_below(root) == set()
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
    assert "@" not in text, f"something was not filled in: {text}"
    assert text.splitlines()[:3] == [
        f"prefix={layout.prefix}",
        f"libdir={layout.libdir}",
        f"includedir={layout.includedir}",
    ]


@pytest.mark.parametrize(
    ("prefix_name", "libdir_name"),
    [
        ("prefix", "lib"),
        ("a prefix with spaces", "lib"),
        ("prefix", "lib/x86_64-linux-gnu"),
        ("a prefix", "64 bits/lib"),
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


def test_uninstall_leaves_the_files_of_others_alone(tmp_path: Path, environment: dict[str, str]) -> None:
    prefix = tmp_path / "prefix"
    others = ["lib/libother.so", "lib/libcallprop.so.2", "lib/pkgconfig/other.pc", "include/other.h"]
    for name in others:
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        (prefix / name).write_text("not ours")
    make("install", {"PREFIX": str(prefix)}, environment)
    assert len(files_below(prefix)) == len(others) + 5
    make("uninstall", {"PREFIX": str(prefix)}, environment)
    assert files_below(prefix) == {f"/{name}" for name in others}


def test_uninstall_removes_the_folders_that_it_emptied(tmp_path: Path, environment: dict[str, str]) -> None:
    prefix = tmp_path / "prefix"
    make("install", {"PREFIX": str(prefix)}, environment)
    make("uninstall", {"PREFIX": str(prefix)}, environment)
    assert list(prefix.rglob("*")) == []

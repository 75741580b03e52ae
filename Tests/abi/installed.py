# SPDX-License-Identifier: MIT
"""An installed callprop: its files, and what a stranger does with them."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]

#: Where each Python that is started keeps what it has compiled, so that the next one need not.
PYCACHE = REPOSITORY / "build/pycache"

STRICT_C = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
STRICT_CXX = ["-std=c++11", "-Wall", "-Wextra", "-pedantic", "-Werror"]


def run(
    command: Sequence[str | Path],
    environment: dict[str, str],
    directory: Path | None = None,
    input: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, whatever its exit status."""
    return subprocess.run(
        [str(word) for word in command],
        env=environment,
        cwd=directory,
        input=input,
        stdin=subprocess.DEVNULL if input is None else None,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        check=False,
    )


def what_it_said(done: subprocess.CompletedProcess[str]) -> str:
    """What a command was and did, for a failure's message."""
    return (
        f"{shlex.join(done.args)}\nexit status {done.returncode}\n--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}"
    )


def run_or_fail(
    command: Sequence[str | Path],
    environment: dict[str, str],
    directory: Path | None = None,
) -> str:
    """Runs a command that is to exit with 0; returns what it wrote to stdout."""
    done = run(command, environment, directory)
    if done.returncode != 0:
        pytest.fail(f"expected exit status 0: {what_it_said(done)}", pytrace=False)
    return done.stdout


def plain_environment() -> dict[str, str]:
    """The environment without what `make test-abi` or the developer has set: only what finds and runs tools."""
    kept = ("PATH", "HOME", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    return environment | {"LC_ALL": "C.UTF-8", "PYTHONPYCACHEPREFIX": str(PYCACHE)}


@dataclass(frozen=True)
class Installed:
    prefix: Path

    @property
    def library(self) -> Path:
        return self.prefix / "lib/libcallprop.so.1"

    @property
    def header(self) -> Path:
        return self.prefix / "include/callprop.h"

    @property
    def pkgconfig_file(self) -> Path:
        return self.prefix / "lib/pkgconfig/callprop.pc"

    @property
    def version(self) -> str:
        """The version that the header gives itself: the one place that says it."""
        (version,) = re.findall(r'^#define CP_VERSION_STRING "(\d+\.\d+\.\d+)"$', self.header.read_text(), re.MULTILINE)
        return version

    @property
    def environment(self) -> dict[str, str]:
        """Finds this callprop for building and for running, and nothing else that the developer has set."""
        return plain_environment() | {
            "PKG_CONFIG_PATH": str(self.pkgconfig_file.parent),
            "LD_LIBRARY_PATH": str(self.library.parent),
        }

    def without_spaces(self, folder: Path) -> "Installed":
        """This one, or a copy of it in the folder: what people write, $(pkg-config --cflags callprop), is split at spaces."""
        if " " not in str(self.prefix):
            return self
        copy = Installed(folder / "installed")
        shutil.copytree(self.prefix, copy.prefix, symlinks=True)
        copy.pkgconfig_file.write_text(self.pkgconfig_file.read_text().replace(str(self.prefix), str(copy.prefix)))
        return copy

    def pkg_config(self, *arguments: str) -> list[str]:
        """What pkg-config answers, as words."""
        return shlex.split(run_or_fail(["pkg-config", *arguments], self.environment))

    def preprocessed_header(self) -> str:
        """The header as the compiler sees it: no comments, no macros."""
        return run_or_fail(["cc", "-E", "-P", self.header], self.environment)

    def declared_functions(self) -> tuple[list[str], list[str]]:
        """The functions of the header: those that the library exports, and those that are inline."""
        text = self.preprocessed_header()
        inline = re.findall(r"\bstatic inline [\w ]+?\b(cp_\w+)\s*\(", text)
        return [name for name in re.findall(r"\b(cp_\w+)\s*\(", text) if name not in inline], inline

    def build(
        self,
        source: Path,
        program: Path,
        compiler: str = "cc",
        flags: Sequence[str | Path] = STRICT_C,
        packages: Sequence[str] = ("callprop",),
    ) -> Path:
        """Compiles and links a program as a stranger does: what it needs to know comes from pkg-config alone."""
        options = self.pkg_config("--cflags", "--libs", *packages)
        run_or_fail([compiler, *flags, source, "-o", program, *options], self.environment)
        return program


def compiler(name: str) -> str:
    """The command of a compiler. clang may also be the one of the Swift toolchain, beside `swift`. None is skipped."""
    found = shutil.which(name)
    if found is None and name.startswith("clang"):
        swift = shutil.which("swift")
        folders = [Path("/opt/swift/usr/bin")]
        if swift is not None:
            folders.insert(0, Path(swift).resolve().parent)
        found = next((shutil.which(name, path=str(folder)) for folder in folders), None)
    if found is None:
        pytest.fail(
            f"there is no {name}, so nobody knows whether callprop.h compiles with it:"
            " put it on PATH, or a Swift toolchain, which has one",
            pytrace=False,
        )
    return found

# SPDX-License-Identifier: MIT
"""Machines of other kinds on this one: Debian's packages for them in the cache, C programs compiled for them by the toolchain's clang,
and run under qemu-user. Nothing is installed here, and nobody has to be root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = REPOSITORY / "Sources/cross/packages.py"
INSIDE = Path(__file__).with_name("cross_inside.sh")
CACHE = Path(
    os.environ.get("CALLPROP_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "callprop"
)

# What the tests need: a compiler; in a whole system, a shell and Python too.
TO_LINK = ["dash", "coreutils", "gcc", "libc6-dev", "libjansson-dev"]
WHOLE = [
    *("dash", "bash", "coreutils", "grep", "sed", "findutils", "gawk", "binutils", "gcc", "g++", "make", "pkgconf"),
    *("libc6-dev", "libjansson-dev", "python3", "python3-numpy", "procps"),
]


# What Tests/proof's programs are compiled with.
PLAIN = ("-O2", "-D_XOPEN_SOURCE=700", "-D_DEFAULT_SOURCE")


# Of a machine that this one runs too, Debian's qemu does not say how its programs are known.
OF_I386 = (
    r":qemu-i386:M::\x7fELF\x01\x01\x01" + r"\x00" * 9 + r"\x02\x00\x03\x00:"
    r"\xff\xff\xff\xff\xff\xff\xff\x00" + r"\xff" * 8 + r"\xfe\xff\xff\xff:x:OCF"
)


class Failure(Exception):
    """A check that found something, or could not run; the text says what."""


@dataclass(frozen=True)
class Machine:
    arch: str  # Debian's name
    triplet: str
    qemu: str
    suite: str = "bookworm"
    flags: tuple[str, ...] = ()
    processor: str = "max"
    is_whole: bool = False  # a system with a shell and Python, for the tests of the installed library

    @property
    def root(self) -> Path:
        return CACHE / f"root-{self.arch}"

    @property
    def emulator(self) -> Path:
        return CACHE / "qemu/usr/bin" / f"qemu-{self.qemu}-static"

    @property
    def launcher(self) -> tuple[str, ...]:
        return (str(self.emulator), "-cpu", self.processor)


MACHINES = {
    machine.arch: machine
    for machine in (
        # Return addresses signed by a simple function: the architecture's own takes an emulator too long.
        Machine("arm64", "aarch64-linux-gnu", "aarch64", processor="max,pauth-impdef=on", is_whole=True),
        Machine("armhf", "arm-linux-gnueabihf", "arm", flags=("-march=armv7-a", "-mfpu=vfpv3-d16"), is_whole=True),
        Machine("riscv64", "riscv64-linux-gnu", "riscv64", suite="trixie", processor="rv64"),
        Machine("i386", "i386-linux-gnu", "i386"),
    )
}


def run(command: Sequence[str | Path], what: str, environment: dict[str, str] | None = None, expected: int = 0) -> str:
    """What a command writes to stdout. Anything on stderr is a failure too: the host's log has nothing of ours."""
    done = subprocess.run(
        [str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
        env=environment, cwd=REPOSITORY,
    )  # fmt: skip
    if done.returncode != expected or done.stderr:
        raise Failure(f"{what}: exit status {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def unpack(suite: str, arch: str, folder: Path, *packages: str) -> Path:
    """Debian's packages in the cache."""
    CACHE.mkdir(parents=True, exist_ok=True)
    run([sys.executable, PACKAGES, suite, arch, folder, *packages], f"packages of {suite} for {arch}")
    return folder


def prepare(machine: Machine) -> None:
    """The machine's system, and what emulates it."""
    unpack("bookworm", "amd64", CACHE / "qemu", "qemu-user-static")
    unpack(machine.suite, machine.arch, machine.root, "--with-needed", *(WHOLE if machine.is_whole else TO_LINK))
    # What the packages' scripts would have linked.
    for link, target in {"cc": "gcc", "c++": "g++", "awk": "gawk"}.items():
        path = machine.root / "usr/bin" / link
        if not path.is_symlink():
            path.symlink_to(target)
    (machine.root / "var/cache/python").mkdir(parents=True, exist_ok=True)
    # A name that no package brings, and that the tests of servers use.
    (machine.root / "etc").mkdir(exist_ok=True)
    (machine.root / "etc/hosts").write_text("127.0.0.1 localhost\n")


def inside(machine: Machine, command: str, log: Path, root: Path | None = None) -> str:
    """Runs a shell command in the machine's system or another, at the root of the repository; returns what it wrote."""
    known = CACHE / "qemu/usr/lib/binfmt.d" / f"qemu-{machine.qemu}.conf"
    formats = known.read_text().strip() if known.exists() else OF_I386
    with log.open("w") as output:
        done = subprocess.run(
            [INSIDE, root or machine.root, machine.emulator, formats, machine.processor, command], stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, cwd=REPOSITORY,
        )  # fmt: skip
    text = log.read_text(errors="replace")
    if done.returncode:
        raise Failure(f"in {machine.arch}: exit status {done.returncode}: {log}\n{text[-3000:]}")
    return text


@dataclass(frozen=True)
class Target:
    """Where C programs run: a machine with glibc, or a musl."""

    name: str
    clang: str
    compile_flags: tuple[str, ...]
    link_flags: tuple[str, ...]
    launcher: tuple[str, ...]  # what runs a program, in front of its name
    prefix: Path  # callprop as it is installed
    build: Path

    def compile(
        self, program: str, *sources: str | Path, flags: Sequence[str] = PLAIN, is_shared: bool = False
    ) -> Path:
        self.build.mkdir(parents=True, exist_ok=True)
        result = self.build / program
        kind = ("-shared", "-fPIC") if is_shared else ()
        libraries = () if is_shared else (f"-L{self.prefix}/lib", "-lcallprop")
        run(
            [
                *(
                    self.clang,
                    "-std=c99",
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                    "-Wno-unused-command-line-argument",
                    "-pthread",
                ),
                *(*self.compile_flags, *kind, *flags),
                *(f"-I{self.prefix}/include", "-o", result, *sources, f"-L{self.build}", *libraries, *self.link_flags),
            ],
            f"{program} for {self.name} does not compile",
        )
        return result

    def run(self, program: Path, *arguments: str | Path) -> str:
        return run([*self.launcher, program, *arguments], f"{program.name} on {self.name}")


def clang() -> str:
    """The one of the Swift toolchain, which compiles for all of them."""
    swift = shutil.which("swift")
    if swift is None:
        raise Failure("there is no Swift toolchain on PATH")
    return str(Path(swift).resolve().parent / "clang")


def with_glibc(machine: Machine, results: Path) -> Target:
    root, prefix, build = machine.root, REPOSITORY / f"build/{machine.arch}/stage", results / machine.arch
    libraries = f"{prefix}/lib:{build}:{root}/usr/lib/{machine.triplet}:{root}/lib/{machine.triplet}"
    return Target(
        name=machine.arch,
        clang=clang(),
        compile_flags=(f"--target={machine.triplet}", f"--sysroot={root}", *machine.flags),
        link_flags=("-fuse-ld=lld", "-ldl"),
        launcher=(*machine.launcher, "-L", str(root), "-E", f"LD_LIBRARY_PATH={libraries}"),
        prefix=prefix,
        build=build,
    )

# SPDX-License-Identifier: MIT
"""musl, from Debian's packages, with jansson built for it from Debian's source package: where Alpine's programs run. On x86-64 natively."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cross_machines import CACHE, MACHINES, REPOSITORY, Target, clang, run, unpack


@dataclass(frozen=True)
class Musl:
    arch: str
    suite: str
    triplet: str  # of Debian's folders
    clang: str
    loader: str
    flags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.arch} with musl of {self.suite}"


# bookworm has 1.2.3, trixie 1.2.5, which knows names such as mmap64 in its loader only.
MUSLS = [
    Musl(arch, suite, triplet, target, loader, flags)
    for suite in ("bookworm", "trixie")
    for arch, triplet, target, loader, flags in (
        ("amd64", "x86_64-linux-musl", "x86_64-linux-musl", "ld-musl-x86_64.so.1", ()),
        ("arm64", "aarch64-linux-musl", "aarch64-linux-musl", "ld-musl-aarch64.so.1", ()),
        ("armhf", "arm-linux-musleabihf", "armv7-linux-musleabihf", "ld-musl-armhf.so.1", ("-mfpu=vfpv3-d16",)),
        ("i386", "i386-linux-musl", "i386-linux-musl", "ld-musl-i386.so.1", ()),
    )
]
JANSSON = CACHE / "jansson-source"


def libgcc(arch: str) -> Path:
    """What the compiler calls where the processor has no instruction, such as a division of 64 bits."""
    root = unpack("bookworm", arch, CACHE / f"libgcc-{arch}", "libgcc-12-dev")
    (archive,) = root.glob("usr/lib/gcc/*/12/libgcc.a")
    return archive


def with_musl(musl: Musl, results: Path) -> Target:
    root = unpack(musl.suite, musl.arch, CACHE / f"musl-{musl.suite}-{musl.arch}", "musl", "musl-dev")
    folder = root / "usr/lib" / musl.triplet
    build = results / f"musl-{musl.suite}-{musl.arch}"
    build.mkdir(parents=True, exist_ok=True)
    compile_flags = (
        f"--target={musl.clang}",
        *musl.flags,
        "-nostdlibinc",
        "-isystem",
        str(root / "usr/include" / musl.triplet),
    )
    link = ("-nostdlib", "-fuse-ld=lld", f"-L{folder}", "-lc", str(libgcc(musl.arch)))
    jansson(compile_flags, link, build)
    prefix = REPOSITORY / ("build/stage" if musl.arch == "amd64" else f"build/{musl.arch}/stage")
    emulator = () if musl.arch == "amd64" else MACHINES[musl.arch].launcher
    return Target(
        name=musl.name,
        clang=clang(),
        compile_flags=(*compile_flags, f"-I{JANSSON}/src", f"-I{JANSSON}/android"),
        # The program's loader is named by whoever runs it.
        link_flags=(str(folder / "Scrt1.o"), str(folder / "crti.o"), *link, "-ljansson", str(folder / "crtn.o")),
        launcher=(*emulator, str(folder / "libc.so"), "--library-path", f"{prefix}/lib:{build}:{folder}"),
        prefix=prefix,
        build=build,
    )


def jansson(compile_flags: tuple[str, ...], link: tuple[str, ...], build: Path) -> None:
    unpack("bookworm", "all", JANSSON, "--source", "jansson")
    # What its configure would have found out.
    (build / "jansson_private_config.h").write_text(
        "#define HAVE_ENDIAN_H 1\n#define HAVE_STDINT_H 1\n#define HAVE_UNISTD_H 1\n#define HAVE_SYS_TIME_H 1\n"
        "#define HAVE_GETTIMEOFDAY 1\n#define HAVE_GETPID 1\n#define INITIAL_HASHTABLE_ORDER 3\n"
    )
    flags = (
        "-O2",
        "-fPIC",
        "-shared",
        "-w",
        "-DHAVE_CONFIG_H",
        f"-I{build}",
        f"-I{JANSSON}/android",
        f"-I{JANSSON}/src",
    )
    sources = sorted((JANSSON / "src").glob("*.c"))
    run(
        [
            clang(),
            *compile_flags,
            *flags,
            "-Wl,-soname,libjansson.so.4",
            "-o",
            build / "libjansson.so.4",
            *sources,
            *link,
        ],
        f"jansson for {build.name}",
    )
    (build / "libjansson.so").unlink(missing_ok=True)
    (build / "libjansson.so").symlink_to("libjansson.so.4")

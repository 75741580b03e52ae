# SPDX-License-Identifier: MIT
"""The wheels of every machine, from the root of the repository, after `make wheels`: wheels.py PREFIX

pip takes the right one for glibc and for musl; its files are whole on every kernel's pages and answer the same as this machine's library,
with glibc and with both musl; and in a Debian of arm64 and armhf without callprop and jansson, pip installs it and it decides."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import sys
import time
import zipfile
from pathlib import Path

import cross_file
from cross import Steps
from cross_machines import (
    CACHE,
    MACHINES,
    PLAIN,
    REPOSITORY,
    Failure,
    Machine,
    Target,
    clang,
    inside,
    prepare,
    run,
    unpack,
    with_glibc,
)  # fmt: skip
from cross_musl import MUSLS, with_musl
from machine_code import Library

DIST = REPOSITORY / "build/dist"
RESULTS = REPOSITORY / "build/proof/wheels"
CROSS_CHECK = REPOSITORY / "Tests/proof/cross_check.c"
# Debian's name, and Python's.
NAMES = {"amd64": "x86_64", "arm64": "aarch64", "armhf": "armv7l"}
LIBCS = ("manylinux2014", "manylinux_2_17", "musllinux_1_2")
# A Python that can install, and what numpy's wheel takes from the system.
CLEAN = ("dash", "coreutils", "python3", "python3-venv", "libstdc++6")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "download", "--only-binary", ":all:", "--no-deps")  # fmt: skip


def wheel_for(arch: str) -> Path:
    name = NAMES[arch]
    (wheel,) = DIST.glob(f"callprop-*_{name}.whl")
    if not wheel.name.endswith("-py3-none-" + ".".join(f"{libc}_{name}" for libc in LIBCS) + ".whl"):
        raise Failure(f"{wheel.name} is not for every Python, every glibc since 2.17 and musl 1.2")
    return wheel


def chosen_by_pip(arch: str) -> str:
    """With each of the tags that a Python has on such a machine, among all the wheels."""
    for libc in LIBCS:
        folder = RESULTS / f"chosen-{libc}-{arch}"
        shutil.rmtree(folder, ignore_errors=True)
        run(
            [*PIP, "--no-index", "--find-links", DIST, "--platform", f"{libc}_{NAMES[arch]}", "-d", folder, "callprop"],
            f"pip for {libc}",
        )
        if [file.name for file in folder.iterdir()] != [wheel_for(arch).name]:
            raise Failure(f"for {libc}_{NAMES[arch]}, pip takes {[*folder.iterdir()]}")
    return f"pip takes it for {', '.join(LIBCS)}"


def unpacked(arch: str) -> Path:
    folder = RESULTS / f"unpacked-{arch}"
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(wheel_for(arch)) as wheel:
        wheel.extractall(folder)
    return folder


def files(arch: str) -> str:
    """patchelf moved parts of them: still nothing shares a page with what is protected, on any kernel; and nothing is asked for that
    only one C library has."""
    folder = RESULTS / f"unpacked-{arch}"
    libraries = [*folder.rglob("*.so*")]
    if sorted(re.sub("-[0-9a-f]{8}", "", file.name) for file in libraries) != ["libcallprop.so.1", "libjansson.so.4"]:
        raise Failure(f"libraries: {libraries}")
    for path in libraries:
        library = Library(str(path))
        needed = [name for name in library.tags("NEEDED") if "libc.so.6" not in name and "libjansson-" not in name]
        wrong = [f"it needs {needed}"] if needed else []
        if arch in MACHINES:
            wrong += cross_file.wrong_pages(cross_file.MACHINES[arch], library)
            notes = "\n".join(cross_file.run("readelf", "--wide", "--notes", str(path)))
            wrong += (
                [] if cross_file.MACHINES[arch].notes in notes else [f"not marked {cross_file.MACHINES[arch].notes}"]
            )
        if wrong:
            raise Failure(f"{path}: {'; '.join(wrong)}")
    return "two libraries, which need libc.so.6 alone"


def with_wheel(target: Target, arch: str, library_path: str) -> Target:
    """The same target, but a program's callprop is the wheel's; jansson is found by callprop alone, through its RPATH."""
    ours = f"{RESULTS}/unpacked-{arch}/callprop/lib"
    launcher = tuple(
        re.sub(r"(^|LD_LIBRARY_PATH=)/\S*:\S*$", rf"\g<1>{ours}:{library_path}", word) for word in target.launcher
    )
    if launcher == target.launcher:
        raise Failure(f"{target.launcher} has no path of libraries")
    return dataclasses.replace(target, launcher=launcher)


def targets() -> list[tuple[Target, str]]:
    found = []
    here = RESULTS / "here"
    prefix = REPOSITORY / "build/stage"
    launcher = ("/usr/bin/env", f"LD_LIBRARY_PATH={prefix}/lib:/none")
    found.append((with_wheel(Target("amd64", clang(), (), (), launcher, prefix, here), "amd64", "/none"), "amd64"))
    for machine in (MACHINES["arm64"], MACHINES["armhf"]):
        system = ":".join(f"{machine.root}/{folder}/{machine.triplet}" for folder in ("usr/lib", "lib"))
        found.append((with_wheel(with_glibc(machine, RESULTS), machine.arch, system), machine.arch))
    for musl in MUSLS:
        if musl.arch in NAMES:
            folder = CACHE / f"musl-{musl.suite}-{musl.arch}/usr/lib/{musl.triplet}"
            found.append((with_wheel(with_musl(musl, RESULTS), musl.arch, str(folder)), musl.arch))
    return found


def same_answers(target: Target, expected: str) -> None:
    program = target.compile("cross_check-wheel", CROSS_CHECK, flags=[*PLAIN, "-Wl,--as-needed"])
    if "libjansson" in run(["readelf", "--dynamic", program], "readelf"):
        raise Failure(f"{program} brings a jansson along")
    if target.run(program) != expected:
        raise Failure(f"{target.name} answers otherwise than this machine's library")


def numpy_for(arch: str) -> Path | None:
    """numpy's own wheel, where there is one, in the version and with the hashes of the tests' requirements."""
    if arch != "arm64":
        return None
    folder = RESULTS / f"numpy-{arch}"
    folder.mkdir(exist_ok=True)
    lines = (REPOSITORY / "Tests/python/requirements.txt").read_text()
    (block,) = re.findall(r"^numpy==.*(?:\n    --hash.*)+", lines, re.MULTILINE)
    (folder / "requirements.txt").write_text(block + "\n")
    tags = [word for glibc in ("2_28", "2_27", "2_17") for word in ("--platform", f"manylinux_{glibc}_{NAMES[arch]}")]
    run(
        [*PIP, "--require-hashes", *tags, "--python-version", "3.11", "-d", folder, "-r", folder / "requirements.txt"],
        "numpy",
    )
    (wheel,) = folder.glob("numpy-*.whl")
    return wheel


def installed(machine: Machine) -> str:
    clean = unpack("bookworm", machine.arch, CACHE / f"clean-{machine.arch}", "--with-needed", *CLEAN)
    (clean / "var/cache/python").mkdir(parents=True, exist_ok=True)
    numpy = numpy_for(machine.arch)
    wheels = " ".join(str(wheel.relative_to(REPOSITORY)) for wheel in (wheel_for(machine.arch), numpy) if wheel)
    command = (
        "python3 -m venv --without-pip /tmp/venv && export PYTHONPATH=$(echo /usr/share/python-wheels/pip-*.whl)"
        " && /tmp/venv/bin/python -m pip install -q --disable-pip-version-check --no-index " + wheels
        + f" && env -u PYTHONPATH /tmp/venv/bin/python Tests/proof/wheel_inside.py {'numpy' if numpy else ''}"
    )  # fmt: skip
    text = inside(machine, command, RESULTS / f"inside-{machine.arch}.log", clean)
    found = re.search(r"^16384 decisions, .*arrays.*$", text, re.MULTILINE)
    if not found:
        raise Failure(f"no decisions: {text[-2000:]}")
    return found[0]


def main(prefix: str) -> int:
    start = time.monotonic()
    RESULTS.mkdir(parents=True, exist_ok=True)
    os.environ.pop("LD_LIBRARY_PATH", None)
    steps = Steps()
    for arch, name in NAMES.items():
        unpacked(arch)
        steps.take(f"{name}: the files", lambda arch=arch: files(arch))
        steps.take(name, lambda arch=arch: chosen_by_pip(arch))
    machines = [MACHINES["arm64"], MACHINES["armhf"]]
    for machine in machines:
        prepare(machine)
    here = RESULTS / "cross_check-here"
    run(["cc", "-std=c99", *PLAIN, f"-I{prefix}/include", "-o", here, CROSS_CHECK, f"-L{prefix}/lib", f"-Wl,-rpath,{prefix}/lib", "-lcallprop", "-pthread"], "cross_check")  # fmt: skip
    expected = run([here], "cross_check here")
    for target, _ in targets():
        steps.take(f"{target.name}: the same answers as here", lambda target=target: same_answers(target, expected))
    for machine in machines:
        steps.take(f"{machine.arch}, by pip, without callprop and jansson", lambda machine=machine: installed(machine))
    failed = f"FAILED: {', '.join(steps.failures)}" if steps.failures else "all right"
    print(
        f"wheels: {failed}: {', '.join(NAMES.values())}, each for glibc 2.17 and musl 1.2 ({time.monotonic() - start:.0f} s)"
    )
    return 1 if steps.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

# SPDX-License-Identifier: MIT
"""What loading costs, in many fresh processes, beside libjansson alone and the same source in ordinary Swift.

Usage: footprint.py BUILD PREFIX PROCESSES [--no-swift], from the root of the repository. Prints lines of JSON.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import fmean, median
from typing import Any


def output(*command: str, **variables: str) -> str:
    """What a command prints."""
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C", **variables}
    ).stdout


def ordinary_swift(build: Path) -> tuple[str, str]:
    """The same source, built without the Embedded feature, and the folder of the Swift libraries that it needs."""
    package = build / "ordinary"
    shutil.copytree("Sources", package / "Sources", dirs_exist_ok=True)
    shutil.copytree("include", package / "include", dirs_exist_ok=True)
    shutil.copytree("Tests/shared", package / "Tests/shared", dirs_exist_ok=True)
    (package / "Tests/CallPropTests").mkdir(parents=True, exist_ok=True)
    (package / "Tests/CallPropTests/None.swift").touch()
    lines = Path("Package.swift").read_text().splitlines(keepends=True)
    embedded = re.compile(r'"Embedded"|-no-allocations')
    text = "".join(line for line in lines if not embedded.search(line))
    if not (package / "Package.swift").exists() or (package / "Package.swift").read_text() != text:
        shutil.rmtree(package / ".build", ignore_errors=True)
        (package / "Package.swift").write_text(text)
    subprocess.run(
        ["swift", "build", "--configuration", "release", "--product", "callprop", "--disable-local-rpath"],
        cwd=package, check=True, stdout=sys.stderr,
    )  # fmt: skip
    library = package / "libcallprop-ordinary.so"
    output("strip", "--strip-unneeded", "-o", str(library), str(package / ".build/release/libcallprop.so"))
    target = json.loads(output("swift", "-print-target-info"))
    return str(library.absolute()), target["paths"]["runtimeLibraryPaths"][0]


def form(library: Path, runtime: str) -> dict[str, Any]:
    """What the loader has to do, by readelf, and what the library needs besides the C library and jansson."""
    elf = output("readelf", "-W", "-l", "-r", str(library))
    loads = re.findall(r"^  LOAD .* (0x[0-9a-f]+)$", elf, re.MULTILINE)
    needed = [
        Path(file)
        for file in re.findall(r"=> (/\S+)", output("ldd", str(library), LD_LIBRARY_PATH=runtime))
        if not re.search(r"/(lib(c|m|dl|pthread|jansson|gcc_s|stdc\+\+)\.so|ld-linux)", file)
    ]
    return {
        "bytes": library.resolve().stat().st_size,
        "load_segments": len(loads),
        "page_alignment": int(loads[0], 16),
        "relative_relocations": len(re.findall("_RELATIVE", elf)),
        "symbol_relocations": len(re.findall(r"_(?:GLOB_DAT|JUMP_SLOT|64) ", elf)),
        "needs": len(needed),
        "needs_bytes": sum(file.stat().st_size for file in needed),
    }


def main() -> None:
    """As the module says."""
    build, prefix, processes = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    callprop = str((prefix / "lib/libcallprop.so.1").resolve())
    jansson = Path(re.search(r"libjansson\S* => (\S+)", output("ldd", callprop))[1])  # type: ignore[index]
    # jansson comes by its name, as it does when it is loaded because callprop needs it. No LD_LIBRARY_PATH: what the
    # loader spends on searching its folders is not the library's.
    loads = {
        "callprop": [callprop],
        "jansson": [jansson.name],
        "callprop after jansson": [callprop, jansson.name],
        "empty after jansson": [str((build / "libempty.so").absolute()), jansson.name],
    }
    runtime = ""
    try:
        if "--no-swift" in sys.argv:
            raise OSError("left out of a quick run")
        ordinary, runtime = ordinary_swift(build)
        loads["ordinary"] = [ordinary]
    except (OSError, subprocess.CalledProcessError) as error:
        print(json.dumps({"name": "ordinary", "error": str(error)}))

    os.sync()  # a page that still has to be written to the disk would count as dirty
    figures: dict[str, list[dict[str, float]]] = {name: [] for name in loads}
    for _ in range(processes):
        for name, libraries in loads.items():
            variables = {"LD_LIBRARY_PATH": runtime if name == "ordinary" else ""}
            figures[name].append(json.loads(output(str(build / "footprint"), *libraries, **variables)))
    for name, found in figures.items():
        spread = {key: spread_of([figure[key] for figure in found]) for key in found[0]}
        facts = form(Path(loads[name][0]) if "/" in loads[name][0] else jansson, runtime)
        print(json.dumps({"name": name, "processes": processes, **spread, **facts}))


def spread_of(values: list[float]) -> dict[str, float]:
    """The numbers that the report may want. Memory comes in jumps of 64 KiB, so its mean tells more than its median."""
    return {"median": median(values), "mean": fmean(values), "min": min(values), "max": max(values)}


if __name__ == "__main__":
    main()

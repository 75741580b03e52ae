# SPDX-License-Identifier: MIT
"""The tests of the installed library and of the Python package in another machine's Debian, under qemu-user, and what is left out there."""

from __future__ import annotations

import re
from pathlib import Path

from cross_machines import REPOSITORY, Failure, Machine, inside

RESULTS = REPOSITORY / "build/proof/cross"
EVERY_EXAMPLE = (
    "hundreds of examples of what text means, which does not depend on the processor, take an emulator hours"
)
PROGRAMS = "each test starts programs by the dozen, which take an emulator seconds each"
SOURCES = "about the sources, and about what make installs for the machine that builds"

# The folder of what is tested, and of its files those that are not run there, each with the reason. Whatever is not named is run.
LEFT_OUT = {
    "Tests/abi": {
        "test_any_input.py": EVERY_EXAMPLE,
        "test_callprop_check.py": PROGRAMS,
        "test_documents.py": PROGRAMS,
        "test_examples.py": PROGRAMS,
        "test_office_day.py": PROGRAMS,
        "test_install.py": SOURCES,
        "test_packaging.py": SOURCES,
        "test_version.py": SOURCES,
    },
    "Tests/python": {
        "test_any_input.py": EVERY_EXAMPLE,
        "test_batch.py": PROGRAMS,
        "test_command.py": PROGRAMS,
        "test_completion.py": PROGRAMS,
        "test_docs.py": PROGRAMS,
        "test_types.py": "about what type checkers read, not about what runs",
        "test_matrix.py": PROGRAMS,
        "test_output.py": PROGRAMS,
        "test_statuses.py": PROGRAMS,
        "test_serve.py": "servers and their clients wait for each other, and an emulator lets them wait too long",
        "test_page.py": "web pages, for which check-page has a browser",
        "test_declarations.py": "about what type checkers read, not about what runs",
    },
}
# The compilers and packages that are not in these systems.
NOT_THERE = {"Tests/abi": "-k 'not clang'", "Tests/python": "-m 'not third_party'"}
# What a bounded time allows.
QUICK = {"Tests/abi": ["test_binary.py", "test_catalogue.py", "test_good_input.py"]}


def tests_inside(machine: Machine, folder: str, is_part: bool = False) -> str:
    """pytest in the machine's own Debian. pytest itself is that of this machine: it has no machine code."""
    (packages,) = REPOSITORY.glob("build/venv/lib/python3*/site-packages")
    if machine_code := [file for file in packages.rglob("*.so") if "pip" not in file.parts]:
        raise Failure(f"what the tests need has code for this machine: {machine_code}")
    files = [f"{folder}/{name}" for name in QUICK[folder]] if is_part else [folder]
    named = [f"{folder}/{name}" for name in LEFT_OUT[folder]]
    if gone := [name for name in named if not Path(REPOSITORY, name).exists()]:
        raise Failure(f"left out, and not there any more: {gone}")
    ignored = [f"--ignore={name}" for name in named]
    command = f"PYTHONPATH='{packages}' python3 -m pytest -q {' '.join(files + ignored)} {NOT_THERE[folder]}"
    command += f" --prefix build/{machine.arch}/stage --durations=20"
    text = inside(machine, command, RESULTS / f"{machine.arch}-{folder.replace('/', '-')}.log")
    passed = re.search(r"^([1-9]\d*) passed(?:, \d+ deselected)? in", text, re.MULTILINE)
    if not passed:
        raise Failure(f"the tests on {machine.arch}: {text[-2000:]}")
    return f"{passed[1]} tests of {folder}"


def what_is_left_out() -> str:
    def line(folder: str, what: str, reason: str) -> str:
        return f"  left out of {folder}: {what}: {reason}"

    lines = [
        line(folder, ", ".join(name for name in files if files[name] == reason), reason)
        for folder, files in LEFT_OUT.items()
        for reason in dict.fromkeys(files.values())
    ]
    lines += [
        line(folder, "what needs it", f"not there: {options.partition('not ')[2].rstrip(chr(39))}")
        for folder, options in NOT_THERE.items()
    ]
    return "\n".join(lines)

# SPDX-License-Identifier: MIT
"""A program that was built with callprop 1.0 runs with today's library, unchanged and unnoticed: built with the header of 1.0,
and linked with a library that has the functions of 1.0 alone, in their symbol version node, and no code."""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

import refusals
from capi import Library
from expected import ALL_CALLS, ALL_SETS, LEGS, PARTIES, Call, bits, permitted, required
from forms import key_value
from installed import HERE, STRICT_C, Installed, plain_environment, run, run_or_fail, what_it_said
from refusals import Refusal


def functions(since: str) -> list[str]:
    """The exported functions that a version brought, from symbols.txt."""
    lines = map(str.split, (HERE / "symbols.txt").read_text().splitlines())
    return [words[1] for words in lines if words[:1] == ["function"] and words[2] == since]


FUNCTIONS_OF_1_0 = functions("1.0")


def empty_library(folder: Path, names: Sequence[str]) -> Path:
    """A libcallprop.so.1 with these functions in the node of 1.0, of which each would end the program."""
    folder.mkdir()
    (folder / "empty.c").write_text(
        "\n".join(f"void {name}(void); void {name}(void) {{ __builtin_trap(); }}" for name in names)
    )
    (folder / "empty.map").write_text(
        "CALLPROP_1 { global: " + " ".join(f"{name};" for name in names) + " local: *; };\n"
    )
    options = ["-shared", "-fPIC", "-nostdlib", "-Wl,-soname,libcallprop.so.1", "-Wl,--version-script=empty.map"]
    run_or_fail(["cc", *options, "-o", "libcallprop.so.1", "empty.c"], plain_environment(), folder)
    (folder / "libcallprop.so").symlink_to("libcallprop.so.1")
    return folder


@dataclass(frozen=True)
class Program:
    path: Path
    library_of_1_0: Path


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("built-with-1.0")
    library = empty_library(folder / "lib", FUNCTIONS_OF_1_0)
    path = folder / "abi_1_0"
    command = ["cc", *STRICT_C, HERE / "abi_1_0.c", "-o", path, f"-L{library}", "-lcallprop"]
    run_or_fail(command, plain_environment())
    return Program(path, library)


def needed(program: Path) -> set[str]:
    """The functions of callprop that it needs, each with its node."""
    symbols = run_or_fail(
        ["nm", "--dynamic", "--undefined-only", "--with-symbol-versions", program], plain_environment()
    )
    return set(re.findall(r"\b(cp_\w+\S*)", symbols))


def test_the_program_needs_all_that_1_0_had_and_nothing_else(program: Program) -> None:
    assert len(FUNCTIONS_OF_1_0) == 11
    assert needed(program.path) == {f"{name}@CALLPROP_1" for name in FUNCTIONS_OF_1_0}


def test_the_library_that_it_was_linked_with_has_no_code(program: Program, installed: Installed) -> None:
    """Or it would be unknown which of the two answers below."""
    done = run([program.path], installed.environment | {"LD_LIBRARY_PATH": str(program.library_of_1_0)})
    assert done.returncode < 0 and done.stdout == "", what_it_said(done)


def test_the_header_of_1_0_is_that_of_1_0() -> None:
    header = (HERE / "callprop-1.0.h").read_text()
    assert '#define CP_VERSION_STRING "1.0.0"' in header and "1.1" not in header


@pytest.fixture(scope="module")
def printed(program: Program, installed: Installed) -> list[str]:
    """What the program prints with the installed library."""
    return run_or_fail([program.path], installed.environment).splitlines()


def test_it_runs_with_the_installed_library(printed: list[str], installed: Installed, library: Library) -> None:
    catalogue = [text.decode() for text in (library.cp_list(), library.cp_get(b"qli")) if text is not None]
    assert printed[:3] == [f"built with 1.0.0, runs with {installed.version}", *catalogue]


def test_it_decides_as_described_for_every_call_with_every_set(printed: list[str]) -> None:
    expected = []
    for facts in product(PARTIES, PARTIES, LEGS, (False, True)):
        call = Call(*facts)
        answers = "".join("01"[permitted(properties, call)] for properties in ALL_SETS)
        one = required(call)
        who = ("cp_permits", "cp_permits_many", "cp_allows", "cp_explain")
        line = f"{key_value(call).decode()} required={bits([one]) if one else 0} count={answers.count('1')}"
        expected.append(" ".join([line, *(f"{function}={answers}" for function in who)]))
    assert len(expected) == len(ALL_CALLS) and len(ALL_SETS) == 256
    assert printed[3:] == expected


# What stands in a cp_error of 1.0: code, position, text, reserved; and what the program put behind it.
LAYOUT = struct.Struct("=ii128s24s8s")


def test_its_errors_are_where_they_were(program: Program, installed: Installed) -> None:
    # What fits into an argument of a program.
    rows: list[Refusal] = [row for row in refusals.REFUSALS if row.input is not None and len(row.input) < 1000]
    assert len(rows) > 400
    arguments = [(b"L" if row.argument == "property_list" else b"C") + (row.input or b"") for row in rows]
    words = [str(program.path), *(argument.decode("utf-8", "surrogateescape") for argument in arguments)]
    lines = run_or_fail(words, installed.environment).splitlines()[3 + len(ALL_CALLS) :]
    assert len(lines) == 3 * len(rows)
    for row, line in zip([row for row in rows for _ in range(3)], lines, strict=True):
        function, result, digits = line.split()
        code, position, text, reserved, behind = LAYOUT.unpack(bytes.fromhex(digits))
        assert (result, code, position) == ("0", row.error.code, row.error.position), f"{function}: {row}"
        assert text == row.error.text.encode().ljust(128, b"\0"), f"{function}: {row}"
        assert (reserved, behind) == (bytes(24), b"\xa5" * 8), f"{function}: {row}"


def test_a_program_of_today_says_at_its_start_that_1_0_is_too_old(
    program: Program, installed: Installed, tmp_path: Path
) -> None:
    """The node of its own tells the loader, where a missing function would end the program in the middle of a call."""
    source = tmp_path / "today.c"
    source.write_text(
        "#include <callprop.h>\n#include <stdio.h>\n"
        'int main(void) { puts("started"); return cp_reason(0, NULL, NULL, 0) == 0; }\n'
    )
    today = installed.build(source, tmp_path / "today")
    assert needed(today) == {"cp_reason@CALLPROP_1.1"}
    assert run_or_fail([today], installed.environment) == "started\n"
    old = installed.environment | {"LD_LIBRARY_PATH": str(program.library_of_1_0)}
    done = run([today], old)
    assert done.returncode == 1 and done.stdout == "" and "version `CALLPROP_1.1' not found" in done.stderr, (
        what_it_said(done)
    )

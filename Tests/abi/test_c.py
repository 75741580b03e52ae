# SPDX-License-Identifier: MIT
"""The header compiles strictly, programs in C and C++ built through pkg-config alone run, and ctypes agrees with both."""

import ctypes
import json
import re
from pathlib import Path

import pytest

import capi
from installed import (
    HERE,
    REPOSITORY,
    STRICT_C,
    STRICT_CXX,
    Installed,
    compiler,
    plain_environment,
    run,
    run_or_fail,
    what_it_said,
)

PROGRAMS = {
    "abi_interface.c": STRICT_C,
    # Millions of checks.
    "abi_decisions.c": [*STRICT_C, "-O2"],
    "abi_arrays.c": [*STRICT_C, "-O2"],
    "abi_buffers.c": STRICT_C,
    "abi_errors.c": STRICT_C,
    "abi_pages.c": STRICT_C,
    "abi_test.cpp": STRICT_CXX,
}

# A quick look at what check-process and check-allocation go into: threads and children, and memory that runs out.
PROOFS = {
    "process.c": (["texts.c"], ["-D_XOPEN_SOURCE=700", "-D_DEFAULT_SOURCE", "-pthread"]),
    "allocation.c": (["fence.c"], ["-D_GNU_SOURCE", "-DFENCE_PLAIN"]),
}

COMPILERS = {".c": ("gcc", "clang"), ".cpp": ("g++", "clang++")}


@pytest.mark.parametrize(
    ("source", "command"),
    [
        pytest.param(source, command, marks=[] if command.startswith("g") else pytest.mark.thorough)
        for source in PROGRAMS
        for command in COMPILERS[Path(source).suffix]
    ],
)
def test_a_program_builds_through_pkg_config_alone_and_finds_nothing_wrong(
    installed: Installed, tmp_path: Path, source: str, command: str
) -> None:
    program = installed.build(HERE / source, tmp_path / "program", compiler(command), PROGRAMS[source])
    done = run([program], installed.environment)
    if done.returncode != 0:
        pytest.fail(what_it_said(done), pytrace=False)
    assert re.search(r"^(# 0 of [1-9]\d* cases failed, [1-9]\d* checks|0 checks failed)$", done.stdout, re.MULTILINE), (
        f"the program is to end with its count: {what_it_said(done)}"
    )


@pytest.mark.parametrize("source", PROOFS)
def test_threads_children_and_memory_that_runs_out_do_no_harm(
    installed: Installed, tmp_path: Path, source: str
) -> None:
    others, flags = PROOFS[source]
    folder = REPOSITORY / "Tests/proof"
    sources = [folder / other for other in others]
    program = installed.build(
        folder / source, tmp_path / "program", flags=[*STRICT_C, *flags, *sources], packages=["callprop", "jansson"]
    )
    done = run([program], installed.environment)
    assert (done.returncode, done.stderr) == (0, "") and re.search(r"all right$|0 wrong", done.stdout, re.MULTILINE), (
        what_it_said(done)
    )


# Whatever a project may have turned on: the header's inline function is compiled as part of its code.
STRICT = [
    *(
        "-Wall",
        "-Wextra",
        "-pedantic",
        "-Werror",
        "-Wconversion",
        "-Wsign-conversion",
        "-Wundef",
        "-Wshadow",
        "-Wcast-qual",
    ),
    *("-Wredundant-decls", "-O2"),
]
STRICT_IN = {
    "gcc": ["-Wstrict-prototypes", "-Wmissing-prototypes", "-Wdeclaration-after-statement", "-Wc++-compat"],
    "g++": ["-Wold-style-cast", "-Wuseless-cast", "-Wzero-as-null-pointer-constant", "-Weffc++"],
    "clang": [
        "-Wstrict-prototypes",
        "-Wmissing-prototypes",
        "-Wdeclaration-after-statement",
        "-Wc++-compat",
        "-Wcomma",
    ],
    "clang++": ["-Wold-style-cast", "-Wzero-as-null-pointer-constant", "-Wcomma"],
}


@pytest.mark.parametrize(
    ("command", "standard"),
    [(command, standard) for command in ("gcc", "clang") for standard in ("c99", "c11", "c17", "c2x")]
    + [
        (command, standard)
        for command in ("g++", "clang++")
        for standard in ("c++11", "c++14", "c++17", "c++20", "c++23")
    ],
)
@pytest.mark.parametrize("use", ["alone", "with its inline function"])
def test_the_header_compiles_without_a_warning(
    installed: Installed, tmp_path: Path, command: str, standard: str, use: str
) -> None:
    # Twice, since a header may come in by several others.
    text = "#include <callprop.h>\n#include <callprop.h>\n"
    if use != "alone":
        text += (
            "int decide(int src, int dst);\n"
            "int decide(int src, int dst) { cp_call call = cp_call_make(src, dst, CP_LEG_DST, 0); return cp_permits(CP_ALL, &call); }\n"
        )
    source = tmp_path / "source"
    source.write_text(text)
    language = "c++" if "++" in standard else "c"
    options = installed.pkg_config("--cflags", "callprop")
    flags = [*STRICT, *STRICT_IN[command], *options, "-c", source, "-o", tmp_path / "object"]
    run_or_fail([compiler(command), "-x", language, f"-std={standard}", *flags], installed.environment)


@pytest.mark.parametrize("command", ["g++", "clang++"])
def test_a_call_from_braces_and_ints_is_why_there_is_cp_call_make(
    installed: Installed, tmp_path: Path, command: str
) -> None:
    """In C++ it does not compile, and the cast that one is told to write makes 256 an extension."""
    source = tmp_path / "braces.cpp"
    options = installed.pkg_config("--cflags", "callprop")

    def compiles(call: str) -> bool:
        source.write_text(
            f"#include <callprop.h>\nint f(int src) {{ cp_call call = {call}; return cp_permits(CP_ALL, &call); }}\n"
        )
        words = [compiler(command), "-std=c++11", "-Werror", *options, "-fsyntax-only", source]
        return run(words, installed.environment).returncode == 0

    assert not compiles("{src, CP_IVR, CP_LEG_DST, 0}")
    assert compiles("cp_call_make(src, CP_IVR, CP_LEG_DST, 0)")


@pytest.mark.parametrize(
    "statement",
    [
        "cp_list();",
        'cp_get("li");',
        'cp_allows("li", "", NULL);',
        'cp_properties_parse("li", &set, NULL);',
        'cp_call_parse("", &call, NULL);',
        "cp_required(&call);",
        "cp_permits(set, &call);",
        'cp_properties_parse_known("li", &set, NULL);',
        "cp_call_make(0, 0, 0, 0);",
    ],
)
@pytest.mark.parametrize("command", ["gcc", "clang"])
def test_an_answer_that_is_thrown_away_is_a_warning(
    installed: Installed, tmp_path: Path, command: str, statement: str
) -> None:
    def compiles(line: str) -> bool:
        source = tmp_path / "answer.c"
        source.write_text(
            "#include <callprop.h>\n"
            "void answer(void);\n"
            f"void answer(void) {{ cp_properties set = 0; cp_call call = {{0, 0, 0, 0}}; (void)set; (void)call; {line} }}\n"
        )
        options = installed.pkg_config("--cflags", "callprop")
        # To an object: gcc does not look for this with -fsyntax-only.
        answer = tmp_path / "answer.o"
        done = run([compiler(command), *STRICT_C, *options, "-c", source, "-o", answer], installed.environment)
        return done.returncode == 0

    used = f"call = {statement}" if statement.startswith("cp_call_make") else f"if ({statement.rstrip(';')}) {{ }}"
    assert compiles(used), "an answer that is used is to compile"
    assert not compiles(statement), f"{statement} is to be a warning"


# ---- capi.py against the header ------------------------------------------------------------------------


def test_ctypes_declares_every_function_of_the_header(installed: Installed) -> None:
    to_link, inline = installed.declared_functions()
    assert set(capi.FUNCTIONS) == set(to_link)
    assert inline == ["cp_call_make"], "ctypes cannot call it: tested in C and C++"


def test_ctypes_knows_every_number_of_the_header(installed: Installed) -> None:
    enumerated = set(re.findall(r"\b(CP_\w+)\s*=", installed.preprocessed_header()))
    assert set(capi.CONSTANTS) == enumerated


def test_the_version_is_said_once_as_text_and_once_in_numbers(installed: Installed) -> None:
    macros = run_or_fail(["cc", "-E", "-dM", installed.header], plain_environment())
    defined = dict(re.findall(r"^#define CP_VERSION_(\w+) (.*)$", macros, re.MULTILINE))
    assert defined.keys() == {"MAJOR", "MINOR", "PATCH", "STRING", "NUMBER"}
    assert (
        f'"{defined["MAJOR"]}.{defined["MINOR"]}.{defined["PATCH"]}"' == defined["STRING"] == f'"{installed.version}"'
    )


def test_ctypes_has_the_layout_and_the_numbers_that_the_compiler_has(installed: Installed, tmp_path: Path) -> None:
    facts = {name: name for name in capi.CONSTANTS}
    expected: dict[str, int] = dict(capi.CONSTANTS)
    for structure, declared in capi.STRUCTURES.items():
        facts[structure] = f"sizeof({structure})"
        expected[structure] = ctypes.sizeof(declared)
        for field, *_ in declared._fields_:
            facts[f"{structure}.{field}"] = f"offsetof({structure}, {field})"
            facts[f"sizeof {structure}.{field}"] = f"sizeof((({structure} *)0)->{field})"
            expected[f"{structure}.{field}"] = getattr(declared, field).offset
            expected[f"sizeof {structure}.{field}"] = getattr(declared, field).size
    facts["cp_properties"] = "sizeof(cp_properties)"
    expected["cp_properties"] = ctypes.sizeof(capi.Properties)

    lines = [rf'printf("%s\"{name}\": %ld", comma, (long)({fact})); comma = ",";' for name, fact in facts.items()]
    source = tmp_path / "facts.c"
    source.write_text(
        "#include <callprop.h>\n#include <stdio.h>\n"
        "int main(void) { const char *comma = \"\"; putchar('{');\n"
        + "\n".join(lines)
        + "\nputchar('}'); return 0; }\n"
    )
    program = installed.build(source, tmp_path / "facts")
    assert json.loads(run_or_fail([program], installed.environment)) == expected

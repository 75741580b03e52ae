# SPDX-License-Identifier: MIT
"""The header compiles strictly, programs in C and C++ built through pkg-config alone run, and ctypes agrees with both."""

import ctypes
import json
import re
from pathlib import Path

import pytest

import capi
from installed import HERE, STRICT_C, STRICT_CXX, Installed, compiler, plain_environment, run, run_or_fail, what_it_said

PROGRAMS = {
    "abi_test.c": (STRICT_C, ("callprop",)),
    "abi_process.c": ([*STRICT_C, "-pthread"], ("callprop",)),
    "abi_memory.c": (STRICT_C, ("callprop", "jansson")),
    "abi_test.cpp": (STRICT_CXX, ("callprop",)),
}

COMPILERS = {".c": ("gcc", "clang"), ".cpp": ("g++", "clang++")}


@pytest.mark.parametrize(
    ("source", "command"),
    [(source, command) for source in PROGRAMS for command in COMPILERS[Path(source).suffix]],
)
def test_a_program_builds_through_pkg_config_alone_and_finds_nothing_wrong(
    installed: Installed, tmp_path: Path, source: str, command: str
) -> None:
    flags, packages = PROGRAMS[source]
    program = installed.build(HERE / source, tmp_path / "program", compiler(command), flags, packages)
    done = run([program], installed.environment)
    if done.returncode != 0:
        pytest.fail(what_it_said(done), pytrace=False)
    assert re.search(r"^(0 of [1-9]\d* cases failed, [1-9]\d* checks|0 checks failed)$", done.stdout, re.MULTILINE), (
        f"the program is to end with its count: {what_it_said(done)}"
    )


@pytest.mark.parametrize("standard", ["c99", "c11", "c17", "c++11", "c++17", "c++20"])
@pytest.mark.parametrize("command", ["gcc", "clang"])
def test_the_header_alone_compiles_without_a_warning(installed: Installed, tmp_path: Path, command: str, standard: str) -> None:
    language = "c++" if "++" in standard else "c"
    # Twice, since a header may come in by several others.
    source = tmp_path / "alone"
    source.write_text("#include <callprop.h>\n#include <callprop.h>\n")
    strict = ["-Wall", "-Wextra", "-Wundef", "-Wshadow", "-Wconversion", "-pedantic", "-Werror", "-fsyntax-only"]
    only_in_c = ["-Wstrict-prototypes", "-Wc++-compat"] if language == "c" else []
    options = installed.pkg_config("--cflags", "callprop")
    run_or_fail(
        [compiler(command), "-x", language, f"-std={standard}", *strict, *only_in_c, *options, source],
        installed.environment,
    )


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
    ],
)
@pytest.mark.parametrize("command", ["gcc", "clang"])
def test_an_answer_that_is_thrown_away_is_a_warning(installed: Installed, tmp_path: Path, command: str, statement: str) -> None:
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

    assert compiles(f"if ({statement.rstrip(';')}) {{ }}"), "an answer that is used is to compile"
    assert not compiles(statement), f"{statement} is to be a warning"


# ---- capi.py against the header ------------------------------------------------------------------------


def test_ctypes_declares_every_function_of_the_header(installed: Installed) -> None:
    in_header = set(re.findall(r"\b(cp_\w+)\s*\(", installed.preprocessed_header()))
    assert set(capi.FUNCTIONS) == in_header


def test_ctypes_knows_every_number_of_the_header(installed: Installed) -> None:
    enumerated = set(re.findall(r"\b(CP_\w+)\s*=", installed.preprocessed_header()))
    macros = run_or_fail(["cc", "-E", "-dM", installed.header], plain_environment())
    defined = set(re.findall(r"^#define (CP_VERSION_(?!STRING)\w+) ", macros, re.MULTILINE))
    assert set(capi.CONSTANTS) == enumerated | defined


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
        "int main(void) { const char *comma = \"\"; putchar('{');\n" + "\n".join(lines) + "\nputchar('}'); return 0; }\n"
    )
    program = installed.build(source, tmp_path / "facts")
    assert json.loads(run_or_fail([program], installed.environment)) == expected

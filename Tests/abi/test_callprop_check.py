# SPDX-License-Identifier: MIT
"""The example callprop-check, in C and in Python: what it answers, and that both say the same."""

import json
import re
import shlex
from pathlib import Path

import pytest

from capi import Library
from examples import DENIED, FAILED, PERMITTED, Examples, languages
from installed import run, what_it_said

# Arguments, exit status, stdout, and stderr behind the program's name.
ANSWERS: list[tuple[list[str], int, str, str]] = [
    (["allows", "li,lo,ri", "src=external,dst=ivr,leg=dst"], PERMITTED, "permitted\n", ""),
    (["allows", '["all"]', '{"src":"queue","dst":"ivr","leg":"src","callback":true}'], PERMITTED, "permitted\n", ""),
    (["allows", "li,lo", "src=external,dst=ivr,leg=dst"], DENIED, "denied\n", ""),
    (["allows", "", "src=extension,dst=extension,leg=src"], DENIED, "denied\n", ""),
    (["allows", '{"property_list":[]}', "src=extension,dst=extension,leg=src"], DENIED, "denied\n", ""),
    (
        ["allows", "li,lx", "src=external,dst=ivr,leg=dst"],
        FAILED,
        "",
        'property_list: no such property: "lx"; expected all, cq, li, lo, qli, qri, ri or ro (at byte 3)\n',
    ),
    (
        ["allows", "all", "src=external,dst=ivr"],
        FAILED,
        "",
        "call has no leg; expected src, dst, leg and perhaps callback\n",
    ),
    (
        ["explain", "all", "src=nobody,dst=ivr,leg=dst"],
        FAILED,
        "",
        'call: no such party: "nobody"; expected extension, external, queue or ivr (at byte 4)\n',
    ),
    (
        ["allows", "all", "src=queue,dst=ivr,leg=dst"],
        FAILED,
        "",
        "call cannot happen: a queue makes a call only in a callback; expected the caller as src\n",
    ),
    # Nothing that a terminal would obey.
    (
        ["allows", "\x1b[2J", "src=external,dst=ivr,leg=dst"],
        FAILED,
        "",
        'property_list: no such property: "\\x1b[2J"; expected all, cq, li, lo, qli, qri, ri or ro (at byte 0)\n',
    ),
    # Bytes that are not UTF-8 reach the library as they are.
    (
        ["allows", "li,\udcff", "src=external,dst=ivr,leg=dst"],
        FAILED,
        "",
        'property_list: no such property: "\\xff"; expected all, cq, li, lo, qli, qri, ri or ro (at byte 3)\n',
    ),
]


@languages
@pytest.mark.parametrize(
    ("arguments", "status", "stdout", "stderr"), ANSWERS, ids=[ascii(" ".join(row[0]))[1:-1] for row in ANSWERS]
)
def test_callprop_check_answers(
    examples: Examples, language: str, arguments: list[str], status: int, stdout: str, stderr: str
) -> None:
    done = examples.run("callprop-check", language, *arguments)
    name = Path(examples.command("callprop-check", language)[-1]).name
    said = (done.returncode, done.stdout, done.stderr)
    assert said == (status, stdout, f"{name}: {stderr}" if stderr else ""), what_it_said(done)


@languages
@pytest.mark.parametrize("properties", ["li,lo", "qri", "", "all"])
def test_callprop_check_explains_as_the_library_does(
    examples: Examples, library: Library, language: str, properties: str
) -> None:
    call = "src=external,dst=queue,leg=dst"
    done = examples.run("callprop-check", language, "explain", properties, call)
    text, _ = library.explain(properties.encode(), call.encode())
    assert done.stdout == text.decode() + "\n" and done.stderr == "", what_it_said(done)
    assert done.returncode == (PERMITTED if json.loads(text)["allowed"] else DENIED)


@languages
def test_callprop_check_lists_what_the_library_lists(examples: Examples, library: Library, language: str) -> None:
    everything, one = library.cp_list(), library.cp_get(b"qli")
    assert everything is not None and one is not None
    done = examples.run("callprop-check", language, "list")
    assert (done.returncode, done.stdout) == (0, everything.decode() + "\n"), what_it_said(done)
    done = examples.run("callprop-check", language, "get", "qli")
    assert (done.returncode, done.stdout) == (0, one.decode() + "\n"), what_it_said(done)


@languages
def test_callprop_check_does_not_know_a_property_that_is_none(examples: Examples, language: str) -> None:
    done = examples.run("callprop-check", language, "get", "LI")
    assert (done.returncode, done.stdout) == (FAILED, ""), what_it_said(done)
    assert "no such property" in done.stderr


@languages
@pytest.mark.parametrize(
    "arguments",
    [[], ["allow", "li", "x"], ["allows"], ["allows", "li"], ["allows", "li", "x", "y"], ["list", "x"], ["get"], [""]],
    ids=lambda arguments: " ".join(arguments) or "none",
)
def test_callprop_check_says_how_it_is_used(examples: Examples, language: str, arguments: list[str]) -> None:
    done = examples.run("callprop-check", language, *arguments)
    assert (done.returncode, done.stdout) == (FAILED, ""), what_it_said(done)
    assert done.stderr.startswith("usage: callprop") and "exit status: 0 permitted" in done.stderr

    asked = examples.run("callprop-check", language, "--help")
    # 0 would be a permission.
    assert (asked.returncode, asked.stdout) == (FAILED, done.stderr), what_it_said(asked)
    assert re.fullmatch(r"callprop.check(\.py)?: help: nothing was decided, so the exit status is 2\n", asked.stderr)


# What a shell does with the two outputs, and which of the two can be written.
OUTPUTS = [
    ("2>&-", True),
    ("2>/dev/full", True),
    (">&-", False),
    (">/dev/full", False),
    (">&- 2>&-", False),
    (">/dev/full 2>/dev/full", False),
]
QUESTIONS = [
    (["allows", "all", "src=external,dst=ivr,leg=dst"], PERMITTED),
    (["allows", "li", "src=external,dst=ivr,leg=dst"], DENIED),
    (["explain", "li", "src=external,dst=ivr,leg=dst"], DENIED),
    (["allows", "permitted", "src=external,dst=ivr,leg=dst"], FAILED),
    (["allows", "all", "permitted"], FAILED),
    (["list"], PERMITTED),
    (["get", "permitted"], FAILED),
    (["permitted"], FAILED),
    (["--help"], FAILED),
]


@pytest.mark.thorough
@languages
@pytest.mark.parametrize(("outputs", "has_stdout"), OUTPUTS, ids=[outputs for outputs, _ in OUTPUTS])
def test_an_output_that_cannot_be_written_makes_no_answer_of_an_error(
    examples: Examples, language: str, outputs: str, has_stdout: bool
) -> None:
    for arguments, status in QUESTIONS:
        command = " ".join(shlex.quote(word) for word in [*examples.command("callprop-check", language), *arguments])
        done = run(["sh", "-c", f"{command} {outputs}"], examples.environment, examples.folder)
        answered = status != FAILED or arguments == ["--help"]
        assert done.returncode == (status if has_stdout else FAILED), (arguments, what_it_said(done))
        assert bool(done.stdout) is (has_stdout and answered), (arguments, what_it_said(done))

# SPDX-License-Identifier: MIT
"""The command line, run as a user runs it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from callprop import Error, ErrorCode, _abi, command
from callprop.arguments import parser
from conftest import REPOSITORY, Python, names
from expected import MNEMOS

PERMITTED, DENIED, FAILED = 0, 1, 2
STATUSES = str(REPOSITORY / "examples/office/statuses.json")
RING, QUEUE = "src=external,dst=ivr,leg=dst", "src=external,dst=queue,leg=dst"

# Arguments, exit status, stdout, and stderr behind "callprop: ".
ANSWERS: list[tuple[list[str], int, str, str]] = [
    (["allows", "li,lo,ri", RING], PERMITTED, "permitted\n", ""),
    (["allows", '["all"]', '{"src":"queue","dst":"ivr","leg":"src","callback":true}'], PERMITTED, "permitted\n", ""),
    (["allows", "li,lo", RING], DENIED, "denied\n", ""),
    (["allows", "", "src=extension,dst=extension,leg=src"], DENIED, "denied\n", ""),
    (["allows", f"@{STATUSES}:Lunch", RING], DENIED, "denied\n", ""),
    (["allows", f"@{STATUSES}:Do not disturb", RING], DENIED, "denied\n", ""),
    (["allows", f"@{STATUSES}:5", RING], PERMITTED, "permitted\n", ""),
    (
        ["explain", f"@{STATUSES}:Lunch", QUEUE],
        DENIED,
        (
            "Denied: an outside number calls this extension through a queue, which needs qri (External queue incoming) or all;"
            " the status grants neither.\n"
        ),
        "",
    ),
    (["allows", f"@{STATUSES}:Holiday", RING], FAILED, "", f"{STATUSES}: no status is meant; name one of them"),
    (["allows", f"@{STATUSES}", RING], FAILED, "", f"{STATUSES}: 7 statuses are meant; name one of them"),
    (["allows", "@nowhere.json", RING], FAILED, "", "nowhere.json: No such file or directory\n"),
    (["allows", "@.", RING], FAILED, "", ".: Is a directory\n"),
    (["allows", "@", RING], FAILED, "", "no file is named behind @; expected @FILE, @FILE:ID or @FILE:NAME, such as"),
    (
        ["allows", "@:Lunch", RING],
        FAILED,
        "",
        "no file is named behind @; expected @FILE, @FILE:ID or @FILE:NAME, such as",
    ),
    (["allows", "@ ", RING], FAILED, "", '" ": No such file or directory\n'),
    (["matrix", ""], FAILED, "", "no file is named; expected FILE, or - for standard input\n"),
    (["serve", "--statuses", ""], FAILED, "", "no file is named; expected FILE, or - for standard input\n"),
    (["serve", "--statuses", "nowhere.json"], FAILED, "", "nowhere.json: No such file or directory\n"),
    (
        ["allows", "--batch", ""],
        FAILED,
        "",
        "no file is named behind --batch; expected FILE, or - for standard input\n",
    ),
    (["allows", "--batch", "nowhere.txt"], FAILED, "", "nowhere.txt: No such file or directory\n"),
    (["allows", "--batch", "."], FAILED, "", ".: Is a directory\n"),
    (["matrix", "nowhere.json"], FAILED, "", "nowhere.json: No such file or directory\n"),
    (["get", "rx"], FAILED, "", 'mnemo: no such property: "rx"; expected all, cq, li, lo, qli, qri, ri or ro\n'),
    (
        ["allows", "li,lx", RING],
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
        ["explain", "all", "src=queue,dst=ivr,leg=dst"],
        FAILED,
        "",
        "call cannot happen: a queue makes a call only in a callback; expected the caller as src\n",
    ),
    # Nothing that a terminal would obey.
    (["allows", "\x1b[2J", RING], FAILED, "", 'property_list: no such property: "\\x1b[2J"; expected all'),
    (["get", "\x1b[2J"], FAILED, "", 'mnemo: no such property: "\\u001b[2J"; expected all'),
    (["allows", "@\x1b[2J", RING], FAILED, "", "\\x1b[2J: No such file or directory\n"),
    # Bytes that are not UTF-8 reach the library as they are.
    (["allows", "li,\udcff", RING], FAILED, "", 'property_list: no such property: "\\xff"; expected all'),
]


@pytest.mark.parametrize(
    ("arguments", "status", "stdout", "stderr"), ANSWERS, ids=names([[" ".join(row[0])] for row in ANSWERS])
)
def test_the_command_answers(python: Python, arguments: list[str], status: int, stdout: str, stderr: str) -> None:
    done = python.callprop(*arguments)
    assert (done.returncode, done.stdout) == (status, stdout), done
    assert (
        done.stderr.startswith(f"callprop: {stderr}") and done.stderr.count("\n") == 1
        if status == FAILED
        else done.stderr == ""
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["allows"],
        ["allows", "li"],
        ["forbid"],
        ["allows", "li", RING, "more"],
        ["allows", "--batch", "-", "li", RING],
        ["allows", "--batch", "-", "li"],
        ["list", "more"],
        ["completion"],
        ["completion", "fish"],
        ["serve", "--port", "x"],
        ["serve", "--port", "65536"],
    ],
)
def test_a_command_that_is_none_is_an_error(python: Python, arguments: list[str]) -> None:
    done = python.callprop(*arguments)
    assert (done.returncode, done.stdout) == (FAILED, "") and done.stderr.startswith("usage: callprop"), done


FORMS = (
    "STATUS what the status grants: li,lo or",
    "CALL src=external,dst=ivr,leg=dst,callback=false or",
    "exit status: 0 permitted, or listed; 1 denied; 2 error",
)
SCRIPTS = ("2 behind this help, too: nothing was decided", 'In a script: callprop allows -- "$STATUS" "$CALL"')
JSON = "--json the library's JSON: GET /extension/call_property/"
KNOWN = "--known a mnemo of a newer API grants nothing, with a warning, instead of being refused"
BATCH = (
    "--batch [FILE] the decisions of a file, a line each; - is standard input",
    "--batch decides the lines of FILE, or of standard input, each STATUS, a tab, CALL. For each, in the same order, it writes one word:",
    "one word: permitted, denied or error. What is wrong with a line is said on stderr, with its number.",
    "exit status of a batch: 0 all permitted; 1 some denied, none wrong; 2 some line is wrong, or there is none",
)
# What stands in the help of each command, however it is broken into lines.
HELP: list[tuple[str, tuple[str, ...]]] = [
    ("", ("May a PBX extension take part in a call, and why (not)?", *FORMS, "examples: callprop allows")),
    (
        "",
        (
            "list the properties get one property allows is the call permitted? explain is it, and why (not)? matrix statuses",
            "serve serves the properties over HTTP: GET /extension/call_property/ replay what would a status have done with these call records? completion what completes these commands",
        ),
    ),
    ("list", ("the properties", JSON)),
    ("get", ("one property", "MNEMO such as qli", JSON + "{mnemo}")),
    ("allows", ("STATUS CALL", "is the call permitted?", *FORMS, KNOWN)),
    ("allows", ("callprop allows [-h] [--known] --batch [FILE]", *BATCH)),
    ("allows", ("callprop allows [-h] [--known] [--] STATUS CALL", *SCRIPTS)),
    ("explain", SCRIPTS),
    (
        "explain",
        ("STATUS CALL", "is it, and why (not)?", *FORMS, KNOWN, "--json the whole decision as the library's JSON"),
    ),
    (
        "matrix",
        (
            "statuses and kinds of call: + permitted, - denied",
            "as wide as the terminal ($COLUMNS; 80 where there is none)",
            KNOWN,
            "FILE statuses in JSON, - is standard input; without it: each property alone",
        ),
    ),
    ("matrix", ("--colour", "--color", "{auto,always,never} auto: on a terminal", "--json as JSON, for programs")),
    (
        "serve",
        (
            "serves the properties over HTTP: GET /extension/call_property/",
            "/ is a page for people: the matrix of the statuses in FILE (read once), and a status to compose.",
            "gunicorn callprop.rest:application",
            "uvicorn callprop.rest:asgi",
            "--statuses FILE statuses in JSON; without it: each property alone",
            KNOWN,
        ),
    ),
    ("serve", ("--host HOST an address of this machine (127.0.0.1)", "--port PORT 0: any that is free (8080)")),
    ("completion", ("SHELL bash or zsh", 'eval "$(callprop completion bash)"', 'eval "$(callprop completion zsh)"')),
]


def test_where_the_help_of_serve_says_to_read_on_it_is_said(python: Python) -> None:
    asked = re.search(r'"python3 (-m pydoc [\w.]+)" says more', python.callprop("serve", "--help").stdout)
    assert asked
    said = python.run(*asked[1].split()).stdout
    assert "gunicorn --workers 2 callprop.rest:application" in said and "uvicorn callprop.rest:asgi" in said


# The commands whose exit status 0 lets a call through: their help has another.
DECIDE = ("allows", "explain")


def ended(words: list[str]) -> int:
    """The exit status of the command, run in this process."""
    try:
        return command.main(words)
    except SystemExit as problem:
        return int(problem.code or 0)


@pytest.mark.parametrize("name", DECIDE)
@pytest.mark.parametrize(
    "mark", ["-h", "--help", "-hh", "-hx", "--he", "--h", "--version", "--json=x", "--batch=-h", "-", "-x"]
)
def test_a_status_or_call_of_a_script_is_never_taken_for_a_request_that_succeeds(
    capfd: pytest.CaptureFixture[str], name: str, mark: str
) -> None:
    """Also where one of them is empty and was written without quotes, or there is one word too many."""
    for words in (
        [mark, RING],
        ["all", mark],
        [mark],
        [mark, mark],
        ["--known", mark],
        ["all", RING, mark],
        ["--", mark, RING],
    ):
        assert ended([name, *words]) == FAILED, words
        shown = capfd.readouterr()
        # The help has the word "permitted" in it.
        assert shown.err and bool(shown.out) is (words in (["-h"], ["--help"])) and "\npermitted\n" not in shown.out, (
            words
        )
    if name == "allows":
        assert ended(["allows", "--batch", mark]) == FAILED or mark == "-"
        assert capfd.readouterr().out == ""


def test_behind_two_dashes_everything_is_a_status_and_a_call(capfd: pytest.CaptureFixture[str]) -> None:
    for options in ([], ["--known"]):
        for status, code, word in (("ri", PERMITTED, "permitted"), ("li", DENIED, "denied"), ("", DENIED, "denied")):
            assert ended(["allows", *options, "--", status, RING]) == code
            assert capfd.readouterr() == (f"{word}\n", "")
            assert ended(["explain", *options, "--", status, RING]) == code
            assert capfd.readouterr().out.lower().startswith(word)


@pytest.mark.parametrize(("name", "says"), HELP, ids=names(HELP))
def test_help_teaches_the_forms_and_the_exit_status(python: Python, name: str, says: tuple[str, ...]) -> None:
    done = python.callprop(*[name][: len(name)], "--help", environment={"NO_COLOR": "1"})
    ended = (FAILED, "callprop: help: nothing was decided, so the exit status is 2\n") if name in DECIDE else (0, "")
    assert (done.returncode, done.stderr) == ended and done.stdout.startswith(f"usage: callprop {name}".rstrip()), done
    words = " ".join(done.stdout.split())
    assert [text for text in says if text not in words] == []


def test_the_examples_of_the_help_do_what_they_say(python: Python) -> None:
    _, _, examples = python.callprop("--help", environment={"NO_COLOR": "1"}).stdout.partition("\nexamples:\n")
    commands = [shlex.split(line) for line in examples.splitlines()]
    assert [words[:2] for words in commands] == [
        ["callprop", "allows"],
        ["callprop", "explain"],
        ["callprop", "matrix"],
        ["callprop", "allows"],
        ["callprop", "serve"],
    ]
    assert commands[3][2:] == ["--batch", "calls.txt"] and commands[4][2:] == ["--statuses", "statuses.json"]
    assert commands[0][-3:] == ["&&", "echo", "ring"]
    answers = [python.callprop(*words[1:], cwd=Path(STATUSES).parent) for words in (commands[0][:-3], *commands[1:3])]
    assert [answer.returncode for answer in answers] == [PERMITTED, DENIED, PERMITTED]
    assert all(answer.stdout and not answer.stderr for answer in answers)


def test_the_version_is_that_of_the_library(python: Python) -> None:
    done = python.callprop("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"callprop {_abi.version()}\n", "")


def test_json_is_the_librarys(python: Python) -> None:
    assert python.callprop("list", "--json").stdout == _abi.list_json() + "\n"
    for mnemo in MNEMOS:
        assert python.callprop("get", "--json", mnemo).stdout == f"{_abi.get_json(mnemo.encode())}\n"
    explained = python.callprop("explain", "--json", "lo,li", QUEUE).stdout
    assert explained == _abi.explain_json(b"li,lo", QUEUE.encode()) + "\n"


def test_list_and_get_are_for_people(python: Python) -> None:
    listed = python.callprop("list").stdout.splitlines()
    entries = json.loads(_abi.list_json())
    assert listed == [f"{entry['mnemo']:5}{entry['name']:28}{entry['description']}" for entry in entries]
    assert [entry["mnemo"] for entry in entries] == list(MNEMOS) and listed[5].startswith(
        "qri  External queue incoming     "
    )
    assert python.callprop("get", "qri").stdout == f"qri: External queue incoming\n{entries[5]['description']}\n"


def test_a_port_is_one_that_there_is() -> None:
    parse = parser().parse_args
    assert [parse(["serve", "--port", port]).port for port in ("0", "8080", "65535")] == [0, 8080, 65535]
    assert vars(parse(["serve"])) == {
        "command": "serve",
        "host": "127.0.0.1",
        "port": 8080,
        "statuses": None,
        "allow_host": [],
        "known": False,
    }
    for wrong in ("65536", "-1", "x", "", "1.5", "²"):
        with pytest.raises(SystemExit):
            parse(["serve", "--port", wrong])


# What a command cannot do is told by 2, whatever it is: 0 and 1 are decisions.
PROBLEMS: list[tuple[Exception, str]] = [
    (MemoryError(), "out of memory"),
    (OSError(5, "Input/output error"), "standard output: Input/output error"),
    (OSError("strange"), "standard output: strange"),
    (ValueError("x"), "ValueError: x"),
    (LookupError("\x1b"), "LookupError: \\x1b"),
    (RecursionError(), "RecursionError: "),
    (Error(ErrorCode.MEMORY, -1, "callprop: out of memory"), "callprop: out of memory"),
]


@pytest.mark.parametrize(("problem", "says"), PROBLEMS, ids=names(PROBLEMS))
@pytest.mark.parametrize("arguments", [["allows", "all", RING], ["explain", "all", RING]])
def test_no_exception_becomes_a_decision(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    problem: Exception,
    says: str,
) -> None:
    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr(command, arguments[0], fail)
    assert command.main(arguments) == FAILED
    assert capsys.readouterr() == ("", f"callprop: {says}\n")


# What a shell gives a program that Ctrl-C ended, so that a script's loop ends too; above all it is none of 0, 1 and 2.
INTERRUPTED = 128 + signal.SIGINT


@pytest.mark.parametrize("arguments", [["allows", "all", RING], ["explain", "all", RING]])
def test_ctrl_c_is_no_decision(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, arguments[0], interrupt)
    assert command.main(arguments) == INTERRUPTED
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "arguments", [["allows", "@{}", RING], ["explain", "@{}", RING], ["matrix", "{}"]], ids=" ".join
)
def test_ctrl_c_while_it_waits_for_a_status_is_no_decision(tmp_path: Path, arguments: list[str]) -> None:
    pipe = tmp_path / "statuses"
    os.mkfifo(pipe)
    words = [word.format(pipe) for word in arguments]
    with subprocess.Popen(
        [sys.executable, "-m", "callprop", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            with open(pipe, "wb"):  # which waits until it is opened for reading too
                process.send_signal(signal.SIGINT)
                assert (*process.communicate(timeout=60), process.returncode) == (b"", b"", INTERRUPTED)
        finally:
            process.kill()

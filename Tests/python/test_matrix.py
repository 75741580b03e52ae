# SPDX-License-Identifier: MIT
"""The matrix of statuses and kinds of call: for people, for programs, and in colour."""

from __future__ import annotations

import json
import os
import pty
import re
import sys
from pathlib import Path
from typing import Any

from conftest import REPOSITORY, Python
from expected import ALL_CALLS, LEGS, MNEMOS, PARTIES, can_happen, permitted, required
from expected import Call as Expected

STATUSES = str(REPOSITORY / "examples/office/statuses.json")


def office() -> list[Any]:
    statuses: list[Any] = json.loads(Path(STATUSES).read_text(encoding="utf-8"))["statuses"]
    return statuses


def test_the_matrix_of_a_file_is_as_expected(python: Python) -> None:
    document = json.loads(python.callprop("matrix", STATUSES, "--json").stdout)
    assert python.callprop("matrix", STATUSES, "--json").stdout == json.dumps(document, indent=1) + "\n"
    calls = [Expected(*(call[fact] for fact in ("src", "dst", "leg", "callback"))) for call in document["calls"]]
    assert sorted(calls) == sorted(filter(can_happen, ALL_CALLS))
    assert [call["required"] for call in document["calls"]] == [required(call) for call in calls]
    assert len(document["statuses"]) == len(office())
    for status, given in zip(document["statuses"], office()):
        assert (status["id"], status["name"], status["granted"]) == (
            str(given["id"]),
            given["name"],
            given["property_list"],
        )
        assert status["permitted"] == [permitted(given["property_list"], call) for call in calls]

    # The same for people: a column for each status.
    plain = python.callprop("matrix", STATUSES).stdout
    assert plain == as_a_table(calls, [(given["name"], given["property_list"]) for given in office()])


def as_a_table(calls: list[Expected], statuses: list[tuple[str, list[str]]]) -> str:
    """What people are to see, made in another way: a sign for each status, behind what the call needs."""
    width = len(str(len(statuses)))
    lines = [
        f"{number:>{width}} {name}: {','.join(mnemos) or 'nothing'}"
        for number, (name, mnemos) in enumerate(statuses, 1)
    ]
    head = " ".join(str(number).rjust(width) for number in range(1, len(statuses) + 1))
    for leg, title in (("src", "our extension makes the call"), ("dst", "our extension is rung")):
        lines += ["", f"{title}".ljust(40) + f"needs  {head}"]
        for call in calls:
            if call.leg == leg:
                signs = " ".join(("+" if permitted(mnemos, call) else "-").rjust(width) for _, mnemos in statuses)
                kind = f"  {call.src} to {call.dst}" + (", callback" if call.callback else "")
                lines.append(kind.ljust(40) + str(required(call)).ljust(5) + "  " + signs)
    return "".join(f"{line}\n" for line in lines)


def test_a_matrix_of_many_statuses_stays_in_its_columns(python: Python, tmp_path: Path) -> None:
    statuses = [(f"number {number}", [MNEMOS[number % 8]]) for number in range(12)]
    (tmp_path / "twelve.json").write_text(
        json.dumps([{"name": name, "property_list": mnemos} for name, mnemos in statuses])
    )
    calls = [call for call in PACKAGE_CALLS if can_happen(call)]
    assert python.callprop("matrix", tmp_path / "twelve.json").stdout == as_a_table(calls, statuses)


# In the order of C's numbers, which the matrix has.
PACKAGE_CALLS = [
    Expected(src, dst, leg, callback)
    for leg in LEGS
    for src in PARTIES
    for dst in PARTIES
    for callback in (False, True)
]


def test_the_matrix_without_a_file_is_that_of_each_property_alone(python: Python) -> None:
    document = json.loads(python.callprop("matrix", "--json").stdout)
    assert [status["granted"] for status in document["statuses"]] == [[mnemo] for mnemo in MNEMOS]
    for place, call in enumerate(document["calls"]):
        found = [status["id"] for status in document["statuses"] if status["permitted"][place]]
        assert found == ["all", call["required"]]


def test_the_matrix_is_in_colour_on_a_terminal_alone(python: Python) -> None:
    plain = python.callprop("matrix", STATUSES).stdout
    assert "\x1b" not in plain and python.callprop("matrix", STATUSES, "--colour", "never").stdout == plain
    coloured = python.callprop("matrix", STATUSES, "--colour", "always").stdout
    assert (
        python.callprop("matrix", STATUSES, "--color=always", environment={"NO_COLOR": "1", "TERM": "dumb"}).stdout
        == coloured
    )
    # The same text; its signs are green and red, names and headings bold, and nothing else is.
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain
    for code, texts in ((32, ["+"] * plain.count(" +")), (31, ["-"] * plain.count(" -"))):
        assert [text.strip() for text in re.findall(rf"\x1b\[{code}m([^\x1b]*)\x1b\[0m", coloured)] == texts != []
    bold = [text.split("  ")[0] for text in re.findall(r"\x1b\[1m([^\x1b]*)\x1b\[0m", coloured)]
    assert bold == [*(given["name"] for given in office()), "our extension makes the call", "our extension is rung"]
    assert set(re.findall(r"\x1b\[(\d+)m", coloured)) == {"0", "1", "31", "32"}

    terminal = {"TERM": "xterm"}
    for environment, colour, wanted in (
        (terminal, [], coloured),
        ({**terminal, "NO_COLOR": ""}, [], coloured),
        ({**terminal, "NO_COLOR": "1"}, [], plain),
        ({"TERM": "dumb"}, [], plain),
        (terminal, ["--colour", "never"], plain),
        (terminal, ["--colour", "auto"], coloured),
        ({"TERM": "dumb", "NO_COLOR": "1"}, ["--colour", "always"], coloured),
    ):
        assert on_a_terminal(environment, "matrix", STATUSES, *colour) == wanted.replace("\n", "\r\n"), (
            environment,
            colour,
        )


def on_a_terminal(environment: dict[str, str], *arguments: str) -> str:
    process, terminal = pty.fork()
    if process == 0:
        kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        os.execve(sys.executable, [sys.executable, "-m", "callprop", *arguments], {**kept, **environment})
    shown = b""
    try:
        while part := os.read(terminal, 65536):
            shown += part
    except OSError:
        pass  # that is how a terminal ends
    os.close(terminal)
    assert os.waitpid(process, 0)[1] == 0
    return shown.decode()

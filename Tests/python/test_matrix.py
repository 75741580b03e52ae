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

import pytest

from callprop import Properties
from callprop.matrix import matrix_text
from callprop.statuses import Status
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


NAMES = [
    "short",
    "a name of many words that goes on and on and on and on and on and on and on, to the end",
    "名前" * 60,
    "e\u0301" * 90,
    "",
]


def many(number: int) -> list[tuple[str, list[str]]]:
    return [(NAMES[place % len(NAMES)], [*MNEMOS[place % 8 :: 3]]) for place in range(number)]


WIDTHS = [
    *(20, 49, 80, 1000),
    *(pytest.param(width, marks=pytest.mark.thorough) for width in (34, 40, 46, 48, 50, 60, 79, 81, 120)),
]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("number", [0, 1, 7, 9, 10, 11, 12, 99, 101])
def test_a_matrix_is_no_wider_than_the_terminal_and_wholly_there(width: int, number: int) -> None:
    statuses = many(number)
    shown = matrix_text([Status("", name, Properties.parse(mnemos)) for name, mnemos in statuses], False, width)
    assert max((columns(line) for line in shown.split("\n")), default=0) <= max(width, 34)
    legend, pages = read_back(shown)
    assert "".join(legend).replace(" ", "") == "".join(
        f"{place}{name.replace(' ', '')}:{','.join(mnemos) or 'nothing'}"
        for place, (name, mnemos) in enumerate(statuses, 1)
    )
    calls = [call for call in PACKAGE_CALLS if can_happen(call)]
    wanted = {
        (place, call): (required(call), permitted(mnemos, call))
        for place, (_, mnemos) in enumerate(statuses, 1)
        for call in calls
    }
    assert pages == wanted


def columns(text: str) -> int:
    """The columns that a text takes on a terminal."""
    return sum(2 if "\u4e00" <= character <= "\u9fff" else 0 if character == "\u0301" else 1 for character in text)


def read_back(shown: str) -> tuple[list[str], dict[tuple[int, Expected], tuple[str, bool]]]:
    """The lines above the pages, and what the pages say of each status and call."""
    titles = {"our extension makes the call": "src", "our extension is rung": "dst"}
    legend, found = [], {}
    numbers: list[int] = []
    leg, kind = "", ""
    for whole in shown.split("\n"):
        line = whole
        title = next((title for title in titles if line.startswith(title)), None)
        if title:
            leg, line = titles[title], line[len(title) :].lstrip()
        if not leg:
            legend.append(line)
        elif line.startswith("needs"):
            numbers = [*map(int, line.split()[1:])]
        elif line.startswith("  "):
            kind, line = line[:40].rstrip(), line[40:]
        if kind and line.split() and line.split()[-1] in "+-":
            needs, *marks = line.split()
            src, dst = kind.replace(", callback", "").split(" to ")
            call = Expected(src.strip(), dst, leg, kind.endswith(", callback"))
            assert len(marks) == len(numbers)
            for place, mark in zip(numbers, marks):
                assert (place, call) not in found
                found[place, call] = (needs, {"+": True, "-": False}[mark])
            kind = ""
    return legend, found


def test_the_width_is_that_of_columns_or_80(python: Python, tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    path.write_text(json.dumps([{"name": f"n{place}", "property_list": []} for place in range(60)]))
    for environment, width in (
        ({"COLUMNS": None}, 80),
        ({"COLUMNS": "100"}, 100),
        ({"COLUMNS": "0"}, 80),
        ({"COLUMNS": "x"}, 80),
    ):
        widest = max(map(len, python.callprop("matrix", path, environment=environment).stdout.split("\n")))
        assert widest == 46 + (width - 46) // 3 * 3, environment


def test_the_documented_shape_of_the_json_is_that_which_it_has(python: Python) -> None:
    """The help shows the beginning of each list, with "..." for the rest."""
    epilog = python.callprop("matrix", "--help").stdout.partition("--json is an object")[2].partition("\n")[2]
    shown = json.loads(epilog.replace(", ...", ""))
    status = {"id": 2, "name": "Lunch", "property_list": ["li"]}
    document = json.loads(python.callprop("matrix", "-", "--json", input=json.dumps(status).encode()).stdout)
    (about,) = document["statuses"]
    assert shown["statuses"] == [{**about, "permitted": about["permitted"][:1]}]
    assert shown["calls"][0] in document["calls"] and document.keys() == shown.keys()
    assert len(about["permitted"]) == len(document["calls"])


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

    terminal = {"TERM": "xterm", "COLUMNS": "80"}
    for environment, colour, wanted in (
        (terminal, [], coloured),
        ({**terminal, "NO_COLOR": ""}, [], coloured),
        ({**terminal, "NO_COLOR": "1"}, [], plain),
        ({"TERM": "dumb", "COLUMNS": "80"}, [], plain),
        (terminal, ["--colour", "never"], plain),
        (terminal, ["--colour", "auto"], coloured),
        ({"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "80"}, ["--colour", "always"], coloured),
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

# SPDX-License-Identifier: MIT
"""The example office-day, in C and in Python: the report of a small office, and what is said of data that is wrong.

office-day.txt is the report that both are to print. When it is to change, look at the difference, and write it anew:

    make stage && LD_LIBRARY_PATH=build/stage/lib PYTHONPATH=Sources/python python3 examples/python/office_day.py \\
        examples/office/statuses.json examples/office/calls.csv > Tests/abi/office-day.txt
"""

import csv
import difflib
import json
import re
from pathlib import Path

import pytest

from examples import FAILED, GOLDEN, Examples, languages
from expected import Call, can_happen, matched, permitted, required
from installed import REPOSITORY, run, what_it_said


@languages
def test_office_day_prints_the_report_that_was_agreed_on(examples: Examples, golden: str, language: str) -> None:
    done = examples.run("office-day", language, "office/statuses.json", "office/calls.csv")
    assert (done.returncode, done.stderr) == (0, ""), what_it_said(done)
    if done.stdout != golden:
        lines = difflib.unified_diff(golden.splitlines(), done.stdout.splitlines(), GOLDEN.name, language, lineterm="")
        difference = "\n".join(lines)
        pytest.fail(f"{difference}\n\nIf this is how it should be, see {Path(__file__).name}", pytrace=False)


def unfolded(report: str) -> list[str]:
    """The lines of the report, each in one piece."""
    lines: list[str] = []
    for line in report.splitlines():
        if line.startswith(" " * 16):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return lines


# What somebody who knows the office would say; how the line in the report begins, and what it holds.
IN_WORDS = {
    "Anna is at work: personal calls and the queues": ('101 Anna, status "At work", grants li,lo,qli,qri,ri,ro', ""),
    "a customer may ring Anna at work": ("  08:02  yes    customer dials Anna's number - permitted by ri", ""),
    "a colleague may ring Anna at lunch": ("  12:05  yes    colleague calls - permitted by li", ""),
    "a customer may not": (
        "  12:10  no     customer dials Anna's number - Denied: ",
        "needs ri (External incoming personal) or all",
    ),
    "do not disturb is a status without properties": ('103 Clara, status "Do not disturb", grants nothing', ""),
    "do not disturb is for colleagues too": (
        "  10:03  no     colleague calls - Denied: ",
        "the status grants nothing.",
    ),
    "the campaign's agent is rung for a callback": (
        "  09:10  yes    callback: the sales queue rings Boris then the customer - permitted by cq",
        "",
    ),
    "who is merely at work is not": (
        "  09:45  no     callback: the sales queue rings Anna then the customer - Denied: ",
        "cq (Active calling) or all",
    ),
    "the manager may do everything": ("  08:55  yes    Dana calls the bank - permitted by all", ""),
    "but not what cannot happen": (
        "  17:40  error  logged by mistake: a voice menu on the originating leg - call cannot happen: ",
        "",
    ),
}


@pytest.mark.parametrize("in_words", IN_WORDS)
def test_the_report_says_what_one_would_expect(golden: str, in_words: str) -> None:
    begins, holds = IN_WORDS[in_words]
    fitting = [text for text in unfolded(golden) if text.startswith(begins) and holds in text]
    assert len(fitting) == 1, f"expected one line that begins with {begins!r} and holds {holds!r}: {fitting}"


def test_every_line_of_the_report_is_as_described(golden: str) -> None:
    statuses = json.loads((REPOSITORY / "examples/office/statuses.json").read_text())["statuses"]
    granted = {str(status["id"]): status["property_list"] for status in statuses}
    with open(REPOSITORY / "examples/office/calls.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 25

    report = unfolded(golden)
    answers: list[str] = []
    for row in rows:
        call = Call(row["src"], row["dst"], row["leg"], row["callback"] == "true")
        properties = granted[row["status"]]
        if not can_happen(call):
            answer, why = "error", "call cannot happen: "
        elif permitted(properties, call):
            answer, why = "yes", f"permitted by {matched(properties, call)}"
        else:
            answer, why = "no", f"which needs {required(call)} ("
        answers.append(answer)
        begins = f"  {row['time']:>5}  {answer:5}  {row['what']} - "
        fitting = [line for line in report if line.startswith(begins) and why in line]
        # At the same time a call may have two legs.
        assert fitting, f"expected a line that begins with {begins!r} and holds {why!r}"
    assert report[-1] == (
        f"{len(rows)} calls: {answers.count('yes')} let through, {answers.count('no')} not,"
        f" {answers.count('error')} cannot happen"
    )
    assert len([line for line in report if re.match(r"  \d\d:\d\d  ", line)]) == len(rows)


# What is wrong with the data, and what both programs say of it, behind their names.
HEADER = "time,extension,status,what,src,dst,leg,callback\n"
STATUSES = '{"statuses":[{"id":1,"name":"Office","property_list":["li"]}]}'
BAD_DATA: dict[str, tuple[str, str | None, str]] = {
    "no calls file": (STATUSES, None, "calls.csv: No such file or directory"),
    "no header": (
        STATUSES,
        "08:00,1,1,x,external,ivr,dst,false\n",
        f"calls.csv:1: expected the header {HEADER.strip()}",
    ),
    "an unknown status": (
        STATUSES,
        HEADER + "08:00,Ada,9,x,external,ivr,dst,false\n",
        'calls.csv:2: no status has the id "9"',
    ),
    "a line too short": (
        STATUSES,
        HEADER + "08:00,Ada,1,x,external,ivr,dst\n",
        "calls.csv:2: expected eight short fields",
    ),
    "an unknown party": (
        STATUSES,
        HEADER + "08:00,Ada,1,x,nobody,ivr,dst,false\n",
        'calls.csv:2: call: no such party: "nobody"',
    ),
    "a wrong callback": (
        STATUSES,
        HEADER + "08:00,Ada,1,x,external,ivr,dst,no\n",
        "calls.csv:2: call: no such callback value",
    ),
    "an unknown property": (
        STATUSES.replace('"li"', '"lx"'),
        HEADER,
        'statuses.json: statuses[0]: property_list: no such property: "lx"',
    ),
    "no statuses": ("[]", HEADER, "statuses.json: expected an object with an array named statuses"),
    "a repeated status": (
        STATUSES.replace("[{", '[{"id":1,"name":"Home","property_list":[]},{'),
        HEADER,
        "statuses.json: statuses[1]: another status has the same id",
    ),
}


@languages
@pytest.mark.parametrize("data", BAD_DATA)
def test_office_day_refuses_bad_data_before_it_prints_anything(
    examples: Examples, tmp_path: Path, language: str, data: str
) -> None:
    statuses, calls, says = BAD_DATA[data]
    (tmp_path / "statuses.json").write_text(statuses)
    if calls is not None:
        (tmp_path / "calls.csv").write_text(calls)
    command = [*examples.command("office-day", language), "statuses.json", "calls.csv"]
    done = run(command, examples.environment, tmp_path)
    assert (done.returncode, done.stdout) == (FAILED, ""), what_it_said(done)
    name = Path(command[-3]).name
    assert done.stderr.startswith(f"{name}: {says}"), f"expected {name}: {says}\n{what_it_said(done)}"

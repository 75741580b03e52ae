# SPDX-License-Identifier: MIT
"""The examples, copied away and built as a reader of them would: what they answer, and that C and Python agree.

office-day.txt is the report that both are to print. When it is to change, look at the difference, and write it anew:

    make stage && LD_LIBRARY_PATH=build/stage/lib PYTHONPATH=Sources/python python3 examples/python/office_day.py \\
        examples/office/statuses.json examples/office/calls.csv > Tests/abi/office-day.txt
"""

import csv
import difflib
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from capi import Library
from expected import ALL_CALLS, ALL_SETS, Call, can_happen, matched, permitted, required
from forms import comma_list, key_value
from installed import HERE, REPOSITORY, Installed, run, run_or_fail, what_it_said

GOLDEN = HERE / "office-day.txt"

PERMITTED, DENIED, FAILED = 0, 1, 2


@dataclass(frozen=True)
class Examples:
    """A copy of the examples, with the C programs built in a folder of their own."""

    folder: Path
    environment: dict[str, str]

    def command(self, name: str, language: str) -> list[str]:
        """The command of a program, by its name in C."""
        if language == "C":
            return [str(self.folder / "c/build" / name)]
        return [sys.executable, str(self.folder / "python" / f"{name.replace('-', '_')}.py")]

    def run(self, name: str, language: str, *arguments: str | Path) -> CompletedProcess[str]:
        return run([*self.command(name, language), *arguments], self.environment, self.folder)


@pytest.fixture(scope="module")
def examples(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Examples:
    folder = tmp_path_factory.mktemp("copied") / "examples"
    shutil.copytree(REPOSITORY / "examples", folder, ignore=shutil.ignore_patterns("__pycache__"))
    package = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(REPOSITORY / "Sources/python")}
    environment = installed.environment | package | {"CFLAGS": "-O2 -Werror"}
    run_or_fail(["make", "BUILD=build"], environment, folder / "c")
    return Examples(folder, environment)


languages = pytest.mark.parametrize("language", ["C", "Python"])

# ---- callprop-check ------------------------------------------------------------------------------------

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
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, done.stderr, ""), what_it_said(asked)


@languages
@pytest.mark.parametrize("name", ["callprop-check", "office-day"])
def test_an_answer_that_could_not_be_written_is_an_error(examples: Examples, language: str, name: str) -> None:
    arguments = {
        "callprop-check": ["allows", "li,lo,ri", "src=external,dst=ivr,leg=dst"],
        "office-day": ["office/statuses.json", "office/calls.csv"],
    }[name]
    script = '"$@" > /dev/full'
    command = ["sh", "-c", script, "sh", *examples.command(name, language), *arguments]
    done = run(command, examples.environment, examples.folder)
    assert done.returncode == FAILED and "standard output: No space left" in done.stderr, what_it_said(done)


@languages
@pytest.mark.parametrize("name", ["callprop-check", "office-day"])
def test_without_the_library_nothing_is_denied_or_permitted(examples: Examples, language: str, name: str) -> None:
    environment = examples.environment | {"LD_LIBRARY_PATH": str(examples.folder)}
    command = [*examples.command(name, language), "allows", "all", "src=extension,dst=extension,leg=src"]
    done = run(command, environment, examples.folder)
    assert done.returncode not in (PERMITTED, DENIED) and done.stdout == "", what_it_said(done)
    assert "libcallprop.so.1" in done.stderr, what_it_said(done)


# ---- office-day ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def golden() -> str:
    assert GOLDEN.exists(), f"{GOLDEN} is missing; {Path(__file__).name} says how to write it"
    return GOLDEN.read_text(encoding="utf-8")


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


# ---- The rest ------------------------------------------------------------------------------------------


def test_demo_runs_from_a_copy(installed: Installed, examples: Examples, golden: str) -> None:
    done = run(["sh", examples.folder / "demo.sh", installed.prefix], examples.environment, examples.folder)
    assert done.returncode == 0 and done.stderr == "", what_it_said(done)
    assert golden in done.stdout, what_it_said(done)
    assert done.stdout.endswith("byte for byte)\n"), what_it_said(done)


def test_the_picture_of_the_decisions_is_what_the_library_draws(examples: Examples) -> None:
    drawn = examples.run("decision-picture", "Python")
    assert drawn.returncode == 0, what_it_said(drawn)
    committed = (REPOSITORY / "examples/python/decision_picture.svg").read_text(encoding="utf-8")
    assert drawn.stdout == committed, "draw it anew: decision_picture.py > decision_picture.svg"
    # A dot for `all`, and one for the required property.
    assert committed.count("<circle") == 2 * len([call for call in ALL_CALLS if can_happen(call)])


def test_the_ctypes_module_decides_arrays_as_single_calls(examples: Examples, tmp_path: Path) -> None:
    texts = [key_value(call).decode() for call in ALL_CALLS if can_happen(call)]
    lists = [comma_list(properties).decode() for properties in ALL_SETS]
    program = tmp_path / "arrays.py"
    program.write_text(
        f"""
import array, sys
import callprop_ctypes as callprop

pairs = [(callprop.parse_properties(granted), callprop.parse_call(call)) for granted in {lists!r} for call in {texts!r}]
one_by_one = bytes(callprop.permits(granted, call) for granted, call in pairs)
granted = array.array("I", [granted for granted, _ in pairs])
calls = b"".join(bytes(call) for _, call in pairs)
for given in (granted, bytearray(granted), bytes(granted), memoryview(granted)):
    assert callprop.permits_many(given, calls) == one_by_one, type(given)
assert callprop.permits_many(b"", b"") == b""
for wrong in ((granted, calls[:-1]), (granted, calls[:-4]), (bytes(granted)[:-1], calls)):
    try:
        callprop.permits_many(*wrong)
    except ValueError:
        continue
    sys.exit("arrays of different lengths are to be refused")
print(len(one_by_one), sum(one_by_one))
"""
    )
    environment = examples.environment | {"PYTHONPATH": str(examples.folder / "python")}
    done = run([sys.executable, program], environment)
    expected = sum(permitted(properties, call) for properties in ALL_SETS for call in ALL_CALLS)
    assert done.stdout == f"{27 * 256} {expected}\n" and done.returncode == 0, what_it_said(done)


def test_the_ctypes_module_gives_reasons_and_reads_lists_of_a_newer_pbx(examples: Examples, tmp_path: Path) -> None:
    texts = [key_value(call).decode() for call in ALL_CALLS if can_happen(call)]
    program = tmp_path / "reasons.py"
    program.write_text(
        f"""
import json
import callprop_ctypes as callprop

for text in {texts!r}:
    call = callprop.parse_call(text)
    for granted in range(256):
        spelled = callprop.format_properties(granted)
        assert callprop.reason(granted, call) == json.loads(callprop.explain(spelled, text))["reason"]
        assert callprop.parse_known_properties(spelled) == (granted, "")
        known, unknown = callprop.parse_known_properties(f"video,{{spelled or 'fax'}},fax")
        assert known == granted and unknown.startswith('property_list: no such property: "video"; expected ')
try:
    callprop.parse_known_properties("li,,lo")
except callprop.CallpropError as error:
    print(error.code, error)
"""
    )
    done = run([sys.executable, program], examples.environment | {"PYTHONPATH": str(examples.folder / "python")})
    says = "3 property_list has an empty item; expected a mnemo between commas (at byte 3)\n"
    assert (done.stdout, done.returncode) == (says, 0), what_it_said(done)

# SPDX-License-Identifier: MIT
"""The examples together: the demo, the picture, the ctypes module, and what holds for both programs, callprop-check and office-day,
which have test files of their own."""

import sys
from pathlib import Path

import pytest

from examples import DENIED, FAILED, PERMITTED, Examples, languages
from expected import ALL_CALLS, ALL_SETS, can_happen, permitted
from forms import comma_list, key_value
from installed import REPOSITORY, Installed, run, what_it_said


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

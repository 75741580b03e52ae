# SPDX-License-Identifier: MIT
"""From the lines of JSON that the measuring programs print to the figures and promises of the report.

What is not here was not measured: a row whose program could not run carries the error instead of figures, and a promise about it
is broken.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

Lines = dict[str, dict[str, Any]]

TYPED, ARRAYS, JSON, TEXT = "Typed, from C", "Arrays, from C", "JSON, from C", "Text, from C"
PYTHON, ARRAYS_PYTHON = "From Python, through ctypes", "Arrays, from Python"
PEERS = "What else a Python program could embed"

SECTIONS = {
    TYPED: "the floor above",
    ARRAYS: "a floor above",
    JSON: "what simdjson needs only to parse the same two texts; of random ones, jansson",
    TEXT: "the floor above",
    PYTHON: "the floor above",
    ARRAYS_PYTHON: "cp_permits from Python",
    PEERS: "cp_permits from Python",
}
"""The parts of the table, and what their ratios are to."""


@dataclass
class Row:
    """One line of the table. `ratio` is that to the row `to`, over the rounds in which both ran."""

    section: str
    label: str
    name: str
    to: str | None = None
    ratio_at_most: float | None = None
    aim: float | None = None
    is_floor: bool = False
    median: float | None = None
    min: float | None = None
    max: float | None = None
    ratio: float | None = None
    kept: bool | None = None
    instructions: float | None = None
    so_bytes: int | None = None
    start_ms: float | None = None
    rss_kb: int | None = None
    explains: str = ""
    how: str = ""
    error: str = ""

    @property
    def promise(self) -> str:
        """The promise in words, and what is aimed at beyond it; empty when there is none."""
        if self.ratio_at_most:
            return f"<= {self.ratio_at_most:.3g}x" + (f", aim {self.aim:.3g}x" if self.aim else "")
        return ""

    @property
    def measured(self) -> str:
        """The figure that the promise is about, in words."""
        if self.kept is None:
            return f"NOT MEASURED: {self.error or f'no figure for {self.to}'}"
        return f"{self.ratio:.3g}x"


def floor(section: str, label: str, name: str) -> Row:
    """A row that others are measured against."""
    return Row(section, label, name, is_floor=True)


def array_rows(exponent: int, **promises: float) -> list[Row]:
    """cp_permits_many on an array too long for the processor's registers, beside its two floors."""
    n = 2**exponent
    return [
        floor(ARRAYS, f"2^{exponent}: streaming the same bytes (floor)", f"stream/{n}"),
        floor(ARRAYS, f"2^{exponent}: plain loop in C, -O3 (floor)", f"c_many/{n}"),
        Row(ARRAYS, f"2^{exponent}: cp_permits_many / streaming", f"many/{n}", f"stream/{n}", promises.get("stream")),
        Row(ARRAYS, f"2^{exponent}: cp_permits_many / plain loop", f"many/{n}", f"c_many/{n}", promises.get("loop")),
    ]


def needed_rows(exponent: int) -> list[Row]:
    """cp_required_many, beside its two floors."""
    n = 2**exponent
    return [
        floor(ARRAYS, f"2^{exponent}: copying the calls (floor)", f"copy/{n}"),
        floor(ARRAYS, f"2^{exponent}: the required ones, plain loop in C, -O3 (floor)", f"c_required_many/{n}"),
        Row(ARRAYS, f"2^{exponent}: cp_required_many / copying", f"required_many/{n}", f"copy/{n}"),
        Row(ARRAYS, f"2^{exponent}: cp_required_many / plain loop", f"required_many/{n}", f"c_required_many/{n}"),
    ]


def json_rows(label: str, name: str) -> list[Row]:
    """A whole cp_allows, both arguments JSON, beside what parsers need only to read the two."""
    simdjson = f"json/{name}/simdjson"
    return [
        floor(JSON, f"{label}: two simdjson DOM parses (floor)", simdjson),
        Row(JSON, f"{label}: cp_allows, whole", f"json/{name}/allows", simdjson, 1.5, aim=1.0),
        Row(JSON, f"{label}: two rapidjson parses", f"json/{name}/rapidjson", simdjson, is_floor=True),
        Row(JSON, f"{label}: two json_loads + json_decref", f"json/{name}/jansson", simdjson, is_floor=True),
    ]


def c_rows() -> list[Row]:
    """The rows that bench measures."""
    rows = [
        floor(TYPED, "the same table in C (floor)", "c_permits"),
        Row(TYPED, "cp_permits", "permits", "c_permits", 1.05),
        floor(TYPED, "the same, struct just written (floor)", "c_permits written"),
        Row(TYPED, "cp_permits, struct just written", "permits written", "c_permits written", 1.05),
        floor(TYPED, "the required property in C (floor)", "c_required"),
        Row(TYPED, "cp_required", "required", "c_required", 1.05),
    ]
    for n in (1, 8, 31):
        rows += [
            floor(ARRAYS, f"{n}: loop of cp_permits (floor)", f"one_by_one/{n}"),
            Row(ARRAYS, f"{n}: cp_permits_many", f"few/{n}", f"one_by_one/{n}", 1.05),
            Row(ARRAYS, f"{n}: the same for arrays in plain C", f"c_few/{n}", f"one_by_one/{n}", is_floor=True),
        ]
    rows += array_rows(12, loop=1 / 6) + array_rows(16, loop=1 / 6) + array_rows(22, stream=1.3)
    rows += needed_rows(12) + needed_rows(16) + needed_rows(22)
    rows += (
        json_rows('["li","ri"]', "array")
        + json_rows("small status", "status")
        + json_rows("status of an API", "answer")
    )
    return [
        *rows,
        floor(JSON, "random arrays and calls: two json_loads + json_decref (floor)", "json/random/jansson"),
        Row(JSON, "random arrays and calls: cp_allows, whole", "json/random/allows", "json/random/jansson"),
        floor(TEXT, "two texts read by hand in C, and the table (floor)", "allows text in C"),
        Row(TEXT, "cp_allows, commas and key=value", "allows text", "allows text in C", 0.6),
        floor(TEXT, "by hand in C, the same text again and again (floor)", "allows same text in C"),
        Row(TEXT, "cp_allows, the same text again and again", "allows same text", "allows same text in C", 0.6),
        floor(TEXT, "the same sentence by snprintf of pieces (floor)", "reason in C"),
        Row(TEXT, "cp_reason", "reason", "reason in C"),
        floor(TEXT, "the same explanation by jansson from C, from values (floor)", "explain in C"),
        Row(TEXT, "cp_explain, JSON", "explain", "explain in C"),
        Row(TEXT, "cp_explain, commas and key=value", "explain text", "explain in C"),
        floor(TEXT, "the table in C, which looks one entry up (floor)", "list or get in C"),
        Row(TEXT, "cp_list", "list", "list or get in C", 3),
        Row(TEXT, "cp_get", "get", "list or get in C", 12),
    ]


def python_rows(measured: Lines) -> list[Row]:
    """The rows that through_python.py measures. The peers, quickest first, are measured against cp_permits."""
    rows = [
        floor(PYTHON, "empty C function, same arguments (floor)", "empty call, typed"),
        Row(PYTHON, "cp_permits", "permits", "empty call, typed", 2.0),
        floor(PYTHON, "empty C function, same arguments (floor)", "empty call, text"),
        Row(PYTHON, "cp_allows, commas and key=value", "allows text", "empty call, text", 2.0),
        Row(ARRAYS_PYTHON, "cp_permits_many on array.array, 2^16", "many through array", "permits"),
        Row(ARRAYS_PYTHON, "cp_permits_many on bytes, 2^16", "many through bytes", "permits"),
        Row(ARRAYS_PYTHON, "cp_permits_many on numpy arrays, 2^16", "many through numpy", "permits"),
    ]
    known = {row.name for row in rows}
    peers = [name for name in measured if name not in known]
    peers.sort(key=lambda name: median(measured[name].get("ns", [1e9])))
    return rows + [Row(PEERS, name, name, "permits") for name in peers]


def fill(row: Row, measured: Lines, counted: Lines) -> Row:
    """Puts the figures into a row."""
    line = measured.get(row.name, {"error": "not measured"})
    for key in ("so_bytes", "start_ms", "rss_kb", "explains", "how", "error"):
        setattr(row, key, line.get(key, getattr(row, key)))
    if "ns" not in line:
        return row
    ns = line["ns"]
    row.median, row.min, row.max = median(ns), min(ns), max(ns)
    row.instructions = counted.get(row.name, {}).get("instructions")
    if row.to and "ns" in measured.get(row.to, {}):
        row.ratio = median(own / other for own, other in zip(ns, measured[row.to]["ns"]))
    if row.ratio_at_most and row.ratio:
        row.kept = row.ratio <= row.ratio_at_most
    return row


@dataclass
class Promise:
    """What the project holds itself to."""

    label: str
    measured: str
    promise: str
    kept: bool


@dataclass
class Results:
    """All figures."""

    environment: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    footprint: Lines = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    text_growth: dict[str, dict[int, float]] = field(default_factory=dict)
    decision_growth: dict[str, dict[int, float]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """As JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")


def lines_of(path: Path) -> Lines:
    """The lines of a file of JSON, those about one name made one."""
    found: Lines = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        fields = json.loads(line)
        found.setdefault(fields.pop("name"), {}).update(fields)
    return found


def collect(build: Path, environment: dict[str, Any], only: str = "") -> Results:
    """What the programs have measured, from their files in the build folder; of the rows whose names hold `only`."""
    c, python, counted = (lines_of(build / f"{name}.jsonl") for name in ("bench", "python", "instructions"))
    results = Results(environment, footprint=lines_of(build / "footprint.jsonl"))
    environment["simdjson"] = c.pop("simdjson", {}).get("how", "")
    results.rows = [fill(row, c, counted) for row in c_rows() if only in row.name]
    if not only:
        results.rows += [fill(row, python, {}) for row in python_rows(python)]
    for name, line in c.items():
        kind, _, rest = name.partition("/")
        what, _, n = rest.rpartition("/")
        growth = {"text": results.text_growth, "decide": results.decision_growth}.get(kind)
        if growth is not None:
            growth.setdefault(what, {})[int(n)] = median(line["ns"]) / (int(n) if kind == "text" else 1)
    for name, line in python.items():
        if "growth" in line:
            results.decision_growth[f"Python: {name}"] = {int(n): ns for n, ns in line["growth"].items()}
    results.promises = [
        # What could not be measured has not been kept.
        Promise(f"{row.section.split(',')[0]}: {row.label}", row.measured, row.promise, row.kept is True)
        for row in results.rows
        if row.promise
    ]
    for name, line in [*c.items(), *python.items(), *results.footprint.items(), *counted.items()]:
        if "error" in line:
            results.problems.append(f"NOT MEASURED: {name}: {line['error']}")
    return results

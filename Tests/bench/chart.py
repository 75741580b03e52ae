# SPDX-License-Identifier: MIT
"""The chart: nanoseconds a decision, on a logarithmic scale. On white, so that it reads on a dark page too."""

from __future__ import annotations

import math
from xml.sax.saxutils import escape

from results import ARRAYS, ARRAYS_PYTHON, JSON, PEERS, PYTHON, TEXT, TYPED, Results, Row

WIDTH, PLOT_X, PLOT_WIDTH = 880, 290, 500
LINE, BAR, TOP = 25, 15, 84
DECADES = range(-2, 7)
"""The scale: powers of ten of a nanosecond, from 0.01 ns to 1 ms."""

OURS, FLOOR, PEER = "#0c8599", "#adb5bd", "#e8590c"
INK, FAINT, GRID = "#1f2328", "#59636e", "#e4e7eb"
FONT = "font-family=\"-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif\""

HALO = 'stroke="#ffffff" stroke-width="4" paint-order="stroke"'
"""Keeps the lines of the scale out of the figures."""

SHOWN: dict[str, dict[tuple[str, str], str]] = {
    "callprop from C": {
        (ARRAYS, "many/65536"): "cp_permits_many, 65,536 at a time",
        (TYPED, "permits"): "cp_permits",
        (TYPED, "c_permits"): "the same table lookup in C",
        (TEXT, "allows text"): "cp_allows, text",
        (JSON, "json/array/allows"): 'cp_allows, JSON, ["li","ri"]',
        (JSON, "json/answer/allows"): "cp_allows, JSON, a status of an API",
        (JSON, "json/answer/simdjson"): "simdjson, only to parse that",
        (JSON, "json/answer/jansson"): "jansson, only to parse that",
        (TEXT, "reason"): "cp_reason",
        (TEXT, "explain"): "cp_explain, JSON",
    },
    "callprop from Python, through ctypes": {
        (ARRAYS_PYTHON, "many through numpy"): "cp_permits_many, numpy arrays",
        (PYTHON, "permits"): "cp_permits",
        (PYTHON, "empty call, typed"): "a C function that does nothing",
        (PYTHON, "allows text"): "cp_allows, text",
    },
    PEERS: {},
}
"""What is shown, by section and name; an empty group has all rows of its section."""


def duration(ns: float) -> str:
    """Nanoseconds in the unit that reads best."""
    value, unit = (ns, "ns") if ns < 999.5 else (ns / 1e3, "µs") if ns < 999.5e3 else (ns / 1e6, "ms")
    return f"{value:.2f} {unit}" if value < 1 else f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"


def x_of(ns: float) -> float:
    """Where on the scale."""
    return PLOT_X + PLOT_WIDTH * (math.log10(ns) - DECADES[0]) / (DECADES[-1] - DECADES[0])


def text(x: float, y: float, words: str, size: float = 13, colour: str = INK, more: str = "") -> str:
    """A line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" {more}>{escape(words)}</text>'


def bar(row: Row, label: str, y: float) -> list[str]:
    """A row's label, bar, spread over the rounds, and figure."""
    if row.median is None or row.min is None or row.max is None:
        return [text(PLOT_X - 10, y + 12, label, more='text-anchor="end"'), text(PLOT_X + 6, y + 12, "not measured")]
    colour = FLOOR if row.is_floor else PEER if row.section == PEERS else OURS
    end = x_of(row.median)
    return [
        text(PLOT_X - 10, y + 12, label, more='text-anchor="end"'),
        f'<rect x="{PLOT_X}" y="{y:.1f}" width="{end - PLOT_X:.1f}" height="{BAR}" rx="2" fill="{colour}"/>',
        text(end + 7, y + 12, duration(row.median), more=f'font-weight="600" {HALO}'),
    ]


def groups(results: Results) -> dict[str, list[tuple[Row, str]]]:
    """The rows that are shown, with their labels."""
    rows = {(row.section, row.name): row for row in results.rows}
    return {
        title: [(rows[key], label) for key, label in labels.items() if key in rows]
        or [(row, row.label) for row in results.rows if row.section == title]
        for title, labels in SHOWN.items()
    }


def drawn(results: Results) -> str:
    """The chart as SVG."""
    parts: list[str] = []
    y: float = TOP
    for title, shown in groups(results).items():
        y += 10
        parts.append(text(24, y + 12, title, 14, INK, 'font-weight="600"'))
        y += LINE + 2
        for row, label in shown:
            parts += bar(row, label, y)
            y += LINE
    scale = []
    for decade in DECADES:
        x = x_of(10.0**decade)
        label = f"{10.0**decade:g} ns" if decade < 3 else duration(10.0**decade).replace(".0 ", " ")
        scale.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{y}" stroke="{GRID}"/>')
        scale.append(text(x, TOP - 8, label, 12, FAINT, 'text-anchor="middle"'))
    facts = results.environment
    origin = (
        f"make bench: callprop {facts['callprop']}, {facts['processor']}, {facts['cores']} cores, {facts['date']}; "
        f"median of {facts['rounds']} rounds"
    )
    height = y + 44
    return "\n".join([
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}"'
            f' viewBox="0 0 {WIDTH} {height:.0f}" role="img" {FONT}>'
        ),
        "<title>Nanoseconds a decision: callprop, and what a program could embed instead</title>",
        f'<rect width="{WIDTH}" height="{height:.0f}" rx="8" fill="#ffffff"/>',
        text(24, 34, "Time for one decision", 18, INK, 'font-weight="600"'),
        text(24, 54, "Logarithmic scale: each line is ten times the one before. Shorter is better.", 13, FAINT),
        *scale,
        *parts,
        text(24, y + 28, origin, 12, FAINT),
        "</svg>\n",
    ])  # fmt: skip

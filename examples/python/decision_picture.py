#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws which property lets which call through, as SVG on standard output: decision_picture.py > decision_picture.svg

Nothing here knows a rule. Every dot is an answer of the library.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import callprop
from callprop import Call, Leg, Party, Properties

COLOURS = ("#57606a", "#8250df", "#1a7f37", "#0969da", "#4ac26b", "#bc4c00", "#cf222e", "#54aeff")

ROW, COLUMN, LEFT, TOP, WIDTH = 20, 54, 268, 64, 728


def calls_that_can_happen(leg: Leg) -> Iterator[Call]:
    """In the order of the manual's table."""
    for src in Party:
        for dst in Party:
            for callback in (False, True):
                with contextlib.suppress(callprop.Error):
                    yield Call.parse(Call(src, dst, leg, callback))


def text(x: float, y: float, content: str, style: str = "") -> str:
    return f'<text x="{x}" y="{y}" {style}>{content}</text>'


def picture() -> str:
    mnemos = [entry.mnemo for entry in callprop.list()]
    shapes = [
        text(
            LEFT + column * COLUMN + COLUMN / 2,
            TOP - 14,
            mnemo,
            f'text-anchor="middle" font-weight="600" fill="{COLOURS[column]}"',
        )
        for column, mnemo in enumerate(mnemos)
    ]
    y = TOP
    for leg in Leg:
        title = (
            "leg src: our extension makes the call" if leg is Leg.SRC else "leg dst: the call comes to our extension"
        )
        shapes.append(text(16, y + 14, title, 'font-weight="600"'))
        y += ROW + 4
        for number, call in enumerate(calls_that_can_happen(leg)):
            if number % 2 == 0:
                shapes.append(f'<rect x="8" y="{y}" width="{WIDTH - 16}" height="{ROW}" fill="#f6f8fa"/>')
            label = f"{call.src} → {call.dst}"
            shapes.append(text(28, y + 14, label))
            if call.callback:
                shapes.append(text(LEFT - 16, y + 14, "callback", 'text-anchor="end" fill="#57606a"'))
            for column, mnemo in enumerate(mnemos):
                if callprop.allows([mnemo], call):
                    x = LEFT + column * COLUMN + COLUMN / 2
                    size = 4 if Properties.parse([mnemo]) == Properties.ALL else 6.5
                    shapes.append(f'<circle cx="{x}" cy="{y + ROW / 2}" r="{size}" fill="{COLOURS[column]}"/>')
            y += ROW
        y += 12
    font = 'font-family="system-ui, sans-serif" font-size="13" fill="#1f2328"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" {font}>',
            "<title>Which property lets which call through</title>",
            f'<rect width="{WIDTH}" height="{y}" rx="6" fill="#ffffff"/>',
            text(16, 28, "who calls → what was dialled", 'fill="#57606a"'),
            text(
                LEFT + 4 * COLUMN,
                24,
                "a dot: this property lets the call through",
                'text-anchor="middle" fill="#57606a"',
            ),
            *shapes,
            "</svg>",
        ]
    )


if __name__ == "__main__":
    print(picture())

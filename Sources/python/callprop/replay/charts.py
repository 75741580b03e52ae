# SPDX-License-Identifier: MIT
"""The plots of the answer, as Vega-Lite: a heat map of the week, and bars of extensions and properties."""

from __future__ import annotations

from typing import Any

import altair  # type: ignore[import-not-found,import-untyped,unused-ignore]

from .answer import Answer, Counts
from .verdict import State

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST_BARS = 25
_COLOURS = {State.PERMITTED: "#2a9d8f", State.REFUSED: "#d1495b", State.NOT_KNOWN: "#9a9a9a"}


def charts(answer: Answer) -> dict[str, Any]:
    """Each plot by its name. Each stands alone, for none that is put together from several is as wide as the page."""
    extensions = [(name or "not told", counts) for name, counts in answer.extensions()[:_MOST_BARS]]
    return {
        "week": _week(answer),
        "extensions": _bars("extension", extensions),
        "properties": _bars("property", sorted(answer.by_property.items())),
    }


def counted(answer: Answer, counts: Counts) -> int:
    """What the question is about: changes, or what is refused."""
    return counts.newly_refused + counts.newly_permitted if answer.compared else counts.after[State.REFUSED]


def _week(answer: Answer) -> Any:
    what = "changes" if answer.compared else "refused"
    rows = [
        {"day": day, "hour": hour, "number": counted(answer, answer.by_hour.get((weekday, hour), Counts()))}
        for weekday, day in enumerate(DAYS)
        for hour in range(24)
    ]
    return (
        altair.Chart(altair.Data(values=rows), title=f"{what}, by hour of the week ({answer.timezone})")
        .mark_rect()
        .encode(
            x=altair.X("hour:O", title=None),
            y=altair.Y("day:N", sort=list(DAYS), title=None),
            color=altair.Color("number:Q", scale=altair.Scale(scheme="oranges"), legend=None),
            tooltip=["day:N", "hour:O", altair.Tooltip("number:Q", title=what)],
        )
        .properties(width="container", height=190)
    )


def _bars(title: str, entries: list[tuple[str, Counts]]) -> Any:
    rows = [
        {"name": name, "state": state.value, "calls": counts.after[state]}
        for name, counts in entries
        for state in State
    ]
    colours = altair.Scale(domain=[state.value for state in _COLOURS], range=list(_COLOURS.values()))
    return (
        altair.Chart(altair.Data(values=rows), title=f"by {title}")
        .mark_bar()
        .encode(
            x=altair.X("calls:Q", title=None),
            y=altair.Y("name:N", sort=[name for name, _ in entries], title=None),
            color=altair.Color("state:N", scale=colours, legend=altair.Legend(orient="top", title=None)),
            tooltip=[altair.Tooltip("name:N", title=title), "state:N", "calls:Q"],
        )
        .properties(width="container", height=altair.Step(18))
    )

# SPDX-License-Identifier: MIT
"""What callprop is to decide, in the words of the vendor's description. Written from its sentences (sections 2 and 3 of
the design; docs/decisions.md), not from the library, and never by asking the library."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import NamedTuple

MNEMOS = ("all", "cq", "li", "lo", "qli", "qri", "ri", "ro")

NAMES = {
    "all": "All calls",
    "cq": "Active calling",
    "li": "Internal incoming personal",
    "lo": "Internal outgoing",
    "qli": "Internal queue incoming",
    "qri": "External queue incoming",
    "ri": "External incoming personal",
    "ro": "External outgoing",
}

PARTIES = ("extension", "external", "queue", "ivr")
LEGS = ("src", "dst")


class Call(NamedTuple):
    """A call, as four facts."""

    src: str
    dst: str
    leg: str
    callback: bool

    def __str__(self) -> str:
        kind = "callback" if self.callback else "call"
        return f"{kind}-{self.src}-to-{self.dst}-on-leg-{self.leg}"


ALL_CALLS = [Call(*facts) for facts in product(PARTIES, PARTIES, LEGS, (False, True))]

ALL_SETS = [frozenset(mnemo for bit, mnemo in enumerate(MNEMOS) if number >> bit & 1) for number in range(256)]


def bits(properties: Iterable[str]) -> int:
    """The set as the number that it is in C."""
    return sum(1 << MNEMOS.index(mnemo) for mnemo in set(properties))


# ---- Which calls cannot happen -------------------------------------------------------------------------

WHY_IT_CANNOT_HAPPEN: dict[str, Callable[[Call], bool]] = {
    "an external number or a voice menu is never the originating leg of our extension": lambda call: (
        call.leg == "src" and call.src in ("external", "ivr")
    ),
    "a voice menu never originates": lambda call: call.src == "ivr",
    "a queue originates only in a callback": lambda call: call.src == "queue" and not call.callback,
    "an external dst is not a leg of our extension": lambda call: call.leg == "dst" and call.dst == "external",
    "no extension takes part": lambda call: call.src == call.dst == "external",
}


@functools.cache
def can_happen(call: Call) -> bool:
    return not any(is_so(call) for is_so in WHY_IT_CANNOT_HAPPEN.values())


CALLS_THAT_HAPPEN = [call for call in ALL_CALLS if can_happen(call)]

# ---- What each property lets through -------------------------------------------------------------------


def our_extension_makes_it(call: Call) -> bool:
    """The extension itself originates the call; in a callback, it is rung first."""
    return call.leg == "src" and call.src == "extension"


def our_extension_itself_is_rung(call: Call) -> bool:
    """A person's own phone is rung: dialled directly, or chosen in a voice menu, which is transparent."""
    return call.leg == "dst" and call.dst in ("extension", "ivr")


def our_extension_is_rung_through_a_queue(call: Call) -> bool:
    return call.leg == "dst" and call.dst == "queue"


def it_began_outside(call: Call) -> bool:
    return call.src == "external"


def it_began_inside(call: Call) -> bool:
    """With an extension; or with a queue's callback, whose agent is inside the client."""
    return call.src in ("extension", "queue")


LETS_THROUGH: dict[str, Callable[[Call], bool]] = {
    # every call
    "all": lambda call: True,
    # callbacks only: the extension is rung through a queue, and that queue is the callback's first leg (src)
    "cq": lambda call: call.callback and call.leg == "src" and call.src == "queue",
    # calls to the extension itself that come from the same client; in a callback, the dst extension of two
    "li": lambda call: our_extension_itself_is_rung(call) and it_began_inside(call),
    # calls that the extension makes inside the same client; in a callback, the src extension of two
    "lo": lambda call: our_extension_makes_it(call) and call.dst != "external",
    # calls through a queue that began inside the same client
    "qli": lambda call: our_extension_is_rung_through_a_queue(call) and it_began_inside(call),
    # calls through a queue that began outside
    "qri": lambda call: our_extension_is_rung_through_a_queue(call) and it_began_outside(call),
    # calls to the extension itself that began outside, also when the caller reached it through a voice menu
    "ri": lambda call: our_extension_itself_is_rung(call) and it_began_outside(call),
    # calls that the extension makes to outside numbers; in a callback, src extension connected with external dst
    "ro": lambda call: our_extension_makes_it(call) and call.dst == "external",
}


@functools.cache
def required(call: Call) -> str | None:
    """The one property, besides `all`, that lets the call through; None when it cannot happen."""
    if not can_happen(call):
        return None
    (one,) = (mnemo for mnemo, lets_through in LETS_THROUGH.items() if mnemo != "all" and lets_through(call))
    return one


def permitted(granted: Iterable[str], call: Call) -> bool:
    """A union: the broadest property wins."""
    return can_happen(call) and any(LETS_THROUGH[mnemo](call) for mnemo in granted)


def matched(granted: Iterable[str], call: Call) -> str | None:
    """The property that let the call through; `all` when only that did."""
    granted = set(granted)
    if not permitted(granted, call):
        return None
    one = required(call)
    return one if one in granted else "all"


# ---- In words ------------------------------------------------------------------------------------------

_CALLS_FILE = Path(__file__).resolve().parents[1] / "cases/calls.json"


def in_words() -> dict[Call, dict[str, str]]:
    """Tests/cases/calls.json: what is said of each call."""
    found: dict[Call, dict[str, str]] = {}
    for row in json.loads(_CALLS_FILE.read_text(encoding="utf-8"))["calls"]:
        facts = dict(pair.split("=") for pair in row["call"].split(","))
        found[Call(facts["src"], facts["dst"], facts["leg"], facts["callback"] == "true")] = row
    return found


IN_WORDS = in_words()


def reason(granted: Iterable[str], call: Call) -> str:
    """The sentence for an operator."""
    granted = set(granted)
    if not can_happen(call):
        return f"Denied: this call cannot happen: {IN_WORDS[call]['rule']}."
    clause = IN_WORDS[call]["clause"]
    one = matched(granted, call)
    if one is not None:
        return f"Permitted: {clause}, allowed by {one} ({NAMES[one]})."
    one = required(call)
    assert one is not None
    rest = "grants neither" if granted else "grants nothing"
    return f"Denied: {clause}, which needs {one} ({NAMES[one]}) or all; the status {rest}."


# ---- The same, line by line ----------------------------------------------------------------------------

# docs/decisions.md: leg, src, dst, callback, required.
TABLE = """
| src | extension | extension, queue, ivr | either | `lo` |
| src | extension | external | either | `ro` |
| src | queue | any of the four | yes | `cq` |
| dst | extension | extension, ivr | either | `li` |
| dst | extension | queue | either | `qli` |
| dst | external | extension, ivr | either | `ri` |
| dst | external | queue | either | `qri` |
| dst | queue | extension, ivr | yes | `li` |
| dst | queue | queue | yes | `qli` |
"""


def required_by_table(table: str = TABLE) -> dict[Call, str]:
    """The calls of such a table with what each requires."""
    calls: dict[Call, str] = {}
    for line in table.strip().splitlines():
        leg, src, dst_cell, callback_cell, mnemo = (cell.strip() for cell in line.strip("| ").split("|"))
        dsts = PARTIES if dst_cell == "any of the four" else dst_cell.split(", ")
        callbacks = {"either": (False, True), "yes": (True,)}[callback_cell]
        for dst, callback in product(dsts, callbacks):
            call = Call(src, dst, leg, callback)
            assert call not in calls, f"{call} stands in two lines"
            calls[call] = mnemo.strip("`")
    return calls

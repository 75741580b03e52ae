# SPDX-License-Identifier: MIT
"""What is decided of a group of calls: permitted, refused, or not known. Every decision and every sentence is the library's."""

from __future__ import annotations

import enum
from typing import NamedTuple

from ..calls import Call
from ..decisions import allows, reason, required
from ..errors import Error
from .question import Had, Question, Side


class State(str, enum.Enum):
    """The three. What is not known is counted as neither of the others."""

    PERMITTED = "permitted"
    REFUSED = "refused"
    NOT_KNOWN = "not known"


class Facts(NamedTuple):
    """The facts of a group; None is one that the records cannot tell."""

    src: str | None
    dst: str | None
    leg: str | None
    callback: bool | None


class Verdict(NamedTuple):
    """One side's answer."""

    state: State
    reason: str


class Decided(NamedTuple):
    """A group's answers; before is None where nothing is compared."""

    required: str | None  #: None where that is not known
    before: Verdict | None
    after: Verdict

    @property
    def changes(self) -> bool:
        """Is it known that the call fares otherwise? What is not known on a side is no change."""
        states = {self.before.state, self.after.state} if self.before else set()
        return states == {State.PERMITTED, State.REFUSED}


def decide(facts: Facts, had: Had, question: Question) -> Decided:
    """Decides one group of calls."""
    call, why = _call(facts)
    before = _verdict(call, why, had, question.before) if question.before else None
    return Decided(str(required(call)) if call else None, before, _verdict(call, why, had, question.after))


def _call(facts: Facts) -> tuple[Call | None, str]:
    """The call, or why there is none."""
    missing = [name for name, value in facts._asdict().items() if value is None]
    if missing:
        return None, f"the records do not tell {', '.join(missing)}"
    try:
        call = Call(*facts)  # type: ignore[arg-type]
        required(call)
    except Error as problem:
        return None, problem.text
    return call, ""


def _verdict(call: Call | None, why: str, had: Had, side: Side) -> Verdict:
    if call is None:
        return Verdict(State.NOT_KNOWN, why)
    granted = side.granted(had)
    if isinstance(granted, str):
        return Verdict(State.NOT_KNOWN, granted)
    state = State.PERMITTED if allows(granted, call) else State.REFUSED
    return Verdict(state, reason(granted, call))

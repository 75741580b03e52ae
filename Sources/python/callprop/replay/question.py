# SPDX-License-Identifier: MIT
"""What is asked: one or two sides, each of which says what a call's extension is granted there. *Before* and *after* are compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Union

from ..errors import Error
from ..properties import Properties
from ..statuses import Status


class Had(NamedTuple):
    """The status that an extension had when its call began, as the history tells it."""

    had: bool  #: False: it never had one by then, or there is no history
    status: str | None  #: None: it had none any more
    granted: str | None  #: what that granted then, where the history says so


#: What is granted, or why that is not known.
Granted = Union[Properties, str]


@dataclass(frozen=True)
class Side:
    """One of the two that are compared."""

    title: str
    granted: Callable[[Had], Granted]


@dataclass(frozen=True)
class Question:
    """Before is None where nothing is compared."""

    after: Side
    before: Side | None = None

    @property
    def title(self) -> str:
        return f"{self.before.title} → {self.after.title}" if self.before else self.after.title


class Named:
    """The statuses of a file by name and by id. One that two have is none."""

    def __init__(self, statuses: list[Status], more: Mapping[str, Properties] | None = None) -> None:
        self._by: dict[str, set[tuple[str, Properties]]] = {}
        # Two that grant the same are two.
        for number, status in enumerate(statuses):
            for key in {status.id, status.name} - {""}:
                self._by.setdefault(key, set()).add((f"status {number}", status.granted))
        for name, granted in (more or {}).items():
            self._by.setdefault(name, set()).add((f"name {name}", granted))

    def __bool__(self) -> bool:
        return bool(self._by)

    def same(self, name: str) -> set[str]:
        """The names and ids of the one status that is called so."""
        wanted = self._by.get(name)
        return {name} | (
            {each for each, found in self._by.items() if found == wanted and len(found) == 1} if wanted else set()
        )

    def find(self, name: str) -> Granted:
        """What a status grants, or why that is not known."""
        found = self._by.get(name, set())
        if len(found) == 1:
            return next(iter(found))[1]
        return f'there {"are several statuses" if found else "is no status"} "{name}" among those that were given'


def always(title: str, granted: Properties) -> Side:
    """Every extension has this status."""
    return Side(title, lambda _: granted)


def as_it_was(statuses: Named, title: str = "as it was") -> Side:
    """Each extension has the status that the history tells, and is granted what the history tells, or else the statuses."""

    def granted(had: Had) -> Granted:
        if had.status is None:
            return _without(had)
        return _then(had) if had.granted is not None else statuses.find(had.status)

    return Side(title, granted)


def of_statuses(statuses: Named, title: str) -> Side:
    """Each extension has the status that the history tells, and is granted what these statuses say of it."""
    return Side(title, lambda had: _without(had) if had.status is None else statuses.find(had.status))


def instead(of: str, names: set[str], granted: Properties, title: str, otherwise: Side) -> Side:
    """As otherwise, but whoever had the one status is granted this. What is not known stays so."""
    return Side(
        title, lambda had: granted if had.status is not None and had.status in {of, *names} else otherwise.granted(had)
    )


def _without(had: Had) -> str:
    """An extension without a status is the PBX's choice, and nobody here knows which."""
    if had.had:
        return "the extension had no status then; what that means is the PBX's choice"
    return "the history has no status of the extension as early as the call"


def _then(had: Had) -> Granted:
    try:
        return Properties.parse(had.granted or "")
    except Error as problem:
        return f'the history says of status "{had.status}" that it grants what this library cannot read: {problem.text}'

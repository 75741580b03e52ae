# SPDX-License-Identifier: MIT
"""Mistakes in the dialplan."""

from __future__ import annotations

from answers import logged
from desk import Desk
from misuse import MISUSES
from pbx import EXTENSIONS


def misuse(desk: Desk) -> None:
    for misuse in MISUSES:
        for extension in EXTENSIONS:
            desk.pbx.set_status(extension, misuse.statuses.get(extension, ("all",)))
        desk.pbx.manager.forget()
        before = len(desk.pbx.log())
        seen = desk.with_phones(misuse.act, *misuse.expected, **{f"p{of}": what for of, what in misuse.phones.items()})
        said = not misuse.logged or logged(desk.pbx, before, misuse.logged)
        desk.check(misuse.name, (*misuse.expected, True), (*seen, said))

# SPDX-License-Identifier: MIT
"""The administrator's doings, in parts: one after the other; each leaves the files as it found them."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import desk_ami
import desk_ari
import desk_cli
import desk_contacts
import desk_denials
import desk_emergency
import desk_files
import desk_loading
import desk_misuse
import desk_numbers
import desk_statuses
import desk_transfers
from calls import AnyLab
from desk import Check, Desk
from pbx import Pbx

PARTS: tuple[Callable[[Desk], None], ...] = (
    desk_cli.commands,
    desk_statuses.changes,
    desk_statuses.restart,
    desk_files.configuration,
    desk_files.sections,
    desk_files.newer,
    desk_files.forgotten,
    desk_statuses.forgotten,
    desk_statuses.unset,
    desk_statuses.unwritable,
    desk_statuses.ends_unwritable,
    desk_ami.ami,
    desk_ari.ari,
    desk_ari.helpers,
    desk_ari.three,
    desk_ari.third,
    desk_files.devices,
    desk_contacts.contacts,
    desk_numbers.emergency,
    desk_emergency.goes_on,
    desk_numbers.services,
    desk_cli.answers,
    desk_misuse.misuse,
    desk_misuse.without_a_channel,
    desk_transfers.transfers,
    desk_transfers.room,
    desk_denials.denials,
    desk_loading.unloading,
    desk_loading.rival,
    desk_loading.recovery,
)


def run(pbx: Pbx, folder: Path, lab_of: Callable[[Pbx, Path], AnyLab], word: str = "") -> list[Check]:
    """The parts whose name holds the word."""
    desk = Desk(pbx, folder, lab_of)
    for part in PARTS:
        if word in part.__name__:
            part(desk)
    return desk.checks

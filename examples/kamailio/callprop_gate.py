# SPDX-License-Identifier: MIT
"""Which calls may go on: who is asked, and with which facts.

Everything that is text was read before Kamailio forked its workers: each status is a set of properties, each call that can happen a
Call, and the reasons for all denials are written. A call then costs one or two questions to the library. What is not known (a
client, an extension, a number, a sender) is denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Callable, NamedTuple, Optional

import callprop
from callprop_office import (
    EXTENSION,
    EXTERNAL,
    IVR,
    QUEUE,
    Office,
    Status,
    calls_that_can_happen,
    facts,
    read_offices,
)

PHONES, TRUNK, PBX = 1, 2, 3  # the groups of address.list

# With this header the PBX says what kind of call it is when it rings somebody: only it knows that a caller waits in a
# queue. For example: X-Callprop-Call: src=external,dst=queue,leg=dst
FACTS_HEADER = "X-Callprop-Call"


class Denial(NamedTuple):
    """Who may not take part in the call, for the log, and why, for the log and the caller."""

    who: str
    reason: str


@dataclass(frozen=True)
class Invitation:
    """What an INVITE says. The group is that of the address it came from; whose phone it is, its password said."""

    group: int
    office: Office  # the client in which the number was dialled
    number: str
    caller: str  # an extension of the caller's client; from the PBX, what it says
    callers: Office
    pbx_says: str | None = None


# The status id that an extension was given since the start, by the whole name of the extension.
RunTime = Callable[[str], Optional[int]]


class Gate:
    """A method answers None for a call that may go on."""

    def __init__(self, folder: Path, run_time: RunTime) -> None:
        self.calls = calls_that_can_happen()
        self.offices = read_offices(folder, self.calls)
        self.run_time = run_time

    def status(self, office: Office, extension: str) -> Status | None:
        changed = self.run_time(office.whole(extension))
        return office.statuses.get(office.extensions[extension] if changed is None else changed)

    def ask(self, office: Office, extension: str, text: str) -> Denial | None:
        """The one question to the library: does the extension's status let this call through?"""
        if extension not in office.extensions:
            return Denial(ascii(office.whole(extension)), "Denied: there is no such extension.")
        status = self.status(office, extension)
        who = f"extension {office.whole(extension)}"
        if status is None:
            return Denial(who, "Denied: the extension was given a status that does not exist.")
        call = self.calls.get(text)
        who = f"{who} with status {status.name!a}"
        if call is None:
            return Denial(who, "Denied: no call that can happen has these facts.")
        if callprop.allows(status.granted, call):
            return None
        return Denial(who, status.reasons[text])

    @staticmethod
    def is_emergency(group: int, office: Office, number: str) -> bool:
        """The whole number, as the caller's client has it, from our own side: a call from the trunk does not go back to it."""
        return number in office.emergency and group in (PHONES, PBX)

    def decide(self, invitation: Invitation) -> Denial | None:
        if self.is_emergency(invitation.group, invitation.callers, invitation.number):
            return None  # before anything is asked, whoever calls
        if invitation.group == PHONES:
            return self.from_phone(invitation)
        if invitation.group == TRUNK:
            return self.from_outside(invitation.office, invitation.number)
        if invitation.group == PBX:
            return self.from_pbx(invitation)
        return Denial("unknown sender", "Denied: the address is neither a phone's nor the trunk's nor the PBX's.")

    def from_phone(self, invitation: Invitation) -> Denial | None:
        """Both ends answer for themselves: the caller's status for the outgoing leg, the callee's for the one that is rung."""
        office, number, caller = invitation.office, invitation.number, invitation.caller
        if invitation.callers is not office:
            # From one client to another: outside for both, though the call never leaves this machine.
            denial = self.ask(invitation.callers, caller, facts(EXTENSION, EXTERNAL, "src"))
            return denial or self.from_outside(office, number)
        party = office.party(number)
        if party is None:
            return Denial(ascii(number), "Denied: nothing here has this number.")
        denial = self.ask(office, caller, facts(EXTENSION, party, "src"))
        if denial is None and party == EXTENSION:
            denial = self.ask(office, number, facts(EXTENSION, EXTENSION, "dst"))
        return denial

    def from_outside(self, office: Office, number: str) -> Denial | None:
        party = office.party(number)
        if party == EXTENSION:
            return self.ask(office, number, facts(EXTERNAL, EXTENSION, "dst"))
        if party in (QUEUE, IVR):
            # No extension takes part yet. The PBX comes back with an INVITE of its own for each phone that it rings.
            return None
        return Denial(ascii(number), "Denied: a call from outside is for an extension, a queue or a voice menu.")

    def from_pbx(self, invitation: Invitation) -> Denial | None:
        """The PBX rings an extension, or an outside number in the name of the extension in From, of the same client."""
        office = invitation.office
        party = office.party(invitation.number)
        if party not in (EXTENSION, EXTERNAL):
            return Denial(ascii(invitation.number), "Denied: the PBX rings extensions and outside numbers only.")
        if invitation.pbx_says is None:
            return Denial("the PBX", f"Denied: it did not say with {FACTS_HEADER} what call this is.")
        text = with_callback(invitation.pbx_says)
        if party == EXTENSION:
            return self.ask(office, invitation.number, text)
        if ",dst=external,leg=src," not in text:
            return Denial("the PBX", "Denied: it rings an outside number, but describes another call.")
        return self.ask(office, invitation.caller, text)

    def to_outside(self, office: Office, extension: str) -> Denial | None:
        """A phone whose Contact leads outside sends the call there, as though the extension forwarded it."""
        return self.ask(office, extension, facts(EXTENSION, EXTERNAL, "src"))


def with_callback(text: str) -> str:
    """callback may be left out, as in the library's own text form."""
    return text if ",callback=" in text else f"{text},callback=false"

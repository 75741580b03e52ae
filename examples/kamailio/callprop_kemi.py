# SPDX-License-Identifier: MIT
"""Kamailio asks callprop about every INVITE: 403 with the library's reason unless the extension's status lets the call through.

Everything that is text is read once, in mod_init(), before Kamailio forks its workers: each status becomes a set of
properties, each call that can happen becomes a cp_call, and the reasons for all denials are written. A call then costs
one or two cp_permits(). What is not known (an extension, a number, a sender) is denied.

statuses.json is what the PBX's REST API answers; office.json says who has which status, and what the numbers mean.
Started by hand (python3 callprop_kemi.py) it checks both: Kamailio does not start with a bad one.
"""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

try:
    import KSR
except ImportError:  # there is one inside Kamailio only
    KSR = None

import callprop_ctypes as callprop
from callprop_office import (
    EXTENSION,
    EXTERNAL,
    IVR,
    QUEUE,
    ConfigError,
    calls_that_can_happen,
    facts,
    read_office,
    read_statuses,
)

FOLDER = Path(__file__).resolve().parent

PHONES, TRUNK, PBX = 1, 2, 3  # the groups of address.list

# With this header the PBX says what kind of call it is when it rings somebody: only it knows that a caller waits in a
# queue. For example: X-Callprop-Call: src=external,dst=queue,leg=dst
FACTS_HEADER = "X-Callprop-Call"

# ---- The decision ---------------------------------------------------------------------------------------


class Denial(NamedTuple):
    """Who may not take part in the call, for the log, and why, for the log and the caller."""

    who: str
    reason: str


@dataclass(frozen=True)
class Invitation:
    """What an INVITE says. The group is that of the address it came from; the rest is the sender's word."""

    group: int
    caller: str
    number: str
    pbx_says: str | None


class Gate:
    """Which calls may go on. A method answers None for a call that may."""

    def __init__(self, folder: Path) -> None:
        self.calls = calls_that_can_happen()
        self.statuses = read_statuses(folder / "statuses.json", self.calls)
        self.office = read_office(folder / "office.json", self.statuses)

    def party(self, number: str) -> str | None:
        """What was dialled; None when the number means nothing here."""
        party = self.office.parties.get(number)
        if party is None and self.office.outside.fullmatch(number):
            return EXTERNAL
        return party

    def ask(self, extension: str, text: str) -> Denial | None:
        """The one question to the library: does the extension's status let this call through?"""
        assigned = self.office.extensions.get(extension)
        if assigned is None:
            return Denial(ascii(extension), "Denied: there is no such extension.")
        changed = KSR.htable.sht_get("status", extension)
        status = self.statuses.get(assigned if changed is None else changed)
        if status is None:
            return Denial(f"extension {extension}", "Denied: the extension was given a status that does not exist.")
        call = self.calls.get(text)
        who = f"extension {extension} with status {status.name!a}"
        if call is None:
            return Denial(who, "Denied: no call that can happen has these facts.")
        if callprop.permits(status.granted, call):
            return None
        return Denial(who, status.reasons[text])

    def is_emergency(self, invitation: Invitation) -> bool:
        """The whole number, from our own side: a call from the trunk does not go back to it."""
        return invitation.number in self.office.emergency and invitation.group in (PHONES, PBX)

    def decide(self, invitation: Invitation) -> Denial | None:
        if self.is_emergency(invitation):
            return None  # before anything is asked, whoever calls
        if invitation.group == PHONES:
            return self.from_phone(invitation.caller, invitation.number)
        if invitation.group == TRUNK:
            return self.from_outside(invitation.number)
        if invitation.group == PBX:
            return self.from_pbx(invitation)
        return Denial("unknown sender", "Denied: the address is neither a phone's nor the trunk's nor the PBX's.")

    def from_phone(self, caller: str, number: str) -> Denial | None:
        """Both ends answer for themselves: the caller's status for the outgoing leg, the callee's for the one that is rung."""
        party = self.party(number)
        if party is None:
            return Denial(ascii(number), "Denied: nothing here has this number.")
        denial = self.ask(caller, facts(EXTENSION, party, "src"))
        if denial is None and party == EXTENSION:
            denial = self.ask(number, facts(EXTENSION, EXTENSION, "dst"))
        return denial

    def from_outside(self, number: str) -> Denial | None:
        party = self.party(number)
        if party == EXTENSION:
            return self.ask(number, facts(EXTERNAL, EXTENSION, "dst"))
        if party in (QUEUE, IVR):
            # No extension takes part yet. The PBX comes back with an INVITE of its own for each phone that it rings.
            return None
        return Denial(ascii(number), "Denied: a call from outside is for an extension, a queue or a voice menu.")

    def from_pbx(self, invitation: Invitation) -> Denial | None:
        """The PBX rings an extension, or an outside number in the name of the extension in From."""
        party = self.party(invitation.number)
        if party not in (EXTENSION, EXTERNAL):
            return Denial(ascii(invitation.number), "Denied: the PBX rings extensions and outside numbers only.")
        if invitation.pbx_says is None:
            return Denial("the PBX", f"Denied: it did not say with {FACTS_HEADER} what call this is.")
        text = with_callback(invitation.pbx_says)
        if party == EXTENSION:
            return self.ask(invitation.number, text)
        if ",dst=external,leg=src," not in text:
            return Denial("the PBX", "Denied: it rings an outside number, but describes another call.")
        return self.ask(invitation.caller, text)


def with_callback(text: str) -> str:
    """callback may be left out, as in the library's own text form."""
    return text if ",callback=" in text else f"{text},callback=false"


# ---- The route of a request -----------------------------------------------------------------------------


class Kamailio:
    """What Kamailio calls, by these names."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        # Made before the fork: every worker has the same. It makes the marks of permitted calls, see mark().
        self.key = os.urandom(32)

    def child_init(self, rank: int) -> int:
        return 0

    def ksr_request_route(self, message: Any) -> int:
        if KSR.maxfwd.process_maxfwd(10) < 0:
            return reply(483, "Too Many Hops")
        if KSR.sanity.sanity_check(17895, 7) < 0:
            return 1
        try:
            self.route()
        except UnicodeDecodeError:
            # KSR hands texts out as UTF-8. No number of ours is anything else.
            return reply(400, "Bad Request")
        return 1

    # 5.6 wants these two to be there; without the second one, later calls of KSR fail.
    def ksr_reply_route(self, message: Any) -> int:
        return 1

    def ksr_onsend_route(self, message: Any) -> int:
        return 1

    def route(self) -> int:
        if KSR.is_CANCEL():
            return KSR.tm.t_relay() if KSR.tm.t_check_trans() > 0 else 1
        if KSR.siputils.has_totag() > 0:
            return self.within_dialog()
        if KSR.is_ACK() or KSR.tm.t_check_trans() == 0:  # a retransmission has had its answer
            return 1
        if KSR.is_INVITE():
            return self.invite()
        if KSR.is_REGISTER():
            return self.register()
        return reply(405, "Method Not Allowed")

    def within_dialog(self) -> int:
        if KSR.rr.loose_route() > 0:
            if KSR.is_INVITE() and KSR.rr.check_route_param(self.mark()) < 0:
                return deny(Denial("unknown dialog", "Denied: the call that this belongs to was not permitted here."))
            return KSR.tm.t_relay()
        if KSR.is_ACK():
            return KSR.tm.t_relay() if KSR.tm.t_check_trans() > 0 else 1
        return reply(404, "Not Found")

    def mark(self) -> str:
        """Stands in the Record-Route of a permitted call; else a made-up To tag would lead any INVITE past the gate."""
        call_id = KSR.pv.getw("$ci").encode()
        return "cp=" + hashlib.blake2b(call_id, key=self.key, digest_size=8).hexdigest()

    def invite(self) -> int:
        KSR.hdr.remove("Route")  # a route that the sender chose would lead past the next hop that is chosen here
        group = KSR.permissions.allow_source_address_group()
        says = KSR.pv.get(f"$hdr({FACTS_HEADER})") if group == PBX else None
        invitation = Invitation(group, KSR.pv.getw("$fU"), KSR.pv.getw("$rU"), says)
        denial = not_ours() or self.gate.decide(invitation)
        if denial:
            return deny(denial)
        if self.gate.is_emergency(invitation):
            log_call(f"emergency number {invitation.number}: let through, nobody is asked")
        return self.forward(invitation)

    def forward(self, invitation: Invitation) -> int:
        if invitation.group != PBX:
            KSR.hdr.remove(FACTS_HEADER)  # the PBX's word, nobody else's
        KSR.rr.record_route_params(";" + self.mark())
        party = EXTERNAL if self.gate.is_emergency(invitation) else self.gate.party(invitation.number)
        if party == EXTENSION:
            if KSR.registrar.lookup("location") < 0:
                return reply(480, "Temporarily Unavailable")
        else:
            KSR.pv.sets("$du", self.gate.office.trunk if party == EXTERNAL else self.gate.office.pbx)
        if KSR.tm.t_relay() < 0:
            KSR.sl.sl_reply_error()
        return 1

    def register(self) -> int:
        # Here belongs authentication (auth_db or auth): without it a phone is whoever it says it is.
        if KSR.permissions.allow_source_address_group() != PHONES:
            return reply(403, "Forbidden")
        if KSR.pv.getw("$tU") not in self.gate.office.extensions:
            return reply(403, "Forbidden")
        KSR.registrar.save("location", 0)
        return 1


def not_ours() -> Denial | None:
    """An INVITE for another domain is not relayed: its user part would be taken for a number of ours."""
    return None if KSR.is_myself_ruri() else Denial("foreign domain", "Denied: calls to other domains are not relayed.")


def reply(code: int, text: str) -> int:
    KSR.sl.send_reply(code, text)
    return 1


def log_call(text: str) -> None:
    """Call-IDs come from outside, so they are logged as ASCII."""
    KSR.notice(f"callprop: call {KSR.pv.getw('$ci')!a} from {KSR.pv.getw('$si')}: {text}\n")


def deny(denial: Denial) -> int:
    """403 with the reason, which is also logged."""
    log_call(f"{denial.who}: {denial.reason}")
    quoted = denial.reason.replace("\\", "\\\\").replace('"', '\\"')
    KSR.hdr.append_to_reply(f'Warning: 399 callprop "{quoted}"\r\n')
    return reply(403, "Forbidden")


def mod_init() -> Kamailio:
    """Called once, before the fork. An exception here keeps Kamailio from starting."""
    try:
        return Kamailio(Gate(FOLDER))
    except ConfigError as error:
        KSR.crit(f"callprop: {error}\n")
        raise


if __name__ == "__main__":
    try:
        checked = Gate(FOLDER)
    except ConfigError as problem:
        sys.exit(f"callprop: {problem}")
    print(f"callprop: {len(checked.statuses)} statuses and {len(checked.office.extensions)} extensions, no error")

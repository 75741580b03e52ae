# SPDX-License-Identifier: MIT
"""Kamailio asks callprop about every INVITE: 403 with the library's reason unless the extension's status lets the call through.

Here is the route of a request. What is decided stands in callprop_gate.py, whose phone it is in callprop_phones.py. statuses.json is
what the PBX's REST API answers; office.json says who has which status, and what the numbers mean; users.htdigest proves phones.
Started by hand (python3 callprop_kemi.py) it checks all of them: Kamailio does not start with a bad one.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

try:
    import KSR
except ImportError:  # there is one inside Kamailio only
    KSR = None

from callprop_gate import FACTS_HEADER, PBX, PHONES, Denial, Gate, Invitation
from callprop_office import EXTENSION, EXTERNAL, ConfigError, Office
from callprop_phones import Contacts, Users, authenticated
from callprop_status import read_run_time

FOLDER = Path(__file__).resolve().parent


def status_at_run_time(extension: str) -> int | None:
    """In shared memory, so that a change reaches every worker at once."""
    return KSR.htable.sht_get("status", extension)


class Kamailio:
    """What Kamailio calls, by these names."""

    def __init__(self, gate: Gate, users: Users) -> None:
        self.gate, self.users = gate, users
        self.contacts = Contacts(KSR, gate.offices)
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

    def office(self, domain: str) -> Office | None:
        """The client of a domain. Where there is one client, it is that."""
        offices = self.gate.offices
        return offices.get("") or offices.get(domain.lower())

    def dialled_in(self) -> Office | None:
        """An INVITE for another domain is not relayed: its user part would be taken for a number of ours."""
        return None if "" in self.gate.offices and not KSR.is_myself_ruri() else self.office(KSR.pv.getw("$rd"))

    def invite(self) -> int:
        KSR.hdr.remove("Route")  # a route that the sender chose would lead past the next hop that is chosen here
        office, number = self.dialled_in(), KSR.pv.getw("$rU")
        if office is None:
            return deny(Denial("foreign domain", "Denied: calls to other domains are not relayed."))
        group = KSR.permissions.allow_source_address_group()
        caller, callers = KSR.pv.getw("$fU"), self.office(KSR.pv.getw("$fd")) if group == PHONES else office
        if self.gate.is_emergency(group, callers or office, number):
            # Nobody is asked, and nobody has to prove who he is.
            log_call(f"emergency number {number}: let through, nobody is asked")
            return self.forward(group, callers or office, number)
        if group == PHONES:
            if callers is None:
                return deny(Denial("unknown caller", "Denied: From names no client of ours."))
            proved = authenticated(KSR, self.users, callers)
            if proved is None:
                return 1
            if proved != caller:
                return deny(Denial(f"extension {callers.whole(proved)}", "Denied: From is another's."))
        says = KSR.pv.get(f"$hdr({FACTS_HEADER})") if group == PBX else None
        denial = self.gate.decide(Invitation(group, office, number, caller, callers, says))
        return deny(denial) if denial else self.forward(group, office, number)

    def forward(self, group: int, office: Office, number: str) -> int:
        if group != PBX:
            KSR.hdr.remove(FACTS_HEADER)  # the PBX's word, nobody else's
        KSR.rr.record_route_params(";" + self.mark())
        party = EXTERNAL if number in office.emergency else office.party(number)
        if party == EXTENSION:
            return self.ring(office, number)
        KSR.pv.sets("$du", office.trunk if party == EXTERNAL else office.pbx)
        return relay()

    def ring(self, office: Office, extension: str) -> int:
        """All phones of the extension at once. One that is outside rings where the extension may call outside."""
        contacts = self.contacts.of(office, extension)
        if not contacts:
            return reply(480, "Temporarily Unavailable")
        outside = {uri for uri in contacts if self.contacts.is_outside(uri)}
        if outside:
            denial = self.gate.to_outside(office, extension)
            if denial:
                contacts = [uri for uri in contacts if uri not in outside]
                if not contacts:
                    return deny(denial)
                log_call(f"{denial.who}: not at {', '.join(map(ascii, sorted(outside)))}: {denial.reason}")
        KSR.pv.sets("$ru", contacts[0])
        for uri in contacts[1:]:
            KSR.corex.append_branch_uri(uri)
        return relay()

    def register(self) -> int:
        office, extension = self.office(KSR.pv.getw("$td")), KSR.pv.getw("$tU")
        if KSR.permissions.allow_source_address_group() != PHONES or office is None:
            return reply(403, "Forbidden")
        proved = authenticated(KSR, self.users, office)
        if proved is None:
            return 1
        if proved != extension:
            return reply(403, "Forbidden")
        self.contacts.save(office, extension)
        return 1


def relay() -> int:
    if KSR.tm.t_relay() < 0:
        KSR.sl.sl_reply_error()
    return 1


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


def read_all() -> tuple[Gate, Users, dict[str, int]]:
    gate = Gate(FOLDER, status_at_run_time)
    return gate, Users(FOLDER / "users.htdigest", gate.offices), read_run_time(FOLDER)


def mod_init() -> Kamailio:
    """Called once, before the fork. An exception here keeps Kamailio from starting."""
    try:
        gate, users, run_time = read_all()
    except ConfigError as error:
        KSR.crit(f"callprop: {error}\n")
        raise
    for extension, status in run_time.items():
        KSR.htable.sht_seti("status", extension, status)
    return Kamailio(gate, users)


if __name__ == "__main__":
    try:
        checked, phones, _ = read_all()
    except ConfigError as problem:
        sys.exit(f"callprop: {problem}")
    statuses = len({(id(status)) for office in checked.offices.values() for status in office.statuses.values()})
    extensions = sum(len(office.extensions) for office in checked.offices.values())
    print(f"callprop: {statuses} statuses, {extensions} extensions and {len(phones.secrets)} phones, no error")

# SPDX-License-Identifier: MIT
"""How a hostile caller calls, and who is connected with whom at the end."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Callable

from real_calls import Failed

import agents
from calls import AnyLab, channels
from desk import Desk
from lab import PHONES, until
from pbx import EXTENSIONS

RINGING = ("ringing", {})
NOBODY: dict[str, tuple[str, ...]] = {"101": ()}
PERMITTED = "permitted: "
NOT_RI = ("li", "lo", "ro", "qli", "qri")


def forwards(to: str) -> tuple[str, dict[str, str]]:
    return ("redirect", {"forward_to": to})


def tag(text: str) -> str:
    found = re.search(r"tag=([^;>]+)", text)
    if not found:
        raise Failed(f"this call was not answered: {text}")
    return found[1]


def replaces(call_id: str, to_tag: str, from_tag: str) -> str:
    return f"{call_id}%3Bto-tag%3D{to_tag}%3Bfrom-tag%3D{from_tag}".replace("@", "%40")


def presses(agent: agents.Agent, dialog: agents.Dialog, keys: str) -> None:
    for key in keys:
        with agent.exchange.news:
            body = f"Signal={key}\r\nDuration=160\r\n"
            agent.request("INFO", dialog, "Content-Type: application/dtmf-relay", body=body)
        time.sleep(agents.KEYS_APART)


class Early(agents.Caller):
    """A caller who knows the dialog while it rings, and who transfers."""

    early = ""

    def answered(self, response: agents.Message) -> None:
        if response.method == "INVITE" and 100 < response.status < 200 and "tag=" in response.get("to"):
            self.early = response.get("to")
        super().answered(response)

    def replaces(self) -> str:
        # The phone may ring before who calls it is told so.
        until(lambda: self.early or "tag=" in self.dialog.there, 2)
        there = self.dialog.there if "tag=" in self.dialog.there else self.early
        return replaces(self.dialog.call_id, tag(there), tag(self.dialog.here))

    def refers(self, to: str, other: str) -> None:
        with self.exchange.news:
            self.request("REFER", self.dialog, f"Refer-To: <sip:{to}@127.0.0.1?Replaces={other}>")

    def presses(self, keys: str) -> None:
        presses(self, self.dialog, keys)


def place(lab: AnyLab, of: str, number: str, scenario: str = "stays", **keys: str) -> Early:
    lab.others.append(Early(lab.exchange, of, number, scenario, **keys))
    return lab.others[-1]


def answered(lab: AnyLab, of: str, number: str) -> Early:
    caller = place(lab, of, number)
    if not until(lambda: caller.final):
        raise Failed(f"{of} is not answered")
    time.sleep(0.3)
    until(lambda: not connecting(lab), 2)
    return caller


def connecting(lab: AnyLab) -> bool:
    """Whether somebody has answered and is not connected yet. Who waits in a queue looks the same."""
    return any(
        fields[4] == "Up" and re.fullmatch("(App)?(Dial|Queue)2?", fields[5]) and not fields[12]
        for fields in channels(lab)
    )


def incoming(lab: AnyLab, of: str, nth: int = -1) -> agents.Ringing:
    """A call that rang this phone."""
    phone = lab.phones[of]
    until(phone.rang)
    return [call for key, call in phone.calls.items() if key not in phone.before][nth]


def phone_refers(lab: AnyLab, of: str, to: str, nth: int = -1) -> None:
    call, phone = incoming(lab, of, nth), lab.phones[of]
    with lab.exchange.news:
        phone.refer(call, f"{to}@127.0.0.1")


def phone_refers_to(lab: AnyLab, of: str, to: str, other: str, nth: int = -1) -> None:
    """An attended transfer: the phone makes one call of the one that rang it, and another of its calls."""
    call, phone = incoming(lab, of, nth), lab.phones[of]
    with lab.exchange.news:
        phone.refer(call, f"{to}@127.0.0.1?Replaces={other}")


def phone_replaces(lab: AnyLab, of: str, nth: int = -1) -> str:
    call = incoming(lab, of, nth)
    return replaces(call.invite.get("call-id"), tag(call.invite.get("from")), call.tag)


def as_header(text: str) -> str:
    return text.replace("%3B", ";").replace("%3D", "=").replace("%40", "@")


def answers_now(lab: AnyLab, of: str) -> None:
    call = incoming(lab, of)
    with lab.exchange.news:
        lab.phones[of].answer(call)


def together(lab: AnyLab, after: float = 1) -> str:
    """Who is in one bridge with whom, once that is what the row awaits, or does not become so.

    It is looked at twice: between two calls and the one that they become, nobody is connected for a moment.
    """
    seen = ""

    def is_awaited() -> bool:
        nonlocal seen
        seen = connected(lab)
        return seen in lab.awaited

    def stays_awaited() -> bool:
        if not is_awaited():
            return False
        time.sleep(0.3)
        return is_awaited()

    time.sleep(after)
    if lab.denies:
        # Until then there may be nobody because nobody has done anything.
        is_denial_told(lab)
    until(stays_awaited)
    return seen


def is_denial_told(lab: AnyLab) -> bool:
    return until(lambda: lab.pbx.manager.named("CallpropDenial"))


def connected(lab: AnyLab) -> str:
    """Who is in one bridge with whom, seen through Local channels."""
    groups: dict[str, set[str]] = {}
    for fields in channels(lab):
        if fields[12]:
            groups.setdefault(fields[12], set()).add(fields[0])
    merged: list[set[str]] = []
    for names in groups.values():
        keys = {name[:-2] if name.startswith("Local/") else name for name in names}
        for other in [group for group in merged if group & keys]:
            merged.remove(other)
            keys |= other
        merged.append(keys)
    devices = [
        sorted(re.sub(r"^PJSIP/|-[0-9a-f]{8}$", "", name) for name in group if name[:6] not in ("Local/", "CBAnn/"))
        for group in merged
    ]
    return " ".join(sorted("+".join(group) for group in devices if len(group) > 1))


def pickup_by_103(lab: AnyLab) -> str:
    """The pickup that is built in: it is decided once the two are connected, as long as anybody looks."""
    lab.phone("101", "ringing")
    place(lab, "trunk", "101")
    lab.expect_ring("101")
    place(lab, "103", "*7")
    return together(lab, 2)


@dataclass
class Row:
    name: str
    act: Callable[[AnyLab], object]
    expected: object
    statuses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phones: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    times: int = 1  # a race: seen is how often it was lost
    denied: bool = True  # somebody is, unless the name begins with `permitted`

    @property
    def denies(self) -> bool:
        return self.denied and not self.name.startswith(PERMITTED)


def permitted(seen: object) -> str:
    """How the name of a row begins whose call comes to something, of several rows of one form."""
    return PERMITTED if seen else ""


@dataclass
class Office:
    """Who is there: the extensions that have statuses, and the phones."""

    extensions: tuple[str, ...] = EXTENSIONS
    phones: tuple[str, ...] = PHONES


def one(desk: Desk, row: Row, office: Office) -> object:
    for extension in office.extensions:
        desk.pbx.set_status(extension, row.statuses.get(extension, ("all",)))
    return with_phones(desk, row.act, row.phones, row.expected, row.denies, office.phones)


def with_phones(
    desk: Desk,
    act: Callable[[AnyLab], object],
    phones: dict[str, tuple[str, dict[str, str]]],
    expected: object,
    denies: bool,
    known: tuple[str, ...] = PHONES,
) -> object:
    """A call that comes to nothing by itself is not denied, and what is denied in silence nobody finds: it has to be told, too."""
    desk.pbx.manager.forget()
    lab = desk.lab_of(desk.pbx, desk.folder)
    lab.awaited = expected if isinstance(expected, tuple) else (expected,)
    lab.denies = denies
    try:
        for of in known:
            scenario, keys = phones.get(of, ("phone", {}))
            lab.phone(of, scenario, **keys)
        seen = act(lab)
        return seen if seen != expected or not denies or is_denial_told(lab) else f"{seen}, and no denial is told"
    except Failed as failure:
        return f"FAILED: {failure}"
    finally:
        lab.end()

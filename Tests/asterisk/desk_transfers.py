# SPDX-License-Identifier: MIT
"""Attended transfers by phones that do more than those of SIPp can: two calls that came in, or went out, become one."""

from __future__ import annotations

from dataclasses import dataclass, field

from real_calls import Failed

import agents
from calls import channels
from desk import Desk
from lab import WAIT, QuickLab, until
from pbx import EXTENSIONS


@dataclass
class Transfer:
    """101 is called by both, and connects them: whoever was not dialled for it is called by the other."""

    first: str
    second: str
    denials: tuple[str, ...] = ()
    statuses: dict[str, tuple[str, ...]] = field(default_factory=dict)


# Whatever a call to 101 needs, and what is asked when the two are connected.
INSIDE, OUTSIDE = ("li", "lo"), ("ri", "lo")
TRANSFERS = (
    Transfer("102", "103", statuses={"102": INSIDE, "103": INSIDE}),
    Transfer("102", "103", ("103:li",), {"102": INSIDE, "103": OUTSIDE}),
    Transfer("102", "103", ("102:li",), {"102": OUTSIDE, "103": INSIDE}),
    Transfer("trunk", "103", statuses={"103": OUTSIDE}),
    Transfer("trunk", "103", ("103:ri",), {"103": INSIDE}),
    Transfer("103", "trunk", statuses={"103": OUTSIDE}),
    Transfer("103", "trunk", ("103:ri",), {"103": INSIDE}),
)


def denied(desk: Desk) -> tuple[str, ...]:
    return tuple(f"{event['Extension']}:{event['Required']}" for event in desk.pbx.manager.named("CallpropDenial"))


def connect_both(lab: QuickLab, of: str, other: str) -> tuple[str, str]:
    first = lab.place(of, "101", "long_call")
    if not until(lambda: first.final):
        raise Failed(f"{of} is not answered")
    second = lab.place(other, "101", "long_call")
    # Why Asterisk ends the second of the two depends on which of them it ends first.
    return first.result().split()[0], second.result().split()[0]


def bridged(lab: QuickLab) -> int:
    """How many channels are in a bridge."""
    return sum(bool(fields[12]) for fields in channels(lab))


def comes_to(lab: QuickLab, awaited: str) -> str:
    """Whether anything is left of the calls. What is to end has time; what is to last, lasts a while."""
    return "ended" if until(lambda: not lab.pbx.channels(), 2 if awaited == "up" else WAIT) else "up"


def replaced_by_caller(lab: QuickLab, number: str, to: str, awaited: str) -> str:
    """101 calls `to`, and then a number, and makes one call of the two. Whether anything is left of it."""
    consultation = lab.place("101", to, "stays")
    call = lab.place("101", number, "stays")
    # Whoever is answered is connected a moment later.
    if not until(lambda: consultation.tags() and call.tags() and bridged(lab) >= 4):
        raise Failed("101 is not connected")
    call.refer(f"{to}@{agents.PBX[0]}?Replaces={agents.replaces(*consultation.tags())}")
    return comes_to(lab, awaited)


def sent_by_police(lab: QuickLab) -> str:
    """A device that is nobody's calls an emergency number; who answers there calls 103, and makes one call of the two."""
    consultation = lab.place("trunk", "103", "stays")
    if not until(consultation.tags):
        raise Failed("103 does not answer")
    to = f"103@{agents.PBX[0]}?Replaces={agents.replaces(*consultation.tags())}"
    lab.phone("trunk", "transfer", refer_to=to)
    lab.place("119", "112", "stays")
    until(lab.phones["trunk"].rang)
    return comes_to(lab, "ended")


def transfers(desk: Desk) -> None:
    for transfer in TRANSFERS:
        for extension in EXTENSIONS:
            desk.pbx.set_status(extension, transfer.statuses.get(extension, ("all",)))
        desk.pbx.manager.forget()

        def act(lab: QuickLab, of: str = transfer.first, other: str = transfer.second) -> tuple[str, str]:
            return connect_both(lab, of, other)

        seen = desk.with_phones(act, phones=("101",), p101="connects")
        # The first hangs up at last, by which the second is cut off if they were connected.
        both = ("cut", "cut") if transfer.denials else ("200", "cut")
        until(lambda: denied(desk) == transfer.denials)
        what = f"101 connects {transfer.first} with {transfer.second}"
        lacking = " ".join(transfer.denials) or "nothing"
        desk.check(f"{what}, lacking {lacking}", ((both, "101 2 times"), transfer.denials), (seen, denied(desk)))
    for extension in EXTENSIONS:
        desk.pbx.set_status(extension, ("all",))
    nobody = "with whom it was connected by a transfer is not known"
    before = len(desk.pbx.log())
    seen = desk.with_phones(lambda lab: replaced_by_caller(lab, "658", "103", "ended"), phones=("103",))
    said = until(lambda: f"denied: {nobody}" in desk.pbx.log()[before:])
    desk.check("101 connects 103 with a Local channel that is nobody's", (("ended", "103"), True), (seen, said))
    seen = desk.with_phones(lambda lab: replaced_by_caller(lab, "0301234", "103", "up"), phones=("103", "trunk"))
    desk.check("101 connects 103 with outside", ("up", "103 trunk"), seen)
    seen = desk.with_phones(sent_by_police, phones=("103", "trunk"))
    desk.check("outside connects 103 with an emergency of nobody's device", ("ended", "103 trunk"), seen)


def to_room(lab: QuickLab) -> tuple[bool, ...]:
    """Two are in a conference room, which 101 calls, and to which he sends who has called him. Who is in the room then."""
    for of in ("102", "103"):
        lab.place(of, "668", "consult")
    consultation = lab.place("101", "668", "consult")

    def there(*who: str) -> bool:
        shown = lab.pbx.command("confbridge list room")
        return all(f"PJSIP/{of}-" in shown for of in who)

    if not until(lambda: there("101", "102", "103")):
        raise Failed("they are not in the room")
    to = f"668@{agents.PBX[0]}?Replaces={agents.replaces(*consultation.tags())}"
    lab.phone("101", "transfer", refer_to=to)
    lab.place("trunk", "101", "consult")
    until(lambda: there("trunk"))
    until(lambda: not there("trunk", "102", "103"), 1)  # they are to stay
    return tuple(there(of) for of in ("102", "103", "trunk"))


def room(desk: Desk) -> None:
    """Who else is in a room does not count: neither is asked for whom comes to it."""
    for extension in EXTENSIONS:
        desk.pbx.set_status(extension, ("lo",))
    desk.pbx.set_status("101", ("lo", "ri"))
    desk.pbx.manager.forget()
    seen = desk.with_phones(to_room, phones=())[0]
    desk.check("101 sends outside to a room of two", ((True, True, True), ()), (seen, denied(desk)))

# SPDX-License-Identifier: MIT
"""A small language for what people in an office do with their phones, and how the rows written in it are looked at.

A row is steps with a semicolon between, such as "102 calls 101; is 101+102; 101 keys *2112; 101 hangs; is 102+trunk; stays".
Each is a verb of EVENTS with its words, or somebody, a verb of DEEDS and its words. The first step that is not so fails the row.

Somebody is a phone, or `trunk` for outside; of two clients `acme-101`. What he does, he does in his latest call: 101c is the
latest of those that he made, 101c0 the first of them, 101p and 101p0 are the same of those that rang his phone.

{101} in a step of AMI is the latest channel of that phone. A phone that rings is answered at once, unless the row says that it
is answered by a step; whoever is not in the row's statuses has none of the properties.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from typing import Callable

from real_calls import Failed

import agents
from calls import channels
from desk import Desk
from hostile_calls import Early, connected, presses, replaces, tag
from lab import QuickLab, until

SOMEBODY = r"(?:\w+-)?(?:trunk|\d{3})"
EMERGENCY = "let through, nobody is asked"
SETTLES = 0.4  # seconds until Asterisk has done what comes after an answer
RIGHT = "as it should be"


class Staff(Early):
    """A caller who also puts on hold."""

    held = 0  # what his last INVITE of that was answered

    def answered(self, response: agents.Message) -> None:
        number, method = response.get("cseq").split()
        if method != "INVITE" or number == "1":
            super().answered(response)
        elif response.status >= 200:
            self.request("ACK", self.dialog, cseq=int(number))
            self.held = response.status

    def offers(self, direction: str) -> None:
        with self.exchange.news:
            self.held = 0
            self.request("INVITE", self.dialog, body=f"{self.sdp}a={direction}\r\n")
        require(until(lambda: self.held == 200, 5), f"{direction} is answered {self.held}")


@dataclass
class Leg:
    """One call as one of the two has it."""

    agent: agents.Agent
    dialog: agents.Dialog
    ringing: agents.Ringing | None = None

    def replaces(self) -> str:
        if isinstance(self.agent, Staff):
            return self.agent.replaces()
        return replaces(self.dialog.call_id, tag(self.dialog.there), self.ringing.tag)

    def refers(self, to: str) -> None:
        headers = [f"Refer-To: <sip:{to}>", f"Referred-By: <sip:{self.agent.of}@{self.agent.where[0]}>"]
        with self.agent.exchange.news:
            if isinstance(self.agent, agents.Phone):  # which says it again where the two are not connected yet
                self.agent.refers[self.dialog.call_id] = (self.dialog, headers)
            self.agent.request("REFER", self.dialog, *headers)
        time.sleep(SETTLES)

    def replies(self, status: str, **more: str) -> None:
        """To what rings; anything but 1xx ends it."""
        with self.agent.exchange.news:
            self.ringing.is_over = not status.startswith("1")
            self.agent.reply(self.ringing.invite, status, tag=self.ringing.tag, **more)


def require(is_so: object, otherwise: object) -> None:
    if not is_so:
        raise Failed(str(otherwise))


class Day:
    """What has been done so far in a row."""

    def __init__(self, lab: QuickLab):
        self.lab = lab
        self.calls: dict[str, list[Staff]] = {}
        self.dialogs: dict[str, agents.Dialog] = {}  # of the calls that rang: one for each, so that its CSeq rises
        self.said = ""
        self.together = ""

    def does(self, step: str) -> None:
        first, *words = step.split()
        try:
            if first in EVENTS:
                EVENTS[first](self, *words)
            else:
                DEEDS[words[0]](self, first, *words[1:])
        except (Failed, IndexError) as failure:
            raise Failed(f"{step}: {failure}") from None

    def made(self, word: str) -> Staff:
        of, which = re.fullmatch(rf"({SOMEBODY})c?(\d*)", word).groups()
        return self.calls[of][int(which or -1)]

    def rung(self, word: str) -> Leg:
        of, which = re.fullmatch(rf"({SOMEBODY})p?(\d*)", word).groups()
        phone = self.lab.phones[of]
        ringing = [call for key, call in phone.calls.items() if key not in phone.before and call.tag]
        require(ringing, f"{of} does not ring")
        call = ringing[int(which or -1)]
        return Leg(phone, self.dialogs.setdefault(call.tag, call.dialog()), call)

    def leg(self, word: str) -> Leg:
        of, kind = re.fullmatch(rf"({SOMEBODY})([cp]?)\d*", word).groups()
        if kind == "c" or (not kind and of in self.calls):
            require(kind or not self.lab.phones[of].rang(), f"{of} has calls of both kinds")
            return Leg(self.made(word), self.made(word).dialog)
        return self.rung(word)

    def channels_of(self, of: str) -> list[list[str]]:
        return [fields for fields in channels(self.lab) if fields[0].startswith(f"PJSIP/{of}-")]

    def with_channels(self, text: str) -> str:
        def latest(somebody: re.Match[str]) -> str:
            require(until(lambda: self.channels_of(somebody[1]), 3), f"{somebody[1]} has no channel")
            return max(fields[0] for fields in self.channels_of(somebody[1]))

        return re.sub(rf"\{{({SOMEBODY})\}}", latest, text)


# ---- Events


def event_wait(_: Day, seconds: str) -> None:
    time.sleep(float(seconds))


def event_is(day: Day, *groups: str) -> None:
    """Who is together with whom, and nobody else is."""
    day.together = " ".join(groups)
    require(until(lambda: connected(day.lab) == day.together, 6), f"seen {connected(day.lab)!r}")


def event_stays(day: Day, seconds: str = "1") -> None:
    """As it was at the last `is`. Between two calls and the one that they become, nobody is connected for a moment."""
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        time.sleep(0.2)
        require(until(lambda: connected(day.lab) == day.together, 0.1), f"seen {connected(day.lab)!r}")


def event_none(day: Day) -> None:
    """No call is left."""
    require(until(lambda: not day.lab.pbx.channels(), 5), day.lab.pbx.command("core show channels concise"))


def event_parked(day: Day, lot: str = "default") -> None:
    require(until(lambda: re.search(r"Space *: *701", day.lab.pbx.command(f"parking show {lot}")), 5), "nobody is")


def event_agent(day: Day) -> None:
    """The agent who has logged in can be asked."""
    is_there = until(lambda: "NOT_INUSE" in day.lab.pbx.command("agent show online"), 9)
    require(is_there, day.lab.pbx.command("agent show online"))


def event_cli(day: Day, *words: str) -> None:
    day.said = day.lab.pbx.command(" ".join(words))


def event_says(day: Day, *words: str) -> None:
    """What the CLI has just said has these words, one after the other."""
    require(re.search(r".*".join(map(re.escape, words)), day.said), repr(day.said))


def event_ami(day: Day, action: str, *headers: str) -> None:
    wanted = dict(day.with_channels(header).split("=", 1) for header in headers)
    answers: list[dict[str, str]] = []

    def succeeds() -> bool:
        answers.append(day.lab.pbx.manager.action(action, **wanted))
        return answers[-1]["Response"] == "Success"

    require(until(succeeds, 2), answers[-1:])


# ---- Deeds


def dials(day: Day, who: str, number: str) -> None:
    """He does not wait until it is answered."""
    caller = Staff(day.lab.exchange, who, number, "stays")
    day.lab.others.append(caller)
    day.calls.setdefault(who, []).append(caller)


def calls(day: Day, who: str, number: str) -> None:
    dials(day, who, number)
    final(day, who, "200")
    time.sleep(SETTLES)


def final(day: Day, who: str, status: str) -> None:
    """What he dialled is answered with this status of SIP."""
    caller = day.made(who)
    until(lambda: caller.final, 10)
    require(str(caller.final) == status, caller.final or "nothing comes")


def cut(day: Day, who: str, cause: str = "") -> None:
    """His call is ended by Asterisk."""
    caller = day.made(who)
    require(until(lambda: caller.cut, 6) and cause in caller.cut, caller.cut or "it is not")


def rings(day: Day, who: str, times: str = "1") -> None:
    """So many calls have rung his phone in this row, at least."""
    require(until(lambda: day.lab.phones[who].rang() >= int(times), 10), day.lab.phones[who].rang())


def rang(day: Day, who: str, times: str) -> None:
    require(day.lab.phones[who].rang() == int(times), day.lab.phones[who].rang())


def answers(day: Day, who: str) -> None:
    leg = day.rung(who)
    with day.lab.exchange.news:
        leg.agent.answer(leg.ringing)
    time.sleep(SETTLES)


def busy(day: Day, who: str) -> None:
    day.rung(who).replies("486 Busy Here")


def declines(day: Day, who: str) -> None:
    day.rung(who).replies("603 Decline")


def plays(day: Day, who: str) -> None:
    """Early media."""
    leg = day.rung(who)
    leg.replies("183 Session Progress", body=leg.agent.sdp)


def redirects(day: Day, who: str, number: str) -> None:
    """His phone forwards what rings it."""
    leg = day.rung(who)
    with day.lab.exchange.news:
        leg.agent.contact, own = f"<sip:{number}@127.0.0.1>", leg.agent.contact
        leg.replies("302 Moved Temporarily")
        leg.agent.contact = own


def blind(day: Day, who: str, number: str) -> None:
    day.leg(who).refers(f"{number}@127.0.0.1")


def joins(day: Day, who: str, other: str) -> None:
    """An attended transfer: he makes one call of this and of another of his."""
    day.leg(who).refers(f"x@127.0.0.1?Replaces={day.leg(other).replaces()}")


def keys(day: Day, who: str, pressed: str) -> None:
    leg = day.leg(who)
    time.sleep(SETTLES)
    presses(leg.agent, leg.dialog, pressed)


def hangs(day: Day, who: str) -> None:
    leg = day.leg(who)
    time.sleep(SETTLES)
    with day.lab.exchange.news:
        leg.agent.request("BYE", leg.dialog)


def hold(day: Day, who: str) -> None:
    day.made(who).offers("sendonly")


def resume(day: Day, who: str) -> None:
    day.made(who).offers("sendrecv")


def is_in(day: Day, who: str, application: str) -> None:
    """One of his channels is in that application of the dialplan."""
    is_there = until(lambda: any(fields[5] == application for fields in day.channels_of(who)), 8)
    require(is_there, [fields[5] for fields in day.channels_of(who)])


# fmt: off
EVENTS: dict[str, Callable[..., None]] = {
    "wait": event_wait, "is": event_is, "stays": event_stays, "none": event_none, "parked": event_parked,
    "agent": event_agent, "cli": event_cli, "says": event_says, "ami": event_ami,
}
DEEDS: dict[str, Callable[..., None]] = {
    "dials": dials, "calls": calls, "final": final, "cut": cut, "hangs": hangs, "hold": hold, "resume": resume,
    "rings": rings, "rang": rang, "answers": answers, "busy": busy, "declines": declines, "plays": plays,
    "redirects": redirects, "blind": blind, "joins": joins, "keys": keys, "in": is_in,
}
# fmt: on


@dataclass
class Row:
    name: str
    statuses: str  # "101 lo ro, 102 li"
    steps: str
    by_hand: str = ""  # the phones that a step answers
    denials: str = ""  # the extensions, or clients, of those that are told; "" where no denial is

    def granted(self, extension: str) -> tuple[str, ...]:
        each = (words.split() for words in self.statuses.split(","))
        return next((tuple(properties) for who, *properties in filter(None, each) if who == extension), ())


@dataclass
class People:
    extensions: tuple[str, ...]
    phones: tuple[str, ...]


def denials(desk: Desk) -> set[str]:
    """Of the extensions whose denials are told; of a call that is nobody's, its client."""
    manager = desk.pbx.manager
    manager.action("UserEvent", UserEvent="Over")
    until(lambda: manager.named("UserEvent"), 5)
    told = manager.named("CallpropDenial")
    return {event.get("Extension") or event.get("Client") or event.get("Channel", "") for event in told}


def done(desk: Desk, row: Row, people: People) -> str:
    lab = desk.lab_of(desk.pbx, desk.folder)
    day = Day(lab)
    try:
        for of in people.phones:
            lab.phone(of, "ringing" if of in row.by_hand.split() else "phone")
        for step in row.steps.split(";"):
            day.does(step)
    except Failed as failure:
        return str(failure)
    finally:
        lab.end()
    return RIGHT


def one(desk: Desk, row: Row, people: People) -> str:
    for extension in people.extensions:
        desk.pbx.set_status(extension, row.granted(extension))
    desk.pbx.manager.forget()
    before = len(desk.pbx.log())
    seen = done(desk, row, people)
    if (told := denials(desk)) != set(row.denials.split()):
        seen += f"; denials of {sorted(told)}"
    logged = [line for line in desk.pbx.logged(before) if EMERGENCY not in line]
    if (logged and not row.denials) or seen != RIGHT:
        seen += "".join(f"; {line}" for line in logged[:4])
    return seen


def look_at(rows: list[Row], people: People) -> Callable[[Desk], None]:
    """HOSTILE=PATTERN, for those alone whose name has it."""

    def look(desk: Desk) -> None:
        for row in rows:
            if re.search(os.environ.get("HOSTILE", ""), row.name):
                desk.check(row.name, RIGHT, one(desk, row, people))

    return look

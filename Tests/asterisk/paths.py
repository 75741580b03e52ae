# SPDX-License-Identifier: MIT
"""The table of paths: how each call is made, whom it asks for which property, and what it rings when that is there or not."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Callable

from pbx import MNEMOS, Pbx
from real_calls import Failed
from sip import Caller, Phone

WAIT = 6


def until(condition: Callable[[], object], seconds: float = WAIT) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class Lab:
    """The PBX with the phones of one case."""

    def __init__(self, pbx: Pbx, folder):
        self.pbx, self.folder = pbx, folder
        self.phones: dict[str, Phone] = {}
        self.others: list[Caller] = []

    def phone(self, of: str, scenario: str = "phone", **keys: str) -> Phone:
        self.phones[of] = Phone(self.folder, of, scenario, **keys)
        return self.phones[of]

    def call(self, of: str, number: str, scenario: str = "call", **keys: str) -> str:
        caller = self.place(of, number, scenario, **keys)
        return caller.result()

    def place(self, of: str, number: str, scenario: str = "call", **keys: str) -> Caller:
        """A call that is not waited for."""
        self.others.append(Caller(self.folder, of, number, scenario, **keys))
        return self.others[-1]

    def rang(self) -> dict[str, int]:
        return {of: phone.rang() for of, phone in sorted(self.phones.items()) if phone.rang()}

    def expect_ring(self, of: str) -> None:
        if not until(self.phones[of].rang):
            raise Failed(f"{of} does not ring")

    def end(self) -> None:
        # In this order: an INVITE that a phone no longer answers would reach the same phone of the next case.
        self.pbx.hang_up_all()
        for process in (*self.others, *self.phones.values()):
            process.end()


@dataclass
class Row:
    path: str
    what: str
    asked: str | tuple[str, ...]  # the extension, or extensions, whose status is changed
    prop: str
    act: Callable[[Lab], str]
    permitted: tuple[str, str]  # what the caller sees; what rings, in the order of the names
    denied: tuple[str, str]
    extra: tuple[str, ...] = ()  # properties that the asked extension needs on the way to this decision
    phones: dict[str, tuple] = field(default_factory=dict)  # phones that do not just answer: scenario and its keys
    required: str = ""  # the property in the denial, where it is another
    tried_again: bool = False  # Queue() tries a member again, and denies it again

    def asks(self) -> tuple[str, ...]:
        return (self.asked,) if isinstance(self.asked, str) else self.asked

    def statuses(self, permitted: bool) -> dict[str, tuple[str, ...]]:
        """Permitted with nothing but the property; denied with everything but it."""
        if permitted:
            granted = {self.prop, *self.extra}
        else:
            granted = set() if self.prop == "all" else {*MNEMOS} - {self.prop, "all"}
        return {extension: tuple(granted) for extension in self.asks()}


# ---- How calls are made -------------------------------------------------------------------------------------------

def call(of: str, number: str, scenario: str = "call", **keys: str) -> Callable[[Lab], str]:
    return lambda lab: lab.call(of, number, scenario, **keys)


def menu(of: str, digit: str) -> Callable[[Lab], str]:
    return lambda lab: lab.call(of, "600", "menu", digit=digit)


def keys(of: str, number: str, pressed: str) -> Callable[[Lab], str]:
    """A call during which the caller presses keys, such as a transfer's. Then he hangs up."""
    def act(lab: Lab) -> str:
        result = lab.call(of, number, "keys", **{f"k{place}": key for place, key in enumerate(pressed)})
        time.sleep(0.5)
        return result
    return act


def settled(lab: Lab) -> str:
    """Waits until a call that the PBX made has come to what it comes to."""
    answered = {phone for phone in lab.phones if lab.phones[phone].rang()}
    time.sleep(0.9)
    until(lambda: not lab.pbx.channels() or set(lab.rang()) != answered, 0.3)
    return "up" if lab.pbx.channels() else "ended"


def originate(first: str, second: str) -> Callable[[Lab], str]:
    def act(lab: Lab) -> str:
        lab.pbx.rx(f"channel originate {first} extension {second}@internal")
        return settled(lab)
    return act


def call_file(first: str, second: str) -> Callable[[Lab], str]:
    def act(lab: Lab) -> str:
        spool = lab.pbx.base / "spool"
        file = spool / "tmp/call"
        file.write_text(f"Channel: {first}\nContext: internal\nExtension: {second}\nPriority: 1\nMaxRetries: 0\n")
        file.rename(spool / "outgoing/call")
        until(lambda: not (spool / "outgoing/call").exists() or lab.pbx.channels())
        return settled(lab)
    return act


def ami_originate(first: str, second: str) -> Callable[[Lab], str]:
    def act(lab: Lab) -> str:
        lab.pbx.manager.action("Originate", Channel=first, Context="internal", Exten=second, Priority="1", Async="true")
        return settled(lab)
    return act


def transfer(of: str, to: str) -> Callable[[Lab], str]:
    """Somebody calls 101, who transfers him (the phone's scenario); what the caller sees, who stays on the line."""
    return lambda lab: lab.call(of, "101", "long_call")


def attended(of: str, to: str) -> Callable[[Lab], str]:
    """101 calls `to`; then `of` calls 101, and 101 makes one call of the two."""
    def act(lab: Lab) -> str:
        consultation = lab.place("101", to, "consult")
        logged = consultation.log

        def over() -> bool:
            return consultation.process.poll() is not None
        if not until(lambda: "to-tag" in (logged.read_text() if logged.exists() else "") or over()):
            raise Failed("the consultation is neither answered nor refused")
        if over():
            return consultation.result()
        tags = re.search(r"(\S+);to-tag=([^;]+);from-tag=(\S+)", logged.read_text())
        replaces = f"{tags[1]}%3Bto-tag%3D{tags[2]}%3Bfrom-tag%3D{tags[3]}".replace("@", "%40")
        lab.phone("101", "transfer", refer_to=f"{to}@127.0.0.1?Replaces={replaces}").wait_until_ready()
        return lab.call(of, "101", "long_call")
    return act


def pickup(of: str, number: str, rings: str, by: str, dialled: str) -> Callable[[Lab], str]:
    def act(lab: Lab) -> str:
        lab.place(of, number, "long_call")
        lab.expect_ring(rings)
        time.sleep(0.1)
        return lab.call(by, dialled)
    return act


def retrieve(of: str, number: str, by: str) -> Callable[[Lab], str]:
    """Somebody calls 101, who parks him (the phone's scenario); another retrieves the call."""
    def act(lab: Lab) -> str:
        lab.place(of, number, "long_call")
        if not until(lambda: re.search(r"Space *: *701", lab.pbx.rx("parking show default"))):
            raise Failed("the call is not parked")
        return lab.call(by, "701")
    return act


# ---- The table ----------------------------------------------------------------------------------------------------

ANSWERED, REFUSED, CUT = "200", "403", "cut 21"
RINGS = {"102": ("ringing", {})}


def refers(to: str) -> dict[str, tuple]:
    return {"101": ("transfer", {"refer_to": f"{to}@127.0.0.1"})}


def forwards(to: str) -> dict[str, tuple]:
    return {"104": ("redirect", {"forward_to": to})}


CALLBACK = "Local/%s@callprop-callback/n"

TABLE = [
    Row("direct", "outside calls 102", "102", "ri", call("trunk", "102"), (ANSWERED, "102"), (REFUSED, "")),
    Row("direct", "outside calls 102", "102", "all", call("trunk", "102"), (ANSWERED, "102"), (REFUSED, ""), required="ri"),
    Row("direct", "101 calls 102", "102", "li", call("101", "102"), (ANSWERED, "102"), (REFUSED, "")),
    Row("direct", "101 calls 102", "101", "lo", call("101", "102"), (ANSWERED, "102"), (REFUSED, "")),
    Row("direct", "101 calls outside", "101", "ro", call("101", "0301234"), (ANSWERED, "trunk"), (REFUSED, "")),
    Row("direct", "101 calls outside", "101", "all", call("101", "0301234"), (ANSWERED, "trunk"), (REFUSED, ""), required="ro"),

    Row("voice menu", "101 enters the menu", "101", "lo", call("101", "600"), (ANSWERED, ""), (REFUSED, "")),
    Row("voice menu", "outside, menu, 102", "102", "ri", menu("trunk", "2"), (ANSWERED, "102"), (CUT, "")),
    Row("voice menu", "101, menu, 102", "102", "li", menu("101", "2"), (ANSWERED, "102"), (CUT, "")),
    Row("voice menu", "outside, menu, queue", "102", "qri", menu("trunk", "5"), (ANSWERED, "102"), (ANSWERED, "103")),
    Row("voice menu", "101, menu, outside", "101", "ro", menu("101", "9"), (ANSWERED, "trunk"), (CUT, ""), extra=("lo",)),

    Row("queue, PJSIP", "101 calls the queue", "101", "lo", call("101", "500"), (ANSWERED, "102"), (REFUSED, "")),
    Row("queue, PJSIP", "outside, next member", "102", "qri", call("trunk", "500"), (ANSWERED, "102"), (ANSWERED, "103")),
    Row("queue, PJSIP", "101, next member", "102", "qli", call("101", "500"), (ANSWERED, "102"), (ANSWERED, "103")),
    Row("queue, PJSIP", "outside, all members", ("102", "103"), "qri", call("trunk", "500"), (ANSWERED, "102"), (REFUSED, ""),
        tried_again=True),
    Row("queue, PJSIP", "101, all members", ("102", "103"), "all", call("101", "500"), (ANSWERED, "102"), (REFUSED, ""),
        required="qli", tried_again=True),
    Row("queue, Local", "outside, next member", "102", "qri", call("trunk", "501"), (ANSWERED, "102"), (ANSWERED, "103")),
    Row("queue, Local", "101, next member", "102", "qli", call("101", "501"), (ANSWERED, "102"), (ANSWERED, "103")),

    Row("callback, CLI", "queue, then outside", ("102", "103"), "cq", originate(CALLBACK % "500*0301234", "0301234"),
        ("up", "102 trunk"), ("ended", ""), tried_again=True),
    Row("callback, CLI", "queue: next agent", "102", "cq", originate(CALLBACK % "500*0301234", "0301234"),
        ("up", "102 trunk"), ("up", "103 trunk")),
    Row("callback, CLI", "Local agent", "102", "cq", originate(CALLBACK % "501*0301234", "0301234"),
        ("up", "102 trunk"), ("up", "103 trunk")),
    Row("callback, CLI", "102, then 103", "102", "lo", originate(CALLBACK % "102*103", "103"), ("up", "102 103"), ("ended", "")),
    Row("callback, CLI", "102, then outside", "102", "ro", originate(CALLBACK % "102*0301234", "0301234"),
        ("up", "102 trunk"), ("ended", "")),
    Row("callback, CLI", "101, then 102", "102", "li", originate(CALLBACK % "101*102", "102"),
        ("up", "101 102"), ("ended", "101")),
    Row("callback, CLI", "101, then queue", "102", "qli", originate(CALLBACK % "101*500", "500"),
        ("up", "101 102"), ("up", "101 103")),
    Row("callback, CLI", "outside, then 102", "102", "ri", originate(CALLBACK % "0301234*102", "102"),
        ("up", "102 trunk"), ("ended", "trunk")),
    Row("callback, CLI", "outside, then queue", "102", "qri", originate(CALLBACK % "0301234*500", "500"),
        ("up", "102 trunk"), ("up", "103 trunk")),
    Row("callback, CLI", "queue, then 101", "101", "li", originate(CALLBACK % "500*101", "101"),
        ("up", "101 102"), ("ended", "102")),
    Row("callback, CLI", "no CALLBACK_TO, outside", "102", "ro", originate("Local/102@internal/n", "0301234"),
        ("up", "102 trunk"), ("ended", "102")),
    Row("callback, CLI", "Local channels that merge", "102", "lo", originate("Local/102*103@callprop-callback", "103"),
        ("up", "102 103"), ("ended", "")),
    Row("callback, CLI", "no CALLBACK_TO, queue", "102", "qli", originate("Local/101@internal/n", "500"),
        ("up", "101 102"), ("up", "101 103")),
    Row("callback, CLI", "phone originated", "102", "ro", originate("PJSIP/102", "0301234"),
        ("up", "102 trunk"), ("ended", "102")),
    Row("callback, CLI", "phone originated", "102", "all", originate("PJSIP/102", "0301234"),
        ("up", "102 trunk"), ("ended", "102"), required="lo"),
    Row("callback, file", "queue, then outside", ("102", "103"), "cq", call_file(CALLBACK % "500*0301234", "0301234"),
        ("up", "102 trunk"), ("ended", ""), tried_again=True),
    Row("callback, file", "102, then 103", "102", "lo", call_file(CALLBACK % "102*103", "103"), ("up", "102 103"), ("ended", "")),
    Row("callback, AMI", "queue, then outside", ("102", "103"), "cq", ami_originate(CALLBACK % "500*0301234", "0301234"),
        ("up", "102 trunk"), ("ended", ""), tried_again=True),
    Row("callback, AMI", "102, then outside", "102", "ro", ami_originate(CALLBACK % "102*0301234", "0301234"),
        ("up", "102 trunk"), ("ended", "")),

    Row("call forward", "outside, 104 to 103", "103", "ri", call("trunk", "104"), (ANSWERED, "103 104"), (REFUSED, "104"),
        phones=forwards("103")),
    Row("call forward", "101, 104 to 103", "103", "li", call("101", "104"), (ANSWERED, "103 104"), (REFUSED, "104"),
        phones=forwards("103")),
    Row("call forward", "104 to 103", "104", "lo", call("trunk", "104"), (ANSWERED, "103 104"), (REFUSED, "104"),
        phones=forwards("103"), extra=("ri",)),
    Row("call forward", "104 to outside", "104", "ro", call("trunk", "104"), (ANSWERED, "104 trunk"), (REFUSED, "104"),
        phones=forwards("0301234"), extra=("ri",)),
    Row("call forward", "queue member to outside", "104", "ro", call("trunk", "502"), (ANSWERED, "104 trunk"), (REFUSED, "104"),
        phones=forwards("0301234"), extra=("qri",)),
    Row("call forward", "109 by the dialplan", "109", "ro", call("trunk", "109"), (ANSWERED, "trunk"), (REFUSED, ""),
        extra=("ri",)),
    Row("call forward", "109 to a queue", "109", "lo", call("trunk", "110"), (ANSWERED, "102"), (REFUSED, ""), extra=("ri",)),
    Row("call forward", "109 is not reached", "109", "ri", call("trunk", "109"), (ANSWERED, "trunk"), (REFUSED, ""),
        extra=("ro",)),

    Row("blind transfer", "outside to 103", "103", "ri", transfer("trunk", "103"), (ANSWERED, "101 103"), (CUT, "101"),
        phones=refers("103")),
    Row("blind transfer", "102 to 103", "103", "li", transfer("102", "103"), (ANSWERED, "101 103"), (CUT, "101"),
        phones=refers("103")),
    Row("blind transfer", "101 sends inside", "101", "lo", transfer("trunk", "103"), (ANSWERED, "101 103"), (CUT, "101"),
        phones=refers("103"), extra=("ri",)),
    Row("blind transfer", "101 sends outside", "101", "ro", transfer("trunk", "0301234"), (ANSWERED, "101 trunk"), (CUT, "101"),
        phones=refers("0301234"), extra=("ri",)),
    Row("blind transfer", "outside sends 101 away", "101", "lo", call("101", "0301234", "long_call"), (ANSWERED, "103 trunk"),
        (CUT, "trunk"), phones={"trunk": ("transfer", {"refer_to": "103@127.0.0.1"})}, extra=("ro",)),
    Row("blind transfer", "outside to the queue", "102", "qri", transfer("trunk", "500"), (ANSWERED, "101 102"),
        (ANSWERED, "101 103"), phones=refers("500")),
    Row("blind transfer", "by a queue's member", "103", "ri", call("trunk", "500", "long_call"),
        (ANSWERED, "102 103"), (CUT, "102"), phones={"102": ("transfer", {"refer_to": "103@127.0.0.1"})}),
    Row("blind transfer", "by a Local member", "103", "ri", call("trunk", "501", "long_call"),
        (ANSWERED, "102 103"), (CUT, "102"), phones={"102": ("transfer", {"refer_to": "103@127.0.0.1"})}),
    Row("attended transfer", "outside to 103", "103", "ri", attended("trunk", "103"), (ANSWERED, "101 103"), (CUT, "101 103"),
        extra=("li",)),
    Row("attended transfer", "102 to 103", "103", "li", attended("102", "103"), (ANSWERED, "101 103"), (REFUSED, "")),

    Row("transfer by keys", "blind, outside to 103", "103", "ri", keys("101", "0301234", "#1103"), ("cut 16", "103 trunk"),
        ("cut 16", "trunk")),
    Row("transfer by keys", "blind, 102 to outside", "101", "ro", keys("101", "102", "#1030"), ("cut 16", "102 trunk"),
        ("cut 16", "102"), extra=("lo",)),
    Row("transfer by keys", "attended, 101 calls 103", "103", "li", keys("101", "0301234", "*2103"), (ANSWERED, "103 trunk"),
        (ANSWERED, "trunk"), extra=("ri",)),
    Row("transfer by keys", "attended, outside to 103", "103", "ri", keys("101", "0301234", "*2103"), (ANSWERED, "103 trunk"),
        (ANSWERED, "103 trunk"), extra=("li",)),

    Row("ring group", "outside, 102 and 103", "102", "ri", call("trunk", "610"), (ANSWERED, "102 103"), (ANSWERED, "103")),
    Row("ring group", "101, 102 and 103", "102", "li", call("101", "610"), (ANSWERED, "102 103"), (ANSWERED, "103")),
    Row("ring group", "outside, nobody", ("102", "103"), "ri", call("trunk", "610"), (ANSWERED, "102 103"), (REFUSED, "")),
    Row("ring group", "101 calls it", "101", "lo", call("101", "610"), (ANSWERED, "102 103"), (REFUSED, "")),

    Row("pickup", "outside rings 102", "103", "ri", pickup("trunk", "102", "102", "103", "*8102"), (ANSWERED, "102"),
        (REFUSED, "102"), phones=RINGS),
    Row("pickup", "101 rings 102", "103", "li", pickup("101", "102", "102", "103", "*8102"), (ANSWERED, "102"),
        (REFUSED, "102"), phones=RINGS),
    Row("pickup", "by group", "103", "ri", pickup("trunk", "102", "102", "103", "*8"), (ANSWERED, "102"),
        (REFUSED, "102"), phones=RINGS),
    Row("pickup", "of a queue's call", "104", "qri", pickup("trunk", "500", "102", "104", "*8102"), (ANSWERED, "102"),
        (REFUSED, "102"), phones=RINGS),

    Row("parking", "outside is parked", "103", "ri", retrieve("trunk", "101", "103"), (ANSWERED, "101"), (REFUSED, "101"),
        phones=refers("700")),
    Row("parking", "102 is parked", "103", "li", retrieve("102", "101", "103"), (ANSWERED, "101"), (REFUSED, "101"),
        phones=refers("700")),

    Row("FollowMe", "outside, 107 to 103", "103", "ri", call("trunk", "107"), (ANSWERED, "103"), (CUT, "")),
    Row("FollowMe", "107 sends inside", "107", "lo", call("trunk", "107"), (ANSWERED, "103"), (CUT, ""), extra=("ri",)),
    Row("FollowMe", "108 sends outside", "108", "ro", call("trunk", "108"), (ANSWERED, "trunk"), (CUT, ""), extra=("ri",)),
    Row("FollowMe", "107 is not reached", "107", "ri", call("trunk", "107"), (ANSWERED, "103"), (REFUSED, ""), extra=("lo",)),
]

PHONES = ("101", "102", "103", "104", "trunk")


@dataclass
class Outcome:
    row: Row
    permitted: bool
    expected: str
    seen: str


def summary(result: str, rings: str, denials: list[str]) -> str:
    return f"{result}; rings {rings or 'nobody'}" + (f"; denied {' '.join(denials)}" if denials else "")


def measure(pbx: Pbx, folder, row: Row, permitted: bool) -> Outcome:
    """One call, with what it should come to and what it came to."""
    statuses = {extension: ("all",) for extension in ("101", "102", "103", "104", "107", "108", "109")}
    statuses.update(row.statuses(permitted))
    for extension, granted in statuses.items():
        pbx.set_status(extension, granted)
    pbx.manager.forget()
    before = len(pbx.log())

    lab = Lab(pbx, folder)
    try:
        for of in PHONES:
            scenario, keys = row.phones.get(of, ("phone", {}))
            if row.path != "attended transfer" or of != "101":
                lab.phone(of, scenario, **keys)
        for phone in lab.phones.values():
            phone.wait_until_ready()
        try:
            result = row.act(lab)
        except Failed as failure:
            result = f"FAILED: {failure}"
        rings = " ".join(of if count == 1 else f"{of} {count} times" for of, count in lab.rang().items())
    finally:
        lab.end()

    denials = [] if permitted else [f"{extension}:{row.required or row.prop}" for extension in row.asks()]

    def seen_denials() -> list[str]:
        """Each denial is an event and one line of the log."""
        seen = sorted(f"{event['Extension']}:{event['Required']}" for event in pbx.manager.named("CallpropDenial"))
        logged = len(re.findall(r"res_callprop\.c: Call .*: Denied: ", pbx.log()[before:]))
        if logged != len(seen):
            seen.append(f"({logged} lines in the log)")
        return sorted(set(seen)) if row.tried_again else seen
    # Both are written by threads of their own.
    until(lambda: seen_denials() == denials, 2)
    seen = seen_denials()
    expected = row.permitted if permitted else row.denied
    return Outcome(row, permitted, summary(*expected, denials), summary(result, rings, seen))

# SPDX-License-Identifier: MIT
"""Numbers for which nobody is asked: emergency numbers and services; and that what is dialled makes them no way to anywhere else."""

from __future__ import annotations

from dataclasses import dataclass

from answers import logged
from calls import AnyLab, ami_originate
from desk import Desk
from lab import until

PHONES = ("101", "102", "trunk")


@dataclass
class Dialled:
    what: str
    of: str
    number: str
    status: tuple[str, ...]  # of who calls, or, when a trunk does, of 102
    expected: tuple[str, str]  # what the caller sees; what rings
    logged: str = ""


LET_THROUGH = ("200", "trunk")
DENIED = ("403", "")
NOTHING: tuple[str, ...] = ()
LO_ONLY, RO_ONLY = ("lo",), ("ro",)
UNASKED = "let through, nobody is asked"

EMERGENCIES = (
    Dialled("a status that grants nothing", "101", "112", NOTHING, LET_THROUGH, f"emergency number 112: {UNASKED}"),
    Dialled("a status that grants all", "101", "112", ("all",), LET_THROUGH, f"emergency number 112: {UNASKED}"),
    Dialled("a phone that callprop.conf does not know", "119", "112", NOTHING, LET_THROUGH, UNASKED),
    Dialled("a status that grants nothing, and a phone inside", "101", "911", NOTHING, ("200", "102 trunk"), UNASKED),
    Dialled("a - in it, which Asterisk skips", "101", "1-1-2", NOTHING, LET_THROUGH, UNASKED),
    Dialled("what begins like one", "101", "1120", LO_ONLY, DENIED, "which needs ro"),
    Dialled("what begins like one, permitted", "101", "1120", RO_ONLY, LET_THROUGH),
    Dialled("one with another number behind", "101", "1120301234", LO_ONLY, DENIED, "which needs ro"),
    Dialled("a part of one", "101", "11", LO_ONLY, ("484", "")),
    Dialled("another digit", "101", "113", LO_ONLY, DENIED, "which needs ro"),
    Dialled("a kind behind a comma", "101", "112,queue0301234", LO_ONLY, DENIED),
    Dialled("a number behind a comma", "101", "112,0301234", LO_ONLY, DENIED),
    Dialled("a number behind two commas", "101", "112,,0301234", LO_ONLY, DENIED),
    Dialled("a number behind commas, percent-encoded", "101", "112%2C%2C0301234", LO_ONLY, DENIED),
    Dialled("a blank behind", "101", "112%20", LO_ONLY, DENIED),
    Dialled("a number behind *", "101", "112*0301234", LO_ONLY, DENIED, "which needs ro"),
    Dialled("a number behind &", "101", "112&0301234", LO_ONLY, DENIED),
    Dialled("a number behind &, percent-encoded", "101", "112%26PJSIP%2F0301234", LO_ONLY, DENIED),
    Dialled("a dialplan that goes on with another number", "101", "199", LO_ONLY, DENIED, "which needs ro"),
    Dialled("a dialplan that goes on, permitted", "101", "199", RO_ONLY, LET_THROUGH),
)

ONLY_ITSELF = "denied: a service is for the phone of an extension that dials it itself"

SERVICES = (
    Dialled("a status that grants nothing", "101", "*60", NOTHING, ("200", "")),
    Dialled("a - in it, which Asterisk skips", "101", "*-60", NOTHING, ("200", "")),
    Dialled("a number that is none", "101", "*61", NOTHING, DENIED, "which needs ro"),
    Dialled("from outside", "trunk", "*60", ("all",), DENIED, ONLY_ITSELF),
    Dialled("a phone that callprop.conf does not know", "119", "*60", NOTHING, DENIED, ONLY_ITSELF),
    Dialled("it rings somebody", "101", "*62", ("all",), DENIED, "denied: where the call began is not known"),
    Dialled("what came before is over", "101", "646", ("all",), DENIED, "denied: where the call began is not known"),
    Dialled("it goes on outside", "101", "*63", LO_ONLY, DENIED, "which needs ro"),
    Dialled("it goes on outside, permitted", "101", "*63", RO_ONLY, LET_THROUGH),
)


def dial(desk: Desk, kind: str, row: Dialled) -> None:
    before = len(desk.pbx.log())
    desk.pbx.set_status("101", row.status)
    seen = desk.with_phones(lambda lab: lab.call(row.of, row.number), *row.expected, phones=PHONES)
    said = not row.logged or logged(desk.pbx, before, row.logged)
    desk.check(f"{kind}, {row.what}", (*row.expected, True), (*seen, said))


def emergency(desk: Desk) -> None:
    for extension in ("101", "102"):
        desk.pbx.set_status(extension, ())
    for row in EMERGENCIES:
        dial(desk, "emergency", row)
    desk.pbx.set_status("101", ())
    desk.pbx.manager.forget()
    desk.with_phones(lambda lab: lab.call("101", "112"), *LET_THROUGH, phones=PHONES)
    until(lambda: desk.pbx.manager.named("CallpropEmergency"))
    seen = [(event["Number"], event["Channel"][:9]) for event in desk.pbx.manager.named("CallpropEmergency")]
    desk.check("emergency: an event", [("112", "PJSIP/101")], seen)
    desk.check("emergency: nobody is denied", [], desk.pbx.manager.named("CallpropDenial"))
    for number, expected in (("112", ("up", "101 trunk")), ("0301234", ("ended", ""))):
        seen = desk.with_phones(
            ami_originate(f"Local/101*{number}@callprop-callback/n", number), *expected, phones=PHONES
        )
        desk.check(f"emergency: the PBX connects 101 with {number}", expected, seen)
    # Who is rung for 112 by the PBX is not let through to another number.
    expected = ("ended", "101")
    seen = desk.with_phones(ami_originate("Local/101*112@callprop-callback/n", "0301234"), *expected, phones=PHONES)
    desk.check("emergency: the PBX says 112, and means another number", expected, seen)


def services(desk: Desk) -> None:
    desk.pbx.rx("database del callprop 101")
    desk.pbx.rx("module reload res_callprop.so")
    for row in SERVICES:
        dial(desk, "service", row)
    desk.pbx.set_status("101", ())
    desk.with_phones(lambda lab: lab.call("101", "*60"))
    desk.check("service: it was carried out", "all", desk.status("101"))
    # 102, whom 101 transfers, would change his own status. He has not dialled it.
    desk.pbx.set_status("101", ("all",))
    desk.pbx.set_status("102", ("lo",))

    def transferred(lab: AnyLab) -> str:
        lab.phone("101", "transfer", refer_to="*60@127.0.0.1").wait_until_ready()
        return lab.call("102", "101", "long_call")

    before = len(desk.pbx.log())
    desk.with_phones(transferred, phones=("102",))
    desk.check("service: transferred there", (True, "lo"), (logged(desk.pbx, before, ONLY_ITSELF), desk.status("102")))

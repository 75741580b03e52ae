# SPDX-License-Identifier: MIT
"""What repeats itself in one call is told once and then counted, and nothing of it is lost."""

from __future__ import annotations

import re
import time

from calls import AnyLab
from desk import Desk
from lab import until
from pbx import Pbx, callprop_conf
from setups import Setup

CALL = "src=external,dst=queue,leg=dst,callback=false"
UNKNOWN = "PJSIP/119: this is neither the interface of an extension nor a trunk of callprop.conf"


WHO = {"102": f"102 li {CALL}", "103": f"103 none {CALL}", "119": f"- - {UNKNOWN}"}
COLUMNS = ("Last", "Call", "Extension", "Status", "Times", "What")
PERIOD = 60  # seconds; what was counted is told after each


def shown(pbx: Pbx) -> list[tuple[str, ...]]:
    """When last, by whom, how often, and what; in the order in which they are shown."""
    header, *lines = pbx.command("callprop show denials").splitlines() or [" ".join(COLUMNS)]
    rows = [re.fullmatch(r"(\d\d:\d\d:\d\d) +\S+ +(\S+ +\S+) +(\d+)  (.*)", line).groups() for line in lines]
    return rows if tuple(header.split()) == COLUMNS else [("no header",)]


def counted(pbx: Pbx) -> dict[str, int]:
    """How often more than once, by whom; of the last call."""
    return {f"{' '.join(who.split())} {what}": int(times) - 1 for _, who, times, what in shown(pbx)}


def waits(lab: AnyLab) -> str:
    """Somebody outside waits in a queue whose members are asked again and again, and denied."""
    lab.place("trunk", "503", "long_call")
    enough = until(lambda: all(counted(lab.pbx).get(each, 0) >= 2 for each in WHO.values()), 20)
    return "counted" if enough else f"only {counted(lab.pbx)}"


def told(pbx: Pbx, before: int, text: str) -> int:
    return len(re.findall(re.escape(text), pbx.log()[before:]))


def more(final: dict[str, int]) -> dict[str, int]:
    """What is told of that many, each once."""
    lines = {
        f"extension {of}, status '{status}': denied {final[WHO[of]]} more times: {CALL}": 1
        for of, status in (("102", "li"), ("103", "none"))
    }
    return {**lines, f"denied {final[WHO['119']]} more times: {UNKNOWN}": 1}


def denials(desk: Desk) -> None:
    pbx = desk.pbx
    # What other tests left is forgotten with the module.
    pbx.rx("module unload res_callprop.so")
    pbx.rx("module load res_callprop.so")
    pbx.set_status("102", ("li",))
    pbx.set_status("103", ())
    pbx.manager.forget()
    before = len(pbx.log())
    # 103 may still have an INVITE coming that the part before gave up on: of him it is the log that counts.
    phones = ("102",)
    desk.check("a queue that nobody may answer for", ("counted", ""), desk.with_phones(waits, phones=phones))
    desk.check("nobody is called", 0, told(pbx, before, "Called PJSIP/"))
    once = {f"extension {of}, status '{status}': Denied:": 1 for of, status in (("102", "li"), ("103", "none"))}
    until(lambda: len(pbx.manager.named("CallpropDenial")) == 3)
    desk.check("each is logged once", once, {text: told(pbx, before, text) for text in once})
    desk.check("an unknown device is logged once", 1, told(pbx, before, f"denied: {UNKNOWN.partition(': ')[2]}"))
    events = sorted(event["Extension"] for event in pbx.manager.named("CallpropDenial"))
    desk.check("an event for each, the unknown device without an extension", ["", "102", "103"], events)
    final = counted(pbx)
    desk.check("what was counted", sorted(WHO.values()), sorted(final))
    times = [row[0] for row in shown(pbx)]
    desk.check("in the order of time", sorted(times), times)
    # Another call is told again.
    with_again = desk.with_phones(lambda lab: lab.call("trunk", "102"), phones=phones)
    desk.check("another call: denied", ("403", ""), with_again)
    twice = {text: 2 if "102" in text else 1 for text in once}
    desk.check("another call: told", True, until(lambda: {text: told(pbx, before, text) for text in once} == twice))
    pbx.rx("module unload res_callprop.so")
    lines = more(final)
    until(lambda: {text: told(pbx, before, text) for text in lines} == lines)
    desk.check(
        "what was counted is told when the module goes", lines, {text: told(pbx, before, text) for text in lines}
    )
    numbers = {event["Extension"]: event["Count"] for event in pbx.manager.named("CallpropDenialRepeated")}
    desk.check("and as events", {of: str(final[WHO[of]]) for of in ("102", "103")}, numbers)
    pbx.configure(callprop_conf())
    pbx.rx("module load res_callprop.so")


def each_period(desk: Desk) -> None:
    """It is told while the module stays, counted anew from then on, and forgotten when nothing came in a whole period."""
    pbx = desk.pbx
    pbx.set_status("102", ("li",))
    pbx.set_status("103", ())
    before = len(pbx.log())
    desk.check("a queue", ("counted", ""), desk.with_phones(waits, phones=("102",)))
    pbx.hang_up_all()
    final = counted(pbx)
    lines = more(final)
    until(lambda: {text: told(pbx, before, text) for text in lines} == lines, PERIOD + 5)
    desk.check("told after a period", lines, {text: told(pbx, before, text) for text in lines})
    desk.check("still shown", final, counted(pbx))
    # What came less than a period ago is shown, also when the others are forgotten.
    time.sleep(PERIOD / 2)
    once = f"103 none {CALL.replace('queue', 'extension')}"
    desk.check("another call: denied", ("403", ""), desk.with_phones(lambda lab: lab.call("trunk", "103"), phones=()))
    desk.check("another call: shown last", {**final, once: 0}, counted(pbx))
    desk.check("another call: in its place", "103", shown(pbx)[-1][1].split()[0])
    gone = until(lambda: not set(final) & set(counted(pbx)), PERIOD + 5)
    desk.check("forgotten after another period", True, gone or counted(pbx))
    desk.check("what came in that period is not", {once: 0}, counted(pbx))
    desk.check("counted anew: told once", lines, {text: told(pbx, before, text) for text in lines})


SETUPS = [Setup("denials, told after a period", each_period)]

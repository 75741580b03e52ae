# SPDX-License-Identifier: MIT
"""What repeats itself in one call is told once and then counted, and nothing of it is lost."""

from __future__ import annotations

import re

from calls import AnyLab
from desk import Desk
from lab import until
from pbx import callprop_conf

CALL = "src=external,dst=queue,leg=dst,callback=false"
UNKNOWN = "PJSIP/119: this is neither the interface of an extension nor a trunk of callprop.conf"


def denials(desk: Desk) -> None:
    pbx = desk.pbx
    who = {"102": f"102 li {CALL}", "103": f"103 none {CALL}", "119": f"- - {UNKNOWN}"}

    def counted() -> dict[str, int]:
        """How often more, by whom; of the last call."""
        seen = {}
        for line in pbx.command("callprop show denials").splitlines():
            found = re.fullmatch(r"(\S+) +(\S+ +\S+) +(\d+) more +(.*)", line)
            seen[f"{' '.join(found[2].split())} {found[4]}"] = int(found[3])
        return seen

    def told(text: str) -> int:
        return len(re.findall(re.escape(text), pbx.log()[before:]))

    def waits(lab: AnyLab) -> str:
        lab.place("trunk", "503", "long_call")
        enough = until(lambda: all(counted().get(each, 0) >= 2 for each in who.values()), 20)
        return "counted" if enough else f"only {counted()}"

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
    desk.check("nobody is called", 0, told("Called PJSIP/"))
    once = {f"extension {of}, status '{status}': Denied:": 1 for of, status in (("102", "li"), ("103", "none"))}
    until(lambda: len(pbx.manager.named("CallpropDenial")) == 3)
    desk.check("each is logged once", once, {text: told(text) for text in once})
    desk.check("an unknown device is logged once", 1, told(f"denied: {UNKNOWN.partition(': ')[2]}"))
    events = sorted(event["Extension"] for event in pbx.manager.named("CallpropDenial"))
    desk.check("an event for each, the unknown device without an extension", ["", "102", "103"], events)
    final = counted()
    desk.check("what was counted", sorted(who.values()), sorted(final))
    # Another call is told again.
    with_again = desk.with_phones(lambda lab: lab.call("trunk", "102"), phones=phones)
    desk.check("another call: denied", ("403", ""), with_again)
    twice = {text: 2 if "102" in text else 1 for text in once}
    desk.check("another call: told", True, until(lambda: {text: told(text) for text in once} == twice))
    pbx.rx("module unload res_callprop.so")
    lines = {
        f"extension {of}, status '{status}': denied {final[who[of]]} more times: {CALL}": 1
        for of, status in (("102", "li"), ("103", "none"))
    }
    lines[f"denied {final[who['119']]} more times: {UNKNOWN}"] = 1
    until(lambda: {text: told(text) for text in lines} == lines)
    desk.check("what was counted is told when the module goes", lines, {text: told(text) for text in lines})
    numbers = {event["Extension"]: event["Count"] for event in pbx.manager.named("CallpropDenialRepeated")}
    desk.check("and as events", {of: str(final[who[of]]) for of in ("102", "103")}, numbers)
    pbx.configure(callprop_conf())
    pbx.rx("module load res_callprop.so")

# SPDX-License-Identifier: MIT
"""2,000 calls at a steady rate while statuses change and the module is reloaded: each decision must be the right one."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from real_calls import Failed

from lab import Lab, until
from pbx import Pbx, callprop_conf
from sip import Caller

CALLS = 2000
RATE = 16  # calls a second of each of the three callers
WARM_UP = 600
# What Asterisk itself may keep, as pools grow: some KiB for each call that is up at once. What the module keeps for a call is
# counted exactly, by the uses of the module. What a reload leaves is told from what Asterisk keeps by how much it is: OF_EACH entries
# of a table are 16 KiB or more, and RELOADS of them half as much again as is allowed.
GROWTH, GROWTH_BY_RELOADS = 12 * 1024, 4 * 1024  # KiB
RELOADS, OF_EACH = 400, 300


@dataclass
class Answer:
    since: float
    until: float
    final: str


class Changes(threading.Thread):
    """Changes 104's status to and fro, reloads the module, and offers it bad files, until it is told to stop."""

    def __init__(self, pbx: Pbx):
        super().__init__(daemon=True)
        self.pbx = pbx
        self.enough = threading.Event()
        self.spans: list[
            tuple[float, float, bool]
        ] = []  # since when a status may be in force, since when it is, permits?
        self.reloads = self.refused = 0
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            turn = 0
            while not self.enough.wait(0.15):
                turn += 1
                before = time.time()
                self.pbx.set_status("104", ("ri",) if turn % 2 else ("li", "lo", "qri"))
                self.spans.append((before, time.time(), bool(turn % 2)))
                self.pbx.set_status("109", ("li",) if turn % 3 else ("ro",))
                if turn % 2:
                    continue
                bad = turn % 10 == 0
                self.pbx.configure(
                    callprop_conf(e107="lo" if turn % 4 else "ro") + ("[nonesuch]\nx = y\n" if bad else "")
                )
                answer = self.pbx.manager.action("Reload", Module="res_callprop.so")["Response"]
                if (answer == "Success") == bad:
                    raise Failed(f"reloading a {'bad' if bad else 'good'} file: {answer}")
                self.reloads += not bad
                self.refused += bad
        except Exception as failure:  # told by the main thread
            self.failure = failure

    def permits(self, since: float, until_: float) -> bool | None:
        """Whether 104 was permitted all through the time; None when its status changed meanwhile."""
        before = [span for span in self.spans if span[1] <= since]
        during = [span for span in self.spans if span[1] > since and span[0] <= until_]
        possible = {span[2] for span in (before[-1:] + during)}
        return possible.pop() if len(possible) == 1 and before else None

    def near(self, answer: Answer) -> str:
        """The last changes of 104 before the answer, for whoever wants to know what went wrong."""
        last = [span for span in self.spans if span[0] <= answer.until][-3:]
        return "".join(f"; {'permitted' if permits else 'denied'} from {a:.6f} or {b:.6f}" for a, b, permits in last)


def answers(caller: Caller) -> list[Answer]:
    """Since when each INVITE may have been there, and when its final response came."""
    sent: dict[str, float] = {}
    got: dict[str, Answer] = {}
    text = caller.messages.read_text(errors="replace")
    for header, message in re.findall(r"^-{20,} (.*)\n((?:(?!^-{20,}).*\n)*)", text, re.MULTILINE):
        stamp = time.mktime(time.strptime(header[:19].replace("\t", " "), "%Y-%m-%d %H:%M:%S")) + float(
            "0" + header[19:26]
        )
        call = re.search(r"^Call-ID: *(\S+)", message, re.MULTILINE | re.IGNORECASE)
        if not call:
            continue
        if before := re.search(r"^X-Sent: .*\s(\d+\.\d+)$", message, re.MULTILINE):
            sent.setdefault(call[1], float(before[1]))
        status = re.search(r"^SIP/2\.0 ([2-6]\d\d)", message, re.MULTILINE)
        if status and re.search(r"^CSeq: *\d+ INVITE", message, re.MULTILINE | re.IGNORECASE) and call[1] not in got:
            got[call[1]] = Answer(sent[call[1]], stamp, status[1])
    return list(got.values())


def place_calls(lab: Lab, count: int) -> dict[str, Caller]:
    callers = {}
    for number in ("102", "103", "104"):
        callers[number] = Caller(lab.folder, "trunk", number, "short_call", calls=str(count), rate=str(RATE))
        lab.others.append(callers[number])
    return callers


def many_of_each() -> str:
    """Of whatever the module keeps of the file so many that each kind alone, were it left, would be too much."""
    kinds = {
        "[statuses@acme]": "own{n} = li",
        "[general@acme]": "emergency = 9{n}",
        "[extensions@acme]": "{n} = own{n}",
        "[interfaces@acme]": "PJSIP/further{n} = {n}",
        "[numbers@acme]": "*{n} = queue",
        "[trunks]": "trunk = PJSIP/trunk{n}",
        "[trunks@acme]": "trunk = PJSIP/trunk{n}-*",
        "[transit@acme]": "number = 030{n}*",
        "[codes@acme]": "{n} = own{n}",
        "[may_set@acme]": "{n} = {n}",
    }
    numbers = range(1000, 1000 + OF_EACH)
    text = callprop_conf()
    for section, line in kinds.items():
        text += "\n".join([section, *(line.format(n=n) for n in numbers), ""])
    return text + "".join(f"[extensions@client{n}]\n101 =\n" for n in numbers)


def growth_by_reloads(pbx: Pbx) -> int:
    """In KiB. Without calls, which hide what a reload leaves in what they free."""

    def reload(times: int) -> None:
        for _ in range(times):
            if (answer := pbx.manager.action("Reload", Module="res_callprop.so"))["Response"] != "Success":
                raise Failed(f"the module is not reloaded: {answer}")

    pbx.configure(many_of_each())
    try:
        reload(RELOADS // 10)
        resident = pbx.rss()
        reload(RELOADS)
        return pbx.rss() - resident
    finally:
        pbx.configure(callprop_conf())
        reload(1)


def run(pbx: Pbx, folder: Path) -> tuple[int, str]:
    """Returns how many things are wrong, and the line that says what was seen."""
    # 102 is always permitted and 103 never; 104 now and then.
    for extension, granted in (("102", ("ri",)), ("103", ("all",)), ("104", ("ri",))):
        pbx.set_status(extension, granted)
    pbx.set_status("103", ("cq", "li", "lo", "qli", "qri", "ro"))
    pbx.rx("core set verbose 0")
    lab = Lab(pbx, folder)
    try:
        for of in ("102", "103", "104"):
            lab.phone(of).wait_until_ready()
        for caller in place_calls(lab, WARM_UP // 3).values():
            caller.process.wait(120)
        until(lambda: not pbx.channels())
        pbx.manager.forget()

        resident = pbx.rss()
        changes = Changes(pbx)
        changes.start()
        started = time.monotonic()
        callers = place_calls(lab, CALLS // 3 + 1)
        for caller in callers.values():
            caller.process.wait(300)
        seconds = time.monotonic() - started
        changes.enough.set()
        changes.join(10)
        if changes.failure:
            raise changes.failure
        until(lambda: not pbx.channels())
    finally:
        lab.end()

    wrong: list[str] = []
    undecided = 0
    calls = {number: answers(caller) for number, caller in callers.items()}
    for number, all_answers in calls.items():
        for answer in all_answers:
            permitted = {"102": True, "103": False}.get(number, changes.permits(answer.since, answer.until))
            undecided += permitted is None
            if permitted is not None and answer.final != ("200" if permitted else "403"):
                wrong.append(
                    f"{number}: {answer.final}, from {answer.since:.6f} to {answer.until:.6f}{changes.near(answer)}"
                )
    total = sum(map(len, calls.values()))
    odd = sum(answer.final not in ("200", "403") for all_answers in calls.values() for answer in all_answers)
    denied = sum(answer.final == "403" for all_answers in calls.values() for answer in all_answers)
    events = len(pbx.manager.named("CallpropDenial"))
    growth = pbx.rss() - resident
    kept = growth_by_reloads(pbx)
    # Each note of a call's facts keeps the module in use: none must be left.
    in_use = re.search(r"res_callprop\.so.*?(\d+) +Running", pbx.rx("module show like res_callprop"))
    in_use = int(in_use[1]) if in_use else -1

    faults = {
        "not answered": CALLS - total if total < CALLS else 0,
        "wrong decisions": len(wrong),
        "neither 200 nor 403": odd,
        "denials without one event": abs(events - denied),
        "KiB of growth": growth if growth > GROWTH else 0,
        "KiB of growth by reloads": kept if kept > GROWTH_BY_RELOADS else 0,
        "facts left": in_use,
        "Asterisk gone": 0 if pbx.alive() else 1,
        "reloads too few": 0 if changes.reloads >= 10 and changes.refused >= 2 else 1,
        "calls during a change": undecided if undecided > total // 3 else 0,
    }
    line = (
        f"load: {total} calls in {seconds:.0f} s ({total / seconds:.0f}/s), {denied} denied with as many events; "
        f"{len(changes.spans) * 2} changes, {changes.reloads} reloads, {changes.refused} bad files refused; "
        f"{len(wrong)} wrong decisions ({undecided} calls fell into a change of their own status); "
        f"RSS {resident} KiB {growth:+} KiB, {kept:+} KiB by {RELOADS} more reloads; {in_use} facts left"
    )
    problems = {name: count for name, count in faults.items() if count}
    return len(problems), "\n  ".join([line + (f"; WRONG: {problems}" if problems else ""), *wrong])

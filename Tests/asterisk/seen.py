# SPDX-License-Identifier: MIT
"""A status is seen: by a phone that subscribes to it, by DEVICE_STATE() and PRESENCE_STATE(), and by a queue."""

from __future__ import annotations

import contextlib
import re
from itertools import combinations

from agents import Agent, Dialog, Exchange, Message
from calls import call
from desk import Desk
from injection import rings
from lab import until
from pbx import MNEMOS, callprop_conf, status_name
from setups import Setup, conf, modules
from sip import INSIDE

HINTS = """
[internal]
exten => 102,hint,Callprop:102,Callprop:102
exten => *3102,hint,Callprop:102/queue
exten => *4102,hint,Callprop:queue:102
exten => 504,1,Gosub(callprop,call,1(500))
 same => n,Queue(seen,nb(callprop^ring^1),,,10)
 same => n,Hangup(21)
exten => 505,1,Gosub(callprop,call,1(500))
 same => n,Queue(asked,nb(callprop^ring^1),,,10)
 same => n,Hangup(21)
"""
QUEUES = """
[general]
[seen]
strategy = linear
timeout = 5
joinempty = inuse
member => PJSIP/102,0,102,Callprop:102/queue
[asked]
strategy = linear
timeout = 5
joinempty = inuse
member => PJSIP/102,0,102,Callprop:queue:102
"""
# What the vendor says of the properties: who rings an extension, and who does so through a queue.
RINGS = {"all", "cq", "li", "qli", "qri", "ri"}
RINGS_BY_QUEUE = {"all", "cq", "qli", "qri"}
NOBODY = ("lo", "ro")


class Watcher(Agent):
    """A phone with a lamp: subscribes, and keeps what it is told."""

    def __init__(self, exchange: Exchange, number: str, event: str, accept: str, agent: str = "lamp"):
        super().__init__(exchange, "103", (INSIDE, 0))
        self.told: list[str] = []
        here = f"<sip:103@{self.where[0]}>;tag=w{id(self)}"
        self.dialog = Dialog(f"w{id(self)}", here, f"<sip:{number}@127.0.0.1>", f"sip:{number}@127.0.0.1:5060")
        self.headers = (f"Event: {event}", f"Accept: {accept}", f"User-Agent: {agent}")
        self.subscribe(300)

    def subscribe(self, seconds: int) -> None:
        self.request("SUBSCRIBE", self.dialog, *self.headers, f"Expires: {seconds}")

    def answered(self, response: Message) -> None:
        if response.status < 300:
            self.dialog.there = response.get("to")

    def asked(self, request: Message) -> None:
        self.reply(request, "200 OK")
        if request.method == "NOTIFY":
            self.told.append(request.body)

    def shows(self, text: str, seconds: float = 2) -> bool | str:
        """Whether the last thing that it was told is this; or what it is."""
        self.exchange.wait(lambda: self.told and re.search(text, self.told[-1]), seconds)
        last = self.told[-1] if self.told else "nothing"
        return bool(re.search(text, last)) or last

    def end(self) -> None:
        self.subscribe(0)
        self.exchange.wait(lambda: False, 0.1)
        self.close()


FREE, BUSY = "<state>terminated</state>", "<state>confirmed</state>"


def variable(desk: Desk, text: str) -> str:
    return desk.pbx.manager.action("Getvar", Variable=text).get("Value", "")


def seen(desk: Desk, extension: str = "102") -> tuple[str, str, str, str]:
    by_two_names = {
        variable(desk, f"DEVICE_STATE(Callprop:{name})") for name in (f"{extension}/queue", f"queue:{extension}")
    }
    return (
        variable(desk, f"DEVICE_STATE(Callprop:{extension})"),
        " ".join(sorted(by_two_names)),
        variable(desk, f"PRESENCE_STATE(Callprop:{extension},value)"),
        variable(desk, f"PRESENCE_STATE(Callprop:{extension},message)"),
    )


def expected(properties) -> tuple[str, str, str, str]:
    granted = set(properties)
    free = {True: "NOT_INUSE", False: "INUSE"}
    one, queue = bool(granted & RINGS), bool(granted & RINGS_BY_QUEUE)
    return free[one], free[queue], "available" if one else "dnd", status_name(granted)


GONE = ("INVALID", "INVALID")
# More than so many extensions have no name with a slash.
FEW = 1000


def becomes(desk: Desk, number: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """What is seen of an extension, once Asterisk remembers it: the state with a slash is kept by another thread."""
    until(lambda: seen(desk, number)[: len(wanted)] == wanted, 2)
    return seen(desk, number)[: len(wanted)]


def look(desk: Desk) -> None:
    pbx = desk.pbx
    desk.check("at the start, without a change", True, until(lambda: seen(desk) == expected(["all"]), 2) or seen(desk))
    desk.check("nobody", GONE, seen(desk, "999")[:2])
    for n in range(9):
        for chosen in combinations(MNEMOS, n):
            pbx.set_status("102", chosen)
            if seen(desk) != expected(chosen):
                desk.check(
                    f"the status {status_name(chosen)}", expected(chosen), becomes(desk, "102", expected(chosen))
                )
    desk.check("each of 256 statuses", expected(MNEMOS), becomes(desk, "102", expected(MNEMOS)))
    # There and back at once: what was told last is what counts.
    for _ in range(50):
        pbx.set_status("102", NOBODY)
        pbx.set_status("102", ("ri",))
    desk.check("there and back", expected(["ri"]), becomes(desk, "102", expected(["ri"])))
    lamps(desk)
    members(desk)
    files(desk)


def lamps(desk: Desk) -> None:
    """What phones are told that have subscribed."""
    pbx = desk.pbx
    exchange = Exchange()
    lamp = Watcher(exchange, "102", "dialog", "application/dialog-info+xml")
    queue = Watcher(exchange, "*3102", "dialog", "application/dialog-info+xml")
    asked = Watcher(exchange, "*4102", "dialog", "application/dialog-info+xml")
    digium = Watcher(exchange, "102", "presence", "application/pidf+xml", "digium")
    try:
        desk.check("a lamp: at first", (True,) * 3, (lamp.shows(FREE), queue.shows(BUSY), asked.shows(BUSY)))
        for what, properties, one, other in (
            ("nobody may ring", NOBODY, BUSY, BUSY),
            ("a queue may", ("qri",), FREE, FREE),
            ("only a caller may", ("li",), FREE, BUSY),
        ):
            pbx.set_status("102", properties)
            desk.check(f"a lamp: {what}", (True,) * 3, (lamp.shows(one), queue.shows(other), asked.shows(other)))
            text = f'<digium_presence type="{expected(properties)[2]}"[^>]*>{re.escape(status_name(properties))}<'
            desk.check(f"a presence: {what}", True, digium.shows(text))
        # Every way in which a status changes.
        for what, change, back in (
            ("the CLI", lambda: pbx.rx("callprop set status 102 none"), "callprop unset status 102"),
            ("a reload", lambda: reload(desk, callprop_conf(e102="none")), "callprop show statuses"),
        ):
            pbx.rx(back)
            pbx.rx("callprop unset status 102")
            desk.check(f"a lamp: before {what}", True, lamp.shows(FREE))
            change()
            desk.check(f"a lamp: {what}", True, lamp.shows(BUSY))
        reload(desk, callprop_conf())
        desk.check("a lamp: and back", True, lamp.shows(FREE))
        # The same name, which grants other things.
        reload(desk, callprop_conf().replace("all = all", "all = lo"))
        desk.check("a lamp: a status that grants less", True, lamp.shows(BUSY))
        reload(desk, callprop_conf())
        pbx.set_status("102", NOBODY)
        pbx.rx("module unload res_callprop.so")
        pbx.rx("module load res_callprop.so")
        desk.check(
            "a lamp: the module is loaded again", (True,) * 3, (lamp.shows(BUSY), queue.shows(BUSY), asked.shows(BUSY))
        )
        pbx.rx("callprop set status 102 all until 2000-01-01 00:00")
        pbx.rx("callprop unset status 102")
        pbx.rx("callprop set status 102 none for 1s")
        desk.check("a lamp: for a second", True, lamp.shows(BUSY))
        desk.check("a lamp: until that is over", True, lamp.shows(FREE, 3))
    finally:
        for watcher in (lamp, queue, asked, digium):
            with contextlib.suppress(OSError):
                watcher.end()
        exchange.close()


def reload(desk: Desk, text: str) -> None:
    desk.pbx.configure(text)
    desk.pbx.rx("module reload res_callprop.so")


def members(desk: Desk) -> None:
    """Queues whose member is seen by its status, by one name and the other."""
    pbx = desk.pbx

    def shown(queue: str) -> str:
        return "(in use)" if "(in use)" in pbx.rx(f"queue show {queue}").lower() else "(not in use)"

    for properties, state, result in (
        (("qri",), "(not in use)", ("200", "102")),
        (("ri",), "(in use)", ("403", "")),
        (("qri",), "(not in use)", ("200", "102")),
    ):
        pbx.set_status("102", properties)
        for queue, number in (("seen", "504"), ("asked", "505")):
            what = f"the queue {queue}: 102 has {properties[0]}"
            until(lambda queue=queue, state=state: shown(queue) == state, 2)
            desk.check(f"{what}: its member", state, shown(queue))
            desk.check(what, result, rings(desk, call("trunk", number), result, {}))


def files(desk: Desk) -> None:
    """An extension that comes, and one that goes."""
    pbx = desk.pbx
    reload(desk, callprop_conf().replace("109 = \n", "109 = \n111 = li\n"))
    desk.check("a new extension", expected(["li"]), becomes(desk, "111", expected(["li"])))
    pbx.rx("callprop set status 111 none")
    reload(desk, callprop_conf())
    desk.check("an extension that is gone", GONE, becomes(desk, "111", GONE))
    pbx.rx("database del callprop 111")
    reload(desk, callprop_conf().replace("109 = \n", "109 = \n111 = li\n"))
    desk.check("an extension that is back", expected(["li"]), becomes(desk, "111", expected(["li"])))
    # With many extensions.
    many = "".join(f"{200000 + number} = li\n" for number in range(FEW))
    reload(desk, callprop_conf().replace("[numbers]\n", f"{many}[numbers]\n"))
    state = "DEVICE_STATE(Callprop:%s200007%s)"
    names = tuple(variable(desk, state % name) for name in (("", ""), ("queue:", ""), ("", "/queue")))
    desk.check("one of many", ("NOT_INUSE", "INUSE", "INVALID"), names)
    pbx.rx("callprop set status 200007 none")
    desk.check("one of many, changed", "INUSE", variable(desk, state % ("", "")))
    pbx.rx("callprop unset status 200007")
    pbx.rx("module unload res_callprop.so")
    names = tuple(variable(desk, state % name) for name in (("", ""), ("queue:", "")))
    desk.check("one of many, without the module", GONE, names)
    pbx.rx("module load res_callprop.so")
    names = tuple(variable(desk, state % name) for name in (("", ""), ("queue:", "")))
    desk.check("one of many, with the module again", ("NOT_INUSE", "INUSE"), names)
    reload(desk, callprop_conf())
    pbx.set_status("102", NOBODY)
    pbx.rx("module unload res_callprop.so")
    desk.check("the module is gone", GONE, becomes(desk, "102", GONE))
    pbx.rx("module load res_callprop.so")
    desk.check(
        "the module is back", True, until(lambda: seen(desk) == expected(NOBODY), 2) or (expected(NOBODY), seen(desk))
    )
    pbx.stop()
    pbx.start()
    desk.check("after a restart", True, until(lambda: seen(desk) == expected(NOBODY), 2) or seen(desk))


SETUPS = [
    Setup(
        "seen",
        look,
        {
            "extensions.conf": conf("extensions.conf", HINTS),
            "queues.conf": QUEUES,
            "modules.conf": modules(
                "func_devstate",
                "func_presencestate",
                "res_pjsip_outbound_publish",
                "res_pjsip_exten_state",
                "res_pjsip_dialog_info_body_generator",
                "res_pjsip_pidf_body_generator",
                "res_pjsip_pidf_digium_body_supplement",
            ),
        },
    )
]

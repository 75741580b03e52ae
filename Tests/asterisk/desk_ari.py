# SPDX-License-Identifier: MIT
"""What an application sees through ARI: denials and emergency calls, as AMI has them."""

from __future__ import annotations

import json
import socket
import struct

import agents
from ari import Application, connect
from calls import AnyLab
from desk import Desk
from lab import WAIT, until

PORT = 8088
REQUEST = (
    "GET /ari/events?app=desk&subscribeAll=true&api_key=test:test HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


class Events:
    """A WebSocket that is read only."""

    def __init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", PORT), timeout=5)
        self.socket.sendall(REQUEST.encode())
        self.stream = self.socket.makefile("rb")
        self.accepted = b" 101 " in self.stream.readline()
        while self.stream.readline().strip():
            pass

    def next(self) -> dict:
        while True:
            kind, length = self.stream.read(2)
            if length == 126:
                (length,) = struct.unpack(">H", self.stream.read(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", self.stream.read(8))
            text = self.stream.read(length)
            if kind & 15 == 1:
                return json.loads(text)

    def user_event(self, name: str) -> dict:
        """The next one of that name. When none comes, the socket's time is up."""
        while (event := self.next()).get("eventname") != name:
            pass
        return event

    def close(self) -> None:
        self.socket.close()


def ari(desk: Desk) -> None:
    desk.pbx.set_status("101", ())
    desk.pbx.set_status("102", ("li",))
    events = Events()
    try:
        desk.check("ARI: connected", True, events.accepted)
        desk.check("ARI: denied", ("403", ""), desk.with_phones(lambda lab: lab.call("trunk", "102")))
        seen = events.user_event("CallpropDenial")
        said = [seen["userevent"][key] for key in ("Extension", "Status", "Src", "Dst", "Leg", "Required")]
        desk.check("ARI: a denial", ["102", "li", "external", "extension", "dst", "ri"], said)
        desk.check("ARI: a denial is of the channel", seen["userevent"]["Channel"], seen["channel"]["name"])
        called = desk.with_phones(lambda lab: lab.call("101", "112"), "200", "trunk", phones=("101", "102", "trunk"))
        desk.check("ARI: an emergency call", ("200", "trunk"), called)
        desk.check("ARI: an emergency", "112", events.user_event("CallpropEmergency")["userevent"]["Number"])
    finally:
        events.close()


def helpers(desk: Desk) -> None:
    """Asterisk itself speaks to whoever is in a bridge: it is nobody, and nobody is asked."""
    for extension in ("101", "102"):
        desk.pbx.set_status(extension, ())

    def act(lab: AnyLab) -> str:
        with Application() as application:
            caller = lab.place("101", "657", "long_call")
            channel = application.id_of("PJSIP/101", "Ring")
            application.post(f"channels/{channel}/answer")
            bridge = application.post("bridges", type="mixing")["id"]
            application.post(f"bridges/{bridge}/addChannel", channel=channel)
            application.post(f"bridges/{bridge}/play", media="sound:beep")
            return caller.result()

    desk.pbx.manager.forget()
    before = len(desk.pbx.log())
    desk.check("ARI: Asterisk speaks", ("200", ""), desk.with_phones(act))
    desk.check("ARI: it has joined", True, until(lambda: "Channel Announcer/ARI" in desk.pbx.log()[before:]))
    desk.check("ARI: nobody is denied", [], desk.pbx.manager.named("CallpropDenial"))


def three(desk: Desk) -> None:
    """101, who is in a bridge with 102 and outside, has 103 take his place. With each of them 103 is connected then."""
    for granted, expected in ((("li", "ri"), "up"), (("li",), "gone"), (("ri",), "gone")):
        desk.pbx.set_status("101", ("all",))
        desk.pbx.set_status("102", ("all",))
        desk.pbx.set_status("103", ("li", "ri"))

        def act(lab: AnyLab, granted: tuple[str, ...] = granted, awaited: str = expected) -> str:
            with Application() as application:
                consultation = lab.place("101", "103", "stays")
                until(consultation.tags)
                ids = []
                for of in ("101", "102", "trunk"):
                    call = lab.place(of, "657", "stays")
                    ids.append((call, application.id_of(f"PJSIP/{of}", "Ring")))
                    application.post(f"channels/{ids[-1][1]}/answer")
                connect(application, *(one for _, one in ids))
                until(ids[0][0].tags)
                desk.pbx.set_status("103", granted)
                ids[0][0].refer(f"103@{agents.PBX[0]}?Replaces={agents.replaces(*consultation.tags())}")
                until(lambda: not any(one["name"].startswith("PJSIP/101-") for one in application.channels()))
                is_gone = until(
                    lambda: not any(one["name"].startswith("PJSIP/103-") for one in application.channels()),
                    1 if awaited == "up" else WAIT,
                )
                return "gone" if is_gone else "up"

        seen = desk.with_phones(act, phones=("103",))
        desk.check(f"ARI: 103 takes 101's place among three, 103 has {','.join(granted)}", (expected, "103"), seen)


def third(desk: Desk) -> None:
    """102 is connected with outside already; 103 comes to both of them."""
    desk.pbx.set_status("102", ("all",))
    for granted, expected in ((("li", "ri"), "200"), (("li",), "cut 21"), (("ri",), "cut 21")):
        desk.pbx.set_status("103", granted)

        def act(lab: AnyLab) -> str:
            with Application() as application:
                bridge = application.post("bridges", type="mixing")["id"]
                for of in ("102", "trunk", "103"):
                    call = lab.place(of, "657", "long_call")
                    channel = application.id_of(f"PJSIP/{of}", "Ring")
                    application.post(f"channels/{channel}/answer")
                    application.post(f"bridges/{bridge}/addChannel", channel=channel)
                return call.result()

        seen = desk.with_phones(act, phones=())
        desk.check(f"ARI: 103 comes to two, 103 has {','.join(granted)}", (expected, ""), seen)

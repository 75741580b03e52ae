# SPDX-License-Identifier: MIT
"""What an application sees through ARI: denials and emergency calls, as AMI has them."""

from __future__ import annotations

import json
import socket
import struct

from desk import Desk

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

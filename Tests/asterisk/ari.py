# SPDX-License-Identifier: MIT
"""A Stasis application, such as a call centre's: calls go to it, and it rings and connects phones through ARI."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Callable

from real_calls import Failed

from calls import AnyLab
from lab import WAIT, until

SERVER = ("127.0.0.1", 8088)
APPLICATION = "desk"


class Application:
    """Is there for as long as its WebSocket is open. Its events are not read: what is there is asked for."""

    def __init__(self, names: str = APPLICATION) -> None:
        self.socket = socket.create_connection(SERVER, timeout=5)
        key = base64.b64encode(b"callprop callprop").decode()
        lines = [
            f"GET /ari/events?app={names}&api_key=test:test HTTP/1.1",
            "Host: {}:{}".format(*SERVER),
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: ari",
            "",
            "",
        ]
        self.socket.sendall("\r\n".join(lines).encode())
        if b" 101 " not in self.socket.recv(4096):
            raise Failed("ARI takes no application")

    def __enter__(self) -> Application:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def post(self, path: str, **parameters: str) -> dict:
        query = urllib.parse.urlencode({"api_key": "test:test", **parameters})
        request = urllib.request.Request("http://{}:{}/ari/{}?{}".format(*SERVER, path, query), method="POST")
        deadline = time.monotonic() + WAIT
        while True:
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    return json.loads(answer.read() or b"{}")
            except urllib.error.HTTPError as problem:
                # While Asterisk has not yet given the channel to the application.
                if problem.code not in (409, 422) or time.monotonic() > deadline:
                    raise Failed(f"ARI: {path}: {problem.code} {problem.reason}") from None
                time.sleep(0.02)

    def tries(self, path: str, **parameters: str) -> None:
        """The same, for what may be gone by then, because it was denied."""
        with contextlib.suppress(Failed):
            self.post(path, **parameters)

    def channels(self) -> list[dict]:
        url = "http://{}:{}/ari/channels?api_key=test:test".format(*SERVER)
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)

    def id_of(self, device: str, *states: str) -> str:
        """The channel of a device, once it has one of these states."""

        def found() -> list[str]:
            here = self.channels()
            return [one["id"] for one in here if one["name"].startswith(f"{device}-") and one["state"] in states]

        if not until(found):
            raise Failed(f"{device} is not {' or '.join(states)}")
        return found()[0]


def connect(application: Application, *channels: str) -> str:
    """The bridge in which they are then."""
    bridge = application.post("bridges", type="mixing")["id"]
    for channel in channels:
        application.post(f"bridges/{bridge}/addChannel", channel=channel)
    return bridge


def originated(of: str, number: str, to: str = "PJSIP/102", device: str = "PJSIP/102") -> Callable[[AnyLab], str]:
    """Somebody calls the application, which originates 102, or another, for him."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            caller = lab.place(of, number, "long_call")
            channel = application.id_of(f"PJSIP/{of}", "Ring")
            application.post("channels", endpoint=to, app=APPLICATION, originator=channel)
            return answered(lab, application, caller, channel, device)

    return act


def created(of: str, number: str) -> Callable[[AnyLab], str]:
    """Somebody calls the application, which creates a channel for him, and then dials."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            caller = lab.place(of, number, "long_call")
            channel = application.id_of(f"PJSIP/{of}", "Ring")
            made = application.post("channels/create", endpoint="PJSIP/102", app=APPLICATION, originator=channel)
            application.post(f"channels/{made['id']}/dial", caller=channel)
            return answered(lab, application, caller, channel)

    return act


def answered(lab: AnyLab, application: Application, caller, channel: str, device: str = "PJSIP/102") -> str:
    """Connects the two once the device has answered. When it does not, the caller is refused."""

    def phones() -> list[dict]:
        return [one for one in application.channels() if one["name"].startswith(f"{device}-")]

    def has_come_to_it() -> bool:
        there = phones()
        return not there or there[0]["state"] == "Up"

    until(has_come_to_it)
    there = phones()
    if not there:
        application.post(f"channels/{channel}/continue")
        return "refused"
    application.post(f"channels/{channel}/answer")
    connect(application, channel, there[0]["id"])
    return caller.result()


def added(first: str, second: str, number: str) -> Callable[[AnyLab], str]:
    """Both call the application, which connects them. What the second sees."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            lab.place(first, number, "long_call")
            one = application.id_of(f"PJSIP/{first}", "Ring")
            caller = lab.place(second, number, "long_call")
            two = application.id_of(f"PJSIP/{second}", "Ring")
            for channel in (one, two):
                application.post(f"channels/{channel}/answer")
            connect(application, one, two)
            return caller.result()

    return act

# SPDX-License-Identifier: MIT
"""Phones and callers in this process, beside those of SIPp: the same scenarios in a tenth of the time, for hundreds of runs.

Each waits for what is to happen, not for a fixed time. sip.py is what a claim rests on; a run with these phones must see
in every row of the table what SIPp sees."""

from __future__ import annotations

import itertools
import re
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Callable, ClassVar

import patience
from exchange import Exchange, Message, parse
from sip import address, host

PBX = ("127.0.0.1", 5060)
ANSWERS_AFTER = 0.06  # so that all phones of a group ring before the first answers
TRANSFERS_AFTER = 0.15  # so that Asterisk has connected the two
KEYS_APART = 0.26
CALM = 0.15  # a call at which nothing more happens for so long has come to what it comes to
SDP = (
    "v=0\r\no=agent 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=audio {1} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)

_number = itertools.count(1)


def replaces(call_id: str, there: str, here: str) -> str:
    """A call that is to be taken over, as it stands in a Refer-To: with the tags of Asterisk and of whoever asks for it."""
    return f"{call_id}%3Bto-tag%3D{there}%3Bfrom-tag%3D{here}".replace("@", "%40")


@dataclass
class Dialog:
    call_id: str
    here: str  # who we are, as it stands in From or To
    there: str
    target: str
    cseq: int = 1


class Agent:
    def __init__(self, exchange: Exchange, of: str, where: tuple[str, int]):
        self.exchange, self.of = exchange, of
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(where)
        self.where = where = self.socket.getsockname()  # with the port, where any would do
        self.socket.setblocking(False)
        self.contact = f"<sip:{of}@{where[0]}:{where[1]}>"
        with exchange.news:
            exchange.selector.register(self.socket, selectors.EVENT_READ, self)

    def close(self) -> None:
        with self.exchange.news:
            self.exchange.selector.unregister(self.socket)
            self.socket.close()

    def receive(self) -> None:
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                return
            message = parse(data)
            if message.status:
                self.answered(message)
            else:
                self.asked(message)

    def send(self, first: str, headers: list[str], body: str = "") -> None:
        kind = ["Content-Type: application/sdp"] if body.startswith("v=0") else []
        lines = [first, *headers, *kind, f"Content-Length: {len(body)}", "", body]
        self.socket.sendto("\r\n".join(lines).encode(), PBX)

    def reply(self, request: Message, status: str, *more: str, tag: str = "", body: str = "") -> None:
        to = request.get("to")
        headers = [f"Via: {value}" for key, value in request.headers if key == "via"]
        headers += [
            f"From: {request.get('from')}",
            f"To: {to}" + (f";tag={tag}" if tag and "tag=" not in to else ""),
            f"Call-ID: {request.get('call-id')}",
            f"CSeq: {request.get('cseq')}",
            f"Contact: {self.contact}",
            *more,
        ]
        self.send(f"SIP/2.0 {status}", headers, body)

    def request(self, method: str, dialog: Dialog, *more: str, body: str = "", via: str = "", cseq: int = 0) -> str:
        dialog.cseq += 0 if cseq else 1
        via = via or f"Via: SIP/2.0/UDP {self.where[0]}:{self.where[1]};branch=z9hG4bK{next(_number)}"
        self.send(
            f"{method} {dialog.target} SIP/2.0",
            [
                via,
                f"From: {dialog.here}",
                f"To: {dialog.there}",
                f"Call-ID: {dialog.call_id}",
                f"CSeq: {cseq or dialog.cseq} {method}",
                f"Contact: {self.contact}",
                "Max-Forwards: 70",
                *more,
            ],
            body,
        )
        return via

    @property
    def sdp(self) -> str:
        return SDP.format(self.where[0], 30000 + self.where[1] % 1000 * 2)

    def asked(self, request: Message) -> None:
        if request.method != "ACK":
            self.reply(request, "200 OK")

    def answered(self, response: Message) -> None:
        pass


@dataclass
class Ringing:
    invite: Message
    tag: str
    is_over: bool = False

    def dialog(self) -> Dialog:
        """As the phone that it rang has it."""
        target = re.sub(r".*<(.*?)>.*", r"\1", self.invite.get("contact"))
        here = f"{self.invite.get('to')};tag={self.tag}"
        return Dialog(self.invite.get("call-id"), here, self.invite.get("from"), target)


class Phone(Agent):
    """Waits to be rung, and does what its scenario says."""

    def __init__(self, exchange: Exchange, of: str):
        super().__init__(exchange, of, address(of))
        self.calls: dict[str, Ringing] = {}
        self.answered_calls: list[Ringing] = []
        self.refers: dict[str, tuple[Dialog, list[str]]] = {}
        self.lay("", {})

    def lay(self, scenario: str, keys: dict[str, str]) -> None:
        """For the next case. What still comes from the one before is not counted."""
        with self.exchange.news:
            self.scenario, self.keys = scenario, keys
            self.answered_calls = []
            # The Call-IDs of what this phone is to transfer. Whoever hangs up meanwhile may end Asterisk itself: see
            # "What is open" in Sources/asterisk/README.md.
            self.transferring: set[str] = set()
            self.before = set(self.calls)

    def wait_until_ready(self) -> None:
        pass

    def rang(self) -> int:
        return len(self.calls.keys() - self.before)

    def asked(self, request: Message) -> None:
        call = self.calls.get(request.get("call-id"))
        # The last NOTIFY comes when it is transferred, or cannot be.
        if request.method in ("BYE", "CANCEL") or request.get("subscription-state").startswith("terminated"):
            self.transferring.discard(request.get("call-id"))
        if request.method == "INVITE" and not call and self.scenario:
            self.ring(request)
        elif request.method == "INVITE" and not call:
            # It is not there. What is sent again of this call is not a call of the next case.
            self.calls[request.get("call-id")] = Ringing(request, "", is_over=True)
        elif request.method == "ACK" and call and request.get("call-id") in self.transferring and not call.is_over:
            call.is_over = True
            to = self.keys["refer_to"]
            self.exchange.later(patience.seconds(TRANSFERS_AFTER), lambda: self.transfer(call, to))
        elif request.method == "ACK" and call and self.scenario == "connects" and not call.is_over:
            call.is_over = True
            self.connect(call)
        elif request.method == "CANCEL" and call and not call.is_over:
            call.is_over = True
            self.reply(request, "200 OK")
            self.reply(call.invite, "487 Request Terminated", tag=call.tag)
        elif request.method not in ("ACK", "INVITE"):
            self.reply(request, "200 OK")

    def ring(self, invite: Message) -> None:
        call = self.calls[invite.get("call-id")] = Ringing(invite, f"p{next(_number)}")
        if self.scenario == "redirect" and self.rang() <= int(self.keys.get("times", 1000)):
            self.contact, own = f"<sip:{self.keys['forward_to']}@{PBX[0]}>", self.contact
            self.reply(invite, "302 Moved Temporarily", tag=call.tag)
            self.contact = own
            return
        if self.scenario == "transfer" and self.rang() <= int(self.keys.get("times", 1000)):
            self.transferring.add(invite.get("call-id"))
        self.reply(invite, "180 Ringing", tag=call.tag)
        if self.scenario != "ringing":
            self.exchange.later(0 if self.scenario == "transfer" else ANSWERS_AFTER, lambda: self.answer(call))

    def answer(self, call: Ringing) -> None:
        if not call.is_over:
            self.reply(call.invite, "200 OK", tag=call.tag, body=self.sdp)

    def connect(self, call: Ringing) -> None:
        """Of two who called, the first is transferred to the second."""
        self.answered_calls.append(call)
        if len(self.answered_calls) == 2:
            first, second = self.answered_calls
            there = re.search(r"tag=([^;>]+)", second.invite.get("from"))[1]
            to = f"{self.of}@{PBX[0]}?Replaces={replaces(second.invite.get('call-id'), there, second.tag)}"
            self.exchange.later(patience.seconds(TRANSFERS_AFTER), lambda: self.refer(first, to))

    def transfer(self, call: Ringing, to: str) -> None:
        if call.invite.get("call-id") in self.transferring:  # else it was ended before
            self.refer(call, to)

    def refer(self, call: Ringing, to: str) -> None:
        dialog = call.dialog()
        self.refers[dialog.call_id] = (
            dialog,
            [f"Refer-To: <sip:{to}>", f"Referred-By: <sip:{self.of}@{self.where[0]}>"],
        )
        self.request("REFER", dialog, *self.refers[dialog.call_id][1])

    def answered(self, response: Message) -> None:
        """What is answered is not connected yet, and then Asterisk has nothing to transfer: once more, for two seconds."""
        if response.method != "REFER" or response.status < 300 or response.get("call-id") not in self.refers:
            return
        dialog, headers = self.refers[response.get("call-id")]
        if response.status == 400 and dialog.cseq < 2 / TRANSFERS_AFTER:
            self.exchange.later(TRANSFERS_AFTER, lambda: self.request("REFER", dialog, *headers))
        else:
            self.transferring.discard(dialog.call_id)


@dataclass
class Expected:
    """What the case should come to, by which a caller knows when it has, and that no transfer is due: it then hangs up early."""

    final: str = ""
    has_rung: Callable[[], bool] = field(default=lambda: False)


class Caller(Agent):
    """Makes one call, in a thread of its own."""

    LONGEST: ClassVar = {
        "call": 1.5,
        "replaces": 1.5,
        "long_call": 2.5,
        "menu": 1.5,
        "keys": 4,
        "consult": 9,
        "stays": 60,  # longer than anybody waits: where a call has ended, it was ended
    }

    def __init__(self, exchange: Exchange, of: str, number: str, scenario: str, **keys: str):
        super().__init__(exchange, of, (host(of), 0))
        self.scenario, self.keys, self.expected = scenario, keys, Expected()
        self.consults = scenario in ("consult", "stays")
        self.final = 0
        self.cut = ""
        self.dialog = Dialog(
            f"c{next(_number)}",
            f"<sip:{of}@{self.where[0]}>;tag=c{next(_number)}",
            f"<sip:{number}@{PBX[0]}>",
            f"sip:{number}@{PBX[0]}:{PBX[1]}",
        )
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    # ---- In the exchange's thread

    def answered(self, response: Message) -> None:
        if response.method != "INVITE" or response.status < 200:
            return
        self.dialog.there = response.get("to")
        if response.status < 300:
            self.dialog.target = re.sub(r".*<(.*?)>.*", r"\1", response.get("contact"))
            self.request("ACK", self.dialog, cseq=1)
        else:
            self.request("ACK", self.dialog, cseq=1, via=self.via)
        self.final = response.status

    def asked(self, request: Message) -> None:
        super().asked(request)
        if request.method == "BYE":
            cause = re.search(r"cause=(\d+)", request.get("reason"))
            self.cut = f"cut {cause.group(1) if cause else ''}".strip()

    # ---- In its own

    def run(self) -> None:
        with self.exchange.news:
            more = [self.keys["header"]] if "header" in self.keys else []
            more += [f"Replaces: {self.keys['replaces']}"] if "replaces" in self.keys else []
            self.via = self.request("INVITE", self.dialog, *more, body=self.sdp, cseq=1)
        if not self.exchange.wait(lambda: self.final or self.cut, patience.seconds(25)) or not 200 <= self.final < 300:
            return
        pressed = [self.keys[key] for key in sorted(self.keys) if re.fullmatch(r"k\d|digit", key)]
        time.sleep(patience.seconds(0.4) if pressed else 0)
        for key in pressed:
            if not self.cut:
                with self.exchange.news:
                    self.request(
                        "INFO",
                        self.dialog,
                        "Content-Type: application/dtmf-relay",
                        body=f"Signal={key}\r\nDuration=160\r\n",
                    )
                time.sleep(KEYS_APART)
        # Who knows what is to come waits for it, and is done sooner.
        longest = self.LONGEST[self.scenario] * (4 if self.expected.final and not self.consults else 1)
        self.wait_for_the_end(time.monotonic() + patience.seconds(longest))
        if not self.cut:
            with self.exchange.news:
                self.request("BYE", self.dialog)

    def wait_for_the_end(self, latest: float) -> None:
        while not self.cut and time.monotonic() < latest:
            left = latest - time.monotonic()
            if self.consults or self.expected.final != "200":
                self.exchange.wait(lambda: self.cut, left)
            elif self.exchange.wait(lambda: self.cut or self.expected.has_rung(), left):
                calm = 2 * CALM + ANSWERS_AFTER if self.scenario == "keys" else CALM
                self.exchange.wait(lambda: self.cut or not self.expected.has_rung(), calm)
                if self.expected.has_rung():
                    return

    def over(self) -> bool:
        return not self.thread.is_alive()

    def tags(self) -> tuple[str, str, str] | None:
        """Call-ID, the other's tag and our own, when the call is answered."""
        if not 200 <= self.final < 300:
            return None
        return (
            self.dialog.call_id,
            *(re.search(r"tag=([^;>]+)", side)[1] for side in (self.dialog.there, self.dialog.here)),
        )

    def refer(self, to: str) -> None:
        with self.exchange.news:
            self.request("REFER", self.dialog, f"Refer-To: <sip:{to}>", f"Referred-By: <sip:{self.of}@{self.where[0]}>")

    def result(self) -> str:
        self.thread.join(patience.seconds(30))
        return self.cut or (str(self.final) if self.final else "no answer")

    def end(self) -> None:
        """When Asterisk has nothing left of the call: whoever has hung up himself is told by nobody."""
        with self.exchange.news:
            self.cut = self.cut or "over"
            self.exchange.news.notify_all()
        self.thread.join(patience.seconds(10))
        self.close()

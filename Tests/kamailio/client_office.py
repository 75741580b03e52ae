# SPDX-License-Identifier: MIT
"""A Kamailio that serves two clients, and the phones of both: they are busy, and count who was rung."""

from __future__ import annotations

import json
import re
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import digest
import machine
from machine import PBX, PHONES, TRUNK, Proxy

ACME, BETA = "acme.example", "beta.example"
BETAS_TRUNK = "127.0.0.4"
ALL, LI, LO, RI, RO, NOT_RO, NOT_RI, NIGHT = range(1, 9)
STATUSES = {
    ALL: ["all"],
    LI: ["li"],
    LO: ["lo"],
    RI: ["ri"],
    RO: ["ro"],
    NOT_RO: ["cq", "li", "lo", "qli", "qri", "ri"],
    NOT_RI: ["cq", "li", "lo", "qli", "qri", "ro"],
}


def status_items(statuses: dict[int, list[str]]) -> list[dict[str, Any]]:
    return [{"id": key, "name": f"status {key}", "property_list": value} for key, value in statuses.items()]


class Busy:
    """Whoever is rung here is busy. It counts who was rung."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.port = self.socket.getsockname()[1]
        self.rung: list[str] = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        while True:
            try:
                data, sender = self.socket.recvfrom(65536)
            except OSError:
                return
            text = data.decode(errors="replace")
            if text.startswith("INVITE"):
                wanted = re.findall(r"^(?:Via|From|Call-ID|CSeq): .*$", text, re.MULTILINE)
                to = re.search(r"^To: (.*?)\r?$", text, re.MULTILINE)[1]
                lines = [
                    "SIP/2.0 486 Busy Here",
                    *(line.strip() for line in wanted),
                    f"To: {to};tag=busy",
                    "Content-Length: 0",
                    "",
                    "",
                ]
                self.rung.append(re.search(r"^Call-ID: (.*?)\r?$", text, re.MULTILINE)[1])
                self.socket.sendto("\r\n".join(lines).encode(), sender)


@dataclass
class Row:
    what: str
    caller: str  # user@domain, as From says
    number: str  # user@domain
    expected: str  # who rings; or the code, and what the reason says
    statuses: dict[str, int] = field(default_factory=dict)
    at: str = PHONES
    phone: str | None = ""  # whose password it has; empty: the caller's; None: it has none
    secret: str = ""
    says: str = ""


def row(what: str, caller: str, number: str, expected: str, at: str = PHONES, **more: Any) -> Row:
    return Row(what, caller, number, expected, at=at, **more)


A101, A102, B101, B102 = f"101@{ACME}", f"102@{ACME}", f"101@{BETA}", f"102@{BETA}"
B201, A_OUT, B_OUT = f"201@{BETA}", f"0301234@{ACME}", f"0301234@{BETA}"


class Clients:
    """Kamailio with two clients, and everybody who can be rung."""

    def __init__(self, folder: Path, prefix: Path) -> None:
        self.ends = {
            name: Busy(PHONES)
            for name in ("acme-101", "acme-102", "acme-102-mobile", "beta-101", "beta-102", "beta-201")
        }
        self.ends |= {"trunk": Busy(TRUNK), "beta-trunk": Busy(BETAS_TRUNK), "pbx": Busy(PBX)}
        self.folder, self.prefix = folder, prefix
        self.proxy = Proxy(folder / "clients", prefix, self.office(), json.dumps({"statuses": status_items(STATUSES)}))
        with (self.proxy.folder / "address.list").open("a") as file:
            file.write(f"2 {BETAS_TRUNK} 32 0 trunk\n")

    def office(self) -> dict[str, Any]:
        own = {"queues": ["600"], "menus": ["700"]}
        return {
            "clients": {
                ACME: {
                    **own,
                    "extensions": {"101": ALL, "102": ALL},
                    "phones": {"102-mobile": "102"},
                    "statuses": status_items({NIGHT: ["li"]}),
                },
                BETA: {
                    **own,
                    "extensions": {"101": ALL, "102": ALL, "201": ALL},
                    "emergency": ["955"],
                    "trunk": f"sip:{BETAS_TRUNK}:{self.ends['beta-trunk'].port}",
                },
            },
            "emergency": ["112"],
            "outside": "0[0-9]{3,15}",
            "trunk": f"sip:{TRUNK}:{self.ends['trunk'].port}",
            "pbx": f"sip:{PBX}:{self.ends['pbx'].port}",
        }

    def start(self) -> None:
        self.proxy.start()
        self.proxy.wait_until_ready()
        for name, end in self.ends.items():
            client, _, phone = name.partition("-")
            if phone and phone != "trunk":
                number = phone.partition("-")[0]
                refused = self.proxy.register(
                    number, end.port, f"{client}.example", phone, f"sip:{phone}@{PHONES}:{end.port}"
                )
                if refused:
                    raise machine.Failed(f"{name} cannot register: {refused}")

    def call(self, one: Row) -> str:
        """Who rings; or the code, and the reason when it is what is expected."""
        user, _, domain = one.caller.partition("@")
        phone = one.phone or user
        before = {name: len(end.rung) for name, end in self.ends.items()}
        proof = None if one.phone is None else digest.Proof(phone, one.secret or digest.password(f"{phone}@{domain}"))
        headers = f"X-Callprop-Call: {one.says}" if one.says else ""
        answer = self.proxy.request("INVITE", f"sip:{one.number}", user, headers, domain=domain, proof=proof, at=one.at)
        rang = [name for name, end in self.ends.items() if len(end.rung) > before[name]]
        code = answer[8:11]
        if rang:
            return " ".join(rang) if code == "486" else f"{code}, rang {rang}"
        reason = one.expected.partition(" ")[2]
        return f"{code} {reason}".strip() if reason in answer else answer

    def statuses(self, wanted: dict[str, int]) -> None:
        for name, client in self.proxy_offices().items():
            for number in client["extensions"]:
                whole = f"{number}@{name}"
                self.proxy.kamcmd("htable.seti", "status", f"s:{whole}", str(wanted.get(whole, ALL)))

    def proxy_offices(self) -> dict[str, Any]:
        return json.loads((self.proxy.folder / "office.json").read_text())["clients"]

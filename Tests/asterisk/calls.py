# SPDX-License-Identifier: MIT
"""How the calls of the table are made."""

from __future__ import annotations

import re
import socket
import time
from typing import Callable

from real_calls import Failed

import agents
from lab import Lab, QuickLab, until
from sip import INSIDE, PBX

AnyLab = Lab | QuickLab


def call(of: str, number: str, scenario: str = "call", **keys: str) -> Callable[[AnyLab], str]:
    return lambda lab: lab.call(of, number, scenario, **keys)


def menu(of: str, digit: str) -> Callable[[AnyLab], str]:
    return lambda lab: lab.call(of, "600", "menu", digit=digit)


def keys(of: str, number: str, pressed: str) -> Callable[[AnyLab], str]:
    """A call during which the caller presses keys, such as a transfer's. Then he hangs up."""

    def act(lab: AnyLab) -> str:
        result = lab.call(of, number, "keys", **{f"k{place}": key for place, key in enumerate(pressed)})
        time.sleep(0.5)
        return result

    return act


def settled(lab: AnyLab) -> str:
    lab.settle()
    return "up" if lab.pbx.channels() else "ended"


def originate(first: str, second: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        lab.pbx.rx(f"channel originate {first} extension {second}@internal")
        return settled(lab)

    return act


def call_file(first: str, second: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        spool = lab.pbx.base / "spool"
        file = spool / "tmp/call"
        file.write_text(f"Channel: {first}\nContext: internal\nExtension: {second}\nPriority: 1\nMaxRetries: 0\n")
        file.rename(spool / "outgoing/call")
        until(lambda: not (spool / "outgoing/call").exists() or lab.pbx.channels())
        return settled(lab)

    return act


def ami_originate(first: str, second: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        lab.pbx.manager.action("Originate", Channel=first, Context="internal", Exten=second, Priority="1", Async="true")
        return settled(lab)

    return act


def transfer(of: str, to: str) -> Callable[[AnyLab], str]:
    """Somebody calls 101, who transfers him (the phone's scenario); what the caller sees, who stays on the line."""
    return lambda lab: lab.call(of, "101", "long_call")


def attended(of: str, to: str, scenario: str = "long_call", pressed: str = "") -> Callable[[AnyLab], str]:
    """101 calls `to`; then `of` calls 101, and 101 makes one call of the two, in which `of` may press keys."""

    def act(lab: AnyLab) -> str:
        consultation = lab.place("101", to, "consult")
        if not until(lambda: consultation.tags() or consultation.over()):
            raise Failed("the consultation is neither answered nor refused")
        if consultation.over():
            return consultation.result()
        to_be_replaced = agents.replaces(*consultation.tags())
        lab.phone("101", "transfer", refer_to=f"{to}@127.0.0.1?Replaces={to_be_replaced}").wait_until_ready()
        return lab.call(of, "101", scenario, **{f"k{place}": key for place, key in enumerate(pressed)})

    return act


def ended(act: Callable[[AnyLab], str]) -> Callable[[AnyLab], str]:
    """Of two who are connected, Asterisk ends one for the module, and the other for that or because nobody is there: by chance."""
    return lambda lab: re.sub(r"^cut (16|21)$", "cut", act(lab))


def pickup(of: str, number: str, rings: str, by: str, dialled: str, scenario: str = "call") -> Callable[[AnyLab], str]:
    """Without the dialplan, Asterisk waits half a second for media before it connects: a "call" is over by then."""

    def act(lab: AnyLab) -> str:
        lab.place(of, number, "long_call")
        lab.expect_ring(rings)
        time.sleep(0.1)
        return lab.call(by, dialled, scenario)

    return act


def retrieve(of: str, number: str, by: str, dialled: str = "701") -> Callable[[AnyLab], str]:
    """Somebody calls 101, who parks him (the phone's scenario); another retrieves the call."""

    def act(lab: AnyLab) -> str:
        lab.place(of, number, "stays")
        return parked(lab, by, dialled, "call" if dialled == "701" else "long_call")

    return act


def retrieve_parked_by_ami(number: str, rings: str, by: str) -> Callable[[AnyLab], str]:
    """Somebody outside calls, the phone that rings answers, and is parked by a desk application; another retrieves it."""

    def act(lab: AnyLab) -> str:
        lab.place("trunk", number, "stays")
        channel = re.compile(rf"^(PJSIP/{rings}-\w+)!.*!Up!", re.MULTILINE)
        until(lambda: channel.search(lab.pbx.command("core show channels concise")))
        found = channel.search(lab.pbx.command("core show channels concise"))
        insist(lab, "Park", Channel=found[1] if found else "")
        return parked(lab, by)

    return act


def replaces(of: str, number: str, by: str) -> Callable[[AnyLab], str]:
    """Somebody's call is answered; then another takes his place in it by INVITE with Replaces."""

    def act(lab: AnyLab) -> str:
        call = lab.place(of, number, "consult")
        if not until(call.tags):
            raise Failed("the call is not answered")
        call_id, to_tag, from_tag = call.tags()
        return lab.call(by, "102", "replaces", replaces=f"{call_id};to-tag={to_tag};from-tag={from_tag}")

    return act


def registered(of: str, contact: str, then: Callable[[AnyLab], str]) -> Callable[[AnyLab], str]:
    """The phone of an extension registers a Contact first."""

    def act(lab: AnyLab) -> str:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.bind((INSIDE, 0))
            phone.settimeout(5)
            here = "{}:{}".format(*phone.getsockname())
            lines = [
                f"REGISTER sip:{PBX} SIP/2.0",
                f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{here}",
                f"From: <sip:{of}@{PBX}>;tag=r",
                f"To: <sip:{of}@{PBX}>",
                f"Call-ID: register-{here}",
                "CSeq: 1 REGISTER",
                f"Contact: <{contact}>",
                "Expires: 600",
                "Max-Forwards: 70",
                "Content-Length: 0",
                "",
                "",
            ]
            host, _, port = PBX.partition(":")
            phone.sendto("\r\n".join(lines).encode(), (host, int(port)))
            answer = phone.recv(4096).decode()
        if not answer.startswith("SIP/2.0 200"):
            raise Failed(f"{of} cannot register: {answer}")
        return then(lab)

    return act


def channels(lab: AnyLab) -> list[list[str]]:
    """The fields of each channel: its name first, 4 its state, 5 its application, 12 its bridge."""
    lines = [line.split("!") for line in lab.pbx.command("core show channels concise").splitlines()]
    return [fields for fields in lines if len(fields) > 12]


def insist(lab: AnyLab, action: str, **headers: str) -> None:
    """An action of AMI about a connection: refused as long as there is none yet, though the call is answered."""
    until(lambda: lab.pbx.manager.action(action, **headers)["Response"] == "Success")


def channel_of(lab: AnyLab, device: str) -> str:
    """The name of this device's channel, once it is up."""
    channel = re.compile(rf"^({device}-\w+)!.*!Up!", re.MULTILINE)
    until(lambda: channel.search(lab.pbx.command("core show channels concise")))
    found = channel.search(lab.pbx.command("core show channels concise"))
    if not found:
        raise Failed(f"{device} is not up")
    return found[1]


def channel_in(lab: AnyLab, application: str, device: str = "") -> str:
    """The name of this device's channel, or of any, that is in the application, once it is."""

    def there() -> list[str]:
        return [fields[0] for fields in channels(lab) if fields[0].startswith(device) and fields[5] == application]

    until(there)
    return there()[0]


def redirect_both(lab: AnyLab, one: tuple[str, str], other: tuple[str, str]) -> None:
    """AMI sends the channels of two devices to a number each, at once."""
    headers = {}
    for prefix, (device, number) in {"": one, "Extra": other}.items():
        headers |= {
            f"{prefix}Channel": channel_of(lab, f"PJSIP/{device}"),
            f"{prefix}Context": "internal",
            f"{prefix}Exten": number,
            f"{prefix}Priority": "1",
        }
    insist(lab, "Redirect", **headers)


def bridged_by_ami(first: str, second: str, number: str) -> Callable[[AnyLab], str]:
    """Both call a number that answers; a desk application connects them. What the second sees."""

    def act(lab: AnyLab) -> str:
        lab.place(first, number, "long_call")
        one = channel_of(lab, f"PJSIP/{first}")
        caller = lab.place(second, number, "long_call")
        insist(lab, "Bridge", Channel1=one, Channel2=channel_of(lab, f"PJSIP/{second}"))
        return caller.result()

    return act


def sent_by_ami(of: str, number: str, through: str, to: str) -> Callable[[AnyLab], str]:
    """Somebody's call is answered through a Local channel; a desk application has that one transfer him."""

    def act(lab: AnyLab) -> str:
        caller = lab.place(of, number, "long_call")
        first_half = re.compile(rf"^({through}-\w+;1)!.*!Up!", re.MULTILINE)
        until(lambda: first_half.search(lab.pbx.command("core show channels concise")))
        found = first_half.search(lab.pbx.command("core show channels concise"))
        insist(lab, "BlindTransfer", Channel=found[1] if found else "", Context="internal", Exten=to)
        return caller.result()

    return act


def to_agent(of: str, number: str, agent: str) -> Callable[[AnyLab], str]:
    """An agent logs in and stays on the line; somebody calls. What the agent sees."""

    def act(lab: AnyLab) -> str:
        login = lab.place(agent, "648", "consult")
        if not until(lambda: re.search("1001 .*NOT_INUSE", lab.pbx.command("agent show online")), 9):
            raise Failed(f"the agent is not there: {lab.pbx.command('agent show online')}")
        lab.place(of, number, "long_call")
        return login.result()

    return act


def parked(lab: AnyLab, by: str, number: str = "701", scenario: str = "call") -> str:
    if not until(lambda: re.search(r"Space *: *701", lab.pbx.command("parking show default"))):
        raise Failed("the call is not parked")
    return lab.call(by, number, scenario)

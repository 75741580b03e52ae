# SPDX-License-Identifier: MIT
"""Several are connected by one Local channel: an application's bridge, or two of them."""

from __future__ import annotations

from typing import Callable

from ari import APPLICATION, Application
from calls import AnyLab
from hostile_calls import NOT_RI, Early, Row, answered, place, together
from hostile_lab import look_at
from hostile_more import dialplan
from lab import until
from setups import Setup, conf


def comes(lab: AnyLab, application: Application, phone: str) -> tuple[Early, str]:
    """It calls the application, which answers, and stays. Its call, and the id of its channel."""
    call = place(lab, phone, "656")
    channel = application.id_of(f"PJSIP/{phone}", "Ring")
    application.post(f"channels/{channel}/answer")
    until(lambda: call.final)
    return call, channel


def waits(lab: AnyLab, application: Application, *phones: str) -> list[str]:
    return [comes(lab, application, phone)[1] for phone in phones]


def bridge(application: Application, *channels: str) -> str:
    made = application.post("bridges", type="mixing")["id"]
    joins(application, made, *channels)
    return made


def joins(application: Application, made: str, *channels: str) -> None:
    for channel in channels:
        application.post(f"bridges/{made}/addChannel", channel=channel)


def two_halves(application: Application) -> tuple[str, str]:
    """A Local channel of which the application has both halves."""
    half = application.post("channels", endpoint="Local/657@internal/n", app=APPLICATION, formats="ulaw")["id"]
    far = application.id_of("Local/657@internal", "Ring")
    application.post(f"channels/{far}/answer")
    return half, far


def dials(lab: AnyLab, application: Application, number: str, **how: str) -> str:
    """A Local channel to a number, by the dialplan, for the application. Its first half, once it has answered."""
    made = application.post("channels", endpoint=f"Local/{number}@internal/n", app=APPLICATION, **how)["id"]
    until(lambda: any(one["id"] == made and one["state"] == "Up" for one in application.channels()))
    return made


def rings(lab: AnyLab, application: Application, originator: str) -> str:
    """102, for one who waits."""
    return dials(lab, application, "102", originator=originator)


def rung_into(*there: str) -> Callable[[AnyLab], str]:
    """The application rings 102 for the last of these, connects them, and puts 102 there, too."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            channels = waits(lab, application, *there)
            rung = rings(lab, application, channels[-1])
            made = bridge(application, *channels)
            joins(application, made, rung)
            return together(lab)

    return act


def comes_to(who: str, *there: str) -> Callable[[AnyLab], str]:
    """The same, and then somebody else comes into the bridge."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            channels = waits(lab, application, *there)
            made = bridge(application, *channels, rings(lab, application, channels[-1]))
            joins(application, made, *waits(lab, application, who))
            return together(lab)

    return act


def two_bridges(first: tuple[str, ...], second: tuple[str, ...], locals: int = 1) -> Callable[[AnyLab], str]:
    """Both are the application's. A Local channel makes one of them, or each of two does, whose halves come last."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            one = bridge(application, *waits(lab, application, *first))
            other = bridge(application, *waits(lab, application, *second))
            for _ in range(locals):
                half, far = two_halves(application)
                joins(application, one, half)
                joins(application, other, far)
            return together(lab)

    return act


def put_alone(number: str, who: str) -> Callable[[AnyLab], str]:
    """101 is alone in the application's bridge, and puts there whom it consulted: nobody is transferred. Another comes then."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            first, one = comes(lab, application, "101")
            made = bridge(application, one)
            first.refers(number, answered(lab, "101", number).replaces())
            until(lambda: "PJSIP/101-" not in lab.pbx.command("core show channels concise"))
            joins(application, made, *waits(lab, application, who))
            return together(lab)

    return act


def to_and_fro(*nths: int) -> Callable[[AnyLab], str]:
    """101 and 102 are each in a bridge of the application. Outside is moved from the one to the other, as fast as that is asked for."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            bridges = [bridge(application, one) for one in waits(lab, application, "101", "102")]
            outside = waits(lab, application, "trunk")
            for nth in nths:
                joins(application, bridges[nth], *outside)
            return together(lab)

    return act


def long_chain(number: str) -> Callable[[AnyLab], str]:
    """101 dials what leads through many Local channels to 102."""

    def act(lab: AnyLab) -> str:
        answered(lab, "101", number)
        return together(lab)

    return act


# fmt: off
ROWS = [
    Row("32 Local channels", long_chain("7532"), ""),
    Row("permitted: 31 Local channels", long_chain("7531"), "101+102"),
    Row("outside and 103 have 102 (no ri) rung", rung_into("trunk", "103"), "103+trunk", {"102": NOT_RI}),
    Row("permitted: 102 (ri)", rung_into("trunk", "103"), "102+103+trunk"),
    Row("outside comes to 101, 103 and 102 (no ri), who was rung", comes_to("trunk", "101", "103"), "101+103+trunk", {"102": NOT_RI}),
    Row("permitted: outside comes to them, all with ri", comes_to("trunk", "101", "103"), "101+102+103+trunk"),
    Row("outside and 101, with 102 (no ri) and 103, by a Local channel", two_bridges(("trunk", "101"), ("102", "103")), "101+103+trunk", {"102": NOT_RI}),
    Row("101, with 102, both without li, by two Local channels", two_bridges(("101",), ("102",), 2), "", {"101": ("lo", "ri"), "102": ("lo", "ri")}),
    Row("permitted: 101, with 102, both with li, by two Local channels", two_bridges(("101",), ("102",), 2), "101+102"),
    Row("outside is moved to 102 (no ri), to 101, and back", to_and_fro(1, 0, 1), "", {"102": NOT_RI}),
    Row("permitted: the same, to 102 (ri)", to_and_fro(1, 0, 1), "102+trunk", {"102": ("li", "lo", "ri")}),
    Row("permitted: the same, with ri", two_bridges(("trunk", "101"), ("102", "103")), "101+102+103+trunk"),
    Row("101 puts 103 (no ri) into a bridge where nobody is, and outside comes", put_alone("103", "trunk"), "", {"103": NOT_RI}),
    Row("permitted: 103 (ri)", put_alone("103", "trunk"), "103+trunk"),
    Row("101 puts 102 (no ri), behind a Local channel, into a bridge where nobody is, and outside comes", put_alone("7602", "trunk"), "", {"102": NOT_RI}),
    Row("permitted: 102 (ri), behind a Local channel", put_alone("7602", "trunk"), "102+trunk"),
]
# fmt: on

# So many Local channels, one after the other. Asterisk has an end of its own, at 20.
CHAIN = """
exten => 7500,1,Dial(PJSIP/102,20,b(callprop^ring^1))
exten => 7602,1,Gosub(callprop,call,1(102))
 same => n,Dial(Local/102@internal/n,20,b(callprop^ring^1))
exten => _75XX,1,Gosub(callprop,call,1(102))
 same => n,Set(CHANNEL(max_forwards)=90)
 same => n,Dial(Local/75${IF($[${EXTEN:2}<=10]?0)}$[${EXTEN:2}-1]@internal/n)
"""

SETUPS = [
    Setup("hostile, several", look_at(ROWS), {"extensions.conf": dialplan(conf("extensions.conf"), CHAIN)}),
]

# SPDX-License-Identifier: MIT
"""Ways of Asterisk to ring and to connect that are no dial of the dialplan: asynchronous AGI, ARI, listening in, options of Dial(), call completion."""

from __future__ import annotations

import socket
import struct
import time
from typing import Callable

from ari import Application, connect
from calls import AnyLab, channel_of, channels, insist
from hostile_calls import (
    NOT_RI,
    RINGING,
    Row,
    answered,
    answers_now,
    connected,
    incoming,
    phone_refers,
    phone_refers_to,
    place,
    together,
)
from hostile_lab import look_at
from lab import until
from setups import Setup, conf, modules
from sip import address

Act = Callable[[AnyLab], object]
TRUNK = "PJSIP/0301234@trunk,20,b(callprop^ring^1)"


# ---- Asynchronous AGI


def by_agi(who: str, *commands: str, also: tuple[tuple[str, str, str], ...] = ()) -> Act:
    """Somebody calls what waits for commands of AMI. Before, others call: @ and the phone that they reach stands for its channel."""

    def act(lab: AnyLab) -> str:
        for other, number, _ in also:
            answered(lab, other, number)
        place(lab, who, "720")
        until(lambda: any(fields[5] == "AGI" for fields in channels(lab)))
        name = next(fields[0] for fields in channels(lab) if fields[5] == "AGI")
        for command in commands:
            for *_, phone in also:
                command = command.replace(f"@{phone}", channel_of(lab, f"PJSIP/{phone}"))
            insist(lab, "AGI", Channel=name, Command=command)
        return together(lab)

    return act


# ---- ARI


def early_bridge(who: str, endpoint: str, dials_first: bool = False) -> Act:
    """An application makes a channel, connects it with who called, and dials then."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            place(lab, who, "657")
            one = application.id_of(f"PJSIP/{who}", "Ring")
            application.post(f"channels/{one}/answer")
            two = application.post("channels/create", endpoint=endpoint, app="desk")["id"]
            bridge = application.post("bridges", type="mixing")["id"]
            application.post(f"bridges/{bridge}/addChannel", channel=two)
            if dials_first:
                application.post(f"channels/{two}/dial")
            application.tries(f"bridges/{bridge}/addChannel", channel=one, role="participant", absorbDTMF="true")
            if not dials_first:
                application.tries(f"channels/{two}/dial")
            return together(lab)

    return act


def moved(who: str, other: str) -> Act:
    """Each of two is in another application; one is moved, and connected there."""

    def act(lab: AnyLab) -> str:
        with Application("desk,other") as application:
            place(lab, who, "657")
            one = application.id_of(f"PJSIP/{who}", "Ring")
            place(lab, other, "721")
            two = application.id_of(f"PJSIP/{other}", "Ring")
            application.post(f"channels/{one}/move", app="other")
            time.sleep(0.3)
            for channel in (one, two):
                application.post(f"channels/{channel}/answer")
            connect(application, one, two)
            return together(lab)

    return act


def external_media(who: str) -> Act:
    def act(lab: AnyLab) -> object:
        with Application() as application:
            place(lab, who, "657")
            one = application.id_of(f"PJSIP/{who}", "Ring")
            application.post(f"channels/{one}/answer")
            two = application.post(
                "channels/externalMedia", app="desk", external_host="127.0.0.1:40000", format="ulaw"
            )["id"]
            connect(application, one, two)
            together(lab)
            return any(f[0].startswith("UnicastRTP/") and f[12] for f in channels(lab))

    return act


def snooped(who: str, number: str, whose: str, by: str, **how: str) -> Act:
    """Somebody calls; an application listens in to a phone, and connects another with that."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            answered(lab, who, number)
            spied = application.id_of(f"PJSIP/{whose}", "Up")
            before = {one["id"] for one in application.channels()}
            place(lab, by, "657")
            until(lambda: {one["id"] for one in application.channels()} - before)
            new = next(one["id"] for one in application.channels() if one["id"] not in before)
            application.post(f"channels/{new}/answer")
            snoop = application.post(f"channels/{spied}/snoop", app="desk", **how)["id"]
            time.sleep(0.2)
            connect(application, new, snoop)
            time.sleep(0.7)
            pairs = connected(lab).split()
            return " ".join([pair for pair in pairs if "Snoop" not in pair] + ["heard" for pair in pairs if "Snoop" in pair])

    return act


def continues(who: str, first: str, to: str) -> Act:
    def act(lab: AnyLab) -> str:
        with Application() as application:
            place(lab, who, first)
            one = application.id_of(f"PJSIP/{who}", "Ring")
            application.post(f"channels/{one}/continue", context="internal", extension=to, priority="1")
            return together(lab)

    return act


def called_continues(to: str) -> Act:
    """An application rings 102 for nobody, and sends it on."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            two = application.post("channels", endpoint="PJSIP/102", app="desk")["id"]
            application.id_of("PJSIP/102", "Up")
            application.post(f"channels/{two}/continue", context="internal", extension=to, priority="1")
            return together(lab)

    return act


# ---- Listening in by the dialplan


def speaks(lab: AnyLab, phone: str) -> None:
    """A phone sends silence for a second: who listens in to it is rid of it with its next frame only."""
    name = channel_of(lab, f"PJSIP/{phone}")
    host, _, port = lab.pbx.manager.action("Getvar", Channel=name, Variable="CHANNEL(rtp,src)")["Value"].rpartition(":")
    own, sip_port = address(phone)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
        media.bind((own, 30000 + sip_port % 1000 * 2))
        for number in range(50):
            media.sendto(struct.pack("!BBHII", 0x80, 0, number, number * 160, 4711) + b"\xff" * 160, (host, int(port)))
            time.sleep(0.02)


def spies(lab: AnyLab) -> bool:
    return any(fields[5] in ("ChanSpy", "ExtenSpy") for fields in channels(lab))


def listens(who: str, number: str, pair: tuple[str, str] = ("104", "102"), spied: str = "102") -> Act:
    """Two are connected; another dials what listens in to 102. Who is connected, and whether he still listens."""

    def act(lab: AnyLab) -> str:
        answered(lab, *pair)
        caller = place(lab, who, number)
        until(lambda: spies(lab) or caller.final)
        time.sleep(0.3)
        speaks(lab, spied)
        return f"{connected(lab)} {'heard' if spies(lab) else 'ended'}"

    return act


def behind_local(number: str) -> Act:
    """A PBX rings 103, and has it listen in, by a Local channel."""

    def act(lab: AnyLab) -> str:
        answered(lab, "trunk", "102")
        lab.pbx.rx(f"channel originate Local/103@internal/n extension {number}@internal")
        until(lambda: spies(lab))
        time.sleep(0.5)
        speaks(lab, "102")
        return f"{connected(lab)} {'heard' if spies(lab) else 'ended'}"

    return act


def before_connected(number: str) -> Act:
    """103 listens in to 102, who is connected with nobody yet, and then with outside."""

    def act(lab: AnyLab) -> str:
        answered(lab, "102", "647")
        place(lab, "103", number)
        until(lambda: spies(lab))
        answered(lab, "trunk", "647")
        insist(lab, "Bridge", Channel1=channel_of(lab, "PJSIP/102"), Channel2=channel_of(lab, "PJSIP/trunk"))
        time.sleep(0.5)
        speaks(lab, "102")
        return f"{connected(lab)} {'heard' if spies(lab) else 'ended'}"

    return act


# ---- Options of Dial(), AMI, the room


def calls(who: str, number: str, keys: str = "", after: float = 1) -> Act:
    def act(lab: AnyLab) -> str:
        caller = place(lab, who, number)
        until(lambda: caller.final)
        if keys:
            time.sleep(0.5)
            caller.presses(keys)
        return together(lab, after)

    return act


def rings_outside(who: str, number: str, keys: str) -> Act:
    def act(lab: AnyLab) -> int:
        calls(who, number, keys)(lab)
        return lab.phones["trunk"].rang()

    return act


def redirected(who: str, number: str, rings: str, to: str, extra: str) -> Act:
    """A desk application sends both of a call elsewhere at once."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, number)
        insist(
            lab,
            "Redirect",
            Channel=channel_of(lab, f"PJSIP/{who}"),
            Context="internal",
            Exten=to,
            Priority="1",
            ExtraChannel=channel_of(lab, f"PJSIP/{rings}"),
            ExtraContext="internal",
            ExtraExten=extra,
            ExtraPriority="1",
        )
        return together(lab)

    return act


def keys_after(who: str, number: str, keys: str) -> Act:
    def act(lab: AnyLab) -> str:
        caller = answered(lab, who, number)
        for part in keys.split():
            caller.presses(part)
            time.sleep(0.9)
        return together(lab)

    return act


# ---- Chains of transfers


def is_with(lab: AnyLab, expected: str) -> None:
    if not until(lambda: connected(lab) == expected, 4):
        raise AssertionError(f"{expected} is not connected, but {connected(lab)!r}")


def chain(who: str, number: str, *steps: tuple) -> Act:
    """Each step: a phone that was called sends who called it on, blind or by a consultation; or a status changes; or what is to be so then."""

    def act(lab: AnyLab) -> str:
        first = answered(lab, who, number)
        for step in steps:
            what, *more = step
            if what == "blind":
                phone_refers(lab, *more)
                time.sleep(0.8)
            elif what == "caller blind":
                with lab.exchange.news:
                    first.request("REFER", first.dialog, f"Refer-To: <sip:{more[0]}@127.0.0.1>")
                time.sleep(0.8)
            elif what == "attended":
                of, to, *statuses = more
                two = answered(lab, of, to)
                for status in statuses:
                    lab.pbx.set_status(of, status)
                phone_refers_to(lab, of, to, two.replaces())
                time.sleep(0.8)
            elif what == "caller attended":
                two = answered(lab, who, more[0])
                first.refers(more[0], two.replaces())
                time.sleep(0.8)
            elif what == "status":
                lab.pbx.set_status(*more)
            elif what == "is":
                try:
                    is_with(lab, more[0])
                except AssertionError as wrong:
                    return f"FAILED: {wrong}"
        return together(lab)

    return act


def announces(rings: str) -> Act:
    """Somebody is parked, and a phone is to hear where."""

    def act(lab: AnyLab) -> int:
        place(lab, "101", "725")
        time.sleep(1.2)
        return lab.phones[rings].rang()

    return act


LI_LO, LO_RO = ("li", "lo"), ("lo", "ro")
RINGS_102, RINGS_103 = {"102": RINGING}, {"103": RINGING}
SPY = {"spy": "both"}
WHISPER = {"spy": "both", "whisper": "both"}
ONLY_WHISPER = {"whisper": "out"}
# fmt: off
ROWS = [
    # AGI
    Row("AGI: EXEC Dial of 103 (no li)", by_agi("101", "EXEC Dial PJSIP/103,20,b(callprop^ring^1)"), "", {"103": ("ri",)}),
    Row("permitted: AGI: EXEC Dial of 103 (li)", by_agi("101", "EXEC Dial PJSIP/103,20,b(callprop^ring^1)"), "101+103", {"103": ("li",)}),
    Row("AGI: EXEC Dial of 103, without the handler", by_agi("101", "EXEC Dial PJSIP/103,20"), ""),
    Row("AGI: EXEC Dial outside for 101 (no ro)", by_agi("101", f"EXEC Dial {TRUNK}"), "", {"101": ("lo",)}),
    Row("permitted: AGI: EXEC Dial outside for 101 (ro)", by_agi("101", f"EXEC Dial {TRUNK}"), "101+trunk", {"101": LO_RO}),
    Row("AGI: EXEC Dial outside for outside", by_agi("trunk", f"EXEC Dial {TRUNK}"), ""),
    Row("AGI: EXEC Bridge of outside and 102 (no ri)", by_agi("trunk", "EXEC Bridge @102", also=(("104", "102", "102"),)), "", {"102": NOT_RI}),
    Row("permitted: AGI: EXEC Bridge of outside and 102 (ri)", by_agi("trunk", "EXEC Bridge @102", also=(("104", "102", "102"),)), "102+trunk"),
    Row("AGI: EXEC BridgeAdd of outside and 102 (no ri)", by_agi("trunk", "EXEC BridgeAdd @102", also=(("104", "102", "102"),)), "104+trunk", {"102": NOT_RI}),
    Row("AGI: EXEC Originate of 102 (no lo) with outside", by_agi("101", "EXEC Originate PJSIP/102,exten,internal,0301234,1"), "", {"102": ("li", "ri")}),
    Row("AGI: EXEC Originate of 102 that dials outside", by_agi("101", "EXEC Originate PJSIP/102,app,Dial,PJSIP/0301234@trunk"), ""),
    Row("permitted: AGI: EXEC Originate of 102 (ro) with outside", by_agi("101", "EXEC Originate PJSIP/102,exten,internal,0301234,1"), "102+trunk", {"102": ("ro",)}),
    Row("AGI: SET VARIABLE of a function that decides, then EXEC Dial", by_agi("101", "SET VARIABLE CALLPROP_RING() 1", "GET FULL VARIABLE ${CALLPROP_FORWARD()}", f"EXEC Dial {TRUNK}"), "", {"101": ("lo",)}),
    Row("AGI: EXEC Goto outside, for outside", by_agi("trunk", "EXEC Goto internal,0301234,1"), ""),
    # ARI
    Row("ARI: connected before 103 (no ri) is dialled", early_bridge("trunk", "PJSIP/103"), "", {"103": NOT_RI}),
    Row("permitted: ARI: connected before 103 (ri) is dialled", early_bridge("trunk", "PJSIP/103"), "103+trunk", {"103": ("ri",)}),
    Row("ARI: 103 (no ri) is dialled in a bridge", early_bridge("trunk", "PJSIP/103", True), "", {"103": NOT_RI}),
    Row("permitted: ARI: 103 (ri, lo) is dialled in a bridge", early_bridge("trunk", "PJSIP/103", True), "103+trunk", {"103": ("ri", "lo")}),
    Row("ARI: connected before outside is dialled for 101 (no ro)", early_bridge("101", "PJSIP/0301234@trunk"), "", {"101": ("lo",)}),
    Row("ARI: outside is dialled in a bridge for 101 (no ro)", early_bridge("101", "PJSIP/0301234@trunk", True), "", {"101": ("lo",)}),
    Row("ARI: outside is dialled in a bridge with outside", early_bridge("trunk", "PJSIP/0301234@trunk", True), ""),
    Row("ARI: moved to another application, and connected with 103 (no ri)", moved("trunk", "103"), "", {"103": NOT_RI}),
    Row("permitted: ARI: moved to another application, and connected with 103 (ri)", moved("trunk", "103"), "103+trunk", {"103": ("ri",)}),
    Row("ARI: externalMedia", external_media("101"), False),
    Row("ARI: outside whispers to 102 (no ri)", snooped("104", "102", "102", "trunk", **WHISPER), "102+104", {"102": LI_LO}),
    Row("ARI: outside whispers alone to 102 (no ri)", snooped("104", "102", "102", "trunk", **ONLY_WHISPER), "102+104", {"102": LI_LO}),
    Row("ARI: 103 whispers to 102 (no li)", snooped("trunk", "102", "102", "103", **WHISPER), "102+trunk", {"102": ("ri",)}),
    Row("ARI: 103 (no ro) whispers to outside", snooped("101", "0301234", "trunk", "103", **WHISPER), "101+trunk", {"103": LI_LO}),
    Row("ARI: outside whispers to outside", snooped("101", "0301234", "trunk", "trunk", **WHISPER), "101+trunk"),
    Row("permitted: ARI: 103 whispers to 102 (li)", snooped("trunk", "102", "102", "103", **WHISPER), "102+trunk heard", {"102": ("ri", "li")}),
    Row("permitted: ARI: outside whispers to 102 (ri)", snooped("104", "102", "102", "trunk", **WHISPER), "102+104 heard", {"102": ("ri", "li")}),
    Row("permitted: ARI: 103 listens to 102 (no li)", snooped("trunk", "102", "102", "103", **SPY), "102+trunk heard", {"102": ("ri",)}),
    Row("ARI: outside continues to where it dials outside", continues("trunk", "656", "642"), ""),
    Row("ARI: outside continues to where 103 (no ri) is dialled", continues("trunk", "656", "727"), "", {"103": NOT_RI}),
    Row("ARI: 101 (no ro) continues to where it dials outside", continues("101", "656", "642"), "", {"101": LI_LO}),
    Row("ARI: 101 continues, of which nothing was said, to where 103 is dialled", continues("101", "657", "727"), ""),
    Row("ARI: 102 (no ro) is rung for nobody, and continues outside", called_continues("0301234"), "", {"102": LI_LO}),
    Row("ARI: 102 is rung for nobody, and continues to where outside is dialled", called_continues("642"), ""),
    Row("permitted: ARI: 102 (ro) is rung for nobody, and continues outside", called_continues("0301234"), "102+trunk", {"102": ("ro",)}),
    # Listening in
    *(Row(f"outside {how} 102 (no ri)", listens("trunk", number), "102+104 ended", {"102": LI_LO})
      for number, how in (("722", "barges in on"), ("723", "whispers to"), ("728", "may switch to whispering to"))),
    *(Row(f"103 {how} 102 (no li)", listens("103", number, ("trunk", "102")), "102+trunk ended", {"102": ("ri",)})
      for number, how in (("722", "barges in on"), ("723", "whispers to"))),
    *(Row(f"permitted: outside {how} 102 (ri)", listens("trunk", number), "102+104 heard", {"102": ("ri", "li")})
      for number, how in (("723", "whispers to"),)),
    Row("outside barges in on 102 (ri), who is with 104 (no ri)", listens("trunk", "722"), "102+104 ended", {"102": ("li", "ri"), "104": ("lo",)}),
    Row("permitted: outside barges in on 102 (ri), who is with 104 (ri)", listens("trunk", "722"), "102+104 heard", {"102": ("li", "ri"), "104": ("lo", "ri")}),
    Row("permitted: outside listens to 102 (no ri)", listens("trunk", "724"), "102+104 heard", {"102": LI_LO}),
    *(Row(f"103 {how} 102 (no li), from behind a Local channel", behind_local(number), "102+trunk ended", {"102": ("ri",)})
      for number, how in (("722", "barges in on"), ("723", "whispers to"))),
    Row("permitted: 103 whispers to 102 (li), from behind a Local channel", behind_local("723"), "102+trunk heard", {"102": ("ri", "li")}),
    Row("103 (no ro) barges in on 102 (li), who is with outside only then", before_connected("722"), "102+trunk ended", {"103": LI_LO}),
    Row("permitted: 103 (ro) barges in on 102 (li), who is with outside only then", before_connected("722"), "102+trunk heard", {"103": LO_RO}),
    Row("permitted: 103 (no ro) whispers to 102 (li), who is with outside only then", before_connected("723"), "102+trunk heard", {"103": LI_LO}),
    # Options of Dial(), AMI, rooms, keys
    Row("Dial(G): 101 (no ro) goes on outside, 102 to 103", calls("101", "730"), "", {"101": LI_LO, "102": ("li", "lo")}),
    Row("permitted: Dial(G): 101 (ro) goes on outside, 102 to 103", calls("101", "730"), "101+trunk", {"101": LO_RO}),
    Row("Dial(G): outside goes on outside", calls("trunk", "730"), ""),
    Row("Dial(g): outside goes on outside, when 102 is busy", calls("trunk", "733", after=2), "", {}, RINGS_102),
    Row("Dial(U): 102 (no ro) says that it calls outside", calls("101", "732"), "", {"102": ("li",)}),
    Row("Dial(U): 102 says that it calls inside, and has nothing by then: outside", calls("trunk", "734"), "", {"102": ("ri", "lo")}),
    Row("Dial(L)", calls("101", "735"), "101+102"),
    Row("Redirect of both: 101 and 102 (no ro) to outside", redirected("101", "102", "102", "0301234", "0301234"), "", {"101": LI_LO, "102": LI_LO}),
    Row("Redirect of both: outside to outside, 102 (no lo) to 103", redirected("trunk", "102", "102", "0301234", "103"), "", {"102": ("ri",)}),
    Row("Redirect of both where nothing is said: outside to outside, 102 to 103", redirected("trunk", "102", "102", "642", "727"), ""),
    Row("permitted: Redirect of both: outside to 104 (ri), 102 (lo) to 103", redirected("trunk", "102", "102", "104", "103"), "102+103 104+trunk", {"102": ("ri", "lo"), "104": ("ri",)}),
    Row("a room's menu dials outside for 101 (no ro)", rings_outside("101", "736", "5"), 0, {"101": LI_LO}),
    Row("permitted: a room's menu dials outside for 101 (ro)", rings_outside("101", "736", "5"), 1, {"101": LO_RO}),
    Row("StackPop() after `call`, then 101 (no ro) outside", calls("101", "737"), "", {"101": LI_LO}),
    Row("StackPop() in a subroutine that says an emergency, then outside", calls("101", "738"), "", {"101": LI_LO}),
    Row("after_bridge_goto: 102 (no ro) goes on outside", calls("101", "739"), "", {"102": LI_LO}),
    Row("keys: three of outside and 103 (no ri)", keys_after("101", "0301234", "*2103 *3"), "", {"103": NOT_RI}),
    Row("keys: swapped, then three of outside and 103 (no ri)", keys_after("101", "0301234", "*2103 *4 *3"), "", {"103": NOT_RI}),
    Row("permitted: keys: three of outside and 103 (ri)", keys_after("101", "0301234", "*2103 *3"), "101+103+trunk", {"103": ("li", "ri")}),
    Row("keys: 103 is put down again", keys_after("101", "0301234", "*2103 *1"), "101+trunk", {"103": NOT_RI}),
    # Chains
    Row("chain: outside, blind by 101 to 102, attended to 103 (no ri)", chain("trunk", "101", ("blind", "101", "102"), ("is", "102+trunk"), ("attended", "102", "103")), "", {"103": NOT_RI}),
    Row("permitted: chain: outside, blind by 101 to 102, attended to 103 (ri)", chain("trunk", "101", ("blind", "101", "102"), ("is", "102+trunk"), ("attended", "102", "103")), "103+trunk", {"103": ("li", "ri")}),
    Row("chain: outside, attended by 101 to 102 (no ro), blind to outside", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("blind", "102", "0305678")), "", {"102": ("li", "lo", "ri")}),
    Row("permitted: chain: outside, attended by 101 to 102 (ro), blind to outside", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("blind", "102", "0305678")), "trunk+trunk", {"102": ("li", "ri", "ro")}),
    Row("chain: outside, attended by 101 to 102 (no lo), blind to 103", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("blind", "102", "103")), "", {"102": ("li", "ri", "ro")}),
    Row("chain: outside, attended by 101 to 102, blind to 103 (no ri)", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("blind", "102", "103")), "", {"103": NOT_RI}),
    Row("chain: outside, attended by 101 to 102, attended to 103 (no ri)", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("attended", "102", "103")), "", {"103": NOT_RI}),
    Row("permitted: chain: outside, attended by 101 to 102, attended to 103 (ri)", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("attended", "102", "103")), "103+trunk", {"103": ("li", "ri")}),
    Row("chain: outside, attended by 101 to 102, who loses ro, attended to outside", chain("trunk", "101", ("attended", "101", "102"), ("is", "102+trunk"), ("attended", "102", "0305678", ("li", "lo", "ri"))), ""),
    Row("chain: 101 (no lo) calls outside, which sends it to 103", chain("101", "0301234", ("blind", "trunk", "103")), "", {"101": ("ro",)}),
    Row("permitted: chain: 101 (lo) calls outside, which sends it to 103", chain("101", "0301234", ("blind", "trunk", "103")), "101+103", {"101": LO_RO}),
    Row("chain: outside sends 101 to 103 (no ro), who sends it outside", chain("101", "0301234", ("blind", "trunk", "103"), ("is", "101+103"), ("blind", "103", "0305678")), "", {"103": LI_LO}),
    Row("permitted: chain: outside sends 101 to 103 (ro), who sends it outside", chain("101", "0301234", ("blind", "trunk", "103"), ("is", "101+103"), ("blind", "103", "0305678")), "101+trunk", {"103": ("li", "ro"), "101": LO_RO}),
    Row("chain: 102 (no ro), blind by 101 to outside, blind on to outside", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("caller blind", "0305678")), "", {"102": LI_LO}),
    Row("permitted: chain: 102 (ro), blind by 101 to outside, blind on to outside", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("caller blind", "0305678")), "trunk+trunk", {"102": LO_RO}),
    Row("chain: 102 (no ro), blind by 101 to outside, attended on to 103 (no ri)", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("caller attended", "103")), "", {"102": LI_LO, "103": LI_LO}),
    Row("permitted: chain: the same, 103 (ri)", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("caller attended", "103")), "103+trunk", {"102": LI_LO, "103": ("li", "ri")}),
    Row("chain: 102 (no ro), blind by 101 to outside, which sends it to 104 (no li)", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("blind", "trunk", "104")), "", {"102": LI_LO, "104": ("ri",)}),
    Row("chain: 102 (no lo), blind by 101 to outside, which sends it to 104", chain("102", "101", ("blind", "101", "0301234"), ("is", "102+trunk"), ("status", "102", ("li",)), ("blind", "trunk", "104")), ""),
    # Asterisk rings, and tells nobody: with a Local channel the dialplan decides
    Row("ParkAndAnnounce() by a Local channel to 102 (no lo)", announces("102"), 0, {"102": ("li", "ri")}),
    Row("permitted: ParkAndAnnounce() by a Local channel to 102 (lo)", announces("102"), 1, {"102": ("lo",)}),
]
# fmt: on
DIALPLAN = """
exten => 720,1,Gosub(callprop,call,1(610))
 same => n,AGI(agi:async)
exten => 721,1,Stasis(other)
 same => n,Hangup()
exten => _72[2348],1,Answer()
 same => n,ChanSpy(PJSIP/102,q${IF($["${EXTEN}"="722"]?B)}${IF($["${EXTEN}"="723"]?w)}${IF($["${EXTEN}"="728"]?d)})
exten => 725,1,ParkAndAnnounce(default,t(20),beep,Local/102@internal/n)
exten => 726,1,Answer()
 same => n,ChanSpy(PJSIP/102,q)
exten => 727,1,Dial(PJSIP/103,9,b(callprop^ring^1))
exten => 730,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1)G(internal,731,1))
exten => 731,1,Goto(642,1)
 same => 2,Goto(727,1)
exten => 732,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1)U(says-outside))
 same => n,Hangup(${HANGUPCAUSE})
exten => 733,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,1,b(callprop^ring^1)g)
 same => n,Dial(PJSIP/0301234@trunk,20,b(callprop^ring^1))
exten => 734,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1)U(says-inside))
exten => 735,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1)L(9000:2000:1000))
exten => 736,1,Gosub(callprop,call,1(610))
 same => n,Answer()
 same => n,ConfBridge(room,,,room_menu)
exten => 737,1,Gosub(callprop,call,1(102))
 same => n,StackPop()
 same => n,Goto(642,1)
exten => 738,1,Gosub(says-emergency,s,1)
 same => n,Dial(PJSIP/0301234@trunk,20,b(callprop^ring^1))
exten => 739,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,1,b(callprop^ring^1)U(says-after)S(1))
 same => n,Hangup()
"""
SAYS = """
[says-outside]
exten => s,1,Gosub(callprop,call,1(0301234))
 same => n,Return()
[says-inside]
exten => s,1,Gosub(callprop,call,1(103))
 same => n,Set(EXTENSION_STATUS(102)=none)
 same => n,Return()
[says-emergency]
exten => s,1,Gosub(callprop,call,1(112))
 same => n,StackPop()
 same => n,Goto(internal,738,2)
[says-after]
exten => s,1,Set(CHANNEL(after_bridge_goto)=internal,0301234,1)
 same => n,Return()
"""


def dialplan() -> str:
    forgotten = "\n; Forgotten: no subroutine"
    return (
        conf("extensions.conf", SAYS)
        .replace(forgotten, f"{DIALPLAN}{forgotten}")
        .replace("[from-trunk]\n", "[from-trunk]\nexten => _7[23]X,1,Goto(internal,${EXTEN},1)\n")
    )


SETUPS = [
    Setup(
        "hostile, more",
        look_at(ROWS),
        {
            "extensions.conf": dialplan(),
            "modules.conf": modules(
                "app_confbridge", "app_chanspy", "app_originate", "app_bridgeaddchan", "res_speech", "res_agi", "bridge_builtin_interval_features"
            ),
            "confbridge.conf": "[general]\n[room_menu]\ntype = menu\n5 = dialplan_exec(internal,0301234,1)\n",
            "manager.conf": conf("manager.conf").replace("originate,command\n", "originate,command,agi\n"),
        },
    )
]

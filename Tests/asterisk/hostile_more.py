# SPDX-License-Identifier: MIT
"""Ways of Asterisk to ring and to connect that are no dial of the dialplan: asynchronous AGI, ARI, listening in, options of Dial(), call completion."""

from __future__ import annotations

import socket
import struct
import time
from typing import Callable

from ari import Application, connect
from calls import AnyLab, channel_in, channel_of, channels, insist
from hostile_calls import (
    NOT_RI,
    Row,
    answered,
    connected,
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
        name = channel_in(lab, "AGI")
        for template in commands:
            command = template
            for *_, phone in also:
                command = command.replace(f"@{phone}", channel_of(lab, f"PJSIP/{phone}"))
            insist(lab, "AGI", Channel=name, Command=command)
        return together(lab)

    return act


# ---- ARI


def early_bridge(who: str, endpoint: str, dials_first: bool = False, plays: bool = False) -> Act:
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
            if plays:
                application.tries(f"bridges/{bridge}/play", media="sound:beep")
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
            return " ".join(
                [pair for pair in pairs if "Snoop" not in pair] + ["heard" for pair in pairs if "Snoop" in pair]
            )

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


def heard(lab: AnyLab) -> str:
    pairs = " ".join(pair for pair in connected(lab).split() if pair != "trunk")
    return f"{pairs} {'heard' if spies(lab) else 'ended'}"


def listens(who: str, number: str, pair: tuple[str, str] = ("104", "102"), spied: str = "102") -> Act:
    """Two are connected; another dials what listens in to 102. Who is connected, and whether he still listens."""

    def act(lab: AnyLab) -> str:
        answered(lab, *pair)
        caller = place(lab, who, number)
        until(lambda: spies(lab) or caller.final)
        time.sleep(0.3)
        speaks(lab, spied)
        return heard(lab)

    return act


def behind_local(number: str) -> Act:
    """The PBX rings outside, and has it listen in, by a Local channel."""

    def act(lab: AnyLab) -> str:
        answered(lab, "104", "102")
        lab.pbx.rx(f"channel originate Local/0301234@internal/n extension {number}@internal")
        until(lambda: spies(lab))
        time.sleep(0.5)
        speaks(lab, "102")
        return heard(lab)

    return act


def before_connected(number: str) -> Act:
    """Outside listens in to 102, who is connected with nobody yet, and then with 104."""

    def act(lab: AnyLab) -> str:
        answered(lab, "102", "647")
        place(lab, "trunk", number)
        until(lambda: spies(lab))
        answered(lab, "104", "647")
        insist(lab, "Bridge", Channel1=channel_of(lab, "PJSIP/102"), Channel2=channel_of(lab, "PJSIP/104"))
        time.sleep(0.5)
        speaks(lab, "102")
        return heard(lab)

    return act


LI_LO, LO_RO = ("li", "lo"), ("lo", "ro")
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
    Row("AGI: EXEC Goto outside, for outside", by_agi("trunk", "EXEC Goto internal,0301234,1", "ASYNCAGI BREAK"), ""),
    Row("permitted: AGI: EXEC Goto outside, for 101", by_agi("101", "EXEC Goto internal,0301234,1", "ASYNCAGI BREAK"), "101+trunk"),
    # ARI
    Row("ARI: connected before 103 (no ri) is dialled", early_bridge("trunk", "PJSIP/103"), "", {"103": NOT_RI}),
    Row("permitted: ARI: connected before 103 (ri) is dialled", early_bridge("trunk", "PJSIP/103"), "103+trunk", {"103": ("ri",)}),
    Row("ARI: 103 (no ri) is dialled in a bridge", early_bridge("trunk", "PJSIP/103", True), "", {"103": NOT_RI}),
    Row("permitted: ARI: 103 (ri, lo) is dialled in a bridge", early_bridge("trunk", "PJSIP/103", True), "103+trunk", {"103": ("ri", "lo")}),
    Row("permitted: ARI: plays to 101 and 103", early_bridge("101", "PJSIP/103", plays=True), "101+103"),
    Row("ARI: connected before outside is dialled for 101 (no ro)", early_bridge("101", "PJSIP/0301234@trunk"), "", {"101": ("lo",)}),
    Row("ARI: outside is dialled in a bridge for 101 (no ro)", early_bridge("101", "PJSIP/0301234@trunk", True), "", {"101": ("lo",)}),
    Row("ARI: outside is dialled in a bridge with outside", early_bridge("trunk", "PJSIP/0301234@trunk", True), ""),
    Row("ARI: moved to another application, and connected with 103 (no ri)", moved("trunk", "103"), "", {"103": NOT_RI}),
    Row("permitted: ARI: moved to another application, and connected with 103 (ri)", moved("trunk", "103"), "103+trunk", {"103": ("ri",)}),
    Row("ARI: externalMedia", external_media("101"), False),
    Row("ARI: outside whispers to 102 (no ri)", snooped("104", "102", "102", "trunk", **WHISPER), "102+104", {"102": LI_LO}),
    Row("ARI: outside whispers alone to 102 (no ri)", snooped("104", "102", "102", "trunk", **ONLY_WHISPER), "102+104", {"102": LI_LO}),
    Row("ARI: outside whispers to outside", snooped("101", "0301234", "trunk", "trunk", **WHISPER), "101+trunk"),
    Row("ARI: outside whispers to 102 (ri), who is with 104 (no ri)", snooped("104", "102", "102", "trunk", **WHISPER), "102+104", {"104": LI_LO}),
    Row("permitted: ARI: 103 (nothing) whispers to 102 (no li)", snooped("trunk", "102", "102", "103", **WHISPER), "102+trunk heard", {"102": ("ri",), "103": ()}),
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
    *(Row(f"permitted: 103 (nothing) {how} 102 (no li)", listens("103", number, ("trunk", "102")), "102+trunk heard", {"102": ("ri",), "103": ()})
      for number, how in (("722", "barges in on"), ("723", "whispers to"))),
    Row("a device that is nobody's whispers to 102", listens("119", "723"), "102+104 ended"),
    *(Row(f"permitted: outside {how} 102 (ri)", listens("trunk", number), "102+104 heard", {"102": ("ri", "li")})
      for number, how in (("723", "whispers to"),)),
    Row("outside barges in on 102 (ri), who is with 104 (no ri)", listens("trunk", "722"), "102+104 ended", {"102": ("li", "ri"), "104": ("lo",)}),
    Row("permitted: outside barges in on 102 (ri), who is with 104 (ri)", listens("trunk", "722"), "102+104 heard", {"102": ("li", "ri"), "104": ("lo", "ri")}),
    Row("permitted: outside listens to 102 (no ri)", listens("trunk", "724"), "102+104 heard", {"102": LI_LO}),
    *(Row(f"outside {how} 102 (no ri), from behind a Local channel", behind_local(number), "102+104 ended", {"102": LI_LO})
      for number, how in (("722", "barges in on"), ("723", "whispers to"))),
    Row("permitted: outside whispers to 102 (ri), from behind a Local channel", behind_local("723"), "102+104 heard", {"102": ("ri", "li")}),
    Row("outside barges in on 102, who is with 104 (no ri) only then", before_connected("722"), "102+104 ended", {"104": LI_LO}),
    Row("permitted: outside barges in on 102, who is with 104 (ri) only then", before_connected("722"), "102+104 heard", {"104": ("ri", *LI_LO)}),
    Row("permitted: outside whispers to 102, who is with 104 (no ri) only then", before_connected("723"), "102+104 heard", {"104": LI_LO}),
]
# fmt: on
DIALPLAN = """
exten => 720,1,Gosub(callprop,call,1(610))
 same => n,AGI(agi:async)
exten => 721,1,Stasis(other)
 same => n,Hangup()
exten => _72[2348],1,Answer()
 same => n,ChanSpy(PJSIP/102,q${IF($["${EXTEN}"="722"]?B)}${IF($["${EXTEN}"="723"]?w)}${IF($["${EXTEN}"="728"]?d)})
exten => 727,1,Dial(PJSIP/103,9,b(callprop^ring^1))
"""


def dialplan(conf_text: str, numbers: str) -> str:
    """The test's dialplan with more numbers, which outside may dial as well."""
    forgotten = "\n; Forgotten: no subroutine"
    return conf_text.replace(forgotten, f"{numbers}{forgotten}").replace(
        "[from-trunk]\n", "[from-trunk]\nexten => _7[23]X,1,Goto(internal,${EXTEN},1)\n"
    )


SETUPS = [
    Setup(
        "hostile, more",
        look_at(ROWS),
        {
            "extensions.conf": dialplan(conf("extensions.conf"), DIALPLAN),
            "modules.conf": modules("app_chanspy", "app_originate", "app_bridgeaddchan", "res_speech", "res_agi"),
            "manager.conf": conf("manager.conf").replace("originate,command\n", "originate,command,agi\n"),
        },
    )
]

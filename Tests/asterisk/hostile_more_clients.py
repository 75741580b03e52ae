# SPDX-License-Identifier: MIT
"""Ways to ring and to connect that are no dial of the dialplan, between two clients: asynchronous AGI, ARI, listening in, AMI, chains of transfers."""

from __future__ import annotations

import time

from ari import Application
from calls import AnyLab, redirect_both
from clients_conf import EXTENSIONS, FILES, PHONES
from hostile_calls import Office, Row, answered, connected, phone_refers, phone_refers_to, place, together
from hostile_lab import look_at, parks
from hostile_more import Act, by_agi, listens, snooped
from lab import until
from setups import Setup, conf

ACME, BETA = "acme-102", "beta-102"


def early_bridge(who: str, endpoint: str) -> Act:
    """An application makes a channel of a phone, connects it with who called, and dials then."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            place(lab, who, "657")
            one = application.id_of(f"PJSIP/{who}", "Ring")
            application.post(f"channels/{one}/answer")
            two = application.post("channels/create", endpoint=endpoint, app="desk")["id"]
            bridge = application.post("bridges", type="mixing")["id"]
            application.post(f"bridges/{bridge}/addChannel", channel=f"{one},{two}")
            application.tries(f"channels/{two}/dial")
            return together(lab)

    return act


def redirected(to: str, extra: str) -> Act:
    """acme's 101 calls its 102, and a desk application sends both elsewhere at once."""

    def act(lab: AnyLab) -> str:
        answered(lab, "acme-101", "102")
        redirect_both(lab, ("acme-101", to), (ACME, extra))
        return together(lab)

    return act


def chain(who: str, number: str, *steps: tuple[str, ...]) -> Act:
    """Each step: a phone that was called sends who called it on, blind or by a consultation; or who is connected then."""

    def act(lab: AnyLab) -> str:
        answered(lab, who, number)
        for what, *more in steps:
            if what == "is":
                if not until(lambda more=more: connected(lab) == more[0], 4):
                    return f"FAILED: not {more[0]}, but {connected(lab)!r}"
            elif what == "blind":
                phone_refers(lab, *more)
            else:
                two = answered(lab, *more)
                phone_refers_to(lab, *more, two.replaces())
            time.sleep(0 if what == "is" else 0.8)
        return together(lab)

    return act


def sent_to_parked_visitor(lab: AnyLab) -> str:
    """beta's 101 goes to acme's 101, who parks it, and then sends its own 103 to the space: no dialplan says what that calls."""
    answered(lab, "beta-101", "87101")
    parks(lab, "acme-101")
    answered(lab, "acme-103", "101")
    phone_refers(lab, "acme-101", "702")
    return together(lab)


WHISPER = {"spy": "both", "whisper": "both"}
NOT_RI = ("li", "lo", "ro", "qli", "qri", "cq")
NOT_RO = ("li", "lo", "ri", "qli", "qri", "cq")
IN_ACME = "acme-101+acme-102"
BLIND_TO_BETA = ("trunk", "1101", ("blind", "acme-101", "89201"), ("is", "beta-201+trunk"))
# fmt: off
ROWS = [
    # Listening in
    Row("ARI: beta's 101 whispers to acme's 102", snooped("acme-101", "102", ACME, "beta-101", **WHISPER), IN_ACME),
    Row("ARI: outside, in no client, whispers to acme's 102", snooped("acme-101", "102", ACME, "trunk", **WHISPER), IN_ACME),
    Row("ARI: acme's 103 whispers to acme's 101, who is with beta's 201", snooped("acme-101", "89201", "acme-101", "acme-103", **WHISPER), "acme-101+beta-201"),
    Row("permitted: ARI: acme's 103 whispers to acme's 102", snooped("acme-101", "102", ACME, "acme-103", **WHISPER), f"{IN_ACME} heard"),
    *(Row(f"beta's 101 {how} acme's 102", listens("beta-101", number, ("acme-101", "102"), ACME), f"{IN_ACME} ended")
      for number, how in (("722", "barges in on"), ("723", "whispers to"))),
    Row("beta's 101, who has gone to acme, whispers to acme's 102 (no ri)", listens("beta-101", "87723", ("acme-101", "102"), ACME), f"{IN_ACME} ended", {"102@acme": NOT_RI}),
    Row("beta's 101 (no ro) goes to acme, and would whisper there", listens("beta-101", "87723", ("acme-101", "102"), ACME), f"{IN_ACME} ended", {"101@beta": NOT_RO}),
    Row("permitted: beta's 101, who has gone to acme, whispers to acme's 102 (ri)", listens("beta-101", "87723", ("acme-101", "102"), ACME), f"{IN_ACME} heard"),
    Row("permitted: acme's 103 barges in on acme's 102", listens("acme-103", "722", ("acme-101", "102"), ACME), f"{IN_ACME} heard"),
    # AGI, ARI, AMI
    Row("AGI: EXEC Dial of acme's 102 for beta", by_agi("beta-101", "EXEC Dial PJSIP/acme-102,20,b(callprop^ring^1)"), ""),
    Row("AGI: EXEC Bridge of beta's 101 and acme's 102", by_agi("beta-101", f"EXEC Bridge @{ACME}", also=(("acme-101", "102", ACME),)), ""),
    Row("permitted: AGI: EXEC Bridge of acme's 103 and 102", by_agi("acme-103", f"EXEC Bridge @{ACME}", also=(("acme-101", "102", ACME),)), "acme-102+acme-103"),
    Row("ARI: beta's 101 connected before acme's 102 is dialled", early_bridge("beta-101", "PJSIP/acme-102"), ""),
    Row("permitted: ARI: acme's 103 connected before acme's 102 is dialled", early_bridge("acme-103", "PJSIP/acme-102"), "acme-102+acme-103"),
    Row("Redirect of both: acme's 101 (no ro) to beta's 201, 102 (no ro) to beta's 102", redirected("89201", "89102"), "", {"101@acme": NOT_RO, "102@acme": NOT_RO}),
    Row("Redirect of both: acme's 101 to beta's 201 (no ri), 102 to beta's 102 (no ri)", redirected("89201", "89102"), "", {"201@beta": NOT_RI, "102@beta": NOT_RI}),
    Row("permitted: Redirect of both: acme's 101 to beta's 201, 102 to beta's 102", redirected("89201", "89102"), "acme-101+beta-201 acme-102+beta-102"),
    # Chains
    Row("chain: outside, blind by acme's 101 (no ro) to beta's 201", chain(*BLIND_TO_BETA[:3]), "", {"101@acme": NOT_RO}),
    Row("chain: outside, blind by acme to beta's 201, attended to beta's 102 (no ri)", chain(*BLIND_TO_BETA, ("attended", "beta-201", "102")), "", {"102@beta": NOT_RI}),
    Row("permitted: chain: outside, blind by acme to beta's 201, attended to beta's 102 (ri)", chain(*BLIND_TO_BETA, ("attended", "beta-201", "102")), "beta-102+trunk"),
    Row("chain: outside, blind by acme to beta's 201 (no ro), blind to acme's 102", chain(*BLIND_TO_BETA, ("blind", "beta-201", "87102")), "", {"201@beta": NOT_RO}),
    Row("chain: outside, blind by acme to beta's 201, blind to acme's 102 (no ri)", chain(*BLIND_TO_BETA, ("blind", "beta-201", "87102")), "", {"102@acme": NOT_RI}),
    Row("permitted: chain: outside, blind by acme to beta's 201 (ro), blind to acme's 102 (ri)", chain(*BLIND_TO_BETA, ("blind", "beta-201", "87102")), "acme-102+trunk"),
    *(Row(f"permitted: {who}, sent by acme's 101 (no lo) to 103, which is denied, is still in acme, and calls 102",
          chain(phone, number, ("blind", "acme-101", "73103")), seen, {"101@acme": ("li", "ri", "ro")})
      for who, phone, number, seen in (("outside", "trunk", "1101", "acme-102+trunk"), ("beta's 101, who has gone there", "beta-101", "87101", "acme-102+beta-101"))),
    Row("chain: acme's 103, by its 101 to beta's 201, by that to acme's 102 (no li)",
        chain("acme-103", "101", ("attended", "acme-101", "89201"), ("is", "acme-103+beta-201"), ("attended", "beta-201", "87102")), "", {"102@acme": ("ri",)}),
    Row("chain: acme's 103 (no li), by its 101 to beta's 201, by that to acme's 102",
        chain("acme-103", "101", ("attended", "acme-101", "89201"), ("is", "acme-103+beta-201"), ("attended", "beta-201", "87102")), "", {"103@acme": ("lo", "ro", "ri")}),
    Row("permitted: chain: acme's 103 (li), by its 101 to beta's 201, by that to acme's 102 (li)",
        chain("acme-103", "101", ("attended", "acme-101", "89201"), ("is", "acme-103+beta-201"), ("attended", "beta-201", "87102")), "acme-102+acme-103"),
    Row("chain: acme's 103 (no lo), by its 101 to beta's 201, blind to acme's 102 (no li)",
        chain("acme-103", "101", ("attended", "acme-101", "89201"), ("is", "acme-103+beta-201"), ("blind", "beta-201", "87102")), "", {"102@acme": ("ro",)}),
    # Who sends to a caller from another client calls outside
    Row("acme's 101 (no ro) sends 103 to a parked caller from beta", sent_to_parked_visitor, "", {"101@acme": NOT_RO}),
    Row("permitted: acme's 101 (no lo) sends 103 to a parked caller from beta", sent_to_parked_visitor, "acme-103+beta-101", {"101@acme": ("li", "ri", "ro")}),
]
# fmt: on
DIALPLAN = """
[internal](+)
exten => 657,1,Stasis(desk)
exten => 720,1,Gosub(callprop,call,1(500))
 same => n,AGI(agi:async)
exten => _72[23],1,Answer()
 same => n,ChanSpy(PJSIP/acme-102,q${IF($["${EXTEN}"="722"]?B:w)})
; Goes on after a denial
exten => _73XXX,1,Goto(sent,${EXTEN:2},1)
[sent]
exten => _X.,1,Set(ok=${CALLPROP_CALL()})
 same => n,Goto(internal,102,1)
[from-trunk](+)
exten => 657,1,Goto(internal,657,1)
"""
SETUPS = [
    Setup(
        "hostile, more clients",
        look_at(ROWS, Office(EXTENSIONS, PHONES)),
        {
            **FILES,
            "extensions.conf": FILES["extensions.conf"] + DIALPLAN,
            "modules.conf": f"{FILES['modules.conf']}require = app_chanspy.so\nrequire = res_speech.so\nrequire = res_agi.so\n",
            "manager.conf": conf("manager.conf").replace("originate,command\n", "originate,command,agi\n"),
        },
    )
]

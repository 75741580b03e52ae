# SPDX-License-Identifier: MIT
"""Callers who dial more than a number. 101 may call inside only: nothing that it dials gets it, or anybody through it, outside."""

from __future__ import annotations

from dataclasses import dataclass, field

from answers import logged
from calls import call, originate, pickup, transfer
from desk import Desk
from pbx import EXTENSIONS, callprop_conf
from setups import Setup, conf

NO_NUMBER = "is no number: it consists of letters, digits and"
TOO_MANY = "has 2 arguments, and takes 1: a comma that a caller dialled"
NOT_DIALLED = "is not what was dialled, ${EXTEN}, which CALLPROP_CALL() is about"

# 80… goes outside after `call`, 90… after the function as text, 70… after a function that does not see what is dialled.
# 9 and 8 are inside as well, so that a number cut short is one that 101 may dial.
DIALPLAN = """
exten => _8.,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Dial(PJSIP/${FILTER(0-9,${EXTEN:1})}@trunk,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => _9.,1,GotoIf(${CALLPROP_CALL(${EXTEN})}?go)
 same => n,Hangup(21)
 same => n(go),Dial(PJSIP/${FILTER(0-9,${EXTEN:1})}@trunk,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => 631,1,Gosub(callprop,call,1(${CALLERID(num)}))
 same => n,Dial(PJSIP/0301234@trunk,20,b(callprop^ring^1))
exten => 632,1,GotoIf(${CALLPROP_CALL(102)}?go)
 same => n,Hangup(21)
 same => n(go),Dial(PJSIP/0301234@trunk,20,b(callprop^ring^1))
exten => 633,1,GotoIf(${CALLPROP_CALL()}?go)
 same => n,Hangup(21)
 same => n(go),Dial(PJSIP/102,20,b(callprop^ring^1))
exten => 634,1,Gosub(callprop,queue,1(634))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => _635.,1,Gosub(callprop,queue,1(${EXTEN}))
 same => n,Dial(PJSIP/0301234@trunk,20,b(callprop^ring^1))
exten => 636,1,GotoIf(${CALLPROP_CALL_AS(sideways)}?go)
 same => n,Hangup(21)
 same => n(go),Dial(PJSIP/102,20,b(callprop^ring^1))
exten => 637,1,Gosub(callprop,call,1)
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1))
exten => 638,1,Gosub(callprop,call,1())
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1))
exten => _639.,1,Gosub(callprop,call,1(102))
 same => n,Gosub(callprop,forward,1(${EXTEN:3}))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1))
exten => _670.,1,Gosub(callprop,direct,1(${EXTEN:3}))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1))
exten => 671,1,Gosub(callprop,retrieve-from,1(default))
exten => 672,1,Gosub(callprop,retrieve-from,1(default,701))
exten => _673.,1,Gosub(callprop,retrieve,1(${EXTEN:3}))
exten => 674,1,GotoIf(${CALLPROP_RETRIEVE_FROM()}?go)
 same => n,Hangup(21)
 same => n(go),Answer()
 same => n,Wait(9)
exten => _675.,1,Gosub(callprop,pickup,1(${EXTEN:3}))
exten => _676.,1,Set(found=${CALLPROP_PICKUP(${EXTEN:3})})
 same => n,Hangup(21)
exten => _681.,1,Set(found=${CALLPROP_PICKUP(${EXTEN:3})})
 same => n,ExecIf($["${found}" != ""]?PickupChan(${found}))
 same => n,Hangup(21)
; A variable that is left of something else is no argument where Gosub() has none.
exten => 682,1,Set(ARG1=10 3)
 same => n,Gosub(callprop,pickup,1)
exten => _677.,1,GotoIf(${CALLPROP(${EXTEN:3},external,extension,dst)}?go)
 same => n,Hangup(21)
 same => n(go),Answer()
 same => n,Wait(9)
exten => 678,1,Gosub(callprop,call,1(01234567890123456789012345678901234567890123456789012345678901234567890123456789))
 same => n,Dial(PJSIP/102,20,b(callprop^ring^1))
exten => 679,1,GotoIf(${CALLPROP_CALL(679)}?go)
 same => n,Hangup(21)
 same => n(go),Dial(PJSIP/102,20,b(callprop^ring^1))
"""


@dataclass
class Dialled:
    what: str  # as it stands in the SIP URI
    logged: str
    expected: tuple[str, str] = ("403", "")
    statuses: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"101": ("lo",)})


# fmt: off
TABLE = [
    # `call`: the text is an argument of Gosub().
    Dialled("80301234", "needs ro"),
    Dialled("80301234,extension", TOO_MANY),
    Dialled("80301234%2Cextension", TOO_MANY),
    Dialled("80301234%2Cqueue", TOO_MANY),
    Dialled("80301234%2C", TOO_MANY),
    Dialled("80301234%2C%2Cextension", "has 3 arguments, and takes 1"),
    Dialled("8%2C0301234", TOO_MANY),
    Dialled("80301234%20", NO_NUMBER),
    Dialled("%2080301234", "", ("404", "")),
    Dialled("80301234)", NO_NUMBER),
    Dialled("80301234(", NO_NUMBER),
    Dialled("8(0301234,extension)", NO_NUMBER),
    Dialled("8(0301234,extension,x)", NO_NUMBER),
    Dialled("8%220301234,extension%22", NO_NUMBER),
    Dialled("8%220301234,extension", NO_NUMBER),
    Dialled("8'0301234,extension'", TOO_MANY),
    Dialled("80301234%5C,extension", NO_NUMBER),
    Dialled("8)%3A0%3A10301234", NO_NUMBER),
    Dialled("8%7D0301234", NO_NUMBER),
    Dialled("8$%7BEXTEN%7D0301234", NO_NUMBER),
    Dialled("8$%7BCALLPROP_CALL(102)%7D0301234", NO_NUMBER),
    Dialled("80301234&PJSIP%2F102", NO_NUMBER),
    Dialled("80301234%402", NO_NUMBER),
    Dialled("80301234%5E1", NO_NUMBER),
    Dialled("80301234%7C1", NO_NUMBER),
    Dialled("80301234%0Aforged", "'80301234?forged' is no number"),
    # A function: the text is its argument.
    Dialled("90301234", "needs ro"),
    Dialled("9)%3A0%3A10301234", NO_NUMBER),
    Dialled("9)%3A0%3A1%7D0301234", NO_NUMBER),
    Dialled("90301234,extension", NO_NUMBER),
    Dialled("90301234%2Cextension", NO_NUMBER),
    Dialled("9%220301234,extension%22", NO_NUMBER),
    Dialled("9$%7BEXTEN%7D0301234", NO_NUMBER),
    Dialled("632", f"'102' {NOT_DIALLED}"),
    Dialled("633", "", ("200", "102")),
    Dialled("679", "", ("200", "102")),
    # The other subroutines and functions.
    Dialled("634", "", ("200", "102")),
    Dialled("634", "needs lo", statuses={"101": ("ro",)}),
    Dialled("634", "needs qli", statuses={"102": ("li",)}),
    Dialled("6350301234,extension", TOO_MANY),
    Dialled("636", "the kind is none of extension, external, queue and ivr"),
    Dialled("637", "Gosub(callprop,call,1(…)) has 0 arguments, and takes 1"),
    Dialled("638", "Gosub(callprop,call,1(…)) has 0 arguments, and takes 1"),
    Dialled("639109,x", TOO_MANY),
    Dialled("639109%22", NO_NUMBER),
    Dialled("670102,x", TOO_MANY),
    Dialled("670102", "", ("200", "102")),
    Dialled("670102", "102, status 'ri': Denied", statuses={"102": ("ri",)}),
    Dialled("671", "Gosub(callprop,retrieve-from,1(…)) has 1 arguments, and takes 2"),
    Dialled("672", "no call is parked in 701 of lot default"),
    Dialled("673701,other", TOO_MANY),
    Dialled("673701%22", NO_NUMBER),
    Dialled("674", "CALLPROP_RETRIEVE_FROM() is for Gosub(callprop,retrieve-from"),
    Dialled("675102,x", TOO_MANY),
    Dialled("675102&x", NO_NUMBER),
    Dialled("676102,x", "CALLPROP_PICKUP() takes an extension, or nothing"),
    Dialled("677102", "", ("200", "")),
    Dialled("677102,extension,extension,dst", "there are more than five words"),
    Dialled("677102,extension,extension,dst,", "there are more than five words"),
    Dialled("678", NO_NUMBER),
]
# fmt: on


def look(desk: Desk) -> None:
    pbx = desk.pbx
    pbx.configure(
        callprop_conf().replace("500 = queue", "500 = queue\n8 = ivr\n9 = ivr\n633 = extension\n679 = extension")
    )
    pbx.rx("module reload res_callprop.so")

    def one(name: str, act, logs: str, expected: tuple[str, str], statuses, **scenarios: tuple) -> None:
        for extension in EXTENSIONS:
            pbx.set_status(extension, statuses.get(extension, ("all",)))
        before = len(pbx.log())
        seen = rings(desk, act, expected, scenarios)
        said = not logs or logged(pbx, before, logs) or f"the log has not: {logs}"
        desk.check(name, (*expected, True), (*seen, said))

    for row in TABLE:
        one(f"101 dials {row.what}", call("101", row.what), row.logged, row.expected, row.statuses)
    only_lo = {"101": ("lo", "ri")}
    for what, logs in {
        "80301234": "needs ro",
        "80301234%2Cextension": TOO_MANY,
        "8)%3A0%3A10301234": NO_NUMBER,
    }.items():
        refer = {"101": ("transfer", {"refer_to": f"{what}@127.0.0.1"})}
        one(f"101 transfers to {what}", transfer("trunk", what), logs, ("cut 21", "101"), only_lo, **refer)
    for who, logs in {
        "102": "needs ro",
        "0301234": "needs ro",
        "80301234%2Cextension": TOO_MANY,
        "8)%3A0%3A1": NO_NUMBER,
    }.items():
        act = call("101", "631", header=f"P-Asserted-Identity: <sip:{who}@127.0.0.1>")
        # 102 is permitted, and yet the leg that leads outside is not: 631 has no Hangup() with the cause.
        expected = ("503", "") if who == "102" else ("403", "")
        one(f"101's number is {who}", act, logs, expected, {"101": ("lo",)})
    for what, logs in {
        "102*0301234": "",
        "102,2*0301234": NO_NUMBER,
        "102*0301234,2": NO_NUMBER,
        "102": "is no callback: it is written as two numbers with a * between them",
        "102*": "is no callback",
        "102*1*2": "is no callback",
    }.items():
        act = originate(f"Local/{what}@callprop-callback/n", "0301234")
        expected = ("ended", "") if logs else ("up", "102 trunk")
        one(f"callback {what}", act, logs, expected, {})
    for name, dialled, logs, expected, statuses in (
        ("by the function", "681102", "", ("200", "102"), {}),
        ("by the function, without li", "681102", "needs li", ("403", "102"), {"103": ("lo", "ri")}),
        ("by group, with a variable ARG1", "682", "", ("200", "102"), {}),
        ("by group, with a variable ARG1, without li", "682", "needs li", ("403", "102"), {"103": ("lo", "ri")}),
    ):
        act = pickup("101", "102", "102", "103", dialled)
        one(f"103 picks up {name}", act, logs, expected, statuses, **{"102": ("ringing", {})})


def rings(
    desk: Desk,
    act,
    expected: tuple[str, str],
    scenarios: dict[str, tuple],
    phones: tuple[str, ...] = ("101", "102", "103", "trunk"),
) -> tuple[str, str]:
    """What the call comes to, and what it rings, with phones that answer where nothing else is said."""
    lab = desk.lab_of(desk.pbx, desk.folder)
    lab.expect(*expected)
    try:
        for of in phones:
            scenario, keys = scenarios.get(of, ("phone", {}))
            lab.phone(of, scenario, **keys)
        return act(lab), lab.rang()
    finally:
        lab.end()


# extensions_callprop.conf of callprop 1.0, where an administrator kept it.
OF_1_0 = """
[callprop]
exten => call,1,GotoIf(${CALLPROP_CALL(${ARG1},${ARG2})}?permitted)
 same => n,Goto(callprop-denied,s,1)
 same => n(permitted),Return()
exten => ring,1,Set(LOCAL(may)=${CALLPROP_RING()})
 same => n,GotoIf(${may}?permitted)
 same => n,GotoIf($["${may}" = "0"]?denied)
 same => n,Hangup(21)
 same => n(denied),Return(${CALLPROP_REJECT()})
 same => n(permitted),Return()
exten => forward,1,GotoIf(${CALLPROP_FORWARD(${ARG1})}?permitted)
 same => n,Goto(callprop-denied,s,1)
 same => n(permitted),Return()
exten => pickup,1,Set(LOCAL(ringing)=${CALLPROP_PICKUP(${ARG1})})
 same => n,ExecIf($["${ringing}" != ""]?PickupChan(${ringing}))
 same => n,Goto(callprop-denied,s,1)
exten => retrieve,1,GotoIf(${CALLPROP_RETRIEVE(${ARG1},${ARG2})}?permitted)
 same => n,Goto(callprop-denied,s,1)
 same => n(permitted),ParkedCall(${IF($["${ARG2}" = ""]?default:${ARG2})},${ARG1})
 same => n,Hangup()
[callprop-denied]
exten => s,1,Hangup(21)
"""


def look_at_1_0(desk: Desk) -> None:
    for row in (
        Dialled("102", "", ("200", "102")),
        Dialled("80301234", "needs ro"),
        Dialled("80301234,extension", TOO_MANY),
        Dialled("8%220301234,extension%22", NO_NUMBER),
        Dialled("8)%3A0%3A10301234", NO_NUMBER),
        Dialled("109", "extension 109, status 'li+lo'", statuses={"109": ("li", "lo")}),
        Dialled("673701,other", TOO_MANY),
        Dialled("673701", "no call is parked in 701 of lot default"),
        Dialled("675102,x", TOO_MANY),
    ):
        for extension in EXTENSIONS:
            desk.pbx.set_status(extension, row.statuses.get(extension, ("all",)))
        before = len(desk.pbx.log())
        seen = rings(desk, call("101", row.what), row.expected, {})
        said = not row.logged or logged(desk.pbx, before, row.logged) or f"the log has not: {row.logged}"
        desk.check(f"with the subroutines of 1.0, 101 dials {row.what}", (*row.expected, True), (*seen, said))


INSIDE = conf("extensions.conf").replace("\n; Forgotten: no subroutine", f"{DIALPLAN}\n; Forgotten: no subroutine")
PJSIP = conf("pjsip.conf").replace("[end](!)\n", "[end](!)\ntrust_id_inbound = yes\n")
SETUPS = [
    Setup("injection", look, {"extensions.conf": INSIDE, "pjsip.conf": PJSIP}),
    Setup(
        "injection, 1.0",
        look_at_1_0,
        {
            "extensions.conf": INSIDE.replace("/etc/asterisk/extensions_callprop.conf", "extensions_1.0.conf"),
            "extensions_1.0.conf": OF_1_0,
        },
    ),
]

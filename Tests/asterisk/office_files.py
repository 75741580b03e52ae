# SPDX-License-Identifier: MIT
"""The office of Sources/asterisk/README.md, and its two clients, with what an administrator adds: keys, mailboxes, more queues, rooms."""

from __future__ import annotations

import re
from itertools import combinations

from real_calls import Failed

import pasted
import pasted_clients
from pbx import MNEMOS, status_name
from setups import conf

MORE_NUMBERS = """
; A phone with a mailbox
exten => 105,1,Gosub(callprop,call,1(105))
 same => n,Dial(PJSIP/105,2,tTb(callprop^ring^1))
 same => n,VoiceMail(105@default,u)
; A mailbox to which calls are transferred, and one's own
exten => 297,1,Gosub(callprop,call,1(297))
 same => n,VoiceMail(105@default,u)
exten => *97,1,Gosub(callprop,call,1(*97))
 same => n,Answer()
 same => n,VoiceMailMain(105@default,s)
; Forwarded by the dialplan when it is busy, or nobody answers: inside, and outside
exten => 106,1,Gosub(callprop,call,1(106))
 same => n,Dial(PJSIP/106,2,tTb(callprop^ring^1))
 same => n,Gosub(callprop,forward,1(106))
 same => n,Goto(102,1)
exten => 206,1,Gosub(callprop,call,1(106))
 same => n,Dial(PJSIP/106,2,tTb(callprop^ring^1))
 same => n,Gosub(callprop,forward,1(106))
 same => n,Goto(0305555,1)
exten => 107,1,Gosub(callprop,call,1(107))
 same => n,Gosub(callprop,forward,1(107))
 same => n,FollowMe(107,N)
 same => n,Hangup(21)
; Groups: one after the other, at once by the dialplan, and with the mobile phone of 101
exten => 620,1,Gosub(callprop,call,1(620))
 same => n,Dial(PJSIP/101,2,b(callprop^ring^1))
 same => n,Dial(PJSIP/102,2,b(callprop^ring^1))
 same => n,Dial(PJSIP/103,20,tTb(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => 622,1,Gosub(callprop,call,1(620))
 same => n,Dial(Local/101@internal/n&Local/102@internal/n,20)
 same => n,Hangup(${HANGUPCAUSE})
exten => 612,1,Gosub(callprop,call,1(101))
 same => n,Dial(PJSIP/101&Local/0307777@by-101/n,30,tTb(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
; Queues: of Local channels, that stay or not; that go on to the next, or to a phone; with agents; with a key that leads out
exten => 501,1,Gosub(callprop,call,1(501))
 same => n,Answer()
 same => n,Queue(locals,tTb(callprop^ring^1),,,60)
exten => 502,1,Gosub(callprop,call,1(502))
 same => n,Answer()
 same => n,Queue(optimised,tTb(callprop^ring^1),,,60)
exten => 503,1,Gosub(callprop,call,1(503))
 same => n,Answer()
 same => n,Queue(single,b(callprop^ring^1),,,2)
 same => n,Goto(500,1)
exten => 504,1,Gosub(callprop,call,1(504))
 same => n,Answer()
 same => n,Queue(single,b(callprop^ring^1),,,2)
 same => n,Goto(104,1)
exten => 506,1,Gosub(callprop,call,1(506))
 same => n,Answer()
 same => n,Queue(agents,tTb(callprop^ring^1),,,60)
exten => 507,1,Gosub(callprop,call,1(507))
 same => n,Answer()
 same => n,AgentRequest(1001)
exten => 508,1,Gosub(callprop,call,1(508))
 same => n,Answer()
 same => n,Queue(leave,b(callprop^ring^1),,,60)
exten => 511,1,Gosub(callprop,call,1(511))
 same => n,Answer()
 same => n,Queue(dynamic,tTb(callprop^ring^1),,,60)
; An agent logs in; into the queue
exten => *45,1,Gosub(callprop,call,1(*45))
 same => n,Answer()
 same => n,AgentLogin(1001,s)
exten => *46,1,Gosub(callprop,call,1(*46))
 same => n,Answer()
 same => n,AddQueueMember(dynamic,PJSIP/${CALLPROP_PHONE()})
 same => n,Wait(1)
; A room, paging, an intercom, listening in
exten => 800,1,Gosub(callprop,call,1(800))
 same => n,Answer()
 same => n,ConfBridge(room)
exten => 810,1,Gosub(callprop,call,1(810))
 same => n,Page(PJSIP/102&PJSIP/103&PJSIP/104,qb(callprop^ring^1),10)
exten => _*8010[1-4],1,Gosub(callprop,call,1(${EXTEN:3}))
 same => n,Dial(PJSIP/${EXTEN:3},20,A(beep)b(callprop^ring^1))
exten => *55,1,Gosub(callprop,call,1(*55))
 same => n,Answer()
 same => n,ChanSpy(PJSIP/102,q)
; Who was called goes on; the house calls back; a menu that reads a number
exten => 822,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,20,F(after^s^1)b(callprop^ring^1))
exten => 830,1,Gosub(callprop,call,1(*83))
 same => n,Answer()
 same => n,Originate(Local/102*0304444@callprop-callback/n,exten,internal,0304444,1,,a)
exten => 601,1,Gosub(callprop,call,1(601))
 same => n,Answer()
 same => n,Read(number,,3,,,4)
 same => n,Goto(internal,${number},1)
exten => 871,1,Gosub(callprop,call,1(870))
 same => n,Answer()
 same => n,Echo()
; What callprop is told nothing of
exten => 791,1,ParkedCall(default,701)
"""
MORE_CONTEXTS = """
[after]
exten => s,1,Goto(internal,104,1)
[by-101]
exten => _0X.,1,Gosub(callprop,forward,1(101))
 same => n,Goto(internal,${EXTEN},1)
[agents]
exten => 1001,1,AgentRequest(1001)
[leave]
exten => 1,1,Goto(internal,104,1)
"""
# Not _XXX, which would lead to the emergency numbers.
MORE_FROM_OUTSIDE = """exten => _0301234X0X,1,Goto(internal,${EXTEN:-3},1)
exten => _03012346XX,1,Goto(internal,${EXTEN:-3},1)
exten => 0301234511,1,Goto(internal,${EXTEN:-3},1)
"""
QUEUES = """
[single]
timeout = 5
retry = 1
member => PJSIP/106
[agents]
timeout = 5
retry = 1
member => Local/1001@agents/n
[leave]
context = leave
timeout = 15
member => PJSIP/106
[dynamic]
timeout = 10
retry = 1
[locals]
strategy = linear
timeout = 5
retry = 1
member => Local/102@internal/n
member => Local/103@internal/n
[optimised]
strategy = linear
timeout = 5
retry = 1
member => Local/102@internal
member => Local/103@internal
"""
NUMBERS = (
    "297 = extension\n601 = ivr\n620 = extension\n800 = extension\n810 = extension\n870 = extension\n"
    + "".join(f"{queue} = queue\n" for queue in (501, 502, 503, 504, 506, 507, 508, 511))
    + "".join(f"{service} = service\n" for service in ("*45", "*46", "*55", "*83", "*97"))
)
FEATURES = """
transferdigittimeout = 2
featuredigittimeout = 2000
atxfernoanswertimeout = 4
atxferdropcall = no
atxferloopdelay = 1
atxfercallbackretries = 2
atxferabort = *1
atxfercomplete = *2
atxferthreeway = *3
atxferswap = *4
[featuremap]
blindxfer = #1
atxfer = *2
"""
FOLLOWME = """[general]
featuredigittimeout => 1000
takecall => 1
declinecall => 2
enable_callee_prompt => no
[107]
context => internal
number => 103,8
"""
ROOMS = "[general]\n[default_user]\ntype = user\nquiet = yes\n[default_bridge]\ntype = bridge\n"
STATUSES = "".join(
    f"{status_name(chosen)} = {','.join(chosen)}\n"
    for n in range(len(MNEMOS) + 1)
    for chosen in combinations(MNEMOS, n)
)
CLIENTS_MORE_NUMBERS = """; Parking, pickup, rooms
exten => 700,1,NoOp()
 same => n,Park(${CALLPROP_CLIENT()})
exten => _70[1-9],1,Gosub(callprop,retrieve-from,1(${CALLPROP_CLIENT()},${EXTEN}))
exten => *8,1,Gosub(callprop,pickup,1)
exten => _*810[1-4],1,Gosub(callprop,pickup,1(${EXTEN:2}))
exten => 800,1,Gosub(callprop,call,1(800))
 same => n,Answer()
 same => n,ConfBridge(room-${CALLPROP_CLIENT()})

"""
CLIENTS = ("acme", "beta")


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        if old not in text:
            raise Failed(f"an office of the README has no {old!r}")
        text = text.replace(old, new)
    return text


def before(text: str, more: str) -> tuple[str, str]:
    """As a change: more in front of this text."""
    return text, more + text


def after(text: str, more: str) -> tuple[str, str]:
    return text, text + more


def office() -> dict[str, str]:
    pjsip = (f"[{n}](phone)\naors = {n}\n[{n}]\ntype = aor\ncontact = sip:{n}@127.0.0.1:5{n}\n" for n in ("105", "106"))
    return {
        **pasted.FILES,
        "modules.conf": pasted.FILES["modules.conf"]
        + "noload = app_voicemail_odbc.so\nnoload = app_voicemail_imap.so\n",
        "extensions.conf": changed(
            pasted.FILES["extensions.conf"],
            ("Dial(PJSIP/${EXTEN},30,b(", "Dial(PJSIP/${EXTEN},30,tTb("),
            ("@trunk,60,b(", "@trunk,60,Tb("),
            ("Queue(support,nb(", "Queue(support,tTnb("),
            before("; A status by dialling", MORE_NUMBERS),
            after("exten => 0301234610,1,Goto(internal,${EXTEN:-3},1)\n", MORE_FROM_OUTSIDE),
        )
        + MORE_CONTEXTS,
        "callprop.conf": changed(
            pasted.FILES["callprop.conf"],
            after("[statuses]\n", STATUSES),
            after("104 =\n", "105 =\n106 =\n107 =\n"),
            after("610 = extension\n", NUMBERS),
        ),
        "pjsip.conf": conf("pjsip.conf", *pjsip),
        "queues.conf": changed(pasted.FILES["queues.conf"], ("rrmemory", "linear")) + QUEUES,
        "features.conf": pasted.FILES["features.conf"] + FEATURES,
        "voicemail.conf": "[general]\nformat = wav\n[default]\n105 => 1234,Somebody\n",
        "agents.conf": "[general]\n[1001]\nfullname = An agent\nackcall = no\nwrapuptime = 0\n",
        "followme.conf": FOLLOWME,
        "confbridge.conf": ROOMS,
    }


def clients() -> dict[str, str]:
    pasted_files = pasted_clients.files()
    extensions = changed(
        pasted_files["extensions.conf"],
        (",30,b(", ",30,tTb("),
        ("@trunk,60,b(", "@trunk,60,Tb("),
        before("; Each client's outside number", CLIENTS_MORE_NUMBERS),
    )
    callprop = changed(
        pasted_files["callprop.conf"],
        ("[statuses]               ", f"[statuses]\n{STATUSES};"),
        after("*70 = service\n", "800 = extension\n"),
        ("PJSIP/beta-hall", "PJSIP/beta-299"),
    )
    pjsip = re.sub(
        r"(\[(acme|beta)-\d+\]\(phone\)\n)",
        r"\1set_var = CHANNEL(parkinglot)=\2\nnamed_call_group = \2\nnamed_pickup_group = \2\n",
        pasted_files["pjsip.conf"],
    )
    lot = pasted_files["res_parking.conf"]
    return {
        **pasted_files,
        "extensions.conf": extensions,
        "callprop.conf": callprop,
        "pjsip.conf": pjsip,
        "features.conf": pasted.FILES["features.conf"] + FEATURES,
        "confbridge.conf": ROOMS,
        "res_parking.conf": "".join(changed(lot, ("[default]", f"[{client}]")) for client in CLIENTS),
    }


OFFICE, TWO_CLIENTS = office(), clients()
# Where a parked call comes back soon.
SOON = {"res_parking.conf": changed(pasted.FILES["res_parking.conf"], ("parkingtime = 45", "parkingtime = 4"))}

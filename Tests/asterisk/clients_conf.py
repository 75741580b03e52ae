# SPDX-License-Identifier: MIT
"""Two clients in one Asterisk, acme and beta, which have the same numbers, and the one without a name beside them.

The dialplan is everybody's, as a hosting company has it. Its mistakes are on purpose: 4…, 5…, 501, the groups of pickup, the parking lot, the
agent and the room reach for what is another client's.
"""

from __future__ import annotations

from pbx import callprop_conf
from setups import conf, modules
from sip import address

PHONES = ("acme-101", "acme-102", "acme-103", "beta-101", "beta-102", "beta-201", "101", "trunk", "beta-trunk")
EXTENSIONS = ("101@acme", "102@acme", "103@acme", "101@beta", "102@beta", "201@beta", "101")

CALLPROP = (
    callprop_conf().partition("[extensions]")[0]
    + """[extensions]
101 =
[numbers]
600 = ivr
[trunks]
trunk = PJSIP/trunk

[extensions@acme]
101 =
102 =
103 =
[numbers@acme]
500 = queue
501 = queue
600 = ivr
640 = ivr
*60 = service
*70 = service
[transit@acme]
number = 030999*

[trunks@beta]
trunk = PJSIP/beta-trunk
[numbers@beta]
500 = queue
600 = ivr
640 = ivr
*70 = service
[general@beta]
emergency = 955
[extensions@beta]
101 =
102 =
201 =
[interfaces@beta]
PJSIP/beta-299 =
"""
)

EXTENSIONS_CONF = """
[globals]
CALLPROP_INSIDE = internal
#include "/etc/asterisk/extensions_callprop.conf"

[internal]
exten => _[12]0X,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Dial(${CALLPROP_PHONES(${EXTEN})},20,Tb(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
; Whoever dials it, the phone of acme or of beta
exten => _4XXX,1,Gosub(callprop,call,1(${EXTEN:1}))
 same => n,Dial(PJSIP/acme-${EXTEN:1},20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => _5XXX,1,Gosub(callprop,call,1(${EXTEN:1}))
 same => n,Dial(PJSIP/beta-${EXTEN:1},20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => 500,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Queue(${CALLPROP_CLIENT()}-support,nb(callprop^ring^1),,,10)
 same => n,Hangup(21)
exten => 501,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Queue(beta-support,nb(callprop^ring^1),,,2)
 same => n,Hangup(21)
exten => 600,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Goto(menu,s,1)
exten => _0X.,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Dial(PJSIP/${EXTEN}@trunk,20,Tb(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => _9X.,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Dial(PJSIP/${EXTEN}@beta-trunk,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => 112,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Dial(PJSIP/${EXTEN}@trunk,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => 955,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Dial(PJSIP/${EXTEN}@beta-trunk,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})

; From client to client: on a Local channel, and on the channel itself
exten => _8[68]XXX,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Dial(Local/${EXTEN}@${IF($["${EXTEN:1:1}" = "6"]?acme:beta)}/n,20,Tb(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => _87XXX,1,Gosub(callprop,client,1(acme))
 same => n,Goto(${EXTEN:2},1)
exten => _89XXX,1,Gosub(callprop,client,1(beta))
 same => n,Goto(${EXTEN:2},1)
exten => _83XXX,1,Gosub(callprop,client,1(-))
 same => n,Goto(${EXTEN:2},1)
exten => _84.,1,Gosub(callprop,client,1(${EXTEN:2}))
 same => n,Goto(102,1)
exten => 81,1,Gosub(callprop,client,1(${NOBODY_SET_THIS}))
 same => n,Goto(101,1)
; Goes there, and says nothing of what was dialled
exten => 82,1,Gosub(callprop,client,1(beta))
 same => n,Dial(PJSIP/beta-102,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})

exten => *60,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Answer()
 same => n,Wait(9)
; A phone logs in as whom it dials, and says who is there
exten => _*70.,1,Gosub(callprop,call,1(*70))
 same => n,Set(CALLPROP_PHONE()=${EXTEN:3})
 same => n,Goto(done,1)
exten => *71,1,Set(CALLPROP_PHONE()=file)
 same => n,Goto(done,1)
exten => _*72.,1,Set(CALLPROP_PHONE(PJSIP/${EXTEN:3})=101)
 same => n,Goto(done,1)
exten => done,1,Answer()
 same => n,Wait(0.3)
 same => n,Hangup()

exten => *8,1,Gosub(callprop,pickup,1)
exten => _*8XXX,1,Gosub(callprop,pickup,1(${EXTEN:2}))
exten => 700,1,Park()
exten => 701,1,Gosub(callprop,retrieve,1(${EXTEN}))
exten => 702,1,Goto(parkedcalls,701,1)
exten => 640,1,Gosub(callprop,call,1(${EXTEN}))
 same => n,Answer()
 same => n,ConfBridge(room)
 same => n,Hangup()
exten => 641,1,Answer()
 same => n,ConfBridge(room)
exten => 647,1,Answer()
 same => n,Wait(10)
exten => 648,1,AgentLogin(1001,s)
exten => 649,1,Gosub(callprop,call,1(500))
 same => n,AgentRequest(1001)
 same => n,Hangup(21)

[menu]
exten => s,1,Answer()
 same => n,WaitExten(4)
exten => 2,1,Goto(internal,102,1)
exten => 9,1,Goto(internal,0301234,1)

[acme]
exten => _86XXX,1,Gosub(callprop,client,1(acme))
 same => n,Goto(internal,${EXTEN:2},1)
[beta]
exten => _88XXX,1,Gosub(callprop,client,1(beta))
 same => n,Goto(internal,${EXTEN:2},1)
[callback-acme]
exten => _[0-9+]!,1,Gosub(callprop,client,1(acme))
 same => n,Goto(callprop-callback,${EXTEN},1)

; The first digit is the client: 1 is acme, 2 is beta, 3 is that without a name.
[from-trunk]
exten => _1[0-9*]!,1,Gosub(callprop,client,1(acme))
 same => n,Goto(internal,${EXTEN:1},1)
exten => _2[0-9*]!,1,Gosub(callprop,client,1(beta))
 same => n,Goto(internal,${EXTEN:1},1)
exten => _3[0-9*]!,1,Goto(internal,${EXTEN:1},1)
[from-beta-trunk]
exten => _XXX,1,Goto(internal,${EXTEN},1)
exten => _7XXX,1,Gosub(callprop,client,1(acme))
 same => n,Goto(internal,${EXTEN:1},1)
[comeback]
exten => _X!,1,Hangup()
exten => s,1,Hangup()
"""


def pjsip_conf() -> str:
    head = conf("pjsip.conf").partition("[trunk](end)")[0]
    parts = [head]
    for who in (*PHONES, "beta-299"):
        host, port = address(who)
        is_trunk = who.endswith("trunk")
        parts.append(
            f"[{who}]({'end' if is_trunk else 'phone'})\naors = {who}\n"
            + (f"context = from-{who}\n" if is_trunk else "")
            + f"[{who}]\ntype = aor\ncontact = sip:{'' if is_trunk else f'{who}@'}{host}:{port}\n"
            + (f"[{who}]\ntype = identify\nendpoint = {who}\nmatch = {host}\n" if is_trunk else "")
        )
    return "\n".join(parts)


QUEUES = """
[general]
[queue](!)
strategy = linear
timeout = 5
retry = 1
ringinuse = yes
[acme-support](queue)
member => PJSIP/acme-102
member => PJSIP/acme-103
[beta-support](queue)
member => PJSIP/beta-102
"""

FILES = {
    "callprop.conf": CALLPROP,
    "extensions.conf": EXTENSIONS_CONF,
    "pjsip.conf": pjsip_conf(),
    "queues.conf": QUEUES,
    "confbridge.conf": "[general]\n",
    "modules.conf": modules("app_confbridge"),
}

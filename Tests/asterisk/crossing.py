# SPDX-License-Identifier: MIT
"""One client reaches for what is another's: by what it dials, and by every way in which Asterisk connects channels without a dial.

All statuses have `all`: what is denied here, no status could permit."""

from __future__ import annotations

import re
from typing import Callable

from real_calls import Failed

from calls import AnyLab, bridged_by_ami, call, channels, originate, pickup, replaces, retrieve, to_agent
from clients import CUT, NO, NOT_THERE, OK, Case, forwards, look_at, sends
from clients_conf import FILES
from lab import until
from setups import Setup, modules

PHONE = "it is a phone of another client, and the call has not gone there"
LINE = "it is a trunk of another client"
TAKEN = "the call is in another client"
ROOM = "it is in a conference room with a call of another client"
MENU = "where the call began is not known"
RINGS = {"acme-102": ("ringing", {}), "acme-103": ("ringing", {})}


def meets(first: str, room: str, second: str, other: str) -> Callable[[AnyLab], str]:
    """Both dial a room; what the second sees."""

    def act(lab: AnyLab) -> str:
        lab.place(first, room, "consult")
        if not until(lambda: any(fields[0].startswith(f"PJSIP/{first}-") and fields[12] for fields in channels(lab))):
            raise Failed(f"{first} does not come into the room")
        return lab.call(second, other, "long_call")

    return act


def transferred_by_a_stranger(of: str, number: str) -> Callable[[AnyLab], str]:
    """acme-101 and acme-102 talk. beta-101 asks that whoever calls it takes the place of acme-101 in their call."""
    return lambda lab: takes_the_place(lab, of, number)


def takes_the_place(lab: AnyLab, of: str, number: str) -> str:
    victim = lab.place("acme-101", "102", "consult")
    if not until(victim.tags):
        raise Failed("the call is not answered")
    call_id, to_tag, from_tag = victim.tags()
    replaced = f"{call_id}%3Bto-tag%3D{to_tag}%3Bfrom-tag%3D{from_tag}".replace("@", "%40")
    lab.phone("beta-101", "transfer", refer_to=f"102@127.0.0.1?Replaces={replaced}").wait_until_ready()
    return lab.call(of, number, "long_call")


def picks_up_by_name(lab: AnyLab) -> str:
    """The application that Asterisk has for it, with the name of the channel that rings."""
    lab.place("acme-101", "102", "long_call")
    lab.expect_ring("acme-102")
    name = re.search(r"^(PJSIP/acme-102-\w+)!", lab.pbx.command("core show channels concise"), re.MULTILINE)
    lab.pbx.command(f"dialplan set global RINGS {name[1] if name else ''}")
    return lab.call("beta-101", "642", "long_call")


# fmt: off
DIALLED = [
    # What only the other client has, and what both have.
    Case("beta dials acme's 103", call("beta-101", "103"), (NO, ""), {"101@beta": ("lo",)}, ("101@beta:ro extension>external,src",)),
    Case("acme dials beta's 201", call("acme-101", "201"), (NO, ""), {"101@acme": ("lo",)}, ("101@acme:ro extension>external,src",)),
    Case("the one without a name dials acme's 102", call("101", "102"), (NO, ""), {"101": ("lo",)}, ("101:ro extension>external,src",)),
    Case("beta dials acme's queue", call("101", "500"), (NO, ""), {"101": ("lo",)}, ("101:ro extension>external,src",)),
    Case("beta rings acme's 103, as an outside number", call("beta-101", "4103"), (NO, ""), logs=PHONE),
    Case("beta rings acme's 102, as its own", call("beta-101", "4102"), (NO, ""), logs=PHONE),
    Case("acme rings beta's 201, as an outside number", call("acme-101", "5201"), (NO, ""), logs=PHONE),
    Case("the one without a name rings acme's 101, as its own", call("101", "4101"), (NO, ""), logs=PHONE),
    Case("acme rings the one without a name", call("acme-101", "83101"), (OK, "101"), {"101": ("ri",)}),
    Case("acme's queue has beta's phone", call("acme-101", "501", "long_call"), (NO, ""), logs=PHONE),
    Case("outside, acme, beta's phone", call("trunk", "15102"), (NO, ""), logs=PHONE),
    Case("outside, nobody, beta's phone", call("trunk", "35102"), (NO, ""), logs="from outside to outside"),
    Case("outside, acme's 201", call("trunk", "1201"), (NO, ""), logs="from outside to outside"),
    Case("acme calls by beta's trunk", call("acme-101", "90301234"), (NO, ""), logs=LINE),
    Case("the one without a name calls by beta's trunk", call("101", "90301234"), (NO, ""), logs=LINE),
    Case("by beta's line to acme", call("beta-trunk", "7102"), (NO, ""), logs="from outside to outside"),
    # A client in what is dialled
    Case("beta dials 102@acme", call("beta-101", "102%40acme"), ("404", "")),
    Case("beta rings 102@acme", call("beta-101", "84acme"), (OK, "acme-102"), {"102@acme": ("ri",)}),
    Case("no such client", call("beta-101", "84gamma"), (NO, ""), logs="names no client of callprop.conf"),
    Case("a client with an @", call("beta-101", "84x%40acme"), (NO, ""), logs="is no number"),
    Case("a client with a comma", call("beta-101", "84acme%2Cx"), (NO, ""), logs="has 2 arguments, and takes 1"),
    Case("a variable that nobody has set", call("beta-101", "81"), (NO, ""), logs="has 0 arguments, and takes 1"),
    Case("what was dialled there is not said", call("acme-101", "82"), (NO, ""), logs=MENU),
    Case("nobody's phone goes to acme", call("beta-299", "87102"), (NO, ""), logs="a phone at which nobody is logged in"),
    Case("beta goes to beta, where it is", call("beta-101", "89102"), (OK, "beta-102"), {"101@beta": ("lo",), "102@beta": ("li",)}),
    Case("beta rings acme's 102, and says nothing", call("beta-101", "643"), (NO, ""), logs=MENU),
    Case("beta pages acme's 102, and says nothing", call("beta-101", "644"), (OK, "acme-102"), logs="it is another client's than whose call it is rung for"),
    # Somebody sends the call there.
    Case("acme transfers to beta's 201", call("trunk", "1101", "long_call"), (CUT, "acme-101"), {"101@acme": ("lo", "ri")},
         ("101@acme:ro extension>external,src",), phones=sends("acme-101", "201")),
    Case("acme transfers to beta's phone", call("trunk", "1101", "long_call"), (CUT, "acme-101"), logs=PHONE, phones=sends("acme-101", "5201")),
    Case("acme forwards to beta's phone", call("trunk", "1103"), (NO, "acme-103"), logs=PHONE, phones=forwards("acme-103", "5201")),
]

TAKES = [
    Case("beta picks up acme's 102", pickup("acme-101", "102", "acme-102", "beta-101", "*8102"), (NO, "acme-102"), phones=RINGS),
    Case("beta picks up acme's 103", pickup("acme-101", "103", "acme-103", "beta-101", "*8103"), (NO, "acme-103"), phones=RINGS),
    Case("beta picks up by group", pickup("acme-101", "102", "acme-102", "beta-101", "*8"), (NO, "acme-102"), logs=TAKEN, phones=RINGS),
    Case("beta picks up as Asterisk has it", pickup("acme-101", "102", "acme-102", "beta-101", "*7", "long_call"), (CUT, "acme-102"), logs=NOT_THERE, phones=RINGS),
    Case("beta picks up what comes from outside", pickup("trunk", "1102", "acme-102", "beta-101", "*8"), (NO, "acme-102"), logs=TAKEN, phones=RINGS),
    Case("beta picks up what comes from outside, as Asterisk has it", pickup("trunk", "1102", "acme-102", "beta-101", "*7", "long_call"), (CUT, "acme-102"),
         logs=NOT_THERE, phones=RINGS),
    Case("beta picks up what beta rings at acme", pickup("beta-102", "87102", "acme-102", "beta-101", "*7", "long_call"), (CUT, "acme-102"), logs=NOT_THERE, phones=RINGS),
    Case("beta picks up by name", picks_up_by_name, (CUT, "acme-102"), logs=NOT_THERE, phones=RINGS),
    Case("beta takes what acme parked", retrieve("trunk", "1101", "beta-101"), (NO, "acme-101"), logs=TAKEN, phones=sends("acme-101", "700")),
    Case("beta takes it as Asterisk has it", retrieve("trunk", "1101", "beta-101", "702"), (CUT, "acme-101"), logs=NOT_THERE, phones=sends("acme-101", "700")),
    Case("acme's agent, a call of beta", to_agent("beta-101", "649", "acme-102"), (CUT, ""), logs=NOT_THERE),
    Case("acme's agent, a call of acme", to_agent("acme-101", "649", "acme-102"), (OK, "")),
    Case("beta takes a place by Replaces", replaces("acme-101", "102", "beta-101"), (CUT, "acme-102"), logs=NOT_THERE),
    Case("beta takes the place of who is outside", replaces("trunk", "1102", "beta-101"), (CUT, "acme-102"), logs=NOT_THERE),
    Case("beta takes the place of beta's 102, who has called acme", replaces("beta-102", "87102", "beta-101"), (CUT, "acme-102"), logs=NOT_THERE),
    Case("AMI connects acme and beta", bridged_by_ami("acme-101", "beta-101", "647"), (CUT, ""), logs=NOT_THERE),
    Case("AMI connects acme and acme", bridged_by_ami("acme-101", "acme-102", "647"), (OK, "")),
    Case("AMI connects acme and who is nobody's", bridged_by_ami("acme-101", "101", "647"), (CUT, ""), logs=NOT_THERE),
    Case("beta transfers beta into a call of acme", transferred_by_a_stranger("beta-102", "101"), (CUT, "acme-102 beta-101"), logs=": denied: it is "),
    Case("beta transfers acme into a call of acme", transferred_by_a_stranger("acme-103", "88101"), (CUT, "acme-102 beta-101"), logs="they are of two clients"),
    Case("a room with acme and acme", meets("acme-101", "640", "acme-102", "640"), (OK, "")),
    Case("a room with acme and beta", meets("acme-101", "640", "beta-101", "640"), (CUT, ""), logs=ROOM),
    Case("a room with acme and beta, and nothing said", meets("acme-101", "641", "beta-101", "641"), (CUT, ""), logs=ROOM),
    Case("a room with acme and outside", meets("acme-101", "640", "trunk", "1640"), (OK, "")),
    Case("a room with acme and a caller of beta", meets("acme-101", "640", "trunk", "2640"), (CUT, ""), logs=ROOM),
    Case("a room with acme and beta, who has gone there", meets("acme-101", "640", "beta-101", "87640"), (OK, "")),
    Case("a callback of acme's with beta's number", originate("Local/102*201@callback-acme/n", "201"), ("ended", ""), {"102@acme": ("lo",)},
         ("102@acme:ro extension>external,src,callback",)),
    Case("a callback of acme's with beta's phone", originate("Local/102@acme-first/n", "5201"), ("ended", "acme-102"), logs=PHONE),
    Case("a callback of acme's that goes to beta first", originate("Local/102@acme-beta/n", "103"), ("ended", ""),
         logs="the first leg of a callback does not go to another client"),
    Case("a callback whose client is not said", originate("Local/4102@internal/n", "103"), ("ended", ""), logs=PHONE),
    Case("acme's phone originated, beta's phone", originate("PJSIP/acme-102", "5201"), ("ended", "acme-102"), logs=PHONE),
]
# fmt: on

MORE = """
[internal](+)
exten => 643,1,Dial(PJSIP/acme-102,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
exten => 644,1,Page(PJSIP/acme-102,q)
 same => n,Hangup(21)
exten => 642,1,PickupChan(${RINGS})
 same => n,Hangup(21)
[acme-first]
exten => 102,1,Gosub(callprop,client,1(acme))
 same => n,Goto(internal,102,1)
[acme-beta]
exten => 102,1,Gosub(callprop,client,1(acme))
 same => n,Gosub(callprop,call,1(102))
 same => n,Gosub(callprop,client,1(beta))
 same => n,Dial(PJSIP/beta-102,20,b(callprop^ring^1))
 same => n,Hangup(${HANGUPCAUSE})
"""
THESE = {
    **FILES,
    "modules.conf": modules("app_confbridge", "app_page"),
    "extensions.conf": FILES["extensions.conf"] + MORE,
}
SETUPS = [
    Setup("crossing, dialled", look_at(DIALLED), THESE),
    Setup("crossing, taken", look_at(TAKES), THESE),
]

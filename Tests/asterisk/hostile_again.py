# SPDX-License-Identifier: MIT
"""Who was sent on asks for a transfer himself, a phone sends twice, two calls that were one, and others who come into a service."""

from __future__ import annotations

import time

from ari import Application, connect
from calls import AnyLab, channel_in, channel_of, channels, insist, redirect_both
from hostile import dialplan
from hostile_calls import (
    Row,
    answered,
    as_header,
    connected,
    permitted,
    phone_refers,
    phone_refers_to,
    place,
    together,
)
from hostile_denied import RING
from hostile_lab import look_at, parked, parks
from hostile_more import Act
from hostile_senders import AtPhone
from hostile_unsaid import logs_in
from lab import until
from pbx import callprop_conf
from setups import Setup, conf, modules


def prepares(lab: AnyLab, number: str) -> None:
    """An agent waits, or a call is parked, where that is what the number leads to."""
    if number in ("581", "*68"):
        logs_in(lab)
    elif number in ("582", "*69"):
        parked(lab, "104")


def is_there(lab: AnyLab, who: str) -> bool:
    return any(fields[0].startswith(f"PJSIP/{who}-") for fields in channels(lab))


def sent_and_asks(who: str, number: str, how: str = "REFER") -> Act:
    """Somebody calls 101, who sends him where the dialplan waits. He is sent from there, too, which cannot be: he is in no bridge."""

    def act(lab: AnyLab) -> str:
        prepares(lab, number)
        caller = answered(lab, who, "101")
        phone_refers(lab, "101", number)
        channel = channel_in(lab, "Wait", f"PJSIP/{who}-")
        if how == "REFER":
            caller.refer("102@127.0.0.1")
        else:
            lab.pbx.manager.action("BlindTransfer", Channel=channel, Context="internal", Exten="102")
        time.sleep(2)
        return together(lab, 1.5)

    return act


def sends_again(*numbers: str) -> Act:
    """Outside calls 101, who sends it on several times at once."""

    def act(lab: AnyLab) -> str:
        answered(lab, "trunk", "101")
        phone = AtPhone(lab, "101")
        for number in numbers:
            phone.requests("REFER", f"Refer-To: <sip:{number}@127.0.0.1>")
        time.sleep(1)
        return together(lab, 1)

    return act


def takes_whom_it_sent_to(number: str) -> Act:
    """Outside calls 102 behind a Local channel, sends it to 103, and goes on. 102 parks 103, whom outside takes."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, "trunk", number)
        until(lambda: "102" in connected(lab))
        caller.refer("103@127.0.0.1")
        until(lambda: connected(lab) == "102+103")
        parks(lab, "102")
        return together(lab, 5)

    return act


def joined_with_whom_it_sent_to(lab: AnyLab) -> str:
    """Outside calls 102 behind a Local channel, sends it to 103, and goes on. AMI connects outside with 103."""
    caller = answered(lab, "trunk", "571")
    until(lambda: "102" in connected(lab))
    caller.refer("103@127.0.0.1")
    until(lambda: connected(lab) == "102+103")
    channel_in(lab, "Wait", "PJSIP/trunk-")
    lab.pbx.manager.action("Bridge", Channel1=channel_of(lab, "PJSIP/trunk"), Channel2=channel_of(lab, "PJSIP/103"))
    return together(lab, 1.5)


def joined_with_whom_101_calls(lab: AnyLab) -> str:
    """AMI rings outside for nobody, connects it with 101, sends 101 to 103, and connects outside with that."""
    lab.pbx.rx("channel originate PJSIP/0301234@trunk extension 647@internal")
    until(lambda: channel_of(lab, "PJSIP/trunk"))
    answered(lab, "101", "647")
    insist(lab, "Bridge", Channel1=channel_of(lab, "PJSIP/101"), Channel2=channel_of(lab, "PJSIP/trunk"))
    until(lambda: connected(lab) == "101+trunk")
    redirect_both(lab, ("101", "103"), ("trunk", "647"))
    until(lambda: connected(lab) == "101+103")
    lab.pbx.manager.action("Bridge", Channel1=channel_of(lab, "PJSIP/trunk"), Channel2=channel_of(lab, "PJSIP/103"))
    return together(lab, 1.5)


def third_by_application(lab: AnyLab) -> str:
    """An application connects 101 with 104, rings outside for 101, and puts that into the bridge of the two."""
    with Application() as application:
        two = []
        for who in ("101", "104"):
            place(lab, who, "657")
            two.append(application.id_of(f"PJSIP/{who}", "Ring"))
            application.post(f"channels/{two[-1]}/answer")
        bridge = connect(application, *two)
        until(lambda: connected(lab) == "101+104")
        three = application.post("channels", endpoint="PJSIP/0301234@trunk", app="desk", originator=two[0])["id"]
        application.id_of("PJSIP/trunk", "Up")
        application.post(f"bridges/{bridge}/addChannel", channel=three)
        return together(lab, 1.5)


def puts_into(number: str, who: str) -> Act:
    """Somebody calls 101, who dials a service, or where nothing is said, and makes one call of the two."""

    def act(lab: AnyLab) -> str:
        prepares(lab, number)
        answered(lab, who, "101")
        two = answered(lab, "101", number)
        phone_refers_to(lab, "101", number, two.replaces())
        time.sleep(2)
        seen = together(lab, 1.5)
        return seen or ("stays" if is_there(lab, who) and number.startswith("*") else "")

    return act


def takes_over(lab: AnyLab) -> str:
    """101 uses a service; 103 comes in its place by INVITE with Replaces."""
    service = answered(lab, "101", "*67")
    place(lab, "103", "101", replaces=as_header(service.replaces()))
    time.sleep(1)
    is_left = is_there(lab, "103")
    return together(lab, 1) or ("stays" if is_left else "")


LI, RI, LI_LO = {"101": ("li",)}, {"101": ("ri",)}, ("li", "lo")
# fmt: off
ROWS = [
    *(Row(f"{permitted(seen)}101 {granted} sends {who} to {what}, who would transfer himself there", sent_and_asks(who, number), seen, {"101": granted, "102": ("li", "lo", "ro")})
      for number, what, who, at in (
          ("580", "where 104 is dialled and nothing said", "trunk", ""), ("580", "where 104 is dialled and nothing said", "102", ""),
          ("585", "a page of which nothing is said", "trunk", ""), ("586", "where outside is dialled and nothing said", "102", ""),
          ("581", "an agent", "trunk", "103"), ("581", "an agent", "102", "103"), ("582", "a parked call", "trunk", "104"), ("582", "a parked call", "102", "104"),
          ("583", "103, after a while", "trunk", "103"), ("583", "103, after a while", "102", "103"), ("584", "outside, after a while", "102", "trunk"))
      for granted, seen in (
          (("ri",) if who == "trunk" else ("li",), ""),
          *(((("ri",) if who == "trunk" else ("li",)) + (("ro",) if at == "trunk" else ("lo",)), "+".join(sorted((who, at)))),) * bool(at))),
    Row("101 (ri) sends outside to 103, after a while, where AMI would transfer it", sent_and_asks("trunk", "583", "AMI"), "", RI),
    *(Row(f"101 (ri) sends outside to 103 {how}", sends_again(*numbers), "", RI, times=4) for how, numbers in (("twice", ("103",) * 2), ("three times", ("103",) * 3))),
    *(Row(f"{permitted(seen)}outside takes 103 {granted}, to whom it sent 102, by {how}", takes_whom_it_sent_to(number), seen, {"103": granted})
      for number, how in (("571", "parkedcalls"), ("572", "retrieve"), ("573", "parkedcalls, after a queue")) for granted, seen in ((LI_LO, ""), (("li", "ri"), "103+trunk"))),
    *(Row(f"{permitted(seen)}AMI connects outside with 103 {granted}, {what}", act, seen, {"103": granted})
      for what, act in (("to whom it sent 102", joined_with_whom_it_sent_to), ("whom 101 calls, with whom it was", joined_with_whom_101_calls)) for granted, seen in ((LI_LO, ""), (("li", "ri"), "103+trunk"))),
    *(Row(f"{how}an application puts outside, which 101 calls, into the call of 101 and 104 {granted}", third_by_application, seen, {"104": granted})
      for how, granted, seen in (("", LI_LO, "101+trunk"), ("permitted: ", ("li", "lo", "ri"), "101+104+trunk"))),
    *(Row(f"101 puts {who} into a service {what}", puts_into(number, who), "", {"101": ("li", "lo", "ri", "ro")})
      for number, what in (("*67", "that waits"), ("*68", "that asks for an agent"), ("*69", "that takes a parked call")) for who in ("trunk", "102")),
    Row("103 comes in the place of 101, who uses a service", takes_over, ""),
    *(Row(f"{permitted(seen)}101 {granted} puts {who} where nothing is said, and {what}", puts_into(number, who), seen, {"101": granted})
      for number, what, at in (("581", "an agent is asked for", "103"), ("582", "a parked call is taken", "104"), ("580", "104 is dialled", ""))
      for who, granted, seen in (("trunk", ("ri",), ""), ("102", ("li",), ""), *(((w, ("li", "lo", "ri"), "+".join(sorted((w, at)))) for w in ("trunk", "102")) if at else ()))),
]
DIALPLAN = f"""
exten => _58X,1,Answer()
 same => n,Wait(2)
 same => n,Goto(after-${{EXTEN}},1)
exten => after-580,1,Dial(PJSIP/104,{RING})
exten => after-581,1,AgentRequest(1001)
exten => after-582,1,Goto(parkedcalls,701,1)
exten => after-583,1,Goto(103,1)
exten => after-584,1,Goto(0301234,1)
exten => after-585,1,Page(PJSIP/104,q)
exten => after-586,1,Dial(PJSIP/0301234@trunk,{RING})
exten => 571,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/102@internal/n,20,gb(callprop^ring^1))
 same => n,Wait(4)
 same => n,Goto(parkedcalls,701,1)
exten => 572,1,Gosub(callprop,call,1(610))
 same => n,Dial(Local/102@internal/n,20,gb(callprop^ring^1))
 same => n,Wait(4)
 same => n,Goto(701,1)
exten => 573,1,Gosub(callprop,call,1(500))
 same => n,Queue(behind,nc)
 same => n,Wait(4)
 same => n,Goto(parkedcalls,701,1)
exten => _*6[789],1,Gosub(callprop,call,1(${{EXTEN}}))
 same => n,Answer()
 same => n,Wait(2)
 same => n,Goto(after-${{EXTEN:1}},1)
exten => after-67,1,Wait(9)
exten => after-68,1,AgentRequest(1001)
exten => after-69,1,Goto(parkedcalls,701,1)
"""
# fmt: on
FILES = {
    "extensions.conf": dialplan(DIALPLAN).replace(
        "[from-trunk]\n", "[from-trunk]\nexten => _57X,1,Goto(internal,${EXTEN},1)\n"
    ),
    "callprop.conf": callprop_conf().replace(
        "*60 = service\n", "*60 = service\n*67 = service\n*68 = service\n*69 = service\n"
    ),
    "queues.conf": conf("queues.conf") + "\n[behind]\nmember => Local/102@internal/n\n",
    "modules.conf": modules("app_confbridge", "app_page"),
    "confbridge.conf": "[general]\n",
}
SETUPS = [Setup("hostile, again", look_at(ROWS), FILES)]

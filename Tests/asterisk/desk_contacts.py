# SPDX-License-Identifier: MIT
"""Phones whose Contact may lead outside, beside trunks of every kind, and phones of another channel driver."""

from __future__ import annotations

from calls import call, registered
from desk import Desk
from pbx import callprop_conf
from setups import conf

# Trunks that Asterisk does not have, that have no Contact, and one by IPv6. Each comes before PJSIP/trunk.
TRUNKS = "trunk = PJSIP/trunk\ntrunk = PJSIP/nonesuch\ntrunk = PJSIP/empty\ntrunk = PJSIP/six\ntrunk = PJSIP/named"
ENDPOINTS = """
[empty](end)
aors = empty
[empty]
type = aor
max_contacts = 1
[six](end)
aors = six
[six]
type = aor
contact = sip:[::1]:5080
[named](end)
aors = named
[named]
type = aor
contact = sip:provider.example:5080
"""
OUTSIDE = {
    "the trunk's host": ("sip:0301234@127.0.0.2:5080", "trunk"),
    "the trunk's host, another port": ("sip:109@127.0.0.2:5081", ""),
    "the trunk's host, which maddr names": ("sip:0301234@127.0.0.1:5080;maddr=127.0.0.2", "trunk"),
    "a phone's host, by way of the trunk's": (
        "sip:0301234@127.0.0.1:5109?Route=%3Csip:127.0.0.2:5080%3Blr%3E",
        "trunk",
    ),
    "a phone's host, and maddr in capitals names one that is nobody's": ("sip:109@127.0.0.1:5080;MADDR=127.0.0.9", ""),
    "the trunk's host, by IPv6": ("sip:0301234@[::1]:5080", ""),
    "the trunk's host, by IPv6 in full": ("sip:0301234@[0:0:0:0:0:0:0:1]:5080", ""),
    "the trunk's host, by IPv6 on one interface": ("sip:0301234@[::1%lo]:5080", ""),
    "the trunk's host, as IPv6 of IPv4": ("sip:0301234@[::ffff:127.0.0.2]:5080", ""),
    "the trunk's host, with an @ behind it": ('sip:0301234@127.0.0.2:5080;x="@127.0.0.1"', "trunk"),
    "the trunk's host, in short": ("sip:0301234@127.2:5080", "trunk"),
    "the trunk's host, as one number": ("sip:0301234@2130706434:5080", ""),
    "the trunk's host, a dot behind it": ("sip:0301234@Provider.example.:5080", ""),
}
CAUSE = " The Contact of this phone leads outside"
INSIDE = "sip:103@127.0.0.1:5103"
RTP = "UnicastRTP/127.0.0.1:4000"


def contacts(desk: Desk) -> None:
    pbx = desk.pbx
    (pbx.etc / "pjsip.conf").write_text(conf("pjsip.conf", ENDPOINTS))
    pbx.rx("module reload res_pjsip.so")
    pbx.configure(callprop_conf().replace("trunk = PJSIP/trunk", TRUNKS))
    pbx.rx("module reload res_callprop.so")
    for what, (contact, rings) in OUTSIDE.items():
        pbx.set_status("109", ("ri",))
        pbx.manager.forget()
        seen = desk.with_phones(registered("109", contact, call("trunk", "655")), "403", "", phones=("103", "trunk"))
        asked = [(event["Required"], CAUSE in event["Reason"]) for event in pbx.manager.named("CallpropDenial")]
        desk.check(f"the Contact of 109 is {what}, denied", ("403", "", [("ro", True)]), (*seen, asked))
        if rings:
            pbx.set_status("109", ("ri", "ro"))
            act = registered("109", contact, call("trunk", "655"))
            seen = desk.with_phones(act, "200", rings, phones=("103", "trunk"))
            desk.check(f"the Contact of 109 is {what}, permitted", ("200", rings), seen)
    pbx.set_status("109", ("ri",))
    seen = desk.with_phones(registered("109", INSIDE, call("trunk", "655")), "200", "103", phones=("103", "trunk"))
    desk.check("the Contact of 109 is no trunk's", ("200", "103"), seen)
    for what, contact in {
        "and maddr says the same": f"{INSIDE};maddr=127.0.0.1",
        "and maddr says the same otherwise": f"{INSIDE};maddr=127.1",
        "and the trunk's stands behind it": f'{INSIDE};x="@127.0.0.2"',
    }.items():
        seen = desk.with_phones(registered("109", contact, call("trunk", "655")), "200", "103", phones=("103", "trunk"))
        desk.check(f"the Contact of 109 is no trunk's, {what}", ("200", "103"), seen)
    (pbx.etc / "pjsip.conf").write_text(conf("pjsip.conf"))
    pbx.rx("module reload res_pjsip.so")
    pbx.configure(callprop_conf() + f"[interfaces]\n{RTP} = 102\n")
    pbx.rx("module reload res_callprop.so")
    for granted, expected in {"ri": "200", "li": "403"}.items():
        pbx.set_status("102", (granted,))
        seen = desk.with_phones(call("trunk", "652"), expected, "")
        desk.check(f"102's phone of another channel driver, 102 has {granted}", (expected, ""), seen)
    pbx.configure(callprop_conf())
    pbx.rx("module reload res_callprop.so")

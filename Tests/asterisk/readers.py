# SPDX-License-Identifier: MIT
"""Those who may only read: AMI with the class reporting, and a read_only user of ARI. They read, and nothing happens by it."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import urllib.error
import urllib.parse
import urllib.request

from answers import logged
from desk import Desk
from lab import until
from pbx import Manager
from setups import Setup, conf, modules

# Whatever does something, as it might be evaluated on the channel of a call that is up.
DEEDS = [
    "CALLPROP_REJECT()",
    "CALLPROP_CALL()",
    "CALLPROP_CALL(102)",
    "CALLPROP_CALL_AS(ivr)",
    "CALLPROP_DIRECT()",
    "CALLPROP_RING()",
    "CALLPROP_FORWARD()",
    "CALLPROP_FORWARD(102)",
    "CALLPROP_RETRIEVE()",
    "CALLPROP_RETRIEVE_FROM()",
    "CALLPROP_PICKUP(102)",
    "CALLPROP_CALLBACK(1)",
    "CALLPROP(103,external,extension,dst)",
]
READINGS = {
    "EXTENSION_STATUS(103)": "none",
    "CALLPROP_EXPLAIN(103,external,extension,dst)": '{"allowed":false',
}


def ari(channel: str, variable: str) -> str:
    query = urllib.parse.urlencode({"variable": variable})
    request = urllib.request.Request(f"http://127.0.0.1:8088/ari/channels/{channel}/variable?{query}")
    request.add_header("Authorization", "Basic " + base64.b64encode(b"reader:test").decode())
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as refused:
        return f"{refused.code}"


def look(desk: Desk) -> None:
    pbx = desk.pbx
    for extension in ("101", "102"):
        pbx.set_status(extension, ("all",))
    pbx.set_status("103", ())
    reader = Manager("reader")

    def during_a_call(lab) -> str:
        caller = lab.place("101", "102", "long_call")
        lab.expect_ring("102")
        up = re.compile(r"^(PJSIP/101-\w+)!(?:[^!]*!){3}Up!", re.MULTILINE)
        until(lambda: up.search(pbx.command("core show channels concise")))
        channel = up.search(pbx.command("core show channels concise"))[1]
        unique = reader.action("Getvar", Channel=channel, Variable="CHANNEL(uniqueid)")["Value"]
        ways = {
            "AMI Getvar": lambda text: reader.action("Getvar", Channel=channel, Variable=text).get("Value", "refused"),
            "AMI Getvar without a channel": lambda text: reader.action("Getvar", Variable=text).get("Value", "refused"),
            "AMI Status": lambda text: status(reader, channel, text),
            "ARI": lambda text: ari(unique, text),
        }
        pbx.manager.forget()
        for way, ask in ways.items():
            for reading, answer in READINGS.items():
                seen = ask(reading)
                ok = seen.startswith(answer) if answer else seen in ("", "refused", "500")
                desk.check(f"{way}: {reading}", answer, answer if ok else seen)
            for deed in DEEDS:
                before = len(pbx.log())
                seen = ask(deed)
                blocked = f"Dangerous function {deed.partition('(')[0]} read blocked"
                said = logged(pbx, before, blocked) or f"the log has not: {blocked}"
                desk.check(f"{way}: {deed}", ("nothing", True), (seen if seen not in EMPTY else "nothing", said))
        desk.check("no denial is told of", [], pbx.manager.named("CallpropDenial"))
        desk.check("the call is up", True, channel in pbx.command("core show channels concise"))
        return caller.result()

    with contextlib.closing(reader):
        desk.check("the call goes on to its end", ("200", "102"), desk.with_phones(during_a_call))


# What answers without a value: ARI's status for a function that gives none, and AMI's.
EMPTY = ("", "refused", "500", "404")


def status(reader: Manager, channel: str, text: str) -> str:
    """AMI's Status gives the variables that it is asked for in an event."""
    with reader.news:
        reader.events.clear()
    answer = reader.action("Status", Channel=channel, Variables=text)
    if answer["Response"] != "Success":
        return "refused"
    until(lambda: reader.named("StatusComplete"))
    return next((event.get("Variable", "=").partition("=")[2] for event in reader.named("Status")), "refused")


SETUPS = [
    Setup(
        "readers",
        look,
        {
            "manager.conf": conf("manager.conf", "[reader]", "secret = test", "read = reporting", "write = reporting"),
            "http.conf": "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = 8088\n",
            "ari.conf": "[general]\nenabled = yes\n[reader]\ntype = user\nread_only = yes\npassword = test\n",
            "modules.conf": modules(
                "res_http_websocket",
                "res_websocket_client",
                "res_stasis",
                "res_stasis_answer",
                "res_stasis_playback",
                "res_stasis_recording",
                "res_stasis_snoop",
                "res_ari",
                "res_ari_model",
                "res_ari_channels",
            ),
        },
    )
]

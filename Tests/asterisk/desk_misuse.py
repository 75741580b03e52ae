# SPDX-License-Identifier: MIT
"""Mistakes in the dialplan."""

from __future__ import annotations

from answers import logged
from cases import when_refused
from desk import Desk
from misuse import MISUSES
from pbx import EXTENSIONS
from setups import conf

# What a function that is about a channel answers where there is none.
WITHOUT_A_CHANNEL = {
    "CALLPROP_CALL()": "0",
    "CALLPROP_CALL(102)": "0",
    "CALLPROP_CALL_AS(queue)": "0",
    "CALLPROP_DIRECT(102)": "0",
    "CALLPROP_RING()": "0",
    "CALLPROP_FORWARD(102)": "0",
    "CALLPROP_RETRIEVE(701)": "0",
    "CALLPROP_RETRIEVE_FROM()": "0",
    "CALLPROP_PICKUP(102)": "",
    "CALLPROP_CALLBACK(1)": "",
    "CALLPROP_CHOOSE(1)": "",
}
# What is about an extension answers all the same, and ends nothing. 101 has all, 102 nothing.
ABOUT_NO_CHANNEL = {
    "CALLPROP(101,external,extension,dst)": "1",
    "CALLPROP(102,external,extension,dst)": "0",
    "EXTENSION_STATUS(102)": "none",
    "CALLPROP_REJECT()": "",
    "CALLPROP_PHONE()": "",
    "CALLPROP_PHONE(PJSIP/101)": "101",
    "CALLPROP_PHONES(101)": "PJSIP/101",
    "CALLPROP_PHONES(999)": "",
    "CALLPROP_CLIENT()": "",
    "CALLPROP_CODE()": "",
}


def misuse(desk: Desk) -> None:
    for misuse in MISUSES:
        for extension in EXTENSIONS:
            desk.pbx.set_status(extension, misuse.statuses.get(extension, ("all",)))
        desk.pbx.manager.forget()
        before = len(desk.pbx.log())
        final, rings = desk.with_phones(
            misuse.act, *misuse.expected, **{f"p{of}": what for of, what in misuse.phones.items()}
        )
        seen = final, when_refused(*misuse.expected, rings)
        said = not misuse.logged or logged(desk.pbx, before, misuse.logged)
        desk.check(misuse.name, (*misuse.expected, True), (*seen, said))


def without_a_channel(desk: Desk) -> None:
    """Asterisk reads the variables of [globals] before there is any channel: whoever asks there is permitted nothing."""
    pbx = desk.pbx
    questions = WITHOUT_A_CHANNEL | ABOUT_NO_CHANNEL
    pbx.set_status("101", ("all",))
    pbx.set_status("102", ())
    before = len(pbx.log())
    lines = "".join(f"ASKED{place} = ${{{question}}}.\n" for place, question in enumerate(questions))
    dialplan = conf("extensions.conf")
    (pbx.etc / "extensions.conf").write_text(dialplan.replace("[globals]\n", f"[globals]\n{lines}", 1))
    pbx.rx("dialplan reload")
    shown = dict(line.strip().split("=", 1) for line in pbx.rx("dialplan show globals").splitlines() if "=" in line)
    for place, (question, answer) in enumerate(questions.items()):
        desk.check(f"in [globals]: {question}", f"{answer}.", shown.get(f"ASKED{place}"))
    for question in WITHOUT_A_CHANNEL:
        said = logged(pbx, before, f"{question.partition('(')[0]}() is about a channel, and there is none")
        desk.check(f"in [globals]: {question}: why", True, said)
    (pbx.etc / "extensions.conf").write_text(dialplan)
    pbx.rx("dialplan reload")
    answer = pbx.manager.action("Setvar", Variable="EXTENSION_STATUS(102,from)", Value="all")["Response"]
    why = "EXTENSION_STATUS(102,from): the second word may only be source"
    seen = (answer, logged(pbx, before, why), desk.status("102"))
    desk.check("AMI sets a status, and mistakes the second word", ("Error", True, "none"), seen)

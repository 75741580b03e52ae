# SPDX-License-Identifier: MIT
"""People are not phones: an extension without a phone of its number, with several, and at the desk of another."""

from __future__ import annotations

from answers import logged
from calls import call
from clients_conf import EXTENSIONS, FILES, PHONES
from desk import Desk
from desk_statuses import in_use_by_another
from injection import rings
from lab import until
from pbx import Manager
from setups import Setup

OTHERS = "Nothing is changed: the phone is another client's"
THERE = ("beta-101", "beta-102", "beta-201", "beta-299", "acme-101", "trunk")
OF_FILE = {
    "101": "101",
    "acme-101": "101@acme",
    "acme-102": "102@acme",
    "acme-103": "103@acme",
    "beta-101": "101@beta",
    "beta-102": "102@beta",
    "beta-201": "201@beta",
    "beta-299": "",
}


def at(desk: Desk, phone: str) -> str:
    return desk.pbx.rx(f"dialplan eval function CALLPROP_PHONE(PJSIP/{phone})").partition("Result: ")[2].strip()


def phones(desk: Desk, extension: str) -> str:
    return desk.pbx.rx(f"dialplan eval function CALLPROP_PHONES({extension})").partition("Result: ")[2].strip()


def shown(desk: Desk, phone: str) -> str:
    lines = desk.pbx.rx("callprop show phones").splitlines()
    return next((" ".join(line.split()) for line in lines if line.startswith(f"PJSIP/{phone} ")), "nothing")


def everybody(desk: Desk, **statuses: tuple[str, ...]) -> None:
    for extension in EXTENSIONS:
        desk.pbx.set_status(extension, statuses.get(f"s{extension.replace('@', '_')}", ("all",)))


def at_a_desk(desk: Desk, when: str) -> None:
    """101 of beta is at the phone that was 102's."""
    desk.check(f"{when}: who is there", ("101@beta", "102@acme"), (at(desk, "beta-102"), at(desk, "acme-102")))
    desk.check(f"{when}: shown", "PJSIP/beta-102 101@beta run-time", shown(desk, "beta-102"))
    desk.check(f"{when}: the phones of 101", "PJSIP/beta-101&PJSIP/beta-102", phones(desk, "101@beta"))
    desk.check(f"{when}: the phones of 102", "", phones(desk, "102@beta"))
    everybody(desk)
    seen = rings(desk, call("beta-201", "101"), ("200", "beta-101 beta-102"), {}, THERE)
    desk.check(f"{when}: 201 calls 101", ("200", "beta-101 beta-102"), seen)
    seen = rings(desk, call("beta-201", "102"), ("603", ""), {}, THERE)
    desk.check(f"{when}: 201 calls 102, who has no phone", "", seen[1])
    # It is the status of who is there that counts, for what the phone calls and for what rings it.
    everybody(desk, s101_beta=("li",))
    seen = rings(desk, call("beta-102", "201"), ("403", ""), {}, THERE)
    desk.check(f"{when}: from the desk, by 101's status", ("403", ""), seen)
    seen = rings(desk, call("beta-201", "5102"), ("200", "beta-102"), {}, THERE)
    desk.check(f"{when}: to the desk, by 101's status", ("200", "beta-102"), seen)
    everybody(desk, s102_beta=())
    seen = rings(desk, call("beta-102", "201"), ("200", "beta-201"), {}, THERE)
    desk.check(f"{when}: 102's status does not count there", ("200", "beta-201"), seen)


def look(desk: Desk) -> None:
    pbx, rx = desk.pbx, desk.pbx.rx
    pbx.manager.forget()
    desk.check("before", ("102@beta", "PJSIP/beta-102 102@beta file"), (at(desk, "beta-102"), shown(desk, "beta-102")))
    said = rx("callprop login PJSIP/beta-102 101@beta").splitlines()[0]
    desk.check("logs in", "Extension 101@beta is at PJSIP/beta-102", said)
    at_a_desk(desk, "at once")
    rx("module reload res_callprop.so")
    at_a_desk(desk, "after a reload")
    pbx.stop()
    pbx.start()
    at_a_desk(desk, "after a restart")
    pbx.manager.forget()
    said = rx("callprop logout PJSIP/beta-102").splitlines()[0]
    desk.check("logs out", "PJSIP/beta-102 is whose callprop.conf says", said)
    desk.check(
        "logged out", ("102@beta", "PJSIP/beta-102 102@beta file"), (at(desk, "beta-102"), shown(desk, "beta-102"))
    )
    desk.check(
        "logged out: the phones",
        ("PJSIP/beta-101", "PJSIP/beta-102"),
        (phones(desk, "101@beta"), phones(desk, "102@beta")),
    )
    everybody(desk)
    desk.check(
        "logged out: a call", ("200", "beta-102"), rings(desk, call("beta-201", "102"), ("200", "beta-102"), {}, THERE)
    )
    answer = pbx.manager.action("CallpropLogin", Phone="PJSIP/beta-299", Extension="102")
    desk.check(
        "AMI: logs in at a phone that is nobody's", ("Success", "102@beta"), (answer["Response"], at(desk, "beta-299"))
    )
    answer = pbx.manager.action("CallpropLogout", Phone="PJSIP/beta-299")
    desk.check("AMI: logs out", ("Success", ""), (answer["Response"], at(desk, "beta-299")))
    until(lambda: len(events(desk)) == 3)
    desk.check(
        "events",
        [
            ("PJSIP/beta-102", "beta", "101@beta", "102@beta", "CLI"),
            ("PJSIP/beta-299", "beta", "", "102@beta", "AMI"),
            ("PJSIP/beta-299", "beta", "102@beta", "", "AMI"),
        ],
        events(desk),
    )
    listed(desk)
    refusals(desk)
    originated(desk)
    unwritable(desk)
    dialled(desk)
    gone(desk)


def events(desk: Desk) -> list[tuple[str, ...]]:
    return [
        tuple(event[key] for key in ("Phone", "Client", "PreviousExtension", "Extension", "By"))
        for event in desk.pbx.manager.named("CallpropPhone")
    ]


def listed(desk: Desk) -> None:
    desk.pbx.manager.forget()
    desk.pbx.manager.action("CallpropListPhones")
    until(lambda: desk.pbx.manager.named("CallpropListPhonesComplete"))
    lines = [" ".join(line.split()) for line in desk.pbx.rx("callprop show phones").splitlines()]
    everyone = [f"PJSIP/{phone} {who or '(nobody)'} file" for phone, who in OF_FILE.items()]
    desk.check("CLI: the list", everyone, lines)
    rows = [
        tuple(event.get(key, "") for key in ("Phone", "Client", "Extension", "Source", "ExtensionOfFile"))
        for event in desk.pbx.manager.named("CallpropPhoneOfList")
    ]
    everyone = [
        (f"PJSIP/{phone}", phone.partition("-")[0] if "-" in phone else "", who, "file", who)
        for phone, who in OF_FILE.items()
    ]
    desk.check("AMI: the list", everyone, rows)


def refusals(desk: Desk) -> None:
    pbx, rx = desk.pbx, desk.pbx.rx
    for phone, extension, expected in (
        ("PJSIP/acme-101", "101@beta", OTHERS),
        ("PJSIP/beta-101", "101@acme", OTHERS),
        ("PJSIP/101", "101@acme", OTHERS),
        ("PJSIP/acme-101", "201", "Nothing is changed: no such extension"),
        ("PJSIP/acme-101", "nobody", "Nothing is changed: no such extension"),
        ("PJSIP/acme-101", "101@", "Nothing is changed: no such extension"),
        ("PJSIP/trunk", "101", "Nothing is changed: no such phone"),
        ("PJSIP/acme-109", "101@acme", "Nothing is changed: no such phone"),
        ("acme-101", "101@acme", "Nothing is changed: no such phone"),
    ):
        said = rx(f"callprop login {phone} {extension}").splitlines()[0]
        desk.check(f"{extension} at {phone}", expected, said[: len(expected)])
        answer = pbx.manager.action("CallpropLogin", Phone=phone, Extension=extension)
        desk.check(f"AMI: {extension} at {phone}", ("Error", True), (answer["Response"], answer["Message"] in said))
    desk.check("logs out nowhere", True, "no such phone" in rx("callprop logout PJSIP/x"))
    for wrong in ("login PJSIP/101", "login PJSIP/101 101 x", "logout", "logout PJSIP/101 x", "show phones x"):
        desk.check(f"callprop {wrong}", "Usage:", rx(f"callprop {wrong}").split()[0])
    reader = Manager("reader")
    answer = reader.action("CallpropLogin", Phone="PJSIP/beta-102", Extension="101@beta")
    desk.check("who may only read", ("Error", "102@beta"), (answer["Response"], at(desk, "beta-102")))
    reader.close()


def originated(desk: Desk) -> None:
    """By a variable nobody is put at a phone: not by whoever originates a call, and not where no phone is named."""
    pbx = desk.pbx
    before = len(pbx.log())
    for how in ("false", "true"):
        pbx.manager.action(
            "Originate",
            Channel="Local/647@internal/n",
            Context="internal",
            Exten="647",
            Priority="1",
            Variable="CALLPROP_PHONE(PJSIP/beta-102)=101@beta",
            Async=how,
        )
        why = "CALLPROP_PHONE(PJSIP/beta-102)=101@beta: whoever originates a call puts nobody at a phone by that"
        said = logged(pbx, before, why)
        desk.check(f"AMI originates, Async: {how}", ("102@beta", True), (at(desk, "beta-102"), said))
        pbx.hang_up_all()
        before = len(pbx.log())
    answer = pbx.manager.action("Setvar", Variable="CALLPROP_PHONE()", Value="101@beta")["Response"]
    said = logged(pbx, before, "CALLPROP_PHONE()=101@beta: no such phone")
    desk.check("AMI names no phone, and no channel", ("Error", True), (answer, said))


def unwritable(desk: Desk) -> None:
    """Whom AstDB does not take, or does not let go, is not logged in or out: after the next start it would be otherwise."""
    pbx, rx = desk.pbx, desk.pbx.rx
    rx("callprop login PJSIP/beta-102 101@beta")
    pbx.manager.forget()
    for how in ("EXCLUSIVE", "IMMEDIATE"):
        with in_use_by_another(pbx.base / "var/astdb.sqlite3", how):
            said = [
                rx(f"callprop {what}").splitlines()[0]
                for what in ("login PJSIP/beta-102 201@beta", "logout PJSIP/beta-102")
            ]
            desk.check(
                f"AstDB cannot be written, {how}",
                (["Nothing is changed: not carried out, see the log"] * 2, "101@beta", []),
                (said, at(desk, "beta-102"), events(desk)),
            )
    pbx.stop()
    pbx.start()
    desk.check("AstDB was not written: after a restart", "101@beta", at(desk, "beta-102"))
    rx("callprop logout PJSIP/beta-102")


def dialled(desk: Desk) -> None:
    """From the phone itself, which may be nobody's; and not into another client."""
    pbx = desk.pbx
    everybody(desk, s101_beta=(), s102_beta=())
    for name, of, number, final, phone, there, logs in (
        ("logs in", "beta-101", "*70102", "cut 16", "beta-101", "102@beta", ""),
        ("logs in at a phone that is nobody's", "beta-299", "*70101", "cut 16", "beta-299", "101@beta", ""),
        (
            "the other client's, by name",
            "beta-101",
            "*70101%40acme",
            "cut 16",
            "beta-101",
            "102@beta",
            "CALLPROP_PHONE()=101@acme: the phone is another client's",
        ),
        (
            "the other client's, by number",
            "beta-101",
            "*70103",
            "cut 16",
            "beta-101",
            "102@beta",
            "CALLPROP_PHONE()=103: no such extension",
        ),
        ("nobody", "beta-101", "*70%20", "cut 16", "beta-101", "102@beta", "no such extension"),
        (
            "at a phone of the other client",
            "beta-101",
            "*72acme-102",
            "cut 16",
            "acme-102",
            "102@acme",
            "the phone is another client's",
        ),
        ("logs out", "beta-101", "*71", "cut 16", "beta-101", "101@beta", ""),
        ("logs out where nobody was", "beta-299", "*71", "cut 16", "beta-299", "", ""),
        (
            "a phone that is nobody's calls",
            "beta-299",
            "201",
            "403",
            "beta-299",
            "",
            "this is a phone at which nobody is logged in: see callprop show phones",
        ),
        (
            "from outside",
            "trunk",
            "2*70102",
            "403",
            "beta-101",
            "101@beta",
            "a service is for the phone of an extension",
        ),
        ("from acme", "acme-101", "89*70", "404", "beta-101", "101@beta", ""),
    ):
        before = len(pbx.log())
        seen = rings(desk, call(of, number, "long_call"), (final, ""), {}, THERE)
        said = not logs or logged(pbx, before, logs) or f"the log has not: {logs}"
        desk.check(f"dialled: {name}", (final, "", there, True), (*seen, at(desk, phone), said))
    # A phone that is nobody's may call for help.
    seen = rings(desk, call("beta-299", "112"), ("200", "trunk"), {}, THERE)
    desk.check("a phone that is nobody's calls for help", ("200", "trunk"), seen)


def gone(desk: Desk) -> None:
    """Who is logged in is not in the file any more, or is another client's: then nobody is there."""
    pbx, rx = desk.pbx, desk.pbx.rx
    for name, kept in (("not in the file", "109@beta"), ("another client's", "101@acme"), ("nothing", "-")):
        rx(f"database put callprop_phones PJSIP/beta-102 {kept}")
        before = len(pbx.log())
        rx("module reload res_callprop.so")
        logs = f"Phone PJSIP/beta-102: extension {kept} is logged in, which callprop.conf does not have in the phone's client"
        desk.check(f"logged in: {name}", ("", True), (at(desk, "beta-102"), logged(pbx, before, logs)))
        seen = rings(desk, call("beta-102", "201"), ("403", ""), {}, THERE)
        desk.check(f"logged in: {name}, a call", ("403", ""), seen)
    rx("callprop logout PJSIP/beta-102")
    rx("database put callprop_phones PJSIP/nonesuch 101@beta")
    rx("module reload res_callprop.so")
    desk.check("a phone that is not in the file", "nothing", shown(desk, "nonesuch"))


def look_at_file(desk: Desk) -> None:
    """102 is an extension, and the phone of its number is 101's; one has a phone without a number, one has none."""
    everybody(desk)
    for extension, expected in {
        "101@acme": "PJSIP/acme-101&PJSIP/acme-102",
        "102@acme": "PJSIP/acme-103",
        "103@acme": "",
        "101@beta": "",
        "102@beta": "PJSIP/beta-102&PJSIP/beta-101",
        "101": "PJSIP/101",
    }.items():
        desk.check(f"the phones of {extension}", expected, phones(desk, extension))
    for name, act, expected in (
        ("201 of acme calls 101", call("acme-103", "101"), ("200", "acme-101 acme-102")),
        ("acme's 101 calls 102", call("acme-102", "102"), ("200", "acme-103")),
        ("beta's 102 at both", call("trunk", "2102"), ("200", "beta-101 beta-102")),
    ):
        desk.check(name, expected, rings(desk, act, expected, {}, PHONES))
    everybody(desk, s102_acme=("li",), s101_acme=("lo",))
    desk.check(
        "the phone acme-103 is 102's", ("403", ""), rings(desk, call("acme-103", "101"), ("403", ""), {}, PHONES)
    )


# `phones =`: no extension of beta has a phone unless a line of [interfaces] gives it one.
FILE = (
    FILES["callprop.conf"]
    .replace("[general@beta]\n", "[general@beta]\nphones =\n")
    .replace(
        "[interfaces@beta]\n",
        "[interfaces@beta]\nPJSIP/beta-102 = 102\nPJSIP/beta-101 = 102\n[interfaces@acme]\nPJSIP/acme-102 = 101\nPJSIP/acme-103 = 102\n",
    )
)
SETUPS = [
    Setup("people and phones, logged in", look, FILES),
    Setup("people and phones, in the file", look_at_file, {**FILES, "callprop.conf": FILE}),
]

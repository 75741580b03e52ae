# SPDX-License-Identifier: MIT
"""Two clients with the same numbers: statuses of their own, codes, device states, ends, the vendor's answers and events, and the history."""

from __future__ import annotations

import csv
import io
import json
import time

from answers import no
from calls import call
from clients_conf import FILES, PHONES
from desk import Desk
from injection import rings
from lab import until
from seen import becomes, seen, variable
from setups import Setup
from vendor import Relay

# Id 7 is acme's; `lunch` is another thing in each.
ANSWER = [{"id": 7, "name": "Away", "property_list": ["ri"]}]
MORE = """
[general]
history = h.csv
[general@acme]
statuses_file = acme.json
[statuses@acme]
lunch = li,lo
[statuses@beta]
lunch = qli
[codes]
1 = none
[codes@acme]
1 = lunch
2 = 7
[may_set@acme]
101 = 102
103 = 1*
"""
SHIPPED = FILES["callprop.conf"] + MORE
DIALPLAN = FILES["extensions.conf"].replace("[internal]\n", "[internal]\ninclude => callprop-codes\n")
WHO = ("101@acme", "102@acme", "101@beta", "102@beta", "101")
USUAL = "all all all all all"
# Who dials what: what he gets, and what those have then.
TABLE = (
    ("acme-101", "*781", "200", "lunch all all all all"),
    ("acme-101", "*782", "200", "Away all all all all"),
    ("acme-101", "*787", "200", "Away all all all all"),
    ("beta-101", "*781", "200", "all all none all all"),
    ("101", "*781", "200", "all all all all none"),
    ("acme-101", "*77102*1", "200", "all lunch all all all"),
    ("acme-103", "*77101*1", "200", "lunch all all all all"),
    # What is another client's.
    ("beta-101", "*782", "403", USUAL),
    ("beta-101", "*787", "403", USUAL),
    ("101", "*787", "403", USUAL),
    ("beta-101", "*77102*1", "403", USUAL),
    ("acme-103", "*77201*1", "403", USUAL),
    ("acme-103", "*77101%40beta*1", "403", USUAL),
)


def statuses(desk: Desk) -> str:
    return " ".join(desk.status(extension) for extension in WHO)


def begin(desk: Desk) -> None:
    for extension in WHO:
        desk.pbx.manager.action("CallpropUnsetStatus", Extension=extension)


def rows(desk: Desk) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((desk.pbx.base / "log/h.csv").read_text())))


def look(desk: Desk) -> None:
    pbx = desk.pbx
    for of, number, expected, after in TABLE:
        begin(desk)
        final = rings(desk, call(of, number), ("200", ""), {})[0]
        desk.check(f"{of} dials {number}", (expected, after), ("200" if final == "cut 16" else final, statuses(desk)))
    begin(desk)
    words(desk)
    begin(desk)
    pbx.rx("callprop set status 101@acme Away for 1h")
    states = (("NOT_INUSE", "INUSE", "available", "Away"), ("NOT_INUSE", "NOT_INUSE", "available", "all"))
    desk.check(
        "device states",
        states,
        tuple(becomes(desk, f"101@{client}", state) for client, state in zip(("acme", "beta"), states)),
    )
    pbx.rx("callprop set status 101@acme none for 1h")
    for of, expected in (("acme-102", ("403", "")), ("beta-102", ("200", "beta-101"))):
        desk.check(f"{of} calls 101", expected, rings(desk, call(of, "101"), expected, {}, PHONES))
    until(lambda: any(row["event"] == "denial" for row in rows(desk)), 3)
    denials = [
        (row["client"], row["extension"], row["status"], row["required"])
        for row in rows(desk)
        if row["event"] == "denial" and row["extension"]
    ]
    desk.check("the history: a denial", [("acme", "101@acme", "none", "li")], denials)
    changes = {(row["client"], row["extension"], row["to"], row["by"]) for row in rows(desk)}
    wanted = {
        ("acme", "101@acme", "Away", "CLI"),
        ("beta", "101@beta", "none", "code"),
        ("", "101", "none", "code"),
        ("beta", "201@beta", "all", "start"),
    }
    desk.check("the history: changes", wanted, wanted & changes)
    time.sleep(1.2)  # AstDB writes in seconds
    pbx.stop()
    pbx.start()
    end = variable(desk, "EXTENSION_STATUS(101@acme,until)")
    desk.check("after a restart", ("none all all all all", True), (statuses(desk), bool(end)))
    desk.check(
        "after a restart: device states", True, until(lambda: seen(desk, "101@acme")[:2] == ("INUSE", "INUSE"), 2)
    )
    relay = Relay("--client", "12=acme", "--client", "13=beta")
    try:
        begin(desk)
        said = relay.event(extension_id="101", new_status_id="7"), statuses(desk)
        desk.check("the vendor's event", ((200, "101@acme: 7"), "Away all all all all"), said)
        said = relay.event(extension_id="101", new_status_id="7", client_id="13"), statuses(desk)
        desk.check(
            "the same of another client", ((503, f"101@beta: {no('status', '7')}"), "Away all all all all"), said
        )
    finally:
        relay.end()
    begin(desk)
    pbx.configure(SHIPPED.replace("[general@acme]\n", "[general@acme]\nhistory = other.csv\n"))
    desk.check("a history of one client", True, "history: there is one of all clients" in desk.refusal()[0])
    pbx.configure(SHIPPED.replace("101 = 102\n", "101 = 201\n"))
    desk.check("another client's in [may_set]", True, "no such extension" in desk.refusal()[0])
    default_of_all(desk)


def default_of_all(desk: Desk) -> None:
    """It is a name, and what that means in a client stands in its [statuses]."""
    desk.pbx.configure(SHIPPED.replace("[statuses@acme]\n", "[statuses@acme]\nall = li,lo\n"))
    desk.pbx.rx("module reload res_callprop.so")
    for of, expected in (("acme-102", ("200", "acme-101")), ("trunk", ("403", "")), ("beta-102", ("200", "beta-101"))):
        number = "1101" if of == "trunk" else "101"
        seen = rings(desk, call(of, number), expected, {}, PHONES)
        desk.check(f"acme has an `all` of its own, and no default: {of} calls {number}", expected, seen)


def words(desk: Desk) -> None:
    """At AMI: its own statuses, and everybody's."""
    for extension, status, expected in (
        ("101@acme", "lunch", "li,lo"),
        ("101@beta", "lunch", "qli"),
        ("101@acme", "7", "ri"),
        ("101@acme", "li", "li"),
        ("101", "lunch", no("status", "lunch")),
        ("101@beta", "7", no("status", "7")),
        ("101", "Away", no("status", "Away")),
    ):
        begin(desk)
        answer = desk.pbx.manager.action("CallpropSetStatus", Extension=extension, Status=status)
        granted = desk.pbx.manager.action(
            "CallpropExplain", Extension=extension, Src="external", Dst="queue", Leg="dst"
        )["Granted"]
        desk.check(
            f"{extension} is set to {status}",
            expected,
            granted if answer["Response"] == "Success" else answer["Message"],
        )


FURTHER = ("func_devstate", "func_presencestate")
SETUPS = [
    Setup(
        "statuses of clients",
        look,
        {
            **FILES,
            "callprop.conf": SHIPPED,
            "acme.json": json.dumps(ANSWER),
            "extensions.conf": DIALPLAN,
            "modules.conf": FILES["modules.conf"] + "".join(f"require = {module}.so\n" for module in FURTHER),
        },
    )
]

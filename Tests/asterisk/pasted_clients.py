# SPDX-License-Identifier: MIT
"""The two clients of Sources/asterisk/README.md, pasted as they stand."""

from __future__ import annotations

from real_calls import Failed

from calls import call, originate
from clients_conf import FILES as OURS
from desk import Desk
from injection import rings
from pasted import FILES as OFFICE
from pasted import Case, blocks, set_status
from setups import Setup

MARK = ", with two clients"
PHONES = ("acme-101", "acme-102", "beta-101", "beta-102", "trunk")
STATUSES = {"101@acme": "work", "102@acme": "work", "101@beta": "open", "102@beta": "open"}


def files() -> dict[str, str]:
    pasted = {name.removesuffix(MARK): text for name, text in blocks().items() if name.endswith(MARK)}
    if pasted.keys() != {"extensions.conf", "callprop.conf", "queues.conf"}:
        raise Failed(f"the README's two clients have {sorted(pasted)}")
    # The endpoints are ours. The rest is the office's, as installed.
    return {**OFFICE, **pasted, "pjsip.conf": OURS["pjsip.conf"]}


# fmt: off
TABLE = [
    Case("acme's 101 calls 102", call("acme-101", "102"), ("200", "acme-102")),
    Case("beta's 101 calls 102", call("beta-101", "102"), ("200", "beta-102")),
    Case("beta's 101 calls 102, who has gone", call("beta-101", "102"), ("403", ""), {"102@beta": "closed"}),
    Case("acme calls outside", call("acme-101", "0309999"), ("200", "trunk")),
    Case("beta calls outside, which open does not grant", call("beta-101", "0309999"), ("403", "")),
    Case("outside calls acme's 102", call("trunk", "0301111102"), ("200", "acme-102")),
    Case("outside calls beta's 102", call("trunk", "0302222102"), ("200", "beta-102")),
    Case("outside calls for help by acme's number", call("trunk", "0301111112"), ("404", "")),
    Case("outside calls for help by beta's number", call("trunk", "0302222112"), ("404", "")),
    Case("outside calls beta's own help", call("trunk", "0302222955"), ("404", "")),
    Case("outside calls acme's queue", call("trunk", "0301111500", "menu", digit="0"), ("200", "acme-102")),
    Case("outside calls beta's queue", call("trunk", "0302222500", "menu", digit="0"), ("200", "beta-101")),
    Case("acme calls beta", call("acme-101", "0302222101"), ("200", "beta-101")),
    Case("acme calls beta, who has gone", call("acme-101", "0302222102"), ("403", ""), {"102@beta": "closed"}),
    Case("beta calls acme, which open does not grant", call("beta-101", "0301111102"), ("403", "")),
    Case("beta calls acme", call("beta-101", "0301111102"), ("200", "acme-102"), {"101@beta": "work"}),
    Case("acme calls for help", call("acme-101", "112"), ("200", "trunk"), {"101@acme": "closed"}),
    Case("beta calls for help", call("beta-101", "955"), ("200", "trunk"), {"101@beta": "closed"}),
    Case("acme dials beta's emergency number", call("acme-101", "955"), ("403", ""), {"101@acme": "closed"}),
    Case("acme's callback", originate("Local/102*0309999@callback-acme/n", "0309999"), ("up", "acme-102 trunk")),
    Case("acme's callback, 102 has gone", originate("Local/102*0309999@callback-acme/n", "0309999"), ("ended", ""), {"102@acme": "closed"}),
    Case("101 logs in at 102's phone", call("acme-102", "*70101", "long_call"), ("cut 16", "")),
    Case("beta's 101 logs in at 102's phone", call("beta-102", "*70101", "long_call"), ("cut 16", "")),
    Case("outside calls acme's 101, at two phones", call("trunk", "0301111101"), ("200", "acme-101 acme-102")),
    Case("outside calls acme's 102, who has none", call("trunk", "0301111102"), ("480", "")),
    Case("102's phone is acme's again", call("acme-102", "*71", "long_call"), ("cut 16", "")),
    Case("outside calls acme's 102, who has it again", call("trunk", "0301111102"), ("200", "acme-102")),
    Case("103, whom beta does not have, logs in at 102's phone", call("beta-102", "*70103"), ("403", "")),
    Case("beta's 101 is at both", call("trunk", "0302222101"), ("200", "beta-101 beta-102")),
]
# fmt: on


def look(desk: Desk) -> None:
    for case in TABLE:
        for extension, status in STATUSES.items():
            set_status(desk.pbx, extension, case.statuses.get(extension, status))
        desk.check(case.name, case.expected, rings(desk, case.act, case.expected, case.phones, PHONES))


SETUPS = [Setup("pasted, two clients", look, files())]

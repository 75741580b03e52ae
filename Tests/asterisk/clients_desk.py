# SPDX-License-Identifier: MIT
"""How an administrator names what is a client's, over a restart and a reload; and a bad file at the start."""

from __future__ import annotations

import re
from typing import Callable

from answers import completion, logged
from calls import AnyLab, call
from clients_conf import FILES, PHONES
from desk import Desk
from hostile_calls import answered, connected, phone_refers_to, phone_replaces
from injection import rings
from lab import until
from setups import Setup

# cq is everybody's; beta has one of that name, which grants something else.
OWN = FILES["callprop.conf"] + "[statuses@beta]\nnight = li\ncq = ri\n"


def shown(desk: Desk, extension: str) -> str:
    lines = desk.pbx.rx("callprop show extensions").splitlines()
    return next((" ".join(line.split()) for line in lines if line.startswith(f"{extension} ")), "nothing")


def look(desk: Desk) -> None:
    pbx, rx = desk.pbx, desk.pbx.rx
    pbx.manager.forget()
    for command, expected in {
        "set status 102@beta night@beta": "Extension 102@beta has status night",
        "set status 102@acme night@beta": "Nothing is changed: no such status: 'night@beta'",
        "set status 102@beta night@acme": "Nothing is changed: no such status",
        "set status 102@beta cq@": "Nothing is changed: no such status",
        "set status 101 cq@": "Nothing is changed: no such status",
        "set status 101@beta cq": "Extension 101@beta has status cq",
        "set status 102@acme cq": "Extension 102@acme has status cq",
        "set status 102@acme night": "Nothing is changed: no such status",
        "set status 101 night": "Nothing is changed: no such status",
        "set status 102 cq": "Nothing is changed: no such extension",
        "set status 102@gamma cq": "Nothing is changed: no such extension",
        "set status 201@acme cq": "Nothing is changed: no such extension",
        "set status 101@ cq": "Nothing is changed: no such extension",
        "explain 101@beta external extension dst": '{"allowed":true',
        "explain 102@acme external extension dst": '{"allowed":false',
    }.items():
        said = rx(f"callprop {command}").splitlines()[0]
        desk.check(command, expected, said[: len(expected)])
    for extension, matches in {
        "102@beta": {"night"},
        "101@acme": set(),
        "101": set(),
        "nobody": set(),
    }.items():
        seen = completion(pbx, f"callprop set status {extension} ni", "ni")
        desk.check(f"tab: a status of {extension}", matches, seen)
    until(lambda: len(pbx.manager.named("CallpropStatus")) == 3)
    desk.check(
        "events",
        [("102@beta", "beta", "night", "li"), ("101@beta", "beta", "cq", "ri"), ("102@acme", "acme", "cq", "cq")],
        [
            tuple(event[key] for key in ("Extension", "Client", "Status", "Granted"))
            for event in pbx.manager.named("CallpropStatus")
        ],
    )
    for when, act in (("at once", lambda: None), ("after a reload", reload(desk)), ("after a restart", restart(desk))):
        act()
        names = ("102@beta", "101@beta", "102@acme", "101@acme", "101")
        seen = [" ".join(shown(desk, name).split()[1:]) for name in names]
        desk.check(
            f"{when}: statuses",
            ["night run-time li", "cq run-time ri", "cq run-time cq", "all file all", "all file all"],
            seen,
        )
        desk.check(f"{when}: the function", ["night", "cq"], [desk.status("102@beta"), desk.status("102@acme")])
        for name, dial, expected in (
            ("outside, beta's 101", call("trunk", "2101"), ("200", "beta-101")),
            ("outside, acme's 102", call("trunk", "1102"), ("403", "")),
        ):
            desk.check(f"{when}: {name}", expected, rings(desk, dial, expected, {}, PHONES))
    desk.check("AstDB", True, "/callprop/102@beta" in " ".join(rx("database show callprop").split()))
    desk.check("the statuses", True, "night@beta li" in " ".join(rx("callprop show statuses").split()))
    pbx.manager.forget()
    pbx.manager.action("CallpropListStatuses")
    pbx.manager.action("CallpropListExtensions")
    until(lambda: pbx.manager.named("CallpropListExtensionsComplete"))
    rows = [tuple(e[key] for key in ("Status", "Client", "Granted")) for e in pbx.manager.named("CallpropStatusOfFile")]
    desk.check(
        "AMI: statuses", True, {("night", "beta", "li"), ("cq", "", "cq"), ("cq", "beta", "ri")} <= {*rows} or rows
    )
    rows = [tuple(e[key] for key in ("Extension", "Client")) for e in pbx.manager.named("CallpropExtension")]
    desk.check("AMI: extensions", True, {("101", ""), ("101@acme", "acme"), ("101@beta", "beta")} <= {*rows} or rows)
    gone(desk)
    # beta's own is gone from the file, and everybody's has the name.
    pbx.configure(FILES["callprop.conf"])
    rx("callprop reload")
    desk.check(
        "beta's own is gone",
        ("cq run-time cq", "night run-time (nothing: callprop.conf has no such status)"),
        (shown(desk, "101@beta").partition(" ")[2], shown(desk, "102@beta").partition(" ")[2]),
    )
    rx("callprop unset status 102@beta")
    desk.check("unset", "all file all", shown(desk, "102@beta").partition(" ")[2])


def gone(desk: Desk) -> None:
    """A client goes while a call is in its menu: what is dialled there then is nobody's. Nor may anybody make one of two of its calls."""
    pbx = desk.pbx
    without = without_client("beta")

    def act(lab: AnyLab) -> str:
        caller = answered(lab, "trunk", "2600")
        pbx.configure(without)
        pbx.rx("callprop reload")
        caller.presses("2")
        until(caller.over)
        return caller.result()

    before = len(pbx.log())
    seen = rings(desk, act, ("cut 21", ""), {}, PHONES)
    said = logged(pbx, before, "the client of this call is not in callprop.conf any more")
    desk.check("a client that is gone: its menu", ("cut 21", "", True), (*seen, said))
    for name, file, why in (
        ("there", OWN, "it is connected from outside to outside, and no extension does so"),
        ("gone", without_client("acme"), "it is connected with a call of another client, which has not gone there"),
    ):
        before = len(pbx.log())
        seen = rings(desk, joined_in_transit(file), ("", "trunk 2 times"), {}, PHONES)
        said = logged(pbx, before, why)
        desk.check(f"a client that is {name}: two of its calls", ("", "trunk 2 times", True), (*seen, said))
    pbx.configure(OWN)
    pbx.rx("callprop reload")


def without_client(name: str) -> str:
    return "".join(part for part in re.split(r"(?m)^(?=\[)", OWN) if f"@{name}]" not in part)


def joined_in_transit(file: str) -> Callable[[AnyLab], str]:
    """By acme's [transit] outside calls the same phone outside twice. The file is read, and that phone makes one call of the two."""

    def act(lab: AnyLab) -> str:
        for _ in range(2):
            answered(lab, "trunk", "10309991")
        lab.pbx.configure(file)
        lab.pbx.rx("callprop reload")
        phone_refers_to(lab, "trunk", "10309991", phone_replaces(lab, "trunk"), 0)
        until(lambda: not lab.pbx.channels())
        return connected(lab)

    return act


def reload(desk: Desk):
    return lambda: desk.pbx.rx("callprop reload")


def restart(desk: Desk):
    def act() -> None:
        desk.pbx.stop()
        desk.pbx.start()

    return act


def look_at_refused(desk: Desk) -> None:
    """Nothing is known but whose devices are named how: an emergency number of beta is that of beta's phones."""
    for name, act, expected in (
        ("beta calls for help", call("beta-101", "955"), ("200", "beta-trunk")),
        ("beta calls everybody's", call("beta-101", "112"), ("200", "trunk")),
        ("acme calls everybody's", call("acme-101", "112"), ("200", "trunk")),
        ("acme calls beta's", call("acme-101", "955"), ("403", "")),
        ("the one without a name calls beta's", call("101", "955"), ("403", "")),
        ("outside calls beta's", call("trunk", "3955"), ("403", "")),
        ("beta calls inside", call("beta-101", "102"), ("403", "")),
        ("beta goes to acme", call("beta-101", "87102"), ("403", "")),
        ("outside goes to acme", call("trunk", "1102"), ("403", "")),
    ):
        desk.check(f"a bad file: {name}", expected, rings(desk, act, expected, {}, PHONES))


def look_at_refused_phones(desk: Desk) -> None:
    """Whose devices are beta's is what the refused file says: those of `phones`, and no others."""
    for name, act, expected in (
        ("a phone of beta", call("beta-201", "955"), ("200", "beta-trunk")),
        ("what is no phone of beta", call("beta-101", "955"), ("403", "")),
        ("what is no phone of beta calls everybody's", call("beta-101", "112"), ("200", "trunk")),
        ("inside", call("beta-201", "202"), ("403", "")),
    ):
        desk.check(f"a bad file with phones: {name}", expected, rings(desk, act, expected, {}, PHONES))


SETUPS = [
    Setup("clients, administered", look, {**FILES, "callprop.conf": OWN}),
    Setup(
        "clients, a bad file at the start",
        look_at_refused,
        {**FILES, "callprop.conf": OWN + "[extensions@beta]\n101 =\n"},
    ),
    Setup(
        "clients, a bad file with phones at the start",
        look_at_refused_phones,
        {**FILES, "callprop.conf": OWN + "[general@beta]\nphones = PJSIP/beta-2*\n[extensions@beta]\n101 =\n"},
    ),
]

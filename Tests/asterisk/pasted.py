# SPDX-License-Identifier: MIT
"""The small office of Sources/asterisk/README.md, pasted as it stands into an Asterisk that loads its modules by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Callable

from real_calls import Failed

import host
from calls import AnyLab, call, originate, parked, pickup
from desk import Desk
from injection import rings
from lab import until
from pbx import Pbx
from setups import Setup

README = host.MODULE / "README.md"
ALL = ("li", "lo", "ri", "ro", "qli", "qri")


def blocks() -> dict[str, str]:
    """The files of the README, by the name in their first lines."""
    found = {}
    for block in re.findall(r"^```ini\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL):
        name = re.match(r"; /etc/asterisk/(\S+(?:, with two clients)?)\n", block)
        if not name or name[1] in found:
            raise Failed(f"{README}: a block that does not say which file it is, once: {block[:60]!r}")
        found[name[1]] = block
    return found


def files() -> dict[str, str]:
    pasted = {name: block for name, block in blocks().items() if "," not in name}
    wanted = {"extensions.conf", "callprop.conf", "queues.conf", "features.conf", "res_parking.conf"}
    if pasted.keys() != wanted:
        raise Failed(f"{README}: has {sorted(pasted)}, expected {sorted(wanted)}")
    # As `make install` puts it there.
    shipped = (host.MODULE / "extensions_callprop.conf").read_text()
    return {**pasted, "extensions_callprop.conf": shipped, "modules.conf": "[modules]\nautoload = yes\n"}


@dataclass
class Case:
    name: str
    act: Callable[[AnyLab], str]
    expected: tuple[str, str]
    statuses: dict[str, str] = field(default_factory=dict)
    phones: dict[str, tuple] = field(default_factory=dict)


RINGING = {"102": ("ringing", {})}


def parks(by: str) -> Callable[[AnyLab], str]:
    """Somebody outside calls 101, who transfers him to 700; `by` takes the call."""

    def act(lab: AnyLab) -> str:
        lab.place("trunk", "0301234101", "stays")
        return parked(lab, by)

    return act


def leaves_after_parking(lab: AnyLab) -> str:
    """101 parks the caller, and goes home; nobody takes the call."""
    caller = lab.place("trunk", "0301234101", "long_call")
    caller.expected = lab.expected
    until(lambda: re.search(r"Space *: *70", lab.pbx.command("parking show default")))
    set_status(lab.pbx, "101", "closed")
    return caller.result()


def set_status(pbx: Pbx, extension: str, status: str) -> None:
    answer = pbx.manager.action("CallpropSetStatus", Extension=extension, Status=status)
    if answer["Response"] != "Success":
        raise Failed(f"CallpropSetStatus {extension} {status}: {answer}")


PARKS = {"101": ("transfer", {"refer_to": "700@127.0.0.1"})}
TWICE = {"101": ("transfer", {"refer_to": "700@127.0.0.1", "times": "2"})}
SENDS_ON = {"101": ("transfer", {"refer_to": "103@127.0.0.1"})}
CALLBACK = "Local/%s@callprop-callback/n"

# fmt: off
TABLE = [
    Case("101 calls 102", call("101", "102"), ("200", "102")),
    Case("101 calls 102, who has gone", call("101", "102"), ("403", ""), {"102": "closed"}),
    Case("outside calls 102", call("trunk", "0301234102"), ("200", "102")),
    Case("outside calls 102 at lunch", call("trunk", "0301234102"), ("403", ""), {"102": "lunch"}),
    Case("101 calls outside", call("101", "0309999"), ("200", "trunk")),
    Case("101 calls outside at lunch", call("101", "0309999"), ("403", ""), {"101": "lunch"}),
    Case("101 dials a comma", call("101", "0309999%2Cextension"), ("403", "")),
    Case("101 calls for help", call("101", "112"), ("200", "trunk")),
    Case("outside calls the queue", call("trunk", "0301234500", "menu", digit="0"), ("200", "102")),
    Case("outside calls the queue, 102 at lunch", call("trunk", "0301234500", "menu", digit="0"), ("200", "103"), {"102": "lunch"}),
    Case("outside, menu, queue", call("trunk", "0301234600", "menu", digit="1"), ("200", "102")),
    Case("outside, menu, 101", call("trunk", "0301234600", "menu", digit="2"), ("200", "101")),
    Case("outside, menu, 101 at lunch", call("trunk", "0301234600", "menu", digit="2"), ("cut 21", ""), {"101": "lunch"}),
    Case("outside, menu, what is not there", call("trunk", "0301234600", "menu", digit="3"), ("cut 16", "")),
    Case("outside calls the ring group", call("trunk", "0301234610"), ("200", "101 102")),
    Case("outside calls the ring group, 101 at lunch", call("trunk", "0301234610"), ("200", "102"), {"101": "lunch"}),
    Case("outside calls for help by the number of the house", call("trunk", "0301234112"), ("404", "")),
    Case("outside dials on to outside", call("trunk", "0309999"), ("404", "")),
    Case("outside dials the code of a status", call("trunk", "*781"), ("404", "")),
    Case("103 picks up", pickup("trunk", "0301234102", "102", "103", "*8102"), ("200", "102"), {}, RINGING),
    Case("103 picks up by group", pickup("trunk", "0301234102", "102", "103", "*8"), ("200", "102"), {}, RINGING),
    Case("103 picks up at lunch", pickup("trunk", "0301234102", "102", "103", "*8102"), ("403", "102"), {"103": "lunch"}, RINGING),
    Case("103 takes a parked call", parks("103"), ("200", "101"), {}, PARKS),
    Case("103 takes a parked call at lunch", parks("103"), ("403", "101"), {"103": "lunch"}, PARKS),
    Case("101 transfers to 103", call("trunk", "0301234101", "long_call"), ("200", "101 103"), {}, SENDS_ON),
    Case("callback: 102, then outside", originate(CALLBACK % "102*0309999", "0309999"), ("up", "102 trunk")),
    Case("callback: 102 at lunch", originate(CALLBACK % "102*0309999", "0309999"), ("ended", ""), {"102": "lunch"}),
    Case("callback: 101, who has gone, then for help", originate(CALLBACK % "101*112", "112"), ("up", "101 trunk"), {"101": "closed"}),
    Case("callback: 101, who has gone, says for help, and then another number", originate(CALLBACK % "101*112", "0309999"), ("ended", "101"), {"101": "closed"}),
    Case("101 goes to lunch", call("101", "*782", "long_call"), ("cut 16", "")),
    Case("101 comes back", call("101", "*781", "long_call"), ("cut 16", ""), {"101": "closed"}),
    Case("101 goes home", call("101", "*783", "long_call"), ("cut 16", "")),
    Case("101 dials the code of no status", call("101", "*789"), ("403", ""), {"101": "lunch"}),
]
# fmt: on
AFTER = {
    "101 goes to lunch": "lunch",
    "101 comes back": "work",
    "101 goes home": "closed",
    "101 dials the code of no status": "lunch",
}


# Where a parked call comes back after a second. 101 answers it, and parks it again; when it comes back again, 101 keeps it.
COMING_BACK = [
    Case("nobody takes a parked call", call("trunk", "0301234101", "long_call"), ("200", "101 3 times"), {}, TWICE),
    Case("nobody takes it, and 101 has gone", leaves_after_parking, ("cut 21", "101"), {}, PARKS),
]


def look_at(cases: list[Case]) -> Callable[[Desk], None]:
    def look(desk: Desk) -> None:
        running = desk.pbx.rx("module show like res_callprop")
        desk.check("the module is loaded at the start", True, "Running" in running or running)
        for case in cases:
            for extension in ("101", "102", "103", "104"):
                set_status(desk.pbx, extension, case.statuses.get(extension, "work"))
            desk.check(case.name, case.expected, rings(desk, case.act, case.expected, case.phones))
            if case.name in AFTER:
                desk.check(f"{case.name}: the status", AFTER[case.name], desk.status("101"))

    return look


def changed(file: str, old: str, new: str) -> dict[str, str]:
    """A file of the README, in which something is another."""
    if old not in FILES[file]:
        raise Failed(f"{README}: {file} has no {old!r}")
    return {file: FILES[file].replace(old, new)}


FILES = files()
SOON = changed("res_parking.conf", "parkingtime = 45", "parkingtime = 1")
# What README.md, under "What is open", has against an Asterisk that ends: it changes nothing of what is decided.
PARK_IS_SECOND = changed("extensions.conf", "exten => 700,1,Park()\n", "exten => 700,1,NoOp()\n same => n,Park()\n")
PARKING = [case for case in TABLE if case.phones == PARKS]
SETUPS = [
    Setup("pasted", look_at(TABLE), FILES),
    Setup("pasted, parked calls that come back", look_at(COMING_BACK), {**FILES, **SOON}),
    Setup("pasted, Park() is second", look_at(PARKING), {**FILES, **PARK_IS_SECOND}),
    Setup("pasted, Park() is second, and calls come back", look_at(COMING_BACK), {**FILES, **PARK_IS_SECOND, **SOON}),
]

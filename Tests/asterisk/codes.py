# SPDX-License-Identifier: MIT
"""Statuses that are chosen by dialling: what is heard, and who may set whose."""

from __future__ import annotations

import re
import time

from answers import logged
from calls import call, originate, transfer
from desk import Desk
from desk_statuses import in_use_by_another
from injection import rings
from lab import until
from pbx import callprop_conf
from setups import Setup, conf

# 101 may set 102's and 104's, 103 everybody's, 104 not even its own.
CONFIGURATION = callprop_conf().replace(
    "[trunks]",
    "[codes]\n1 = all\n2 = li+lo\n12 = none\n003 = ri\n[may_set]\n101 = 102, 104\n103 = 10*\n104 = nobody\n[trunks]",
)
INCLUDED = conf("extensions.conf").replace("[internal]\n", "[internal]\ninclude => callprop-codes\n")
# From outside, as a mistake; by a menu; and without the subroutine.
DIALPLAN = (
    INCLUDED
    + """
[from-trunk]
include => callprop-codes
[internal]
exten => 680,1,Goto(internal,*782,1)
exten => 681,1,Set(X=${CALLPROP_CHOOSE(2)})
 same => n,Answer()
 same => n,Hangup()
"""
)

DONE, NO = "200", "403"
# Who dials what: what he gets, and what 101, 102 and 104 have then. Before, each has `all` of the file.
TABLE = (
    ("101", "*782", DONE, "li+lo all all"),
    ("101", "*7812", DONE, "none all all"),
    ("101", "*78003", DONE, "ri all all"),
    ("102", "*782", DONE, "all li+lo all"),
    ("101", "*77102*2", DONE, "all li+lo all"),
    ("101", "*77102*2*30", DONE, "all li+lo all"),
    ("101", "*77104*12", DONE, "all all none"),
    ("101", "*77101*2", DONE, "li+lo all all"),
    ("103", "*77101*2", DONE, "li+lo all all"),
    ("103", "*77104*2", DONE, "all all li+lo"),
    # Not his own, and no permission of its own.
    ("102", "*77101*2", NO, "all all all"),
    ("101", "*77103*2", NO, "all all all"),
    ("104", "*782", NO, "all all all"),
    ("104", "*79", NO, "all all all"),
    ("104", "*77104*2", NO, "all all all"),
    # What is no code, no extension, no end.
    ("101", "*783", NO, "all all all"),
    ("101", "*7802", NO, "all all all"),
    ("101", "*782*", NO, "all all all"),
    ("101", "*782*0", NO, "all all all"),
    ("101", "*782*2400", NO, "all all all"),
    ("101", "*782*12345", NO, "all all all"),
    ("101", "*782*1*1", NO, "all all all"),
    ("101", "*782#", NO, "all all all"),
    ("101", "*782%2C102", NO, "all all all"),
    ("101", "*77102", NO, "all all all"),
    ("101", "*77102*", NO, "all all all"),
    ("101", "*77999*2", NO, "all all all"),
    ("103", "*77999*2", NO, "all all all"),
    ("101", "*7710*2", NO, "all all all"),
    ("101", "*75103", NO, "all all all"),
    ("101", "*75102*1", NO, "all all all"),
    # Nobody's phone.
    ("trunk", "*782", NO, "all all all"),
    ("trunk", "*77102*2", NO, "all all all"),
    ("trunk", "*76", NO, "all all all"),
    ("119", "*782", NO, "all all all"),
    ("101", "681", DONE, "all all all"),
    # Sent on by the dialplan of his own phone.
    ("101", "680", DONE, "li+lo all all"),
)


EXPECTED = "expected up to three digits for minutes, 1 at least, or four for a time of day, 2359 at most"
# What the log says of a choice that is refused.
REASONS = {
    ("101", "*77103*2"): "extension 101 may not set the status of 103: see [may_set] of callprop.conf",
    ("101", "*77999*2"): "there is no such extension, whose status was to be chosen (999)",
    ("101", "*7899"): "no status has this code: see [codes] of callprop.conf",
    ("101", "*782*2500"): f"{EXPECTED} (2500)",
    ("101", "*782*0"): f"{EXPECTED} (0)",
    ("101", "*75102*1"): "expected an extension, and nothing behind it",
}


def statuses(desk: Desk) -> str:
    return " ".join(desk.status(extension) for extension in ("101", "102", "104"))


def dials(desk: Desk, of: str, number: str) -> tuple[str, str]:
    """What comes of it. Who hangs up first, the caller or Asterisk, is all the same."""
    final, rung = rings(desk, call(of, number), (DONE, ""), {})
    return (DONE if final == "cut 16" else final), rung


def begin(desk: Desk) -> None:
    for extension in ("101", "102", "104"):
        desk.pbx.manager.action("CallpropUnsetStatus", Extension=extension)


def ends(desk: Desk, extension: str = "101") -> int:
    seconds = (
        desk.pbx.rx(f"dialplan eval function EXTENSION_STATUS({extension},until)").partition("Result: ")[2].strip()
    )
    return int(seconds or 0)


def heard(desk: Desk, of: str, number: str) -> list[str]:
    """What the caller hears: the sounds that Asterisk plays."""
    before = len(desk.pbx.log())
    rings(desk, call(of, number, "consult"), (DONE, ""), {})
    until(lambda: "Playing" in desk.pbx.log()[before:], 2)
    return re.findall(r"Playing '(\S+?)\.\w+'", desk.pbx.log()[before:])


def look(desk: Desk) -> None:
    pbx = desk.pbx
    pbx.host.sh(
        "d=$(readlink -m /usr/share/asterisk/sounds/en); mkdir -p $d/digits; for n in 0 1 2 3; do cp $d/beep.ulaw $d/digits/$n.ulaw; done"
    )
    pbx.configure(CONFIGURATION)
    pbx.rx("module reload res_callprop.so")
    for of, number, expected, after in TABLE:
        begin(desk)
        pbx.manager.forget()
        desk.check(f"{of} dials {number}", (expected, ""), dials(desk, of, number))
        desk.check(f"{of} dials {number}: the statuses", after, statuses(desk))
        # What begin() did may be told late.
        told = {(e["By"], e["Who"]) for e in pbx.manager.named("CallpropStatus") if e["By"] != "AMI"}
        desk.check(f"{of} dials {number}: who", {("code", of)} if after != "all all all" else set(), told)
    for (of, number), reason in REASONS.items():
        before = len(pbx.log())
        dials(desk, of, number)
        desk.check(f"{of} dials {number}: why", True, logged(pbx, before, f"denied: {reason}"))
    back(desk)
    lasting(desk)
    others(desk)
    unwritable(desk)
    desk.check("what is heard", ["beep"], heard(desk, "101", "*782"))
    desk.check("which status: its number", ["digits/2"], heard(desk, "101", "*76"))
    pbx.rx("dialplan set global CALLPROP_SAY number")
    desk.check("its number, with the setting", ["digits/1", "digits/2"], heard(desk, "101", "*7812"))
    pbx.rx("callprop set status 101 lo")
    desk.check("a status without a number", ["digits/0"], heard(desk, "101", "*76"))
    begin(desk)


def back(desk: Desk) -> None:
    for of, number, extension in (("102", "*79", "102"), ("101", "*75102", "102"), ("101", "*75101", "101")):
        desk.pbx.rx(f"callprop set status {extension} none")
        seen = dials(desk, of, number)
        where = (
            desk.pbx.rx(f"dialplan eval function EXTENSION_STATUS({extension},source)").partition("Result: ")[2].strip()
        )
        desk.check(f"{of} dials {number}", ((DONE, ""), "all file"), (seen, f"{desk.status(extension)} {where}"))


def lasting(desk: Desk) -> None:
    """For minutes, and until a time of day."""
    for number, seconds in (("*782*1", 60), ("*782*30", 1800), ("*782*999", 59940)):
        begin(desk)
        dials(desk, "101", number)
        left = ends(desk) - time.time()
        desk.check(f"101 dials {number}", True, seconds - 10 < left <= seconds or left)
    begin(desk)
    dials(desk, "101", "*782*0730")
    then = time.gmtime(ends(desk))
    desk.check("101 dials *782*0730", (7, 30, 0, True), (*then[3:6], 0 < ends(desk) - time.time() <= 86400))
    begin(desk)


def others(desk: Desk) -> None:
    """By a transfer, by a forward, from the CLI: nobody chooses a status for him whose phone it is not."""
    pbx = desk.pbx
    for what, act, phones in (
        ("a transfer to a code", transfer("102", "*782"), {"101": ("transfer", {"refer_to": "*782@127.0.0.1"})}),
        ("a transfer from outside", transfer("trunk", "*782"), {"101": ("transfer", {"refer_to": "*782@127.0.0.1"})}),
        ("a forward to a code", call("102", "101"), {"101": ("redirect", {"forward_to": "*782"})}),
        ("a Local channel", originate("Local/*782@internal/n", "*782"), {}),
    ):
        begin(desk)
        before = len(pbx.log())
        rings(desk, act, ("", ""), phones)
        desk.check(f"{what}: nothing changes", "all all all", statuses(desk))
        desk.check(f"{what}: told", True, logged(pbx, before, "a status is chosen at the phone of an extension"))
    begin(desk)


def unwritable(desk: Desk) -> None:
    """A status that AstDB does not take is not changed, and who dials hears so."""
    pbx = desk.pbx
    for number in ("*782", "*77102*2", "*79"):
        before = len(pbx.log())
        with in_use_by_another(pbx.base / "var/astdb.sqlite3"):
            seen = dials(desk, "101", number)
        told = logged(
            pbx, before, "AstDB does not take the status of extension ", "denied: not carried out, see the log"
        )
        desk.check(f"AstDB cannot be written: {number}", ((NO, ""), "all all all", True), (seen, statuses(desk), told))


SETUPS = [Setup("codes", look, {"extensions.conf": DIALPLAN})]

# SPDX-License-Identifier: MIT
"""Loading with a bad file and the way back, and unloading under calls."""

from __future__ import annotations

import re

from answers import logged
from calls import AnyLab
from desk import Desk
from lab import until
from pbx import Pbx, callprop_conf
from setups import modules


def lines(pbx: Pbx) -> list[str]:
    """The lines that the module has in the dialplan itself."""
    shown = pbx.rx("dialplan show callprop-loaded")
    return sorted(f"{exten}: {application}" for exten, application in re.findall(r"'(\w+)' =>\s+1\. (\w+)\(\)", shown))


def unloading(desk: Desk) -> None:
    pbx = desk.pbx
    pbx.set_status("102", ("all",))

    def during_a_call(lab: AnyLab) -> tuple[str, str]:
        caller = lab.place("trunk", "102", "long_call")
        lab.expect_ring("102")
        until(lambda: "Up" in pbx.rx("core show channels concise").replace("!", " "))
        refusal = pbx.rx("module unload res_callprop.so")
        return caller.result(), "refused" if "Unable to unload" in refusal else refusal

    desk.check("unload under a call", (("200", "refused"), "102"), desk.with_phones(during_a_call))
    pbx.rx("module unload res_callprop.so")
    desk.check("unloaded: the module is gone", True, "0 modules loaded" in pbx.rx("module show like res_callprop"))
    desk.check("unloaded: its lines of the dialplan", [], lines(pbx))
    # 620 and 642 ring without having said what is called: there the handler alone can deny.
    for of, number in (
        ("trunk", "102"),
        ("101", "102"),
        ("trunk", "620"),
        ("101", "620"),
        ("101", "642"),
        ("101", "112"),
    ):
        before = len(pbx.log())
        seen = desk.with_phones(lambda lab: lab.call(of, number), phones=("101", "102", "trunk"))
        desk.check(f"unloaded: {of} calls {number}, nobody rings", ("403", ""), seen)
        if number not in ("620", "642"):
            seen = logged(
                pbx, before, "denied: res_callprop is not loaded (or somebody has removed its lines: callprop reload)"
            )
            desk.check(f"unloaded: {of} calls {number}, logged", True, seen)
    # The context stays, without lines. An Asterisk that starts without the module has none.
    pbx.rx("dialplan remove context callprop-loaded")
    pbx.rx("dialplan reload")
    warned = "tries to include nonexistent context 'callprop-loaded'"
    desk.check("unloaded: the dialplan is read", True, logged(pbx, 0, warned))
    pbx.configure(callprop_conf() + "[trunk]\n")
    desk.check("load with a bad file: loaded", True, "Loaded" in pbx.rx("module load res_callprop.so"))
    desk.check("a bad file: nobody rings", ("403", ""), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    pbx.configure(callprop_conf())
    pbx.rx("module reload res_callprop.so")
    desk.check("a good file", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    pbx.rx("dialplan reload")
    ours = ["call: CallpropCall", "direct: CallpropDirect", "ring: CallpropRing"]
    desk.check("the dialplan is read anew: the module's lines", ours, lines(pbx))
    desk.check("the dialplan is read anew", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    for again in ("callprop reload", "module reload res_callprop.so"):
        pbx.rx("dialplan remove context callprop-loaded")
        seen = desk.with_phones(lambda lab: lab.call("trunk", "102"))
        desk.check(f"the module's lines are removed, before {again}", (("403", ""), []), (seen, lines(pbx)))
        pbx.rx(again)
        seen = desk.with_phones(lambda lab: lab.call("trunk", "102"))
        desk.check(f"the module's lines after {again}", (("200", "102"), ours), (seen, lines(pbx)))
    pbx.set_status("102", ("lo",))
    seen = desk.with_phones(lambda lab: lab.call("trunk", "102"))
    desk.check("the dialplan is read anew: denied", ("403", ""), seen)


# Functions of a database by the names of ours, one of each way in which they are registered.
RIVALS = "".join(
    f"[{name}]\nprefix = CALLPROP\nreadhandle = none\nreadsql = SELECT 1\n" for name in ("RING", "CALLBACK")
)


def rival(desk: Desk) -> None:
    """Another module has the names of our functions: ours is not loaded, and nothing of it is left, until they are free."""
    pbx, rx = desk.pbx, desk.pbx.rx
    for extension in ("101", "102"):
        pbx.set_status(extension, ("all",))
    pbx.stop()
    (pbx.etc / "res_odbc.conf").write_text("[general]\n")
    (pbx.etc / "func_odbc.conf").write_text(RIVALS)
    theirs = modules("res_odbc_transaction", "res_odbc", "func_odbc").replace("require = res_callprop.so\n", "")
    (pbx.etc / "modules.conf").write_text(theirs)
    pbx.start()

    def functions() -> list[str]:
        lines = (
            rx("core show functions like CALLPROP").splitlines() + rx("core show functions like STATUS").splitlines()
        )
        return sorted(line.split()[0] for line in lines if line.startswith(("CALLPROP", "EXTENSION_STATUS")))

    theirs = ["CALLPROP_CALLBACK", "CALLPROP_RING"]
    desk.check("a rival", theirs, functions())
    desk.check("a rival: not loaded", True, "Unable to load" in (answer := rx("module load res_callprop.so")) or answer)
    desk.check(
        "a rival: nothing is running", True, "Not Running" in (shown := rx("module show like res_callprop")) or shown
    )
    desk.check("a rival: the functions", theirs, functions())
    desk.check("a rival: the CLI", True, rx("callprop show extensions").startswith("No such command"))
    message = pbx.manager.action("CallpropSetStatus", Extension="102", Status="none").get("Message", "")
    desk.check("a rival: AMI", True, message.startswith("Invalid/unknown command"))
    for of, number in (("trunk", "102"), ("101", "102"), ("101", "0301234")):
        seen = desk.with_phones(lambda lab: lab.call(of, number), phones=("101", "102", "trunk"))
        desk.check(f"a rival: {of} calls {number}", ("403", ""), seen)
    rx("module unload func_odbc.so")
    desk.check("the rival is gone: loaded", True, "Loaded" in rx("module load res_callprop.so"))
    desk.check("the rival is gone: a call", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    pbx.stop()
    (pbx.etc / "modules.conf").write_text(modules())
    pbx.start()


REFUSED = "callprop.conf was refused when the module was loaded"

# What the CLI is asked, and has no answer to when nothing was read.
OF_AN_EXTENSION = (
    "show extensions",
    "show statuses",
    "show phones",
    "set status 102 all",
    "unset status 102",
    "explain 102 external queue dst",
    "login PJSIP/102 101",
    "logout PJSIP/102",
)


def recovery(desk: Desk) -> None:
    """A bad file when Asterisk starts: everybody is denied, but for emergencies, until a good file is read."""
    pbx = desk.pbx
    good = callprop_conf()
    phones = ("101", "102", "trunk")
    for extension in ("101", "102"):
        pbx.set_status(extension, ("all",))

    def call(of: str, number: str) -> tuple:
        return desk.with_phones(lambda lab: lab.call(of, number), phones=phones)

    for mistake, text, emergency, numbers in (
        ("a mistake", good + "[trunk]\n", ("200", "trunk"), 3),
        ("a mistake in front of the emergency numbers", f"[statuses]\nbad = li,,lo\n{good}", ("200", "trunk"), 3),
        ("a mistake among the emergency numbers", good.replace("911,199", "police, 911"), ("200", "trunk"), 1),
        ("no emergency numbers", good.replace("emergency =", "emergencies ="), ("403", ""), 0),
        ("it cannot be parsed", good.replace("[numbers]", "[numbers"), ("403", ""), 0),
    ):
        pbx.stop()
        before = len(pbx.log())
        pbx.configure(text)
        pbx.start()
        what = f"started with a bad file, {mistake}"
        desk.check(f"{what}: logged", True, logged(pbx, before, "Mend it, then: callprop reload"))
        for of, number in (("101", "102"), ("trunk", "102"), ("101", "0301234"), ("101", "500"), ("101", "*60")):
            before = len(pbx.log())
            desk.check(f"{what}: {of} calls {number}", ("403", ""), call(of, number))
            desk.check(f"{what}: {of} calls {number}: why", True, logged(pbx, before, f"denied: {REFUSED}"))
        desk.check(f"{what}: 101 calls 112", emergency, call("101", "112"))
        said = pbx.rx("callprop show extensions")
        shown = said.startswith(REFUSED), said.strip().endswith(f"that could be read: {numbers}")
        desk.check(f"{what}: shown", (True, True), shown if all(shown) else said)
    for command in OF_AN_EXTENSION:
        said = pbx.rx(f"callprop {command}")
        desk.check(f"started with a bad file: {command}", True, REFUSED in said or said)
    for action, headers in (
        ("CallpropSetStatus", {"Extension": "102", "Status": "all"}),
        ("CallpropLogin", {"Phone": "PJSIP/102", "Extension": "101"}),
        ("CallpropExplain", {"Extension": "102", "Src": "external", "Dst": "queue", "Leg": "dst"}),
        ("CallpropListExtensions", {}),
        ("CallpropListStatuses", {}),
        ("CallpropListPhones", {}),
    ):
        answer = pbx.manager.action(action, **headers)
        seen = (answer["Response"], REFUSED in answer.get("Message", ""))
        desk.check(f"started with a bad file: {action}", ("Error", True), seen)
    desk.check(
        "a reload of the bad file",
        "Nothing is changed: callprop.conf is refused: callprop.conf: cannot be parsed: the log says why above",
        pbx.rx("callprop reload").splitlines()[0],
    )
    desk.check("a reload of the bad file: denied", ("403", ""), call("trunk", "102"))
    pbx.configure(good)
    desk.check(
        "recovered by callprop reload",
        "callprop.conf is in force: 256 statuses, 7 extensions",
        pbx.rx("callprop reload").strip(),
    )
    desk.check("recovered: a call", ("200", "102"), call("trunk", "102"))
    pbx.set_status("102", ("li",))
    desk.check("recovered: a denial", ("403", ""), call("trunk", "102"))
    pbx.stop()
    pbx.configure(good + "[trunk]\n")
    pbx.start()
    pbx.configure(good)
    desk.check("recovered by module reload", True, "successfully" in pbx.rx("module reload res_callprop.so"))
    desk.check(
        "recovered: a status of run time is kept", ("li", ("403", "")), (desk.status("102"), call("trunk", "102"))
    )

# SPDX-License-Identifier: MIT
"""The administrator at AMI: which class may do what, and what each action answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from answers import no
from desk import Desk
from lab import until
from pbx import EXTENSIONS, Manager, callprop_conf


@dataclass
class Action:
    name: str
    headers: dict[str, str]
    expected: dict[str, str]  # what of the answer is looked at


def explain(headers: str, **expected: str) -> Action:
    words = ("Extension", "Src", "Dst", "Leg", "Callback")
    return Action("CallpropExplain", dict(zip(words, headers.split(), strict=False)), expected)


def error(name: str, message: str, **headers: str) -> Action:
    return Action(name, headers, {"Response": "Error", "Message": message})


NO_PARTY = "src and dst are extension, external, queue or ivr"

# 101 has all by the file; 102 was set to li,lo.
ACTIONS = (
    explain(
        "102 external queue dst", Allowed="false", Required="qri", Granted="li,lo", Status="li+lo", Source="run-time"
    ),
    explain("102 extension extension dst", Allowed="true", Required="li"),
    explain("101 external queue dst", Allowed="true", Required="qri", Granted="all", Source="file"),
    explain("101 queue external src true", Allowed="true", Required="cq"),
    explain("102 extension external src false", Allowed="false", Required="ro"),
    explain("101 queue external src", Response="Error", Message="call cannot happen"),
    explain("101 queue external src callback", Response="Error", Message="Callback is true or false"),
    explain("999 external queue dst", Response="Error", Message=no("extension", "999")),
    explain("101 nobody queue dst", Response="Error", Message=NO_PARTY),
    explain("101 external queue sideways", Response="Error", Message="leg is src or dst"),
    error("CallpropExplain", "the header Extension is missing"),
    error("CallpropExplain", "the header Leg is missing", Extension="101", Src="external", Dst="queue"),
    error("CallpropUnsetStatus", no("extension", "999"), Extension="999"),
    error("CallpropUnsetStatus", "the header Extension is missing"),
    error("CallpropSetStatus", "the header Extension is missing", Status="all"),
    error("CallpropSetStatus", "the header Status is missing", Extension="102"),
    error("CallpropSetStatus", no("status", "nonesuch"), Extension="102", Status="nonesuch"),
    error("CallpropListExtensions", no("extension", "999"), Extension="999"),
    error("CallpropLogin", "the header Phone is missing", Extension="101"),
    error("CallpropLogin", "the header Extension is missing", Phone="PJSIP/101"),
    error("CallpropLogin", no("phone", "PJSIP/x"), Phone="PJSIP/x", Extension="101"),
    error("CallpropLogout", "the header Phone is missing"),
)

# Which users of manager.conf may do what.
MAY_READ, MAY_CHANGE = ("test", "reader"), ("test",)


@dataclass
class Permission:
    action: str
    who: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)


PERMISSIONS = (
    Permission("CallpropListExtensions", MAY_READ),
    Permission("CallpropListStatuses", MAY_READ),
    Permission("CallpropExplain", MAY_READ, {"Extension": "101", "Src": "external", "Dst": "queue", "Leg": "dst"}),
    Permission("CallpropSetStatus", MAY_CHANGE, {"Extension": "102", "Status": "li+lo"}),
    Permission("CallpropUnsetStatus", MAY_CHANGE, {"Extension": "102"}),
)


def listed(desk: Desk, action: str, item: str, **headers: str) -> list[dict[str, str]]:
    desk.pbx.manager.forget()
    desk.pbx.manager.action(action, **headers)
    until(lambda: desk.pbx.manager.named(f"{action}Complete"))
    items, (end,) = desk.pbx.manager.named(item), desk.pbx.manager.named(f"{action}Complete")
    number = str(desk.pbx.manager.number)
    same = {event.get("ActionID") for event in [*items, end]} == {number} and end["ListItems"] == str(len(items))
    desk.check(f"{action} {headers}: each item and the end", True, same or (items, end))
    return items


def ami(desk: Desk) -> None:
    pbx = desk.pbx
    for extension in EXTENSIONS:
        pbx.rx(f"database del callprop {extension}")
    pbx.configure(callprop_conf(e103="qli"))
    pbx.rx("module reload res_callprop.so")
    pbx.set_status("102", ("li", "lo"))
    columns = ("Extension", "Status", "Granted", "Source", "StatusOfFile")
    items = listed(desk, "CallpropListExtensions", "CallpropExtension")
    seen = [" ".join(item[column] for column in columns) for item in items]
    expected = ["101 all all file all", "102 li+lo li,lo run-time all", "103 qli qli file qli"]
    desk.check("CallpropListExtensions", expected, seen[:3])
    desk.check("CallpropListExtensions: all of them", list(EXTENSIONS), [item["Extension"] for item in items])
    items = listed(desk, "CallpropListExtensions", "CallpropExtension", Extension="102")
    desk.check("CallpropListExtensions of one", ["102"], [item["Extension"] for item in items])
    statuses = {
        item["Status"]: item["Granted"] for item in listed(desk, "CallpropListStatuses", "CallpropStatusOfFile")
    }
    desk.check("CallpropListStatuses", (256, "cq,li", ""), (len(statuses), statuses["cq+li"], statuses["none"]))
    for action in ACTIONS:
        answer = pbx.manager.action(action.name, **action.headers)
        what = f"{action.name} {' '.join(action.headers.values())}".strip()
        desk.check(what, action.expected, {key: answer.get(key) for key in action.expected})
    answer = pbx.manager.action("CallpropExplain", Extension="102", Src="external", Dst="queue", Leg="dst")
    desk.check("CallpropExplain: the reason", True, answer["Reason"].startswith("Denied: an outside number calls"))
    desk.check("CallpropExplain: no denial is told", [], pbx.manager.named("CallpropDenial"))
    answer = pbx.manager.action("CallpropUnsetStatus", Extension="102")
    desk.check("CallpropUnsetStatus", ("Success", "all"), (answer["Response"], desk.status("102")))
    until(lambda: len(desk.events()) == 1)
    desk.check("CallpropUnsetStatus: an event", [("102", "li+lo", "all", "all", "AMI")], desk.events())
    classes(desk)
    for action in ("CallpropUnsetStatus", "CallpropListExtensions", "CallpropListStatuses", "CallpropExplain"):
        desk.check(f"manager show command {action}", True, "[Synopsis]" in pbx.rx(f"manager show command {action}"))
    shown = pbx.rx("config show help res_callprop")
    sections = ["general", "statuses", "extensions", "interfaces", "numbers", "trunks", "transit", "codes", "may_set"]
    desk.check("config show help", sections, [line.split()[0] for line in shown.splitlines() if " -- " in line])
    for section, option in (("general", "emergency"), ("numbers", "number"), ("statuses", "name"), ("trunks", "trunk")):
        shown = pbx.rx(f"config show help res_callprop {section} {option}")
        desk.check(f"config show help {section} {option}", True, "Synopsis" in shown or shown)
    pbx.configure(callprop_conf())
    pbx.rx("module reload res_callprop.so")


def classes(desk: Desk) -> None:
    for user in ("test", "reader", "other"):
        manager = Manager(user)
        try:
            for permission in PERMISSIONS:
                answer = manager.action(permission.action, **permission.headers)
                seen = answer["Response"] if answer["Response"] == "Success" else answer["Message"]
                expected = "Success" if user in permission.who else "Permission denied"
                desk.check(f"{user}: {permission.action}", expected, seen)
        finally:
            manager.close()

# SPDX-License-Identifier: MIT
"""Calls that a hostile tester made. Each comes to what no status permits, or held where it might not have."""

from __future__ import annotations

import contextlib
import os
import re
import time
from dataclasses import dataclass, field
from typing import Callable

from real_calls import Failed

import agents
import pasted
from ari import Application, connect
from calls import AnyLab, channel_of
from desk import Desk
from lab import PHONES, until
from pbx import EXTENSIONS, Manager
from setups import Setup, conf, modules

RINGING = ("ringing", {})
LONG = "101-" + "a" * 70  # with the number of its channel it is longer than AST_CHANNEL_NAME
NOT_RI = ("li", "lo", "ro", "qli", "qri")


def forwards(to: str) -> tuple[str, dict[str, str]]:
    return ("redirect", {"forward_to": to})


def tag(text: str) -> str:
    return re.search(r"tag=([^;>]+)", text)[1]


def replaces(call_id: str, to_tag: str, from_tag: str) -> str:
    return f"{call_id}%3Bto-tag%3D{to_tag}%3Bfrom-tag%3D{from_tag}".replace("@", "%40")


class Early(agents.Caller):
    """A caller who knows the dialog while it rings, and who transfers."""

    early = ""

    def answered(self, response: agents.Message) -> None:
        if response.method == "INVITE" and 100 < response.status < 200 and "tag=" in response.get("to"):
            self.early = response.get("to")
        super().answered(response)

    def replaces(self) -> str:
        there = self.dialog.there if "tag=" in self.dialog.there else self.early
        return replaces(self.dialog.call_id, tag(there), tag(self.dialog.here))

    def refers(self, to: str, other: str) -> None:
        with self.exchange.news:
            self.request("REFER", self.dialog, f"Refer-To: <sip:{to}@127.0.0.1?Replaces={other}>")

    def presses(self, keys: str) -> None:
        for key in keys:
            with self.exchange.news:
                body = f"Signal={key}\r\nDuration=160\r\n"
                self.request("INFO", self.dialog, "Content-Type: application/dtmf-relay", body=body)
            time.sleep(agents.KEYS_APART)


def place(lab: AnyLab, of: str, number: str, scenario: str = "consult", **keys: str) -> Early:
    lab.others.append(Early(lab.exchange, of, number, scenario, **keys))
    return lab.others[-1]


def answered(lab: AnyLab, of: str, number: str) -> Early:
    caller = place(lab, of, number)
    if not until(lambda: caller.final):
        raise Failed(f"{of} is not answered")
    time.sleep(0.3)
    return caller


def incoming(lab: AnyLab, of: str, nth: int = -1) -> agents.Ringing:
    """A call that rang this phone."""
    phone = lab.phones[of]
    until(phone.rang)
    return [call for key, call in phone.calls.items() if key not in phone.before][nth]


def phone_refers(lab: AnyLab, of: str, to: str, nth: int = -1) -> None:
    call, phone = incoming(lab, of, nth), lab.phones[of]
    with lab.exchange.news:
        phone.refer(call, f"{to}@127.0.0.1")


def phone_refers_to(lab: AnyLab, of: str, to: str, other: str, nth: int = -1) -> None:
    """An attended transfer: the phone makes one call of the one that rang it, and another of its calls."""
    call, phone = incoming(lab, of, nth), lab.phones[of]
    with lab.exchange.news:
        phone.refer(call, f"{to}@127.0.0.1?Replaces={other}")


def phone_replaces(lab: AnyLab, of: str, nth: int = -1) -> str:
    call = incoming(lab, of, nth)
    return replaces(call.invite.get("call-id"), tag(call.invite.get("from")), call.tag)


def as_header(text: str) -> str:
    return text.replace("%3B", ";").replace("%3D", "=").replace("%40", "@")


def answers_now(lab: AnyLab, of: str) -> None:
    call = incoming(lab, of)
    with lab.exchange.news:
        lab.phones[of].answer(call)


def together(lab: AnyLab, after: float = 1) -> str:
    """Who is in one bridge with whom, seen through Local channels."""
    time.sleep(after)
    groups: dict[str, set[str]] = {}
    for line in lab.pbx.command("core show channels concise").splitlines():
        words = line.split("!")
        if len(words) > 12 and words[12]:
            groups.setdefault(words[12], set()).add(words[0])
    merged: list[set[str]] = []
    for names in groups.values():
        keys = {name[:-2] if name.startswith("Local/") else name for name in names}
        for other in [group for group in merged if group & keys]:
            merged.remove(other)
            keys |= other
        merged.append(keys)
    devices = [
        sorted(re.sub(r"^PJSIP/|-[0-9a-f]{8}$", "", name) for name in group if name[:6] != "Local/") for group in merged
    ]
    return " ".join(sorted("+".join(group) for group in devices if len(group) > 1))


def pickup_by_103(lab: AnyLab) -> str:
    """The pickup that is built in: it is decided once the two are connected, as long as anybody looks."""
    lab.phone("101", "ringing")
    place(lab, "trunk", "101")
    lab.expect_ring("101")
    place(lab, "103", "*7")
    return together(lab, 2)


@dataclass
class Row:
    name: str
    act: Callable[[AnyLab], object]
    expected: object
    statuses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phones: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    times: int = 1  # a race: seen is how often it was lost


# ---- The guard is made to look for the end of a circle of Local channels, for ever


def circle(own: str, number: str, then: Callable[[AnyLab], str]) -> Callable[[AnyLab], str]:
    """A phone calls itself by way of a Local channel, and makes one call of its two."""

    def act(lab: AnyLab) -> str:
        call = answered(lab, own, number)
        call.refers(number, phone_replaces(lab, own))
        time.sleep(0.8)
        lab.pbx.set_status("103", ("li", "lo"))
        return then(lab)

    return act


def callback_circle(lab: AnyLab) -> str:
    lab.pbx.rx("channel originate Local/102*102@callprop-callback/n extension 102@internal")
    until(lambda: lab.phones["102"].rang() == 2)
    time.sleep(0.6)
    phone_refers_to(lab, "102", "102", phone_replaces(lab, "102", 1), 0)
    time.sleep(0.8)
    lab.pbx.set_status("103", ("li", "lo"))
    return pickup_by_103(lab)


def attended_to_103(lab: AnyLab, outside: str = "101") -> str:
    answered(lab, "trunk", outside)
    consultation = answered(lab, "101", "103")
    phone_refers_to(lab, "101", "103", consultation.replaces())
    return together(lab)


# ---- Attended transfers into what is not a bridge: Asterisk names no target then


def into(number: str, outside: str = "101") -> Callable[[AnyLab], str]:
    """Outside calls 101, who transfers it while 102 still rings."""

    def act(lab: AnyLab) -> str:
        answered(lab, "trunk", outside)
        consultation = place(lab, "101", number)
        until(lambda: lab.phones["102"].rang() and (consultation.early or consultation.final))
        phone_refers_to(lab, "101", number, consultation.replaces())
        time.sleep(0.7)
        answers_now(lab, "102")
        return together(lab)

    return act


# ---- `forward` is about the one call that comes next


def after_forward(of: str, number: str) -> Callable[[AnyLab], object]:
    def act(lab: AnyLab) -> object:
        caller = answered(lab, of, number)
        lab.phone("trunk")
        caller.presses("9")
        return together(lab), caller.cut

    return act


# ---- From outside to outside, connected without a dial


def two_from_outside(lab: AnyLab) -> str:
    answered(lab, "trunk", "101")
    answered(lab, "trunk", "101")
    phone_refers_to(lab, "101", "101", phone_replaces(lab, "101", 1), 0)
    return together(lab)


def two_from_inside(lab: AnyLab) -> str:
    answered(lab, "102", "101")
    answered(lab, "103", "101")
    phone_refers_to(lab, "101", "101", phone_replaces(lab, "101", 1), 0)
    return together(lab)


def goes_on_after_101(lab: AnyLab) -> str:
    """Dial() with F: when 101 has hung up, who was rung goes on to a number without `call`."""
    caller = answered(lab, "101", "694")
    with lab.exchange.news:
        caller.request("BYE", caller.dialog)
    return together(lab)


def replaced_by_outside(lab: AnyLab) -> str:
    call = answered(lab, "101", "0301234")
    place(lab, "trunk", "102", "replaces", replaces=as_header(call.replaces()))
    return together(lab)


def sent_to_pickup(who_calls: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        place(lab, who_calls, "102")
        lab.expect_ring("102")
        answered(lab, "trunk", "101")
        phone_refers(lab, "101", "*8102")
        return together(lab)

    return act


def sent_to_parked(lab: AnyLab) -> str:
    place(lab, "trunk", "626")
    space = re.compile(r"Space *: *(70\d)")
    until(lambda: space.search(lab.pbx.command("parking show default")))
    answered(lab, "trunk", "101")
    phone_refers(lab, "101", space.search(lab.pbx.command("parking show default"))[1])
    return together(lab)


def ari_for_nobody(of: str) -> Callable[[AnyLab], str]:
    """An application rings outside, for nobody that it names, and connects it with who called."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            place(lab, of, "657")
            one = application.id_of(f"PJSIP/{of}", "Ring")
            two = application.post("channels", endpoint="PJSIP/0305678@trunk", app="desk")["id"]
            application.id_of("PJSIP/trunk", "Up")
            application.post(f"channels/{one}/answer")
            connect(application, one, two)
            return together(lab)

    return act


def ari_by_a_name(lab: AnyLab) -> str:
    """The id of a channel is the name of another one."""
    with Application() as application:
        place(lab, "104", "657", "long_call")
        application.id_of("PJSIP/104", "Ring")
        name = next(one["name"] for one in application.channels())
        place(lab, "trunk", "657")
        outside = application.id_of("PJSIP/trunk", "Ring")
        application.post("channels", endpoint="PJSIP/103", app="desk", channelId=name)
        application.id_of("PJSIP/103", "Up")
        application.post(f"channels/{outside}/answer")
        connect(application, name, outside)
        return together(lab)


def ari_for_an_emergency(lab: AnyLab) -> object:
    """An application rings outside for somebody who waits for 112. What was rung."""
    with Application() as application:
        place(lab, "101", "112")
        lab.expect_ring("trunk")
        originator = application.id_of("PJSIP/101", "Ring")
        lab.phone("trunk", "ringing")
        application.post("channels", endpoint="PJSIP/0305678@trunk", app="desk", originator=originator)
        time.sleep(0.6)
        calls = lab.phones["trunk"].calls.values()
        return [call.invite.first.split()[1] for call in calls if "0305678" in call.invite.first and not call.is_over]


# ---- Whose call is it?


def dials(of: str, number: str) -> Callable[[AnyLab], object]:
    def act(lab: AnyLab) -> object:
        caller = place(lab, of, number)
        until(lambda: caller.final)
        return str(caller.final), together(lab, 0.6)

    return act


# ---- AMI users who have not the class `call`


@contextlib.contextmanager
def user(name: str):
    manager = Manager(name)
    try:
        yield manager
    finally:
        manager.close()


def originates(**headers: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        with user("originator") as manager:
            manager.action("Originate", Channel="Local/647@internal/n", **headers)
        time.sleep(0.8)
        return lab.pbx.rx("dialplan eval function EXTENSION_STATUS(103)").partition("Result: ")[2].strip()

    return act


def global_variable(lab: AnyLab) -> str:
    """The variables by which Asterisk tells of transfers are looked for on a channel, and then among the global ones."""
    try:
        originates(Application="Set", Data="GLOBAL(ATTENDEDTRANSFER)=x")(lab)
        return pickup_by_103(lab)
    finally:
        lab.pbx.manager.action("Setvar", Variable="ATTENDEDTRANSFER", Value="")


def read_callback(lab: AnyLab) -> list[str]:
    answered(lab, "101", "102")
    before = len(lab.pbx.log())
    with user("reader") as manager:
        manager.action("Getvar", Channel=channel_of(lab, "PJSIP/101"), Variable="CALLPROP_CALLBACK(2)")
    time.sleep(0.4)
    return [line for line in lab.pbx.log()[before:].splitlines() if "denied" in line]


# ---- What held


def joined_by_outside(lab: AnyLab) -> str:
    one, two = answered(lab, "trunk", "101"), answered(lab, "trunk", "102")
    one.refers("102", two.replaces())
    return together(lab)


def three_way(lab: AnyLab) -> str:
    caller = answered(lab, "101", "102")
    caller.presses("*20301234")
    until(lab.phones["trunk"].rang)
    time.sleep(0.8)
    caller.presses("*3")
    consultation = answered(lab, "101", "103")
    caller.refers("103", consultation.replaces())
    return together(lab)


def by_keys(number: str, answers: bool) -> Callable[[AnyLab], str]:
    """101 consults 103 by keys, and hangs up: before or after 103 answers."""

    def act(lab: AnyLab) -> str:
        caller = answered(lab, "101", number)
        caller.presses("*2103")
        until(lab.phones["103"].rang)
        time.sleep(0 if answers else 0.8)
        with lab.exchange.news:
            caller.request("BYE", caller.dialog)
        if answers:
            time.sleep(0.6)
            answers_now(lab, "103")
        return together(lab)

    return act


def replaces_ringing(lab: AnyLab) -> str:
    place(lab, "trunk", "102")
    lab.expect_ring("102")
    place(lab, "103", "102", "replaces", replaces=as_header(phone_replaces(lab, "102")))
    return together(lab)


def originated(first: str, second: str) -> Callable[[AnyLab], str]:
    def act(lab: AnyLab) -> str:
        lab.pbx.rx(f"channel originate Local/{first}@callprop-callback/n extension {second}@internal")
        return together(lab, 1.2)

    return act


def paged(number: str) -> Callable[[AnyLab], int]:
    def act(lab: AnyLab) -> int:
        place(lab, "trunk", number)
        time.sleep(1.5)
        return lab.pbx.command("core show channels concise").count("PJSIP/102")

    return act


NOBODY = {"101": ()}
# fmt: off
ROWS = [
    Row("circle: forward to oneself, then pickup without ri", circle("102", "104", pickup_by_103), "", phones={"104": forwards("102")}),
    Row("circle: a Local member calls his queue, then pickup without ri", circle("102", "501", pickup_by_103), ""),
    Row("circle: the same, then attended transfer without ri", circle("102", "501", attended_to_103), ""),
    Row("circle: a callback of somebody with himself", callback_circle, ""),
    Row("attended while 102 rings, who lacks ri", into("102"), "", {"102": ("li",)}, {"102": RINGING}, 8),
    Row("attended into a queue, 102 lacks qri", into("684"), "", {"102": ("qli",), "103": ()}, {"102": RINGING}, 8),
    Row("`forward` by Local, then the menu: outside dials on", after_forward("trunk", "680"), ("", "cut 21"), {"108": ("ri", "ro")}, {"trunk": ("", {})}),
    Row("`forward` outside, then the menu: outside dials on", after_forward("trunk", "681"), ("", "cut 21"), {"108": ("ri", "ro")}, {"trunk": ("", {})}),
    Row("`forward` by FollowMe, then the menu: outside dials on", after_forward("trunk", "682"), ("", "cut 21"), {"108": ("ri", "ro")}, {"trunk": ("", {})}),
    Row("`forward`, then the menu: 101 (lo) dials on", after_forward("101", "681"), ("", "cut 21"), {"101": ("lo",)}, {"trunk": ("", {})}),
    Row("outside to outside: attended by 101 (ri)", two_from_outside, "", {"101": ("ri",)}),
    Row("outside to outside: INVITE with Replaces from outside", replaced_by_outside, "", {"101": ("ro",)}),
    Row("outside to outside: 101 (ri) sends it to a pickup", sent_to_pickup("trunk"), "", {"101": ("ri",)}, {"102": RINGING}),
    Row("outside to outside: 101 (ri) sends it to a parked call", sent_to_parked, "", {"101": ("ri",)}),
    Row("outside to outside: ARI, rung for nobody", ari_for_nobody("trunk"), ""),
    Row("101 (ri) sends outside to a pickup of 104's call", sent_to_pickup("104"), "", {"101": ("ri",)}, {"102": RINGING}),
    Row("ARI: outside rung for nobody, 101 (ri) connected", ari_for_nobody("101"), "", {"101": ("ri",)}),
    Row("ARI: a channel's id is another's name", ari_by_a_name, "", {"103": ("lo",)}),
    Row("ARI: originates outside for who waits for 112", ari_for_an_emergency, [], NOBODY, {"trunk": RINGING}),
    *(Row(f"outside forwards 101 (ro) to {to}", dials("101", "0301234"), ("403", ""), {"101": ("ro",)}, {"trunk": forwards(to)})
      for to in ("103", "500", "600")),
    Row("101 (li) joins 102 and 103, who called it", two_from_inside, "", {"101": ("li",)}),
    Row("102 (li, ri) goes on after 101 has gone, and outside", goes_on_after_101, "", {"102": ("li", "ri")}),
    Row("a device whose long name begins with 101-", dials(LONG, "0301234"), ("403", "")),
    Row("AMI originate: Variable changes a status", originates(Context="internal", Exten="647", Priority="1", Variable="EXTENSION_STATUS(103)=all"), "none", {"103": ()}),
    Row("AMI originate: Set changes a status", originates(Application="Set", Data="EXTENSION_STATUS(103)=all"), "none", {"103": ()}),
    Row("AMI originate: a global variable ends the watch", global_variable, "", {"103": ("li", "lo")}),
    Row("AMI reporting: a denial is told for reading", read_callback, []),
    # What held
    Row("held: that pickup, without a circle", pickup_by_103, "", {"103": ("li", "lo")}),
    Row("held: outside joins 101 (ri) and 102", joined_by_outside, "", {"101": ("ri",)}),
    Row("held: three by keys, then attended to 103 without ri", three_way, "102+trunk", {"103": NOT_RI}),
    Row("held: by keys behind a Local channel", by_keys("683", answers=False), "", {"103": NOT_RI}),
    Row("held: by keys before 103 answers", by_keys("0301234", answers=True), "", {"103": NOT_RI}, {"103": RINGING}),
    Row("held: Replaces of a leg that rings", replaces_ringing, "", {"103": ("li", "lo")}, {"102": RINGING}),
    *(Row(f"held: callback for 112, then {second}", originated("101*112", second), "", NOBODY) for second in ("620", "642", "640")),
    *(Row(f"held: callback for 112, forwarded to {to}", originated("101*112", "112"), "", NOBODY, {"101": forwards(to)})
      for to in ("0301234", "103", "642", "620", "600")),
    Row("held: 112 forwarded to 103", dials("101", "112"), ("403", ""), NOBODY, {"trunk": forwards("103")}),
    *(Row(f"held: Page() {number}", paged(number), 0, {"102": ("li", "lo")}) for number in ("690", "691")),
]
# fmt: on


def look(desk: Desk) -> None:
    """HOSTILE=WORD, for those alone whose name has the word."""
    for row in ROWS:
        if re.search(os.environ.get("HOSTILE", ""), row.name):
            seen = [one(desk, row) for _ in range(row.times)]
            wrong = [what for what in seen if what != row.expected]
            desk.check(row.name, row.expected, f"{len(wrong)} of {row.times}: {wrong[0]}" if wrong else row.expected)


def one(desk: Desk, row: Row) -> object:
    for extension in EXTENSIONS:
        desk.pbx.set_status(extension, row.statuses.get(extension, ("all",)))
    return with_phones(desk, row.act, row.phones)


def with_phones(desk: Desk, act: Callable[[AnyLab], object], phones: dict[str, tuple[str, dict[str, str]]]) -> object:
    lab = desk.lab_of(desk.pbx, desk.folder)
    try:
        for of in PHONES:
            scenario, keys = phones.get(of, ("phone", {}))
            lab.phone(of, scenario, **keys)
        return act(lab)
    except Failed as failure:
        return f"FAILED: {failure}"
    finally:
        lab.end()


DIALPLAN = """
exten => 680,1,Gosub(callprop,call,1(108))
 same => n,Gosub(callprop,forward,1(108))
 same => n,Dial(Local/0301234@internal/n,1,b(callprop^ring^1))
 same => n,Goto(menu,s,1)
exten => 681,1,Gosub(callprop,call,1(108))
 same => n,Gosub(callprop,forward,1(108))
 same => n,Dial(PJSIP/0301234@trunk,1,b(callprop^ring^1))
 same => n,Goto(menu,s,1)
exten => 682,1,Gosub(callprop,call,1(108))
 same => n,Gosub(callprop,forward,1(108))
 same => n,FollowMe(108,N)
 same => n,Goto(menu,s,1)
exten => 683,1,Gosub(callprop,call,1(0301234))
 same => n,Dial(Local/0301234@internal/n,9,Tb(callprop^ring^1))
exten => 684,1,Answer()
 same => n,Gosub(callprop,call,1(503))
 same => n,Queue(waiting,b(callprop^ring^1),,,30)
exten => 694,1,Gosub(callprop,call,1(102))
 same => n,Dial(PJSIP/102,9,b(callprop^ring^1)F(internal,642,1))
exten => 690,1,Page(PJSIP/102)
exten => 691,1,Gosub(callprop,call,1(610))
 same => n,Page(PJSIP/102)
"""


def look_at_the_office(desk: Desk) -> None:
    """The README's office, with every setting that it names: what is at lunch is not to be called from outside."""
    outside = "0301234101"
    lunch = {"103": "lunch"}

    def circle_and_attended(lab: AnyLab) -> str:
        call = answered(lab, "102", "104")
        call.refers("104", phone_replaces(lab, "102"))
        time.sleep(0.8)
        pasted.set_status(lab.pbx, "103", "lunch")
        return attended_to_103(lab, outside)

    rows = (
        ("circle, then attended to 103 at lunch", circle_and_attended, "", {}, {"104": forwards("102")}, 1),
        ("attended while 102 rings, at lunch", into("102", outside), "", {"102": "lunch"}, {"102": RINGING}, 8),
        ("held: attended to 103 at lunch", lambda lab: attended_to_103(lab, outside), "", lunch, {}, 1),
    )
    for name, act, expected, statuses, phones, times in rows:
        lost = []
        for _ in range(times):
            for extension in ("101", "102", "103", "104"):
                pasted.set_status(desk.pbx, extension, statuses.get(extension, "work"))
            lost += [what for what in [with_phones(desk, act, phones)] if what != expected]
        desk.check(f"office: {name}", expected, f"{len(lost)} of {times}: {lost[0]}" if lost else expected)


FORGOTTEN = "\n; Forgotten: no subroutine"
SETUPS = [
    Setup(
        "hostile",
        look,
        {
            "extensions.conf": conf("extensions.conf").replace(FORGOTTEN, f"{DIALPLAN}{FORGOTTEN}"),
            "followme.conf": conf("followme.conf").replace("number => 0301234,8", "number => 0301234,2"),
            "pjsip.conf": conf(
                "pjsip.conf",
                f"[{LONG}](phone)",
                f"aors = {LONG}",
                f"[{LONG}]",
                "type = aor",
                "contact = sip:x@127.0.0.1:5999",
            ),
            "manager.conf": conf("manager.conf", "[originator]", "secret = test", "read = call", "write = originate"),
            "modules.conf": modules("app_confbridge", "app_page", "func_global"),
            "confbridge.conf": "[general]\n",
        },
    ),
    Setup("hostile office", look_at_the_office, pasted.FILES),
]

# SPDX-License-Identifier: MIT
"""The administrator's side: the CLI, AMI, the configuration, restarts, mistakes in the dialplan, unloading under calls."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from answers import CLI, COMPLETIONS, FUNCTIONS, cli, completion, function, logged
from calls import AnyLab
from files import mistakes
from lab import until
from misuse import MISUSES
from pbx import EXTENSIONS, Pbx, callprop_conf


@dataclass
class Check:
    name: str
    expected: object
    seen: object


def common(words: list[str]) -> str:
    return os.path.commonprefix(words)  # noqa: RUF071 (of texts, not of paths)


class Desk:
    def __init__(self, pbx: Pbx, folder: Path, lab_of: Callable[[Pbx, Path], AnyLab]):
        self.pbx, self.folder, self.lab_of = pbx, folder, lab_of
        self.checks: list[Check] = []

    def check(self, name: str, expected: object, seen: object) -> None:
        self.checks.append(Check(name, expected, seen))

    def status(self, extension: str) -> str:
        return self.pbx.rx(f"dialplan eval function EXTENSION_STATUS({extension})").partition("Result: ")[2].strip()

    def events(self) -> list[tuple[str, ...]]:
        return [
            tuple(event[key] for key in ("Extension", "PreviousStatus", "Status", "Granted", "By"))
            for event in self.pbx.manager.named("CallpropStatus")
        ]

    def with_phones(self, act: Callable[[AnyLab], object], final: str = "", rung: str = "", **scenarios: str) -> tuple:
        """What a call comes to, with 102 (unless another scenario is given) and what it rings."""
        lab = self.lab_of(self.pbx, self.folder)
        lab.expect(final, rung)
        try:
            for of in ("101", "102"):
                lab.phone(of, scenarios.get(f"p{of}", "phone"))
            for phone in lab.phones.values():
                phone.wait_until_ready()
            return act(lab), lab.rang()
        finally:
            lab.end()

    def refusal(self) -> tuple[str, str]:
        """What the module logs about the file, and what the reload is answered."""
        before = len(self.pbx.log())
        answer = self.pbx.manager.action("Reload", Module="res_callprop.so")["Response"]
        complaint = re.compile(r"callprop/conf_file\.c: (\S*callprop\.conf(?::\d+)?: .*)")
        # Asterisk's logger writes when it comes to it.
        until(lambda: complaint.search(self.pbx.log()[before:]), self.lab_of.patience)
        logged = complaint.search(self.pbx.log()[before:])
        return (logged[1] if logged else "nothing is logged"), answer

    # ---- One after the other --------------------------------------------------------------------------------------

    def cli(self) -> None:
        rx = self.pbx.rx
        self.pbx.set_status("102", ("all",))
        self.check("show properties", 8, len(rx("callprop show properties").splitlines()))
        statuses = dict(
            line.split() for line in rx("callprop show statuses").splitlines() if not line.endswith("(nothing)")
        )
        self.check("show statuses", (255, "cq,li"), (len(statuses), statuses.get("cq+li")))
        self.check(
            "show extensions",
            ["101", "102", "103", "104", "107", "108", "109"],
            [line.split()[0] for line in rx("callprop show extensions").splitlines()],
        )
        rx("callprop set status 101 li+lo")
        explained = json.loads(rx("callprop explain 101 external queue dst"))
        self.check(
            "explain: required, granted",
            ("qri", ["li", "lo"], False),
            (explained["required"], explained["granted"], explained["allowed"]),
        )
        self.check(
            "explain: a callback", True, json.loads(rx("callprop explain 102 queue external src callback"))["allowed"]
        )
        self.check(
            "explain: cannot happen",
            True,
            "cannot happen" in rx("callprop explain 101 ivr queue dst") or rx("callprop explain 101 ivr queue dst"),
        )
        self.check(
            "function: permitted, denied, mistaken",
            ["1", "0", "0"],
            [
                rx(f"dialplan eval function CALLPROP({question})").partition("Result: ")[2].strip()
                for question in (
                    "101,extension,extension,dst",
                    "101,external,extension,dst",
                    "101,external,extension,sideways",
                )
            ],
        )
        self.check(
            "function: explanation",
            "ri",
            json.loads(rx("dialplan eval function CALLPROP_EXPLAIN(101,external,ivr,dst)").partition("Result: ")[2])[
                "required"
            ],
        )
        self.check("core show function", True, "Decides whether the phone" in rx("core show function CALLPROP_RING"))
        self.check("manager show event", True, "Raised once for each denial" in rx("manager show event CallpropDenial"))
        self.check("manager show command", True, "Changes the status" in rx("manager show command CallpropSetStatus"))

        def complete(text: str, word: str) -> set[str]:
            # The first of several is what they have in common.
            matches = [match for match in rx(f'_command matchesarray "{text}" "{word}"').split() if match != "_EOF_"]
            return {match for match in matches if match != common(matches) or matches.count(match) > 1} or set(matches)

        self.check(
            "tab: extensions",
            {"101", "102", "103", "104", "107", "108", "109"},
            complete("callprop set status 10", "10"),
        )
        self.check(
            "tab: statuses", {"qri", "qri+ri", "qri+ro", "qri+ri+ro"}, complete("callprop set status 101 qri", "qri")
        )
        self.check("tab: parties", {"extension", "external"}, complete("callprop explain 101 ex", "ex"))
        self.check("tab: legs", {"dst", "src"}, complete("callprop explain 101 external queue ", ""))

    def changes(self) -> None:
        pbx = self.pbx
        for extension in ("101", "102"):
            pbx.set_status(extension, ("all",))
        pbx.manager.forget()
        pbx.rx("callprop set status 102 ri")
        pbx.set_status("102", ("li", "ri"))
        self.with_phones(lambda lab: lab.call("101", "*50none"))
        until(lambda: len(self.events()) == 3)
        self.check(
            "an event for each change",
            [
                ("102", "all", "ri", "ri", "CLI"),
                ("102", "ri", "li+ri", "li,ri", "AMI"),
                ("101", "all", "none", "", "dialplan"),
            ],
            self.events(),
        )
        pbx.manager.forget()
        answers = [
            pbx.rx("callprop set status 102 nonesuch").splitlines()[0],
            pbx.rx("callprop set status 999 ri").splitlines()[0],
            pbx.manager.action("CallpropSetStatus", Extension="102", Status="nonesuch")["Message"],
            pbx.manager.action("CallpropSetStatus", Extension="999", Status="ri")["Message"],
        ]
        self.with_phones(lambda lab: lab.call("101", "*50nonesuch"))
        self.check(
            "unknown: an error",
            [
                "Nothing is changed: no such status",
                "Nothing is changed: no such extension",
                "no such status",
                "no such extension",
            ],
            answers,
        )
        self.check(
            "unknown: nothing changes",
            (["none", "li+ri"], []),
            ([self.status("101"), self.status("102")], self.events()),
        )

    def restart(self) -> None:
        self.pbx.set_status("102", ("li", "ri"))
        self.pbx.set_status("103", ("qli",))
        self.pbx.stop()
        self.pbx.start()
        self.check("a status survives a restart", ["li+ri", "qli"], [self.status("102"), self.status("103")])

    def configuration(self) -> None:
        pbx = self.pbx
        good = callprop_conf()
        pbx.rx("database del callprop 107")
        pbx.rx("module reload res_callprop.so")
        pbx.set_status("102", ("li",))
        for mistake in mistakes():
            # 107's status would change if the file were not refused whole.
            pbx.configure(mistake.make(good).replace("107 = ", "107 = none"))
            self.check(f"refused: {mistake.name}", (mistake.complaint(good), "Error"), self.refusal())
        (pbx.etc / "callprop.conf").unlink()
        self.check("refused: no file", ("callprop.conf: there is no such file", "Error"), self.refusal())
        self.check("refused: nothing changes", ["li", "all"], [self.status("102"), self.status("107")])
        pbx.rx("database del callprop 104")
        pbx.manager.forget()
        pbx.configure(callprop_conf(e104="cq"))
        pbx.rx("module reload res_callprop.so")
        until(self.events)
        self.check(
            "a good file: events",
            True,
            ("104", "cq", "cq", "reload") in [(event[0], *event[2:]) for event in self.events()],
        )
        self.check("a good file: in force", ["cq", "li"], [self.status("104"), self.status("102")])
        pbx.configure(good)
        pbx.rx("module reload res_callprop.so")

    def devices(self) -> None:
        """Which devices are trunks, and which are further phones of an extension."""
        pbx = self.pbx
        for extension in ("101", "102"):
            pbx.set_status(extension, ("all",))
        for trunk, expected in {
            "PJSIP/tr*": "200",
            "PJSIP/trunk*": "200",
            "*": "200",
            "PJSIP/x*": "403",
            "PJSIP/trun": "403",
            "PJSIP/trunk2": "403",
            "PJSIP/tr*k": "403",
        }.items():
            pbx.configure(callprop_conf().replace("PJSIP/trunk", trunk))
            pbx.rx("module reload res_callprop.so")
            self.check(
                f"trunk = {trunk}",
                (expected, "102" if expected == "200" else ""),
                self.with_phones(lambda lab: lab.call("trunk", "102")),
            )
        pbx.configure(callprop_conf() + "[interfaces]\nPJSIP/119 = 101\n")
        pbx.rx("module reload res_callprop.so")
        for granted, expected in {"lo": ("200", "102"), "ro": ("403", "")}.items():
            pbx.set_status("101", (granted,))
            self.check(
                f"101's second phone calls, 101 has {granted}",
                expected,
                self.with_phones(lambda lab: lab.call("119", "102")),
            )
        pbx.configure(callprop_conf())
        pbx.rx("module reload res_callprop.so")

    def misuse(self) -> None:
        for misuse in MISUSES:
            for extension in EXTENSIONS:
                self.pbx.set_status(extension, misuse.statuses.get(extension, ("all",)))
            self.pbx.manager.forget()
            before = len(self.pbx.log())
            seen = self.with_phones(
                misuse.act, *misuse.expected, **{f"p{of}": what for of, what in misuse.phones.items()}
            )
            said = not misuse.logged or logged(self.pbx, before, misuse.logged)
            self.check(misuse.name, (*misuse.expected, True), (*seen, said))

    def answers(self) -> None:
        self.pbx.set_status("101", ("all",))
        self.pbx.set_status("102", ())
        for answer in CLI:
            self.check(f"callprop {answer.question}", answer.expected, cli(self.pbx, answer))
        for answer in FUNCTIONS:
            self.check(answer.question, answer.expected, function(self.pbx, answer))
        for (text, word), expected in COMPLETIONS.items():
            self.check(
                f"tab: {text}",
                expected,
                completion(self.pbx, text, word) & expected or completion(self.pbx, text, word),
            )

    def forgotten(self) -> None:
        """A status that was set, which a later file does not have."""
        pbx, without = self.pbx, callprop_conf().replace("qri+ro = qri,ro\n", "")
        pbx.set_status("104", ("qri", "ro"))
        pbx.set_status("107", ("cq",))
        before = len(pbx.log())
        pbx.configure(without)
        pbx.rx("module reload res_callprop.so")
        self.check("a status that is gone", ["all", "cq"], [self.status("104"), self.status("107")])
        self.check(
            "a status that is gone: logged",
            True,
            logged(
                pbx, before, "Extension 104 was set to status 'qri+ro', which callprop.conf no longer has: now 'all'"
            ),
        )
        pbx.configure(callprop_conf())
        pbx.rx("module reload res_callprop.so")
        self.check("a status that is back", "qri+ro", self.status("104"))

    def unloading(self) -> None:
        pbx = self.pbx

        def during_a_call(lab: AnyLab) -> tuple[str, str]:
            caller = lab.place("trunk", "102", "long_call")
            lab.expect_ring("102")
            until(lambda: "Up" in pbx.rx("core show channels concise").replace("!", " "))
            refusal = pbx.rx("module unload res_callprop.so")
            return caller.result(), "refused" if "Unable to unload" in refusal else refusal

        self.check("unload under a call", (("200", "refused"), "102"), self.with_phones(during_a_call))
        pbx.rx("module unload res_callprop.so")
        self.check("unloaded: the module is gone", True, "0 modules loaded" in pbx.rx("module show like res_callprop"))
        self.check("unloaded: nobody rings", ("403", ""), self.with_phones(lambda lab: lab.call("trunk", "102")))
        pbx.configure(callprop_conf() + "[trunk]\n")
        self.check("load with a bad file: declined", False, "Loaded" in pbx.rx("module load res_callprop.so"))
        self.check("declined: nobody rings", ("403", ""), self.with_phones(lambda lab: lab.call("trunk", "102")))
        pbx.configure(callprop_conf())
        pbx.rx("module load res_callprop.so")
        self.check("loaded again", ("200", "102"), self.with_phones(lambda lab: lab.call("trunk", "102")))


# One after the other; each leaves the files as it found them.
PARTS = (
    Desk.cli,
    Desk.changes,
    Desk.restart,
    Desk.configuration,
    Desk.forgotten,
    Desk.devices,
    Desk.answers,
    Desk.misuse,
    Desk.unloading,
)


def run(pbx: Pbx, folder: Path, lab_of: Callable[[Pbx, Path], AnyLab]) -> list[Check]:
    desk = Desk(pbx, folder, lab_of)
    for part in PARTS:
        part(desk)
    return desk.checks

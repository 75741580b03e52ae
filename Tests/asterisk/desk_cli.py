# SPDX-License-Identifier: MIT
"""The administrator at the CLI, and what the dialplan functions answer."""

from __future__ import annotations

import json

from answers import CLI, COMPLETIONS, FUNCTIONS, cli, completion, function
from desk import Desk


def commands(desk: Desk) -> None:
    rx = desk.pbx.rx
    desk.pbx.set_status("102", ("all",))
    desk.check("show properties", 8, len(rx("callprop show properties").splitlines()))
    statuses = dict(
        line.split() for line in rx("callprop show statuses").splitlines() if not line.endswith("(nothing)")
    )
    desk.check("show statuses", (255, "cq,li"), (len(statuses), statuses.get("cq+li")))
    desk.check(
        "show extensions",
        ["101", "102", "103", "104", "107", "108", "109"],
        [line.split()[0] for line in rx("callprop show extensions").splitlines()],
    )
    rx("callprop set status 101 li+lo")
    explained = json.loads(rx("callprop explain 101 external queue dst"))
    desk.check(
        "explain: required, granted",
        ("qri", ["li", "lo"], False),
        (explained["required"], explained["granted"], explained["allowed"]),
    )
    desk.check(
        "explain: a callback", True, json.loads(rx("callprop explain 102 queue external src callback"))["allowed"]
    )
    desk.check(
        "explain: cannot happen",
        True,
        "cannot happen" in rx("callprop explain 101 ivr queue dst") or rx("callprop explain 101 ivr queue dst"),
    )
    desk.check(
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
    desk.check(
        "function: explanation",
        "ri",
        json.loads(rx("dialplan eval function CALLPROP_EXPLAIN(101,external,ivr,dst)").partition("Result: ")[2])[
            "required"
        ],
    )
    desk.check("core show function", True, "Decides whether the phone" in rx("core show function CALLPROP_RING"))
    desk.check("manager show event", True, "Raised once for each denial" in rx("manager show event CallpropDenial"))
    desk.check("manager show command", True, "Changes the status" in rx("manager show command CallpropSetStatus"))

    def complete(text: str, word: str) -> set[str]:
        return completion(desk.pbx, text, word)

    desk.check(
        "tab: extensions",
        {"101", "102", "103", "104", "107", "108", "109"},
        complete("callprop set status 10", "10"),
    )
    desk.check(
        "tab: statuses", {"qri", "qri+ri", "qri+ro", "qri+ri+ro"}, complete("callprop set status 101 qri", "qri")
    )
    desk.check("tab: parties", {"extension", "external"}, complete("callprop explain 101 ex", "ex"))
    desk.check("tab: legs", {"dst", "src"}, complete("callprop explain 101 external queue ", ""))


def answers(desk: Desk) -> None:
    desk.pbx.set_status("101", ("all",))
    desk.pbx.set_status("102", ())
    for answer in CLI:
        desk.check(f"callprop {answer.question}", answer.expected, cli(desk.pbx, answer))
    for answer in FUNCTIONS:
        desk.check(answer.question, answer.expected, function(desk.pbx, answer))
    for (text, word), expected in COMPLETIONS.items():
        desk.check(
            f"tab: {text}",
            expected,
            completion(desk.pbx, text, word),
        )

# SPDX-License-Identifier: MIT
"""Speaking to a call in which one is not, where several are behind a Local channel: those who speak, or those who hear."""

from __future__ import annotations

import time
from typing import Callable

from ari import APPLICATION, Application
from calls import AnyLab, channel_of, insist
from hostile_calls import Row, answered, connected, place
from hostile_lab import look_at
from hostile_more import DIALPLAN, LI_LO, dialplan, speaks, spies
from hostile_several import bridge, dials, joins, rings, two_halves, waits
from lab import until
from setups import Setup, conf, modules


def only(lab: AnyLab, *phones: str) -> str:
    """Who of these are connected, by whatever is between, and whether somebody still listens in."""
    there = {name for pair in connected(lab).split() for name in pair.split("+")} & set(phones)
    return f"{'+'.join(sorted(there))} {'heard' if spies(lab) else 'ended'}"


def speak_by_local(first: tuple[str, ...], then: tuple[str, ...] = (), number: str = "723") -> Callable[[AnyLab], str]:
    """102 and 104 speak. Those of the application's bridge whisper to 102, by a Local channel; later ones come there when it whispers."""

    def act(lab: AnyLab) -> str:
        answered(lab, "104", "102")
        with Application() as application:
            made = bridge(application, *waits(lab, application, *first))
            later = waits(lab, application, *then)
            joins(application, made, dials(lab, application, number, formats="ulaw"))
            until(lambda: spies(lab), 2)
            joins(application, made, *later)
            time.sleep(0.7)
            speaks(lab, "102")
            return only(lab, "102", "104")

    return act


def speaks_to_itself(lab: AnyLab) -> str:
    """102 and 103 are in the application's bridge, with a Local channel by which they whisper to 102."""
    with Application() as application:
        joins(
            application,
            bridge(application, *waits(lab, application, "102", "103")),
            dials(lab, application, "723", formats="ulaw"),
        )
        until(lambda: spies(lab), 2)
        time.sleep(0.7)
        return only(lab, "102", "103")


def speak_by_two_locals(who: str) -> Callable[[AnyLab], str]:
    """The same; but the bridge in which the Local channel is, is reached by another, behind which he comes last."""

    def act(lab: AnyLab) -> str:
        answered(lab, "104", "102")
        with Application() as application:
            made = bridge(application, *waits(lab, application, "103"))
            half, far = two_halves(application)
            joins(application, made, far, dials(lab, application, "723", formats="ulaw"))
            until(lambda: spies(lab), 2)
            joins(application, bridge(application, half), *waits(lab, application, who))
            time.sleep(0.7)
            speaks(lab, "102")
            return only(lab, "102", "104")

    return act


def heard_by_local(who: str, number: str, *there: str) -> Callable[[AnyLab], str]:
    """102 was rung for the last of these, who are in the application's bridge. Somebody whispers to the Local channel between."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            channels = waits(lab, application, *there)
            rung = rings(lab, application, channels[-1])
            joins(application, bridge(application, *channels), rung)
            place(lab, who, number)
            until(lambda: spies(lab), 2)
            time.sleep(0.3)
            speaks(lab, "102")
            return only(lab, "102", *there)

    return act


def comes_behind(who: str, number: str = "722") -> Callable[[AnyLab], str]:
    """Outside speaks to a call of 102 by a Local channel, at whose other half somebody comes only then."""

    def act(lab: AnyLab) -> str:
        with Application() as application:
            one = waits(lab, application, "103")
            rung = rings(lab, application, one[0])
            place(lab, "trunk", number)
            until(lambda: spies(lab), 2)
            joins(application, bridge(application, *one), rung, *waits(lab, application, who))
            time.sleep(0.7)
            speaks(lab, "102")
            return only(lab, "102", "103", who)

    return act


def two_snoops(lab: AnyLab) -> str:
    """An application connects two channels by which it listens in to two calls, and speaks there: so both calls are one."""
    with Application() as application:
        answered(lab, "104", "102")
        answered(lab, "101", "0301234")
        snoops = [
            application.post(f"channels/{application.id_of(f'PJSIP/{phone}', 'Up')}/snoop", app=APPLICATION, spy="both", whisper="both")["id"]
            for phone in ("102", "trunk")
        ]  # fmt: skip
        joins(application, application.post("bridges", type="mixing")["id"], *snoops)
        time.sleep(0.7)
        return "connected" if "Snoop" in connected(lab) else "apart"


def snooped_before(connects_first: bool) -> Callable[[AnyLab], str]:
    """An application has outside whisper to 102, who is connected with nobody yet, and then with 104: before that, or after it."""

    def act(lab: AnyLab) -> str:
        answered(lab, "102", "647")
        with Application() as application:
            outside = waits(lab, application, "trunk")
            spied = application.id_of("PJSIP/102", "Up")
            snoop = application.post(f"channels/{spied}/snoop", app=APPLICATION, whisper="both")["id"]
            made = application.post("bridges", type="mixing")["id"]
            if connects_first:
                joins(application, made, *outside, snoop)
                time.sleep(0.3)
            answered(lab, "104", "647")
            insist(lab, "Bridge", Channel1=channel_of(lab, "PJSIP/102"), Channel2=channel_of(lab, "PJSIP/104"))
            time.sleep(0.3)
            if not connects_first:
                joins(application, made, *outside, snoop)
            time.sleep(0.7)
            pairs = connected(lab)
            return f"{'102+104' if '102+104' in pairs else ''} {'heard' if 'Snoop' in pairs else 'ended'}"

    return act


def snoop_goes_on(lab: AnyLab) -> str:
    """A channel by which an application listens in to outside goes on in the dialplan, and whispers to 102 there."""
    answered(lab, "104", "102")
    answered(lab, "101", "0301234")
    with Application() as application:
        spied = application.id_of("PJSIP/trunk", "Up")
        snoop = application.post(f"channels/{spied}/snoop", app=APPLICATION, spy="both")["id"]
        application.post(f"channels/{snoop}/continue", context="internal", extension="723", priority="1")
        until(lambda: spies(lab), 2)
        time.sleep(0.7)
        speaks(lab, "102")
        return only(lab, "102", "104")


# fmt: off
SPEAKERS = {"102": ("li",), "104": ("lo",)}
ROWS = [
    Row("outside, with 103, whispers to 102 (no ri) by a Local channel", speak_by_local(("trunk", "103")), "102+104 ended", SPEAKERS),
    Row("103, and outside which comes then, whisper to 102 (no ri)", speak_by_local(("103", "101"), ("trunk",)), "102+104 ended", SPEAKERS),
    Row("permitted: 103 and 101 whisper to 102 (no ri)", speak_by_local(("103", "101")), "102+104 heard", SPEAKERS),
    Row("permitted: 102 and 103 whisper to 102", speaks_to_itself, "102+103 heard", {"102": ("lo",), "103": ("lo", "li")}),
    Row("permitted: outside, with 103, whispers to 102 (ri)", speak_by_local(("trunk", "103")), "102+104 heard", {"102": ("li", "ri"), "104": ("lo",)}),
    Row("outside, with 103, barges in on 102 (ri), who is with 104 (no ri)", speak_by_local(("trunk", "103"), number="722"), "102+104 ended", {"102": ("li", "ri"), "104": ("lo",)}),
    Row("outside comes to 103 by a second Local channel, who whispers to 102 (no ri)", speak_by_two_locals("trunk"), "102+104 ended", SPEAKERS),
    Row("permitted: 101 comes to 103 so", speak_by_two_locals("101"), "102+104 heard", SPEAKERS),
    Row("outside whispers to 101 (no ri) and 103, who are with 102, by their Local channel", heard_by_local("trunk", "731", "101", "103"), "101+102+103 ended", {"101": LI_LO}),
    Row("permitted: all of them with ri", heard_by_local("trunk", "731", "101", "103"), "101+102+103 heard"),
    Row("outside whispers to 102 (no ri), by its Local channel", heard_by_local("trunk", "732", "101", "103"), "101+102+103 ended", {"102": ("li",)}),
    Row("permitted: 102 with ri, the others without", heard_by_local("trunk", "732", "101", "103"), "101+102+103 heard", {"101": LI_LO, "103": LI_LO}),
    Row("outside barges in on 102, to whom 101 (no ri) comes behind a Local channel", comes_behind("101"), "101+102+103 ended", {"101": LI_LO}),
    Row("permitted: outside whispers to 102, to whom 101 (no ri) comes so", comes_behind("101", "723"), "101+102+103 heard", {"101": LI_LO}),
    *(Row(f"ARI: outside whispers to 102 (ri), {how} 104 (no ri) is there", snooped_before(first), "102+104 ended", {"104": LI_LO})
      for first, how in ((True, "before"), (False, "after"))),
    Row("permitted: ARI: outside whispers to 102 (ri), before 104 (ri) is there", snooped_before(True), "102+104 heard", {"104": ("ri", *LI_LO)}),
    Row("ARI: what listens in to outside goes on, and whispers to 102", snoop_goes_on, "102+104 ended"),
    Row("ARI: two calls, connected by listening in to both", two_snoops, "apart", {"102": ("li",)}),
]
# fmt: on
# To whoever is behind the first half, and behind the second.
WHISPERS = """
exten => 731,1,Answer()
 same => n,ChanSpy(${CHANNELS(Local/102@internal.*2)},qw)
exten => 732,1,Answer()
 same => n,ChanSpy(${CHANNELS(Local/102@internal.*1)},qw)
"""

SETUPS = [
    Setup(
        "hostile, whispers",
        look_at(ROWS),
        {
            "extensions.conf": dialplan(conf("extensions.conf"), DIALPLAN + WHISPERS),
            "modules.conf": modules("app_chanspy"),
        },
    )
]

# SPDX-License-Identifier: MIT
"""Loading with a bad file and the way back, and unloading under calls."""

from __future__ import annotations

from answers import logged
from calls import AnyLab
from desk import Desk
from lab import until
from pbx import callprop_conf


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
    desk.check("unloaded: nobody rings", ("403", ""), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    pbx.configure(callprop_conf() + "[trunk]\n")
    desk.check("load with a bad file: loaded", True, "Loaded" in pbx.rx("module load res_callprop.so"))
    desk.check("a bad file: nobody rings", ("403", ""), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    pbx.configure(callprop_conf())
    pbx.rx("module reload res_callprop.so")
    desk.check("a good file", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))


REFUSED = "callprop.conf was refused when Asterisk started"


def recovery(desk: Desk) -> None:
    """A bad file when Asterisk starts: everybody is denied, but for emergencies, until a good file is read."""
    pbx = desk.pbx
    good = callprop_conf()
    phones = ("101", "102", "trunk")
    for extension in ("101", "102"):
        pbx.set_status(extension, ("all",))

    def call(of: str, number: str) -> tuple:
        return desk.with_phones(lambda lab: lab.call(of, number), phones=phones)

    for mistake, text, emergency in (
        ("a mistake", good + "[trunk]\n", ("200", "trunk")),
        ("a mistake in front of the emergency numbers", f"[statuses]\nbad = li,,lo\n{good}", ("200", "trunk")),
        ("a mistake among the emergency numbers", good.replace("911,199", "police, 911"), ("200", "trunk")),
        ("no emergency numbers", good.replace("emergency =", "emergencies ="), ("403", "")),
        ("it cannot be parsed", good.replace("[numbers]", "[numbers"), ("403", "")),
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
    desk.check("started with a bad file: shown", True, pbx.rx("callprop show extensions").startswith(REFUSED))
    desk.check(
        "started with a bad file: no status is changed",
        "Nothing is changed: no such extension",
        pbx.rx("callprop set status 102 all").splitlines()[0],
    )
    desk.check(
        "a reload of the bad file", "callprop.conf is refused, and nothing is changed: see the log",
        pbx.rx("callprop reload").splitlines()[0],
    )  # fmt: skip
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

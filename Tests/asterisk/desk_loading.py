# SPDX-License-Identifier: MIT
"""Loading and unloading under calls."""

from __future__ import annotations

from calls import AnyLab
from desk import Desk
from lab import until
from pbx import callprop_conf


def unloading(desk: Desk) -> None:
    pbx = desk.pbx

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
    desk.check("load with a bad file: declined", False, "Loaded" in pbx.rx("module load res_callprop.so"))
    desk.check("declined: nobody rings", ("403", ""), desk.with_phones(lambda lab: lab.call("trunk", "102")))
    pbx.configure(callprop_conf())
    pbx.rx("module load res_callprop.so")
    desk.check("loaded again", ("200", "102"), desk.with_phones(lambda lab: lab.call("trunk", "102")))

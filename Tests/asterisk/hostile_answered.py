# SPDX-License-Identifier: MIT
"""What rings has answered before the module hears that it rings, which late.py has it hear 0.4 s late: nobody stays connected who was not to be rung."""

from __future__ import annotations

from calls import AnyLab
from hostile import dialplan
from hostile_calls import Row, answered, connected, forwards, permitted, place, together
from hostile_connections import ari_for_nobody
from hostile_lab import look_at
from hostile_more import Act, speaks
from hostile_unsaid import rings_for
from lab import until
from setups import Setup

# In seconds: there are several messages to wait for, one after another.
ALL_IS_TOLD = 3


def calls(of: str, number: str) -> Act:
    def act(lab: AnyLab) -> str:
        place(lab, of, number)
        return together(lab, ALL_IS_TOLD)

    return act


def calls_and_speaks(of: str, number: str) -> Act:
    """The same, and sound flows: Asterisk takes each Local channel without `/n` out of the way then."""

    def act(lab: AnyLab) -> str:
        place(lab, of, number)
        if until(lambda: connected(lab), 2):
            speaks(lab, of)
        return together(lab, ALL_IS_TOLD)

    return act


def consults_by_keys(number: str) -> Act:
    """101 calls 102, and then a number by keys."""

    def act(lab: AnyLab) -> str:
        answered(lab, "101", "102").presses(f"*2{number}")
        return together(lab, ALL_IS_TOLD)

    return act


LI, LI_LO, LI_RO, LI_RI = ("li",), ("li", "lo"), ("li", "ro"), ("li", "ri")
TO_DEVICE = "PJSIP/0301234%40trunk"
# fmt: off
ROWS = [
    *(Row(f"{who} {granted} forwards 101 to a device", calls("101", number), "", {who: granted}, {who: forwards(TO_DEVICE)})
      for who, number in (("102", "102"), ("104", "502")) for granted in (("li", "qli"), ("all",))),
    *(Row(f"102 {granted} forwards 101 to {number}, where nothing is said", calls("101", "102"), "", {"102": granted}, {"102": forwards(number)})
      for number in ("642", "745", "746", "747", "748") for granted in (LI, ("all",))),
    *(Row(f"102 {LI_RI} forwards {of} to {number}, where nothing is said, and they speak", calls_and_speaks(of, "102"), "", {"102": LI_RI}, {"102": forwards(number)})
      for of in ("101", "trunk") for number in ("642", "745", "746", "747", "748")),
    Row("104 (qli) of a queue forwards to 642, where nothing is said, and they speak", calls_and_speaks("101", "502"), "", {"104": ("li", "qli")}, {"104": forwards("642")}),
    *(Row(f"permitted: 102 {LI_RO} forwards 101 to {number}, and they speak", calls_and_speaks("101", "102"), "101+trunk", {"102": LI_RO}, {"102": forwards(number)})
      for number in ("0301234", "749")),
    *(Row(f"{permitted(seen)}102 {granted} forwards 101 to {number}", calls("101", "102"), seen, {"102": granted}, {"102": forwards(number)})
      for number, granted, seen in (("0301234", LI_LO, ""), ("0301234", LI_RO, "101+trunk"), ("103", LI_RO, ""), ("103", LI_LO, "101+103"),
                                    ("749", LI_LO, ""), ("749", LI_RO, "101+trunk"))),
    *(Row(f"102 {LI_RI} forwards outside to {number}, where nothing is said", calls("trunk", "102"), "", {"102": LI_RI}, {"102": forwards(number)})
      for number in ("642", "746", "748")),
    Row("101 consults by keys where nothing is said", consults_by_keys("642"), "101+102"),
    *(Row(f"{permitted(seen)}ARI {how or 'originates'} for 101 {granted}, and nothing was said", rings_for("101", how, ALL_IS_TOLD), seen, {"101": granted})
      for how in ("", "/create") for granted, seen in ((LI, ""), (LI_LO, "101+104"))),
    *(Row(f"{permitted(seen)}ARI rings outside for nobody, and connects it with 101 {granted}", ari_for_nobody("101", ALL_IS_TOLD), seen, {"101": granted})
      for granted, seen in ((LI_RI, ""), (LI_RO, "101+trunk"))),
]
# fmt: on
DIALPLAN = """
exten => 745,1,Dial(PJSIP/0301234@trunk,20)
exten => 746,1,Dial(Local/104@internal/n,20,b(callprop^ring^1))
exten => 747,1,Answer()
 same => n,Dial(PJSIP/104,20,b(callprop^ring^1))
exten => 748,1,Answer()
 same => n,Queue(direct,nb(callprop^ring^1),,,5)
exten => 749,1,Answer()
 same => n,Gosub(callprop,call,1(0301234))
 same => n,Dial(PJSIP/0301234@trunk,20,b(callprop^ring^1))
"""
SETUPS = [Setup("hostile, answered", look_at(ROWS), {"extensions.conf": dialplan(DIALPLAN)})]

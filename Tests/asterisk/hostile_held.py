# SPDX-License-Identifier: MIT
"""What a hostile tester tried with emergency numbers, callbacks and Page(), and what held."""

from __future__ import annotations

import time
from typing import Callable

from calls import AnyLab
from hostile_calls import NOBODY, Row, forwards, place, together
from hostile_lab import dials


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


# fmt: off
ROWS = [
    *(Row(f"held: callback for 112, then {second}", originated("101*112", second), "", NOBODY) for second in ("620", "642", "640")),
    *(Row(f"held: callback for 112, forwarded to {to}", originated("101*112", "112"), "", NOBODY, {"101": forwards(to)})
      for to in ("0301234", "103", "642", "620", "600")),
    Row("held: 112 forwarded to 103", dials("101", "112"), ("403", ""), NOBODY, {"trunk": forwards("103")}),
    *(Row(f"held: Page() {number}", paged(number), 0, {"102": ("li", "lo")}) for number in ("690", "691")),
]
# fmt: on

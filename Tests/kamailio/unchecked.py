# SPDX-License-Identifier: MIT
"""The example's script with the decision taken out: what a call costs without callprop. For the load test only."""

import callprop_gate
from callprop_kemi import mod_init  # noqa: F401 (Kamailio calls it)


def let_through(gate: callprop_gate.Gate, invitation: callprop_gate.Invitation) -> None:
    return None


callprop_gate.Gate.decide = let_through

# SPDX-License-Identifier: MIT
"""The example's script with the decision taken out: what a call costs without callprop. For the load test only."""

import callprop_kemi
from callprop_kemi import mod_init  # noqa: F401 (Kamailio calls it)


def let_through(gate: callprop_kemi.Gate, invitation: callprop_kemi.Invitation) -> None:
    return None


callprop_kemi.Gate.decide = let_through

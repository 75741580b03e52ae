# SPDX-License-Identifier: MIT
"""How long is waited for what a usual Asterisk does at once. One that is watched by memcheck is given more time."""

from __future__ import annotations


class _Patience:
    times = 1.0


def be(times: float) -> None:
    """From here on that many times as patient."""
    _Patience.times = times


def seconds(usual: float) -> float:
    return usual * _Patience.times

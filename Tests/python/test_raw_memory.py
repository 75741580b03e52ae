# SPDX-License-Identifier: MIT
"""Memory of single bytes is four bytes for each call, whatever it calls them."""

from __future__ import annotations

import pytest

import callprop
from callprop import Call, Properties
from expected import ALL_CALLS, MNEMOS, bits, can_happen, permitted


@pytest.mark.parametrize("letter", "Bbc")
def test_calls_in_bytes_are_decided_whatever_the_bytes_are_called(letter: str) -> None:
    calls = [call for call in ALL_CALLS if can_happen(call)]
    memory = memoryview(bytearray(b"".join(bytes(Call(*call)) for call in calls))).cast(letter)
    needed = [callprop.required(Call(*call)).bits for call in calls]
    assert [*callprop.required_many(memory)] == needed
    for mnemo in MNEMOS:
        answers = callprop.permits_many(Properties(bits([mnemo])), memory)
        assert [*map(bool, answers)] == [permitted([mnemo], call) for call in calls]

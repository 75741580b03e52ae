# SPDX-License-Identifier: MIT
"""A decision that somebody has changed, or made by hand, permits nothing that the library denies, and is not passed on."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import callprop
from callprop import Call, Decision, Error, Properties
from expected import ALL_CALLS, MNEMOS, can_happen, permitted

CALLS = [call for call in ALL_CALLS if can_happen(call)]


def by_dict(decision: Decision, changes: dict[str, Any]) -> Decision:
    decision.__dict__.update(changes)
    return decision


def by_object(decision: Decision, changes: dict[str, Any]) -> Decision:
    for name, value in changes.items():
        object.__setattr__(decision, name, value)
    return decision


WAYS: dict[str, Callable[[Decision, dict[str, Any]], Decision]] = {
    "its dict": by_dict,
    "object.__setattr__": by_object,
    "the constructor": lambda decision, changes: Decision(**{**decision.__dict__, **changes}),
    "a copy": lambda decision, changes: copy.copy(by_dict(decision, changes)),
    "a pickle": lambda decision, changes: pickle.loads(pickle.dumps(by_dict(decision, changes))),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_denial_cannot_be_made_a_permission(way: str) -> None:
    for call in CALLS:
        for mnemo in MNEMOS[1:]:
            decision = callprop.explain(mnemo, Call(*call))
            assert bool(decision) is permitted([mnemo], call) and callprop.from_plain(Decision, decision) == decision
            if decision:
                continue
            for changes in ({"allowed": True}, {"allowed": 1}, {"allowed": True, "matched": decision.required}):
                changed = WAYS[way](copy.copy(decision), changes)
                assert not changed
                for write in (
                    changed.to_dict,
                    lambda changed=changed: dict(changed),
                    lambda changed=changed: callprop.to_plain({"answer": [changed]}),
                    lambda changed=changed: callprop.from_plain(Decision, changed),
                ):
                    with pytest.raises(Error, match=r"^decision: allowed is not what is decided; expected false"):
                        write()


@pytest.mark.parametrize("way", WAYS)
def test_any_changed_member_is_found(way: str) -> None:
    for changes in ({"required": Properties.LI}, {"matched": Properties.ALL}, {"matched": None}, {"granted": 64}):
        changed = WAYS[way](callprop.explain("ri", "src=external,dst=ivr,leg=dst"), changes)
        with pytest.raises((Error, TypeError)):
            changed.to_dict()


@pytest.mark.third_party
def test_frameworks_do_not_pass_it_on() -> None:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient
    from pydantic import TypeAdapter, ValidationError

    decision = by_dict(callprop.explain("li", "src=external,dst=ivr,leg=dst"), {"allowed": True})
    adapter = TypeAdapter(Decision)
    with pytest.raises(ValidationError, match="decision: allowed is not what is decided"):
        adapter.validate_python(decision)
    with pytest.raises(Exception, match="decision: allowed is not what is decided"):
        adapter.dump_json(decision)
    application = FastAPI()
    application.get("/typed")(_typed(decision))
    client = TestClient(application, raise_server_exceptions=False)
    answer = client.get("/typed")
    assert answer.status_code == 500 and "true" not in answer.text


def _typed(decision: Decision) -> Callable[[], Decision]:
    def answer() -> Any:
        return decision

    answer.__annotations__["return"] = Decision
    return answer

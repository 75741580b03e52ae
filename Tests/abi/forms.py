# SPDX-License-Identifier: MIT
"""The forms in which a property list and a call can be given."""

import json
from collections.abc import Callable, Iterable, Sequence

import pytest

from capi import CallStruct
from expected import ALL_SETS, LEGS, MNEMOS, PARTIES, Call


def _in_order(properties: Iterable[str]) -> list[str]:
    return [mnemo for mnemo in MNEMOS if mnemo in set(properties)]


def json_array(properties: Iterable[str]) -> bytes:
    return json.dumps(_in_order(properties)).encode()


def status_object(properties: Iterable[str]) -> bytes:
    """A status as a PBX's API answers it, with members that are none of our business."""
    status = {
        "id": 12,
        "name": 'Обед "li"',
        "property_list": _in_order(properties),
        "dnd": False,
        "schedule": {"property_list": ["all"], "days": [1, 2.5, None]},
    }
    return json.dumps(status, ensure_ascii=False).encode()


def comma_list(properties: Iterable[str]) -> bytes:
    return ",".join(_in_order(properties)).encode()


LIST_FORMS: dict[str, Callable[[Iterable[str]], bytes]] = {
    "JSON array": json_array,
    "status object": status_object,
    "comma list": comma_list,
}

# All sets in each form.
LISTS = [(form, [write(properties) for properties in ALL_SETS]) for form, write in LIST_FORMS.items()]


def named(properties: Iterable[str]) -> str:
    """The set, in a failure's message."""
    return "{" + comma_list(properties).decode() + "}"


def fail_with(wrong: Sequence[str]) -> None:
    """Fails when something is wrong, with the first ten."""
    if wrong:
        shown = "\n".join(wrong[:10])
        pytest.fail(f"{len(wrong)} are wrong, such as\n{shown}", pytrace=False)


def json_object(call: Call) -> bytes:
    return json.dumps(call._asdict()).encode()


def key_value(call: Call) -> bytes:
    flag = "true" if call.callback else "false"
    return f"src={call.src},dst={call.dst},leg={call.leg},callback={flag}".encode()


CALL_FORMS: dict[str, Callable[[Call], bytes]] = {"JSON object": json_object, "key=value": key_value}


def typed(call: Call) -> CallStruct:
    return CallStruct(PARTIES.index(call.src), PARTIES.index(call.dst), LEGS.index(call.leg), int(call.callback))

# SPDX-License-Identifier: MIT
"""What has keys and is no Mapping is neither a list of its keys nor a status: its keys grant nothing, whatever stands behind them."""

from __future__ import annotations

import contextlib
import email.message
import multiprocessing.managers
import sqlite3
from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict
from types import MappingProxyType
from typing import Any

import pytest

import callprop
from callprop import Call, Error, Properties

RING = Call("external", "ivr", "dst")
HELD = {"all": False, "property_list": ["li"], "id": 2}


class _Keys:
    """The least that dict() takes."""

    def __init__(self, held: Any = HELD) -> None:
        self._held = held

    def keys(self) -> Any:
        return self._held.keys()

    def __getitem__(self, name: str) -> Any:
        return self._held[name]


class _Iterable(_Keys):
    def __iter__(self) -> Any:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, name: object) -> bool:
        return name in self._held


class _ByAttribute:
    """Has its keys by __getattr__ alone, as a proxy has."""

    def __getattr__(self, name: str) -> Any:
        return getattr(HELD, name)

    def __iter__(self) -> Any:
        return iter(HELD)


def _message() -> Any:
    message = email.message.Message()
    message["all"] = "no"
    return message


def _row() -> Any:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute("select 'all' as li").fetchone()


class _Proxy(multiprocessing.managers.DictProxy):  # type: ignore[type-arg]
    """As of a manager, without its process."""

    def __init__(self) -> None:
        pass

    def _callmethod(self, name: str, arguments: Any = (), keywords: Any = None) -> Any:
        found = getattr({"all": False}, name)(*arguments)
        return found if name == "__getitem__" else [*found] if name in ("keys", "__iter__") else found


DUCKS = [_Keys(), _Keys({"all": 0}), _Iterable(), _Iterable({"all": 0}), _ByAttribute(), _message(), _row(), _Proxy()]


@pytest.mark.parametrize("granted", DUCKS, ids=lambda given: type(given).__name__)
def test_keys_grant_nothing(granted: Any) -> None:
    for decide in (callprop.allows, callprop.explain, callprop.reason, callprop.explain_json):
        with pytest.raises(TypeError, match=r"^property_list: expected text, mnemos, a status or Properties, not "):
            decide(granted, RING)
    for read in (Properties.parse, Properties.parse_known):
        with pytest.raises(TypeError, match=r"^property_list: expected "):
            read(granted)
    for inside in ([granted], {"property_list": granted}):
        with pytest.raises(Error):
            callprop.allows(inside, RING)


MAPPINGS: list[Any] = [OrderedDict, UserDict, MappingProxyType, ChainMap, lambda held: defaultdict(list, held), Counter]


@pytest.mark.parametrize("kind", MAPPINGS)
def test_what_is_a_mapping_is_read_as_a_status(kind: Any) -> None:
    assert Properties.parse(kind({"all": 1, "property_list": ["li"]})) is Properties.LI
    with pytest.raises(Error, match="has no member property_list"):
        Properties.parse(kind({"all": 1}))

# SPDX-License-Identifier: MIT
"""A second reading of the texts, in Python: what they grant or ask, or that they are to be refused. It knows the rules of the
design, and Python's own reader of JSON; nothing of the library. Also for Python 3.9, for the tests of the package."""

from __future__ import annotations

import json
import re

from expected import ALL_CALLS, MNEMOS, Call, can_happen

WHITE_SPACE = " \t\r\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DEPTH_MAX = 32


class NotStrict(Exception):
    pass


class Members(list[tuple[str, object]]):
    """The members of an object, repeats and all."""


def read_json(text: bytes) -> object:
    """Strict JSON, no deeper than 32 levels. Python itself would take more: names for numbers that are none, and half a pair
    of UTF-16 for a character."""

    def no_constant(name: str) -> object:
        raise NotStrict(name)

    def inner(value: object) -> list[object]:
        if isinstance(value, Members):
            return [part for pair in value for part in pair]
        return value if isinstance(value, list) else []

    def check(value: object, depth: int) -> None:
        if isinstance(value, list):
            depth += 1
            if depth > DEPTH_MAX:
                raise NotStrict("nested too deeply")
        if isinstance(value, str) and re.search("[\ud800-\udfff]", value):
            raise NotStrict("half a pair")
        for part in inner(value):
            check(part, depth)

    def number(digits: str) -> float:
        # Whatever its size: it is read for its syntax only.
        return 0.0

    try:
        value = json.loads(
            text.decode(), object_pairs_hook=Members, parse_constant=no_constant, parse_float=number, parse_int=number
        )
        check(value, 0)
    except (ValueError, RecursionError) as error:
        raise NotStrict(str(error)) from error
    return value


def content_of(text: bytes) -> bytes:
    return text.removeprefix(BYTE_ORDER_MARK).strip(WHITE_SPACE.encode())


def read_items(text: bytes) -> list[str]:
    """What stands between commas, which must be something. Each byte as a character of its own."""
    items = [item.strip(WHITE_SPACE) for item in text.decode("latin-1").split(",")]
    if "" in items:
        raise NotStrict("an empty item")
    return items


def read_strings(text: bytes) -> list[str]:
    """The strings of a list, whether they are mnemos or not."""
    content = content_of(text)
    if content[:1] not in (b"[", b"{"):
        return read_items(content) if content else []
    items = read_json(content)
    if isinstance(items, Members):
        lists = [value for key, value in items if key == "property_list"]
        if len(lists) != 1:
            raise NotStrict("not one property_list")
        (items,) = lists
    if isinstance(items, Members) or not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise NotStrict("no list of strings")
    return items


def read_list(text: bytes) -> frozenset[str]:
    items = frozenset(read_strings(text))
    if not items <= set(MNEMOS):
        raise NotStrict("no list of mnemos")
    return items


def read_call(text: bytes) -> Call:
    content = content_of(text)
    if content[:1] in (b"[", b"{"):
        pairs = read_json(content)
    else:
        pairs = Members()
        for item in read_items(content):
            key, equals, value = (part.strip(WHITE_SPACE) for part in item.partition("="))
            if not equals:
                raise NotStrict(item)
            pairs.append((key, value == "true" if key == "callback" and value in ("true", "false") else value))
    if not isinstance(pairs, Members):
        raise NotStrict("no object")
    facts = dict(pairs)
    if len(facts) < len(pairs) or facts.keys() | {"callback"} != {"src", "dst", "leg", "callback"}:
        raise NotStrict("other keys")
    facts.setdefault("callback", False)
    call = Call(**facts)  # type: ignore[arg-type]
    if not isinstance(call.callback, bool) or call not in ALL_CALLS or not can_happen(call):
        raise NotStrict("no such call")
    return call

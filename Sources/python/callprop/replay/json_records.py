# SPDX-License-Identifier: MIT
"""Records in JSON: an object a line, one object, a list, or a list inside an object, as an API answers it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .lines import lines_of
from .part import Findings, Refused
from .reading import Reading

#: What is no object a line is read as a whole, and no more than this.
LARGEST = 256 << 20


class Found(NamedTuple):
    """A record, or what is wrong with it."""

    line: int
    told: dict[str, Any]
    wrong: str


def json_records(path: Path, reading: Reading, inside: str = "") -> Iterator[Found]:
    """The records of a file. ``inside``: the name of the list, where an object holds it."""
    lines = lines_of(path, reading.findings, reading.encoding)
    first = next(lines, None)
    if first is None:
        return
    one = _parsed(*first)
    is_record = not one.wrong and inside not in one.told
    whole = None if is_record else _whole(path, reading)
    if whole is None:
        yield one
        yield from (_parsed(*line) for line in lines)
        return
    if isinstance(whole, dict):
        whole = whole[inside] if inside and isinstance(whole.get(inside), list) else [whole]
    for place, value in enumerate(whole, 1):
        right = isinstance(value, dict)
        yield Found(place, value if right else {}, "" if right else "expected an object of JSON")


def looks_like_json(head: list[str]) -> bool:
    """May these be the first lines of JSON?"""
    return bool(head) and head[0].lstrip()[:1] in ("{", "[")


def flat(value: Any) -> str:
    """A value as text; null is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def _parsed(line: int, text: str) -> Found:
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as problem:
        return Found(line, {}, f"no JSON: {problem}"[:200])
    if not isinstance(value, dict):
        return Found(line, {}, "expected an object of JSON")
    return Found(line, value, "")


def _whole(path: Path, reading: Reading) -> Any:
    """The file as one text of JSON: a list or an object; None where it is none."""
    if path.stat().st_size > LARGEST:
        raise Refused(f"{path}: one text of JSON, and larger than {LARGEST >> 20} MiB: expected an object a line")
    text = "\n".join(text for _, text in lines_of(path, Findings(), reading.encoding))
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which a name stands once: of two, nobody knows which counts."""
    told = dict(pairs)
    if len(told) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'the name "{twice[:40]}" is there twice')
    return told

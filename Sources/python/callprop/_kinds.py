# SPDX-License-Identifier: MIT
"""The kinds of call, as a table for other engines: :func:`kinds`."""

from __future__ import annotations

import sys
from typing import TypedDict

from . import _abi
from .calls import ALL_CALLS


class Kind(TypedDict):
    """A row of :func:`kinds`."""

    src: str
    dst: str
    leg: str
    callback: bool
    code: int  #: as :func:`callprop.pack` makes it
    required: str  #: the mnemo of the one property, besides ``all``, that lets it through


def kinds() -> list[Kind]:
    """The 27 calls that can happen, each with its code and the property that it requires. The rows are new dicts of text, bools and
    numbers: what ``pandas.DataFrame``, ``polars.DataFrame``, ``pyarrow.Table.from_pylist`` and ``executemany`` take.

    Joined with records by the code of :func:`callprop.pack`, or by src, dst, leg and callback, it says what each requires; what finds no row cannot
    happen. What a status permits is asked with :func:`callprop.permits_many`, of these 27.

    >>> import callprop
    >>> len(callprop.kinds()), callprop.kinds()[0]
    (27, {'src': 'extension', 'dst': 'extension', 'leg': 'src', 'callback': False, 'code': 0, 'required': 'lo'})
    """
    rows: list[Kind] = []
    for call in ALL_CALLS:
        bit = _abi.required(call.facts)
        if bit:
            rows.append(
                {
                    "src": call.src.value,
                    "dst": call.dst.value,
                    "leg": call.leg.value,
                    "callback": call.callback,
                    "code": int.from_bytes(bytes(call), sys.byteorder),
                    "required": _abi.properties_format(bit),
                }
            )
    return rows

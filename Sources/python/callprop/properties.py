# SPDX-License-Identifier: MIT
"""Sets of properties: what a status grants."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any, Union

from . import _abi
from ._text import Text, dumped, encoded, no_position, only, without_position
from .errors import Error


class Properties(enum.IntFlag):
    """A set of properties, one bit each: ``cp_properties``, by the same numbers. ``Properties(0)`` is the empty set.

    The union counts: the broadest property wins. Bits that are no property grant nothing.

    >>> status = Properties.LI | Properties.LO
    >>> str(status), status.mnemos, Properties.LI in status
    ('li,lo', ('li', 'lo'), True)
    """

    ALL = 1 << 0
    CQ = 1 << 1
    LI = 1 << 2
    LO = 1 << 3
    QLI = 1 << 4
    QRI = 1 << 5
    RI = 1 << 6
    RO = 1 << 7

    @classmethod
    def parse(cls, granted: PropertiesLike) -> Properties:
        """The set that a status grants, from any form in which it is held.

        ``granted`` is a list (or another iterable) of mnemos; a dict with such a list as its ``property_list``, such as
        a status that an API answered; text: mnemos joined by commas, or JSON of the two former; or a set already.
        Text of at most 64 KiB. Repeats are harmless, and case counts. A number is refused with ``TypeError``: to take
        one for a set has to be said, ``Properties(12)``.

        Raises :class:`callprop.Error` with LIMIT, SYNTAX, TYPE or PROPERTY; never a smaller or larger set. Where the PBX may be newer
        than the library, see :meth:`parse_known`.

        >>> [str(Properties.parse(form)) for form in (["li", "lo"], "lo, li", '["li","lo"]', {"property_list": ["lo", "li"]})]
        ['li,lo', 'li,lo', 'li,lo', 'li,lo']
        """
        if isinstance(granted, Properties):
            return granted
        if isinstance(granted, (str, bytes)):
            return cls(_abi.properties_parse(encoded("property_list", granted)))
        with no_position():
            return cls(_abi.properties_parse(_as_json(granted)))

    @classmethod
    def parse_known(cls, granted: PropertiesLike) -> tuple[Properties, Error | None]:
        """The set of a status that may come from a newer PBX, and what was not understood of it.

        Takes what :meth:`parse` takes. A mnemo that is not one of the eight grants nothing, where :meth:`parse` refuses the whole list. The second
        of the two is then an :class:`callprop.Error` with PROPERTY about the first such mnemo, to be logged; otherwise None.

        Raises :class:`callprop.Error` with LIMIT, SYNTAX or TYPE.

        >>> granted, unknown = Properties.parse_known({"name": "Lunch", "property_list": ["li", "video"]})
        >>> str(granted)
        'li'
        >>> print(unknown)
        property_list: no such property: "video"; expected all, cq, li, lo, qli, qri, ri or ro
        """
        if isinstance(granted, Properties):
            return granted, None
        if isinstance(granted, (str, bytes)):
            bits, unknown = _abi.properties_parse_known(encoded("property_list", granted))
            return cls(bits), unknown
        with no_position():
            bits, unknown = _abi.properties_parse_known(_as_json(granted))
        return cls(bits), unknown and without_position(unknown)

    @property
    def mnemos(self) -> tuple[str, ...]:
        """The mnemos in the order of the bits."""
        return tuple(filter(None, str(self).split(",")))

    @property
    def bits(self) -> int:
        """The set as C's number, from 0 to 255."""
        return int(self) & 0xFF

    # Python's versions differ in how they show flags.
    def __str__(self) -> str:
        return _abi.properties_format(self.bits)

    def __format__(self, format_spec: str) -> str:
        return format(str(self), format_spec)

    def __repr__(self) -> str:
        return f"<Properties.{'|'.join(self.mnemos).upper() or 'none'}: {self.bits}>"


def _as_json(granted: object) -> bytes:
    """What holds mnemos, as JSON."""
    form: Any
    if isinstance(granted, Mapping):
        form = only(granted, "property_list")
    elif isinstance(granted, Iterable):
        form = [*granted]
    else:
        raise TypeError(f"property_list: expected text, mnemos, a status or Properties, not {type(granted).__name__}")
    return dumped("property_list", form)


PropertiesLike = Union[Properties, Text, Iterable[str], Mapping[str, Any]]

# SPDX-License-Identifier: MIT
"""Sets of properties: what a status grants."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any, Union

from . import _abi
from ._text import Text, dumped, encoded, no_position, only


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

        Raises :class:`callprop.Error` with LIMIT, SYNTAX, TYPE, PROPERTY or MEMORY; never a smaller or larger set.

        >>> [str(Properties.parse(form)) for form in (["li", "lo"], "lo, li", '["li","lo"]', {"property_list": ["lo", "li"]})]
        ['li,lo', 'li,lo', 'li,lo', 'li,lo']
        """
        if isinstance(granted, Properties):
            return granted
        if isinstance(granted, (str, bytes)):
            return cls(_abi.properties_parse(encoded("property_list", granted)))
        form: Any
        if isinstance(granted, Mapping):
            form = only(granted, "property_list")
        elif isinstance(granted, Iterable):
            form = [*granted]
        else:
            raise TypeError(f"property_list: expected text, mnemos, a status or Properties, not {type(granted).__name__}")
        with no_position():
            return cls(_abi.properties_parse(dumped("property_list", form)))

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


PropertiesLike = Union[Properties, Text, Iterable[str], Mapping[str, Any]]

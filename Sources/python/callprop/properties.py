# SPDX-License-Identifier: MIT
"""Sets of properties: what a status grants."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex, Union

from . import _abi, _columns, _pydantic
from ._text import TEXT_MAX, Text, dumped, encoded, no_position, only, whole_number, without_position
from .errors import Error, ErrorCode

_NAMES = ("ALL", "CQ", "LI", "LO", "QLI", "QRI", "RI", "RO")
_EVERY = 0xFF
_ALL = 1


class _Names(type):
    """The eight as members of the class, as of an enumeration: ``list(Properties)``, ``len(Properties)``, ``Properties["LI"]``."""

    __members__: Mapping[str, Properties]

    def __iter__(cls) -> Iterator[Properties]:
        return iter(cls.__members__.values())

    def __len__(cls) -> int:
        return len(cls.__members__)

    def __getitem__(cls, name: str) -> Properties:
        return cls.__members__[name]

    def __contains__(cls, value: object) -> bool:
        """Only what is a set already: a number is none."""
        return isinstance(value, cls)

    def __setattr__(cls, name: str, value: object) -> None:
        # The modules that frameworks make of abstract classes keep notes of their own here.
        if name in cls.__members__ or name == "__members__":
            raise AttributeError(f"Properties.{name} cannot be set to something else")
        super().__setattr__(name, value)

    def __delattr__(cls, name: str) -> None:
        if name in cls.__members__ or name == "__members__":
            raise AttributeError(f"Properties.{name} cannot be deleted")
        super().__delattr__(name)


# Not an enum.IntFlag: what that does differs between Python 3.9 and 3.14, and what reads enumerations (msgspec, cattrs) would take
# a bare number for a set.
class Properties(int, metaclass=_Names):
    """A set of properties, one bit each: ``cp_properties``, by the same numbers. ``Properties(0)`` is the empty set.

    The union counts: the broadest property wins. A number with a bit that is no property, a negative one, ``True`` and what is no
    whole number are refused.

    Sets combine as flags, with sets alone: ``|``, ``&``, ``^``, and ``~``, which is *everything but*: the rest of the seven kinds of call, never ALL. So
    ``~Properties.RI`` lets through what needs another property than ``ri``, and ``granted & ~Properties.ALL`` takes ALL away. ``list``, ``len`` and ``in``
    are about the bits: ALL is one property among eight, so ``Properties.RI in Properties.ALL`` is False. What a set lets
    through is asked with :meth:`grants`, or :func:`callprop.allows`. Sets have no order: ``<`` and its like are refused.

    >>> status = Properties.LI | Properties.LO
    >>> str(status), status.mnemos, Properties.LI in status, len(status)
    ('li,lo', ('li', 'lo'), True, 2)
    >>> str(~status)
    'cq,qli,qri,ri,ro'
    """

    ALL: ClassVar[Properties]
    CQ: ClassVar[Properties]
    LI: ClassVar[Properties]
    LO: ClassVar[Properties]
    QLI: ClassVar[Properties]
    QRI: ClassVar[Properties]
    RI: ClassVar[Properties]
    RO: ClassVar[Properties]

    if TYPE_CHECKING:
        __members__: ClassVar[Mapping[str, Properties]]

    def __new__(cls, bits: int) -> Properties:
        """The set of C's number. Raises TypeError, and :class:`callprop.Error` with PROPERTY where that is not from 0 to 255."""
        if type(bits) is Properties:
            return bits
        number = _number(bits)
        if not 0 <= number <= _EVERY:
            text = f"property_list: {number} is no set of properties; expected 0 to {_EVERY}"
            raise Error(ErrorCode.PROPERTY, -1, text)
        # One object for each set, so that `is` and `==` say the same.
        return _SETS[number]

    def __init_subclass__(cls) -> None:
        raise TypeError("Properties cannot be subclassed")

    @classmethod
    def parse(cls, granted: PropertiesLike) -> Properties:
        """The set that a status grants, from any form in which it is held.

        ``granted`` is a list (or another iterable, or a column of numpy, pandas, polars or Arrow) of mnemos or sets; a dict with such a list as its ``property_list``, such as
        a status that an API answered; text: mnemos joined by commas, or JSON of the two former; or a set already.
        Text of at most 64 KiB, and lists of which the text would not be longer. Repeats are harmless, and case counts. A number is refused with ``TypeError``: to take
        one for a set has to be said, ``Properties(12)``.

        Raises :class:`callprop.Error` with LIMIT, SYNTAX, TYPE or PROPERTY; never a smaller or larger set. Where the PBX may be newer
        than the library, see :meth:`parse_known`.

        >>> [str(Properties.parse(form)) for form in (["li", "lo"], "lo, li", '["li","lo"]', {"property_list": ["lo", "li"]})]
        ['li,lo', 'li,lo', 'li,lo', 'li,lo']
        """
        if type(granted) is Properties:
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
        if type(granted) is Properties:
            return granted, None
        if isinstance(granted, (str, bytes)):
            bits, unknown = _abi.properties_parse_known(encoded("property_list", granted))
            return cls(bits), unknown
        with no_position():
            bits, unknown = _abi.properties_parse_known(_as_json(granted))
        return cls(bits), unknown and without_position(unknown)

    def grants(self, needed: Properties) -> bool:
        """Does this set let through every call that ``needed`` lets through? With ALL, it does; and nothing lets through
        what the empty set does. Of ``needed`` with several properties, all must be.

        Raises ``TypeError`` when ``needed`` is no Properties.

        >>> import callprop
        >>> ring = callprop.required("src=external,dst=ivr,leg=dst")
        >>> Properties.ALL.grants(ring), ring in Properties.ALL
        (True, False)
        """
        if type(needed) is not Properties:
            raise TypeError(f"needed: expected Properties, not {type(needed).__name__}")
        asked, answered = _abi.lets_through(needed.bits), _abi.lets_through(self.bits)
        return any(asked) and all(mine >= other for mine, other in zip(answered, asked))

    @property
    def mnemos(self) -> tuple[str, ...]:
        """The mnemos in the order of the bits."""
        return tuple(filter(None, str(self).split(",")))

    @property
    def bits(self) -> int:
        """The set as C's number, from 0 to 255."""
        return int(self) & _EVERY

    @property
    def value(self) -> int:
        """The same as ``bits``."""
        return self.bits

    @property
    def name(self) -> str | None:
        """The name in this class: of one property ``LI``, of several ``LI|LO``; None of the empty set."""
        return "|".join(self.mnemos).upper() or None

    def __iter__(self) -> Iterator[Properties]:
        """The properties one by one, in the order of the bits."""
        return (one for one in Properties if self.bits & one.bits)

    def __len__(self) -> int:
        return bin(self.bits).count("1")

    def __bool__(self) -> bool:
        return self.bits != 0

    def __contains__(self, other: Properties) -> bool:
        """Are the bits of the other set all here? The empty set is in every set: to decide, see :meth:`grants`."""
        if not isinstance(other, Properties):
            raise TypeError(f"expected Properties left of in, not {type(other).__name__}")
        return int(other) & int(self) == int(other)

    def __invert__(self) -> Properties:
        """Everything but these: the rest of the seven, without ALL."""
        return Properties(_EVERY & ~_ALL & ~int(self))

    def __or__(self, other: Properties) -> Properties:  # type: ignore[override]
        return _combined(operator.or_, self, other)

    def __and__(self, other: Properties) -> Properties:  # type: ignore[override]
        return _combined(operator.and_, self, other)

    def __xor__(self, other: Properties) -> Properties:  # type: ignore[override]
        return _combined(operator.xor, self, other)

    def __ror__(self, other: Properties) -> Properties:  # type: ignore[override]
        return self | other

    def __rand__(self, other: Properties) -> Properties:  # type: ignore[override]
        return self & other

    def __rxor__(self, other: Properties) -> Properties:  # type: ignore[override]
        return self ^ other

    # An int would compare by its number, in which RO is more than RI. By their bits would be no better: ALL has no other's.
    def __lt__(self, other: object) -> bool:
        raise TypeError(
            "Properties have no order; expected one.grants(other), which says whether it lets through what the other does"
        )

    def __le__(self, other: object) -> bool:
        return self < other

    def __gt__(self, other: object) -> bool:
        return self < other

    def __ge__(self, other: object) -> bool:
        return self < other

    def __str__(self) -> str:
        return _abi.properties_format(self.bits)

    def __format__(self, format_spec: str) -> str:
        return format(str(self), format_spec)

    def __repr__(self) -> str:
        return f"<Properties.{self.name or 'none'}: {self.bits}>"

    def __reduce__(self) -> tuple[type[Properties], tuple[int]]:
        return Properties, (int(self),)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> dict[str, Any]:
        return _pydantic.core_schema(cls, cls.parse, lambda granted: [*granted.mnemos])

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, handler: Any) -> dict[str, Any]:
        written = _pydantic.mnemos()
        if handler.mode == "serialization":
            return written
        text = {"type": "string", "description": "mnemos joined by commas"}
        status = {"type": "object", "properties": {"property_list": written}, "required": ["property_list"]}
        return {"anyOf": [written, text, status]}


_SETS = tuple(int.__new__(Properties, bits) for bits in range(_EVERY + 1))
_MEMBERS = {name: _SETS[1 << bit] for bit, name in enumerate(_NAMES)}
for _name, _member in _MEMBERS.items():
    type.__setattr__(Properties, _name, _member)
type.__setattr__(Properties, "__members__", MappingProxyType(_MEMBERS))


def _number(given: object) -> int:
    # True and 1.0 equal CP_ALL: a flag or a count that strays here must not permit everything.
    # First what most are: to look for SupportsIndex takes many times as long.
    if type(given) is not int and (isinstance(given, bool) or not isinstance(given, SupportsIndex)):
        kind = type(given).__name__
        raise TypeError(
            f"Properties: expected a whole number, not {kind}; Properties.parse reads text, lists and statuses"
        )
    return whole_number(given)


def _combined(combine: Callable[[int, int], int], one: int, other: object) -> Properties:
    if type(other) is Properties:
        return Properties(combine(int(one), int(other)))
    if isinstance(other, int):
        # 1 and True are ALL: a flag or a count that strays here must not permit everything.
        raise TypeError(f"Properties: expected Properties to combine with, not {type(other).__name__}")
    return NotImplemented  # type: ignore[no-any-return]


def _as_json(granted: Any) -> bytes:
    """What holds mnemos, as JSON."""
    form: Any
    if hasattr(granted, "as_py"):
        kind = type(granted).__name__
        raise TypeError(
            f"property_list: expected text, mnemos, a status or Properties, not {kind}; .as_py() makes Python's own of it"
        )
    if isinstance(granted, Mapping):
        form = only(granted, "property_list")
        inside = form.get("property_list")
        # A Properties there, and lists with some in them; text there is refused, as in JSON.
        if isinstance(inside, (Properties, list, tuple, set, frozenset)) or _columns.is_listed(inside):
            form = {"property_list": _listed(inside)}
    # Of a class the names of its members would be gone through, and of a table those of its columns: both would grant.
    # Likewise of what has keys and is no Mapping (a proxy, a message, a form): {"all": False} is no list with all in it.
    elif (
        isinstance(granted, Iterable)
        and not isinstance(granted, type)
        and not any(hasattr(granted, name) for name in ("columns", "keys"))
    ) or _columns.is_listed(granted):
        form = _listed(granted)
    else:
        raise TypeError(f"property_list: expected text, mnemos, a status or Properties, not {type(granted).__name__}")
    return dumped("property_list", form)


def _listed(granted: Any) -> list[Any]:
    """The mnemos of a list, those of sets among them included; no longer than a text may be."""
    mnemos: list[Any] = []
    size = 0
    is_column = not isinstance(granted, (list, tuple)) and _columns.is_listed(granted)
    for given in _columns.elements_of("property_list", granted) if is_column else granted:
        item = str.__str__(given) if isinstance(given, str) else given
        size += len(item) + 4 if isinstance(item, str) else 2
        if size > TEXT_MAX:
            raise Error(ErrorCode.LIMIT, -1, f"property_list is too long; expected at most {TEXT_MAX} bytes")
        if type(item) is Properties:
            mnemos += item.mnemos
        else:
            mnemos.append(item)
    return mnemos


PropertiesLike = Union[Properties, Text, Iterable[Union[str, Properties]], Mapping[str, Any]]

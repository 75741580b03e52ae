# SPDX-License-Identifier: MIT
"""What can go wrong, as exceptions. An exception is never a permission: what raises has permitted nothing."""

from __future__ import annotations

import enum


class ErrorCode(enum.IntEnum):
    """What went wrong: the ``CP_ERROR_…`` of ``callprop.h``, by the same numbers."""

    ARGUMENT = 1
    LIMIT = 2
    SYNTAX = 3
    TYPE = 4
    PROPERTY = 5
    PARTY = 6
    CALL = 7
    MEMORY = 8


class Error(ValueError):
    """Why there is no decision.

    ``code`` is an :class:`ErrorCode`. ``position`` is the byte offset in the text that was given, of the part that is
    wrong; -1 when no single place is at fault, and when no text was given but a list, a dict or a :class:`Call`.
    ``text`` is for a log, in printable ASCII: the argument, what is wrong, what would be right.

    >>> import callprop
    >>> try:
    ...     callprop.allows("li, lx", "src=external,dst=ivr,leg=dst")
    ... except callprop.Error as error:
    ...     print(error.code.name, error.position)
    ...     print(error.text)
    PROPERTY 4
    property_list: no such property: "lx"; expected all, cq, li, lo, qli, qri, ri or ro
    """

    def __init__(self, code: int, position: int, text: str) -> None:
        super().__init__(code, position, text)
        self.code: ErrorCode = ErrorCode(code)
        self.position = position
        self.text = text

    def __str__(self) -> str:
        return self.text if self.position < 0 else f"{self.text} (at byte {self.position})"


class UnknownProperty(Error, KeyError):
    """There is no property of this mnemo. A ``KeyError`` too, so that ``get()`` behaves like a dict's lookup."""


class LibraryError(ImportError):
    """The C library was not found, cannot be loaded, is of another ABI or too old. The text says what to do."""

# SPDX-License-Identifier: MIT
"""Numbers of people, put out of sight. It is done where records are read, so that nothing behind that has one to give away."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

#: Numbers, and what a device or an address is called.
_PRIVATE = re.compile(r"(?<=/)[^\s/@;,)]+|\+?\d+")


class Redaction:
    """The same number has the same name in one run. There are so few numbers that each could be tried; a key that is thrown away
    when the run ends stands against that. With a key of one's own, runs can be compared."""

    def __init__(self, key: str = "") -> None:
        self._key = key.encode() or secrets.token_bytes(32)
        self._known: dict[str, str] = {}

    def number(self, number: str) -> str:
        """What stands for a number."""
        if number not in self._known:
            digest = hmac.new(self._key, number.encode("utf-8", "surrogateescape"), hashlib.sha256)
            self._known[number] = f"x{digest.hexdigest()[:12]}"
        return self._known[number]

    def text(self, text: str) -> str:
        """A text with all hashed in it that may be a number, or the name of a device."""
        return _PRIVATE.sub(lambda match: self.number(match.group()), text)


class Shown(Redaction):
    """Nothing is hidden."""

    def number(self, number: str) -> str:
        return number

    def text(self, text: str) -> str:
        return text

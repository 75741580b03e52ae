# SPDX-License-Identifier: MIT
"""Who is who: which numbers are extensions, queues and menus, and which devices are phones and trunks. Read from the ``callprop.conf``
of the Asterisk module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..errors import Error
from ..properties import Properties
from .part import Refused

#: What a number may be in [numbers]. The first four are parties.
KINDS = ("extension", "external", "queue", "ivr", "service")
#: So long is no number inside, where the file names none that is.
_OUTSIDE = 7
_SECTION = re.compile(r"\[([^\]@]+)(?:@([^\]]*))?\]\s*(?:\(.*\))?$")


@dataclass
class Office:
    """The numbers and devices of a client."""

    extensions: dict[str, str] = field(default_factory=dict)  #: and the status that the file gives each; empty: default
    numbers: dict[str, str] = field(default_factory=dict)  #: what a number is, of `KINDS`, or ``emergency``
    trunks: set[str] = field(default_factory=set)  #: devices, TECH/NAME, or names alone
    phones: dict[str, str] = field(default_factory=dict)  #: TECH/NAME to the extension; empty: nobody's
    pattern: str = "*"  #: the names of phones, where * is the number
    statuses: dict[str, Properties] = field(default_factory=dict)
    default: str = ""

    @cached_property
    def outside(self) -> int:
        """A number with so many digits is none inside."""
        return max([_OUTSIDE, *(len(each) + 1 for each in (*self.extensions, *self.numbers))])

    def kind(self, number: str) -> str | None:
        """What a number is, where the file says so."""
        return "extension" if number in self.extensions else self.numbers.get(number)

    def device(self, device: str) -> tuple[str | None, str]:
        """Who is at a device, TECH/NAME: ("extension", number), ("external", ""), or (None, "") where nobody can tell."""
        if device in self.phones:
            extension = self.phones[device]
            return ("extension", extension) if extension else (None, "")
        name = device.partition("/")[2]
        if device in self.trunks or name in self.trunks:
            return "external", ""
        before, _, after = self.pattern.partition("*")
        number = name[len(before) : len(name) - len(after)] if name.startswith(before) and name.endswith(after) else ""
        return ("extension", number) if number in self.extensions else (None, "")


def read_office(path: Path, client: str = "") -> Office:
    """The office of a file; of one client, where it has several. Settings without a client are everybody's where the module has them so."""
    office = Office()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused(f"{path}: {getattr(problem, 'strerror', None) or problem}") from None
    found = False
    for number, section, owner, name, value in _settings(path, text):
        found = True
        if owner != client and not (owner == "" and section in ("general", "statuses", "trunks")):
            continue
        wrong = _take(office, section, name, value)
        if wrong:
            raise Refused(f"{path}:{number}: {wrong}")
    if not found:
        raise Refused(f"{path}: no callprop.conf; expected sections such as [extensions], [numbers] and [trunks]")
    both = sorted(office.extensions.keys() & office.numbers.keys())
    if both:
        raise Refused(f"{path}: '{both[0]}' is an extension, and {office.numbers[both[0]]} as well")
    if not office.extensions:
        whose = f" of client {client}" if client else "; --client names a client of the file" if "@" in text else ""
        raise Refused(f"{path}: there are no [extensions]{whose}")
    return office


def _settings(path: Path, text: str) -> Iterator[tuple[int, str, str, str, str]]:
    section, owner = "", ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.split(r"(?<!\\);", raw, maxsplit=1)[0].strip()
        if not line:
            continue
        if line.startswith("#"):
            raise Refused(f"{path}:{number}: {line.split()[0]} is not followed here; expected one file with all of it")
        heading = _SECTION.match(line)
        if heading:
            section, owner = heading.group(1).strip(), (heading.group(2) or "").strip()
            continue
        name, equals, value = line.partition("=")
        if not equals or not section:
            raise Refused(f"{path}:{number}: expected [section] or name = value")
        yield number, section, owner, name.strip(), value.lstrip(">").strip()


def _take(office: Office, section: str, name: str, value: str) -> str:
    """Takes one setting. Returns what is wrong with it, or nothing."""
    if section == "general" and name == "default":
        office.default = value
    elif section == "general" and name == "emergency":
        office.numbers.update((number.strip(), "emergency") for number in value.split(",") if number.strip())
    elif section == "general" and name == "phones":
        office.pattern = value.partition("/")[2]
    elif section == "extensions":
        office.extensions[name] = value
    elif section == "numbers":
        if value not in KINDS:
            return f"number '{name}': no such kind: '{value}'; expected {', '.join(KINDS[:-1])} or {KINDS[-1]}"
        office.numbers[name] = value
    elif section == "trunks":
        office.trunks.add(value)
    elif section == "interfaces":
        office.phones[name] = value
    elif section == "statuses":
        try:
            office.statuses[name] = Properties.parse(value)
        except Error as problem:
            return f"status '{name}': {problem}"
    return ""

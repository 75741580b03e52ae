# SPDX-License-Identifier: MIT
"""Files that are refused, each by one mistake, and what the module says of it."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import host


@dataclass
class Mistake:
    name: str
    line: str  # of a good file; its first such line
    becomes: str  # may be more than one line, or none
    text: str
    told_at: str = ""  # the line that is told, unless it is the last one of `becomes`; "none": the file without a line

    def make(self, good: str) -> str:
        return good.replace(f"{self.line}\n", f"{self.becomes}\n", 1)

    def complaint(self, good: str) -> str:
        if self.told_at == "none":
            return f"callprop.conf: {self.text}"
        lines = self.make(good).split("\n")
        told = self.told_at or self.becomes.split("\n")[-1]
        number = len(lines) - lines[::-1].index(told)
        return f"callprop.conf:{number}: {self.text}"


def library_error(property_list: str) -> str:
    """What the library itself says about a property_list."""

    class Error(ctypes.Structure):
        _fields_ = [
            ("code", ctypes.c_int32),
            ("position", ctypes.c_int32),
            ("text", ctypes.c_char * 128),
            ("reserved", ctypes.c_uint8 * 24),
        ]

    library = ctypes.CDLL(str(host.ROOT / "build/stage/lib/libcallprop.so.1"))
    error, out = Error(), ctypes.c_uint32()
    library.cp_properties_parse(property_list.encode(), ctypes.byref(out), ctypes.byref(error))
    return error.text.decode() + (f" (at byte {error.position})" if error.position >= 0 else "")


def status(name: str, property_list: str) -> Mistake:
    return Mistake(name, "li = li", f"li = {property_list}", f"status 'li': {library_error(property_list)}")


TRUNK = "trunk = PJSIP/trunk"
TRANSIT = "number = 030999*"
EMERGENCY = "emergency = 112, 911,199"


def mistakes() -> list[Mistake]:
    return [
        status("status: no mnemo, between commas", "li,l.x"),
        status("status: JSON", '{"property_list":["li"'),
        status("status: empty item", "li,,lo"),
        status("status: JSON without a list", '{"id":3}'),
        Mistake("status: twice", "li = li", "li = li\nli = lo", "status 'li' is there already"),
        Mistake(
            "setting",
            "default = all",
            "standard = all",
            "'standard' is not a setting of [general]; expected default or emergency",
        ),
        Mistake("default: twice", "default = all", "default = all\ndefault = all", "default is there already"),
        Mistake(
            "default: twice, in a second section",
            TRUNK,
            f"{TRUNK}\n[general]\ndefault = none",
            "default is there already",
        ),
        Mistake(
            "extension: twice, in a second section",
            TRUNK,
            f"{TRUNK}\n[extensions]\n102 = none",
            "extension '102' is there already",
        ),
        Mistake(
            "section: a template",
            TRUNK,
            f"{TRUNK}\n[extensions](!)\n105 = all",
            "[extensions] is a template, so its lines would not count",
        ),
        Mistake("default", "default = all", "default = any", "default: no such status: 'any'"),
        Mistake("extension: status", "101 = ", "101 = nonesuch", "extension '101': no such status: 'nonesuch'"),
        Mistake(
            "extension: no status, no default",
            "default = all",
            "",
            told_at="101 = ",
            text="extension '101': names no status, and [general] has no default",
        ),
        Mistake("extension: twice", "102 = ", "101 = ", "extension '101' is there already"),
        Mistake(
            "interface: extension",
            TRUNK,
            f"{TRUNK}\n[interfaces]\nPJSIP/119 = 105",
            "interface 'PJSIP/119': no such extension: '105'",
        ),
        Mistake(
            "interface: an extension's",
            TRUNK,
            f"{TRUNK}\n[interfaces]\nPJSIP/102 = 101",
            "interface 'PJSIP/102' is there already",
        ),
        Mistake(
            "interface: twice",
            TRUNK,
            f"{TRUNK}\n[interfaces]\nPJSIP/119 = 101\nPJSIP/119 = 102",
            "interface 'PJSIP/119' is there already",
        ),
        Mistake(
            "number: kind",
            "600 = ivr",
            "600 = menu",
            "number '600': no such kind: 'menu'; expected extension, external, queue, ivr or service",
        ),
        *(
            Mistake(
                f"emergency: {what}",
                EMERGENCY,
                f"emergency = {numbers}",
                f"emergency: '{numbers}': expected numbers of digits, *, # and +, with a comma between them",
            )
            for what, numbers in (
                ("nothing", ""),
                ("an empty item", "112,,911"),
                ("a comma at the end", "112,"),
                ("a pattern", "_11X"),
                ("a name", "112, police"),
            )
        ),
        Mistake(
            "emergency: twice",
            EMERGENCY,
            "emergency = 112,911,112",
            "emergency: '112,911,112': a number is there already",
        ),
        Mistake(
            "emergency: twice, in a second line",
            EMERGENCY,
            f"{EMERGENCY}\nemergency = 911",
            "emergency: '911': a number is there already",
        ),
        Mistake("emergency: an extension", "101 = ", "112 = ", "extension '112' is an emergency number"),
        Mistake("emergency: a queue", "500 = queue", "112 = queue", "number '112' is an emergency number"),
        Mistake("emergency: a service", "500 = queue", "112 = service", "number '112' is an emergency number"),
        Mistake("number: an extension", "500 = queue", "102 = queue", "number '102' is an extension"),
        Mistake("number: twice", "501 = queue", "500 = ivr", "number '500' is there already"),
        Mistake(
            "trunk: another word", TRUNK, "device = PJSIP/trunk", "'device = PJSIP/trunk': expected trunk = device"
        ),
        Mistake("trunk: nothing", TRUNK, "trunk = ", "'trunk = ': expected trunk = device"),
        Mistake("trunk: an interface", TRUNK, "trunk = PJSIP/101", "trunk 'PJSIP/101' is an extension's interface"),
        Mistake("trunk: twice", TRUNK, f"{TRUNK}\n{TRUNK}", "trunk 'PJSIP/trunk' is there already"),
        Mistake("transit: another word", TRANSIT, "trunk = 030", "'trunk = 030': expected number = outside number"),
        Mistake("transit: nothing", TRANSIT, "number = ", "'number = ': expected number = outside number"),
        Mistake("transit: twice", TRANSIT, f"{TRANSIT}\n{TRANSIT}", "number '030999*' is there already"),
        Mistake(
            "emergency: too long",
            EMERGENCY,
            f"emergency = {'112,' * 255}1120",
            f"emergency: '{'112,' * 25}': too long: write a second line",
        ),
        # A section is told by its first line.
        Mistake("section", "[trunks]", "[trunk]", "no such section: [trunk]", told_at=TRUNK),
        Mistake("section: empty", TRUNK, f"{TRUNK}\n[nonesuch]", "no such section: [nonesuch]", told_at="none"),
        Mistake("file: not one", "[statuses]", "[statuses", "cannot be parsed", told_at="none"),
    ]

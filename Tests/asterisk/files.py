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


class Nothing(Mistake):
    """What is left of a file, as when the disk was full."""

    def make(self, good: str) -> str:
        return f";{good.partition(chr(10))[0]}\n"


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
SECTIONS = (
    "expected general, statuses, extensions, interfaces, numbers, trunks, transit, codes or may_set, "
    "of a client with its name: [extensions@acme]"
)
PLAIN = "expected one number as it is dialled, of letters, digits and +*#._~-"
PATTERN = "a pattern of the dialplan is none here: write each number"
ONE_DEVICE = "expected one device, such as PJSIP/101, without quotes"
DRIVER = "expected a device with its channel driver, such as PJSIP/101"
LOCAL = "a Local channel is no device"


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
            "'standard' is not a setting of [general]; expected default, emergency, history, phones or statuses_file",
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
        *(
            Mistake(
                f"client: {what}",
                TRUNK,
                f"{TRUNK}\n[extensions@{name}]\n101 = all",
                f"[extensions@{name}]: the name of a client is up to 39 letters, digits, _, - and ., and begins with a letter or digit",
            )
            for what, name in (
                ("no name", ""),
                ("a blank", "a b"),
                ("two @", "a@b"),
                ("a - in front", "-"),
                ("too long", "a" * 40),
            )
        ),
        Mistake(
            "client: in the name of an extension",
            "102 = ",
            "102@acme = ",
            "extension '102@acme': the client stands in the name of the section, such as [extensions@acme]",
        ),
        Mistake(
            "client: in the name of a number",
            "501 = queue",
            "501@acme = queue",
            "number '501@acme': the client stands in the name of the section, such as [numbers@acme]",
        ),
        Mistake("extension: the same but for a -", "102 = ", "102 = \n10-2 = ", "extension '10-2' is there already"),
        Mistake(
            "number: the same but for a -", "501 = queue", "501 = queue\n5-01 = queue", "number '5-01' is there already"
        ),
        Mistake("number: nothing but -", "501 = queue", "--- = queue", f"number '---': {PLAIN}"),
        Mistake("extension: too long", "102 = ", f"{'1' * 80} = ", f"extension '{'1' * 80}': too long"),
        Mistake(
            "client: another's status",
            TRUNK,
            f"{TRUNK}\n[statuses@acme]\nnight = li\n[extensions]\n105 = night",
            "extension '105': no such status: 'night'",
        ),
        Mistake(
            "client: no status",
            TRUNK,
            f"{TRUNK}\n[extensions@acme]\n101 = nonesuch",
            "extension '101@acme': no such status: 'nonesuch'",
        ),
        Mistake(
            "client: extension twice",
            TRUNK,
            f"{TRUNK}\n[extensions@acme]\n101 =\n[extensions@beta]\n101 =\n[extensions@acme]\n101 = all",
            "extension '101@acme' is there already",
        ),
        Mistake(
            "client: another's phone",
            TRUNK,
            f"{TRUNK}\n[extensions@acme]\n101 =\n[interfaces]\nPJSIP/acme-101 = 102",
            "interface 'PJSIP/acme-101' is there already, as the phone of extension '101@acme'",
        ),
        Mistake(
            "client: another's extension",
            TRUNK,
            f"{TRUNK}\n[extensions@acme]\n105 =\n[interfaces@beta]\nPJSIP/desk = 105",
            "interface 'PJSIP/desk': no such extension: '105'",
        ),
        Mistake(
            "client: the same phones",
            TRUNK,
            f"{TRUNK}\n[general@acme]\nphones = PJSIP/*\n[extensions@acme]\n102 = all",
            "interface 'PJSIP/102' is there already, as the phone of extension '102'",
        ),
        Mistake(
            "client: an emergency number of its own",
            TRUNK,
            f"{TRUNK}\n[general@acme]\nemergency = 955\n[extensions@acme]\n955 = all",
            "extension '955@acme' is an emergency number",
        ),
        Mistake(
            "client: everybody's emergency number",
            TRUNK,
            f"{TRUNK}\n[numbers@acme]\n112 = queue",
            "number '112@acme' is an emergency number",
        ),
        *(
            Mistake(
                f"phones: {pattern}",
                "default = all",
                f"default = all\nphones = {pattern}",
                f"phones: '{pattern}': expected a device with one * for the number, such as PJSIP/*, or nothing",
            )
            for pattern in ("PJSIP/", "*", "PJSIP/*-*", '"PJSIP/*"', "Local/*@internal", "*/101")
        ),
        Mistake(
            "phones: twice",
            "default = all",
            "default = all\nphones = \nphones = PJSIP/*",
            "phones: 'PJSIP/*': is there already",
        ),
        Mistake("transit: another word", TRANSIT, "trunk = 030", "'trunk = 030': expected number = outside number"),
        Mistake("transit: nothing", TRANSIT, "number = ", "'number = ': expected number = outside number"),
        Mistake("transit: twice", TRANSIT, f"{TRANSIT}\n{TRANSIT}", "number '030999*' is there already"),
        Mistake(
            "emergency: too long",
            EMERGENCY,
            f"emergency = {'112,' * 255}1120",
            f"emergency: '{'112,' * 25}': too long: write a second line",
        ),
        Mistake(
            "status: a control character",
            "li = li",
            "l\x01i = li",
            "a status has a control character in its name",
        ),
        Mistake(
            "phones: too long a name",
            "default = all",
            f"default = all\nphones = PJSIP/*{'x' * 256}",
            "extension '101': the name of its phone is too long",
            told_at="101 = ",
        ),
        *(
            Mistake(f"code: {what}", TRUNK, f"{TRUNK}\n[codes]\n{lines}", text)
            for what, lines, text in (
                ("a letter", "1a = all", "code '1a': expected digits"),
                ("a star", "*1 = all", "code '*1': expected digits"),
                ("no such status", "1 = nonesuch", "code '1': no such status: 'nonesuch'"),
                ("no status", "1 = ", "code '1': no such status: ''"),
                ("twice", "1 = all\n1 = none", "code '1' is there already"),
            )
        ),
        *(
            Mistake(f"may_set: {what}", TRUNK, f"{TRUNK}\n[may_set]\n{lines}", f"[may_set]: {text}")
            for what, lines, text in (
                ("nothing", "101 = ", "'': expected extensions with a comma between them, or nobody"),
                ("an empty item", "101 = 102,,103", "'': expected extensions with a comma between them, or nobody"),
                ("whose", "101 = 102, 999", "'999': no such extension"),
                ("whose, a * in the middle", "101 = 1*2", "'1*2': no such extension"),
                ("whose, twice", "101 = 102, 102", "'102': is there already"),
                ("nobody, and somebody", "101 = nobody, 102", "'nobody': no such extension"),
                ("who", "999 = 101", "no such extension: '999'"),
                ("who, twice", "101 = 102\n101 = 103", "extension '101' is there already"),
            )
        ),
        *(
            Mistake(
                f"statuses_file: {what}",
                "default = all",
                f"default = all\nstatuses_file = {file}",
                f"statuses_file: {text}",
            )
            for what, file, text in (
                ("nothing", "", "expected a file"),
                ("by its whole name", "/nonesuch.json", "/nonesuch.json: No such file or directory"),
                ("a folder", "/callprop/etc", "/callprop/etc: cannot be read"),
                ("a folder, beside callprop.conf", "../etc", "/callprop/etc/../etc: cannot be read"),
            )
        ),
        # What nobody can dial, and no channel is called, would be in the file for nothing.
        *(
            Mistake(f"{what} {name}", TRUNK, f"{TRUNK}\n[{what}s]\n{name} = {value}", f"{what} '{name}': {text}")
            for what, value, name, text in (
                ("extension", "", "105,106", PLAIN),
                ("extension", "", "105&106", PLAIN),
                ("extension", "", "1 05", PLAIN),
                ("extension", "", "105/queue", PLAIN),
                ("extension", "", "_10X", PATTERN),
                ("number", "queue", "505,506", PLAIN),
                ("number", "queue", "_50X", PATTERN),
                ("interface", "101", "PJSIP/119&PJSIP/120", ONE_DEVICE),
                ("interface", "101", '"PJSIP/119"', ONE_DEVICE),
                ("interface", "101", "PJSIP/11\x019", ONE_DEVICE),
                ("interface", "101", "119", DRIVER),
                ("interface", "101", "/119", DRIVER),
                ("interface", "101", "PJSIP/", DRIVER),
                ("interface", "101", "Local/119@internal", LOCAL),
                ("interface", "101", "PJSIP/119-*", "expected one device: a * stands for nothing here"),
            )
        ),
        *(
            Mistake(f"trunk {name}", TRUNK, f"trunk = {name}", f"trunk '{name}': {text}")
            for name, text in (
                ("PJSIP/trunk, PJSIP/other", ONE_DEVICE),
                ("'PJSIP/trunk'", ONE_DEVICE),
                ("trunk", DRIVER),
                ("Local/*", LOCAL),
                ("PJSIP/tr*k", "a * stands for anything at the end alone"),
            )
        ),
        *(
            Mistake(f"transit {number}", TRANSIT, f"number = {number}", f"number '{number}': {text}")
            for number, text in (
                ("030999*, 0301234", PLAIN),
                ("030 999*", PLAIN),
                ("_030X.", PATTERN),
            )
        ),
        *(
            Mistake(f"emergency {numbers}", EMERGENCY, f"emergency = {numbers}", f"emergency: '{numbers}': {text}")
            for numbers, text in (
                ("11*", "a * stands for nothing here: write the whole numbers"),
                ("112, *", "a * stands for nothing here: write the whole numbers"),
            )
        ),
        *(
            Mistake(
                f"client in other letters: {added}",
                TRUNK,
                f"{TRUNK}\n[extensions@Acme]\n101 = all\n{added}\n102 = all",
                f"{told}",
                told_at=told_at,
            )
            for added, told_at, told in (
                (
                    "[extensions@acme]",
                    "",
                    "[extensions@acme]: the client 'Acme' is there already, in other letters",
                ),
                (
                    "[extensions@acme](+)",
                    "[extensions@acme](+)",
                    "'[extensions@acme](+)': the section that it adds to is written in other letters",
                ),
            )
        ),
        # A section is told by its first line.
        Mistake("section", "[trunks]", "[trunk]", f"no such section: [trunk]; {SECTIONS}", told_at=TRUNK),
        Mistake(
            "section: empty", TRUNK, f"{TRUNK}\n[nonesuch]", f"no such section: [nonesuch]; {SECTIONS}", told_at="none"
        ),
        Nothing("file: nothing but a comment", "", "", "has no section", told_at="none"),
        Mistake("file: not one", "[statuses]", "[statuses", "cannot be parsed: the log says why above", told_at="none"),
    ]

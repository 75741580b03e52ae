# SPDX-License-Identifier: MIT
"""The eight properties as JSON, what is borrowed, and the version."""

import json
import sys

import pytest

from capi import Library
from expected import MNEMOS, NAMES
from installed import Installed, run, what_it_said

# What each description must speak of, and what it must not: from the vendor's description.
SPEAKS_OF = {
    "all": (["every call"], []),
    "cq": (["callback", "queue", "first leg"], ["outside"]),
    "li": (["same client", "ring", "callback"], ["queue", "outside"]),
    "lo": (["makes calls", "inside", "client", "callback"], ["queue", "outside"]),
    "qli": (["queue", "inside"], ["outside"]),
    "qri": (["queue", "outside"], ["inside"]),
    "ri": (["outside", "ring", "voice menu", "callback"], ["queue"]),
    "ro": (["outside number", "callback"], ["queue", "inside"]),
}


def test_the_list_has_the_eight_properties_in_the_order_of_the_bits(library: Library) -> None:
    text = library.cp_list()
    assert text is not None
    properties = json.loads(text)
    assert [entry["mnemo"] for entry in properties] == list(MNEMOS)
    assert {entry["mnemo"]: entry["name"] for entry in properties} == NAMES


@pytest.mark.parametrize("mnemo", MNEMOS)
def test_a_property_is_an_object_of_three_strings(library: Library, mnemo: str) -> None:
    text = library.cp_get(mnemo.encode())
    assert text is not None
    entry = json.loads(text)
    assert list(entry) == ["mnemo", "name", "description"]
    assert (entry["mnemo"], entry["name"]) == (mnemo, NAMES[mnemo])
    description = entry["description"]
    assert isinstance(description, str) and description.endswith("."), description

    speaks_of, is_silent_on = SPEAKS_OF[mnemo]
    spoken = description.lower().replace("make calls", "makes calls")
    assert [words for words in speaks_of if words not in spoken] == [], description
    assert [words for words in is_silent_on if words in spoken] == [], description


@pytest.mark.parametrize("mnemo", MNEMOS)
def test_one_property_is_the_element_of_the_list(library: Library, mnemo: str) -> None:
    text, whole = library.cp_get(mnemo.encode()), library.cp_list()
    assert text is not None and whole is not None
    assert text in whole
    assert json.loads(text) == json.loads(whole)[MNEMOS.index(mnemo)]


@pytest.mark.parametrize(
    "mnemo",
    [None, b"", b" ", b"li ", b" li", b"LI", b"Li", b"l", b"lii", b"li,lo", b'"li"', b"li\n", b"\xff", b"x" * 100_000],
)
def test_what_is_no_mnemo_has_no_object(library: Library, mnemo: bytes | None) -> None:
    assert library.cp_get(mnemo) is None


def test_the_same_pointer_comes_every_time(library: Library) -> None:
    assert library.c.cp_list() == library.c.cp_list() != 0
    for mnemo in MNEMOS:
        assert library.c.cp_get(mnemo.encode()) == library.c.cp_get(mnemo.encode()) != 0


def test_the_version_is_that_of_the_header(installed: Installed, library: Library) -> None:
    version = library.version().decode()
    assert f'#define CP_VERSION_STRING "{version}"' in installed.header.read_text()


def test_borrowed_text_outlives_dlclose(installed: Installed) -> None:
    # In a process of its own: reading memory that is gone would end it.
    program = f"""
import _ctypes, ctypes
library = ctypes.CDLL({str(installed.library)!r})
library.cp_list.restype = library.cp_get.restype = library.cp_version.restype = ctypes.c_void_p
library.cp_get.argtypes = [ctypes.c_char_p]
borrowed = [library.cp_version(), library.cp_list(), *map(library.cp_get, {[mnemo.encode() for mnemo in MNEMOS]!r})]
before = [ctypes.string_at(address) for address in borrowed]
for _ in range(5):
    _ctypes.dlclose(library._handle)
assert [ctypes.string_at(address) for address in borrowed] == before, "the text has changed"
print(len(before), "texts are still there")
"""
    done = run([sys.executable, "-c", program], installed.environment)
    assert done.returncode == 0 and done.stdout == "10 texts are still there\n", what_it_said(done)

# SPDX-License-Identifier: MIT
"""The shared library as a file: what it exports and needs, how it is linked, and what was installed beside it."""

import platform
import re
import sys
from pathlib import Path

import pytest

from installed import HERE, Installed, plain_environment, run_or_fail

# ---- What binutils read --------------------------------------------------------------------------------


def binutil(*command: str | Path) -> str:
    return run_or_fail(command, plain_environment())


@pytest.fixture(scope="module")
def dynamic_section(installed: Installed) -> dict[str, list[str]]:
    """The entries of the dynamic section: from tag to values."""
    entries: dict[str, list[str]] = {}
    for line in binutil("readelf", "--wide", "--dynamic", installed.library).splitlines():
        entry = re.match(r"\s*0x[0-9a-f]+ \((\w+)\)\s+(.*)", line)
        if entry:
            entries.setdefault(entry[1], []).append(entry[2].strip())
    assert "SONAME" in entries, "readelf is read wrongly: there is no SONAME"
    return entries


@pytest.fixture(scope="module")
def segments(installed: Installed) -> list[tuple[str, str]]:
    """Type and flags of each segment."""
    # Type, offset, two addresses, two sizes, flags such as "R E", alignment.
    line = r"^  (\w+) +(?:0x[0-9a-f]+ +){5}([RWE ]{3}) (?:0x)?[0-9a-f]+$"
    found = re.findall(line, binutil("readelf", "--wide", "--segments", installed.library), re.MULTILINE)
    assert [kind for kind, _ in found].count("LOAD") >= 2, f"readelf is read wrongly: {found}"
    return [(kind, flags.replace(" ", "")) for kind, flags in found]


@pytest.fixture(scope="module")
def dynamic_symbols(installed: Installed) -> list[tuple[str, str]]:
    """The type and the name with its version of each dynamic symbol."""
    output = binutil("nm", "--dynamic", "--with-symbol-versions", installed.library)
    symbols = [(fields[-2], fields[-1]) for fields in map(str.split, output.splitlines())]
    assert symbols, "nm is read wrongly: there are no symbols"
    return symbols


@pytest.fixture(scope="module")
def imported(dynamic_symbols: list[tuple[str, str]]) -> set[str]:
    """What others are to define, without versions."""
    names = {name.split("@")[0] for kind, name in dynamic_symbols if kind in "Uwv"}
    assert "json_dump_callback" in names, f"nm is read wrongly: {names}"
    return names


# ---- Symbols -------------------------------------------------------------------------------------------


def node_of(since: str) -> str:
    """The symbol version node of what a version brought."""
    return "CALLPROP_1" if since == "1.0" else f"CALLPROP_{since}"


def test_the_exported_names_are_the_functions_of_the_header_each_in_the_node_of_its_version(
    installed: Installed, dynamic_symbols: list[tuple[str, str]]
) -> None:
    listed = [line.split() for line in (HERE / "symbols.txt").read_text().splitlines() if line.startswith("function ")]
    since = {name: version for _, name, version, *_ in listed}
    declared, inline = installed.declared_functions()
    assert len(declared) == len(set(declared)) >= 15 and not set(inline) & set(declared), declared
    assert since.keys() == set(declared)
    exported = [name for kind, name in dynamic_symbols if kind not in "Uwv"]
    # One @ would be an old version of the name, kept beside the default one.
    assert sorted(exported) == sorted(f"{name}@@{node_of(since[name])}" for name in declared)


def test_every_exported_name_is_a_function(dynamic_symbols: list[tuple[str, str]]) -> None:
    assert {kind for kind, _ in dynamic_symbols if kind not in "Uwv"} == {"T"}


# What others are to define, and what for. Whatever is not here is a new dependency, and needs a reason.
JANSSON_WRITES = {
    *("json_object", "json_object_set_new_nocheck", "json_array", "json_array_append_new", "json_stringn_nocheck"),
    *("json_true", "json_false", "json_null", "json_delete", "json_dump_callback"),
}
SEEDED_WHEN_LOADED = {"json_object_seed"}
TEXT_OF_C = {"strnlen", "memcpy"}
THE_CATALOGUE_STANDS_IN_A_MAPPING = {"mmap", "munmap"}
STACK_PROTECTOR = {"__stack_chk_fail"}
if platform.machine() != "x86_64":  # which keeps it beside the thread's own data
    STACK_PROTECTOR |= {"__stack_chk_guard"}
HAS_WORDS_OF_32_BITS = sys.maxsize < 2**32
if HAS_WORDS_OF_32_BITS:
    TEXT_OF_C = {"strnlen", *(f"__aeabi_mem{what}" for what in ("clr4", "clr8", "cpy", "cpy4", "cpy8"))}
    THE_CATALOGUE_STANDS_IN_A_MAPPING = {"mmap64", "munmap"}


def test_what_is_imported_is_what_has_a_reason(imported: set[str]) -> None:
    """So no allocator of the host, no lock, no locale, and nothing of jansson's that reads."""
    expected = JANSSON_WRITES | SEEDED_WHEN_LOADED | TEXT_OF_C | THE_CATALOGUE_STANDS_IN_A_MAPPING | STACK_PROTECTOR
    assert imported == expected


def test_of_jansson_names_alone_are_asked_for(dynamic_symbols: list[tuple[str, str]]) -> None:
    """A version would be asked for in vain where jansson is older than 2.14: no program links, and the loader complains."""
    assert [name for _, name in dynamic_symbols if name.startswith("json_") and "@" in name] == []


def test_everything_imported_is_needed_or_it_does_not_load(dynamic_symbols: list[tuple[str, str]]) -> None:
    """A weak symbol that is not there is a NULL that somebody calls."""
    assert {kind for kind, _ in dynamic_symbols} == {"U", "T"}


# ---- How it is linked ----------------------------------------------------------------------------------


def test_jansson_and_the_c_library_are_all_that_is_needed(dynamic_section: dict[str, list[str]]) -> None:
    needed = [re.sub(r".*\[(.*)\]", r"\1", value) for value in dynamic_section["NEEDED"]]
    assert sorted(needed) == ["libc.so.6", "libjansson.so.4"]


def test_the_soname_is_that_of_the_major_version(dynamic_section: dict[str, list[str]]) -> None:
    assert dynamic_section["SONAME"] == ["Library soname: [libcallprop.so.1]"]


# Some loaders skip INIT: glibc on riscv64, musl on arm64.
@pytest.mark.parametrize(
    "tag", ["RPATH", "RUNPATH", "TEXTREL", "SYMBOLIC", "INIT", "FINI", "FINI_ARRAY", "PREINIT_ARRAY"]
)
def test_the_dynamic_section_is_free_of(dynamic_section: dict[str, list[str]], tag: str) -> None:
    assert tag not in dynamic_section, dynamic_section.get(tag)


def test_one_function_runs_when_it_is_loaded(dynamic_section: dict[str, list[str]]) -> None:
    assert len(dynamic_section["INIT_ARRAY"]) == 1
    assert dynamic_section["INIT_ARRAYSZ"] == ["4 (bytes)" if HAS_WORDS_OF_32_BITS else "8 (bytes)"]


# The program's own json_object_seed is taken for jansson's.
COUNTS_SEEDS = """
#include <callprop.h>
#include <stdio.h>

void json_object_seed(size_t seed);
static int calls;
static size_t last = 1;

void json_object_seed(size_t seed)
{
    calls++;
    last = seed;
}

int main(void)
{
    printf("%s: seeded %d times, with %lu\\n", cp_version(), calls, (unsigned long)last);
    return 0;
}
"""


def test_the_function_that_runs_when_it_is_loaded_seeds_jansson(installed: Installed, tmp_path: Path) -> None:
    source = tmp_path / "seeds.c"
    source.write_text(COUNTS_SEEDS)
    program = installed.build(source, tmp_path / "seeds")
    assert run_or_fail([program], installed.environment) == f"{installed.version}: seeded 1 times, with 0\n"


def test_the_processor_may_guard_return_addresses(installed: Installed) -> None:
    notes = binutil("readelf", "--wide", "--notes", installed.library)
    # ARM of 32 bits and RISC-V have no such mark.
    marks = {"x86_64": r"x86 feature:.*\bSHSTK\b", "aarch64": r"AArch64 feature: BTI, PAC\b"}.get(
        platform.machine(), ""
    )
    assert re.search(marks, notes), notes


def test_relocations_are_read_only_after_loading(
    dynamic_section: dict[str, list[str]], segments: list[tuple[str, str]]
) -> None:
    assert ("GNU_RELRO", "R") in segments, segments
    flags = " ".join(dynamic_section.get("FLAGS", []) + dynamic_section.get("FLAGS_1", []))
    assert "BIND_NOW" in flags.split() or "BIND_NOW" in dynamic_section, flags


def test_borrowed_text_is_kept_by_the_nodelete_flag(dynamic_section: dict[str, list[str]]) -> None:
    assert any("NODELETE" in value.split() for value in dynamic_section.get("FLAGS_1", [])), dynamic_section


def test_no_memory_is_writable_and_executable(segments: list[tuple[str, str]]) -> None:
    assert [segment for segment in segments if "W" in segment[1] and "E" in segment[1]] == []
    assert [flags for kind, flags in segments if kind == "GNU_STACK"] == ["RW"], segments
    assert "E" in "".join(flags for kind, flags in segments if kind == "LOAD"), segments


def test_it_is_stripped_and_small(installed: Installed) -> None:
    sections = binutil("readelf", "--wide", "--sections", installed.library)
    assert ".dynsym" in sections, f"readelf is read wrongly: {sections}"
    for section in (".symtab", ".debug_info", ".swift1_autolink_entries"):
        assert section not in sections, f"{section} is to be stripped"
    size = installed.library.stat().st_size
    assert size < 64 * 1024, f"{size} bytes"


def test_no_branch_leads_to_a_trap(installed: Installed) -> None:
    """A run-time check of Swift's is a conditional branch to a `ud2`, which would end the PBX. (Jumps through a table are
    not followed.)"""
    output = binutil("objdump", "--disassemble", "--no-show-raw-insn", installed.library)
    if platform.machine() != "x86_64":
        # Here a trap is an instruction of its own, and nothing is filled up with it.
        traps = {"aarch64": r"brk|udf|hlt", "armv7l": r"udf|bkpt"}[platform.machine()]
        assert len(re.findall(r"^ +[0-9a-f]+:\t", output, re.MULTILINE)) > 1000, "objdump is read wrongly"
        assert re.findall(rf"^ +[0-9a-f]+:\t(?:{traps})\b.*", output, re.MULTILINE) == []
        return

    instructions = [
        (int(address, 16), text.split("#")[0].split())
        for address, text in re.findall(r"^ +([0-9a-f]+):\t(.+)$", output, re.MULTILINE)
    ]
    branches = {
        int(words[1], 16): address
        for address, words in instructions
        if (words[0].startswith("j") or words[0] == "call") and len(words) > 1 and re.fullmatch("[0-9a-f]+", words[1])
    }
    assert len(instructions) > 1000 and len(branches) > 100, "objdump is read wrongly"

    for number, (address, words) in enumerate(instructions):
        if words[0] not in ("ud2", "hlt"):
            continue
        # Back to the beginning of the straight line of code that ends here. int3 fills the gaps between functions.
        start = number
        while instructions[start - 1][1][0] not in ("ret", "jmp", "int3", "ud2", "nopl", "nopw", "nop", "xchg"):
            start -= 1
        for inside, _ in instructions[start : number + 1]:
            assert inside not in branches, f"{branches[inside]:#x} branches to the {words[0]} at {address:#x}"


# ---- The installed files -------------------------------------------------------------------------------


def test_the_installed_files_beside_the_documents_are_the_libraries_the_header_and_what_finds_them(
    installed: Installed,
) -> None:
    files = {
        str(path.relative_to(installed.prefix)): path.is_symlink()
        for path in installed.prefix.rglob("*")
        if (path.is_symlink() or not path.is_dir()) and path.relative_to(installed.prefix).parts[0] != "share"
    }
    assert files == {
        "include/callprop.h": False,
        "lib/libcallprop.so": True,
        "lib/libcallprop.so.1": True,
        f"lib/libcallprop.so.{installed.version}": False,
        "lib/libcallprop.a": False,
        "lib/pkgconfig/callprop.pc": False,
        "lib/cmake/callprop/callprop-config.cmake": False,
        "lib/cmake/callprop/callprop-config-version.cmake": False,
    }


def test_a_link_points_to_its_neighbour(installed: Installed) -> None:
    names = ["libcallprop.so", "libcallprop.so.1"]
    targets = [str((installed.prefix / "lib" / link).readlink()) for link in names]
    assert targets == ["libcallprop.so.1", f"libcallprop.so.{installed.version}"]


def test_the_files_may_be_read_by_everybody_and_written_by_their_owner(installed: Installed) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in (installed.header, installed.library)}
    assert modes == {"callprop.h": 0o644, "libcallprop.so.1": 0o755}


def test_pkg_config_says_where_things_are(installed: Installed) -> None:
    assert installed.pkg_config("--cflags", "callprop") == [f"-I{installed.prefix}/include"]
    assert installed.pkg_config("--libs", "callprop") == [f"-L{installed.prefix}/lib", "-lcallprop"]
    names = ("prefix", "libdir", "includedir")
    variables = [" ".join(installed.pkg_config(f"--variable={name}", "callprop")) for name in names]
    prefix = str(installed.prefix)
    assert variables == [prefix, f"{prefix}/lib", f"{prefix}/include"]


def test_jansson_is_private_to_the_library(installed: Installed) -> None:
    assert "-ljansson" not in installed.pkg_config("--libs", "callprop")
    assert "-ljansson" in installed.pkg_config("--static", "--libs", "callprop")
    assert installed.pkg_config("--print-requires", "callprop") == []
    assert installed.pkg_config("--print-requires-private", "callprop") == []
    assert "jansson" not in installed.preprocessed_header()

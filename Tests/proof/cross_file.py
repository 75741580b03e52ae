# SPDX-License-Identifier: MIT
"""What the library for another kind of machine is as a file: cross_file.py ARCH LIBRARY UNSTRIPPED OBJDUMP THE-ONE-FOR-X86-64

Held against the one for x86-64, whose code machine_code.py looks into."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from machine_code import DECISIONS_CALL, NEEDED, WRITERS_CALL, Library, run, wrong_file

# The machine's own words for what the others call memcpy, memset and mmap.
OF_ARM = {f"__aeabi_mem{what}{alignment}" for what in ("cpy", "clr", "set", "move") for alignment in ("", "4", "8")}
STACK_PROTECTOR = {"__stack_chk_fail", "__stack_chk_guard"}
OF_32_BITS = {"mmap64"}


@dataclass(frozen=True)
class Machine:
    header: dict[str, str]  # what readelf says of the file
    page: int  # the largest page that a kernel for it has
    notes: str  # what the processor may guard
    traps: str  # instructions that end the process
    imports: set[str]
    attributes: str = ""


MACHINES = {
    "arm64": Machine(
        {"Class": "ELF64", "Machine": "AArch64", "Flags": "0x0"}, 65536, r"BTI, PAC", r"brk|udf|hlt", STACK_PROTECTOR
    ),
    "armhf": Machine(
        {"Class": "ELF32", "Machine": "ARM", "Flags": "0x5000400, Version5 EABI, hard-float ABI"},
        65536,
        "",
        r"udf(\..)?|trap|bkpt",
        STACK_PROTECTOR | OF_ARM | OF_32_BITS,
        r"Tag_ABI_VFP_args: VFP registers",
    ),
    "riscv64": Machine(
        {"Class": "ELF64", "Machine": "RISC-V", "Flags": "0x5, RVC, double-float ABI"},
        4096,
        "",
        r"(c\.)?(unimp|ebreak)",
        STACK_PROTECTOR,
    ),
    "i386": Machine(
        {"Class": "ELF32", "Machine": "Intel 80386", "Flags": "0x0"},
        4096,
        r"SHSTK",
        r"ud[012]|int3|into|hlt",
        OF_32_BITS,
    ),
}


def wrong_header(machine: Machine, library: Library) -> Iterator[str]:
    lines = run("readelf", "--wide", "--file-header", library.path)
    header = dict(line.strip().split(":", 1) for line in lines if ":" in line)
    for name, expected in machine.header.items():
        if (found := header.get(name, "").strip()) != expected:
            yield f"{name} is {found}, not {expected}"
    if "2's complement, little endian" not in header.get("Data", ""):
        yield f"data: {header.get('Data')}"
    if machine.attributes not in "\n".join(run("readelf", "--arch-specific", library.path)):
        yield f"it does not say {machine.attributes}"
    notes = "\n".join(run("readelf", "--wide", "--notes", library.path))
    if machine.notes not in notes:
        yield f"not marked {machine.notes}"
    if "Build ID" not in notes:
        yield "no build ID"


def wrong_pages(machine: Machine, library: Library) -> Iterator[str]:
    """Whole pages are protected, however large: what is read-only shares none with what is not."""
    segments: dict[str, list[tuple[int, int, str, int]]] = {}
    for line in library.segments:
        if found := re.match(r"\s+([A-Z_]+)\s+0x\w+ (0x\w+) 0x\w+ 0x\w+ (0x\w+) ([RWE ]{3}) (\w+)", line):
            start, size = int(found[2], 16), int(found[3], 16)
            segments.setdefault(found[1], []).append((start, start + size, found[4], int(found[5], 16)))
    if len(segments.get("LOAD", [])) < 2 or len(segments.get("GNU_RELRO", [])) != 1:
        yield f"readelf is read wrongly: {segments}"
        return
    for start, _, flags, alignment in segments["LOAD"]:
        if alignment != machine.page:
            yield f"the segment {flags} at {start:#x} is aligned to {alignment}, not to {machine.page}"
    ((start, end, _, _),) = segments["GNU_RELRO"]
    if end % machine.page:
        yield f"GNU_RELRO ends at {end:#x}, in the middle of a page of {machine.page}"
    for other, other_end, flags, _ in segments["LOAD"]:
        if other != start and (other // machine.page, other_end // machine.page) in (
            (start // machine.page,) * 2,
            (end // machine.page - 1,) * 2,
        ):
            yield f"the segment {flags} at {other:#x} shares a page with GNU_RELRO"


def wrong_names(machine: Machine, library: Library, other: Library) -> Iterator[str]:
    exported, expected = (set(one.names("--defined-only")) for one in (library, other))
    if exported != expected or len(exported) < 15:
        yield f"exported here or for x86-64 alone: {exported ^ expected or 'too few'}"
    imported, of_other = ({name.split("@")[0] for name in one.names("--undefined-only")} for one in (library, other))
    jansson = {name for name in imported if name.startswith("json_")}
    if jansson != {name for name in of_other if name.startswith("json_")} or len(jansson) < 10:
        yield f"other names of jansson's than for x86-64: {jansson}"
    for name in sorted(imported - jansson - machine.imports - DECISIONS_CALL - WRITERS_CALL):
        yield f"imported: {name}"
    for name in library.names("--undefined-only"):
        if "@" in name:
            yield f"imported with a version, which musl has not, or not every jansson: {name}"


def wrong_code(machine: Machine, library: Library, objdump: str) -> Iterator[str]:
    """No trap. The linker fills up between functions with what may be one."""
    count = 0
    for line in run(objdump, "--disassemble", "--no-show-raw-insn", "--no-leading-headers", library.path):
        if found := re.match(r"\s*([0-9a-f]+):\s+(\S+)", line):
            count += 1
            function = library.function_at(int(found[1], 16))
            if re.fullmatch(machine.traps, found[2]) and function:
                yield f"a trap at {line.strip()} in {function.name}"
    if count < 2000 or len(library.functions) < 30:
        yield f"this is not the whole library: {count} instructions, {len(library.functions)} functions"


def wrong_relocations(library: Library) -> Iterator[str]:
    """None where the code is: that would make it writable."""
    writable = [(int(found[1], 16), int(found[2], 16)) for line in library.segments
                if (found := re.match(r"\s+LOAD\s+0x\w+ (0x\w+) 0x\w+ 0x\w+ (0x\w+) RW", line))]  # fmt: skip
    rows = [int(words[0], 16) for line in run("readelf", "--wide", "--relocs", library.path)
            if len(words := line.split()) >= 3 and re.fullmatch(r"[0-9a-f]{8,16}", words[0]) and words[2].startswith("R_")]  # fmt: skip
    if len(rows) < 15:
        yield f"readelf is read wrongly: {len(rows)} relocations"
    for place in rows:
        if not any(start <= place < start + size for start, size in writable):
            yield f"a text relocation at {place:#x}"


def main(arch: str, path: str, unstripped: str, objdump: str, other_path: str) -> int:
    machine, library, other = MACHINES[arch], Library(path), Library(other_path)
    findings = [
        *wrong_header(machine, library),
        *wrong_pages(machine, library),
        *wrong_names(machine, library, other),
        *wrong_code(machine, Library(unstripped), objdump),
        *wrong_relocations(library),
        *wrong_file(library),
    ]
    array = library.tags("INIT_ARRAYSZ")
    if array != [f"{4 if machine.header['Class'] == 'ELF32' else 8} (bytes)"] or library.tags("INIT"):
        findings.append(f"not one function runs when it is loaded: {array}, {library.tags('INIT')}")
    size = Path(path).stat().st_size
    if size > 64 * 1024:
        findings.append(f"{size} bytes")
    for finding in findings:
        print(f"cross: {arch}: {finding}", file=sys.stderr)
    if not findings:
        marks = [words for words in (machine.header["Flags"].partition(", ")[2], machine.notes) if words]
        print(f"  {arch}: {size} bytes; no trap, no allocator, no text relocation; RELRO whole with pages of {machine.page // 1024} KiB;"
              f" {'; '.join(marks) or 'no marks'}; exports as on x86-64; needs {' and '.join(NEEDED)}, no version of theirs")  # fmt: skip
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

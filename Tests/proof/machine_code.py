# SPDX-License-Identifier: MIT
"""What a library's machine code may do, and what its ELF file asks of a host: machine_code.py LIBRARY (unstripped)."""

import re
import subprocess
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

# ---- What is allowed ------------------------------------------------------------------------------------

EXPORTS = re.compile(r"(cp_[a-z_]+)@@CALLPROP_1(\.1)?")

# What a decision may call. None of these allocates, aborts or takes a lock, but for __stack_chk_fail: it ends a process whose stack
# is corrupt.
DECISIONS_CALL = {"memcpy", "memmove", "memset", "memcmp", "strnlen", "__stack_chk_fail"}

# The three that write JSON by jansson, and what they may call besides: the catalogue stands in a mapping.
WRITERS = {"cp_list", "cp_get", "cp_explain"}
WRITERS_CALL = {"mmap", "munmap"}

NEEDED = ["libjansson.so.4", "libc.so.6"]

# Debian 11; from 2020.
OLDEST_GLIBC = (2, 31)

# What the one function calls that runs when the library is loaded.
AT_LOAD_CALLS = {"json_object_seed"}

# What stays writable once the library is loaded. All else is in the segment that the loader makes read-only.
WRITABLE_SECTIONS = {".bss"}

TRAPS = {"ud0", "ud1", "ud2", "int3", "int1", "int", "into", "hlt", "icebp", "(bad)"}

# Instructions that the first x86-64 processors lack. (`tzcnt` is not here: where it is unknown it is `bsf`, which does
# the same for any number but 0; the emulated processors of `processors.sh` tell whether it matters.)
NEWER = re.compile(
    r"v(?!er[rw]$)\w+"  # AVX and later
    r"|andn|bextr|bls[ir]|blsmsk|bzhi|[lm]zcnt|mulx|p(dep|ext)|rorx|s(ar|hl|hr)x|ad[co]x"  # BMI, ADX
    r"|popcnt|crc32[bwlq]?|movbe|pclmul\w*|aes\w+|sha(1|256)\w+"
    r"|lddqu|mov(d|sh|sl)dup|h(add|sub)p[sd]|addsubp[sd]"  # SSE3
    r"|pshufb|palignr|pabs[bwd]|psign[bwd]|ph(add|sub)\w+|pmaddubsw|pmulhrsw"  # SSSE3
    r"|p?blend\w+|dpp[sd]|extractps|insertps|mpsadbw|movntdqa|packusdw|pcmp(eqq|gtq|[ei]str[im])|p(ins|ext)r[bdq]"
    r"|phminposuw|p(max|min)(s[bd]|u[wd])|pmov[sz]x\w+|pmuldq|pmulld|ptest|round[ps][sd]"  # SSE4
)
NEWER_REGISTERS = re.compile(r"%[yz]mm|%k[0-7]|%xmm(1[6-9]|2\d|3[01])")

# Sources/CallPropWide, and the C name under which the core calls it.
WIDE = re.compile(r"callprop_permits_wide|\$e12CallPropWide.*")


# ---- Reading -----------------------------------------------------------------------------------------------


def run(*command: str) -> list[str]:
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    return done.stdout.splitlines()


@dataclass(frozen=True)
class Function:
    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Instruction:
    address: int
    mnemonic: str
    operands: str

    @property
    def is_trap(self) -> bool:
        return self.mnemonic in TRAPS

    @property
    def is_newer(self) -> bool:
        return bool(NEWER.fullmatch(self.mnemonic) or NEWER_REGISTERS.search(self.operands))


class Library:
    def __init__(self, path: str) -> None:
        self.path = path
        self.segments = run("readelf", "--wide", "--segments", path)
        self.dynamic = run("readelf", "--wide", "--dynamic", path)

    def segment_flags(self) -> Iterator[tuple[str, str]]:
        """Kind and flags ("RWE") of each segment."""
        for line in self.segments:
            if found := re.match(r"\s+([A-Z_]+)\s+(?:0x[0-9a-f]+\s+){5}([RWE ]{3})", line):
                yield found[1], found[2]

    def sections_of(self, kind: str) -> set[str]:
        """The sections that lie in the segments of this kind."""
        kinds = [kind for kind, _ in self.segment_flags()]
        mapping = (re.match(r"\s+(\d\d)\s(.*)", line) for line in self.segments)
        return {section for row in mapping if row and kinds[int(row[1])] == kind for section in row[2].split()}

    def writable_sections(self) -> set[str]:
        rows = (
            re.match(r"\s*\[ *\d+\] (\.\S+)\s.* ([WAXMSILOGTCxoEDl]+) +\d+ +\d+ +\d+$", line)
            for line in run("readelf", "--wide", "--sections", self.path)
        )
        return {row[1] for row in rows if row and {"W", "A"} <= set(row[2])}

    def tags(self, tag: str) -> list[str]:
        """The values of a tag of the dynamic section."""
        return [line.split(f"({tag})", 1)[1].strip() for line in self.dynamic if f"({tag})" in line]

    def names(self, *options: str) -> list[str]:
        """The dynamic symbols, without the one that stands for the version node itself."""
        lines = run("nm", "--dynamic", "--with-symbol-versions", *options, self.path)
        return [name for line in lines if not (name := line.split()[-1]).startswith("CALLPROP_1")]

    @cached_property
    def functions(self) -> list[Function]:
        found = []
        for line in run("readelf", "--wide", "--symbols", self.path):
            words = line.split()
            if len(words) == 8 and words[3] == "FUNC" and words[6] != "UND" and int(words[2], 0) > 0:
                start = int(words[1], 16)
                found.append(Function(start, start + int(words[2], 0), words[7]))
        return sorted(set(found), key=lambda function: function.start)

    def function_at(self, address: int) -> Function | None:
        """None between functions, where the linker's padding stands."""
        index = bisect_right(self.functions, address, key=lambda function: function.start)
        function = self.functions[index - 1] if index else None
        return function if function and address < function.end else None

    @cached_property
    def exported(self) -> dict[str, int]:
        """The functions that are exported, without their versions, and where they start."""
        names = {found[1] for name in self.names("--defined-only") if (found := EXPORTS.fullmatch(name))}
        return {function.name: function.start for function in self.functions if function.name in names}

    @cached_property
    def stubs(self) -> dict[int, str]:
        """By their addresses, the jumps through which functions of other libraries are called."""
        pattern = re.compile(r"\s*([0-9a-f]+):\tjmp\s+\*0x[0-9a-f]+\(%rip\)\s+# [0-9a-f]+ <(\w+)@")
        matches = (pattern.match(line) for line in self.disassembly)
        return {int(match[1], 16): match[2] for match in matches if match}

    def called_from(self, start: int) -> set[str]:
        """The functions of other libraries that a function calls, itself or through others. `(unknown)` for a call of an
        address that is only known when it runs; the jump tables of a `switch` stay inside of their function."""
        found: set[str] = set()
        seen: set[int] = set()
        waiting = [start]
        while waiting:
            function = self.function_at(waiting.pop())
            if not function or function.start in seen:
                continue
            seen.add(function.start)
            for instruction in self.instructions_of(function):
                if not re.match(r"call|j", instruction.mnemonic):
                    continue
                target = instruction.operands
                if not re.fullmatch(r"[0-9a-f]+", target):
                    found |= {"(unknown)"} if instruction.mnemonic.startswith("call") else set()
                elif name := self.stubs.get(int(target, 16)):
                    found.add(name)
                else:
                    waiting.append(int(target, 16))
        return found

    def instructions_of(self, function: Function) -> list[Instruction]:
        first, last = (
            bisect_left(self.instructions, address, key=lambda instruction: instruction.address)
            for address in (function.start, function.end)
        )
        return self.instructions[first:last]

    def run_at_load(self) -> list[int]:
        """The addresses of the functions that the loader calls."""
        array = int(self.tags("INIT_ARRAY")[0], 16) if self.tags("INIT_ARRAY") else 0
        rows = (line.split() for line in run("readelf", "--wide", "--relocs", self.path))
        relative = {int(row[0], 16): int(row[3], 16) for row in rows if len(row) == 4 and row[2].endswith("_RELATIVE")}
        size = int(self.tags("INIT_ARRAYSZ")[0].split()[0]) if array else 0
        return [relative[address] for address in range(array, array + size, 8)]

    @cached_property
    def disassembly(self) -> list[str]:
        return run("objdump", "--disassemble", "--no-show-raw-insn", "--wide", self.path)

    @cached_property
    def instructions(self) -> list[Instruction]:
        pattern = re.compile(r"\s*([0-9a-f]+):\t(\S+)(?:\s+([^<#]*))?")
        prefixes = {"lock", "rep", "repz", "repnz", "notrack", "bnd", "data16", "addr32", "cs", "ds", "es", "fs", "gs"}
        found = []
        for line in self.disassembly:
            if match := pattern.match(line):
                words = [match[2], *(match[3] or "").split()]
                while len(words) > 1 and words[0] in prefixes:
                    del words[0]
                found.append(Instruction(int(match[1], 16), words[0], " ".join(words[1:])))
        return found


# ---- The checks --------------------------------------------------------------------------------------------


def wrong_instructions(library: Library) -> Iterator[str]:
    for instruction in library.instructions:
        function = library.function_at(instruction.address)
        name = function.name if function else "(between functions)"
        place = f"{instruction.address:#x} in {name}: {instruction.mnemonic} {instruction.operands}"
        is_padding = function is None and instruction.mnemonic == "int3"
        if instruction.is_trap and not is_padding:
            yield f"a trap at {place}"
        if instruction.is_newer and not WIDE.fullmatch(name):
            yield f"an instruction that older processors lack, outside of the wide kernel, at {place}"


def wrong_names(library: Library) -> Iterator[str]:
    for name in library.names("--defined-only"):
        if not EXPORTS.fullmatch(name):
            yield f"exported: {name}"
    for name in library.names("--undefined-only"):
        plain = name.split("@")[0]
        if not plain.startswith("json_") and plain not in DECISIONS_CALL | WRITERS_CALL:
            yield f"imported: {name}"
        if plain.startswith("json_") and plain != name:
            yield f"imported with a version, so that it neither links nor loads in silence with an older jansson: {name}"


def wrong_calls(library: Library) -> Iterator[str]:
    names = {name.split("@")[0] for name in library.names("--defined-only")}
    if not names or library.exported.keys() != names:
        yield f"the code of these is not looked at: {names - library.exported.keys() or 'all'}"
    for name, start in library.exported.items():
        called = library.called_from(start)
        foreign = called - DECISIONS_CALL
        if name in WRITERS:
            if not any(other.startswith("json_") for other in called):
                yield f"{name} calls nothing of jansson's, so this looks in the wrong place"
            foreign = {other for other in foreign - WRITERS_CALL if not other.startswith("json_")}
        for other in sorted(foreign):
            yield f"{name} calls {other}"
    at_load = library.run_at_load()
    if library.tags("INIT") or library.tags("FINI") or library.tags("FINI_ARRAY") or len(at_load) != 1:
        yield f"not one function runs when it is loaded, and none when it is unloaded: {at_load}, {library.tags('INIT')}"
    for start in at_load:
        if (called := library.called_from(start)) != AT_LOAD_CALLS:
            yield f"what runs when it is loaded calls {called}, not {AT_LOAD_CALLS}"


def wrong_file(library: Library) -> Iterator[str]:
    for kind, flags in library.segment_flags():
        if "W" in flags and "E" in flags:
            yield f"a {kind} segment is writable and executable"
    if "GNU_STACK" not in dict(library.segment_flags()):
        yield "no GNU_STACK segment, so the host's stack becomes executable"

    for section in library.writable_sections() - library.sections_of("GNU_RELRO") - WRITABLE_SECTIONS:
        yield f"{section} stays writable: it is not in the GNU_RELRO segment"
    if not any("NOW" in flags for flags in library.tags("FLAGS") + library.tags("FLAGS_1")):
        yield "no BIND_NOW, so the table of imported functions stays writable"

    for tag in ("RPATH", "RUNPATH", "TEXTREL", "SYMBOLIC"):
        if library.tags(tag):
            yield f"{tag}: {library.tags(tag)}"
    if any("TEXTREL" in flags for flags in library.tags("FLAGS")):
        yield "text relocations"
    if not any("NODELETE" in flags for flags in library.tags("FLAGS_1")):
        yield "no NODELETE, so text that was lent would be gone after dlclose"
    if (needed := [re.sub(r".*\[(.*)\]", r"\1", text) for text in library.tags("NEEDED")]) != NEEDED:
        yield f"needs {needed}, not {NEEDED}"


def wrong_marks(library: Library) -> Iterator[str]:
    if not any("SHSTK" in line for line in run("readelf", "--notes", library.path)):
        yield "not marked for shadow stacks, so a host that has one loses it"


def glibc_versions(library: Library) -> list[tuple[int, ...]]:
    """The versions of glibc's symbols that the library needs."""
    names = library.names("--undefined-only")
    numbers = (name.split("@GLIBC_")[1] for name in names if "@GLIBC_" in name)
    return [tuple(int(part) for part in number.split(".")) for number in numbers]


def main(path: str) -> int:
    library = Library(path)
    findings = [
        *wrong_instructions(library),
        *wrong_names(library),
        *wrong_calls(library),
        *wrong_file(library),
        *wrong_marks(library),
    ]

    glibc = max(glibc_versions(library), default=(0,))
    if glibc > OLDEST_GLIBC:
        findings.append(f"needs glibc {glibc}, newer than {OLDEST_GLIBC}")

    # The patterns above recognise what they are to recognise: the wide kernel, which is there to be found.
    wide = sum(
        instruction.is_newer and "CallPropWide" in function.name
        for instruction in library.instructions
        if (function := library.function_at(instruction.address))
    )
    if wide < 30 or len(library.functions) < 30 or len(library.instructions) < 2000:
        findings.append(f"this is not the whole library: {wide} AVX instructions in the wide kernel")

    for finding in findings:
        print(f"machine-code: {finding}", file=sys.stderr)
    if findings:
        return 1
    imported = {name.split("@")[0] for name in library.names("--undefined-only")}
    print(
        f"machine-code: {len(library.instructions)} instructions in {len(library.functions)} functions: no trap, AVX only in"
        f" the wide kernel ({wide} instructions); {len(library.exported)} names exported, all cp_*;"
        f" the {len(library.exported) - len(WRITERS)} that decide call nothing but {', '.join(sorted(DECISIONS_CALL & imported))};"
        f" the others {len(WRITERS_CALL & imported)} more of libc's and"
        f" {sum(name.startswith('json_') for name in imported)} of jansson's, no allocator among them;"
        f" {', '.join(AT_LOAD_CALLS)} when it is loaded;"
        f" glibc {'.'.join(map(str, glibc))} or later; read-only after loading but for {', '.join(sorted(WRITABLE_SECTIONS))}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

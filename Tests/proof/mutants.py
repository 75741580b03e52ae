# SPDX-License-Identifier: MIT
"""Every mutant of the core: its sources with one small change each, made by rules. mutation.py tests them.

The rules read text, not syntax: what they make of it need not compile, and is then no mutant."""

import functools
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# What replaces an operator that stands between spaces.
OPERATORS = {
    "==": ["!="],
    "!=": ["=="],
    "<": ["<=", ">="],
    "<=": ["<", ">"],
    ">": [">=", "<="],
    ">=": [">", "<"],
    "&&": ["||"],
    "||": ["&&"],
    "&+": ["&-"],
    "&-": ["&+"],
    "&*": ["&+"],
    "+": ["-"],
    "&": ["|"],
    "|": ["&"],
    "&<<": ["&>>"],
    "&>>": ["&<<"],
    "=": [],
    "|=": ["&=", "="],
    "&+=": ["&-=", "="],
    "&-=": ["&+=", "="],
    "&*=": ["&+=", "="],
}

# Words of which one is easily taken for the other.
PAIRS = [
    ("start", "end"),
    ("src", "dst"),
    ("granted", "calls"),
    ("true", "false"),
    ("min", "max"),
    ("low", "high"),
    ("key", "value"),
    ("row", "column"),
]

# Stands in for what `guard let` and its like look at, and finds nothing there.
HELPER = """
@_lifetime(immortal)
private func mutantNone<T: ~Copyable & ~Escapable>(_ value: consuming T?) -> T? { nil }
"""

STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
COMMENT_OR_STRING = re.compile(r"//[^\n]*|/\*.*?\*/|" + STRING.pattern, re.DOTALL)
NUMBER = re.compile(r"(?<![\w$])(?<![^.]\.)(?:0x[\dA-Fa-f_]+|0b[01_]+|\d[\d_]*)(?!\w|\.\d)")
DECLARATION = r"(?:private|fileprivate|mutating|static|let|var|case|func|guard|if|while|switch|default|else)\b"
STATEMENT = re.compile(rf"^ *(?!{DECLARATION})(?:[a-z_][^\n{{}}]*(?: = | [|&+*-]+= |\().*|return|break)$", re.MULTILINE)
# What the compiler or the ABI fixes: no statements, and not the core's to change.
FIXED = re.compile(r"^ *(?:@_cdecl|@_lifetime|import|#|extension|public func|static func ==)[^\n]*", re.MULTILINE)
ENUM = re.compile(r"\benum (\w+)(: U?Int\d+)?[^{\n]*\{\n((?:[ \t]*(?:///[^\n]*|case [^:\n]+|)\n)+)")


@dataclass(frozen=True)
class Mutant:
    """One change in one file. Two that look the same in the same file are told apart by `ordinal`, from 1."""

    file: Path
    source: str
    start: int
    end: int
    new: str
    rule: str
    ordinal: int = 1

    @property
    def line(self) -> int:
        return self.source.count("\n", 0, self.start) + 1

    @property
    def text(self) -> str:
        """The whole file with the change."""
        helper = HELPER if "mutantNone(" in self.new else ""
        return self.source[: self.start] + self.new + self.source[self.end :] + helper

    @property
    def key(self) -> str:
        """What the change looks like, whatever the number of its line."""
        first = self.source.rfind("\n", 0, self.start) + 1
        last = self.source.find("\n", self.end)
        old = " ".join(self.source[first:last].split())
        new = " ".join((self.source[first : self.start] + self.new + self.source[self.end : last]).split())
        number = f"#{self.ordinal}" if self.ordinal > 1 else ""
        return f"{self.file.name}{number} | {old} => {new or '(nothing)'}"

    @property
    def changes_types(self) -> bool:
        """Whether code in other files, compiled before, would not fit any more."""
        first = self.source.rfind("\n", 0, self.start) + 1
        return self.source.startswith("typealias", first)


@dataclass(frozen=True)
class Change:
    start: int
    end: int
    new: str
    rule: str


def mutants(files: Iterable[Path]) -> list[Mutant]:
    """All mutants, in the order of the files and of their text."""
    sources = {file: file.read_text() for file in files}
    cases = successors(sources.values())
    every = [one for file, source in sources.items() for one in numbered(file, source, changes(source, cases))]
    return [one for one in every if one.line not in of_other_machines(one.source)]


@functools.cache
def of_other_machines(source: str) -> set[int]:
    """The numbers of the lines that are not compiled for this machine. make check-cross looks at what they do."""
    lines: set[int] = set()
    open_ifs: list[tuple[bool, bool]] = []  # whether one of the branches was compiled, and whether this one is
    for number, line in enumerate(source.splitlines(), 1):
        directive = re.match(r"\s*#(if|elseif|else|endif)\b(.*)", line)
        if directive:
            word, condition = directive.groups()
            taken = open_ifs.pop()[0] if word != "if" else False
            if word != "endif":
                is_here = not taken and (word == "else" or holds_here(condition))
                open_ifs.append((taken or is_here, is_here))
        elif not all(is_here for _, is_here in open_ifs):
            lines.add(number)
    return lines


def holds_here(condition: str) -> bool:
    """A condition of `#if` about machines, as Swift's compiler sees it on this one."""
    machine = {"aarch64": "arm64", "i686": "i386", "armv7l": "arm"}.get(os.uname().machine, os.uname().machine)
    python = re.sub(r"arch\((\w+)\)", lambda match: str(match[1] == machine), condition)
    python = re.sub(r"_endian\((\w+)\)", lambda match: str(match[1] == sys.byteorder), python)
    python = python.replace("&&", " and ").replace("||", " or ").replace("!", " not ")
    assert set(re.findall(r"\w+", python)) <= {"True", "False", "and", "or", "not"}, f"another condition: {condition}"
    return bool(eval(python))


def numbered(file: Path, source: str, changes: Iterable[Change]) -> list[Mutant]:
    """The mutants of a file, in the order of its text; whatever the language."""
    seen: Counter[str] = Counter()
    found: list[Mutant] = []
    for change in sorted(set(changes), key=lambda change: (change.start, change.end, change.new)):
        if source[change.start : change.end] == change.new:
            continue
        mutant = Mutant(file, source, change.start, change.end, change.new, change.rule)
        seen[mutant.key] += 1
        found.append(Mutant(**{**mutant.__dict__, "ordinal": seen[mutant.key]}))
    return found


def blank(match: re.Match[str]) -> str:
    """Comments and the like as white space, strings as quotes with nothing to be found in them: the same length."""
    text = match[0]
    return f'"{"_" * (len(text) - 2)}"' if text.startswith('"') else " " * len(text)


def changes(source: str, cases: dict[str, set[str]]) -> Iterator[Change]:
    code = FIXED.sub(blank, COMMENT_OR_STRING.sub(blank, source))
    yield from operators(source, code)
    yield from numbers(code)
    yield from strings(source, code)
    yield from words(code, cases)
    yield from statements(code)
    yield from conditions(code)
    yield from raw_values(code)
    yield from table_entries(code)


def operators(source: str, code: str) -> Iterator[Change]:
    for match in re.finditer(r"(?<= )[=!<>&|+*-]+(?= )", code):
        for new in OPERATORS.get(match[0], []):
            yield Change(match.start(), match.end(), new, "operator")
    for match in re.finditer(r"(?<![\w)\]])[!~](?=[\w(])", code):
        yield Change(match.start(), match.end(), "", "negation")
    for match in re.finditer(r"\.\.[.<]", code):
        yield Change(match.start(), match.end(), "..<" if match[0] == "..." else "...", "range")
    for match in re.finditer(r"\b([A-Z_0-9]+) \| ([A-Z_0-9]+)\b", code):
        for operand in match.groups():
            yield Change(match.start(), match.end(), operand, "flag")
    for match in re.finditer(r" \? ([^?:\n]+?) : ([^?:\n{]+?)(?=[,})]|\n)", code):
        one, other = source[slice(*match.span(1))], source[slice(*match.span(2))]
        yield Change(match.start(), match.end(), f" ? {other} : {one}", "ternary")


def numbers(code: str) -> Iterator[Change]:
    for match in NUMBER.finditer(code):
        digits = match[0].replace("_", "")
        number = int(digits, 8 if re.fullmatch(r"0[0-7]+", digits) else 0)  # C writes octal so
        steps = [1, -1] if number > 0 else [1]
        if match[0].startswith("0x"):  # a mask: each of its bytes
            steps += [1 << shift for shift in range(8, number.bit_length(), 8)]
        if match[0].startswith("0b"):  # a set: each of its bits
            steps = [(number ^ 1 << bit) - number for bit in range(8)]
        for step in steps:
            yield Change(match.start(), match.end(), str(number + step), "number")


def strings(source: str, code: str) -> Iterator[Change]:
    for match in re.finditer(r'"_*"', code):
        content = source[match.start() + 1 : match.end() - 1]
        first = re.match(r"\\.|.|", content)
        rest = content[first.end() :] if first else ""
        yield Change(
            match.start(),
            match.end(),
            f'"{"-" if content.startswith("~") else "~"}{rest}"',
            "string",
        )


def words(code: str, cases: dict[str, set[str]]) -> Iterator[Change]:
    for one, other in PAIRS:
        for old, new in ((one, other), (other, one)):
            for match in re.finditer(rf"(?<!@)\b{old}\b(?!:)", code):
                yield Change(match.start(), match.end(), new, "word")
    for match in re.finditer(r"(?:(?<![\w)\]\"?>])|(?<=\b[A-Z]\w\w)|(?<=Party)|(?<=Property))\.(\w+)\b(?!:)", code):
        for new in sorted(cases.get(match[1], set())):
            yield Change(match.start(1), match.end(1), new, "case")


def statements(code: str) -> Iterator[Change]:
    for match in STATEMENT.finditer(code):
        if match[0].count("(") == match[0].count(")"):
            yield Change(match.start(), match.end(), "", "statement")
    for match in re.finditer(r"\breturn (?!nil\b)([^\n}]+)", code):
        yield Change(match.start(1), match.end(1), "nil", "return")
    for match in re.finditer(r"\{ (?:return|break) \}", code):
        yield Change(match.start(), match.end(), "{}", "return")


def conditions(code: str) -> Iterator[Change]:
    for match in re.finditer(r"\b(guard|if|while) ", code):
        end = condition_end(code, match.end(), match[1] == "guard")
        clauses = list(split(code, match.end(), end))
        for start, stop in clauses:
            clause = code[start:stop]
            binding = re.match(r"(?:let|var) (\w+)(?:: [^=]+)?(?: = )?", clause)
            if binding:
                value = clause[binding.end() :] or binding[1]
                name = clause[: binding.end()].removesuffix(" = ")
                yield Change(start, stop, f"{name} = mutantNone({value})", "binding")
            elif not clause.startswith("case "):
                yield Change(start, stop, "false", "condition")
                if match[1] != "while" or len(clauses) > 1:
                    yield Change(start, stop, "true", "condition")


def condition_end(code: str, start: int, is_guard: bool) -> int:
    depth = 0
    for match in re.finditer(r"[(\[)\]]|\belse\b|\{", code[start:]):
        depth += (match[0] in "([") - (match[0] in ")]")
        if depth == 0 and match[0] == ("else" if is_guard else "{"):
            return start + match.start()
    return start


def split(code: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The clauses of a condition: what stands between the outermost commas, without the white space around it."""
    depth = 0
    first = start
    for position in range(start, end + 1):
        character = code[position] if position < end else ","
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            clause = code[first:position]
            if clause.strip():
                yield (
                    first + len(clause) - len(clause.lstrip()),
                    position - len(clause) + len(clause.rstrip()),
                )
            first = position + 1


def successors(sources: Iterable[str]) -> dict[str, set[str]]:
    """For every case of an enum without payload: the next one of the same enum."""
    found: dict[str, set[str]] = {}
    for source in sources:
        for enum in ENUM.finditer(source):
            names = [name for name in case_names(enum[3]) if "(" not in name]
            for name, successor in zip(names, names[1:] + names[:1], strict=True):
                found.setdefault(name.strip("`"), set()).add(successor.strip("`"))
    return found


def case_names(body: str) -> list[str]:
    lists = re.findall(r"\bcase ([^\n]+)", body)
    return [name.strip() for names in lists for name in names.split(",")]


def raw_values(code: str) -> Iterator[Change]:
    """Where the order of an enum's cases is part of the ABI: two neighbours change places."""
    for enum in ENUM.finditer(code):
        if not enum[2]:
            continue
        line = re.search(r"case ([^\n]+)", enum[3])
        names = case_names(enum[3])
        for index in range(len(names) - 1) if line else ():
            values = list(range(len(names)))
            values[index], values[index + 1] = values[index + 1], values[index]
            new = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
            start = enum.start(3) + (line.start(1) if line else 0)
            yield Change(start, start + len(line[1]) if line else start, new, "order")


def table_entries(code: str) -> Iterator[Change]:
    table = re.search(r"let table:[^=]*= \[(.*?)^\]", code, re.DOTALL | re.MULTILINE)
    for entry in re.finditer(r"\b\w+\b", table[1]) if table else ():
        start = (table.start(1) if table else 0) + entry.start()
        yield Change(start, start + len(entry[0]), "lo" if entry[0] == "__" else "__", "table")

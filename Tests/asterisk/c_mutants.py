# SPDX-License-Identifier: MIT
"""Every mutant of the module: its C sources with one small change each, by the rules of Tests/proof/mutants.py where those
are the same in Swift and C. mutation.py tests them.

The rules read text, not syntax: what the compiler refuses is no mutant."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "proof"))

from mutants import COMMENT_OR_STRING, Change, Mutant, blank, numbers, operators

# Words of which one is easily taken for the other.
PAIRS = [
    ("CP_EXTENSION", "CP_EXTERNAL"),
    ("CP_EXTENSION", "CP_QUEUE"),
    ("CP_QUEUE", "CP_IVR"),
    ("CP_LEG_SRC", "CP_LEG_DST"),
    ("CP_RO", "CP_LO"),
    ("END_EXTENSION", "END_TRUNK"),
    ("END_LOCAL", "END_UNKNOWN"),
    ("src", "dst"),
    ("before", "after"),
    ("transferee", "target"),
    ("parties", "legs"),
    ("extensions", "statuses"),
    ("numbers", "extensions"),
    ("interfaces", "trunks"),
    ("CHANGED", "FAILED"),
    ("NO_EXTENSION", "NO_STATUS"),
]
KEYWORD = r"(?:if|for|while|switch|else|case|default|return [^;]|AST_VECTOR|ast_mutex_t|ast_cond_t)\b"
TYPE = r"(?:(?:const|static|struct|enum|unsigned|char|int|size_t|void|va_list|uint8_t|cp_\w+|RAII_VAR)\b)"
STATEMENT = re.compile(rf"(?<=\n)\t+(?!{TYPE}|{KEYWORD})[a-z_*(][^{{}};]*;")
ENTRY = re.compile(r"(?<=\n)\t(?:\{ [^\n]*\}|AST_CLI_DEFINE\([^\n]*\)),(?=\n)")
FIELD = re.compile(r"(?<=[{,] )\.\w+ = [^,{}]+,? ")
PREPROCESSOR = re.compile(r"^#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


def mutants(files: Iterable[Path]) -> list[Mutant]:
    """All mutants, in the order of the files and of their text."""
    found: list[Mutant] = []
    for file in files:
        source = file.read_text()
        seen: Counter[str] = Counter()
        for change in sorted(set(changes(source)), key=lambda change: (change.start, change.end, change.new)):
            if source[change.start : change.end] == change.new:
                continue
            mutant = Mutant(file, source, change.start, change.end, change.new, change.rule)
            seen[mutant.key] += 1
            found.append(Mutant(**{**mutant.__dict__, "ordinal": seen[mutant.key]}))
    return found


def changes(source: str) -> Iterator[Change]:
    code = PREPROCESSOR.sub(lambda match: " " * len(match[0]), COMMENT_OR_STRING.sub(blank, source))
    yield from operators(source, code)
    yield from (change for change in numbers(code) if not is_same_truth(code, change))
    yield from strings(source, code)
    yield from words(code)
    yield from statements(code)
    yield from returns(code)
    yield from conditions(code)


def is_same_truth(code: str, change: Change) -> bool:
    """Every number but 0 is as true as 1, and every number below 0 as much an error as -1."""
    return change.new == "2" and code[: change.start].endswith(("return ", "-"))


def strings(source: str, code: str) -> Iterator[Change]:
    """Words and names. Sentences are for people, and no test compares each."""
    for match in re.finditer(r'"_+"', code):
        content = source[match.start() + 1 : match.end() - 1]
        if re.fullmatch(r"[^\s%\\]+", content):
            yield Change(
                match.start(), match.end(), f'"{"-" if content.startswith("~") else "~"}{content[1:]}"', "string"
            )


def words(code: str) -> Iterator[Change]:
    for pair in PAIRS:
        for old, new in (pair, pair[::-1]):
            for match in re.finditer(rf"\b{old}\b", code):
                yield Change(match.start(), match.end(), new, "word")


def statements(code: str) -> Iterator[Change]:
    for match in STATEMENT.finditer(code):
        if match[0].count("(") == match[0].count(")"):
            start = match.end() - len(match[0].lstrip())
            # As many lines as before, or what is logged would have other numbers.
            yield Change(start, match.end(), ";" + "\n" * code.count("\n", start, match.end()), "statement")
    for match in ENTRY.finditer(code):
        yield Change(match.start(), match.end(), "", "entry")
    for match in FIELD.finditer(code):
        yield Change(match.start(), match.end(), "", "field")


def returns(code: str) -> Iterator[Change]:
    for match in re.finditer(r"\breturn ([^;]+);", code):
        for new in ("0", "1") if not re.fullmatch(r"-?\d", match[1]) else ():
            yield Change(match.start(1), match.end(1), new, "return")


def conditions(code: str) -> Iterator[Change]:
    for match in re.finditer(r"\b(if|while) \(", code):
        end = closing(code, match.end())
        yield from condition(code, match.end(), end, ("0", "1") if match[1] == "if" else ("0",))
    for match in re.finditer(r"\bfor \([^;]*; ", code):
        yield Change(match.end(), code.index(";", match.end()), "0", "condition")
    for match in re.finditer(r"\breturn (?=[^;]* (?:&&|\|\|) )", code):
        yield from condition(code, match.end(), code.index(";", match.end()), ())


def condition(code: str, start: int, end: int, whole: tuple[str, ...]) -> Iterator[Change]:
    for new in whole:
        yield Change(start, end, new, "condition")
    clauses = list(split(code, start, end))
    for first, last, operator in clauses if len(clauses) > 1 else ():
        yield Change(first, last, "1" if operator == "&&" else "0", "clause")


def closing(code: str, start: int) -> int:
    """The place of the bracket that closes the one before `start`."""
    depth = 1
    for match in re.finditer(r"[()]", code[start:]):
        depth += 1 if match[0] == "(" else -1
        if not depth:
            return start + match.start()
    return start


def split(code: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The operands of the outermost && and ||, each with an operator beside it."""
    depth, first, operator = 0, start, ""
    for match in re.finditer(r"[()]|&&|\|\|", code[start:end]):
        if match[0] in "()":
            depth += 1 if match[0] == "(" else -1
        elif depth == 0:
            place, operator = start + match.start(), match[0]
            yield first, first + len(code[first:place].rstrip()), operator
            first = start + match.end() + 1
    if operator:
        yield first, end, operator
